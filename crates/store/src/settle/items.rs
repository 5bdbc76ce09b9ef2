//! Made items and their debits: 1 credit each, in the transaction that stores the item.
//!
//! Items come in batches from the one process that has the enrichment, so there is no committer: a batch is one transaction.
//! What the balance or a limit cannot pay is not stored; its capture goes on waiting, for a restart.

use std::collections::BTreeSet;

use creel_ledger::{HoldState, Reference, ReferenceType, Refused};
use creel_types::{
    Action, Amount, CaptureId, Credits, EnrichFailure, EnrichOutcome, EnrichmentEnd, EnrichmentId, ItemContent, ItemId,
    OrganizationId, Time, item::ITEM_VERSION, metric,
};
use uuid::Uuid;

use crate::{
    Store, StoreError, args,
    database::{Given, Kind, Row, Tx},
    enrichments,
    items::facets,
    ledger::{
        account::{Locked, Named, lock_account},
        consequences,
        limits::{self, Allows, LimitKey, Limits, RunSpending},
    },
};

/// Captures that one transaction settles at most.
pub const ITEMS_MAX: usize = 256;
/// Characters of a title that a ledger entry keeps.
const DESCRIPTION_CHARS_MAX: usize = 200;

/// A capture that was read for an enrichment.
#[derive(Clone, Debug)]
pub struct MadeItem {
    pub capture: CaptureId,
    /// The id that the item gets, whichever try stores it.
    pub item: ItemId,
    pub content: Result<Box<ItemContent>, EnrichFailure>,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemsVerdict {
    /// All of it is dealt with; this many items were stored.
    Settled(u64),
    /// Held credits could pay the rest: it waits until then.
    Wait(Time),
    /// The enrichment has ended, here or before.
    Ended,
    /// It went to another process.
    LeaseLost,
}

impl Store {
    /// Stores the items of a batch with their debits, in one transaction. A batch that is settled twice changes nothing the second time.
    pub async fn settle_items(
        &self,
        organization: OrganizationId,
        enrichment: EnrichmentId,
        owner: Uuid,
        made: &[MadeItem],
    ) -> Result<ItemsVerdict, StoreError> {
        let mut tx = self.database.begin().await?;
        self.fail_points.pass("items.begun");
        let mut locked = lock_account(&mut tx, organization, Named::default()).await?;
        let Some(row) = lock_enrichment(&mut tx, organization, enrichment).await? else { return Ok(ItemsVerdict::Ended) };
        self.fail_points.pass("items.locked");
        if row.opt_int("ended_at")?.is_some() {
            return Ok(ItemsVerdict::Ended);
        }
        if row.opt_parsed::<Uuid>("leased_by")? != Some(owner) {
            return Ok(ItemsVerdict::LeaseLost);
        }
        // Not before the locks: while this waited, a lot may have ended.
        let now = self.clock.now();
        locked.account.expire_due(now);
        let mut limits = Limits::load_one(&mut tx, &locked, now).await?;
        let again = row.flag("again")?;
        let queue = Queue::load(&mut tx, enrichment, made, again).await?;
        let mut deciding = Deciding {
            now,
            locked: &mut locked,
            limits: limits.as_mut(),
            subjects: limits::subjects(&row)?,
            spent: row.credits("credits_spent")?,
            dealt: Vec::with_capacity(made.len()),
            stops: None,
        };
        for one in made {
            if deciding.stops.is_some() {
                break;
            }
            deciding.decide(one, &queue)?;
        }
        let Deciding { dealt, stops, .. } = deciding;
        self.fail_points.pass("items.decided");
        let generation = if again { enrichment.to_string() } else { String::new() };
        let batch = Batch { organization, enrichment, generation, now, dealt };
        batch.write(&mut tx).await?;
        limits::save(&mut tx, limits.iter().map(|limits| (&organization, limits))).await?;
        let verdict = conclude(&mut tx, self, &batch, &mut locked, stops).await?;
        self.fail_points.pass("items.written");
        tx.commit().await?;
        self.fail_points.pass("items.committed");
        let stored = batch.stored();
        metrics::counter!(metric::CREDITS_DEBITED, "action" => "enrich")
            .increment(stored * Action::Enrich.price().0.unsigned_abs());
        Ok(verdict)
    }
}

/// Why a batch goes no further.
#[derive(Clone, Copy, Debug)]
enum Stops {
    Wait,
    End(EnrichmentEnd),
    Frozen,
}

/// A capture of the batch that is dealt with.
struct Dealt<'a> {
    made: &'a MadeItem,
    outcome: EnrichOutcome,
}

