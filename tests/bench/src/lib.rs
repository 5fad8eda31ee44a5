//! What the benchmark and the abuse share: servers to measure, and clients
//! that cost little.

use std::io::{self, BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A server under load, alone on the first core.
pub struct Server {
    /// As the table calls it.
    pub name: &'static str,
    /// Where it listens.
    pub addr: SocketAddr,
    child: Child,
}

impl Server {
    /// Starts it, and waits until it says where it listens.
    pub fn start(name: &'static str, command: &[&str]) -> io::Result<Server> {
        let mut child = Command::new("taskset")
            .args(["-c", "0"])
            .args(command)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line)?;
        let addr = line.trim().strip_prefix("listening on ws://");
        let addr = addr.and_then(|addr| addr.parse().ok());
        let addr = addr.ok_or_else(|| io::Error::other(format!("{name} said {line:?}")))?;
        Ok(Server { name, addr, child })
    }

    /// A figure of `/proc/PID/status`, in KiB or a number: `VmRSS`, `VmHWM`, `Threads`.
    pub fn status(&self, field: &str) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        let mut lines = status.lines().filter_map(|line| line.split_once(':'));
        let value = lines.find(|(name, _)| *name == field).map(|(_, v)| v);
        let digits = value.unwrap_or("0").split_whitespace().next();
        digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
    }

    /// What it has spent on a processor: `utime` and `stime` of
    /// `/proc/PID/stat`, in hundredths of a second.
    pub fn processor_time(&self) -> Duration {
        let path = format!("/proc/{}/stat", self.child.id());
        let stat = std::fs::read_to_string(path).unwrap_or_default();
        // The name, in brackets, may hold spaces; these are the 12th and 13th behind it.
        let behind = stat.rsplit(") ").next().unwrap_or_default();
        let times = behind.split(' ').skip(11).take(2);
        let ticks: u64 = times.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
        Duration::from_millis(10 * ticks)
    }

    /// How many sockets it has open.
    pub fn sockets(&self) -> usize {
        let path = format!("/proc/{}/fd", self.child.id());
        let files = std::fs::read_dir(path).into_iter().flatten().flatten();
        let targets = files.filter_map(|file| std::fs::read_link(file.path()).ok());
        let sockets = targets.filter(|to| to.to_string_lossy().starts_with("socket:"));
        sockets.count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A WebSocket, as far as its 101.
pub async fn open(addr: SocketAddr) -> io::Result<TcpStream> {
    open_at(addr, "/").await
}

/// The same, at another place than `/`.
pub async fn open_at(addr: SocketAddr, target: &str) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(addr).await?;
    stream.set_nodelay(true)?;
    let head = format!(
        "GET {target} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
         Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await?);
    }
    match answer.starts_with(b"HTTP/1.1 101") {
        true => Ok(stream),
        false => Err(io::Error::other("no 101")),
    }
}

/// A client's frame, masked with a key that changes nothing.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = header(first, payload.len() as u64, 0x80);
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

/// What comes before the key, or the payload.
pub fn header(first: u8, len: u64, mask: u8) -> Vec<u8> {
    let mut header = vec![first];
    match len {
        ..126 => header.push(mask | len as u8),
        126..65_536 => {
            header.push(mask | 126);
            header.extend((len as u16).to_be_bytes());
        }
        _ => {
            header.push(mask | 127);
            header.extend(len.to_be_bytes());
        }
    }
    header
}
