//! Events on their way out of this process: the client that may contact webhooks, and the courier that does.

use creel_fetch::HookClient;
use creel_notify::{Courier, Nudge};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{exit::Failure, open::Opened};

/// Starts to carry events; `mail` wakes whoever sends mail, where somebody does.
pub fn start(
    opened: &Opened,
    allow_private: bool,
    mail: Option<Nudge>,
    stop: CancellationToken,
) -> Result<(HookClient, JoinHandle<()>), Failure> {
    let (settings, store) = (&opened.settings, &opened.store);
    let fetch = settings.fetch_settings(allow_private);
    let client = HookClient::new(&fetch, settings.webhook_allow_http, store.clock.clone())
        .map_err(|error| Failure::usage(format!("--config: {error}")))?;
    let courier = Courier::new(store.clone(), client.clone(), mail, stop);
    Ok((client, tokio::spawn(courier.work())))
}
