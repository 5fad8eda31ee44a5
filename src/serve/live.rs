//! Open pages hear over a WebSocket of a new book, and of sources that don't
//! build.

use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use tokio::sync::watch::Receiver;

use super::Now;
use super::headers::headers;

/// What a served page gets in addition; it knows which book it came from.
pub fn tag(book: &str) -> String {
    format!(
        "<script type=\"module\" src=\"/-/live.js?book={book}\"></script>\
         <script type=\"module\" src=\"/-/proofs.js\"></script>\
         <script type=\"module\" src=\"/-/lab.js\"></script>\n"
    )
}

/// The script of open pages.
pub async fn script() -> Response {
    a_script(include_str!("live.js"))
}

/// The script of live proofs.
pub async fn proofs_script() -> Response {
    a_script(include_str!("proofs.js"))
}

/// The script of live labs.
pub async fn lab_script() -> Response {
    a_script(include_str!("lab.js"))
}

fn a_script(text: &'static str) -> Response {
    let headers = headers([
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
    ]);
    (headers, text).into_response()
}

/// A page's connection.
pub async fn socket(State(now): State<Receiver<Now>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|socket| tell(socket, now))
}

/// Says what is the case now, and again whenever that changes.
async fn tell(mut socket: WebSocket, mut now: Receiver<Now>) {
    loop {
        let text = said(&now.borrow_and_update());
        if socket.send(Message::Text(text)).await.is_err() {
            return;
        }
        // `recv` is cancel safe: a frame that is half read stays buffered.
        loop {
            tokio::select! {
                changed = now.changed() => match changed {
                    Ok(()) => break,
                    Err(_) => return,
                },
                // A page has nothing to say; this answers pings and the close.
                message = socket.recv() => match message {
                    Some(Ok(_)) => {}
                    _ => return,
                },
            }
        }
    }
}

/// `book ID`, or `broken` and on further lines why.
fn said(now: &Now) -> Utf8Bytes {
    match (&now.broken, &now.site) {
        (Some(report), _) => format!("broken\n{report}").into(),
        (None, Some(site)) => format!("book {}", site.id()).into(),
        (None, None) => "broken\n".into(),
    }
}

/// The page that stands in until there is a book.
pub fn no_book_yet(report: &str) -> Response {
    let report = report.replace('&', "&amp;").replace('<', "&lt;");
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>No book yet</title>\
         <style>body{{font:16px/1.5 system-ui;margin:2rem}}pre{{white-space:pre-wrap}}</style></head>\
         <body><main><h1>No book yet</h1><pre>{report}</pre></main>{}</body></html>",
        tag("")
    );
    let headers = headers([
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
    ]);
    (StatusCode::SERVICE_UNAVAILABLE, headers, page).into_response()
}
