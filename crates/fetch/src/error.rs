//! How fetching fails: a closed list, by meaning. An HTTP error status is no failure here but an answer.

use std::net::IpAddr;

use thiserror::Error;

/// Why no answer was had.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FetchError {
    #[error("{url} is not an address that can be fetched: {reason}")]
    BadUrl { url: String, reason: String },
    #[error("{url} is not http or https")]
    Scheme { url: String },
    #[error(
        "{host} has the address {address}, which is not public ({reason}); to let Creel fetch from it, start it with --allow-private \
         or name the host or its range in allow_private_networks"
    )]
    PrivateAddress { host: String, address: IpAddr, reason: &'static str },
    /// The operator's own decision, mostly because whoever runs the shop asked for it.
    #[error("{host} is one of the hosts that this installation never fetches from (excluded_hosts)")]
    ExcludedHost { host: String },
    #[error("the name {host} could not be resolved: {reason}")]
    Dns {
        host: String,
        reason: String,
        /// The name may exist; the name server did not say.
        transient: bool,
    },
    #[error("no connection to {host}: {reason}")]
    Unreachable { host: String, reason: String },
    #[error("no secure connection to {host}: {reason}")]
    Tls { host: String, reason: String },
    #[error("{url} did not answer within {timeout_ms} ms")]
    Timeout { url: String, timeout_ms: u64 },
    #[error("{url} was redirected more than {redirects_max} times")]
    TooManyRedirects { url: String, redirects_max: usize },
    #[error("{url} is redirected to itself")]
    RedirectLoop { url: String },
    #[error("{url} is larger than {bytes_max} bytes")]
    TooLarge { url: String, bytes_max: usize },
    #[error("{url} answered with something that is not HTTP, or broke off: {reason}")]
    Protocol { url: String, reason: String },
    /// Only from [`crate::Fetcher::new`].
    #[error("the HTTP client cannot be set up: {reason}")]
    Setup { reason: String },
}

impl FetchError {
    /// Whether asking again later may help.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            FetchError::Dns { transient, .. } => *transient,
            FetchError::Unreachable { .. } | FetchError::Timeout { .. } | FetchError::Protocol { .. } => true,
            FetchError::BadUrl { .. }
            | FetchError::Scheme { .. }
            | FetchError::PrivateAddress { .. }
            | FetchError::ExcludedHost { .. }
            | FetchError::Tls { .. }
            | FetchError::TooManyRedirects { .. }
            | FetchError::RedirectLoop { .. }
            | FetchError::TooLarge { .. }
            | FetchError::Setup { .. } => false,
        }
    }

    /// The kind as a word, for metrics and the pages of a run.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            FetchError::BadUrl { .. } => "bad_url",
            FetchError::Scheme { .. } => "scheme",
            FetchError::PrivateAddress { .. } => "private_address",
            FetchError::ExcludedHost { .. } => "excluded_host",
            FetchError::Dns { .. } => "dns",
            FetchError::Unreachable { .. } => "unreachable",
            FetchError::Tls { .. } => "tls",
            FetchError::Timeout { .. } => "timeout",
            FetchError::TooManyRedirects { .. } => "too_many_redirects",
            FetchError::RedirectLoop { .. } => "redirect_loop",
            FetchError::TooLarge { .. } => "too_large",
            FetchError::Protocol { .. } => "protocol",
            FetchError::Setup { .. } => "setup",
        }
    }
}
