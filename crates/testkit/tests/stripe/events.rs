//! Events: listed, signed, delivered, and what goes wrong with them.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use creel_testkit::stripe::{Deliver, DeliveryFaults, Sending, signature_header};
use serde_json::json;

use crate::desk::{DAY_MS, Desk, HOUR_MS, open, seconds, text, time};

type Seen = Arc<Mutex<Vec<(String, String, Bytes)>>>;

/// An endpoint that answers with one status after another and then with 200.
#[derive(Clone, Default)]
struct Endpoint {
    seen: Seen,
    answers: Arc<Mutex<Vec<Result<u16, ()>>>>,
}

impl Deliver for Endpoint {
    fn send(&self, url: &str, headers: Vec<(String, String)>, body: Bytes) -> Sending<'_> {
        let signature = headers.iter().find(|(name, _)| name == "Stripe-Signature").unwrap().1.clone();
        self.seen.lock().unwrap().push((url.to_owned(), signature, body));
        let answer = self.answers.lock().unwrap().pop().unwrap_or(Ok(200));
        Box::pin(async move { answer })
    }
}

async fn endpoint(desk: &Desk, kinds: &[&str]) -> serde_json::Value {
    let mut fields =
        vec![("url", "http://creel.test/webhooks/stripe"), ("api_version", "2026-05-27.dahlia"), ("metadata[creel]", "1")];
    fields.extend(kinds.iter().map(|kind| ("enabled_events[]", *kind)));
    desk.post("webhook_endpoints", &fields).await
}

#[tokio::test]
async fn what_happened_is_listed_for_thirty_days() {
    let desk = open().await;
    desk.stripe.advance_ms(DAY_MS).await;
    let customer = text(&desk.post("customers", &[("name", "b")]).await["id"]);
    desk.post(&format!("customers/{customer}"), &[("name", "c")]).await;
    let since = seconds("2026-02-01T12:00:00Z").to_string();
    let listed = desk.get("events", &[("created[gte]", &since), ("limit", "100")]).await;
    let kinds: Vec<String> = listed["data"].as_array().unwrap().iter().map(|event| text(&event["type"])).collect();
    assert_eq!(kinds, ["customer.updated", "customer.created"]);
    let event = &listed["data"][0];
    assert_eq!(
        (&event["data"]["object"]["name"], &event["data"]["previous_attributes"]),
        (&json!("c"), &json!({"name": "b"}))
    );
    assert_eq!(desk.get(&format!("events/{}", text(&event["id"])), &[]).await, *event);
    assert_eq!(desk.get("events", &[("type", "price.*")]).await["data"].as_array().unwrap().len(), 3);
    desk.stripe.advance_ms(29 * DAY_MS + HOUR_MS).await;
    assert_eq!(
        desk.get("events", &[("limit", "100")]).await["data"].as_array().unwrap().len(),
        2,
        "the first day is forgotten"
    );
    desk.stripe.advance_ms(DAY_MS).await;
    assert_eq!(desk.refused("GET", &format!("events/{}", text(&event["id"])), &[]).await.0, 404);
    desk.close();
}

#[tokio::test]
async fn a_test_takes_signed_events_itself() {
    let desk = open().await;
    let taken = desk.stripe.take_events();
    assert_eq!(taken.iter().map(|event| event.kind.as_str()).filter(|kind| *kind == "customer.created").count(), 1);
    assert!(desk.stripe.take_events().is_empty());
    let first = &taken[0];
    assert_eq!(first.signature, desk.stripe.sign(&first.body, desk.stripe.now()));
    assert_eq!(
        first.signature,
        signature_header(&[&desk.stripe.webhook_secret()], seconds("2026-01-31T12:00:00Z"), &first.body)
    );
    desk.close();
}

