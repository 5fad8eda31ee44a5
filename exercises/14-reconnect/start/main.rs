// Given: the command line. Your work is in lib.rs.

use std::process::exit;
use std::time::Duration;

use reconnect::{Config, Emit};

const USAGE: &str = "\
usage: reconnect URL [--emit EVENT TEXT]... [--base 1s]
                     [--retries N] [--ack-timeout 1s] [--name NAME]
       reconnect delays [--base 1s] [--random 0.5]";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let ended_well = match words.split_first() {
        Some((command, rest)) if command == "delays" => delays(rest),
        Some((url, rest)) => match config(url, rest) {
            Some(config) => Some(reconnect::run(config).await),
            None => None,
        },
        None => None,
    };
    match ended_well {
        Some(true) => {}
        Some(false) => exit(1),
        None => {
            eprintln!("{USAGE}");
            exit(2);
        }
    }
}

/// Where to go, and how to behave there; nothing if a word makes no sense.
fn config(url: &str, words: &[String]) -> Option<Config> {
    let mut config = Config {
        address: contact_solution::address(url)?,
        emits: Vec::new(),
        retries: None,
        ack_timeout: Duration::from_secs(1),
        base: Duration::from_secs(1),
    };
    let mut name = None;
    let mut words = words.iter();
    while let Some(option) = words.next() {
        let value = words.next()?;
        match option.as_str() {
            "--emit" => config.emits.push(Emit {
                event: value.clone(),
                arguments: vec![words.next()?.clone()],
            }),
            "--retries" => config.retries = Some(value.parse().ok()?),
            "--ack-timeout" => config.ack_timeout = duration(value)?,
            "--base" => config.base = duration(value)?,
            "--name" => name = Some(value),
            _ => return None,
        }
    }
    // What is said twice can be told apart from what is said again.
    if let Some(name) = name {
        for (nth, emit) in config.emits.iter_mut().enumerate() {
            emit.arguments.push(format!("{name}-{nth}"));
        }
    }
    Some(config)
}

/// Prints how long the first waits are, a line each.
fn delays(words: &[String]) -> Option<bool> {
    let (mut base, mut random) = (Duration::from_secs(1), None);
    let mut words = words.iter();
    while let Some(option) = words.next() {
        let value = words.next()?;
        match option.as_str() {
            "--base" => base = duration(value)?,
            "--random" => random = Some(value.parse().ok()?),
            _ => return None,
        }
    }
    for attempts in 0..6 {
        let random = random.unwrap_or_else(reconnect::random);
        println!("{}ms", reconnect::delay(attempts, base, random).as_millis());
    }
    Some(true)
}

/// `300ms` or `2s`.
fn duration(text: &str) -> Option<Duration> {
    match text.strip_suffix("ms") {
        Some(millis) => Some(Duration::from_millis(millis.parse().ok()?)),
        None => Some(Duration::from_secs(text.strip_suffix('s')?.parse().ok()?)),
    }
}
