//! What a tab reports while somebody uses it, and which of it must not be: errors on the console, exceptions, what the policy
//! refused, requests to other hosts, answers that refuse. Keeps too what each answer weighed on the wire.

use std::{collections::HashMap, sync::Mutex};

use serde_json::Value;

pub struct Watch {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    own: Vec<String>,
    expected: Vec<i64>,
    faults: Vec<String>,
    requests: HashMap<String, String>,
    weights: Vec<(String, u64)>,
}

impl Watch {
    pub fn of(address: &str) -> Watch {
        Watch { state: Mutex::new(State { own: vec![origin(address)], ..State::default() }) }
    }

    pub fn allow(&self, address: &str) {
        self.state.lock().unwrap().own.push(origin(address));
    }

    pub fn expect_status(&self, status: i64) {
        self.state.lock().unwrap().expected.push(status);
    }

    pub fn faults(&self) -> Vec<String> {
        self.state.lock().unwrap().faults.clone()
    }

    /// What was loaded since this was asked last: addresses with their bytes on the wire.
    pub fn take_weights(&self) -> Vec<(String, u64)> {
        std::mem::take(&mut self.state.lock().unwrap().weights)
    }

    /// Takes in what the tab reports.
    pub fn hear(&self, method: &str, event: &Value) {
        let mut state = self.state.lock().unwrap();
        match method {
            "Runtime.consoleAPICalled" => state.console(event),
            "Runtime.exceptionThrown" => state.exception(&event["exceptionDetails"]),
            "Log.entryAdded" => state.log(&event["entry"]),
            "Network.requestWillBeSent" => state.ask(text(&event["requestId"]), text(&event["request"]["url"])),
            "Network.responseReceived" => state.answer(&event["response"]),
            "Network.loadingFinished" => state.finish(event),
            "Network.loadingFailed" => state.fail(event),
            _ => {}
        }
    }
}

impl State {
    fn console(&mut self, event: &Value) {
        let kind = text(&event["type"]);
        if !["error", "warning", "assert"].contains(&kind) {
            return;
        }
        let said = event["args"].as_array().into_iter().flatten();
        let said: Vec<String> = said.map(|said| format!("{}{}", said["value"], text(&said["description"]))).collect();
        self.faults.push(format!("console, {kind}: {}", said.join(" ")));
    }

    fn exception(&mut self, thrown: &Value) {
        let (why, place) = (text(&thrown["exception"]["description"]), text(&thrown["url"]));
        self.faults.push(format!("exception: {} {why} at {place}:{}", text(&thrown["text"]), thrown["lineNumber"]));
    }

    /// What the browser itself says of a page, as what the policy refused. Answers that refuse are heard with their status.
    fn log(&mut self, entry: &Value) {
        if ["error", "warning"].contains(&text(&entry["level"])) && entry["source"] != "network" {
            self.faults.push(format!("{}: {} at {}", text(&entry["source"]), text(&entry["text"]), text(&entry["url"])));
        }
    }

    fn ask(&mut self, id: &str, url: &str) {
        let is_inline = ["data:", "blob:", "about:"].iter().any(|scheme| url.starts_with(scheme));
        if !is_inline && !self.own.contains(&origin(url)) {
            self.faults.push(format!("a request to another host: {url}"));
        }
        self.requests.insert(id.to_owned(), url.to_owned());
    }

    fn answer(&mut self, response: &Value) {
        let status = response["status"].as_i64().unwrap_or_default();
        if status >= 400 && !self.expected.contains(&status) {
            self.faults.push(format!("{} answered {status}", text(&response["url"])));
        }
    }

    fn finish(&mut self, event: &Value) {
        if let Some(url) = self.requests.remove(text(&event["requestId"])) {
            self.weights.push((url, event["encodedDataLength"].as_f64().unwrap_or_default() as u64));
        }
    }

    fn fail(&mut self, event: &Value) {
        let url = self.requests.remove(text(&event["requestId"])).unwrap_or_default();
        // A page that is left while it still loads or listens.
        if event["canceled"] != true && event["errorText"] != "net::ERR_ABORTED" {
            self.faults.push(format!("{url} failed: {} {}", text(&event["errorText"]), text(&event["blockedReason"])));
        }
    }
}

fn origin(url: &str) -> String {
    url::Url::parse(url).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
