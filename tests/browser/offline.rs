//! A copy of the book on a disk, opened without a server.

use std::path::Path;
use std::process::Command;

use super::{Tools, assert_none};
use crate::cdp::Page;

/// A built book, and a page at it.
fn copy() -> Option<(tempfile::TempDir, String, Page)> {
    let tools = Tools::find()?;
    let dir = tempfile::tempdir().unwrap();
    let built = Command::new(env!("CARGO_BIN_EXE_workbook"))
        .arg("build")
        .arg("--out")
        .arg(dir.path())
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");
    let home = format!("file://{}/", dir.path().display());
    let mut page = Page::open(&tools.chromium);
    page.resize(1280, 900);
    page.prefer("light");
    Some((dir, home, page))
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn a_copy_on_a_disk_is_whole() {
    let Some((_dir, home, mut page)) = copy() else {
        return;
    };
    page.visit(&format!("{home}02-handshake.html"));

    page.click(".sp-wire .sp-play");
    page.press("ArrowRight");
    assert!(page.text(".sp-wire [role=status]").starts_with("2 of "));

    page.click(".sp-option[data-right]");
    page.click(".sp-check button");
    assert_eq!(page.text(".sp-check [role=status]"), "Right.");

    page.click(".sp-accept input");
    page.fill("x3JJHMbDL1EzLkh9GBhXDw==");
    page.until(
        "document.querySelector('.sp-accept [name=accept]').value === 'HSmrc0sMlYUkAGmm5OPpG2HaGWk='",
    );

    // A proof's page can't be fetched from a disk: its lines stand there, and the link works.
    let row = "#proof-step_2_answer__upgrades";
    page.click(&format!("{row} summary"));
    assert_eq!(
        page.eval(&format!(
            "document.querySelector('{row} .sp-small').checkVisibility()"
        )),
        true
    );
    assert_none(&page.complaints(&home));
    page.follow(&format!("{row} .sp-replay a"));
    page.until("document.querySelector('.sp-steps')");
    assert_none(&page.complaints(&home));

    page.visit(&format!("{home}index.html"));
    page.click("#mdbook-search-toggle");
    page.until(
        "!document.querySelector('#mdbook-searchbar-outer').classList.contains('searching')",
    );
    page.fill("handshake");
    page.press("ArrowDown");
    page.until("document.querySelectorAll('#mdbook-searchresults li').length > 0");
    page.follow("#mdbook-searchresults a");
    page.until("document.querySelector('main h1, main h2')");
    assert_none(&page.complaints(&home));
}
