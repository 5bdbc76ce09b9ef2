//! `?wait=SECONDS`: an answer that waits for the end of work, within bounds.

use std::time::Duration;

use creel_store::StoreError;
use serde::Deserialize;
use tokio::time::Instant;
use utoipa::IntoParams;

use crate::error::ApiError;

const WAIT_SECONDS_MAX: u64 = 60;
const LOOK_EVERY: Duration = Duration::from_millis(200);

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WaitQuery {
    /// Seconds to wait for the end.
    #[param(maximum = 60)]
    wait: Option<u64>,
}

impl WaitQuery {
    /// What `look` finds, at once or as soon as it is over, and at the latest when the wait is.
    pub(crate) async fn until<T, F>(&self, look: impl Fn() -> F, is_over: impl Fn(&T) -> bool) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let wait = self.wait.unwrap_or(0);
        if wait > WAIT_SECONDS_MAX {
            return Err(ApiError::field("wait", format!("{wait} is more than {WAIT_SECONDS_MAX} seconds")));
        }
        let until = Instant::now() + Duration::from_secs(wait);
        loop {
            let found = look().await?;
            if is_over(&found) || Instant::now() >= until {
                return Ok(found);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}
