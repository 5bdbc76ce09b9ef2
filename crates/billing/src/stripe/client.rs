//! Asking Stripe: the key, the pinned version, idempotency keys, waiting and asking again, and pages of lists. What is asked is in
//! the file of each resource.

use std::{fmt, time::Duration};

use bytes::Bytes;
use creel_fetch::{FetchError, FetchSettings, OperatorAnswer, OperatorClient, OperatorRequest};
use creel_types::{Random, hex};
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use url::Url;

use super::{
    error::{KEY_SETTING, StripeError},
    form::Form,
    objects::{API_VERSION, List},
};
use crate::Secret;

/// Where Stripe is.
pub const BASE_URL: &str = "https://api.stripe.com";
/// Times that a request is sent in all.
pub const ATTEMPTS_MAX: u32 = 3;
/// The first wait before asking again; it doubles each time, and up to as much again comes by chance.
pub const BACKOFF_MS: u64 = 500;
/// A wait that Stripe asks for is kept up to this; where it asks for more, the caller is told instead.
pub const RETRY_AFTER_MS_MAX: u64 = 5_000;
/// Bytes of an answer: a page of a hundred invoices with their lines is near one mebibyte.
pub const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Objects of a page; more is not given.
pub const PAGE_MAX: usize = 100;
/// Objects of one list.
pub const LIST_MAX: usize = 10_000;
/// Letters of an idempotency key, by Stripe's rules.
pub const IDEMPOTENCY_KEY_MAX: usize = 255;

/// How long an answer is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// One attempt.
    pub attempt_ms: u64,
    /// All attempts and the waits between them.
    pub total_ms: u64,
    /// [`BACKOFF_MS`], except in tests.
    pub backoff_ms: u64,
}

impl Patience {
    /// While somebody waits for a page.
    pub const PERSON: Patience = Patience { attempt_ms: 20_000, total_ms: 20_000, backoff_ms: BACKOFF_MS };
    /// In the background.
    pub const BACKGROUND: Patience = Patience { attempt_ms: 30_000, total_ms: 60_000, backoff_ms: BACKOFF_MS };
}

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct StripeClient {
    key: Secret,
    base_url: Url,
    http: OperatorClient,
    random: Random,
    patience: Patience,
}

impl fmt::Debug for StripeClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StripeClient")
            .field("base_url", &self.base_url.as_str())
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

/// What has an id that a list goes on behind.
pub(super) trait Listed {
    fn id(&self) -> &str;
}

macro_rules! listed {
    ($($name:ident),*) => { $(impl Listed for super::objects::$name {
        fn id(&self) -> &str { &self.id }
    })* };
}
listed!(CheckoutSession, Dispute, Event, Invoice, InvoiceLine, InvoicePayment, PortalConfiguration, Price, Refund);
listed!(Subscription, WebhookEndpoint);

