//! What the operator chose about billing. Secrets in it are never shown.

use std::fmt;

use creel_store::ledger::unmetered::BillingMode;
use creel_types::PackTerms;
use url::Url;

use crate::Secret;

/// When credits end that were bought by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PurchasedExpire {
    /// With the billing cycle in which they were bought.
    CycleEnd,
    /// So many days after they were paid.
    Days(i64),
}

#[derive(Clone)]
pub struct BillingSettings {
    pub mode: BillingMode,
    /// Where people are sent back to.
    pub public_url: Url,
    pub secret_key: Secret,
    /// Several while one takes the other's place.
    pub webhook_secrets: Vec<Secret>,
    pub api_url: Url,
    /// How long a period's credits stay after its end, for the payment of the next.
    pub grace_ms: i64,
    pub purchased_expire: PurchasedExpire,
    pub pack: PackTerms,
}

impl fmt::Debug for BillingSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BillingSettings").field("mode", &self.mode).finish_non_exhaustive()
    }
}

impl BillingSettings {
    /// Whether real money is meant: events of the other kind are refused.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.secret_key.as_str().contains("_live_")
    }
}
