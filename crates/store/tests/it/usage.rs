//! Sums and pages of the ledger, worked out from what stands beside it, against the same worked out from every single entry.

use std::collections::BTreeMap;

use creel_ledger::{Entry, EntryKind, NewHold, Reference, ReferenceType};
use creel_store::{
    ledger::{
        About, StatementFilter,
        usage::{UsageGroup, UsageRow},
    },
    listing::{CaptureFilter, CaptureQuery},
    runs::{NewRun, Run},
};
use creel_types::{By, Credits, HoldId, Time, time::DAY_MS};

use crate::shop::{Shop, on_both, owners_key, stored};

const HOUR: i64 = 3_600_000;

/// What a life of some days left: its runs, and every entry.
struct Life {
    shop: Shop,
    runs: Vec<Run>,
    entries: Vec<Entry>,
    /// The run of each capture.
    of_capture: BTreeMap<String, usize>,
}

impl Life {
    /// Runs with and without a key, some that end at once and one that goes on for days; grants, lots that end, messages.
    async fn lived(shop: Shop) -> Life {
        let (key, _) = owners_key(&shop.store, shop.organization, "Nightly").await;
        let long = shop.start(NewRun { api_key: Some(key), ..shop.new_run().await }).await;
        let mut runs = vec![long.clone()];
        for day in 0..5 {
            let run = shop.run(None).await;
            settle(&shop, &run, 2 + day, 2 + day).await;
            settle(&shop, &long, day + 1, 1).await;
            shop.store.clock.advance_ms(7 * HOUR);
            shop.grant(10, Some(shop.store.clock.now().plus_ms(20 * HOUR))).await;
            message(&shop).await;
            shop.store.stop_run(shop.organization, run.id, &By::system()).await.unwrap();
            runs.push(run);
            shop.store.clock.advance_ms(20 * HOUR);
        }
        shop.store.sweep_due().await.unwrap();
        let entries = shop.store.list_entries(shop.organization, 0).await.unwrap();
        let all = CaptureQuery::newest(CaptureFilter::default(), 500);
        let captures = shop.store.list_captures(shop.organization, &all).await.unwrap().rows;
        let run_of = |id| runs.iter().position(|run| Some(run.id) == id).unwrap();
        let of_capture = captures.iter().map(|capture| (capture.id.to_string(), run_of(capture.run_id))).collect();
        Life { shop, runs, entries, of_capture }
    }

    fn run_of(&self, entry: &Entry) -> Option<&Run> {
        self.of_capture.get(&entry.reference.id).map(|at| &self.runs[*at])
    }

    /// Entry by entry.
    fn counted(&self, group: UsageGroup, from: Time, to: Time) -> Vec<(Option<String>, i64, i64)> {
        let mut sums: BTreeMap<Option<String>, (i64, i64)> = BTreeMap::new();
        for entry in self.entries.iter().filter(|entry| entry.kind == EntryKind::Debit && entry.at >= from && entry.at < to)
        {
            let run = self.run_of(entry);
            let key = match group {
                UsageGroup::Day => Some(entry.at.day()),
                UsageGroup::Action if entry.reference.kind == ReferenceType::Message => Some("assistant".to_owned()),
                UsageGroup::Action => Some("extract".to_owned()),
                UsageGroup::Run => run.map(|run| run.id.to_string()),
                UsageGroup::Robot => run.map(|run| run.robot.to_string()),
                UsageGroup::ApiKey => run.and_then(|run| run.api_key).map(|key| key.to_string()),
            };
            let sum = sums.entry(key).or_default();
            *sum = (sum.0 - entry.amount.0, sum.1 + 1);
        }
        sums.into_iter().map(|(key, (credits, count))| (key, credits, count)).collect()
    }
}

/// Captures what is new among the first pages of the shop.
async fn settle(shop: &Shop, run: &Run, pages: usize, new: usize) {
    let leased = shop.lease(run.id, pages).await;
    assert_eq!(stored(&shop.settle_all(run.id, &leased).await), new);
}

async fn message(shop: &Shop) {
    let hold: HoldId = shop.store.random.id(shop.store.clock.now());
    let reference = Reference::new(ReferenceType::Message, hold);
    let new = NewHold { hold, amount: Credits(5), live_ms: 60_000, reference, description: "A message".into() };
    shop.store.place_hold(shop.organization, new).await.unwrap();
    shop.store.settle_hold(shop.organization, hold, Credits(3), "A message".into()).await.unwrap();
}

fn sums(rows: Vec<UsageRow>) -> Vec<(Option<String>, i64, i64)> {
    let mut sums: Vec<_> = rows.into_iter().map(|row| (row.key, row.credits.0, row.count)).collect();
    sums.sort();
    sums
}

