//! Signing in through a provider: one whose answers are bent here, and a certified one that `CREEL_OIDC` names.

use std::collections::BTreeMap;

use creel_access::{AccessError, OidcAnswer, OidcSignIn, SignUpPolicy, SignedIn};
use creel_types::{Clock, Time};
use serde_json::json;
use url::Url;

use crate::{House, caller, oidc_settings, provider::Provider};

fn answer(state: &str, code: &str) -> OidcAnswer {
    OidcAnswer { state: Some(state.to_owned()), code: Some(code.to_owned()), ..OidcAnswer::default() }
}

struct Flow {
    house: House,
    provider: std::sync::Arc<Provider>,
}

impl Flow {
    async fn new(policy: SignUpPolicy) -> Flow {
        let clock = Clock::fixed(Time(1_700_000_000_000));
        let provider = Provider::start(clock.clone()).await;
        let house = House::at(clock, |settings| {
            settings.sign_up = policy;
            settings.oidc = Some(oidc_settings(&provider.issuer));
        })
        .await;
        Flow { house, provider }
    }

    async fn sign_in(&self) -> Result<SignedIn, AccessError> {
        let OidcSignIn { url, cookie } = self.house.access.begin_oidc().await.unwrap();
        assert!(url.as_str().contains("kept=yes&response_type=code"));
        let state = self.provider.visited(&url);
        self.house.access.finish_oidc(&cookie, &answer(&state, "good"), &caller()).await
    }
}

#[tokio::test]
async fn whom_the_provider_means_is_signed_in() {
    let flow = Flow::new(SignUpPolicy::Open).await;
    assert_eq!(flow.house.access.oidc_label(), Some("Company"));
    let first = flow.sign_in().await.unwrap();
    let holder = flow.house.holder(&first).await;
    assert_eq!((holder.email.as_str(), holder.name.as_str()), ("ann@shop.example", "Ann"));
    assert!(holder.is_verified && !holder.has_password && holder.organization.is_some());
    flow.provider.bend(|script| script.claims = json!({"email": "new@shop.example", "email_verified": false}));
    assert_eq!(flow.sign_in().await.unwrap().person, first.person, "by the subject");
    assert!(matches!(
        flow.house.access.sign_in("ann@shop.example", "", &caller()).await,
        Err(AccessError::WrongCredentials)
    ));
}

#[tokio::test]
async fn strangers_stay_outside_a_closed_house() {
    let flow = Flow::new(SignUpPolicy::Closed).await;
    assert!(matches!(flow.sign_in().await, Err(AccessError::SignUpClosed)));
    flow.provider.bend(|script| script.claims = json!({"email_verified": false}));
    assert!(matches!(flow.sign_in().await, Err(AccessError::OidcUnverified)));
    assert!(!flow.house.store().has_person().await.unwrap());
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let flow = Flow::new(SignUpPolicy::Open).await;
    for (claims, said) in [
        (json!({"iss": "http://other"}), "another issuer"),
        (json!({"aud": "other"}), "somebody else"),
        (json!({"nonce": "x"}), "another question"),
        (json!({"exp": 1_699_999_000}), "past its end"),
        (json!({"email": "no address"}), "e-mail address"),
        (json!({"email": 7}), "may not"),
    ] {
        flow.provider.bend(|script| script.claims = claims.clone());
        let refused = flow.sign_in().await;
        assert!(matches!(&refused, Err(AccessError::OidcRefused(reason)) if reason.contains(said)), "{claims}: {refused:?}");
    }
    flow.provider.bend(|script| script.claims = json!({}));
    let access = &flow.house.access;
    let OidcSignIn { url, cookie } = access.begin_oidc().await.unwrap();
    let state = flow.provider.visited(&url);
    let other = access.begin_oidc().await.unwrap().cookie;
    for (cookie, answer) in [
        (other.as_str(), answer(&state, "good")),
        ("", answer(&state, "good")),
        (&cookie, answer("", "good")),
        (&cookie, OidcAnswer { state: None, ..answer("", "good") }),
        (&cookie, answer(&state, "bad")),
        (&cookie, OidcAnswer { code: None, ..answer(&state, "") }),
        (&cookie, OidcAnswer { iss: Some("http://other".to_owned()), ..answer(&state, "good") }),
        (&cookie, OidcAnswer { error: Some("access_denied".to_owned()), ..answer(&state, "good") }),
    ] {
        let refused = access.finish_oidc(cookie, &answer, &caller()).await;
        assert!(matches!(refused, Err(AccessError::OidcRefused(_))), "{answer:?}: {refused:?}");
    }
    assert!(!flow.house.store().has_person().await.unwrap());
    assert!(access.finish_oidc(&cookie, &answer(&state, "good"), &caller()).await.is_ok());
}

