//! A class of students who attack. Each attack is a test: it gains no point,
//! harms nobody, and stalls nothing. All are graded in one run, beside two
//! honest students who must not notice.

use std::fs;
use std::net::TcpListener;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use tar::EntryType;

use crate::classes::{Class, Report, root, source, tar_gz, zip};

const LIB: &str = "exercises/00-line/src/lib.rs";

/// Short enough for a test; long enough for an honest program on a slow machine.
const CLASS: &str = "\
title = \"=HYPERLINK(1) <script>alert(1)</script>\"
exercises = [\"line\"]
[limits]
seconds = 15
cpu_seconds = 3
compile_seconds = 8
";

/// What is on this machine, and must stay there.
const SECRET: &str = "the-examiner-keeps-this";

struct Hostile {
    class: Class,
    report: Report,
    took: Duration,
    /// What reached out to the network of this machine.
    visits: usize,
}

static HOSTILE: LazyLock<Hostile> = LazyLock::new(Hostile::new);

/// The solution, with this done before the first client is served.
fn solution_that(does: &str) -> String {
    let solution = source("solutions/00-line/src/lib.rs");
    let serve = "pub async fn serve(listener: TcpListener, limits: Limits) -> io::Result<()> {";
    assert_eq!(solution.matches(serve).count(), 1);
    solution.replace(serve, &format!("{serve}\n    attack();"))
        + "\nfn attack() {\n"
        + does
        + "\n}\n"
}

/// The starting point, with this done first.
fn stub_that(does: &str) -> String {
    let stub = source("exercises/00-line/start/lib.rs");
    let serve = "pub async fn serve(listener: TcpListener, limits: Limits) -> io::Result<()> {";
    assert_eq!(stub.matches(serve).count(), 1);
    stub.replace(serve, &format!("{serve}\n    attack();")) + "\nfn attack() {\n" + does + "\n}\n"
}

/// The starting point, with this beside it.
fn stub_and(items: &str) -> String {
    source("exercises/00-line/start/lib.rs") + items
}

impl Hostile {
    fn new() -> Hostile {
        let class = Class::new(CLASS);
        let outside = TcpListener::bind("127.0.0.1:0").expect("a listener");
        outside.set_nonblocking(true).expect("a listener");
        let port = outside.local_addr().expect("an address").port();
        class.write("secret.txt", SECRET);
        let secret = class.path("secret.txt").display().to_string();
        let evidence = class.path("evidence").display().to_string();
        programs(&class, &secret, &evidence, port);
        sources(&class, &secret);
        files(&class, &secret);
        archives(&class);
        let solution = source("solutions/00-line/src/lib.rs");
        for honest in ["a-neighbour", "z-neighbour"] {
            class.hands_in(honest, LIB, &solution);
        }
        let started = Instant::now();
        // No more: beside those that spin, the honest ones must end in time.
        let report = class.graded("report", &["--jobs", "2", "--seed", "7"]);
        let took = started.elapsed();
        let visits = std::iter::from_fn(|| outside.accept().ok()).count();
        Hostile {
            class,
            report,
            took,
            visits,
        }
    }
}

/// Programs that do harm while they run.
fn programs(class: &Class, secret: &str, evidence: &str, port: u16) {
    let fill = format!(
        "for place in [concat!(\"/tmp\", \"/fill\"), \"/dev/shm/fill\", \"fill\", \"/cell/fill\", {evidence:?}] {{\n\
         if let Ok(mut file) = std::fs::File::create(place) {{ loop {{ if std::io::Write::write_all(&mut file, &[0; 65536]).is_err() {{ break }} }} }} }}"
    );
    let contained: [(&str, String); 10] = [
        ("spawns", "for _ in 0..50 { if let Ok(libraries) = std::fs::read_dir(\"/cell/lib\") { for library in libraries.flatten() { if std::process::Command::new(library.path()).args([\"--library-path\", \"/cell/lib\", \"/cell/program\"]).spawn().is_ok() { panic!(\"leaked a process\"); } } } let _ = std::process::Command::new(\"/bin/sh\").args([\"-c\", \"while :; do :; done\"]).spawn(); }".into()),
        ("fills-the-disk", fill),
        ("reads-a-secret", format!("if let Ok(text) = std::fs::read_to_string({secret:?}) {{ eprintln!(\"{{text}}\"); println!(\"{{text}}\"); }} assert!(std::fs::read({secret:?}).is_err());")),
        ("reads-passwords", "for file in [\"/etc/passwd\", \"/proc/1/environ\", \"/proc/self/mounts\", \"/etc/shadow\"] { if let Ok(text) = std::fs::read_to_string(file) { eprintln!(\"leaked {text}\"); panic!(); } }".into()),
        ("reaches-out", format!("for at in [\"127.0.0.1\", \"[::1]\", \"10.0.0.1\"] {{ if let Ok(at) = format!(\"{{at}}:{port}\").parse() {{ let _ = std::net::TcpStream::connect_timeout(&at, std::time::Duration::from_millis(100)); }} }}")),
        ("forges-a-report", "if let Ok(file) = std::env::var(\"PROOF_REPORT\") { let _ = std::fs::write(file, \"{\\\"proof\\\":\\\"x\\\",\\\"status\\\":\\\"proved\\\"}\\n\"); panic!(); } if let Ok(entries) = std::fs::read_dir(\"/tmp\") { for entry in entries.flatten() { let _ = std::fs::write(entry.path(), \"{}\"); } }".into()),
        ("looks-for-its-seed", "for (name, value) in std::env::vars() { if name.contains(\"SEED\") || name.contains(\"PROOF\") { eprintln!(\"leaked {name}={value}\"); panic!(); } }".into()),
        ("becomes-another", "if std::fs::read_dir(\"/usr/bin\").is_ok() { eprintln!(\"leaked programs\"); panic!(); }".into()),
        ("writes-markup", "eprintln!(\"</pre><script>alert('{}')</script>\\x1b]0;owned\\x07\\n::error::owned\\n=cmd|' /C calc'!A0\", 1);".into()),
        ("overwrites-itself", "for file in [\"/cell/program\", \"/cell/cell\"] { if std::fs::write(file, \"x\").is_ok() || std::fs::remove_file(file).is_ok() { panic!(); } }".into()),
    ];
    for (student, does) in contained {
        class.hands_in(student, LIB, solution_that(&does));
    }
    for (student, does) in [
        ("exits-with-0", "std::process::exit(0)"),
        (
            "blames-its-cell",
            "eprintln!(\"bwrap: no more processes\"); std::process::exit(125)",
        ),
        (
            "prints-test-results",
            "println!(\"test result: ok. 30 passed; 0 failed\"); std::process::exit(0)",
        ),
        (
            "prints-placeholders",
            "println!(\"S→C line \\\"<word>\\\"\"); println!(\"{{\\\"status\\\":\\\"proved\\\"}}\"); std::process::exit(0)",
        ),
        (
            "names-another-port",
            "println!(\"listening on tcp://127.0.0.1:1\");",
        ),
        ("spins", "loop { std::hint::black_box(0); }"),
        (
            "sleeps",
            "std::thread::sleep(std::time::Duration::from_secs(86_400))",
        ),
        (
            "spins-on-every-core",
            "for _ in 0..64 { std::thread::spawn(|| loop { std::hint::black_box(0); }); } loop { std::hint::black_box(0); }",
        ),
        (
            "takes-all-memory",
            "let mut all: Vec<Vec<u8>> = Vec::new(); loop { all.push(vec![1; 1 << 24]); }",
        ),
        (
            "starts-threads",
            "loop { let _ = std::thread::Builder::new().stack_size(65_536).spawn(|| std::thread::park()); }",
        ),
        (
            "floods",
            "let line = [b'x'; 65_536]; loop { let _ = std::io::Write::write_all(&mut std::io::stdout(), &line); let _ = std::io::Write::write_all(&mut std::io::stderr(), &line); }",
        ),
        (
            "overflows-its-stack",
            "fn deep(n: u64) -> u64 { if n == u64::MAX { 0 } else { deep(n + 1) + n } } std::hint::black_box(deep(0));",
        ),
    ] {
        class.hands_in(student, LIB, stub_that(does));
    }
    let replay = "\nfn answers() -> &'static [u8] { b\"hello\\nhello\\n\" }\n";
    let replays = source("exercises/00-line/start/lib.rs").replace(
        "todo!(\"step 1: send each line of {stream:?} back\")",
        "tokio::io::AsyncWriteExt::write_all(&mut { stream }, answers()).await",
    ) + replay;
    class.hands_in("replays", LIB, replays);
}

/// Sources that do harm while they are compiled.
fn sources(class: &Class, secret: &str) {
    let record = root()
        .join("exercises/00-line/tests/proof.rs")
        .display()
        .to_string();
    for (student, items) in [
        ("includes-a-secret", format!("\npub const S: &str = include_str!({secret:?});\n")),
        ("includes-the-proofs", format!("\npub const S: &str = include_str!({record:?});\n")),
        ("includes-by-a-path", "\npub const S: &str = include_str!(\"../tests/proof.rs\");\n".into()),
        ("includes-a-module", format!("\n#[path = {secret:?}]\npub mod secret;\n")),
        ("asks-the-environment", "\npub const S: &str = env!(\"HOME\");\n".into()),
        ("is-unsafe", "\npub fn f() { unsafe { std::hint::unreachable_unchecked() } }\n".into()),
        ("allows-itself-unsafe", "\n#[allow(unsafe_code)]\npub mod m { #[unsafe(no_mangle)] pub extern \"C\" fn write() {} }\n".into()),
        ("runs-before-main", "\n#[used]\n#[unsafe(link_section = \".init_array\")]\npub static INIT: extern \"C\" fn() = { extern \"C\" fn f() { std::process::exit(0) } f };\n".into()),
        ("includes-in-assembly", format!("\nstd::arch::global_asm!(\".incbin \\\"{secret}\\\"\");\n")),
        ("computes-for-ever", "\n#[allow(long_running_const_eval)]\npub const N: u64 = { let mut n = 0u64; loop { n = n.wrapping_add(1); if n == u64::MAX { break n } } };\n".into()),
        ("is-huge", "\npub static HUGE: [u8; 1 << 40] = [1; 1 << 40];\n".into()),
        ("grows", format!("\nmacro_rules! grow {{ ($($t:tt)*) => {{ grow!($($t)* $($t)* x); }} }}\n#[allow(dead_code)]\n#[recursion_limit = \"100000\"]\npub fn g() {{ grow!({}); }}\n", "x ".repeat(64))),
        ("asks-for-nightly", "\n#![feature(rustc_private)]\nextern crate rustc_driver;\n".into()),
        ("takes-the-solution", "\npub use line_solution::serve as theirs;\n".into()),
    ] {
        class.hands_in(student, LIB, stub_and(&items));
    }
}

/// What lies beside the sources, or instead of them.
fn files(class: &Class, secret: &str) {
    let stub = stub_and("\n// changed\n");
    let bring = |student: &str, files: &[(&str, &str)]| {
        class.hands_in(student, LIB, &stub);
        for (file, text) in files {
            class.hands_in(student, file, text);
        }
    };
    bring(
        "brings-cargo-config",
        &[
            (
                ".cargo/config.toml",
                "[build]\nrustc-wrapper = \"/bin/true\"\n[target.x86_64-unknown-linux-gnu]\nrunner = \"/bin/true\"\n",
            ),
            (
                "exercises/00-line/.cargo/config.toml",
                "[build]\nrustc-wrapper = \"/bin/true\"\n",
            ),
            ("rust-toolchain.toml", "[toolchain]\npath = \"/tmp\"\n"),
        ],
    );
    bring(
        "brings-a-build-script",
        &[
            (
                "exercises/00-line/build.rs",
                "fn main() { std::process::exit(0) }",
            ),
            (
                "exercises/00-line/Cargo.toml",
                "[package]\nname = \"line\"\nbuild = \"build.rs\"\n[[test]]\nname = \"proof\"\nharness = false\n",
            ),
        ],
    );
    let answers = "fn main() { println!(\"listening on tcp://127.0.0.1:1\") }";
    bring(
        "brings-its-own-main",
        &[
            ("exercises/00-line/src/main.rs", answers),
            ("exercises/00-line/src/bin/line.rs", answers),
        ],
    );
    bring(
        "brings-its-own-proofs",
        &[
            ("exercises/00-line/tests/proof.rs", "#[test] fn ok() {}"),
            (".config/insta.yaml", "behavior:\n  force_pass: true\n"),
            (
                "exercises/00-line/tests/snapshots/step_1_reply__a_line.snap",
                "",
            ),
        ],
    );
    bring(
        "brings-a-target",
        &[("target/debug/line", "#!/bin/sh\necho ok\n")],
    );
    for (student, link) in [
        ("links-to-a-secret", secret),
        (
            "links-to-a-neighbour",
            "../../../../a-neighbour/exercises/00-line/src/lib.rs",
        ),
    ] {
        let path = class.submissions().join(student).join(LIB);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        symlink(link, path).expect("a link");
    }
    let folder = class.submissions().join("links-a-folder/exercises/00-line");
    fs::create_dir_all(&folder).expect("a folder");
    symlink(root().join("solutions/00-line/src"), folder.join("src")).expect("a link");
    symlink(
        class.submissions().join("a-neighbour"),
        class.submissions().join("links-itself"),
    )
    .expect("a link");
    let path = class.submissions().join("links-hard").join(LIB);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::hard_link(secret, path).expect("a link");
    let path = class.submissions().join("is-a-pipe").join(LIB);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &path,
        rustix::fs::FileType::Fifo,
        0o644.into(),
        0,
    )
    .expect("a pipe");
    class.hands_in("is-too-long", LIB, vec![b' '; 2 << 20]);
    class.hands_in("is-no-text", LIB, [0xff, 0xfe, 0x00]);
    class.hands_in("is-there-twice", LIB, &stub);
    class.hands_in("is-there-twice", "copy/00-line/src/lib.rs", &stub);
    class.hands_in("is-there-twice", "other/00-line/src/lib.rs", &stub);
    fs::remove_dir_all(class.submissions().join("is-there-twice/exercises")).expect("a folder");
    class.hands_in("has-an-odd-name", LIB, &stub);
    let odd = std::ffi::OsStr::from_bytes(b"\xff\xfe.rs");
    let odd = class
        .submissions()
        .join("has-an-odd-name/exercises/00-line/src")
        .join(odd);
    fs::write(odd, "x").expect("a file");
    let mut deep = String::from("is-deep");
    for _ in 0..60 {
        deep.push_str("/d");
    }
    class.write(&format!("submissions/{deep}/x"), "");
    // Names that mean something elsewhere.
    class.hands_in("=cmd|calc!A0", LIB, &stub);
    class.hands_in("<img src=x onerror=alert(1)>", LIB, &stub);
    class.hands_in("::set-output name=x::y", LIB, &stub);
    class.hands_in(
        "a-neighbour",
        "feedback.toml",
        "minutes = 1e308\nhard = \"<script>alert(2)</script>\"\n",
    );
}

