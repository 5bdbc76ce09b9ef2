//! Changes of plan: paid at once, waiting for their payment, and planned for the period's end.

use creel_testkit::stripe::Card;
use serde_json::json;

use crate::desk::{HOUR_MS, open, seconds, text};

#[tokio::test]
async fn an_upgrade_that_is_paid_begins_a_full_period() {
    let desk = open().await;
    let subscription = desk.subscribe(&desk.start, "1").await;
    desk.until("2026-02-10T12:00:00Z").await;
    let answer = desk.upgrade(&subscription, &desk.scale, "2").await;
    assert_eq!((&answer["pending_update"], &answer["items"]["data"][0]["quantity"]), (&json!(null), &json!(2)));
    assert_eq!(desk.period(&subscription), (seconds("2026-02-10T12:00:00Z"), seconds("2026-03-10T12:00:00Z")));
    let invoice = &answer["latest_invoice"];
    assert_eq!(
        (&invoice["billing_reason"], &invoice["status"], &invoice["total"]),
        (&json!("subscription_update"), &json!("paid"), &json!(20_000))
    );
    let line = &invoice["lines"]["data"][0];
    assert_eq!(
        (&line["period"]["start"], &line["parent"]["subscription_item_details"]["proration"]),
        (&json!(seconds("2026-02-10T12:00:00Z")), &json!(false))
    );
    desk.until("2026-03-10T14:00:00Z").await;
    assert_eq!(desk.latest_invoice(&subscription)["total"], 20_000);
    desk.close();
}

#[tokio::test]
async fn an_upgrade_that_is_declined_waits_and_changes_nothing() {
    let desk = open().await;
    let subscription = desk.subscribe(&desk.start, "1").await;
    desk.card(Card::Declines);
    let answer = desk.upgrade(&subscription, &desk.scale, "1").await;
    assert_eq!(
        (&answer["items"]["data"][0]["price"]["id"], &answer["latest_invoice"]["status"]),
        (&json!(desk.start), &json!("open"))
    );
    assert_eq!(answer["pending_update"]["expires_at"], seconds("2026-02-01T11:00:00Z"));
    desk.stripe.advance_ms(HOUR_MS).await;
    desk.stripe.pay_invoice(answer["latest_invoice"]["id"].as_str().unwrap()).unwrap();
    let after = desk.find(&subscription);
    assert_eq!((&after["items"]["data"][0]["price"]["id"], &after["pending_update"]), (&json!(desk.scale), &json!(null)));
    assert!(desk.stripe.event_kinds().contains(&"customer.subscription.pending_update_applied".to_owned()));
    desk.close();
}

#[tokio::test]
async fn a_pending_update_expires_and_its_invoice_is_voided() {
    let desk = open().await;
    let subscription = desk.subscribe(&desk.start, "1").await;
    desk.card(Card::RequiresAction);
    let first = desk.upgrade(&subscription, &desk.scale, "1").await;
    let second = desk.upgrade(&subscription, &desk.scale, "2").await;
    assert_eq!(desk.find(&text(&first["latest_invoice"]["id"]))["status"], "void", "a new change takes the old one's place");
    desk.stripe.advance_ms(23 * HOUR_MS).await;
    assert_eq!(desk.find(&text(&second["latest_invoice"]["id"]))["status"], "void");
    let after = desk.find(&subscription);
    assert_eq!(
        (&after["status"], &after["pending_update"], &after["items"]["data"][0]["quantity"]),
        (&json!("active"), &json!(null), &json!(1))
    );
    assert_eq!(desk.stripe.event_kinds().last().unwrap(), "customer.subscription.pending_update_expired");
    desk.close();
}

