//! A year of schedules in seconds: every tick of a thousand schedules in thirty zones, held against python-dateutil; and through
//! the store with a clock that jumps, where each tick makes exactly one run, or the one that is skipped says so, while people
//! pause and resume, credits go and come, runs last longer than their interval, and no server is there for days.

mod drawn;
mod simulation;

use creel_store::database::Engine;
use creel_types::{Random, Time};

use drawn::{Dice, Drawn, by_dateutil};
use simulation::Simulation;

const SCHEDULES: usize = 1_000;

fn seed() -> u64 {
    u64::from(crate::random::wanted("CREEL_PROVE_SEED", 1))
}

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

#[test]
fn every_tick_of_a_thousand_schedules_is_dateutils() {
    let dice = Dice(Random::seeded(seed()));
    let mut all = Vec::new();
    for number in 0..SCHEDULES {
        // Of days that a zone left out there was one in 2011; the other years have the rules of now.
        let (year, from, until) = match number % 5 {
            0 => (2010, at("2011-01-01T00:00:00Z"), at("2012-02-01T00:00:00Z")),
            1 => (1999, at("2027-01-01T00:00:00Z"), at("2028-03-01T00:00:00Z")),
            _ => (2025, at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")),
        };
        // From long ago, few ticks a year: whoever works it out one after the other walks through them all.
        all.push((Drawn::new(&dice, number, year, year > 2000), from, until));
    }
    let (expected, met) = by_dateutil(&all);
    let mut compared = 0;
    for ((one, from, until), expected) in all.iter().zip(&expected) {
        let timetable = one.timetable();
        let mut found = Vec::new();
        let mut now = *from;
        while let Some(due) = timetable.next_after(now).filter(|due| due <= until) {
            found.push(due);
            now = due;
        }
        assert_eq!(&found, expected, "{one:?} after {from}");
        assert_eq!(
            timetable.count(*from, *until),
            ticks_or_instants(one, &timetable, found.len(), *from, *until),
            "{one:?}"
        );
        // The same from anywhere between.
        for _ in 0..3 {
            let now = Time(from.0 + dice.below(until.ms_since(*from)));
            let next = expected.iter().find(|due| **due > now);
            assert_eq!(timetable.next_after(now).filter(|due| due <= until).as_ref(), next, "{one:?} after {now}");
        }
        compared += found.len();
    }
    for what in ["gaps", "folds", "waited"] {
        assert!(met[what].as_i64().unwrap() > 10, "{met}");
    }
    crate::random::proved(&format!(
        "ticks are those of python-dateutil schedules={SCHEDULES} ticks={compared} gaps={} folds={} waited={} seed={}",
        met["gaps"],
        met["folds"],
        met["waited"],
        seed()
    ));
}

/// Two ticks of a day that a zone left out are one instant, which a count by arithmetic does not see.
fn ticks_or_instants(one: &Drawn, timetable: &creel_frontier::Timetable, instants: usize, from: Time, until: Time) -> u64 {
    let apia = one.zone == "Pacific/Apia" && until < at("2013-01-01T00:00:00Z");
    if apia { timetable.count(from, until) } else { instants as u64 }
}

async fn a_year(engine: Engine, schedules: usize) {
    let mut simulation = Simulation::new(engine, seed(), schedules).await;
    simulation.run().await;
    let done = simulation.compare().await;
    let name = if engine == Engine::Sqlite { "SQLite" } else { "PostgreSQL" };
    crate::random::proved(&format!(
        "a year of schedules on {name} makes each run once schedules={schedules} ticks={} runs={} skipped={} seed={}",
        done.ticks,
        done.runs,
        done.skipped,
        seed()
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_through_the_store_on_sqlite() {
    a_year(Engine::Sqlite, SCHEDULES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_through_the_store_on_postgres() {
    a_year(Engine::Postgres, SCHEDULES / 10).await;
}
