//! The pages of robots and their builds, walked as a browser without scripts walks them; and that no page of anything that crawls
//! shows, or does, what belongs to another organization.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    browser::Browser,
    command::finish,
    demo_shop::DemoShop,
    pages::{look, page, send, typed},
    people::{PASSWORD, joined, with_owner},
    server::Server,
};

/// Follows a build's page until it says that the robot is ready; answers the robot's id.
pub fn learned(browser: &mut Browser, build: &str) -> String {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let seen = look(browser, build, 200);
        if let Some((_, rest)) = seen.split_once("/runs/new?robot=") {
            return rest.split('"').next().unwrap().to_owned();
        }
        assert!(Instant::now() < until && !seen.contains("Failed"), "{seen}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A robot for the shop, made by its page.
pub fn robot(browser: &mut Browser, shop: &DemoShop) -> String {
    let form = look(browser, "/robots/new", 200);
    let asked = typed(browser, &form, "/robots/new", &[("url", shop.url())]);
    assert_eq!(asked.status, 303, "{}", asked.text);
    assert!(asked.location().starts_with("/robots/builds/"), "{}", asked.location());
    learned(browser, asked.location())
}

/// The owner of another organization of the same server.
pub fn stranger(server: &Server) -> Browser {
    let words = ["admin", "create-owner", "--email", "eve@other.example", "--organization", "Other"];
    let made = finish(server.creel.command(&words).env("CREEL_OWNER_PASSWORD", PASSWORD).output().unwrap());
    assert_eq!(made.code, 0, "{}", made.err);
    let mut eve = Browser::of(server);
    assert_eq!(eve.sign_in("eve@other.example", PASSWORD).status, 200);
    eve
}

#[test]
fn a_product_address_becomes_a_robot() {
    let (shop, (server, mut ann)) = (DemoShop::start(), with_owner(""));
    let empty = look(&mut ann, "/robots", 200);
    assert!(empty.contains("<title>Robots – Shop – Creel</title>") && empty.contains("No robots yet"), "{empty}");
    assert!(look(&mut ann, "/robots/builds", 200).contains("No builds yet"));

    let form = look(&mut ann, "/robots/new", 200);
    let refused = page(typed(&mut ann, &form, "/robots/new", &[("url", "no address"), ("country_code", "DE")]), 422);
    assert!(refused.contains("id=\"url-error\"") && refused.contains("value=\"no address\""), "{refused}");
    assert!(refused.contains("<option value=\"DE\" selected>Germany</option>"), "what was chosen stays");
    let refused = page(typed(&mut ann, &form, "/robots/new", &[("url", shop.url()), ("country_code", "QQ")]), 422);
    assert!(refused.contains("id=\"country_code-error\""), "{refused}");

    let id = robot(&mut ann, &shop);
    let path = format!("/robots/{id}");
    let seen = look(&mut ann, &path, 200);
    assert!(seen.contains("It has never run.") && seen.contains("Nothing has been captured with this robot yet"), "{seen}");
    assert!(seen.contains("&#34;product_url_patterns&#34;"), "its program, as JSON: {seen}");
    let list = look(&mut ann, "/robots", 200);
    assert!(list.contains(&format!("href=\"{path}\"")) && list.contains("alt=\"United States\""), "{list}");
    assert!(look(&mut ann, "/robots/builds", 200).contains("Completed"));

    // The same shop and country again is the same robot.
    let again = typed(&mut ann, &form, "/robots/new", &[("url", shop.url()), ("country_code", "US")]);
    assert_eq!((again.status, again.location()), (303, format!("{path}?done=known").as_str()));
    // The stream of a build that has ended says how, and ends.
    let build = ann.ask("GET", "/v1/extract/robot-builds", &Value::Null).json()["rows"][0]["id"].clone();
    let live = ann.send("GET", &format!("/robots/builds/{}/live", build.as_str().unwrap()), |request| request);
    assert_eq!((live.status, live.header("content-type")), (200, "text/event-stream"));
    assert!(live.text.contains("event: end") && live.text.contains("Start a run"), "{}", live.text);

    // A member does all of this too.
    let mut bob = joined(&server, &mut ann, "bob@shop.example", "member");
    let seen = look(&mut bob, &path, 200);
    assert_eq!(send(&mut bob, &seen, &path, &[("name", "Bob's")]).status, 303);
    assert!(look(&mut ann, &path, 200).contains("<h1 dir=\"auto\">Bob&#39;s</h1>"));
}

#[test]
fn two_who_rename_a_robot_are_told_and_one_that_is_needed_says_so() {
    let (shop, (_server, mut ann)) = (DemoShop::start(), with_owner(""));
    let id = robot(&mut ann, &shop);
    let path = format!("/robots/{id}");
    let (first, second) = (look(&mut ann, &path, 200), look(&mut ann, &path, 200));
    let named = send(&mut ann, &first, &path, &[("name", "Garden")]);
    assert_eq!((named.status, named.location()), (303, format!("{path}?done=renamed").as_str()));
    let told = page(send(&mut ann, &second, &path, &[("name", "Tools")]), 409);
    assert!(told.contains("It was changed meanwhile, by ann@shop.example on "), "{told}");
    assert!(told.contains("<h1 dir=\"auto\">Garden</h1>") && told.contains("value=\"Tools\""), "both are there: {told}");
    // Whoever has seen it may.
    assert_eq!(send(&mut ann, &told, &path, &[("name", "Tools")]).status, 303);
    let seen = look(&mut ann, &path, 200);
    let refused = page(send(&mut ann, &seen, &path, &[("name", " ")]), 422);
    assert!(refused.contains("id=\"name-error\""), "{refused}");

    let schedule = json!({"robot_id": id, "cadence": {"interval_amount": 1, "interval_unit": "day"}});
    assert_eq!(ann.ask("POST", "/v1/extract/schedules", &schedule).status, 201);
    // A question that was asked before there was a schedule says nothing of it.
    let refused = page(send(&mut ann, &seen, &format!("{path}/delete"), &[]), 409);
    assert!(refused.contains("The robot has a schedule"), "{refused}");
    let question = look(&mut ann, &path, 200);
    assert!(question.contains("This deletes 1 schedule with it."), "{question}");
    let gone = send(&mut ann, &question, &format!("{path}/delete"), &[]);
    assert_eq!((gone.status, gone.location()), (303, "/robots?done=deleted"), "{}", gone.text);
    assert!(look(&mut ann, "/robots?done=deleted", 200).contains("The robot is deleted."));
    look(&mut ann, &path, 404);
}

#[test]
fn nothing_of_another_organization_is_shown_or_changed() {
    let (shop, (server, mut ann)) = (DemoShop::start(), with_owner(""));
    let robot = robot(&mut ann, &shop);
    let made = |answer: crate::browser::Seen| answer.json()["id"].as_str().unwrap().to_owned();
    let run = made(ann.ask("POST", "/v1/extract/runs", &json!({"robot_id": robot, "budget": 2})));
    let schedule = json!({"robot_id": robot, "cadence": {"interval_amount": 1, "interval_unit": "day"}});
    let schedule = made(ann.ask("POST", "/v1/extract/schedules", &schedule));
    let build = ann.ask("GET", "/v1/extract/robot-builds", &Value::Null).json()["rows"][0]["id"].clone();
    let build = build.as_str().unwrap();
    let before = look(&mut ann, &format!("/schedules/{schedule}"), 200);
    let mut eve = stranger(&server);
    let pages = [
        format!("/robots/{robot}"),
        format!("/robots/builds/{build}"),
        format!("/runs/{run}"),
        format!("/runs/{run}/pages"),
        format!("/schedules/{schedule}"),
        format!("/schedules/{schedule}/edit"),
        "/robots/nonsense".to_owned(),
        "/robots/builds/nonsense".to_owned(),
        "/runs/nonsense".to_owned(),
        "/schedules/nonsense".to_owned(),
    ];
    for path in pages {
        let seen = look(&mut eve, &path, 404);
        assert!(seen.contains("There is nothing here"), "{path}: {seen}");
    }
    let own = look(&mut eve, "/robots/new", 200);
    for path in [
        format!("/robots/{robot}"),
        format!("/robots/{robot}/delete"),
        format!("/runs/{run}/stop"),
        format!("/runs/{run}/restart"),
        format!("/runs/{run}/delete"),
        format!("/schedules/{schedule}/edit"),
        format!("/schedules/{schedule}/pause"),
        format!("/schedules/{schedule}/resume"),
        format!("/schedules/{schedule}/delete"),
    ] {
        let fields = [("name", "mine"), ("interval_amount", "1"), ("interval_unit", "day"), ("time_zone", "UTC")];
        assert_eq!(typed(&mut eve, &own, &path, &fields).status, 404, "{path}");
    }
    for path in ["/robots", "/runs", "/schedules", "/robots/builds"] {
        let seen = look(&mut eve, path, 200);
        assert!(![robot.as_str(), &run, &schedule, build].iter().any(|id| seen.contains(*id)), "{path}");
    }
    let filtered = look(&mut eve, &format!("/runs?robot={robot}&schedule={schedule}"), 200);
    assert!(filtered.contains("No run fits"), "{filtered}");
    // A form without the token of its own session changes nothing.
    let path = format!("/schedules/{schedule}/pause");
    assert_eq!(typed(&mut ann, &own, &path, &[]).status, 403);
    let after = look(&mut ann, &format!("/schedules/{schedule}"), 200);
    assert!(before.contains("Active") && after.contains("Active"), "{after}");
}
