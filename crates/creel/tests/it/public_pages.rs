//! What strangers see: what this is, what it costs, and where they took a wrong turn.

use crate::{
    browser::{Browser, Seen},
    pages::{look, page},
    people::with_owner,
    server::Server,
    stripe::Shop,
};

fn opened(browser: &mut Browser, method: &str, path: &str, accept: &str) -> Seen {
    browser.send(method, path, |request| request.header("accept", accept).header("sec-fetch-site", "same-origin"))
}

const PERSON: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

#[test]
fn strangers_read_what_this_is_and_members_go_on() {
    let (server, mut ann) = with_owner("");
    let mut stranger = Browser::of(&server);
    let landing = look(&mut stranger, "/", 200);
    for way in ["/sign-up", "/sign-in", "/pricing", "/docs/", "/crawler"] {
        assert!(landing.contains(&format!("href=\"{way}\"")), "{way}");
    }
    assert!(landing.contains("A new organization begins with 5,000 credits.") && !landing.contains("set-up link"));
    let pricing = look(&mut stranger, "/pricing", 200);
    assert!(pricing.contains("<td class=\"number\">2</td>") && !pricing.contains('$'), "no prices where nothing is sold");
    assert!(look(&mut ann, "/", 200).contains("<strong>5,000</strong>"));
    assert!(look(&mut ann, "/pricing", 200).contains("To the dashboard"));
    assert!(look(&mut stranger, "/sign-up", 200).contains("A new organization begins with 5,000 credits."));
}

#[test]
fn prices_are_those_of_the_plans_that_are_sold() {
    let shop = Shop::open();
    let mut stranger = Browser::of(&shop.server);
    let pricing = look(&mut stranger, "/pricing", 200);
    let plans = shop.server.get("/v1/billing/plans").body;
    let [start, scale] = ["start", "scale"].map(|name| {
        let of_name = |plan: &&serde_json::Value| plan["plan"] == name;
        plans["plans"].as_array().unwrap().iter().find(of_name).unwrap_or_else(|| panic!("no {name} in {plans}")).clone()
    });
    let dollars = |cents: i64| format!("<strong>${}</strong> a month", cents / 100);
    assert!(pricing.contains(&dollars(start["price_cents"].as_i64().unwrap())), "{pricing}");
    assert_eq!((&scale["price_cents"], &scale["quantity"]["max"]), (&10_000.into(), &10.into()));
    for text in
        ["<strong>$100 to $1,000</strong> a month", "<td class=\"number\">$700</td>", "for 7 days, no card", "350,000"]
    {
        assert!(pricing.contains(text), "{text} in {pricing}");
    }
    assert!(look(&mut stranger, "/", 200).contains("5,000 credits to begin with, for 7 days. No card."));
}

#[test]
fn the_operator_may_close_the_front() {
    let server = Server::configured("public_pages = false\nsign_up = \"closed\"");
    let mut stranger = Browser::of(&server);
    let away = stranger.send("GET", "/", |request| request);
    assert_eq!((away.status, away.location()), (303, "/sign-in"));
    look(&mut stranger, "/pricing", 404);
    let server = Server::configured("billing_mode = \"off\"\nsign_up = \"closed\"");
    let mut stranger = Browser::of(&server);
    look(&mut stranger, "/pricing", 404);
    let landing = look(&mut stranger, "/", 200);
    assert!(
        !landing.contains("/pricing") && !landing.contains("/sign-up") && landing.contains("by invitation"),
        "{landing}"
    );
}

#[test]
fn a_wrong_turn_is_a_page_for_people_and_json_for_programs() {
    let (server, mut ann) = with_owner("");
    for browser in [&mut ann, &mut Browser::of(&server)] {
        for (path, status) in [
            ("/nowhere", 404),
            ("/runs/x/y/z", 404),
            ("/webhooks/stripe", 405),
            ("/organization", 405),
            ("/running/%ff", 404),
        ] {
            let text = page(opened(browser, "GET", path, PERSON), status);
            assert!(text.contains("To the start page"), "{path}: {text}");
        }
        for (path, accept) in
            [("/nowhere", "*/*"), ("/nowhere", "application/json"), ("/v1/nowhere", PERSON), ("/v1", "*/*")]
        {
            let seen = opened(browser, "GET", path, accept);
            assert_eq!(seen.status, 404, "{path}");
            assert_eq!(seen.json()["code"], "not_found", "{path}");
        }
        let sent = opened(browser, "POST", "/nowhere", PERSON);
        assert_eq!((sent.status, sent.json()["code"].as_str()), (404, Some("not_found")));
        assert_eq!(opened(browser, "HEAD", "/nowhere", PERSON).status, 404);
    }
    // What a framework refuses without a word has a page too.
    let text = page(opened(&mut ann, "GET", "/reset-password?token=%ff&token=1", PERSON), 400);
    assert!(text.contains("Something in the address cannot be read"), "{text}");
    assert!(!text.contains("number of this request"), "only what failed here is for the operator");
}
