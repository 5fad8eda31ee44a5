//! Dead links and fragments, found in the built HTML.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::paths::{ends_in, files_in, normal};

/// A link that leads nowhere.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dead {
    /// The built page, from the book's folder.
    pub page: PathBuf,
    /// The target as the page has it.
    pub target: String,
    /// Why it is dead.
    pub message: String,
}

/// What a page can be linked at, and what it links to.
#[derive(Default)]
struct Page {
    ids: BTreeSet<String>,
    targets: BTreeSet<String>,
}

/// Looks through all pages in `dir` but those in its folder `made`: they are made
/// by rule, so their links are right, and they are many.
pub fn dead(dir: &Path, made: &str) -> Result<BTreeSet<Dead>> {
    let files: BTreeSet<PathBuf> = files_in(dir)?.into_iter().collect();
    let mut pages = BTreeMap::new();
    let made = dir.join(made);
    let typed = files.iter().filter(|file| !file.starts_with(&made));
    for file in typed.filter(|file| ends_in(file, "html")) {
        let text = fs::read_to_string(file)?;
        pages.insert(file.clone(), read(&text));
    }
    let mut found = BTreeSet::new();
    for (file, page) in &pages {
        for target in &page.targets {
            if let Some(message) = check(dir, file, target, &files, &pages) {
                found.insert(Dead {
                    page: file.strip_prefix(dir).unwrap_or(file).to_owned(),
                    target: target.clone(),
                    message,
                });
            }
        }
    }
    Ok(found)
}

fn check(
    dir: &Path,
    page: &Path,
    target: &str,
    files: &BTreeSet<PathBuf>,
    pages: &BTreeMap<PathBuf, Page>,
) -> Option<String> {
    let (path, fragment) = match target.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment)),
        None => (target, None),
    };
    let path = path.split('?').next().unwrap_or_default();
    let file = match path {
        "" => page.to_owned(),
        path if path.starts_with('/') => normal(&dir.join(unescaped(&path[1..]))),
        path => normal(&page.parent()?.join(unescaped(path))),
    };
    let file = match path.is_empty() || !(path.ends_with('/') || file == *dir) {
        true => file,
        false => file.join("index.html"),
    };
    if !files.contains(&file) {
        return Some(format!("dead link: there is no {path}"));
    }
    let fragment = fragment.filter(|fragment| !fragment.is_empty() && *fragment != "top")?;
    let ids = &pages.get(&file)?.ids;
    let there = ids.contains(fragment) || ids.contains(&unescaped(fragment));
    (!there).then(|| format!("dead link: nothing there has the id `{fragment}`"))
}

/// `%20` and the like undone.
fn unescaped(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = (*first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        out.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn read(html: &str) -> Page {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(Collector::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

#[derive(Default)]
struct Collector(RefCell<Page>);

impl TokenSink for Collector {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else {
            return TokenSinkResult::Continue;
        };
        if tag.kind == TagKind::StartTag {
            self.0.borrow_mut().note(&tag);
            if &*tag.name == "script" {
                use html5ever::tokenizer::states::RawKind;
                return TokenSinkResult::RawData(RawKind::ScriptData);
            }
        }
        TokenSinkResult::Continue
    }
}

impl Page {
    fn note(&mut self, tag: &Tag) {
        for attribute in &tag.attrs {
            let value = attribute.value.to_string();
            match (&*tag.name, &*attribute.name.local) {
                (_, "id") | ("a", "name") => {
                    self.ids.insert(value);
                }
                // The base of 404.html is where the book is published.
                ("base", _) => {}
                (_, "href" | "src") if is_local(&value) => {
                    self.targets.insert(value);
                }
                _ => {}
            }
        }
    }
}

fn is_local(target: &str) -> bool {
    let scheme = target.split(['/', '#', '?']).next().unwrap_or_default();
    !scheme.contains(':') && !target.starts_with("//")
}
