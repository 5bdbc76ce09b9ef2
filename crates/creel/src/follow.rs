//! Lists what was stored, a moment behind the commit: filters and full text find a capture by what this writes. Lists are exact
//! without it, only slower; full text is not.

use std::time::Duration;

use creel_store::Store;
use tokio_util::sync::CancellationToken;

/// A fifth of the time by which full text may be behind.
const LOOK_EVERY: Duration = Duration::from_secs(1);

pub async fn follow(store: Store, stop: CancellationToken) {
    loop {
        let more = match store.follow_captures().await {
            Ok(followed) => followed.more,
            Err(error) => {
                tracing::error!(%error, "what was stored could not be listed");
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
