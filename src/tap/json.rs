//! Events for machines.

use proof::opcode;
use serde_json::{Value, json};

use super::talk::{Event, Seen, method_and_target, status};

/// More bytes than this are not in the JSON.
const MOST_HEX: usize = 1024;

/// What was said, without who said it and when.
pub fn of(event: &Event) -> Value {
    match event {
        Event::Request(message, changes) => {
            let (method, target) = method_and_target(message);
            let changes = changes.iter().map(|change| (change.name, &change.value));
            json!({
                "kind": "request",
                "method": method,
                "target": target,
                "headers": message.headers,
                "changes": changes.collect::<Vec<_>>(),
            })
        }
        Event::Response(message) => json!({
            "kind": "response",
            "status": status(message),
            "headers": message.headers,
        }),
        Event::Body(content) => {
            with_content(json!({"kind": "body"}), content.whole(), content.len())
        }
        Event::Frame(seen) => {
            let (frame, payload, len) = match seen {
                Seen::Whole(frame) => (frame, Some(&frame.payload[..]), frame.payload.len() as u64),
                Seen::Long(head) => (&head.frame, None, head.len),
            };
            let json = json!({
                "kind": "frame",
                "opcode": frame.opcode,
                "fin": frame.fin,
                "rsv": frame.rsv,
                "masked": frame.masked,
            });
            let mut json = with_content(json, payload, len);
            if let (opcode::CLOSE, Some([high, low, ..])) = (frame.opcode, payload) {
                json["code"] = json!(u16::from_be_bytes([*high, *low]));
            }
            json
        }
        Event::Line(line) => with_content(json!({"kind": "line"}), Some(line), line.len() as u64),
        Event::Bytes(bytes) => {
            with_content(json!({"kind": "bytes"}), Some(bytes), bytes.len() as u64)
        }
        Event::Closed(amid) => json!({"kind": "closed", "amid": amid}),
    }
}

/// Length, the first bytes, and the text if those are all and it is one.
fn with_content(mut json: Value, content: Option<&[u8]>, len: u64) -> Value {
    json["length"] = json!(len);
    if let Some(content) = content {
        let first = &content[..content.len().min(MOST_HEX)];
        let hex: String = first.iter().map(|byte| format!("{byte:02x}")).collect();
        json["hex"] = json!(hex);
        if first.len() == content.len()
            && let Ok(text) = std::str::from_utf8(content)
        {
            json["text"] = json!(text);
        }
    }
    json
}
