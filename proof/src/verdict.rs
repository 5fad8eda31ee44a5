//! The verdict, and a failure told as a conversation that went wrong.

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex};

use similar::{ChangeTag, TextDiff};

use crate::case::{Case, Mistake};
use crate::frame::{Frame, Head};
use crate::process::Process;
use crate::report::{self, Status};
use crate::transcript::{Entry, Kind, Transcript};
use crate::value::{Names, plain, quoted, raw_hex, seed};

/// What a finished proof has to show. Made by [`prove!`](crate::prove).
pub struct Evidence {
    case: Arc<Case>,
    transcript: String,
    expected: Arc<Mutex<Option<String>>>,
}

impl Evidence {
    pub(crate) fn new(case: Arc<Case>) -> Evidence {
        let transcript = {
            let state = case.state();
            state.transcript.text(&state.names)
        };
        Evidence {
            case,
            transcript,
            expected: Arc::default(),
        }
    }

    /// The snapshot's name.
    pub fn name(&self) -> String {
        self.case.site.name()
    }

    /// The transcript, to be compared.
    pub fn transcript(&self) -> &str {
        &self.transcript
    }

    /// How the snapshot is found, and compared: [`decide`](Evidence::decide)
    /// has the last word, whatever `INSTA_FORCE_PASS` and its like say.
    pub fn settings(&self) -> insta::Settings {
        let mut settings = insta::Settings::clone_current();
        settings.set_omit_expression(true);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_snapshot_path("snapshots");
        settings.set_comparator(Box::new(Bailiff(self.expected.clone())));
        settings
    }

    /// Proved, or the failure is printed and the test ends.
    pub fn decide(self) {
        let expected = self.expected.lock().expect("no panic while held").take();
        if recording() {
            self.record();
            return self.proved(&self.transcript);
        }
        match expected {
            Some(expected) if expected == self.transcript => self.proved(&expected),
            Some(expected) => Failure::of(&self.case, expected, &self.transcript).raise(),
            None => self
                .case
                .broken("no transcript is on record for it".to_owned()),
        }
    }

    fn proved(&self, expected: &str) {
        self.case.state().decided = true;
        report::write(
            &self.case,
            Status::Proved,
            expected,
            &self.transcript,
            "",
            "",
        );
    }

    /// The bytes behind each line, beside the snapshot.
    fn record(&self) {
        let state = self.case.state();
        let path = self.case.site.beside_snapshot(".bytes.jsonl");
        let record = state.transcript.to_jsonl(seed(), &state.names);
        std::fs::write(&path, record).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }
}

/// `PROOF_RECORD=1`: an author records what the solution does.
fn recording() -> bool {
    std::env::var_os("PROOF_RECORD").is_some_and(|set| set == "1")
}

/// Hands the snapshot's text over and lets insta pass: the verdict is ours.
struct Bailiff(Arc<Mutex<Option<String>>>);

impl insta::Comparator for Bailiff {
    fn matches(&self, reference: &insta::Snapshot, test: &insta::Snapshot) -> bool {
        let text = |snapshot: &insta::Snapshot| match snapshot.contents() {
            insta::internals::SnapshotContents::Text(text) => {
                text.to_string().trim_end().to_owned()
            }
            insta::internals::SnapshotContents::Binary(_) => String::new(),
        };
        let (reference, test) = (text(reference), text(test));
        let same = reference == test;
        *self.0.lock().expect("no panic while held") = Some(reference);
        same || !recording()
    }

    fn dyn_clone(&self) -> Box<dyn insta::Comparator> {
        Box::new(Bailiff(self.0.clone()))
    }
}

/// A proof that did not hold, and everything there is to say about it.
pub(crate) struct Failure<'a> {
    case: &'a Case,
    status: Status,
    why: String,
    expected: String,
    got: String,
    stdout: String,
    stderr: String,
    /// How it ended, if it did so by itself.
    ended: Option<ExitStatus>,
    /// It was waited for in vain, and is at work.
    busy: bool,
}

/// At most this many lines of one side in a row: past the point where a
/// conversation went wrong, what it lacks is no news.
const MOST_LINES: usize = 3;
/// How Rust ends a program that has panicked.
const PANICKED: &str = "exit 101";
/// Frames of a command's input, and bytes of each, to be tried by hand.
const MOST_GIVEN: usize = 4;
const MOST_BYTES: usize = 24;
/// Bytes to a row, and rows of the program's own words.
const ROW: usize = 16;
const MOST_WORDS: usize = 20;
const MOST_WIDE: usize = 160;

