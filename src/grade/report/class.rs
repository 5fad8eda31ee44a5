//! `index.html`: the class, for the one who teaches it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::page::{number, table, text, whole};
use super::{Graded, Student};
use crate::grade::record::Work;
use crate::grade::verdict::Shown;

/// First wrong lines and pairs that are shown of an exercise.
const MOST: usize = 12;
/// Two that have less than this in common are no pair to look at.
const ALIKE: f64 = 0.5;

/// The file's content.
pub fn of(graded: &Graded) -> Vec<u8> {
    let title = match graded.class.title.as_str() {
        "" => "A class",
        title => title,
    };
    let mut out = String::new();
    let _ = writeln!(out, "<h1>{}</h1>", text(title));
    let _ = writeln!(
        out,
        "<p class=\"soft\">{} students. Sandbox: {}.</p>",
        graded.students.len(),
        text(&graded.sandbox)
    );
    if graded.sandbox.starts_with("none") {
        out.push_str(
            "<p class=\"warn\">These programs ran without a sandbox. A hostile one could have \
             changed this report.</p>\n",
        );
    }
    matrix(graded, &mut out);
    proofs(graded, &mut out);
    lines(graded, &mut out);
    alike(graded, &mut out);
    feedback(graded, &mut out);
    whole(title, &out)
}

fn matrix(graded: &Graded, out: &mut String) {
    out.push_str("<h2>Marks</h2>\n");
    out.push_str(&spread(graded));
    let was_graded = graded.students.iter().any(|student| student.was.is_some());
    let most = graded.students.first().map_or(0.0, |any| any.marks.max);
    let score = format!("score of {most}");
    let mut head = vec![("student", false), (&score, true)];
    if was_graded {
        head.push(("before", true));
    }
    let ids = graded.counts.iter().map(|c| c.exercise.id.as_str());
    head.extend(ids.map(|id| (id, true)));
    head.push(("status", false));
    let row = |(nth, student): (usize, &Student)| {
        let marks = &student.marks;
        let who = text(&graded.called(nth));
        let who = match graded.anonymous {
            true => who,
            false => {
                let folder = text(&student.record.folder());
                format!("<a href=\"students/{folder}/index.html\">{who}</a>")
            }
        };
        let mut row = format!("<th scope=\"row\">{who}</th>");
        row += &number(format!("<strong>{}</strong>", marks.score));
        if was_graded {
            row += &number(student.was.map(|was| was.to_string()).unwrap_or_default());
        }
        for marked in &marks.exercises {
            row.push_str(&match marked.status {
                "graded" => number(marked.score),
                "missing" => number("–"),
                status => format!("<td class=\"word\">{status}</td>"),
            });
        }
        let mut status = vec![marks.status];
        status.extend(student.record.remarks());
        row + &format!("<td>{}</td>", status.join(", "))
    };
    let rows: Vec<String> = graded.students.iter().enumerate().map(row).collect();
    out.push_str(&table("Marks", &head, &rows));
    if rows.len() > 1 {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        let score = |nth: &usize| graded.students[*nth].marks.score;
        order.sort_by(|a, b| score(a).total_cmp(&score(b)));
        let rows: Vec<String> = order.into_iter().map(|nth| rows[nth].clone()).collect();
        out.push_str("<details><summary>The same by score, the lowest first</summary>\n");
        out.push_str(&table("Marks by score", &head, &rows));
        out.push_str("</details>\n");
    }
}

/// How the scores lie, of those who handed something in.
fn spread(graded: &Graded) -> String {
    let handed = graded.students.iter().filter(|s| s.record.attempts > 0);
    let mut scores: Vec<f64> = handed.map(|student| student.marks.score).collect();
    scores.sort_by(f64::total_cmp);
    let Some(last) = scores.len().checked_sub(1) else {
        return String::new();
    };
    let at = |quarter: usize| scores[last * quarter / 4];
    format!(
        "<p>{} of {} handed something in. Half of them have {} to {} points; {} in the middle.</p>\n",
        scores.len(),
        graded.students.len(),
        at(1),
        at(3),
        at(2)
    )
}

/// What was proved of each exercise, by whom, and what was not.
fn of_exercise<'a>(graded: &'a Graded, id: &str) -> Vec<(usize, &'a [Shown])> {
    let proofs = |(nth, student): (usize, &'a Student)| match student.record.works.get(id) {
        Some(Work::Graded { verdict, .. }) if verdict.uncompiled.is_none() => {
            Some((nth, verdict.proofs.as_slice()))
        }
        _ => None,
    };
    graded
        .students
        .iter()
        .enumerate()
        .filter_map(proofs)
        .collect()
}

