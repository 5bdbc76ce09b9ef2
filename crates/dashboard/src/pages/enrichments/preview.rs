//! How many captures an enrichment would be about and what that costs at most, before it is asked for. Makes nothing.

use creel_store::listing::{CAPTURES_MAX, CaptureFilter, CaptureQuery};
use creel_types::Action;

use crate::{
    Dashboard,
    figures::{count, grouped},
    member::Member,
    refusal::Refusal,
};

/// What an enrichment would be about and cost.
pub(super) struct Preview {
    pub(super) captures: String,
    pub(super) credits: String,
    pub(super) left: String,
    pub(super) note: &'static str,
}

/// Of the captures as a list of them would ask for them; nothing for one capture. What is wrong with them is what is refused.
pub(super) async fn preview(
    dashboard: &Dashboard,
    member: &Member,
    captures: Result<Option<CaptureFilter>, Refusal>,
    again: bool,
) -> Result<Preview, Refusal> {
    let store = dashboard.store();
    let price = Action::Enrich.price().0;
    let captures = match captures? {
        None => Some(1),
        Some(filter) => counted(dashboard, member, filter).await?,
    };
    let balance = store.balance(member.organization).await?;
    let available = dashboard.shown_credits(Some(&balance));
    let note = if again { "Captures that have an item cost again." } else { "Captures that have an item are free." };
    Ok(match captures {
        Some(captures) => Preview {
            captures: grouped(captures),
            credits: format!("{} at most", count(captures.saturating_mul(price), "credit")),
            left: available,
            note,
        },
        None => Preview {
            captures: format!("More than {}", grouped(i64::try_from(CAPTURES_MAX).unwrap_or(i64::MAX))),
            credits: "1 credit each; it ends when credits run out, and can be restarted".to_owned(),
            left: available,
            note,
        },
    })
}

/// How many captures there are, where that can be known without looking at very many.
async fn counted(dashboard: &Dashboard, member: &Member, filter: CaptureFilter) -> Result<Option<i64>, Refusal> {
    let store = dashboard.store();
    let page = store.list_captures(member.organization, &CaptureQuery::newest(filter.clone(), CAPTURES_MAX)).await?;
    if page.next.is_none() {
        return Ok(i64::try_from(page.rows.len()).ok());
    }
    Ok(store.count_listed_captures(member.organization, &filter).await?)
}
