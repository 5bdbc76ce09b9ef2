//! The few pieces of HTML that every page shares. Refuses to know any layout.

use creel_types::Amount;
use url::form_urlencoded;

use super::section::Section;

/// Text as it may stand in an element or in a double-quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

/// A price as the section's country writes it.
pub(crate) fn shown(section: &Section, amount: Amount) -> String {
    section.price_format.show(amount)
}

/// An address with these parameters; an empty value drops its parameter.
pub(crate) fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// What every piece makes, one after the other.
pub(crate) fn each<T>(items: impl IntoIterator<Item = T>, piece: impl FnMut(T) -> String) -> String {
    items.into_iter().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_queries_are_escaped() {
        assert_eq!(escape("Töpfe & \"<Pfannen>\""), "Töpfe &amp; &quot;&lt;Pfannen&gt;&quot;");
        assert_eq!(
            with_query("/a", &[("color", "Night Blue"), ("size", ""), ("q", "ö&")]),
            "/a?color=Night+Blue&q=%C3%B6%26"
        );
        assert_eq!(with_query("/a", &[("size", "")]), "/a");
    }
}