struct Deciding<'a, 'm> {
    now: Time,
    locked: &'a mut Locked,
    limits: Option<&'a mut Limits>,
    subjects: Vec<LimitKey>,
    spent: Credits,
    dealt: Vec<Dealt<'m>>,
    stops: Option<Stops>,
}

impl<'m> Deciding<'_, 'm> {
    fn decide(&mut self, made: &'m MadeItem, queue: &Queue) -> Result<(), StoreError> {
        // Dealt with already: an earlier try whose answer was lost.
        if !queue.waiting.contains(&made.capture) {
            return Ok(());
        }
        let outcome = match &made.content {
            Err(_) => EnrichOutcome::Failed,
            Ok(_) if queue.gone.contains(&made.capture) => EnrichOutcome::Failed,
            Ok(_) if queue.enriched.contains(&made.capture) => EnrichOutcome::AlreadyEnriched,
            Ok(content) => match self.debit(made, content)? {
                Some(stops) => {
                    self.stops = Some(stops);
                    return Ok(());
                }
                None => EnrichOutcome::Enriched,
            },
        };
        self.dealt.push(Dealt { made, outcome });
        Ok(())
    }

    /// Debits one item, or says why the batch goes no further.
    fn debit(&mut self, made: &MadeItem, content: &ItemContent) -> Result<Option<Stops>, StoreError> {
        if self.locked.is_frozen {
            return Ok(Some(Stops::Frozen));
        }
        let price = Action::Enrich.price();
        let spending = RunSpending { subjects: &self.subjects, spent: self.spent };
        match self.limits.as_ref().map_or(Allows::Now, |limits| limits.allow(&spending, price)) {
            Allows::Now => {}
            Allows::Later => return Ok(Some(Stops::Wait)),
            Allows::Never => return Ok(Some(Stops::End(EnrichmentEnd::LimitReached))),
        }
        let reference = Reference::new(ReferenceType::Item, made.item);
        let description = content.title.chars().take(DESCRIPTION_CHARS_MAX).collect();
        match self.locked.account.debit(self.now, price, reference, description) {
            Ok(()) => {}
            // What is held may come back: the enrichment waits for it.
            Err(Refused::InsufficientCredits { .. }) if self.locked.account.spendable() >= price => {
                return Ok(Some(Stops::Wait));
            }
            Err(Refused::InsufficientCredits { .. }) => return Ok(Some(Stops::End(EnrichmentEnd::InsufficientCredits))),
            Err(refused) => return Err(refused.into()),
        }
        if let Some(limits) = &mut self.limits {
            limits.count(&spending, price);
        }
        self.spent += price;
        Ok(None)
    }
}

/// What the database knows of the batch's captures.
struct Queue {
    /// Wait in this enrichment.
    waiting: BTreeSet<CaptureId>,
    /// Have an item that is good enough.
    enriched: BTreeSet<CaptureId>,
    /// Were deleted meanwhile.
    gone: BTreeSet<CaptureId>,
}

impl Queue {
    async fn load(tx: &mut Tx, enrichment: EnrichmentId, made: &[MadeItem], again: bool) -> Result<Queue, StoreError> {
        let waiting = "SELECT w.capture_id FROM given CROSS JOIN enrichment_captures w
            WHERE w.enrichment_id = given.enrichment_id AND w.capture_id = given.capture_id AND w.outcome IS NULL";
        let enriched = "SELECT i.capture_id FROM given CROSS JOIN items i
            WHERE i.capture_id = given.capture_id AND i.version = given.version AND i.deleted_at IS NULL";
        let gone = "SELECT c.id AS capture_id FROM given CROSS JOIN captures c
            WHERE c.id = given.capture_id AND c.deleted_at IS NOT NULL";
        let mut sets = Vec::new();
        for sql in [waiting, enriched, gone] {
            let mut given = Given::new(&[("enrichment_id", Kind::Text), ("capture_id", Kind::Text), ("version", Kind::Int)]);
            made.iter().for_each(|one| given.push(args![enrichment, one.capture, i64::from(ITEM_VERSION)]));
            let rows = tx.rows_given(given, sql).await?;
            let set: BTreeSet<CaptureId> = rows.iter().map(|row| row.parsed("capture_id")).collect::<Result<_, _>>()?;
            sets.push(set);
        }
        let (gone, enriched, waiting) = (sets.pop(), sets.pop(), sets.pop());
        let enriched = if again { BTreeSet::new() } else { enriched.unwrap_or_default() };
        Ok(Queue { waiting: waiting.unwrap_or_default(), enriched, gone: gone.unwrap_or_default() })
    }
}

