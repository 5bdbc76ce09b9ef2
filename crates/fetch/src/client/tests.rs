//! The client against servers on loopback that behave, misbehave and lie.

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, Response as Answer, StatusCode as Code},
    routing::get,
};
use creel_types::Time;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;
use crate::{
    body::tests::brotli,
    resolver::{LookingUp, ResolveError},
};

/// Names of the tests, and what they resolve to.
struct Names(&'static [(&'static str, &'static str)]);

impl Lookup for Names {
    fn look_up(&self, host: String) -> LookingUp {
        let found: Vec<_> =
            self.0.iter().filter(|(name, _)| *name == host).map(|(_, address)| address.parse().unwrap()).collect();
        Box::pin(async move {
            if found.is_empty() {
                Err(ResolveError::Failed { host, reason: "unknown".into(), transient: false })
            } else {
                Ok(found)
            }
        })
    }
}

const NAMES: &[(&str, &str)] =
    &[("shop.test", "127.0.0.1"), ("other.test", "127.0.0.1"), ("mixed.test", "10.0.0.1"), ("mixed.test", "127.0.0.1")];

fn fetcher_with(allowed: &[&str], change: impl FnOnce(&mut FetchSettings)) -> Fetcher {
    let mut settings = FetchSettings {
        allow_private_networks: allowed.iter().map(|entry| (*entry).to_owned()).collect(),
        contact: Some("https://operator.example/crawler".into()),
        ..FetchSettings::default()
    };
    change(&mut settings);
    Fetcher::with_lookup(settings, Clock::fixed(Time(784_111_777_000)), Arc::new(Names(NAMES))).unwrap()
}

fn fetcher(allowed: &[&str]) -> Fetcher {
    fetcher_with(allowed, |_| {})
}

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A server that writes these bytes to every connection, whatever it is asked, and hangs up.
async fn serve_raw(answer: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4_096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        }
    });
    address
}

fn redirect(to: &str) -> Answer<Body> {
    Answer::builder().status(302).header("location", to).body(Body::from("moved")).unwrap()
}

fn shop() -> Router {
    let coded = |encoding: &'static str, wire: Vec<u8>| {
        get(move || async move { Answer::builder().header("content-encoding", encoding).body(Body::from(wire)).unwrap() })
    };
    let gzip = |data: &[u8]| {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut out, data).unwrap();
        out.finish().unwrap()
    };
    Router::new()
        .route(
            "/page",
            get(|| async { ([("content-type", "text/html; charset=iso-8859-1"), ("x-robots-tag", "nofollow")], "a page") }),
        )
        .route("/echo", get(|headers: HeaderMap| async move { format!("{headers:?}") }))
        .route("/once", get(|| async { redirect("/page#part") }))
        .route("/self", get(|| async { redirect("/self") }))
        .route("/ping", get(|| async { redirect("/pong") }))
        .route("/pong", get(|| async { redirect("/ping") }))
        .route(
            "/down/{n}",
            get(|request: Request| async move {
                let n: u32 = request.uri().path().rsplit('/').next().unwrap().parse().unwrap();
                if n == 0 { redirect("/page") } else { redirect(&format!("/down/{}", n - 1)) }
            }),
        )
        .route("/ftp", get(|| async { redirect("ftp://shop.test/") }))
        .route("/metadata", get(|| async { redirect("http://169.254.169.254/latest/meta-data/") }))
        .route("/nowhere", get(|| async { Code::FOUND }))
        .route(
            "/consent",
            get(|headers: HeaderMap| async move {
                match headers.get("cookie").is_some_and(|cookie| cookie.to_str().unwrap().contains("seen=1")) {
                    true => Answer::new(Body::from("welcome")),
                    false => Answer::builder()
                        .status(302)
                        .header("location", "/consent")
                        .header("set-cookie", "seen=1; Path=/")
                        .body(Body::empty())
                        .unwrap(),
                }
            }),
        )
        .route("/gzip", coded("gzip", gzip(b"zipped page")))
        .route("/br", coded("br", brotli(b"broad page")))
        .route("/zstd", coded("zstd", zstd::stream::encode_all(&b"standard page"[..], 3).unwrap()))
        .route("/bomb", coded("gzip", gzip(&vec![0; 20_000_000])))
        .route("/large", get(|| async { vec![b'x'; 100_000] }))
        .route(
            "/busy",
            get(|| async { (Code::SERVICE_UNAVAILABLE, [("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT")], "busy") }),
        )
        .route("/gone", get(|| async { (Code::NOT_FOUND, "gone") }))
        .route(
            "/slow",
            get(|| async {
                let drops = futures::stream::unfold((), |()| async {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    Some((Ok::<_, std::io::Error>(Bytes::from_static(b"x")), ()))
                });
                Body::from_stream(drops)
            }),
        )
}

