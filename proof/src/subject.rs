//! The program under proof, and the values it cannot know beforehand.

use std::net::SocketAddr;
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::accept::{accept, wrong_accepts};
use crate::bounds;
use crate::case::{Case, Mistake, Site};
use crate::client::Client;
use crate::input::{Given, Input};
use crate::polling::Polling;
use crate::process::Process;
use crate::server::{self, Server};
use crate::transcript::{Entry, Kind};
use crate::verdict::Evidence;

/// A program on trial. Make one with [`subject!`](crate::subject).
pub struct Subject {
    case: Arc<Case>,
    command: Vec<String>,
    /// Named by `$SUBJECT`, on a command line that means the workbook's folder.
    foreign: bool,
    addr: Option<SocketAddr>,
}

impl Subject {
    #[doc(hidden)]
    pub fn new(site: Site) -> Subject {
        let line = std::env::var("SUBJECT").unwrap_or_default();
        let foreign = !line.trim().is_empty();
        Subject {
            case: Case::new(site),
            command: match foreign {
                true => words(&line),
                false => vec![site.program.to_owned()],
            },
            foreign,
            addr: None,
        }
    }

    fn spawn(&self, args: &[&str], stdin: &[u8]) -> Process {
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).args(args);
        if self.foreign {
            command.current_dir(self.case.site.root());
        }
        match Process::spawn(command, stdin) {
            Ok(process) => process,
            Err(error) => {
                let line = self.command.join(" ");
                self.case
                    .broken(format!("`{line}` does not start: {error}"))
            }
        }
    }

    /// Run it to its end as a command: `$ accept <key>`, its output, `exit 0`.
    pub fn run(&self, args: &[&str]) -> &Subject {
        self.run_to_its_end(args, "", Vec::new())
    }

    /// As [`run`](Subject::run), with frames on its standard input, in hex;
    /// `from` says who might have sent them: `C→S`.
    pub fn run_with_frames(
        &self,
        args: &[&str],
        from: &'static str,
        write: impl FnOnce(&mut Input),
    ) -> &Subject {
        let (lines, entries) = {
            let mut state = self.case.state();
            let mut input = Input::new(&mut state.draw, from);
            write(&mut input);
            input.end()
        };
        self.run_to_its_end(args, &lines, entries)
    }

    /// As [`run`](Subject::run), with messages on its standard input, a line each.
    pub fn run_with_messages(
        &self,
        args: &[&str],
        from: &'static str,
        messages: &[Given],
    ) -> &Subject {
        let lines: String = messages.iter().map(Given::line).collect();
        let entries = messages.iter().map(|message| message.entry(from));
        self.run_to_its_end(args, &lines, entries.collect())
    }

    fn run_to_its_end(&self, args: &[&str], stdin: &str, input: Vec<Entry>) -> &Subject {
        let mut process = self.spawn(args, stdin.as_bytes());
        let ended = process.wait_until(Instant::now() + bounds::startup());
        process.stop();
        let stdout = process.stdout.bytes();
        let stderr = process.stderr.text();
        let from = {
            let mut state = self.case.state();
            state.process = Some(process);
            state.transcript.entries.len()
        };

        let command = args.join(" ");
        let command = Entry::new("", Kind::Command, command.as_bytes());
        let said = (!stdout.is_empty()).then(|| Entry::new("", Kind::Output, &stdout));
        let end = Entry::note("", how_it_ended(ended, bounds::startup()));
        for entry in [command].into_iter().chain(input).chain(said).chain([end]) {
            self.case.record(entry);
        }
        let mut state = self.case.state();
        let to = state.transcript.entries.len();
        state.complaints.push((from..to, stderr));
        drop(state);
        self
    }

    /// Start it as a server, and wait until it says where it listens.
    #[must_use]
    pub fn serve(self) -> Subject {
        self.serve_with(&[])
    }

    /// As [`serve`](Subject::serve), with these arguments, which the transcript
    /// shows first: `$ --idle 1s`.
    #[must_use]
    pub fn serve_with(mut self, args: &[&str]) -> Subject {
        if !args.is_empty() {
            let args = args.join(" ");
            self.case
                .record(Entry::new("", Kind::Command, args.as_bytes()));
        }
        let mut process = self.spawn(args, b"");
        let said = process.address(bounds::startup());
        self.case.state().process = Some(process);
        match said {
            Ok(addr) => {
                self.addr = Some(addr);
                self.case.state().listens = true;
                self
            }
            Err(why) => self.case.refuse(why),
        }
    }

    /// It ends by itself, as it should: `exit 0`.
    pub fn ends(&self) -> &Subject {
        let ended = match &mut *self.case.state() {
            state if state.hung => return self,
            state => state.process.as_mut().map(|process| {
                let patience = bounds::startup();
                let status = process.wait_until(Instant::now() + patience);
                how_it_ended(status, patience)
            }),
        };
        self.case.record(Entry::note("", ended.unwrap_or_default()));
        self
    }

    /// Start it as a client of this proof, which listens, and is to be asked for
    /// this target: `$ <url> --base 20ms`.
    pub fn visits(&self, target: &str, args: &[&str]) -> Server {
        let (listener, url) = server::listener(&self.case, target);
        let args = [&[&*url], args].concat();
        Server::new(self.case.clone(), listener, || {
            let line = args.join(" ");
            self.case
                .record(Entry::new("", Kind::Command, line.as_bytes()));
            self.spawn(&args, b"")
        })
    }

    /// A new TCP connection to it, `C` in the transcript.
    pub fn client(&self) -> Client {
        self.client_named("C")
    }

    /// A new TCP connection to it: `ann→S`, `S→ann`.
    pub fn client_named(&self, name: &str) -> Client {
        let addr = self.addr.expect("a subject that serves");
        Client::connect(self.case.clone(), name, addr)
    }

    /// The same, on a connection that holds little: what is not read here soon
    /// waits in the program.
    pub fn narrow_client(&self, name: &str) -> Client {
        let addr = self.addr.expect("a subject that serves");
        Client::connect_narrowly(self.case.clone(), name, addr)
    }

    /// An Engine.IO session by HTTP long-polling that is not open yet, at a path
    /// such as `/engine.io/`: `C` in the transcript.
    pub fn polling(&self, path: &str) -> Polling {
        self.polling_named("C", path)
    }

    /// The same: `ann→S`, `S→ann`.
    pub fn polling_named(&self, name: &str, path: &str) -> Polling {
        let addr = self.addr.expect("a subject that serves");
        Polling::new(self.case.clone(), name, addr, path)
    }

    /// What a server of Engine.IO or Socket.IO calls a session: 20 random
    /// characters, `<sid>`.
    pub fn sid(&self) -> String {
        let mut state = self.case.state();
        let sid = URL_SAFE_NO_PAD.encode(state.draw.bytes(15));
        state.names.add("sid", sid.as_bytes());
        sid
    }

    /// Random bytes, `<4 bytes>`, and how a polling body has them: `b` and
    /// `<4 bytes in base64>`.
    pub fn attachment(&self, len: usize) -> (Vec<u8>, String) {
        let payload = self.payload(len);
        let base64 = STANDARD.encode(&payload);
        self.name(&format!("{len} bytes in base64"), &base64);
        (payload, format!("b{base64}"))
    }

    /// Eight random letters, `<word>`.
    pub fn word(&self) -> String {
        let mut state = self.case.state();
        let word = state.draw.word();
        state.names.add("word", word.as_bytes());
        word
    }

    /// Sixteen random letters that let somebody in, `<token>`.
    pub fn token(&self) -> String {
        let mut state = self.case.state();
        let token = state.draw.word() + &state.draw.word();
        state.names.add("token", token.as_bytes());
        token
    }

    /// A `Sec-WebSocket-Key` (16 random bytes in base64), `<key>`; the accept
    /// value that is right for it is `<accept>`.
    pub fn key(&self) -> String {
        self.case.state().key()
    }

    /// Random bytes, `<70000 bytes>`.
    pub fn payload(&self, len: usize) -> Vec<u8> {
        let mut state = self.case.state();
        let payload = state.draw.bytes(len);
        state.names.add(&format!("{len} bytes"), &payload);
        payload
    }

    /// Random bytes without a name.
    pub fn draw(&self, len: usize) -> Vec<u8> {
        self.case.state().draw.bytes(len)
    }

    /// Name a value made from drawn ones. Never name what a program could know
    /// beforehand: it could then be sent without being worked out.
    pub fn name(&self, kind: &str, value: impl AsRef<[u8]>) {
        self.case.state().names.add(kind, value.as_ref());
    }

    /// The latest `sid`, `pid` or `offset` that the program has chosen; one that
    /// nobody has been given, if there is none.
    pub fn chosen(&self, kind: &str) -> String {
        let state = self.case.state();
        let value = state.names.last(kind).unwrap_or(b"none");
        String::from_utf8_lossy(value).into_owned()
    }

    /// Whether something is so, in words: for what no line shows.
    pub fn remark(&self, holds: bool, so: &str, not_so: &str) {
        self.case.remark(holds, so, not_so);
    }

    /// What happens inside, so many times: written down once, as long as each time
    /// goes like the first. One that does not is the last, and is written down too.
    pub fn times(&self, times: usize, mut talk: impl FnMut()) {
        let mut first = None;
        for _ in 0..times {
            let begun = self.case.state().transcript.entries.len();
            talk();
            let mut state = self.case.state();
            let lines = state.transcript.lines_from(begun, &state.names);
            match &first {
                None => first = Some(lines),
                Some(first) if *first == lines => state.transcript.entries.truncate(begun),
                Some(_) => return,
            }
        }
        self.remark(true, &format!("so it goes {times} times"), "");
    }

    /// What happens inside leaves the program little to do: it spends no more than
    /// a twentieth of that time on a processor. Only Linux tells; elsewhere it is
    /// believed.
    pub fn hardly_works(&self, talk: impl FnOnce()) {
        let used = || self.case.state().process.as_ref()?.used();
        let (started, before) = (Instant::now(), used());
        talk();
        let took = started.elapsed();
        let spent = used().zip(before);
        let spent = spent.map_or(Duration::ZERO, |(now, before)| now.saturating_sub(before));
        let not_so = format!(
            "it was busy: {} ms of processor time in {} ms",
            spent.as_millis(),
            took.as_millis()
        );
        self.remark(spent <= took / 20, "meanwhile it was at rest", &not_so);
    }

    /// A value that is wrong in a known way: a failed proof that meets it says
    /// what it is.
    pub fn mistake(&self, value: impl AsRef<[u8]>, says: &str) {
        self.case.state().mistakes.push(Mistake {
            value: value.as_ref().to_owned(),
            says: says.to_owned(),
        });
    }

    #[doc(hidden)]
    pub fn evidence(&self) -> Evidence {
        Evidence::new(self.case.clone())
    }
}

impl crate::case::State {
    pub(crate) fn key(&mut self) -> String {
        let nonce = self.draw.bytes(16);
        let key = STANDARD.encode(&nonce);
        self.names.add("key", key.as_bytes());
        self.names.add("accept", accept(&key).as_bytes());
        self.mistakes.extend(wrong_accepts(&key, &nonce));
        key
    }
}

pub(crate) fn how_it_ended(ended: Option<ExitStatus>, patience: Duration) -> String {
    match ended.map(|status| status.code()) {
        Some(Some(code)) => format!("exit {code}"),
        Some(None) => "killed by a signal".to_owned(),
        None => format!("still running after {patience:?}"),
    }
}

/// A command line in words, with '…' and "…" kept together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_keep_words_together() {
        let line = r#"node 'my server.js' --name "" a"b c""#;
        assert_eq!(words(line), ["node", "my server.js", "--name", "", "ab c"]);
    }
}
