//! Option values as a buyer reads them: a platform's state holds slugs ("dark-red", "cafe") where the page's pickers pair each slug with its words
//! ("Dark red", "Café"). Refuses to guess words for a slug that no picker has.

use rustc_hash::FxHashMap;

use crate::reading::Reading;

/// Puts the words of the page's pickers in the place of the slugs of `state`. `shown` are pairs of a choice's machine value and its words.
pub fn prefer(state: &mut Reading, shown: &[(String, String)]) {
    let mut words: FxHashMap<&str, &str> = FxHashMap::default();
    for (code, text) in shown {
        // The same code in two pickers, each with words of its own, says nothing.
        words
            .entry(code)
            .and_modify(|known| {
                if *known != text {
                    *known = code
                }
            })
            .or_insert(text);
    }
    let replace = |value: &mut String| {
        if let Some(text) = words.get(value.as_str()).filter(|text| **text != value.as_str()) {
            *value = (*text).to_owned();
        }
    };
    state.options.iter_mut().flat_map(|(_, values)| values).for_each(replace);
    state.skus.iter_mut().flat_map(|sku| &mut sku.options).for_each(|(_, value)| replace(value));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_slugs() {
        let pair = |one: &str, two: &str| (one.to_owned(), two.to_owned());
        for (shown, value, expected) in [
            (vec![pair("cafe", "Café")], "cafe", "Café"),
            (vec![pair("cafe", "Café")], "tea", "tea"),
            (vec![pair("1", "Red"), pair("1", "Small")], "1", "1"),
        ] {
            let mut state = Reading { options: vec![("Color".to_owned(), vec![value.to_owned()])], ..Reading::default() };
            prefer(&mut state, &shown);
            assert_eq!(state.options[0].1, [expected]);
        }
    }
}
