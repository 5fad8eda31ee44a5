//! Our preprocessor: it turns each page's fences into HTML, and knows what no
//! page shows. It runs before mdBook's own, so it sees each `{{#include}}`
//! where it stands.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use mdbook_driver::book::Book;
use mdbook_driver::errors::Result;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

use super::fault::Faults;
use super::material::Material;
use super::page::Page;
use super::paths::{ends_in, files_in};

/// The preprocessor, and what it has seen.
pub struct Widgets {
    /// What the fences draw on.
    pub material: Rc<Material>,
    /// What is wrong.
    pub faults: Faults,
    /// What the pages have shown so far.
    pub seen: RefCell<Seen>,
}

/// What the pages have shown so far.
#[derive(Default)]
pub struct Seen {
    pages: BTreeSet<PathBuf>,
    /// Exercise and name.
    pub snapshots: BTreeSet<(String, String)>,
    /// Chapter and id.
    pub questions: BTreeSet<(String, String)>,
}

impl Widgets {
    /// A preprocessor that notes what is wrong in `faults`.
    pub fn new(material: Rc<Material>, faults: Faults) -> Widgets {
        Widgets {
            material,
            faults,
            seen: RefCell::default(),
        }
    }

    /// What no page shows, though it is there to be shown.
    fn check_unseen(&self, source: &Path) -> Result<()> {
        let seen = self.seen.borrow();
        let house = &self.material.house;
        for (exercise, name) in self.material.snapshots() {
            if !seen
                .snapshots
                .contains(&(exercise.id.clone(), name.clone()))
            {
                let file = exercise.snapshots_dir().join(format!("{name}.snap"));
                self.faults
                    .add(house.relative(&file), 1, "no page shows this snapshot");
            }
        }
        for quiz in &self.material.quizzes {
            for question in &quiz.questions {
                if !seen
                    .questions
                    .contains(&(quiz.chapter.clone(), question.id.clone()))
                {
                    let file = format!("book/quiz/{}.toml", quiz.chapter);
                    let message = format!("no page asks question `{}`", question.id);
                    self.faults.add(file, question.line, message);
                }
            }
        }
        for file in files_in(source)? {
            let page = file.strip_prefix(source).unwrap_or(&file);
            if ends_in(&file, "md") && page != Path::new("SUMMARY.md") && !seen.pages.contains(page)
            {
                self.faults.add(
                    house.relative(&file),
                    1,
                    "SUMMARY.md doesn't list this page",
                );
            }
        }
        Ok(())
    }
}

impl Preprocessor for Widgets {
    fn name(&self) -> &str {
        "widgets"
    }

    fn run(&self, ctx: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let source = ctx.root.join(&ctx.config.book.src);
        book.for_each_chapter_mut(|chapter| {
            if let Some(path) = chapter.source_path.clone() {
                let mut page = Page::new(self, &source, &path);
                page.run(chapter);
                self.seen.borrow_mut().pages.insert(path);
            }
        });
        self.check_unseen(&source)?;
        Ok(book)
    }
}
