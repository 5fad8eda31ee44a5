//! The opening handshake held against the rules: a request as a server must
//! see it (RFC 6455 §4.2), a response as a client must (§4.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1_smol::Sha1;

use super::head::{Ending, Head};
use super::{Earns, Fault, Field, Side, count};

/// What a key is hashed with (RFC 6455 §1.3).
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// What a server answers to a key (RFC 6455 §4.2.2).
fn accept(key: &str) -> String {
    STANDARD.encode(Sha1::from(format!("{key}{GUID}")).digest().bytes())
}

/// What a request asked for.
#[derive(Debug, Default)]
pub struct Asked {
    key: Option<String>,
    subprotocols: Vec<String>,
    extensions: Vec<String>,
}

/// A head, its fields, and the faults of what is not there.
pub struct Checked {
    side: Side,
    /// The fields, each with its faults.
    pub fields: Vec<Field>,
    /// What no field can be blamed for.
    pub absent: Vec<Fault>,
}

impl Checked {
    /// The lines alone, before there is any talk of a handshake.
    pub fn new(head: &Head, side: Side) -> Checked {
        let mut checked = Checked {
            side,
            fields: head.fields(side),
            absent: Vec::new(),
        };
        for (field, line) in checked.fields.iter_mut().zip(&head.lines) {
            if line.ending == Ending::Lf {
                let says = "a line that a line feed alone ends";
                let fault = Fault::new(says, "RFC 9112 §2.2", Earns::Nothing);
                field.faults.push(fault);
            }
            let is_line = matches!(field.key, "header" | "line");
            if is_line && (field.key == "line" || !is_token(&field.name)) {
                let says = "no header: a name without white space, then a colon";
                let fault = Fault::new(says, "RFC 9112 §5", refusal(side, 400));
                field.faults.push(fault);
            }
        }
        checked
    }

    /// Every value of a header, whatever the case of its name.
    fn values(&self, name: &str) -> Vec<String> {
        let of_name = |field: &&Field| is_header(field, name);
        let found = self.fields.iter().filter(of_name);
        found.map(|field| field.value.clone()).collect()
    }

    /// The members of the lists of this name (RFC 9110 §5.6.1).
    pub fn members(&self, name: &str) -> Vec<String> {
        let values = self.values(name);
        let members = values.iter().flat_map(|value| value.split(','));
        let members = members.map(str::trim).filter(|member| !member.is_empty());
        members.map(str::to_owned).collect()
    }

    fn lists(&self, name: &str, token: &str) -> bool {
        let members = self.members(name);
        members.iter().any(|m| m.eq_ignore_ascii_case(token))
    }

    fn last(&mut self, name: &str) -> Option<&mut Field> {
        self.fields.iter_mut().rfind(|field| is_header(field, name))
    }

    /// Blames the last header of this name, or its absence.
    fn blame(&mut self, name: &str, wrong: &str, clause: &'static str, status: u16) {
        let earns = refusal(self.side, status);
        match self.last(name) {
            Some(field) => field.faults.push(Fault::new(wrong, clause, earns)),
            None => self
                .absent
                .push(Fault::new(format!("no {name}"), clause, earns)),
        }
    }

    /// A header is not there, and nobody minds.
    fn lacks(&mut self, name: &str, clause: &'static str) {
        let fault = Fault::new(format!("no {name}"), clause, Earns::Nothing);
        self.absent.push(fault);
    }

    fn blame_start(&mut self, wrong: &str, clause: &'static str, status: u16) {
        let earns = refusal(self.side, status);
        self.fields[0].faults.push(Fault::new(wrong, clause, earns));
    }

