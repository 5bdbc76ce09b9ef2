//! What an ID token must say (OpenID Connect Core 1.0, 3.1.3.7) before its subject is believed.

use creel_types::Time;
use serde::{Deserialize, Deserializer};

use super::OidcSettings;

/// How far the provider's clock may be from ours.
const CLOCKS_APART_SECONDS: i64 = 60;
/// Letters of a subject (Core 1.0, 2).
const SUBJECT_MAX: usize = 255;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Claims {
    pub(super) sub: String,
    pub(super) iss: String,
    pub(super) aud: Audience,
    pub(super) azp: Option<String>,
    pub(super) exp: i64,
    pub(super) iat: i64,
    pub(super) nonce: Option<String>,
    pub(super) email: Option<String>,
    #[serde(deserialize_with = "flag")]
    pub(super) email_verified: bool,
    pub(super) name: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Default for Audience {
    fn default() -> Audience {
        Audience::Several(Vec::new())
    }
}

/// Some providers write it as text.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value == serde_json::Value::Bool(true) || value == "true")
}

impl Claims {
    pub(super) fn check(&self, settings: &OidcSettings, nonce: &str, now: Time) -> Result<(), &'static str> {
        let audience = match &self.aud {
            Audience::One(one) => std::slice::from_ref(one),
            Audience::Several(several) => several,
        };
        let client = settings.client_id.as_str();
        let now = now.0 / 1000;
        let rules = [
            (self.iss == settings.issuer, "its token is of another issuer"),
            (audience.iter().any(|one| one == client), "its token is for somebody else"),
            (audience.len() == 1 || self.azp.is_some(), "its token is for several"),
            (self.azp.as_deref().is_none_or(|azp| azp == client), "its token is for another party"),
            (self.exp.saturating_add(CLOCKS_APART_SECONDS) > now, "its token is past its end"),
            (self.iat <= now.saturating_add(CLOCKS_APART_SECONDS), "its token is of the future: look at the clocks"),
            (self.nonce.as_deref() == Some(nonce), "its token answers another question"),
            (!self.sub.is_empty() && self.sub.len() <= SUBJECT_MAX, "its token names nobody"),
        ];
        rules.iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, broken)| Err(broken))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_rule_counts() {
        let settings = OidcSettings {
            issuer: "https://id.example".to_owned(),
            client_id: "creel".to_owned(),
            client_secret: String::new(),
            label: String::new(),
        };
        let good = json!({
            "iss": "https://id.example", "aud": "creel", "sub": "1", "exp": 1100, "iat": 1000, "nonce": "n",
            "email_verified": "true"
        });
        let check = |claims: serde_json::Value, seconds: i64| {
            let claims: Claims = serde_json::from_value(claims).unwrap();
            claims.check(&settings, "n", Time(seconds * 1000))
        };
        assert_eq!(check(good.clone(), 1000), Ok(()));
        assert_eq!(check(good.clone(), 1159), Ok(()));
        assert!(check(good.clone(), 1160).unwrap_err().contains("past"));
        assert!(check(good.clone(), 939).unwrap_err().contains("future"));
        for (claim, value, good_still) in [
            ("iss", json!("https://id.example/"), false),
            ("aud", json!(["creel"]), true),
            ("aud", json!(["creel", "other"]), false),
            ("aud", json!("other"), false),
            ("azp", json!("creel"), true),
            ("azp", json!("other"), false),
            ("nonce", json!("m"), false),
            ("nonce", json!(null), false),
            ("sub", json!(""), false),
            ("exp", json!(0), false),
        ] {
            let mut claims = good.clone();
            claims[claim] = value.clone();
            assert_eq!(check(claims, 1000).is_ok(), good_still, "{claim}: {value}");
        }
        let mut several = good.clone();
        (several["aud"], several["azp"]) = (json!(["creel", "other"]), json!("creel"));
        assert_eq!(check(several, 1000), Ok(()));
        let verified = |value| serde_json::from_value::<Claims>(json!({"email_verified": value})).unwrap().email_verified;
        assert!(verified(json!(true)) && verified(json!("true")));
        assert!(!verified(json!(false)) && !verified(json!("no")) && !verified(json!(1)) && !verified(json!(null)));
    }
}