async fn get_from(fetcher: &Fetcher, base: &str, path: &str, options: &GetOptions) -> Result<Fetched, FetchError> {
    fetcher.get(&Url::parse(base).unwrap().join(path).unwrap(), options).await
}

#[tokio::test]
async fn answers() {
    let base = format!("http://{}", serve(shop()).await);
    let fetcher = fetcher(&["127.0.0.0/8"]);
    let options = GetOptions::default();
    let page = get_from(&fetcher, &base, "/page#top", &options).await.unwrap();
    assert_eq!((page.status, &page.body[..], page.truncated), (200, &b"a page"[..], false));
    assert_eq!(page.final_url.as_str(), format!("{base}/page"));
    assert_eq!(page.content_type.as_deref(), Some("text/html; charset=iso-8859-1"));
    assert_eq!(page.x_robots_tag.as_deref(), Some("nofollow"));
    assert!(page.redirects.is_empty() && page.elapsed_ms >= page.first_byte_ms);
    let busy = get_from(&fetcher, &base, "/busy", &options).await.unwrap();
    assert_eq!((busy.status, busy.retry_after_ms), (503, Some(10_000)));
    assert_eq!(get_from(&fetcher, &base, "/gone", &options).await.unwrap().status, 404);
    assert_eq!(get_from(&fetcher, &base, "/nowhere", &options).await.unwrap().status, 302);
    let echo = get_from(&fetcher, &base, "/echo", &GetOptions::page("DE".parse().unwrap())).await.unwrap();
    let echo = String::from_utf8_lossy(&echo.body).into_owned();
    for part in ["Creel/", "(+https://operator.example/crawler)", "de-DE,de;q=0.9", "gzip, br, zstd", "text/html"] {
        assert!(echo.contains(part), "{part} in {echo}");
    }
    for (path, body) in [("/gzip", "zipped page"), ("/br", "broad page"), ("/zstd", "standard page")] {
        assert_eq!(get_from(&fetcher, &base, path, &options).await.unwrap().body, body, "{path}");
    }
}

#[tokio::test]
async fn redirects() {
    let base = format!("http://{}", serve(shop()).await);
    let fetcher = fetcher(&["127.0.0.1"]);
    let options = GetOptions::default();
    let once = get_from(&fetcher, &base, "/once", &options).await.unwrap();
    assert_eq!(once.final_url.as_str(), format!("{base}/page"));
    assert_eq!(once.redirects.iter().map(Url::path).collect::<Vec<_>>(), ["/once"]);
    let consent = get_from(&fetcher, &base, "/consent", &options).await.unwrap();
    assert_eq!(consent.body, "welcome");
    for (path, expected) in [
        ("/self", "redirect_loop"),
        ("/ping", "redirect_loop"),
        ("/down/10", "too_many_redirects"),
        ("/ftp", "scheme"),
        ("/metadata", "private_address"),
    ] {
        assert_eq!(get_from(&fetcher, &base, path, &options).await.unwrap_err().code(), expected, "{path}");
    }
    assert_eq!(get_from(&fetcher, &base, "/down/9", &options).await.unwrap().redirects.len(), 10);
    assert!(get_from(&fetcher, &base, "/down/4", &GetOptions::robots_txt()).await.is_ok());
    assert_eq!(
        get_from(&fetcher, &base, "/down/5", &GetOptions::robots_txt()).await.unwrap_err().code(),
        "too_many_redirects"
    );
    let stay = GetOptions { may_follow: Some(Arc::new(|url: &Url| url.path() != "/page")), ..GetOptions::default() };
    let refused = get_from(&fetcher, &base, "/once", &stay).await.unwrap();
    assert_eq!((refused.status, refused.refused_redirect.as_ref().map(Url::path)), (302, Some("/page")));
}

