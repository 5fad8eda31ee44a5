//! The book in a real browser: what a reader sees, clicks and types.
//!
//! Needs Chromium (`$CHROMIUM`, or on the path) and axe-core (`npm ci` in `.ci/axe`, or `$AXE`).
//! `SCREENSHOTS=folder` keeps a picture of every page in both themes at both widths.

mod cdp;
mod grade;
mod lab;
mod live;
mod offline;
mod player;
#[path = "../tap/programs.rs"]
mod programs;
#[path = "../support/mod.rs"]
mod support;
mod tap;
#[path = "../tap/tapped.rs"]
mod tapped;
#[allow(dead_code, unused_imports)]
#[path = "../../src/wire/mod.rs"]
mod wire;
mod workbench;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak, mpsc};
use std::time::Duration;

use cdp::Page;

const THEMES: [&str; 2] = ["light", "dark"];
/// A telephone, and a laptop.
const SIZES: [(u32, u32); 2] = [(360, 740), (1280, 900)];

/// What reaches out of the window, but for what scrolls by itself.
const TOO_WIDE: &str = "[...document.querySelectorAll('main *')]
    .filter((e) => e.getBoundingClientRect().right > innerWidth && !e.closest('pre, .sp-scroll, .table-wrapper'))
    .map((e) => e.outerHTML.slice(0, 200))";

/// `workbook serve`, on a port of its own choice.
struct Book {
    process: Child,
    home: String,
}

impl Book {
    /// The book that other tests read at this moment, or a new one: to build it takes longer than
    /// most tests.
    fn shared() -> Arc<Book> {
        static OPEN: Mutex<Weak<Book>> = Mutex::new(Weak::new());
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        open.upgrade().unwrap_or_else(|| {
            let book = Arc::new(Book::serve());
            *open = Arc::downgrade(&book);
            book
        })
    }

    fn serve() -> Book {
        Book::serve_at(Path::new(env!("CARGO_MANIFEST_DIR")))
    }

    /// How much memory the server takes, in bytes; 0 where the system doesn't tell.
    fn memory(&self) -> u64 {
        let file = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(file).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let words = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        words.unwrap_or(0) * 1024
    }

    /// The book of the workbook in this folder; what it builds is kept where all else is.
    fn serve_at(root: &Path) -> Book {
        let target = Path::new(env!("CARGO_BIN_EXE_workbook")).ancestors().nth(2);
        let mut process = Command::new(env!("CARGO_BIN_EXE_workbook"))
            .args(["serve", "--port", "0"])
            .current_dir(root)
            .env("CARGO_TARGET_DIR", target.expect("target/debug/workbook"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("the book is at ") {
                    let address = address.split_whitespace().next().unwrap();
                    let _ = tell.send(format!("{}/", address.trim_end_matches('/')));
                }
            }
        });
        let home = told.recv_timeout(Duration::from_secs(120));
        if home.is_err() {
            let _ = process.kill();
        }
        Book {
            home: home.expect("the server says where the book is"),
            process,
        }
    }
}