impl<'a> Failure<'a> {
    /// The transcript is not the expected one.
    fn of(case: &'a Case, expected: String, got: &str) -> Failure<'a> {
        let mut failure = Failure::without_transcript(case, Status::Refused, String::new());
        failure.expected = expected;
        failure.got = got.to_owned();
        // Of several commands the one that went wrong has the word, not the last.
        // But a `todo!` that any has met comes first.
        let state = case.state();
        let at = state.transcript.at_line(failure.parts(), &state.names);
        let mut said = state.complaints.iter();
        if let Some(at) = at
            && let Some((_, stderr)) = said.find(|(entries, _)| entries.contains(&at))
            && (failure.status != Status::Unwritten || unwritten(stderr).is_some())
        {
            failure.stderr = stderr.clone();
        }
        failure
    }

    /// It never came to a transcript.
    pub(crate) fn without_transcript(case: &'a Case, status: Status, why: String) -> Failure<'a> {
        // A process still running is ended first, for its last words.
        let (stdout, stderr, ended, busy, got) = {
            let mut state = case.state();
            let got = state.transcript.text(&state.names);
            let hung = state.process.as_ref().filter(|_| state.hung);
            let busy = hung.is_some_and(Process::is_busy);
            let said = state.process.as_mut().map(|process| {
                let ended = process.last_words();
                (process.stdout.text(), process.stderr.text(), ended)
            });
            let (stdout, stderr, ended) = said.unwrap_or_default();
            (stdout, stderr, ended, busy, got)
        };
        // Whatever went wrong, and be it that nothing is on record yet: a
        // `todo!` that was met comes first.
        let status = match unwritten(&stderr) {
            Some(_) => Status::Unwritten,
            None => status,
        };
        Failure {
            case,
            status,
            why,
            expected: String::new(),
            got,
            stdout,
            stderr,
            ended,
            busy,
        }
    }

    /// Print it, report it, and end the test without a panic's noise.
    pub(crate) fn raise(self) -> ! {
        self.show();
        std::panic::resume_unwind(Box::new("not proved"))
    }

    pub(crate) fn show(&self) {
        self.case.state().decided = true;
        let (expected, got) = (&self.expected, &self.got);
        let text = self.text();
        report::write(self.case, self.status, expected, got, &self.stderr, &text);
        // Not `eprintln`: a test's standard output is shown when it fails.
        println!("{text}");
    }

    fn text(&self) -> String {
        let site = &self.case.site;
        let mut out = String::new();
        let step = match site.step_number() {
            Some(number) => format!("step {number}: "),
            None => String::new(),
        };
        let test = site.path().rsplit("::").next().unwrap_or_default();
        let words = test.replace('_', " ");
        let headline = match self.status {
            Status::Unwritten => "not written yet",
            Status::Broken => "cannot be tried",
            _ => "not proved",
        };
        let strict = if site.strict() { " (strict)" } else { "" };
        let _ = writeln!(out, "\n{}  {step}{words}{strict}\n", paint(BAD, headline));
        for line in wrap(&site.claim(), 76) {
            let _ = writeln!(out, "  {line}");
        }
        out.push('\n');
        if let (Status::Unwritten, Some((place, what))) = (self.status, unwritten(&self.stderr)) {
            let _ = writeln!(out, "  {place}");
            let _ = writeln!(out, "  {what}\n");
        } else {
            self.conversation(&mut out);
            self.words(&mut out);
            let _ = writeln!(out, "  again  PROOF_SEED={} {}", seed(), self.again());
        }
        let number = match self.status {
            // The `todo!` that was met may belong to an earlier step.
            Status::Unwritten => unwritten(&self.stderr).and_then(|(_, what)| step_named(&what)),
            _ => None,
        };
        let number = number.or(site.step_number().map(str::to_owned));
        let at_step = number.as_ref().map(|n| format!(", step {n}"));
        let at_step = at_step.unwrap_or_default();
        let chapter = site.chapter();
        let _ = writeln!(out, "  read   book/src/{chapter}.md{at_step}");
        let exercise = site.exercise();
        let number = number.map(|n| format!(" {n}")).unwrap_or_default();
        let _ = writeln!(out, "  hint   cargo workbook hint {exercise}{number}");
        out
    }

    /// The command that tries this proof once more. Whoever runs the proofs
    /// knows better than they do: `PROOF_AGAIN`.
    fn again(&self) -> String {
        let set = |name| {
            std::env::var(name)
                .ok()
                .filter(|set| !set.trim().is_empty())
        };
        let site = &self.case.site;
        if let Some(command) = set("PROOF_AGAIN") {
            return format!("{command} --proof {}", site.path());
        }
        let subject = set("SUBJECT")
            .map(|line| format!("SUBJECT='{}' ", line.replace('\'', r"'\''")))
            .unwrap_or_default();
        let (package, path) = (site.package, site.path());
        format!("{subject}cargo test -p {package} --test proof {path}")
    }

    fn conversation(&self, out: &mut String) {
        if !self.why.is_empty() {
            let _ = writeln!(out, "  {}\n", self.why);
        }
        if self.expected.is_empty() {
            return;
        }
        // Whoever runs the proofs knows whose it is.
        let whose = std::env::var("PROOF_CALLS_IT");
        let whose = whose.as_deref().unwrap_or("your program");
        let _ = writeln!(
            out,
            "  {}   {}",
            paint(DIM, "- on record"),
            paint(BAD, &format!("+ {whose}"))
        );
        // A last line equals the same line in the middle.
        let (expected, got) = (self.expected.clone() + "\n", self.got.clone() + "\n");
        let changes: Vec<_> = TextDiff::from_lines(&expected, &got)
            .iter_all_changes()
            .map(|change| {
                (
                    change.tag(),
                    change.value().trim_end_matches('\n').to_owned(),
                )
            })
            .collect();
        for run in changes.chunk_by(|a, b| a.0 == b.0) {
            let (sign, most) = match run[0].0 {
                ChangeTag::Equal => (' ', usize::MAX),
                ChangeTag::Delete => ('-', MOST_LINES),
                ChangeTag::Insert => ('+', MOST_LINES),
            };
            // Nothing is gained by leaving out a single line.
            let shown = if run.len() == most.saturating_add(1) {
                run.len()
            } else {
                most
            };
            for (_, line) in run.iter().take(shown) {
                let colour = match sign {
                    '-' => DIM,
                    '+' => BAD,
                    _ => voice(line),
                };
                let _ = writeln!(out, "  {}", paint(colour, &format!("{sign} {line}")));
            }
            if run.len() > shown {
                let more = format!("{sign} … {} more lines", run.len() - shown);
                let _ = writeln!(out, "  {}", paint(DIM, &more));
            }
        }
        out.push('\n');
        let panicked = |(tag, line): &(ChangeTag, String)| {
            *tag == ChangeTag::Insert && line.trim() == PANICKED
        };
        if changes.iter().any(panicked) {
            let _ = writeln!(
                out,
                "  {PANICKED}: that is how a Rust program ends that panics\n"
            );
        }
        self.bytes(out);
    }

    /// The first line that differs.
    fn parts(&self) -> usize {
        let expected: Vec<&str> = self.expected.lines().collect();
        let got: Vec<&str> = self.got.lines().collect();
        (0..).find(|i| expected.get(*i) != got.get(*i)).unwrap_or(0)
    }

    /// What came at the first line that differs, byte by byte.
    fn bytes(&self, out: &mut String) {
        let state = self.case.state();
        let at = self.parts();
        let Some(entry) = state.transcript.entry_at(at, &state.names) else {
            return;
        };
        let met = |m: &&Mistake| entry.bytes.windows(m.value.len()).any(|w| w == m.value);
        if let Some(mistake) = state.mistakes.iter().find(met) {
            let value = plain(&mistake.value, &Names::default());
            let _ = writeln!(out, "  {value}");
            for line in wrap(&mistake.says, 76) {
                let _ = writeln!(out, "  {line}");
            }
            out.push('\n');
        }
        match entry.kind {
            // Masked, its bytes are others each time, and say less than its line.
            Kind::Frame { .. }
                if state.visits
                    && entry.from.ends_with('S')
                    && Head::decode(&entry.bytes).is_some_and(|head| !head.frame.masked) =>
            {
                frame_bytes(&entry.bytes, None, out);
            }
            Kind::Frame { .. } if !state.visits && entry.from.starts_with('S') => {
                let right = self
                    .recorded(at, &state.names)
                    .filter(|right| right.kind == entry.kind);
                frame_bytes(
                    &entry.bytes,
                    right.as_ref().map(|entry| &entry.bytes[..]),
                    out,
                );
            }
            Kind::Asked { .. } => {
                let _ = writeln!(out, "  the request as it came");
                head_lines(&entry.bytes, &state.names, out);
            }
            Kind::Response { .. } if !state.visits => {
                let _ = writeln!(out, "  the answer as it came");
                head_lines(&entry.bytes, &state.names, out);
            }
            Kind::Note(_) if entry.bytes.starts_with(b"HTTP/") => {
                let _ = writeln!(out, "  what it began: no blank line ends the head");
                head_lines(&entry.bytes, &state.names, out);
            }
            Kind::Note(_) if !entry.bytes.is_empty() => {
                let began = match std::str::from_utf8(&entry.bytes) {
                    Ok(_) => quoted(&entry.bytes, &state.names),
                    Err(_) => row(&entry.bytes, 0),
                };
                let _ = writeln!(out, "  what it began, and did not end\n    {began}\n");
            }
            Kind::Output | Kind::Note(_) if entry.from.is_empty() => {
                given(state.transcript.input_of(entry), out);
            }
            _ => {}
        }
    }

    /// The entry on record at this line, with this run's values in its bytes.
    fn recorded(&self, line: usize, names: &Names) -> Option<Entry> {
        let path = self.case.site.beside_snapshot(".bytes.jsonl");
        let record = std::fs::read_to_string(path).ok()?;
        let (transcript, recorded) = Transcript::from_jsonl(&record)?;
        let mut entry = transcript.entry_at(line, &recorded)?.clone();
        for (name, old) in recorded.iter() {
            let new = names.value(name)?;
            if new.len() != old.len() {
                return None;
            }
            let places = entry.bytes.windows(old.len()).enumerate();
            let places: Vec<usize> = places
                .filter(|(_, w)| *w == old)
                .map(|(at, _)| at)
                .collect();
            for at in places {
                entry.bytes[at..at + old.len()].copy_from_slice(new);
            }
        }
        Some(entry)
    }

    /// What the program had to say. A server's standard output matters only
    /// as long as the line with its address is missing.
    fn words(&self, out: &mut String) {
        if !self.why.is_empty() {
            said("stdout", &self.stdout, out);
        }
        said("stderr", &self.stderr, out);
        if self.busy {
            let _ = writeln!(
                out,
                "  it is busy, and nothing comes of it: a loop that never waits?\n"
            );
        }
        // Of a command, and of a program that never listened, it is said already.
        let runs = {
            let state = self.case.state();
            state.listens || state.visits
        };
        let told = !self.why.is_empty() || !runs;
        if let Some(status) = self.ended.filter(|_| !told) {
            let how = status
                .code()
                .map_or("a signal".to_owned(), |code| format!("exit {code}"));
            let _ = writeln!(out, "  it ended by itself: {how}\n");
        }
    }
}

fn said(pipe: &str, text: &str, out: &mut String) {
    let noise = "note: run with `RUST_BACKTRACE";
    let lines = text
        .lines()
        .filter(|l| !l.trim().is_empty() && !l.starts_with(noise));
    let lines: Vec<&str> = lines.collect();
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "  it said on {pipe}");
    let left_out = lines.len().saturating_sub(MOST_WORDS);
    if left_out > 0 {
        let _ = writeln!(out, "    … {left_out} lines before");
    }
    for line in &lines[left_out..] {
        let shown: String = line.chars().take(MOST_WIDE).collect();
        let more = if shown.len() < line.len() { " …" } else { "" };
        let shown = plain(shown.as_bytes(), &Names::default());
        let _ = writeln!(out, "    {shown}{more}");
    }
    out.push('\n');
}

impl Case {
    /// The proof ends here, refused, for this reason.
    pub(crate) fn refuse(&self, why: String) -> ! {
        Failure::without_transcript(self, Status::Refused, why).raise()
    }

