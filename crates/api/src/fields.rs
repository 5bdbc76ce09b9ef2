//! Strings of bodies that have a form of their own. They are checked while the body is read, by what the document says of them;
//! what only the flow can know, such as a password that everybody chooses, is refused by the flow.

use creel_access::rules::{NAME_LETTERS_MAX, PASSWORD_LETTERS_MAX, PASSWORD_LETTERS_MIN};
use creel_types::email::NotAnEmail;
use serde::Deserialize;
use utoipa::ToSchema;

/// Bytes of the bodies that anybody may send.
pub(crate) const OPEN_BODY_BYTES_MAX: usize = 64 * 1024;

/// An e-mail address.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = Email, min_length = 3, max_length = 254, examples("ann@shop.example"))]
pub(crate) struct EmailAddress(String);

impl TryFrom<String> for EmailAddress {
    type Error = NotAnEmail;

    fn try_from(text: String) -> Result<EmailAddress, NotAnEmail> {
        text.parse::<creel_types::Email>().map(|email| EmailAddress(email.as_str().to_owned()))
    }
}

/// A password that somebody chooses.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = Password, min_length = 12, max_length = 200)]
pub(crate) struct NewPassword(String);

impl TryFrom<String> for NewPassword {
    type Error = String;

    fn try_from(text: String) -> Result<NewPassword, String> {
        let letters = text.chars().count();
        if (PASSWORD_LETTERS_MIN..=PASSWORD_LETTERS_MAX).contains(&letters) {
            return Ok(NewPassword(text));
        }
        Err(format!("a password has {PASSWORD_LETTERS_MIN} to {PASSWORD_LETTERS_MAX} letters; a few words make a good one"))
    }
}

/// What a person, an organization or a key is called: no control characters, and none that turn the direction of the text.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(
    value_type = String,
    min_length = 1,
    max_length = 100,
    pattern = r"^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]*[^\s\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff][^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]*$"
)]
pub(crate) struct GivenName(String);

impl TryFrom<String> for GivenName {
    type Error = String;

    fn try_from(text: String) -> Result<GivenName, String> {
        if text.chars().count() > NAME_LETTERS_MAX {
            return Err(format!("a name has at most {NAME_LETTERS_MAX} letters"));
        }
        creel_access::rules::name("name", &text).map(GivenName).map_err(|error| error.to_string())
    }
}

/// A line of people's own words, which may be empty: no control characters.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, max_length = 200, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$")]
pub(crate) struct Description(String);

const DESCRIPTION_LETTERS_MAX: usize = 200;

impl TryFrom<String> for Description {
    type Error = String;

    fn try_from(text: String) -> Result<Description, String> {
        let fits = text.chars().count() <= DESCRIPTION_LETTERS_MAX && !text.chars().any(char::is_control);
        let wrong = || format!("a description has at most {DESCRIPTION_LETTERS_MAX} characters and none that controls");
        if fits { Ok(Description(text)) } else { Err(wrong()) }
    }
}

impl Description {
    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

impl EmailAddress {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl NewPassword {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl GivenName {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken() {
        let email = |text: &str| EmailAddress::try_from(text.to_owned()).is_ok();
        assert!(email("ann@shop.example") && !email("ann") && !email(""));
        let password = |text: &str| NewPassword::try_from(text.to_owned()).is_ok();
        assert!(password("a few words!") && !password("short") && !password(&"long ".repeat(41)));
        let name = |text: &str| GivenName::try_from(text.to_owned()).is_ok();
        assert!(name("Äpfel & Co.") && !name(" ") && !name("a\nb") && !name(&"a".repeat(101)));
    }
}
