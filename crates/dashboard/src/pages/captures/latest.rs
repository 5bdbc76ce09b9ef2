//! The newest captures of an organization, a run or a robot, for another page.

use creel_media::Width;
use creel_store::listing::{CaptureFilter, CaptureQuery};
use creel_types::{Capture, CaptureId};

use super::row::picture;
use crate::{Dashboard, figures::When, member::Member, price, refusal::Refusal};

pub(crate) struct Latest {
    pub(crate) id: CaptureId,
    pub(crate) title: String,
    pub(crate) picture: String,
    pub(crate) price: String,
    pub(crate) store: String,
    pub(crate) when: When,
}

pub(crate) async fn latest(
    dashboard: &Dashboard,
    member: &Member,
    filter: CaptureFilter,
    most: usize,
) -> Result<Vec<Latest>, Refusal> {
    let store = dashboard.store();
    let captures = store.list_captures(member.organization, &CaptureQuery::newest(filter, most)).await?;
    let now = store.clock.now();
    let row = |capture: Capture| Latest {
        id: capture.id,
        picture: dashboard.media(&member.session, picture(&capture.product).unwrap_or_default(), Width::Thumbnail),
        price: price::of_product(&capture.product),
        title: capture.product.title,
        store: capture.store,
        when: When::of(capture.extracted_at, now),
    };
    Ok(captures.rows.into_iter().map(row).collect())
}
