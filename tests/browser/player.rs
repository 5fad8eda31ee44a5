//! Transcripts, stepped through.

use std::process::Command;

use serde_json::json;

use super::{assert_none, reader, violations};
use crate::cdp::Page;

const PROOF: &str = "wire-step_3_refuse__another_version";

/// The entry at which the reader is, from 1; 0 if at none.
const AT: &str = "[...figure.querySelectorAll('.sp-events > li')].findIndex(
    (entry) => entry.getAttribute('aria-current') === 'step') + 1";
/// How many entries can be seen.
const SEEN: &str = "[...figure.querySelectorAll('.sp-events > li')].filter(
    (entry) => getComputedStyle(entry).visibility === 'visible').length";
const COUNT: &str = "figure.querySelectorAll('.sp-events > li').length";

/// Goes to chapter 02, and calls one of its transcripts `figure`.
fn at_a_transcript(page: &mut Page, home: &str) -> String {
    let url = format!("{home}02-handshake.html");
    page.visit(&url);
    page.eval(&format!("figure = document.getElementById({PROOF:?}); 0"));
    url
}

fn number(page: &mut Page, what: &str) -> u64 {
    page.eval(what).as_u64().expect(what)
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn a_transcript_is_stepped_through() {
    let Some((book, mut page, _)) = reader() else {
        return;
    };
    let url = at_a_transcript(&mut page, &book.home);
    let count = number(&mut page, COUNT);
    let place = format!("#{PROOF} [role=status]");
    assert_eq!(page.text(&place), format!("{count} entries"));

    page.click(&format!("#{PROOF} [aria-label='Next entry']"));
    assert_eq!(page.text(&place), format!("1 of {count}"));
    page.press("ArrowRight");
    assert_eq!(page.text(&place), format!("2 of {count}"));
    page.press("ArrowLeft");
    page.press("ArrowLeft"); // stays at the first
    assert_eq!(page.text(&place), format!("1 of {count}"));
    let open = "figure.querySelector('[aria-current=step] details').open";
    assert_eq!(page.eval(open), false);
    page.press("Enter");
    assert_eq!(page.eval(open), true);
    page.press("End");
    assert_eq!(page.text(&place), format!("{count} of {count}"));
    assert_eq!(number(&mut page, SEEN), count, "nothing is hidden by it");
    assert_eq!(
        page.eval("location.href"),
        url,
        "the arrows did not turn the page"
    );
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn it_grows_step_by_step() {
    let Some((book, mut page, tools)) = reader() else {
        return;
    };
    at_a_transcript(&mut page, &book.home);
    let count = number(&mut page, COUNT);
    let play = format!("#{PROOF} .sp-play");
    page.click(&play);
    assert_eq!(number(&mut page, SEEN), 1);
    page.press("ArrowRight");
    assert_eq!((number(&mut page, SEEN), number(&mut page, AT)), (2, 2));
    page.press("Enter");
    let open = "figure.querySelectorAll('.sp-events details[open]').length";
    assert_eq!(number(&mut page, open), 1);
    page.press("ArrowLeft");
    assert_eq!((number(&mut page, SEEN), number(&mut page, AT)), (1, 1));
    assert_eq!(number(&mut page, open), 1, "the bytes go with the reader");
    for theme in ["light", "dark"] {
        page.prefer(theme);
        assert_none(&violations(&mut page, "html", &tools));
    }
    page.press("Escape");
    assert_eq!((number(&mut page, SEEN), number(&mut page, AT)), (count, 1));
    assert_eq!(page.text(&play), "Step by step");
    assert_none(&page.complaints(&book.home));
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn a_finger_steps_too() {
    let Some((book, mut page, _)) = reader() else {
        return;
    };
    at_a_transcript(&mut page, &book.home);
    page.click(&format!("#{PROOF} [aria-label='Next entry']"));
    let mut swipe = |by: f64, down: f64| {
        let point = page.eval(
            "(({left, top, width, height}) => [left + width / 2, top + height / 2])(
                figure.querySelector('[aria-current=step]').getBoundingClientRect())",
        );
        let (x, y) = (point[0].as_f64().unwrap(), point[1].as_f64().unwrap());
        let touches = [
            ("touchStart", json!([{"x": x, "y": y}])),
            ("touchMove", json!([{"x": x + by, "y": y + down}])),
            ("touchEnd", json!([])),
        ];
        for (kind, points) in touches {
            let event = json!({"type": kind, "touchPoints": points});
            page.call("Input.dispatchTouchEvent", event);
        }
        number(&mut page, AT)
    };
    assert_eq!(swipe(-120.0, 5.0), 2, "to the left is on");
    assert_eq!(swipe(120.0, 5.0), 1, "to the right is back");
    assert_eq!(swipe(-60.0, 90.0), 1, "who scrolls does not step");
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn a_step_can_be_linked_to() {
    let Some((book, mut page, _)) = reader() else {
        return;
    };
    page.visit(&format!("{}02-handshake.html#{PROOF}-2", book.home));
    page.eval(&format!("figure = document.getElementById({PROOF:?}); 0"));
    assert_eq!(number(&mut page, AT), 2);
    let open = "figure.querySelector('[aria-current=step] details').open";
    assert_eq!(page.eval(open), true);
    page.press("Tab");
    page.click(&format!("#{PROOF} [aria-label='Previous entry']"));
    let link = format!("document.querySelector('#{PROOF} [role=status] a').hash");
    assert_eq!(page.eval(&link), format!("#{PROOF}-1"));
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn a_proof_in_the_table_opens_into_its_bytes() {
    let Some((book, mut page, tools)) = reader() else {
        return;
    };
    page.visit(&format!("{}02-handshake.html", book.home));
    let row = "#proof-step_2_answer__upgrades";
    page.eval(&format!(
        "document.querySelector('{row} details').open = true"
    ));
    page.until(&format!(
        "document.querySelector('{row} .sp-within .sp-steps')"
    ));
    page.eval(&format!(
        "figure = document.querySelector('{row} .sp-within'); 0"
    ));
    page.click(&format!("{row} [aria-label='Next entry']"));
    page.press("Enter");
    let fields = "figure.querySelectorAll('[aria-current=step] .sp-head li').length";
    assert!(number(&mut page, fields) > 3);
    assert_none(&violations(&mut page, "html", &tools));

    // Without scripts its link leads to the same, on a page of its own.
    let link = format!("document.querySelector('{row} .sp-replay a').href");
    let link = page.eval(&link);
    page.visit(link.as_str().unwrap());
    page.until(
        "document.querySelector('h1')?.textContent === 'upgrades' && document.querySelector('.sp-steps')",
    );
    for theme in ["light", "dark"] {
        for (width, height) in super::SIZES {
            page.resize(width, height);
            page.prefer(theme);
            assert_none(&violations(&mut page, "html", &tools));
        }
    }
    assert_none(&page.complaints(&book.home));
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn a_recorded_page_needs_nothing_else() {
    let Some((_book, mut page, tools)) = reader() else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("talk.html");
    let done = Command::new(env!("CARGO_BIN_EXE_workbook"))
        .args(["record", "handshake", "step_2_answer::upgrades", "--out"])
        .arg(&file)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    assert!(done.unwrap().success());
    page.visit(&format!("file://{}", file.display()));
    page.eval("figure = document.querySelector('.sp-wire'); 0");
    page.click(".sp-play");
    page.press("ArrowRight");
    assert_eq!((number(&mut page, SEEN), number(&mut page, AT)), (2, 2));
    let loaded = "performance.getEntriesByType('resource').map(({name}) => name)";
    assert_eq!(page.eval(loaded), json!([]));
    assert_none(&violations(&mut page, "html", &tools));
    assert_none(&page.complaints("file://"));
}
