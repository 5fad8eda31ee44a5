//! What is said on one connection. No input or output happens here: bytes go
//! in, and out come events, and the bytes to pass on. The same bytes give the
//! same events, however they are cut.

mod body;
mod event;
mod frames;
mod guard;
mod head;
mod kept;
mod lines;
#[cfg(test)]
mod tests;

use proof::Message;

use body::{Body, Framing, Progress};
use frames::Frames;
use head::Opening;
use lines::Lines;

pub use event::{Change, Event, Rules, Side, Step};
pub use frames::Seen;
pub use head::{method_and_target, status};
pub use kept::Kept;

/// What one side speaks at the moment.
#[derive(Debug)]
enum Speech {
    /// HTTP, between two messages or in a head.
    Head,
    Body(Body),
    Frames(Frames),
    Lines(Lines),
}

/// What comes after HTTP.
#[derive(Debug, Clone, Copy)]
enum After {
    Frames,
    Lines,
}

impl After {
    fn speech(self) -> Speech {
        match self {
            After::Frames => Speech::Frames(Frames::default()),
            After::Lines => Speech::Lines(Lines::default()),
        }
    }
}

/// The request that waits for its answer.
#[derive(Debug)]
struct Asked {
    is_head: bool,
}

/// One connection.
#[derive(Debug)]
pub struct Talk {
    rules: Rules,
    client: Speech,
    server: Speech,
    asked: Option<Asked>,
    /// What the client speaks from its next message on.
    after: Option<After>,
}

impl Talk {
    /// A new connection.
    pub fn new(rules: Rules) -> Talk {
        Talk {
            rules,
            client: Speech::Head,
            server: Speech::Head,
            asked: None,
            after: None,
        }
    }