#[tokio::test]
async fn private_addresses() {
    let port = serve(shop()).await.port();
    let options = GetOptions::default();
    let named = format!("shop.test:{port}");
    for (allowed, url, expected) in [
        (&[][..], format!("http://127.0.0.1:{port}/page"), Err("private_address")),
        (&[], format!("http://shop.test:{port}/page"), Err("private_address")),
        (&[], format!("http://unknown.test:{port}/page"), Err("dns")),
        (&["127.0.0.1"], format!("http://shop.test:{port}/page"), Ok(200)),
        // The answer that is refused is left out, not tried.
        (&["127.0.0.1"], format!("http://mixed.test:{port}/page"), Ok(200)),
        (&["shop.test"], format!("http://shop.test:{port}/page"), Ok(200)),
        (&["shop.test"], format!("http://other.test:{port}/page"), Err("private_address")),
        (&[&named], format!("http://shop.test:{port}/page"), Ok(200)),
        (&["shop.test:1"], format!("http://shop.test:{port}/page"), Err("private_address")),
        (&["*"], format!("http://other.test:{port}/page"), Ok(200)),
        // Allowed at first, refused at the next hop.
        (&["shop.test"], format!("http://shop.test:{port}/metadata"), Err("private_address")),
    ] {
        let fetcher = fetcher(allowed);
        let found = fetcher.get(&Url::parse(&url).unwrap(), &options).await;
        assert_eq!(found.map(|page| page.status).map_err(|error| error.code()), expected, "{allowed:?} {url}");
    }
}

#[tokio::test]
async fn limits() {
    let base = format!("http://{}", serve(shop()).await);
    let fetcher = fetcher(&["*"]);
    let small = |over_limit| GetOptions { body_bytes_max: Some(1_000), over_limit, ..GetOptions::default() };
    for path in ["/large", "/bomb"] {
        let refused = get_from(&fetcher, &base, path, &small(OverLimit::Refuse)).await.unwrap_err();
        assert!(matches!(refused, FetchError::TooLarge { bytes_max: 1_000, .. }), "{path}");
        let cut = get_from(&fetcher, &base, path, &small(OverLimit::Cut)).await.unwrap();
        assert_eq!((cut.body.len(), cut.truncated), (1_000, true), "{path}");
    }
    let wire = GetOptions { wire_bytes_max: Some(2_000), over_limit: OverLimit::Cut, ..GetOptions::default() };
    let cut = get_from(&fetcher, &base, "/large", &wire).await.unwrap();
    assert_eq!((cut.body.len(), cut.truncated), (2_000, true));
    let default = get_from(&fetcher, &base, "/bomb", &GetOptions::default()).await.unwrap_err();
    assert_eq!(default.code(), "too_large");
    let hasty = GetOptions { total_timeout_ms: Some(150), ..GetOptions::default() };
    let slow = get_from(&fetcher, &base, "/slow", &hasty).await.unwrap_err();
    assert!(slow.is_transient() && slow.code() == "timeout", "{slow}");
}

#[tokio::test]
async fn servers_that_lie() {
    let fetcher = fetcher(&["*"]);
    let unused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let garbage = serve_raw(b"I do not speak HTTP\r\n\r\n").await;
    let short = serve_raw(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nshort").await;
    let silent = serve_raw(b"").await;
    let headless = serve_raw(b"HTTP/1.1 200 OK\r\nbad header\r\nx : y\r\ncontent-length: 2\r\n\r\nok").await;
    let chunked = serve_raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nshort\r\nzz\r\n").await;
    for (what, url, expected) in [
        ("nobody there", format!("http://{unused}/"), Err("unreachable")),
        ("no HTTP", format!("http://{garbage}/"), Err("protocol")),
        ("no TLS", format!("https://{garbage}/"), Err("tls")),
        ("hangs up in the handshake", format!("https://{silent}/"), Err("tls")),
        ("hangs up", format!("http://{silent}/"), Err("protocol")),
        ("less than it said", format!("http://{short}/"), Err("protocol")),
        ("bad chunks", format!("http://{chunked}/"), Err("protocol")),
        ("odd headers", format!("http://{headless}/"), Ok("ok".to_owned())),
    ] {
        let found = fetcher.get(&Url::parse(&url).unwrap(), &GetOptions::default()).await;
        let found = found.map(|page| String::from_utf8_lossy(&page.body).into_owned());
        assert_eq!(
            found.as_ref().map_err(|error| error.code()),
            expected.as_ref().map_err(|code| *code),
            "{what}: {found:?}"
        );
    }
}

/// A secure server for `shop.test`, whose certificate nobody but its holder trusts.
async fn serve_tls() -> SocketAddr {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("loopback-key.pem")).unwrap();
    let config = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let _ = stream.read(&mut [0; 4_096]).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecure").await;
            let _ = stream.shutdown().await;
        }
    });
    address
}

