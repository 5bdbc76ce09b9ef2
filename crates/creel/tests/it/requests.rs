//! Requests as bad clients send them, requests that are sent twice, and too many of them.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{command::Creel, demo_shop::DemoShop, server::Server};

/// Longer than the server waits for the head of a request.
const PATIENCE: Duration = Duration::from_secs(25);

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Sends bytes, says that nothing follows, and reads the answer.
fn talk(server: &Server, bytes: &[u8]) -> String {
    let mut stream = connect(server);
    stream.write_all(bytes).unwrap();
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// All but the last letters, as if the client went away.
fn half_of(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() - 10);
    bytes
}

fn post(server: &Server, path: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
    let key = &server.key;
    let length = body.len();
    let mut bytes = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {key}\r\ncontent-type: {content_type}\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n"
    )
    .into_bytes();
    bytes.extend(body);
    bytes
}

#[test]
fn broken_requests_are_refused_and_change_nothing() {
    let (shop, server) = (DemoShop::start(), Server::start());
    let robot = server.robot(&shop);
    let (runs, keys) = ("/v1/extract/runs", "/v1/api-keys");
    let json = "application/json";
    let good = json!({"robot_id": robot, "budget": 1}).to_string();
    let named = |name: &[u8]| [b"{\"name\": \"", name, b"\"}"].concat();
    let huge = vec![b' '; 2 * 1024 * 1024];
    for (what, bytes, status, code) in [
        ("no type", post(&server, runs, "", good.as_bytes()), 415, "unsupported_media_type"),
        ("another type", post(&server, runs, "text/json", good.as_bytes()), 415, "unsupported_media_type"),
        ("a form", post(&server, runs, "application/x-www-form-urlencoded", b"robot_id=1"), 415, "unsupported_media_type"),
        ("no JSON", post(&server, runs, json, b"{\"robot_id\":"), 400, "bad_request"),
        ("two values", post(&server, runs, json, &[good.as_bytes(), good.as_bytes()].concat()), 400, "bad_request"),
        ("nothing", post(&server, runs, json, b""), 400, "bad_request"),
        ("a list", post(&server, runs, json, b"[]"), 422, "invalid_field"),
        ("deep", post(&server, runs, json, &[b'['; 100_000]), 422, "invalid_field"),
        ("no UTF-8", post(&server, keys, json, &named(b"\xff\xfe")), 400, "bad_request"),
        ("half a surrogate", post(&server, keys, json, &named(b"\\ud800")), 400, "bad_request"),
        ("a zero", post(&server, keys, json, &named(b"\\u0000")), 422, "invalid_field"),
        ("too large", post(&server, keys, json, &huge), 413, "payload_too_large"),
        ("half a body", half_of(post(&server, runs, json, good.as_bytes())), 400, "bad_request"),
    ] {
        let answer = talk(&server, &bytes);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{what}: {answer}");
        assert!(answer.contains(&format!("\"code\":\"{code}\"")), "{what}: {answer}");
    }
    for bytes in [
        &b"GET / HTTP/1.1\r\n\xff\xff: 1\r\n\r\n"[..],
        b"\x16\x03\x01\x02",
        b"GET",
        b"",
        b"GET /%zz%ff?q=%ff HTTP/9\r\n\r\n",
    ] {
        let answer = talk(&server, bytes);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    let odd = server.get("/v1/extract/captures?brand=%ff%fe");
    assert!(matches!(odd.status, 200 | 422), "{}", odd.body);
    assert_eq!(server.get(runs).body["rows"], json!([]), "no run was made");
    assert_eq!(server.get(keys).body["rows"].as_array().unwrap().len(), 1, "no key was made");
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn a_slow_client_is_let_go_and_holds_nobody_up() {
    let server = Server::start();
    let mut slow: Vec<TcpStream> = (0..200).map(|_| connect(&server)).collect();
    for stream in &mut slow {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost:").unwrap();
    }
    let begun = Instant::now();
    assert_eq!(server.get("/v1/billing/balance").status, 200);
    assert!(begun.elapsed() < Duration::from_secs(5), "nobody waits for them");
    let mut rest = Vec::new();
    slow[0].read_to_end(&mut rest).unwrap();
    assert!(begun.elapsed() < PATIENCE, "it was let go");
}

fn with_key(server: &Server, key: &str, body: &Value) -> (u16, Value, bool) {
    let client = crate::server::client();
    let request = client.post(format!("{}/v1/extract/runs", server.address)).bearer_auth(&server.key);
    let response = request.header("Idempotency-Key", key).json(body).send().unwrap();
    let replayed = response.headers().contains_key("idempotent-replayed");
    (response.status().as_u16(), response.json().unwrap(), replayed)
}

#[test]
fn a_request_that_is_sent_twice_is_done_once_also_after_a_kill() {
    let shop = DemoShop::start();
    let mut server = Server::start();
    let robot = server.robot(&shop);
    let body = json!({"robot_id": robot, "budget": 1});
    let (status, made, replayed) = with_key(&server, "one", &body);
    assert_eq!((status, replayed), (202, false), "{made}");
    server.wait(made["id"].as_str().unwrap());
    server.creel.run(&["admin", "adjust", "--credits", "-4998", "--reason", "test"]);
    assert_eq!(with_key(&server, "one", &body), (202, made.clone(), true), "no credits are needed for an old answer");
    assert_eq!(with_key(&server, "two", &body).0, 402);
    let (status, refused, _) = with_key(&server, "one", &json!({"robot_id": robot, "budget": 2}));
    assert_eq!(
        (status, &refused["code"], &refused["field"]),
        (422, &json!("idempotency_mismatch"), &json!("Idempotency-Key"))
    );
    server.creel.run(&["admin", "grant", "--credits", "10", "--reason", "test"]);
    assert_eq!(with_key(&server, "two", &body).0, 202, "what was refused left its key free");
    for bad in ["", &"x".repeat(256)] {
        assert_eq!(with_key(&server, bad, &body).1["field"], "Idempotency-Key");
    }
    // Killed and started anew, it knows the answer.
    server.kill_and_start_again();
    assert_eq!(with_key(&server, "one", &body), (202, made, true));
    assert_eq!(server.get("/v1/extract/runs").body["rows"].as_array().unwrap().len(), 2);
}

#[test]
fn too_many_requests_are_told_when_to_come_again() {
    let server = Server::start_with_settings(Creel::new(), "rate_limit_per_minute = 60\nrate_limit_burst = 12\n");
    let client = crate::server::client();
    let ask = || {
        let request = client.get(format!("{}/v1/organization", server.address)).bearer_auth(&server.key);
        let response = request.send().unwrap();
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().unwrap().parse::<i64>().ok());
        let told = (header("ratelimit-limit"), header("ratelimit-remaining"), header("ratelimit-reset"));
        (response.status().as_u16(), told, header("retry-after"))
    };
    let begun = Instant::now();
    let answers: Vec<_> = (0..40).map(|_| ask()).collect();
    let took = i64::try_from(begun.elapsed().as_secs()).unwrap() + 1;
    let taken = i64::try_from(answers.iter().filter(|answer| answer.0 == 200).count()).unwrap();
    assert!((12..=14 + took).contains(&taken), "{taken} of 40 in {took} s: {answers:?}");
    for (status, (limit, remaining, reset), retry_after) in &answers {
        assert_eq!(*limit, Some(60));
        assert!(remaining.is_some_and(|remaining| (0..12).contains(&remaining)) && reset.is_some_and(|reset| reset <= 12));
        assert_eq!((*status == 429, retry_after.is_some()), (retry_after.is_some(), *status == 429));
        assert!(retry_after.is_none_or(|seconds| seconds == 1), "a token a second");
    }
    assert_eq!(client.get(format!("{}/healthz", server.address)).send().unwrap().status().as_u16(), 200, "not counted");
    let make = |name: &str| {
        let words = ["admin", "create-owner", "--email", "a@b.example", "--organization", name, "--with-key", "--json"];
        server.creel.run(&words)
    };
    // The first owner's organization is the one that there is.
    make("One");
    let other = make("Other");
    let secret = other.lines()[0]["api_key"]["secret"].as_str().unwrap().to_owned();
    assert_eq!(
        server.ask("GET", "/v1/organization", None, Some(&secret)).status,
        200,
        "another organization is not held up"
    );
}
