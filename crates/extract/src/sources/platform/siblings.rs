//! Variants that are pages of their own: a product's state lists the options of its group with the ids of the products that have each value. The page's
//! own values come from its attributes; the siblings' prices and numbers are on their pages. Where no id of the group is stated, the smallest id of
//! its members is taken, which is the same on all of their pages as long as the group has the same members.

use crate::{
    json::Json,
    reading::{Reading, SkuReading},
};

/// Values of one option that are read.
const VALUES_MAX: usize = 200;

/// Objects of one product that are searched.
const OBJECTS_MAX: usize = 400;

const NAME_KEYS: [&str; 6] = ["attributeName", "attribute_name", "label", "name", "optionName", "title"];
const VALUE_KEYS: [&str; 7] = ["optionText", "option_text", "label", "text", "value", "name", "title"];
const MEMBER_KEYS: [&str; 4] = ["productId", "product_id", "productID", "products"];

/// Fills in the group's options, the page's own values and the group's id, where `object` is a product that lists its siblings.
pub(super) fn fill(object: Json<'_>, reading: &mut Reading) {
    let mut members: Vec<String> = Vec::new();
    let mut options: Vec<(String, Vec<String>)> = Vec::new();
    for attribute in object.walk().filter(|value| value.is_object()).take(OBJECTS_MAX) {
        if let Some((name, values)) = option_of_group(attribute, &mut members)
            && !options.iter().any(|(known, _)| *known == name)
        {
            options.push((name, values));
        }
    }
    if options.is_empty() {
        return;
    }
    if reading.options.is_empty() {
        reading.options = options;
    }
    reading.group_id = reading.group_id.take().or_else(|| smallest(members));
    // Exactly one SKU stands on this page: the siblings are other pages.
    let own = own_values(object, &reading.options);
    if !own.is_empty() {
        let offers = vec![reading.offer.clone()];
        let sku = reading.sku.clone();
        reading.skus.push(SkuReading { sku, options: own, selected: Some(true), offers, ..SkuReading::default() });
    }
}

/// An attribute whose values each name the products that have it.
fn option_of_group(attribute: Json<'_>, members: &mut Vec<String>) -> Option<(String, Vec<String>)> {
    let list = attribute.get("options").filter(|list| list.is_array())?;
    let name = attribute.get_any(&NAME_KEYS).filter(|name| name.is_string()).and_then(Json::filled)?;
    let mut values = Vec::new();
    for option in list.values().take(VALUES_MAX) {
        let value = option.get_any(&VALUE_KEYS).and_then(Json::filled)?;
        members.extend(option.get_any(&MEMBER_KEYS)?.each().filter_map(Json::filled));
        if !values.contains(&value) {
            values.push(value);
        }
    }
    (!values.is_empty()).then_some((name, values))
}

/// The values that the product itself has: a list of attributes with one value each.
fn own_values(object: Json<'_>, options: &[(String, Vec<String>)]) -> Vec<(String, String)> {
    let attributes = ["attributes", "productAttributes", "customAttributes"]
        .iter()
        .filter_map(|key| object.get(key))
        .find(|list| list.is_array());
    let pairs = attributes.into_iter().flat_map(Json::values).filter_map(|attribute| {
        let name = attribute.get_any(&NAME_KEYS).and_then(Json::filled)?;
        Some((name, attribute.get_any(&VALUE_KEYS[..5]).and_then(Json::filled)?))
    });
    pairs.filter(|(name, value)| options.iter().any(|(known, values)| known == name && values.contains(value))).collect()
}

/// The smallest id, as a number where all are numbers.
fn smallest(mut members: Vec<String>) -> Option<String> {
    let numbers: Option<Vec<u64>> = members.iter().map(|id| id.parse().ok()).collect();
    match numbers {
        Some(numbers) => numbers.into_iter().min().map(|id| id.to_string()),
        None => {
            members.sort_unstable();
            members.into_iter().next()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn a_group_without_an_id_goes_by_its_smallest_member() {
        let state = |ids: [u32; 2]| {
            format!(
                r#"{{"attributes":[{{"attributeName":"Color","optionText":"White"}},{{"attributeName":"Care","optionText":"Wash"}}],
                "group":{{"list":[{{"attributeName":"Color","options":[{{"optionText":"White","productId":{}}},{{"optionText":"Black","productId":{}}}]}}]}}}}"#,
                ids[0], ids[1]
            )
        };
        for (ids, group) in [([9, 10], "9"), ([10, 9], "9"), ([4, 3], "3")] {
            let text = state(ids);
            let parsed = json::parse(&text).unwrap();
            let mut reading = Reading::default();
            fill(parsed.root(), &mut reading);
            assert_eq!(reading.group_id.as_deref(), Some(group));
            assert_eq!(reading.options, [("Color".to_owned(), vec!["White".to_owned(), "Black".to_owned()])]);
            assert_eq!(own_values(parsed.root(), &reading.options), [("Color".to_owned(), "White".to_owned())]);
        }
        assert_eq!(smallest(vec!["b".into(), "a".into()]).as_deref(), Some("a"));
        assert_eq!(smallest(vec![]), None);
    }
}