#[tokio::test]
async fn a_downgrade_takes_effect_at_the_periods_end_and_lets_go() {
    let desk = open().await;
    let subscription = desk.subscribe(&desk.scale, "3").await;
    let schedule = desk.stripe.schedule_downgrade(&subscription, &desk.start, 1).unwrap();
    assert_eq!(desk.find(&subscription)["schedule"], json!(schedule));
    let item = text(&desk.find(&subscription)["items"]["data"][0]["id"]);
    let path = format!("subscriptions/{subscription}");
    for fields in [
        vec![("cancel_at_period_end", "true")],
        vec![("items[0][id]", item.as_str()), ("items[0][quantity]", "4"), ("proration_behavior", "none")],
    ] {
        let (status, error) = desk.refused("POST", &path, &fields).await;
        assert_eq!(status, 400);
        assert!(text(&error["message"]).contains("managed by the subscription schedule"), "{error}");
    }
    desk.until("2026-02-28T13:00:00Z").await;
    let after = desk.find(&subscription);
    assert_eq!((&after["items"]["data"][0]["price"]["id"], &after["schedule"]), (&json!(desk.start), &json!(null)));
    let updates = desk.get("events", &[("type", "customer.subscription.updated"), ("limit", "2")]).await;
    assert_eq!(updates["data"][0]["data"]["previous_attributes"], json!({"schedule": schedule}));
    let before = &updates["data"][1]["data"]["previous_attributes"];
    assert_eq!(before["items"]["data"][0]["price"]["id"], json!(desk.scale), "{before}");
    assert_eq!(
        (&desk.find(&schedule)["status"], &desk.latest_invoice(&subscription)["total"]),
        (&json!("released"), &json!(2_900))
    );
    desk.close();
}

#[tokio::test]
async fn a_released_schedule_changes_nothing() {
    let desk = open().await;
    let subscription = desk.subscribe(&desk.scale, "3").await;
    let schedule = desk.stripe.schedule_downgrade(&subscription, &desk.scale, 1).unwrap();
    let listed = desk.get("subscription_schedules", &[("customer", desk.customer.as_str())]).await;
    assert_eq!(listed["data"][0]["phases"][1]["items"][0]["quantity"], 1);
    let released = desk.post(&format!("subscription_schedules/{schedule}/release"), &[]).await;
    assert_eq!((&released["status"], &released["released_subscription"]), (&json!("released"), &json!(subscription)));
    desk.until("2026-03-01T13:00:00Z").await;
    assert_eq!(desk.latest_invoice(&subscription)["total"], 30_000);
    assert_eq!(desk.refused("POST", &format!("subscription_schedules/{schedule}/release"), &[]).await.0, 400);
    desk.close();
}

#[tokio::test]
async fn the_portal_is_configured_and_opened() {
    let desk = open().await;
    let (status, error) = desk.refused("POST", "billing_portal/sessions", &[("customer", &desk.customer)]).await;
    assert_eq!(status, 400);
    assert!(text(&error["message"]).contains("No configuration provided"));
    let id = &desk.portal_configuration().await;
    desk.post(&format!("billing_portal/configurations/{id}"), &[("metadata[creel]", "2")]).await;
    assert_eq!(desk.get("billing_portal/configurations", &[("active", "true")]).await["data"][0]["metadata"]["creel"], "2");
    let subscription = desk.subscribe(&desk.scale, "3").await;
    let item = text(&desk.find(&subscription)["items"]["data"][0]["id"]);
    let confirm = "flow_data[subscription_update_confirm]";
    let names =
        [format!("{confirm}[subscription]"), format!("{confirm}[items][0][id]"), format!("{confirm}[items][0][quantity]")];
    let fields = [
        ("customer", desk.customer.as_str()),
        ("configuration", id),
        ("return_url", "http://creel.test/billing"),
        ("flow_data[type]", "subscription_update_confirm"),
        (names[0].as_str(), subscription.as_str()),
        (names[1].as_str(), item.as_str()),
        (names[2].as_str(), "1"),
    ];
    let session = desk.post("billing_portal/sessions", &fields).await;
    assert_eq!(session["flow"]["subscription_update_confirm"]["items"][0]["quantity"], 1);
    desk.close();
}
