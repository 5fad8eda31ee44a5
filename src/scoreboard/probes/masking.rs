//! Masking (RFC 6455 §5.1, §5.3).

use proof::Frame;

use crate::scoreboard::probe::Probe;
use crate::scoreboard::verdict::Rule;

const ECHO: Rule = Rule {
    asked: &["echoes"],
    open: &[],
    should: &[],
};

/// The server must close, and may say why (§5.1).
const CLOSE: Rule = Rule {
    asked: &["1002", "1xxx", "close", "drops"],
    open: &[],
    should: &[],
};

/// The rows.
pub const PROBES: &[Probe] = &[
    Probe {
        id: "masked",
        sends: "a text, masked; its echo must not be",
        clause: "RFC 6455 §5.1",
        rule: ECHO,
        talk: |wire| wire.sends_one(Frame::text(wire.word())),
    },
    Probe {
        id: "zero-key",
        sends: "a text, masked with zeros",
        clause: "RFC 6455 §5.3",
        rule: ECHO,
        talk: |wire| wire.sends_masked_with([0; 4], &Frame::text(wire.word())),
    },
    Probe {
        id: "unmasked-text",
        sends: "a text, unmasked",
        clause: "RFC 6455 §5.1",
        rule: CLOSE,
        talk: |wire| wire.sends_one(Frame::text(wire.word()).unmasked()),
    },
    Probe {
        id: "unmasked-empty",
        sends: "an empty text, unmasked",
        clause: "RFC 6455 §5.1",
        rule: CLOSE,
        talk: |wire| wire.sends_one(Frame::text("").unmasked()),
    },
    Probe {
        id: "unmasked-ping",
        sends: "a ping, unmasked",
        clause: "RFC 6455 §5.1",
        rule: CLOSE,
        talk: |wire| {
            let asked = wire.word();
            wire.sends(&[Frame::ping(&*asked).unmasked()], &Frame::pong(&*asked))
        },
    },
    Probe {
        id: "unmasked-close",
        sends: "a close 1000, unmasked",
        clause: "RFC 6455 §5.1",
        // An answer of 1000 takes it for a right one.
        rule: Rule {
            asked: &["1002", "1007", "1008", "1011", "drops"],
            open: &["1000", "close"],
            should: &[],
        },
        talk: |wire| wire.sends_one(Frame::close(1000, "").unmasked()),
    },
];
