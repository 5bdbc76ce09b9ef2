//! The host of a shop in its one spelling: IDNA, lower case, no leading `www.`, a non-default port kept.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

/// A normalized host, for example `shop.example` or `127.0.0.1:8080`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Host(String);

impl Host {
    /// The host of an http(s) address; `None` for other schemes and addresses without a host.
    #[must_use]
    pub fn of(url: &Url) -> Option<Host> {
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        // `Url` has lower-cased and IDNA-encoded the host, and dropped a default port.
        let name = url.host_str()?.trim_end_matches('.');
        let name = name.strip_prefix("www.").filter(|rest| rest.contains('.')).unwrap_or(name);
        (!name.is_empty()).then(|| match url.port() {
            Some(port) => Host(format!("{name}:{port}")),
            None => Host(name.to_owned()),
        })
    }

    /// Takes a host as the database holds it.
    #[must_use]
    pub fn from_stored(text: String) -> Host {
        Host(text)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `url` is on this host; other subdomains are foreign.
    #[must_use]
    pub fn holds(&self, url: &Url) -> bool {
        Host::of(url).is_some_and(|host| host == *self)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling() {
        for (url, host) in [
            ("https://www.Shop.Example/a", Some("shop.example")),
            ("http://shop.example:80/", Some("shop.example")),
            ("https://shop.example:8443/", Some("shop.example:8443")),
            ("https://de.shop.example/", Some("de.shop.example")),
            ("https://bücher.example/", Some("xn--bcher-kva.example")),
            ("https://www.example/", Some("www.example")),
            ("https://shop.example./", Some("shop.example")),
            ("http://[::1]:8080/", Some("[::1]:8080")),
            ("ftp://shop.example/", None),
            ("mailto:a@shop.example", None),
        ] {
            let found = Url::parse(url).ok().and_then(|url| Host::of(&url));
            assert_eq!(found.as_ref().map(Host::as_str), host, "{url}");
        }
    }
}
