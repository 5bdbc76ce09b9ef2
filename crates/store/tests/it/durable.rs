//! What is on disk, read past everything that might remember it otherwise.

use std::collections::{BTreeMap, BTreeSet};

use creel_store::Store;
use creel_types::OrganizationId;

/// Every capture of the database with the page that it was read from.
pub async fn captures(store: &Store) -> BTreeMap<String, String> {
    let rows = store.database.rows("SELECT id, page_url FROM captures", vec![]).await.unwrap();
    rows.iter().map(|row| (row.text("id").unwrap(), row.text("page_url").unwrap())).collect()
}

/// Captures and debits are for each other, each once, and the ledger verifies. Answers how many there are.
pub async fn check(store: &Store, organization: OrganizationId) -> usize {
    let verified = store.verify_ledger(organization).await.unwrap();
    assert!(verified.is_ok(), "{verified:?}");
    let sql = "SELECT reference_id FROM ledger_entries WHERE kind = 'debit' AND reference_type = 'capture'";
    let rows = store.database.rows(sql, vec![]).await.unwrap();
    let debits: BTreeSet<String> = rows.iter().map(|row| row.text("reference_id").unwrap()).collect();
    assert_eq!(debits.len(), rows.len(), "a capture is debited twice");
    assert_eq!(debits, captures(store).await.into_keys().collect());
    debits.len()
}
