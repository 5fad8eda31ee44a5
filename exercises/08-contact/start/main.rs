// Given: the command line. Your work is in lib.rs.

use std::process::exit;

use contact::{Ended, Question};

const USAGE: &str = "\
usage: contact URL [--ask EVENT ARGUMENT]...
       contact address URL";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["address", url] => show(url),
        [url, ref rest @ ..] => visit(url, rest).await,
        [] => None,
    };
    match done {
        Some(true) => {}
        Some(false) => exit(1),
        None => {
            eprintln!("{USAGE}");
            exit(2);
        }
    }
}

/// Prints where a URL leads to.
fn show(url: &str) -> Option<bool> {
    let address = contact::address(url)?;
    println!("{}\nnamespace {}", address.url, address.namespace);
    Some(true)
}

/// Whether it ended well; nothing if a word makes no sense.
async fn visit(url: &str, options: &[&str]) -> Option<bool> {
    let mut questions = Vec::new();
    for option in options.chunks(3) {
        let ["--ask", event, argument] = option[..] else {
            return None;
        };
        questions.push(Question {
            event: event.to_owned(),
            argument: argument.to_owned(),
        });
    }
    match contact::run(&contact::address(url)?, &questions).await {
        Ok(ended) => {
            if ended != Ended::Refused {
                println!("disconnect {}", ended.reason());
            }
            Some(ended.is_well())
        }
        Err(error) => {
            eprintln!("{error}");
            Some(false)
        }
    }
}