on_both! {
async fn usage_is_what_the_entries_add_up_to_in_every_window(engine) {
    let life = Life::lived(Shop::with_credits(engine, 300).await).await;
    let (store, organization) = (&life.shop.store, life.shop.organization);
    let now = store.clock.now();
    let ends = [Time(0), Time(5 * HOUR), Time(DAY_MS), Time(2 * DAY_MS + HOUR), Time(4 * DAY_MS), now, now.plus_ms(1)];
    for group in UsageGroup::ALL.iter().copied() {
        for (at, from) in ends.iter().enumerate() {
            for to in &ends[at..] {
                let rows = store.usage(organization, group, *from, *to).await.unwrap();
                assert_eq!(sums(rows), life.counted(group, *from, *to), "{group} from {from} to {to}");
            }
        }
    }
    let days = store.usage(organization, UsageGroup::Day, Time(0), now).await.unwrap();
    assert!(days.len() > 4 && days.is_sorted_by_key(|row| row.key.clone()), "{days:?}");
}
}

on_both! {
async fn balances_by_day_are_those_of_the_last_entries(engine) {
    let life = Life::lived(Shop::with_credits(engine, 300).await).await;
    let (store, organization) = (&life.shop.store, life.shop.organization);
    let days = store.balance_by_day(organization, Time(0), store.clock.now()).await.unwrap();
    assert!(days.len() > 4);
    for (day, left) in days {
        let last = life.entries.iter().rfind(|entry| entry.at.day() <= day).unwrap();
        assert_eq!(left, last.balance_after.0, "{day}");
    }
}
}

on_both! {
async fn the_statement_finds_what_somebody_looks_for(engine) {
    let life = Life::lived(Shop::with_credits(engine, 300).await).await;
    let (store, organization) = (&life.shop.store, life.shop.organization);
    let (all, long) = (StatementFilter { limit: 500, ..StatementFilter::default() }, &life.runs[0]);
    let found = async |filter: &StatementFilter| {
        let rows = store.statement(organization, filter).await.unwrap();
        rows.into_iter().map(|row| row.sequence).collect::<Vec<_>>()
    };
    let by_hand = |fits: &dyn Fn(&Entry) -> bool| {
        life.entries.iter().rev().filter(|entry| fits(entry)).map(|entry| entry.sequence).collect::<Vec<_>>()
    };
    for kind in EntryKind::ALL.iter().copied() {
        let filter = StatementFilter { kind: Some(kind), ..all.clone() };
        assert_eq!(found(&filter).await, by_hand(&|entry| entry.kind == kind), "{kind}");
    }
    let (from, to) = (Time(DAY_MS), Time(3 * DAY_MS));
    let filter = StatementFilter { from: Some(from), to: Some(to), kind: Some(EntryKind::Debit), ..all.clone() };
    let within = |entry: &Entry| entry.at >= from && entry.at < to;
    let expected = by_hand(&|entry| within(entry) && entry.kind == EntryKind::Debit);
    assert!(expected.len() > 3);
    assert_eq!(found(&filter).await, expected);
    let page = StatementFilter { limit: 2, before: Some(expected[1]), ..filter.clone() };
    assert_eq!(found(&page).await, expected[2..4]);

    let of_long = |entry: &Entry| life.run_of(entry).is_some_and(|run| run.id == long.id);
    let filter = StatementFilter { about: Some(About::Run(long.id)), ..all.clone() };
    assert_eq!((found(&filter).await, found(&filter).await.len()), (by_hand(&of_long), 5));
    let filter = StatementFilter { from: Some(from), ..filter };
    assert_eq!(found(&filter).await, by_hand(&|entry| of_long(entry) && entry.at >= from));
    let grant = StatementFilter { kind: Some(EntryKind::Grant), ..filter };
    assert!(found(&grant).await.is_empty(), "a run is granted nothing");

    // A message's hold, what returns of it and its debit; and a grant.
    let message = life.entries.iter().find(|entry| entry.reference.kind == ReferenceType::Message).unwrap();
    for id in [message.reference.id.as_str(), "test", life.entries[1].reference.id.as_str()] {
        let filter = StatementFilter { about: Some(About::Reference(id.to_owned())), ..all.clone() };
        let expected = by_hand(&|entry| entry.reference.id == id);
        assert!(!expected.is_empty());
        assert_eq!(found(&filter).await, expected, "{id}");
    }
    let nobodys = StatementFilter { about: Some(About::Run(store.random.id(Time(0)))), ..all };
    assert!(found(&nobodys).await.is_empty());
}
}
