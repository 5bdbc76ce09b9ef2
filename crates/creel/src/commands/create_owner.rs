//! `creel admin create-owner|password-link`: owners and links from the command line. What is secret is printed once, to standard
//! output.

use std::io::Write;

use creel_access::NewOwner;
use serde_json::json;

use super::admin::operator;
use crate::{
    access,
    cli::Common,
    exit::{Exit, Failure},
    open::Opened,
};

pub async fn create_owner(common: &Common, new: &NewOwner) -> Result<Exit, Failure> {
    let opened = Opened::open(common).await?;
    let access = access::open(&opened, &access::public_url(&opened.settings, None))?;
    let made = access.create_owner(new, &operator()).await?;
    let mut out = std::io::stdout().lock();
    if common.json {
        let key = made.key.as_ref().map(|(key, secret)| json!({"id": key.id, "secret": secret}));
        let shown = json!({
            "person_id": made.person,
            "email": made.email,
            "organization_id": made.organization,
            "organization": made.organization_name,
            "password_link": made.password_link,
            "api_key": key,
        });
        writeln!(out, "{shown}")?;
        return Ok(Exit::Done);
    }
    writeln!(out, "{} owns {} ({}).", made.email, made.organization_name, made.organization)?;
    if let Some(link) = &made.password_link {
        writeln!(out, "Set a password within an hour, once `creel serve` runs: {link}")?;
    }
    if let Some((_, secret)) = &made.key {
        writeln!(out, "API key, shown this once: {secret}")?;
    }
    Ok(Exit::Done)
}

pub async fn password_link(common: &Common, email: &str) -> Result<Exit, Failure> {
    let opened = Opened::open(common).await?;
    let access = access::open(&opened, &access::public_url(&opened.settings, None))?;
    let link = access.password_link(email).await?;
    let mut out = std::io::stdout().lock();
    if common.json {
        writeln!(out, "{}", json!({"password_link": link}))?;
    } else {
        writeln!(out, "Set a password within an hour, once `creel serve` runs: {link}")?;
    }
    Ok(Exit::Done)
}
