//! Settling in the model: pages one after the other in the order in which they were handed over, then what follows.

use super::{Capture, Organization, PRICE, PageState, World, credits::State};

/// A page that a worker is done with, handed over in the name of `who` for a run of `whose`.
#[derive(Clone, Debug)]
pub struct Finished {
    pub who: usize,
    pub whose: usize,
    pub run: usize,
    pub page: usize,
    pub result: Found,
}

#[derive(Clone, Debug)]
pub enum Found {
    Product { stated: Option<usize>, product_id: Option<u8>, title: u8 },
    Outcome { outcome: &'static str, fetched: bool },
}

/// What becomes of a product that a run may have already.
enum Identity {
    Duplicate,
    New { canonical: usize, displaced: Option<usize> },
}

impl World {
    /// One transaction: the verdicts in order.
    pub fn finish(&mut self, pages: &[Finished]) -> Vec<&'static str> {
        let before = self.organizations.clone();
        let mut named: Vec<usize> = pages.iter().map(|page| page.who).collect();
        named.sort_unstable();
        named.dedup();
        for who in &named {
            self.organizations[*who].credits.pass(self.now);
        }
        let mut ends = Vec::new();
        let mut seen = Vec::new();
        let verdicts = pages.iter().map(|page| self.decide(page, &before, &mut ends, &mut seen)).collect();
        for (who, run, reason) in ends {
            self.organizations[who].runs[run].end(reason);
        }
        for who in named {
            self.organizations[who].follow(&before[who]);
        }
        verdicts
    }

    fn decide(
        &mut self,
        page: &Finished,
        before: &[Organization],
        ends: &mut Vec<(usize, usize, &'static str)>,
        seen: &mut Vec<(usize, usize, usize)>,
    ) -> &'static str {
        if page.who != page.whose || page.run >= self.organizations[page.who].runs.len() {
            return "run_ended";
        }
        let earlier = &before[page.who].runs[page.run];
        let state = earlier.pages.iter().find(|known| known.number == page.page).map(|known| known.state);
        // It was done just like this before: said once more, counted once.
        match (&page.result, state) {
            (Found::Product { .. }, Some(PageState::Done("duplicate"))) => return "duplicate",
            (Found::Outcome { outcome, .. }, Some(PageState::Done(done))) if *outcome == done => return "recorded",
            _ => {}
        }
        if let Some((_, _, reason)) = ends.iter().find(|(who, run, _)| (*who, *run) == (page.who, page.run)) {
            return reason;
        }
        if earlier.has_ended() {
            return "run_ended";
        }
        let this = (page.who, page.run, page.page);
        if state != Some(PageState::Leased) || seen.contains(&this) {
            return "lease_lost";
        }
        seen.push(this);
        let organization = &mut self.organizations[page.who];
        let verdict = organization.decide_in_hand(page, self.now);
        if let "limit_reached" | "insufficient_credits" = verdict {
            ends.push((page.who, page.run, verdict));
        }
        let run = &organization.runs[page.run];
        if verdict == "stored" && run.budget.is_some_and(|budget| run.extracted() >= budget) {
            ends.push((page.who, page.run, "budget_reached"));
        }
        verdict
    }
}

impl Organization {
    fn decide_in_hand(&mut self, page: &Finished, now: i64) -> &'static str {
        let (run, number) = (page.run, page.page);
        match page.result {
            Found::Outcome { outcome, fetched } => {
                let run = &mut self.runs[run];
                run.fetched += i64::from(fetched);
                run.failed += i64::from(outcome == "error");
                run.blocked += i64::from(outcome == "blocked");
                run.duplicates += i64::from(outcome == "duplicate");
                self.close(page, PageState::Done(outcome));
                "recorded"
            }
            Found::Product { stated, product_id, title } => {
                let capture = Capture { page: number, canonical: number, product_id, title };
                match self.identify(run, &capture, stated) {
                    Identity::Duplicate => {
                        self.runs[run].fetched += 1;
                        self.runs[run].duplicates += 1;
                        self.close(page, PageState::Done("duplicate"));
                        "duplicate"
                    }
                    Identity::New { canonical, displaced } => {
                        self.pay(page, Capture { canonical, ..capture }, displaced, now)
                    }
                }
            }
        }
    }

    fn close(&mut self, page: &Finished, state: PageState) {
        let known = self.runs[page.run].pages.iter_mut().find(|known| known.number == page.page);
        known.unwrap().state = state;
    }

    fn pay(&mut self, page: &Finished, capture: Capture, displaced: Option<usize>, now: i64) -> &'static str {
        if self.is_limited(page.run, now) {
            return "limit_reached";
        }
        if self.credits.take(now, PRICE).is_err() {
            if self.spendable() < PRICE {
                return "insufficient_credits";
            }
            let open = self.credits.holds.iter().filter(|hold| hold.state == State::Open);
            let until = open.map(|hold| hold.ends).min().unwrap();
            self.close(page, PageState::Waits(until));
            return "wait";
        }
        self.debits.push((self.credits.last, page.run));
        let run = &mut self.runs[page.run];
        run.fetched += 1;
        if let Some(displaced) = displaced {
            run.captures[displaced].canonical = run.captures[displaced].page;
        }
        run.captures.push(capture);
        self.close(page, PageState::Done("captured"));
        "stored"
    }

    /// A run has a product once; rel=canonical is believed until it has named two products.
    fn identify(&self, run: usize, new: &Capture, stated: Option<usize>) -> Identity {
        let known = &self.runs[run].captures;
        let same = |one: &Capture| match (one.product_id, new.product_id) {
            (Some(one), Some(other)) => one == other,
            _ => one.title == new.title,
        };
        if new.product_id.is_some() && known.iter().any(|one| (one.product_id, one.title) == (new.product_id, new.title)) {
            return Identity::Duplicate;
        }
        let mut canonical = new.page;
        if let Some(stated) = stated.filter(|stated| *stated != new.page) {
            let at = known.iter().find(|one| one.canonical == stated);
            match at.or_else(|| known.iter().find(|one| one.page == stated)) {
                Some(one) if same(one) => return Identity::Duplicate,
                Some(_) => {}
                None => canonical = stated,
            }
        }
        // Whoever has this page's own address by a rel=canonical that named another product gives it up.
        match known.iter().position(|one| one.canonical == new.page) {
            None => Identity::New { canonical, displaced: None },
            Some(at) if same(&known[at]) => Identity::Duplicate,
            displaced => Identity::New { canonical, displaced },
        }
    }
}
