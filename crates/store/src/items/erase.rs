//! What is deleted with a capture. An item keeps its id and its capture's, so that its debit still has it.

use creel_types::Time;

use crate::{
    StoreError, args,
    database::{Given, Kind, Tx},
};

/// Erases the items of captures that are erased in this transaction.
pub(crate) async fn erase_items_of(tx: &mut Tx, captures: &[String], now: Time) -> Result<(), StoreError> {
    let given = || {
        let mut given = Given::new(&[("capture_id", Kind::Text)]);
        captures.iter().for_each(|id| given.push(args![id.as_str()]));
        given
    };
    let sql = "DELETE FROM item_facets WHERE item_id IN (SELECT i.id FROM given CROSS JOIN items i
        WHERE i.capture_id = given.capture_id)";
    tx.execute_given(given(), sql).await?;
    let sql = format!(
        "UPDATE items SET content = '{{}}', min_price = NULL, currency = NULL, available = 0, is_current = 0, deleted_at = {}
         WHERE deleted_at IS NULL AND capture_id IN (SELECT capture_id FROM given)",
        now.0
    );
    tx.execute_given(given(), &sql).await?;
    Ok(())
}