    /// The rules of a request. Where several are broken, a server says one.
    pub fn request(&mut self) -> Asked {
        let line = self.fields[0].value.clone();
        let parts: Vec<&str> = line.split(' ').collect();
        let is_handshake = self.asks_for_an_upgrade();
        match parts[..] {
            [method, _, version] => {
                if method != "GET" && is_handshake {
                    self.blame_start("another method than GET", "RFC 6455 §4.2.1", 405);
                }
                match version {
                    "HTTP/1.1" => {}
                    "HTTP/1.0" if !is_handshake => {}
                    "HTTP/1.0" => {
                        self.blame_start("a version below HTTP/1.1", "RFC 6455 §4.2.1", 426)
                    }
                    _ => self.blame_start("another version than HTTP/1.1", "RFC 9112 §2.3", 400),
                }
            }
            _ => self.blame_start("not method, target and version", "RFC 9112 §3", 400),
        }
        if self.values("Host").len() != 1 {
            self.blame("Host", "more than one Host", "RFC 9112 §3.2", 400);
        }
        if !is_handshake {
            return Asked::default();
        }
        if !self.lists("Upgrade", "websocket") {
            self.blame(
                "Upgrade",
                "without the token websocket",
                "RFC 6455 §4.2.1",
                426,
            );
        }
        if !self.lists("Connection", "upgrade") {
            self.blame(
                "Connection",
                "without the token Upgrade",
                "RFC 6455 §4.2.1",
                426,
            );
        }
        if self.values("Sec-WebSocket-Version") != ["13"] {
            self.blame(
                "Sec-WebSocket-Version",
                "not 13, and once",
                "RFC 6455 §4.4",
                426,
            );
        }
        if self.content() != Some(0) {
            let name = match self.last("Transfer-Encoding") {
                Some(_) => "Transfer-Encoding",
                None => "Content-Length",
            };
            self.blame(
                name,
                "content, which would be read as frames",
                "RFC 9110 §7.8",
                400,
            );
        }
        let subprotocols = self.members("Sec-WebSocket-Protocol");
        let distinct = |(at, offer): (usize, &String)| !subprotocols[..at].contains(offer);
        if !subprotocols.iter().all(|offer| is_token(offer)) {
            self.blame(
                "Sec-WebSocket-Protocol",
                "an offer that is no token",
                "RFC 6455 §4.1",
                400,
            );
        } else if !subprotocols.iter().enumerate().all(distinct) {
            self.blame(
                "Sec-WebSocket-Protocol",
                "one offer twice",
                "RFC 6455 §4.1",
                400,
            );
        }
        Asked {
            key: self.key(),
            subprotocols,
            extensions: names(&self.members("Sec-WebSocket-Extensions")),
        }
    }

    /// Whether any line speaks of a handshake; if none does, it is plain HTTP.
    pub fn asks_for_an_upgrade(&self) -> bool {
        let speaks = |field: &Field| {
            let name = field.name.to_ascii_lowercase();
            field.key == "header" && (name == "upgrade" || name.starts_with("sec-websocket-"))
        };
        self.fields.iter().any(speaks) || self.lists("Connection", "upgrade")
    }

    /// The key, if it is there once. One that is good is given its answer.
    fn key(&mut self) -> Option<String> {
        const NAME: &str = "Sec-WebSocket-Key";
        let keys = self.values(NAME);
        let [key] = &keys[..] else {
            self.blame(NAME, "more than one key", "RFC 6455 §11.3.1", 400);
            return None;
        };
        match STANDARD.decode(key).map(|nonce| nonce.len()) {
            Ok(16) => {
                if let Some(field) = self.last(NAME) {
                    field.says += &format!("; the right answer to these is {}", accept(key));
                }
            }
            Ok(len) => {
                let wrong = format!("a key of {}, not 16", count(len as u64, "byte"));
                self.blame(NAME, &wrong, "RFC 6455 §4.2.1", 400);
            }
            Err(_) => self.blame(NAME, "a key that is no base64", "RFC 6455 §4.2.1", 400),
        }
        Some(key.clone())
    }

