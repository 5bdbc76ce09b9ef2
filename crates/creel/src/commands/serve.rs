//! `creel serve`: the API and the workers in one process, until a signal.

use std::net::SocketAddr;

use creel_api::ApiState;
use creel_crawl::worker;
use tokio::net::TcpListener;

use crate::{
    cli::{Common, ServeArgs},
    exit::{Exit, Failure},
    follow, interrupt,
    open::Opened,
    print, sweep,
};

pub async fn serve(common: &Common, args: ServeArgs) -> Result<Exit, Failure> {
    let opened = Opened::open(common).await?;
    let listener = TcpListener::bind(args.listen)
        .await
        .map_err(|error| Failure::usage(format!("--listen {}: {error}", args.listen)))?;
    let address = listener.local_addr()?;
    let (crawler, committing) = opened.crawler(opened.crawl_settings(args.private.allow_private)).await?;
    if opened.settings.contact.is_empty() {
        print::say("Note: `contact` is not set in the configuration, so shops cannot tell who crawls them.");
    }
    greet(&opened, address).await?;
    let stop = interrupt::on_signal();
    let working = tokio::spawn(worker::work(crawler.clone(), stop.clone()));
    let sweeping = tokio::spawn(sweep::sweep(opened.store.clone(), stop.clone()));
    let following = tokio::spawn(follow::follow(opened.store.clone(), stop.clone()));
    let router = creel_api::router(ApiState { crawler });
    let served = axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await }).await;
    let _ = working.await;
    let _ = sweeping.await;
    let _ = following.await;
    let _ = committing.await;
    opened.store.database.close().await;
    served?;
    Ok(Exit::Done)
}

/// Says where it listens and, at the first start, the one key that exists: nobody can read it again.
async fn greet(opened: &Opened, address: SocketAddr) -> Result<(), Failure> {
    let organization = opened.organization_for_first_key().await?;
    print::say(&format!("Creel listens on http://{address}"));
    if let Some(organization) = organization {
        let (_, secret) = opened.store.create_api_key(organization, "first key").await?;
        print::say(&format!("The first API key, shown this once: {secret}"));
        print::say(&format!("Try: curl -H 'Authorization: Bearer {secret}' http://{address}/v1/billing/balance"));
    }
    Ok(())
}
