//! `creel serve`: the API and the workers in one process, until a signal.

use std::{net::SocketAddr, time::Duration};

use creel_access::Access;
use creel_api::{
    ApiState, RateLimiter,
    serve::{listen, serve as answer},
};
use creel_crawl::worker;
use creel_dashboard::{Api, Dashboard, Live};
use creel_store::{access::keys::NewApiKey, ledger::unmetered::BillingMode};
use creel_types::Role;
use tokio::net::TcpListener;

use crate::{
    access, billing,
    cli::{Common, ServeArgs},
    commands::admin::operator,
    events,
    exit::{Exit, Failure},
    interrupt, metrics,
    open::Opened,
    print, reconcile,
};

pub async fn serve(common: &Common, args: ServeArgs) -> Result<Exit, Failure> {
    let opened = Opened::open(common).await?;
    if opened.settings.billing_mode()? == BillingMode::Stripe {
        opened.settings.refuse_without_stripe()?;
    }
    let listener = listen(args.listen).map_err(|error| Failure::usage(format!("--listen {}: {error}", args.listen)))?;
    serve_on(opened, listener, args.private.allow_private).await
}

/// Serves what is open until a signal.
pub async fn serve_on(opened: Opened, listener: TcpListener, allow_private: bool) -> Result<Exit, Failure> {
    let address = listener.local_addr()?;
    let (crawler, committing) = opened.crawler(opened.crawl_settings(allow_private)).await?;
    if opened.settings.contact.is_empty() {
        print::say("Note: `contact` is not set in the configuration, so shops cannot tell who crawls them.");
    }
    let public_url = access::public_url(&opened.settings, Some(address));
    let access = access::open(&opened, &public_url)?;
    let billing = billing::open(&opened, Some(address))?;
    greet(&opened, &access, address).await?;
    let exposition = metrics::measure(&opened.store, &opened.settings.metrics_token)
        .map_err(|error| Failure::failed(format!("nothing can be measured: {error}")))?;
    let stop = interrupt::on_signal();
    let (mail, delivering) = access::mail(&opened, &public_url)?;
    let working = tokio::spawn(worker::work(crawler.clone(), stop.clone()));
    let enriching = tokio::spawn(creel_enrich::worker::work(opened.enricher(crawler.life())?, stop.clone()));
    let mut reconcilers = reconcile::of_every_server(&opened.store);
    let notices = delivering.as_ref().map(|_| mail.clone());
    let (hooks, courier, carrying) = events::carry(&opened, allow_private, notices, stop.clone())?;
    reconcilers.extend(delivering.into_iter().chain([carrying]).chain(billing::reconcilers(&opened, &billing)));
    let reconciling = tokio::spawn(reconcile::reconcile(opened.store.clone(), reconcilers, stop.clone()));
    let limiter = RateLimiter::new(opened.settings.rate_limit());
    let assistant = opened.assistant()?;
    let answers = assistant.is_configured();
    let state = ApiState {
        crawler,
        access: access.clone(),
        billing: billing.clone(),
        assistant,
        mail: mail.clone(),
        limiter,
        hooks,
        exposition,
        stopping: stop.clone(),
    };
    let api = creel_api::router(state);
    let pages = Dashboard {
        access,
        billing: billing.clone(),
        api: Api::new(api.clone()),
        live: Live::new(stop.clone()),
        answers,
        low_percent: opened.settings.credit_thresholds.iter().copied().max().map_or(0, i64::from),
        media: opened.media(allow_private)?,
        stripe_pages: billing::pages(&opened.settings).into(),
        mail,
        contact: opened.settings.contact.as_str().into(),
        user_agent: opened.settings.fetch_settings(false).user_agent_header().into(),
        public_pages: opened.settings.public_pages,
    };
    let router = creel_api::observed(creel_dashboard::beside(api, pages), &opened.store);
    let drained = interrupt::later(stop, Duration::from_secs(opened.settings.drain_seconds.unsigned_abs()));
    let served = answer(listener, router, opened.settings.proxies()?, drained).await;
    let _ = working.await;
    let _ = enriching.await;
    let _ = reconciling.await;
    courier.finish().await;
    let _ = committing.await;
    opened.store.database.close().await;
    served?;
    Ok(Exit::Done)
}

/// Says where it listens and, at the first start, the one key that exists: nobody can read it again. While there is no person,
/// each start prints a link that makes the first one.
async fn greet(opened: &Opened, access: &Access, address: SocketAddr) -> Result<(), Failure> {
    let organization = opened.organization_for_first_key().await?;
    print::say(&format!("Creel listens on http://{address}"));
    if let Some(organization) = organization {
        let new = NewApiKey { name: "first key".to_owned(), role: Role::Owner, expires_at: None };
        let (_, secret) = opened.store.create_api_key(organization, new, &operator()).await?;
        print::say(&format!("The first API key, shown this once: {secret}"));
        print::say(&format!("Try: curl -H 'Authorization: Bearer {secret}' http://{address}/v1/billing/balance"));
    }
    if let Some(link) = access.set_up_link().await? {
        print::say(&format!("Nobody can sign in yet. Whoever follows this link becomes the owner: {link}"));
    }
    Ok(())
}
