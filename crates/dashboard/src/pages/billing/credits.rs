//! `POST /billing/credits`: credit packs. The answer says what is bought and when it ends, before anything is paid; the way to pay
//! is on that page.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use creel_types::plan::price_text;
use serde::Deserialize;

use super::{acting, refused};
use crate::{
    Dashboard,
    figures::{grouped, instant},
    form::Sent,
    member::Member,
    page::render,
    refusal::Refusal,
};

#[derive(Template)]
#[template(path = "billing/credits.html")]
struct CreditsPage {
    base: String,
    credits: String,
    price: String,
    ends: String,
    url: String,
}

#[derive(Deserialize)]
pub(crate) struct WantedPacks {
    #[serde(default)]
    form_token: String,
    #[serde(default)]
    quantity: String,
}

pub(crate) async fn submit(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(wanted): Sent<WantedPacks>,
) -> Result<Response, Refusal> {
    acting(&member, &wanted.form_token)?;
    let pack = dashboard.billing.pack();
    let quantity = wanted.quantity.trim().parse().ok().filter(|quantity| (1..=pack.quantity_max).contains(quantity));
    let Some(quantity) = quantity else {
        let message = format!("Choose 1 to {} credit packs.", pack.quantity_max);
        return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, message));
    };
    match dashboard.billing.buy_credits(member.organization, quantity, None).await {
        Ok(bought) => Ok(render(&CreditsPage {
            base: dashboard.base(),
            credits: grouped(bought.credits.0),
            price: price_text(pack.price_cents * quantity),
            ends: instant(bought.expires_at),
            url: bought.url.into(),
        })),
        Err(error) => refused(&dashboard, &member, error).await,
    }
}
