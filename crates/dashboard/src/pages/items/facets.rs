//! What a list of items can be narrowed by beside its categories: attributes with their values, and the fields of its form.

use creel_store::items::{FacetCount, FacetName};
use creel_types::{ReviewState, Signal};

use super::{asked::Asked, words};
use crate::{
    figures::grouped,
    form::{Choice, Field},
    refusal::Refusal,
};

/// Attributes that are offered, those of the most items first.
const ATTRIBUTES_MAX: usize = 12;
/// Values of one attribute that are offered.
const VALUES_MAX: usize = 12;

pub(super) struct Attribute {
    pub(super) name: String,
    /// One of its values is asked for.
    pub(super) is_open: bool,
    pub(super) values: Vec<Value>,
}

pub(super) struct Value {
    pub(super) text: String,
    pub(super) swatch: &'static str,
    pub(super) count: String,
    pub(super) href: String,
    pub(super) is_chosen: bool,
}

pub(super) fn attributes(here: &str, asked: &Asked, counts: &[FacetCount]) -> Vec<Attribute> {
    let chosen = asked.attributes();
    let mut attributes: Vec<(i64, Attribute)> = Vec::new();
    let mut last = "";
    for count in counts {
        let Some(name) = count.name.strip_prefix("attribute:") else { continue };
        if name != last {
            let attribute = Attribute { name: words::attribute(name), is_open: false, values: Vec::new() };
            attributes.push((0, attribute));
            last = name;
        }
        let Some((items, attribute)) = attributes.last_mut() else { continue };
        *items += count.items;
        let is_chosen = chosen.iter().any(|(known, value)| known == name && *value == count.value);
        attribute.is_open |= is_chosen;
        if attribute.values.len() < VALUES_MAX || is_chosen {
            attribute.values.push(Value {
                text: count.value.clone(),
                swatch: words::swatch(name, &count.value),
                count: grouped(count.items),
                href: format!("{here}{}", asked.turning(name, &count.value)),
                is_chosen,
            });
        }
    }
    attributes.sort_by_key(|(items, attribute)| (!attribute.is_open, -items));
    attributes.into_iter().take(ATTRIBUTES_MAX).map(|(_, attribute)| attribute).collect()
}

/// The fields of the form, with what there is to choose from.
pub(super) fn fields(asked: &Asked, counts: &[FacetCount], refusal: Option<&Refusal>) -> Vec<Field> {
    let found = |facet: FacetName| counts.iter().filter(move |count| count.name == facet.as_str());
    let select = |name: &'static str, label: &str, any: &str, given: Vec<Choice>| {
        let mut choices = vec![Choice::new("", any)];
        choices.extend(given);
        let value = asked.get(name);
        if !choices.iter().any(|choice| choice.value == value) {
            choices.push(Choice::new(value, value));
        }
        Field::select(name, label, choices).holding(value).refused(refusal)
    };
    let values = |facet: FacetName| {
        let choice = |count: &FacetCount| Choice::new(&*count.value, format!("{} ({})", count.value, grouped(count.items)));
        found(facet).map(choice).collect::<Vec<_>>()
    };
    let reviews = ReviewState::ALL.iter().map(|state| Choice::new(state.as_str(), words::review_state(*state).text()));
    let signals = Signal::ALL.iter().map(|signal| Choice::new(signal.as_str(), words::signal(*signal)));
    let stock = vec![Choice::new("true", "In stock"), Choice::new("false", "Out of stock")];
    let money = |name, label| {
        let field = Field::input("text", name, label).holding(asked.get(name)).refused(refusal);
        field.having("inputmode", "decimal").having("placeholder", "0.00")
    };
    vec![
        select("brand", "Brand", "Any brand", values(FacetName::Brand)),
        select("store", "Shop", "Any shop", values(FacetName::Store)),
        select("language", "Language", "Any language", values(FacetName::Language)),
        select("review", "Review", "Any", reviews.collect()),
        select("signal", "Signal", "Any", signals.collect()),
        select("available", "Stock", "Any stock", stock),
        money("min_price", "Price from"),
        money("max_price", "Price to"),
        Field::input("text", "currency", "Currency")
            .holding(asked.get("currency"))
            .having("placeholder", "EUR")
            .having("maxlength", "3")
            .refused(refusal),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stands_open_and_first() {
        let count = |name: &str, value: &str, items| FacetCount { name: name.to_owned(), value: value.to_owned(), items };
        let counts = [
            count("attribute:color", "red", 9),
            count("attribute:color", "blue", 5),
            count("attribute:material", "wool", 2),
            count("brand", "acme", 20),
        ];
        let asked = Asked::read("attributes=material:wool");
        let found = attributes("/items", &asked, &counts);
        assert_eq!(
            found.iter().map(|one| (&*one.name, one.is_open)).collect::<Vec<_>>(),
            [("Material", true), ("Color", false)]
        );
        assert_eq!((found[0].values[0].href.as_str(), found[1].values[0].swatch), ("/items", "red"));
        assert_eq!(found[1].values[1].href, "/items?attributes=material%3Awool%3Bcolor%3Ablue");
    }
}
