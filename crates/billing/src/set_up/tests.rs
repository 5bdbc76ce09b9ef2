//! Set-up against a server that keeps what it is given, as far as set-up can see.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json as Answer, Router,
    extract::{Request, State},
    http::{Method, StatusCode},
};
use creel_types::{CREDIT_PACK, Credits, Plan, Random};
use serde_json::{Value as Json, json};

use super::{webhook::WEBHOOK_EVENTS, *};
use crate::catalogue::{find_current_price, find_current_prices};

/// Collections by path, objects in the order of their making.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<BTreeMap<String, Vec<Json>>>>);

impl Kept {
    async fn serve() -> (Kept, StripeClient) {
        let kept = Kept::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let router = Router::new().fallback(answer).with_state(kept.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (kept, StripeClient::new(Secret::new("sk_test_1"), &base, Random::seeded(1)).unwrap())
    }

    fn all(&self, collection: &str) -> Vec<Json> {
        self.0.lock().unwrap().get(collection).cloned().unwrap_or_default()
    }

    /// Somebody changes an object in Stripe's dashboard.
    fn change(&self, collection: &str, id: &str, path: &str, value: Json) {
        let mut kept = self.0.lock().unwrap();
        let object = kept.get_mut(collection).unwrap().iter_mut().find(|object| object["id"] == id).unwrap();
        *object.pointer_mut(path).unwrap() = value;
    }
}

async fn answer(State(kept): State<Kept>, request: Request) -> (StatusCode, Answer<Json>) {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let path = parts.uri.path().strip_prefix("/v1/").unwrap().to_owned();
    let mut kept = kept.0.lock().unwrap();
    let known = ["products", "prices", "billing_portal/configurations", "webhook_endpoints"];
    let collection = known.into_iter().find(|known| path.starts_with(known)).unwrap();
    let id = path[collection.len()..].strip_prefix('/');
    let objects = kept.entry(collection.to_owned()).or_default();
    let found = objects.iter_mut().find(|object| Some(object["id"].as_str().unwrap()) == id);
    match (parts.method, id) {
        (Method::GET, None) => {
            let query: Vec<(String, String)> = url::form_urlencoded::parse(parts.uri.query().unwrap().as_bytes())
                .into_owned()
                .filter(|(name, _)| name == "lookup_keys[]")
                .collect();
            let asked =
                |object: &&Json| query.is_empty() || query.iter().any(|(_, key)| object["lookup_key"] == key.as_str());
            let data: Vec<&Json> = objects.iter().filter(asked).rev().collect();
            (StatusCode::OK, Answer(json!({"data": data, "has_more": false})))
        }
        (Method::GET, Some(_)) => match found {
            Some(object) => (StatusCode::OK, Answer(object.clone())),
            None => (StatusCode::NOT_FOUND, Answer(json!({"error": {"code": "resource_missing"}}))),
        },
        (_, None) => {
            let mut object = json!({"id": format!("{}_{}", collection.replace('/', "_"), objects.len()), "active": true});
            object["status"] = "enabled".into();
            object["secret"] = "whsec_fresh".into();
            merge(&mut object, &body);
            if object["transfer_lookup_key"] == true {
                let same = |other: &&mut Json| other["lookup_key"] == object["lookup_key"];
                objects.iter_mut().filter(same).for_each(|other| other["lookup_key"] = Json::Null);
                object["recurring"]["interval_count"] = 1.into();
                if object["recurring"]["interval"].is_null() {
                    object["recurring"] = Json::Null;
                }
            }
            objects.push(object.clone());
            (StatusCode::OK, Answer(object))
        }
        (_, Some(_)) => {
            let object = found.unwrap();
            merge(object, &body);
            (StatusCode::OK, Answer(object.clone()))
        }
    }
}

/// Puts a form with brackets into the object.
fn merge(object: &mut Json, form: &[u8]) {
    let mut emptied: Vec<String> = Vec::new();
    for (name, value) in url::form_urlencoded::parse(form) {
        let mut at = &mut *object;
        for part in name.split(['[', ']']).filter(|part| !part.is_empty()) {
            at = match part.parse::<usize>() {
                Ok(index) => {
                    let list = as_list(at);
                    list.resize(list.len().max(index + 1), Json::Null);
                    &mut list[index]
                }
                Err(_) => &mut at[part],
            };
        }
        let value = match (name.starts_with("metadata"), value.parse::<i64>(), value.parse::<bool>()) {
            (false, Ok(number), _) => number.into(),
            (false, _, Ok(flag)) => flag.into(),
            _ => value.as_ref().into(),
        };
        if !name.ends_with("[]") {
            *at = value;
        } else {
            let list = as_list(at);
            if !emptied.contains(&name.to_string()) {
                list.clear();
                emptied.push(name.to_string());
            }
            list.push(value);
        }
    }
}

fn as_list(at: &mut Json) -> &mut Vec<Json> {
    if !at.is_array() {
        *at = json!([]);
    }
    at.as_array_mut().unwrap()
}

fn hook() -> Url {
    Url::parse("https://creel.example/webhooks/stripe").unwrap()
}

/// What was done, without what was not.
async fn run(client: &StripeClient, pack: PackTerms) -> Vec<(String, Outcome, Option<String>)> {
    let steps = set_up(client, pack, Some(&hook())).await.unwrap();
    assert_eq!(steps.len(), 8);
    let done = steps.into_iter().filter(|step| step.outcome != Outcome::Unchanged);
    done.map(|step| (step.what, step.outcome, step.note)).collect()
}

#[tokio::test]
async fn it_is_made_once() {
    let (kept, client) = Kept::serve().await;
    assert!(find_current_prices(&client, CREDIT_PACK).await.unwrap_err().to_string().ends_with("setup-stripe`"));
    let steps = set_up(&client, CREDIT_PACK, Some(&hook())).await.unwrap();
    assert!(steps.iter().all(|step| step.outcome == Outcome::Created), "{steps:?}");
    let secrets: Vec<&str> = steps.iter().filter_map(|step| step.secret.as_ref()).map(Secret::as_str).collect();
    assert_eq!(secrets, ["whsec_fresh"]);
    assert!(!format!("{steps:?}{}", json!(steps)).contains("whsec_fresh"), "it is told where it is asked for alone");

    let again = set_up(&client, CREDIT_PACK, Some(&hook())).await.unwrap();
    assert!(again.iter().all(|step| step.outcome == Outcome::Unchanged && step.secret.is_none()), "{again:?}");
    assert!(again.iter().zip(&steps).all(|(again, first)| (&again.id, &again.what) == (&first.id, &first.what)));
    let [start, scale, credits] = find_current_prices(&client, CREDIT_PACK).await.unwrap();
    assert_eq!((start.kind, start.unit_amount, start.credits_per_unit), (Sold::Plan(Plan::Start), 2_900, Credits(10_000)));
    assert_eq!((scale.kind, scale.unit_amount, scale.credits_per_unit), (Sold::Plan(Plan::Scale), 10_000, Credits(100_000)));
    assert_eq!((credits.kind, credits.unit_amount, credits.credits_per_unit), (Sold::Credits, 2_900, Credits(10_000)));
    assert_eq!(set_up(&client, CREDIT_PACK, None).await.unwrap().len(), 7, "the endpoint is made where it is asked for");
    let endpoint = &kept.all("webhook_endpoints")[0];
    assert_eq!(endpoint["enabled_events"], json!(WEBHOOK_EVENTS));
    assert_eq!(endpoint["api_version"], crate::stripe::objects::API_VERSION);
}

#[tokio::test]
async fn other_terms_are_another_price() {
    let (kept, client) = Kept::serve().await;
    run(&client, CREDIT_PACK).await;
    let before = find_current_price(&client, Sold::Credits, CREDIT_PACK).await.unwrap();
    for pack in [
        PackTerms { price_cents: 1_900, ..CREDIT_PACK },
        PackTerms { credits: Credits(9), price_cents: 1_900, ..CREDIT_PACK },
    ] {
        assert!(find_current_price(&client, Sold::Credits, pack).await.is_err(), "not sold at any other price");
        let done = run(&client, pack).await;
        let (what, outcome, note) = done.iter().find(|(what, ..)| what == "price creel_credits").unwrap();
        assert_eq!(*outcome, Outcome::Created, "{what}");
        assert!(note.as_ref().unwrap().contains("takes the place of price"), "{note:?}");
        assert!(done.iter().all(|(what, ..)| what.contains("credits")), "{done:?}");
        assert_ne!(find_current_price(&client, Sold::Credits, pack).await.unwrap().price_id, before.price_id);
        assert!(run(&client, pack).await.is_empty());
    }
    let prices = kept.all("prices");
    assert_eq!(prices.len(), 5);
    assert!(prices.iter().all(|price| price["active"] == true), "nothing that a subscription may use is turned off");
    assert_eq!(prices[2]["metadata"]["creel_credits_per_unit"], "10000", "what was paid for stays what it was");
}

#[tokio::test]
async fn what_somebody_changed_is_mended() {
    let (kept, client) = Kept::serve().await;
    run(&client, CREDIT_PACK).await;
    let configuration = "billing_portal_configurations_0";
    let cases = [
        ("products", "creel_scale", "/name", json!("Gold"), "product Creel Scale"),
        ("products", "creel_credits", "/active", json!(false), "product Creel credits"),
        ("prices", "prices_0", "/metadata", json!({"note": "by hand"}), "price creel_start_monthly"),
        (
            "billing_portal/configurations",
            configuration,
            "/features/subscription_cancel/mode",
            json!("immediately"),
            "portal configuration",
        ),
        ("webhook_endpoints", "webhook_endpoints_0", "/enabled_events", json!(["invoice.paid"]), "webhook endpoint"),
        ("webhook_endpoints", "webhook_endpoints_0", "/status", json!("disabled"), "webhook endpoint"),
    ];
    for (collection, id, path, value, what) in cases {
        kept.change(collection, id, path, value);
        let done = run(&client, CREDIT_PACK).await;
        if path == "/status" {
            kept.change(collection, id, path, json!("enabled"));
        }
        assert_eq!(done.len(), 1, "{path}: {done:?}");
        assert_eq!((done[0].0.as_str(), done[0].1), (what, Outcome::Updated), "{path}");
        assert!(run(&client, CREDIT_PACK).await.is_empty(), "{path}");
    }
    kept.change("prices", "prices_1", "/product", json!("prod_other"));
    let done = run(&client, CREDIT_PACK).await;
    let done: Vec<(&str, Outcome)> = done.iter().map(|(what, outcome, _)| (what.as_str(), *outcome)).collect();
    let expected = [("price creel_scale_monthly", Outcome::Created), ("portal configuration", Outcome::Updated)];
    assert_eq!(done, expected, "the portal offers the new price");
    assert_eq!(kept.all("billing_portal/configurations").len(), 1);
}

#[tokio::test]
async fn an_endpoint_of_another_version_is_named() {
    let (kept, client) = Kept::serve().await;
    run(&client, CREDIT_PACK).await;
    kept.change("webhook_endpoints", "webhook_endpoints_0", "/api_version", json!("2019-01-01"));
    let steps = set_up(&client, CREDIT_PACK, Some(&hook())).await.unwrap();
    let step = steps.last().unwrap();
    assert_eq!((step.outcome, step.id.as_str()), (Outcome::Created, "webhook_endpoints_1"));
    assert!(step.secret.is_some());
    let note = step.note.as_ref().unwrap();
    assert!(note.contains("webhook_endpoints_0") && note.contains("2019-01-01") && note.contains("delete"), "{note}");
    let other = Url::parse("https://elsewhere.example/webhooks/stripe").unwrap();
    let moved = set_up(&client, CREDIT_PACK, Some(&other)).await.unwrap();
    let note = moved.last().unwrap().note.as_ref().unwrap();
    assert!(note.contains("webhook_endpoints_0 still sends") && note.contains("webhook_endpoints_1 still sends"), "{note}");
    let again = set_up(&client, CREDIT_PACK, Some(&hook())).await.unwrap();
    let again = again.last().unwrap();
    assert_eq!((again.outcome, again.id.as_str()), (Outcome::Unchanged, "webhook_endpoints_1"), "and it is said again");
    assert!(again.note.as_ref().unwrap().contains("webhook_endpoints_0"));
}
