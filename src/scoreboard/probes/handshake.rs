//! The opening handshake (RFC 6455 §4.2).

use crate::scoreboard::probe::Probe;
use crate::scoreboard::verdict::Rule;
use crate::scoreboard::wire::Head;

/// A right handshake is to be accepted.
const ACCEPT: Rule = Rule {
    asked: &["101"],
    open: &[],
    should: &[],
};

/// A wrong one gets an HTTP error (§4.2.1): neither an upgrade nor silence.
const REFUSE: Rule = Rule {
    asked: &["4xx", "5xx"],
    open: &[],
    should: &[],
};

/// A key that is none: §4.2.1 wants it refused, §4.2.2 says that a server need
/// not decode it.
const UNDECODED: Rule = Rule {
    asked: &["4xx"],
    open: &["101"],
    should: &[],
};

/// §4.4: an error, and with it the versions that the server does speak.
const VERSION: Rule = Rule {
    asked: &["4xx, lists 13"],
    open: &[],
    should: &[],
};

/// Version 8 was a draft. A server may well speak it.
const DRAFT: Rule = Rule {
    asked: &["4xx, lists 13"],
    open: &["101"],
    should: &[],
};

/// Accepted or refused, but with an answer.
const CHOICE: Rule = Rule {
    asked: &[],
    open: &["101", "4xx"],
    should: &[],
};

/// An offer may be taken, left, or refused.
const OFFER: Rule = Rule {
    asked: &[],
    open: &["101", "101, takes it", "4xx"],
    should: &[],
};

fn lists_13(head: &Head) -> Option<&'static str> {
    let versions = head.value("sec-websocket-version")?;
    let listed = versions.split(',').any(|version| version.trim() == "13");
    (head.status != 101 && listed).then_some("lists 13")
}

fn takes_protocol(head: &Head) -> Option<&'static str> {
    head.value("sec-websocket-protocol").map(|_| "takes it")
}

fn takes_extension(head: &Head) -> Option<&'static str> {
    head.value("sec-websocket-extensions").map(|_| "takes it")
}

