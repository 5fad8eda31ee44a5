//! The guards of the book: whatever is wrong with its sources fails the build,
//! with file and line. Each test breaks a small book in one way.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::cargo::cargo_bin_cmd;
use insta::assert_snapshot;
use tempfile::TempDir;

const PAGE: &str = "book/src/00-hello.md";
const INTRODUCTION: &str = "book/src/introduction.md";
const QUIZ: &str = "book/quiz/00-hello.toml";
const PROOFS: &str = "exercises/00-hello/tests/proof.rs";
const SNAPSHOTS: &str = "exercises/00-hello/tests/snapshots";

/// A copy of the small book, to be broken.
struct Book(TempDir);

impl Book {
    fn new() -> Book {
        let dir = tempfile::tempdir().unwrap();
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/book");
        copy(&fixture, dir.path());
        Book(dir)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn write(self, file: &str, text: &str) -> Book {
        fs::write(self.path(file), text).unwrap();
        self
    }

    fn append(self, file: &str, text: &str) -> Book {
        let old = fs::read_to_string(self.path(file)).unwrap();
        self.write(file, &(old + text))
    }

    fn replace(self, file: &str, old: &str, new: &str) -> Book {
        let text = fs::read_to_string(self.path(file)).unwrap();
        assert_eq!(text.matches(old).count(), 1, "`{old}` in {file}");
        let text = text.replace(old, new);
        self.write(file, &text)
    }

    fn remove(self, file: &str) -> Book {
        fs::remove_file(self.path(file)).unwrap();
        self
    }

    fn workbook(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = cargo_bin_cmd!("workbook")
            .args(arguments)
            .arg("--root")
            .arg(self.0.path())
            .output()
            .unwrap();
        // The folder has another name each time, and Windows other words.
        let said = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap();
            text.replace(&self.0.path().display().to_string(), "BOOK")
                .replace("BOOK\\out", "BOOK/out")
                .replace(
                    "The system cannot find the file specified.",
                    "No such file or directory",
                )
        };
        (
            output.status.code().unwrap(),
            said(output.stdout),
            said(output.stderr),
        )
    }

    fn build(&self) -> (i32, String, String) {
        let out = self.path("out");
        self.workbook(&["build", "--out", out.to_str().unwrap()])
    }

    /// What a build says that finds faults.
    fn faults(&self) -> String {
        let (code, stdout, stderr) = self.build();
        assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
        stderr
    }

    /// A built page's content.
    fn built(&self, page: &str) -> String {
        let (code, _, stderr) = self.build();
        assert_eq!(code, 0, "{stderr}");
        let html = fs::read_to_string(self.path("out").join(page)).unwrap();
        let (_, html) = html.split_once("<main>").unwrap();
        let (html, _) = html.split_once("</main>").unwrap();
        html.to_owned()
    }

    /// A script of the built book, by how its hashed name begins.
    fn script(&self, start: &str) -> String {
        let mut files = fs::read_dir(self.path("out")).unwrap();
        let script = files.find_map(|file| {
            let name = file.unwrap().file_name().into_string().unwrap();
            (name.starts_with(start) && name.ends_with(".js")).then_some(name)
        });
        fs::read_to_string(self.path("out").join(script.unwrap())).unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => fs::write(target, fs::read(entry.path()).unwrap()).unwrap(),
        }
    }
}

/// The part of a page from one text up to another.
fn part<'a>(html: &'a str, from: &str, to: &str) -> &'a str {
    let start = html.find(from).unwrap();
    let end = start + html[start..].find(to).unwrap() + to.len();
    &html[start..end]
}

/// A widget, whose bytes mdBook has not laid out, on lines that can be read.
fn laid_out(html: &str) -> String {
    let mut out = html.to_owned();
    for start in ["<ol", "<li", "<dl", "<div", "<dt", "<dd"] {
        out = out.replace(&format!(">{start}"), &format!(">\n{start}"));
    }
    out
}

mod widgets {
    use super::*;

    #[test]
    fn a_transcript_is_a_figure() {
        let html = Book::new().built("00-hello.html");
        assert_snapshot!(laid_out(part(&html, "<figure", "</figure>")));
    }

    #[test]
    fn a_question_is_a_form() {
        let html = Book::new().built("00-hello.html");
        assert_snapshot!(part(&html, "<form", "</form>"));
    }

    #[test]
    fn proofs_are_a_table() {
        let html = Book::new().built("00-hello.html");
        let table = part(&html, "<div class=\"sp-scroll\">", "</table>");
        assert_snapshot!(laid_out(table));
    }

