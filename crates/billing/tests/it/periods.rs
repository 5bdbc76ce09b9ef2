//! Periods: the 31st and leap days, no minute without credits at their edge and nothing rolled over, trials at Stripe, and money
//! that buys nothing.

use creel_ledger::LotSource;
use creel_store::billing::AlarmKind;
use creel_testkit::stripe::Card;
use creel_types::{Plan, time::HOUR_MS};

use crate::world::{GRACE_MS, World, on_both, short};

async fn subscribe(world: &World, plan: Plan, quantity: i64) {
    let page = world.billing.checkout(world.organization, &world.buyer(), plan, quantity, None).await.unwrap();
    world.stripe.pay_checkout(page.as_str()).unwrap();
    world.settle().await;
}

async fn alarms(world: &World) -> Vec<AlarmKind> {
    let mut kinds: Vec<AlarmKind> = world.store.list_alarms().await.unwrap().iter().map(|alarm| alarm.kind).collect();
    kinds.sort();
    kinds
}

/// The credits of the plan that are left.
async fn of_the_cycle(world: &World) -> i64 {
    let balance = world.store.balance(world.organization).await.unwrap();
    balance.lots.iter().filter(|lot| lot.source == LotSource::Cycle).map(|lot| lot.remaining.0).sum()
}

on_both! {
async fn a_subscription_of_the_31st_renews_at_each_months_end(engine) {
    let world = World::new(engine, "2027-10-31T22:30:00Z", 2).await;
    subscribe(&world, Plan::Start, 1).await;
    for end in ["2027-11-30", "2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31"] {
        let end: creel_types::Time = format!("{end}T22:30:00Z").parse().unwrap();
        let lots = world.lots().await;
        assert!(lots.ends_with(&format!("cycle:10000@{}", short(end.plus_ms(GRACE_MS)))), "{lots}");
        // Around the edge of the period, until the payment an hour later, each minute has credits of one period and no more.
        world.stripe.advance(end.plus_ms(-1)).await;
        world.settle().await;
        assert_eq!(of_the_cycle(&world).await, 10_000);
        for _ in 0..60 {
            world.stripe.advance_ms(60_000).await;
            world.settle().await;
            assert_eq!(of_the_cycle(&world).await, 10_000);
        }
        world.stripe.advance(end.plus_ms(HOUR_MS)).await;
        world.settle().await;
        assert_eq!(of_the_cycle(&world).await, 10_000, "renewed, and nothing rolled over");
    }
    world.check().await;
    assert_eq!(alarms(&world).await, []);
}
}

on_both! {
async fn an_invoice_over_nothing_grants_nothing(engine) {
    let world = World::new(engine, "2026-01-31T09:00:00Z", 3).await;
    let customer = world.stripe.add_customer("owner@shop.example");
    world.store.add_stripe_customer(world.organization, &customer).await.unwrap();
    world.stripe.set_card(&customer, Card::Good).unwrap();
    let price = world.stripe.all("price").into_iter().find(|price| price["lookup_key"] == "creel_start_monthly").unwrap();
    world.stripe.add_trial(&customer, price["id"].as_str().unwrap(), 7, "cancel").unwrap();
    world.settle().await;
    assert!(world.stripe.event_kinds().contains(&"invoice.paid".to_owned()));
    assert_eq!(world.lots().await, "trial:5000@02-07T09:00", "Creel's own trial");
    assert_eq!(world.store.find_subscription(world.organization).await.unwrap().unwrap().status, "trialing");
    world.stripe.advance("2026-02-07T10:30:00Z".parse().unwrap()).await;
    world.settle().await;
    assert_eq!(world.plan().await, "start", "once it is paid");
    assert_eq!(of_the_cycle(&world).await, 10_000);
    assert_eq!(alarms(&world).await, []);
    world.check().await;
}
}

on_both! {
async fn what_is_not_ours_grants_nothing_and_is_told(engine) {
    let world = World::new(engine, "2026-01-31T09:00:00Z", 4).await;
    subscribe(&world, Plan::Start, 1).await;
    let before = world.lots().await;
    let customer = world.customer().await;
    let foreign = world.stripe.add_foreign_price(5_000, true);
    world.stripe.add_invoice(&customer, &[(&foreign, 1)]).unwrap();
    world.settle().await;
    assert_eq!((world.lots().await, alarms(&world).await), (before.clone(), vec![AlarmKind::UnknownPrice]));
    world.stripe.add_proration_invoice(&world.subscription().await, 1_234).unwrap();
    world.settle().await;
    assert_eq!(alarms(&world).await, [AlarmKind::UnknownPrice, AlarmKind::Proration]);
    world.clock.advance_ms(1_000);
    let scale = world.stripe.all("price").into_iter().find(|price| price["lookup_key"] == "creel_scale_monthly").unwrap();
    world.stripe.add_subscription(&customer, scale["id"].as_str().unwrap(), 5, None).unwrap();
    world.settle().await;
    assert!(alarms(&world).await.contains(&AlarmKind::SecondSubscription));
    assert_eq!((world.lots().await, world.plan().await), (before, "start".to_owned()));
    // Said once, however often it is looked at.
    world.store.nudge_stripe_customer(&customer).await.unwrap();
    world.settle().await;
    assert_eq!(alarms(&world).await.len(), 3);
    world.check().await;
}
}

