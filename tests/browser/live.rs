//! Live proofs: the page of a chapter follows the reader's own program.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::lab::Lab;
use super::{Book, SIZES, THEMES, Tools, assert_none, violations};
use crate::cdp::Page;

/// The rows of the table, by how their proofs stand.
const ROWS: &str = "(() => { const rows = {};
    for (const {dataset: {status = 'none'}} of document.querySelectorAll('.sp-proofs tr[data-proof]'))
        rows[status] = (rows[status] ?? 0) + 1;
    return rows; })()";
const SAID: &str = "document.querySelector('.sp-live [role=status]').textContent";

/// A copy of the workbook, for a learner to write in.
fn copy() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in fs::read_dir(root).unwrap() {
        let from = entry.unwrap().path();
        copy_into(&from, dir.path());
    }
    dir
}

fn copy_into(from: &Path, dir: &Path) {
    let name = from.file_name().unwrap().to_string_lossy();
    let to = dir.join(&*name);
    if from.is_file() {
        fs::copy(from, &to).unwrap();
    } else if !["target", "node_modules", ".venv", ".git", ".workbook"].contains(&&*name) {
        fs::create_dir(&to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            copy_into(&entry.unwrap().path(), &to);
        }
    }
}

/// A page, beside an editor on the program that it is about.
pub struct Desk {
    /// One at a time: both want cargo's lock.
    _alone: MutexGuard<'static, ()>,
    chapter: &'static str,
    root: TempDir,
    book: Book,
    page: Page,
    tools: Tools,
}

impl Desk {
    /// The page of chapter 00. `None` where the tools are missing.
    fn new() -> Option<Desk> {
        let mut desk = Desk::at("00-line")?;
        desk.page
            .until(&format!("{SAID}.startsWith('not proved yet')"));
        Some(desk)
    }

    /// The page of a chapter.
    pub fn at(chapter: &'static str) -> Option<Desk> {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let tools = Tools::find()?;
        let root = copy();
        let book = Book::serve_at(root.path());
        let mut page = Page::open(&tools.chromium);
        page.resize(1280, 900);
        page.visit(&format!("{}{chapter}.html", book.home));
        Some(Desk {
            _alone: alone,
            chapter,
            root,
            book,
            page,
            tools,
        })
    }

    fn path(&self, file: &str) -> PathBuf {
        self.root.path().join(file)
    }

    pub fn solution(&self) -> String {
        let file = format!("solutions/{}/src/lib.rs", self.chapter);
        fs::read_to_string(self.path(&file)).unwrap()
    }

    fn exercise(&self) -> PathBuf {
        self.path(&format!("exercises/{}/src/lib.rs", self.chapter))
    }

    /// The lab on the page, begun, and the files of the program in it.
    pub fn lab(&mut self) -> (Lab<'_>, Editor) {
        let editor = Editor {
            lib: self.exercise(),
            root: self.root.path().canonicalize().unwrap(),
        };
        self.page
            .until("document.querySelector('.sp-lab [name=switch]')");
        let page = &mut self.page;
        let mut lab = Lab { page };
        lab.begin();
        (lab, editor)
    }

    /// Saves the program, and waits until the page says this of it.
    fn save(&mut self, text: &str, says: &str) {
        fs::write(self.exercise(), text).unwrap();
        self.page
            .until_late(&format!("{SAID}.startsWith({says:?})"));
    }
}

/// Where a learner writes, and what runs of it.
pub struct Editor {
    lib: PathBuf,
    root: PathBuf,
}

impl Editor {
    pub fn save(&self, text: &str) {
        fs::write(&self.lib, text).unwrap();
    }

    /// The given program around it.
    pub fn main(&self) -> (PathBuf, String) {
        let main = self.lib.with_file_name("main.rs");
        let text = fs::read_to_string(&main).unwrap();
        (main, text)
    }

    /// The processes that were started in the workbook's exercises.
    #[cfg(target_os = "linux")]
    pub fn running(&self) -> Vec<PathBuf> {
        let exercises = self.root.join("exercises");
        let processes = fs::read_dir("/proc").unwrap().flatten();
        let here = |process: &fs::DirEntry| {
            fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(&exercises))
        };
        processes
            .filter(here)
            .map(|process| process.path())
            .collect()
    }

    #[cfg(not(target_os = "linux"))]
    pub fn running(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    /// That no process is left, or soon is.
    pub fn nothing_runs(&self) {
        let end = Instant::now() + Duration::from_secs(20);
        while !self.running().is_empty() {
            assert!(Instant::now() < end, "{:?}", self.running());
            std::thread::sleep(Duration::from_millis(20)); // Paces a bounded wait.
        }
    }
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn a_save_turns_the_proofs_green_or_red() {
    let Some(mut desk) = Desk::new() else {
        return;
    };
    let solution = desk.solution();
    desk.save(&solution, "30 of 30 proofs hold");
    assert_eq!(desk.page.eval(ROWS), json!({"proved": 30}));
    let map = "document.querySelector('#mdbook-sidebar a[href$=\"00-line.html\"] .sp-stand')?.textContent";
    desk.page.until(&format!("{map} === '✓'"));

    let faulty = solution.replace("too long: goodbye", "too long: farewell");
    assert_ne!(faulty, solution);
    desk.save(&faulty, "28 of 30 proofs hold");
    assert_eq!(desk.page.eval(ROWS), json!({"proved": 28, "refused": 2}));
    let shown = desk.page.text(".sp-live .sp-wrong");
    assert!(shown.contains("not proved"), "{shown}");
    assert!(shown.contains("- on record   + your program"), "{shown}");
    assert!(!shown.contains('\u{1b}'), "{shown}");
    for theme in THEMES {
        for (width, height) in SIZES {
            desk.page.resize(width, height);
            desk.page.prefer(theme);
            if let Some(folder) = std::env::var_os("SCREENSHOTS").map(PathBuf::from) {
                desk.page
                    .eval("document.querySelector('.sp-live').scrollIntoView()");
                desk.page
                    .screenshot(&folder.join(format!("live-{theme}-{width}.png")));
            }
            assert_none(&violations(&mut desk.page, "html", &desk.tools));
        }
    }
    assert_none(&desk.page.complaints(&desk.book.home));
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn what_does_not_compile_or_hangs_is_said_and_got_over() {
    let Some(mut desk) = Desk::new() else {
        return;
    };
    let solution = desk.solution();
    desk.save("pub fn nothing(", "it can’t be proved");
    let shown = desk.page.text(".sp-live .sp-wrong");
    assert!(shown.contains("unclosed delimiter"), "{shown}");
    assert!(!shown.contains('\u{1b}'), "{shown}");

    // It hears, and never answers; the next save calls the proofs off.
    let start = fs::read_to_string(desk.path("exercises/00-line/start/lib.rs")).unwrap();
    let hangs = solution.replace(
        "heard.send(line).await",
        "std::future::pending::<Result<(), Vec<u8>>>().await",
    );
    assert_ne!(hangs, solution);
    desk.save(&hangs, "proving");
    desk.save(&start, "0 of 30 proofs hold");
    assert_eq!(desk.page.eval(ROWS), json!({"unwritten": 30}));
    let row = "#proof-step_1_reply__a_line_comes_back";
    let text = format!("document.querySelector('{row} .sp-wrong').textContent");
    let text = desk.page.eval(&text);
    assert!(text.as_str().unwrap().contains("not written yet"), "{text}");
    assert_none(&desk.page.complaints(&desk.book.home));
}
