//! Who may do what, computed from the API's own document: every operation is asked by everybody. A new operation without a row
//! here fails.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    demo_shop::DemoShop,
    server::{Answer, Server},
};

/// An id that nobody has.
const NOBODYS: &str = "0190aaaa-0000-7000-8000-000000000000";

/// What of the organization an operation names, and what it is sent.
struct Row {
    /// The kind of thing whose id stands in the path or in the body.
    thing: Option<&'static str>,
    body: fn(id: &str) -> Value,
}

const fn row(thing: Option<&'static str>, body: fn(&str) -> Value) -> Row {
    Row { thing, body }
}

fn nothing(_: &str) -> Value {
    Value::Null
}

fn name(_: &str) -> Value {
    json!({"name": "A name"})
}

/// Every operation that needs a key or session.
fn rows() -> BTreeMap<&'static str, Row> {
    BTreeMap::from([
        ("create_robot_build", row(None, |_| json!({"url": "https://shop.example/", "country_code": "US"}))),
        ("list_robot_builds", row(None, nothing)),
        ("get_robot_build", row(Some("build"), nothing)),
        ("list_robots", row(None, nothing)),
        ("get_robot", row(Some("robot"), nothing)),
        ("update_robot", row(Some("robot"), name)),
        ("delete_robot", row(Some("robot"), nothing)),
        ("get_robot_program", row(Some("robot"), nothing)),
        ("create_run", row(Some("robot"), |robot| json!({"robot_id": robot, "budget": 1}))),
        ("preview_run", row(Some("robot"), |robot| json!({"robot_id": robot}))),
        ("list_runs", row(None, nothing)),
        ("get_run", row(Some("run"), nothing)),
        ("stop_run", row(Some("run"), nothing)),
        ("restart_run", row(Some("run"), |_| json!({"budget": 1_000}))),
        ("list_run_pages", row(Some("run"), nothing)),
        ("stream_run_events", row(Some("run"), nothing)),
        (
            "create_schedule",
            row(
                Some("robot"),
                |robot| json!({"robot_id": robot, "cadence": {"interval_amount": 1, "interval_unit": "day"}}),
            ),
        ),
        ("list_schedules", row(None, nothing)),
        ("get_schedule", row(Some("schedule"), nothing)),
        ("update_schedule", row(Some("schedule"), name)),
        ("delete_schedule", row(Some("schedule"), nothing)),
        ("pause_schedule", row(Some("schedule"), nothing)),
        ("resume_schedule", row(Some("schedule"), nothing)),
        ("create_conversation", row(None, nothing)),
        ("list_conversations", row(None, nothing)),
        // Of whoever began it alone: not even an owner of the same organization finds it.
        ("get_conversation", row(Some("conversation"), nothing)),
        ("update_conversation", row(Some("conversation"), |_| json!({"title": "A name"}))),
        ("delete_conversation", row(Some("conversation"), nothing)),
        ("ask_assistant", row(Some("conversation"), |_| json!({"text": "How many runs are there?"}))),
        ("stop_assistant", row(Some("conversation"), nothing)),
        ("list_captures", row(None, nothing)),
        ("export_captures", row(None, nothing)),
        ("delete_capture", row(Some("capture"), nothing)),
        ("delete_run", row(Some("run"), nothing)),
        ("get_capture", row(Some("capture"), nothing)),
        ("create_enrichment", row(Some("run"), |run| json!({"run_id": run, "again": true}))),
        ("list_enrichments", row(None, nothing)),
        ("get_enrichment", row(Some("enrichment"), nothing)),
        ("stop_enrichment", row(Some("enrichment"), nothing)),
        ("restart_enrichment", row(Some("enrichment"), nothing)),
        ("list_enrichment_captures", row(Some("enrichment"), nothing)),
        ("list_items", row(None, nothing)),
        ("count_item_facets", row(None, nothing)),
        ("list_categories", row(None, nothing)),
        ("export_items", row(None, nothing)),
        ("get_item", row(Some("item"), nothing)),
        ("get_balance", row(None, nothing)),
        ("list_statement", row(None, nothing)),
        ("get_statement_entry", row(None, nothing)),
        ("export_statement", row(None, nothing)),
        ("get_usage", row(None, nothing)),
        ("export_usage", row(None, nothing)),
        ("get_forecast", row(None, nothing)),
        ("list_plans", row(None, nothing)),
        ("get_subscription", row(None, nothing)),
        ("create_checkout", row(None, |_| json!({"plan": "start"}))),
        ("change_plan", row(None, |_| json!({"plan": "scale", "quantity": 2}))),
        ("buy_credit_packs", row(None, |_| json!({"quantity": 1}))),
        ("open_portal", row(None, nothing)),
        ("get_organization", row(None, nothing)),
        ("update_organization", row(None, name)),
        ("list_members", row(None, nothing)),
        ("update_member", row(Some("person"), |_| json!({"role": "owner"}))),
        ("remove_member", row(Some("person"), nothing)),
        ("create_api_key", row(None, name)),
        ("list_api_keys", row(None, nothing)),
        ("get_api_key", row(Some("key"), nothing)),
        ("update_api_key", row(Some("key"), name)),
        ("rotate_api_key", row(Some("key"), nothing)),
        ("revoke_api_key", row(Some("key"), nothing)),
        ("list_audit", row(None, nothing)),
        ("create_invitation", row(None, |_| json!({"email": "new@shop.example"}))),
        ("list_invitations", row(None, nothing)),
        ("resend_invitation", row(Some("invitation"), nothing)),
        ("revoke_invitation", row(Some("invitation"), nothing)),
        ("create_webhook", row(None, |_| json!({"url": "https://127.0.0.1/"}))),
        ("list_webhooks", row(None, nothing)),
        ("get_webhook", row(Some("webhook"), nothing)),
        ("update_webhook", row(Some("webhook"), |_| json!({"events": ["run.failed"]}))),
        ("delete_webhook", row(Some("webhook"), nothing)),
        ("rotate_webhook_secret", row(Some("webhook"), nothing)),
        ("test_webhook", row(Some("webhook"), nothing)),
        ("list_webhook_deliveries", row(Some("webhook"), nothing)),
        ("get_webhook_delivery", row(Some("delivery"), nothing)),
        ("replay_webhook_delivery", row(Some("delivery"), nothing)),
    ])
}

