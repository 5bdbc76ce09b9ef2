//! E-mail addresses as the HTML standard takes them (<https://html.spec.whatwg.org/#valid-e-mail-address>): ASCII, no quotes, no
//! comments, nothing that could end a header. Refuses to say whether anybody reads what is sent there.

use std::{fmt, str::FromStr};

/// Octets of an address (RFC 5321 with its erratum 1690) and of the part before the `@`.
pub const EMAIL_MAX: usize = 254;
const LOCAL_MAX: usize = 64;
const LABEL_MAX: usize = 63;

/// A well-formed address, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnEmail;

impl fmt::Display for NotAnEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is not an e-mail address such as name@company.example")
    }
}

impl std::error::Error for NotAnEmail {}

impl Email {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of one mailbox have in common: lower case. Mail servers that tell `Ann@` from `ann@` are not met.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl FromStr for Email {
    type Err = NotAnEmail;

    fn from_str(text: &str) -> Result<Email, NotAnEmail> {
        let text = text.trim();
        let (local, domain) = text.split_once('@').ok_or(NotAnEmail)?;
        let is_local = !local.is_empty()
            && local.len() <= LOCAL_MAX
            && local.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte));
        let is_label = |label: &str| {
            (1..=LABEL_MAX).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if is_local && text.len() <= EMAIL_MAX && domain.split('.').all(is_label) {
            Ok(Email(text.to_owned()))
        } else {
            Err(NotAnEmail)
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Email;

    #[test]
    fn what_is_an_address() {
        for text in ["a@b", "Ann.B+x@Shop.example", " ann@shop.example ", "o'neil@x-y.example"] {
            assert!(text.parse::<Email>().is_ok(), "{text}");
        }
        let long = format!("{}@x.example", "a".repeat(65));
        for text in [
            "",
            "@",
            "a",
            "a@",
            "@b",
            "a b@c",
            "a@b@c",
            "a@-b.c",
            "a@b..c",
            "a@b.",
            "\"a\"@b",
            "a@b\r\nBcc: x@y",
            "<a@b>",
            "ä@b.c",
            "a@ü.c",
            "a,b@c",
            &long,
        ] {
            assert!(text.parse::<Email>().is_err(), "{text:?}");
        }
        assert_eq!("Ann@Shop.Example".parse::<Email>().unwrap().key(), "ann@shop.example");
    }
}
