//! Makes the runs that schedules ask for, soon after they are due. Every process of an installation looks; each tick is dealt
//! with once, whoever comes first.

use std::time::Duration;

use creel_store::Store;
use tokio_util::sync::CancellationToken;

/// How late a run may start, at most, while a server is there.
const LOOK_EVERY: Duration = Duration::from_secs(1);

pub async fn schedule(store: Store, stop: CancellationToken) {
    loop {
        let more = match store.make_due_runs().await {
            Ok(done) => done.more,
            Err(error) => {
                tracing::error!(%error, "scheduled runs could not be made");
                false
            }
        };
        let pause = if more { Duration::ZERO } else { LOOK_EVERY };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}
