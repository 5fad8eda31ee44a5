//! `junit.xml`: every proof of every student, for what reads test reports.

use std::fmt::Write as _;

use super::Graded;
use crate::grade::record::Work;

/// The file's content. Hidden proofs are in it: it is the instructor's.
pub fn of(graded: &Graded) -> Vec<u8> {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (nth, student) in graded.students.iter().enumerate() {
        let who = xml(&graded.called(nth));
        for marked in &student.marks.exercises {
            let (mut cases, mut number, mut failed, mut ms) = (String::new(), 0, 0, 0);
            let work = student.record.works.get(&marked.id);
            if let Some(Work::Graded { verdict, .. }) = work {
                for shown in &verdict.proofs {
                    number += 1;
                    ms += shown.ms;
                    let (name, time) = (xml(&shown.proof), shown.ms as f64 / 1000.0);
                    let _ = write!(
                        cases,
                        "    <testcase classname=\"{who}\" name=\"{name}\" time=\"{time:.3}\""
                    );
                    if shown.is_proved() {
                        cases.push_str("/>\n");
                        continue;
                    }
                    failed += 1;
                    let _ = writeln!(
                        cases,
                        ">\n      <failure message=\"not proved\">{}</failure>\n    </testcase>",
                        xml(&shown.text)
                    );
                }
            }
            if number == 0 {
                number = 1;
                failed =
                    usize::from(marked.status == "does not compile" || marked.status == "refused");
                let end = match failed {
                    0 => format!("<skipped message=\"{}\"/>", marked.status),
                    _ => format!(
                        "<failure message=\"{}\">{}</failure>",
                        marked.status,
                        xml(&marked.why)
                    ),
                };
                let _ = writeln!(
                    cases,
                    "    <testcase classname=\"{who}\" name=\"{}\" time=\"0.000\">{end}</testcase>",
                    xml(&marked.id)
                );
            }
            let _ = writeln!(
                out,
                "  <testsuite name=\"{who} {}\" tests=\"{number}\" failures=\"{failed}\" time=\"{:.3}\">\n{cases}  </testsuite>",
                xml(&marked.id),
                ms as f64 / 1000.0
            );
        }
    }
    out.push_str("</testsuites>\n");
    out.into_bytes()
}

/// Text in XML; of what XML 1.0 can't hold, a box is left.
fn xml(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '"' => "&quot;".to_owned(),
            '\n' | '\t' => c.to_string(),
            '\u{fffe}' | '\u{ffff}' => "□".to_owned(),
            c if c.is_control() => "□".to_owned(),
            c => c.to_string(),
        })
        .collect()
}