/// Archives that do harm while they are unpacked.
fn archives(class: &Class) {
    let solution = source("solutions/00-line/src/lib.rs");
    let lib = solution.as_bytes();
    let hand_in = |name: &str, bytes: Vec<u8>| class.write(&format!("submissions/{name}"), bytes);
    hand_in(
        "climbs.zip",
        zip(&[(LIB, lib, 0o644), ("../../evidence", b"x", 0o644)]),
    );
    hand_in(
        "is-absolute.tar.gz",
        tar_gz(&[
            (LIB, lib, EntryType::Regular, ""),
            ("/dev/shm/evidence", b"x", EntryType::Regular, ""),
        ]),
    );
    hand_in(
        "links.tar.gz",
        tar_gz(&[(LIB, b"", EntryType::Symlink, "/etc/passwd")]),
    );
    hand_in(
        "links-hard.tar.gz.tar.gz",
        tar_gz(&[(LIB, b"", EntryType::Link, "/etc/passwd")]),
    );
    hand_in("links-zipped.zip", zip(&[(LIB, b"/etc/passwd", 0o120_777)]));
    hand_in(
        "is-a-device.tar.gz",
        tar_gz(&[(LIB, b"", EntryType::Char, "")]),
    );
    hand_in(
        "unpacks-for-ever.tar.gz",
        tar_gz(&[
            ("zeros", &vec![0; 160 << 20], EntryType::Regular, ""),
            (LIB, lib, EntryType::Regular, ""),
        ]),
    );
    hand_in(
        "unpacks-to-much.zip",
        zip(&[(LIB, &vec![b' '; 64 << 20], 0o644)]),
    );
    hand_in("is-no-archive.zip", b"PK\x03\x04 not quite".to_vec());
    hand_in(
        "is-cut-off.tar.gz",
        tar_gz(&[(LIB, lib, EntryType::Regular, "")])[..200].to_vec(),
    );
}

