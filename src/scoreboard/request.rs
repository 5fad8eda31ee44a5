//! A right handshake, which a probe makes wrong in one place.

/// A request head.
pub struct Request {
    start: String,
    headers: Vec<(String, String)>,
    content: Vec<u8>,
}

impl Request {
    /// A right handshake with this key.
    pub fn new(key: &str) -> Request {
        let headers = [
            ("Host", "localhost"),
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Key", key),
            ("Sec-WebSocket-Version", "13"),
        ];
        Request {
            start: "GET / HTTP/1.1".to_owned(),
            headers: headers.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec(),
            content: Vec::new(),
        }
    }

    /// With another first line.
    pub fn start(mut self, start: &str) -> Request {
        self.start = start.to_owned();
        self
    }

    /// Without this header.
    pub fn without(mut self, name: &str) -> Request {
        self.headers.retain(|(n, _)| n != name);
        self
    }

    /// With one header more.
    pub fn with(mut self, name: &str, value: &str) -> Request {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With another value in a header's place.
    pub fn set(mut self, name: &str, value: &str) -> Request {
        for (_, old) in self.headers.iter_mut().filter(|(n, _)| n == name) {
            value.clone_into(old);
        }
        self
    }

    /// With the names of the headers changed.
    pub fn named(mut self, name: impl Fn(&str) -> String) -> Request {
        for (old, _) in &mut self.headers {
            *old = name(old);
        }
        self
    }

    /// With these bytes as its content.
    pub fn content(mut self, content: Vec<u8>) -> Request {
        self.content = content;
        let length = self.content.len().to_string();
        self.with("Content-Length", &length)
    }

    /// The keys that the answer may fit: one, in most requests.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let named = |name: &str| name.eq_ignore_ascii_case("Sec-WebSocket-Key");
        let keys = self.headers.iter().filter(move |(n, _)| named(n));
        keys.map(|(_, value)| value.as_str())
    }

    /// The head as it is sent.
    pub fn head(&self) -> Vec<u8> {
        let mut head = format!("{}\r\n", self.start);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// The bytes behind the head.
    pub fn body(&self) -> &[u8] {
        &self.content
    }
}
