//! Signing in through a provider of OpenID Connect (Core 1.0): the authorization code flow with PKCE, a state and a nonce. All three
//! are derived from one secret that the browser keeps in a cookie for these minutes, so nothing is kept here, and an answer that
//! another browser was given fits none of them.

mod discovery;
mod id_token;
mod jws;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use creel_fetch::{FetchError, FetchSettings, OperatorAnswer, OperatorClient};
use creel_store::{
    Store,
    access::{
        identities::{Identity, Joined, Strangers},
        sessions::Proof,
        throttle,
    },
};
use creel_types::{hex, links};
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use url::Url;

use self::{
    discovery::{Document, Known},
    id_token::Claims,
};
use crate::{Access, AccessError, Caller, SignUpPolicy, SignedIn, rules};

/// How long a browser has for signing in at the provider.
pub const OIDC_COOKIE_SECONDS: i64 = 10 * 60;
/// Answers of the provider that one network hands in before it waits.
const ANSWERS_MAX: i64 = 20;
const SCOPE: &str = "openid email profile";

/// A provider as the operator configured it.
#[derive(Clone)]
pub struct OidcSettings {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: String,
    /// What the button says: `Sign in with …`.
    pub label: String,
}

impl std::fmt::Debug for OidcSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OidcSettings")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// Where the browser goes, and what it keeps until it comes back.
#[derive(Debug)]
pub struct OidcSignIn {
    pub url: Url,
    /// For a cookie that is sent along from another site's link (SameSite=Lax), for [`OIDC_COOKIE_SECONDS`].
    pub cookie: String,
}

/// What the browser brings back.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct OidcAnswer {
    pub state: Option<String>,
    pub code: Option<String>,
    /// Who answers, where the provider says so (RFC 9207).
    pub iss: Option<String>,
    pub error: Option<String>,
    pub error_description: Option<String>,
}

pub(crate) struct Oidc {
    settings: OidcSettings,
    redirect_uri: String,
    client: OperatorClient,
    store: Store,
    known: Mutex<Option<Known>>,
}

/// What the token endpoint answers, as far as it is needed.
#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

impl Access {
    /// What the button of the provider says; `None` where there is none.
    #[must_use]
    pub fn oidc_label(&self) -> Option<&str> {
        self.0.oidc.as_ref().map(|oidc| oidc.settings.label.as_str())
    }

    /// Sends the browser to the provider.
    pub async fn begin_oidc(&self) -> Result<OidcSignIn, AccessError> {
        self.0.oidc.as_ref().ok_or(AccessError::NoOidc)?.begin().await
    }

    /// Takes what the browser brings back, and signs in whom the provider means.
    pub async fn finish_oidc(&self, cookie: &str, answer: &OidcAnswer, caller: &Caller) -> Result<SignedIn, AccessError> {
        let oidc = self.0.oidc.as_ref().ok_or(AccessError::NoOidc)?;
        let from = caller.network().map(|network| throttle::errand("provider's answers from", &network, ANSWERS_MAX));
        self.count(std::slice::from_ref(&from)).await?;
        let identity = oidc.finish(cookie, answer).await?;
        let strangers = match self.settings().sign_up {
            SignUpPolicy::Open => Strangers::Welcome,
            SignUpPolicy::Closed => Strangers::Refused,
        };
        let start = self.settings().start;
        let person = match self.store().join_by_identity(&identity, strangers, start, caller.address()).await? {
            Joined::Person(person) => person,
            Joined::Closed => return Err(AccessError::SignUpClosed),
            Joined::Unverified => return Err(AccessError::OidcUnverified),
        };
        if let Some(from) = from {
            self.store().attempt_succeeded(&from, None).await?;
        }
        self.begin_by(&person, caller, Proof::Provider).await
    }
}

impl Oidc {
    pub(crate) fn new(settings: OidcSettings, public_url: &str, store: Store) -> Result<Oidc, AccessError> {
        let client = OperatorClient::new(&FetchSettings::default()).map_err(unavailable)?;
        let redirect_uri = format!("{}{}", public_url.trim_end_matches('/'), links::OIDC_CALLBACK_PATH);
        Ok(Oidc { settings, redirect_uri, client, store, known: Mutex::new(None) })
    }