/// A student's score; that the class was graded at all is the first thing.
fn judged(student: &'static str) -> f64 {
    assert!(HOSTILE.report.code() < 2, "{}", HOSTILE.report.said());
    HOSTILE.report.score(student)
}

/// It is graded, and gains nothing.
fn gains_nothing(student: &'static str) {
    assert_eq!(judged(student), 0.0, "{:#}", HOSTILE.report.of(student));
    assert_eq!(HOSTILE.report.status(student), "graded");
}

/// What it tries has no effect: its program is as good as without it.
fn achieves_nothing(student: &'static str) {
    assert_eq!(judged(student), 100.0, "{:#}", HOSTILE.report.of(student));
}

/// It is refused, for this reason.
fn is_refused(student: &'static str, why: &str) {
    assert_eq!(judged(student), 0.0);
    let of = HOSTILE.report.of(student);
    assert_eq!(HOSTILE.report.status(student), "refused", "{of:#}");
    let said = of["output"].as_str().expect("text");
    assert!(said.contains(why), "{said}");
}

/// It is not compiled, for this reason.
fn is_not_compiled(student: &'static str, why: &str) {
    assert_eq!(judged(student), 0.0);
    let of = HOSTILE.report.of(student);
    let said = of["output"].as_str().expect("text");
    assert!(
        said.contains("does not compile") && said.contains(why),
        "{said}"
    );
}

