//! A year on a store whose clock jumps from one instant at which something happens to the next, beside a list of what should
//! come of it: the ticks are python-dateutil's, the rest is a few lines of obvious code.

use std::collections::{BTreeMap, BTreeSet};

use creel_store::{
    Store, args,
    builds::BuildAnswer,
    database::{Engine, Given, Kind},
    ledger::change::ByHand,
    organizations::Start,
    schedules::NewSchedule,
};
use creel_types::{
    Clock, Country, Credits, Host, OrganizationId, Random, RobotId, RobotProgram, RunId, ScheduleId, ScheduleStatus,
    SkipReason, Time, time::DAY_MS,
};
use url::Url;

use super::drawn::{Dice, Drawn, by_dateutil};
use crate::shop::{TestDatabase, operator};

const ORGANIZATIONS: usize = 5;
/// What an organization has while it has anything.
const CREDITS: i64 = 1_000;
/// Long enough that some runs outlive the next tick.
const LONG_RUN_MS_MAX: i64 = 120 * DAY_MS;

#[derive(Clone, Copy, Debug)]
enum Event {
    Pause(usize),
    Resume(usize),
    /// All credits of an organization go.
    Drain(usize),
    Grant(usize),
    /// No server looks until then.
    Away(Time),
}

/// A schedule as it should be.
#[derive(Debug)]
struct Expected {
    organization: usize,
    id: ScheduleId,
    ticks: Vec<Time>,
    paused: bool,
    /// Ticks up to here are over.
    dealt_with: Time,
    /// How long its last run goes on.
    runs_until: Time,
    runs: Vec<Time>,
    skipped: Vec<Time>,
}

impl Expected {
    fn next(&self) -> Option<Time> {
        self.ticks.get(self.ticks.partition_point(|tick| *tick <= self.dealt_with)).copied()
    }
}

pub struct Done {
    pub ticks: usize,
    pub runs: usize,
    pub skipped: usize,
}

pub struct Simulation {
    _database: TestDatabase,
    store: Store,
    dice: Dice,
    organizations: Vec<(OrganizationId, RobotId)>,
    has_credits: Vec<bool>,
    schedules: Vec<Expected>,
    events: BTreeMap<Time, Vec<Event>>,
    begin: Time,
    end: Time,
    away_until: Time,
    /// Runs that have not ended, and those that go on for long.
    alive: BTreeMap<RunId, Time>,
}

impl Simulation {
    pub async fn new(engine: Engine, seed: u64, schedules: usize) -> Simulation {
        let (begin, end): (Time, Time) = ("2026-01-01T00:00:00Z".parse().unwrap(), "2027-01-01T00:00:00Z".parse().unwrap());
        let database = match engine {
            // A year is many commits, and none of them has to outlive the machine: in memory where there is such a folder.
            Engine::Sqlite => {
                TestDatabase::Sqlite(tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap())
            }
            Engine::Postgres => TestDatabase::new(engine).await,
        };
        let store = database.store(Clock::fixed(begin), Random::seeded(seed)).await;
        let mut organizations = Vec::new();
        for number in 0..ORGANIZATIONS {
            let start = Start::Credits(Credits(CREDITS));
            let id = store.create_organization(&format!("organization {number}"), start).await.unwrap().id;
            organizations.push((id, robot(&store, id).await));
        }
        let mut simulation = Simulation {
            _database: database,
            store,
            dice: Dice(Random::seeded(seed + 1)),
            organizations,
            has_credits: vec![true; ORGANIZATIONS],
            schedules: Vec::new(),
            events: BTreeMap::new(),
            begin,
            end,
            away_until: begin,
            alive: BTreeMap::new(),
        };
        simulation.make_schedules(schedules).await;
        simulation.draw_events();
        simulation
    }

    async fn make_schedules(&mut self, count: usize) {
        let drawn: Vec<_> = (0..count).map(|at| (Drawn::new(&self.dice, at, 2025, false), self.begin, self.end)).collect();
        let (ticks, _) = by_dateutil(&drawn);
        for (at, ((one, ..), ticks)) in drawn.into_iter().zip(ticks).enumerate() {
            let (organization, robot) = self.organizations[at % ORGANIZATIONS];
            let new = NewSchedule {
                starts_at: Some(one.starts_at),
                time_zone: one.zone.to_owned(),
                windows: one.windows,
                ..NewSchedule::every(robot, one.cadence)
            };
            let made = self.store.create_schedule(organization, new, &operator()).await.unwrap();
            self.schedules.push(Expected {
                organization: at % ORGANIZATIONS,
                id: made.id,
                ticks,
                paused: false,
                dealt_with: self.begin,
                runs_until: self.begin,
                runs: Vec::new(),
                skipped: Vec::new(),
            });
        }
    }

