//! What Stripe's objects mean, as a table of small cases: what is granted, until when, what is not and why.

use creel_billing::{
    PurchasedExpire,
    catalogue::read_price,
    derive::{PaidInvoice, Snapshot, Terms, derive},
    stripe::objects::{Invoice, Price, Subscription, SubscriptionSchedule},
};
use creel_ledger::Share;
use creel_store::billing::{AlarmKind, Bought, PaidLine, Reading};
use creel_types::{Credits, Plan, Time};
use serde_json::{Value as Json, json};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const MONTH: i64 = 30 * DAY;
const GRACE_MS: i64 = 2 * HOUR * 1_000;
const BEGIN: i64 = 1_700_000_000;

fn terms() -> Terms {
    Terms { grace_ms: GRACE_MS, purchased: PurchasedExpire::CycleEnd }
}

fn price(id: &str, plan: &str, credits: i64, amount: i64) -> Price {
    let recurring = (plan != "credits").then(|| json!({"interval": "month", "interval_count": 1}));
    serde_json::from_value(json!({"id": id, "currency": "usd", "unit_amount": amount, "product": "creel_x", "active": true,
        "recurring": recurring,
        "metadata": {"creel_plan": plan, "creel_credits_per_unit": credits.to_string()}}))
    .unwrap()
}

/// The subscription's own words over what it always has.
fn subscription(id: &str, own: Json) -> Subscription {
    let scale = json!({"id": "price_scale", "currency": "usd", "unit_amount": 10_000, "product": "creel_scale"});
    let mut all = json!({"id": id, "customer": "cus_1", "status": "active", "created": BEGIN,
        "items": {"data": [{"id": "si_1", "price": scale, "quantity": 3, "current_period_start": BEGIN,
            "current_period_end": BEGIN + MONTH}]}});
    all.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
    serde_json::from_value(all).unwrap()
}

fn line(id: &str, price: &str, quantity: i64, starts: i64) -> Json {
    json!({"id": id, "amount": 2_900, "quantity": quantity, "period": {"start": starts, "end": starts + MONTH},
        "pricing": {"price_details": {"price": price}}, "parent": {"subscription_item_details": {"proration": false}}})
}

fn invoice(id: &str, of: Option<&str>, lines: Json, own: Json) -> PaidInvoice {
    let parent = of.map(|of| json!({"subscription_details": {"subscription": of}}));
    let mut all = json!({"id": id, "customer": "cus_1", "status": "paid", "created": BEGIN, "total": 2_900, "parent": parent,
        "lines": {"data": lines}, "status_transitions": {"paid_at": BEGIN + 60}});
    all.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
    let invoice: Invoice = serde_json::from_value(all).unwrap();
    PaidInvoice { invoice, paid: 2_900, went_back: 0, disputed: false }
}

fn snapshot(subscriptions: Vec<Subscription>, invoices: Vec<PaidInvoice>) -> Snapshot {
    let prices = [
        price("price_start", "start", 10_000, 2_900),
        price("price_scale", "scale", 100_000, 10_000),
        price("price_credits", "credits", 10_000, 2_900),
    ];
    let prices = prices.iter().map(|price| (price.id.clone(), read_price(price).unwrap())).collect();
    Snapshot { subscriptions, invoices, prices, ..Snapshot::default() }
}

fn read(subscriptions: Vec<Subscription>, invoices: Vec<PaidInvoice>) -> Reading {
    derive(&snapshot(subscriptions, invoices), terms())
}

fn first(reading: &Reading) -> &PaidLine {
    assert_eq!((reading.lines.len(), &reading.alarms[..]), (1, &[][..]));
    &reading.lines[0]
}

fn at(seconds: i64) -> Time {
    Time(seconds * 1_000)
}

#[test]
fn a_paid_period_is_its_credits_until_its_end_and_the_grace() {
    let paid = invoice("in_1", Some("sub_1"), json!([line("il_1", "price_scale", 3, BEGIN)]), json!({}));
    let reading = read(vec![subscription("sub_1", json!({}))], vec![paid]);
    let line = first(&reading);
    assert_eq!(
        (line.credits, line.quantity, line.ends_at),
        (Credits(300_000), 3, Some(at(BEGIN + MONTH).plus_ms(GRACE_MS)))
    );
    let plan =
        Bought::Plan { plan: Plan::Scale, subscription: "sub_1".into(), starts_at: at(BEGIN), ends_at: at(BEGIN + MONTH) };
    assert_eq!((&line.bought, line.paid_at, line.refunded, line.disputed), (&plan, at(BEGIN + 60), None, false));
}

#[test]
fn a_subscription_that_ends_takes_the_grace_with_it() {
    for (own, grace_ms) in [
        (json!({}), GRACE_MS),
        (json!({"cancel_at_period_end": true}), 0),
        (json!({"cancel_at": BEGIN + MONTH}), 0),
        (json!({"cancel_at": BEGIN + 5 * DAY}), 0),
        (json!({"cancel_at": BEGIN + 2 * MONTH}), GRACE_MS),
        (json!({"status": "canceled", "ended_at": BEGIN + DAY}), 0),
        (json!({"status": "past_due"}), GRACE_MS),
        (json!({"status": "hibernating"}), GRACE_MS),
    ] {
        let paid = invoice("in_1", Some("sub_1"), json!([line("il_1", "price_start", 1, BEGIN)]), json!({}));
        let reading = read(vec![subscription("sub_1", own.clone())], vec![paid]);
        assert_eq!(first(&reading).ends_at, Some(at(BEGIN + MONTH).plus_ms(grace_ms)), "{own}");
    }
}

