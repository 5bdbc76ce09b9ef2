//! robots.txt of the hosts that this process crawls: asked once, kept for at most a day.

use std::{collections::HashMap, sync::Arc, time::Duration};

use creel_fetch::{FetchError, Fetched, GetOptions, Turn};
use creel_frontier::{Outcome, Policy, robots_txt::CACHE_MS_MAX};
use creel_types::{Host, RunError, RunErrorCode, Time};
use tokio::sync::Mutex;
use url::Url;

use crate::Crawler;

/// How often the file is asked for while the shop answers with trouble.
const TRIES_MAX: u32 = 3;
const RETRY_MS: i64 = 700;
/// The longest Retry-After that is waited for here.
const WAIT_MS_MAX: i64 = 10_000;

#[derive(Default)]
pub(crate) struct RobotsTxtCache(Mutex<HashMap<String, (Time, Arc<Asked>)>>);

/// The policy, and why it is what it is when the file could not be had.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) policy: Policy,
    pub(crate) trouble: Option<RunError>,
}

impl Crawler {
    /// The policy of the origin of `url`.
    pub(crate) async fn robots_txt(&self, url: &Url) -> Arc<Asked> {
        let origin = url.origin().ascii_serialization();
        let now = self.store().clock.now();
        let known = self.shared().robots_txt.0.lock().await.get(&origin).cloned();
        if let Some((at, asked)) = known
            && now.ms_since(at) < CACHE_MS_MAX
        {
            return asked;
        }
        let asked = Arc::new(self.ask_robots_txt(url).await);
        if let (Some(host), Some(delay)) = (Host::of(url), asked.policy.crawl_delay()) {
            self.shared().gates.set_crawl_delay(&host, Some(delay));
        }
        // Trouble is not remembered: the next run asks again.
        if asked.trouble.is_none() {
            self.shared().robots_txt.0.lock().await.insert(origin, (now, Arc::clone(&asked)));
        }
        asked
    }

    async fn ask_robots_txt(&self, url: &Url) -> Asked {
        let Ok(file) = url.join("/robots.txt") else {
            return Asked { policy: Policy::AllowAll, trouble: None };
        };
        let host = Host::of(&file);
        let mut tries = 1;
        loop {
            let turn = match &host {
                Some(host) => Some(self.shared().gates.turn(host).await),
                None => None,
            };
            let result = self.fetcher().get(&file, &GetOptions::robots_txt()).await;
            if let Some(turn) = turn {
                report(turn, &result);
            }
            let wait_ms = match &result {
                Ok(fetched) if fetched.status == 429 || fetched.status >= 500 => Some(fetched.retry_after_ms.unwrap_or(0)),
                Ok(_) => None,
                Err(error) => error.is_transient().then_some(0),
            };
            match wait_ms {
                // A shop that asks for a long pause gets it: the run fails now instead of asking again too soon.
                Some(wait_ms) if tries < TRIES_MAX && wait_ms <= WAIT_MS_MAX => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(wait_ms.max(RETRY_MS).unsigned_abs())).await;
                }
                _ => return judge(&file, &result),
            }
        }
    }
}

/// Tells the host's pace how a request went.
pub(crate) fn report(turn: Turn, result: &Result<Fetched, FetchError>) {
    match result {
        Ok(fetched) => turn.done(Outcome::from_status(fetched.status), fetched.first_byte_ms, fetched.retry_after_ms),
        Err(FetchError::Timeout { timeout_ms, .. }) => {
            turn.done(Outcome::Failed, i64::try_from(*timeout_ms).unwrap_or(i64::MAX), None);
        }
        Err(_) => turn.done(Outcome::Failed, 0, None),
    }
}

fn judge(file: &Url, result: &Result<Fetched, FetchError>) -> Asked {
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
    RunError { code, message: reason(error) }
}

/// A failure in words that hold no address, so that pages which failed alike read alike.
fn reason(error: &FetchError) -> String {
    match error {
        FetchError::Timeout { timeout_ms, .. } => format!("no answer within {timeout_ms} ms"),
        FetchError::TooManyRedirects { redirects_max, .. } => format!("redirected more than {redirects_max} times"),
        FetchError::RedirectLoop { .. } => "redirected to itself".to_owned(),
        FetchError::TooLarge { bytes_max, .. } => format!("larger than {bytes_max} bytes"),
        FetchError::Protocol { reason, .. } => format!("the answer is not HTTP, or broke off: {reason}"),
        FetchError::BadUrl { reason, .. } => format!("not an address that can be fetched: {reason}"),
        FetchError::Scheme { .. } => "not http or https".to_owned(),
        // These name the host alone.
        FetchError::PrivateAddress { .. }
        | FetchError::ExcludedHost { .. }
        | FetchError::Dns { .. }
        | FetchError::Unreachable { .. }
        | FetchError::Tls { .. }
        | FetchError::Setup { .. } => error.to_string(),
    }
}
