//! The pages of runs, walked as a browser without scripts walks them.

use serde_json::Value;

use crate::{
    browser::Browser,
    demo_shop::DemoShop,
    pages::{look, page, send, typed},
    people::with_owner,
    robot_pages::robot,
};

/// Waits for a run to end, and answers what the API says of it.
fn ended(browser: &mut Browser, id: &str) -> Value {
    let run = browser.ask("GET", &format!("/v1/extract/runs/{id}?wait=60"), &Value::Null).json();
    assert!(run["ended_at"].is_string(), "{run}");
    run
}

#[test]
fn a_run_is_previewed_started_followed_restarted_and_deleted() {
    let (shop, (_server, mut ann)) = (DemoShop::start(), with_owner(""));
    assert!(look(&mut ann, "/runs", 200).contains("No runs yet"));
    assert!(look(&mut ann, "/runs/new", 200).contains("No robot yet"));
    let robot = robot(&mut ann, &shop);
    let form = look(&mut ann, &format!("/runs/new?robot={robot}"), 200);
    let base = [("robot", robot.as_str()), ("discover", "true"), ("name", "First")];
    let with = |more: &[(&'static str, &'static str)]| [&base[..], more].concat();

    let preview = page(typed(&mut ann, &form, "/runs/new", &with(&[("budget", "4"), ("step", "preview")])), 200);
    assert!(preview.contains("0 to 8 credits") && preview.contains("4,992 to 5,000 credits"), "{preview}");
    assert!(preview.contains("value=\"First\"") && preview.contains("value=\"4\""), "what was typed stays");
    let foreign = [("start_urls", "https://elsewhere.example/p/1\nhttps://elsewhere.example/p/2")];
    let refused = page(typed(&mut ann, &form, "/runs/new", &with(&foreign)), 422);
    assert!(refused.contains("id=\"start_urls-error\"") && refused.contains("elsewhere.example/p/2"), "{refused}");
    for (field, value) in [("budget", "0"), ("budget", "many"), ("include", "re:("), ("max_depth", "-1")] {
        let refused = page(typed(&mut ann, &form, "/runs/new", &with(&[(field, value)])), 422);
        assert!(refused.contains(&format!("id=\"{field}-error\"")), "{field}: {refused}");
    }
    assert!(look(&mut ann, "/runs", 200).contains("No runs yet"), "nothing was started");

    let started = typed(&mut ann, &form, "/runs/new", &with(&[("budget", "4")]));
    assert_eq!(started.status, 303, "{}", started.text);
    let path = started.location().split('?').next().unwrap().to_owned();
    let id = path.rsplit('/').next().unwrap();
    assert_eq!(ended(&mut ann, id)["end_reason"], "budget_reached");
    let seen = look(&mut ann, &path, 200);
    for said in ["<title>First – Shop", "Completed", "as many captures as its budget allows", "of 4", "format=csv"] {
        assert!(seen.contains(said), "{said}: {seen}");
    }
    let list = look(&mut ann, "/runs?status=completed", 200);
    assert!(list.contains(&format!("href=\"{path}\"")), "{list}");
    assert!(look(&mut ann, "/runs?status=failed", 200).contains("No run fits"));
    let pages = look(&mut ann, &format!("{path}/pages?outcome=captured"), 200);
    assert_eq!(pages.matches("href=\"/captures/").count(), 4, "{pages}");
    assert!(look(&mut ann, &format!("{path}/pages?outcome=blocked"), 200).contains("No page ended this way"));
    let live = ann.send("GET", &format!("{path}/live"), |request| request);
    assert!(live.text.contains("event: end") && live.text.contains("Completed"), "{}", live.text);
    let csv = ann.send("GET", &format!("/v1/extract/captures/export?run_id={id}&format=csv"), |request| request);
    assert_eq!((csv.status, csv.text.lines().count() > 4), (200, true), "{}", csv.text);

    // The robot's page knows it now.
    let robot_page = look(&mut ann, &format!("/robots/{robot}"), 200);
    assert!(robot_page.contains("Of 4 captures of ") && robot_page.contains("aria-label=\"Price: 100 %\""), "{robot_page}");

    let refused = page(send(&mut ann, &seen, &format!("{path}/restart"), &[("budget", "4")]), 422);
    assert!(refused.contains("id=\"budget-error\"") && refused.contains("value=\"4\""), "{refused}");
    let again = send(&mut ann, &seen, &format!("{path}/restart"), &[("budget", "6")]);
    assert_eq!(again.status, 303, "{}", again.text);
    assert_eq!(ended(&mut ann, id)["credits_spent"], 12);
    let gone = send(&mut ann, &seen, &format!("{path}/delete"), &[]);
    assert_eq!((gone.status, gone.location()), (303, "/runs?done=deleted"), "{}", gone.text);
    look(&mut ann, &path, 404);
}

#[test]
fn a_run_without_credits_says_how_to_go_on_and_one_form_makes_one_run() {
    let (shop, (server, mut ann)) = (DemoShop::start(), with_owner(""));
    let robot = robot(&mut ann, &shop);
    let form = look(&mut ann, &format!("/runs/new?robot={robot}"), 200);
    let once = form.split_once("name=\"once\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let fields = [("robot", robot.as_str()), ("discover", "true"), ("budget", "1"), ("once", once.as_str())];
    let first = typed(&mut ann, &form, "/runs/new", &fields);
    let second = typed(&mut ann, &form, "/runs/new", &fields);
    assert_eq!((first.status, first.location()), (303, second.location()), "pressed twice, made once");
    let id = first.location().split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
    ended(&mut ann, &id);

    let organization = ann.ask("GET", "/v1/organization", &Value::Null).json()["id"].as_str().unwrap().to_owned();
    let words = ["admin", "adjust", "--credits", "-4998", "--reason", "test", "--organization", &organization];
    let adjusted = crate::command::finish(server.creel.command(&words).output().unwrap());
    assert_eq!(adjusted.code, 0, "{}", adjusted.err);
    let form = look(&mut ann, &format!("/runs/new?robot={robot}"), 200);
    let refused = page(typed(&mut ann, &form, "/runs/new", &[("robot", robot.as_str()), ("budget", "7")]), 402);
    assert!(refused.contains("One capture costs 2 credits and 0 are left") && refused.contains("More credits"), "{refused}");
    assert!(refused.contains("value=\"7\""), "{refused}");
}
