//! Who may ask. A page from elsewhere can make a browser send requests to
//! this machine, and by DNS rebinding even under a name of its own; both show
//! in the headers.

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::loopback::is_loopback;

/// Lets a request through if it is addressed to this machine by a loopback
/// name, and comes from no page or from one of our own.
pub async fn check(request: Request, next: Next) -> Response {
    match refusal(request.uri(), request.headers()) {
        None => next.run(request).await,
        Some(why) => (StatusCode::FORBIDDEN, why).into_response(),
    }
}

fn refusal(uri: &Uri, headers: &HeaderMap) -> Option<&'static str> {
    let Some(host) = only(headers, &HOST).filter(|host| is_loopback(host)) else {
        return Some("this server answers to loopback names only\n");
    };
    // `GET http://elsewhere/ HTTP/1.1`: the target counts, not the header.
    if uri
        .authority()
        .is_some_and(|authority| !is_loopback(authority.as_str()))
    {
        return Some("this server is no proxy\n");
    }
    let own = format!("http://{host}");
    let foreign = headers.contains_key(ORIGIN)
        && only(headers, &ORIGIN).is_none_or(|origin| !origin.eq_ignore_ascii_case(&own));
    foreign.then_some("this server answers its own pages only\n")
}

/// A header's value, if it stands there exactly once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}
