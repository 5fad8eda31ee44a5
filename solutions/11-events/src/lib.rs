//! Solution 11: who hears what. Namespaces, middleware and events of Socket.IO,
//! on the engine of chapter 10.
//! Chapter: book/src/11-events.md
//!
//! An [`Io`] is the server; it has [`Namespace`]s, and each client that comes
//! into one has a [`Socket`] there. [`client`] is what one connection says and
//! to which socket it goes; [`socket`] is who hears it. Later chapters add to
//! both by a [`Layer`], without a change here.

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
