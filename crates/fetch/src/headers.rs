//! What Creel says in its requests and reads in the answers' headers.

use creel_frontier::politeness::RETRY_AFTER_MS_MAX;
use creel_types::{Country, Time};
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, COOKIE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use url::Url;

use crate::{body, cookies::CookieJar, settings::GetOptions};

/// Bytes of a header's value that are kept.
pub const VALUE_BYTES_MAX: usize = 4_096;
const ACCEPT_PAGE: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// The headers of one hop.
pub(crate) fn request_headers(url: &Url, options: &GetOptions, jar: &CookieJar) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(options.accept.unwrap_or(ACCEPT_PAGE)));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(body::ACCEPTED));
    let mut put = |name: HeaderName, value: Option<String>| {
        if let Some(Ok(value)) = value.map(|value| HeaderValue::from_str(&value)) {
            headers.insert(name, value);
        }
    };
    put(ACCEPT_LANGUAGE, accept_language(options.language.as_deref(), options.country));
    put(COOKIE, jar.header(url));
    headers
}

/// The languages asked for: the given one, the country's with and without its region, English last.
fn accept_language(language: Option<&str>, country: Option<Country>) -> Option<String> {
    let mut tags: Vec<String> = language.map(str::to_owned).into_iter().collect();
    if let Some(country) = country {
        for code in country.languages() {
            tags.push(format!("{code}-{country}"));
            tags.push(code.to_owned());
        }
    }
    if tags.is_empty() {
        return None;
    }
    tags.push("en".to_owned());
    let mut seen = std::collections::HashSet::new();
    tags.retain(|tag| seen.insert(tag.clone()));
    // Weights fall from 1 in tenths and stay at the last one.
    let weighted = tags.iter().enumerate().map(|(rank, tag)| match rank {
        0 => tag.clone(),
        rank => format!("{tag};q=0.{}", 10 - rank.min(9)),
    });
    Some(weighted.collect::<Vec<_>>().join(","))
}

/// All values of a header, joined by commas; what is not UTF-8 is replaced.
pub(crate) fn joined(headers: &HeaderMap, name: &str) -> Option<String> {
    let values: Vec<_> = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    let mut text = values.join(", ");
    if text.len() > VALUE_BYTES_MAX {
        text.truncate(text.floor_char_boundary(VALUE_BYTES_MAX));
    }
    (!values.is_empty()).then_some(text)
}

/// Milliseconds that Retry-After asks for, given in seconds or as a date (RFC 9110, 10.2.3), cut to [`RETRY_AFTER_MS_MAX`]. A date
/// that has passed asks for none.
pub(crate) fn retry_after_ms(headers: &HeaderMap, now: Time) -> Option<i64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return (seconds >= 0).then(|| seconds.saturating_mul(1_000).min(RETRY_AFTER_MS_MAX));
    }
    let at = httpdate::parse_http_date(text).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    let at = Time(i64::try_from(at.as_millis()).ok()?);
    Some(at.ms_since(now).clamp(0, RETRY_AFTER_MS_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_of_a_country() {
        for (language, country, expected) in [
            (None, None, None),
            (None, Some("US"), Some("en-US,en;q=0.9")),
            (None, Some("DE"), Some("de-DE,de;q=0.9,en;q=0.8")),
            (Some("fr-CH"), Some("DE"), Some("fr-CH,de-DE;q=0.9,de;q=0.8,en;q=0.7")),
            (Some("pl"), None, Some("pl,en;q=0.9")),
        ] {
            let country = country.map(|code: &str| code.parse().unwrap());
            assert_eq!(accept_language(language, country).as_deref(), expected, "{language:?} {country:?}");
        }
    }

    #[test]
    fn retry_after_in_both_forms() {
        let now = Time(784_111_777_000);
        for (value, expected) in [
            ("120", Some(120_000)),
            ("0", Some(0)),
            ("-5", None),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10_000)),
            ("Sun, 06 Nov 1994 08:49:07 GMT", Some(0)),
            ("soon", None),
            ("99999999999999999", Some(RETRY_AFTER_MS_MAX)),
            ("Thu, 06 Nov 2994 08:49:47 GMT", Some(RETRY_AFTER_MS_MAX)),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_static(value));
            assert_eq!(retry_after_ms(&headers, now), expected, "{value}");
        }
    }
}
