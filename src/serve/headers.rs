//! The headers of an answer.

use axum::http::header::{CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// These headers, and those that every answer has: nothing is sniffed, and no
/// page from elsewhere may frame or embed us.
pub fn headers<const N: usize>(own: [(HeaderName, &'static str); N]) -> HeaderMap {
    let policy = HeaderName::from_static("cross-origin-resource-policy");
    let all = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_SECURITY_POLICY, "frame-ancestors 'self'"),
        (policy, "same-origin"),
    ];
    own.into_iter()
        .chain(all)
        .map(|(name, value)| (name, HeaderValue::from_static(value)))
        .collect()
}
