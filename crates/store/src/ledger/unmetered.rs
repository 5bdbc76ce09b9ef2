//! Installations that do not bill: each organization has one lot so large that it never ends. Debits, statement and usage
//! are written exactly as elsewhere. Changing the mode grants or revokes that lot and nothing else.

use creel_ledger::{AMOUNT_MAX, Grant, LotSource, Reference, ReferenceType, Share};
use creel_types::{LotId, OrganizationId, words};

use super::{
    account::{Locked, Named, lock_account},
    consequences,
};
use crate::{Store, StoreError, args};

words! {
    /// How an installation deals with credits.
    BillingMode {
        /// Nobody pays: one lot of 10^15 credits without expiry.
        Off = "off",
        /// Credits come from the operator's own hand.
        Ledger = "ledger",
    }
}

impl Store {
    /// Brings every organization in line with the mode; organizations that are already change nothing.
    pub async fn apply_billing_mode(&self, mode: BillingMode) -> Result<(), StoreError> {
        let wrong = match mode {
            BillingMode::Off => "SELECT id FROM organizations WHERE unmetered_lot_id IS NULL ORDER BY id",
            BillingMode::Ledger => "SELECT id FROM organizations WHERE unmetered_lot_id IS NOT NULL ORDER BY id",
        };
        for row in self.database.rows(wrong, args![]).await? {
            self.apply_mode_to(row.parsed("id")?, mode).await?;
        }
        Ok(())
    }

    async fn apply_mode_to(&self, organization: OrganizationId, mode: BillingMode) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let looked = lock_account(&mut tx, organization, Named::default()).await?;
        let named = Named { lot: looked.unmetered_lot, ..Named::default() };
        let mut locked = lock_account(&mut tx, organization, named).await?;
        let now = self.clock.now();
        match (mode, locked.unmetered_lot) {
            (BillingMode::Off, None) => grant_unmetered(self, &mut locked)?,
            (BillingMode::Ledger, Some(lot)) => {
                let reference = Reference::new(ReferenceType::Organization, organization);
                let description = "The installation bills from now on".to_owned();
                locked.account.revoke(now, lot, Share::ALL, reference, description, String::new())?;
                locked.unmetered_lot = None;
            }
            // Another process was quicker.
            _ => return Ok(()),
        }
        consequences::save(&mut tx, self, &mut [&mut locked], now).await?;
        tx.commit().await
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
