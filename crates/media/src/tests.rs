//! Pictures from shops that behave and shops that do not.

use std::{
    io::Cursor,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use creel_fetch::{FetchError, FetchSettings};
use creel_types::Time;
use image::{ImageFormat, Rgb, RgbImage};
use tokio::sync::Notify;

use super::*;

/// What the shop counts, and what it waits for before it answers slowly.
#[derive(Clone, Default)]
struct Counts {
    asked: Arc<AtomicUsize>,
    at_once: Arc<AtomicUsize>,
    most_at_once: Arc<AtomicUsize>,
    go: Arc<Notify>,
}

impl Counts {
    /// Lets one slow answer go whenever something waits.
    fn push(&self) -> tokio::task::JoinHandle<()> {
        let go = Arc::clone(&self.go);
        tokio::spawn(async move {
            loop {
                go.notify_one();
                tokio::task::yield_now().await;
            }
        })
    }
}

fn png() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(500, 400, Rgb([200, 30, 30])).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn sent(content_type: &'static str, body: impl Into<Body>) -> Response {
    ([(CONTENT_TYPE, content_type)], body.into()).into_response()
}

async fn good(State(counts): State<Counts>) -> Response {
    counts.asked.fetch_add(1, Ordering::SeqCst);
    sent("image/png", png())
}

async fn slow(State(counts): State<Counts>) -> Response {
    counts.asked.fetch_add(1, Ordering::SeqCst);
    let now = counts.at_once.fetch_add(1, Ordering::SeqCst) + 1;
    counts.most_at_once.fetch_max(now, Ordering::SeqCst);
    counts.go.notified().await;
    counts.at_once.fetch_sub(1, Ordering::SeqCst);
    sent("image/png", png())
}

async fn shop() -> (String, Counts) {
    let counts = Counts::default();
    let router = Router::new()
        .route("/good.png", get(good))
        .route("/slow/{name}", get(slow))
        .route("/unsaid", get(|| async { sent("application/octet-stream", png()) }))
        .route("/html", get(|| async { sent("text/html", "<html>") }))
        .route("/liar", get(|| async { sent("image/jpeg", "<html><script>alert(1)</script>") }))
        .route("/svg", get(|| async { sent("image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>") }))
        .route("/svg-as-png", get(|| async { sent("image/png", "<svg xmlns='http://www.w3.org/2000/svg'/>") }))
        .route("/cut", get(|| async { sent("image/png", png()[..300].to_vec()) }))
        .route("/large", get(|| async { sent("image/png", vec![0; PICTURE_BYTES_MAX + 1]) }))
        .route(
            "/gone",
            get(|State(counts): State<Counts>| async move {
                counts.asked.fetch_add(1, Ordering::SeqCst);
                axum::http::StatusCode::NOT_FOUND
            }),
        )
        .route("/never", get(std::future::pending::<()>))
        .route("/moved", get(|| async { Redirect::temporary("/good.png") }))
        .route("/to-loopback", get(|| async { Redirect::temporary("http://127.0.0.2/secret.png") }))
        .route("/to-metadata", get(|| async { Redirect::temporary("http://169.254.169.254/latest/meta-data") }))
        .route("/to-file", get(|| async { Redirect::temporary("file:///etc/passwd") }))
        .route(
            "/chain/{step}",
            get(|axum::extract::Path(step): axum::extract::Path<u32>| async move {
                Redirect::temporary(&format!("/chain/{}", step + 1))
            }),
        )
        .with_state(counts.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (base, counts)
}

struct Kept {
    media: Media,
    clock: Clock,
    _folder: tempfile::TempDir,
}

/// With the guard open for this shop only, as an operator would open it.
fn media_with(settings: FetchSettings) -> Kept {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::fixed(Time(1_700_000_000_000));
    let fetcher = Fetcher::new(settings, clock.clone()).unwrap();
    let settings = MediaSettings { folder: folder.path().join("media"), cache_bytes_max: 1 << 20 };
    Kept { media: Media::new(fetcher, settings, clock.clone()), clock, _folder: folder }
}

fn media(base: &str) -> Kept {
    let allowed = base.strip_prefix("http://").unwrap().to_owned();
    media_with(FetchSettings { allow_private_networks: vec![allowed], ..FetchSettings::default() })
}

#[tokio::test]
async fn a_picture_is_fetched_once_and_kept_small() {
    let (base, counts) = shop().await;
    let kept = media(&base);
    let address = format!("{base}/good.png#above");
    let card = kept.media.picture(&address, Width::Card).await.unwrap();
    let image = image::load_from_memory(&card.bytes).unwrap();
    assert_eq!((image.width(), image.height(), card.kind), (320, 256, PictureKind::Jpeg));
    assert_eq!(kept.media.picture(&format!("{base}/good.png"), Width::Card).await.unwrap(), card);
    let thumbnail = kept.media.picture(&address, Width::Thumbnail).await.unwrap();
    assert_ne!(thumbnail.tag(), card.tag());
    assert_eq!(counts.asked.load(Ordering::SeqCst), 1, "the smaller one was made beside");
    for path in ["/moved", "/unsaid"] {
        kept.media.picture(&format!("{base}{path}"), Width::Card).await.unwrap();
    }
}

#[tokio::test]
async fn whoever_asks_for_the_same_at_once_waits_for_the_first() {
    let (base, counts) = shop().await;
    let kept = media(&base);
    let address = format!("{base}/slow/one");
    let asking: Vec<_> = [Width::Card, Width::Card, Width::Thumbnail, Width::Card]
        .into_iter()
        .map(|width| {
            let (media, address) = (kept.media.clone(), address.clone());
            tokio::spawn(async move { media.picture(&address, width).await })
        })
        .collect();
    let pushing = counts.push();
    for asked in asking {
        asked.await.unwrap().unwrap();
    }
    pushing.abort();
    // Should a thumbnail come first, the card behind it is another fetch.
    assert!(counts.asked.load(Ordering::SeqCst) <= 2);
    assert_eq!(counts.most_at_once.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn one_host_is_asked_for_a_few_at_once() {
    let (base, counts) = shop().await;
    let kept = media(&base);
    let asking: Vec<_> = (0..12)
        .map(|number| {
            let (media, address) = (kept.media.clone(), format!("{base}/slow/{number}"));
            tokio::spawn(async move { media.picture(&address, Width::Card).await })
        })
        .collect();
    let pushing = counts.push();
    for asked in asking {
        asked.await.unwrap().unwrap();
    }
    pushing.abort();
    assert_eq!(counts.asked.load(Ordering::SeqCst), 12);
    assert!(counts.most_at_once.load(Ordering::SeqCst) <= FETCHES_OF_HOST_MAX);
}

#[tokio::test]
async fn what_is_no_picture_is_never_shown() {
    let (base, _) = shop().await;
    let kept = media(&base);
    for (path, expected) in [
        ("/html", "text/html"),
        ("/svg", "image/svg+xml"),
        ("/liar", "cannot be read"),
        ("/svg-as-png", "cannot be read"),
        ("/cut", "cannot be read"),
        ("/large", "larger than"),
        ("/gone", "status 404"),
        ("/to-loopback", "127.0.0.2"),
        ("/to-metadata", "169.254.169.254"),
        ("/to-file", "not http or https"),
        ("/chain/1", "redirected more than 5"),
    ] {
        let error = kept.media.picture(&format!("{base}{path}"), Width::Card).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{path}: {error}");
    }
    let long = format!("{base}/{}", "a".repeat(ADDRESS_BYTES_MAX));
    for address in
        ["", "x", "data:image/png;base64,AAAA", "ftp://shop.test/a.png", "http://me:secret@shop.test/a.png", &long]
    {
        let error = kept.media.picture(address, Width::Card).await.unwrap_err();
        assert!(matches!(error, MediaError::Address { .. }), "{address}");
        assert!(!error.to_string().contains("secret"));
    }
}

#[tokio::test]
async fn a_failure_is_remembered_for_a_while() {
    let (base, counts) = shop().await;
    let kept = media(&base);
    let address = format!("{base}/gone");
    for _ in 0..3 {
        let error = kept.media.picture(&address, Width::Card).await.unwrap_err();
        assert_eq!(error, MediaError::Status { status: 404 });
    }
    assert_eq!(counts.asked.load(Ordering::SeqCst), 1);
    kept.clock.advance_ms(failures::FAILURE_MS);
    kept.media.picture(&address, Width::Card).await.unwrap_err();
    assert_eq!(counts.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn the_guard_stands_before_every_picture() {
    let (base, counts) = shop().await;
    let address = format!("{base}/good.png");
    let closed = media_with(FetchSettings::default());
    let error = closed.media.picture(&address, Width::Card).await.unwrap_err();
    assert!(matches!(error, MediaError::Fetch(FetchError::PrivateAddress { .. })), "{error}");
    let everything = vec!["*".to_owned()];
    let excluded = FetchSettings {
        allow_private_networks: everything.clone(),
        excluded_hosts: vec!["127.0.0.1".to_owned()],
        ..FetchSettings::default()
    };
    let error = media_with(excluded).media.picture(&address, Width::Card).await.unwrap_err();
    assert!(matches!(error, MediaError::Fetch(FetchError::ExcludedHost { .. })), "{error}");
    assert_eq!(counts.asked.load(Ordering::SeqCst), 0);
    let open = FetchSettings { allow_private_networks: everything, ..FetchSettings::default() };
    media_with(open).media.picture(&address, Width::Card).await.unwrap();
}

#[tokio::test]
async fn a_host_that_never_answers_is_given_up() {
    let (base, _) = shop().await;
    let kept = media(&base);
    let address = format!("{base}/never");
    let (media, asked) = (kept.media.clone(), address.clone());
    let asking = tokio::spawn(async move { media.picture(&asked, Width::Card).await });
    while kept.media.0.fetches.available_permits() == FETCHES_MAX {
        tokio::task::yield_now().await;
    }
    tokio::time::pause();
    let error = asking.await.unwrap().unwrap_err();
    assert!(matches!(error, MediaError::Fetch(FetchError::Timeout { timeout_ms: FETCH_TIMEOUT_MS, .. })), "{error}");
    assert_eq!(kept.media.0.fetches.available_permits(), FETCHES_MAX);
}
