//! Writes what Stripe says of a customer into the ledger: one transaction, whatever it brings. Reading the same twice changes
//! nothing; a reading of somebody who lost the customer meanwhile is refused, since it may be older than what was written.

use creel_ledger::{Account, Grant, Lot, LotSource, Reference, ReferenceType, Share};
use creel_types::{Credits, LotId, OrganizationId, Plan, Time};

use super::{
    Alarm, AlarmKind, CustomerLease, alarms,
    customers::LOOKED_AT_EVERY_MS,
    grants::{self, GrantRow, Grants},
    reading::{Bought, PaidLine, Reading},
    subscription,
};
use crate::{
    Store, StoreError, args,
    database::Tx,
    ledger::{
        account::{Locked, Named, lock_account},
        consequences, cycle,
    },
};

/// What a reading came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Written, with the alarms that are new.
    Done { organization: OrganizationId, granted: u64, alarms: Vec<Alarm> },
    /// Another process has the customer by now.
    Lost,
}

impl Store {
    /// Brings an organization's credits in line with what Stripe says, and gives the customer back.
    pub async fn settle_stripe_customer(&self, lease: &CustomerLease, reading: &Reading) -> Result<Settled, StoreError> {
        let organization = lease.organization;
        let mut tx = self.database.begin().await?;
        // Nobody but the lease's holder writes these, so they are the same behind the lock, if the lease still holds there.
        let grants = grants::read(&mut tx, organization).await?;
        let now = self.clock.now();
        let named =
            Named::lots(grants.values().filter(|row| row.lot_ends_at.is_none_or(|end| end > now)).filter_map(|row| row.lot));
        let mut locked = lock_account(&mut tx, organization, named).await?;
        let now = self.clock.now();
        if !give_back(&mut tx, lease, reading.deleted, now).await? {
            return Ok(Settled::Lost);
        }
        let mut settling = Settling { store: self, now, grants, alarms: reading.alarms.clone(), granted: 0 };
        for line in &reading.lines {
            settling.settle_line(&mut tx, &mut locked, line).await?;
        }
        let Settling { alarms, granted, .. } = settling;
        subscription::write(&mut tx, organization, reading.subscription.as_ref(), now).await?;
        let alarms = alarms::raise(&mut tx, Some(organization), &alarms, now).await?;
        self.fail_points.pass("stripe.grants_written");
        consequences::save(&mut tx, self, &mut [&mut locked], now).await?;
        tx.commit().await?;
        self.fail_points.pass("stripe.committed");
        Ok(Settled::Done { organization, granted, alarms })
    }
}

/// Ends the lease if it is still ours; the customer is due again at once where something asked meanwhile.
async fn give_back(tx: &mut Tx, lease: &CustomerLease, deleted: bool, now: Time) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "UPDATE stripe_customers SET leased_by = NULL, lease_expires_at = NULL, failures = 0, last_error = NULL,
             reconciled_at = $3, due_at = CASE WHEN asked = $4 THEN $5 ELSE $3 END,
             deleted_at = CASE WHEN $6 = 1 THEN $3 END WHERE id = $1 AND leased_by = $2",
            args![
                lease.customer.as_str(),
                lease.token,
                now,
                lease.asked,
                now.plus_ms(LOOKED_AT_EVERY_MS),
                i64::from(deleted)
            ],
        )
        .await?;
    Ok(touched > 0)
}

struct Settling<'a> {
    store: &'a Store,
    now: Time,
    grants: Grants,
    alarms: Vec<Alarm>,
    granted: u64,
}

