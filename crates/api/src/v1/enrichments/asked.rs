//! What an enrichment is asked to be about: exactly one of a run, an import, named captures and a filter.

use std::collections::BTreeSet;

use creel_store::asked::{filter::CaptureFilterBody, texts::WorkName};
use creel_store::enrichments::{CAPTURE_IDS_MAX, NewEnrichment, Scope};
use creel_store::listing::{CaptureFilter, CaptureQuery};
use creel_types::{CaptureId, RunId};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{ApiState, caller::Caller, error::ApiError};

/// What can be asked for, for whoever asked for none of them or several.
const SCOPES: &str = "give exactly one of run_id, import_id, capture_ids and filter";

/// An enrichment to be made, with exactly one of `run_id`, `import_id`, `capture_ids` and `filter`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEnrichmentBody {
    /// All captures of a run.
    run_id: Option<RunId>,
    /// All captures of an import.
    import_id: Option<Uuid>,
    /// These captures, each once.
    #[schema(min_items = 1, max_items = 10_000)]
    capture_ids: Option<CaptureIds>,
    /// The captures that the list of captures would show by the same names, as they are now.
    filter: Option<CaptureFilterBody>,
    /// Whether captures that have an item of this version get another one, debited anew. False where nothing is said.
    again: Option<bool>,
    name: Option<WorkName>,
}

/// Captures by their ids, in the order given.
pub(crate) struct CaptureIds(Vec<CaptureId>);

impl<'de> Deserialize<'de> for CaptureIds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<CaptureIds, D::Error> {
        let mut known = BTreeSet::new();
        let mut ids = Vec::<CaptureId>::deserialize(deserializer)?;
        match ids.len() {
            0 => return Err(de::Error::custom("name at least one capture")),
            many if many > CAPTURE_IDS_MAX => {
                return Err(de::Error::custom(format!(
                    "{many} captures; at most {CAPTURE_IDS_MAX} are taken: give a filter"
                )));
            }
            _ => ids.retain(|id| known.insert(*id)),
        }
        Ok(CaptureIds(ids))
    }
}

impl utoipa::PartialSchema for CaptureIds {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ArrayBuilder::new().items(CaptureId::schema()).min_items(Some(1)).max_items(Some(10_000)).into()
    }
}

impl ToSchema for CaptureIds {}

impl NewEnrichmentBody {
    /// The enrichment that is meant, once everything about it was found right.
    pub(super) async fn checked(self, state: &ApiState, caller: &Caller) -> Result<NewEnrichment, ApiError> {
        let (scope, asked) = match (self.run_id, self.import_id, self.capture_ids, self.filter) {
            (Some(run), None, None, None) => (Scope::Run(run), json!({"run_id": run})),
            (None, Some(import), None, None) => (of_import(state, caller, import).await?, json!({"import_id": import})),
            (None, None, Some(CaptureIds(ids)), None) => {
                let count = ids.len();
                (Scope::Captures(ids), json!({"capture_ids": count}))
            }
            (None, None, None, Some(filter)) => of_filter(&filter)?,
            _ => return Err(ApiError::conflict("run_id", SCOPES)),
        };
        Ok(NewEnrichment {
            by: caller.by.clone(),
            api_key: caller.key(),
            name: self.name.map(|name| name.as_str().to_owned()),
            scope,
            asked,
            again: self.again.unwrap_or(false),
        })
    }
}

async fn of_import(state: &ApiState, caller: &Caller, import: Uuid) -> Result<Scope, ApiError> {
    let filter = CaptureFilter { import: Some(import), ..CaptureFilter::default() };
    let query = CaptureQuery::newest(filter.clone(), 1);
    if state.store().list_captures(caller.organization, &query).await?.rows.is_empty() {
        return Err(ApiError { field: Some("import_id".to_owned()), ..ApiError::not_found() });
    }
    Ok(Scope::Filter(Box::new(filter)))
}

fn of_filter(asked: &CaptureFilterBody) -> Result<(Scope, Json), ApiError> {
    let Some(filter) = asked.read().map_err(|wrong| wrong.below("filter"))? else {
        return Err(ApiError::conflict("filter", "no capture can fit it: its bounds hold nothing between them"));
    };
    let shown = serde_json::to_value(asked).map_err(|_| ApiError::internal())?;
    Ok((Scope::Filter(Box::new(filter)), json!({"filter": shown})))
}
