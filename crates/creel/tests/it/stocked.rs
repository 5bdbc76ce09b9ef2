//! An organization that has everything that pages show, some of it hard to show: titles without end or without spaces, in scripts
//! that run the other way, thousands of captures, endpoints that fail.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use creel_testkit::model::{ModelServer, Script};
use serde_json::{Value, json};

use crate::{
    assistant::settings,
    browser::Browser,
    demo_shop::DemoShop,
    item_pages::say_much,
    people::{joined, with_owner},
    server::Server,
    small_shop::{SmallShop, links, product},
};

/// Copies of each capture where pictures are taken, and where pages are only checked.
const COPIES: [usize; 2] = [10_000, 500];

pub struct Stocked {
    pub server: Server,
    pub owner: Browser,
    pub member: Browser,
    /// One of each thing, by the path of its list.
    pub ids: BTreeMap<&'static str, String>,
    /// A link by which somebody is invited.
    pub invitation: String,
    _shop: DemoShop,
    _odd: SmallShop,
    _model: ModelServer,
}

impl Stocked {
    pub fn new(many: bool) -> Stocked {
        let model = ModelServer::start(answers);
        let settings = format!("contact = \"ops@creel.example\"\nmodel_enrich = false\n{}", settings(&model));
        let (server, mut owner) = with_owner(&settings);
        let member = joined(&server, &mut owner, "bob.with.a.rather.long.name@department.shop.example", "member");
        let (shop, odd) = (DemoShop::start(), odd_shop());
        let robot = robot_of(&mut owner, shop.url());
        let robot_of_odd = robot_of(&mut owner, &format!("{}p/1", odd.url));
        let run = run_to_end(
            &mut owner,
            &json!({"robot_id": robot, "budget": 60, "name": "Weekly look at every shoe, bag and coat"}),
        );
        let run_of_odd = run_to_end(&mut owner, &json!({"robot_id": robot_of_odd}));
        let enrichment = enriched(&mut owner, &run, "Every shoe, bag and coat as an item");
        let item = first(&mut owner, "/v1/enrich/items");
        say_much(&server, &item);
        enriched(&mut owner, &run_of_odd, &"Donaudampfschifffahrtselektrizitätenhauptbetriebswerk ".repeat(3));
        copy_captures(&server, COPIES[usize::from(!many)]);
        let mut ids = BTreeMap::from([
            ("/robots", robot.clone()),
            ("/runs", run),
            ("/enrichments", enrichment),
            ("/items", item),
            ("/billing/statement", "1".to_owned()),
        ]);
        let daily = json!({"robot_id": robot, "cadence": {"interval_amount": 1, "interval_unit": "day"}});
        ids.insert("/schedules", made(&mut owner, "/v1/extract/schedules", &daily));
        ids.insert(
            "/settings/api-keys",
            made(&mut owner, "/v1/api-keys", &json!({"name": "Key of the warehouse", "role": "member"})),
        );
        let hook = made(
            &mut owner,
            "/v1/webhooks",
            &json!({"url": "https://127.0.0.1:9/a/path/that/goes/on/for/quite/some/while"}),
        );
        let sent = owner.ask("POST", &format!("/v1/webhooks/{hook}/test"), &Value::Null).json();
        ids.insert("/settings/webhooks", hook);
        ids.insert("delivery", sent["id"].as_str().unwrap().to_owned());
        ids.insert("/assistant", conversation(&mut owner));
        for (kind, path) in [("/captures", "/v1/extract/captures"), ("/robots/builds", "/v1/extract/robot-builds")] {
            ids.insert(kind, first(&mut owner, path));
        }
        let invited = owner.ask("POST", "/v1/invitations", &json!({"email": "carl@shop.example"}));
        let invitation = invited.json()["link"].as_str().unwrap().to_owned();
        Stocked { server, owner, member, ids, invitation, _shop: shop, _odd: odd, _model: model }
    }
}

/// A model that looks at robots, drafts a run, and answers with much of what an answer can have.
fn answers(request: &Value) -> Script {
    let messages = request["messages"].as_array().unwrap();
    let told: Vec<&str> =
        messages.iter().filter(|one| one["role"] == "tool").filter_map(|one| one["content"].as_str()).collect();
    match told[..] {
        [] => Script::Calls("Let me look.".into(), vec![("list_robots".into(), "{}".into()), ("get_run".into(), "{}".into())]),
        [robots, _] => {
            let robots: Value = serde_json::from_str(robots).unwrap();
            let draft = json!({"robot_id": robots["rows"][0]["id"], "budget": 20, "exclude": ["*/sale/*"]});
            Script::Calls(String::new(), vec![("draft_run".into(), draft.to_string())])
        }
        _ => Script::Says(
            "## What I found\n\n| Shop | Product | Price | Before | Change |\n| --- | --- | ---: | ---: | ---: |\n\
             | one.example | [A trail shoe for every weather that one can think of](/captures) | 41.97 EUR | 59.95 EUR | −30 % |\n\
             | two.example | Donaudampfschifffahrtselektrizitätenhauptbetriebswerk | 1,299.00 USD | 1,399.00 USD | −7 % |\n\n\
             - Prices are of **today**, see [the runs](/runs).\n- `GTIN 00198482162061` is in both.\n\n1. First\n2. Second\n"
                .into(),
        ),
    }
}

