//! What every endpoint has: keys, versions, idempotency, pages, expansion, errors.

use axum::body::Body;
use creel_testkit::stripe::{ApiFault, StripeSimulator};
use creel_types::{Clock, Time};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::desk::{DAY_MS, open, text};

#[tokio::test]
async fn a_request_needs_the_key_and_the_version() {
    let desk = open().await;
    let plain = |key: &str, version: &str| {
        axum::http::Request::builder()
            .uri("/v1/account")
            .header("authorization", format!("Bearer {key}"))
            .header("stripe-version", version)
            .body(Body::empty())
            .unwrap()
    };
    let key = desk.stripe.secret_key();
    assert!(key.starts_with("sk_test_"));
    assert_eq!(desk.send(plain(&key, "2026-05-27.dahlia")).await.0, 200);
    assert_eq!(desk.send(plain("sk_test_wrong", "2026-05-27.dahlia")).await.0, 401);
    assert_eq!(desk.send(plain(&key, "2024-06-20")).await.0, 400);
    desk.stripe.set_livemode(true);
    assert_eq!(desk.send(plain(&key, "2026-05-27.dahlia")).await.0, 401, "a live account has a live key");
    assert_eq!(desk.post("customers", &[]).await["livemode"], true);
    desk.close();
}

#[tokio::test]
async fn a_key_of_idempotency_gives_the_first_answer_again() {
    let desk = open().await;
    let send = async |email: &str| {
        let body = format!("email={email}");
        desk.send(desk.request("POST", "customers", &[]).header("idempotency-key", "k-1").body(Body::from(body)).unwrap())
            .await
    };
    let before = desk.stripe.all("customer").len();
    let (_, first) = send("a@example.com").await;
    let (_, second) = send("a@example.com").await;
    assert_eq!(first, second);
    let (status, other) = send("b@example.com").await;
    assert_eq!((status.as_u16(), &other["error"]["type"]), (400, &json!("idempotency_error")));
    assert_eq!(desk.stripe.all("customer").len(), before + 1);
    desk.stripe.advance_ms(DAY_MS).await;
    assert_eq!(send("b@example.com").await.0, 200, "forgotten after a day");
    desk.close();
}

#[tokio::test]
async fn lists_come_in_pages_the_newest_first() {
    let desk = open().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(text(&desk.post("customers", &[("name", "x")]).await["id"]));
    }
    made.reverse();
    let ids = |page: &Value| page["data"].as_array().unwrap().iter().map(|row| text(&row["id"])).collect::<Vec<_>>();
    let first = desk.get("customers", &[("limit", "2")]).await;
    assert_eq!((ids(&first), &first["has_more"]), (made[..2].to_vec(), &json!(true)));
    let second = desk.get("customers", &[("limit", "2"), ("starting_after", &made[1])]).await;
    assert_eq!((ids(&second), &second["has_more"]), (made[2..4].to_vec(), &json!(true)));
    let back = desk.get("customers", &[("limit", "2"), ("ending_before", &made[3])]).await;
    assert_eq!((ids(&back), &back["has_more"]), (made[1..3].to_vec(), &json!(true)));
    let rest = desk.get("customers", &[("limit", "100"), ("starting_after", &made[4])]).await;
    assert_eq!((ids(&rest).len(), &rest["has_more"]), (1, &json!(false)));
    for (key, value) in [("limit", "101"), ("limit", "0"), ("starting_after", "cus_none")] {
        let (status, error) = desk.refused("GET", "customers", &[(key, value)]).await;
        assert_eq!((status, &error["param"]), (400, &json!(key)));
    }
    desk.close();
}

#[tokio::test]
async fn lookup_keys_move_and_names_that_are_taken_are_refused() {
    let desk = open().await;
    let found = desk.get("prices", &[("lookup_keys[]", "creel_start"), ("active", "true")]).await;
    assert_eq!(found["data"][0]["id"], json!(desk.start));
    let fields = [
        ("currency", "usd"),
        ("unit_amount", "3900"),
        ("product", "creel_start"),
        ("lookup_key", "creel_start"),
        ("recurring[interval]", "month"),
    ];
    assert_eq!(desk.refused("POST", "prices", &fields).await.1["param"], "lookup_key");
    let moved = desk.post("prices", &[&fields[..], &[("transfer_lookup_key", "true")]].concat()).await;
    assert_eq!(desk.find(&desk.start)["lookup_key"], json!(null));
    assert_eq!(
        desk.post(&format!("prices/{}", text(&moved["id"])), &[("metadata[a]", "b"), ("active", "false")]).await["active"],
        false
    );
    let (status, error) = desk.refused("POST", "products", &[("id", "creel_start"), ("name", "x")]).await;
    assert_eq!((status, &error["code"]), (400, &json!("resource_already_exists")));
    let subscription = desk.stripe.add_subscription(&desk.customer, &desk.start, 1, None).unwrap();
    desk.post(&format!("prices/{}", desk.start), &[("metadata[a]", "b")]).await;
    assert_eq!(desk.find(&subscription)["items"]["data"][0]["price"]["metadata"]["a"], "b");
    assert_eq!(desk.post("products/creel_start", &[("name", "Start")]).await["name"], "Start");
    desk.close();
}

