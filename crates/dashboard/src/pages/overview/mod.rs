//! `/`: the organization that one looks at: what it can spend and how long that lasts, what runs, what was captured last, what
//! needs attention. Whoever has no robot yet is asked for the address of a product.

mod attention;
mod running;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::Response,
    routing::{get, post},
};
use creel_store::{
    access::sessions::{Membership, SessionHolder},
    ledger::unmetered::BillingMode,
    listing::CaptureFilter,
};
use creel_types::{OrganizationId, RobotId};
use serde::Deserialize;

use self::{
    attention::{Matter, matters},
    running::{Running, running},
};
use crate::{
    Dashboard,
    area::Area,
    figures::Number,
    form::Sent,
    live::{Part, follow},
    member::Member,
    page::{go, render},
    pages::{
        billing::{Outlook, outlook},
        captures::{Latest, latest},
        public,
    },
    parts::Curl,
    place::Place,
    refusal::Refusal,
    session::{Visit, check_form},
    shell::Shell,
};

/// The newest captures that are shown.
const LATEST: usize = 8;

pub(crate) fn area() -> Area {
    Area::new().page("/", get(show)).route("/running", get(live)).route("/organization", post(switch))
}

#[derive(Template)]
#[template(path = "overview/overview.html")]
struct OverviewPage {
    shell: Shell,
    /// There is no robot yet: the first thing is to make one.
    is_new: bool,
    /// Of the newest robot, which a new run would use.
    robot: Option<RobotId>,
    held: Number,
    spent: Number,
    granted: Option<Number>,
    outlook: Outlook,
    running: Running,
    matters: Vec<Matter>,
    latest: Vec<Latest>,
    curl: Curl,
}

#[derive(Deserialize)]
pub(crate) struct After {
    #[serde(default)]
    done: String,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    visit: Visit,
    Query(After { done }): Query<After>,
) -> Result<Response, Refusal> {
    let Some(session) = visit.session else {
        // Somebody whose session ended wants to go on; somebody new wants to know what this is.
        return if visit.is_over { Err(Refusal::sign_in("/")) } else { public::landing::show(&dashboard).await };
    };
    let (form_token, holder) = (session.csrf_token(), session.holder.clone());
    match Member::of(session, visit.caller) {
        Some(member) => Ok(render(&page(&dashboard, &member, &done).await?)),
        None => choose(&dashboard, form_token, &holder).await,
    }
}

/// For somebody who looks at no organization: those that they may choose from.
#[derive(Template)]
#[template(path = "overview/choose.html")]
struct ChoosePage {
    base: String,
    form_token: String,
    person: String,
    organizations: Vec<Membership>,
}

async fn choose(dashboard: &Dashboard, form_token: String, holder: &SessionHolder) -> Result<Response, Refusal> {
    let organizations = dashboard.store().list_organizations_of(holder.person).await?;
    Ok(render(&ChoosePage { base: dashboard.base(), form_token, person: holder.email.clone(), organizations }))
}

async fn page(dashboard: &Dashboard, member: &Member, done: &str) -> Result<OverviewPage, Refusal> {
    let store = dashboard.store();
    let balance = store.balance(member.organization).await?;
    let shell = Shell::with_balance(dashboard, member, Place::Overview, &balance).await?;
    let robot = store.list_robots(member.organization, None, 1).await?.into_iter().next();
    Ok(OverviewPage {
        shell: shell.saying(match done {
            "switched" => "You look at another organization now.",
            _ => "",
        }),
        is_new: robot.is_none(),
        robot: robot.map(|robot| robot.id),
        held: Number::of(balance.held.0),
        spent: Number::of(balance.cycle.spent.0),
        granted: (dashboard.billing.mode() != BillingMode::Off).then(|| Number::of(balance.cycle.granted.0)),
        outlook: outlook(dashboard, member, &balance).await?,
        running: running(dashboard, member.organization).await?,
        matters: matters(dashboard, member).await?,
        latest: latest(dashboard, member, CaptureFilter::default(), LATEST).await?,
        curl: Curl::get(&dashboard.access.settings().public_url, "/v1/billing/balance"),
    })
}

/// `GET /running`: the runs as they go on.
async fn live(State(dashboard): State<Dashboard>, member: Member, headers: HeaderMap) -> Response {
    follow(&dashboard, member, &headers, |dashboard, organization| {
        Box::pin(async move {
            let html = running(&dashboard, organization).await?.render().map_err(|_| Refusal::internal())?;
            Ok(Part { html, is_last: false })
        })
    })
}

#[derive(Deserialize)]
pub(crate) struct Switch {
    #[serde(default)]
    form_token: String,
    organization_id: OrganizationId,
}

/// `POST /organization`: looks at another one from now on.
pub(crate) async fn switch(
    State(dashboard): State<Dashboard>,
    visit: Visit,
    Sent(sent): Sent<Switch>,
) -> Result<Response, Refusal> {
    let Some(session) = &visit.session else { return Err(Refusal::sign_in("/")) };
    check_form(session, &sent.form_token)?;
    dashboard.access.switch_organization(&session.holder, sent.organization_id).await?;
    Ok(go(&format!("{}/?done=switched", dashboard.base()), &[]))
}