#[test]
fn what_grants_nothing_and_why() {
    let plain = |price, quantity| json!([line("il_1", price, quantity, BEGIN)]);
    let mut proration = line("il_1", "price_scale", 2, BEGIN);
    proration["parent"]["subscription_item_details"]["proration"] = json!(true);
    let mut priceless = line("il_1", "price_scale", 2, BEGIN);
    priceless["pricing"] = Json::Null;
    let mut back = line("il_1", "price_scale", 2, BEGIN);
    back["amount"] = json!(-2_900);
    for (lines, of, own, alarm) in [
        (plain("price_start", 1), Some("sub_1"), json!({"total": 0}), None),
        (plain("price_start", 1), Some("sub_1"), json!({"total": -5}), None),
        (json!([back]), Some("sub_1"), json!({}), None),
        (plain("price_of_another_product", 1), Some("sub_1"), json!({}), Some(AlarmKind::UnknownPrice)),
        (json!([priceless]), Some("sub_1"), json!({}), Some(AlarmKind::UnknownPrice)),
        (plain("price_start", 1), None, json!({}), Some(AlarmKind::UnknownPrice)),
        (plain("price_start", 2), Some("sub_1"), json!({}), Some(AlarmKind::WrongQuantity)),
        (plain("price_scale", 11), Some("sub_1"), json!({}), Some(AlarmKind::WrongQuantity)),
        (plain("price_scale", 0), Some("sub_1"), json!({}), Some(AlarmKind::WrongQuantity)),
        (plain("price_credits", 101), None, json!({}), Some(AlarmKind::WrongQuantity)),
        (json!([proration]), Some("sub_1"), json!({}), Some(AlarmKind::Proration)),
    ] {
        let shown = format!("{lines} {own}");
        let reading = read(vec![subscription("sub_1", json!({}))], vec![invoice("in_1", of, lines, own)]);
        let alarms: Vec<AlarmKind> = reading.alarms.iter().map(|alarm| alarm.kind).collect();
        assert_eq!((reading.lines, alarms), (vec![], alarm.into_iter().collect()), "{shown}");
    }
}

#[test]
fn one_bad_line_keeps_no_good_one_back() {
    let lines = json!([line("il_1", "price_unknown", 1, BEGIN), line("il_2", "price_start", 1, BEGIN)]);
    let reading = read(vec![subscription("sub_1", json!({}))], vec![invoice("in_1", Some("sub_1"), lines, json!({}))]);
    assert_eq!((reading.lines.len(), reading.alarms.len()), (1, 1));
    assert_eq!(reading.alarms[0].subject, "in_1/il_1");
    assert!(reading.alarms[0].message.contains("in_1") && reading.alarms[0].message.contains("admin grant"));
}

#[test]
fn a_second_subscription_grants_nothing_while_the_first_is_there() {
    let of = |id, starts| invoice("in_2", Some(id), json!([line("il_1", "price_start", 1, starts)]), json!({}));
    let second = || subscription("sub_2", json!({"created": BEGIN + DAY}));
    for (first, starts, grants) in [
        (json!({}), BEGIN + DAY, false),
        (json!({"status": "canceled", "ended_at": BEGIN + 2 * DAY}), BEGIN + DAY, false),
        // Once the first has ended, the second one's later periods are as good as any.
        (json!({"status": "canceled", "ended_at": BEGIN + 2 * DAY}), BEGIN + DAY + MONTH, true),
        (json!({"status": "canceled", "ended_at": BEGIN + DAY}), BEGIN + DAY, true),
        (json!({"status": "incomplete_expired", "ended_at": BEGIN + DAY}), BEGIN, true),
        (json!({"status": "past_due"}), BEGIN + DAY, false),
    ] {
        for swapped in [false, true] {
            let mut both = vec![subscription("sub_1", first.clone()), second()];
            if swapped {
                both.reverse();
            }
            let reading = read(both, vec![of("sub_2", starts)]);
            assert_eq!(reading.lines.len() == 1, grants, "{first}");
            assert_eq!(reading.alarms.iter().any(|alarm| alarm.kind == AlarmKind::SecondSubscription), !grants);
        }
    }
}