    /// At odd milliseconds, but for some that fall together with a tick.
    fn draw_events(&mut self) {
        let year = self.end.ms_since(self.begin);
        for number in 0..self.schedules.len() as i64 {
            let schedule = self.dice.below(self.schedules.len() as i64) as usize;
            let mut at = Time(self.begin.0 + self.dice.below(year));
            if let (Some(tick), true) = (self.schedules[schedule].ticks.first(), self.dice.one_in(5)) {
                at = *tick;
            }
            let organization = self.dice.below(ORGANIZATIONS as i64) as usize;
            let event = match number % 20 {
                0..9 => Event::Pause(schedule),
                9..17 => Event::Resume(schedule),
                17 if number % 100 == 17 => Event::Drain(organization),
                17..19 => Event::Grant(organization),
                _ if number % 100 == 19 => Event::Away(at.plus_ms(self.dice.below(10 * DAY_MS))),
                _ => Event::Resume(schedule),
            };
            self.events.entry(at).or_default().push(event);
        }
    }

    /// From one instant to the next at which anything is to happen.
    pub async fn run(&mut self) {
        loop {
            let now = self.store.clock.now();
            let is_awake = |one: &&Expected| !one.paused && self.has_credits[one.organization];
            let tick = self.schedules.iter().filter(is_awake).filter_map(Expected::next).min();
            // What was missed is made up for as soon as somebody looks again.
            let tick = tick.map(|tick| tick.max(self.away_until).max(now));
            let event = self.events.first_key_value().map(|(at, _)| (*at).max(now));
            let Some(next) = [tick, event].into_iter().flatten().min().filter(|next| *next < self.end) else { return };
            self.store.clock.advance_ms(next.ms_since(now));
            self.end_runs(next).await;
            while let Some(entry) = self.events.first_entry().filter(|entry| *entry.key() <= next) {
                for event in entry.remove() {
                    self.happen(event, next).await;
                }
            }
            if next >= self.away_until {
                self.look(next).await;
            }
        }
    }

