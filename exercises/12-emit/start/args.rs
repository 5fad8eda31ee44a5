//! Given: arguments, as they are written in Rust.

use axum::body::Bytes;
use packets_solution::socket::Args;
use serde_json::Value;

/// The arguments of an event or an answer: `args!["hi", 1, bytes]`.
///
/// Each is something that [`Arg`] can be made of. Bytes inside of JSON are
/// attached by hand: `let file = args.attach(bytes)`, then `json!({"file": file})`.
#[macro_export]
macro_rules! args {
    ($($arg:expr),* $(,)?) => {{
        #[allow(unused_mut)]
        let mut args = $crate::Args::default();
        $( $crate::args::Arg::from($arg).add_to(&mut args); )*
        args
    }};
}

/// One argument.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    /// Whatever JSON can say.
    Json(Value),
    /// Bytes: an attachment.
    Bytes(Bytes),
}

impl Arg {
    /// Adds it behind the others.
    pub fn add_to(self, args: &mut Args) {
        let value = match self {
            Arg::Json(value) => value,
            Arg::Bytes(bytes) => args.attach(bytes),
        };
        args.values.push(value);
    }
}

impl From<Bytes> for Arg {
    fn from(bytes: Bytes) -> Arg {
        Arg::Bytes(bytes)
    }
}

impl From<Vec<u8>> for Arg {
    fn from(bytes: Vec<u8>) -> Arg {
        Arg::Bytes(bytes.into())
    }
}

/// Of what JSON can be made of.
macro_rules! json {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Arg {
            fn from(value: $kind) -> Arg {
                Arg::Json(value.into())
            }
        }
    )*};
}

json!(
    &str,
    String,
    bool,
    i32,
    i64,
    u32,
    u64,
    usize,
    f64,
    Value,
    Vec<Value>,
    Vec<String>
);