impl Settling<'_> {
    async fn settle_line(&mut self, tx: &mut Tx, locked: &mut Locked, line: &PaidLine) -> Result<(), StoreError> {
        let key = (line.invoice.clone(), line.line.clone());
        let row = match self.grants.get(&key) {
            Some(row) => row.clone(),
            None => {
                let row = self.grant(tx, locked, line).await?;
                grants::insert(tx, locked.account.organization, line, &row, self.now).await?;
                self.grants.insert(key, row.clone());
                row
            }
        };
        let Some(lot) = row.lot else { return Ok(()) };
        if row.plan.is_some() && !self.is_renewed(&row) {
            self.move_end(&mut locked.account, line, lot)?;
        }
        self.take_back(tx, &mut locked.account, line, &row, lot).await?;
        self.follow_dispute(&mut locked.account, line, lot)
    }

    /// Grants what a line was paid for: as a renewal where a period of the same subscription ends as this one begins.
    async fn grant(&mut self, tx: &mut Tx, locked: &mut Locked, line: &PaidLine) -> Result<GrantRow, StoreError> {
        if line.ends_at.is_some_and(|end| end <= self.now) {
            self.alarms.push(too_late(line));
            return Ok(grants::of_line(line, None));
        }
        let lot: LotId = self.store.random.id(self.now);
        let grant = Grant {
            lot,
            source: if line.bought == Bought::Credits { LotSource::Purchase } else { LotSource::Cycle },
            amount: line.credits,
            expires_at: line.ends_at,
            reference: reference(line),
            description: description(line),
            actor: String::new(),
        };
        let Bought::Plan { subscription, starts_at, ends_at, .. } = &line.bought else {
            locked.account.grant(self.now, grant)?;
            self.granted += 1;
            return Ok(grants::of_line(line, Some(lot)));
        };
        if self.is_newest(*starts_at) {
            cycle::begin(tx, locked, *starts_at, Some(*ends_at), self.now).await?;
        }
        match self.before(subscription, *starts_at) {
            Some(previous) => locked.account.renew(self.now, previous, grant)?,
            None => locked.account.grant(self.now, grant)?,
        }
        self.granted += 1;
        Ok(grants::of_line(line, Some(lot)))
    }

    /// The lot of the period that ends where this one begins.
    fn before(&self, subscription: &str, starts_at: Time) -> Option<LotId> {
        let ends_there = |row: &&GrantRow| row.subscription.as_deref() == Some(subscription) && row.ends_at == starts_at;
        self.grants.values().find(ends_there).and_then(|row| row.lot)
    }

    fn is_renewed(&self, row: &GrantRow) -> bool {
        let begins_there = |later: &GrantRow| later.subscription == row.subscription && later.starts_at == row.ends_at;
        row.subscription.is_some() && self.grants.values().any(|later| later.lot.is_some() && begins_there(later))
    }

    fn is_newest(&self, starts_at: Time) -> bool {
        self.grants.values().filter(|row| row.plan.is_some()).all(|row| row.starts_at <= starts_at)
    }

    /// A subscription that is set to end lets its lot end exactly with the period, and one that goes on after all does not.
    fn move_end(&self, account: &mut Account, line: &PaidLine, lot: LotId) -> Result<(), StoreError> {
        let Some(present) = find(account, lot) else { return Ok(()) };
        if present.expires_at == line.ends_at || present.has_ended(self.now) {
            return Ok(());
        }
        let (reference, now) = (reference(line), self.now);
        if line.ends_at.is_some_and(|end| end <= now) {
            account.end_lot(now, lot, reference, "The subscription has ended".to_owned())?;
            return Ok(());
        }
        let earlier = present.expires_at.is_none_or(|end| line.ends_at.is_some_and(|new| new < end));
        let why = if earlier { "The subscription is set to end" } else { "The subscription goes on" };
        Ok(account.move_expiry(now, lot, line.ends_at, reference, why.to_owned())?)
    }

    /// Takes back the share of money that went back, as far as it was not asked for before.
    async fn take_back(
        &mut self,
        tx: &mut Tx,
        account: &mut Account,
        line: &PaidLine,
        row: &GrantRow,
        lot: LotId,
    ) -> Result<(), StoreError> {
        let wanted = line.refunded.map_or(Credits::ZERO, |share| share.of(row.credits));
        let more = wanted - row.refund_asked;
        if more < Credits::ZERO {
            self.alarms.push(refund_undone(line, -more));
        }
        if more <= Credits::ZERO {
            return Ok(());
        }
        if find(account, lot).is_some() {
            let share = Share::new(more.0, row.credits.0)?;
            let why = "The payment went back".to_owned();
            account.revoke(self.now, lot, share, reference(line), why, String::new())?;
        }
        grants::note_refund(tx, line, wanted).await
    }

    fn follow_dispute(&self, account: &mut Account, line: &PaidLine, lot: LotId) -> Result<(), StoreError> {
        let Some(present) = find(account, lot) else { return Ok(()) };
        match (line.disputed, present.frozen) {
            (true, false) => account.freeze(self.now, lot, reference(line), "The payment is disputed".to_owned())?,
            (false, true) => account.unfreeze(self.now, lot, reference(line), "The dispute is settled".to_owned())?,
            _ => Credits::ZERO,
        };
        Ok(())
    }
}

/// A lot that is loaded. One that is not has nothing left, in it or in holds: nothing can be taken from it or frozen.
fn find(account: &Account, lot: LotId) -> Option<Lot> {
    account.lots().iter().find(|known| known.id == lot).cloned()
}

fn reference(line: &PaidLine) -> Reference {
    Reference::new(ReferenceType::Invoice, &line.invoice)
}

fn description(line: &PaidLine) -> String {
    match &line.bought {
        Bought::Plan { plan, starts_at, ends_at, .. } => {
            let name = plan.terms().name;
            let units = if *plan == Plan::Scale { format!(" {}", line.quantity) } else { String::new() };
            format!("{name}{units}, {} to {}", starts_at.day(), ends_at.day())
        }
        Bought::Credits => format!("Credits bought: {}", line.credits),
    }
}

fn too_late(line: &PaidLine) -> Alarm {
    let PaidLine { invoice, line: id, credits, .. } = line;
    Alarm {
        kind: AlarmKind::TooLate,
        subject: format!("{invoice}/{id}"),
        message: format!(
            "{credits} credits were paid for with invoice {invoice} and were over before Creel knew of it; nothing was granted. \
             If the customer should have them, use `creel admin grant`."
        ),
    }
}

fn refund_undone(line: &PaidLine, credits: Credits) -> Alarm {
    let invoice = &line.invoice;
    Alarm {
        kind: AlarmKind::RefundUndone,
        subject: format!("{invoice}/{}", line.line),
        message: format!(
            "A refund or dispute of invoice {invoice} took up to {credits} credits back and then did not go through. \
             If the customer should have them again, use `creel admin grant`."
        ),
    }
}
