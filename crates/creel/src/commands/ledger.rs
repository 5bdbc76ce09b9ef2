//! `creel ledger verify|show|export`.

use std::io::Write;

use creel_store::{Store, ledger::StatementFilter, organizations::Organization};
use creel_types::OrganizationId;

use crate::{
    cli::{Common, LedgerCommand},
    exit::{Exit, Failure},
    open::Opened,
    print::{self, number},
};

/// Entries that `show` shows.
const SHOWN: i64 = 20;

pub async fn ledger(common: &Common, command: LedgerCommand) -> Result<Exit, Failure> {
    let opened = Opened::open(common).await?;
    match command {
        LedgerCommand::Verify(named) => verify(common, &opened, named.organization).await,
        LedgerCommand::Show(named) => show(common, &opened.store, &opened.organization(named.organization).await?).await,
        LedgerCommand::Export(named) => export(&opened.store, &opened.organization(named.organization).await?).await,
    }
}

/// Every organization of the folder, or the named one; any difference makes the command fail.
async fn verify(common: &Common, opened: &Opened, named: Option<OrganizationId>) -> Result<Exit, Failure> {
    let organizations = match named {
        Some(id) => vec![opened.store.get_organization(id).await?],
        None => opened.store.list_organizations().await?,
    };
    let mut exit = Exit::Done;
    let mut out = std::io::stdout().lock();
    for organization in &organizations {
        match opened.store.verify_ledger(organization.id).await? {
            Ok(verified) if common.json => writeln!(out, "{}", to_json(&verified)?)?,
            Ok(verified) => writeln!(
                out,
                "{}: {} entries verified, balance {}, chain ends in {}",
                organization.name,
                number(verified.entries),
                number(verified.balance.0),
                &verified.last_hash[..16]
            )?,
            Err(fault) => {
                print::complain(&format!("the ledger of {} ({}) is wrong: {fault}", organization.name, organization.id));
                exit = Exit::Failed;
            }
        }
    }
    if organizations.is_empty() && !common.json {
        writeln!(out, "no organization is here, so there is no ledger yet")?;
    }
    Ok(exit)
}

async fn show(common: &Common, store: &Store, organization: &Organization) -> Result<Exit, Failure> {
    let balance = store.balance(organization.id).await?;
    let filter = StatementFilter { limit: SHOWN, ..StatementFilter::default() };
    let rows = store.statement(organization.id, &filter).await?;
    let mut out = std::io::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::json!({"balance": balance, "rows": rows}))?;
        return Ok(Exit::Done);
    }
    writeln!(out, "{}: {} credits available", organization.name, number(balance.available.0))?;
    for lot in &balance.lots {
        let end = lot.expires_at.map_or("no expiry".to_owned(), |end| format!("until {end}"));
        let (rest, amount) = (number(lot.remaining.0), number(lot.amount.0));
        writeln!(out, "  lot {}: {rest} of {amount}, {end}", lot.source)?;
    }
    for row in rows {
        writeln!(
            out,
            "{:>8}  {}  {:<8} {:>9}  {:>12}  {}",
            row.sequence,
            row.at,
            row.kind.as_str(),
            number(row.amount.0),
            number(row.balance_after.0),
            print::cut(&row.description, 60)
        )?;
    }
    Ok(Exit::Done)
}

async fn export(store: &Store, organization: &Organization) -> Result<Exit, Failure> {
    let mut after = 0;
    loop {
        let entries = store.list_entries(organization.id, after).await?;
        let Some(last) = entries.last() else { return Ok(Exit::Done) };
        after = last.sequence;
        let mut out = std::io::stdout().lock();
        for entry in &entries {
            writeln!(out, "{}", to_json(entry)?)?;
        }
    }
}

fn to_json(value: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::failed(error.to_string()))
}
