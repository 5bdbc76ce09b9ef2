//! The configuration: one commented TOML file, embedded as the default, with unknown keys refused.

mod billing;
mod model;
mod variable;

use std::{net::IpAddr, path::Path};

use creel_fetch::FetchSettings;
use creel_ledger::Threshold;
use creel_store::{ledger::unmetered::BillingMode, organizations::Start, rate_limits::RateLimit};
use creel_types::Credits;
use ipnet::IpNet;
use serde::Deserialize;

use crate::{exit::Failure, logs};

/// The environment variable that goes over `database_url`.
const DATABASE_URL: &str = "CREEL_DATABASE_URL";

/// No bucket needs more, and its arithmetic stays far from overflow.
const RATE_LIMIT_MAX: i64 = 1_000_000;
/// More than any disk has for pictures of shops.
const MEDIA_CACHE_MB_MAX: i64 = 1_000_000;
/// Nobody waits longer for a server to end.
const DRAIN_SECONDS_MAX: i64 = 600;

/// The file with every setting, its default and its comment.
pub const DEFAULT: &str = include_str!("../default.toml");

/// Never printed: passwords stand in it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub contact: String,
    pub allow_private_networks: Vec<String>,
    pub excluded_hosts: Vec<String>,
    pub database_url: String,
    pub billing_mode: String,
    pub starting_credits: i64,
    pub ledger_concurrent_runs: i64,
    pub stripe_secret_key: String,
    #[serde(deserialize_with = "billing::list_of_secrets")]
    pub stripe_webhook_secrets: Vec<String>,
    pub stripe_api_url: String,
    pub cycle_grace_minutes: i64,
    pub purchased_credits_expire: String,
    pub credit_pack_price_cents: i64,
    pub credit_pack_credits: i64,
    pub credit_thresholds: Vec<u8>,
    pub trusted_proxies: Vec<String>,
    pub rate_limit_per_minute: i64,
    pub rate_limit_burst: i64,
    pub request_delay_ms: i64,
    pub webhook_allow_http: bool,
    pub media: bool,
    pub media_cache_mb: i64,
    pub public_pages: bool,
    pub sign_up: String,
    pub public_url: String,
    pub smtp_url: String,
    pub mail_from: String,
    pub oidc_issuer: String,
    pub oidc_client_id: String,
    pub oidc_client_secret: String,
    pub oidc_label: String,
    pub model_base_url: String,
    pub model_api_key: String,
    pub model_name: String,
    pub model_timeout_seconds: i64,
    pub model_concurrency: i64,
    pub model_enrich: bool,
    pub metrics_token: String,
    pub drain_seconds: i64,
    pub log: String,
    pub log_format: String,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").finish_non_exhaustive()
    }
}

impl Settings {
    /// The defaults with the file's settings over them.
    pub fn read(file: Option<&Path>) -> Result<Settings, Failure> {
        let broken = |error: toml::de::Error| Failure::failed(format!("the built-in configuration is broken: {error}"));
        let mut table: toml::Table = DEFAULT.parse().map_err(broken)?;
        if let Some(path) = file {
            let shown = path.display();
            let text = std::fs::read_to_string(path)
                .map_err(|error| Failure::usage(format!("--config {shown} cannot be read: {error}")))?;
            // The line itself is not shown: a secret may stand in it.
            let not_toml = |error: toml::de::Error| {
                let line = 1 + error.span().map_or(0, |span| text[..span.start].matches('\n').count());
                Failure::usage(format!("--config {shown} is not TOML in line {line}: {}", error.message()))
            };
            let own: toml::Table = text.parse().map_err(not_toml)?;
            table.extend(own);
        }
        for (setting, value) in &mut table {
            let variable = variable::name(setting);
            if let Ok(text) = std::env::var(&variable) {
                *value = variable::read(value, text).map_err(|why| Failure::usage(format!("{variable}: {why}")))?;
            }
        }
        let settings: Settings =
            table.try_into().map_err(|error: toml::de::Error| Failure::usage(format!("--config: {}", error.message())))?;
        settings.checked()
    }

