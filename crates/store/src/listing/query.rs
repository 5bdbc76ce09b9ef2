//! A list of captures: what is asked for, and the page that answers it, exact at the instant of one snapshot.

use creel_types::{Amount, Capture, CaptureId, Currency, OrganizationId, RobotId, RunId, Time};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    facet,
    select::{self, Asked},
    sort::{CaptureCursor, CaptureSort, Position},
    tail,
    words::SearchText,
};
use crate::{
    Store, StoreError, args,
    captures::capture,
    database::{Given, Kind, Tx},
};

/// Rows of one page.
pub const CAPTURES_MAX: usize = 500;

/// What a capture must be to be listed: everything that is named.
///
/// It is kept with what is to be done for the captures that it names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CaptureFilter {
    pub run: Option<RunId>,
    pub robot: Option<RobotId>,
    pub import: Option<Uuid>,
    /// The host as captures show it.
    pub store: Option<String>,
    /// Case and white space do not count.
    pub brand: Option<String>,
    /// Finds what was stored up to five seconds ago.
    pub q: Option<SearchText>,
    /// The lowest price of a capture is at least this.
    pub min_price: Option<Amount>,
    /// The lowest price of a capture is at most this.
    pub max_price: Option<Amount>,
    pub currency: Option<Currency>,
    pub available: Option<bool>,
    /// Extracted at this instant or later.
    pub from: Option<Time>,
    /// Extracted before this instant.
    pub to: Option<Time>,
}

impl CaptureFilter {
    /// Whether a range of it holds nothing.
    fn is_empty_by_itself(&self) -> bool {
        let prices = self.min_price.zip(self.max_price).is_some_and(|(least, most)| least > most);
        prices || self.from.zip(self.to).is_some_and(|(from, to)| from >= to)
    }
}

#[derive(Clone, Debug)]
pub struct CaptureQuery {
    pub filter: CaptureFilter,
    pub sort: CaptureSort,
    /// Where the page before ended.
    pub after: Option<CaptureCursor>,
    /// Rows of the page, 1 to [`CAPTURES_MAX`].
    pub limit: usize,
}

impl CaptureQuery {
    /// The first page, newest first.
    #[must_use]
    pub fn newest(filter: CaptureFilter, limit: usize) -> CaptureQuery {
        CaptureQuery { filter, sort: CaptureSort::NewestFirst, after: None, limit }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct CapturePage {
    pub rows: Vec<Capture>,
    /// Where the next page begins; none on the last one.
    pub next: Option<CaptureCursor>,
}

impl Store {
    /// One page of the captures that the filter names, in the order of the sort.
    pub async fn list_captures(
        &self,
        organization: OrganizationId,
        query: &CaptureQuery,
    ) -> Result<CapturePage, StoreError> {
        let sort = query.sort;
        if query.after.as_ref().is_some_and(|cursor| cursor.sort != sort) {
            return Err(StoreError::Invalid { field: "cursor", message: format!("it belongs to another sort than {sort}") });
        }
        let limit = query.limit.clamp(1, CAPTURES_MAX);
        let asked = Asked {
            organization,
            filter: &query.filter,
            sort,
            after: query.after.as_ref().map(|cursor| &cursor.position),
            limit: limit + 1,
            bounds: self.listing_bounds,
        };
        let mut tx = self.database.begin_read().await?;
        tx.keep_to_indexes().await?;
        let mut positions = positions(&mut tx, &asked).await?;
        let more = positions.len() > limit;
        positions.truncate(limit);
        let next = positions.last().filter(|_| more).map(|last| CaptureCursor { sort, position: last.clone() });
        let rows = read_captures(&mut tx, organization, &positions).await?;
        Ok(CapturePage { rows, next })
    }
}

/// Where the first captures of the answer stand, of what is listed and of what is not yet.
pub(super) async fn positions(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Position>, StoreError> {
    if asked.filter.is_empty_by_itself() {
        return Ok(Vec::new());
    }
    let row =
        tx.row("SELECT through_at FROM listing_progress WHERE organization_id = $1", args![asked.organization]).await?;
    let through_at = row.map(|row| row.time("through_at")).transpose()?;
    let mut found = if through_at.is_some() {
        match facet::find(tx, asked.organization, &facet::values_of(asked.filter)).await? {
            Some(facets) => select::listed(tx, asked, &facets).await?,
            None => Vec::new(),
        }
    } else {
        Vec::new()
    };
    // The index of words follows; everything else is exact at once.
    if asked.filter.q.is_none() {
        let unlisted = tail::unlisted(tx, asked, through_at).await?;
        if !unlisted.is_empty() {
            found.extend(unlisted);
            found.sort_by(|one, other| asked.sort.compare(one, other));
            found.truncate(asked.limit);
        }
    }
    Ok(found)
}

/// The captures themselves, in the order of the positions.
async fn read_captures(
    tx: &mut Tx,
    organization: OrganizationId,
    positions: &[Position],
) -> Result<Vec<Capture>, StoreError> {
    let mut given = Given::new(&[("place", Kind::Int), ("id", Kind::Text), ("organization_id", Kind::Text)]);
    for (place, position) in (0i64..).zip(positions) {
        given.push(args![place, position.capture, organization]);
    }
    let sql = "SELECT given.place, c.* FROM given CROSS JOIN captures c
        WHERE c.id = given.id AND c.organization_id = given.organization_id AND c.deleted_at IS NULL";
    let rows = tx.rows_given(given, sql).await?;
    let mut captures: Vec<(i64, Capture)> =
        rows.iter().map(|row| Ok((row.int("place")?, capture(row)?))).collect::<Result<_, StoreError>>()?;
    if captures.len() != positions.len() {
        let lost = |position: &&Position| !captures.iter().any(|(_, capture)| capture.id == position.capture);
        let ids: Vec<CaptureId> = positions.iter().filter(lost).map(|position| position.capture).collect();
        return Err(StoreError::corrupt("captures that are listed and do not exist", format!("{ids:?}")));
    }
    captures.sort_by_key(|(place, _)| *place);
    Ok(captures.into_iter().map(|(_, capture)| capture).collect())
}