    /// The proof cannot be judged, for this reason.
    pub(crate) fn broken(&self, why: String) -> ! {
        Failure::without_transcript(self, Status::Broken, why).raise()
    }
}

impl Drop for Case {
    fn drop(&mut self) {
        if self.state().decided {
            return;
        }
        if std::thread::panicking() {
            let why = "the proof itself broke off: see the panic above".to_owned();
            Failure::without_transcript(self, Status::Broken, why).show();
        } else {
            // A test that forgets to compare could never fail.
            panic!("{} ends without `prove!`", self.site.path());
        }
    }
}

/// An HTTP head, line by line.
fn head_lines(bytes: &[u8], names: &Names, out: &mut String) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let lines = text.split("\r\n").take_while(|line| !line.is_empty());
    for line in lines.take(ROW) {
        let _ = writeln!(out, "    {}", plain(line.trim_end().as_bytes(), names));
    }
    out.push('\n');
}

/// The frames that a command was given on its standard input. In which pieces
/// it got them says the conversation.
fn given(frames: &[Entry], out: &mut String) {
    if frames.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "  the frames it was given there (`cargo workbook dissect` explains one)"
    );
    // Nothing is gained by leaving out a single one.
    let shown = match frames.len() {
        all if all == MOST_GIVEN + 1 => all,
        _ => MOST_GIVEN,
    };
    for frame in frames.iter().take(shown) {
        let bytes = &frame.bytes;
        let more = match bytes.len().saturating_sub(MOST_BYTES) {
            0 => String::new(),
            1 => " … and 1 byte".to_owned(),
            more => format!(" … and {more} bytes"),
        };
        let begun = raw_hex(&bytes[..bytes.len().min(MOST_BYTES)]);
        let _ = writeln!(out, "    {begun}{more}");
    }
    if frames.len() > shown {
        let _ = writeln!(out, "    … and {} frames", frames.len() - shown);
    }
    out.push('\n');
}

