//! Given: the server and its namespaces: who may come in, and who is there.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use engine_solution::{Config, Engine};
use packets_solution::socket::Kind;
use serde_json::{Map, Value, json};

use crate::client;
use crate::layer::Layer;
use crate::socket::Socket;

/// What is not done yet.
pub type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type OnConnection = Arc<dyn Fn(Socket) -> Later<()> + Send + Sync>;
/// Lets a socket in, or says why not.
pub type Middleware = Arc<dyn Fn(Socket) -> Later<Result<(), Refusal>> + Send + Sync>;
type MakeLayer = Box<dyn Fn() -> Box<dyn Layer> + Send + Sync>;

/// What a server is made of, above its engine.
pub struct Setup {
    /// How long a client may be connected without being in a namespace.
    pub connect_timeout: Duration,
    layers: Vec<MakeLayer>,
}

impl Default for Setup {
    /// As the official server has it.
    fn default() -> Self {
        Setup {
            connect_timeout: Duration::from_secs(45),
            layers: Vec::new(),
        }
    }
}

impl Setup {
    /// Adds a layer: `make` is called once for each namespace.
    pub fn layer<T: Layer>(mut self, make: impl Fn() -> T + Send + Sync + 'static) -> Setup {
        self.layers.push(Box::new(move || Box::new(make())));
        self
    }
}

/// Why a client may not come in: it is told so in CONNECT_ERROR.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// In words.
    pub message: String,
    /// More about it, for programs.
    pub data: Option<Value>,
}

impl Refusal {
    /// A refusal in words.
    pub fn new(message: impl Into<String>) -> Refusal {
        Refusal {
            message: message.into(),
            data: None,
        }
    }
}

/// A Socket.IO server. A clone is the same server.
#[derive(Clone)]
pub struct Io {
    shared: Arc<Server>,
}

struct Server {
    engine: Engine,
    setup: Setup,
    namespaces: Mutex<HashMap<String, Namespace>>,
}

impl Io {
    /// A server with the namespace `/`.
    pub fn new(config: Config) -> Io {
        Io::with(config, Setup::default())
    }

    /// The same, with what later chapters add.
    pub fn with(config: Config, setup: Setup) -> Io {
        let server = Server {
            engine: Engine::new(config),
            setup,
            namespaces: Mutex::default(),
        };
        let io = Io {
            shared: Arc::new(server),
        };
        io.of("/");
        io
    }

    /// The namespace of this name; from now on there is one.
    pub fn of(&self, name: &str) -> Namespace {
        let name = match name.starts_with('/') {
            true => name.to_owned(),
            false => format!("/{name}"),
        };
        let mut namespaces = self.namespaces();
        let namespace = namespaces.entry(name.clone()).or_insert_with(|| Namespace {
            shared: Arc::new(Space {
                name,
                layers: self.shared.setup.layers.iter().map(|make| make()).collect(),
                hooks: Mutex::default(),
                sockets: Mutex::default(),
            }),
        });
        namespace.clone()
    }

    /// The namespace of this name, if there is one.
    pub fn find(&self, name: &str) -> Option<Namespace> {
        self.namespaces().get(name).cloned()
    }

    /// `io.on("connection", …)`: of the namespace `/`.
    pub fn on<F, Fut>(&self, event: &str, handler: F)
    where
        F: Fn(Socket) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.of("/").on(event, handler);
    }

    /// `io.use(…)`: of the namespace `/`. In Rust `use` means something else.
    pub fn middleware<F, Fut>(&self, middleware: F)
    where
        F: Fn(Socket) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Refusal>> + Send + 'static,
    {
        self.of("/").middleware(middleware);
    }

    /// Where the clients connect: `/socket.io/`.
    pub fn routes(&self) -> Router {
        let io = self.clone();
        let engine = &self.shared.engine;
        engine.routes("/socket.io/", move |session| {
            client::converse(io.clone(), session)
        })
    }

    /// Sends all clients away.
    pub fn close(&self) {
        self.shared.engine.close();
    }

    pub(crate) fn connect_timeout(&self) -> Duration {
        self.shared.setup.connect_timeout
    }

    fn namespaces(&self) -> MutexGuard<'_, HashMap<String, Namespace>> {
        let namespaces = self.shared.namespaces.lock();
        namespaces.unwrap_or_else(PoisonError::into_inner)
    }
}

