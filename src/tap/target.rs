//! Whom the tap passes things on to.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use crate::loopback::is_loopback;

/// A server's address.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// As it was said, or `ws`.
    scheme: String,
    /// A name or an address, an IPv6 one without brackets.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// What stands behind them. It is the client's to ask for.
    path: String,
}

/// What every refusal ends with.
const EXAMPLES: &str =
    "say where the server is, such as ws://127.0.0.1:8080, localhost:8080 or 8080";

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Target, String> {
        let wrong = |what: String| format!("{what}; {EXAMPLES}");
        let (scheme, rest) = text.split_once("://").unwrap_or(("ws", text));
        let scheme = scheme.to_ascii_lowercase();
        match scheme.as_str() {
            "ws" | "http" | "tcp" => {}
            "wss" | "https" => {
                return Err(format!(
                    "the tap speaks no TLS; name the server's plain port, behind whatever \
                     speaks TLS for it ({EXAMPLES})"
                ));
            }
            other => return Err(wrong(format!("no such scheme: {other:?}"))),
        }
        let (authority, path) = match rest.find(['/', '?', '#']) {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port),
            _ if authority.bytes().all(|byte| byte.is_ascii_digit()) => ("127.0.0.1", authority),
            _ if rest == text => return Err(wrong(format!("{text:?} has no port"))),
            _ => (authority, "80"),
        };
        let port = match port.parse() {
            Ok(port) if port > 0 => port,
            _ => return Err(wrong(format!("{port:?} is no port"))),
        };
        let inner = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        let is_host = match inner {
            Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok(),
            None => {
                let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
                !host.is_empty() && host.bytes().all(legal)
            }
        };
        if !is_host {
            return Err(wrong(format!("{host:?} is no host")));
        }
        Ok(Target {
            scheme,
            host: inner.unwrap_or(host).to_owned(),
            port,
            path: path.trim_end_matches('/').to_owned(),
        })
    }
}

impl Target {
    /// What to connect to instead, at this address.
    pub fn at(&self, address: SocketAddr) -> String {
        format!("{}://{address}{}", self.scheme, self.path)
    }

    /// `name:port`, as a `Host` header has it (RFC 9110 §7.2).
    pub fn authority(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }

    /// Whether it is on this machine.
    pub fn is_local(&self) -> bool {
        is_loopback(&self.authority())
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority(), self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_be_short() {
        for (text, url) in [
            ("8080", "ws://127.0.0.1:8080"),
            ("localhost:8080", "ws://localhost:8080"),
            ("ws://127.0.0.1:8080", "ws://127.0.0.1:8080"),
            ("WS://127.0.0.1:8080/", "ws://127.0.0.1:8080"),
            (
                "ws://localhost:8080/chat?a=b",
                "ws://localhost:8080/chat?a=b",
            ),
            ("http://example.org", "http://example.org:80"),
            ("tcp://[::1]:4000", "tcp://[::1]:4000"),
            ("[::1]:4000", "ws://[::1]:4000"),
        ] {
            let target: Target = text.parse().unwrap();
            assert_eq!(target.to_string(), url);
        }
    }

    #[test]
    fn a_wrong_address_is_told_with_a_right_one() {
        for text in [
            "",
            "example.org",
            "[::1]",
            "70000",
            "0",
            ":8080",
            "ws://",
            "ws://localhost:port",
            "ws://user@localhost:8080",
            "ws://a b:80",
            "ws://[localhost]:80",
            "::1:8080",
            "ftp://localhost:21",
            "wss://example.org",
        ] {
            let error = text.parse::<Target>().unwrap_err();
            assert!(error.contains(EXAMPLES), "{text}: {error}");
        }
    }
}
