//! Refunds and disputes, and invoices that nobody asked Creel about.

use creel_testkit::stripe::{DisputeEnd, RefundAs};
use serde_json::json;

use crate::desk::{open, text};

#[tokio::test]
async fn refunds_add_up_and_may_fail_later() {
    let desk = open().await;
    let subscription = desk.subscribe(&desk.scale, "1").await;
    let invoice = text(&desk.latest_invoice(&subscription)["id"]);
    let part = desk.stripe.refund(&invoice, Some(2_500)).unwrap();
    let charge = text(&desk.find(&part)["charge"]);
    assert_eq!((&desk.find(&charge)["amount_refunded"], &desk.find(&charge)["refunded"]), (&json!(2_500), &json!(false)));
    assert!(desk.stripe.refund(&invoice, Some(7_501)).is_err());
    let pending = desk.stripe.refund_as(&invoice, None, RefundAs::Pending).unwrap();
    assert_eq!((&desk.find(&pending)["amount"], &desk.find(&pending)["status"]), (&json!(7_500), &json!("pending")));
    assert_eq!(desk.find(&charge)["refunded"], true);
    let by_charge = desk.get("refunds", &[("charge", &charge)]).await;
    assert_eq!(by_charge["data"].as_array().unwrap().len(), 2);
    let intent = text(&desk.find(&part)["payment_intent"]);
    assert_eq!(desk.get("refunds", &[("payment_intent", &intent)]).await["data"], by_charge["data"]);
    desk.stripe.complete_refund(&pending).unwrap();
    desk.stripe.fail_refund(&pending).unwrap();
    assert_eq!(desk.get(&format!("refunds/{pending}"), &[]).await["status"], "failed");
    assert_eq!(desk.find(&charge)["amount_refunded"], 2_500);
    for kind in ["refund.created", "charge.refunded", "refund.updated", "refund.failed"] {
        assert!(desk.stripe.event_kinds().contains(&kind.to_owned()), "{kind}");
    }
    desk.close();
}

#[tokio::test]
async fn disputes_open_and_close() {
    let desk = open().await;
    for (end, status) in
        [(DisputeEnd::Won, "won"), (DisputeEnd::Lost, "lost"), (DisputeEnd::WarningClosed, "warning_closed")]
    {
        let subscription = desk
            .stripe
            .set_card(&desk.customer, creel_testkit::stripe::Card::Good)
            .map(|()| ())
            .and_then(|()| desk.stripe.add_subscription(&desk.customer, &desk.scale, 1, None));
        let invoice = text(&desk.latest_invoice(&subscription.unwrap())["id"]);
        let is_warning = end == DisputeEnd::WarningClosed;
        let dispute = desk.stripe.dispute(&invoice, is_warning).unwrap();
        let open = if is_warning { "warning_needs_response" } else { "needs_response" };
        assert_eq!(desk.get(&format!("disputes/{dispute}"), &[]).await["status"], open);
        let charge = text(&desk.find(&dispute)["charge"]);
        assert_eq!(desk.get("disputes", &[("charge", &charge)]).await["data"][0]["id"], json!(dispute));
        desk.stripe.review_dispute(&dispute).unwrap();
        desk.stripe.close_dispute(&dispute, end).unwrap();
        assert_eq!(desk.find(&dispute)["status"], status);
        assert_eq!(desk.stripe.event_kinds().last().unwrap(), "charge.dispute.closed");
    }
    desk.close();
}

#[tokio::test]
async fn an_operators_invoices_have_their_lines() {
    let desk = open().await;
    let subscription = desk.subscribe(&desk.start, "1").await;
    let foreign = desk.stripe.add_foreign_price(1_234, false);
    let mut lines = vec![(foreign.as_str(), 1); 12];
    lines.push((desk.credits.as_str(), 5));
    let invoice = desk.stripe.add_invoice(&desk.customer, &lines).unwrap();
    let shown = desk.get(&format!("invoices/{invoice}"), &[]).await;
    assert_eq!(
        (&shown["total"], &shown["status"], &shown["lines"]["has_more"]),
        (&json!(12 * 1_234 + 14_500), &json!("paid"), &json!(true))
    );
    let path = format!("invoices/{invoice}/lines");
    let all = desk.get(&path, &[("limit", "100")]).await;
    assert_eq!((all["data"].as_array().unwrap().len(), &all["has_more"]), (13, &json!(false)));
    let proration = desk.stripe.add_proration_invoice(&subscription, 777).unwrap();
    let line = desk.find(&proration)["lines"]["data"][0].clone();
    assert_eq!((&line["amount"], &line["parent"]["subscription_item_details"]["proration"]), (&json!(777), &json!(true)));
    let paid = [("customer", desk.customer.as_str()), ("status", "paid"), ("limit", "100")];
    assert_eq!(desk.get("invoices", &paid).await["data"].as_array().unwrap().len(), 3);
    desk.close();
}
