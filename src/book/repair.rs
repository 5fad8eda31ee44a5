//! What mdBook's pages need before they are good to everybody: the built HTML
//! is edited, and each edit must find its place exactly once, so that a new
//! mdBook can't undo one unnoticed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::html::uncomment;
use super::paths::{ends_in, files_in, normal};

/// Mends all pages in `dir`. Returns the edits that found no place.
pub fn repair(dir: &Path) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let mut pages = BTreeMap::new();
    for file in files_in(dir)? {
        if !ends_in(&file, "html") {
            continue;
        }
        let html = fs::read_to_string(&file)?;
        pages.insert(file, html);
    }
    let titles: BTreeMap<PathBuf, String> = pages
        .iter()
        .filter_map(|(file, html)| Some((file.clone(), title(html)?.to_owned())))
        .collect();
    for (file, html) in &mut pages {
        *html = uncomment(html);
        let name = file.strip_prefix(dir).unwrap_or(file).display().to_string();
        let mut edit = Edit {
            html,
            page: &name,
            faults: &mut faults,
        };
        if edit.html.contains("id=\"mdbook-menu-bar\"") {
            mend_page(&mut edit, &"../".repeat(name.matches(['/', '\\']).count()));
            let titles = |target: &str| {
                let linked = file.parent()?.join(target);
                titles.get(&normal(&linked)).cloned()
            };
            edit.name_neighbours(titles);
        } else if name == "toc.html" {
            edit.once(
                "<meta name=\"robots\" content=\"noindex\">",
                "<meta name=\"robots\" content=\"noindex\"><title>Contents</title>",
            );
        }
        fs::write(file, &*html)?;
    }
    mend_script(dir, &mut faults)?;
    Ok(faults)
}

/// The chapter's name, without the book's.
fn title(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once("<title>")?;
    let (title, _) = rest.split_once("</title>")?;
    Some(
        title
            .rsplit_once(" - ")
            .map_or(title, |(chapter, _)| chapter),
    )
}

fn mend_page(edit: &mut Edit<'_>, root: &str) {
    // A label can't be reached by keyboard; without scripts the contents are
    // a page of their own.
    edit.between(
        "<label id=\"mdbook-sidebar-toggle\" class=\"icon-button\" for=\"mdbook-sidebar-toggle-anchor\" title=\"Toggle Table of Contents\" aria-label=\"Toggle Table of Contents\" aria-controls=\"mdbook-sidebar\">",
        "</label>",
        &format!("<noscript><a class=\"sp-contents\" href=\"{root}toc.html\">Contents</a></noscript><button id=\"mdbook-sidebar-toggle\" class=\"icon-button\" type=\"button\" title=\"Contents\" aria-label=\"Contents\" aria-controls=\"mdbook-sidebar\">"),
        "</button>",
    );
    edit.once(
        "<div id=\"mdbook-menu-bar\" class=\"menu-bar sticky\">",
        "<div id=\"mdbook-menu-bar\" class=\"menu-bar sticky\" role=\"banner\">",
    );
    // One h1 a page: the chapter's.
    edit.between(
        "<h1 class=\"menu-title\">",
        "</h1>",
        &format!("<a class=\"menu-title\" href=\"{root}index.html\">"),
        "</a>",
    );
    for theme in ["rust", "coal", "navy", "ayu"] {
        edit.removed(
            &format!("<li role=\"none\"><button role=\"menuitem\" class=\"theme\" id=\"mdbook-theme-{theme}\">"),
            "</li>",
        );
    }
    let light = "<li role=\"none\"><button role=\"menuitem\" class=\"theme\" id=\"mdbook-theme-light\">Light</button></li>";
    let dark = light.replace("light", "dark").replace("Light", "Dark");
    edit.once(light, &format!("{light}{dark}"));
    edit.once(
        "placeholder=\"Search this book ...\" aria-controls=\"mdbook-searchresults-outer\" aria-describedby=\"searchresults-header\"",
        "placeholder=\"Search this book\" aria-label=\"Search this book\" aria-controls=\"mdbook-searchresults-outer\" aria-describedby=\"mdbook-searchresults-header\"",
    );
    edit.once(
        "<div id=\"mdbook-search-wrapper\" class=\"hidden\">",
        "<div id=\"mdbook-search-wrapper\" class=\"hidden\" role=\"search\" aria-label=\"This book\">",
    );
    edit.once(
        "<div id=\"mdbook-help-popup\">",
        "<div id=\"mdbook-help-popup\" role=\"dialog\" aria-modal=\"true\" aria-label=\"Keyboard shortcuts\">",
    );
}

/// The handler that only switches off the browser's back/forward cache.
fn mend_script(dir: &Path, faults: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let file = entry?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("book") && name.ends_with(".js") {
            let mut script = fs::read_to_string(&file)?;
            let mut edit = Edit {
                html: &mut script,
                page: &name,
                faults,
            };
            edit.once("window.onunload = function() { };", "");
            fs::write(&file, script)?;
        }
    }
    Ok(())
}

struct Edit<'a> {
    html: &'a mut String,
    page: &'a str,
    faults: &'a mut Vec<String>,
}

impl Edit<'_> {
    fn once(&mut self, old: &str, new: &str) {
        if self.is_there_once(old) {
            *self.html = self.html.replacen(old, new, 1);
        }
    }

    /// Replaces the two ends of an element, and leaves what is in between.
    fn between(&mut self, start: &str, end: &str, new_start: &str, new_end: &str) {
        if !self.is_there_once(start) {
            return;
        }
        let (before, rest) = self.html.split_once(start).expect("it is there");
        if let Some((inside, after)) = rest.split_once(end) {
            *self.html = format!("{before}{new_start}{inside}{new_end}{after}");
        }
    }

    fn removed(&mut self, start: &str, end: &str) {
        if !self.is_there_once(start) {
            return;
        }
        let (before, rest) = self.html.split_once(start).expect("it is there");
        if let Some((_, after)) = rest.split_once(end) {
            *self.html = format!("{before}{after}");
        }
    }

    fn is_there_once(&mut self, old: &str) -> bool {
        let count = self.html.matches(old).count();
        if count != 1 {
            self.faults.push(format!(
                "mdBook's {} has `{old}` {count} times, not once: this repair needs another look",
                self.page
            ));
        }
        count == 1
    }

    /// The links to the chapters before and after say which those are.
    fn name_neighbours(&mut self, title: impl Fn(&str) -> Option<String>) {
        for word in ["Previous", "Next"] {
            let said = format!("title=\"{word} chapter\" aria-label=\"{word} chapter\"");
            let mut out = String::new();
            let mut rest = self.html.as_str();
            while let Some((before, after)) = rest.split_once(&said) {
                let (_, target) = before.rsplit_once("href=\"").unwrap_or_default();
                let (target, _) = target.split_once('"').unwrap_or_default();
                out.push_str(before);
                match title(target) {
                    Some(title) => out.push_str(&format!(
                        "title=\"{title}\" aria-label=\"{word} chapter: {title}\""
                    )),
                    None => out.push_str(&said),
                }
                rest = after;
            }
            out.push_str(rest);
            *self.html = out;
        }
    }
}