/// Two rows of bytes, and a caret where they part.
fn frame_bytes(got: &[u8], right: Option<&[u8]>, out: &mut String) {
    let Some(right) = right else {
        let _ = writeln!(out, "  the frame as it came\n    {}\n", row(got, 0));
        return;
    };
    let parts = got.iter().zip(right).position(|(g, r)| g != r);
    let parts = parts.unwrap_or(got.len().min(right.len()));
    let from = parts - parts % ROW;
    let lead = if from > 0 { "… " } else { "" };
    let _ = writeln!(out, "  where the two frames part");
    let _ = writeln!(out, "    on record  {lead}{}", row(right, from));
    let _ = writeln!(out, "    came       {lead}{}", row(got, from));
    let _ = writeln!(
        out,
        "               {}^^ byte {parts}: {}\n",
        " ".repeat(lead.chars().count() + (parts - from) * 3),
        match got.len() {
            len if parts >= len => "the frame ends",
            _ => Frame::field(got, parts),
        }
    );
}

fn row(bytes: &[u8], from: usize) -> String {
    let to = bytes.len().min(from + ROW);
    let more = if bytes.len() > to { " …" } else { "" };
    format!("{}{more}", raw_hex(&bytes[from.min(to)..to]))
}

/// Where the subject's first `todo!()` stands, and what it says.
fn unwritten(stderr: &str) -> Option<(String, String)> {
    let mut lines = stderr.lines();
    while let Some(line) = lines.next() {
        let Some((_, place)) = line.split_once(" panicked at ") else {
            continue;
        };
        let mut words = lines.clone();
        let Some(what) = words
            .next()
            .and_then(|l| l.strip_prefix("not yet implemented"))
        else {
            continue;
        };
        let place = place.trim_end_matches(':');
        return Some((
            plain(place.as_bytes(), &Names::default()),
            plain(
                what.trim_start_matches(':').trim().as_bytes(),
                &Names::default(),
            ),
        ));
    }
    None
}

