//! Ctrl-C and SIGTERM, turned into one cancelled token. A second signal ends the process at once.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// Cancels the token at the first signal.
pub fn on_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let cancelled = stop.clone();
    tokio::spawn(async move {
        wait_for_signal().await;
        cancelled.cancel();
        wait_for_signal().await;
        std::process::exit(130);
    });
    stop
}

/// A token that is cancelled a while after the other.
pub fn later(stop: CancellationToken, by: Duration) -> CancellationToken {
    let late = CancellationToken::new();
    let cancelled = late.clone();
    tokio::spawn(async move {
        stop.cancelled().await;
        tokio::time::sleep(by).await;
        cancelled.cancel();
    });
    late
}

async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}
