//! Credits run out, schedules sleep, somebody buys, and everything goes on.

use serde_json::{Value, json};

use crate::{billing_pages::owner, chromium::Chromium, command::finish, demo_shop::DemoShop, stripe::Shop};

#[test]
fn out_of_credits_schedules_sleep_until_somebody_buys() {
    let (products, shop) = (DemoShop::start(), Shop::open());
    let mut ann = owner(&shop);
    let organization = ann.ask("GET", "/v1/organization", &Value::Null).json()["id"].as_str().unwrap().to_owned();
    let build = ann.ask("POST", "/v1/extract/robot-builds", &json!({"url": products.url(), "country_code": "US"})).json();
    let chromium = Chromium::start();
    let tab = chromium.signed_in(&shop.server, &ann);
    tab.open(&format!("/robots/builds/{}", build["id"].as_str().unwrap()));
    tab.press("Look at the robot");
    tab.press("New schedule");
    tab.see("The next five times");
    tab.press("Make schedule");
    tab.see("It has made no run yet");
    let schedule = format!("/schedules/{}", tab.under("/schedules/"));
    tab.see("Active");

    let spent = ["admin", "adjust", "--organization", &organization, "--credits", "-5000", "--reason", "spent elsewhere"];
    let spent = finish(shop.server.creel.command(&spent).output().unwrap());
    assert_eq!(spent.code, 0, "{}", spent.err);
    tab.open(&schedule);
    tab.see("Out of credits");
    tab.see("There are no credits left");
    tab.press("More credits");
    tab.at("/billing");
    tab.expect(402);
    let stripe = shop.stripe.base_url();
    tab.may_go_to(&stripe);
    tab.press("Subscribe");
    tab.until_answer(&format!("location.href.startsWith('{stripe}')"));
    let checkout = tab.answer("location.href");
    shop.pay(checkout.as_str().unwrap());
    tab.open("/billing?from=checkout");
    tab.until_open("/billing", "10,000");
    tab.open(&schedule);
    tab.see("Active");
    tab.see_no("There are no credits left");
}
