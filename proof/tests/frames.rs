//! The proofs' frame reader against tungstenite's: two independent readings of
//! RFC 6455 §5.2 must agree on every frame, and on how much of one is enough.

use std::io::Cursor;

use proof::Frame;
use proptest::prelude::*;
use tungstenite::protocol::frame::FrameHeader;

fn payload() -> impl Strategy<Value = Vec<u8>> {
    let edges = prop_oneof![
        4 => 0..=20usize,
        1 => 120..=130usize,
        1 => 65_530..=65_540usize,
    ];
    (edges, any::<u8>()).prop_map(|(len, first)| {
        let bytes = (0..len).map(|i| first.wrapping_add(i as u8));
        bytes.collect()
    })
}

fn frame() -> impl Strategy<Value = Frame> {
    // tungstenite refuses the opcodes that RFC 6455 reserves.
    let opcode = prop_oneof![0..=2u8, 8..=10u8];
    (any::<bool>(), 0..8u8, opcode, any::<bool>(), payload()).prop_map(
        |(fin, rsv, opcode, masked, payload)| {
            let mut frame = Frame::new(opcode, payload).rsv(rsv);
            frame.fin = fin;
            frame.masked = masked;
            frame
        },
    )
}

proptest! {
    #[test]
    fn both_read_the_same_frame(frame in frame(), key in any::<[u8; 4]>()) {
        let bytes = frame.encode(key);
        let (read, used) = Frame::decode(&bytes).expect("a whole frame");
        prop_assert_eq!(used, bytes.len());

        let mut cursor = Cursor::new(&bytes);
        let (header, len) = FrameHeader::parse(&mut cursor).unwrap().expect("a whole head");
        let mut payload = bytes[cursor.position() as usize..].to_vec();
        prop_assert_eq!(payload.len() as u64, len);
        if let Some(mask) = header.mask {
            prop_assert_eq!(mask, key);
            payload.iter_mut().zip(mask.iter().cycle()).for_each(|(b, m)| *b ^= m);
        }
        let rsv = u8::from(header.rsv1) << 2 | u8::from(header.rsv2) << 1 | u8::from(header.rsv3);
        prop_assert_eq!(read.fin, header.is_final);
        prop_assert_eq!(read.rsv, rsv);
        prop_assert_eq!(read.opcode, u8::from(header.opcode));
        prop_assert_eq!(read.masked, header.mask.is_some());
        prop_assert_eq!(&read.payload, &payload);
        prop_assert_eq!(&read.payload, &frame.payload);
    }

    #[test]
    fn no_part_of_a_frame_is_a_frame(frame in frame(), cut in any::<prop::sample::Index>()) {
        let bytes = frame.encode([1, 2, 3, 4]);
        let cut = cut.index(bytes.len());
        prop_assert!(Frame::decode(&bytes[..cut]).is_none());
    }

    #[test]
    fn what_follows_a_frame_is_left_alone(frame in frame(), rest in any::<Vec<u8>>()) {
        let mut bytes = frame.encode([1, 2, 3, 4]);
        let whole = bytes.len();
        bytes.extend_from_slice(&rest);
        prop_assert_eq!(Frame::decode(&bytes).expect("a whole frame").1, whole);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in any::<Vec<u8>>()) {
        let _ = Frame::decode(&bytes);
    }
}
