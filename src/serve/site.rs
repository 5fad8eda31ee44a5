//! A built book in memory: a new one is swapped in whole, so no page ever
//! meets a file that is half written or gone.

use std::collections::HashMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write as _;
use std::path::Path;
use std::sync::OnceLock;

use anyhow::Result;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::sync::watch::Receiver;

use super::Now;
use super::headers::headers;

/// All files of a built book.
pub struct Site {
    files: HashMap<String, File>,
    id: String,
}

struct File {
    kind: &'static str,
    bytes: Bytes,
    gzip: OnceLock<Bytes>,
}

impl Site {
    /// Reads a built book.
    pub fn load(dir: &Path) -> Result<Site> {
        let mut files = Vec::new();
        read(dir, "", &mut files)?;
        files.sort();
        let mut hasher = DefaultHasher::new();
        files.hash(&mut hasher);
        let id = format!("{:016x}", hasher.finish());
        let live = super::live::tag(&id);
        let files = files
            .into_iter()
            .map(|(path, mut bytes)| {
                let kind = kind(&path);
                if kind == HTML
                    && let Some(end) = find_last(&bytes, b"</body>")
                {
                    bytes.splice(end..end, live.bytes());
                }
                let file = File {
                    kind,
                    bytes: bytes.into(),
                    gzip: OnceLock::new(),
                };
                (path, file)
            })
            .collect();
        Ok(Site { files, id })
    }

    /// The same for the same content: a build that changes nothing reloads no
    /// page.
    pub fn id(&self) -> &str {
        &self.id
    }
}

fn read(dir: &Path, under: &str, files: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{under}{name}");
        match path.is_dir() {
            true => read(&path, &format!("{name}/"), files)?,
            false => files.push((name, fs::read(&path)?)),
        }
    }
    Ok(())
}

fn find_last(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .rposition(|window| window == needle)
}

const HTML: &str = "text/html; charset=utf-8";

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => HTML,
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Answers with a file of the book.
pub async fn respond(
    State(now): State<Receiver<Now>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response();
    }
    let now = now.borrow().clone();
    let Some(site) = now.site else {
        return super::live::no_book_yet(now.broken.as_deref().unwrap_or_default());
    };
    let path = uri.path().trim_start_matches('/');
    let name = match path.is_empty() || path.ends_with('/') {
        true => format!("{path}index.html"),
        false => path.to_owned(),
    };
    match (site.files.get(&name), site.files.get("404.html")) {
        (Some(file), _) => file.response(StatusCode::OK, is_hashed(&name), &headers),
        (None, Some(file)) => file.response(StatusCode::NOT_FOUND, false, &headers),
        (None, None) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// mdBook puts a hash of the content into names like `book-609e4cb8.js`.
fn is_hashed(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let hash = stem.rsplit('-').next().unwrap_or_default();
    hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl File {
    fn response(&self, status: StatusCode, hashed: bool, asked: &HeaderMap) -> Response {
        let takes_gzip = asked
            .get(ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains("gzip"));
        let is_text = self.kind.starts_with("text/") || self.kind.contains("svg");
        let cache = match hashed {
            true => "max-age=31536000, immutable",
            false => "no-cache",
        };
        let mut headers = headers([
            (CONTENT_TYPE, self.kind),
            (CACHE_CONTROL, cache),
            (VARY, "accept-encoding"),
        ]);
        let body = match takes_gzip && is_text && self.bytes.len() > 1000 {
            false => &self.bytes,
            true => {
                headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                self.gzip.get_or_init(|| gzip(&self.bytes))
            }
        };
        (status, headers, body.clone()).into_response()
    }
}

fn gzip(bytes: &[u8]) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let compressed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    compressed
        .expect("memory takes all that is written to it")
        .into()
}
