//! Events: what Stripe remembers of the last 30 days, for those whose delivery was lost. Read only.

use super::{StripeClient, StripeError, client::LIST_MAX, form::Form, objects::Event};

impl StripeClient {
    /// Newest first: those since `created_from` (seconds since 1970) that are newer than `until`, where that is given.
    pub async fn list_events(&self, created_from: i64, until: Option<&str>) -> Result<Vec<Event>, StripeError> {
        let query = Form::new().field("created[gte]", created_from);
        self.list_until(&["events"], &query, LIST_MAX, |event: &Event| Some(event.id.as_str()) == until).await
    }
}
