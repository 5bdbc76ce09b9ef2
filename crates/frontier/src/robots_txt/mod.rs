//! robots.txt by RFC 9309, plus crawl-delay and sitemap lines. Parses anything without failing and answers for one URL in time
//! linear in the file and the URL. It fetches nothing: how the fetch ended is turned into a [`Policy`] here.

mod lines;
mod rule;

use std::time::Duration;

use url::Url;

use lines::{Directive, directives};
use rule::Rule;

/// What is read of a file; RFC 9309, 2.5 asks for at least 500 KiB.
pub const BYTES_MAX: usize = 500 * 1024;
/// Redirects followed to reach the file; RFC 9309, 2.3.1.2.
pub const REDIRECTS_MAX: usize = 5;
/// How long an answer may be reused, in milliseconds; RFC 9309, 2.4.
pub const CACHE_MS_MAX: i64 = 24 * 60 * 60 * 1000;
/// A longer crawl-delay is cut to this, so that one line cannot stretch a run over months.
pub const CRAWL_DELAY_MAX: Duration = Duration::from_secs(30);
/// Sitemap lines kept.
pub const SITEMAPS_MAX: usize = 1_000;
/// The product token that a file addresses this crawler by, compared without regard to case.
pub const PRODUCT_TOKEN: &str = "creel";

/// The rules of one file that concern this crawler.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RobotsTxt {
    rules: Vec<Rule>,
    crawl_delay: Option<Duration>,
    sitemaps: Vec<String>,
}

impl RobotsTxt {
    /// Reads a file. What cannot be understood is skipped; nothing fails.
    #[must_use]
    pub fn parse(file: &[u8]) -> RobotsTxt {
        let mut reader = GroupReader::default();
        for directive in directives(whole_lines(file)) {
            reader.take(directive);
        }
        reader.finish()
    }

    /// Whether the URL may be fetched. Only its path and query count.
    #[must_use]
    pub fn allows(&self, url: &Url) -> bool {
        match url.query() {
            Some(query) => self.allows_path(&format!("{}?{query}", url.path())),
            None => self.allows_path(url.path()),
        }
    }

    /// As [`RobotsTxt::allows`], for a path with its query.
    #[must_use]
    pub fn allows_path(&self, path_and_query: &str) -> bool {
        let path = rule::normalized_path(path_and_query);
        // RFC 9309, 2.2.2: the file itself is always allowed.
        if path == b"/robots.txt" {
            return true;
        }
        // Sorted: the longest pattern first and, among equals, allow first; so the first match decides.
        self.rules.iter().find(|rule| rule.matches(&path)).is_none_or(|rule| rule.allow)
    }

    /// The pause that the file asks for between requests, cut to [`CRAWL_DELAY_MAX`].
    #[must_use]
    pub fn crawl_delay(&self) -> Option<Duration> {
        self.crawl_delay
    }

    /// Sitemap lines as written, wherever they stand.
    #[must_use]
    pub fn sitemaps(&self) -> &[String] {
        &self.sitemaps
    }
}

/// What a shop's robots.txt means for a run, however its fetch ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Policy {
    Rules(RobotsTxt),
    /// There is no file (4xx), or it could not be reached within [`REDIRECTS_MAX`] redirects.
    AllowAll,
    /// The shop could not be asked: 5xx, 429, or no answer.
    ForbidAll,
}

impl Policy {
    /// The policy for an answer (RFC 9309, 2.3.1). A redirect here is one that was not followed to its end.
    #[must_use]
    pub fn from_status(status: u16, body: &[u8]) -> Policy {
        match status {
            200..=299 => Policy::Rules(RobotsTxt::parse(body)),
            429 => Policy::ForbidAll,
            300..=499 => Policy::AllowAll,
            _ => Policy::ForbidAll,
        }
    }

    /// The policy after a network error or a timeout.
    #[must_use]
    pub const fn unreachable() -> Policy {
        Policy::ForbidAll
    }

    #[must_use]
    pub fn allows(&self, url: &Url) -> bool {
        match self {
            Policy::Rules(robots_txt) => robots_txt.allows(url),
            Policy::AllowAll => true,
            Policy::ForbidAll => false,
        }
    }

    #[must_use]
    pub fn crawl_delay(&self) -> Option<Duration> {
        match self {
            Policy::Rules(robots_txt) => robots_txt.crawl_delay(),
            Policy::AllowAll | Policy::ForbidAll => None,
        }
    }

    #[must_use]
    pub fn sitemaps(&self) -> &[String] {
        match self {
            Policy::Rules(robots_txt) => robots_txt.sitemaps(),
            Policy::AllowAll | Policy::ForbidAll => &[],
        }
    }
}

