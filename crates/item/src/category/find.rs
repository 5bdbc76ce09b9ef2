//! Categories by words, for people who look for an id. Which category a product has is not decided here.

use super::taxonomy::{Node, descends, tree};

/// Words that are looked at.
const WORDS_MAX: usize = 8;

/// Categories in whose name in `language`, or in English, all the words occur; names that are exactly them first, then the shorter
/// names, then in the taxonomy's order. Only what stands below `above`, where it is given.
#[must_use]
pub fn find(words: &str, language: &str, above: Option<&str>, limit: usize) -> Vec<Node> {
    let text = words.to_lowercase();
    let words: Vec<&str> = text.split_whitespace().take(WORDS_MAX).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let has_all = |name: &str| words.iter().all(|word| name.contains(word));
    let tree = tree();
    let all = (0..tree.len()).map(|at| tree.node(at));
    let all = all.filter(|node| above.is_none_or(|above| node.id != above && descends(node.id, above)));
    let mut found: Vec<(bool, usize, Node)> = all
        .filter_map(|node| {
            let names = [node.name_in(language).to_lowercase(), node.name.to_lowercase()];
            let name = names.iter().find(|name| has_all(name))?;
            Some((*name != words.join(" "), name.chars().count(), node))
        })
        .collect();
    found.sort_by_key(|(differs, length, _)| (*differs, *length));
    found.into_iter().map(|(.., node)| node).take(limit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_found_by_its_words_in_any_language_of_the_table() {
        let first = |words: &str, language: &str| find(words, language, None, 5).first().map(|node| node.name);
        assert_eq!(first("shirts", "en"), Some("Shirts"));
        assert_eq!(first("t-shirts", "de"), Some("T-Shirts"));
        assert_eq!(first("chaussures", "fr"), Some("Shoes"));
        assert_eq!(first("shoes", "fr"), Some("Shoes"), "English always");
        assert_eq!(first("  ", "en"), None);
        assert_eq!(first("no category has this", "en"), None);
        let below = find("shoes", "en", Some("aa-8"), 50);
        assert!(!below.is_empty() && below.iter().all(|node| node.id.starts_with("aa-8-")), "{below:?}");
        assert!(find("e", "en", None, 50).len() == 50);
        assert!(!find(&"shoes ".repeat(100_000), "en", None, 5).is_empty());
    }
}
