//! A small provider of OpenID Connect on loopback, whose answers a test bends. It signs with a key of its own.

use std::sync::{Arc, Mutex};

use axum::{Json, Router, extract::State, http::HeaderMap, routing::get, routing::post};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use creel_types::Clock;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What it does next.
pub struct Script {
    /// Over the claims of the token that it signs.
    pub claims: Value,
    pub user_info: Value,
    pub key_id: String,
    /// Under which it publishes its key.
    pub published_key_id: String,
    /// Of the last authorization: what the token request must fit.
    pub challenge: String,
    pub nonce: String,
    pub asked_for_keys: usize,
}

pub struct Provider {
    pub issuer: String,
    pub script: Mutex<Script>,
    key: EcdsaKeyPair,
    clock: Clock,
}

impl Provider {
    pub async fn start(clock: Clock) -> Arc<Provider> {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let script = Script {
            claims: json!({}),
            user_info: json!({}),
            key_id: "1".to_owned(),
            published_key_id: "1".to_owned(),
            challenge: String::new(),
            nonce: String::new(),
            asked_for_keys: 0,
        };
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let provider = Arc::new(Provider { issuer, script: Mutex::new(script), key, clock });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(user_info))
            .with_state(Arc::clone(&provider));
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// What a browser does there: it takes the question along.
    pub fn visited(&self, url: &url::Url) -> String {
        let asked = |name: &str| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        assert_eq!((asked("client_id").as_str(), asked("code_challenge_method").as_str()), ("creel", "S256"));
        assert_eq!(asked("redirect_uri"), "https://creel.example/sign-in/oidc/callback");
        let mut script = self.script.lock().unwrap();
        (script.challenge, script.nonce) = (asked("code_challenge"), asked("nonce"));
        asked("state")
    }

    pub fn bend(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.script.lock().unwrap());
    }

    fn sign(&self, key_id: &str, claims: &Value) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&json!({"alg": "ES256", "kid": key_id})), part(claims));
        let signature = self.key.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

async fn discovery(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let issuer = &provider.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize?kept=yes"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
    }))
}

async fn keys(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let mut script = provider.script.lock().unwrap();
    script.asked_for_keys += 1;
    let point = provider.key.public_key().as_ref();
    let part = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let known = json!({"kty": "EC", "crv": "P-256", "kid": script.published_key_id, "x": part(&point[1..33]), "y": part(&point[33..])});
    Json(json!({"keys": [{"kty": "new", "kid": "0"}, known]}))
}

async fn token(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    body: String,
) -> (axum::http::StatusCode, Json<Value>) {
    let form: std::collections::HashMap<String, String> =
        url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let script = provider.script.lock().unwrap();
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"]));
    let basic = format!("Basic {}", base64::prelude::BASE64_STANDARD.encode("creel:a+secret+of+the+client"));
    let fits = form["code"] == "good" && challenge == script.challenge && headers["authorization"] == basic.as_str();
    if !fits {
        return (axum::http::StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"})));
    }
    let now = provider.clock.now().0 / 1000;
    let mut claims = json!({
        "iss": provider.issuer, "aud": "creel", "sub": "42", "iat": now, "exp": now + 300, "nonce": script.nonce,
        "email": "ann@shop.example", "email_verified": true, "name": "Ann"
    });
    for (name, value) in script.claims.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let id_token = provider.sign(&script.key_id, &claims);
    (axum::http::StatusCode::OK, Json(json!({"access_token": "a", "token_type": "Bearer", "id_token": id_token})))
}

async fn user_info(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Json<Value> {
    assert_eq!(headers["authorization"], "Bearer a");
    Json(provider.script.lock().unwrap().user_info.clone())
}