    async fn begin(&self) -> Result<OidcSignIn, AccessError> {
        let document = self.document().await?;
        let cookie = hex(&self.store.random.bytes());
        let mut url = document.authorization_endpoint;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", SCOPE)
            .append_pair("state", &derived(&cookie, "state"))
            .append_pair("nonce", &derived(&cookie, "nonce"))
            .append_pair("code_challenge", &BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(derived(&cookie, "verifier"))))
            .append_pair("code_challenge_method", "S256");
        Ok(OidcSignIn { url, cookie })
    }

    async fn finish(&self, cookie: &str, answer: &OidcAnswer) -> Result<Identity, AccessError> {
        // Hashes are compared, so that how long it takes says nothing.
        let hash = |text: &str| Sha256::digest(text.as_bytes());
        let state = answer.state.as_deref().unwrap_or_default();
        if cookie.is_empty() || hash(state) != hash(&derived(cookie, "state")) {
            return Err(refused("it was begun in another browser, or too long ago: begin again"));
        }
        if answer.iss.as_ref().is_some_and(|issuer| *issuer != self.settings.issuer) {
            return Err(refused("another provider answered"));
        }
        if let Some(error) = &answer.error {
            let said = answer.error_description.as_deref().unwrap_or(error);
            return Err(refused(format!("it said: {}", said.chars().take(200).collect::<String>())));
        }
        let code = answer.code.as_deref().ok_or_else(|| refused("it sent no code"))?;
        let tokens = self.exchange(code, &derived(cookie, "verifier")).await?;
        let claims = self.verified(&tokens.id_token).await?;
        claims.check(&self.settings, &derived(cookie, "nonce"), self.store.clock.now()).map_err(refused)?;
        let claims = if claims.email.is_some() { claims } else { self.user_info(claims, &tokens).await? };
        self.identity(claims)
    }

    /// The code for the tokens.
    async fn exchange(&self, code: &str, verifier: &str) -> Result<Tokens, AccessError> {
        let document = self.document().await?;
        let OidcSettings { client_id, client_secret, .. } = &self.settings;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", verifier),
        ];
        // Both parts are form-encoded before they are joined (RFC 6749, 2.3.1).
        let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let (name, password) = (encoded(client_id), encoded(client_secret));
        let basic = document.takes_basic().then_some((name.as_str(), password.as_str()));
        if basic.is_none() {
            form.extend([("client_id", client_id.as_str()), ("client_secret", client_secret.as_str())]);
        }
        let answer = self.client.post_form(&document.token_endpoint, &form, basic).await.map_err(unavailable)?;
        if matches!(answer.status, 400..=499) {
            return Err(refused(format!("it took no code ({})", said(&answer))));
        }
        read(&answer, "its token endpoint")
    }

    /// The claims of a token that one of the provider's keys signed.
    async fn verified(&self, token: &str) -> Result<Claims, AccessError> {
        let parsed = jws::parse(token).map_err(refused)?;
        let keys = self.keys(parsed.key_id.as_deref()).await?;
        let payload = parsed.verify(&keys).map_err(refused)?;
        serde_json::from_slice(&payload).map_err(|error| refused(format!("its token says what it may not: {error}")))
    }

    /// What the token leaves out is asked for.
    async fn user_info(&self, claims: Claims, tokens: &Tokens) -> Result<Claims, AccessError> {
        let document = self.document().await?;
        let (Some(endpoint), Some(token)) = (document.userinfo_endpoint, tokens.access_token.as_deref()) else {
            return Ok(claims);
        };
        let answer = self.client.get(&endpoint, Some(token)).await.map_err(unavailable)?;
        let info: Claims = read(&answer, "its userinfo endpoint")?;
        if info.sub != claims.sub {
            return Err(refused("it told of somebody else"));
        }
        Ok(Claims { email: info.email, email_verified: info.email_verified, name: info.name.or(claims.name), ..claims })
    }

    fn identity(&self, claims: Claims) -> Result<Identity, AccessError> {
        let email = claims.email.ok_or_else(|| refused("it does not say your e-mail address; ask whoever runs it"))?;
        let email = rules::email("email", &email).map_err(|error| refused(error.to_string()))?;
        let local = || email.as_str().split('@').next().unwrap_or_default().to_owned();
        let short: Option<String> = claims.name.map(|name| name.chars().take(rules::NAME_LETTERS_MAX).collect());
        let name = short.and_then(|name| rules::name("name", &name).ok()).unwrap_or_else(local);
        let (issuer, subject) = (self.settings.issuer.clone(), claims.sub);
        Ok(Identity { issuer, subject, email, email_verified: claims.email_verified, name })
    }

    async fn document(&self) -> Result<Document, AccessError> {
        let mut known = self.known.lock().await;
        self.refresh(&mut known, |_| false).await.map(|known| known.document.clone())
    }

    /// The provider's keys; asked for anew where a token names one that is not known, since providers change them.
    async fn keys(&self, wanted: Option<&str>) -> Result<Vec<jws::Key>, AccessError> {
        let mut known = self.known.lock().await;
        let lacks = |known: &Known| wanted.is_some_and(|wanted| !known.keys.iter().any(|key| key.is_called(wanted)));
        self.refresh(&mut known, lacks).await.map(|known| known.keys.clone())
    }

    async fn refresh<'a>(
        &self,
        known: &'a mut Option<Known>,
        lacks: impl Fn(&Known) -> bool,
    ) -> Result<&'a Known, AccessError> {
        let now = self.store.clock.now();
        let stale = known.as_ref().is_none_or(|known| known.is_old(now) || (lacks(known) && known.may_ask_again(now)));
        let fresh = if stale { Some(discovery::discover(&self.client, &self.settings.issuer, now).await?) } else { None };
        if let Some(fresh) = fresh {
            return Ok(known.insert(fresh));
        }
        known.as_ref().ok_or_else(|| AccessError::Internal("the provider is not known".to_owned()))
    }
}

/// A secret of its own for each purpose.
fn derived(cookie: &str, purpose: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(format!("creel oidc {purpose} 1\n{cookie}")))
}

fn refused(reason: impl Into<String>) -> AccessError {
    AccessError::OidcRefused(reason.into())
}

fn unavailable(error: FetchError) -> AccessError {
    AccessError::OidcUnavailable(error.to_string())
}

/// The provider's own words for an error, as far as it has any.
fn said(answer: &OperatorAnswer) -> String {
    #[derive(Deserialize)]
    struct Said {
        error: String,
    }
    match serde_json::from_slice::<Said>(&answer.body) {
        Ok(said) => said.error.chars().take(100).collect(),
        Err(_) => format!("status {}", answer.status),
    }
}

fn read<T: DeserializeOwned>(answer: &OperatorAnswer, what: &str) -> Result<T, AccessError> {
    if answer.status != 200 {
        return Err(AccessError::OidcUnavailable(format!("{what} answered with status {}", answer.status)));
    }
    serde_json::from_slice(&answer.body)
        .map_err(|error| AccessError::OidcUnavailable(format!("{what} answered with what is no such document: {error}")))
}