    fn speech(&mut self, side: Side) -> &mut Speech {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// What to do with the next bytes that came `from` this side.
    pub fn step(&mut self, from: Side, input: &[u8]) -> Step {
        if input.is_empty() {
            return Step::More;
        }
        match self.speech(from) {
            Speech::Head if from == Side::Client => self.request(input),
            Speech::Head => self.response(input),
            Speech::Body(_) => self.body(from, input),
            Speech::Frames(frames) => {
                let (took, seen) = frames.take(input);
                pass(took, seen.map(|seen| (from, Event::Frame(seen))))
            }
            Speech::Lines(_) => self.lines(from, input),
        }
    }

    fn request(&mut self, input: &[u8]) -> Step {
        if let Some(after) = self.after {
            self.client = after.speech();
            return self.step(Side::Client, input);
        }
        // One at a time, so that each answer stands under its request.
        if self.asked.is_some() {
            return Step::Hold;
        }
        let size = match head::of_request(input) {
            Opening::Head(size) if size <= head::MOST_HEAD => size,
            Opening::Unclear if input.len() <= head::MOST_HEAD => return Step::More,
            Opening::Noise => {
                self.give_up();
                return self.step(Side::Client, input);
            }
            _ => {
                return Step::Refuse {
                    request: None,
                    status: 431,
                    why: format!("a head of more than {} bytes", head::MOST_HEAD),
                };
            }
        };
        let message = Message::of_head(&input[..size - 4]);
        if let Some((status, why)) = guard::refusal(&message, self.rules.origin.as_deref()) {
            let request = Some(message);
            return Step::Refuse {
                request,
                status,
                why,
            };
        }
        self.asked = Some(Asked {
            is_head: method_and_target(&message).0 == "HEAD",
        });
        self.client = match Framing::of_request(&message) {
            // What follows can't be told from the next request.
            Framing::Unclear => After::Lines.speech(),
            framing => Body::new(framing).map_or(Speech::Head, Speech::Body),
        };
        let changes = self.changes(&message);
        let instead = (!changes.is_empty()).then(|| {
            head::edited(&input[..size], |name| {
                let mut changes = changes.iter();
                let change = changes.find(|change| name.eq_ignore_ascii_case(change.name))?;
                Some(change.value.as_deref())
            })
        });
        Step::Pass {
            took: size,
            instead,
            events: vec![(Side::Client, Event::Request(message, changes))],
        }
    }

    fn changes(&self, message: &Message) -> Vec<Change> {
        let gone = |name| (name, None);
        let mut wanted = Vec::new();
        if !self.rules.keep_extensions {
            wanted.push(gone("sec-websocket-extensions"));
        }
        if self.rules.strip_upgrade {
            wanted.extend([gone("upgrade"), gone("connection")]);
        }
        if let Some(host) = &self.rules.host {
            wanted.push(("host", Some(host.clone())));
        }
        wanted.retain(|(name, _)| message.header(name).is_some());
        let changes = wanted.into_iter();
        changes
            .map(|(name, value)| Change { name, value })
            .collect()
    }

    fn response(&mut self, input: &[u8]) -> Step {
        let size = match head::of_response(input) {
            Opening::Head(size) => size,
            Opening::Unclear if input.len() <= head::MOST_HEAD => return Step::More,
            _ => {
                self.give_up();
                return self.step(Side::Server, input);
            }
        };
        let message = Message::of_head(&input[..size - 4]);
        match head::status(&message) {
            Some(101) => {
                let after = match message.has_token("upgrade", "websocket") {
                    true => After::Frames,
                    false => After::Lines,
                };
                self.server = after.speech();
                self.after = Some(after);
                self.asked = None;
            }
            // The answer proper is still to come.
            Some(100..=199) => {}
            _ => {
                let to_head = self.asked.as_ref().is_some_and(|asked| asked.is_head);
                match Body::new(Framing::of_response(&message, to_head)) {
                    Some(body) => self.server = Speech::Body(body),
                    None => self.asked = None,
                }
            }
        }
        pass(size, Some((Side::Server, Event::Response(message))))
    }

    fn body(&mut self, from: Side, input: &[u8]) -> Step {
        let Speech::Body(body) = self.speech(from) else {
            return Step::More;
        };
        let (took, progress) = body.take(input);
        if progress == Progress::Open {
            return pass(took, None);
        }
        let content = body.content();
        if progress == Progress::Broken {
            self.give_up();
            *self.speech(from) = After::Lines.speech();
        } else {
            *self.speech(from) = Speech::Head;
            if from == Side::Server {
                self.asked = None;
            }
        }
        pass(took, content_of(from, content))
    }

    fn lines(&mut self, from: Side, input: &[u8]) -> Step {
        let mut events = Vec::new();
        // Whoever had begun a line has had its turn.
        if let Speech::Lines(other) = self.speech(from.other()) {
            events.extend(other.rest().map(|event| (from.other(), event)));
        }
        if let Speech::Lines(lines) = self.speech(from) {
            events.extend(lines.take(input).into_iter().map(|event| (from, event)));
        }
        Step::Pass {
            took: input.len(),
            instead: None,
            events,
        }
    }

    /// This is no HTTP, or none any more: both sides may say what they like.
    fn give_up(&mut self) {
        self.asked = None;
        self.after = Some(After::Lines);
        for side in [Side::Client, Side::Server] {
            if matches!(self.speech(side), Speech::Head) {
                *self.speech(side) = After::Lines.speech();
            }
        }
    }

    /// Nothing more comes from this side; `rest` is what no step took.
    pub fn end(&mut self, from: Side, rest: &[u8]) -> Vec<(Side, Event)> {
        let mut events = Vec::new();
        let mut amid = None;
        if from == Side::Server {
            self.asked = None;
        }
        match self.speech(from) {
            Speech::Head if !rest.is_empty() => {
                events.push(Event::Bytes(rest.to_vec()));
                amid = Some("a head");
            }
            Speech::Head => {}
            Speech::Body(body) => {
                let whole = body.ends_with_connection();
                let content = body.content();
                events.extend(content_of(from, content).map(|(_, event)| event));
                amid = (!whole).then_some("a body");
            }
            Speech::Frames(frames) => amid = frames.is_amid().then_some("a frame"),
            Speech::Lines(lines) => events.extend(lines.rest()),
        }
        events.push(Event::Closed(amid));
        events.into_iter().map(|event| (from, event)).collect()
    }
}

fn content_of(from: Side, content: Kept) -> Option<(Side, Event)> {
    (content.len() > 0).then_some((from, Event::Body(content)))
}

fn pass(took: usize, event: Option<(Side, Event)>) -> Step {
    Step::Pass {
        took,
        instead: None,
        events: event.into_iter().collect(),
    }
}