    /// How much content follows (RFC 9112 §6.3): `None` if only the end will
    /// tell.
    pub fn content(&self) -> Option<usize> {
        if matches!(self.status(), Some(100..=199 | 204 | 304)) {
            return Some(0);
        }
        if !self.values("Transfer-Encoding").is_empty() {
            return None;
        }
        let length = self.values("Content-Length");
        match (length.first().map(|length| length.parse()), self.side) {
            (Some(length), _) => length.ok(),
            (None, Side::Client) => Some(0),
            (None, Side::Server) => None,
        }
    }

    /// The status of a response, if it has one.
    fn status(&self) -> Option<u16> {
        let line = self.fields.first().filter(|_| self.side == Side::Server)?;
        let status = line.value.split(' ').nth(1)?;
        status.parse().ok().filter(|_| status.len() == 3)
    }

    /// The rules of a response, to what was asked if that is known. Says whether
    /// messages may be compressed from here on (RFC 7692).
    pub fn response(&mut self, asked: Option<&Asked>) -> bool {
        let status = self.status();
        match status {
            Some(101) => self.agreement(asked),
            Some(405) if self.values("Allow").is_empty() => self.lacks("Allow", "RFC 9110 §15.5.6"),
            Some(426) if self.values("Upgrade").is_empty() => {
                self.lacks("Upgrade", "RFC 9110 §15.5.22")
            }
            Some(_) => {}
            None => self.blame_start("no status of three digits", "RFC 9112 §4", 0),
        }
        let extensions = names(&self.members("Sec-WebSocket-Extensions"));
        status == Some(101) && extensions.iter().any(|name| name == "permessage-deflate")
    }

    fn agreement(&mut self, asked: Option<&Asked>) {
        const RULE: &str = "RFC 6455 §4.1";
        let upgrade = self.values("Upgrade");
        if upgrade.len() != 1 || !upgrade[0].eq_ignore_ascii_case("websocket") {
            self.blame("Upgrade", "not websocket", RULE, 0);
        }
        if !self.lists("Connection", "upgrade") {
            self.blame("Connection", "without the token Upgrade", RULE, 0);
        }
        const ACCEPT: &str = "Sec-WebSocket-Accept";
        let key = asked.and_then(|asked| asked.key.as_deref());
        match (&self.values(ACCEPT)[..], key) {
            ([value], Some(key)) if *value == accept(key) => {
                if let Some(field) = self.last(ACCEPT) {
                    field.says += "; it is the right answer to the key above";
                }
            }
            ([_], Some(key)) => {
                let wrong = format!("not the answer to the key; that is {}", accept(key));
                self.blame(ACCEPT, &wrong, RULE, 0);
            }
            ([value], None) => {
                if STANDARD.decode(value).map_or(0, |digest| digest.len()) != 20 {
                    self.blame(ACCEPT, "not base64 of 20 bytes: no SHA-1", RULE, 0);
                }
            }
            _ => self.blame(ACCEPT, "more than one value", RULE, 0),
        }
        let Some(asked) = asked else {
            return;
        };
        for (name, offered) in [
            ("Sec-WebSocket-Protocol", &asked.subprotocols),
            ("Sec-WebSocket-Extensions", &asked.extensions),
        ] {
            let chosen = names(&self.members(name));
            if let Some(other) = chosen.iter().find(|chosen| !offered.contains(chosen)) {
                self.blame(name, &format!("`{other}` was not offered"), RULE, 0);
            }
        }
    }
}

fn refusal(side: Side, status: u16) -> Earns {
    match side {
        Side::Client => Earns::Status(status),
        Side::Server => Earns::Failure,
    }
}

fn is_header(field: &Field, name: &str) -> bool {
    field.key == "header" && field.name.eq_ignore_ascii_case(name)
}

/// Members without their parameters.
fn names(members: &[String]) -> Vec<String> {
    let name = |member: &String| {
        member
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    members.iter().map(name).collect()
}

/// RFC 9110 §5.6.2.
fn is_token(text: &str) -> bool {
    let is_tchar = |byte: u8| byte.is_ascii_graphic() && !br#"(),/:;<=>?@[\]{}""#.contains(&byte);
    !text.is_empty() && text.bytes().all(is_tchar)
}
