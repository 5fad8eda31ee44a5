//! Broken programs: each is refused within the bound, and what a learner would
//! then read is on record.

use std::time::{Duration, Instant};

use crate::faults::failure;
use crate::run::{Proofs, broken};

/// Shorter than a learner's, so that this file does not take minutes.
const BOUNDS: [(&str, &str); 3] = [
    ("PROOF_SEED", "1"),
    ("PROOF_STARTUP_MS", "3000"),
    ("PROOF_PATIENCE_MS", "2000"),
];

/// No proof, whatever it meets, takes longer than this: start-up, a few
/// events, and room for a busy machine.
const BOUND: Duration = Duration::from_secs(30);

fn refused(fault: &str, chapter: &str, proof: &str) {
    let program = broken();
    let subject = format!("{program} {fault}");
    let started = Instant::now();
    let outcome = Proofs::of_solution(chapter).run(&subject, &BOUNDS, &["--exact", proof]);
    let took = started.elapsed();
    assert!(took < BOUND, "{fault}: took {took:?}");
    let status = &outcome.reports[proof].status;
    let expected = if fault == "panics-at-todo" {
        "unwritten"
    } else {
        "refused"
    };
    assert_eq!(status, expected, "{fault}\n{}", outcome.stdout);

    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let text = failure(&outcome, proof, &program, "broken");
    settings.bind(|| insta::assert_snapshot!(fault, text));
}

macro_rules! refused {
    ($($test:ident: $fault:literal, $chapter:literal, $proof:literal;)*) => {
        $(#[test] fn $test() { refused($fault, $chapter, $proof); })*
    };
}

refused! {
    never_listens: "never-listens", "01-echo", "step_2_echo::text_comes_back";
    prints_no_address: "prints-no-address", "01-echo", "step_2_echo::text_comes_back";
    exits: "exits", "01-echo", "step_2_echo::text_comes_back";
    listens_nowhere: "listens-nowhere", "01-echo", "step_2_echo::text_comes_back";
    closes_early: "closes-early", "01-echo", "step_2_echo::text_comes_back";
    never_answers: "never-answers", "01-echo", "step_2_echo::text_comes_back";
    dies_when_met: "dies-when-met", "01-echo", "step_2_echo::text_comes_back";
    speaks_first: "speaks-first", "01-echo", "step_1_greet::the_server_speaks_first";
    hangs_after_101: "hangs-after-101", "01-echo", "step_1_greet::the_server_speaks_first";
    trickles: "trickles", "01-echo", "step_1_greet::the_server_speaks_first";
    floods: "floods", "01-echo", "step_2_echo::text_comes_back";
    never_ends_a_frame: "never-ends-a-frame", "01-echo", "step_2_echo::text_comes_back";
    masks_its_frames: "masks-its-frames", "01-echo", "step_2_echo::text_comes_back";
    mangles_a_byte: "mangles-a-byte", "01-echo", "step_2_echo::text_comes_back";
    never_reads: "never-reads", "01-echo", "step_4_flood::uploads_are_taken_in_though_nothing_is_read";
    panics_before_others: "panics-before-others", "08-contact", "step_1_address::a_path_is_a_namespace";
    panics_at_todo: "panics-at-todo", "02-handshake", "step_2_answer::upgrades";
    panics_whatever_it_is_told: "panics-whatever-it-is-told", "03-frames", "step_1_encode::the_rfc_samples";
    answers_200: "answers-200", "02-handshake", "step_2_answer::upgrades";
    answers_400: "answers-400", "02-handshake", "step_3_refuse::no_key";
    sends_placeholders: "sends-placeholders", "02-handshake", "step_2_answer::upgrades";
    sends_a_fixed_accept: "sends-a-fixed-accept", "02-handshake", "step_2_answer::upgrades";
    hashes_another_guid: "hashes-another-guid", "02-handshake", "step_2_answer::upgrades";
    hashes_the_decoded_key: "hashes-the-decoded-key", "02-handshake", "step_2_answer::upgrades";
}

/// Who is left of a run, known by a mark in its environment.
#[cfg(target_os = "linux")]
mod left_behind {
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::*;

    /// The processes that carry this mark.
    fn marked(mark: &str) -> Vec<u32> {
        let processes = std::fs::read_dir("/proc").expect("/proc").flatten();
        let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let carries = |pid: &u32| {
            let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment
                .split(|b| *b == 0)
                .any(|variable| variable == mark.as_bytes())
        };
        numbers.filter(carries).collect()
    }

    fn wait_until(what: &str, mark: &str, enough: impl Fn(&[u32]) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !enough(&marked(mark)) {
            assert!(Instant::now() < deadline, "{what}: {:?}", marked(mark));
            std::thread::sleep(Duration::from_millis(10)); // Paces a bounded wait.
        }
    }

    #[test]
    fn nothing_is_left_of_a_program_that_leaves_grandchildren() {
        let trial = format!("after-{}", std::process::id());
        let subject = format!("{} leaves-a-grandchild", broken());
        let proof = "step_1_greet::the_server_speaks_first";
        let environment = [BOUNDS[1], BOUNDS[2], ("TRIAL", &*trial)];
        let proofs = Proofs::of_solution("01-echo");
        let outcome = proofs.run(&subject, &environment, &["--exact", proof]);
        assert_eq!(outcome.reports[proof].status, "refused");
        // The watchdog is the last to go.
        wait_until(
            "all have gone",
            &format!("TRIAL={trial}"),
            <[u32]>::is_empty,
        );
    }

    #[test]
    fn nothing_is_left_of_a_whole_run() {
        let trial = format!("whole-{}", std::process::id());
        let environment = [BOUNDS[1], BOUNDS[2], ("TRIAL", &*trial)];
        let subject = format!("{} answers-200", broken());
        let outcome = Proofs::of_solution("01-echo").run(&subject, &environment, &[]);
        assert!(outcome.reports.len() > 20, "a run of many proofs");
        wait_until(
            "all have gone",
            &format!("TRIAL={trial}"),
            <[u32]>::is_empty,
        );
    }

    #[test]
    fn nothing_is_left_when_the_proof_itself_is_killed() {
        let trial = format!("killed-{}", std::process::id());
        let mark = format!("TRIAL={trial}");
        let proofs = Proofs::of_solution("01-echo");
        let mut command = Command::new(proofs.binary());
        command.args(["--exact", "step_1_greet::the_server_speaks_first"]);
        command.env("SUBJECT", format!("{} leaves-a-grandchild", broken()));
        command
            .env("PROOF_PATIENCE_MS", "60000")
            .env("TRIAL", &trial);
        command.stdout(std::process::Stdio::null());
        let mut proof = command.spawn().expect("the proofs run");
        // The proof, its watchdog, the program and two grandchildren.
        wait_until("all are there", &mark, |pids| pids.len() == 5);
        proof.kill().expect("kill the proof");
        proof.wait().expect("the proof has ended");
        wait_until("all have gone", &mark, <[u32]>::is_empty);
    }
}