#[test]
fn bought_credits_end_as_was_said() {
    let paid_at = BEGIN + 60;
    let days = Terms { purchased: PurchasedExpire::Days(90), ..terms() };
    for (metadata, terms, end) in [
        (json!({"creel_expires": format!("at:{}", BEGIN + 9 * DAY)}), terms(), BEGIN + 9 * DAY),
        // What was said holds, whatever is set by now.
        (json!({"creel_expires": format!("at:{}", BEGIN + 9 * DAY)}), days, BEGIN + 9 * DAY),
        (json!({"creel_expires": "days:5"}), terms(), paid_at + 5 * DAY),
        // Paid when that was over: with the cycle in which it was paid.
        (json!({"creel_expires": format!("at:{BEGIN}")}), terms(), BEGIN + MONTH),
        // Nothing was said, or nothing that can be read: by what is set.
        (json!({}), terms(), BEGIN + MONTH),
        (json!({}), days, paid_at + 90 * DAY),
        (json!({"creel_expires": "soon"}), days, paid_at + 90 * DAY),
        (json!({"creel_expires": "at:99999999999999999999"}), days, paid_at + 90 * DAY),
        (json!({"creel_expires": "days:-1"}), days, paid_at + 90 * DAY),
    ] {
        let paid = invoice("in_1", None, json!([line("il_1", "price_credits", 2, BEGIN)]), json!({"metadata": metadata}));
        let reading = derive(&snapshot(vec![subscription("sub_1", json!({}))], vec![paid]), terms);
        let line = first(&reading);
        assert_eq!(
            (line.credits, &line.bought, line.ends_at),
            (Credits(20_000), &Bought::Credits, Some(at(end))),
            "{metadata}"
        );
    }
    let paid = invoice("in_1", None, json!([line("il_1", "price_credits", 1, BEGIN)]), json!({}));
    let reading = read(vec![], vec![paid]);
    assert_eq!(first(&reading).ends_at, Some(at(paid_at + 30 * DAY)), "outside of every cycle");
}

#[test]
fn money_that_went_back_is_a_share_and_never_more_than_all() {
    for (paid, went_back, share) in [
        (2_900, 0, None),
        (2_900, 1_450, Some(Share::new(1_450, 2_900).unwrap())),
        (2_900, 2_900, Some(Share::new(2_900, 2_900).unwrap())),
        (2_900, 9_999, Some(Share::new(2_900, 2_900).unwrap())),
        (0, 0, None),
        (0, 5, None),
    ] {
        let invoice = invoice("in_1", Some("sub_1"), json!([line("il_1", "price_start", 1, BEGIN)]), json!({}));
        let paid = PaidInvoice { paid, went_back, disputed: true, ..invoice };
        let reading = read(vec![subscription("sub_1", json!({}))], vec![paid]);
        assert_eq!((first(&reading).refunded, first(&reading).disputed), (share, true));
    }
}

#[test]
fn lines_are_granted_in_the_order_of_what_was_bought() {
    let of = |id: &str, starts| invoice(id, Some("sub_1"), json!([line("il_1", "price_start", 1, starts)]), json!({}));
    let invoices = vec![of("in_3", BEGIN + 2 * MONTH), of("in_1", BEGIN), of("in_2", BEGIN + MONTH)];
    let mut backwards = invoices.clone();
    backwards.reverse();
    let one = read(vec![subscription("sub_1", json!({}))], invoices);
    assert_eq!(one, read(vec![subscription("sub_1", json!({}))], backwards));
    assert_eq!(one.lines.iter().map(|line| line.invoice.as_str()).collect::<Vec<_>>(), ["in_1", "in_2", "in_3"]);
}

#[test]
fn the_subscription_is_told_as_it_stands() {
    let schedule: SubscriptionSchedule =
        serde_json::from_value(json!({"id": "sub_sched_1", "subscription": "sub_1", "phases": [
        {"start_date": BEGIN, "end_date": BEGIN + MONTH, "items": [{"price": "price_scale", "quantity": 3}]},
        {"start_date": BEGIN + MONTH, "items": [{"price": "price_start", "quantity": 1}]}]}))
        .unwrap();
    let own = json!({"schedule": "sub_sched_1", "pending_update": {"expires_at": BEGIN + HOUR}});
    let mut snapshot = snapshot(vec![subscription("sub_1", own)], vec![]);
    snapshot.schedules.push(schedule);
    let told = derive(&snapshot, terms()).subscription.unwrap();
    assert_eq!((told.plan, told.quantity, told.status.as_str()), (Some(Plan::Scale), 3, "active"));
    let next = told.next.unwrap();
    assert_eq!((next.plan, next.quantity, next.at), (Plan::Start, 1, at(BEGIN + MONTH)));
    assert_eq!((told.pending_until, told.ends_at), (Some(at(BEGIN + HOUR)), None));

    let ended = |id, ended: i64| subscription(id, json!({"status": "canceled", "ended_at": ended}));
    let both = vec![ended("sub_1", BEGIN + DAY), ended("sub_2", BEGIN + 2 * DAY)];
    assert_eq!(read(both, vec![]).subscription.unwrap().id, "sub_2", "the one that ended last");
    let live = subscription("sub_3", json!({"created": BEGIN + 3 * DAY, "cancel_at_period_end": true}));
    let told = read(vec![ended("sub_1", BEGIN + DAY), live], vec![]).subscription.unwrap();
    assert_eq!((told.id.as_str(), told.ends_at), ("sub_3", Some(at(BEGIN + MONTH))));
    assert!(read(vec![], vec![]).subscription.is_none());
}
