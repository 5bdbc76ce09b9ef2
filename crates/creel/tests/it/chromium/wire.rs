//! The wire to the browser: its DevTools protocol over a pair of pipes, messages of JSON that end with a zero byte. What is asked
//! is answered in order with what happens, so that whoever has an answer has heard of everything before it.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    process::{ChildStdin, ChildStdout},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc::{Sender, channel},
    },
};

use serde_json::{Value, json};

use super::{PATIENCE_MAX, watch::Watch};

pub struct Wire {
    out: Mutex<ChildStdin>,
    asked: AtomicU64,
    waiting: Mutex<HashMap<u64, Sender<Value>>>,
    /// Who hears what happens in a session.
    watches: Mutex<HashMap<String, Arc<Watch>>>,
}

impl Wire {
    pub fn over(out: ChildStdin, back: ChildStdout) -> Arc<Wire> {
        let wire = Arc::new(Wire {
            out: Mutex::new(out),
            asked: AtomicU64::new(0),
            waiting: Mutex::default(),
            watches: Mutex::default(),
        });
        let reading = Arc::clone(&wire);
        std::thread::spawn(move || {
            let mut messages = BufReader::new(back).split(0);
            while let Some(Ok(message)) = messages.next() {
                reading.hear(&serde_json::from_slice(&message).unwrap());
            }
            reading.waiting.lock().unwrap().clear();
        });
        wire
    }

    pub fn follow(&self, session: &str, watch: Arc<Watch>) {
        self.watches.lock().unwrap().insert(session.to_owned(), watch);
    }

    /// Asks a session, or the browser itself where it has no name, and waits for the answer.
    pub fn ask(&self, session: &str, method: &str, given: Value) -> Result<Value, String> {
        let id = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        let mut message = json!({"id": id, "method": method, "params": given});
        if !session.is_empty() {
            message["sessionId"] = json!(session);
        }
        let (tell, told) = channel();
        self.waiting.lock().unwrap().insert(id, tell);
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.out.lock().unwrap().write_all(&bytes).map_err(|error| format!("the browser is gone: {error}"))?;
        let answer = told.recv_timeout(PATIENCE_MAX * 2).map_err(|_| "the browser does not answer".to_owned())?;
        match answer["error"]["message"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(answer["result"].clone()),
        }
    }

    fn hear(&self, message: &Value) {
        if let Some(id) = message["id"].as_u64() {
            if let Some(tell) = self.waiting.lock().unwrap().remove(&id) {
                let _ = tell.send(message.clone());
            }
            return;
        }
        let watch = message["sessionId"].as_str().and_then(|session| self.watches.lock().unwrap().get(session).cloned());
        if let (Some(watch), Some(method)) = (watch, message["method"].as_str()) {
            watch.hear(method, &message["params"]);
        }
    }
}
