//! Two who change the same thing at once: the one who comes second is told, and nothing is written over.

use creel_store::{
    StoreError, robots,
    schedules::{NewSchedule, ScheduleChanges},
    webhooks::{NewWebhook, WebhookChanges, WebhookStatus},
};
use creel_types::{Actor, By, Cadence, IntervalUnit};

use crate::shop::{Shop, on_both, owners_key};

const DAILY: Cadence = Cadence { interval_amount: 1, interval_unit: IntervalUnit::Day };
const WRITERS: usize = 6;

fn person(name: &str) -> By {
    By { actor: Actor::System, name: name.to_owned(), address: None }
}

fn is_told<T: std::fmt::Debug>(answer: Result<T, StoreError>, by: &str) {
    assert!(
        matches!(&answer, Err(StoreError::ChangedMeanwhile(why)) if why.contains(&format!("by {by} on "))),
        "{answer:?}"
    );
}

on_both! {
async fn of_many_who_rename_a_robot_at_once_one_does(engine) {
    let shop = Shop::with_credits(engine, 10).await;
    let robot = shop.new_run().await.robot;
    let seen = robots::edition(&shop.store.get_robot(shop.organization, robot).await.unwrap());
    let renaming = (0..WRITERS).map(|writer| {
        let (store, organization, seen) = (shop.store.clone(), shop.organization, seen.clone());
        let name = format!("name {writer}");
        tokio::spawn(async move { store.rename_robot(organization, robot, &name, Some(&seen), &person(&name)).await })
    });
    let mut named = Vec::new();
    let mut told = Vec::new();
    for answer in renaming.collect::<Vec<_>>() {
        match answer.await.unwrap() {
            Ok(robot) => named.push(robot),
            refused => told.push(refused),
        }
    }
    assert_eq!((named.len(), told.len()), (1, WRITERS - 1));
    let now = shop.store.get_robot(shop.organization, robot).await.unwrap();
    assert_eq!(now.name, named[0].name);
    told.into_iter().for_each(|refused| is_told(refused, &now.name));
    // Whoever looks again may, and so may whoever does not say what they saw.
    let again = Some(robots::edition(&now));
    let named = shop.store.rename_robot(shop.organization, robot, "again", again.as_ref(), &person("bea")).await.unwrap();
    assert_ne!(Some(robots::edition(&named)), again);
    assert!(shop.store.rename_robot(shop.organization, robot, "any", None, &person("bea")).await.is_ok());
}
}

on_both! {
async fn a_schedule_that_was_changed_meanwhile_keeps_the_change(engine) {
    let shop = Shop::with_credits(engine, 10).await;
    let (store, organization) = (&shop.store, shop.organization);
    let robot = shop.new_run().await.robot;
    let schedule = store.create_schedule(organization, NewSchedule::every(robot, DAILY), &person("ann")).await.unwrap();
    let seen = schedule.edition();
    let budget = |budget| ScheduleChanges { budget: Some(Some(budget)), ..ScheduleChanges::default() };
    // What is no change by somebody's hand makes no other edition.
    store.pause_schedule(organization, schedule.id, &person("bea")).await.unwrap();
    let resumed = store.resume_schedule(organization, schedule.id, &person("bea")).await.unwrap();
    assert_eq!(resumed.edition(), seen);
    let [first, second] = [budget(5), budget(7)].map(|changes| {
        let (store, seen) = (store.clone(), seen.clone());
        tokio::spawn(async move { store.update_schedule(organization, schedule.id, changes, Some(&seen), &person("ann")).await })
    });
    let answers = [first.await.unwrap(), second.await.unwrap()];
    let budgets: Vec<_> = answers.iter().flatten().map(|schedule| schedule.budget).collect();
    let now = store.get_schedule(organization, schedule.id).await.unwrap();
    assert_eq!(budgets, [now.budget], "one was taken, and it is what stands there");
    answers.into_iter().filter(Result::is_err).for_each(|refused| is_told(refused, "ann"));
    let changed = store.update_schedule(organization, schedule.id, budget(9), Some(&now.edition()), &person("ann")).await.unwrap();
    assert_eq!((changed.budget, changed.edition() == now.edition()), (Some(9), false));
}
}

on_both! {
async fn an_organization_a_key_and_a_webhook_keep_what_was_changed_first(engine) {
    let shop = Shop::with_credits(engine, 10).await;
    let (store, organization) = (&shop.store, shop.organization);
    let seen = store.get_organization(organization).await.unwrap().edition();
    store.rename_organization(organization, "First", Some(&seen), &person("ann")).await.unwrap();
    is_told(store.rename_organization(organization, "Second", Some(&seen), &person("bea")).await, "ann");
    assert_eq!(store.get_organization(organization).await.unwrap().name, "First");

    let (key, _) = owners_key(store, organization, "key").await;
    let seen = store.get_api_key(organization, key).await.unwrap().edition();
    store.rotate_api_key(organization, key, 0, &person("bea")).await.unwrap();
    store.rename_api_key(organization, key, "first", Some(&seen), &person("ann")).await.unwrap();
    is_told(store.rename_api_key(organization, key, "second", Some(&seen), &person("bea")).await, "ann");
    assert_eq!(store.get_api_key(organization, key).await.unwrap().name, "first");

    let new = NewWebhook { url: "https://a.example/".to_owned(), description: String::new(), events: Vec::new() };
    let webhook = store.create_webhook(organization, new, &person("ann")).await.unwrap().0;
    let seen = webhook.edition();
    let described =
        |text: &str| WebhookChanges { description: Some(text.to_owned()), ..WebhookChanges::default() };
    let disabled = WebhookChanges { status: Some(WebhookStatus::Disabled), ..WebhookChanges::default() };
    store.update_webhook(organization, webhook.id, disabled, None, &person("bea")).await.unwrap();
    store.update_webhook(organization, webhook.id, described("first"), Some(&seen), &person("ann")).await.unwrap();
    is_told(store.update_webhook(organization, webhook.id, described("second"), Some(&seen), &person("bea")).await, "ann");
    assert_eq!(store.get_webhook(organization, webhook.id).await.unwrap().description, "first");
}
}
