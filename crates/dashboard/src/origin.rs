//! Whether a form comes from a page of ours. Browsers say so themselves; a form of another site is refused before it is read, so
//! that nobody is signed in or out, or made to follow a link, by a page that they merely visit.

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap,
        header::{HOST, ORIGIN},
        uri::Authority,
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use url::Url;

use crate::{Dashboard, refusal::Refusal};

pub(crate) async fn refuse_other_sites(State(dashboard): State<Dashboard>, request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|value| value.to_str().ok());
    // HTTP/2 names the host in the address.
    let host = host.or_else(|| request.uri().authority().map(Authority::as_str)).unwrap_or("");
    if request.method().is_safe() || is_own(request.headers(), host, &dashboard.access.settings().public_url) {
        return next.run(request).await;
    }
    Refusal::cross_site().into_response()
}

/// By `Sec-Fetch-Site`, which no page can set; browsers leave it out over plain HTTP, where `Origin` must be the host asked, or
/// the public address.
fn is_own(headers: &HeaderMap, host: &str, public_url: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = text(ORIGIN.as_str()).and_then(|origin| Url::parse(origin).ok()) else { return false };
    let is_public = Url::parse(public_url).is_ok_and(|public| public.origin() == origin.origin());
    // A server that is reached under the name that the page has: behind a proxy that speaks TLS only the scheme differs.
    let authority = origin.as_str().split_once("://").map(|(_, rest)| rest.trim_end_matches('/'));
    is_public || authority.is_some_and(|authority| authority == host)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::is_own;

    #[test]
    fn only_own_pages_may_send_forms() {
        for (sent, own) in [
            ("sec-fetch-site: same-origin", true),
            ("sec-fetch-site: same-site", false),
            ("sec-fetch-site: cross-site", false),
            ("sec-fetch-site: none", false),
            ("sec-fetch-site: cross-site|origin: https://creel.example", false),
            ("origin: https://creel.example", true),
            ("origin: http://10.0.0.7:8080|host: 10.0.0.7:8080", true),
            ("origin: http://10.0.0.7:8081|host: 10.0.0.7:8080", false),
            ("origin: https://creel.example.evil.example|host: creel.example", false),
            ("origin: null|host: creel.example", false),
            ("host: creel.example", false),
        ] {
            let pairs = sent.split('|').filter_map(|pair| pair.split_once(": "));
            let headers: HeaderMap = pairs
                .map(|(name, value)| {
                    (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
                })
                .collect();
            let host = headers.get("host").map_or("", |host| host.to_str().unwrap());
            assert_eq!(is_own(&headers, host, "https://creel.example"), own, "{sent}");
        }
    }
}
