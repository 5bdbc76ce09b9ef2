//! What people buy at the checkout.

use creel_testkit::stripe::Card;
use serde_json::json;

use crate::desk::{HOUR_MS, open, seconds, text};

#[tokio::test]
async fn a_subscription_begins_active_and_paid() {
    let desk = open().await;
    let session = desk.checkout(&desk.scale, "3").await;
    assert_eq!((&session["status"], &session["amount_total"]), (&json!("open"), &json!(30_000)));
    let before = desk.stripe.event_kinds().len();
    let paid = desk.stripe.pay_checkout(session["url"].as_str().unwrap()).unwrap();
    assert_eq!((&paid["status"], &paid["payment_status"], &paid["url"]), (&json!("complete"), &json!("paid"), &json!(null)));

    let subscription = desk.find(&text(&paid["subscription"]));
    assert_eq!(
        (&subscription["status"], &subscription["metadata"]["creel_organization"]),
        (&json!("active"), &json!("o-1"))
    );
    let item = &subscription["items"]["data"][0];
    assert_eq!((&item["quantity"], &item["price"]["id"]), (&json!(3), &json!(desk.scale)));
    assert_eq!(
        desk.period(&text(&paid["subscription"])),
        (seconds("2026-01-31T12:00:00Z"), seconds("2026-02-28T12:00:00Z"))
    );

    let invoice = desk.get(&format!("invoices/{}", text(&paid["invoice"])), &[("expand[]", "payments")]).await;
    assert_eq!((&invoice["billing_reason"], &invoice["status"]), (&json!("subscription_create"), &json!("paid")));
    let line = &invoice["lines"]["data"][0];
    assert_eq!(
        (&line["amount"], &line["quantity"], &line["pricing"]["price_details"]["price"]),
        (&json!(30_000), &json!(3), &json!(desk.scale))
    );
    assert_eq!(line["period"], json!({"start": item["current_period_start"], "end": item["current_period_end"]}));
    assert_eq!(line["parent"]["subscription_item_details"]["proration"], json!(false));
    let payment = &desk.get("invoice_payments", &[("invoice", invoice["id"].as_str().unwrap())]).await["data"][0];
    assert_eq!((&payment["status"], &payment["amount_paid"]), (&json!("paid"), &json!(30_000)));
    let by_intent = [
        ("payment[type]", "payment_intent"),
        ("payment[payment_intent]", payment["payment"]["payment_intent"].as_str().unwrap()),
    ];
    assert_eq!(desk.get("invoice_payments", &by_intent).await["data"][0]["id"], payment["id"]);

    let kinds = desk.kinds_since(before);
    for kind in [
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
    ] {
        assert_eq!(kinds.iter().filter(|known| *known == kind).count(), 1, "{kind} in {kinds:?}");
    }
    assert_eq!(kinds.last().unwrap(), "checkout.session.completed");
    desk.close();
}

#[tokio::test]
async fn a_declined_card_leaves_the_session_open_until_it_expires() {
    let desk = open().await;
    let session = text(&desk.checkout(&desk.start, "1").await["id"]);
    let refusal = desk.stripe.pay_checkout_with(&session, Card::Declines).unwrap_err();
    assert_eq!((refusal.status, refusal.code.as_deref()), (402, Some("card_declined")));
    assert_eq!(desk.find(&session)["status"], "open");
    assert!(desk.stripe.all("subscription").is_empty());
    let open = [("customer", desk.customer.as_str()), ("status", "open")];
    assert_eq!(desk.get("checkout/sessions", &open).await["data"][0]["id"], json!(session));
    desk.stripe.advance_ms(24 * HOUR_MS).await;
    assert_eq!(desk.find(&session)["status"], "expired");
    assert_eq!(desk.stripe.event_kinds().last().unwrap(), "checkout.session.expired");
    assert!(desk.stripe.pay_checkout(&session).is_err());
    desk.close();
}

#[tokio::test]
async fn a_session_is_expired_on_request_once() {
    let desk = open().await;
    let session = text(&desk.checkout(&desk.start, "1").await["id"]);
    let path = format!("checkout/sessions/{session}/expire");
    assert_eq!(desk.post(&path, &[]).await["status"], "expired");
    let (status, error) = desk.refused("POST", &path, &[]).await;
    assert_eq!(status, 400);
    assert!(text(&error["message"]).contains("expired"));
    desk.close();
}

#[tokio::test]
async fn a_pack_is_a_paid_invoice_with_our_metadata() {
    let desk = open().await;
    let fields = [
        ("mode", "payment"),
        ("customer", desk.customer.as_str()),
        ("line_items[0][price]", desk.credits.as_str()),
        ("line_items[0][quantity]", "2"),
        ("success_url", "http://creel.test/ok"),
        ("invoice_creation[enabled]", "true"),
        ("invoice_creation[invoice_data][metadata][creel_organization]", "o-1"),
        ("invoice_creation[invoice_data][metadata][creel_expires_at]", "1772000000"),
        ("payment_intent_data[metadata][creel_organization]", "o-1"),
    ];
    let session = text(&desk.post("checkout/sessions", &fields).await["id"]);
    let paid = desk.stripe.pay_checkout(&session).unwrap();
    let invoice = desk.find(&text(&paid["invoice"]));
    assert_eq!(
        (&invoice["billing_reason"], &invoice["status"], &invoice["total"]),
        (&json!("manual"), &json!("paid"), &json!(5_800))
    );
    assert_eq!(invoice["metadata"], json!({"creel_organization": "o-1", "creel_expires_at": "1772000000"}));
    assert!(invoice["lines"]["data"][0]["parent"]["invoice_item_details"].is_object());
    assert_eq!(desk.find(&text(&paid["payment_intent"]))["metadata"]["creel_organization"], "o-1");
    let payments = desk.get("invoice_payments", &[("invoice", invoice["id"].as_str().unwrap())]).await;
    assert_eq!(payments["data"][0]["payment"]["payment_intent"], paid["payment_intent"]);
    desk.close();
}

#[tokio::test]
async fn a_session_that_makes_no_sense_is_refused() {
    let desk = open().await;
    let base = |mode: &'static str, price: String, more: Vec<(&'static str, &'static str)>| {
        let mut fields: Vec<(String, String)> = vec![
            ("mode".to_owned(), mode.to_owned()),
            ("customer".to_owned(), desk.customer.clone()),
            ("line_items[0][price]".to_owned(), price),
            ("line_items[0][quantity]".to_owned(), "1".to_owned()),
            ("success_url".to_owned(), "http://creel.test/ok".to_owned()),
        ];
        fields.extend(more.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())));
        fields
    };
    let cases = [
        (base("payment", desk.start.clone(), vec![]), "line_items[0][price]"),
        (base("subscription", desk.credits.clone(), vec![]), "line_items[0][price]"),
        (base("subscription", "price_none".to_owned(), vec![]), "line_items[0][price]"),
        (base("subscription", desk.start.clone(), vec![("expires_at", "1")]), "expires_at"),
        (base("subscription", desk.start.clone(), vec![("invoice_creation[enabled]", "true")]), "invoice_creation"),
    ];
    for (fields, param) in cases {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let (status, error) = desk.refused("POST", "checkout/sessions", &fields).await;
        assert_eq!((status, &error["param"]), (400, &json!(param)), "{error}");
    }
    desk.close();
}