/// Computed with Python's hmac.
#[test]
fn the_signature_is_stripes() {
    let header = signature_header(&["whsec_test_secret"], 1_700_000_000, br#"{"id":"evt_1"}"#);
    assert_eq!(header, "t=1700000000,v1=248a374f50f943a28b0f6ab50faf9a7e7e29b710fa26df9fb1618b9bf8ea9c9a");
}

#[tokio::test]
async fn deliveries_are_tried_again_for_three_days() {
    let desk = open().await;
    let carrier = Endpoint::default();
    desk.stripe.deliver_through(Arc::new(carrier.clone()));
    let made = endpoint(&desk, &["customer.created"]).await;
    assert!(text(&made["secret"]).starts_with("whsec_"));
    let id = text(&made["id"]);
    assert!(desk.get(&format!("webhook_endpoints/{id}"), &[]).await.get("secret").is_none());
    carrier.answers.lock().unwrap().extend([Ok(500), Err(())]);
    desk.stripe.add_customer("b@example.com");
    desk.stripe.settle().await;
    assert_eq!(carrier.seen.lock().unwrap().len(), 1);
    desk.stripe.advance_ms(DAY_MS).await;
    let seen = carrier.seen.lock().unwrap().clone();
    assert_eq!(seen.len(), 3, "twice refused, then taken");
    assert!(seen.iter().all(|(url, _, body)| url == "http://creel.test/webhooks/stripe" && *body == seen[0].2));
    assert_ne!(seen[0].1, seen[1].1, "signed anew at each attempt");
    let statuses: Vec<Option<u16>> = desk.stripe.attempts().iter().map(|attempt| attempt.status).collect();
    assert_eq!(statuses, [None, Some(500), Some(200)]);
    carrier.answers.lock().unwrap().extend(vec![Ok(503); 100]);
    desk.stripe.add_customer("c@example.com");
    desk.stripe.advance_ms(30 * DAY_MS).await;
    let last = desk.stripe.attempts().last().unwrap().at;
    assert_eq!((desk.stripe.attempts().len(), last <= time("2026-02-04T12:10:00Z")), (13, true), "{last}");
    desk.close();
}

#[tokio::test]
async fn a_rotated_secret_signs_twice_for_a_while() {
    let desk = open().await;
    let id = text(&endpoint(&desk, &["*"]).await["id"]);
    let old = desk.stripe.webhook_secret();
    let new = desk.stripe.rotate_secret(&id, time("2026-02-01T12:00:00Z"));
    desk.stripe.take_events();
    desk.stripe.add_customer("b@example.com");
    let both = desk.stripe.take_events().remove(0);
    assert_eq!(both.signature, signature_header(&[&new, &old], seconds("2026-01-31T12:00:00Z"), &both.body));
    desk.until("2026-02-01T12:00:00Z").await;
    desk.stripe.add_customer("c@example.com");
    let one = desk.stripe.take_events().remove(0);
    assert_eq!(one.signature, signature_header(&[&new], seconds("2026-02-01T12:00:00Z"), &one.body));
    desk.close();
}

#[tokio::test]
async fn the_menu_of_what_goes_wrong() {
    let desk = open().await;
    desk.stripe.take_events();
    let faulty = |faults: DeliveryFaults| {
        desk.stripe.set_delivery_faults(faults);
        for at in 0..8 {
            desk.stripe.add_customer(&format!("{at}@example.com"));
        }
        desk.stripe.take_events()
    };
    let twice = faulty(DeliveryFaults { duplicate_percent: 100, ..DeliveryFaults::default() });
    assert_eq!((twice.len(), &twice[0].event_id), (16, &twice[1].event_id));
    assert!(faulty(DeliveryFaults { drop_percent: 100, ..DeliveryFaults::default() }).is_empty());
    let replayed = faulty(DeliveryFaults { replay_percent: 100, ..DeliveryFaults::default() });
    assert_ne!(replayed[0].event_id, replayed[1].event_id);
    assert!(desk.stripe.find(&replayed[1].event_id).is_none());
    let shuffled = faulty(DeliveryFaults { reorder: true, ..DeliveryFaults::default() });
    let listed: Vec<String> = desk.stripe.all("event").iter().map(|event| text(&event["id"])).collect();
    let positions: Vec<usize> =
        shuffled.iter().map(|one| listed.iter().position(|id| *id == one.event_id).unwrap()).collect();
    assert!(!positions.is_sorted() && positions.len() == 8);
    assert!(faulty(DeliveryFaults { delay_seconds: 60, ..DeliveryFaults::default() }).is_empty());
    desk.stripe.advance_ms(60_000).await;
    assert_eq!(desk.stripe.take_events().len(), 8);
    desk.close();
}

#[tokio::test]
async fn an_acknowledgement_that_comes_too_late_brings_it_again() {
    let desk = open().await;
    let carrier = Endpoint::default();
    desk.stripe.deliver_through(Arc::new(carrier.clone()));
    endpoint(&desk, &["customer.created"]).await;
    desk.stripe.set_delivery_faults(DeliveryFaults { slow_acknowledgement: true, ..DeliveryFaults::default() });
    desk.stripe.add_customer("b@example.com");
    desk.stripe.advance_ms(HOUR_MS).await;
    desk.stripe.set_delivery_faults(DeliveryFaults::default());
    desk.stripe.advance_ms(DAY_MS).await;
    assert_eq!(carrier.seen.lock().unwrap().len(), 4);
    desk.close();
}

#[tokio::test]
async fn a_tick_follows_everything_that_happens() {
    let desk = open().await;
    desk.subscribe(&desk.start, "1").await;
    let ticks: Arc<Mutex<Vec<String>>> = Arc::default();
    let noted = Arc::clone(&ticks);
    desk.stripe.on_tick(Arc::new(move |at| {
        noted.lock().unwrap().push(at.to_string());
        Box::pin(async {})
    }));
    desk.until("2026-03-02T00:00:00Z").await;
    assert_eq!(*ticks.lock().unwrap(), ["2026-02-28T12:00:00.000Z", "2026-02-28T13:00:00.000Z", "2026-03-02T00:00:00.000Z"]);
    desk.close();
}
