//! `creel ledger verify|show|export`.

use std::io::Write;

use creel_store::{Store, ledger::StatementFilter, organizations::Organization};
use creel_types::OrganizationId;

use crate::{
    cli::{Common, LedgerCommand},
    commands::admin::read_date,
    exit::{Exit, Failure},
    open::Opened,
    print::{self, number, to_json},
};

/// Entries that `show` shows.
const SHOWN: i64 = 20;

pub async fn ledger(common: &Common, command: LedgerCommand) -> Result<Exit, Failure> {
    let opened = Opened::open(common).await?;
    match command {
        LedgerCommand::Verify(named) => verify(common, &opened, named.organization).await,
        LedgerCommand::Show(args) => {
            let organization = opened.organization(args.organization.organization).await?;
            match (args.at, args.entry) {
                (Some(at), _) => show_past(common, &opened.store, &organization, &at).await,
                (_, Some(entry)) => show_entry(common, &opened.store, &organization, entry).await,
                (None, None) => show(common, &opened.store, &organization).await,
            }
        }
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
        let checked = opened.store.check_ledger(organization.id).await?;
        if checked.unfrozen {
            print::say(&format!("{} was closed for debits; its ledger verifies, and it is open again.", organization.name));
        }
        match checked.outcome {
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
                if checked.frozen {
                    print::complain("it is closed for debits from now on, and its runs have ended; nothing was repaired");
                }
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
        writeln!(out, "  lot {} ({}): {rest} of {amount}, {end}", lot.id, lot.source)?;
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

async fn show_past(common: &Common, store: &Store, organization: &Organization, at: &str) -> Result<Exit, Failure> {
    let past = store.balance_at(organization.id, read_date("--at", at)?).await?;
    let mut out = std::io::stdout().lock();
    if common.json {
        writeln!(out, "{}", to_json(&past)?)?;
    } else {
        let (available, held) = (number(past.available.0), number(past.held.0));
        let upto =
            if past.sequence == 0 { "before the first entry".to_owned() } else { format!("after entry {}", past.sequence) };
        writeln!(out, "{} at {}: {available} credits available, {held} held, {upto}", organization.name, past.as_of)?;
    }
    Ok(Exit::Done)
}

async fn show_entry(common: &Common, store: &Store, organization: &Organization, sequence: i64) -> Result<Exit, Failure> {
    let explained = store.explain_entry(organization.id, sequence).await?;
    let mut out = std::io::stdout().lock();
    if common.json {
        writeln!(out, "{}", to_json(&explained)?)?;
        return Ok(Exit::Done);
    }
    let entry = &explained.entry;
    let (amount, after) = (number(entry.amount.0), number(entry.balance_after.0));
    writeln!(out, "entry {}  {}  {} {amount}, balance after it {after}", entry.sequence, entry.at, entry.kind)?;
    writeln!(out, "  for       {} {}", entry.reference.kind, entry.reference.id)?;
    let texts = [("why", &entry.description), ("by", &explained.actor)];
    for (what, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        writeln!(out, "  {what:<8}  {text}")?;
    }
    for part in &explained.lots {
        writeln!(out, "  lot       {} {}", part.lot, number(part.amount.0))?;
    }
    if let Some(capture) = &explained.capture {
        let deleted = capture.deleted_at.map_or(String::new(), |at| format!(", deleted {at}"));
        writeln!(out, "  capture   {}{deleted}\n            {}", capture.extracted_at, capture.url)?;
    }
    let named = |name: &Option<String>| name.clone().unwrap_or_else(|| "(deleted)".to_owned());
    if let Some(run) = &explained.run {
        writeln!(out, "  run       {}  {}", run.id, named(&run.name))?;
    }
    if let Some(robot) = &explained.robot {
        writeln!(out, "  robot     {}  {}", robot.id, named(&robot.name))?;
    }
    if let Some(schedule) = &explained.schedule {
        writeln!(out, "  schedule  {}  {}", schedule.id, named(&schedule.name))?;
    }
    match &explained.api_key {
        Some(key) => writeln!(out, "  key       {}  {}", key.id, named(&key.name))?,
        None if explained.run.is_some() => writeln!(out, "  key       none: it was started at the command line")?,
        None => {}
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
