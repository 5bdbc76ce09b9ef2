//! The client against a server that answers as it is told: what is asked again, with which key, and what each answer means.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use creel_types::Random;
use url::Url;

use super::*;
use crate::stripe::{
    PaymentRef,
    checkout::{NewPackSession, NewSession, NewSubscriptionSession},
    customers::CustomerDetails,
    objects::{Customer, Metadata},
    portal::UpdateToConfirm,
};

const KEY: &str = "sk_test_verysecret";
const CUSTOMER: &str = r#"{"id":"cus_1","object":"customer"}"#;

#[derive(Clone, Debug)]
struct Asked {
    line: String,
    headers: HeaderMap,
    body: String,
}

impl Asked {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

type Answer = (u16, &'static [(&'static str, &'static str)], &'static str);
const OK: Answer = (200, &[], CUSTOMER);
/// Takes the request and never answers.
const NEVER: Answer = (0, &[], "");

#[derive(Clone, Default)]
struct Fake {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

async fn answer(State(fake): State<Fake>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
    let line = format!("{} {}", parts.method, parts.uri);
    fake.asked.lock().unwrap().push(Asked { line, headers: parts.headers, body });
    let (status, headers, body) = fake.answers.lock().unwrap().pop_front().expect("an answer is left");
    if status == NEVER.0 {
        std::future::pending::<()>().await;
    }
    let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
    for (name, value) in headers {
        response.headers_mut().insert(*name, value.parse().unwrap());
    }
    response
}

impl Fake {
    async fn serve(answers: &[Answer]) -> (Fake, StripeClient) {
        let fake = Fake { answers: Arc::new(Mutex::new(answers.iter().copied().collect())), ..Fake::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let router = Router::new().fallback(answer).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = StripeClient::new(Secret::new(KEY), &base, Random::seeded(1)).unwrap();
        let client = client.with_patience(Patience { attempt_ms: 5_000, total_ms: 20_000, backoff_ms: 1 });
        (fake, client)
    }

    fn asked(&self) -> Vec<Asked> {
        assert!(self.answers.lock().unwrap().is_empty(), "fewer requests than answers");
        self.asked.lock().unwrap().clone()
    }
}

async fn create(client: &StripeClient) -> Result<Customer, StripeError> {
    client.create_customer(&CustomerDetails { name: Some("A & B".into()), ..CustomerDetails::default() }, "intent-1").await
}

#[tokio::test]
async fn a_request_says_who_asks_in_which_version_and_for_which_intent() {
    let (fake, client) = Fake::serve(&[OK; 4]).await;
    create(&client).await.unwrap();
    client.get_customer("cus_1").await.unwrap();
    for _ in 0..2 {
        client.update_customer("cus_1", &CustomerDetails::default()).await.unwrap();
    }
    let asked = fake.asked();
    let lines: Vec<&str> = asked.iter().map(|asked| asked.line.as_str()).collect();
    assert_eq!(
        lines,
        ["POST /v1/customers", "GET /v1/customers/cus_1", "POST /v1/customers/cus_1", "POST /v1/customers/cus_1"]
    );
    for request in &asked {
        assert_eq!(request.header("authorization"), format!("Bearer {KEY}"));
        assert_eq!(request.header("stripe-version"), API_VERSION);
    }
    assert_eq!((asked[0].body.as_str(), asked[0].header("idempotency-key")), ("name=A+%26+B", "intent-1"));
    assert_eq!(asked[0].header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(asked[1].header("idempotency-key"), "");
    let (first, second) = (asked[2].header("idempotency-key"), asked[3].header("idempotency-key"));
    assert!(first.len() == 64 && first != second, "two requests are two intents unless the caller says otherwise");
    assert!(!format!("{client:?}").contains("verysecret"));
}

#[tokio::test]
async fn what_may_pass_is_asked_again_with_the_same_key() {
    let busy = r#"{"error":{"type":"invalid_request_error","code":"lock_timeout"}}"#;
    let twice = r#"{"error":{"type":"idempotency_error","code":"idempotency_key_in_use"}}"#;
    let cases: [(&str, &[Answer]); 7] = [
        ("trouble of Stripe's", &[(500, &[], ""), (503, &[], "<html>"), OK]),
        ("too much", &[(429, &[], ""), OK]),
        ("an object in use", &[(409, &[], busy), OK]),
        ("our own request in work", &[(409, &[], twice), OK]),
        ("Stripe says so", &[(409, &[("stripe-should-retry", "true")], ""), OK]),
        ("a lost answer", &[NEVER, OK]),
        ("a wait that is none", &[(429, &[("retry-after", "0")], ""), OK]),
    ];
    for (what, answers) in cases {
        let (fake, client) = Fake::serve(answers).await;
        let client = client.with_patience(Patience { attempt_ms: 200, ..client.patience });
        assert_eq!(create(&client).await.map(|customer| customer.id).as_deref(), Ok("cus_1"), "{what}");
        let asked = fake.asked();
        assert_eq!(asked.len(), answers.len(), "{what}");
        assert!(asked.iter().all(|asked| asked.header("idempotency-key") == "intent-1"), "{what}");
    }
    let (fake, client) = Fake::serve(&[(500, &[], ""), OK]).await;
    client.update_customer("cus_1", &CustomerDetails::default()).await.unwrap();
    let asked = fake.asked();
    assert_eq!(asked[0].header("idempotency-key"), asked[1].header("idempotency-key"), "also one that chance made");
}

#[tokio::test]
async fn patience_has_an_end() {
    const TROUBLE: Answer = (500, &[("request-id", "req_9")], "");
    let (fake, client) = Fake::serve(&[TROUBLE; ATTEMPTS_MAX as usize]).await;
    let error = create(&client).await.unwrap_err();
    assert_eq!(error, StripeError::Unavailable { status: 500, request_id: Some("req_9".into()), retry_after_ms: None });
    assert_eq!(fake.asked().len(), 3);

    let (fake, client) = Fake::serve(&[(429, &[("retry-after", "60")], "")]).await;
    let error = create(&client).await.unwrap_err();
    assert_eq!((error.retry_after_ms(), error.is_transient()), (Some(60_000), true));
    assert_eq!(fake.asked().len(), 1, "a long wait is the caller's");

    let (fake, client) = Fake::serve(&[(500, &[("stripe-should-retry", "false")], "")]).await;
    assert!(create(&client).await.unwrap_err().is_transient());
    assert_eq!(fake.asked().len(), 1);

    let (fake, client) = Fake::serve(&[NEVER]).await;
    let hurried = client.with_patience(Patience { attempt_ms: 5_000, total_ms: 100, backoff_ms: 1 });
    let error = create(&hurried).await.unwrap_err();
    assert!(matches!(error, StripeError::Timeout { timeout_ms: ..=100 }), "{error}");
    assert_eq!(fake.asked().len(), 1, "no time is left for another attempt");

    let nobody = Url::parse("http://127.0.0.1:9").unwrap();
    let client = StripeClient::new(Secret::new(KEY), &nobody, Random::seeded(1)).unwrap();
    let client = client.with_patience(Patience { backoff_ms: 1, ..Patience::PERSON });
    assert!(matches!(create(&client).await, Err(StripeError::Unreachable { .. })));
}

#[tokio::test]
async fn each_refusal_has_its_name_and_is_asked_once() {
    const DECLINED: &str = r#"{"error":{"type":"card_error","code":"card_declined","decline_code":"insufficient_funds","message":"Declined."}}"#;
    const REFUSED: &str = r#"{"error":{"type":"invalid_request_error","code":"resource_missing","param":"customer",
        "message":"No such customer; you sent sk_test_verysecret","brand_new":{"x":1}}}"#;
    let refused = |answer: Answer| async move {
        let (fake, client) = Fake::serve(&[answer]).await;
        let error = create(&client).await.unwrap_err();
        assert_eq!(fake.asked().len(), 1, "{error}");
        assert!(!error.is_transient() && !format!("{error} {error:?}").contains("verysecret"), "{error:?}");
        error
    };
    assert_eq!(refused((401, &[], REFUSED)).await, StripeError::Unauthorized);
    assert!(StripeError::Unauthorized.to_string().contains(KEY_SETTING));
    assert_eq!(refused((404, &[], REFUSED)).await, StripeError::NotFound { what: "customers".into() });
    let StripeError::CardDeclined(declined) = refused((402, &[], DECLINED)).await else { panic!("declined") };
    assert_eq!((declined.decline_code.as_deref(), declined.message.as_str()), (Some("insufficient_funds"), "Declined."));
    let error = refused((400, &[("request-id", "req_1")], REFUSED)).await;
    assert!(error.is_missing());
    let said =
        "Stripe refuses: No such customer; you sent … (status 400, code resource_missing, field customer, request req_1)";
    assert_eq!(error.to_string(), said);
    for other in [(409, &[] as &[_], "{}"), (403, &[], "not json"), (418, &[], r#"{"error":"a string"}"#)] {
        assert!(matches!(refused(other).await, StripeError::Refused(_)));
    }
    for unreadable in [(200, &[] as &[_], "<html>"), (200, &[], r#"{"object":"customer"}"#), (307, &[("location", "/")], "")]
    {
        assert!(matches!(refused(unreadable).await, StripeError::Malformed { .. }));
    }
}

#[tokio::test]
async fn lists_are_walked_to_their_end_and_no_further() {
    const ONE: &str = r#"{"data":[{"id":"re_1","amount":1},{"id":"re_2","amount":2}],"has_more":true}"#;
    const TWO: &str = r#"{"data":[{"id":"re_3","amount":3}],"has_more":false}"#;
    const EMPTY: &str = r#"{"data":[],"has_more":true}"#;
    let (fake, client) = Fake::serve(&[(200, &[], ONE), (200, &[], TWO)]).await;
    let refunds = client.list_refunds(&PaymentRef::Intent("pi_1".into())).await.unwrap();
    assert_eq!(refunds.iter().map(|refund| refund.id.as_str()).collect::<Vec<_>>(), ["re_1", "re_2", "re_3"]);
    let lines: Vec<String> = fake.asked().into_iter().map(|asked| asked.line).collect();
    let first = "GET /v1/refunds?payment_intent=pi_1&limit=100";
    assert_eq!(lines, [first.to_owned(), format!("{first}&starting_after=re_2")]);

    let (_, client) = Fake::serve(&[(200, &[], ONE), (200, &[], EMPTY)]).await;
    let error = client.list_refunds(&PaymentRef::Charge("ch_1".into())).await.unwrap_err();
    assert!(matches!(error, StripeError::Malformed { .. }), "a server that promises for ever");
    let (_, client) = Fake::serve(&[(200, &[], ONE)]).await;
    let list = client.list::<super::super::objects::Refund>(&["refunds"], &Form::new(), 2).await;
    assert_eq!(list.unwrap_err(), StripeError::TooMany { what: "refunds".into(), max: 2 });

    const EVENTS: &str = r#"{"data":[{"id":"evt_3","type":"a","created":3,"livemode":false,"data":{"object":{}}},
        {"id":"evt_2","type":"a","created":2,"livemode":false,"data":{"object":{}}}],"has_more":true}"#;
    let (fake, client) = Fake::serve(&[(200, &[], EVENTS)]).await;
    let events = client.list_events(2, Some("evt_2")).await.unwrap();
    assert_eq!(events.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(), ["evt_3"]);
    assert_eq!(fake.asked()[0].line, "GET /v1/events?created%5Bgte%5D=2&limit=100");
}

#[tokio::test]
async fn invoices_are_found_by_payment_intents_alone() {
    const PAID: Answer =
        (200, &[], r#"{"data":[{"id":"inpay_1","invoice":"in_1","status":"paid","payment":{"payment_intent":"pi_1"}}]}"#);
    let (fake, client) = Fake::serve(&[PAID]).await;
    assert!(client.find_invoice_payments(&PaymentRef::Charge("ch_1".into())).await.unwrap().is_empty());
    let found = client.find_invoice_payments(&PaymentRef::Intent("pi_1".into())).await.unwrap();
    assert_eq!(found[0].invoice.as_str(), "in_1");
    let query = "payment%5Btype%5D=payment_intent&payment%5Bpayment_intent%5D=pi_1&limit=100";
    assert_eq!(fake.asked()[0].line, format!("GET /v1/invoice_payments?{query}"));
}

#[tokio::test]
async fn an_id_leads_nowhere_else_and_a_key_is_a_key() {
    let (fake, client) = Fake::serve(&[]).await;
    for id in ["", "..", "cus_1/../../account", "cus_1?x=1", "cus_ä", "cus 1"] {
        assert!(client.get_customer(id).await.unwrap_err().is_missing(), "{id:?}");
    }
    assert!(create_with(&client, "").await.is_err() && create_with(&client, "a\nb").await.is_err());
    assert!(fake.asked().is_empty());
    let base = Url::parse(BASE_URL).unwrap();
    for key in ["", "sk_test\n", "sk test"] {
        assert!(matches!(StripeClient::new(Secret::new(key), &base, Random::seeded(1)), Err(StripeError::Setup { .. })));
    }
    let mail = Url::parse("mailto:a@b.example").unwrap();
    assert!(StripeClient::new(Secret::new(KEY), &mail, Random::seeded(1)).is_err());
}

async fn create_with(client: &StripeClient, intent: &str) -> Result<Customer, StripeError> {
    client.create_customer(&CustomerDetails::default(), intent).await
}

fn session() -> NewSession {
    NewSession {
        customer: "cus_1".into(),
        price: "price_1".into(),
        quantity: 3,
        success_url: "https://creel.example/billing".into(),
        cancel_url: "https://creel.example/billing".into(),
        client_reference_id: "org".into(),
        expires_at: 1_800_000_000,
        metadata: Metadata::from([("creel_organization".into(), "org".into())]),
    }
}

/// What was sent, decoded, a field a line.
fn fields(asked: &Asked) -> Vec<String> {
    url::form_urlencoded::parse(asked.body.as_bytes()).map(|(name, value)| format!("{name}={value}")).collect()
}

#[tokio::test]
async fn what_is_sold_is_said_where_it_is_looked_for() {
    const SESSION: Answer = (200, &[], r#"{"id":"cs_1","url":"https://pay.example/"}"#);
    const PORTAL: Answer = (200, &[], r#"{"url":"https://portal.example/"}"#);
    const UPGRADED: Answer = (
        200,
        &[],
        r#"{"id":"sub_1","customer":"cus_1","created":1,"items":{"data":[]},"pending_update":{"expires_at":9},
        "latest_invoice":{"id":"in_1","created":1,"total":100,"lines":{"data":[]},"hosted_invoice_url":"https://pay.example/in_1"}}"#,
    );
    let (fake, client) = Fake::serve(&[SESSION, SESSION, PORTAL, UPGRADED]).await;
    client.create_subscription_session(&NewSubscriptionSession { session: session() }, "a").await.unwrap();
    let invoice_metadata = Metadata::from([("creel_expires".into(), "at:1".into())]);
    client.create_pack_session(&NewPackSession { session: session(), invoice_metadata }, "b").await.unwrap();
    let (subscription, item, price, quantity) = ("sub_1".to_owned(), "si_1".to_owned(), "price_1".to_owned(), 1);
    let flow = UpdateToConfirm { subscription, item, price, quantity };
    client.create_portal_session("cus_1", "https://creel.example/", Some("bpc_1"), Some(&flow)).await.unwrap();
    let answer = client.upgrade_subscription("sub_1", "si_1", "price_2", 5, "c").await.unwrap();
    assert_eq!(answer.invoice.hosted_invoice_url.as_deref(), Some("https://pay.example/in_1"));
    assert_eq!(answer.subscription.pending_update.map(|update| update.expires_at), Some(9));
    assert_eq!(answer.subscription.latest_invoice.unwrap().as_str(), "in_1");

    let asked = fake.asked();
    let sold = |mode: &str| {
        let page = "https://creel.example/billing";
        let lines = format!(
            "mode={mode}|customer=cus_1|line_items[0][price]=price_1|line_items[0][quantity]=3|success_url={page}|cancel_url={page}\
             |client_reference_id=org|expires_at=1800000000|metadata[creel_organization]=org"
        );
        lines.split('|').map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(fields(&asked[0])[..9], sold("subscription"));
    assert_eq!(fields(&asked[0])[9..], ["subscription_data[metadata][creel_organization]=org"]);
    assert_eq!(fields(&asked[1])[..9], sold("payment"));
    let of_a_pack = [
        "invoice_creation[enabled]=true",
        "invoice_creation[invoice_data][metadata][creel_expires]=at:1",
        "invoice_creation[invoice_data][metadata][creel_organization]=org",
        "payment_intent_data[metadata][creel_organization]=org",
    ];
    assert_eq!(fields(&asked[1])[9..], of_a_pack);
    let of_a_flow = [
        "customer=cus_1",
        "return_url=https://creel.example/",
        "configuration=bpc_1",
        "flow_data[type]=subscription_update_confirm",
        "flow_data[subscription_update_confirm][subscription]=sub_1",
        "flow_data[subscription_update_confirm][items][0][id]=si_1",
        "flow_data[subscription_update_confirm][items][0][price]=price_1",
        "flow_data[subscription_update_confirm][items][0][quantity]=1",
    ];
    assert_eq!(fields(&asked[2]), of_a_flow);
    let of_an_upgrade = [
        "items[0][id]=si_1",
        "items[0][price]=price_2",
        "items[0][quantity]=5",
        "billing_cycle_anchor=now",
        "proration_behavior=none",
        "payment_behavior=pending_if_incomplete",
        "expand[]=latest_invoice",
    ];
    assert_eq!(
        (asked[3].line.as_str(), fields(&asked[3])),
        ("POST /v1/subscriptions/sub_1", of_an_upgrade.map(String::from).to_vec())
    );
}
