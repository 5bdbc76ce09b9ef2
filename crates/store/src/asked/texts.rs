//! Parts of bodies that have a form of their own, checked while the body is read.

use serde::{Deserialize, Deserializer, de};
use utoipa::ToSchema;

/// What a robot or a run is called: no control characters.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(
    value_type = String,
    min_length = 1,
    max_length = 200,
    pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
)]
pub struct WorkName(String);

const WORK_NAME_LETTERS_MAX: usize = 200;

impl TryFrom<String> for WorkName {
    type Error = String;

    /// Without white space around it, which counts as letters all the same.
    fn try_from(text: String) -> Result<WorkName, String> {
        let fits = text.chars().count() <= WORK_NAME_LETTERS_MAX && !text.chars().any(char::is_control);
        let name = Some(text.trim()).filter(|name| fits && !name.is_empty());
        let wrong = || format!("a name has 1 to {WORK_NAME_LETTERS_MAX} characters and none that controls");
        name.map(|name| WorkName(name.to_owned())).ok_or_else(wrong)
    }
}

impl WorkName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A whole number, which JSON may also write as `5.0`; absent and null are nothing.
pub fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let Some(number) = Option::<serde_json::Number>::deserialize(deserializer)? else { return Ok(None) };
    let text = number.to_string();
    let digits = text.split_once('.').filter(|(_, rest)| rest.bytes().all(|digit| digit == b'0'));
    let whole = digits.map_or(text.as_str(), |(whole, _)| whole).parse();
    whole.map(Some).map_err(|_| de::Error::custom(format!("{text} is not a whole number that fits in 64 bits")))
}
