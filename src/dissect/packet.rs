//! What tcpdump wraps around the bytes: the heads of IP and TCP.

/// What TCP carries in this packet; the bytes themselves if it is none. No
/// legal frame begins like a packet: its reserved bits would be set.
pub fn payload(bytes: &[u8]) -> &[u8] {
    carried(bytes).unwrap_or(bytes)
}

fn carried(bytes: &[u8]) -> Option<&[u8]> {
    const TCP: u8 = 6;
    let length_at = |at| {
        let field = bytes.get(at..at + 2)?.try_into().ok()?;
        Some(usize::from(u16::from_be_bytes(field)))
    };
    let (head, protocol, length) = match bytes.first()? >> 4 {
        4 => (usize::from(bytes[0] & 0xf) * 4, bytes.get(9), length_at(2)?),
        6 => (40, bytes.get(6), length_at(4)? + 40),
        _ => return None,
    };
    if protocol != Some(&TCP) || length != bytes.len() {
        return None;
    }
    let tcp = bytes.get(head..)?;
    tcp.get(usize::from(tcp.get(12)? >> 4) * 4..)
}
