//! The packets of Engine.IO and Socket.IO, by name.

use proof::{Dialect, Message, Names, opcode};

use super::talk::{Event, Seen, method_and_target};

/// What is spoken where this is asked for: a session of Engine.IO v4 says so in
/// its query, and only the path tells what its messages are.
pub fn dialect(request: &Message) -> Option<Dialect> {
    let (path, query) = method_and_target(request).1.split_once('?')?;
    let speaks = query.split('&').any(|pair| pair == "EIO=4");
    speaks.then(|| match path.contains("engine.io") {
        true => Dialect::EngineIo,
        false => Dialect::SocketIo,
    })
}

/// What the packets are called that this carries, if any.
pub fn names(dialect: Dialect, event: &Event) -> String {
    match event {
        Event::Body(content) => match content.whole() {
            // The answer to a POST is no packet.
            None | Some(b"ok") => String::new(),
            Some(content) => dialect.names(content, &Names::default()),
        },
        Event::Frame(Seen::Whole(frame)) if frame.fin && frame.rsv == 0 => match frame.opcode {
            opcode::TEXT => dialect.name(&String::from_utf8_lossy(&frame.payload)),
            opcode::BINARY => dialect.binary().to_owned(),
            _ => String::new(),
        },
        _ => String::new(),
    }
}