    #[test]
    fn what_the_libraries_do_is_a_table() {
        let html = Book::new().built("00-hello.html");
        assert_snapshot!(part(&html, "<table class=\"sp-libraries\">", "</table>"));
    }

    #[test]
    fn no_id_stands_twice_on_a_page() {
        let fence = "\n```transcript\n{{#include ../../exercises/00-hello/tests/snapshots/\
                     step_2_answer__upgrades.snap:4:}}\n```\n";
        let book = Book::new().append(PAGE, fence);
        let html = book.built("00-hello.html");
        assert_eq!(html.matches("<figcaption>").count(), 2);
        assert_eq!(
            html.matches("id=\"wire-step_2_answer__upgrades\"").count(),
            1
        );
    }

    #[test]
    fn without_a_deviation_the_libraries_are_a_sentence() {
        let book = Book::new().write(
            "tests/oracles/other/oracle.toml",
            "name = \"other\"\nlanguage = \"Python\"\nversion = \"1.2\"\n[serves]\nhello = \"x\"\n",
        );
        let html = book.built("00-hello.html");
        assert_snapshot!(part(&html, "<p class=\"sp-libraries\">", "</p>"));
    }
}

mod pages {
    use super::*;

    #[test]
    fn included_code_starts_at_the_margin() {
        let html = Book::new().built("00-hello.html");
        let code = part(&html, "<code class=\"language-rust\">", "</code>");
        assert_snapshot!(code);
    }

    #[test]
    fn an_include_leads_to_something() {
        let book = Book::new().append(
            INTRODUCTION,
            "\n```rust\n{{#include nowhere.rs}}\n```\n\n\
             ```rust\n{{#include ../../exercises/00-hello/tests/proof.rs:nothing}}\n```\n\n\
             ```rust\n{{#include ../../exercises/00-hello/tests/proof.rs:900:}}\n```\n",
        );
        assert_snapshot!(book.faults());
    }

    #[test]
    fn a_link_leads_to_something() {
        let book = Book::new()
            .append(
                INTRODUCTION,
                "\n[a page](nowhere.md)\n[a fragment](00-hello.md#nothing)\n[here](#nothing)\n\
                 ![a picture](nowhere.svg)\n[fine](https://example.org/#nothing)\n",
            )
            .replace(QUIZ, "#the-wire", "#nothing");
        assert_snapshot!(book.faults());
    }

    #[test]
    fn a_block_holds_something() {
        let book = Book::new().append(
            INTRODUCTION,
            "\n```rust\n```\n\n~~~text\n  \n~~~\n\n```quiz\n```\n\n```rust\nlet open = 1;\n",
        );
        assert_snapshot!(book.faults());
    }

    #[test]
    fn a_warning_of_mdbook_is_a_fault() {
        let book = Book::new().append(INTRODUCTION, "\nText <b>that ends.\n\nAnd </i> more.\n");
        assert_snapshot!(book.faults());
    }

    #[test]
    fn the_summary_lists_all_pages_and_no_others() {
        let book = Book::new().write("book/src/lost.md", "# Lost\n");
        assert_snapshot!("lost", book.faults());
        let book = Book::new().append("book/src/SUMMARY.md", "- [Later](later.md)\n");
        assert_snapshot!("missing", book.faults());
    }

    #[test]
    fn the_settings_are_known_ones() {
        let book = Book::new().append("book/book.toml", "\n[output.html.nonsense]\nx = 1\n");
        assert_snapshot!(book.faults());
    }
}

mod repairs {
    use super::*;

    #[test]
    fn pages_are_good_to_everybody() {
        let book = Book::new();
        assert_eq!(book.build().0, 0);
        let page = fs::read_to_string(book.path("out/00-hello.html")).unwrap();
        assert_eq!(page.matches("<h1").count(), 1);
        assert_eq!(page.matches("<label id=").count(), 0);
        assert_eq!(page.matches("role=\"banner\"").count(), 1);
        assert_eq!(page.matches("class=\"theme\"").count(), 3);
        assert!(page.contains("aria-label=\"Previous chapter: Introduction\""));
        assert!(!book.script("book-").contains("onunload"));
    }

    #[test]
    fn a_search_finds_words_and_not_bytes() {
        let book = Book::new();
        let html = book.built("00-hello.html");
        assert!(html.contains("masking key") && html.contains("half a li"));
        let index = book.script("searchindex-").to_lowercase();
        assert!(index.contains("a key is answered with 101"));
        assert!(index.contains("two_clients"));
        for unindexed in ["masking key", "half a li"] {
            assert!(!index.contains(unindexed), "{unindexed}");
        }
    }