    async fn end_runs(&mut self, now: Time) {
        let mut given = Given::new(&[("id", Kind::Text)]);
        self.alive.retain(|run, until| {
            if *until <= now {
                given.push(args![*run]);
            }
            *until > now
        });
        let mut tx = self.store.database.begin().await.unwrap();
        let sql = "UPDATE runs SET ended_at = created_at, status = 'completed', end_reason = 'crawl_complete'
                   WHERE id IN (SELECT id FROM given)";
        tx.execute_given(given, sql).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn happen(&mut self, event: Event, now: Time) {
        match event {
            Event::Away(until) => self.away_until = self.away_until.max(until),
            Event::Pause(at) | Event::Resume(at) => {
                let (organization, _) = self.organizations[self.schedules[at].organization];
                let id = self.schedules[at].id;
                let pauses = matches!(event, Event::Pause(_));
                let changed = if pauses {
                    self.store.pause_schedule(organization, id, &operator()).await.unwrap()
                } else {
                    self.store.resume_schedule(organization, id, &operator()).await.unwrap()
                };
                let has_credits = self.has_credits[self.schedules[at].organization];
                let one = &mut self.schedules[at];
                if one.paused && !pauses {
                    one.dealt_with = one.dealt_with.max(now);
                }
                one.paused = pauses;
                let status = match (pauses, has_credits) {
                    (true, _) => ScheduleStatus::Paused,
                    (false, true) => ScheduleStatus::Active,
                    (false, false) => ScheduleStatus::PausedNoCredits,
                };
                let next = one.next().filter(|_| status == ScheduleStatus::Active);
                assert_eq!(changed.status, status);
                // Beyond the year nobody worked anything out.
                assert_eq!(changed.next_run_at.filter(|next| *next <= self.end), next, "{one:?} at {now}");
            }
            Event::Drain(at) | Event::Grant(at) => self.change_credits(at, matches!(event, Event::Grant(_)), now).await,
        }
    }

    async fn change_credits(&mut self, at: usize, grants: bool, now: Time) {
        if self.has_credits[at] == grants {
            return;
        }
        self.has_credits[at] = grants;
        let (organization, _) = self.organizations[at];
        let by = ByHand { reason: "test", actor: "test" };
        if grants {
            let grant = crate::shop::grant(&self.store, CREDITS);
            self.store.grant(organization, grant).await.unwrap();
            for one in self.schedules.iter_mut().filter(|one| one.organization == at) {
                one.dealt_with = one.dealt_with.max(now);
            }
        } else {
            self.store.adjust_down(organization, Credits(CREDITS), by).await.unwrap();
        }
    }

    /// Passes until nothing is left, on the store and on the list.
    async fn look(&mut self, now: Time) {
        let (mut made, mut skipped) = (0, 0);
        loop {
            let done = self.store.make_due_runs().await.unwrap();
            assert_eq!(done.failed, 0);
            (made, skipped) = (made + done.made, skipped + done.skipped);
            if !done.more {
                break;
            }
        }
        let mut long = BTreeMap::new();
        let (mut expected_made, mut expected_skipped) = (0, 0);
        for one in self.schedules.iter_mut().filter(|one| !one.paused && self.has_credits[one.organization]) {
            let Some(tick) = one.next().filter(|tick| *tick <= now) else { continue };
            if one.runs_until > now {
                one.skipped.push(tick);
                expected_skipped += 1;
            } else {
                one.runs.push(now);
                expected_made += 1;
                // It ends with the next step, or lasts.
                one.runs_until =
                    if self.dice.one_in(8) { now.plus_ms(self.dice.below(LONG_RUN_MS_MAX)) } else { now.plus_ms(1) };
                long.insert(one.id, one.runs_until);
            }
            one.dealt_with = now;
        }
        assert_eq!((made, skipped), (expected_made, expected_skipped), "at {now}");
        if made > 0 {
            let rows = self.store.database.rows("SELECT id, schedule_id FROM runs WHERE ended_at IS NULL", args![]).await;
            for row in rows.unwrap() {
                if let Some(until) = long.get(&row.parsed("schedule_id").unwrap()) {
                    self.alive.insert(row.parsed("id").unwrap(), *until);
                }
            }
        }
    }

    /// Everything that came of it.
    pub async fn compare(&self) -> Done {
        let rows = self.store.database.rows("SELECT schedule_id, created_at FROM runs ORDER BY id", args![]).await.unwrap();
        let mut runs: BTreeMap<ScheduleId, Vec<Time>> = BTreeMap::new();
        for row in &rows {
            runs.entry(row.parsed("schedule_id").unwrap()).or_default().push(row.time("created_at").unwrap());
        }
        let mut done = Done { ticks: 0, runs: 0, skipped: 0 };
        for one in &self.schedules {
            let (organization, _) = self.organizations[one.organization];
            let schedule = self.store.get_schedule(organization, one.id).await.unwrap();
            assert_eq!(runs.remove(&one.id).unwrap_or_default(), one.runs, "{one:?}");
            assert_eq!(schedule.last_run_at, one.runs.last().copied());
            assert_eq!(schedule.last_skipped_at, one.skipped.last().copied(), "{one:?}");
            let reason = one.skipped.last().map(|_| SkipReason::StillRunning);
            assert_eq!(schedule.last_skip_reason, reason);
            done.ticks += one.ticks.len();
            done.runs += one.runs.len();
            done.skipped += one.skipped.len();
        }
        assert!(runs.is_empty(), "{runs:?}");
        for (organization, _) in &self.organizations {
            self.store.verify_ledger(*organization).await.unwrap().unwrap();
        }
        let instants: BTreeSet<Time> = self.schedules.iter().flat_map(|one| one.runs.iter().copied()).collect();
        assert!(instants.len() > 100 && done.skipped > 0, "{} instants", instants.len());
        done
    }
}

async fn robot(store: &Store, organization: OrganizationId) -> RobotId {
    let url = Url::parse("https://shop.example/").unwrap();
    let program = RobotProgram::general(Host::of(&url).unwrap(), Country::US, url.to_string());
    match store.create_robot_build(organization, url.as_str(), &program, false).await.unwrap() {
        BuildAnswer::Robot(robot) => robot,
        BuildAnswer::Build(build) => store.get_robot_build(organization, build).await.unwrap().robot_id.unwrap(),
    }
}