impl Drop for Book {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the tests need from the machine.
struct Tools {
    chromium: PathBuf,
    axe: String,
}

impl Tools {
    /// Without them a person's run says so and skips; where `CI` is set, that is a failure.
    fn find() -> Option<Tools> {
        let axe = std::env::var_os("AXE").map_or_else(
            || {
                Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join(".ci/axe/node_modules/axe-core/axe.min.js")
            },
            PathBuf::from,
        );
        let missing = match (cdp::find(), std::fs::read_to_string(&axe)) {
            (Some(chromium), Ok(axe)) => return Some(Tools { chromium, axe }),
            (None, _) => "Chromium is not on the path".to_owned(),
            (_, Err(error)) => format!("axe-core: {}: {error}", axe.display()),
        };
        assert!(std::env::var_os("CI").is_none(), "{missing}");
        eprintln!("skipped: {missing}");
        None
    }
}

/// A test's book, and a page at it.
fn reader() -> Option<(Arc<Book>, Page, Tools)> {
    let tools = Tools::find()?;
    let book = Book::shared();
    let mut page = Page::open(&tools.chromium);
    page.resize(1280, 900);
    page.prefer("light");
    Some((book, page, tools))
}

/// The book's pages, as the sidebar lists them.
fn pages(page: &mut Page, home: &str) -> Vec<String> {
    page.visit(home);
    let links = page.eval("[...document.querySelectorAll('#mdbook-sidebar .chapter-link-wrapper > a[href]:not(.header-in-summary)')].map((link) => link.href)");
    let links: Vec<String> = serde_json::from_value(links).unwrap();
    assert!(links.len() >= 3, "{links:?}");
    links
}

/// The rules that a part of the page breaks as it stands now, each with where and why.
fn violations(page: &mut Page, part: &str, tools: &Tools) -> Vec<String> {
    if page.eval("typeof axe") != "object" {
        page.eval(&format!("{}; 0", tools.axe));
    }
    let found = page.eval(&format!(
        "axe.run({part:?}, {{resultTypes: ['violations']}}).then(({{violations}}) => violations.flatMap(
            ({{id, nodes}}) => nodes.map(({{html, failureSummary}}) => `${{id}}: ${{html.slice(0, 200)}} ${{failureSummary}}`)))",
    ));
    serde_json::from_value(found).unwrap()
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn every_page_is_accessible_fits_and_complains_of_nothing() {
    let Some((book, mut page, tools)) = reader() else {
        return;
    };
    if let Some(folder) = pictures() {
        std::fs::create_dir_all(folder).unwrap();
    }
    // The longest test there is: a browser a core, each with every so manieth page.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let urls = pages(&mut page, &book.home);
    drop(page);
    let look = |nth| {
        let mut page = Page::open(&tools.chromium);
        let urls = urls.iter().skip(nth).step_by(cores);
        urls.flat_map(|url| faults_of(&mut page, url, &book, &tools))
            .collect::<Vec<_>>()
    };
    let faults = std::thread::scope(|scope| {
        let looking: Vec<_> = (0..cores)
            .map(|nth| scope.spawn(move || look(nth)))
            .collect();
        let found = looking.into_iter().flat_map(|at| at.join().unwrap());
        found.collect::<Vec<_>>()
    });
    assert_none(&faults);
}

/// Where pictures of the pages are wanted.
fn pictures() -> Option<PathBuf> {
    std::env::var_os("SCREENSHOTS").map(PathBuf::from)
}