    #[test]
    fn one_that_finds_no_place_is_a_fault() {
        let book = Book::new();
        fs::create_dir(book.path("book/theme")).unwrap();
        let book = book.write(
            "book/theme/index.hbs",
            "<title>{{ title }}</title><div id=\"mdbook-menu-bar\"></div>{{{ content }}}",
        );
        let faults = book.faults();
        let first = faults.lines().next().unwrap();
        assert_snapshot!(first);
    }
}

mod transcripts {
    use super::*;

    #[test]
    fn none_is_typed() {
        let book = Book::new().append(
            INTRODUCTION,
            "\n```text\nC→S text \"hi\" masked\n- S→C text \"hi\"\n```\n\n\
             ```transcript\nann→S text \"hi\"\n```\n\nS→ann close 1000\n\n\
             In prose `C→S` is a direction.\n",
        );
        assert_snapshot!(book.faults());
    }

    #[test]
    fn each_is_a_snapshot_from_its_fourth_line() {
        let include = "{{#include ../../exercises/00-hello/tests/snapshots/\
                       step_2_answer__upgrades.snap";
        let book = Book::new().append(
            INTRODUCTION,
            &format!(
                "\n```transcript\n{include}}}}}\n```\n\n\
                 ```transcript\n{{{{#include 00-hello.md:4:}}}}\n```\n\n\
                 ```transcript\n{include}x:4:}}}}\n```\n\n\
                 ```text\n{include}:4:}}}}\n```\n"
            ),
        );
        assert_snapshot!(book.faults());
    }

    #[test]
    fn what_stands_open_exists() {
        let book = Book::new().replace(PAGE, "open=4", "open=1");
        assert_snapshot!("no_bytes", book.faults());
        let book = Book::new().replace(PAGE, "open=4", "closed");
        assert_snapshot!("other_word", book.faults());
    }
}

mod recordings {
    use super::*;

    const UPGRADES: &str = "step_2_answer__upgrades";

    #[test]
    fn each_is_shown() {
        let book = Book::new().replace(PAGE, "## Proofs\n\n```proofs\nhello\n```\n", "");
        let book = book.replace(INTRODUCTION, "#proof-step_2_answer__upgrades", "");
        let book = book.remove("tests/oracles/other/oracle.toml");
        assert_snapshot!(book.faults());
    }

    #[test]
    fn each_has_a_test_and_each_test_has_one() {
        let book = Book::new().replace(PROOFS, "fn upgrades()", "fn upgrades_all()");
        assert_snapshot!(book.faults());
    }

    #[test]
    fn a_proof_says_what_it_shows_and_stands_in_a_step() {
        let book = Book::new()
            .replace(PROOFS, "    /// The sample of the RFC.\n", "")
            .replace(
                "exercises/00-hello/Cargo.toml",
                "id = \"step_2_answer\"",
                "id = \"step_2\"",
            );
        assert_snapshot!(book.faults());
    }

    #[test]
    fn its_bytes_are_there_and_fit() {
        let bytes = format!("{SNAPSHOTS}/{UPGRADES}.bytes.jsonl");
        let book = Book::new().remove(&bytes);
        assert_snapshot!("missing", book.faults());
        let book = Book::new().append(&format!("{SNAPSHOTS}/{UPGRADES}.snap"), "S→C closed\n");
        assert_snapshot!("fewer", book.faults());
        let book = Book::new().append(
            &bytes,
            "{\"from\":\"\",\"kind\":\"note\",\"lines\":1,\"hex\":\"\"}\n",
        );
        assert_snapshot!("more", book.faults());
        let book = Book::new().append(&bytes, "{\"from\":1}\n");
        assert_snapshot!("unreadable", book.faults());
    }

    #[test]
    fn an_oracle_deviates_from_what_exists() {
        let book = Book::new().replace(
            "tests/oracles/other/oracle.toml",
            "step_2_answer::strict::two_clients",
            "step_2_answer::three_clients",
        );
        assert_snapshot!(book.faults());
    }
}

mod questions {
    use super::*;

    #[test]
    fn each_is_asked_once_and_on_its_page() {
        let book = Book::new()
            .replace(PAGE, "who_speaks\n", "who_speaks\nwho_listens\nwho_speaks\n")
            .append(INTRODUCTION, "\n```quiz\nwho_speaks\n```\n")
            .append(QUIZ, "\n[[question]]\nid = \"unasked\"\nprompt = \"?\"\n\n[[question.option]]\ntext = \"yes\"\ncorrect = true\n");
        assert_snapshot!(book.faults());
    }