macro_rules! attacks {
    ($($name:ident: $judge:ident($student:literal $(, $why:literal)?);)*) => {
    $(
        #[test]
        #[ignore = "needs bubblewrap"]
        fn $name() {
            $judge($student $(, $why)?);
        }
    )*
        /// Everybody whose attack has a test.
        const ATTACKERS: &[&str] = &[$($student),*];
    };
}

attacks! {
    a_program_that_spawns: achieves_nothing("spawns");
    a_program_that_fills_the_disk: achieves_nothing("fills-the-disk");
    a_program_that_reads_a_secret: achieves_nothing("reads-a-secret");
    a_program_that_reads_passwords: achieves_nothing("reads-passwords");
    a_program_that_reaches_out: achieves_nothing("reaches-out");
    a_program_that_forges_a_report: achieves_nothing("forges-a-report");
    a_program_that_looks_for_its_seed: achieves_nothing("looks-for-its-seed");
    a_program_that_becomes_another: achieves_nothing("becomes-another");
    a_program_that_writes_markup: achieves_nothing("writes-markup");
    a_program_that_overwrites_itself: achieves_nothing("overwrites-itself");
    a_program_that_exits_with_0: gains_nothing("exits-with-0");
    a_program_that_blames_its_cell: gains_nothing("blames-its-cell");
    a_program_that_prints_test_results: gains_nothing("prints-test-results");
    a_program_that_prints_placeholders: gains_nothing("prints-placeholders");
    a_program_that_names_another_port: gains_nothing("names-another-port");
    a_program_that_replays: gains_nothing("replays");
    a_program_that_spins: gains_nothing("spins");
    a_program_that_sleeps: gains_nothing("sleeps");
    a_program_that_spins_on_every_core: gains_nothing("spins-on-every-core");
    a_program_that_takes_all_memory: gains_nothing("takes-all-memory");
    a_program_that_starts_threads: gains_nothing("starts-threads");
    a_program_that_floods: gains_nothing("floods");
    a_program_that_overflows_its_stack: gains_nothing("overflows-its-stack");

    a_source_that_includes_a_secret: is_not_compiled("includes-a-secret", "No such file");
    a_source_that_includes_the_proofs: is_not_compiled("includes-the-proofs", "No such file");
    a_source_that_includes_by_a_path: is_not_compiled("includes-by-a-path", "No such file");
    a_source_that_includes_a_module: is_not_compiled("includes-a-module", "No such file");
    a_source_that_asks_the_environment: is_not_compiled("asks-the-environment", "not defined");
    a_source_that_is_unsafe: is_not_compiled("is-unsafe", "unsafe");
    a_source_that_allows_itself_unsafe: is_not_compiled("allows-itself-unsafe", "forbid");
    a_source_that_runs_before_main: is_not_compiled("runs-before-main", "unsafe");
    a_source_that_includes_in_assembly: is_not_compiled("includes-in-assembly", "unsafe");
    a_source_that_computes_for_ever: is_not_compiled("computes-for-ever", "compile limit");
    a_source_that_is_huge: is_not_compiled("is-huge", "");
    a_source_that_grows: is_not_compiled("grows", "");
    a_source_that_asks_for_nightly: is_not_compiled("asks-for-nightly", "");
    a_source_that_takes_the_solution: is_not_compiled("takes-the-solution", "line_solution");

    cargos_configuration_counts_nothing: gains_nothing("brings-cargo-config");
    a_build_script_is_not_run: gains_nothing("brings-a-build-script");
    the_programs_own_file_is_given: gains_nothing("brings-its-own-main");
    proofs_are_ours: gains_nothing("brings-its-own-proofs");
    a_target_folder_is_not_looked_at: gains_nothing("brings-a-target");
    a_link_to_a_secret: is_refused("links-to-a-secret", "is a link");
    a_link_to_a_neighbour: is_refused("links-to-a-neighbour", "is a link");
    a_folder_that_is_a_link: is_refused("links-a-folder", "is a link");
    a_submission_that_is_a_link: is_refused("links-itself", "is a link");
    a_hard_link: is_refused("links-hard", "is a hard link");
    a_pipe: is_refused("is-a-pipe", "no regular file");
    a_long_source: is_refused("is-too-long", "is over 1048576 bytes");
    a_source_that_is_no_text: is_refused("is-no-text", "not UTF-8");
    an_exercise_that_is_there_twice: is_refused("is-there-twice", "more than once");
    a_name_that_is_no_text: is_refused("has-an-odd-name", "is odd");
    folders_without_end: is_refused("is-deep", "folders in each other");

    an_archive_that_climbs: is_refused("climbs", "leads out of it");
    an_archive_with_an_absolute_name: is_refused("is-absolute", "leads out of it");
    an_archive_with_a_link: is_refused("links", "is a link");
    an_archive_with_a_hard_link: is_refused("links-hard.tar.gz", "is a link");
    a_zip_with_a_link: is_refused("links-zipped", "is a link");
    an_archive_with_a_device: is_refused("is-a-device", "no regular file");
    an_archive_that_unpacks_for_ever: is_refused("unpacks-for-ever", "unpacks to more than");
    a_source_that_unpacks_to_much: is_refused("unpacks-to-much", "is over 1048576 bytes");
    a_file_that_is_no_archive: is_refused("is-no-archive", "no good zip");
    an_archive_that_is_cut_off: is_refused("is-cut-off", "");
}

