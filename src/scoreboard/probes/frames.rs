//! Frames and messages (RFC 6455 §5.2 to §5.5, §7, §8.1).

use proof::{Frame, opcode};

use crate::scoreboard::probe::Probe;
use crate::scoreboard::verdict::Rule;

const ECHO: Rule = Rule {
    asked: &["echoes"],
    open: &[],
    should: &[],
};

const PONG: Rule = Rule {
    asked: &["pong"],
    open: &[],
    should: &[],
};

/// The receiver must fail the connection, and should say why before it closes
/// (§7.1.7).
const FAIL: Rule = Rule {
    asked: &["1002"],
    open: &[],
    should: &["1xxx", "close", "drops"],
};

const FAIL_TEXT: Rule = Rule {
    asked: &["1007"],
    ..FAIL
};

/// The clause binds who sends; who receives may be lenient. If it fails the
/// connection, it should say why.
const SENDER: Rule = Rule {
    asked: &["1002"],
    open: &["echoes", "pong", "ignores"],
    should: &["1xxx", "close", "drops"],
};

/// A close is answered with its code (§5.5.1).
const CLOSE: Rule = Rule {
    asked: &["1000"],
    open: &["close"],
    should: &["1xxx"],
};

/// The rows.
pub const PROBES: &[Probe] = &[
    Probe {
        id: "fragments",
        sends: "a text in three fragments, a ping between them",
        clause: "RFC 6455 §5.4",
        rule: ECHO,
        talk: |wire| {
            let [one, two, three] = [wire.word(), wire.word(), wire.word()];
            let frames = [
                Frame::text(&*one).more(),
                Frame::continuation(&*two).more(),
                Frame::ping("between"),
                Frame::continuation(&*three),
            ];
            wire.sends(&frames, &Frame::text(one + &two + &three))
        },
    },
    Probe {
        id: "split-utf-8",
        sends: "a text in two fragments, cut inside a character",
        clause: "RFC 6455 §8.1",
        rule: ECHO,
        talk: |wire| {
            let payload = format!("{}é", wire.word());
            let (one, two) = payload.as_bytes().split_at(9);
            let frames = [Frame::text(one).more(), Frame::continuation(two)];
            wire.sends(&frames, &Frame::text(payload.as_bytes()))
        },
    },
    Probe {
        id: "ping-125",
        sends: "a ping of 125 bytes",
        clause: "RFC 6455 §5.5.3",
        rule: PONG,
        talk: |wire| {
            let asked = "p".repeat(117) + &wire.word();
            wire.sends(&[Frame::ping(&*asked)], &Frame::pong(&*asked))
        },
    },
    Probe {
        id: "ping-126",
        sends: "a ping of 126 bytes",
        clause: "RFC 6455 §5.5, §7.1.7",
        rule: SENDER,
        talk: |wire| {
            let asked = "p".repeat(118) + &wire.word();
            wire.sends(&[Frame::ping(&*asked)], &Frame::pong(&*asked))
        },
    },
    Probe {
        id: "fragmented-ping",
        sends: "a ping in two fragments",
        clause: "RFC 6455 §5.5, §7.1.7",
        rule: SENDER,
        talk: |wire| {
            let [one, two] = [wire.word(), wire.word()];
            let frames = [Frame::ping(&*one).more(), Frame::continuation(&*two)];
            wire.sends(&frames, &Frame::pong(one + &two))
        },
    },
    Probe {
        id: "reserved-bit",
        sends: "a text with RSV1 set, and no extension agreed",
        clause: "RFC 6455 §5.2, §7.1.7",
        rule: FAIL,
        talk: |wire| {
            let frame = Frame::text(wire.word()).rsv(4);
            let hopes = frame.clone().rsv(0);
            wire.sends(&[frame], &hopes)
        },
    },
    Probe {
        id: "opcode-3",
        sends: "opcode 3, reserved for data",
        clause: "RFC 6455 §5.2, §7.1.7",
        rule: FAIL,
        talk: |wire| wire.sends_one(Frame::new(0x3, wire.word())),
    },
    Probe {
        id: "opcode-11",
        sends: "opcode 11, reserved for control",
        clause: "RFC 6455 §5.2, §7.1.7",
        rule: FAIL,
        talk: |wire| wire.sends_one(Frame::new(0xb, wire.word())),
    },
    Probe {
        id: "stray-continuation",
        sends: "a continuation of nothing",
        clause: "RFC 6455 §5.4, §7.1.7",
        rule: SENDER,
        talk: |wire| {
            let payload = wire.word();
            wire.sends(&[Frame::continuation(&*payload)], &Frame::text(&*payload))
        },
    },
    Probe {
        id: "text-in-text",
        sends: "a text inside a fragmented text",
        clause: "RFC 6455 §5.4, §7.1.7",
        rule: SENDER,
        talk: |wire| {
            let payload = wire.word();
            wire.sends(
                &[Frame::text(wire.word()).more(), Frame::text(&*payload)],
                &Frame::text(&*payload),
            )
        },
    },
    Probe {
        id: "bad-utf-8",
        sends: "a text that is not UTF-8",
        clause: "RFC 6455 §8.1, §7.1.7",
        rule: FAIL_TEXT,
        talk: |wire| wire.sends_one(Frame::text(*b"caf\xe9")),
    },
    Probe {
        id: "close-1000",
        sends: "a close 1000",
        clause: "RFC 6455 §5.5.1",
        rule: CLOSE,
        talk: |wire| wire.sends_one(Frame::close(1000, "")),
    },
    Probe {
        id: "close-empty",
        sends: "a close without a code",
        clause: "RFC 6455 §5.5.1",
        rule: Rule {
            asked: &["close"],
            open: &["1000"],
            should: &["1xxx"],
        },
        talk: |wire| wire.sends_one(Frame::new(opcode::CLOSE, [])),
    },
    Probe {
        id: "close-1-byte",
        sends: "a close with half a code",
        clause: "RFC 6455 §5.5.1, §7.1.7",
        // Where it stands, the clause binds who sends.
        rule: Rule {
            asked: &["1002"],
            open: &["1000", "close"],
            should: &["1007", "1008", "1011", "drops"],
        },
        talk: |wire| wire.sends_one(Frame::new(opcode::CLOSE, *b"\x03")),
    },
    Probe {
        id: "close-1005",
        sends: "a close 1005, which is never sent",
        clause: "RFC 6455 §7.4.1, §7.1.7",
        // To send it back is to send it.
        rule: Rule {
            asked: &["1002"],
            open: &["1000", "close"],
            should: &["drops"],
        },
        talk: |wire| wire.sends_one(Frame::close(1005, "")),
    },
    Probe {
        id: "close-reason",
        sends: "a close whose reason is not UTF-8",
        clause: "RFC 6455 §8.1, §7.1.7",
        // An answer of 1000 takes it for a right one.
        rule: Rule {
            asked: &["1007"],
            open: &[],
            should: &["1002", "1008", "1011", "close", "drops"],
        },
        talk: |wire| wire.sends_one(Frame::new(opcode::CLOSE, *b"\x03\xe8caf\xe9")),
    },
];
