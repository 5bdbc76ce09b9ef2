//! Settings of billing: checked when they are read, and asked for by those commands that need them. Keys are never shown.

use std::ops::RangeInclusive;

use creel_billing::PurchasedExpire;
use creel_store::{Concurrency, ledger::unmetered::BillingMode};
use creel_types::{
    Credits,
    plan::{CREDIT_PACK, PackTerms},
};
use serde::{Deserialize, Deserializer, de::Error as _};
use url::Url;

use super::Settings;
use crate::exit::Failure;

/// Secrets that may be good at once: one, and those that are being replaced.
const WEBHOOK_SECRETS_MAX: usize = 8;
/// A week; a grace as long as a cycle would be a second cycle.
const CYCLE_GRACE_MINUTES_MAX: i64 = 7 * 24 * 60;
/// Ten years.
const PURCHASED_DAYS_MAX: i64 = 3_650;
/// What Stripe takes in one payment, in cents: half a dollar to 999,999.99.
const PACK_PRICE_CENTS: RangeInclusive<i64> = 50..=99_999_999;
/// As many as one lot of an installation needs by far.
const PACK_CREDITS_MAX: i64 = 1_000_000_000;
/// More is no limit.
const CONCURRENT_RUNS_MAX: i64 = 1_000_000;

const MINUTE_MS: i64 = 60_000;

/// A list of texts. What stands there instead is not shown: it may be the secret itself.
pub(super) fn list_of_secrets<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Vec::deserialize(deserializer).map_err(|_| D::Error::custom("stripe_webhook_secrets is no list of texts"))
}

pub(super) fn check(settings: &Settings) -> Result<(), Failure> {
    let wrong = |text: String| Err(Failure::usage(format!("--config: {text}")));
    let key = &settings.stripe_secret_key;
    if !key.is_empty() && !is_secret_key(key) {
        return wrong("stripe_secret_key must start with sk_ or rk_, as Stripe shows it (it is not shown here)".to_owned());
    }
    let secrets = &settings.stripe_webhook_secrets;
    if secrets.len() > WEBHOOK_SECRETS_MAX {
        return wrong(format!("stripe_webhook_secrets holds more than {WEBHOOK_SECRETS_MAX}"));
    }
    if let Some(at) = secrets.iter().position(|secret| !is_token(secret, &["whsec_"])) {
        return wrong(format!(
            "stripe_webhook_secrets[{at}] must start with whsec_, as Stripe shows it (it is not shown here)"
        ));
    }
    check_api_url(settings)?;
    settings.purchased_expire()?;
    for (name, value, range) in [
        ("cycle_grace_minutes", settings.cycle_grace_minutes, 0..=CYCLE_GRACE_MINUTES_MAX),
        ("credit_pack_price_cents", settings.credit_pack_price_cents, PACK_PRICE_CENTS),
        ("credit_pack_credits", settings.credit_pack_credits, 1..=PACK_CREDITS_MAX),
        ("ledger_concurrent_runs", settings.ledger_concurrent_runs, 0..=CONCURRENT_RUNS_MAX),
    ] {
        if !range.contains(&value) {
            return wrong(format!("{name} = {value} is not between {} and {}", range.start(), range.end()));
        }
    }
    Ok(())
}

fn is_secret_key(key: &str) -> bool {
    is_token(key, &["sk_", "rk_"])
}

fn is_token(text: &str, prefixes: &[&str]) -> bool {
    let rest = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or_default();
    !rest.is_empty() && text.chars().all(|letter| letter.is_ascii_graphic())
}

fn check_api_url(settings: &Settings) -> Result<(), Failure> {
    let (address, key) = (&settings.stripe_api_url, &settings.stripe_secret_key);
    let wrong = |text: &str| Err(Failure::usage(format!("--config: stripe_api_url {address:?} {text}")));
    let is_plain = |url: &Url| url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let Ok(url) = Url::parse(address) else { return wrong("is no address such as https://api.stripe.com") };
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !is_plain(&url) {
        return wrong("is no address such as https://api.stripe.com");
    }
    if url.scheme() == "http" && key.contains("_live_") {
        return wrong("is not https://, and a live key is sent over nothing else");
    }
    Ok(())
}

impl Settings {
    /// When purchased credits end.
    pub fn purchased_expire(&self) -> Result<PurchasedExpire, Failure> {
        let text = self.purchased_credits_expire.as_str();
        match text.parse() {
            _ if text == "cycle_end" => Ok(PurchasedExpire::CycleEnd),
            Ok(days) if (1..=PURCHASED_DAYS_MAX).contains(&days) => Ok(PurchasedExpire::Days(days)),
            _ => Err(Failure::usage(format!(
                "--config: purchased_credits_expire {text:?} is neither \"cycle_end\" nor a number of days up to {PURCHASED_DAYS_MAX}"
            ))),
        }
    }

    /// What a credit pack is.
    pub fn pack(&self) -> PackTerms {
        let (price_cents, credits) = (self.credit_pack_price_cents, Credits(self.credit_pack_credits));
        PackTerms { price_cents, credits, ..CREDIT_PACK }
    }

    pub fn cycle_grace_ms(&self) -> i64 {
        self.cycle_grace_minutes * MINUTE_MS
    }