/// What is wrong with a page, in any theme and at any size.
fn faults_of(page: &mut Page, url: &str, book: &Book, tools: &Tools) -> Vec<String> {
    let mut faults = Vec::new();
    let name = url.rsplit('/').next().unwrap().trim_end_matches(".html");
    for theme in THEMES {
        for (width, height) in SIZES {
            page.resize(width, height);
            page.prefer(theme);
            page.visit(url);
            let at = format!("{name}, {theme}, {width}");

            let found = page.eval(TOO_WIDE);
            let found: Vec<String> = serde_json::from_value(found).unwrap();
            faults.extend(found.iter().map(|fault| format!("{at}: too wide: {fault}")));
            let found = violations(page, "html", tools);
            faults.extend(found.iter().map(|fault| format!("{at}: {fault}")));
            let found = page.complaints(&book.home);
            faults.extend(found.iter().map(|fault| format!("{at}: {fault}")));
            if let Some(folder) = pictures() {
                page.screenshot(&folder.join(format!("{name}-{theme}-{width}.png")));
            }
        }
    }
    faults
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn it_stays_accessible_whatever_is_open() {
    let Some((book, mut page, tools)) = reader() else {
        return;
    };
    let mut faults = Vec::new();
    for theme in THEMES {
        for (width, height) in SIZES {
            page.resize(width, height);
            page.prefer(theme);
            page.visit(&format!("{}02-handshake.html", book.home));
            let mut look = |page: &mut Page, part: &str, state: &str| {
                let found = violations(page, part, &tools);
                faults.extend(
                    found
                        .iter()
                        .map(|fault| format!("{state}, {theme}, {width}: {fault}")),
                );
            };

            page.click(".sp-option:not([data-right])");
            page.click(".sp-check button");
            look(&mut page, ".sp-quiz", "answered wrong");
            page.click(".sp-option[data-right]");
            page.click(".sp-check button");
            look(&mut page, ".sp-quiz", "answered right");

            page.click("#mdbook-theme-toggle");
            look(&mut page, "#mdbook-menu-bar", "theme list open");
            page.press("Escape");

            page.click("#mdbook-search-toggle");
            page.until("!document.querySelector('#mdbook-searchbar-outer').classList.contains('searching')");
            page.fill("key");
            page.press("ArrowDown"); // a key is what the search listens to
            page.until("document.querySelectorAll('#mdbook-searchresults li').length > 0");
            look(&mut page, "#mdbook-search-wrapper", "search results");
            page.click("#mdbook-search-toggle");

            for state in ["sidebar the other way", "sidebar back"] {
                page.click("#mdbook-sidebar-toggle");
                look(&mut page, "#mdbook-sidebar", state);
            }

            page.eval("for (const details of document.querySelectorAll('main details')) details.open = true");
            look(&mut page, "html", "all details open");
        }
    }
    assert_none(&faults);
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn a_keyboard_opens_the_sidebar_and_a_reader_chooses_the_theme() {
    let Some((book, mut page, _)) = reader() else {
        return;
    };
    page.resize(360, 740);
    page.visit(&format!("{}02-handshake.html", book.home));
    let visible =
        "getComputedStyle(document.querySelector('#mdbook-sidebar')).visibility === 'visible'
        && document.querySelector('#mdbook-sidebar').getBoundingClientRect().left >= 0
        && document.querySelector('#mdbook-sidebar').checkVisibility()";
    let told =
        "document.querySelector('#mdbook-sidebar-toggle').getAttribute('aria-expanded') === 'true'";
    page.eval("document.querySelector('#mdbook-sidebar-toggle').focus()");
    for open in [true, false] {
        page.press("Enter");
        assert_eq!(page.eval(visible), open);
        assert_eq!(page.eval(told), open);
    }

    let paper = "getComputedStyle(document.documentElement).backgroundColor";
    let light = page.eval(paper);
    page.prefer("dark");
    page.until(&format!("{paper} !== {light}"));
    let dark = page.eval(paper);
    page.click("#mdbook-theme-toggle");
    page.click("#mdbook-theme-light");
    assert_eq!(page.eval(paper), light, "the choice overrides the system");
    page.click("#mdbook-theme-default_theme");
    assert_eq!(page.eval(paper), dark, "Auto follows it again");
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn a_question_says_why_and_remembers_the_answer() {
    let Some((book, mut page, _)) = reader() else {
        return;
    };
    page.visit(&format!("{}02-handshake.html", book.home));
    let status = ".sp-check [role=status]";

    page.click(".sp-check button");
    assert_eq!(page.text(status), "Choose an answer first.");

    page.click(".sp-option:not([data-right])");
    page.click(".sp-check button");
    assert_eq!(page.text(status), "Not this. Read why, and choose again.");
    let reasons =
        "document.querySelector('.sp-question').querySelectorAll('.sp-option .sp-why').length";
    assert_eq!(page.eval(reasons), 1, "only what was chosen is explained");
    let described =
        "document.querySelector('.sp-option.sp-wrong input').getAttribute('aria-describedby')";
    let described = page.eval(&format!(
        "document.getElementById({described}).innerText.length"
    ));
    assert!(described.as_u64().unwrap() > 0);

    // With the keyboard: the arrows move within the question, Tab leaves it for the button.
    let right = "document.querySelector('.sp-option[data-right] input').checked";
    page.eval("document.querySelector('.sp-option input:checked').focus()");
    for _ in 0..5 {
        if page.eval(right) == false {
            page.press("ArrowDown");
        }
    }
    page.press("Tab");
    page.press("Enter");
    assert_eq!(page.text(status), "Right.");
    let options =
        page.eval("document.querySelector('.sp-question').querySelectorAll('.sp-option').length");
    assert_eq!(
        page.eval(reasons),
        options,
        "once it is right, every option says why"
    );

    page.visit(&format!("{}02-handshake.html", book.home));
    assert_eq!(page.text(status), "You answered this right.");
    assert_eq!(page.eval(right), true);
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn the_calculator_computes_the_accept_value() {
    let Some((book, mut page, _)) = reader() else {
        return;
    };
    page.visit(&format!("{}02-handshake.html", book.home));
    let state = "document.querySelector('.sp-accept dl').innerText";
    let printed = page.eval(state);
    assert!(
        printed
            .as_str()
            .unwrap()
            .contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    );

    let accept = "document.querySelector('.sp-accept [name=accept]').value";
    page.click(".sp-accept input");
    page.fill("x3JJHMbDL1EzLkh9GBhXDw==");
    page.until(&format!("{accept} === 'HSmrc0sMlYUkAGmm5OPpG2HaGWk='"));

    // Typed again, the sample of the RFC gives what the page was printed with, every intermediate included.
    page.fill("dGhlIHNhbXBsZSBub25jZQ==");
    page.until(&format!("{accept} === 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='"));
    assert_eq!(page.eval(state), printed);

    let bytes = "document.querySelector('.sp-accept [name=bytes]').value";
    page.fill("c2hvcnQ=");
    page.until(&format!("{bytes}.startsWith('5 bytes, not 16')"));
    page.fill("no key at all");
    page.until(&format!("{bytes}.startsWith('not base64')"));

    let before = page.eval(accept);
    page.click(".sp-accept button");
    page.until(&format!(
        "{accept} !== {before} && {bytes}.startsWith('16 bytes: ')"
    ));
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn without_scripts_everything_still_reads() {
    let Some((book, mut page, _)) = reader() else {
        return;
    };
    page.scripts(false);
    for theme in THEMES {
        page.prefer(theme);
        page.visit(&format!("{}02-handshake.html", book.home));
        let text = page.text("main");
        for expected in [
            "Sec-WebSocket-Version: 13",
            "sec-websocket-accept",
            "C→S",
            "S→C",
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        ] {
            assert!(text.contains(expected), "{expected:?} is not on the page");
        }
        assert_eq!(
            page.eval("document.querySelectorAll('.sp-steps, .sp-check').length"),
            0
        );

        page.click(".sp-answer summary");
        assert!(page.text(".sp-answer").contains("Right:"));
        page.click(".sp-wire summary");
        assert_eq!(
            page.eval("document.querySelector('.sp-wire .sp-inside').checkVisibility()"),
            true
        );

        let paper = page.eval("getComputedStyle(document.documentElement).backgroundColor");
        let dark = paper == "rgb(21, 24, 29)";
        assert_eq!(dark, theme == "dark", "{paper}");
    }
    page.follow(".sp-contents");
    let links = page.eval("document.querySelectorAll('.chapter a[href]').length");
    assert!(
        links.as_u64().unwrap() >= 3,
        "{links} links in the contents"
    );
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn nothing_moves_while_a_page_loads() {
    let Some((book, mut page, _)) = reader() else {
        return;
    };
    let mut faults = Vec::new();
    for url in pages(&mut page, &book.home) {
        for (width, height) in SIZES {
            page.resize(width, height);
            page.visit(&url);
            let shift = page.eval(
                "(async () => {
                    const observer = new PerformanceObserver(() => {});
                    observer.observe({type: 'layout-shift', buffered: true});
                    return observer.takeRecords().reduce((sum, {value}) => sum + value, 0);
                })()",
            );
            // A tenth is what Lighthouse still calls good.
            if shift.as_f64().unwrap() > 0.05 {
                faults.push(format!("{url} at {width}: {shift}"));
            }
        }
    }
    assert_none(&faults);
}
