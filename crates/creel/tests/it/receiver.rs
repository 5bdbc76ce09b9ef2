//! Somebody's webhook endpoint on loopback, well-behaved or not, that keeps what it was sent.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// How it answers.
#[derive(Clone, Debug)]
pub enum Manners {
    /// The status, with these headers and this body.
    Answers(u16, String, String),
    /// Takes the request and says nothing.
    Hangs,
    /// Says that all is well, then sends its body a byte at a time.
    Drips,
    /// The same, of a body of ten megabytes at full speed.
    Floods,
    /// Ends the connection when the request is there.
    Closes,
    /// Says something that is not HTTP.
    Babbles,
}

#[derive(Clone, Debug)]
pub struct Received {
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Received {
    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

pub struct Receiver {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    over: Arc<AtomicBool>,
}

impl Receiver {
    pub fn start(manners: Manners) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (received, over) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (all, ended) = (Arc::clone(&received), Arc::clone(&over));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let (manners, all, ended) = (manners.clone(), Arc::clone(&all), Arc::clone(&ended));
                std::thread::spawn(move || take(stream, &manners, &all, &ended));
            }
        });
        Receiver { address, received, over }
    }

    pub fn good() -> Receiver {
        Receiver::answering(204)
    }

    pub fn answering(status: u16) -> Receiver {
        Receiver::start(Manners::Answers(status, String::new(), String::new()))
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// What it was sent, once it is so much.
    pub fn wait_for(&self, count: usize, seconds: u64) -> Vec<Received> {
        let until = Instant::now() + Duration::from_secs(seconds);
        loop {
            let received = self.received();
            if received.len() >= count {
                return received;
            }
            assert!(Instant::now() < until, "{} of {count} came within {seconds} s", received.len());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

fn take(stream: TcpStream, manners: &Manners, all: &Mutex<Vec<Received>>, over: &AtomicBool) {
    let Some(request) = read(&stream) else { return };
    all.lock().unwrap().push(request);
    let mut stream = stream;
    // Whoever asks may go away before all is said.
    let _ = answer(&mut stream, manners, over);
}

fn read(stream: &TcpStream) -> Option<Received> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(Received { headers, body: String::from_utf8(body).ok()? })
}

fn answer(stream: &mut TcpStream, manners: &Manners, over: &AtomicBool) -> std::io::Result<()> {
    let large = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10485760\r\n\r\n";
    match manners {
        Manners::Answers(status, headers, body) => {
            let length = body.len();
            let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n");
            stream.write_all(format!("{head}{body}").as_bytes())
        }
        Manners::Hangs => {
            while !over.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(50));
            }
            Ok(())
        }
        Manners::Drips => {
            stream.write_all(large.as_bytes())?;
            while !over.load(Ordering::SeqCst) {
                stream.write_all(b"x")?;
                std::thread::sleep(Duration::from_millis(100));
            }
            Ok(())
        }
        Manners::Floods => {
            stream.write_all(large.as_bytes())?;
            (0..160).try_for_each(|_| stream.write_all(&[b'x'; 65_536]))
        }
        Manners::Closes => Ok(()),
        Manners::Babbles => stream.write_all(b"\x16\x03\x01 I am no web server\r\n\r\n"),
    }
}

/// Holds bodies against the schema of events that is kept in the reference.
pub fn fit_the_schema(received: &[Received]) {
    const SCRIPT: &str = "
import json, sys
from jsonschema_rs import validator_for
validator = validator_for(json.load(open(sys.argv[1])), validate_formats=True)
for body in json.load(sys.stdin):
    validator.validate(json.loads(body))
";
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/events.schema.json");
    let bodies: Vec<&str> = received.iter().map(|one| one.body.as_str()).collect();
    ask_python(&["-c", SCRIPT, schema], &json!(bodies));
}

/// Asks the specification's own Python library which of these it takes: secret, headers, body.
pub fn verified(asked: &[(&str, &Received)]) -> Vec<bool> {
    const SCRIPT: &str = "
import json, sys
from standardwebhooks import Webhook, WebhookVerificationError
def good(one):
    try:
        Webhook(one['secret']).verify(one['body'], one['headers'])
        return True
    except WebhookVerificationError:
        return False
print(json.dumps([good(one) for one in json.load(sys.stdin)]))
";
    let asked: Vec<Value> =
        asked.iter().map(|(secret, one)| json!({"secret": secret, "headers": one.headers, "body": one.body})).collect();
    serde_json::from_slice(&ask_python(&["-c", SCRIPT], &json!(asked))).unwrap()
}

fn ask_python(words: &[&str], input: &Value) -> Vec<u8> {
    let python = std::env::var("CREEL_PYTHON")
        .expect("CREEL_PYTHON is not set: run `cargo xtask test`, or see `cargo xtask toolbox`");
    let mut child = Command::new(python).args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
    out.stdout
}