struct Operation {
    name: String,
    method: String,
    path: String,
    role: String,
}

impl Operation {
    /// The path with an id in it.
    fn path(&self, id: &str) -> String {
        let path = self.path.replace("{sequence}", "1");
        if path.contains("{delivery_id}") {
            // Of a delivery the id is that of its webhook with its own.
            let (webhook, delivery) = id.split_once('/').unwrap_or((id, id));
            return path.replace("{id}", webhook).replace("{delivery_id}", delivery);
        }
        match (path.find('{'), path.find('}')) {
            (Some(from), Some(to)) => format!("{}{id}{}", &path[..from], &path[to + 1..]),
            _ => path,
        }
    }
}

/// The operations of the document that take this kind of proof, with the role that they say they take.
fn operations(document: &Value, proof: &str) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if !operation["security"].as_array().unwrap().iter().any(|taken| taken.get(proof).is_some()) {
                continue;
            }
            all.push(Operation {
                name: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                role: operation["x-role"].as_str().unwrap_or("member").to_owned(),
            });
        }
    }
    all
}

/// One of each thing of the first organization, whose runs have ended.
struct World {
    server: Server,
    things: BTreeMap<&'static str, String>,
    other: String,
}

impl World {
    fn new(shop: &DemoShop) -> World {
        // A model that nobody reaches: what may not be asked is refused before.
        let server = Server::configured("model_base_url = \"http://127.0.0.1:9/v1\"\nmodel_name = \"small\"\n");
        let robot = server.robot(shop);
        let run = server.post("/v1/extract/runs", &json!({"robot_id": robot, "budget": 1}));
        let run = run.body["id"].as_str().unwrap().to_owned();
        server.wait(&run);
        let daily = json!({"robot_id": robot, "cadence": {"interval_amount": 1, "interval_unit": "day"}});
        let schedule = server.post("/v1/extract/schedules", &daily).body["id"].as_str().unwrap().to_owned();
        let first = |path: &str| server.get(path).body["rows"][0]["id"].as_str().unwrap().to_owned();
        let (capture, build) = (first("/v1/extract/captures"), first("/v1/extract/robot-builds"));
        let enrichment = server.enrich(&json!({"run_id": run}))["id"].as_str().unwrap().to_owned();
        let item = first("/v1/enrich/items");
        let key = server.post("/v1/api-keys", &json!({"name": "spare"})).body["id"].as_str().unwrap().to_owned();
        let invited = server.post("/v1/invitations", &json!({"email": "carl@shop.example"}));
        let invitation = invited.body["id"].as_str().unwrap().to_owned();
        let webhook = server.post("/v1/webhooks", &json!({"url": "https://127.0.0.1:9/"})).body["id"].clone();
        let webhook = webhook.as_str().unwrap().to_owned();
        let sent = server.post(&format!("/v1/webhooks/{webhook}/test"), &Value::Null).body["id"].clone();
        let delivery = format!("{webhook}/{}", sent.as_str().unwrap());
        let owner = |organization: &str, email: &str| {
            let words = ["admin", "create-owner", "--email", email, "--organization", organization, "--with-key", "--json"];
            let made = server.creel.run(&words);
            assert_eq!(made.code, 0, "{}", made.err);
            made.lines().remove(0)
        };
        let person = owner("default", "ann@shop.example")["person_id"].as_str().unwrap().to_owned();
        let other = owner("Other", "bob@shop.example")["api_key"]["secret"].as_str().unwrap().to_owned();
        let conversation = server.conversation();
        let things = [
            ("conversation", conversation),
            ("invitation", invitation),
            ("webhook", webhook),
            ("delivery", delivery),
            ("robot", robot),
            ("run", run),
            ("capture", capture),
            ("enrichment", enrichment),
            ("item", item),
            ("build", build),
            ("schedule", schedule),
            ("key", key),
            ("person", person),
        ];
        World { server, things: BTreeMap::from(things), other }
    }

