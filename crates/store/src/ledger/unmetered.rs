//! Installations that do not bill: each organization has one lot so large that it never ends. Debits, statement and usage
//! are written exactly as elsewhere. Changing the mode grants or revokes that lot and nothing else.

use creel_ledger::{AMOUNT_MAX, Grant, LotSource, Reference, ReferenceType, Share};
use creel_types::{LotId, Time, words};

use super::account::{Locked, Named};
use crate::{Store, StoreError, args};

words! {
    /// How an installation deals with credits.
    BillingMode {
        /// Nobody pays: one lot of 10^15 credits without expiry.
        Off = "off",
        /// Credits come from the operator's own hand.
        Ledger = "ledger",
        /// Credits come from plans that are paid through Stripe.
        Stripe = "stripe",
    }
}

impl Store {
    /// Brings every organization in line with the mode; organizations that are already change nothing.
    pub async fn apply_billing_mode(&self, mode: BillingMode) -> Result<(), StoreError> {
        let wrong = match mode {
            BillingMode::Off => "unmetered_lot_id IS NULL",
            BillingMode::Ledger | BillingMode::Stripe => "unmetered_lot_id IS NOT NULL",
        };
        let sql = format!("SELECT id, unmetered_lot_id FROM organizations WHERE {wrong} ORDER BY id");
        for row in self.database.rows(&sql, args![]).await? {
            let named = Named::lots(row.opt_parsed("unmetered_lot_id")?.into_iter());
            self.change_locked(row.parsed("id")?, named, |locked, now| apply_to(self, locked, mode, now)).await?;
        }
        Ok(())
    }
}

fn apply_to(store: &Store, locked: &mut Locked, mode: BillingMode, now: Time) -> Result<(), StoreError> {
    match (mode, locked.unmetered_lot) {
        (BillingMode::Off, None) => grant_unmetered(store, locked),
        (BillingMode::Ledger | BillingMode::Stripe, Some(lot)) => {
            let reference = Reference::new(ReferenceType::Organization, locked.account.organization);
            let description = "The installation bills from now on".to_owned();
            locked.account.revoke(now, lot, Share::ALL, reference, description, String::new())?;
            locked.unmetered_lot = None;
            Ok(())
        }
        // Another process was quicker.
        _ => Ok(()),
    }
}

/// Grants the lot under a lock that the caller has.
pub(crate) fn grant_unmetered(store: &Store, locked: &mut Locked) -> Result<(), StoreError> {
    let now = store.clock.now();
    let lot: LotId = store.random.id(now);
    locked.account.grant(
        now,
        Grant {
            lot,
            source: LotSource::Adjustment,
            amount: AMOUNT_MAX,
            expires_at: None,
            reference: Reference::new(ReferenceType::Organization, locked.account.organization),
            description: "The installation does not bill".to_owned(),
            actor: String::new(),
        },
    )?;
    locked.unmetered_lot = Some(lot);
    Ok(())
}
