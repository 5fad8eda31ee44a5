//! Server-sent events (HTML standard §9.2): a response that goes on, in blocks
//! of lines. Where its chunks or reads end says nothing, so it never shows.

use crate::http::chunk;
use crate::value::{Names, quoted};

/// The content of a response that goes on, less what has been read of it.
#[derive(Default)]
pub(crate) struct EventStream {
    chunked: bool,
    text: Vec<u8>,
    over: bool,
}

impl EventStream {
    pub(crate) fn new(chunked: bool) -> EventStream {
        EventStream {
            chunked,
            ..EventStream::default()
        }
    }

    /// Takes over what has come, and says how many of the bytes that were.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> usize {
        if !self.chunked {
            self.text.extend_from_slice(bytes);
            return bytes.len();
        }
        let mut at = 0;
        while let Some((data, used)) = chunk(&bytes[at..]).filter(|_| !self.over) {
            self.text.extend_from_slice(data);
            self.over = data.is_empty();
            at += used;
        }
        at
    }

    /// The next block that is an event, as it came; comments are passed over.
    pub(crate) fn next(&mut self) -> Option<Vec<u8>> {
        while let Some(end) = block_end(&self.text) {
            let block: Vec<u8> = self.text.drain(..end).collect();
            if ServerEvent::parse(&block).is_some() {
                return Some(block);
            }
        }
        None
    }

    /// Whether the response has ended as it should.
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// How much has come of an event that is not whole.
    pub(crate) fn begun(&self) -> usize {
        self.text.len()
    }
}

/// Where the first blank line ends.
fn block_end(text: &[u8]) -> Option<usize> {
    let mut start = 0;
    loop {
        let length = text[start..]
            .iter()
            .position(|b| matches!(b, b'\n' | b'\r'))?;
        let end = start + length;
        let both = text[end..].starts_with(b"\r\n");
        start = end + 1 + usize::from(both);
        if length == 0 {
            return Some(start);
        }
    }
}

/// An event as a page is given it.
#[derive(Debug, PartialEq)]
pub(crate) struct ServerEvent {
    name: String,
    data: String,
    /// An empty one is none the less one: it makes a page forget the last.
    id: Option<String>,
}

impl ServerEvent {
    /// Of a block that has no data there is nothing to give (§9.2.6).
    pub(crate) fn parse(block: &[u8]) -> Option<ServerEvent> {
        let text = String::from_utf8_lossy(block).replace("\r\n", "\n");
        let (mut name, mut id, mut data) = (String::new(), None, Vec::new());
        for line in text.split(['\n', '\r']) {
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => name = value.to_owned(),
                "id" => id = Some(value.to_owned()),
                "data" => data.push(value),
                _ => {}
            }
        }
        let data = (!data.is_empty()).then(|| data.join("\n"))?;
        Some(ServerEvent { name, data, id })
    }

    /// What a WebSocket message would say: name and data in one text.
    pub(crate) fn as_text(&self) -> String {
        format!("{}: {}", self.name, self.data)
    }

    /// The event as a transcript writes it, without its direction.
    pub(crate) fn line(&self, names: &Names) -> String {
        let mut line = "event".to_owned();
        let name = Some(&self.name).filter(|name| !name.is_empty());
        let fields = [
            ("", name),
            (" data", Some(&self.data)),
            (" id", self.id.as_ref()),
        ];
        for (field, value) in fields {
            if let Some(value) = value {
                line += &format!("{field} {}", quoted(value.as_bytes(), names));
            }
        }
        line
    }

    /// Whether it says where a page should go on from.
    pub(crate) fn has_id(&self) -> bool {
        self.id.is_some()
    }
}

/// An event of this name and data.
pub(crate) fn event(name: &str, data: &str) -> Vec<u8> {
    format!("event: {name}\ndata: {data}\n\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(stream: &mut EventStream) -> Vec<String> {
        let blocks = std::iter::from_fn(|| stream.next());
        let line = |block: Vec<u8>| ServerEvent::parse(&block).map(|e| e.line(&Names::default()));
        blocks.filter_map(line).collect()
    }

    #[test]
    fn an_event_is_the_same_wherever_it_is_cut() {
        let content = ": hello\n\nid: 7\nevent: news\ndata: a\ndata:b\n\nid: 8\n\ndata\n\n";
        let whole = [r#"event "news" data "a\nb" id "7""#, r#"event data """#];
        for size in 1..content.len() {
            let chunks = content.as_bytes().chunks(size);
            let chunks = chunks.map(|c| format!("{:x}\r\n{}\r\n", c.len(), text(c)));
            let wire = chunks.collect::<String>() + "0\r\n\r\n";
            let (before, after) = wire.split_at(size);
            let mut stream = EventStream::new(true);
            let (mut unread, mut found) = (Vec::new(), Vec::new());
            for part in [before, after] {
                unread.extend_from_slice(part.as_bytes());
                let used = stream.take(&unread);
                unread.drain(..used);
                found.extend(lines(&mut stream));
            }
            assert_eq!(found, whole, "chunks of {size}, cut there");
            assert!(stream.is_over());
        }
    }

    fn text(bytes: &[u8]) -> &str {
        std::str::from_utf8(bytes).unwrap()
    }

    #[test]
    fn every_kind_of_line_end_counts() {
        let mut stream = EventStream::new(false);
        stream.take(b"data: a\r\rdata: b\r\n\r\ndata: c\n\ndata: d\n");
        assert_eq!(lines(&mut stream).len(), 3);
        assert_eq!(stream.begun(), "data: d\n".len());
    }

    #[test]
    fn an_event_reads_like_a_message() {
        let event = ServerEvent::parse(&event("news", "rain")).unwrap();
        assert_eq!(event.as_text(), "news: rain");
    }
}
