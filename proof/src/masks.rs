//! RFC 6455 §5.3: a client masks each frame with a fresh key that nobody could
//! have foretold. Of that this much can be seen from outside.

use crate::frame::Head;

/// The keys that the subject has used, in order.
#[derive(Default)]
pub(crate) struct Masks(Vec<u32>);

impl Masks {
    /// What is wrong with the key of this frame, as a remark; nothing if it has
    /// none, which its line shows.
    pub(crate) fn remark(&mut self, frame: &[u8]) -> &'static str {
        let Some(head) = Head::decode(frame).filter(|head| head.frame.masked) else {
            return "";
        };
        let key = u32::from_be_bytes(head.key);
        let known = self.0.contains(&key);
        let step = |a: u32, b: u32| b.wrapping_sub(a);
        let counts = match self.0[..] {
            [.., first, second] => step(first, second) == step(second, key),
            _ => false,
        };
        self.0.push(key);
        match (key, known) {
            (0, _) => "  # with a key of zeros",
            (_, true) => "  # with a key that it has used before",
            _ if counts => "  # with a key that could be foretold",
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Frame;

    fn remarks(keys: &[u32]) -> Vec<&'static str> {
        let mut masks = Masks::default();
        let frame = |key: &u32| Frame::text("hi").encode(key.to_be_bytes());
        keys.iter().map(|key| masks.remark(&frame(key))).collect()
    }

    #[test]
    fn fresh_keys_are_passed_over() {
        assert_eq!(remarks(&[7, 900_000, 8, 1 << 31]), ["", "", "", ""]);
        assert_eq!(
            Masks::default().remark(&Frame::text("hi").unmasked().encode([0; 4])),
            ""
        );
    }

    #[test]
    fn what_is_no_fresh_key_is_told() {
        assert_eq!(remarks(&[0])[0], "  # with a key of zeros");
        assert_eq!(
            remarks(&[5, 5])[1],
            "  # with a key that it has used before"
        );
        assert_eq!(
            remarks(&[u32::MAX - 2, u32::MAX, 1])[2],
            "  # with a key that could be foretold"
        );
    }
}
