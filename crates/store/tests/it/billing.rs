//! What a reading of a customer does to the ledger, on both databases: granted once, renewed without a gap, ended with the
//! period, taken back and frozen in proportion; and nothing by somebody who lost the customer.

use creel_ledger::Share;
use creel_store::{
    Store,
    access::people::NewPerson,
    billing::{AlarmKind, Bought, CustomerLease, PaidLine, Reading, Settled, StripeEvent, SubscriptionState},
    database::Engine,
    organizations::Start,
};
use creel_types::{Credits, Email, Plan, Time, time::DAY_MS, time::HOUR_MS};

use crate::shop::{Shop, on_both, operator};

const GRACE_MS: i64 = 2 * HOUR_MS;
const MONTH_MS: i64 = 30 * DAY_MS;
/// When the shop's clock begins.
const BEGIN: i64 = 1_000_000;

/// An organization without credits that is a customer.
async fn customer(engine: Engine) -> Shop {
    let shop = Shop::with_credits(engine, 0).await;
    shop.store.add_stripe_customer(shop.organization, "cus_1").await.unwrap();
    shop
}

async fn claim(store: &Store) -> CustomerLease {
    store.nudge_stripe_customer("cus_1").await.unwrap();
    store.claim_stripe_customer(None).await.unwrap().expect("the customer is due")
}

/// Settles and answers how many lines were granted and which alarms were new.
async fn settle(store: &Store, reading: &Reading) -> (u64, Vec<AlarmKind>) {
    match store.settle_stripe_customer(&claim(store).await, reading).await.unwrap() {
        Settled::Done { granted, alarms, .. } => (granted, alarms.iter().map(|alarm| alarm.kind).collect()),
        Settled::Lost => panic!("the lease holds"),
    }
}

/// The period of a plan that begins so long after the first instant.
fn period(invoice: &str, plan: Plan, quantity: i64, begins_ms: i64) -> PaidLine {
    let (starts_at, ends_at) = (Time(BEGIN + begins_ms), Time(BEGIN + begins_ms + MONTH_MS));
    PaidLine {
        invoice: invoice.to_owned(),
        line: format!("{invoice}_line"),
        bought: Bought::Plan { plan, subscription: "sub_1".to_owned(), starts_at, ends_at },
        quantity,
        credits: plan.terms().credits(quantity),
        paid_at: starts_at,
        ends_at: Some(ends_at.plus_ms(GRACE_MS)),
        refunded: None,
        disputed: false,
    }
}

fn reading(lines: &[PaidLine]) -> Reading {
    Reading { lines: lines.to_vec(), ..Reading::default() }
}

async fn lots(shop: &Shop) -> Vec<(String, i64, i64)> {
    let balance = shop.store.balance(shop.organization).await.unwrap();
    let shown = |end: Option<Time>| end.map_or(-1, |end| end.0 - BEGIN);
    balance.lots.iter().map(|lot| (lot.source.to_string(), lot.remaining.0, shown(lot.expires_at))).collect()
}

async fn available(shop: &Shop) -> i64 {
    shop.store.verify_ledger(shop.organization).await.unwrap().unwrap();
    shop.store.balance(shop.organization).await.unwrap().available.0
}

on_both! {
async fn a_paid_line_is_granted_once(engine) {
    let shop = customer(engine).await;
    let paid = reading(&[period("in_1", Plan::Start, 1, 0)]);
    assert_eq!(settle(&shop.store, &paid).await, (1, vec![]));
    for _ in 0..3 {
        assert_eq!(settle(&shop.store, &paid).await, (0, vec![]));
    }
    assert_eq!(lots(&shop).await, [("cycle".to_owned(), 10_000, MONTH_MS + GRACE_MS)]);
    let cycle = shop.store.balance(shop.organization).await.unwrap().cycle;
    assert_eq!((cycle.starts_at.0, cycle.ends_at), (BEGIN, Some(Time(BEGIN + MONTH_MS))));
    assert_eq!((cycle.granted, cycle.spent), (Credits(10_000), Credits::ZERO));
}
}

