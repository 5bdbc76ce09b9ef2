//! What comes due by itself: renewals, retries, trials.

use creel_testkit::stripe::{AfterRetries, Card, Dunning};
use serde_json::json;

use crate::desk::{DAY_MS, HOUR_MS, open, open_at, seconds, text};

#[tokio::test]
async fn a_month_is_billed_as_a_draft_and_paid_an_hour_later() {
    let desk = open().await;
    let subscription = desk.subscribe(&desk.start, "1").await;
    let first = desk.latest_invoice(&subscription);
    desk.until("2026-02-28T12:00:00Z").await;
    let draft = desk.latest_invoice(&subscription);
    assert_ne!(draft["id"], first["id"]);
    assert_eq!((&draft["status"], &draft["billing_reason"]), (&json!("draft"), &json!("subscription_cycle")));
    assert_eq!(desk.period(&subscription), (seconds("2026-02-28T12:00:00Z"), seconds("2026-03-31T12:00:00Z")));
    assert_eq!(draft["lines"]["data"][0]["period"]["start"], first["lines"]["data"][0]["period"]["end"]);
    desk.stripe.advance_ms(HOUR_MS).await;
    assert_eq!(desk.latest_invoice(&subscription)["status"], "paid");
    // A year: every month from the 31st, or its last day.
    desk.until("2027-01-31T11:00:00Z").await;
    assert_eq!(desk.period(&subscription), (seconds("2026-12-31T12:00:00Z"), seconds("2027-01-31T12:00:00Z")));
    assert_eq!(desk.stripe.all("invoice").len(), 12);
    assert!(desk.stripe.all("invoice").iter().all(|invoice| invoice["status"] == "paid"));
    desk.close();
}

#[tokio::test]
async fn a_failed_renewal_is_tried_again_and_then_given_up() {
    for (after, status) in
        [(AfterRetries::Cancel, "canceled"), (AfterRetries::Unpaid, "unpaid"), (AfterRetries::LeavePastDue, "past_due")]
    {
        let desk = open().await;
        desk.stripe.set_dunning(Dunning { after, ..Dunning::default() });
        let subscription = desk.subscribe(&desk.start, "1").await;
        desk.card(Card::Declines);
        desk.until("2026-02-28T13:00:00Z").await;
        assert_eq!(desk.find(&subscription)["status"], "past_due");
        let invoice = text(&desk.latest_invoice(&subscription)["id"]);
        assert_eq!(desk.find(&invoice)["next_payment_attempt"], seconds("2026-03-03T13:00:00Z"));
        desk.until("2026-03-07T12:00:00Z").await;
        assert_eq!(
            (&desk.find(&invoice)["attempt_count"], &desk.find(&subscription)["status"]),
            (&json!(3), &json!("past_due"))
        );
        desk.until("2026-03-07T13:00:00Z").await;
        assert_eq!(
            (&desk.find(&invoice)["attempt_count"], &desk.find(&subscription)["status"]),
            (&json!(4), &json!(status))
        );
        assert_eq!(desk.find(&invoice)["status"], "open");
        if after != AfterRetries::Cancel {
            desk.stripe.pay_invoice(&invoice).unwrap();
            assert_eq!(desk.find(&subscription)["status"], "active", "paid late");
        }
        desk.close();
    }
}

#[tokio::test]
async fn a_retry_that_succeeds_makes_it_active_again() {
    let desk = open().await;
    let subscription = desk.subscribe(&desk.start, "1").await;
    desk.card(Card::RequiresAction);
    desk.until("2026-03-01T12:00:00Z").await;
    assert_eq!(desk.find(&subscription)["status"], "past_due");
    assert!(desk.stripe.event_kinds().contains(&"invoice.payment_action_required".to_owned()));
    desk.card(Card::Good);
    desk.until("2026-03-04T12:00:00Z").await;
    assert_eq!(
        (&desk.find(&subscription)["status"], &desk.latest_invoice(&subscription)["status"]),
        (&json!("active"), &json!("paid"))
    );
    desk.close();
}

#[tokio::test]
async fn an_unpaid_subscription_makes_invoices_that_nobody_finalizes() {
    let desk = open().await;
    desk.stripe.set_dunning(Dunning { after: AfterRetries::Unpaid, ..Dunning::default() });
    let subscription = desk.subscribe(&desk.start, "1").await;
    desk.card(Card::Declines);
    desk.until("2026-04-02T12:00:00Z").await;
    assert_eq!(
        (&desk.find(&subscription)["status"], &desk.latest_invoice(&subscription)["status"]),
        (&json!("unpaid"), &json!("draft"))
    );
    desk.close();
}

#[tokio::test]
async fn a_first_payment_has_twenty_three_hours() {
    let desk = open().await;
    desk.card(Card::Declines);
    let subscription = desk.stripe.add_subscription(&desk.customer, &desk.start, 1, Some("o-1")).unwrap();
    assert_eq!(desk.find(&subscription)["status"], "incomplete");
    let late = desk.stripe.add_subscription(&desk.customer, &desk.start, 1, None).unwrap();
    desk.stripe.pay_invoice(&text(&desk.latest_invoice(&late)["id"])).unwrap();
    assert_eq!(desk.find(&late)["status"], "active");
    desk.stripe.advance_ms(23 * HOUR_MS - 1).await;
    assert_eq!(desk.find(&subscription)["status"], "incomplete");
    desk.stripe.advance_ms(1).await;
    assert_eq!(desk.find(&subscription)["status"], "incomplete_expired");
    assert_eq!(desk.latest_invoice(&subscription)["status"], "void");
    desk.close();
}

#[tokio::test]
async fn a_trial_has_a_free_invoice_and_ends_as_was_said() {
    let cases = [
        ("cancel", false, "canceled"),
        ("pause", false, "paused"),
        ("create_invoice", false, "past_due"),
        ("pause", true, "active"),
    ];
    for (without_card, has_card, status) in cases {
        let desk = open_at("2028-02-29T12:00:00Z").await;
        if has_card {
            desk.card(Card::Good);
        }
        let subscription = desk.stripe.add_trial(&desk.customer, &desk.start, 7, without_card).unwrap();
        let invoice = desk.latest_invoice(&subscription);
        assert_eq!(
            (&invoice["status"], &invoice["total"], &invoice["billing_reason"]),
            (&json!("paid"), &json!(0), &json!("subscription_create"))
        );
        desk.stripe.advance_ms(7 * DAY_MS + HOUR_MS).await;
        assert!(desk.stripe.event_kinds().contains(&"customer.subscription.trial_will_end".to_owned()));
        assert_eq!(desk.find(&subscription)["status"], status, "{without_card} {has_card}");
        if status == "paused" {
            desk.card(Card::Good);
            desk.stripe.advance_ms(DAY_MS).await;
            assert_eq!(desk.find(&subscription)["status"], "paused", "a card alone does nothing");
            desk.stripe.resume(&subscription).unwrap();
            assert_eq!(desk.find(&subscription)["status"], "active");
            assert_eq!(desk.stripe.event_kinds().last().unwrap(), "customer.subscription.resumed");
        }
        desk.close();
    }
}
