//! Subscriptions and customers that end.

use serde_json::json;

use crate::desk::{open, seconds, text};

#[tokio::test]
async fn set_to_end_it_stays_active_until_then_and_can_be_taken_back() {
    let desk = open().await;
    let subscription = desk.subscribe(&desk.start, "1").await;
    let path = format!("subscriptions/{subscription}");
    let answer = desk.post(&path, &[("cancel_at_period_end", "true")]).await;
    assert_eq!((&answer["status"], &answer["cancel_at"]), (&json!("active"), &json!(seconds("2026-02-28T12:00:00Z"))));
    let answer = desk.post(&path, &[("cancel_at_period_end", "false")]).await;
    assert_eq!((&answer["cancel_at_period_end"], &answer["cancel_at"]), (&json!(false), &json!(null)));
    desk.stripe.cancel_at_period_end(&subscription).unwrap();
    desk.until("2026-02-28T12:00:00Z").await;
    let ended = desk.find(&subscription);
    assert_eq!((&ended["status"], &ended["ended_at"]), (&json!("canceled"), &json!(seconds("2026-02-28T12:00:00Z"))));
    assert_eq!(desk.stripe.event_kinds().last().unwrap(), "customer.subscription.deleted");
    assert_eq!(desk.stripe.all("invoice").len(), 1);
    let listed = |status: &'static str| [("customer", desk.customer.clone()), ("status", status.to_owned())];
    for (status, count) in [("all", 1), ("active", 0), ("ended", 1)] {
        let fields = listed(status);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
        assert_eq!(desk.get("subscriptions", &fields).await["data"].as_array().unwrap().len(), count, "{status}");
    }
    assert_eq!(desk.refused("POST", &path, &[("cancel_at_period_end", "true")]).await.0, 400);
    desk.close();
}

#[tokio::test]
async fn the_portal_may_name_the_instant_alone() {
    let desk = open().await;
    desk.stripe.portal_sets_cancel_at(true);
    let subscription = desk.subscribe(&desk.start, "1").await;
    let set = desk.stripe.cancel_at_period_end(&subscription).unwrap();
    assert_eq!((&set["cancel_at_period_end"], &set["cancel_at"]), (&json!(false), &json!(seconds("2026-02-28T12:00:00Z"))));
    desk.until("2026-03-01T12:00:00Z").await;
    assert_eq!(desk.find(&subscription)["status"], "canceled");
    desk.close();
}

#[tokio::test]
async fn pending_updates_and_cancellations_do_not_mix() {
    let desk = open().await;
    let subscription = desk.subscribe(&desk.start, "1").await;
    let fields = [("cancel_at_period_end", "true"), ("payment_behavior", "pending_if_incomplete")];
    assert_eq!(desk.refused("POST", &format!("subscriptions/{subscription}"), &fields).await.0, 400);
    desk.close();
}

#[tokio::test]
async fn an_operator_ends_and_deletes() {
    let desk = open().await;
    let first = desk.subscribe(&desk.start, "1").await;
    let second = desk.stripe.add_subscription(&desk.customer, &desk.scale, 1, None).unwrap();
    desk.stripe.cancel_now(&first).unwrap();
    assert_eq!(desk.find(&first)["status"], "canceled");
    assert_eq!(desk.find(&second)["status"], "active");
    desk.stripe.pause(&second).unwrap();
    desk.until("2026-04-01T12:00:00Z").await;
    assert_eq!((desk.stripe.all("invoice").len(), &desk.find(&second)["status"]), (2, &json!("paused")));
    desk.stripe.delete_customer(&desk.customer).unwrap();
    assert_eq!(desk.find(&second)["status"], "canceled");
    let gone = desk.get(&format!("customers/{}", desk.customer), &[]).await;
    assert_eq!(gone, json!({"id": desk.customer, "object": "customer", "deleted": true}));
    let (status, error) =
        desk.refused("POST", "checkout/sessions", &[("mode", "payment"), ("customer", &desk.customer)]).await;
    assert_eq!((status, text(&error["code"])), (400, "resource_missing".to_owned()));
    desk.close();
}
