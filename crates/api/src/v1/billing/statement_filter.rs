//! The filters that the statement and its export have in common, read from the query string.

use creel_store::ledger::About;
use creel_types::RunId;

use crate::error::ApiError;

/// Makes the query of an endpoint: its own parameters, and every filter. The filters cannot be flattened into it: serde forgets
/// to refuse unknown parameters then.
macro_rules! statement_query {
    ($name:ident { $($(#[$own_meta:meta])* $own:ident: $type:ty,)* }) => {
        #[derive(serde::Deserialize, utoipa::IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub(crate) struct $name {
            $($(#[$own_meta])* $own: $type,)*
            #[param(inline)]
            kind: Option<creel_ledger::EntryKind>,
            /// Entries at this instant or later.
            #[param(inline)]
            from: Option<creel_types::Time>,
            /// Entries before this instant.
            #[param(inline)]
            to: Option<creel_types::Time>,
            /// Entries with this reference: the id of a capture, an invoice, a message, a person.
            reference_id: Option<String>,
            /// What the captures of this run were paid with.
            run_id: Option<creel_types::RunId>,
        }

        impl $name {
            /// So many entries that fit, those below a sequence where one is named.
            fn filter(
                self,
                before: Option<i64>,
                limit: i64,
            ) -> Result<creel_store::ledger::StatementFilter, crate::error::ApiError> {
                let about = crate::v1::billing::statement_filter::about(self.reference_id, self.run_id)?;
                let (kind, from, to) = (self.kind, self.from, self.to);
                Ok(creel_store::ledger::StatementFilter { before, limit, kind, from, to, about })
            }
        }
    };
}

/// One thing that entries are about.
pub(super) fn about(reference: Option<String>, run: Option<RunId>) -> Result<Option<About>, ApiError> {
    match (reference, run) {
        (Some(_), Some(_)) => Err(ApiError::conflict("run_id", "name either a reference or a run")),
        (Some(reference), None) => Ok(Some(About::Reference(reference))),
        (None, run) => Ok(run.map(About::Run)),
    }
}

pub(crate) use statement_query;
