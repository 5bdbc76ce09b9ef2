//! Setting Stripe up: products, prices, the portal's configuration and the webhook endpoint are made, or mended where they are not
//! as Creel needs them. A second run changes nothing and says so. Deletes and deactivates nothing.

use std::fmt;

use creel_types::PackTerms;
use serde::Serialize;
use url::Url;

use crate::{
    Secret,
    catalogue::Sold,
    stripe::{StripeClient, StripeError},
};

pub mod portal;
mod prices;
mod products;
pub mod webhook;

/// In the metadata of whatever set-up makes.
pub const OURS: &str = "creel";

/// One object, and what was done about it.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    pub what: String,
    pub outcome: Outcome,
    pub id: String,
    /// What the operator should know or do.
    pub note: Option<String>,
    /// What a new webhook endpoint signs with: told only now.
    #[serde(skip)]
    pub secret: Option<Secret>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Created,
    Updated,
    Unchanged,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Outcome::Created => "created",
            Outcome::Updated => "updated",
            Outcome::Unchanged => "unchanged",
        })
    }
}

impl Step {
    fn new(what: impl Into<String>, outcome: Outcome, id: &str) -> Step {
        Step { what: what.into(), outcome, id: id.to_owned(), note: None, secret: None }
    }

    fn noted(self, note: impl Into<String>) -> Step {
        Step { note: Some(note.into()), ..self }
    }
}

/// Sets up what is sold by these terms, and where events go to where an address is given. Stops at the first error; what was made
/// until then is found by the next run.
pub async fn set_up(client: &StripeClient, pack: PackTerms, webhook_url: Option<&Url>) -> Result<Vec<Step>, StripeError> {
    let mut steps = Vec::new();
    let mut sold = Vec::new();
    for kind in Sold::ALL {
        steps.push(products::ensure(client, kind, pack).await?);
    }
    for kind in Sold::ALL {
        let (step, price) = prices::ensure(client, kind, pack).await?;
        steps.push(step);
        sold.push((kind, price));
    }
    steps.push(portal::ensure(client, &sold, pack).await?);
    if let Some(url) = webhook_url {
        steps.push(webhook::ensure(client, url).await?);
    }
    Ok(steps)
}

#[cfg(test)]
mod tests;