#[tokio::test]
async fn new_keys_are_asked_for_and_only_so_often() {
    let flow = Flow::new(SignUpPolicy::Open).await;
    flow.sign_in().await.unwrap();
    flow.provider.bend(|script| (script.key_id, script.published_key_id) = ("2".to_owned(), "2".to_owned()));
    assert!(matches!(flow.sign_in().await, Err(AccessError::OidcRefused(_))), "it was asked just now");
    flow.house.store().clock.advance_ms(60_000);
    flow.sign_in().await.unwrap();
    flow.sign_in().await.unwrap();
    assert_eq!(flow.provider.script.lock().unwrap().asked_for_keys, 2);
}

#[tokio::test]
async fn what_the_token_leaves_out_is_asked_for() {
    let flow = Flow::new(SignUpPolicy::Open).await;
    flow.provider.bend(|script| {
        script.claims = json!({"email": null, "email_verified": null});
        script.user_info = json!({"sub": "43", "email": "bob@shop.example", "email_verified": true});
    });
    assert!(matches!(flow.sign_in().await, Err(AccessError::OidcRefused(reason)) if reason.contains("somebody else")));
    flow.provider.bend(|script| script.user_info["sub"] = json!("42"));
    let bob = flow.house.holder(&flow.sign_in().await.unwrap()).await;
    assert_eq!((bob.email.as_str(), bob.name.as_str()), ("bob@shop.example", "Ann"));
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_said_so() {
    let house = House::new(|settings| settings.oidc = Some(oidc_settings("http://127.0.0.1:9"))).await;
    assert!(matches!(house.access.begin_oidc().await, Err(AccessError::OidcUnavailable(_))));
    let flow = Flow::new(SignUpPolicy::Open).await;
    let slash = format!("{}/", flow.provider.issuer);
    let house = House::new(|settings| settings.oidc = Some(oidc_settings(&slash))).await;
    let said = house.access.begin_oidc().await.unwrap_err().to_string();
    assert!(said.contains("must be the same"), "{said}");
}

/// The browser of somebody called `name`, who signs in at the certified provider and is sent back.
async fn browse(url: Url, name: &str) -> OidcAnswer {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut cookies: BTreeMap<String, String> = BTreeMap::new();
    let (mut url, mut form) = (url, None::<String>);
    for _ in 0..20 {
        if url.host_str() == Some("creel.example") {
            let found = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
            return OidcAnswer {
                state: found("state"),
                code: found("code"),
                iss: found("iss"),
                error: found("error"),
                error_description: found("error_description"),
            };
        }
        let request = match form.take() {
            Some(form) => client.post(url.clone()).header("content-type", "application/x-www-form-urlencoded").body(form),
            None => client.get(url.clone()),
        };
        let sent: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let response = request.header("cookie", sent.join("; ")).send().await.unwrap();
        for cookie in response.headers().get_all("set-cookie") {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            cookies.insert(name.to_owned(), value.to_owned());
        }
        match response.headers().get("location") {
            Some(to) => url = url.join(to.to_str().unwrap()).unwrap(),
            None => {
                let page = response.text().await.unwrap();
                let prompt = if page.contains("name=\"login\"") { "login" } else { "consent" };
                form = Some(format!("prompt={prompt}&login={name}&password=any"));
            }
        }
    }
    panic!("the provider never sent the browser back; it is at {url}")
}

/// A certified provider, through its own pages.
#[tokio::test]
async fn a_certified_provider_signs_in() {
    let issuer = std::env::var("CREEL_OIDC")
        .expect("CREEL_OIDC is not set: run `cargo xtask test`, or start `cargo xtask oidc` and set it to what that prints");
    let house = House::at(Clock::system(), |settings| settings.oidc = Some(oidc_settings(&issuer))).await;
    let sign_in = |name: &'static str| {
        let house = &house;
        async move {
            let OidcSignIn { url, cookie } = house.access.begin_oidc().await.unwrap();
            let answer = browse(url, name).await;
            (house.access.finish_oidc(&cookie, &answer, &caller()).await, cookie, answer)
        }
    };
    let (ann, cookie, answer) = sign_in("ann").await;
    let ann = house.holder(&ann.unwrap()).await;
    assert_eq!((ann.email.as_str(), ann.name.as_str()), ("ann@shop.example", "Name of ann"));
    let again = house.access.finish_oidc(&cookie, &answer, &caller()).await;
    assert!(matches!(again, Err(AccessError::OidcRefused(_))), "a code is good once");
    assert_eq!(house.holder(&sign_in("ann").await.0.unwrap()).await.person, ann.person);
    assert!(matches!(sign_in("unverified").await.0, Err(AccessError::OidcUnverified)));
}
