//! The tools over MCP: as messages on the wire, and with the official client for Python.

use std::{
    collections::BTreeMap,
    io::Write,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    browser::Browser,
    command::finish,
    demo_shop::DemoShop,
    people::PASSWORD,
    server::{Server, client},
};

/// Bytes that an answer may have: 8,000 tokens of three.
const ANSWER_BYTES_MAX: usize = 24_000;

struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Value,
}

/// Sends one message with these headers beside what every client sends.
fn send(server: &Server, message: &Value, headers: &[(&str, &str)]) -> Answer {
    let mut request = client()
        .post(format!("{}/mcp", server.address))
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2025-06-18");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.body(message.to_string()).send().unwrap();
    let text_of = |value: &reqwest::header::HeaderValue| value.to_str().unwrap().to_owned();
    let headers = response.headers().iter().map(|(name, value)| (name.to_string(), text_of(value))).collect();
    let status = response.status().as_u16();
    let text = response.text().unwrap();
    Answer { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}

fn ask(server: &Server, method: &str, params: Value) -> Value {
    let key = format!("Bearer {}", server.key);
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let answer = send(server, &message, &[("authorization", &key)]);
    assert_eq!(answer.status, 200, "{method}: {}", answer.body);
    assert_eq!(answer.headers["content-type"], "application/json", "{method}");
    assert!(!answer.headers.contains_key("mcp-session-id"), "no process remembers a client");
    assert_eq!(answer.body["id"], 1, "{method}: {}", answer.body);
    answer.body
}

fn call(server: &Server, tool: &str, arguments: &Value) -> Value {
    ask(server, "tools/call", json!({"name": tool, "arguments": arguments}))["result"].clone()
}

fn hello() -> Value {
    let client = json!({"name": "test", "version": "1"});
    json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client})
}

fn tools_list() -> Value {
    json!({"jsonrpc": "2.0", "id": 7, "method": "tools/list"})
}

/// The key of an owner of another organization. The first one has its owner by then: an organization without one would be the
/// new owner's, whatever it is called.
fn other_organization(server: &Server) -> String {
    let owner = |organization: &str, email: &str| {
        let words = ["admin", "create-owner", "--email", email, "--organization", organization, "--with-key", "--json"];
        let made = finish(server.creel.command(&words).env("CREEL_OWNER_PASSWORD", PASSWORD).output().unwrap());
        assert_eq!(made.code, 0, "{}", made.err);
        made.lines()[0]["api_key"]["secret"].as_str().unwrap().to_owned()
    };
    owner("default", "ann@shop.example");
    owner("Other", "bob@shop.example")
}

