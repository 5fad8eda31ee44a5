//! Lengths and limits (RFC 6455 §5.2, §7.4.1, §10.4).

use proof::Frame;

use crate::scoreboard::probe::Probe;
use crate::scoreboard::verdict::Rule;

/// Who receives sets limits as it likes (§10.4), and should say that one is
/// passed (§7.1.7): 1009 is for that, 1008 for any policy (§7.4.1).
const LIMIT: Rule = Rule {
    asked: &[],
    open: &["echoes", "1008", "1009"],
    should: &["1xxx", "close", "drops"],
};

/// As [`LIMIT`], of what nobody can send to its end.
const ENDLESS: Rule = Rule {
    asked: &["1008", "1009"],
    open: &["silent"],
    should: &["1xxx", "close", "drops"],
};

/// §5.2 binds who sends. Who receives may be lenient.
const MINIMAL: Rule = Rule {
    asked: &["1002"],
    open: &["echoes"],
    should: &["1xxx", "close", "drops"],
};

const MIB: usize = 1024 * 1024;

/// The rows.
pub const PROBES: &[Probe] = &[
    Probe {
        id: "length-2-bytes",
        sends: "a length below 126 in 2 bytes more",
        clause: "RFC 6455 §5.2, §7.1.7",
        rule: MINIMAL,
        talk: |wire| wire.sends_one(Frame::text(wire.word()).extended(2)),
    },
    Probe {
        id: "length-8-bytes",
        sends: "a length below 126 in 8 bytes more",
        clause: "RFC 6455 §5.2, §7.1.7",
        rule: MINIMAL,
        talk: |wire| wire.sends_one(Frame::text(wire.word()).extended(8)),
    },
    Probe {
        id: "length-top-bit",
        sends: "the head of a frame of 2^63 bytes",
        clause: "RFC 6455 §5.2, §7.1.7",
        rule: Rule {
            asked: &["1002", "1009"],
            open: &[],
            should: &["1xxx", "close", "drops"],
        },
        talk: |wire| wire.announces(1 << 63),
    },
    Probe {
        id: "length-2-62",
        sends: "the head of a frame of 2^62 bytes",
        clause: "RFC 6455 §10.4, §7.1.7",
        rule: ENDLESS,
        talk: |wire| wire.announces(1 << 62),
    },
    Probe {
        id: "announce-128-mib",
        sends: "the head of a frame of 128 MiB, and no more",
        clause: "RFC 6455 §10.4, §7.1.7",
        rule: Rule {
            asked: &[],
            open: &["silent", "1008", "1009"],
            should: &["1xxx", "close", "drops"],
        },
        talk: |wire| wire.announces(128 << 20),
    },
    Probe {
        id: "frame-1-mib",
        sends: "a frame of 1 MiB and a byte",
        clause: "RFC 6455 §10.4, §7.1.7",
        rule: LIMIT,
        talk: |wire| wire.sends_long(1, MIB + 1),
    },
    Probe {
        id: "frame-16-mib",
        sends: "a frame of 16 MiB and a byte",
        clause: "RFC 6455 §10.4, §7.1.7",
        rule: LIMIT,
        talk: |wire| wire.sends_long(1, 16 * MIB + 1),
    },
    Probe {
        id: "frame-64-mib",
        sends: "a frame of 64 MiB and a byte",
        clause: "RFC 6455 §10.4, §7.1.7",
        rule: LIMIT,
        talk: |wire| wire.sends_long(1, 64 * MIB + 1),
    },
    Probe {
        id: "message-68-mib",
        sends: "a message of 68 MiB in frames of 4 MiB",
        clause: "RFC 6455 §10.4, §7.1.7",
        rule: LIMIT,
        talk: |wire| wire.sends_long(17, 4 * MIB),
    },
    Probe {
        id: "fragments-20000",
        sends: "a message in 20,000 fragments of a byte",
        clause: "RFC 6455 §10.4, §7.1.7",
        rule: LIMIT,
        talk: |wire| wire.sends_in_fragments(20_000),
    },
];