on_both! {
async fn an_upgrade_that_is_not_paid_changes_nothing_until_it_is(engine) {
    let world = World::new(engine, "2026-01-31T09:00:00Z", 5).await;
    subscribe(&world, Plan::Start, 1).await;
    let before = world.lots().await;
    world.stripe.set_card(&world.customer().await, Card::RequiresAction).unwrap();
    let change = world.billing.change_plan(world.organization, &crate::world::operator(), Plan::Scale, 3).await.unwrap();
    assert_eq!(change.outcome, creel_billing::PlanChangeOutcome::PaymentRequired);
    world.settle().await;
    assert_eq!((world.lots().await, world.plan().await), (before.clone(), "start".to_owned()));
    let waiting = world.store.find_subscription(world.organization).await.unwrap().unwrap();
    assert!(waiting.pending_until.is_some());
    assert_eq!(waiting.pay_url.as_deref(), Some(change.url.as_str()));
    let open = world.stripe.all("invoice").into_iter().find(|invoice| invoice["status"] == "open").unwrap();
    world.stripe.pay_invoice_with(open["id"].as_str().unwrap(), Card::Good).unwrap();
    world.settle().await;
    assert_eq!(world.plan().await, "scale-3");
    // Another one that nobody ever pays.
    world.stripe.set_card(&world.customer().await, Card::Declines).unwrap();
    world.billing.change_plan(world.organization, &crate::world::operator(), Plan::Scale, 10).await.unwrap();
    world.stripe.advance_ms(24 * HOUR_MS).await;
    world.settle().await;
    assert_eq!(world.plan().await, "scale-3");
    assert!(world.store.find_subscription(world.organization).await.unwrap().unwrap().pending_until.is_none());
    assert_eq!(alarms(&world).await, []);
    world.check().await;
}
}

on_both! {
async fn what_no_event_told_is_found_all_the_same(engine) {
    let world = World::new(engine, "2026-01-31T09:00:00Z", 6).await;
    let page = world.billing.checkout(world.organization, &world.buyer(), Plan::Start, 1, None).await.unwrap();
    world.stripe.pay_checkout(page.as_str()).unwrap();
    drop(world.stripe.take_events());
    // Four days without a webhook, then the list of events.
    world.stripe.advance_ms(4 * 24 * HOUR_MS).await;
    assert!(world.billing.poll_events().await.unwrap().changed > 0);
    assert_eq!(world.billing.poll_events().await.unwrap().changed, 0, "once");
    world.work().await;
    assert_eq!(of_the_cycle(&world).await, 10_000);
    // Neither a webhook nor the list: the daily look.
    world.stripe.advance("2026-02-28T10:30:00Z".parse().unwrap()).await;
    drop(world.stripe.take_events());
    world.work().await;
    assert!(world.lots().await.contains("@03-31"), "{}", world.lots().await);
    world.check().await;
}
}

on_both! {
async fn a_customer_that_nobody_wrote_down_is_found_by_what_stripe_keeps(engine) {
    let world = World::new(engine, "2026-01-31T09:00:00Z", 7).await;
    let customer = world.stripe.add_customer("owner@shop.example");
    world.stripe.set_card(&customer, Card::Good).unwrap();
    let price = world.stripe.all("price").into_iter().find(|price| price["lookup_key"] == "creel_start_monthly").unwrap();
    let organization = world.organization.to_string();
    // Somebody else's customer of the same account is nobody to us.
    world.stripe.add_subscription(&customer, price["id"].as_str().unwrap(), 1, None).unwrap();
    world.settle().await;
    assert_eq!(of_the_cycle(&world).await, 0);
    assert!(world.store.find_stripe_customer(world.organization).await.unwrap().is_none());
    let key = creel_billing::Secret::new(world.stripe.secret_key());
    let base = url::Url::parse(&world.stripe.base_url()).unwrap();
    let client = creel_billing::stripe::StripeClient::new(key, &base, creel_types::Random::seeded(1)).unwrap();
    let details = creel_billing::stripe::customers::CustomerDetails {
        name: None,
        email: None,
        metadata: [(creel_billing::customer::ORGANIZATION.to_owned(), organization)].into(),
    };
    client.update_customer(&customer, &details).await.unwrap();
    // No webhook brings such an event; the list has it.
    world.billing.poll_events().await.unwrap();
    world.work().await;
    assert_eq!(of_the_cycle(&world).await, 10_000);
    // A second one that says the same is told, and gets nothing.
    let second = world.stripe.add_customer("second@shop.example");
    client.update_customer(&second, &details).await.unwrap();
    world.billing.poll_events().await.unwrap();
    world.work().await;
    assert_eq!(alarms(&world).await, [AlarmKind::SecondCustomer]);
    world.check().await;
}
}

