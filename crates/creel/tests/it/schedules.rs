//! Schedules over HTTP: made, changed, paused, refused by name; and two servers on one database that are killed while ticks are
//! due.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use creel_types::{Time, time::DAY_MS};
use serde_json::{Value, json};

use crate::{command::Creel, demo_shop::DemoShop, server::Server};

const SCHEDULES: &str = "/v1/extract/schedules";

fn now() -> Time {
    Time(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap())
}

fn daily(robot: &str) -> Value {
    json!({"robot_id": robot, "cadence": {"interval_amount": 1, "interval_unit": "day"}})
}

fn with(mut body: Value, more: &Value) -> Value {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[test]
fn a_schedule_is_made_seen_changed_paused_resumed_and_deleted() {
    let (shop, server) = (DemoShop::start(), Server::start());
    let robot = server.robot(&shop);
    let made = server.post(SCHEDULES, &with(daily(&robot), &json!({"budget": 3, "discover": false})));
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.body["id"].as_str().unwrap().to_owned();
    let path = format!("{SCHEDULES}/{id}");
    let one = server.get(&path).body;
    let name = format!("Daily {} run", server.get(&format!("/v1/extract/robots/{robot}")).body["host"].as_str().unwrap());
    assert_eq!((&one["name"], &one["status"], &one["note"]), (&json!(name), &json!("active"), &Value::Null));
    assert_eq!((&one["budget"], &one["discover"], &one["time_zone"]), (&json!(3), &json!(false), &json!("UTC")));
    let next: Vec<Time> =
        one["next_runs"].as_array().unwrap().iter().map(|at| at.as_str().unwrap().parse().unwrap()).collect();
    assert_eq!(next.len(), 5);
    assert!(next.windows(2).all(|pair| pair[1].ms_since(pair[0]) == DAY_MS));
    assert_eq!((&one["next_run_at"], &one["starts_at"]), (&one["next_runs"][0], &one["next_runs"][0]));
    let listed = server.get(&format!("{SCHEDULES}?status=active&robot_id={robot}")).body;
    assert_eq!(listed["rows"][0]["id"], json!(id));
    assert_eq!(listed["rows"][0].get("start_urls"), None, "a list shows no thousands of addresses");

    let changes = json!({"cadence": {"interval_amount": 2, "interval_unit": "week"}, "time_zone": "Europe/Berlin",
        "windows": [{"days": ["saturday"], "from": "22:00", "to": "06:00"}], "budget": null, "start_urls": [shop.url()]});
    let changed = server.ask("PATCH", &path, Some(changes.to_string()), Some(&server.key));
    assert_eq!((changed.status, &changed.body["budget"]), (200, &Value::Null), "{}", changed.body);
    assert_eq!(changed.body["start_urls"], json!([shop.url()]));
    assert_eq!(changed.body["windows"], json!([{"days": ["saturday"], "from": "22:00", "to": "06:00"}]));

    let paused = server.post(&format!("{path}/pause"), &Value::Null);
    assert_eq!((paused.status, &paused.body["status"], &paused.body["next_run_at"]), (200, &json!("paused"), &Value::Null));
    assert!(paused.body["note"].as_str().unwrap().contains("resume"));
    let resumed = server.post(&format!("{path}/resume"), &Value::Null).body;
    assert_eq!((&resumed["status"], &resumed["next_run_at"]), (&json!("active"), &changed.body["next_run_at"]));

    let refused = server.ask("DELETE", &format!("/v1/extract/robots/{robot}"), None, Some(&server.key));
    assert_eq!(refused.status, 409);
    assert!(refused.body["message"].as_str().unwrap().contains("schedules=delete"), "{}", refused.body);
    assert_eq!(server.ask("DELETE", &path, None, Some(&server.key)).status, 204);
    assert_eq!(server.get(&path).status, 404);
    assert_eq!(server.post(SCHEDULES, &daily(&robot)).status, 201);
    let gone = server.ask("DELETE", &format!("/v1/extract/robots/{robot}?schedules=delete"), None, Some(&server.key));
    assert_eq!(gone.status, 204, "{}", gone.body);
    assert_eq!(server.get(SCHEDULES).body["rows"], json!([]));
}

#[test]
fn without_credits_a_schedule_is_made_asleep_and_says_what_wakes_it() {
    let (shop, server) = (DemoShop::start(), Server::start());
    let robot = server.robot(&shop);
    let admin = |words: &[&str]| assert_eq!(server.creel.run(&[&["admin"], words, &["--reason", "test"]].concat()).code, 0);
    admin(&["adjust", "--credits", "-5000"]);
    let asleep = server.post(SCHEDULES, &daily(&robot));
    assert_eq!((asleep.status, &asleep.body["status"]), (201, &json!("paused_no_credits")));
    assert!(asleep.body["note"].as_str().unwrap().contains("2 credits"), "{}", asleep.body);
    let by_hand = server.post(SCHEDULES, &daily(&robot)).body["id"].as_str().unwrap().to_owned();
    let paused = server.post(&format!("{SCHEDULES}/{by_hand}/pause"), &Value::Null).body;
    assert_eq!(paused["status"], json!("paused"));
    admin(&["grant", "--credits", "2"]);
    let woken = server.get(&format!("{SCHEDULES}/{}", asleep.body["id"].as_str().unwrap())).body;
    assert_eq!((&woken["status"], &woken["next_run_at"]), (&json!("active"), &woken["next_runs"][0]));
    assert_eq!(server.get(&format!("{SCHEDULES}/{by_hand}")).body["status"], json!("paused"));
}

#[test]
fn what_is_wrong_is_named() {
    let (shop, server) = (DemoShop::start(), Server::start());
    let robot = server.robot(&shop);
    let every = |amount: i64, unit: &str| json!({"cadence": {"interval_amount": amount, "interval_unit": unit}});
    let window = |from: &str, to: &str| json!({"from": from, "to": to});
    let table = [
        (every(0, "day"), 422, "cadence.interval_amount"),
        (every(1_000_000_000, "hour"), 422, "cadence.interval_amount"),
        (every(13, "month"), 422, "cadence.interval_amount"),
        (json!({"cadence": {"interval_amount": null, "interval_unit": "day"}}), 422, "cadence.interval_amount"),
        (json!({"cadence": {"interval_amount": 1.5, "interval_unit": "day"}}), 422, "cadence.interval_amount"),
        (json!({"cadence": {"interval_amount": 1, "interval_unit": "year"}}), 422, "cadence.interval_unit"),
        (json!({"cadence": {"interval_amount": 1}}), 422, "cadence.interval_unit"),
        (json!({"cadence": {"interval_amount": 1, "interval_unit": "day", "cron": "*"}}), 422, "cadence.cron"),
        (json!({"time_zone": "Mars/Olympus"}), 422, "time_zone"),
        (json!({"time_zone": "europe/berlin"}), 422, "time_zone"),
        (json!({"start_urls": ["https://elsewhere.example/"]}), 422, "start_urls[0]"),
        (json!({"starts_at": "9999-01-01T00:00:00Z"}), 409, "starts_at"),
        (json!({"starts_at": "soon"}), 422, "starts_at"),
        (json!({"windows": vec![window("01:00", "02:00"); 15]}), 422, "windows"),
        (json!({"windows": [window("01:00", "02:00"), window("05:00", "05:00")]}), 409, "windows[1].to"),
        (json!({"windows": [window("24:00", "05:00")]}), 422, "windows[0].from"),
        (json!({"windows": [window("5:00", "06:00")]}), 422, "windows[0].from"),
        (json!({"windows": [{"from": "01:00", "to": "02:00", "days": ["sun"]}]}), 422, "windows[0].days[0]"),
        (json!({"windows": [{"from": "01:00", "to": "02:00", "days": vec!["sunday"; 8]}]}), 422, "windows[0].days"),
        (json!({"budget": 0}), 422, "budget"),
        (json!({"include": ["re:("]}), 422, "include[0]"),
        (json!({"auto_enrich": "yes"}), 422, "auto_enrich"),
    ];
    let made = server.post(SCHEDULES, &daily(&robot)).body["id"].as_str().unwrap().to_owned();
    for (wrong, status, field) in &table {
        let body = with(daily(&robot), wrong);
        let change = server.ask("PATCH", &format!("{SCHEDULES}/{made}"), Some(wrong.to_string()), Some(&server.key));
        for answer in [server.post(SCHEDULES, &body), change] {
            assert_eq!((answer.status, &answer.body["field"]), (*status, &json!(field)), "{wrong}: {}", answer.body);
        }
    }
    // Long past is taken: the next run is the next future tick.
    let past = server.post(SCHEDULES, &with(daily(&robot), &json!({"starts_at": "1999-12-31T23:59:59Z"})));
    let next: Time = past.body["next_run_at"].as_str().unwrap().parse().unwrap();
    assert!(past.status == 201 && next > now() && next.ms_since(now()) <= DAY_MS, "{}", past.body);
    assert!(past.body["next_run_at"].as_str().unwrap().ends_with("T23:59:59.000Z"));
}

/// Schedules of which each has one tick in the test, within a few seconds.
const TICKS: i64 = 200;
const SPREAD_MS: i64 = 5_000;

/// Moves their first ticks near: making so many takes a while, and longer where other tests run.
fn begin_soon(server: &Server, ids: &BTreeSet<String>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let database = creel_store::Database::open_postgres(server.creel.database_url().unwrap()).await.unwrap();
        let begin = now().plus_ms(1_000);
        for (number, id) in (0..).zip(ids) {
            let at = begin.plus_ms(number * SPREAD_MS / TICKS);
            let sql = "UPDATE schedules SET starts_at = $2, next_run_at = $2 WHERE id = $1";
            database.execute(sql, creel_store::args![id.as_str(), at]).await.unwrap();
        }
        database.close().await;
    });
}