    fn checked(self) -> Result<Settings, Failure> {
        if self.starting_credits < 0 {
            return Err(Failure::usage("--config: starting_credits must not be negative"));
        }
        if self.request_delay_ms < 0 {
            return Err(Failure::usage("--config: request_delay_ms must not be negative"));
        }
        if !(0..=DRAIN_SECONDS_MAX).contains(&self.drain_seconds) {
            return Err(Failure::usage(format!("--config: drain_seconds is not between 0 and {DRAIN_SECONDS_MAX}")));
        }
        if !(0..=MEDIA_CACHE_MB_MAX).contains(&self.media_cache_mb) {
            return Err(Failure::usage(format!("--config: media_cache_mb is not between 0 and {MEDIA_CACHE_MB_MAX}")));
        }
        let limits =
            [("rate_limit_per_minute", self.rate_limit_per_minute, 0), ("rate_limit_burst", self.rate_limit_burst, 1)];
        if let Some((name, value, least)) =
            limits.into_iter().find(|(_, value, least)| !(*least..=RATE_LIMIT_MAX).contains(value))
        {
            return Err(Failure::usage(format!("--config: {name} = {value} is not between {least} and {RATE_LIMIT_MAX}")));
        }
        if let Some(percent) = self.credit_thresholds.iter().find(|percent| **percent > 100) {
            return Err(Failure::usage(format!("--config: credit_thresholds: {percent} is no percentage from 0 to 100")));
        }
        let url = self.database_url.as_str();
        if !url.is_empty() && !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(Failure::usage(format!(
                "database_url (or {DATABASE_URL}) must be empty or start with postgres:// (its value is not shown)"
            )));
        }
        if logs::filter(&self.log).is_none() {
            return Err(Failure::usage(format!("--config: log {:?} is no level such as \"info\"", self.log)));
        }
        if logs::Format::parse(&self.log_format).is_none() {
            let format = &self.log_format;
            return Err(Failure::usage(format!("--config: log_format {format:?} is neither \"text\" nor \"json\"")));
        }
        self.fetch_settings(false).guard().map_err(|error| Failure::usage(format!("--config: {error}")))?;
        self.billing_mode()?;
        billing::check(&self)?;
        model::check(&self)?;
        self.proxies()?;
        crate::access::check(&self)?;
        Ok(self)
    }

    pub fn billing_mode(&self) -> Result<BillingMode, Failure> {
        let none =
            || format!("--config: billing_mode {:?} is none of \"ledger\", \"off\" and \"stripe\"", self.billing_mode);
        self.billing_mode.parse().map_err(|_| Failure::usage(none()))
    }

    /// What a new organization begins with.
    pub fn start(&self) -> Result<Start, Failure> {
        Ok(match self.billing_mode()? {
            BillingMode::Off => Start::Unmetered,
            BillingMode::Ledger => Start::Credits(Credits(self.starting_credits)),
            BillingMode::Stripe => Start::Trial,
        })
    }

    /// The reverse proxies that are believed.
    pub fn proxies(&self) -> Result<Vec<IpNet>, Failure> {
        let read = |text: &String| {
            let address = text.parse::<IpAddr>().map(IpNet::from);
            address.or_else(|_| text.parse()).map_err(|_| {
                Failure::usage(format!(
                    "--config: trusted_proxies: {text:?} is neither an address nor a range such as 10.0.0.0/8"
                ))
            })
        };
        self.trusted_proxies.iter().map(read).collect()
    }

    /// How many requests an organization may send; `None` without a limit.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        let limit = RateLimit { per_minute: self.rate_limit_per_minute, burst: self.rate_limit_burst };
        (limit.per_minute > 0).then_some(limit)
    }

    pub fn thresholds(&self) -> Vec<Threshold> {
        self.credit_thresholds.iter().copied().map(Threshold).collect()
    }

    /// How this installation fetches; `allow_private` is the flag of one process.
    pub fn fetch_settings(&self, allow_private: bool) -> FetchSettings {
        let mut fetch = FetchSettings {
            allow_private_networks: self.allow_private_networks.clone(),
            excluded_hosts: self.excluded_hosts.clone(),
            contact: Some(self.contact.clone()).filter(|contact| !contact.is_empty()),
            ..FetchSettings::default()
        };
        if allow_private {
            fetch.allow_private_networks.push("*".to_owned());
        }
        fetch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Settings::read(Some(file.path())).map_err(|failure| failure.message)
    }

    #[test]
    fn a_file_changes_what_it_names_and_nothing_else() {
        let settings = read("starting_credits = 7").unwrap();
        assert_eq!((settings.starting_credits, settings.request_delay_ms), (7, 0));
        assert!(read("starting_credit = 7").unwrap_err().contains("starting_credit"));
        assert!(read("media_cache_mb = -1").unwrap_err().contains("media_cache_mb"));
        assert!(read("media_cache_mb = 1000001").unwrap_err().contains("media_cache_mb"));
        assert!(read("starting_credits = -1").unwrap_err().contains("starting_credits"));
        assert!(read("starting_credits = \"x\"").is_err());
        assert!(read("=").is_err());
        assert_eq!(read("trusted_proxies = [\"10.0.0.0/8\", \"::1\"]").unwrap().proxies().unwrap().len(), 2);
        assert!(read("trusted_proxies = [\"proxy\"]").unwrap_err().contains("trusted_proxies"));
        assert!(read("excluded_hosts = [\"https://shop.example/\"]").unwrap_err().contains("excluded_hosts[0]"));
    }

    #[test]
    fn what_access_needs_is_named_and_no_secret_is_shown() {
        for (text, says) in [
            ("sign_up = \"maybe\"", "sign_up"),
            ("public_url = \"creel.example\"", "public_url"),
            ("public_url = \"https://u:pw@creel.example\"", "public_url"),
            ("smtp_url = \"smtp://u:verysecret@mail.example\"", "public_url"),
            ("smtp_url = \"mail://u:verysecret@mail.example\"", "smtp_url"),
            ("smtp_url = \"smtp://u:verysecret@mail.example\"\nmail_from = \"x\"", "mail_from"),
            ("oidc_issuer = \"https://id.example\"\noidc_client_secret = \"verysecret\"", "public_url"),
            ("public_url = \"https://creel.example\"\noidc_issuer = \"https://id.example\"", "oidc_client_id"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains(says) && !said.contains("verysecret"), "{text}: {said}");
        }
        let good = "public_url = \"https://creel.example\"\nsmtp_url = \"smtp://u:verysecret@mail.example:587?tls=required\"
            oidc_issuer = \"https://id.example\"\noidc_client_id = \"creel\"\noidc_client_secret = \"verysecret\"";
        assert!(!format!("{:?}", read(good).unwrap()).contains("verysecret"));
    }
}
