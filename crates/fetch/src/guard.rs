//! Which addresses may be contacted. Everything that is not on the public internet is refused, unless the operator lets it through.
//! The rule is applied to literal addresses in URLs before each hop, and by [`crate::resolver`] to every answer of a name server.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use url::{Host, Url};

use crate::{address::not_public, error::FetchError};

/// Entries of an allow list.
pub const ALLOWED_MAX: usize = 1_000;
/// Entries of the list of hosts that are left alone.
pub const EXCLUDED_MAX: usize = 10_000;

/// How an address that passed the guard is to be connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Every address that its name resolves to is checked.
    Checked,
    /// The operator named this host: its name may resolve to any address.
    Trusted,
}

/// The operator's exceptions, and the rule for everything else.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    everything: bool,
    networks: Vec<IpNet>,
    endpoints: Vec<SocketAddr>,
    names: Vec<(String, Option<u16>)>,
    /// Nothing is fetched from these and what lies beneath them, whatever else is allowed.
    excluded: Vec<String>,
}

impl Guard {
    /// Reads an allow list: host names, `host:port`, IP addresses, `address:port`, ranges in CIDR form, or `*` for everything. An
    /// address with a port lets through URLs that hold the address itself; a name needs an entry of its own or of its range.
    pub fn new(allow_private_networks: &[String]) -> Result<Guard, FetchError> {
        if allow_private_networks.len() > ALLOWED_MAX {
            return Err(FetchError::Setup {
                reason: format!("allow_private_networks holds more than {ALLOWED_MAX} entries"),
            });
        }
        let mut guard = Guard::default();
        for (index, entry) in allow_private_networks.iter().enumerate() {
            guard.allow(entry.trim()).ok_or_else(|| FetchError::Setup {
                reason: format!(
                    "allow_private_networks[{index}] {entry:?} is neither a host, host:port, an IP address, a range nor *"
                ),
            })?;
        }
        Ok(guard)
    }

    /// Hosts that nothing is ever fetched from: each with everything beneath it, `shop.example` with `www.shop.example`.
    pub fn excluding(mut self, hosts: &[String]) -> Result<Guard, FetchError> {
        if hosts.len() > EXCLUDED_MAX {
            return Err(FetchError::Setup { reason: format!("excluded_hosts holds more than {EXCLUDED_MAX} entries") });
        }
        for (index, entry) in hosts.iter().enumerate() {
            let is_host = |url: &Url| url.path() == "/" && url.query().is_none() && !entry.contains('/');
            // The parser drops port 80, which is http's own.
            let has_port = !entry.trim().ends_with(']') && entry.contains(':');
            let url = Url::parse(&format!("http://{}/", entry.trim())).ok().filter(is_host).filter(|_| !has_port);
            let host = url.as_ref().and_then(Url::host_str).ok_or_else(|| FetchError::Setup {
                reason: format!("excluded_hosts[{index}] {entry:?} is no host name such as shop.example"),
            })?;
            self.excluded.push(plain_name(host));
        }
        Ok(self)
    }

    fn is_excluded(&self, host: &str) -> bool {
        let host = plain_name(host);
        let is_beneath =
            |name: &String| host.strip_suffix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        self.excluded.iter().any(is_beneath)
    }

    fn allow(&mut self, entry: &str) -> Option<()> {
        if entry == "*" {
            self.everything = true;
        } else if let Ok(network) = entry.parse::<IpNet>() {
            self.networks.push(network);
        } else if let Ok(address) = entry.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            self.networks.push(IpNet::from(address));
        } else if let Ok(endpoint) = entry.parse::<SocketAddr>() {
            self.endpoints.push(endpoint);
        } else {
            // The URL parser knows how a host name is spelled; what it would read as more than a host is no entry.
            let url = Url::parse(&format!("http://{entry}/")).ok()?;
            let plain = url.path() == "/" && url.query().is_none() && url.username().is_empty() && !entry.contains('/');
            let Some(Host::Domain(name)) = url.host().filter(|_| plain) else { return None };
            // The parser drops port 80, which is http's own.
            let port = url.port().or_else(|| entry.ends_with(":80").then_some(80));
            self.names.push((plain_name(name), port));
        }
        Some(())
    }

    /// Checks what the URL itself shows: its scheme and a literal address. A name is checked when it is resolved.
    pub fn check_url(&self, url: &Url) -> Result<Route, FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::Scheme { url: url.to_string() });
        }
        if let Some(host) = url.host_str().filter(|host| self.is_excluded(host)) {
            return Err(FetchError::ExcludedHost { host: host.to_owned() });
        }
        let port = url.port_or_known_default().unwrap_or_default();
        // The URL parser has turned decimal, octal and hexadecimal spellings of an address into the address.
        let address = match url.host() {
            None => return Err(FetchError::BadUrl { url: url.to_string(), reason: "it has no host".to_owned() }),
            Some(Host::Domain(name)) => return Ok(self.route_of_name(name, port)),
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
        };
        if self.endpoints.contains(&SocketAddr::new(address.to_canonical(), port)) {
            return Ok(Route::Trusted);
        }
        match self.refusal(address) {
            None => Ok(Route::Checked),
            Some(reason) => {
                let host = url.host_str().unwrap_or_default().to_owned();
                Err(FetchError::PrivateAddress { host, address, reason })
            }
        }
    }

    /// Why a connection to the address is refused; `None` when it may be made.
    #[must_use]
    pub fn refusal(&self, address: IpAddr) -> Option<&'static str> {
        let plain = address.to_canonical();
        if self.everything || self.networks.iter().any(|network| network.contains(&plain) || network.contains(&address)) {
            return None;
        }
        not_public(address)
    }

    fn route_of_name(&self, name: &str, port: u16) -> Route {
        let name = plain_name(name);
        let named =
            self.names.iter().any(|(allowed, only_port)| *allowed == name && only_port.is_none_or(|only| only == port));
        if self.everything || named { Route::Trusted } else { Route::Checked }
    }
}