async fn lock_enrichment(tx: &mut Tx, organization: OrganizationId, id: EnrichmentId) -> Result<Option<Row>, StoreError> {
    let sql = format!("SELECT * FROM enrichments WHERE organization_id = $1 AND id = $2{}", tx.lock("enrichments"));
    tx.row(&sql, args![organization, id]).await
}

/// What a decided batch writes.
struct Batch<'a> {
    organization: OrganizationId,
    enrichment: EnrichmentId,
    generation: String,
    now: Time,
    dealt: Vec<Dealt<'a>>,
}

impl Batch<'_> {
    fn stored(&self) -> u64 {
        self.count(EnrichOutcome::Enriched).unsigned_abs()
    }

    fn count(&self, outcome: EnrichOutcome) -> i64 {
        i64::try_from(self.dealt.iter().filter(|dealt| dealt.outcome == outcome).count()).unwrap_or(i64::MAX)
    }

    /// The items to be stored.
    fn items(&self) -> impl Iterator<Item = (&MadeItem, &ItemContent)> {
        let stored = self.dealt.iter().filter(|dealt| dealt.outcome == EnrichOutcome::Enriched);
        stored.filter_map(|dealt| dealt.made.content.as_deref().ok().map(|content| (dealt.made, content)))
    }

    async fn write(&self, tx: &mut Tx) -> Result<(), StoreError> {
        self.retire_former_items(tx).await?;
        self.insert_items(tx).await?;
        facets::insert(tx, self.organization, self.items().map(|(made, content)| (made.item, content))).await?;
        self.close_captures(tx).await?;
        let spent = Credits(self.count(EnrichOutcome::Enriched) * Action::Enrich.price().0);
        tx.execute(
            "UPDATE enrichments SET processed = processed + $2, failed = failed + $3, skipped = skipped + $4,
             credits_spent = credits_spent + $5 WHERE id = $1",
            args![
                self.enrichment,
                self.count(EnrichOutcome::Enriched),
                self.count(EnrichOutcome::Failed),
                self.count(EnrichOutcome::AlreadyEnriched),
                spent
            ],
        )
        .await?;
        Ok(())
    }

    /// The items that the captures have so far are not their newest any more.
    async fn retire_former_items(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let captures = || {
            let mut given = Given::new(&[("capture_id", Kind::Text)]);
            self.items().for_each(|(made, _)| given.push(args![made.capture]));
            given
        };
        let sql = "DELETE FROM item_facets WHERE item_id IN (SELECT i.id FROM given CROSS JOIN items i
            WHERE i.capture_id = given.capture_id AND i.is_current = 1)";
        tx.execute_given(captures(), sql).await?;
        let sql = "UPDATE items SET is_current = 0 WHERE is_current = 1 AND capture_id IN (SELECT capture_id FROM given)";
        tx.execute_given(captures(), sql).await?;
        Ok(())
    }

    async fn insert_items(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let mut given = Given::new(&[
            ("id", Kind::Text),
            ("organization_id", Kind::Text),
            ("capture_id", Kind::Text),
            ("enrichment_id", Kind::Text),
            ("version", Kind::Int),
            ("generation", Kind::Text),
            ("is_current", Kind::Int),
            ("min_price", Kind::Int),
            ("currency", Kind::Text),
            ("available", Kind::Int),
            ("enriched_at", Kind::Int),
            ("content", Kind::Text),
        ]);
        for (made, content) in self.items() {
            let text = serde_json::to_string(content).map_err(|error| StoreError::corrupt("content", error))?;
            given.push(args![
                made.item,
                self.organization,
                made.capture,
                self.enrichment,
                i64::from(ITEM_VERSION),
                self.generation.as_str(),
                true,
                content.min_price.map(Amount::scaled),
                content.currency.map(|currency| currency.to_string()),
                content.available,
                self.now,
                text,
            ]);
        }
        let expected = given.len() as u64;
        // The run stands in the capture's row and is copied from there.
        let sql =
            "INSERT INTO items (id, organization_id, capture_id, enrichment_id, run_id, version, generation, is_current,
            min_price, currency, available, enriched_at, content)
            SELECT given.id, given.organization_id, given.capture_id, given.enrichment_id, c.run_id, given.version,
            given.generation, given.is_current, given.min_price, given.currency, given.available, given.enriched_at,
            given.content FROM given CROSS JOIN captures c
            WHERE c.id = given.capture_id AND c.organization_id = given.organization_id AND c.deleted_at IS NULL";
        let inserted = tx.execute_given(given, sql).await?;
        if inserted == expected { Ok(()) } else { Err(StoreError::corrupt("items inserted", inserted)) }
    }

    async fn close_captures(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let mut given = Given::new(&[
            ("enrichment_id", Kind::Text),
            ("capture_id", Kind::Text),
            ("outcome", Kind::Text),
            ("item_id", Kind::Text),
            ("reason", Kind::Text),
        ]);
        for Dealt { made, outcome } in &self.dealt {
            let item = (*outcome == EnrichOutcome::Enriched).then_some(made.item);
            // One that could be read and failed all the same was deleted between.
            let reason = match (&made.content, outcome) {
                (Err(reason), _) => Some(*reason),
                (Ok(_), EnrichOutcome::Failed) => Some(EnrichFailure::Deleted),
                _ => None,
            };
            let reason = reason.map(EnrichFailure::as_str);
            given.push(args![self.enrichment, made.capture, outcome.as_str(), item, reason]);
        }
        let sql = "UPDATE enrichment_captures SET outcome = given.outcome, item_id = given.item_id, reason = given.reason
            FROM given WHERE enrichment_captures.enrichment_id = given.enrichment_id
            AND enrichment_captures.capture_id = given.capture_id";
        tx.execute_given(given, sql).await?;
        Ok(())
    }
}

