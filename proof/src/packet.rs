//! Engine.IO and Socket.IO packets, as far as a transcript needs them: what a
//! packet is called, which values the server has chosen, and its JSON in an
//! order of its own. (Engine.IO protocol v4, Socket.IO protocol v5.)
//!
//! This is no decoder: a proof must be able to send, and to show, what none
//! would take. What can't be read is left as it stands.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::value::{Names, hex};

/// What stands between the packets of one HTTP body.
pub(crate) const SEPARATOR: char = '\x1e';

/// How much of a message is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// What an Engine.IO message carries is a matter of the program.
    EngineIo,
    /// It carries Socket.IO packets.
    SocketIo,
}

impl Dialect {
    /// What a packet is called: `open`, `message, event`.
    pub fn name(self, packet: &str) -> String {
        let mut chars = packet.chars();
        let name = match chars.next() {
            Some('0') => "open",
            Some('1') => "close",
            Some('2') if chars.as_str() == "probe" => "ping, probe",
            Some('2') => "ping",
            Some('3') if chars.as_str() == "probe" => "pong, probe",
            Some('3') => "pong",
            Some('4') if self == Dialect::EngineIo => "message",
            Some('4') => return format!("message, {}", socket_io_name(chars.as_str())),
            Some('5') => "upgrade",
            Some('6') => "noop",
            _ => "no packet",
        };
        name.to_owned()
    }

    /// What the packets of one HTTP body are called, one after the other.
    pub fn names(self, body: &[u8], names: &Names) -> String {
        let body = String::from_utf8_lossy(body);
        let packets = body
            .split(SEPARATOR)
            .map(|packet| match attachment(packet) {
                Some(bytes) => format!("{} {}", self.binary(), hex(&bytes, names)),
                None => self.name(packet),
            });
        packets.collect::<Vec<_>>().join("; ")
    }

    /// What a binary frame is called, or base64 in a body.
    pub fn binary(self) -> &'static str {
        match self {
            Dialect::EngineIo => "message",
            Dialect::SocketIo => "attachment",
        }
    }

    /// The same packet, its JSON without blanks and its members in order.
    pub fn normal(self, packet: &str) -> String {
        let json = match packet.as_bytes() {
            [b'0', ..] => Some(&packet[1..]),
            [b'4', kind, ..] if self == Dialect::SocketIo && kind.is_ascii_digit() => {
                Some(content(&packet[1..]))
            }
            _ => None,
        };
        match json.map(|json| (json, serde_json::from_str::<Value>(json))) {
            Some((json, Ok(value))) => {
                format!("{}{value}", &packet[..packet.len() - json.len()])
            }
            _ => packet.to_owned(),
        }
    }

    /// The same, where a client connects: it may say `{}` where it has nothing to
    /// say, and several libraries do.
    pub(crate) fn without_empty_auth(self, normal: String) -> String {
        match normal.strip_suffix("{}") {
            Some(bare) if self == Dialect::SocketIo && is_bare_connect(bare) => bare.to_owned(),
            _ => normal,
        }
    }

    /// The same for each packet of an HTTP body.
    pub(crate) fn normal_body(self, body: &str) -> String {
        let packets = body.split(SEPARATOR).map(|packet| self.normal(packet));
        packets.collect::<Vec<_>>().join("\x1e")
    }

    /// What the server has chosen for this session, and how it is called.
    pub(crate) fn chosen(self, packet: &str) -> Vec<(&'static str, String)> {
        let (json, keys): (_, &[&'static str]) = match packet.as_bytes() {
            [b'0', ..] => (&packet[1..], &["sid"]),
            [b'4', b'0', ..] if self == Dialect::SocketIo => {
                (content(&packet[1..]), &["sid", "pid"])
            }
            _ => return Vec::new(),
        };
        let Ok(Value::Object(members)) = serde_json::from_str(json) else {
            return Vec::new();
        };
        let chosen = keys.iter().filter_map(|key| {
            let value = members.get(*key)?.as_str()?;
            is_unguessable(value).then(|| (*key, value.to_owned()))
        });
        chosen.collect()
    }

    /// The last argument of an event, if it can be an offset: with connection
    /// state recovery each event has one more than was given.
    pub(crate) fn offset(self, packet: &str) -> Option<String> {
        let event = packet.strip_prefix('4')?;
        if self != Dialect::SocketIo || !event.starts_with(['2', '5']) {
            return None;
        }
        let arguments: Vec<Value> = serde_json::from_str(content(event)).ok()?;
        let last = arguments.get(1..)?.last()?.as_str()?;
        (last.len() >= 5 && is_url_safe(last)).then(|| last.to_owned())
    }
}

/// `40`, `40/admin,`.
fn is_bare_connect(packet: &str) -> bool {
    packet == "40" || (packet.starts_with("40/") && packet.ends_with(','))
}

fn socket_io_name(packet: &str) -> &'static str {
    match packet.chars().next() {
        Some('0') => "connect",
        Some('1') => "disconnect",
        Some('2') => "event",
        Some('3') => "ack",
        Some('4') => "connect_error",
        Some('5') => "binary_event",
        Some('6') => "binary_ack",
        _ => "no packet",
    }
}