    #[test]
    fn each_has_one_right_option_and_reasons() {
        let book = Book::new().replace(QUIZ, "correct = true\n", "why = \"\"\n");
        assert_snapshot!("none_right", book.faults());
        let book = Book::new().replace(QUIZ, "why = \"In", "correct = true\nwhy = \"In");
        assert_snapshot!("two_right", book.faults());
        let book = book.replace(QUIZ, "prompt", "several = true\nprompt");
        assert!(book.built("00-hello.html").contains("type=\"checkbox\""));
    }

    #[test]
    fn each_stands_in_its_file_once() {
        let text = fs::read_to_string(Book::new().path(QUIZ)).unwrap();
        assert_snapshot!("twice", Book::new().append(QUIZ, &text).faults());
        let book = Book::new().replace(QUIZ, "prompt =", "promt =");
        assert_snapshot!("misspelt", book.faults());
    }
}

mod command {
    use super::*;

    #[test]
    fn help_says_what_there_is() {
        let output = cargo_bin_cmd!("workbook").arg("--help").output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert_snapshot!(String::from_utf8(output.stdout).unwrap());
    }

    #[test]
    fn misuse_is_told_from_refusal() {
        for (name, arguments) in [
            ("another_command", "nonsense"),
            ("no_number", "--port many"),
            ("another_commands_option", "build --port 0"),
        ] {
            let assert = cargo_bin_cmd!("workbook")
                .args(arguments.split(' '))
                .assert()
                .code(2)
                .stdout("");
            let stderr = String::from_utf8_lossy(&assert.get_output().stderr);
            assert_snapshot!(name, stderr);
        }
    }

    #[test]
    fn a_good_book_is_built() {
        let (code, stdout, stderr) = Book::new().build();
        assert_eq!((code, stderr.as_str()), (0, ""));
        assert_snapshot!(stdout);
    }

    #[test]
    fn all_faults_of_a_build_are_said_at_once() {
        let book = Book::new()
            .append(
                INTRODUCTION,
                "\n[a page](nowhere.md) <b>bold\n\n```rust\n```\n",
            )
            .replace(QUIZ, "correct = true\n", "")
            .replace(PROOFS, "fn the_sample()", "fn another_sample()");
        assert_snapshot!(book.faults());
    }

    #[test]
    fn a_folder_with_something_else_is_left_alone() {
        let book = Book::new();
        fs::create_dir(book.path("out")).unwrap();
        let book = book.write("out/thesis.txt", "years of work");
        let (code, _, stderr) = book.build();
        assert_eq!(code, 2);
        assert_snapshot!(stderr);
        assert!(book.path("out/thesis.txt").is_file());
    }

    #[test]
    fn a_second_build_takes_the_place_of_the_first() {
        let book = Book::new();
        assert_eq!(book.build().0, 0);
        let book = book.append(INTRODUCTION, "\nNews.\n");
        assert!(book.built("introduction.html").contains("News."));
    }

    #[test]
    fn a_recorded_conversation_is_one_file_and_replaces_none() {
        let book = Book::new();
        let file = book.path("talk.html");
        let record = |proof: &str| {
            let out = file.to_str().unwrap();
            let (code, _, stderr) = book.workbook(&["record", "hello", proof, "--out", out]);
            (code, stderr.replace(out, "talk.html"))
        };
        assert_snapshot!("no_such_proof", record("upgraded").1);
        assert_snapshot!("several_proofs", record("step_2").1);
        assert_eq!(record("the_sample"), (0, String::new()));
        let page = fs::read_to_string(&file).unwrap();
        assert!(page.contains("<h1>the sample</h1>"), "{page}");
        for other in [" src=", "@import", "href=\"..", "url("] {
            assert!(!page.contains(other), "{other}");
        }
        let again = record("the_sample");
        assert_eq!(again.0, 2);
        assert_snapshot!("a_file_is_there", again.1);
        assert_eq!(fs::read_to_string(&file).unwrap(), page);
    }

    #[test]
    fn outside_a_workbook_it_says_so() {
        let empty = tempfile::tempdir().unwrap();
        let output = cargo_bin_cmd!("workbook")
            .arg("build")
            .current_dir(empty.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let stderr = String::from_utf8(output.stderr).unwrap();
        let folder = empty.path().canonicalize().unwrap();
        assert_snapshot!(stderr.replace(&folder.display().to_string(), "FOLDER"));
    }

    #[test]
    fn an_exercise_that_is_not_named_is_asked_for() {
        let (code, _, stderr) = Book::new().workbook(&["accept"]);
        assert_eq!(code, 2);
        assert_snapshot!(stderr);
    }

    #[test]
    fn an_exercise_that_is_none_is_named() {
        let (code, _, stderr) = Book::new().workbook(&["accept", "handshake"]);
        assert_eq!(code, 2);
        assert_snapshot!(stderr);
    }
}
