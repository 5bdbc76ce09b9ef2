//! Accounts taken into memory under lock, and written back: the organization's row, its lots and holds, the new entries.

use std::collections::{BTreeMap, BTreeSet};

use creel_ledger::{Account, HeldPart, Hold, HoldState, Lot, Reference, ReferenceType, Threshold};
use creel_types::{Action, Credits, HoldId, LotId, OrganizationId, Time};

use super::{entries, totals::Totals};
use crate::{
    FailPoints, StoreError, args,
    database::{Given, Kind, Row, Tx},
};

/// An organization's account under the transaction's lock, with what decides about it and is no part of its ledger.
#[derive(Debug)]
pub(crate) struct Locked {
    pub account: Account,
    /// What was spendable when it was loaded, as the rows said it.
    pub spendable_before: Credits,
    /// When the billing cycle began and when it ends; without a subscription there is none.
    pub cycle_starts_at: Option<Time>,
    pub cycle_ends_at: Option<Time>,
    pub created_at: Time,
    pub threshold_base: Credits,
    pub raised: Vec<Threshold>,
    /// Verification found the ledger broken and nothing may be debited.
    pub is_frozen: bool,
    /// Whether any key, robot or schedule has a limit: most organizations need not look for one.
    pub has_limits: bool,
    pub unmetered_lot: Option<LotId>,
}

impl Locked {
    /// What is held for messages that are being answered.
    pub(crate) fn held_for_messages(&self) -> impl Iterator<Item = &Hold> {
        let holds = self.account.holds().iter();
        holds.filter(|hold| hold.state == HoldState::Open && hold.reference.kind == ReferenceType::Message)
    }

    /// The beginning of the cycle; without a subscription it is the organization's whole life.
    pub(crate) fn cycle_start(&self) -> Time {
        self.cycle_starts_at.unwrap_or(self.created_at)
    }

    /// Whether one capture can be paid, now or when holds end.
    pub(crate) fn can_pay_a_capture(&self) -> bool {
        self.account.spendable() >= Action::Extract.price()
    }

    pub(crate) fn refuse_if_frozen(&self) -> Result<(), StoreError> {
        if self.is_frozen { Err(StoreError::LedgerFrozen(self.account.organization)) } else { Ok(()) }
    }
}

/// Lots and holds that an operation names and that may have nothing left or be over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named {
    pub lots: Vec<LotId>,
    pub hold: Option<HoldId>,
}

impl Named {
    pub(crate) fn lot(lot: LotId) -> Named {
        Named { lots: vec![lot], hold: None }
    }

    pub(crate) fn lots(lots: impl Iterator<Item = LotId>) -> Named {
        Named { lots: lots.collect(), hold: None }
    }

    pub(crate) fn hold(hold: HoldId) -> Named {
        Named { lots: Vec::new(), hold: Some(hold) }
    }
}

/// What of an organization's row an account is made of.
const COLUMNS: &str = "o.id, o.sequence, o.available, o.held, o.last_entry_at, o.last_hash, o.created_at, o.cycle_starts_at,
    o.cycle_ends_at, o.threshold_base, o.thresholds_raised, o.ledger_frozen_at, o.has_limits, o.unmetered_lot_id";

/// One account, for one change.
pub(crate) async fn lock_account(tx: &mut Tx, organization: OrganizationId, named: Named) -> Result<Locked, StoreError> {
    let mut locked = lock_accounts(tx, &BTreeSet::from([organization]), named).await?;
    locked.remove(&organization).ok_or_else(|| StoreError::NotFound { what: "organization", id: organization.to_string() })
}

/// Locks the organizations in sorted order, so that two transactions never wait for each other in a circle, then reads what
/// they have. One that does not exist is not among the answers.
pub(crate) async fn lock_accounts(
    tx: &mut Tx,
    organizations: &BTreeSet<OrganizationId>,
    named: Named,
) -> Result<BTreeMap<OrganizationId, Locked>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM organizations o WHERE o.id IN (SELECT id FROM given) ORDER BY o.id{}",
        tx.lock("o")
    );
    let rows = tx.rows_given(ids(organizations), &sql).await?;
    read_accounts(tx, organizations, &rows, named).await
}

/// The same without a lock, for an answer instead of a change; inside one snapshot.
pub(crate) async fn read_account(tx: &mut Tx, organization: OrganizationId) -> Result<Locked, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM organizations o WHERE o.id = $1");
    let rows = tx.rows(&sql, args![organization]).await?;
    let mut read = read_accounts(tx, &BTreeSet::from([organization]), &rows, Named::default()).await?;
    read.remove(&organization).ok_or_else(|| StoreError::NotFound { what: "organization", id: organization.to_string() })
}

pub(super) fn ids<'a>(organizations: impl IntoIterator<Item = &'a OrganizationId>) -> Given {
    let mut given = Given::new(&[("id", Kind::Text)]);
    for organization in organizations {
        given.push(args![*organization]);
    }
    given
}

