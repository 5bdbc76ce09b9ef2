//! A running `creel serve`, asked as a program asks it.

use std::{
    io::{BufRead, BufReader},
    process::Child,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{command::Creel, demo_shop::DemoShop};

/// A running server with the key that it printed at its first start.
pub struct Server {
    pub creel: Creel,
    child: Child,
    pub address: String,
    pub key: String,
    /// Makes the first owner, while there is nobody.
    pub set_up_link: String,
}

/// A client that goes straight to loopback.
pub fn client() -> reqwest::blocking::Client {
    // The first call of the process chooses the cryptography; later ones find it chosen.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::blocking::Client::builder().no_proxy().build().unwrap()
}

const ALLOW_PRIVATE: &[&str] = &["--allow-private"];

fn launch(creel: &Creel, more: &[&str]) -> (Child, String, Box<dyn Iterator<Item = String> + Send>) {
    let config = creel.folder().join("creel.toml").display().to_string();
    let words = [&["serve", "--listen", "127.0.0.1:0", "--config", &config], more].concat();
    let mut child = creel.start(&words);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let address = lines.by_ref().find_map(|line| Some(line.split_once("listens on ")?.1.to_owned())).unwrap();
    (child, address, Box::new(lines))
}

pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Server {
    pub fn start() -> Server {
        Server::start_with(Creel::new())
    }

    pub fn start_with(creel: Creel) -> Server {
        Server::start_with_settings(creel, "rate_limit_per_minute = 0\n")
    }

    /// With more settings.
    pub fn configured(settings: &str) -> Server {
        Server::start_with_settings(Creel::new(), &format!("rate_limit_per_minute = 0\n{settings}"))
    }

    /// One that contacts nothing on private addresses, which is where this test is.
    pub fn guarded(settings: &str) -> Server {
        Server::launched(Creel::new(), settings, &[])
    }

    pub fn start_with_settings(creel: Creel, settings: &str) -> Server {
        Server::launched(creel, settings, ALLOW_PRIVATE)
    }

    fn launched(creel: Creel, settings: &str, more: &[&str]) -> Server {
        std::fs::write(creel.folder().join("creel.toml"), settings).unwrap();
        let (child, address, mut lines) = launch(&creel, more);
        let key = lines.by_ref().find_map(|line| Some(line.split_once("shown this once: ")?.1.to_owned())).unwrap();
        let set_up_link =
            lines.by_ref().find_map(|line| Some(line.split_once("becomes the owner: ")?.1.to_owned())).unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        Server { creel, child, address, key, set_up_link }
    }

    /// Told to end, as a service manager does.
    pub fn tell_to_end(&self) {
        let told = std::process::Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// Another server on the same PostgreSQL.
    pub fn beside(&self) -> Server {
        let creel = self.creel.beside();
        std::fs::copy(self.creel.folder().join("creel.toml"), creel.folder().join("creel.toml")).unwrap();
        let (child, address, lines) = launch(&creel, ALLOW_PRIVATE);
        std::thread::spawn(move || lines.for_each(drop));
        Server { creel, child, address, key: self.key.clone(), set_up_link: String::new() }
    }

    /// Killed with SIGKILL, and another process on the same folder.
    pub fn kill_and_start_again(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let (child, address, lines) = launch(&self.creel, ALLOW_PRIVATE);
        std::thread::spawn(move || lines.for_each(drop));
        (self.child, self.address) = (child, address);
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None, Some(&self.key))
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, Some(body.to_string()), Some(&self.key))
    }

    /// A call whose answer is no JSON: status and text.
    pub fn text(&self, method: &str, path: &str) -> (u16, String) {
        let answer = self.ask(method, path, None, Some(&self.key));
        let text = answer.body.as_str().map_or_else(|| answer.body.to_string(), str::to_owned);
        (answer.status, text)
    }

    pub fn ask(&self, method: &str, path: &str, body: Option<String>, key: Option<&str>) -> Answer {
        let mut request = client().request(method.parse().unwrap(), format!("{}{path}", self.address));
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().unwrap();
        let status = response.status().as_u16();
        let text = response.text().unwrap();
        // Events are text; what is gone answers nothing.
        Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    /// A robot build once it is completed.
    pub fn built(&self, id: &str) -> Value {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let build = self.get(&format!("/v1/extract/robot-builds/{id}")).body;
            if build["status"] == "completed" {
                return build;
            }
            assert!(Instant::now() < until && build["status"] != "failed", "{build}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A robot for the shop.
    pub fn robot(&self, shop: &DemoShop) -> String {
        let build = self.post("/v1/extract/robot-builds", &json!({"url": shop.url(), "country_code": "US"}));
        assert_eq!(build.status, 202, "{}", build.body);
        let id = build.body["id"].as_str().unwrap();
        let build = self.built(id);
        let robot = build["robot_id"].as_str().unwrap().to_owned();
        let again = self.post("/v1/extract/robot-builds", &json!({"url": shop.url(), "country_code": "US"}));
        assert_eq!((again.status, again.body["id"].as_str()), (200, Some(robot.as_str())));
        robot
    }

    pub fn wait(&self, run: &str) -> Value {
        let answer = self.get(&format!("/v1/extract/runs/{run}?wait=60"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    /// Enriches what is asked for, and answers how that ended.
    pub fn enrich(&self, asked: &Value) -> Value {
        let made = self.post("/v1/enrich/enrichments", asked);
        assert_eq!(made.status, 202, "{}", made.body);
        self.wait_for_enrichment(made.body["id"].as_str().unwrap())
    }

    pub fn wait_for_enrichment(&self, id: &str) -> Value {
        let answer = self.get(&format!("/v1/enrich/enrichments/{id}?wait=60"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = std::process::Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}
