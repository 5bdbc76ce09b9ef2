//! The session's cookie as text of HTTP headers. Over https its name begins with `__Host-`, which browsers take only from the
//! host itself, over TLS and for all paths; scripts never see it, and other sites' requests that change something come without.

use creel_store::access::sessions::SESSION_MS_MAX;

const PLAIN: &str = "creel_session";
const HOST_ONLY: &str = "__Host-creel_session";
/// Longest value of a cookie that is looked at: a token has 64 letters.
const VALUE_BYTES_MAX: usize = 128;

/// How this installation writes its cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionCookie {
    is_https: bool,
}

impl SessionCookie {
    /// For the address under which people reach the installation.
    #[must_use]
    pub fn of(public_url: &str) -> SessionCookie {
        SessionCookie { is_https: public_url.starts_with("https://") }
    }

    fn name(self) -> &'static str {
        if self.is_https { HOST_ONLY } else { PLAIN }
    }

    fn flags(self) -> &'static str {
        if self.is_https { "Path=/; HttpOnly; SameSite=Lax; Secure" } else { "Path=/; HttpOnly; SameSite=Lax" }
    }

    /// The value of `Set-Cookie` that begins a session.
    #[must_use]
    pub fn begin(self, token: &str) -> String {
        format!("{}={token}; {}; Max-Age={}", self.name(), self.flags(), SESSION_MS_MAX / 1000)
    }

    /// The value of `Set-Cookie` that ends it.
    #[must_use]
    pub fn end(self) -> String {
        format!("{}=; {}; Max-Age=0", self.name(), self.flags())
    }

    /// The session's token in the value of a `Cookie` header.
    #[must_use]
    pub fn read(self, header: &str) -> Option<&str> {
        let pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
        let found = pairs.into_iter().find(|(name, _)| *name == self.name())?.1;
        (!found.is_empty() && found.len() <= VALUE_BYTES_MAX).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for (url, name) in [("https://a.example", "__Host-creel_session"), ("http://127.0.0.1:8080", "creel_session")] {
            let cookie = SessionCookie::of(url);
            let written = cookie.begin("abc");
            assert_eq!(written.contains("; Secure"), url.starts_with("https"));
            assert!(written.contains("HttpOnly") && written.contains("SameSite=Lax") && written.contains("Path=/"));
            let sent = format!("a=b; {name}=abc; c");
            assert_eq!(cookie.read(&sent), Some("abc"));
            assert!(cookie.end().starts_with(&format!("{name}=;")));
        }
        let plain = SessionCookie::of("http://a.example");
        for header in ["", "creel_session", "creel_session=", "xcreel_session=a", "__Host-creel_session=a"] {
            assert_eq!(plain.read(header), None, "{header}");
        }
    }
}
