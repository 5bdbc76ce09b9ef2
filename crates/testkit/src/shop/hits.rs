//! Counts requests, so that a test can ask what a crawler fetched and how often. Refuses to forget unless told.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

#[derive(Debug, Default)]
pub(crate) struct Hits(Mutex<BTreeMap<String, u64>>);

impl Hits {
    /// Counts one request for a path and query, and returns how many there were for this path before it.
    pub(crate) fn count(&self, path: &str, query: Option<&str>) -> u64 {
        let mut counts = self.lock();
        let before = total(&counts, path);
        let target = match query {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        };
        *counts.entry(target).or_default() += 1;
        before
    }

    /// Requests for a path with whatever query.
    pub(crate) fn of_path(&self, path: &str) -> u64 {
        total(&self.lock(), path)
    }

    /// Requests whose path begins with `prefix`.
    pub(crate) fn under(&self, prefix: &str) -> u64 {
        self.lock().range(prefix.to_owned()..).take_while(|(target, _)| target.starts_with(prefix)).map(|(_, n)| n).sum()
    }

    /// Every path and query that was asked for, with its count.
    pub(crate) fn all(&self) -> BTreeMap<String, u64> {
        self.lock().clone()
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// A panic in another request leaves whole counts behind, so a poisoned lock is still good.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn total(counts: &BTreeMap<String, u64>, path: &str) -> u64 {
    let with_query = format!("{path}?");
    let exact = counts.get(path).copied().unwrap_or(0);
    let queried: u64 =
        counts.range(with_query.clone()..).take_while(|(target, _)| target.starts_with(&with_query)).map(|(_, n)| n).sum();
    exact + queried
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_counted_with_and_without_query() {
        let hits = Hits::default();
        assert_eq!(hits.count("/a", None), 0);
        assert_eq!(hits.count("/a", Some("page=2")), 1);
        assert_eq!(hits.count("/a/b", None), 0);
        assert_eq!((hits.of_path("/a"), hits.of_path("/a/b"), hits.under("/a"), hits.under("/b")), (2, 1, 3, 0));
        hits.clear();
        assert_eq!(hits.of_path("/a"), 0);
    }
}