async fn read_accounts(
    tx: &mut Tx,
    organizations: &BTreeSet<OrganizationId>,
    rows: &[Row],
    named: Named,
) -> Result<BTreeMap<OrganizationId, Locked>, StoreError> {
    let has_holds = named.hold.is_some() || rows.iter().any(|row| row.int("held").is_ok_and(|held| held > 0));
    let mut holds = if has_holds { read_holds(tx, organizations, named.hold).await? } else { BTreeMap::new() };
    let in_holds = holds.values().flatten().flat_map(|hold| &hold.parts).map(|part| part.lot);
    let wanted: BTreeSet<LotId> = in_holds.chain(named.lots).collect();
    let mut lots = read_lots(tx, organizations, &wanted).await?;
    rows.iter()
        .map(|row| {
            let id: OrganizationId = row.parsed("id")?;
            let lots = lots.remove(&id).unwrap_or_default();
            Ok((id, locked(row, id, lots, holds.remove(&id).unwrap_or_default())?))
        })
        .collect()
}

fn locked(row: &Row, id: OrganizationId, lots: Vec<Lot>, holds: Vec<Hold>) -> Result<Locked, StoreError> {
    let account = Account::load(
        id,
        row.credits("available")?,
        row.credits("held")?,
        row.int("sequence")?,
        row.time("last_entry_at")?,
        row.text("last_hash")?,
        lots,
    )
    .with_holds(holds);
    let raised = row.text("thresholds_raised")?;
    Ok(Locked {
        spendable_before: account.spendable(),
        account,
        cycle_starts_at: row.opt_time("cycle_starts_at")?,
        cycle_ends_at: row.opt_time("cycle_ends_at")?,
        created_at: row.time("created_at")?,
        threshold_base: row.credits("threshold_base")?,
        raised: raised.split(',').filter_map(|percent| percent.parse().ok().map(Threshold)).collect(),
        is_frozen: row.opt_int("ledger_frozen_at")?.is_some(),
        has_limits: row.flag("has_limits")?,
        unmetered_lot: row.opt_parsed("unmetered_lot_id")?,
    })
}

/// Lots with something left, and the wanted ones whatever they have.
async fn read_lots(
    tx: &mut Tx,
    organizations: &BTreeSet<OrganizationId>,
    wanted: &BTreeSet<LotId>,
) -> Result<BTreeMap<OrganizationId, Vec<Lot>>, StoreError> {
    let sql = "SELECT l.* FROM given JOIN lots l ON l.organization_id = given.id AND l.remaining > 0";
    let mut rows = tx.rows_given(ids(organizations), sql).await?;
    let mut given = Given::new(&[("id", Kind::Text)]);
    for lot in wanted {
        given.push(args![*lot]);
    }
    rows.extend(tx.rows_given(given, "SELECT l.* FROM given JOIN lots l ON l.id = given.id AND l.remaining = 0").await?);
    let mut lots: BTreeMap<OrganizationId, Vec<Lot>> = BTreeMap::new();
    for row in &rows {
        let organization = row.parsed("organization_id")?;
        // A lot that was named from outside may be somebody else's: it is as good as missing.
        if organizations.contains(&organization) {
            lots.entry(organization).or_default().push(lot(row)?);
        }
    }
    Ok(lots)
}

/// Open holds, and the wanted one whatever its state.
async fn read_holds(
    tx: &mut Tx,
    organizations: &BTreeSet<OrganizationId>,
    wanted: Option<HoldId>,
) -> Result<BTreeMap<OrganizationId, Vec<Hold>>, StoreError> {
    let sql = "SELECT h.* FROM given JOIN holds h ON h.organization_id = given.id AND h.state = 'open'";
    let mut rows = tx.rows_given(ids(organizations), sql).await?;
    if let Some(hold) = wanted {
        rows.extend(tx.rows("SELECT * FROM holds WHERE id = $1 AND state <> 'open'", args![hold]).await?);
    }
    let mut holds: BTreeMap<OrganizationId, Vec<Hold>> = BTreeMap::new();
    for row in &rows {
        let organization = row.parsed("organization_id")?;
        if organizations.contains(&organization) {
            holds.entry(organization).or_default().push(hold(row)?);
        }
    }
    Ok(holds)
}

pub(super) fn lot(row: &Row) -> Result<Lot, StoreError> {
    Ok(Lot {
        id: row.parsed("id")?,
        source: row.parsed("source")?,
        amount: row.credits("amount")?,
        remaining: row.credits("remaining")?,
        expires_at: row.opt_time("expires_at")?,
        granted_sequence: row.int("granted_sequence")?,
        frozen: row.flag("frozen")?,
        revoke_due: row.credits("revoke_due")?,
    })
}

fn hold(row: &Row) -> Result<Hold, StoreError> {
    Ok(Hold {
        id: row.parsed("id")?,
        reference: Reference { kind: row.parsed("reference_type")?, id: row.text("reference_id")? },
        parts: row.json::<Vec<HeldPart>>("parts")?,
        placed_at: row.time("placed_at")?,
        ends_at: row.time("ends_at")?,
        state: row.parsed("state")?,
        debited: row.credits("debited")?,
        shortfall: row.credits("shortfall")?,
    })
}