/// A part of the server with sockets and handlers of its own. A clone is the
/// same namespace.
#[derive(Clone)]
pub struct Namespace {
    shared: Arc<Space>,
}

struct Space {
    name: String,
    layers: Vec<Box<dyn Layer>>,
    hooks: Mutex<Hooks>,
    sockets: Mutex<HashMap<String, Socket>>,
}

#[derive(Clone, Default)]
struct Hooks {
    connection: Vec<OnConnection>,
    middleware: Vec<Middleware>,
}

impl fmt::Debug for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Namespace").field(&self.name()).finish()
    }
}

impl Namespace {
    /// `/admin`.
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// Calls the handler for each socket that comes in. `connection` is all that
    /// can be heard here, or `connect`, which is the same: what clients say is
    /// heard by their sockets.
    pub fn on<F, Fut>(&self, event: &str, handler: F)
    where
        F: Fn(Socket) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        if let "connection" | "connect" = event {
            let handler: OnConnection = Arc::new(move |socket| Box::pin(handler(socket)));
            self.hooks().connection.push(handler);
        }
    }

    /// Asks before a socket comes in. All are asked, in order, until one refuses.
    pub fn middleware<F, Fut>(&self, middleware: F)
    where
        F: Fn(Socket) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Refusal>> + Send + 'static,
    {
        let middleware: Middleware = Arc::new(move |socket| Box::pin(middleware(socket)));
        self.hooks().middleware.push(middleware);
    }

    /// All sockets that are in.
    pub fn sockets(&self) -> Vec<Socket> {
        self.all().values().cloned().collect()
    }

    /// The socket of this id, if it is in.
    pub fn socket(&self, id: &str) -> Option<Socket> {
        self.all().get(id).cloned()
    }

    /// What a later chapter has added to this namespace.
    ///
    /// # Panics
    ///
    /// If the server has no such layer.
    pub fn layer<T: Layer>(&self) -> &T {
        let mut layers = self.layers().map(|layer| layer as &dyn Any);
        let found = layers.find_map(|layer| layer.downcast_ref());
        found.expect("the server was made with this layer")
    }

    pub(crate) fn layers(&self) -> impl Iterator<Item = &dyn Layer> {
        self.shared.layers.iter().map(AsRef::as_ref)
    }

    /// Those who are asked before a socket comes in, in order.
    pub fn middlewares(&self) -> Vec<Middleware> {
        self.hooks().middleware.clone()
    }

    /// This socket is in: its client is told the id, and whoever looks finds it.
    pub(crate) fn welcome(&self, socket: &Socket) {
        let mut reply = Map::from_iter([("sid".to_owned(), json!(socket.id()))]);
        self.layers()
            .for_each(|layer| layer.connects(socket, &mut reply));
        socket.send(Kind::Connect(Some(reply)));
        self.insert(socket);
        socket.connection().insert(socket);
        self.layers().for_each(|layer| layer.connected(socket));
    }

    /// Tells those who wait for it that this socket is in.
    pub(crate) async fn announce(&self, socket: &Socket) {
        let all = self.hooks().connection.clone();
        for handler in all {
            handler(socket.clone()).await;
        }
    }

    fn insert(&self, socket: &Socket) {
        self.all().insert(socket.id().to_owned(), socket.clone());
    }

    pub(crate) fn remove(&self, socket: &Socket) {
        self.all().remove(socket.id());
    }

    /// Held for moments, never across an `.await`.
    fn all(&self) -> MutexGuard<'_, HashMap<String, Socket>> {
        let sockets = self.shared.sockets.lock();
        sockets.unwrap_or_else(PoisonError::into_inner)
    }

    /// Held for moments, never across an `.await`.
    fn hooks(&self) -> MutexGuard<'_, Hooks> {
        let hooks = self.shared.hooks.lock();
        hooks.unwrap_or_else(PoisonError::into_inner)
    }
}