on_both! {
async fn whoever_lost_the_customer_writes_nothing(engine) {
    let shop = customer(engine).await;
    let other = shop.database.store(shop.store.clock.clone(), creel_types::Random::seeded(7)).await;
    let slow = claim(&shop.store).await;
    assert!(other.claim_stripe_customer(None).await.unwrap().is_none(), "one at a time");
    shop.store.clock.advance_ms(61_000);
    let quick = other.claim_stripe_customer(None).await.unwrap().unwrap();
    let disputed = PaidLine { disputed: true, ..period("in_1", Plan::Start, 1, 0) };
    assert!(matches!(other.settle_stripe_customer(&quick, &reading(&[disputed])).await.unwrap(), Settled::Done { .. }));
    let older = reading(&[period("in_1", Plan::Start, 1, 0)]);
    assert_eq!(shop.store.settle_stripe_customer(&slow, &older).await.unwrap(), Settled::Lost);
    assert_eq!(available(&shop).await, 0, "the dispute that is newer holds");
}
}

on_both! {
async fn what_asks_during_a_look_is_looked_at_again(engine) {
    let shop = customer(engine).await;
    let lease = claim(&shop.store).await;
    assert!(shop.store.nudge_stripe_customer("cus_1").await.unwrap());
    shop.store.settle_stripe_customer(&lease, &Reading::default()).await.unwrap();
    let again = shop.store.claim_stripe_customer(None).await.unwrap().expect("asked meanwhile");
    shop.store.settle_stripe_customer(&again, &Reading::default()).await.unwrap();
    assert!(shop.store.claim_stripe_customer(None).await.unwrap().is_none(), "answered");
    shop.store.clock.advance_ms(DAY_MS);
    assert!(shop.store.claim_stripe_customer(None).await.unwrap().is_some(), "once a day without being asked");
}
}

on_both! {
async fn a_renewal_leaves_no_gap_and_rolls_nothing_over(engine) {
    let shop = customer(engine).await;
    let first = period("in_1", Plan::Start, 1, 0);
    settle(&shop.store, &reading(std::slice::from_ref(&first))).await;
    for (after_end_ms, available_then) in [(-1, 10_000), (0, 10_000), (GRACE_MS - 1, 10_000)] {
        shop.store.clock.advance_ms(BEGIN + MONTH_MS + after_end_ms - shop.store.clock.now().0);
        assert_eq!(available(&shop).await, available_then, "{after_end_ms} ms after the end");
    }
    let second = period("in_2", Plan::Start, 1, MONTH_MS);
    assert_eq!(settle(&shop.store, &reading(&[first.clone(), second.clone()])).await, (1, vec![]));
    assert_eq!(lots(&shop).await, [("cycle".to_owned(), 10_000, 2 * MONTH_MS + GRACE_MS)]);
    // Whether or not the period before is still said to be alive.
    assert_eq!(settle(&shop.store, &reading(&[first, second])).await, (0, vec![]));
    assert_eq!(available(&shop).await, 10_000);
    shop.store.clock.advance_ms(MONTH_MS + GRACE_MS);
    assert_eq!(available(&shop).await, 0, "past due beyond the grace");
}
}

on_both! {
async fn both_periods_at_once_end_as_one_after_the_other(engine) {
    let shop = customer(engine).await;
    shop.store.clock.advance_ms(MONTH_MS + HOUR_MS);
    let lines = [period("in_1", Plan::Start, 1, 0), period("in_2", Plan::Start, 1, MONTH_MS)];
    assert_eq!(settle(&shop.store, &reading(&lines)).await, (2, vec![]));
    assert_eq!(lots(&shop).await, [("cycle".to_owned(), 10_000, 2 * MONTH_MS + GRACE_MS)]);
}
}

