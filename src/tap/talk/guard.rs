//! Whose requests pass. A page from elsewhere can make a browser send requests
//! to this machine; what the browser says of the page shows it.

use proof::Message;

use super::head::{method_and_target, values};
use crate::loopback::{is_loopback, is_loopback_origin};

/// The status that a request is refused with, and why. `own`: the one origin
/// that may ask, where there is one.
pub fn refusal(request: &Message, own: Option<&str>) -> Option<(u16, String)> {
    let (method, target) = method_and_target(request);
    if method == "CONNECT" {
        return Some((
            405,
            "the tap has one server and connects to no other".into(),
        ));
    }
    let foreign = |why: String| Some((403, why));
    // Without one it is no browser's, and what the server says to it is of interest.
    let hosts: Vec<_> = values(request, "host").collect();
    if hosts.len() > 1 || hosts.iter().any(|host| !is_loopback(host)) {
        let host = hosts.join(", ");
        return foreign(format!("the host {host:?} is not this machine"));
    }
    if let Some((_, rest)) = target.split_once("://")
        && !target.starts_with('/')
    {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if !is_loopback(authority) {
            return foreign(format!("{authority:?} is not this machine"));
        }
    }
    let origins: Vec<_> = values(request, "origin").collect();
    if let Some(own) = own
        && origins[..] != [own]
    {
        let origin = origins.join(", ");
        return foreign(format!("the page of {origin:?} is not that of {own}"));
    }
    if origins.contains(&"null") {
        let why = "a page without an origin; serve it over HTTP on this machine";
        return foreign(why.into());
    }
    if origins.len() > 1 || origins.iter().any(|origin| !is_loopback_origin(origin)) {
        let origin = origins.join(", ");
        return foreign(format!("the page of {origin:?} is not from this machine"));
    }
    // An image or a link has no Origin; the browser says whose it is.
    let cross_site = values(request, "sec-fetch-site").any(|site| site == "cross-site");
    if cross_site && origins.is_empty() {
        return foreign("a page from elsewhere asks for this".into());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(start: &str, headers: &[(&str, &str)]) -> Option<u16> {
        status_of(start, headers, None)
    }

    fn status_of(start: &str, headers: &[(&str, &str)], own: Option<&str>) -> Option<u16> {
        let headers = headers.iter().map(|(n, v)| ((*n).into(), (*v).into()));
        let request = Message {
            start: format!("{start} HTTP/1.1"),
            headers: headers.collect(),
            body: Vec::new(),
        };
        refusal(&request, own).map(|(status, _)| status)
    }

    const HOST: (&str, &str) = ("Host", "127.0.0.1:9000");

    #[test]
    fn what_this_machine_asks_passes() {
        for origin in [
            "http://127.0.0.1:8000",
            "http://localhost",
            "http://[::1]:1",
        ] {
            assert_eq!(status("GET /", &[HOST, ("Origin", origin)]), None);
        }
        assert_eq!(status("GET /", &[]), None);
        assert_eq!(status("GET /?to=http://example.org/", &[HOST]), None);
        assert_eq!(status("GET http://localhost:9000/", &[HOST]), None);
        assert_eq!(
            status("OPTIONS *", &[HOST, ("Sec-Fetch-Site", "none")]),
            None
        );
        let page = [
            HOST,
            ("Origin", "http://localhost"),
            ("Sec-Fetch-Site", "cross-site"),
        ];
        assert_eq!(status("GET /", &page), None);
    }

    #[test]
    fn of_one_page_only_that_one_passes() {
        let own = "http://127.0.0.1:3000";
        let asks = |origins: &[&str]| {
            let origins = origins.iter().map(|origin| ("Origin", *origin));
            let headers: Vec<_> = [HOST].into_iter().chain(origins).collect();
            status_of("GET /", &headers, Some(own))
        };
        assert_eq!(asks(&[own]), None);
        for other in ["http://127.0.0.1:3001", "http://localhost:3000", "null"] {
            assert_eq!(asks(&[other]), Some(403), "{other}");
        }
        assert_eq!(asks(&[]), Some(403), "no page");
        assert_eq!(asks(&[own, own]), Some(403), "two");
    }

    #[test]
    fn what_another_asks_is_refused() {
        for host in [
            "example.org",
            "example.org:9000",
            "",
            "127.0.0.1.example.org",
        ] {
            assert_eq!(status("GET /", &[("Host", host)]), Some(403), "{host}");
        }
        for origin in [
            "http://example.org",
            "null",
            "file://",
            "http://localhost.example.org",
        ] {
            let headers = [HOST, ("oRIGIN", origin)];
            assert_eq!(status("GET /", &headers), Some(403), "{origin}");
        }
        assert_eq!(status("GET /", &[HOST, HOST]), Some(403));
        assert_eq!(status("GET http://example.org/", &[HOST]), Some(403));
        assert_eq!(
            status("GET /", &[HOST, ("Sec-Fetch-Site", "cross-site")]),
            Some(403)
        );
        assert_eq!(status("CONNECT localhost:9000", &[HOST]), Some(405));
    }
}