#[tokio::test]
async fn what_is_expanded_comes_whole_and_nonsense_is_refused() {
    let desk = open().await;
    let subscription = desk.subscribe(&desk.start, "1").await;
    let path = format!("subscriptions/{subscription}");
    let whole = desk.get(&path, &[("expand[]", "customer"), ("expand[]", "latest_invoice.payments")]).await;
    assert_eq!(
        (&whole["customer"]["id"], &whole["latest_invoice"]["payments"]["data"][0]["status"]),
        (&json!(desk.customer), &json!("paid"))
    );
    assert_eq!(
        desk.get("subscriptions", &[("expand[]", "data.customer")]).await["data"][0]["customer"]["id"],
        json!(desk.customer)
    );
    assert_eq!(desk.refused("GET", &path, &[("expand[]", "nonsense")]).await.1["param"], "expand[0]");
    assert_eq!(
        desk.refused("GET", "invoices/in_none", &[]).await,
        (
            404,
            json!({
                "type": "invalid_request_error", "code": "resource_missing", "message": "No such invoice: 'in_none'", "param": "id"
            })
        )
    );
    assert!(desk.stripe.violations().is_empty());
    assert_eq!(desk.refused("POST", "customers", &[("colour", "red")]).await.1["code"], "parameter_unknown");
    assert_eq!(desk.refused("GET", "no_such_thing", &[]).await.0, 404);
    assert_eq!(desk.stripe.violations().len(), 2, "the oracle sees both: {:?}", desk.stripe.violations());
}

#[tokio::test]
async fn faults_come_as_often_as_planned() {
    let desk = open().await;
    desk.stripe.fail_next(2, ApiFault::ServerError);
    desk.stripe.fail_next_of(1, "GET /v1/prices", ApiFault::RateLimited);
    assert_eq!(desk.refused("GET", "account", &[]).await.0, 500);
    assert_eq!(desk.refused("GET", "account", &[]).await.0, 500);
    assert_eq!(desk.get("account", &[]).await["object"], "account");
    let (status, error) = desk.refused("GET", "prices", &[]).await;
    assert_eq!((status, &error["code"]), (429, &json!("rate_limit")));
    desk.get("prices", &[]).await;
    desk.stripe.fail_next(1, ApiFault::Conflict);
    assert_eq!(desk.refused("POST", "customers", &[]).await.0, 409);
    desk.close();
}

/// A request over a real socket; the whole answer, empty where the connection was dropped.
async fn over_socket(stripe: &StripeSimulator, address: &str, email: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let body = format!("email={email}");
    let request = format!(
        "POST /v1/customers HTTP/1.1\r\nHost: stripe\r\nConnection: close\r\nAuthorization: Bearer {}\r\nStripe-Version: 2026-05-27.dahlia\r\n\
         Idempotency-Key: {email}\r\nContent-Length: {}\r\n\r\n{body}",
        stripe.secret_key(),
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    // A reset is what is wanted here.
    drop(stream.read_to_string(&mut answer).await);
    answer
}

#[tokio::test]
async fn connections_are_dropped_before_or_after_the_work() {
    let stripe = StripeSimulator::new(Clock::fixed(Time(1_790_000_000_000)), 1);
    let base = stripe.serve(TcpListener::bind("127.0.0.1:0").await.unwrap()).await.unwrap();
    let address = format!("{}:{}", base.host_str().unwrap(), base.port().unwrap());
    stripe.fail_next(1, ApiFault::DroppedBefore);
    assert_eq!(over_socket(&stripe, &address, "a@b").await, "");
    assert!(stripe.all("customer").is_empty());
    stripe.fail_next(1, ApiFault::DroppedAfter);
    assert_eq!(over_socket(&stripe, &address, "a@b").await, "");
    assert_eq!(stripe.all("customer").len(), 1);
    let again = over_socket(&stripe, &address, "a@b").await.to_lowercase();
    assert!(again.starts_with("http/1.1 200") && again.contains("idempotent-replayed: true"), "{again}");
    assert_eq!(stripe.all("customer").len(), 1);
    stripe.fail_next(1, ApiFault::RateLimited);
    let limited = over_socket(&stripe, &address, "c@d").await.to_lowercase();
    assert!(
        limited.starts_with("http/1.1 429") && limited.contains("retry-after: 1") && limited.contains("request-id: req_"),
        "{limited}"
    );
}
