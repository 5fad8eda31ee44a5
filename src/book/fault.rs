//! What is wrong with the book's sources, and where.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

/// One fault: `file:line: message`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// From the workbook's folder.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// What is wrong and, where it isn't obvious, what would be right.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// The faults of one build. Clones share one list: a build goes on after the
/// first fault, so that an author sees them all at once.
#[derive(Clone, Default)]
pub struct Faults(Rc<RefCell<Vec<Fault>>>);

impl Faults {
    /// Notes a fault.
    pub fn add(&self, file: impl Into<String>, line: usize, message: impl Into<String>) {
        self.0.borrow_mut().push(Fault {
            file: file.into(),
            line,
            message: message.into(),
        });
    }

    /// All of them, in the order of files and lines, each once.
    pub fn sorted(&self) -> Vec<Fault> {
        let mut faults = self.0.borrow().clone();
        faults.sort();
        faults.dedup();
        faults
    }
}

/// The line (from 1) in which byte `at` of `text` stands.
pub fn line_of(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at.min(text.len())]
        .iter()
        .filter(|&&byte| byte == b'\n')
        .count()
}

/// Why a file could not be read, in the same words on every system.
pub fn unread(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "is not there".to_owned(),
        _ => format!("can't be read: {error}"),
    }
}
