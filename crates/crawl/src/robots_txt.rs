//! robots.txt of the hosts that this process crawls: asked once, kept for at most a day.

use std::collections::HashMap;

use creel_fetch::{FetchError, GetOptions};
use creel_frontier::{Policy, robots_txt::CACHE_MS_MAX};
use creel_types::{Host, RunError, RunErrorCode, Time};
use tokio::sync::Mutex;
use url::Url;

use crate::Crawler;

/// How often the file is asked for while the shop answers with trouble.
const TRIES_MAX: u32 = 3;
const RETRY_MS: u64 = 700;

#[derive(Default)]
pub(crate) struct RobotsTxtCache(Mutex<HashMap<String, (Time, Asked)>>);

/// The policy, and why it is what it is when the file could not be had.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) policy: Policy,
    pub(crate) trouble: Option<RunError>,
}

impl Crawler {
    /// The policy of the origin of `url`.
    pub(crate) async fn robots_txt(&self, url: &Url) -> Asked {
        let origin = url.origin().ascii_serialization();
        let now = self.store().clock.now();
        let known = self.shared().robots_txt.0.lock().await.get(&origin).cloned();
        if let Some((at, asked)) = known
            && now.ms_since(at) < CACHE_MS_MAX
        {
            return asked;
        }
        let asked = self.ask_robots_txt(url).await;
        if let (Some(host), Some(delay)) = (Host::of(url), asked.policy.crawl_delay()) {
            self.shared().gates.set_crawl_delay(&host, Some(delay));
        }
        // Trouble is not remembered: the next run asks again.
        if asked.trouble.is_none() {
            self.shared().robots_txt.0.lock().await.insert(origin, (now, asked.clone()));
        }
        asked
    }

    async fn ask_robots_txt(&self, url: &Url) -> Asked {
        let Ok(file) = url.join("/robots.txt") else {
            return Asked { policy: Policy::AllowAll, trouble: None };
        };
        let mut tries = 1;
        loop {
            let result = self.fetcher().get(&file, &GetOptions::robots_txt()).await;
            let asked = judge(&file, &result);
            let transient = match &result {
                Ok(fetched) => fetched.status == 429 || fetched.status >= 500,
                Err(error) => error.is_transient(),
            };
            if !transient || tries >= TRIES_MAX {
                return asked;
            }
            tries += 1;
            tokio::time::sleep(std::time::Duration::from_millis(RETRY_MS)).await;
        }
    }
}

fn judge(file: &Url, result: &Result<creel_fetch::Fetched, FetchError>) -> Asked {
    match result {
        Ok(fetched) => {
            let policy = Policy::from_status(fetched.status, &fetched.body);
            let trouble = matches!(policy, Policy::ForbidAll).then(|| RunError {
                code: RunErrorCode::RobotsTxtUnreachable,
                message: format!("{file} answered with status {}, so nothing may be fetched", fetched.status),
            });
            Asked { policy, trouble }
        }
        // A file behind too many redirects counts as missing (RFC 9309, 2.3.1.2).
        Err(FetchError::TooManyRedirects { .. } | FetchError::RedirectLoop { .. }) => {
            Asked { policy: Policy::AllowAll, trouble: None }
        }
        Err(error) => Asked { policy: Policy::unreachable(), trouble: Some(run_error(error)) },
    }
}

/// How a fetch that failed is named as the reason of a failed run.
pub(crate) fn run_error(error: &FetchError) -> RunError {
    let code = match error {
        FetchError::Tls { .. } => RunErrorCode::Tls,
        FetchError::Setup { .. } => RunErrorCode::Internal,
        _ => RunErrorCode::Unreachable,
    };
    RunError { code, message: error.to_string() }
}