fn proofs(graded: &Graded, out: &mut String) {
    out.push_str("<h2>Proofs, by how many they hold for</h2>\n");
    for counts in &graded.counts {
        let id = &counts.exercise.id;
        let all = of_exercise(graded, id);
        if all.is_empty() {
            continue;
        }
        let hidden = |hidden: bool| move |proof| (proof, hidden);
        let own = counts.proofs.iter().map(hidden(false));
        let rows: Vec<String> = own
            .chain(counts.hidden.iter().map(hidden(true)))
            .map(|(proof, hidden)| {
                let holds = |(_, shown): &&(usize, &[Shown])| {
                    let mut of = shown.iter();
                    of.any(|s| s.hidden == hidden && s.proof == proof.path && s.is_proved())
                };
                let held = all.iter().filter(holds).count();
                let name = text(&proof.path.replace("::", " · ").replace('_', " "));
                let hidden = if hidden { " (hidden)" } else { "" };
                format!(
                    "<td>{name}{hidden}</td>{}<td><meter min=\"0\" max=\"{tried}\" value=\"{held}\" \
                     aria-label=\"{held} of {tried}\"></meter></td>",
                    number(format!("{held} of {}", all.len())),
                    tried = all.len()
                )
            })
            .collect();
        let head = [("proof", false), ("holds for", true), ("share", false)];
        let _ = writeln!(
            out,
            "<details><summary><strong>{}</strong>, {} proofs</summary>",
            text(id),
            rows.len()
        );
        out.push_str(&table(&format!("Proofs of {id}"), &head, &rows));
        out.push_str("</details>\n");
    }
}

fn lines(graded: &Graded, out: &mut String) {
    out.push_str("<h2>Where conversations first go wrong</h2>\n");
    for counts in &graded.counts {
        let id = &counts.exercise.id;
        let mut found: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
        for (_, proofs) in of_exercise(graded, id) {
            for shown in proofs {
                if let Some((expected, got)) = shown.first_wrong_line() {
                    *found.entry((&shown.proof, expected, got)).or_default() += 1;
                }
            }
        }
        if found.is_empty() {
            continue;
        }
        let mut found: Vec<_> = found.into_iter().collect();
        found.sort_by_key(|(what, times)| (std::cmp::Reverse(*times), *what));
        let rows: Vec<String> = found
            .iter()
            .take(MOST)
            .map(|((proof, expected, got), times)| {
                let short = |line: &str| text(&line.chars().take(160).collect::<String>());
                format!(
                    "{}<td>{}</td><td><code class=\"good\">{}</code></td>\
                     <td><code class=\"bad\">{}</code></td>",
                    number(times),
                    text(&proof.replace("::", " · ").replace('_', " ")),
                    short(expected),
                    short(got)
                )
            })
            .collect();
        let _ = writeln!(out, "<h3>{}</h3>", text(id));
        let head = [
            ("students", true),
            ("proof", false),
            ("on record", false),
            ("instead", false),
        ];
        out.push_str(&table(&format!("First wrong lines of {id}"), &head, &rows));
    }
}

fn alike(graded: &Graded, out: &mut String) {
    out.push_str(
        "<h2>Pairs to look at</h2>\n<p>How much of the smaller one's structure the other has too; \
         what was handed out is left out. This is no verdict: short exercises have few answers, \
         and the solutions are public.</p>\n",
    );
    let mut rows = Vec::new();
    for pair in graded.pairs(ALIKE).into_iter().take(4 * MOST) {
        let other = match pair.other {
            Some(other) => graded.called(other),
            None => "the reference solution".to_owned(),
        };
        rows.push(format!(
            "<td>{}</td><td>{}</td><td>{}</td>{}{}",
            text(pair.exercise),
            text(&graded.called(pair.one)),
            text(&other),
            number(format!("{:.0} %", pair.share * 100.0)),
            number(pair.common)
        ));
    }
    if rows.is_empty() {
        out.push_str("<p class=\"soft\">None.</p>\n");
        return;
    }
    let head = [
        ("exercise", false),
        ("one", false),
        ("other", false),
        ("in common", true),
        ("places", true),
    ];
    out.push_str(&table("Pairs to look at", &head, &rows));
}

/// What students say: `minutes = 50`, `hard = "…"`.
fn feedback(graded: &Graded, out: &mut String) {
    #[derive(serde::Deserialize)]
    struct Feedback {
        minutes: Option<f64>,
        hard: Option<String>,
    }
    let mut by_exercise: BTreeMap<&str, (Vec<f64>, Vec<String>)> = BTreeMap::new();
    for student in &graded.students {
        for (exercise, said) in &student.record.feedback {
            let Ok(said) = toml::from_str::<Feedback>(said) else {
                continue;
            };
            let of = by_exercise.entry(exercise).or_default();
            of.0.extend(
                said.minutes
                    .filter(|m| m.is_finite() && (1.0..6000.0).contains(m)),
            );
            let hard = said.hard.unwrap_or_default();
            let hard: String = hard.trim().chars().take(400).collect();
            of.1.extend(Some(hard).filter(|hard| !hard.is_empty()));
        }
    }
    by_exercise.retain(|_, (minutes, hard)| !minutes.is_empty() || !hard.is_empty());
    if by_exercise.is_empty() {
        return;
    }
    out.push_str("<h2>What students say</h2>\n");
    for (exercise, (mut minutes, hard)) in by_exercise {
        let _ = writeln!(out, "<h3>{}</h3>", text(exercise));
        if !minutes.is_empty() {
            minutes.sort_by(f64::total_cmp);
            let (low, high) = (minutes[0], minutes[minutes.len() - 1]);
            let _ = writeln!(
                out,
                "<p>{} minutes in the middle, {low} to {high}; {} answers.</p>",
                minutes[minutes.len() / 2],
                minutes.len()
            );
        }
        if !hard.is_empty() {
            let items: String = hard
                .iter()
                .map(|h| format!("<li>{}</li>\n", text(h)))
                .collect();
            let _ = writeln!(out, "<p>What was hard:</p>\n<ul>\n{items}</ul>");
        }
    }
}