/// Made for these tests alone; its key beside it protects nothing.
const CERTIFICATE: &[u8] = include_bytes!("loopback-certificate.pem");

#[tokio::test]
async fn certificates() {
    let port = serve_tls().await.port();
    let trusting = |settings: &mut FetchSettings| settings.extra_root_certificates = vec![CERTIFICATE.to_vec()];
    for (what, fetcher, name, expected) in [
        ("unknown issuer", fetcher(&["*"]), "shop.test", Err("tls")),
        ("trusted", fetcher_with(&["*"], trusting), "shop.test", Ok("secure".to_owned())),
        ("another name", fetcher_with(&["*"], trusting), "other.test", Err("tls")),
    ] {
        let found = fetcher.get(&Url::parse(&format!("https://{name}:{port}/")).unwrap(), &GetOptions::default()).await;
        let found = found.map(|page| String::from_utf8_lossy(&page.body).into_owned());
        assert_eq!(
            found.as_ref().map_err(|error| error.code()),
            expected.as_ref().map_err(|code| *code),
            "{what}: {found:?}"
        );
    }
}

#[tokio::test]
async fn names_of_this_machine() {
    let url = Url::parse(&format!("http://localhost:{}/page", serve(shop()).await.port())).unwrap();
    for (allowed, expected) in [(vec![], Err("private_address")), (vec!["localhost".to_owned()], Ok(200))] {
        let settings = FetchSettings { allow_private_networks: allowed, ..FetchSettings::default() };
        let found = Fetcher::new(settings, Clock::system()).unwrap().get(&url, &GetOptions::default()).await;
        assert_eq!(found.map(|page| page.status).map_err(|error| error.code()), expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quick_shop_is_read_quickly() {
    const WORKERS: u32 = 16;
    const PAGES: u32 = 50;
    let url = Url::parse(&format!("http://{}/page", serve(shop()).await)).unwrap();
    let (fetcher, gates) = (fetcher(&["*"]), crate::HostGates::new(creel_frontier::PaceSettings::default()));
    let started = Instant::now();
    let workers = (0..WORKERS).map(|_| {
        let (url, fetcher, gates) = (url.clone(), fetcher.clone(), gates.clone());
        tokio::spawn(async move {
            let host = creel_types::Host::of(&url).unwrap();
            for _ in 0..PAGES {
                let turn = gates.turn(&host).await;
                let page = fetcher.get(&url, &GetOptions::default()).await.unwrap();
                turn.done(creel_frontier::Outcome::from_status(page.status), page.first_byte_ms, page.retry_after_ms);
            }
        })
    });
    for worker in futures::future::join_all(workers).await {
        worker.unwrap();
    }
    let rate = f64::from(WORKERS * PAGES) / started.elapsed().as_secs_f64();
    println!("{rate:.0} pages a second");
    assert!(rate > 100.0, "{rate:.0} pages a second");
}

#[test]
fn settings_that_cannot_be_used() {
    for settings in [
        FetchSettings { user_agent: "a\nb".into(), ..FetchSettings::default() },
        FetchSettings { allow_private_networks: vec!["a b".into()], ..FetchSettings::default() },
        FetchSettings {
            extra_root_certificates: vec![b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----".to_vec()],
            ..FetchSettings::default()
        },
    ] {
        assert_eq!(Fetcher::new(settings, Clock::system()).err().map(|error| error.code()), Some("setup"));
    }
}
