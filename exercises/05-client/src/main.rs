// Given: the command line. Your work is in lib.rs.

use std::process::exit;
use std::time::Duration;

use client::{Config, Url};

const USAGE: &str = "\
usage: client URL [--subprotocol P]... [--send TEXT]... [--heartbeat TEXT]
                  [--ping-every 15s] [--base 5s]
       client delays [--base 5s] [--random 0.5]";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let ended_well = match words.split_first() {
        Some((command, rest)) if command == "delays" => delays(rest),
        Some((url, rest)) => match config(url, rest) {
            Some(config) => Some(client::run(&config).await),
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
    let mut config = Config::new(Url::parse(url)?);
    let mut words = words.iter();
    while let Some(option) = words.next() {
        let value = words.next()?;
        match option.as_str() {
            "--subprotocol" => config.subprotocols.push(value.clone()),
            "--send" => config.greetings.push(value.clone()),
            "--heartbeat" => config.heartbeat = Some(value.clone()),
            "--ping-every" => config.ping_every = duration(value)?,
            "--base" => config.base = duration(value)?,
            _ => return None,
        }
    }
    Some(config)
}

/// Prints how long the first waits are, a line each.
fn delays(words: &[String]) -> Option<bool> {
    let (mut base, mut random) = (client::BASE, None);
    let mut words = words.iter();
    while let Some(option) = words.next() {
        let value = words.next()?;
        match option.as_str() {
            "--base" => base = duration(value)?,
            "--random" => random = Some(value.parse().ok()?),
            _ => return None,
        }
    }
    for tries in 0..7 {
        let random = random.unwrap_or_else(client::random);
        println!("{}ms", client::delay(tries, base, random).as_millis());
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
