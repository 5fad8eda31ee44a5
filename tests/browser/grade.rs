//! The pages of a graded class, as people open them: from a file.

use crate::cdp::Page;
use crate::support::{SOLVED, Workbook};
use crate::{SIZES, THEMES, TOO_WIDE, Tools, assert_none, violations};

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn a_report_is_accessible_and_fits() {
    let Some(tools) = Tools::find() else {
        return;
    };
    let workbook = Workbook::new();
    for (student, text) in [
        ("ada", SOLVED.to_owned()),
        ("bob", SOLVED.replace("hello {name}", "hullo {name}")),
        ("cy", "fn broken(".to_owned()),
        (
            "<script>document.title = 'owned'</script>",
            SOLVED.to_owned() + "//\n",
        ),
    ] {
        let file = student.replace('/', "_");
        workbook.write(&format!("class/{file}/00-hello/src/lib.rs"), &text);
    }
    let feedback = "minutes = 42\nhard = \"<b onclick=alert(1)>names</b>\"\n";
    workbook.write("class/ada/00-hello/feedback.toml", feedback);
    let graded = ["grade", "class", "--out", "report", "--sandbox", "none"];
    let said = workbook.workbook(&graded);
    assert_eq!(said.code, 0, "{said:?}");

    let mut page = Page::open(&tools.chromium);
    let mut faults = Vec::new();
    for name in [
        "index.html",
        "students/bob/index.html",
        "students/cy/index.html",
    ] {
        let url = format!("file://{}", workbook.path("report").join(name).display());
        for theme in THEMES {
            for (width, height) in SIZES {
                page.resize(width, height);
                page.prefer(theme);
                page.visit(&url);
                let at = format!("{name}, {theme}, {width}");
                let title = page.eval("document.title").to_string();
                assert!(!title.contains("owned"), "{at}: {title}");
                page.eval("document.querySelectorAll('details').forEach((d) => d.open = true)");
                let found = page.eval(TOO_WIDE);
                let found: Vec<String> = serde_json::from_value(found).unwrap();
                faults.extend(found.iter().map(|fault| format!("{at}: too wide: {fault}")));
                let found = violations(&mut page, "html", &tools);
                faults.extend(found.iter().map(|fault| format!("{at}: {fault}")));
            }
        }
    }
    assert_none(&faults);
}
