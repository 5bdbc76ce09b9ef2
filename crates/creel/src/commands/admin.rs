//! `creel admin grant|adjust|revoke|limit`: credits by hand, with a reason and an actor that stand in the ledger; and
//! `creel admin create-owner`.

use std::io::Write;

use creel_access::NewOwner;
use creel_ledger::{CreditLimit, Grant, LimitPeriod, LotSource, Reference, ReferenceType, Revoked, Share};
use creel_store::{
    ledger::{change::ByHand, limits::LimitSubject},
    organizations::Organization,
};
use creel_types::{Actor, By, Credits, LotId, Time};

use super::create_owner;
use crate::{
    cli::{AdminCommand, Common, OrganizationArg, WhyArgs},
    exit::{Exit, Failure},
    open::Opened,
    print::{number, to_json},
};

/// The environment variable with the password of the owner who is made.
const OWNER_PASSWORD: &str = "CREEL_OWNER_PASSWORD";

pub async fn admin(common: &Common, command: AdminCommand) -> Result<Exit, Failure> {
    match command {
        AdminCommand::Grant { credits, expires, why } => {
            let expires_at = expires.as_deref().map(|text| read_date("--expires", text)).transpose()?;
            let (opened, organization, actor) = open(common, &why).await?;
            grant(&opened, &organization, credits, expires_at, &why, LotSource::Purchase, &actor).await?;
            show_balance(common, &opened, &organization).await
        }
        AdminCommand::Adjust { credits: 0, .. } => Err(Failure::usage("--credits 0 changes nothing")),
        AdminCommand::Adjust { credits, why } => {
            let (opened, organization, actor) = open(common, &why).await?;
            if credits > 0 {
                grant(&opened, &organization, credits, None, &why, LotSource::Adjustment, &actor).await?;
            } else {
                let by = ByHand { reason: &why.reason, actor: &actor };
                opened.store.adjust_down(organization.id, Credits(-credits), by).await?;
            }
            show_balance(common, &opened, &organization).await
        }
        AdminCommand::Revoke { lot, why } => {
            let (opened, organization, actor) = open(common, &why).await?;
            revoke(common, &opened, &organization, lot, ByHand { reason: &why.reason, actor: &actor }).await
        }
        AdminCommand::CreateOwner { email, organization, name, with_key, by_provider } => {
            let password = std::env::var(OWNER_PASSWORD).ok();
            let new = NewOwner { email, name, organization, password, by_provider, with_key };
            create_owner::create_owner(common, &new).await
        }
        AdminCommand::PasswordLink { email } => create_owner::password_link(common, &email).await,
        AdminCommand::Limit { on, id, credits, period, organization } => {
            limit(common, on, &id, credits, period, &organization).await
        }
    }
}

/// What every change by hand needs, refused before anything is opened where the reason is missing.
async fn open(common: &Common, why: &WhyArgs) -> Result<(Opened, Organization, String), Failure> {
    if why.reason.trim().is_empty() {
        return Err(Failure::usage("--reason must say why"));
    }
    let opened = Opened::open(common).await?;
    let organization = opened.organization(why.organization.organization).await?;
    let named = why.actor.as_deref().map(str::trim).filter(|name| !name.is_empty());
    Ok((opened, organization, named.map_or_else(user, str::to_owned)))
}

async fn grant(
    opened: &Opened,
    organization: &Organization,
    credits: i64,
    expires_at: Option<Time>,
    why: &WhyArgs,
    source: LotSource,
    actor: &str,
) -> Result<(), Failure> {
    let grant = Grant {
        lot: opened.store.random.id(opened.store.clock.now()),
        source,
        amount: Credits(credits),
        expires_at,
        reference: Reference::new(ReferenceType::Person, actor),
        description: why.reason.trim().to_owned(),
        actor: actor.to_owned(),
    };
    Ok(opened.store.grant(organization.id, grant).await?)
}

async fn revoke(
    common: &Common,
    opened: &Opened,
    organization: &Organization,
    lot: LotId,
    by: ByHand<'_>,
) -> Result<Exit, Failure> {
    let Revoked { revoked, due, .. } = opened.store.revoke_by_hand(organization.id, lot, Share::ALL, by).await?;
    if !common.json {
        let later = if due > Credits::ZERO { format!(", {due} more when they return from holds") } else { String::new() };
        writeln!(std::io::stdout().lock(), "{} credits are taken back{later}.", number(revoked.0))?;
    }
    show_balance(common, opened, organization).await
}

async fn limit(
    common: &Common,
    on: LimitSubject,
    id: &str,
    credits: Option<i64>,
    period: LimitPeriod,
    organization: &OrganizationArg,
) -> Result<Exit, Failure> {
    let opened = Opened::open(common).await?;
    let organization = opened.organization(organization.organization).await?;
    let limit = credits.map(|credits| CreditLimit { amount: Credits(credits), period });
    opened.store.set_credit_limit(organization.id, on, id, limit).await?;
    let limits = opened.store.list_credit_limits(organization.id).await?;
    let mut out = std::io::stdout().lock();
    if common.json {
        writeln!(out, "{}", to_json(&limits)?)?;
        return Ok(Exit::Done);
    }
    if limits.is_empty() {
        writeln!(out, "{} has no credit limits.", organization.name)?;
    }
    for limit in limits {
        let spent = limit.spent.map_or(String::new(), |spent| format!(", {} spent", number(spent.0)));
        let (amount, period) = (number(limit.amount.0), limit.period);
        writeln!(out, "{} {}: {amount} credits a {period}{spent}", limit.subject, limit.subject_id)?;
    }
    Ok(Exit::Done)
}

async fn show_balance(common: &Common, opened: &Opened, organization: &Organization) -> Result<Exit, Failure> {
    let balance = opened.store.balance(organization.id).await?;
    let mut out = std::io::stdout().lock();
    if common.json {
        writeln!(out, "{}", to_json(&balance)?)?;
    } else {
        writeln!(out, "{} now has {} credits.", organization.name, number(balance.available.0))?;
    }
    Ok(Exit::Done)
}

/// Who works at this machine, for the audit log.
pub fn operator() -> By {
    By { actor: Actor::CommandLine, name: user(), address: None }
}

/// Who works at this machine; the command line knows no signed-in person.
fn user() -> String {
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_else(|_| "unknown".to_owned());
    format!("command line ({user})")
}

/// A day means its beginning in UTC.
pub fn read_date(option: &str, text: &str) -> Result<Time, Failure> {
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    whole.parse().map_err(|_| {
        Failure::usage(format!(
            "{option} {text} is neither a day such as 2027-01-31 nor an instant such as 2027-01-31T12:00:00Z"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_its_beginning() {
        let read = |text| read_date("--expires", text);
        assert_eq!(read("2027-01-31").unwrap().to_string(), "2027-01-31T00:00:00.000Z");
        assert_eq!(read("2027-01-31T12:00:00+01:00").unwrap().to_string(), "2027-01-31T11:00:00.000Z");
        assert!(read("tomorrow").is_err());
        assert!(read("2027-13-01").is_err());
    }
}
