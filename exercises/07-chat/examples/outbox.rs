//! Chapter 07: what a chat is made of.
//! `cargo run -p chat --example outbox`

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

/// Runs each; a panic says which does not hold.
fn main() {
    words_in_a_pattern();
    an_outbox_that_is_full();
    a_light_that_goes_out();
    println!("all hold");
}

fn words_in_a_pattern() {
    // ANCHOR: words
    let text = r#"["add","2","3"]"#;
    let list: Vec<String> = serde_json::from_str(text).expect("a list of strings");
    let list: Vec<&str> = list.iter().map(String::as_str).collect();
    let sum = match list[..] {
        ["add", a, b] if a.len() < 9 => format!("{a} + {b}"),
        ["negate", a] => format!("-{a}"),
        _ => "what?".to_owned(), // another word, or too many, or none
    };
    assert_eq!(sum, "2 + 3");
    // ANCHOR_END: words
}

fn an_outbox_that_is_full() {
    // ANCHOR: outbox
    let (sender, mut letters) = mpsc::channel(2); // room for two
    sender.try_send("first").expect("there is room");
    sender.try_send("second").expect("there is room");
    assert_eq!(sender.try_send("third"), Err(TrySendError::Full("third"))); // at once
    drop(sender);
    assert_eq!(letters.blocking_recv(), Some("first"));
    assert_eq!(letters.blocking_recv(), Some("second"));
    assert_eq!(letters.blocking_recv(), None); // what was in it came first
    // ANCHOR_END: outbox
}

fn a_light_that_goes_out() {
    // ANCHOR: drop
    struct Light<'a>(&'a std::cell::Cell<bool>);
    impl Drop for Light<'_> {
        fn drop(&mut self) {
            self.0.set(false);
        }
    }

    let shines = std::cell::Cell::new(true);
    let read = || -> Result<u8, std::num::ParseIntError> {
        let _light = Light(&shines);
        let number: u8 = "many".parse()?; // leaves here
        Ok(number)
    };
    assert!(read().is_err());
    assert!(!shines.get());
    // ANCHOR_END: drop
}