/// What follows the type, the number of attachments, the namespace and the ack
/// id of a Socket.IO packet.
fn content(packet: &str) -> &str {
    let digits =
        |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (kind, mut rest) = packet.split_at(1);
    if matches!(kind, "5" | "6")
        && let Some(after) = rest[digits(rest)..].strip_prefix('-')
    {
        rest = after;
    }
    if rest.starts_with('/') {
        rest = rest.split_once(',').map_or("", |(_, rest)| rest);
    }
    &rest[digits(rest)..]
}

/// Bytes as HTTP carries them: `bAQID`.
fn attachment(packet: &str) -> Option<Vec<u8>> {
    STANDARD.decode(packet.strip_prefix('b')?).ok()
}

/// Whoever knows a sid has the session: it must be long. What is not gets no
/// name, and shows.
fn is_unguessable(value: &str) -> bool {
    value.len() >= 16 && is_url_safe(value)
}

fn is_url_safe(value: &str) -> bool {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    value.bytes().all(is_safe)
}

#[cfg(test)]
mod tests {
    use super::Dialect::{EngineIo, SocketIo};
    use super::*;

    #[test]
    fn a_packet_has_a_name() {
        for (packet, name) in [
            ("0{}", "open"),
            ("1", "close"),
            ("2", "ping"),
            ("2probe", "ping, probe"),
            ("3probe", "pong, probe"),
            ("5", "upgrade"),
            ("6", "noop"),
            ("40", "message, connect"),
            ("41/admin,", "message, disconnect"),
            ("420[\"hi\"]", "message, event"),
            ("430[]", "message, ack"),
            ("44{}", "message, connect_error"),
            ("451-[]", "message, binary_event"),
            ("461-0[]", "message, binary_ack"),
            ("47", "message, no packet"),
            ("4", "message, no packet"),
            ("", "no packet"),
            ("hello", "no packet"),
        ] {
            assert_eq!(SocketIo.name(packet), name, "{packet}");
        }
        assert_eq!(EngineIo.name("42 apples"), "message");
    }

    #[test]
    fn a_body_is_named_packet_by_packet() {
        let mut names = Names::default();
        names.add("payload", &[1, 2, 3]);
        let body = b"451-[\"x\",{}]\x1ebAQID\x1e2";
        let named = "message, binary_event; attachment <payload>; ping";
        assert_eq!(SocketIo.names(body, &names), named);
        assert_eq!(EngineIo.names(b"bAQ==", &names), "message 01");
    }

    #[test]
    fn members_come_in_order_and_the_rest_as_it_stands() {
        for (packet, normal) in [
            (r#"0{"sid":"x", "a":1}"#, r#"0{"a":1,"sid":"x"}"#),
            (r#"40/a?b=c,{"z":1,"y":2}"#, r#"40/a?b=c,{"y":2,"z":1}"#),
            (r#"4212["x", {"b":1,"a":2}]"#, r#"4212["x",{"a":2,"b":1}]"#),
            (r#"452-/a,7[{"b":1,"a":2}]"#, r#"452-/a,7[{"a":2,"b":1}]"#),
            (r#"42 ["x", "#, r#"42 ["x", "#),
            ("4é{\"b\":1,\"a\":2}", "4é{\"b\":1,\"a\":2}"),
            ("41/admin,", "41/admin,"),
        ] {
            assert_eq!(SocketIo.normal(packet), normal);
        }
        let message = r#"42["x", 1]"#;
        assert_eq!(EngineIo.normal(message), message);
        let body = "42[ 1]\x1e2\x1e42[ 2]";
        assert_eq!(SocketIo.normal_body(body), "42[1]\x1e2\x1e42[2]");
    }

    #[test]
    fn no_auth_is_said_in_two_ways() {
        for (packet, kept) in [
            ("40{}", "40"),
            ("40/a,{}", "40/a,"),
            (r#"40{"a":{}}"#, r#"40{"a":{}}"#),
            ("41{}", "41{}"),
            ("40/a{}", "40/a{}"),
        ] {
            assert_eq!(SocketIo.without_empty_auth(packet.to_owned()), kept);
        }
    }

    #[test]
    fn what_the_server_chose_is_found() {
        let sid = "lv_VI97HAXpY6yYWAAAC";
        let open = format!(r#"0{{"sid":"{sid}","upgrades":[]}}"#);
        assert_eq!(EngineIo.chosen(&open), [("sid", sid.to_owned())]);
        let connect = format!(r#"40/a,{{"sid":"{sid}","pid":"{sid}"}}"#);
        let both = [("sid", sid.to_owned()), ("pid", sid.to_owned())];
        assert_eq!(SocketIo.chosen(&connect), both);
        assert!(SocketIo.chosen(r#"40{"sid":"short"}"#).is_empty());
        let event = r#"42["news",1,"Q88dRmN"]"#;
        assert_eq!(SocketIo.offset(event).as_deref(), Some("Q88dRmN"));
        assert_eq!(SocketIo.offset(r#"42["newspaper"]"#), None);
        assert_eq!(SocketIo.offset(r#"43["newspaper","Q88dRmN"]"#), None);
    }
}
