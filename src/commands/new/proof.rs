//! Proofs of chapter @number@. Chapter: book/src/@id@.md

use proof::{prove, subject};

mod step_1_answer {
    use super::*;

    /// A line comes back.
    #[test]
    fn a_line_comes_back() {
        let server = subject!().serve();
        let word = server.word();
        server.client().line(&word).reads_line();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// Two clients do not mix.
        #[test]
        fn two_clients_do_not_mix() {
            let server = subject!().serve();
            let (one, other) = (server.word(), server.word());
            let mut ann = server.client_named("ann");
            let mut bob = server.client_named("bob");
            ann.line(&one);
            bob.line(&other).reads_line();
            ann.reads_line();
            prove!(server);
        }
    }
}
