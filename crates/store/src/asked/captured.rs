//! `start_urls_from {filter}`: a run over products that were captured before, the way to watch what is known.

use std::collections::BTreeSet;

use creel_types::{Host, OrganizationId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Wrong, filter::CaptureFilterBody, run::START_URLS_MAX};
use crate::{
    Store,
    listing::{CAPTURES_MAX, CaptureFilter, CaptureQuery, CaptureSort},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartUrlsFrom {
    filter: CaptureFilterBody,
}

impl StartUrlsFrom {
    /// The addresses of those captures that are of the robot's shop, each once, the newest first; as many as a run takes.
    pub(super) async fn urls(&self, store: &Store, organization: OrganizationId, host: &Host) -> Result<Vec<String>, Wrong> {
        let mut urls = Vec::new();
        if let Some(filter) = self.filter.read().map_err(|wrong| wrong.below("start_urls_from.filter"))? {
            let filter = CaptureFilter { store: filter.store.or_else(|| Some(host.to_string())), ..filter };
            let mut query = CaptureQuery { filter, sort: CaptureSort::NewestFirst, after: None, limit: CAPTURES_MAX };
            let mut known = BTreeSet::new();
            while urls.len() < START_URLS_MAX {
                let page = store.list_captures(organization, &query).await?;
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
            return Err(Wrong::conflict("start_urls_from", message));
        }
        Ok(urls)
    }
}
