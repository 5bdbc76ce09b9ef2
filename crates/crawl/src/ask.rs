//! One request to a shop, with everything that is owed to it: robots.txt of each origin on the way, the host's pace, and no
//! redirect followed to where it may not go.

use std::sync::Arc;

use creel_fetch::{FetchError, Fetched, GetOptions};
use creel_types::{Host, RunError};
use url::Url;

use crate::{Crawler, robots_txt::report};

/// Times that a redirect may change the origin; within one origin the client counts for itself.
const ORIGINS_MAX: usize = 5;

pub(crate) enum Answer {
    Page(Box<Fetched>),
    /// robots.txt forbids this address, which is the one asked for or one that it redirects to.
    Forbidden(Url),
    /// It redirects to another host than the one to stay on.
    OtherHost(Url),
    /// robots.txt could not be had.
    NoPolicy(RunError),
    Failed(FetchError),
}

/// Which addresses may be asked.
#[derive(Clone, Copy)]
pub(crate) struct Manners<'a> {
    /// Redirects to other hosts are not followed.
    pub(crate) stay_on: Option<&'a Host>,
    /// The shop itself named the first address in its robots.txt, which then allows it.
    pub(crate) invited: bool,
}

impl Crawler {
    pub(crate) async fn ask(&self, url: &Url, options: &GetOptions, manners: Manners<'_>) -> Answer {
        let mut url = url.clone();
        for origin in 0..ORIGINS_MAX {
            let Some(host) = Host::of(&url) else { return Answer::OtherHost(url) };
            if manners.stay_on.is_some_and(|stay_on| *stay_on != host) {
                return Answer::OtherHost(url);
            }
            let asked = self.robots_txt(&url).await;
            if !(manners.invited && origin == 0) {
                if let Some(trouble) = &asked.trouble {
                    return Answer::NoPolicy(trouble.clone());
                }
                if !asked.policy.allows(&url) {
                    return Answer::Forbidden(url);
                }
            }
            let (here, policy) = (url.origin(), Arc::clone(&asked));
            let options = GetOptions {
                may_follow: Some(Arc::new(move |to: &Url| to.origin() == here && policy.policy.allows(to))),
                ..options.clone()
            };
            let turn = self.shared().gates.turn(&host).await;
            let result = self.fetcher().get(&url, &options).await;
            report(turn, &result);
            match result {
                Err(error) => return Answer::Failed(error),
                Ok(fetched) => match fetched.refused_redirect.clone() {
                    None => return Answer::Page(Box::new(fetched)),
                    Some(to) if to.origin() == fetched.final_url.origin() => return Answer::Forbidden(to),
                    Some(to) => url = to,
                },
            }
        }
        Answer::Failed(FetchError::TooManyRedirects { url: url.to_string(), redirects_max: ORIGINS_MAX })
    }
}