on_both! {
async fn an_upgrade_leaves_the_old_lot_to_its_own_end(engine) {
    let shop = customer(engine).await;
    let start = period("in_1", Plan::Start, 1, 0);
    settle(&shop.store, &reading(std::slice::from_ref(&start))).await;
    shop.store.clock.advance_ms(10 * DAY_MS);
    let scale = period("in_2", Plan::Scale, 3, 10 * DAY_MS);
    settle(&shop.store, &reading(&[start, scale])).await;
    let kept = [("cycle".to_owned(), 10_000, MONTH_MS + GRACE_MS), ("cycle".to_owned(), 300_000, 10 * DAY_MS + MONTH_MS + GRACE_MS)];
    assert_eq!(lots(&shop).await, kept);
    let plan = shop.store.plan_in_force(shop.organization).await.unwrap().unwrap();
    assert_eq!((plan.plan, plan.quantity, plan.credits()), (Plan::Scale, 3, Credits(300_000)));
    let cycle = shop.store.balance(shop.organization).await.unwrap().cycle;
    assert_eq!((cycle.starts_at.0 - BEGIN, cycle.granted), (10 * DAY_MS, Credits(300_000)));
}
}

on_both! {
async fn a_subscription_set_to_end_ends_its_lot_with_the_period(engine) {
    let shop = customer(engine).await;
    let goes_on = period("in_1", Plan::Start, 1, 0);
    let ends = PaidLine { ends_at: goes_on.ends_at.map(|end| end.plus_ms(-GRACE_MS)), ..goes_on.clone() };
    settle(&shop.store, &reading(std::slice::from_ref(&goes_on))).await;
    for (line, end) in [(&ends, MONTH_MS), (&goes_on, MONTH_MS + GRACE_MS), (&ends, MONTH_MS)] {
        settle(&shop.store, &reading(std::slice::from_ref(line))).await;
        assert_eq!(lots(&shop).await, [("cycle".to_owned(), 10_000, end)]);
    }
    shop.store.clock.advance_ms(MONTH_MS - 1);
    assert!(shop.store.plan_in_force(shop.organization).await.unwrap().is_some());
    shop.store.clock.advance_ms(1);
    assert_eq!(available(&shop).await, 0);
    assert!(shop.store.plan_in_force(shop.organization).await.unwrap().is_none());
}
}

on_both! {
async fn that_it_ends_may_be_learned_within_the_grace(engine) {
    let shop = customer(engine).await;
    let goes_on = period("in_1", Plan::Start, 1, 0);
    let ends = PaidLine { ends_at: goes_on.ends_at.map(|end| end.plus_ms(-GRACE_MS)), ..goes_on.clone() };
    settle(&shop.store, &reading(&[goes_on])).await;
    shop.store.clock.advance_ms(MONTH_MS + HOUR_MS);
    assert_eq!(available(&shop).await, 10_000);
    settle(&shop.store, &reading(&[ends])).await;
    assert_eq!(available(&shop).await, 0);
    assert!(shop.store.plan_in_force(shop.organization).await.unwrap().is_none());
}
}

on_both! {
async fn refunds_add_up_whatever_was_spent(engine) {
    let shop = customer(engine).await;
    let paid = period("in_1", Plan::Start, 1, 0);
    let back = |part, whole| PaidLine { refunded: Some(Share::new(part, whole).unwrap()), ..paid.clone() };
    settle(&shop.store, &reading(std::slice::from_ref(&paid))).await;
    // A third, two thirds, and again: to the credit what two thirds at once would have taken.
    for (line, left) in [(back(967, 2_900), 6_665), (back(1_934, 2_900), 3_331), (back(1_934, 2_900), 3_331)] {
        settle(&shop.store, &reading(&[line])).await;
        assert_eq!(available(&shop).await, left);
    }
    let run = shop.run(None).await.id;
    let urls = shop.lease(run, 100).await;
    shop.settle_all(run, &urls).await;
    assert_eq!(available(&shop).await, 3_131);
    settle(&shop.store, &reading(&[back(2_900, 2_900)])).await;
    assert_eq!(available(&shop).await, 0, "what is spent is not taken, and never below zero");
    let (_, alarms) = settle(&shop.store, &reading(&[back(1_934, 2_900)])).await;
    assert_eq!(alarms, [AlarmKind::RefundUndone]);
    let (_, alarms) = settle(&shop.store, &reading(&[back(1_934, 2_900)])).await;
    assert_eq!(alarms, [], "said once");
}
}

