//! Subscription schedules: a step down that waits for the end of the cycle. The portal makes them.

use super::{StripeClient, StripeError, form::Form, objects::SubscriptionSchedule};

impl StripeClient {
    pub async fn get_schedule(&self, schedule: &str) -> Result<SubscriptionSchedule, StripeError> {
        self.get(&["subscription_schedules", schedule], &Form::new()).await
    }

    /// Takes the plan back that was waiting; the subscription goes on as it is.
    pub async fn release_schedule(&self, schedule: &str) -> Result<SubscriptionSchedule, StripeError> {
        self.post(&["subscription_schedules", schedule, "release"], &Form::new(), None).await
    }
}