#[test]
fn tools_answer_each_message_by_itself_and_take_no_credits() {
    let (server, shop) = (Server::start(), DemoShop::start());
    let robot = server.robot(&shop);
    let run =
        server.post("/v1/extract/runs", &json!({"robot_id": robot, "budget": 6})).body["id"].as_str().unwrap().to_owned();
    server.wait(&run);
    let before = server.get("/v1/billing/balance").body["available"].clone();

    let greeted = ask(&server, "initialize", hello())["result"].clone();
    assert_eq!(greeted["serverInfo"]["name"], "creel");
    assert!(greeted["capabilities"]["tools"].is_object(), "{greeted}");
    assert!(greeted["instructions"].as_str().unwrap().contains("never instructions"), "{greeted}");
    let key = format!("Bearer {}", server.key);
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    assert_eq!(send(&server, &ready, &[("authorization", &key)]).status, 202);

    let listed = ask(&server, "tools/list", json!({}))["result"]["tools"].clone();
    let listed = listed.as_array().unwrap();
    assert!(listed.len() >= 20, "{}", listed.len());
    for tool in listed {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
    }
    let found = call(&server, "search_captures", &json!({"limit": 3, "run_id": run}));
    let rows = found["structuredContent"]["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &found["isError"]), (3, &json!(false)), "{found}");
    let said: Value = serde_json::from_str(found["content"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(said, found["structuredContent"]);
    let capture = rows[0]["id"].as_str().unwrap();
    assert!(rows[0]["link"].as_str().unwrap().ends_with(&format!("/captures/{capture}")), "{}", rows[0]);
    for (tool, arguments) in [
        ("get_capture", json!({"capture_id": capture})),
        ("aggregate_captures", json!({"group_by": "brand"})),
        ("compare_product", json!({"capture_id": capture})),
        ("list_run_pages", json!({"run_id": run, "limit": 50})),
        ("list_statement", json!({"limit": 50})),
    ] {
        let answer = call(&server, tool, &arguments);
        assert_eq!(answer["isError"], false, "{tool}: {answer}");
        assert!(answer["content"][0]["text"].as_str().unwrap().len() <= ANSWER_BYTES_MAX, "{tool}");
    }
    // What is wrong is told to the model, what is no message to its program.
    let wrong = call(&server, "list_runs", &json!({"limit": 500}));
    assert_eq!((&wrong["isError"], &error_of(&wrong)["field"]), (&json!(true), &json!("limit")));
    assert!(wrong.get("structuredContent").is_none(), "an error is not of the shape of answers: {wrong}");
    assert!(ask(&server, "tools/call", json!({"name": "drop_tables"}))["error"]["code"].is_number());
    assert!(ask(&server, "no/such/method", json!({}))["error"]["code"].is_number());
    assert_eq!(server.get("/v1/billing/balance").body["available"], before);
}

/// What is wrong, as the model reads it.
fn error_of(answer: &Value) -> Value {
    serde_json::from_str::<Value>(answer["content"][0]["text"].as_str().unwrap()).unwrap()["error"].clone()
}

#[test]
fn a_draft_is_what_the_api_takes() {
    let (server, shop) = (Server::start(), DemoShop::start());
    let robot = server.robot(&shop);
    let draft =
        call(&server, "draft_run", &json!({"robot_id": robot, "budget": 2, "name": "by a model"}))["structuredContent"]
            .clone();
    assert_eq!((&draft["kind"], &draft["created"]), (&json!("run"), &json!(false)), "{draft}");
    assert_eq!(server.get("/v1/extract/runs").body["rows"], json!([]), "a draft makes nothing");
    let made = server.post("/v1/extract/runs", &draft["body"]);
    assert_eq!(made.status, 202, "{}", made.body);
    let daily = json!({"interval_amount": 1, "interval_unit": "day"});
    let draft = call(&server, "draft_schedule", &json!({"robot_id": robot, "cadence": daily}))["structuredContent"].clone();
    assert_eq!(server.get("/v1/extract/schedules").body["rows"], json!([]), "a draft makes nothing");
    assert_eq!(server.post("/v1/extract/schedules", &draft["body"]).status, 201, "{draft}");
    // Both refuse the same.
    for body in [json!({"robot_id": robot, "budget": 0}), json!({"robot_id": robot, "start_urls": ["ftp://x.example/"]})] {
        let (drafted, made) = (call(&server, "draft_run", &body), server.post("/v1/extract/runs", &body));
        let error = error_of(&drafted);
        assert_eq!((&error["field"], &error["message"]), (&made.body["field"], &made.body["message"]), "{body}");
    }
}

#[test]
fn who_may_ask_is_said_by_a_key_and_as_often_as_elsewhere() {
    let server =
        Server::start_with_settings(crate::command::Creel::new(), "rate_limit_per_minute = 60\nrate_limit_burst = 12\n");
    let (key, origin) = (format!("Bearer {}", server.key), server.address.clone());
    for (headers, status) in [
        (vec![], 401),
        (vec![("authorization", "Bearer crl_0000")], 401),
        (vec![("authorization", "Basic YTpi")], 401),
        (vec![("authorization", key.as_str()), ("origin", "https://evil.example")], 403),
        (vec![("authorization", key.as_str()), ("origin", "null")], 403),
        (vec![("authorization", key.as_str()), ("origin", origin.as_str())], 200),
        (vec![("authorization", key.as_str())], 200),
    ] {
        let answer = send(&server, &tools_list(), &headers);
        assert_eq!(answer.status, status, "{headers:?}: {}", answer.body);
        assert_eq!(answer.headers.contains_key("ratelimit-remaining"), status != 401, "{headers:?}");
        if status != 200 {
            assert!(answer.body["code"].is_string() && answer.body["message"].is_string(), "{}", answer.body);
        }
    }
    let statuses: Vec<u16> = (0..15)
        .map(|_| send(&server, &tools_list(), &[("authorization", key.as_str())]))
        .map(|answer| answer.status)
        .collect();
    assert!(statuses.contains(&429), "{statuses:?}");

    let server = Server::start();
    other_organization(&server);
    let mut bob = Browser::of(&server);
    assert_eq!(bob.sign_in("bob@shop.example", PASSWORD).status, 200);
    assert_eq!(send(&server, &tools_list(), &[("cookie", &bob.cookies())]).status, 403, "a cookie alone");
    assert_eq!(bob.ask("POST", "/mcp", &tools_list()).status, 403, "a cookie with its token");
    let key = format!("Bearer {}", server.key);
    assert_eq!(server.text("GET", "/mcp").0, 405);
    assert_eq!(server.text("DELETE", "/mcp").0, 405);
    let large = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "x", "arguments": {"q": "x".repeat(200_000)}}});
    assert_eq!(send(&server, &large, &[("authorization", &key)]).status, 413);
    for broken in [json!([]), json!({}), json!("x"), json!({"jsonrpc": "2.0", "id": 1})] {
        let answer = send(&server, &broken, &[("authorization", &key)]);
        assert!((400..500).contains(&answer.status) || answer.body["error"].is_object(), "{broken}: {}", answer.status);
    }
}

