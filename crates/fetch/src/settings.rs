//! What an installation, and one request, may choose about fetching. Every limit has a default with a name.

use std::sync::Arc;

use creel_types::Country;
use url::Url;

use crate::{error::FetchError, guard::Guard};

pub const CONNECT_TIMEOUT_MS: u64 = 10_000;
/// From the first hop to the last byte.
pub const TOTAL_TIMEOUT_MS: u64 = 30_000;
/// After decompression.
pub const BODY_BYTES_MAX: usize = 10 * 1024 * 1024;
/// As it comes over the wire.
pub const WIRE_BYTES_MAX: usize = 10 * 1024 * 1024;
pub const REDIRECTS_MAX: usize = 10;

/// What an installation sets once.
#[derive(Clone, Debug)]
pub struct FetchSettings {
    /// The User-Agent without the contact; names Creel and its version.
    pub user_agent: String,
    /// An address at which the operator is reached, put behind a `+` into the User-Agent; a URL or an e-mail address.
    pub contact: Option<String>,
    /// Hosts, `host:port`, IP addresses and ranges that the guard lets through although they are private; `*` for all.
    pub allow_private_networks: Vec<String>,
    /// Hosts that nothing is fetched from, with everything beneath them.
    pub excluded_hosts: Vec<String>,
    pub connect_timeout_ms: u64,
    pub total_timeout_ms: u64,
    pub body_bytes_max: usize,
    pub wire_bytes_max: usize,
    pub redirects_max: usize,
    /// Certificates (PEM) that are trusted besides the system's.
    pub extra_root_certificates: Vec<Vec<u8>>,
}

impl Default for FetchSettings {
    fn default() -> FetchSettings {
        FetchSettings {
            user_agent: concat!("Creel/", env!("CARGO_PKG_VERSION")).to_owned(),
            contact: None,
            allow_private_networks: Vec::new(),
            excluded_hosts: Vec::new(),
            connect_timeout_ms: CONNECT_TIMEOUT_MS,
            total_timeout_ms: TOTAL_TIMEOUT_MS,
            body_bytes_max: BODY_BYTES_MAX,
            wire_bytes_max: WIRE_BYTES_MAX,
            redirects_max: REDIRECTS_MAX,
            extra_root_certificates: Vec::new(),
        }
    }
}

impl FetchSettings {
    /// The rule by which addresses are refused; fails on a malformed list.
    pub fn guard(&self) -> Result<Guard, FetchError> {
        Guard::new(&self.allow_private_networks)?.excluding(&self.excluded_hosts)
    }

    /// The User-Agent header: `Creel/0.1.0 (+https://operator.example/crawler)`.
    #[must_use]
    pub fn user_agent_header(&self) -> String {
        match self.contact.as_deref().map(str::trim).filter(|contact| !contact.is_empty()) {
            Some(contact) => format!("{} (+{contact})", self.user_agent),
            None => self.user_agent.clone(),
        }
    }
}

/// What to do with a body that is larger than its limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OverLimit {
    /// [`crate::FetchError::TooLarge`].
    #[default]
    Refuse,
    /// Keep the first bytes and set [`crate::Fetched::truncated`].
    Cut,
}

/// Asked before each redirect is followed.
pub type MayFollow = Arc<dyn Fn(&Url) -> bool + Send + Sync>;

/// What one request chooses; the default is an ordinary page.
#[derive(Clone, Default)]
pub struct GetOptions {
    /// Sets Accept-Language to the country's languages.
    pub country: Option<Country>,
    /// A language tag that is asked for before the country's own.
    pub language: Option<String>,
    /// The Accept header; a browser's for pages when not given.
    pub accept: Option<&'static str>,
    pub redirects_max: Option<usize>,
    pub body_bytes_max: Option<usize>,
    pub wire_bytes_max: Option<usize>,
    pub total_timeout_ms: Option<u64>,
    pub over_limit: OverLimit,
    /// A redirect that this refuses is not followed: the answer is the 3xx itself, with [`crate::Fetched::refused_redirect`] set.
    pub may_follow: Option<MayFollow>,
}

impl GetOptions {
    /// A page of a shop in this country.
    #[must_use]
    pub fn page(country: Country) -> GetOptions {
        GetOptions { country: Some(country), ..GetOptions::default() }
    }

    /// A robots.txt: its first 500 KiB, at most 5 redirects (RFC 9309).
    #[must_use]
    pub fn robots_txt() -> GetOptions {
        GetOptions {
            accept: Some("text/plain,*/*;q=0.5"),
            redirects_max: Some(creel_frontier::robots_txt::REDIRECTS_MAX),
            // One byte more than is read, so that the parser sees that the file was cut.
            body_bytes_max: Some(creel_frontier::robots_txt::BYTES_MAX + 1),
            over_limit: OverLimit::Cut,
            ..GetOptions::default()
        }
    }

    /// A sitemap, gzipped or not; what exceeds the protocol's limit is cut.
    #[must_use]
    pub fn sitemap() -> GetOptions {
        GetOptions {
            accept: Some("application/xml,text/xml,*/*;q=0.5"),
            body_bytes_max: Some(creel_frontier::sitemap::BYTES_MAX),
            wire_bytes_max: Some(creel_frontier::sitemap::BYTES_MAX),
            over_limit: OverLimit::Cut,
            ..GetOptions::default()
        }
    }
}
