//! Parts of pages that follow what happens, as server-sent events. A part is told again only where it is another than before:
//! each event's id is a digest of it, so that a browser that comes back after a break gets what it has not seen, and nothing
//! else. Who looks is asked again each time: a session that ended hears no more.

use std::{
    convert::Infallible,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use creel_types::{OrganizationId, sha256_hex};
use futures::{Stream, future::BoxFuture, stream};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use crate::{Dashboard, member::Member, refusal::Refusal};

/// How often is looked, where nothing has to be quicker.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After this the browser asks anew, which finds servers that are new or gone.
const STREAM_MAX: Duration = Duration::from_secs(15 * 60);
/// Streams of one process at once; more are told to come later.
const STREAMS_MAX: usize = 2_000;
/// Letters of the digest that tells parts apart.
const ID_LETTERS: usize = 16;

/// A part of a page as it is now.
pub(crate) struct Part {
    pub(crate) html: String,
    /// Nothing will change any more.
    pub(crate) is_last: bool,
}

/// What streams have in common.
#[derive(Clone)]
pub struct Live {
    places: Arc<Semaphore>,
    /// Cancelled when the process begins to end.
    stopping: CancellationToken,
}

impl Live {
    #[must_use]
    pub fn new(stopping: CancellationToken) -> Live {
        Live { places: Arc::new(Semaphore::new(STREAMS_MAX)), stopping }
    }
}

type Look = Box<dyn FnMut(Dashboard, OrganizationId) -> BoxFuture<'static, Result<Part, Refusal>> + Send>;

/// Follows what `look` shows for as long as the member may see it.
pub(crate) fn follow(
    dashboard: &Dashboard,
    member: Member,
    headers: &HeaderMap,
    look: impl FnMut(Dashboard, OrganizationId) -> BoxFuture<'static, Result<Part, Refusal>> + Send + 'static,
) -> Response {
    follow_every(LOOK_EVERY, dashboard, member, headers, look)
}

/// The same, looking as often as is said.
pub(crate) fn follow_every(
    every: Duration,
    dashboard: &Dashboard,
    member: Member,
    headers: &HeaderMap,
    look: impl FnMut(Dashboard, OrganizationId) -> BoxFuture<'static, Result<Part, Refusal>> + Send + 'static,
) -> Response {
    let Ok(place) = Arc::clone(&dashboard.live.places).try_acquire_owned() else {
        return Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many pages are being followed. Load the page again later.",
        )
        .into_response();
    };
    let told = headers.get("last-event-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let following = Following {
        dashboard: dashboard.clone(),
        member,
        every,
        look: Box::new(look),
        told,
        until: Instant::now() + STREAM_MAX,
        is_first: true,
        is_over: false,
        _place: place,
    };
    Sse::new(events(following)).keep_alive(KeepAlive::default()).into_response()
}

struct Following {
    dashboard: Dashboard,
    member: Member,
    every: Duration,
    look: Look,
    /// The id of what the browser has.
    told: Option<String>,
    until: Instant,
    is_first: bool,
    is_over: bool,
    _place: OwnedSemaphorePermit,
}

fn events(following: Following) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(following, |mut following| async move {
        let event = following.next().await?;
        Some((Ok(event), following))
    })
}

impl Following {
    /// The next change; `None` where the stream ends.
    async fn next(&mut self) -> Option<Event> {
        if self.is_over {
            return None;
        }
        loop {
            if !std::mem::take(&mut self.is_first) && !self.wait().await {
                return None;
            }
            let part = (self.look)(self.dashboard.clone(), self.member.organization).await.ok()?;
            let html = part.html.replace('\r', "");
            let mut id = sha256_hex(&html);
            id.truncate(ID_LETTERS);
            if part.is_last {
                self.is_over = true;
                return Some(Event::default().event("end").id(id).data(html));
            }
            if self.told.as_ref() != Some(&id) {
                self.told = Some(id.clone());
                return Some(Event::default().event("update").id(id).data(html));
            }
        }
    }

    /// Waits until it is time to look again; `false` where nobody may or should go on.
    async fn wait(&mut self) -> bool {
        tokio::select! {
            () = sleep(self.every) => {}
            () = self.dashboard.live.stopping.cancelled() => return false,
        }
        if Instant::now() >= self.until {
            return false;
        }
        let session = self.dashboard.access.session(self.member.session.token()).await;
        let organization = session.ok().flatten().and_then(|session| session.holder.organization);
        organization.is_some_and(|organization| organization.id == self.member.organization)
    }
}
