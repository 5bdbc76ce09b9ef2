//! `GET /v1/extract/captures?<filters>&sort=&cursor=&limit=`: newest first where no sort is given.

use axum::{Json, extract::State};
use creel_store::listing::{CaptureCursor, CaptureQuery, CaptureSort};
use creel_types::{Capture, Currency, RobotId, RunId, Time};
use serde::Deserialize;
use uuid::Uuid;

use super::filter::AskedFilter;
use crate::{
    ApiState,
    body::QueryString,
    caller::Caller,
    error::ApiError,
    page::{self, Page},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    run_id: Option<RunId>,
    robot_id: Option<RobotId>,
    import_id: Option<Uuid>,
    store: Option<String>,
    brand: Option<String>,
    q: Option<String>,
    min_price: Option<String>,
    max_price: Option<String>,
    currency: Option<Currency>,
    available: Option<bool>,
    from: Option<Time>,
    to: Option<Time>,
    sort: Option<CaptureSort>,
    cursor: Option<String>,
    limit: Option<i64>,
}

impl Asked {
    fn filter(self) -> AskedFilter {
        AskedFilter {
            run_id: self.run_id,
            robot_id: self.robot_id,
            import_id: self.import_id,
            store: self.store,
            brand: self.brand,
            q: self.q,
            min_price: self.min_price,
            max_price: self.max_price,
            currency: self.currency,
            available: self.available,
            from: self.from,
            to: self.to,
        }
    }
}

pub(crate) async fn list(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Page<Capture>>, ApiError> {
    let limit = usize::try_from(page::limit(asked.limit)?).unwrap_or_default();
    let sort = asked.sort.unwrap_or(CaptureSort::NewestFirst);
    let after = page::cursor::<CaptureCursor>(asked.cursor.as_deref())?;
    let query = CaptureQuery { filter: asked.filter().read()?, sort, after, limit };
    let found = state.store().list_captures(caller.organization, &query).await?;
    Ok(Json(Page { rows: found.rows, next_cursor: found.next.map(|next| next.to_string()) }))
}
