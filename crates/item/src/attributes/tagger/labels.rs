//! Which labels of labelled titles are which attributes of the vocabulary, so that sets teach and test each other.

/// General labels, and how data sets call them. The place in this list is the label's number in the shipped weights.
pub const LABELS: [(&str, &[&str]); 19] = [
    ("brand", &["Brand", "Brand Name"]),
    ("model_name", &["Model name"]),
    ("model_number", &["Model Number", "Model"]),
    (
        "product_type",
        &["Shoe type", "Supplement type", "Mask type", "Lure Type", "Cereal type", "Tea variety", "Item", "Stove Type"],
    ),
    ("color", &["Color", "Frame Color", "Lenses Color"]),
    ("size", &["Size"]),
    ("gender", &["Gender", "Applicable People"]),
    ("age_group", &["Age", "Age range"]),
    ("material", &["Material", "Fabric Type", "Frame Material", "Lenses Material"]),
    ("pattern", &["Pattern"]),
    ("flavor", &["Flavor"]),
    ("scent", &["Scent"]),
    ("form", &["Item form"]),
    ("roast", &["Roast type"]),
    ("hair_type", &["Hair type"]),
    ("skin_type", &["Skin type"]),
    ("sport", &["Sport", "Sport Type"]),
    ("closure", &["Closure", "Closure type"]),
    ("power_source", &["Power source", "Fuel"]),
];

/// The general label of a set's own.
#[must_use]
pub fn general(label: &str) -> Option<usize> {
    LABELS.iter().position(|(_, own)| own.contains(&label))
}
