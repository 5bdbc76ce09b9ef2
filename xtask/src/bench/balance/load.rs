//! An open load over HTTP/1.1: each client has one connection that stays open and a timetable of its own. A request that could
//! not be sent in time, because the answer before it was late, is sent as soon as it can be and its lateness counts.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::Builder,
    task::JoinSet,
    time::{sleep_until, timeout},
};

/// The largest answer that is read.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// How long an answer is waited for.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
/// Time for all connections to be opened before the first request is due.
const CONNECTING: Duration = Duration::from_millis(500);

pub struct Load {
    pub address: SocketAddr,
    pub request: Vec<u8>,
    pub clients: u32,
    pub per_second: u32,
    pub lasts: Duration,
}

/// What a load met.
#[derive(Debug, Default)]
pub struct Measured {
    /// Microseconds from when a request should have been sent to its whole answer with status 200, in order of size.
    pub latencies: Vec<u64>,
    /// Requests that got another status, or none.
    pub errors: usize,
    lasted: Duration,
}

impl Measured {
    pub fn percentile_ms(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let at = (last as f64 * share).round() as usize;
        self.latencies.get(at).map_or(f64::INFINITY, |us| *us as f64 / 1e3)
    }

    pub fn answered_per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.lasted.as_secs_f64()
    }
}

/// A request for a path with a key, as it goes over the wire.
pub fn request(path: &str, key: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n").into_bytes()
}

pub fn run(load: &Load) -> Result<Measured, String> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let begins = Instant::now() + CONNECTING;
        let mut clients = JoinSet::new();
        for number in 0..load.clients {
            let (address, request) = (load.address, load.request.clone());
            let timetable = timetable(load, begins, number);
            clients.spawn(async move { run_client(address, &request, &timetable).await });
        }
        let mut measured = Measured::default();
        while let Some(client) = clients.join_next().await {
            let client = client.map_err(|error| error.to_string())??;
            measured.latencies.extend(client.latencies);
            measured.errors += client.errors;
        }
        measured.lasted = begins.elapsed();
        measured.latencies.sort_unstable();
        Ok(measured)
    })
}

/// When one client's requests should be sent: those of all clients stand at equal distances.
fn timetable(load: &Load, begins: Instant, client: u32) -> Vec<Instant> {
    let all = u64::from(load.per_second) * load.lasts.as_millis() as u64 / 1000;
    let numbers = (u64::from(client)..all).step_by(load.clients as usize);
    numbers.map(|number| begins + Duration::from_micros(number * 1_000_000 / u64::from(load.per_second))).collect()
}

async fn run_client(address: SocketAddr, request: &[u8], timetable: &[Instant]) -> Result<Measured, String> {
    let mut connection = Connection::open(address).await?;
    let mut measured = Measured::default();
    for due in timetable {
        sleep_until((*due).into()).await;
        match connection.ask(request).await {
            Ok(answer) if answer.status == 200 => measured.latencies.push(due.elapsed().as_micros() as u64),
            Ok(_) => measured.errors += 1,
            Err(_) => {
                measured.errors += 1;
                connection = Connection::open(address).await?;
            }
        }
    }
    Ok(measured)
}

/// A connection that stays open.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// The head of an answer whose body was read too.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
}

impl Answer {
    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(':'));
        headers.find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Result<Connection, String> {
        let stream = TcpStream::connect(address).await.map_err(|error| format!("{address}: {error}"))?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        Ok(Connection { stream, buffer: Vec::new() })
    }

    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer, String> {
        let answered = timeout(ANSWER_TIME_MAX, async {
            self.stream.write_all(request).await.map_err(|error| error.to_string())?;
            self.read_answer().await
        });
        answered.await.map_err(|_| "no answer in time".to_owned())?
    }

    async fn read_answer(&mut self) -> Result<Answer, String> {
        self.buffer.clear();
        loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
                let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
                let answer = Answer { status: status.ok_or_else(|| format!("{head:?} has no status"))?, head };
                let body = answer.header("content-length").and_then(|length| length.parse::<usize>().ok());
                let whole = end + 4 + body.ok_or("an answer without content-length")?;
                while self.buffer.len() < whole {
                    self.read_more().await?;
                }
                return Ok(answer);
            }
            self.read_more().await?;
        }
    }

    async fn read_more(&mut self) -> Result<(), String> {
        if self.buffer.len() > ANSWER_BYTES_MAX {
            return Err("an answer that is too long".to_owned());
        }
        match self.stream.read_buf(&mut self.buffer).await {
            Ok(0) => Err("the server closed the connection".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }
}
