//! The filters that the list of items, its counts and its export have in common, read from the query string.

use creel_store::items::{FacetName, ItemFilter};

use crate::error::ApiError;

/// Makes the query of an endpoint: its own parameters, and every filter. The filters cannot be flattened into it: serde forgets
/// to refuse unknown parameters then.
macro_rules! query_with_item_filters {
    ($(#[$meta:meta])* $name:ident { $($(#[$own_meta:meta])* $own:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(serde::Deserialize, utoipa::IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub(crate) struct $name {
            $($(#[$own_meta])* $own: $type,)*
            /// Items of this enrichment, also those that a newer one has replaced.
            #[param(inline)]
            enrichment_id: Option<creel_types::EnrichmentId>,
            #[param(inline)]
            run_id: Option<creel_types::RunId>,
            /// Items of this capture, also those that a newer one has replaced.
            #[param(inline)]
            capture_id: Option<creel_types::CaptureId>,
            /// Id of a category of the Shopify product taxonomy; the categories below it are of it.
            category: Option<String>,
            /// `color:red`, `weight:0.5 kg`; several are separated by `;` and must all be there. Names and values are those of the
            /// vocabulary.
            #[param(pattern = "^ *[a-z0-9_]+ *:[^;]*(; *[a-z0-9_]+ *:[^;]*)*$")]
            attributes: Option<String>,
            /// The normalized brand; case does not count.
            brand: Option<String>,
            /// The store's host, such as `shop.example`.
            store: Option<String>,
            /// Primary tag of the language that the item's texts are written in, such as `en`.
            language: Option<String>,
            #[param(inline)]
            review: Option<creel_types::ReviewState>,
            #[param(inline)]
            signal: Option<creel_types::Signal>,
            /// The lowest price of the item is at least this.
            #[serde(default, deserialize_with = "creel_store::asked::filter::amount")]
            #[param(value_type = Option<f64>, minimum = 0, maximum = 100_000_000_000_i64)]
            min_price: Option<creel_types::Amount>,
            /// The lowest price of the item is at most this.
            #[serde(default, deserialize_with = "creel_store::asked::filter::amount")]
            #[param(value_type = Option<f64>, minimum = 0, maximum = 100_000_000_000_i64)]
            max_price: Option<creel_types::Amount>,
            #[param(inline)]
            currency: Option<creel_types::Currency>,
            available: Option<bool>,
        }

        impl $name {
            fn filter(&self) -> Result<creel_store::items::ItemFilter, crate::error::ApiError> {
                use creel_store::items::FacetName;
                let review = self.review.map(|state| state.as_str().to_owned());
                let signal = self.signal.map(|signal| signal.as_str().to_owned());
                let facets = [
                    (FacetName::Category, self.category.clone()),
                    (FacetName::Brand, self.brand.clone()),
                    (FacetName::Store, self.store.as_ref().map(|store| store.trim().to_lowercase())),
                    (FacetName::Language, self.language.clone()),
                    (FacetName::Review, review),
                    (FacetName::Signal, signal),
                ];
                crate::v1::items::filter::read(
                    creel_store::items::ItemFilter {
                        enrichment: self.enrichment_id,
                        run: self.run_id,
                        capture: self.capture_id,
                        min_price: self.min_price,
                        max_price: self.max_price,
                        currency: self.currency,
                        available: self.available,
                        ..Default::default()
                    },
                    facets,
                    self.attributes.as_deref(),
                )
            }
        }
    };
}

pub(crate) use query_with_item_filters;

/// The filter with what items are found by.
pub(crate) fn read(
    filter: ItemFilter,
    facets: impl IntoIterator<Item = (FacetName, Option<String>)>,
    attributes: Option<&str>,
) -> Result<ItemFilter, ApiError> {
    let facets = facets.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let attributes = attributes.map_or(Ok(Vec::new()), read_attributes)?;
    Ok(ItemFilter { facets, attributes, ..filter })
}

fn read_attributes(text: &str) -> Result<Vec<(String, String)>, ApiError> {
    let bad = |part: &str| ApiError::field("attributes", format!("{part:?} is not name:value, for example color:red"));
    text.split(';')
        .map(|part| {
            let (name, value) = part.split_once(':').ok_or_else(|| bad(part))?;
            let (name, value) = (name.trim_matches(' '), value.trim());
            let is_name = !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
            if is_name { Ok((name.to_owned(), value.to_owned())) } else { Err(bad(part)) }
        })
        .collect()
}