/// What follows from a batch for its enrichment and for the organization's credits.
async fn conclude(
    tx: &mut Tx,
    store: &Store,
    batch: &Batch<'_>,
    locked: &mut Locked,
    stops: Option<Stops>,
) -> Result<ItemsVerdict, StoreError> {
    let (id, now) = (batch.enrichment, batch.now);
    let verdict = match stops {
        None if enrichments::may_be_over(tx, id).await? => {
            enrichments::end(tx, store, id, EnrichmentEnd::AllProcessed, None, now).await?;
            ItemsVerdict::Ended
        }
        None => ItemsVerdict::Settled(batch.stored()),
        Some(Stops::End(reason)) => {
            enrichments::end(tx, store, id, reason, None, now).await?;
            ItemsVerdict::Ended
        }
        Some(Stops::Frozen) => {
            let message = "the organization's ledger did not verify; nothing is debited until it does";
            enrichments::end(tx, store, id, EnrichmentEnd::Error, Some(message), now).await?;
            ItemsVerdict::Ended
        }
        Some(Stops::Wait) => {
            let open = locked.account.holds().iter().filter(|hold| hold.state == HoldState::Open);
            let until = open.map(|hold| hold.ends_at).min().unwrap_or(now);
            tx.execute("UPDATE enrichments SET not_before = $2 WHERE id = $1", args![id, until]).await?;
            ItemsVerdict::Wait(until)
        }
    };
    consequences::save(tx, store, &mut [locked], now).await?;
    // Credits may have ended with this very batch.
    let row = tx.row("SELECT ended_at FROM enrichments WHERE id = $1", args![id]).await?;
    let has_ended = row.map_or(Ok(None), |row| row.opt_int("ended_at"))?.is_some();
    Ok(if has_ended { ItemsVerdict::Ended } else { verdict })
}