/// The first [`BYTES_MAX`] of a file; a line that the limit cuts is dropped, because its half could forbid or allow too much.
fn whole_lines(file: &[u8]) -> &[u8] {
    match file.get(..BYTES_MAX) {
        Some(start) if file.len() > BYTES_MAX => {
            let end = start.iter().rposition(|byte| matches!(byte, b'\n' | b'\r'));
            &start[..end.unwrap_or(0)]
        }
        _ => file,
    }
}

/// What the groups of one kind (ours, or everybody's) say together; groups with the same name are merged.
#[derive(Default)]
struct Group {
    named: bool,
    rules: Vec<Rule>,
    crawl_delay: Option<Duration>,
}

/// Which of the two kinds the lines being read belong to.
#[derive(Clone, Copy, Default)]
struct Addressed {
    ours: bool,
    everybody: bool,
}

#[derive(Default)]
struct GroupReader {
    ours: Group,
    everybody: Group,
    sitemaps: Vec<String>,
    /// Who the rules that follow are for. A user-agent line after a rule starts anew; other lines do not close a group.
    rules_for: Addressed,
    rule_seen: bool,
    /// The same for crawl-delay, which is no rule: a user-agent line after one starts a new addressee for the next delay only.
    delay_for: Addressed,
    delay_seen: bool,
}

impl GroupReader {
    fn take(&mut self, directive: Directive<'_>) {
        match directive {
            Directive::UserAgent(agent) => self.address(agent),
            Directive::Allow(value) => self.add_rule(true, value),
            Directive::Disallow(value) => self.add_rule(false, value),
            Directive::CrawlDelay(value) => self.add_delay(value),
            Directive::Sitemap(value) => {
                if !value.is_empty() && self.sitemaps.len() < SITEMAPS_MAX {
                    self.sitemaps.push(String::from_utf8_lossy(value).into_owned());
                }
            }
        }
    }

    fn address(&mut self, agent: &[u8]) {
        if std::mem::take(&mut self.rule_seen) {
            self.rules_for = Addressed::default();
            self.delay_for = Addressed::default();
            self.delay_seen = false;
        }
        if std::mem::take(&mut self.delay_seen) {
            self.delay_for = Addressed::default();
        }
        if agent.split(u8::is_ascii_whitespace).next() == Some(b"*") {
            self.rules_for.everybody = true;
            self.delay_for.everybody = true;
            self.everybody.named = true;
        } else if product_token(agent).eq_ignore_ascii_case(PRODUCT_TOKEN.as_bytes()) {
            self.rules_for.ours = true;
            self.delay_for.ours = true;
            self.ours.named = true;
        }
    }

    fn add_rule(&mut self, allow: bool, value: &[u8]) {
        self.rule_seen = true;
        if !(self.rules_for.ours || self.rules_for.everybody) {
            return;
        }
        let Some(rule) = Rule::parse(allow, value) else { return };
        if self.rules_for.ours {
            self.ours.rules.push(rule.clone());
        }
        if self.rules_for.everybody {
            self.everybody.rules.push(rule);
        }
    }

    fn add_delay(&mut self, value: &[u8]) {
        self.delay_seen = true;
        let Some(delay) = parse_delay(value) else { return };
        // Two groups that ask for different delays get the longer one.
        if self.delay_for.ours {
            self.ours.crawl_delay = self.ours.crawl_delay.max(Some(delay));
        }
        if self.delay_for.everybody {
            self.everybody.crawl_delay = self.everybody.crawl_delay.max(Some(delay));
        }
    }

    fn finish(self) -> RobotsTxt {
        let group = if self.ours.named { self.ours } else { self.everybody };
        let mut rules = group.rules;
        rules.sort_unstable_by(|a, b| (b.octets, b.allow, &a.pattern).cmp(&(a.octets, a.allow, &b.pattern)));
        rules.dedup();
        RobotsTxt { rules, crawl_delay: group.crawl_delay, sitemaps: self.sitemaps }
    }
}

/// The name at the start of a user-agent value, without a version (RFC 9309, 2.2.1).
fn product_token(agent: &[u8]) -> &[u8] {
    let end = agent.iter().position(|byte| !(byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_')));
    &agent[..end.unwrap_or(agent.len())]
}

/// Seconds, whole or with decimals.
fn parse_delay(value: &[u8]) -> Option<Duration> {
    let text = std::str::from_utf8(value).ok()?.split_ascii_whitespace().next()?;
    let seconds: f64 = text.parse().ok().filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0)?;
    Some(Duration::from_secs_f64(seconds.min(CRAWL_DELAY_MAX.as_secs_f64())))
}

#[cfg(test)]
mod tests;
