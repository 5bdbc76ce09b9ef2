//! From names to addresses that may be contacted. Every answer is checked, so that a name that changes its mind between two requests
//! (DNS rebinding) reaches nothing that a literal address could not.

use std::{
    future::Future,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::{Arc, OnceLock},
};

use hickory_resolver::TokioResolver;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

use crate::guard::Guard;

/// Addresses of one name that are tried.
pub const ADDRESSES_MAX: usize = 16;

/// Why a name gave no address to connect to.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ResolveError {
    #[error("{host} resolves to {address}, which is not public ({reason})")]
    Private { host: String, address: IpAddr, reason: &'static str },
    #[error("{host}: {reason}")]
    Failed { host: String, reason: String, transient: bool },
}

/// The future of a lookup.
pub type LookingUp = Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, ResolveError>> + Send>>;

/// Asks for the addresses of a name; checks nothing.
pub trait Lookup: Send + Sync {
    fn look_up(&self, host: String) -> LookingUp;
}

/// What reqwest asks. Without a guard, for hosts that the operator named, every answer passes.
pub(crate) struct GuardedResolver {
    lookup: Arc<dyn Lookup>,
    guard: Option<Arc<Guard>>,
}

impl GuardedResolver {
    pub(crate) fn checked(lookup: Arc<dyn Lookup>, guard: Arc<Guard>) -> GuardedResolver {
        GuardedResolver { lookup, guard: Some(guard) }
    }

    pub(crate) fn trusted(lookup: Arc<dyn Lookup>) -> GuardedResolver {
        GuardedResolver { lookup, guard: None }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let (looking_up, guard) = (self.lookup.look_up(host.clone()), self.guard.clone());
        Box::pin(async move {
            let addresses = permitted(&host, looking_up.await?, guard.as_deref())?;
            // Port 0 stands for the URL's own.
            let addresses: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

/// Whether a name leads only to addresses that are refused.
pub(crate) fn is_all_private(host: &str, answers: Vec<IpAddr>, guard: &Guard) -> bool {
    matches!(permitted(host, answers, Some(guard)), Err(ResolveError::Private { .. }))
}

/// The answers that may be contacted; an error when there were some and none is left.
fn permitted(host: &str, answers: Vec<IpAddr>, guard: Option<&Guard>) -> Result<Vec<IpAddr>, ResolveError> {
    let mut refused = None;
    let mut permitted = Vec::new();
    for address in answers {
        match guard.and_then(|guard| guard.refusal(address)) {
            None if permitted.len() < ADDRESSES_MAX => permitted.push(address),
            None => break,
            Some(reason) => refused = Some(ResolveError::Private { host: host.to_owned(), address, reason }),
        }
    }
    match (permitted.is_empty(), refused) {
        (false, _) => Ok(permitted),
        (true, Some(private)) => Err(private),
        (true, None) => {
            Err(ResolveError::Failed { host: host.to_owned(), reason: "it has no address".to_owned(), transient: false })
        }
    }
}

/// The name servers of this machine, with their answers' times to live; the system's own resolver where it names none.
#[derive(Clone, Default)]
pub struct SystemLookup {
    // Made at the first question, inside the runtime that it needs.
    resolver: Arc<OnceLock<Option<TokioResolver>>>,
}

impl Lookup for SystemLookup {
    fn look_up(&self, host: String) -> LookingUp {
        let resolver = self.resolver.get_or_init(configured_resolver).clone();
        Box::pin(async move {
            match resolver {
                Some(resolver) => ask_name_server(&resolver, host).await,
                None => ask_system(host).await,
            }
        })
    }
}

fn configured_resolver() -> Option<TokioResolver> {
    match TokioResolver::builder_tokio().and_then(|builder| builder.build()) {
        Ok(resolver) => Some(resolver),
        Err(error) => {
            tracing::warn!(%error, "no name server configuration was found; the system's resolver answers instead");
            None
        }
    }
}

async fn ask_name_server(resolver: &TokioResolver, host: String) -> Result<Vec<IpAddr>, ResolveError> {
    match resolver.lookup_ip(host.as_str()).await {
        Ok(found) => Ok(found.iter().collect()),
        Err(error) => {
            let transient = !(error.is_nx_domain() || error.is_no_records_found());
            let reason = if transient { error.to_string() } else { "the name does not exist".to_owned() };
            Err(ResolveError::Failed { host, reason, transient })
        }
    }
}

async fn ask_system(host: String) -> Result<Vec<IpAddr>, ResolveError> {
    let found = tokio::net::lookup_host((host.as_str(), 0)).await.map(|found| found.map(|address| address.ip()).collect());
    match found {
        Ok(addresses) => Ok(addresses),
        Err(error) => Err(ResolveError::Failed { host, reason: error.to_string(), transient: true }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_checked() {
        let addresses = |list: &[&str]| list.iter().map(|text| text.parse().unwrap()).collect::<Vec<IpAddr>>();
        let guard = Guard::new(&["10.1.0.0/16".to_owned()]).unwrap();
        for (answers, expected) in [
            (vec!["8.8.8.8"], Ok(vec!["8.8.8.8"])),
            (vec!["127.0.0.1", "8.8.8.8", "::1"], Ok(vec!["8.8.8.8"])),
            (vec!["10.1.2.3", "10.2.0.1"], Ok(vec!["10.1.2.3"])),
            (vec!["127.0.0.1", "::1"], Err("loopback")),
            (vec!["::ffff:169.254.169.254"], Err("cloud metadata")),
        ] {
            let found = permitted("s.example", addresses(&answers), Some(&guard));
            match expected {
                Ok(expected) => assert_eq!(found, Ok(addresses(&expected)), "{answers:?}"),
                Err(expected) => {
                    assert!(matches!(found, Err(ResolveError::Private { reason, .. }) if reason == expected), "{answers:?}")
                }
            }
        }
        assert!(matches!(permitted("s.example", vec![], Some(&guard)), Err(ResolveError::Failed { transient: false, .. })));
        assert_eq!(permitted("s.example", addresses(&["127.0.0.1"]), None), Ok(addresses(&["127.0.0.1"])));
    }
}
