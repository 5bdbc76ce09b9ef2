//! Addresses of webhooks, as far as they can be judged when somebody writes one.

use creel_fetch::HookClient;
use serde::Deserialize;
use url::Url;
use utoipa::ToSchema;

use crate::error::ApiError;

const LETTERS_MAX: usize = 2_000;

/// Where events are sent: https, without a name or password in it, on the public internet. In letters of ASCII; a host with others is
/// written in its xn-- form.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(
    value_type = String,
    max_length = 2000,
    pattern = r#"^https://[A-Za-z0-9.:_\[\]-]+([/?][!-"$-~]*)?$"#,
    examples("https://shop.example/hooks/creel")
)]
pub(crate) struct GivenHookUrl(String);

impl TryFrom<String> for GivenHookUrl {
    type Error = String;

    fn try_from(text: String) -> Result<GivenHookUrl, String> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let rest = rest.ok_or("it must start with https://")?;
        let host = rest.split(['/', '?']).next().unwrap_or_default();
        if host.contains('@') {
            return Err("it must not hold a name or password".to_owned());
        }
        let of_host = |letter: char| letter.is_ascii_alphanumeric() || ".:_[]-".contains(letter);
        if host.is_empty() || !host.chars().all(of_host) {
            return Err("it has no host, or one that is not written in ASCII".to_owned());
        }
        if text.len() > LETTERS_MAX || !rest.chars().all(|letter| letter.is_ascii_graphic() && letter != '#') {
            return Err(format!("it has at most {LETTERS_MAX} letters, all of ASCII, and neither spaces nor a #"));
        }
        Ok(GivenHookUrl(text))
    }
}

impl GivenHookUrl {
    /// The address, if something may be sent there.
    pub(crate) async fn checked(self, client: &HookClient) -> Result<String, ApiError> {
        let url = Url::parse(&self.0).map_err(|error| ApiError::conflict("url", format!("it leads nowhere: {error}")))?;
        client.check(&url).await.map_err(|refused| ApiError::field("url", refused.to_string()))?;
        Ok(url.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken() {
        let taken = |text: &str| GivenHookUrl::try_from(text.to_owned()).is_ok();
        for good in ["https://shop.example", "https://shop.example:8443/a?b=@c", "http://10.0.0.1/", "https://[::1]/"] {
            assert!(taken(good), "{good}");
        }
        for bad in
            ["", "shop.example", "ftp://a/", "https://", "https://u:p@a/", "https://a/ b", "https://a/#b", "https://ä/"]
        {
            assert!(!taken(bad), "{bad}");
        }
        assert!(!taken(&format!("https://a/{}", "b".repeat(LETTERS_MAX))));
    }
}
