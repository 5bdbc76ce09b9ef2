//! Items of a batch of captures, made on the threads that may compute for long.

use std::{num::NonZero, panic, thread};

use creel_store::{Store, enrichments::QueuedCapture, settle::MadeItem};
use creel_types::{Capture, EnrichFailure, ItemContent, Product};
use tokio::task::JoinSet;

/// Makes an item of each capture, or says why there is none; with the product that it was made of.
pub(crate) async fn make_items(store: &Store, queued: Vec<QueuedCapture>) -> Vec<(MadeItem, Option<Product>)> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = queued.len().div_ceil(threads).max(1);
    let mut making = JoinSet::new();
    let mut queued = queued.into_iter().peekable();
    let mut shares = 0;
    while queued.peek().is_some() {
        let part: Vec<QueuedCapture> = queued.by_ref().take(share).collect();
        let (store, place) = (store.clone(), shares);
        making.spawn_blocking(move || (place, part.into_iter().map(|one| make(&store, one)).collect::<Vec<_>>()));
        shares += 1;
    }
    let mut made = making.join_all().await;
    made.sort_by_key(|(place, _)| *place);
    made.into_iter().flat_map(|(_, items)| items).collect()
}

fn make(store: &Store, queued: QueuedCapture) -> (MadeItem, Option<Product>) {
    let (content, product) = match queued.capture {
        Ok(capture) => (read(&capture), Some(capture.product)),
        Err(reason) => (Err(reason), None),
    };
    (MadeItem { capture: queued.id, item: store.random.id(store.clock.now()), content }, product)
}

fn read(capture: &Capture) -> Result<Box<ItemContent>, EnrichFailure> {
    let product = &capture.product;
    let is_silent = |text: &str| text.trim().is_empty();
    if is_silent(&product.title) && product.description.as_deref().is_none_or(is_silent) {
        return Err(EnrichFailure::NothingToRead);
    }
    // One page that no rule was made for must not end the job of a million others.
    panic::catch_unwind(|| Box::new(creel_item::enrich(product, Some(capture.country_code)))).map_err(|_| {
        tracing::error!(capture = %capture.id, "making an item broke off");
        EnrichFailure::Internal
    })
}