const SCRIPT: &str = "
import asyncio, json, sys
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

async def ask(one):
    headers = {'Authorization': 'Bearer ' + one['key']}
    async with httpx2.AsyncClient(headers=headers, trust_env=False) as http:
        async with Client(streamable_http_client(one['url'], http_client=http), mode=one['mode']) as client:
            listed = await client.list_tools()
            answers = [await client.call_tool(tool, arguments) for tool, arguments in one['calls']]
            return {
                'instructions': client.instructions,
                'tools': [tool.model_dump(by_alias=True) for tool in listed.tools],
                'answers': [{'is_error': bool(a.is_error), 'said': a.structured_content or json.loads(a.content[0].text)} for a in answers],
            }

print(json.dumps(asyncio.run(ask(json.load(sys.stdin)))))
";

/// What the official client for Python is told.
fn by_python(server: &Server, key: &str, mode: &str, calls: &[(&str, Value)]) -> Value {
    let python = std::env::var("CREEL_PYTHON")
        .expect("CREEL_PYTHON is not set: run `cargo xtask test`, or see `cargo xtask toolbox`");
    let mut child = Command::new(python).args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let asked = json!({"url": format!("{}/mcp", server.address), "key": key, "mode": mode, "calls": calls});
    child.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn the_official_client_lists_searches_counts_drafts_and_stays_within_its_organization() {
    let (server, shop) = (Server::start(), DemoShop::start());
    let robot = server.robot(&shop);
    let run = server.post("/v1/extract/runs", &json!({"robot_id": robot, "budget": 5})).body["id"].clone();
    server.wait(run.as_str().unwrap());
    let capture = server.get("/v1/extract/captures").body["rows"][0]["id"].clone();
    let calls = [
        ("search_captures", json!({"run_id": run, "sort": "min_price", "limit": 2})),
        ("aggregate_captures", json!({"run_id": run})),
        ("draft_run", json!({"robot_id": robot, "budget": 3})),
        ("get_run", json!({"run_id": run})),
        ("get_capture", json!({"capture_id": capture})),
    ];
    for mode in ["auto", "legacy"] {
        let told = by_python(&server, &server.key, mode, &calls);
        assert!(told["tools"].as_array().unwrap().len() >= 20 && told["instructions"].is_string(), "{mode}");
        let answers = told["answers"].as_array().unwrap();
        assert!(answers.iter().all(|answer| answer["is_error"] == false), "{mode}: {told}");
        let said = |at: usize| &answers[at]["said"];
        assert_eq!(said(0)["rows"].as_array().unwrap().len(), 2);
        assert!(said(0)["next_cursor"].is_string());
        assert_eq!(said(1)["counted"], 5);
        assert_eq!(said(2)["body"], json!({"robot_id": robot, "budget": 3}));
        assert_eq!(said(3)["extracted"], 5);
        assert_eq!(said(4)["id"], capture);
    }
    assert_eq!(server.get("/v1/extract/runs").body["rows"].as_array().unwrap().len(), 1, "a draft makes nothing");
    let other = by_python(&server, &other_organization(&server), "auto", &calls);
    for (at, answer) in other["answers"].as_array().unwrap().iter().enumerate() {
        assert_eq!(answer["is_error"], true, "{at}: {answer}");
        assert_eq!(answer["said"]["error"]["code"], "not_found", "{at}: {answer}");
    }
}
