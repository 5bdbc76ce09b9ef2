//! The cookies of one redirect chain. Shops set a cookie, redirect, and ask for it back; without it they redirect for ever. Nothing
//! is kept beyond the chain, so no visit is tied to another.

use reqwest::header::{HeaderMap, SET_COOKIE};
use url::Url;

/// Cookies of one chain.
pub const COOKIES_MAX: usize = 50;
/// Bytes of one cookie, name and value.
pub const COOKIE_BYTES_MAX: usize = 4_096;

#[derive(Debug, Default)]
pub(crate) struct CookieJar {
    cookies: Vec<Cookie>,
    /// Counts changes: the same address with other cookies is no loop.
    changes: usize,
}

#[derive(Debug, PartialEq, Eq)]
struct Cookie {
    domain: String,
    /// Sent to the domain's subdomains too.
    with_subdomains: bool,
    secure: bool,
    name: String,
    value: String,
}

impl CookieJar {
    pub(crate) const fn changes(&self) -> usize {
        self.changes
    }

    /// Takes the cookies that an answer from `url` sets or deletes.
    pub(crate) fn take(&mut self, url: &Url, headers: &HeaderMap) {
        let Some(host) = url.host_str() else { return };
        for header in headers.get_all(SET_COOKIE) {
            let Ok(text) = std::str::from_utf8(header.as_bytes()) else { continue };
            if let Some((cookie, expired)) = parse(text, host) {
                self.put(cookie, expired);
            }
        }
    }

    fn put(&mut self, cookie: Cookie, expired: bool) {
        let same = |known: &Cookie| known.domain == cookie.domain && known.name == cookie.name;
        let at = self.cookies.iter().position(same);
        match at {
            Some(at) if expired => drop(self.cookies.remove(at)),
            Some(at) if self.cookies[at] != cookie => self.cookies[at] = cookie,
            None if !expired && self.cookies.len() < COOKIES_MAX => self.cookies.push(cookie),
            _ => return,
        }
        self.changes += 1;
    }

    /// The Cookie header for a request, if any cookie belongs to it.
    pub(crate) fn header(&self, url: &Url) -> Option<String> {
        let host = url.host_str()?;
        let belongs = |cookie: &&Cookie| {
            let there = host == cookie.domain || (cookie.with_subdomains && is_subdomain(host, &cookie.domain));
            there && (!cookie.secure || url.scheme() == "https")
        };
        let pairs: Vec<String> =
            self.cookies.iter().filter(belongs).map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

/// The cookie of a Set-Cookie header, and whether the header deletes it.
fn parse(text: &str, host: &str) -> Option<(Cookie, bool)> {
    let mut parts = text.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() || name.len() + value.len() > COOKIE_BYTES_MAX || text.bytes().any(|byte| byte.is_ascii_control()) {
        return None;
    }
    let mut cookie = Cookie {
        domain: host.to_owned(),
        with_subdomains: false,
        secure: false,
        name: name.to_owned(),
        value: value.to_owned(),
    };
    let mut expired = false;
    for part in parts {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
        match key.as_str() {
            "secure" => cookie.secure = true,
            "max-age" => expired |= value.parse::<i64>().is_ok_and(|seconds| seconds <= 0),
            // A date in the past deletes; shops write one from long ago.
            "expires" => expired |= ["1970", "1969", "1980", "1990"].iter().any(|year| value.contains(year)),
            "domain" => {
                let domain = value.trim_start_matches('.').to_ascii_lowercase();
                // A domain without a dot is a public suffix. That others are not known here is harmless: the chain is ours alone.
                if domain == host || (domain.contains('.') && is_subdomain(host, &domain)) {
                    cookie.domain = domain;
                    cookie.with_subdomains = true;
                }
            }
            _ => {}
        }
    }
    Some((cookie, expired))
}

fn is_subdomain(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn cookies_belong_to_their_host() {
        let mut jar = CookieJar::default();
        let url = |text: &str| Url::parse(text).unwrap();
        let mut set = |from: &str, header: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(SET_COOKIE, HeaderValue::from_static(header));
            jar.take(&url(from), &headers);
            jar.changes()
        };
        assert_eq!(set("https://www.s.example/", "a=1; Path=/; HttpOnly"), 1);
        assert_eq!(set("https://www.s.example/", "a=1"), 1, "the same again is no change");
        assert_eq!(set("https://www.s.example/", "b=2; Domain=.s.example; Secure"), 2);
        assert_eq!(set("https://www.s.example/", "c=3; Domain=other.example"), 3);
        assert_eq!(set("https://www.s.example/", "no value"), 3);
        for (to, expected) in [
            ("https://www.s.example/x", Some("a=1; b=2; c=3")),
            ("http://www.s.example/x", Some("a=1; c=3")),
            ("https://s.example/", Some("b=2")),
            ("https://shop.s.example/", Some("b=2")),
            ("https://evils.example/", None),
            ("https://other.example/", None),
        ] {
            assert_eq!(jar.header(&url(to)).as_deref(), expected, "{to}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(SET_COOKIE, HeaderValue::from_static("a=; Max-Age=0"));
        jar.take(&url("https://www.s.example/"), &headers);
        assert_eq!(jar.header(&url("https://www.s.example/")).as_deref(), Some("b=2; c=3"));
    }
}
