//! Settings of the language model: all of it or none, checked when they are read. The key is never shown.

use std::ops::RangeInclusive;

use creel_model::{BACKOFF_MS, ModelSettings};
use creel_types::Secret;
use url::Url;

use super::Settings;
use crate::exit::Failure;

const TIMEOUT_SECONDS: RangeInclusive<i64> = 1..=600;
const CONCURRENCY: RangeInclusive<i64> = 1..=256;

pub(super) fn check(settings: &Settings) -> Result<(), Failure> {
    for (name, value, range) in [
        ("model_timeout_seconds", settings.model_timeout_seconds, TIMEOUT_SECONDS),
        ("model_concurrency", settings.model_concurrency, CONCURRENCY),
    ] {
        if !range.contains(&value) {
            let (least, most) = range.into_inner();
            return Err(Failure::usage(format!("--config: {name} = {value} is not between {least} and {most}")));
        }
    }
    if settings.model_api_key.chars().any(|letter| !letter.is_ascii_graphic()) {
        return Err(Failure::usage("--config: model_api_key holds what no key has (it is not shown here)"));
    }
    settings.model().map(|_| ())
}

impl Settings {
    /// The model, where one is configured.
    pub fn model(&self) -> Result<Option<ModelSettings>, Failure> {
        let wrong = |text: String| Err(Failure::usage(format!("--config: {text}")));
        let (address, name) = (self.model_base_url.as_str(), self.model_name.trim());
        match (address.is_empty(), name.is_empty()) {
            (true, true) => return Ok(None),
            (true, false) => return wrong("model_name is set and model_base_url is not: set both, or neither".to_owned()),
            (false, true) => return wrong("model_base_url is set and model_name is not: set both, or neither".to_owned()),
            (false, false) => {}
        }
        // The address itself is not shown: a password may stand in it.
        let says = "model_base_url is no address such as https://api.openai.com/v1 (it is not shown here)".to_owned();
        let Ok(base_url) = Url::parse(address) else { return wrong(says) };
        let is_plain = base_url.query().is_none() && base_url.fragment().is_none() && base_url.username().is_empty();
        if !matches!(base_url.scheme(), "http" | "https") || !base_url.has_host() || !is_plain {
            return wrong(says);
        }
        Ok(Some(ModelSettings {
            base_url,
            key: Some(self.model_api_key.as_str()).filter(|key| !key.is_empty()).map(Secret::new),
            model: name.to_owned(),
            timeout_ms: self.model_timeout_seconds.unsigned_abs().saturating_mul(1_000),
            concurrency: usize::try_from(self.model_concurrency).unwrap_or(1),
            backoff_ms: BACKOFF_MS,
        }))
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
    fn a_model_is_configured_whole_or_not_at_all() {
        assert!(read("").unwrap().model().unwrap().is_none());
        let model = read("model_base_url = \"http://localhost:11434/v1\"\nmodel_name = \"small\"").unwrap().model().unwrap();
        let model = model.unwrap();
        assert_eq!((model.model.as_str(), model.timeout_ms, model.key.is_none()), ("small", 60_000, true));
        for (text, says) in [
            ("model_name = \"small\"", "model_base_url"),
            ("model_base_url = \"http://localhost/v1\"", "model_name"),
            ("model_base_url = \"localhost/verysecret\"\nmodel_name = \"small\"", "model_base_url"),
            ("model_base_url = \"http://u:verysecret@localhost/v1\"\nmodel_name = \"small\"", "model_base_url"),
            ("model_base_url = \"ftp://localhost/v1\"\nmodel_name = \"small\"", "model_base_url"),
            ("model_api_key = \"very secret\"", "model_api_key"),
            ("model_timeout_seconds = 0", "model_timeout_seconds"),
            ("model_concurrency = 1000", "model_concurrency"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains(says) && !said.contains("verysecret") && !said.contains("very secret"), "{text}: {said}");
        }
    }
}
