//! The two ends of a connection: what comes in, perhaps late, and what goes
//! out, perhaps slowly.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::target::Target;

/// What is read at once.
const CHUNK: usize = 64 * 1024;
/// Chunks that may be under way at a time.
const UNDER_WAY: usize = 64;

/// Where bytes come from.
pub enum Source {
    /// As they come.
    Direct(OwnedReadHalf),
    /// Some time after they came.
    Late {
        /// Chunks, each with the time at which it arrives.
        chunks: mpsc::Receiver<(Instant, Vec<u8>)>,
        /// The chunk that arrives next.
        next: VecDeque<(Instant, Vec<u8>)>,
        /// Reads, until this is dropped.
        _reader: JoinSet<()>,
    },
}

impl Source {
    /// What arrives `late`.
    pub fn new(mut half: OwnedReadHalf, late: Option<Duration>) -> Source {
        let Some(late) = late else {
            return Source::Direct(half);
        };
        let (send, chunks) = mpsc::channel(UNDER_WAY);
        let mut reader = JoinSet::new();
        reader.spawn(async move {
            loop {
                let mut chunk = Vec::with_capacity(CHUNK / 4);
                let came = half.read_buf(&mut chunk).await;
                let due = Instant::now() + late;
                let more = matches!(came, Ok(n) if n > 0);
                if send.send((due, chunk)).await.is_err() || !more {
                    return;
                }
            }
        });
        let next = VecDeque::new();
        Source::Late {
            chunks,
            next,
            _reader: reader,
        }
    }

    /// Adds what comes next; false at the end, however that came. Cancel safe.
    pub async fn read(&mut self, buffer: &mut Vec<u8>) -> bool {
        let before = buffer.len();
        match self {
            Source::Direct(half) => {
                buffer.reserve(CHUNK);
                let _ = half.read_buf(buffer).await;
            }
            Source::Late { chunks, next, .. } => {
                if next.is_empty() {
                    next.extend(chunks.recv().await);
                }
                if let Some((due, _)) = next.front() {
                    tokio::time::sleep_until(*due).await;
                }
                if let Some((_, chunk)) = next.pop_front() {
                    buffer.extend_from_slice(&chunk);
                }
            }
        }
        buffer.len() > before
    }
}

/// Where bytes go to.
pub enum Sink {
    /// It is connected.
    Open(OwnedWriteHalf),
    /// The server, which is not connected to before there is something to say.
    Server(Target, Option<oneshot::Sender<OwnedReadHalf>>),
}

/// Why nothing could be written.
pub enum Fault {
    /// The server can't be reached.
    Unreachable(io::Error),
    /// Nobody is there any more.
    Gone,
}

impl Sink {
    /// Writes all of it, in pieces with a pause behind each if so told.
    pub async fn write(
        &mut self,
        bytes: &[u8],
        pieces: Option<(usize, Duration)>,
    ) -> Result<(), Fault> {
        let half = self.open().await?;
        let Some((size, pause)) = pieces else {
            return half.write_all(bytes).await.map_err(|_| Fault::Gone);
        };
        for piece in bytes.chunks(size) {
            half.write_all(piece).await.map_err(|_| Fault::Gone)?;
            tokio::time::sleep(pause).await;
        }
        Ok(())
    }

    async fn open(&mut self) -> Result<&mut OwnedWriteHalf, Fault> {
        if let Sink::Server(target, reader) = self {
            let connected = TcpStream::connect((&*target.host, target.port)).await;
            let stream = connected.map_err(Fault::Unreachable)?;
            let _ = stream.set_nodelay(true);
            let (read, write) = stream.into_split();
            if let Some(reader) = reader.take() {
                let _ = reader.send(read);
            }
            *self = Sink::Open(write);
        }
        match self {
            Sink::Open(half) => Ok(half),
            Sink::Server(..) => Err(Fault::Gone),
        }
    }

    /// Nothing more goes there.
    pub async fn shut(&mut self) {
        match self {
            Sink::Open(half) => {
                let _ = half.shutdown().await;
            }
            Sink::Server(_, reader) => *reader = None,
        }
    }
}