/// A conversation with a question that was answered.
fn conversation(owner: &mut Browser) -> String {
    let id = made(owner, "/v1/assistant/conversations", &json!({}));
    let asked = json!({"text": "Which trail shoes got cheaper since Monday, where, and can you look again?", "page": "/captures?q=shoe"});
    let answer = owner.ask("POST", &format!("/v1/assistant/conversations/{id}/messages"), &asked);
    assert!(answer.text.contains("event: end"), "{}", answer.text);
    id
}

/// Products whose names are hard to set.
fn odd_shop() -> SmallShop {
    let long = "A coat for every weather that one can think of and for some that one cannot, ".repeat(4);
    let names = [
        &long[..300],
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsmütze",
        "حذاء جري خفيف للرجال مع نعل مرن ومقاس واسع باللون الأزرق الداكن",
        "職人が一枚ずつ手作業で仕上げた、長く使える本革の二つ折り財布(小銭入れ付き)",
        "<b>Bold</b> & \"quoted\" 'name'",
    ];
    let paths: Vec<String> = (1..=names.len()).map(|number| format!("/p/{number}")).collect();
    let mut answers = vec![("/", links(&paths.iter().map(String::as_str).collect::<Vec<_>>()))];
    answers.extend(paths.iter().zip(names).map(|(path, name)| {
        let name = name.replace('"', "&quot;").replace('<', "&lt;");
        (path.as_str(), product(&name))
    }));
    SmallShop::start(&answers)
}

/// Has a robot built for the shop of an address.
fn robot_of(owner: &mut Browser, url: &str) -> String {
    let build = made(owner, "/v1/extract/robot-builds", &json!({"url": url, "country_code": "US"}));
    let end = Instant::now() + Duration::from_secs(40);
    loop {
        let build = owner.ask("GET", &format!("/v1/extract/robot-builds/{build}"), &Value::Null).json();
        match build["status"].as_str() {
            Some("completed") => return build["robot_id"].as_str().unwrap().to_owned(),
            Some("failed") => panic!("{build}"),
            _ => assert!(Instant::now() < end, "{build}"),
        }
        std::thread::sleep(Duration::from_millis(30));
    }
}

/// Makes a run and waits for its end.
fn run_to_end(owner: &mut Browser, run: &Value) -> String {
    let id = made(owner, "/v1/extract/runs", run);
    let ended = owner.ask("GET", &format!("/v1/extract/runs/{id}?wait=60"), &Value::Null);
    assert_eq!(ended.status, 200, "{}", ended.text);
    id
}

/// Makes items of a run's captures and waits for their end.
fn enriched(owner: &mut Browser, run: &str, name: &str) -> String {
    let id = made(owner, "/v1/enrich/enrichments", &json!({"run_id": run, "name": name}));
    let seen = owner.ask("GET", &format!("/v1/enrich/enrichments/{id}?wait=60"), &Value::Null).json();
    assert_eq!(seen["end_reason"], "all_processed", "{seen}");
    id
}

/// Makes something; answers its id.
fn made(owner: &mut Browser, path: &str, body: &Value) -> String {
    let made = owner.ask("POST", path, body);
    assert!((200..300).contains(&made.status), "{path}: {}", made.text);
    made.json()["id"].as_str().unwrap().to_owned()
}

fn first(owner: &mut Browser, path: &str) -> String {
    let listed = owner.ask("GET", path, &Value::Null).json();
    listed["rows"][0]["id"].as_str().unwrap_or_else(|| panic!("{path} lists nothing")).to_owned()
}

/// So many captures more, copied from those that are there: pages show them as any other.
fn copy_captures(server: &Server, wanted: usize) {
    let columns = "organization_id, run_id, robot_id, import_id, store, url, page_url, country_code, title, title_normalized, brand, \
                   min_price, max_price, currency, available, content";
    let copy = format!(
        "WITH RECURSIVE copies (copy) AS (SELECT 1 UNION ALL SELECT copy + 1 FROM copies WHERE copy <= 200)
         INSERT INTO captures (id, {columns}, canonical_url, product_id, extracted_at)
         SELECT substr(id, 1, 24) || printf('%012x', abs(random()) % 281474976710655), {columns},
                canonical_url || '?copy=' || copy, product_id || '-' || copy, extracted_at + abs(random()) % 2000
         FROM captures, copies ORDER BY copy, id LIMIT {wanted}"
    );
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let file = server.creel.folder().join("data/creel.db");
        let database = creel_store::Database::open_sqlite(&file).await.unwrap();
        database.execute(&copy, vec![]).await.unwrap();
        database.close().await;
    });
}
