//! `GET /v1/extract/runs/{id}/events`: the run as it changes, as server-sent events, until it has ended.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
};
use creel_store::runs::RunView;
use creel_types::{OrganizationId, RunId};
use futures::{Stream, stream};
use tokio::time::sleep;

use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The run as it changes (server-sent events)
///
/// First the run as it stands (event `run`), then again at each change, twice a second at most; the last event is `end`, with
/// the run as it ended. The data of each event is the run as `GET /v1/extract/runs/{id}` answers it.
#[utoipa::path(
    get,
    path = "/v1/extract/runs/{id}/events",
    tag = "runs",
    params(("id" = RunId, Path)),
    responses((status = 200, description = "Events until the run has ended", body = String, content_type = "text/event-stream"))
)]
pub(crate) async fn stream_run_events(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RunId>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let first = state.store().get_run_view(caller.organization, id).await?;
    let watch = Watch { state, organization: caller.organization, id, told: None, next: Some(first) };
    let events = stream::unfold(watch, |mut watch| async move {
        let event = watch.next_event().await?;
        Some((Ok(event), watch))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

struct Watch {
    state: ApiState,
    organization: OrganizationId,
    id: RunId,
    /// What was said last, as text; changes are told by it.
    told: Option<String>,
    /// The first look, which has been taken already; nothing once the end was told.
    next: Option<RunView>,
}

impl Watch {
    /// The next change; `None` after the end, or when the run cannot be read any more.
    async fn next_event(&mut self) -> Option<Event> {
        loop {
            let run = self.next.take()?;
            let data = serde_json::to_string(&run).ok()?;
            if run.status.is_ended() {
                return Some(Event::default().event("end").data(data));
            }
            if self.told.as_ref() != Some(&data) {
                self.told = Some(data.clone());
                self.next = Some(run);
                return Some(Event::default().event("run").data(data));
            }
            tokio::select! {
                () = sleep(LOOK_EVERY) => {}
                () = self.state.stopping.cancelled() => return None,
            }
            self.next = self.state.store().get_run_view(self.organization, self.id).await.ok();
        }
    }
}
