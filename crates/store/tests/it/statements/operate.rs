//! What a line of a statement does.

use creel_ledger::{CreditLimit, Grant, LimitPeriod, LotSource, NewHold, Reference, ReferenceType, Share};
use creel_store::{
    Judge, StoreError, args,
    ledger::{change::ByHand, limits::LimitSubject},
    pages::{NewPage, PageRole},
    runs::{NewRun, RunSettings},
    schedules::NewSchedule,
    settle::{FinishedPage, PageResult},
};
use creel_types::{Cadence, Credits, IntervalUnit, PageOutcome, Product, RunId, Time};
use uuid::Uuid;

use super::{
    BEGIN, POISON, Situation,
    table::{number, until},
};
use crate::pair::word;

type Answer = Result<String, StoreError>;

fn address(page: &str) -> String {
    format!("https://shop.example/p/{page}")
}

impl Situation<'_> {
    fn fresh<T: From<Uuid>>(&self) -> T {
        self.shop.store.random.id(self.shop.store.clock.now())
    }

    pub(super) async fn operate(&mut self, words: &[&str]) -> Answer {
        match words {
            ["hold" | "settle" | "release", ..] => self.operate_on_hold(words).await,
            ["run" | "take" | "finish" | "stop" | "restart" | "complete", ..] => self.operate_on_run(words).await,
            ["schedule" | "pause" | "resume" | "limit", ..] => self.operate_on_schedule(words).await,
            ["look"] => self.shop.store.balance(self.shop.organization).await.map(|_| String::new()),
            ["sweep"] => self.shop.store.sweep_due().await.map(|_| String::new()),
            ["break" | "repair", what] => self.harm(words[0] == "break", what).await,
            ["check"] => self.check().await,
            ["cycle"] => self.begin_cycle(self.shop.store.clock.now()).await,
            ["cycle", "since", ms] => self.begin_cycle(Time(BEGIN + number(ms))).await,
            _ => self.operate_on_lot(words).await,
        }
    }

    async fn begin_cycle(&self, starts_at: Time) -> Answer {
        self.shop.store.begin_cycle(self.shop.organization, starts_at, None).await.map(|()| String::new())
    }

    /// What no program does: rows changed by hand, and back.
    async fn harm(&mut self, is_broken: bool, what: &str) -> Answer {
        let sql = match what {
            "balance" => "UPDATE organizations SET available = available + $2 WHERE id = $1",
            "granted" => "UPDATE organizations SET granted_total = granted_total + $2 WHERE id = $1",
            "spent" => "UPDATE organizations SET spent_total = spent_total + $2 WHERE id = $1",
            "cycle-granted" => "UPDATE organizations SET cycle_granted_base = cycle_granted_base + $2 WHERE id = $1",
            "cycle-spent" => "UPDATE organizations SET cycle_spent_base = cycle_spent_base + $2 WHERE id = $1",
            "counts" => "UPDATE runs SET extracted = extracted + $2 WHERE organization_id = $1",
            _ => panic!("no such harm: {what}"),
        };
        let by = if is_broken { 1_i64 } else { -1 };
        self.shop.store.database.execute(sql, args![self.shop.organization, by]).await?;
        self.is_broken = is_broken;
        Ok(String::new())
    }

    async fn check(&self) -> Answer {
        let checked = self.shop.store.check_ledger(self.shop.organization).await?;
        let answer = if checked.frozen {
            "closed"
        } else if checked.unfrozen {
            "opened"
        } else {
            "as before"
        };
        Ok(answer.to_owned())
    }

    async fn operate_on_lot(&mut self, words: &[&str]) -> Answer {
        let (store, id) = (&self.shop.store, self.shop.organization);
        let lot = |name: &str| self.lots.get(name).copied().unwrap_or_else(|| self.fresh());
        let invoice = Reference::new(ReferenceType::Invoice, "in_1");
        match words {
            ["grant", name, source, amount, end @ ..] => {
                let lot = self.fresh();
                let end = until(end).map(|end| Time(BEGIN + end));
                self.grant(
                    name,
                    Grant {
                        lot,
                        source: LotSource::parse(source).unwrap(),
                        amount: Credits(number(amount)),
                        expires_at: end,
                        reference: invoice,
                        description: "A reason".to_owned(),
                        actor: String::new(),
                    },
                )
                .await
            }
            ["adjust", "down", amount, reason @ ..] => {
                let reason = reason.join(" ");
                let by = ByHand { reason: &reason, actor: "person" };
                store.adjust_down(id, Credits(number(amount)), by).await.map(|()| String::new())
            }
            ["revoke", name, share] => {
                let (part, whole) = share.split_once('/').unwrap();
                let share = Share::new(number(part), number(whole))?;
                let by = ByHand { reason: "A refund", actor: "person" };
                let seen = store.revoke_by_hand(id, lot(name), share, by).await?;
                Ok(format!("revoked {} due {} short {}", seen.revoked, seen.due, seen.shortfall))
            }
            ["freeze", name] => {
                let moved = store.freeze_lot(id, lot(name), invoice, "A dispute".to_owned()).await?;
                Ok(format!("moved {moved}"))
            }
            ["unfreeze", name] => {
                let moved = store.unfreeze_lot(id, lot(name), invoice, String::new()).await?;
                Ok(format!("moved {moved}"))
            }
            _ => panic!("no such operation: {words:?}"),
        }
    }

    async fn grant(&mut self, name: &str, grant: Grant) -> Answer {
        let lot = grant.lot;
        self.shop.store.grant(self.shop.organization, grant).await?;
        self.lots.insert(name.to_owned(), lot);
        Ok(String::new())
    }

    async fn operate_on_hold(&mut self, words: &[&str]) -> Answer {
        let (store, id) = (&self.shop.store, self.shop.organization);
        let hold = self.holds.get(words[1]).copied().unwrap_or_else(|| self.fresh());
        match words {
            ["hold", name, amount, "for", live] => {
                let reference = Reference::new(ReferenceType::Message, hold);
                let (amount, live_ms) = (Credits(number(amount)), number(live));
                store.place_hold(id, NewHold { hold, amount, live_ms, reference, description: String::new() }).await?;
                self.holds.insert((*name).to_owned(), hold);
                Ok(String::new())
            }
            ["settle", _, amount] => {
                let settled = store.settle_hold(id, hold, Credits(number(amount)), "An answer".to_owned()).await?;
                let again = if settled.changed { "" } else { " again" };
                Ok(format!("debited {} short {}{again}", settled.debited, settled.shortfall))
            }
            _ => {
                let changed = store.release_hold(id, hold, String::new()).await?;
                Ok(if changed { "released" } else { "released again" }.to_owned())
            }
        }
    }

    async fn operate_on_run(&mut self, words: &[&str]) -> Answer {
        let (store, id, owner) = (&self.shop.store, self.shop.organization, self.shop.owner);
        match words {
            ["run", name, settings @ ..] => self.create_run(name, settings).await,
            ["take", name] => self.take(self.runs[*name]).await,
            ["finish", pages @ ..] => Ok(self.finish(pages).await),
            ["stop", name] => {
                let ended = store.stop_run(id, self.runs[*name], &creel_types::By::system()).await?;
                Ok(if ended { "" } else { "again" }.to_owned())
            }
            ["restart", name, budget @ ..] => {
                let budget = budget.last().map(|budget| number(budget));
                let run = self.runs[*name];
                store.restart_run(id, run, budget, None, &creel_types::By::system()).await?;
                store.claim_run(run, owner, &Judge::LeaseOnly).await?.unwrap();
                self.take(run).await
            }
            ["complete", name] => {
                let ended = store.complete_run(self.runs[*name], owner, None).await?;
                Ok(if ended { "" } else { "not yet" }.to_owned())
            }
            _ => panic!("no such operation: {words:?}"),
        }
    }

    /// `run NAME [budget N] [key] [schedule NAME] [pages N]`
    async fn create_run(&mut self, name: &str, settings: &[&str]) -> Answer {
        let mut new = NewRun {
            by: creel_types::By::system(),
            robot: self.robot,
            api_key: None,
            schedule: None,
            name: None,
            start_urls: vec![address("0")],
            settings: RunSettings::default(),
            budget: None,
        };
        let (mut pages, mut settings) = (10, settings.iter());
        while let Some(setting) = settings.next() {
            match *setting {
                "key" => new.api_key = Some(self.key),
                "budget" => new.budget = Some(number(settings.next().unwrap())),
                "schedule" => new.schedule = Some(self.schedules[*settings.next().unwrap()]),
                "pages" => pages = number(settings.next().unwrap()),
                _ => panic!("no such setting: {setting}"),
            }
        }
        let run = self.shop.start(new).await.id;
        self.runs.insert(name.to_owned(), run);
        let pages: Vec<NewPage> = (0..pages)
            .map(|page| NewPage {
                url: address(&page.to_string()),
                role: PageRole::Page,
                priority: 0,
                depth: 0,
                shape: String::new(),
            })
            .collect();
        self.shop.store.queue_pages(run, &pages).await?;
        self.take(run).await
    }

    async fn take(&self, run: RunId) -> Answer {
        self.shop.store.mark_running(run, self.shop.owner).await?;
        let pages = self.shop.store.lease_pages(run, self.shop.owner, 1_000).await?;
        Ok(format!("handed {}", pages.len()))
    }

    /// Hands over all pages at once; answers the verdicts in order, how many of each kind in a row.
    async fn finish(&self, pages: &[&str]) -> String {
        let pages = pages.iter().flat_map(|page| self.pages(page));
        let settled = futures::future::join_all(pages.map(|page| self.shop.committer.settle(page))).await;
        let mut rows: Vec<(&str, usize)> = Vec::new();
        for verdict in settled {
            let verdict = verdict.map_or("error", word);
            match rows.last_mut() {
                Some((known, count)) if *known == verdict => *count += 1,
                _ => rows.push((verdict, 1)),
            }
        }
        rows.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect::<Vec<_>>().join(" ")
    }

    /// `RUN:PAGE`, `RUN:FIRST-LAST`; behind a page `=OTHER` for the same product as another page's, `!` for one that the
    /// database refuses, `?` for one without a product.
    fn pages(&self, text: &str) -> Vec<FinishedPage> {
        let (run, page) = text.split_once(':').unwrap();
        let run = self.runs[run];
        if let Some((first, last)) = page.split_once('-') {
            let all = number(first)..=number(last);
            return all.map(|page| self.shop.finished(run, &address(&page.to_string()))).collect();
        }
        let page = if let Some((page, other)) = page.split_once('=') {
            self.page_with(run, page, &format!("Title of {}", address(other)), Some(address(other)))
        } else if let Some(page) = page.strip_suffix('!') {
            self.page_with(run, page, POISON, None)
        } else if let Some(page) = page.strip_suffix('?') {
            let outcome = PageOutcome::Discovery;
            let result = PageResult::Outcome { outcome, reason: None, error_code: None, fetched: true };
            FinishedPage { result, ..self.shop.finished(run, &address(page)) }
        } else {
            self.shop.finished(run, &address(page))
        };
        vec![page]
    }

    fn page_with(&self, run: RunId, page: &str, title: &str, product_id: Option<String>) -> FinishedPage {
        let mut page = self.shop.finished(run, &address(page));
        if let PageResult::Capture(new) = &mut page.result {
            new.product = Product { title: title.to_owned(), product_id, ..Product::default() };
        }
        page
    }

    async fn operate_on_schedule(&mut self, words: &[&str]) -> Answer {
        let (store, id) = (&self.shop.store, self.shop.organization);
        match words {
            ["schedule", name] => {
                let cadence = Cadence { interval_amount: 1, interval_unit: IntervalUnit::Day };
                let new = NewSchedule { name: Some((*name).to_owned()), ..NewSchedule::every(self.robot, cadence) };
                let schedule = store.create_schedule(id, new, &creel_types::By::system()).await?;
                self.schedules.insert((*name).to_owned(), schedule.id);
            }
            ["pause", name] => drop(store.pause_schedule(id, self.schedules[*name], &creel_types::By::system()).await?),
            ["resume", name] => drop(store.resume_schedule(id, self.schedules[*name], &creel_types::By::system()).await?),
            ["limit", subject, limit @ ..] => {
                let (subject, subject_id) = self.subject(subject);
                let limit = match limit {
                    ["none"] => None,
                    [amount, period] => {
                        Some(CreditLimit::new(Credits(number(amount)), LimitPeriod::parse(period).unwrap())?)
                    }
                    _ => panic!("no such limit: {limit:?}"),
                };
                store.set_credit_limit(id, subject, &subject_id, limit).await?;
            }
            _ => panic!("no such operation: {words:?}"),
        }
        Ok(String::new())
    }

    /// `key`, `robot`, or the name of a schedule.
    pub(super) fn subject(&self, name: &str) -> (LimitSubject, String) {
        match name {
            "key" => (LimitSubject::ApiKey, self.key.to_string()),
            "robot" => (LimitSubject::Robot, self.robot.to_string()),
            schedule => (LimitSubject::Schedule, self.schedules[schedule].to_string()),
        }
    }
}
