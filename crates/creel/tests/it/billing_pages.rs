//! The page of billing, walked as a browser walks it: what it says in each mode, what leads to Stripe, and who may act.

use serde_json::Value;

use crate::{
    browser::{Browser, Seen},
    command::finish,
    pages::{form_token, look, page, send},
    people::{PASSWORD, joined, with_owner},
    stripe::Shop,
};

/// The owner of the shop's organization, signed in.
pub fn owner(shop: &Shop) -> Browser {
    let words = ["admin", "create-owner", "--email", "ann@shop.example", "--organization", "Shop"];
    let made = finish(shop.server.creel.command(&words).env("CREEL_OWNER_PASSWORD", PASSWORD).output().unwrap());
    assert_eq!(made.code, 0, "{}", made.err);
    let mut ann = Browser::of(&shop.server);
    assert_eq!(ann.sign_in("ann@shop.example", PASSWORD).status, 200);
    ann
}

/// Sent on to a page of Stripe.
fn at_stripe(seen: &Seen, kind: &str) -> String {
    assert_eq!(seen.status, 303, "{}", seen.text);
    let location = seen.location();
    assert!(location.contains(kind), "{location}");
    location.to_owned()
}

#[test]
fn a_plan_is_bought_changed_and_topped_up_by_clicking() {
    let shop = Shop::open();
    let mut ann = owner(&shop);
    let seen = ann.send("GET", "/billing", |request| request);
    // Forms may lead on to Stripe, which a browser holds against the policy of their page.
    assert!(seen.header("content-security-policy").contains("form-action 'self' https: http://127.0.0.1:"));
    let trial = page(seen, 200);
    assert!(trial.contains("Trial: 7 days left") && trial.contains("5,000"), "{trial}");
    assert!(trial.contains("Packs come on top of a plan"), "{trial}");

    let url = at_stripe(&send(&mut ann, &trial, "/billing/subscribe", &[]), "/checkout/");
    shop.pay(&url);
    shop.wait_for_credits(15_000);
    let back = look(&mut ann, "/billing?from=checkout", 200);
    assert!(back.contains("Thank you") && back.contains("Active. The next month begins on"), "{back}");
    assert!(back.contains("Start, $29 a month") && back.contains("your plan"), "{back}");

    let second = send(&mut ann, &trial, "/billing/subscribe", &[]);
    let refused = page(second, 409);
    assert!(refused.contains("role=\"alert\"") && refused.contains("There is a plan already"), "{refused}");

    // What an upgrade means is said before it is asked for.
    let upgrade = look(&mut ann, "/billing/change?plan=scale&quantity=2", 200);
    assert!(upgrade.contains("You pay $200 now") && upgrade.contains("stays until its own end"), "{upgrade}");
    let done = send(&mut ann, &upgrade, "/billing/change", &[]);
    assert_eq!((done.status, done.location()), (303, "/billing?from=change"), "{}", done.text);
    shop.deliver();
    shop.wait_for_credits(215_000);
    let smaller = look(&mut ann, "/billing/change?plan=start", 200);
    assert!(smaller.contains("The smaller plan begins on") && !smaller.contains("You pay"), "{smaller}");
    at_stripe(&send(&mut ann, &smaller, "/billing/change", &[]), "/portal/");
    let same = ann.send("GET", "/billing/change?plan=scale&quantity=2", |request| request);
    assert_eq!((same.status, same.location()), (303, "/billing"), "there is nothing to change");
    for wrong in ["plan=trial", "plan=start&quantity=2", "plan=scale&quantity=11", "plan=scale&quantity=x", ""] {
        look(&mut ann, &format!("/billing/change?{wrong}"), 422);
    }

    let now = look(&mut ann, "/billing", 200);
    let pack = page(send(&mut ann, &now, "/billing/credits", &[("quantity", "2")]), 200);
    let end = shop.server.get("/v1/billing/subscription").body["subscription"]["period_ends_at"].clone();
    assert!(pack.contains("20,000 credits for $58") && pack.contains("These credits end on"), "{pack}");
    assert!(pack.contains(&end.as_str().unwrap()[..10]), "{pack}");
    assert_eq!(send(&mut ann, &now, "/billing/credits", &[("quantity", "0")]).status, 422);
    assert_eq!(send(&mut ann, &now, "/billing/credits", &[("quantity", "101")]).status, 422);
    at_stripe(&send(&mut ann, &now, "/billing/portal", &[]), "/portal/");
}