on_both! {
async fn a_customer_who_was_deleted_keeps_what_is_paid_and_may_come_back(engine) {
    let world = World::new(engine, "2026-01-31T09:00:00Z", 8).await;
    subscribe(&world, Plan::Start, 1).await;
    world.stripe.delete_customer(&world.customer().await).unwrap();
    world.settle().await;
    assert_eq!(of_the_cycle(&world).await, 10_000);
    let view = world.store.subscription_view(world.organization).await.unwrap();
    assert_eq!((view.plan, view.has_portal, view.subscription), (Some(Plan::Start), false, None));
    assert!(matches!(world.billing.portal(world.organization).await, Err(creel_billing::BillingError::NoSubscription)));
    world.stripe.advance("2026-03-01T09:00:00Z".parse().unwrap()).await;
    world.settle().await;
    assert_eq!((of_the_cycle(&world).await, world.plan().await), (0, "none".to_owned()));
    subscribe(&world, Plan::Scale, 2).await;
    assert_eq!((of_the_cycle(&world).await, world.plan().await), (200_000, "scale-2".to_owned()));
    assert_eq!(alarms(&world).await, []);
    world.check().await;
}
}

on_both! {
async fn retries_that_are_over_and_a_pause_leave_nothing_to_spend(engine) {
    use creel_testkit::stripe::{AfterRetries, Dunning};
    let world = World::new(engine, "2026-01-31T09:00:00Z", 9).await;
    world.stripe.set_dunning(Dunning { retry_days: vec![3, 5, 7], after: AfterRetries::Unpaid });
    subscribe(&world, Plan::Start, 1).await;
    world.stripe.set_card(&world.customer().await, Card::Declines).unwrap();
    world.stripe.advance("2026-03-20T09:00:00Z".parse().unwrap()).await;
    world.settle().await;
    let known = world.store.find_subscription(world.organization).await.unwrap().unwrap();
    assert_eq!((known.status.as_str(), world.plan().await, of_the_cycle(&world).await), ("unpaid", "none".to_owned(), 0));
    let refused = world.billing.checkout(world.organization, &world.buyer(), Plan::Start, 1, None).await;
    assert!(matches!(refused, Err(creel_billing::BillingError::LiveSubscription { .. })), "it can still be paid");
    let upgrade = world.billing.change_plan(world.organization, &crate::world::operator(), Plan::Scale, 1).await;
    assert!(matches!(upgrade, Err(creel_billing::BillingError::Conflict(_))), "and first it is");
    let open = world.stripe.all("invoice").into_iter().rfind(|invoice| invoice["status"] == "open").unwrap();
    world.stripe.pay_invoice_with(open["id"].as_str().unwrap(), Card::Good).unwrap();
    world.settle().await;
    assert_eq!((world.plan().await, of_the_cycle(&world).await), ("start".to_owned(), 10_000));
    // Paused by an operator, and resumed: what is paid stays, and nothing is granted by either.
    for status in ["paused", "active"] {
        let subscription = world.subscription().await;
        if status == "paused" {
            world.stripe.pause(&subscription).unwrap();
        } else {
            world.stripe.resume(&subscription).unwrap();
        }
        world.settle().await;
        let known = world.store.find_subscription(world.organization).await.unwrap().unwrap();
        assert_eq!((known.status.as_str(), of_the_cycle(&world).await >= 10_000), (status, true));
    }
    assert_eq!(alarms(&world).await, []);
    world.check().await;
}
}

on_both! {
async fn an_end_that_only_names_its_instant_is_an_end(engine) {
    let world = World::new(engine, "2026-01-31T09:00:00Z", 10).await;
    subscribe(&world, Plan::Start, 1).await;
    // As the portal says it of subscriptions in Stripe's flexible mode.
    world.stripe.portal_sets_cancel_at(true);
    for (ends, lot) in [(true, "cycle:10000@02-28T09:00"), (false, "cycle:10000@02-28T11:00"), (true, "cycle:10000@02-28T09:00")] {
        let subscription = world.subscription().await;
        if ends {
            world.stripe.cancel_at_period_end(&subscription).unwrap();
        } else {
            world.stripe.uncancel(&subscription).unwrap();
        }
        world.settle().await;
        let lots = world.lots().await;
        assert!(lots.ends_with(lot), "{lots}");
        let known = world.store.find_subscription(world.organization).await.unwrap().unwrap();
        assert_eq!(known.ends_at.is_some(), ends);
    }
    world.stripe.advance("2026-02-28T09:00:00Z".parse().unwrap()).await;
    world.settle().await;
    assert_eq!((of_the_cycle(&world).await, world.plan().await), (0, "none".to_owned()));
    world.check().await;
}
}
