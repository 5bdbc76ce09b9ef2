//! Forms as Stripe reads them: pairs in order, with brackets in the names for what lies within (`items[0][price]`). Knows no field.

use std::fmt::Display;

use url::form_urlencoded;

use super::objects::Metadata;

/// The fields of a request: the body of a POST, or the query of a GET.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    #[must_use]
    pub fn new() -> Form {
        Form::default()
    }

    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Display) -> Form {
        self.0.push((name.into(), value.to_string()));
        self
    }

    /// Left out where there is none.
    #[must_use]
    pub fn optional(self, name: impl Into<String>, value: Option<impl Display>) -> Form {
        match value {
            Some(value) => self.field(name, value),
            None => self,
        }
    }

    /// One `name[]` for each.
    #[must_use]
    pub fn list<T: Display>(self, name: &str, values: impl IntoIterator<Item = T>) -> Form {
        values.into_iter().fold(self, |form, value| form.field(format!("{name}[]"), value))
    }

    /// `metadata[…]`; what is not named stays as it is at Stripe.
    #[must_use]
    pub fn metadata(self, metadata: &Metadata) -> Form {
        metadata.iter().fold(self, |form, (key, value)| form.field(format!("metadata[{key}]"), value))
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[must_use]
    pub fn encoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_keep_their_order_and_brackets() {
        let metadata = Metadata::from([("creel_plan".to_owned(), "start".to_owned())]);
        let form = Form::new()
            .field("items[0][price]", "price_1")
            .field("name", "Ä & B=c")
            .optional("email", None::<&str>)
            .optional("quantity", Some(3))
            .list("lookup_keys", ["a", "b"])
            .metadata(&metadata);
        let pairs: Vec<(String, String)> = form_urlencoded::parse(form.encoded().as_bytes()).into_owned().collect();
        let read: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            read,
            [
                ("items[0][price]", "price_1"),
                ("name", "Ä & B=c"),
                ("quantity", "3"),
                ("lookup_keys[]", "a"),
                ("lookup_keys[]", "b"),
                ("metadata[creel_plan]", "start")
            ]
        );
        assert!(Form::new().is_empty() && Form::new().encoded().is_empty());
    }
}
