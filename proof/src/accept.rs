//! RFC 6455 §4.2.2: the accept value, and what is often taken for it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::case::Mistake;

/// RFC 6455 §1.3: what a server puts behind a key before it hashes.
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// RFC 6455 §4.2.2: the accept value of a key.
pub fn accept(key: &str) -> String {
    let text = format!("{key}{GUID}");
    STANDARD.encode(sha1_smol::Sha1::from(text).digest().bytes())
}

/// What is often taken for the accept value of a key.
pub(crate) fn wrong_accepts(key: &str, nonce: &[u8]) -> impl Iterator<Item = Mistake> {
    let sha1 = |parts: &[&[u8]]| sha1_smol::Sha1::from(parts.concat()).digest();
    let base64 = |parts: &[&[u8]]| STANDARD.encode(sha1(parts).bytes());
    let (text, guid) = (key.as_bytes(), GUID.as_bytes());
    let small = GUID.to_lowercase();
    let hex = sha1(&[text, guid]).to_string();
    let mistakes = [
        (
            base64(&[nonce, guid]),
            "is made from the 16 bytes that the key decodes to: hash the key's text as it stands.",
        ),
        (
            base64(&[text]),
            "is made from the key alone: the GUID follows it.",
        ),
        (
            base64(&[guid, text]),
            "is made from the GUID and then the key: the key comes first.",
        ),
        (
            base64(&[text, small.as_bytes()]),
            "is made with the GUID in small letters.",
        ),
        (
            STANDARD.encode(&hex),
            "is the digest in hex, in base64: encode its 20 bytes.",
        ),
        (hex, "is the digest in hex: encode its 20 bytes in base64."),
    ];
    mistakes.into_iter().map(|(value, says)| Mistake {
        value: value.into_bytes(),
        says: says.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_accept_value_is_the_one_in_the_rfc() {
        let accept = accept("dGhlIHNhbXBsZSBub25jZQ==");
        assert_eq!(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}
