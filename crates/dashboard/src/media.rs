//! `/media/…`: pictures of shops for pages of a session, so that no page makes a browser ask a shop. An address carries a signature of
//! the session that it was written for: nobody else gets the picture, and nobody uses this server to fetch what they like.

use axum::{
    extract::{Path, Query, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use creel_media::{ADDRESS_BYTES_MAX, Picture, Width};
use serde::Deserialize;
use url::form_urlencoded::byte_serialize;

use crate::{
    Dashboard,
    area::Area,
    session::{Session, Visit},
};

/// Stands where there is no picture. Ours, and neutral on light and on dark.
const NO_PICTURE: &str = include_str!("../assets/no-picture.svg");
const NO_PICTURE_PATH: &str = "/media/none.svg";
/// Whoever has the address has the session; the picture behind it rarely changes.
const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=86400, immutable");
/// A shop may have its picture again soon.
const KEPT_SHORTLY: HeaderValue = HeaderValue::from_static("private, max-age=120");
/// A picture is nothing but a picture, should somebody open it by itself.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'");

pub(crate) fn area() -> Area {
    Area::new().route(NO_PICTURE_PATH, get(none)).route("/media/{signature}/{width}", get(show))
}

impl Dashboard {
    /// Where a page of this session finds a shop's picture. Whatever the address is, there will be something to show.
    pub(crate) fn media(&self, session: &Session, address: &str, width: Width) -> String {
        let base = self.base();
        if self.media.is_none() || address.is_empty() || address.len() > ADDRESS_BYTES_MAX {
            return format!("{base}{NO_PICTURE_PATH}");
        }
        let signature = session.picture_signature(width.pixels(), address);
        let address: String = byte_serialize(address.as_bytes()).collect();
        format!("{base}/media/{signature}/{width}?u={address}")
    }
}

#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    u: String,
}

/// `GET /media/{signature}/{width}?u=ADDRESS`.
pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    visit: Visit,
    Path((signature, width)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Response {
    let Some((session, width)) = visit.session.zip(width.parse::<Width>().ok()) else { return not_there() };
    if !session.picture_signature_matches(width.pixels(), &wanted.u, &signature) {
        return not_there();
    }
    let Some(media) = &dashboard.media else { return no_picture() };
    match media.picture(&wanted.u, width).await {
        Ok(picture) => shown(&picture, &headers),
        Err(_) => no_picture(),
    }
}

pub(crate) async fn none() -> Response {
    no_picture()
}

/// The same for a wrong signature as for another session's: there is no picture here.
fn not_there() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

fn shown(picture: &Picture, asked: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", picture.tag());
    let known = asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let is_known = known.flat_map(|value| value.split(',')).any(|known| known.trim().trim_start_matches("W/") == tag);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, picture.kind.content_type())], picture.bytes.clone()).into_response()
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response.headers_mut().insert(CACHE_CONTROL, KEPT);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY);
    response
}

/// With status 200: a picture that cannot be shown is no error of the page.
fn no_picture() -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
        (CACHE_CONTROL, KEPT_SHORTLY),
        (CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, NO_PICTURE).into_response()
}
