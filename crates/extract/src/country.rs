//! The country that an address speaks of: its top-level domain, a country in its host or path. A guess, for saved pages that come without one; a run
//! knows its country.

use creel_types::Country;
use url::Url;

/// Top-level domains of countries that are used for other things.
const GENERIC: [&str; 22] = [
    "io", "co", "tv", "me", "ai", "ly", "fm", "to", "cc", "ws", "gg", "im", "la", "so", "sh", "ac", "st", "vc", "bz", "cx",
    "tk", "ml",
];

/// The country of an address; the United States where it says nothing.
#[must_use]
pub fn country_of(url: &Url) -> Country {
    let host = url.host_str().unwrap_or_default();
    by_domain(host).or_else(|| by_path(url)).or_else(|| by_subdomain(host)).unwrap_or(Country::US)
}

fn by_domain(host: &str) -> Option<Country> {
    let last = host.rsplit('.').next()?;
    match last {
        "uk" => "GB".parse().ok(),
        _ if GENERIC.contains(&last) => None,
        _ => last.parse().ok(),
    }
}

/// "/en-ca/", "/gb/en/", "/be/en/", "/ieen/".
fn by_path(url: &Url) -> Option<Country> {
    let mut segments = url.path_segments()?.take(2);
    let first = segments.next()?.to_ascii_lowercase();
    let second = segments.next().unwrap_or_default();
    let locale = first.split_once(['-', '_']).filter(|(language, country)| language.len() == 2 && country.len() == 2);
    if let Some((one, two)) = locale {
        return two.parse().ok().or_else(|| one.parse().ok());
    }
    if first.len() == 4 && first.ends_with("en") {
        return first[..2].parse().ok();
    }
    // Two letters alone are a country if a language follows; "/en/" alone is a language.
    let country = if first == "uk" { "gb" } else { first.as_str() };
    (first.len() == 2 && (second.len() == 2 || !is_language(&first))).then(|| country.parse().ok()).flatten()
}

fn by_subdomain(host: &str) -> Option<Country> {
    let first = host.split('.').next()?;
    if let Some((_, country)) = first.split_once('-').filter(|(one, two)| one.len() == 2 && two.len() == 2) {
        return country.parse().ok();
    }
    let country = if first == "uk" { "gb" } else { first };
    (first.len() == 2 && !is_language(first)).then(|| country.parse().ok()).flatten()
}

/// Codes that mean a language at least as often as a country.
fn is_language(code: &str) -> bool {
    matches!(
        code,
        "en" | "es"
            | "ar"
            | "zh"
            | "ja"
            | "ko"
            | "el"
            | "sv"
            | "da"
            | "cs"
            | "uk"
            | "sr"
            | "sq"
            | "et"
            | "hi"
            | "ms"
            | "ca"
            | "sl"
            | "ga"
            | "bs"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_of_addresses() {
        for (url, country) in [
            ("https://shop.example.de/p", "DE"),
            ("https://shop.example.co.uk/p", "GB"),
            ("https://example.com/gb/en/p/x/", "GB"),
            ("https://example.com/fr/fr/p", "FR"),
            ("https://example.ca/en-ca/product/1", "CA"),
            ("https://ar-sa.example.com/x", "SA"),
            ("https://example.ie/ieen/x", "IE"),
            ("https://de.example.com/x", "DE"),
            ("https://example.com/en/x", "US"),
            ("https://example.com/x", "US"),
            ("https://example.io/x", "US"),
        ] {
            assert_eq!(country_of(&Url::parse(url).unwrap()).as_str(), country, "{url}");
        }
    }
}
