//! Settings from the environment, which go over the file's.

/// Before a setting's name in capitals: the environment variable that goes over it.
const VARIABLE: &str = "CREEL_";

/// The variable of a setting.
pub(super) fn name(setting: &str) -> String {
    format!("{VARIABLE}{}", setting.to_uppercase())
}

/// What an environment variable says, as the kind of value that the setting has: a text as it stands, numbers and lists as in
/// the file.
pub(super) fn read(kind: &toml::Value, text: String) -> Result<toml::Value, String> {
    if kind.is_str() {
        return Ok(toml::Value::String(text));
    }
    let table: Result<toml::Table, _> = format!("value = {text}").parse();
    let value = table.ok().filter(|table| table.len() == 1).and_then(|mut table| table.remove("value"));
    match value.filter(|value| value.same_type(kind)) {
        Some(value) => Ok(value),
        // The value that it goes over may be a secret.
        None => Err(format!("it must be of the kind {}, written as in the file", kind.type_str())),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_variable_is_read_as_the_kind_that_its_setting_has() {
        let read = |kind: toml::Value, text: &str| super::read(&kind, text.to_owned());
        assert_eq!(read("".into(), "postgres://u:p@h/n").unwrap().as_str(), Some("postgres://u:p@h/n"));
        assert_eq!(read(1.into(), "7").unwrap().as_integer(), Some(7));
        assert_eq!(read(vec![""].into(), "[\"10.0.0.0/8\"]").unwrap().as_array().map(Vec::len), Some(1));
        assert!(read(true.into(), "true").unwrap().as_bool().unwrap());
        for (kind, text) in
            [(toml::Value::from(1), "x"), (1.into(), "\"1\""), (true.into(), "1"), (vec![""].into(), "10.0.0.0/8")]
        {
            assert!(read(kind, text).unwrap_err().contains("must be of the kind"), "{text}");
        }
        assert!(read(1.into(), "1\nother = 2").is_err());
    }
}
