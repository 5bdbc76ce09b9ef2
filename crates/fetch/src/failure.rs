//! What an error of the HTTP library means: looks through its chain of sources for the one that tells.

use std::{error::Error, io};

use url::Url;

use crate::{error::FetchError, resolver::ResolveError};

/// Links of a chain that are looked at.
const SOURCES_MAX: usize = 32;

/// The meaning of a failed request to `url`.
pub(crate) fn classify(error: &reqwest::Error, url: &Url, connect_timeout_ms: u64) -> FetchError {
    let chain = Chain::of(error);
    let host = url.host_str().unwrap_or_default().to_owned();
    if let Some(resolve) = chain.find::<ResolveError>() {
        return from_resolve(resolve.clone());
    }
    if let Some(tls) = chain.find::<rustls::Error>() {
        return FetchError::Tls { host, reason: tls.to_string() };
    }
    if error.is_timeout() {
        return FetchError::Timeout { url: url.to_string(), timeout_ms: connect_timeout_ms };
    }
    let reason = chain.deepest();
    if error.is_connect() {
        // A server that hangs up in the middle of the handshake.
        let hung_up = chain.all::<io::Error>().any(|error| error.kind() == io::ErrorKind::UnexpectedEof);
        return match url.scheme() {
            "https" if hung_up => FetchError::Tls { host, reason },
            _ => FetchError::Unreachable { host, reason },
        };
    }
    FetchError::Protocol { url: url.to_string(), reason }
}

fn from_resolve(error: ResolveError) -> FetchError {
    match error {
        ResolveError::Private { host, address, reason } => FetchError::PrivateAddress { host, address, reason },
        ResolveError::Failed { host, reason, transient } => FetchError::Dns { host, reason, transient },
    }
}

/// The words of the error that the others wrap.
pub(crate) fn deepest(error: &reqwest::Error) -> String {
    Chain::of(error).deepest()
}

/// The sources of an error, the error itself first.
struct Chain<'a>(Vec<&'a (dyn Error + 'static)>);

impl<'a> Chain<'a> {
    fn of(error: &'a reqwest::Error) -> Chain<'a> {
        let mut links: Vec<&'a (dyn Error + 'static)> = Vec::new();
        let mut next: Option<&'a (dyn Error + 'static)> = Some(error);
        while let Some(link) = next.filter(|_| links.len() < SOURCES_MAX) {
            links.push(link);
            // An I/O error that wraps another hides it: its source is the inner error's source, not the inner error.
            next = match link.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
                Some(inner) => Some(inner as &(dyn Error + 'static)),
                None => link.source(),
            };
        }
        Chain(links)
    }

    fn find<E: Error + 'static>(&self) -> Option<&'a E> {
        self.all().next()
    }

    fn all<E: Error + 'static>(&self) -> impl Iterator<Item = &'a E> {
        self.0.iter().filter_map(|link| link.downcast_ref::<E>())
    }

    /// The last error's words; those before it only say where it was met.
    fn deepest(&self) -> String {
        self.0.last().map(ToString::to_string).unwrap_or_default()
    }
}