/// Writes what changed in the accounts since they were loaded.
pub(crate) async fn save_accounts(tx: &mut Tx, places: &FailPoints, accounts: &[&Locked]) -> Result<(), StoreError> {
    save_lots(tx, accounts).await?;
    save_holds(tx, accounts).await?;
    places.pass("account.lots_saved");
    entries::insert(tx, accounts.iter().map(|locked| &locked.account)).await?;
    places.pass("account.entries_saved");
    save_organizations(tx, accounts).await?;
    places.pass("account.organizations_saved");
    Ok(())
}

async fn save_lots(tx: &mut Tx, accounts: &[&Locked]) -> Result<(), StoreError> {
    let mut given = Given::new(&[
        ("id", Kind::Text),
        ("organization_id", Kind::Text),
        ("source", Kind::Text),
        ("amount", Kind::Int),
        ("remaining", Kind::Int),
        ("expires_at", Kind::Int),
        ("granted_sequence", Kind::Int),
        ("frozen", Kind::Int),
        ("revoke_due", Kind::Int),
    ]);
    for account in accounts.iter().map(|locked| &locked.account) {
        for lot in account.changed_lots() {
            given.push(args![
                lot.id,
                account.organization,
                lot.source.as_str(),
                lot.amount,
                lot.remaining,
                lot.expires_at,
                lot.granted_sequence,
                lot.frozen,
                lot.revoke_due,
            ]);
        }
    }
    let behind = "ON CONFLICT (id) DO UPDATE SET remaining = excluded.remaining, expires_at = excluded.expires_at,
        frozen = excluded.frozen, revoke_due = excluded.revoke_due WHERE lots.organization_id = excluded.organization_id";
    insert_all(tx, "lots", given, behind).await
}

async fn save_holds(tx: &mut Tx, accounts: &[&Locked]) -> Result<(), StoreError> {
    let mut given = Given::new(&[
        ("id", Kind::Text),
        ("organization_id", Kind::Text),
        ("reference_type", Kind::Text),
        ("reference_id", Kind::Text),
        ("parts", Kind::Text),
        ("placed_at", Kind::Int),
        ("ends_at", Kind::Int),
        ("state", Kind::Text),
        ("debited", Kind::Int),
        ("shortfall", Kind::Int),
    ]);
    for account in accounts.iter().map(|locked| &locked.account) {
        for hold in account.changed_holds() {
            let parts = serde_json::to_string(&hold.parts).map_err(|error| StoreError::corrupt("parts", error))?;
            given.push(args![
                hold.id,
                account.organization,
                hold.reference.kind.as_str(),
                hold.reference.id.as_str(),
                parts,
                hold.placed_at,
                hold.ends_at,
                hold.state.as_str(),
                hold.debited,
                hold.shortfall,
            ]);
        }
    }
    let behind = "ON CONFLICT (id) DO UPDATE SET parts = excluded.parts, state = excluded.state, debited = excluded.debited,
        shortfall = excluded.shortfall WHERE holds.organization_id = excluded.organization_id";
    insert_all(tx, "holds", given, behind).await
}

/// An id that another organization has is not taken over: then fewer rows are touched, and everything is undone.
async fn insert_all(tx: &mut Tx, table: &str, given: Given, behind: &str) -> Result<(), StoreError> {
    let expected = given.len() as u64;
    let touched = tx.insert_given(table, given, behind).await?;
    if touched == expected { Ok(()) } else { Err(StoreError::corrupt(table, "an id of another organization")) }
}

async fn save_organizations(tx: &mut Tx, accounts: &[&Locked]) -> Result<(), StoreError> {
    let mut given = Given::new(&[
        ("id", Kind::Text),
        ("sequence", Kind::Int),
        ("available", Kind::Int),
        ("held", Kind::Int),
        ("last_entry_at", Kind::Int),
        ("last_hash", Kind::Text),
        ("threshold_base", Kind::Int),
        ("thresholds_raised", Kind::Text),
        ("unmetered_lot_id", Kind::Text),
        ("granted", Kind::Int),
        ("spent", Kind::Int),
    ]);
    for locked in accounts.iter().filter(|locked| !locked.account.entries().is_empty()) {
        let account = &locked.account;
        let made = Totals::of(account.entries());
        let raised: Vec<String> = locked.raised.iter().map(|Threshold(percent)| percent.to_string()).collect();
        given.push(args![
            account.organization,
            account.sequence,
            account.available,
            account.held,
            account.last_at,
            account.last_hash.as_str(),
            locked.threshold_base,
            raised.join(","),
            locked.unmetered_lot,
            made.granted,
            made.spent,
        ]);
    }
    tx.execute_given(
        given,
        "UPDATE organizations SET sequence = given.sequence, available = given.available, held = given.held,
         last_entry_at = given.last_entry_at, last_hash = given.last_hash, threshold_base = given.threshold_base,
         thresholds_raised = given.thresholds_raised, unmetered_lot_id = given.unmetered_lot_id,
         granted_total = granted_total + given.granted, spent_total = spent_total + given.spent
         FROM given WHERE organizations.id = given.id",
    )
    .await?;
    Ok(())
}