/// A host name for comparing: lower case, without the dot of the root.
fn plain_name(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(allowed: &[&str], url: &str) -> Result<Route, &'static str> {
        let allowed: Vec<String> = allowed.iter().map(|entry| (*entry).to_owned()).collect();
        Guard::new(&allowed).unwrap().check_url(&Url::parse(url).unwrap()).map_err(|error| error.code())
    }

    #[test]
    fn excluded_hosts_are_left_alone_with_all_beneath_them() {
        let excluded = |entry: &str, url: &str| {
            let guard = Guard::new(&["*".to_owned()]).unwrap().excluding(&[entry.to_owned()]).unwrap();
            guard.check_url(&Url::parse(url).unwrap()).is_err_and(|error| error.code() == "excluded_host")
        };
        for url in [
            "http://shop.example/",
            "https://SHOP.example.:8443/p/1",
            "https://www.shop.example/",
            "http://a.b.shop.example/",
        ] {
            assert!(excluded("shop.example", url) && excluded(" Shop.Example. ", url), "{url}");
        }
        for url in ["http://myshop.example/", "http://example/", "http://shop.example.com/"] {
            assert!(!excluded("shop.example", url), "{url}");
        }
        assert!(
            excluded("müller.example", "https://xn--mller-kva.example/") && excluded("203.0.113.9", "http://203.0.113.9/")
        );
        for entry in ["", "https://shop.example", "shop.example/path", "shop.example:80", "a b"] {
            let refused = Guard::default().excluding(&["shop.example".to_owned(), entry.to_owned()]).unwrap_err();
            assert!(refused.to_string().contains("excluded_hosts[1]"), "{entry}: {refused}");
        }
    }

    #[test]
    fn literal_addresses_in_any_spelling() {
        for url in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://0x7f.0.0.0x1:8080/",
            "http://0/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[64:ff9b::a9fe:a9fe]/",
            "http://169.254.169.254/latest/meta-data/",
            "http://１２７.０.０.１/",
            "https://192.168.0.1:8443/",
        ] {
            assert_eq!(check(&[], url), Err("private_address"), "{url}");
        }
        for (url, expected) in [
            ("http://8.8.8.8/", Ok(Route::Checked)),
            ("https://[2606:4700::1111]/", Ok(Route::Checked)),
            ("https://shop.example/", Ok(Route::Checked)),
            ("ftp://8.8.8.8/", Err("scheme")),
            ("file:///etc/passwd", Err("scheme")),
            ("data:text/html,x", Err("scheme")),
        ] {
            assert_eq!(check(&[], url), expected, "{url}");
        }
    }

    #[test]
    fn exceptions() {
        for (allowed, url, expected) in [
            ("*", "http://127.0.0.1/", Ok(Route::Checked)),
            ("*", "http://localhost/", Ok(Route::Trusted)),
            ("127.0.0.1", "http://127.0.0.1:9/", Ok(Route::Checked)),
            ("127.0.0.1", "http://[::ffff:127.0.0.1]:9/", Ok(Route::Checked)),
            ("127.0.0.1", "http://127.0.0.2/", Err("private_address")),
            ("127.0.0.0/8", "http://127.9.9.9/", Ok(Route::Checked)),
            ("127.0.0.1:8080", "http://127.0.0.1:8080/", Ok(Route::Trusted)),
            ("127.0.0.1:8080", "http://127.0.0.1:8081/", Err("private_address")),
            ("127.0.0.1:80", "http://127.0.0.1/", Ok(Route::Trusted)),
            ("[::1]:8080", "http://[::1]:8080/", Ok(Route::Trusted)),
            ("[::1]", "http://[::1]/", Ok(Route::Checked)),
            ("fd00::/8", "http://[fd12::1]/", Ok(Route::Checked)),
            ("LocalHost", "http://localhost:1234/", Ok(Route::Trusted)),
            ("localhost:8080", "http://localhost:8080/", Ok(Route::Trusted)),
            ("localhost:8080", "http://localhost:8081/", Ok(Route::Checked)),
            ("localhost:80", "http://localhost/", Ok(Route::Trusted)),
            ("localhost:80", "http://localhost:81/", Ok(Route::Checked)),
            ("shop.test", "http://shop.test./", Ok(Route::Trusted)),
            ("shop.test", "http://www.shop.test/", Ok(Route::Checked)),
            ("localhost", "http://127.0.0.1/", Err("private_address")),
        ] {
            assert_eq!(check(&[allowed], url), expected, "{allowed} and {url}");
        }
        for entry in ["", "http://x/", "x/y", "10.0.0.0/99", "a b", "user@host", "host:99999"] {
            let error = Guard::new(&["*".to_owned(), entry.to_owned()]).unwrap_err().to_string();
            assert!(error.contains("allow_private_networks[1]"), "{entry}: {error}");
        }
    }

    #[test]
    fn the_message_says_how_to_allow() {
        let error = Guard::default().check_url(&Url::parse("http://127.0.0.1/").unwrap()).unwrap_err().to_string();
        for part in ["127.0.0.1", "loopback", "--allow-private", "allow_private_networks"] {
            assert!(error.contains(part), "{error}");
        }
    }
}
