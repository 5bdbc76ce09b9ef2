//! `start_urls_from {filter}`: a run over products that were captured before, the way to watch what is known.

use std::collections::BTreeSet;

use creel_store::listing::{CAPTURES_MAX, CaptureFilter, CaptureQuery, CaptureSort};
use creel_types::Host;
use serde::Deserialize;
use utoipa::ToSchema;

use super::asked::START_URLS_MAX;
use crate::{ApiState, caller::Caller, error::ApiError, v1::captures::filter::CaptureFilterBody};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StartUrlsFrom {
    filter: CaptureFilterBody,
}

impl StartUrlsFrom {
    /// The addresses of those captures that are of the robot's shop, each once, the newest first; as many as a run takes.
    pub(super) async fn urls(&self, state: &ApiState, caller: &Caller, host: &Host) -> Result<Vec<String>, ApiError> {
        let mut urls = Vec::new();
        let named = |error: ApiError| {
            let field = error.field.clone().unwrap_or_default();
            ApiError { field: Some(format!("start_urls_from.filter.{field}")), ..error }
        };
        if let Some(filter) = self.filter.read().map_err(named)? {
            let filter = CaptureFilter { store: filter.store.or_else(|| Some(host.to_string())), ..filter };
            let mut query = CaptureQuery { filter, sort: CaptureSort::NewestFirst, after: None, limit: CAPTURES_MAX };
            let mut known = BTreeSet::new();
            while urls.len() < START_URLS_MAX {
                let page = state.store().list_captures(caller.organization, &query).await?;
                let own = page.rows.into_iter().filter(|capture| capture.store == host.as_str());
                urls.extend(own.map(|capture| capture.canonical_url).filter(|url| known.insert(url.clone())));
                query.after = page.next;
                if query.after.is_none() {
                    break;
                }
            }
            urls.truncate(START_URLS_MAX);
        }
        if urls.is_empty() {
            let message = format!("no capture of {host} fits the filter; leave it out to start where the robot does");
            return Err(ApiError::conflict("start_urls_from", message));
        }
        Ok(urls)
    }
}