impl StripeClient {
    /// A client for a person's requests. `base_url` is [`BASE_URL`] but in tests.
    pub fn new(key: Secret, base_url: &Url, random: Random) -> Result<StripeClient, StripeError> {
        let setup = |reason: String| StripeError::Setup { reason };
        if key.as_str().is_empty() || !key.as_str().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(setup(format!("{KEY_SETTING} is no key")));
        }
        if base_url.cannot_be_a_base() || !matches!(base_url.scheme(), "http" | "https") {
            return Err(setup(format!("{base_url} is no address of an API")));
        }
        let http = OperatorClient::new(&FetchSettings::default()).map_err(|error: FetchError| setup(error.to_string()))?;
        Ok(StripeClient { key, base_url: base_url.clone(), http, random, patience: Patience::PERSON })
    }

    #[must_use]
    pub fn with_patience(&self, patience: Patience) -> StripeClient {
        StripeClient { patience, ..self.clone() }
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &[&str], query: &Form) -> Result<T, StripeError> {
        let url = self.url(path, query)?;
        read(&self.ask(&url, path, None).await?, path)
    }

    /// `idempotency_key` where an intent has one: whatever is asked twice with it is done once, with the first one's fields.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        form: &Form,
        idempotency_key: Option<&str>,
    ) -> Result<T, StripeError> {
        read(&self.post_bytes(path, form, idempotency_key).await?, path)
    }

    pub(super) async fn post_bytes(
        &self,
        path: &[&str],
        form: &Form,
        idempotency_key: Option<&str>,
    ) -> Result<Bytes, StripeError> {
        let chance = hex(&self.random.bytes());
        let key = idempotency_key.unwrap_or(&chance);
        if key.is_empty() || key.len() > IDEMPOTENCY_KEY_MAX || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(StripeError::Setup { reason: "an idempotency key is not 1 to 255 visible letters of ASCII".into() });
        }
        self.ask(&self.url(path, &Form::new())?, path, Some((form, key))).await
    }

    /// The whole list, page by page; fails where it has more than `max`.
    pub(super) async fn list<T: DeserializeOwned + Listed>(
        &self,
        path: &[&str],
        query: &Form,
        max: usize,
    ) -> Result<Vec<T>, StripeError> {
        self.list_until(path, query, max, |_| false).await
    }

    /// The list up to the first object that is `known`, which is left out.
    pub(super) async fn list_until<T: DeserializeOwned + Listed>(
        &self,
        path: &[&str],
        query: &Form,
        max: usize,
        known: impl Fn(&T) -> bool,
    ) -> Result<Vec<T>, StripeError> {
        let mut all: Vec<T> = Vec::new();
        loop {
            let query = query.clone().field("limit", PAGE_MAX).optional("starting_after", all.last().map(Listed::id));
            let page: List<T> = self.get(path, &query).await?;
            let (before, has_more) = (all.len(), page.has_more);
            for object in page.data {
                if known(&object) {
                    return Ok(all);
                }
                all.push(object);
            }
            if all.len() > max || (has_more && all.len() == max) {
                return Err(StripeError::TooMany { what: path.join("/"), max });
            }
            if !has_more {
                return Ok(all);
            }
            if all.len() == before {
                return Err(malformed(path, "a page is empty and more are promised".to_owned()));
            }
        }
    }

    fn url(&self, path: &[&str], query: &Form) -> Result<Url, StripeError> {
        // An id may come from a person's address bar: it must not become another path.
        let plain = |part: &&str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        };
        if !path.iter().all(plain) {
            return Err(StripeError::NotFound { what: "object with such an id".to_owned() });
        }
        let mut url = self.base_url.clone();
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty().push("v1").extend(path);
        }
        url.set_query((!query.is_empty()).then(|| query.encoded()).as_deref());
        Ok(url)
    }

    /// Sends the request until there is an answer, no hope, or no patience. Each attempt has the same idempotency key, so that an
    /// answer that was lost on the way is not done again.
    async fn ask(&self, url: &Url, path: &[&str], post: Option<(&Form, &str)>) -> Result<Bytes, StripeError> {
        let begun = Instant::now();
        let mut attempt = 1;
        loop {
            let left = self.left_ms(begun);
            let (error, again) = match self.send(url, post, left).await {
                Ok(answer) if matches!(answer.status, 200..=299) => return Ok(answer.body),
                Ok(answer) => {
                    let error = StripeError::from_answer(&answer, &path.join("/"), &self.key);
                    let again = match answer.header("Stripe-Should-Retry") {
                        Some("true") => true,
                        Some("false") => false,
                        _ => error.is_transient(),
                    };
                    (error, again)
                }
                Err(error) => {
                    let error = StripeError::from_fetch(error);
                    let again = error.is_transient();
                    (error, again)
                }
            };
            let wait_ms = self.wait_ms(attempt, error.retry_after_ms());
            if !again || attempt >= ATTEMPTS_MAX || wait_ms.is_none_or(|ms| ms >= self.left_ms(begun)) {
                return Err(error);
            }
            tracing::debug!(path = path.join("/"), attempt, %error, "Stripe is asked again");
            tokio::time::sleep(Duration::from_millis(wait_ms.unwrap_or_default())).await;
            attempt += 1;
        }
    }

    fn left_ms(&self, begun: Instant) -> u64 {
        self.patience.total_ms.saturating_sub(u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// Before the next attempt; `None` where Stripe asks for a longer wait than is kept.
    fn wait_ms(&self, attempt: u32, retry_after_ms: Option<u64>) -> Option<u64> {
        let backoff_ms = self.patience.backoff_ms.saturating_mul(1 << (attempt - 1));
        let wait_ms = backoff_ms + self.random.below(backoff_ms + 1);
        match retry_after_ms {
            Some(asked) if asked > RETRY_AFTER_MS_MAX => None,
            asked => Some(wait_ms.max(asked.unwrap_or_default())),
        }
    }

    async fn send(&self, url: &Url, post: Option<(&Form, &str)>, left_ms: u64) -> Result<OperatorAnswer, FetchError> {
        let mut request = OperatorRequest::new(url)
            .bearer(self.key.as_str())
            .header("Stripe-Version", API_VERSION)
            .timeout_ms(self.patience.attempt_ms.min(left_ms))
            .bytes_max(ANSWER_BYTES_MAX);
        if let Some((form, key)) = post {
            request = request.form(form.encoded()).header("Idempotency-Key", key);
        }
        self.http.send(&request).await
    }
}

pub(super) fn read<T: DeserializeOwned>(body: &[u8], path: &[&str]) -> Result<T, StripeError> {
    serde_json::from_slice(body).map_err(|error| malformed(path, error.to_string()))
}

fn malformed(path: &[&str], reason: String) -> StripeError {
    StripeError::Malformed { what: path.join("/"), reason }
}

#[cfg(test)]
mod tests;
