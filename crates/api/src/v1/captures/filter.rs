//! The filters that the list of captures and its export have in common, read from the query string.

/// Makes the query of an endpoint: its own parameters, and every filter. The filters cannot be flattened into it: serde forgets
/// to refuse unknown parameters then.
macro_rules! query_with_filters {
    ($(#[$meta:meta])* $name:ident { $($(#[$own_meta:meta])* $own:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(serde::Deserialize, utoipa::IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub(crate) struct $name {
            $($(#[$own_meta])* $own: $type,)*
            #[param(inline)]
            run_id: Option<creel_types::RunId>,
            #[param(inline)]
            robot_id: Option<creel_types::RobotId>,
            import_id: Option<uuid::Uuid>,
            /// The store's host, such as `shop.example`.
            store: Option<String>,
            /// The brand, letter for letter.
            brand: Option<String>,
            /// Full text: captures that have all of these words in title, brand, breadcrumbs or codes. `word*` finds what begins so.
            #[param(min_length = 1, max_length = 200)]
            q: Option<String>,
            /// The lowest price of the capture is at least this.
            #[serde(default, deserialize_with = "creel_store::asked::filter::amount")]
            #[param(value_type = Option<f64>, minimum = 0, maximum = 100_000_000_000_i64)]
            min_price: Option<creel_types::Amount>,
            /// The lowest price of the capture is at most this.
            #[serde(default, deserialize_with = "creel_store::asked::filter::amount")]
            #[param(value_type = Option<f64>, minimum = 0, maximum = 100_000_000_000_i64)]
            max_price: Option<creel_types::Amount>,
            #[param(inline)]
            currency: Option<creel_types::Currency>,
            available: Option<bool>,
            /// Extracted at this instant or later.
            #[param(inline)]
            from: Option<creel_types::Time>,
            /// Extracted before this instant.
            #[param(inline)]
            to: Option<creel_types::Time>,
            /// Newest first where nothing is said; ties by id.
            #[param(inline)]
            sort: Option<creel_store::listing::CaptureSort>,
        }

        impl $name {
            /// The filters; nothing where they cannot find anything.
            fn filter(&self) -> Result<Option<creel_store::listing::CaptureFilter>, crate::error::ApiError> {
                Ok(creel_store::asked::filter::read_filter!(self)?)
            }
        }
    };
}

pub(crate) use query_with_filters;