    /// How many runs of an organization crawl at once.
    pub fn concurrency(&self) -> Result<Concurrency, Failure> {
        Ok(match (self.billing_mode()?, self.ledger_concurrent_runs) {
            (BillingMode::Stripe, _) => Concurrency::ByPlan,
            (BillingMode::Ledger, runs @ 1..) => Concurrency::Fixed(runs),
            (BillingMode::Ledger | BillingMode::Off, _) => Concurrency::Unlimited,
        })
    }

    /// Refuses to serve in the mode "stripe" without what it needs.
    pub fn refuse_without_stripe(&self) -> Result<(), Failure> {
        for (setting, missing, why) in [
            ("stripe_secret_key", self.stripe_secret_key.is_empty(), "Stripe gives it under Developers, API keys"),
            (
                "stripe_webhook_secrets",
                self.stripe_webhook_secrets.is_empty(),
                "`creel billing setup-stripe` makes the webhook and prints it",
            ),
            ("public_url", self.public_url.is_empty(), "Stripe sends people and events there"),
        ] {
            if missing {
                return Err(Failure::usage(format!("--config: billing_mode \"stripe\" needs {setting}: {why}")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use creel_store::organizations::Start;

    use super::*;

    fn read(text: &str) -> Result<Settings, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Settings::read(Some(file.path())).map_err(|failure| failure.message)
    }

    #[test]
    fn what_is_wrong_is_named_and_no_key_is_shown() {
        for (text, says) in [
            ("billing_mode = \"free\"", "\"stripe\""),
            ("stripe_secret_key = \"verysecret\"", "stripe_secret_key"),
            ("stripe_secret_key = \"sk_\"", "stripe_secret_key"),
            ("stripe_secret_key = \"pk_test_verysecret\"", "stripe_secret_key"),
            ("stripe_secret_key = \"sk_test_verysecret two\"", "stripe_secret_key"),
            ("stripe_secret_key = [\"sk_test_verysecret\"]", "expected a string"),
            ("stripe_secret_key = \"sk_test_verysecret", "line 1"),
            ("stripe_webhook_secrets = [\"whsec_a\", \"verysecret\"]", "stripe_webhook_secrets[1]"),
            ("stripe_webhook_secrets = \"whsec_verysecret\"", "stripe_webhook_secrets is no list"),
            ("stripe_webhook_secrets = [\"whsec_verysecret\", 5]", "stripe_webhook_secrets is no list"),
            ("stripe_api_url = \"stripe.example\"", "stripe_api_url"),
            ("stripe_api_url = \"https://u:p@stripe.example\"", "stripe_api_url"),
            ("stripe_api_url = \"http://127.0.0.1:1\"\nstripe_secret_key = \"sk_live_verysecret\"", "stripe_api_url"),
            ("cycle_grace_minutes = -1", "cycle_grace_minutes"),
            ("cycle_grace_minutes = 10081", "cycle_grace_minutes"),
            ("purchased_credits_expire = \"never\"", "purchased_credits_expire"),
            ("purchased_credits_expire = \"0\"", "purchased_credits_expire"),
            ("credit_pack_price_cents = 49", "credit_pack_price_cents"),
            ("credit_pack_credits = 0", "credit_pack_credits"),
            ("ledger_concurrent_runs = -1", "ledger_concurrent_runs"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains(says) && !said.contains("verysecret"), "{text}: {said}");
        }
    }

    #[test]
    fn what_is_right_is_taken() {
        let usual = read("").unwrap();
        assert_eq!((usual.pack(), usual.cycle_grace_ms()), (CREDIT_PACK, 2 * 60 * MINUTE_MS));
        assert_eq!(
            (usual.purchased_expire().unwrap(), usual.concurrency().unwrap()),
            (PurchasedExpire::CycleEnd, Concurrency::Unlimited)
        );
        let own = "purchased_credits_expire = \"365\"\nledger_concurrent_runs = 3\ncredit_pack_price_cents = 1900
            stripe_api_url = \"http://127.0.0.1:12111\"\nstripe_secret_key = \"rk_test_a\"";
        let own = read(own).unwrap();
        assert_eq!(
            (own.purchased_expire().unwrap(), own.concurrency().unwrap()),
            (PurchasedExpire::Days(365), Concurrency::Fixed(3))
        );
        let stripe = read("billing_mode = \"stripe\"\nledger_concurrent_runs = 3").unwrap();
        assert_eq!((stripe.concurrency().unwrap(), stripe.start().unwrap()), (Concurrency::ByPlan, Start::Trial));
        assert_eq!(own.pack().price_cents, 1_900);
    }

    #[test]
    fn serving_says_what_is_missing() {
        let (key, secrets) = ("stripe_secret_key = \"sk_test_a\"\n", "stripe_webhook_secrets = [\"whsec_a\"]\n");
        for (text, missing) in [
            (String::new(), "stripe_secret_key"),
            (key.to_owned(), "stripe_webhook_secrets"),
            (format!("{key}{secrets}"), "public_url"),
        ] {
            assert!(read(&text).unwrap().refuse_without_stripe().unwrap_err().message.contains(missing), "{text}");
        }
        let whole = format!("{key}{secrets}public_url = \"https://creel.example\"");
        assert!(read(&whole).unwrap().refuse_without_stripe().is_ok());
    }
}