on_both! {
async fn a_dispute_freezes_and_what_is_lost_is_taken(engine) {
    let shop = customer(engine).await;
    let paid = period("in_1", Plan::Start, 1, 0);
    let disputed = PaidLine { disputed: true, ..paid.clone() };
    let lost = PaidLine { refunded: Some(Share::ALL), ..paid.clone() };
    settle(&shop.store, &reading(std::slice::from_ref(&paid))).await;
    for (line, left) in [(&disputed, 0), (&disputed, 0), (&paid, 10_000), (&disputed, 0), (&lost, 0), (&lost, 0)] {
        settle(&shop.store, &reading(std::slice::from_ref(line))).await;
        assert_eq!(available(&shop).await, left);
    }
    assert_eq!(lots(&shop).await, []);
}
}

on_both! {
async fn what_is_over_before_it_is_known_grants_nothing_and_is_told(engine) {
    let shop = customer(engine).await;
    shop.store.clock.advance_ms(2 * MONTH_MS);
    let paid = reading(&[period("in_1", Plan::Start, 1, 0)]);
    assert_eq!(settle(&shop.store, &paid).await, (0, vec![AlarmKind::TooLate]));
    assert_eq!(settle(&shop.store, &paid).await, (0, vec![]));
    assert_eq!(shop.store.list_ended_invoices(shop.organization).await.unwrap(), ["in_1"]);
    let alarms = shop.store.list_alarms().await.unwrap();
    assert_eq!(alarms.len(), 1);
    assert!(shop.store.clear_alarm(alarms[0].kind, &alarms[0].subject).await.unwrap());
    assert_eq!(shop.store.list_alarms().await.unwrap(), []);
}
}

on_both! {
async fn bought_credits_wake_schedules_and_have_their_own_end(engine) {
    let shop = customer(engine).await;
    let plan = period("in_1", Plan::Start, 1, 0);
    let bought = PaidLine {
        invoice: "in_2".into(),
        line: "il_2".into(),
        bought: Bought::Credits,
        quantity: 2,
        credits: Credits(20_000),
        ends_at: Some(Time(BEGIN + MONTH_MS)),
        ..plan.clone()
    };
    assert_eq!(settle(&shop.store, &reading(&[plan, bought])).await, (2, vec![]));
    let kept = [("purchase".to_owned(), 20_000, MONTH_MS), ("cycle".to_owned(), 10_000, MONTH_MS + GRACE_MS)];
    assert_eq!(lots(&shop).await, kept);
}
}

on_both! {
async fn a_customer_belongs_to_one_organization(engine) {
    let shop = customer(engine).await;
    assert_eq!(shop.store.add_stripe_customer(shop.organization, "cus_2").await.unwrap(), "cus_1", "it has one");
    let other = shop.store.create_organization("other", Start::Credits(Credits::ZERO)).await.unwrap().id;
    assert!(shop.store.add_stripe_customer(other, "cus_1").await.is_err());
    // One that was deleted at Stripe makes room for another.
    settle(&shop.store, &Reading { deleted: true, ..Reading::default() }).await;
    assert!(shop.store.find_stripe_customer(shop.organization).await.unwrap().is_none());
    assert_eq!(shop.store.add_stripe_customer(shop.organization, "cus_2").await.unwrap(), "cus_2");
}
}

