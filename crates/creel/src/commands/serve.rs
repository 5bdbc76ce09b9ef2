//! `creel serve`: the API and the workers in one process, until a signal.

use std::net::SocketAddr;

use creel_access::Access;
use creel_api::{
    ApiState, RateLimiter,
    serve::{listen, serve as answer},
};
use creel_crawl::worker;
use creel_dashboard::Dashboard;
use creel_store::access::keys::NewApiKey;
use creel_types::Role;

use crate::{
    access,
    cli::{Common, ServeArgs},
    commands::admin::operator,
    exit::{Exit, Failure},
    follow, interrupt,
    open::Opened,
    print, schedule, sweep,
};

pub async fn serve(common: &Common, args: ServeArgs) -> Result<Exit, Failure> {
    let opened = Opened::open(common).await?;
    let listener = listen(args.listen).map_err(|error| Failure::usage(format!("--listen {}: {error}", args.listen)))?;
    let address = listener.local_addr()?;
    let (crawler, committing) = opened.crawler(opened.crawl_settings(args.private.allow_private)).await?;
    if opened.settings.contact.is_empty() {
        print::say("Note: `contact` is not set in the configuration, so shops cannot tell who crawls them.");
    }
    let public_url = access::public_url(&opened.settings, Some(address));
    let access = access::open(&opened, &public_url)?;
    greet(&opened, &access, address).await?;
    let stop = interrupt::on_signal();
    let (mail, delivering) = access::start_mail(&opened, &public_url, stop.clone())?;
    let working = tokio::spawn(worker::work(crawler.clone(), stop.clone()));
    let sweeping = tokio::spawn(sweep::sweep(opened.store.clone(), stop.clone()));
    let following = tokio::spawn(follow::follow(opened.store.clone(), stop.clone()));
    let scheduling = tokio::spawn(schedule::schedule(opened.store.clone(), stop.clone()));
    let limiter = RateLimiter::new(opened.settings.rate_limit());
    let pages = creel_dashboard::router(Dashboard { access: access.clone(), mail: mail.clone() });
    let router = creel_api::router(ApiState { crawler, access, mail, limiter }).merge(pages);
    let served = answer(listener, router, opened.settings.proxies()?, stop).await;
    let _ = working.await;
    let _ = sweeping.await;
    let _ = following.await;
    let _ = scheduling.await;
    if let Some(delivering) = delivering {
        let _ = delivering.await;
    }
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
