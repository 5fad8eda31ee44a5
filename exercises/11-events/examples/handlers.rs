//! Chapter 11: what a list of handlers is made of.
//! `cargo run -p events --example handlers`

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use tokio::select;
use tokio::sync::{mpsc, watch};

/// Runs each; a panic says which does not hold.
#[tokio::main]
async fn main() {
    a_list_of_handlers().await;
    the_first_that_is_ready().await;
    println!("all hold");
}

// ANCHOR: handler
type Later = Pin<Box<dyn Future<Output = ()> + Send>>;
type Handler = Arc<dyn Fn(String) -> Later + Send + Sync>;

fn boxed<F, Fut>(handler: F) -> Handler
where
    F: Fn(String) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    Arc::new(move |text| Box::pin(handler(text)))
}
// ANCHOR_END: handler

async fn a_list_of_handlers() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let writes = heard.clone();
    let handler = boxed(move |text| {
        let writes = writes.clone();
        async move { writes.lock().expect("nobody panics").push(text) }
    });
    let list = Mutex::new(vec![handler.clone(), handler]);
    // ANCHOR: call
    let all = list.lock().expect("nobody panics").clone(); // counted references
    for handler in all {
        handler("hi".to_owned()).await; // the lock is free here
    }
    // ANCHOR_END: call
    assert_eq!(*heard.lock().expect("nobody panics"), ["hi", "hi"]);
}

async fn the_first_that_is_ready() {
    // ANCHOR: biased
    let (letters, mut mailbox) = mpsc::channel(2);
    let (ends, mut over) = watch::channel(false);
    letters.send("hello").await.expect("there is room");
    ends.send_replace(true);
    let letter = select! {
        biased; // both are ready: the upper one is taken
        _ = over.wait_for(|over| *over) => None,
        letter = mailbox.recv() => letter,
    };
    assert_eq!(letter, None);
    // ANCHOR_END: biased
}