/// The rows.
pub const PROBES: &[Probe] = &[
    Probe {
        id: "handshake",
        sends: "a right handshake",
        clause: "RFC 6455 §4.2.2",
        rule: ACCEPT,
        talk: |wire| wire.asks(|request| request),
    },
    Probe {
        id: "odd-case",
        sends: "header names and their words in odd case",
        clause: "RFC 6455 §4.2.1",
        rule: ACCEPT,
        talk: |wire| {
            wire.asks(|request| {
                request
                    .set("Upgrade", "WebSOCKET")
                    .set("Connection", "uPGRADE")
                    .named(|name| name.to_uppercase())
            })
        },
    },
    Probe {
        id: "connection-list",
        sends: "`Connection: keep-alive, Upgrade`",
        clause: "RFC 6455 §4.2.1",
        rule: ACCEPT,
        talk: |wire| wire.asks(|request| request.set("Connection", "keep-alive, Upgrade")),
    },
    Probe {
        id: "plain-get",
        sends: "a GET that asks for no upgrade",
        clause: "RFC 6455 §4.2.1",
        rule: REFUSE,
        talk: |wire| {
            wire.asks(|request| {
                let names = [
                    "Upgrade",
                    "Connection",
                    "Sec-WebSocket-Key",
                    "Sec-WebSocket-Version",
                ];
                names
                    .into_iter()
                    .fold(request, |request, name| request.without(name))
            })
        },
    },
    Probe {
        id: "no-upgrade",
        sends: "no `Upgrade`",
        clause: "RFC 6455 §4.2.1",
        rule: REFUSE,
        talk: |wire| wire.asks(|request| request.without("Upgrade")),
    },
    Probe {
        id: "other-upgrade",
        sends: "`Upgrade: h2c`",
        clause: "RFC 6455 §4.2.1",
        rule: REFUSE,
        talk: |wire| wire.asks(|request| request.set("Upgrade", "h2c")),
    },
    Probe {
        id: "upgrade-list",
        sends: "`Upgrade: h2c, websocket`",
        clause: "RFC 6455 §4.2.1, RFC 9110 §7.8",
        rule: CHOICE,
        talk: |wire| wire.asks(|request| request.set("Upgrade", "h2c, websocket")),
    },
    Probe {
        id: "no-connection",
        sends: "no `Connection`",
        clause: "RFC 6455 §4.2.1",
        rule: REFUSE,
        talk: |wire| wire.asks(|request| request.without("Connection")),
    },
    Probe {
        id: "no-key",
        sends: "no key",
        clause: "RFC 6455 §4.2.1",
        rule: REFUSE,
        talk: |wire| wire.asks(|request| request.without("Sec-WebSocket-Key")),
    },
    Probe {
        id: "two-keys",
        sends: "two keys",
        clause: "RFC 6455 §11.3.1",
        rule: REFUSE,
        talk: |wire| {
            wire.asks(|request| request.with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="))
        },
    },
    Probe {
        id: "short-key",
        sends: "a key of 15 bytes",
        clause: "RFC 6455 §4.2.1, §4.2.2",
        rule: UNDECODED,
        talk: |wire| wire.asks(|request| request.set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j")),
    },
    Probe {
        id: "not-base64",
        sends: "a key that is not base64",
        clause: "RFC 6455 §4.2.1, §4.2.2",
        rule: UNDECODED,
        talk: |wire| {
            wire.asks(|request| request.set("Sec-WebSocket-Key", "not base64, not at all!!"))
        },
    },
    Probe {
        id: "no-version",
        sends: "no version",
        clause: "RFC 6455 §4.2.1",
        rule: REFUSE,
        talk: |wire| wire.asks(|request| request.without("Sec-WebSocket-Version")),
    },
    Probe {
        id: "version-8",
        sends: "version 8, a draft",
        clause: "RFC 6455 §4.4",
        rule: DRAFT,
        talk: |wire| wire.asks_and(|r| r.set("Sec-WebSocket-Version", "8"), lists_13),
    },
    Probe {
        id: "version-99",
        sends: "version 99",
        clause: "RFC 6455 §4.4",
        rule: VERSION,
        talk: |wire| wire.asks_and(|r| r.set("Sec-WebSocket-Version", "99"), lists_13),
    },
    Probe {
        id: "post",
        sends: "POST",
        clause: "RFC 6455 §4.2.1",
        rule: REFUSE,
        talk: |wire| wire.asks(|r| r.start("POST / HTTP/1.1").with("Content-Length", "0")),
    },
    Probe {
        id: "http-1.0",
        sends: "HTTP/1.0",
        clause: "RFC 6455 §4.2.1",
        rule: REFUSE,
        talk: |wire| wire.asks(|request| request.start("GET / HTTP/1.0")),
    },
    Probe {
        id: "no-host",
        sends: "no `Host`",
        clause: "RFC 9112 §3.2",
        rule: REFUSE,
        talk: |wire| wire.asks(|request| request.without("Host")),
    },
    Probe {
        id: "two-hosts",
        sends: "two `Host`s",
        clause: "RFC 9112 §3.2",
        rule: REFUSE,
        talk: |wire| wire.asks(|request| request.with("Host", "elsewhere.test")),
    },
    Probe {
        id: "blank-before-colon",
        sends: "a blank before a colon",
        clause: "RFC 9112 §5.1",
        rule: REFUSE,
        talk: |wire| wire.asks(|request| request.with("X-Blank ", "1")),
    },
    Probe {
        id: "not-http",
        sends: "what is no HTTP",
        clause: "RFC 9112 §2.2",
        rule: Rule {
            asked: &["4xx"],
            open: &[],
            should: &["drops"],
        },
        talk: |wire| wire.sends_bytes(b"hello\r\n\r\n"),
    },
    Probe {
        id: "content",
        sends: "content in the request: the bytes of a frame",
        // To read it as a frame is against its length; to close is foreseen.
        clause: "RFC 9112 §6.3, RFC 9110 §9.3.1",
        rule: Rule {
            asked: &[],
            open: &["101", "4xx", "drops"],
            should: &[],
        },
        talk: |wire| wire.asks_with_content(),
    },
    Probe {
        id: "early-frame",
        sends: "a frame right behind the head, in one write",
        // The clause forbids it to the client, and leaves the server free.
        clause: "RFC 6455 §4.1",
        rule: Rule {
            asked: &[],
            open: &["101", "101, loses it", "4xx", "drops"],
            should: &[],
        },
        talk: |wire| wire.asks_with_a_frame(),
    },
    Probe {
        id: "foreign-origin",
        sends: "the `Origin` of another site",
        clause: "RFC 6455 §4.2.2, §10.2",
        rule: CHOICE,
        talk: |wire| wire.asks(|request| request.with("Origin", "https://elsewhere.test")),
    },
    Probe {
        id: "subprotocol",
        sends: "an offer of a subprotocol that nobody knows",
        clause: "RFC 6455 §4.2.2",
        rule: OFFER,
        talk: |wire| {
            wire.asks_and(
                |r| r.with("Sec-WebSocket-Protocol", "nobody.knows"),
                takes_protocol,
            )
        },
    },
    Probe {
        id: "extension",
        sends: "an offer of an extension that nobody knows",
        clause: "RFC 6455 §9.1",
        rule: ACCEPT,
        talk: |wire| {
            wire.asks_and(
                |r| r.with("Sec-WebSocket-Extensions", "nobody-knows"),
                takes_extension,
            )
        },
    },
    Probe {
        id: "deflate",
        sends: "an offer to compress",
        clause: "RFC 7692 §5",
        rule: OFFER,
        talk: |wire| {
            wire.asks_and(
                |r| r.with("Sec-WebSocket-Extensions", "permessage-deflate"),
                takes_extension,
            )
        },
    },
    Probe {
        id: "byte-by-byte",
        sends: "a right head, one byte a write",
        clause: "RFC 6455 §4.2.2",
        rule: Rule {
            asked: &["101"],
            open: &["4xx", "drops"],
            should: &[],
        },
        talk: |wire| wire.asks_byte_by_byte(),
    },
    Probe {
        id: "long-head",
        sends: "a header of 64 KiB",
        clause: "RFC 9110 §5.4",
        rule: CHOICE,
        talk: |wire| wire.asks(|request| request.with("X-Long", &"x".repeat(64 * 1024))),
    },
    Probe {
        id: "many-headers",
        sends: "200 headers more",
        clause: "RFC 9110 §5.4",
        rule: CHOICE,
        talk: |wire| {
            wire.asks(|request| {
                (0..200).fold(request, |request, nth| {
                    request.with(&format!("X-{nth}"), "1")
                })
            })
        },
    },
];
