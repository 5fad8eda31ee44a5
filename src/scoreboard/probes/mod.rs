//! The probes: a table in each file, one row a probe.

mod frames;
mod handshake;
mod limits;
mod masking;

use super::probe::Probe;

/// Probes about one part of the protocol.
pub struct Group {
    /// `handshake`.
    pub id: &'static str,
    /// Its rows.
    pub probes: &'static [Probe],
}

/// All probes, in the order of the rows.
pub const GROUPS: [Group; 4] = [
    Group {
        id: "handshake",
        probes: handshake::PROBES,
    },
    Group {
        id: "masking",
        probes: masking::PROBES,
    },
    Group {
        id: "frames",
        probes: frames::PROBES,
    },
    Group {
        id: "limits",
        probes: limits::PROBES,
    },
];

/// All probes of all groups.
pub fn all() -> impl Iterator<Item = &'static Probe> {
    GROUPS.iter().flat_map(|group| group.probes)
}