    /// The secret of a new key, and its id.
    fn key(&self, more: &Value) -> (String, String) {
        let mut body = json!({"name": "a key"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = self.server.post("/v1/api-keys", &body);
        assert_eq!(made.status, 201, "{}", made.body);
        (made.body["secret"].as_str().unwrap().to_owned(), made.body["id"].as_str().unwrap().to_owned())
    }

    fn ask(&self, operation: &Operation, row: &Row, id: &str, key: Option<&str>) -> Answer {
        let body = (row.body)(id);
        let body = (!body.is_null()).then(|| body.to_string());
        self.server.ask(&operation.method, &operation.path(id), body, key)
    }

    /// Polls until the key is refused: its end has come.
    fn wait_for_end(&self, key: &str) {
        let until = Instant::now() + Duration::from_secs(10);
        while self.server.ask("GET", "/v1/organization", None, Some(key)).status != 401 {
            assert!(Instant::now() < until, "the key does not end");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn in_a_moment() -> String {
    let at = std::time::SystemTime::now() + Duration::from_millis(1_500);
    let seconds = at.duration_since(std::time::UNIX_EPOCH).unwrap();
    creel_types::Time(i64::try_from(seconds.as_millis()).unwrap()).to_string()
}

#[test]
fn everybody_may_do_just_what_the_document_says() {
    let shop = DemoShop::start();
    let world = World::new(&shop);
    let document = world.server.get("/openapi.json").body;
    let (rows, operations) = (rows(), operations(&document, "api_key"));
    let forgotten: Vec<&str> =
        operations.iter().map(|one| one.name.as_str()).filter(|name| !rows.contains_key(name)).collect();
    assert!(forgotten.is_empty(), "say in this file what {forgotten:?} name and are sent");
    assert_eq!(rows.len(), operations.len(), "rows without an operation");

    let (member, _) = world.key(&json!({"role": "member"}));
    let (admin, _) = world.key(&json!({"role": "admin"}));
    let (owner, _) = world.key(&json!({"role": "owner"}));
    let (revoked, id) = world.key(&json!({"role": "owner"}));
    assert_eq!(world.server.ask("DELETE", &format!("/v1/api-keys/{id}"), None, Some(&owner)).status, 204);
    let (expired, _) = world.key(&json!({"role": "owner", "expires_at": in_a_moment()}));
    world.wait_for_end(&expired);

    for operation in &operations {
        let row = &rows[operation.name.as_str()];
        let id = row.thing.map_or(NOBODYS, |thing| world.things[thing].as_str());
        for key in [None, Some("crl_nonsense"), Some(revoked.as_str()), Some(expired.as_str())] {
            let answer = world.ask(operation, row, id, key);
            assert_eq!((answer.status, &answer.body["code"]), (401, &json!("unauthorized")), "{}", operation.name);
        }
        refuses_others(&world, operation, row, id);
    }
    // What destroys is asked last of all, so that the others find what they name.
    let (last, first): (Vec<_>, Vec<_>) = operations.iter().partition(|operation| operation.method == "DELETE");
    for operation in first.into_iter().chain(last) {
        let row = &rows[operation.name.as_str()];
        let id = row.thing.map_or(NOBODYS, |thing| world.things[thing].as_str());
        for (role, key) in [("member", &member), ("admin", &admin), ("owner", &owner)] {
            let answer = world.ask(operation, row, id, Some(key));
            let rank = |role: &str| ["member", "admin", "owner"].iter().position(|one| *one == role);
            let may = rank(role) >= rank(&operation.role) && !above_an_admin(&operation.name, role);
            assert_eq!(answer.status != 403, may, "{} as {role}: {} {}", operation.name, answer.status, answer.body);
            // Nothing is sold at this installation, which is said after who may buy.
            let is_not_sold = answer.body["code"] == "billing_not_configured";
            assert!(
                (answer.status < 500 || is_not_sold) && answer.status != 401,
                "{} as {role}: {}",
                operation.name,
                answer.body
            );
        }
    }
}

#[test]
fn what_is_for_people_takes_no_key() {
    let server = Server::start();
    let for_people = operations(&server.get("/openapi.json").body, "session");
    assert!(for_people.len() >= 6, "{}", for_people.len());
    for operation in for_people {
        let ask = |key| server.ask(&operation.method, &operation.path(NOBODYS), Some("{}".to_owned()), key);
        assert_eq!(ask(Some(&server.key)).status, 403, "{}", operation.name);
        assert_eq!(ask(None).status, 401, "{}", operation.name);
        assert_eq!(ask(Some("crl_nonsense")).status, 401, "{}", operation.name);
    }
}

/// The person is an owner: only owners change and remove owners, whatever role the operation takes in general.
fn above_an_admin(operation: &str, role: &str) -> bool {
    matches!(operation, "update_member" | "remove_member") && role != "owner"
}

/// A key of another organization is told just what it is told of things that do not exist, and sees nothing of this one.
fn refuses_others(world: &World, operation: &Operation, row: &Row, id: &str) {
    let answer = world.ask(operation, row, id, Some(&world.other));
    let missing = world.ask(operation, row, NOBODYS, Some(&world.other));
    if row.thing.is_some() {
        assert_eq!(answer.status, 404, "{}: {}", operation.name, answer.body);
        assert_eq!(answer.body.to_string(), missing.body.to_string(), "{}", operation.name);
    }
    let text = answer.body.to_string();
    for own in world.things.values() {
        assert!(!text.contains(own.as_str()), "{} shows {own} to another organization: {text}", operation.name);
    }
}
