//! What is done with runs in the model, by hand or by the process that crawls them.

use super::{Answer, Organization, Page, PageState, Run};

impl Organization {
    pub fn create_run(&mut self, budget: Option<i64>, has_key: bool, schedule: Option<usize>) {
        self.runs.push(Run {
            status: "pending",
            end_reason: None,
            budget,
            has_key,
            schedule,
            taken: false,
            pages: Vec::new(),
            captures: Vec::new(),
            duplicates: 0,
            fetched: 0,
            failed: 0,
            blocked: 0,
            told: 0,
        });
    }

    pub fn claim(&mut self, run: usize) -> bool {
        let run = &mut self.runs[run];
        if run.has_ended() {
            return false;
        }
        if matches!(run.status, "pending" | "restarting") {
            run.status = "starting";
        }
        run.taken = true;
        run.put_back();
        for page in run.pages.iter_mut().filter(|page| matches!(page.state, PageState::Waits(_))) {
            page.state = PageState::Queued;
        }
        true
    }

    /// Queues the pages and hands out everything that is not to wait.
    pub fn lease(&mut self, run: usize, pages: &[usize], now: i64) -> Vec<usize> {
        let run = &mut self.runs[run];
        for number in pages {
            if run.pages.iter().all(|page| page.number != *number) {
                run.pages.push(Page { number: *number, state: PageState::Queued });
            }
        }
        if run.has_ended() || !run.taken {
            return Vec::new();
        }
        if run.status == "starting" {
            run.status = "running";
        }
        let mut leased = Vec::new();
        for page in &mut run.pages {
            let waits = matches!(page.state, PageState::Waits(until) if until > now);
            if !waits && matches!(page.state, PageState::Queued | PageState::Waits(_)) {
                page.state = PageState::Leased;
                leased.push(page.number);
            }
        }
        leased.sort_unstable();
        leased
    }

    pub fn stop(&mut self, run: Option<usize>) -> Answer<bool> {
        Ok(self.runs[run.ok_or("not_found")?].end("stopped_by_user"))
    }

    pub fn restart(&mut self, run: Option<usize>, budget: Option<i64>) -> Answer<()> {
        let run = &mut self.runs[run.ok_or("not_found")?];
        let budget = budget.or(run.budget);
        if matches!(run.end_reason, None | Some("crawl_complete")) || budget.is_some_and(|total| total <= run.extracted()) {
            return Err("conflict");
        }
        (run.status, run.end_reason, run.budget) = ("restarting", None, budget);
        Ok(())
    }

    pub fn complete(&mut self, run: usize) -> bool {
        let run = &mut self.runs[run];
        run.taken && !run.has_something_left() && run.end("crawl_complete")
    }
}
