//! The pages for people.

use creel_testkit::stripe::{ApiFault, Card, StripeSimulator};
use creel_types::Clock;
use serde_json::json;

use crate::desk::{Desk, open, seconds, text};

#[tokio::test]
async fn a_person_pays_and_comes_back() {
    let desk = open().await;
    let session = text(&desk.checkout(&desk.scale, "3").await["id"]);
    let path = format!("/checkout/{session}");
    let (status, _, shown) = desk.page(&path, None).await;
    assert_eq!(status, 200);
    for part in ["$300.00", "3 × creel_scale", "ada@example.com", "href=\"http://creel.test/no\""] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let (status, _, shown) = desk.page(&path, Some(&[("card", "declines")])).await;
    assert!(status == 402 && shown.contains("Your card was declined."), "{shown}");
    let (status, to, _) = desk.page(&path, Some(&[("card", "good")])).await;
    assert_eq!((status, to.as_str()), (303, "http://creel.test/ok"));
    assert!(desk.page(&path, None).await.2.contains("This session is complete."));
    assert_eq!(desk.page("/checkout/cs_test_none", None).await.0, 404);
    desk.close();
}

async fn portal(desk: &Desk) -> String {
    let configuration = desk.portal_configuration().await;
    let fields = [
        ("customer", desk.customer.as_str()),
        ("configuration", &configuration),
        ("return_url", "http://creel.test/billing"),
    ];
    format!("/portal/{}", text(&desk.post("billing_portal/sessions", &fields).await["id"]))
}

#[tokio::test]
async fn the_portal_plans_ends_and_changes_the_card() {
    let desk = open().await;
    let subscription = desk.subscribe(&desk.scale, "3").await;
    let path = portal(&desk).await;
    let (_, _, shown) = desk.page(&path, None).await;
    for part in [
        "3 × creel_scale",
        "$300.00 a month",
        "1 × creel_start, $29.00",
        "2 × creel_scale, $200.00",
        "28 February 2026",
        "/invoice/in_",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(!shown.contains("4 × creel_scale"), "upgrades are not sold here");
    let own = [("subscription", subscription.as_str())];
    let to = format!("{}*1", desk.start);
    assert_eq!(desk.page(&format!("{path}/downgrade"), Some(&[own[0], ("to", &to)])).await.0, 303);
    assert!(desk.page(&path, None).await.2.contains("From 28 February 2026: 1 × creel_start."));
    assert_eq!(desk.page(&format!("{path}/keep"), Some(&own)).await.0, 303);
    assert_eq!(desk.page(&format!("{path}/cancel"), Some(&own)).await.0, 303);
    assert_eq!(desk.find(&subscription)["cancel_at"], seconds("2026-02-28T12:00:00Z"));
    assert_eq!(desk.page(&format!("{path}/uncancel"), Some(&own)).await.0, 303);
    assert_eq!(desk.page(&format!("{path}/card"), Some(&[("card", "declines")])).await.0, 303);
    assert_eq!(desk.stripe.card(&desk.customer), Card::Declines);
    let foreign = desk.stripe.add_customer("other@example.com");
    desk.stripe.set_card(&foreign, Card::Good).unwrap();
    let foreign = desk.stripe.add_subscription(&foreign, &desk.start, 1, None).unwrap();
    assert_eq!(desk.page(&format!("{path}/cancel"), Some(&[("subscription", &foreign)])).await.0, 400);
    assert_eq!(desk.find(&foreign)["cancel_at"], json!(null));
    desk.close();
}

#[tokio::test]
async fn an_open_invoice_is_paid_on_its_page() {
    let desk = open().await;
    let subscription = desk.subscribe(&desk.start, "1").await;
    desk.card(Card::Declines);
    desk.until("2026-02-28T13:00:00Z").await;
    let url = text(&desk.latest_invoice(&subscription)["hosted_invoice_url"]);
    let path = url.strip_prefix(&desk.stripe.base_url()).unwrap().to_owned();
    assert!(desk.page(&path, None).await.2.contains("Pay $29.00"));
    assert_eq!(desk.page(&path, Some(&[("card", "declines")])).await.0, 402);
    assert_eq!(desk.page(&path, Some(&[("card", "good")])).await.0, 303);
    assert_eq!(desk.find(&subscription)["status"], "active");
    assert!(!desk.page(&path, None).await.2.contains("Pay $29.00"));
    desk.close();
}

#[tokio::test]
async fn the_control_room_moves_time_and_breaks_things() {
    let desk = open().await;
    let subscription = desk.subscribe(&desk.start, "1").await;
    let (status, _, shown) = desk.page("/", None).await;
    assert!(status == 200 && shown.contains("Next is due: 28 February 2026, 12:00 UTC."), "{shown}");
    for by in ["next", "hour"] {
        assert_eq!(desk.page("/control/clock", Some(&[("by", by)])).await.0, 303);
    }
    assert_eq!((&desk.latest_invoice(&subscription)["status"], desk.stripe.all("invoice").len()), (&json!("paid"), 2));
    let charge = text(&desk.stripe.all("charge").last().unwrap()["id"]);
    assert_eq!(desk.page("/control/refund", Some(&[("id", &charge), ("amount", "900")])).await.0, 303);
    assert_eq!(desk.page("/control/dispute", Some(&[("id", &charge), ("as", "warning")])).await.0, 303);
    let dispute = text(&desk.stripe.all("dispute")[0]["id"]);
    assert_eq!(desk.page("/control/dispute_closed", Some(&[("id", &dispute), ("as", "closed")])).await.0, 303);
    assert_eq!(
        (&desk.find(&charge)["amount_refunded"], &desk.find(&dispute)["status"]),
        (&json!(900), &json!("warning_closed"))
    );
    let faults = [("duplicate", "50"), ("drop", "0"), ("replay", "0"), ("delay", "60"), ("reorder", "1")];
    assert_eq!(desk.page("/control/deliveries", Some(&faults)).await.0, 303);
    let set = desk.stripe.delivery_faults();
    assert_eq!((set.duplicate_percent, set.delay_seconds, set.reorder, set.slow_acknowledgement), (50, 60, true, false));
    assert_eq!(desk.page("/control/api", Some(&[("count", "1"), ("fault", "limited")])).await.0, 303);
    assert_eq!(desk.refused("GET", "account", &[]).await.0, 429);
    assert_eq!(desk.page("/control/refund", Some(&[("id", "ch_none"), ("amount", "")])).await.0, 400);
    desk.stripe.fail_next(5, ApiFault::ServerError);
    desk.stripe.fail_no_more();
    desk.get("account", &[]).await;
    let (_, _, shown) = desk.page("/", None).await;
    assert!(shown.contains("invoice.paid") && shown.contains("$9.00"));
    assert_eq!(desk.page("/no/such/page", None).await.0, 404);
    desk.close();
}

#[tokio::test]
async fn a_clock_that_does_not_listen_is_said_to_stand() {
    let stripe = StripeSimulator::new(Clock::system(), 1);
    let desk = Desk::around(stripe);
    let (status, _, shown) = desk.page("/control/clock", Some(&[("by", "hour")])).await;
    assert!(status == 400 && shown.contains("the machine&#39;s clock"), "{shown}");
}

#[tokio::test]
async fn what_people_write_is_shown_as_text() {
    let desk = open().await;
    desk.post("customers", &[("email", "\"<script>\"@example.com")]).await;
    let (_, _, shown) = desk.page("/", None).await;
    assert!(shown.contains("&lt;script&gt;") && !shown.contains("<script>"));
    desk.close();
}