#[test]
fn members_look_and_do_not_buy() {
    let shop = Shop::open();
    let mut ann = owner(&shop);
    let admins = look(&mut ann, "/billing", 200);
    let mut bob = joined(&shop.server, &mut ann, "bob@shop.example", "member");
    let seen = look(&mut bob, "/billing", 200);
    assert!(seen.contains("Admins and owners of the organization buy"), "{seen}");
    assert!(!seen.contains("/billing/subscribe") && !seen.contains("/billing/credits"), "{seen}");
    // Not even with a form of their own.
    let session = bob.ask("GET", "/v1/session", &Value::Null).json();
    let token = session["csrf_token"].as_str().unwrap().to_owned();
    for (path, fields) in [
        ("/billing/subscribe", vec![("plan", "start")]),
        ("/billing/change", vec![("plan", "start")]),
        ("/billing/credits", vec![("quantity", "1")]),
        ("/billing/portal", vec![]),
    ] {
        let form = [fields.clone(), vec![("form_token", token.as_str())]].concat();
        let refused = bob.send("POST", path, |request| request.header("sec-fetch-site", "same-origin").form(&form));
        assert_eq!(refused.status, 403, "{path}: {}", refused.text);
        let forged = ann.send("POST", path, |request| request.header("sec-fetch-site", "same-origin").form(&fields));
        assert_eq!(forged.status, 403, "{path} without the token of the form");
        let from_afar = ann.send("POST", path, |request| request.header("sec-fetch-site", "cross-site").form(&form));
        assert_eq!(from_afar.status, 403, "{path} from another site");
    }
    assert_eq!(shop.stripe.all("customer").len(), 0, "nobody asked Stripe for anything");
    let nobody = Browser::of(&shop.server).send("GET", "/billing", |request| request);
    assert_eq!((nobody.status, nobody.location()), (303, "/sign-in?next=%2Fbilling"));
    assert!(admins.contains("/billing/subscribe"));
}

#[test]
fn stripe_away_is_said_on_the_page() {
    let shop = Shop::open();
    let mut ann = owner(&shop);
    let seen = look(&mut ann, "/billing", 200);
    shop.stripe.fail_next(100, creel_testkit::stripe::ApiFault::DroppedBefore);
    let refused = send(&mut ann, &seen, "/billing/subscribe", &[]);
    assert!(!refused.header("retry-after").is_empty());
    let text = page(refused, 503);
    assert!(text.contains("Stripe does not answer just now") && text.contains("Subscribe"), "{text}");
}

#[test]
fn other_modes_say_where_credits_come_from() {
    let (_server, mut ann) = with_owner("contact = \"ops@creel.example\"\n");
    let ledger = look(&mut ann, "/billing", 200);
    assert!(ledger.contains("Credits come from whoever operates") && ledger.contains("ops@creel.example"), "{ledger}");
    assert!(ledger.contains("Starting credits") && !ledger.contains("$29"), "{ledger}");
    let token = form_token(&ledger);
    let form = [("form_token", token), ("plan", "start")];
    let refused =
        ann.send("POST", "/billing/subscribe", |request| request.header("sec-fetch-site", "same-origin").form(&form));
    assert!(refused.status == 503 && refused.text.contains("billing_mode"), "{}", refused.text);
    let (_server, mut ann) = with_owner("billing_mode = \"off\"\n");
    let off = look(&mut ann, "/billing", 200);
    assert!(off.contains("does not bill") && off.contains("unlimited") && !off.contains("1,000,000,000"), "{off}");
    assert!(look(&mut ann, "/", 200).contains("<strong>Unlimited</strong>"));
}