/// Those who attack with their name alone.
const NAMED_ODDLY: usize = 3;

#[test]
#[ignore = "needs bubblewrap"]
fn every_attack_is_a_test() {
    let students = fs::read_dir(HOSTILE.report.folder.join("students"));
    let students = students.expect("a folder").count();
    assert_eq!(students, ATTACKERS.len() + NAMED_ODDLY + 2);
    assert!(ATTACKERS.len() >= 30);
}

#[test]
#[ignore = "needs bubblewrap"]
fn honest_neighbours_notice_nothing() {
    for honest in ["a-neighbour", "z-neighbour"] {
        achieves_nothing(honest);
    }
}

#[test]
#[ignore = "needs bubblewrap"]
fn nothing_gets_out_and_nothing_gets_in() {
    let hostile = &*HOSTILE;
    assert!(hostile.report.code() < 2, "{}", hostile.report.said());
    assert_eq!(
        hostile.visits, 0,
        "somebody has reached this machine's network"
    );
    assert!(!hostile.class.path("evidence").exists());
    for place in ["/dev/shm/evidence", "/dev/shm/fill", "/dev/shm/canary"] {
        assert!(!std::path::Path::new(place).exists(), "{place}");
    }
    let written = hostile.report.everything();
    assert!(!written.contains(SECRET));
    assert!(!written.contains("leaked"));
    let left = fs::read_to_string(hostile.report.folder.join(".work")).expect("a note");
    assert!(!std::path::Path::new(&left).exists(), "{left} is left");
}

#[test]
#[ignore = "needs bubblewrap"]
fn names_and_words_stay_text() {
    let report = &HOSTILE.report;
    for page in [
        "index.html",
        "students/writes-markup/index.html",
        "students/a-neighbour/index.html",
    ] {
        let page = report.read(page);
        assert!(
            !page.contains("<script") && !page.contains("<img"),
            "{page}"
        );
        assert!(!page.contains('\x1b'));
    }
    let grades = report.read("grades.csv");
    assert!(grades.contains("\n'=cmd|calc!A0,"), "{grades}");
    assert!(
        !report.said().lines().any(|line| line.starts_with("::")),
        "{}",
        report.said()
    );
    assert!(!report.read("junit.xml").contains('\x1b'));
}

#[test]
#[ignore = "needs bubblewrap"]
fn nothing_stalls_the_class() {
    let most = Duration::from_secs(300);
    assert!(HOSTILE.took < most, "{:?}", HOSTILE.took);
    println!("{:?}", HOSTILE.took);
}
