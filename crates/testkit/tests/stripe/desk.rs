//! A simulator with a catalogue, and a client of its API that speaks to the router without a socket.

use axum::{
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode},
};
use creel_testkit::stripe::{API_VERSION, Card, StripeSimulator};
use creel_types::{Clock, Time};
use serde_json::Value;
use tower::ServiceExt;
use url::form_urlencoded::Serializer;

pub const HOUR_MS: i64 = 60 * 60 * 1000;
pub const DAY_MS: i64 = 24 * HOUR_MS;

pub struct Desk {
    pub stripe: StripeSimulator,
    pub customer: String,
    pub start: String,
    pub scale: String,
    pub credits: String,
}

pub fn time(text: &str) -> Time {
    text.parse().unwrap()
}

pub fn seconds(text: &str) -> i64 {
    time(text).0 / 1000
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// At noon of a 31st, with the prices of a catalogue and one customer without a card.
pub async fn open() -> Desk {
    open_at("2026-01-31T12:00:00Z").await
}

pub async fn open_at(start: &str) -> Desk {
    let stripe = StripeSimulator::new(Clock::fixed(time(start)), 7).with_oracle().unwrap();
    let mut desk = Desk::around(stripe);
    desk.customer =
        text(&desk.post("customers", &[("email", "ada@example.com"), ("metadata[creel_organization]", "o-1")]).await["id"]);
    desk.start = desk.price("creel_start", "2900", true).await;
    desk.scale = desk.price("creel_scale", "10000", true).await;
    desk.credits = desk.price("creel_credits", "2900", false).await;
    desk
}

impl Desk {
    /// Nobody and nothing to sell.
    pub fn around(stripe: StripeSimulator) -> Desk {
        Desk { stripe, customer: String::new(), start: String::new(), scale: String::new(), credits: String::new() }
    }

    async fn price(&self, product: &str, amount: &str, is_monthly: bool) -> String {
        self.post("products", &[("id", product), ("name", product)]).await;
        let mut fields =
            vec![("currency", "usd"), ("unit_amount", amount), ("product", product), ("metadata[creel_plan]", product)];
        if is_monthly {
            fields.push(("recurring[interval]", "month"));
        }
        fields.push(("lookup_key", product));
        text(&self.post("prices", &fields).await["id"])
    }

    pub fn request(&self, method: &str, path: &str, fields: &[(&str, &str)]) -> axum::http::request::Builder {
        let encoded = encoded(fields);
        let query = if method == "GET" && !encoded.is_empty() { format!("?{encoded}") } else { String::new() };
        Request::builder()
            .method(method)
            .uri(format!("/v1/{path}{query}"))
            .header("authorization", format!("Bearer {}", self.stripe.secret_key()))
            .header("stripe-version", API_VERSION)
    }

    pub async fn send(&self, request: Request<Body>) -> (StatusCode, Value) {
        read(self.stripe.router().oneshot(request).await.unwrap()).await
    }

    pub async fn get(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        let (status, body) = self.send(self.request("GET", path, fields).body(Body::empty()).unwrap()).await;
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        let (status, body) = self.send(self.request("POST", path, fields).body(Body::from(encoded(fields))).unwrap()).await;
        assert_eq!(status, 200, "POST {path}: {body}");
        body
    }

    /// Status and `error` of a request that is refused.
    pub async fn refused(&self, method: &str, path: &str, fields: &[(&str, &str)]) -> (u16, Value) {
        let body = if method == "POST" { Body::from(encoded(fields)) } else { Body::empty() };
        let (status, body) = self.send(self.request(method, path, fields).body(body).unwrap()).await;
        assert_ne!(status, 200, "{method} {path}: {body}");
        (status.as_u16(), body["error"].clone())
    }

    pub async fn checkout(&self, price: &str, quantity: &str) -> Value {
        let fields = [
            ("mode", "subscription"),
            ("customer", self.customer.as_str()),
            ("line_items[0][price]", price),
            ("line_items[0][quantity]", quantity),
            ("success_url", "http://creel.test/ok"),
            ("cancel_url", "http://creel.test/no"),
            ("client_reference_id", "o-1"),
            ("metadata[creel_organization]", "o-1"),
            ("subscription_data[metadata][creel_organization]", "o-1"),
        ];
        self.post("checkout/sessions", &fields).await
    }

    /// A subscription bought at the checkout.
    pub async fn subscribe(&self, price: &str, quantity: &str) -> String {
        let session = self.checkout(price, quantity).await;
        text(&self.stripe.pay_checkout(session["id"].as_str().unwrap()).unwrap()["subscription"])
    }

    pub async fn upgrade(&self, subscription: &str, price: &str, quantity: &str) -> Value {
        let item = text(&self.find(subscription)["items"]["data"][0]["id"]);
        let fields = [
            ("items[0][id]", item.as_str()),
            ("items[0][price]", price),
            ("items[0][quantity]", quantity),
            ("billing_cycle_anchor", "now"),
            ("proration_behavior", "none"),
            ("payment_behavior", "pending_if_incomplete"),
            ("expand[]", "latest_invoice"),
        ];
        self.post(&format!("subscriptions/{subscription}"), &fields).await
    }

    /// A page as it is, and what a form of a page does: the status, where it leads, and the text.
    pub async fn page(&self, path: &str, form: Option<&[(&str, &str)]>) -> (u16, String, String) {
        let method = if form.is_some() { "POST" } else { "GET" };
        let request =
            Request::builder().method(method).uri(path).body(Body::from(encoded(form.unwrap_or_default()))).unwrap();
        let response = self.stripe.router().oneshot(request).await.unwrap();
        let to = response.headers().get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        let status = response.status().as_u16();
        let text = to_bytes(response.into_body(), 1 << 22).await.unwrap();
        (status, to, String::from_utf8(text.to_vec()).unwrap())
    }

    /// A portal configuration as Creel sets it up; its id.
    pub async fn portal_configuration(&self) -> String {
        let fields = [
            ("metadata[creel]", "1"),
            ("features[invoice_history][enabled]", "true"),
            ("features[payment_method_update][enabled]", "true"),
            ("features[customer_update][enabled]", "true"),
            ("features[customer_update][allowed_updates][]", "email"),
            ("features[customer_update][allowed_updates][]", "address"),
            ("features[subscription_cancel][enabled]", "true"),
            ("features[subscription_cancel][mode]", "at_period_end"),
            ("features[subscription_update][enabled]", "true"),
            ("features[subscription_update][default_allowed_updates][]", "price"),
            ("features[subscription_update][default_allowed_updates][]", "quantity"),
            ("features[subscription_update][proration_behavior]", "none"),
            ("features[subscription_update][schedule_at_period_end][conditions][0][type]", "decreasing_item_amount"),
            ("features[subscription_update][products][0][product]", "creel_start"),
            ("features[subscription_update][products][0][prices][0]", self.start.as_str()),
            ("features[subscription_update][products][1][product]", "creel_scale"),
            ("features[subscription_update][products][1][prices][0]", self.scale.as_str()),
            ("features[subscription_update][products][1][adjustable_quantity][enabled]", "true"),
            ("features[subscription_update][products][1][adjustable_quantity][minimum]", "1"),
            ("features[subscription_update][products][1][adjustable_quantity][maximum]", "10"),
        ];
        let configuration = self.post("billing_portal/configurations", &fields).await;
        assert_eq!(configuration["features"]["subscription_update"]["products"][1]["adjustable_quantity"]["maximum"], 10);
        text(&configuration["id"])
    }

    pub fn find(&self, id: &str) -> Value {
        self.stripe.find(id).unwrap_or_else(|| panic!("no {id}"))
    }

    pub fn latest_invoice(&self, subscription: &str) -> Value {
        self.find(&text(&self.find(subscription)["latest_invoice"]))
    }

    pub fn period(&self, subscription: &str) -> (i64, i64) {
        let item = self.find(subscription)["items"]["data"][0].clone();
        (item["current_period_start"].as_i64().unwrap(), item["current_period_end"].as_i64().unwrap())
    }

    pub fn card(&self, card: Card) {
        self.stripe.set_card(&self.customer, card).unwrap();
    }

    pub async fn until(&self, instant: &str) {
        self.stripe.advance(time(instant)).await;
    }

    /// The kinds of events since so many.
    pub fn kinds_since(&self, count: usize) -> Vec<String> {
        self.stripe.event_kinds().split_off(count)
    }

    /// The end of every test: nothing that Stripe would not say.
    pub fn close(self) {
        let violations = self.stripe.violations();
        assert!(violations.is_empty(), "{} violations:\n{}", violations.len(), violations.join("\n"));
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub async fn read(response: Response<Body>) -> (StatusCode, Value) {
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 22).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}
