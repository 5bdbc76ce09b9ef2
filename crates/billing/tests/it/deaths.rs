//! Whoever dies at any place between an event and what it grants leaves nothing half done: the next one does the rest, once.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use creel_store::{FailPoints, Store, fail_points::PLACES_OF_AN_EVENT};
use creel_types::Plan;

use crate::world::{World, billing, on_both, work};

on_both! {
async fn a_death_at_any_place_loses_and_doubles_nothing(engine) {
    for (number, place) in PLACES_OF_AN_EVENT.into_iter().enumerate() {
        let world = World::new(engine, "2026-01-31T09:00:00Z", 20 + number as u64).await;
        let page = world.billing.checkout(world.organization, &world.buyer(), Plan::Scale, 2, None).await.unwrap();
        world.stripe.pay_checkout(page.as_str()).unwrap();
        let invoice = world.stripe.all("invoice")[0]["id"].as_str().unwrap().to_owned();
        world.stripe.refund(&invoice, Some(5_000)).unwrap();
        let reached = Arc::new(AtomicBool::new(false));
        let mark = Arc::clone(&reached);
        let dying = Store {
            fail_points: FailPoints::new(move |passed| {
                if passed == place {
                    mark.store(true, Ordering::SeqCst);
                    panic!("dies at {place}");
                }
            }),
            ..world.store.clone()
        };
        let dying = billing(dying, &world.stripe);
        let events = world.stripe.take_events();
        let told = events.clone();
        let died = tokio::spawn(async move {
            for event in &told {
                dying.receive(&event.signature, &event.body).await.unwrap();
            }
            work(&dying).await;
        });
        assert!(died.await.is_err() && reached.load(Ordering::SeqCst), "{place} is passed");
        // Nobody tells it again: what was not taken in is found in the list of events.
        world.clock.advance_ms(61_000);
        world.billing.poll_events().await.unwrap();
        world.work().await;
        assert_eq!(world.lots().await, "trial:5000@02-07T09:00 cycle:150000@02-28T11:00", "{place}");
        world.check().await;
    }
}
}
