//! `creel admin grant|adjust`: credits by hand, with a reason that stands in the ledger.

use std::io::Write;

use creel_ledger::{Grant, LotSource, Reference, ReferenceType};
use creel_store::ledger::change::ByHand;
use creel_types::{Credits, Time};

use crate::{
    cli::{AdminCommand, Common, WhyArgs},
    exit::{Exit, Failure},
    open::Opened,
    print::number,
};

pub async fn admin(common: &Common, command: AdminCommand) -> Result<Exit, Failure> {
    let (credits, expires, why, source) = match command {
        AdminCommand::Grant { credits, expires, why } => (credits, expires, why, LotSource::Purchase),
        AdminCommand::Adjust { credits, why } => (credits, None, why, LotSource::Adjustment),
    };
    if credits == 0 {
        return Err(Failure::usage("--credits 0 changes nothing"));
    }
    if why.reason.trim().is_empty() {
        return Err(Failure::usage("--reason must say why"));
    }
    let expires_at = expires.as_deref().map(read_date).transpose()?;
    let opened = Opened::open(common).await?;
    let organization = opened.organization(why.organization.organization).await?;
    let actor = actor();
    if credits > 0 {
        let grant = grant(&opened, credits, expires_at, &why, source, &actor);
        opened.store.grant(organization.id, grant).await?;
    } else {
        let by = ByHand { reason: &why.reason, actor: &actor };
        opened.store.adjust_down(organization.id, Credits(-credits), by).await?;
    }
    let balance = opened.store.balance(organization.id).await?;
    let mut out = std::io::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string(&balance).map_err(|error| Failure::failed(error.to_string()))?)?;
    } else {
        writeln!(out, "{} now has {} credits.", organization.name, number(balance.available.0))?;
    }
    Ok(Exit::Done)
}

fn grant(opened: &Opened, credits: i64, expires_at: Option<Time>, why: &WhyArgs, source: LotSource, actor: &str) -> Grant {
    Grant {
        lot: opened.store.random.id(opened.store.clock.now()),
        source,
        amount: Credits(credits),
        expires_at,
        reference: Reference::new(ReferenceType::Person, actor),
        description: why.reason.trim().to_owned(),
        actor: actor.to_owned(),
    }
}

/// Who works at this machine; the command line knows no signed-in person.
fn actor() -> String {
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_else(|_| "unknown".to_owned());
    format!("command line ({user})")
}

/// A day means its beginning in UTC.
fn read_date(text: &str) -> Result<Time, Failure> {
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    whole.parse().map_err(|_| {
        Failure::usage(format!(
            "--expires {text} is neither a day such as 2027-01-31 nor an instant such as 2027-01-31T12:00:00Z"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_its_beginning() {
        assert_eq!(read_date("2027-01-31").unwrap().to_string(), "2027-01-31T00:00:00.000Z");
        assert_eq!(read_date("2027-01-31T12:00:00+01:00").unwrap().to_string(), "2027-01-31T11:00:00.000Z");
        assert!(read_date("tomorrow").is_err());
        assert!(read_date("2027-13-01").is_err());
    }
}