on_both! {
async fn an_event_is_kept_once_and_done_once(engine) {
    let shop = customer(engine).await;
    let event = StripeEvent {
        id: "evt_1".into(),
        kind: "invoice.paid".into(),
        created_at: Time(BEGIN),
        customer: Some("cus_1".into()),
        payment_intent: None,
        charge: None,
    };
    let other = shop.database.store(shop.store.clock.clone(), creel_types::Random::seeded(7)).await;
    let events = [event.clone(), event.clone()];
    let (a, b) = tokio::join!(shop.store.keep_stripe_events(&events), other.keep_stripe_events(&events));
    assert_eq!(a.unwrap() + b.unwrap(), 1);
    let waiting = shop.store.list_stripe_inbox().await.unwrap();
    assert_eq!(waiting.iter().map(|waiting| &waiting.event).collect::<Vec<_>>(), [&event]);
    shop.store.put_off_stripe_event(&waiting[0], "Stripe is away").await.unwrap();
    assert_eq!(shop.store.list_stripe_inbox().await.unwrap(), []);
    shop.store.clock.advance_ms(2_000);
    assert_eq!(shop.store.list_stripe_inbox().await.unwrap()[0].attempts, 1);
    shop.store.finish_stripe_event("evt_1", Some("cus_1"), "customer").await.unwrap();
    assert_eq!(shop.store.list_stripe_inbox().await.unwrap(), []);
    assert_eq!(shop.store.keep_stripe_events(&events).await.unwrap(), 0, "known for long");
    shop.store.clock.advance_ms(46 * DAY_MS);
    assert_eq!(shop.store.sweep_stripe_events().await.unwrap().changed, 1);
}
}

on_both! {
async fn what_stripe_says_of_a_subscription_is_shown(engine) {
    let shop = customer(engine).await;
    let state = SubscriptionState {
        id: "sub_1".into(),
        status: "past_due".into(),
        plan: Some(Plan::Scale),
        quantity: 4,
        period_starts_at: Time(BEGIN),
        period_ends_at: Time(BEGIN + MONTH_MS),
        ends_at: None,
        next: None,
        pending_until: None,
        pay_url: Some("https://pay.example/1".into()),
    };
    settle(&shop.store, &Reading { subscription: Some(state.clone()), ..Reading::default() }).await;
    assert_eq!(shop.store.find_subscription(shop.organization).await.unwrap().as_ref(), Some(&state));
    let view = shop.store.subscription_view(shop.organization).await.unwrap();
    assert_eq!((view.plan, view.has_portal), (None, true), "nothing is paid, whatever the subscription says");
    let shown = view.subscription.unwrap();
    assert!(shown.is_live && shown.status == "past_due" && shown.pay_url.is_some());
    settle(&shop.store, &Reading::default()).await;
    assert!(shop.store.find_subscription(shop.organization).await.unwrap().is_none());
}
}

on_both! {
async fn a_trial_is_once_for_an_organization_and_once_for_a_person(engine) {
    let shop = Shop::with_credits(engine, 0).await;
    let new = NewPerson { email: "Ann@shop.example".parse::<Email>().unwrap(), name: "Ann".into(), password: None };
    let (person, owned) = shop.store.create_owner(&new, "First", Start::Trial, &operator()).await.unwrap();
    let balance = shop.store.balance(owned.id).await.unwrap();
    assert_eq!((balance.available, balance.lots.len()), (Credits(5_000), 1));
    assert_eq!(balance.lots[0].expires_at, Some(Time(BEGIN + 7 * DAY_MS)));
    let plan = shop.store.plan_in_force(owned.id).await.unwrap().unwrap();
    assert_eq!((plan.plan, plan.ends_at), (Plan::Trial, Time(BEGIN + 7 * DAY_MS)));
    // The same person again, and another organization of theirs.
    shop.store.create_owner(&new, "First", Start::Trial, &operator()).await.unwrap();
    let second = shop.store.create_organization_for(person.id, "Second", Start::Trial, &operator()).await.unwrap();
    assert_eq!(shop.store.balance(owned.id).await.unwrap().available, Credits(5_000));
    assert_eq!(shop.store.balance(second.id).await.unwrap().available, Credits::ZERO);
    shop.store.clock.advance_ms(7 * DAY_MS);
    assert_eq!(shop.store.balance(owned.id).await.unwrap().available, Credits::ZERO);
    assert!(shop.store.plan_in_force(owned.id).await.unwrap().is_none());
    assert!(shop.store.subscription_view(owned.id).await.unwrap().trial.unwrap().is_over);
}
}