#[test]
fn two_servers_that_are_killed_make_each_run_once() {
    let shop = DemoShop::start();
    let mut one = Server::start_with(Creel::on_postgres());
    let mut two = one.beside();
    let robot = one.robot(&shop);
    let mut ids = BTreeSet::new();
    for _ in 0..TICKS {
        let more = json!({"start_urls": [shop.url()], "discover": false, "budget": 1});
        let made = one.post(SCHEDULES, &with(daily(&robot), &more));
        assert_eq!(made.status, 201, "{}", made.body);
        ids.insert(made.body["id"].as_str().unwrap().to_owned());
    }
    begin_soon(&one, &ids);
    // Killed with about so many of the ticks made, by turns.
    let mut kills = vec![20, 60, 90, 130, 170];
    let until = Instant::now() + Duration::from_secs(90);
    loop {
        let made = one.get(&format!("{SCHEDULES}?limit=500")).body["rows"].as_array().unwrap().clone();
        let made = made.iter().filter(|row| !row["last_run_id"].is_null()).count();
        if kills.first().is_some_and(|at| *at <= made) {
            kills.remove(0);
            if kills.len() % 2 == 0 { one.kill_and_start_again() } else { two.kill_and_start_again() }
        } else if made == TICKS as usize {
            break;
        }
        assert!(Instant::now() < until, "{made} runs were made");
        std::thread::sleep(Duration::from_millis(20));
    }
    let runs = two.get("/v1/extract/runs?limit=500").body["rows"].as_array().unwrap().clone();
    let of: BTreeSet<String> = runs.iter().map(|run| run["schedule_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!((runs.len(), of), (TICKS as usize, ids.clone()), "each tick made one run");
    for row in two.get(&format!("{SCHEDULES}?limit=500")).body["rows"].as_array().unwrap() {
        let run = runs.iter().find(|run| run["id"] == row["last_run_id"]).unwrap();
        assert_eq!((&run["schedule_id"], &row["last_skipped_at"]), (&row["id"], &Value::Null));
        let [starts_at, next]: [Time; 2] =
            ["starts_at", "next_run_at"].map(|field| row[field].as_str().unwrap().parse().unwrap());
        assert_eq!(next.ms_since(starts_at), DAY_MS);
    }
    let first = ids.first().unwrap();
    assert_eq!(two.get(&format!("/v1/extract/runs?schedule_id={first}")).body["rows"].as_array().unwrap().len(), 1);
}
