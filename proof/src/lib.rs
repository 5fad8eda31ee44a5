//! Proves a program from outside, on the wire.
//!
//! A proof starts a program ([`subject!`]), talks to it over sockets or its
//! command line, and writes down what crossed the wire as a *transcript*.
//! [`prove!`] compares that with the snapshot on record. The program may be
//! this package's own binary or, with `SUBJECT='any command line'`, one in any
//! language.
//!
//! ```no_run
//! # use proof::{prove, subject};
//! #[test]
//! fn a_text_comes_back() {
//!     let server = subject!().serve();
//!     let word = server.word(); // random; the transcript says `<word>`
//!     server.client().open("/").text(&word).frame();
//!     prove!(server);
//! }
//! ```
//!
//! Everything blocks, on std threads and sockets with deadlines: whatever the
//! program does, a proof ends within [`bounds`], and leaves no process behind.

mod accept;
pub mod bounds;
mod case;
mod client;
mod events;
mod frame;
mod http;
mod input;
mod masks;
mod packet;
mod polling;
mod process;
mod report;
mod server;
mod subject;
mod transcript;
mod value;
mod verdict;

pub use accept::accept;
#[doc(hidden)]
pub use case::Site;
pub use client::Client;
pub use frame::{Frame, Head, opcode};
pub use http::Message;
pub use input::{Given, Input};
pub use packet::Dialect;
pub use polling::Polling;
pub use process::Process;
pub use server::Server;
pub use subject::Subject;
pub use transcript::transcript_of;
pub use value::{Names, quoted, raw_hex as hex};

#[doc(hidden)]
pub mod __private {
    pub use insta;
}

/// The program under proof: this package's own binary, or `$SUBJECT`.
/// To be called in the test function itself, whose name it takes.
#[macro_export]
macro_rules! subject {
    () => {{
        fn here() {}
        $crate::Subject::new($crate::Site {
            program: env!(concat!("CARGO_BIN_EXE_", env!("CARGO_PKG_NAME"))),
            package: env!("CARGO_PKG_NAME"),
            folder: env!("CARGO_MANIFEST_DIR"),
            test: ::std::any::type_name_of_val(&here),
            file: file!(),
            line: line!(),
        })
    }};
}

/// End the subject, and compare the transcript with the snapshot that carries
/// the name of the test.
#[macro_export]
macro_rules! prove {
    ($subject:expr) => {{
        let evidence = $subject.evidence();
        evidence.settings().bind(|| {
            $crate::__private::insta::assert_snapshot!(evidence.name(), evidence.transcript());
        });
        evidence.decide();
    }};
}