/// `2` in `step 2: …`.
fn step_named(what: &str) -> Option<String> {
    let (number, _) = what.strip_prefix("step ")?.split_once(':')?;
    Some(number.to_owned())
}

/// Lines of at most this many characters.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("never empty");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// As in the book: the client speaks blue, the server green.
const CLIENT: &str = "34";
const SERVER: &str = "36";
const BAD: &str = "1;31";
const DIM: &str = "2";

fn voice(line: &str) -> &'static str {
    let who = line.split(' ').next().unwrap_or_default();
    match who.split_once('→') {
        Some((_, "S")) => CLIENT,
        Some(("S", _)) => SERVER,
        _ => "",
    }
}

/// In colour, if somebody looks. libtest captures what is printed, but whether
/// it will be shown on a terminal is still to be seen; whoever passes it on
/// says so (`CLICOLOR_FORCE`, bixense.com/clicolors).
fn paint(colour: &str, text: &str) -> String {
    let set = |name| std::env::var_os(name).is_some_and(|set| !set.is_empty());
    let shown = std::io::stdout().is_terminal() || set("CLICOLOR_FORCE");
    match shown && !set("NO_COLOR") && !colour.is_empty() {
        true => format!("\x1b[{colour}m{text}\x1b[0m"),
        false => text.to_owned(),
    }
}
