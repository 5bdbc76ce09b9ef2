//! Changes of credits that are no debits: grants, adjustments, revocations, disputes, the end of lots and holds. Each is one
//! transaction with everything that follows from it.

use creel_ledger::{Account, Grant, Reference, ReferenceType, Refused, Revoked, Share};
use creel_types::{Credits, LotId, OrganizationId, Time};

use super::{
    account::{Locked, Named, lock_account},
    consequences,
};
use crate::{Store, StoreError, args, reconcile::Pass};

/// Organizations that one sweep looks at; the next sweep takes the next ones.
const SWEEP_ORGANIZATIONS_MAX: i64 = 500;

/// Why a person changed credits, and who it was. It stands in the ledger.
#[derive(Clone, Copy, Debug)]
pub struct ByHand<'a> {
    pub reason: &'a str,
    pub actor: &'a str,
}

impl ByHand<'_> {
    fn reference(&self) -> Reference {
        Reference::new(ReferenceType::Person, self.actor)
    }
}

impl Store {
    /// Adds a lot. A lot that is there already is named, so that it is loaded and refuses even where nothing is left in it.
    pub async fn grant(&self, organization: OrganizationId, grant: Grant) -> Result<(), StoreError> {
        self.change_account(organization, Named::lot(grant.lot), |account, now| account.grant(now, grant)).await
    }

    /// Takes credits away by hand; never below zero.
    pub async fn adjust_down(
        &self,
        organization: OrganizationId,
        amount: Credits,
        by: ByHand<'_>,
    ) -> Result<(), StoreError> {
        self.change_account(organization, Named::default(), |account, now| {
            account.adjust_down(now, amount, by.reference(), by.reason.trim().to_owned(), by.actor.to_owned())
        })
        .await
    }

    /// Takes back the unspent part of a lot, or a share of it.
    pub async fn revoke_by_hand(
        &self,
        organization: OrganizationId,
        lot: LotId,
        share: Share,
        by: ByHand<'_>,
    ) -> Result<Revoked, StoreError> {
        if by.reason.trim().is_empty() {
            return Err(Refused::ReasonMissing.into());
        }
        self.change_account(organization, Named::lot(lot), |account, now| {
            account.revoke(now, lot, share, by.reference(), by.reason.trim().to_owned(), by.actor.to_owned())
        })
        .await
    }

    /// Takes the lot of a disputed payment out of use; answers how much left the balance.
    pub async fn freeze_lot(
        &self,
        organization: OrganizationId,
        lot: LotId,
        reference: Reference,
        description: String,
    ) -> Result<Credits, StoreError> {
        self.change_account(organization, Named::lot(lot), |account, now| account.freeze(now, lot, reference, description))
            .await
    }

    /// Gives a disputed lot back; answers how much came back.
    pub async fn unfreeze_lot(
        &self,
        organization: OrganizationId,
        lot: LotId,
        reference: Reference,
        description: String,
    ) -> Result<Credits, StoreError> {
        self.change_account(organization, Named::lot(lot), |account, now| account.unfreeze(now, lot, reference, description))
            .await
    }

    /// Writes what became due in any organization: lots and holds that ended. Answers how many organizations that touched.
    ///
    /// Nothing depends on its being in time: a debit, a balance and a grant look for themselves. It makes the statement
    /// show what happened, and ends runs and puts schedules to sleep, while nobody asks.
    pub async fn sweep_due(&self) -> Result<Pass, StoreError> {
        let rows = self
            .database
            .rows(
                "SELECT organization_id FROM lots WHERE remaining > 0 AND expires_at <= $1
                 UNION SELECT organization_id FROM holds WHERE state = 'open' AND ends_at <= $1 LIMIT $2",
                args![self.clock.now(), SWEEP_ORGANIZATIONS_MAX],
            )
            .await?;
        for row in &rows {
            self.end_what_is_due(row.parsed("organization_id")?).await?;
        }
        let changed = rows.len() as u64;
        Ok(Pass { changed, more: changed >= SWEEP_ORGANIZATIONS_MAX.unsigned_abs(), ..Pass::default() })
    }

    /// The same for one organization, before a past balance is read.
    pub(super) async fn end_what_is_due_now(&self, organization: OrganizationId) -> Result<(), StoreError> {
        let due = self
            .database
            .row(
                "SELECT organization_id FROM lots WHERE organization_id = $1 AND remaining > 0 AND expires_at <= $2
                 UNION SELECT organization_id FROM holds WHERE organization_id = $1 AND state = 'open' AND ends_at <= $2",
                args![organization, self.clock.now()],
            )
            .await?;
        if due.is_some() { self.end_what_is_due(organization).await } else { Ok(()) }
    }

    pub(super) async fn end_what_is_due(&self, organization: OrganizationId) -> Result<(), StoreError> {
        self.change_account(organization, Named::default(), |account, now| {
            account.expire_due(now);
            Ok(())
        })
        .await
    }

    /// One change of one account's credits, with what follows, in one transaction.
    pub(crate) async fn change_account<T>(
        &self,
        organization: OrganizationId,
        named: Named,
        change: impl FnOnce(&mut Account, Time) -> Result<T, Refused>,
    ) -> Result<T, StoreError> {
        self.change_locked(organization, named, |locked, now| Ok(change(&mut locked.account, now)?)).await
    }

    /// The same for what decides beside the account itself.
    pub(crate) async fn change_locked<T>(
        &self,
        organization: OrganizationId,
        named: Named,
        change: impl FnOnce(&mut Locked, Time) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut tx = self.database.begin().await?;
        let mut locked = lock_account(&mut tx, organization, named).await?;
        // Not before the lock: while this waited, a lot may have ended.
        let now = self.clock.now();
        let answer = change(&mut locked, now)?;
        consequences::save(&mut tx, self, &mut [&mut locked], now).await?;
        tx.commit().await?;
        Ok(answer)
    }
}
