//! Events on their way out of this process: the client that may contact webhooks, and the courier that does.

use creel_fetch::HookClient;
use creel_notify::{Courier, Nudge};
use creel_store::reconcile::ReconcilerName;
use tokio_util::sync::CancellationToken;

use crate::{exit::Failure, open::Opened, reconcile::Reconciler};

/// Who may contact webhooks, who carries events to them, and when. `mail` wakes whoever sends mail, where somebody does.
pub fn carry(
    opened: &Opened,
    allow_private: bool,
    mail: Option<Nudge>,
    stop: CancellationToken,
) -> Result<(HookClient, Courier, Reconciler), Failure> {
    let (settings, store) = (&opened.settings, &opened.store);
    let fetch = settings.fetch_settings(allow_private);
    let client = HookClient::new(&fetch, settings.webhook_allow_http, store.clock.clone())
        .map_err(|error| Failure::usage(format!("--config: {error}")))?;
    let courier = Courier::new(store.clone(), client.clone(), mail, stop);
    let carrying = courier.clone();
    let reconciler = Reconciler::new(ReconcilerName::Webhooks, store, move |_| {
        let courier = carrying.clone();
        async move { courier.pass().await }
    });
    Ok((client, courier.clone(), reconciler.on(courier.freed())))
}
