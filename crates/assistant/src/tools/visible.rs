//! Texts without what nobody can see: controls, marks that turn the direction, characters of no width, tags. Somebody who reads
//! a shop's page must see all that a model reads of it. Letters stay as they are, also those that look like others.

use serde_json::Value;

/// The text as it can be seen; line ends and tabs stay.
#[must_use]
pub fn visible(text: &str) -> String {
    text.chars().filter(|letter| !is_hidden(*letter)).collect()
}

const fn is_hidden(letter: char) -> bool {
    match letter {
        '\n' | '\t' => false,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        // Soft hyphen, joiners, spaces and operators of no width, fillers that show nothing.
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' => true,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{61c}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' => true,
        // Variation selectors and tags can carry a whole text within one letter.
        '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}' => true,
        // Nobody's characters.
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => true,
        _ => false,
    }
}

/// Every text of a value, names of fields too: those of a capture's own values come from outside.
pub(super) fn clean(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(visible(&text)),
        Value::Array(all) => Value::Array(all.into_iter().map(clean).collect()),
        Value::Object(all) => Value::Object(all.into_iter().map(|(name, value)| (visible(&name), clean(value))).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_goes_and_what_is_seen_stays() {
        for (text, seen) in [
            ("Größe 42½ 東京 हिन्दी ر", "Größe 42½ 東京 हिन्दी ر"),
            ("a\u{202e}b\u{2066}c\u{200f}", "abc"),
            ("i\u{200b}g\u{200d}n\u{feff}o\u{2060}re", "ignore"),
            ("x\u{e0041}\u{e0042}\u{e007f}y", "xy"),
            ("one\u{0}\u{1b}[31m\u{7f}\n\ttwo", "one[31m\n\ttwo"),
            ("v\u{fe0f}\u{e0101}", "v"),
        ] {
            assert_eq!(visible(text), seen);
        }
    }
}
