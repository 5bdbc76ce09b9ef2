//! Credits and the one price table. Credits are whole numbers; the ledger's rules live in the ledger crate.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A signed amount of credits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Credits(pub i64);

impl Credits {
    pub const ZERO: Credits = Credits(0);
}

impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::ops::Add for Credits {
    type Output = Credits;
    fn add(self, other: Credits) -> Credits {
        Credits(self.0 + other.0)
    }
}

impl std::ops::Sub for Credits {
    type Output = Credits;
    fn sub(self, other: Credits) -> Credits {
        Credits(self.0 - other.0)
    }
}

impl std::ops::Neg for Credits {
    type Output = Credits;
    fn neg(self) -> Credits {
        Credits(-self.0)
    }
}

impl std::ops::AddAssign for Credits {
    fn add_assign(&mut self, other: Credits) {
        self.0 += other.0;
    }
}

impl std::ops::SubAssign for Credits {
    fn sub_assign(&mut self, other: Credits) {
        self.0 -= other.0;
    }
}

impl std::iter::Sum for Credits {
    fn sum<I: Iterator<Item = Credits>>(amounts: I) -> Credits {
        Credits(amounts.map(|amount| amount.0).sum())
    }
}

/// What credits are spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Extract,
    Enrich,
    Assistant,
}

impl Action {
    pub const ALL: [Action; 3] = [Action::Extract, Action::Enrich, Action::Assistant];

    /// Credits for one unit. This is the price table: the ledger, the API, the pricing page and the docs all read it here.
    #[must_use]
    pub const fn price(self) -> Credits {
        match self {
            Action::Extract => Credits(2),
            Action::Enrich | Action::Assistant => Credits(1),
        }
    }

    /// What one unit is, for people.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Action::Extract => "successful product-page capture",
            Action::Enrich => "capture enriched",
            Action::Assistant => "started 1,000 model tokens",
        }
    }
}
