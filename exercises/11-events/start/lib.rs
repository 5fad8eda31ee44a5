//! Exercise 11: who hears what. Namespaces, middleware and events of Socket.IO,
//! on the engine of chapter 10.
//! Chapter: book/src/11-events.md
//!
//! Yours are [`client`], what one connection says and to which socket it goes,
//! and [`socket`], who hears it. What is marked "Given" works and may stay as it
//! is; read it before you start. [`namespace`] is given: the server, and who is
//! in. So are [`connection`], what a client's sockets share, and [`wire`] and
//! [`layer`], where later chapters join in.

pub mod client;
pub mod connection;
pub mod layer;
pub mod namespace;
pub mod socket;
pub mod wire;

pub use engine_solution::{Config, serve};
pub use layer::Layer;
pub use namespace::{Io, Namespace, Refusal, Setup};
pub use socket::{Event, Reason, Socket};
pub use wire::Encoded;
