//! This machine and nobody else: what its servers listen on, and by which
//! names they are addressed.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// How many ports to try.
const TRIES: u16 = 20;

/// Listens on this port and no other.
pub fn listen_on(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
}

/// Listens on this port, or on the next one that is free.
pub fn listen_from(port: u16) -> io::Result<TcpListener> {
    let mut last = listen_on(port);
    for next in (port..u16::MAX).skip(1).take(TRIES.into()) {
        match last {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = listen_on(next),
            _ => break,
        }
    }
    last
}

/// Whether a name, with a port or without, is one that only this machine has.
pub fn is_loopback(host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port),
        _ => (host, ""),
    };
    let is_name = ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|loopback| name.eq_ignore_ascii_case(loopback));
    is_name && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether an origin (RFC 6454 §6.2) is that of a page from this machine.
pub fn is_loopback_origin(origin: &str) -> bool {
    let host = ["http://", "https://"]
        .iter()
        .find_map(|scheme| origin.strip_prefix(scheme));
    host.is_some_and(is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_pass() {
        for host in [
            "localhost",
            "LocalHost:3000",
            "127.0.0.1:80",
            "[::1]",
            "[::1]:3000",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "example.org",
            "localhost.example.org",
            "127.0.0.1.example.org",
            "example.org:127.0.0.1",
            "localhost:3000:80",
            "localhost:3000@example.org",
            "user@localhost",
            "127.0.0.2",
            "::1",
            "0.0.0.0:3000",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn only_pages_from_here_have_a_loopback_origin() {
        for origin in [
            "http://localhost",
            "http://127.0.0.1:8000",
            "https://[::1]:1",
        ] {
            assert!(is_loopback_origin(origin), "{origin}");
        }
        for origin in [
            "null",
            "",
            "localhost",
            "file://",
            "http://example.org",
            "http://localhost/",
        ] {
            assert!(!is_loopback_origin(origin), "{origin}");
        }
    }
}
