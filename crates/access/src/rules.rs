//! What names, addresses and passwords may be. Passwords by NIST SP 800-63B: length counts, composition does not, and what everybody
//! chooses is refused.

use std::collections::BTreeSet;

use creel_types::Email;

use crate::AccessError;

/// Letters of a name of a person, an organization or a key.
pub const NAME_LETTERS_MAX: usize = 100;
pub const PASSWORD_LETTERS_MIN: usize = 12;
pub const PASSWORD_LETTERS_MAX: usize = 200;
/// A password of fewer different letters is a pattern.
const DIFFERENT_LETTERS_MIN: usize = 5;

/// Of the passwords in published lists that are long enough, those that everybody tries.
const COMMON: [&str; 28] = [
    "password1234",
    "password12345",
    "password123456",
    "passwordpassword",
    "password123!",
    "mypassword123",
    "changeme1234",
    "changemechangeme",
    "letmeinletmein",
    "administrator",
    "administrator1",
    "admin1234567",
    "adminadmin123",
    "welcome12345",
    "welcome123456",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiop1234",
    "qwerty123456",
    "1qaz2wsx3edc",
    "1q2w3e4r5t6y",
    "123456789012",
    "1234567890123",
    "1234567890abc",
    "abcdefghijkl",
    "iloveyou1234",
    "correcthorsebatterystaple",
    "thisisapassword",
];

/// A name without what bends the text around it: control characters, and letters that turn its direction.
pub fn name(field: &'static str, text: &str) -> Result<String, AccessError> {
    let text = text.trim();
    let letters = text.chars().count();
    if letters == 0 {
        return Err(AccessError::field(field, "must not be empty"));
    }
    if letters > NAME_LETTERS_MAX {
        return Err(AccessError::field(field, format!("has {letters} letters, at most {NAME_LETTERS_MAX} fit")));
    }
    let bends = |letter: char| {
        letter.is_control() || matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if text.chars().any(bends) {
        return Err(AccessError::field(field, "must not hold control characters"));
    }
    Ok(text.to_owned())
}

pub fn email(field: &'static str, text: &str) -> Result<Email, AccessError> {
    text.parse().map_err(|error: creel_types::email::NotAnEmail| AccessError::field(field, error.to_string()))
}

/// Whether somebody may choose this password.
pub fn password(field: &'static str, text: &str, email: &Email) -> Result<(), AccessError> {
    let letters = text.chars().count();
    if letters < PASSWORD_LETTERS_MIN {
        let message =
            format!("has {letters} letters, at least {PASSWORD_LETTERS_MIN} are needed; a few words make a good one");
        return Err(AccessError::field(field, message));
    }
    if letters > PASSWORD_LETTERS_MAX {
        return Err(AccessError::field(field, format!("has {letters} letters, at most {PASSWORD_LETTERS_MAX} fit")));
    }
    let lower = text.to_lowercase();
    if lower.chars().collect::<BTreeSet<_>>().len() < DIFFERENT_LETTERS_MIN || COMMON.contains(&lower.as_str()) {
        return Err(AccessError::field(field, "is one of the first that are tried; a few words make a good one"));
    }
    if lower == email.key() {
        return Err(AccessError::field(field, "must not be the e-mail address"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_name_may_be() {
        for (text, good) in [
            ("Ann", true),
            (" Äpfel & Co. 商店 ", true),
            ("", false),
            (" \t ", false),
            ("a\nb", false),
            ("a\u{202e}b", false),
            (&"ä".repeat(100), true),
            (&"a".repeat(101), false),
        ] {
            assert_eq!(name("name", text).is_ok(), good, "{text:?}");
        }
        assert_eq!(name("name", " Ann ").unwrap(), "Ann");
    }

    #[test]
    fn what_a_password_may_be() {
        let ann: Email = "Ann.Smith@shop.example".parse().unwrap();
        for (text, good) in [
            ("a few good words", true),
            ("пароль из слов", true),
            ("            ", false),
            ("short", false),
            ("elevenchars", false),
            ("twelve chars", true),
            ("aaaabbbbccccdddd", false),
            ("Password1234", false),
            ("ann.smith@SHOP.example", false),
            (&"abcdef ".repeat(29), false),
        ] {
            assert_eq!(password("password", text, &ann).is_ok(), good, "{text:?}");
        }
        assert!(COMMON.iter().all(|common| common.len() >= PASSWORD_LETTERS_MIN && *common == common.to_lowercase()));
    }
}
