//! The shop over a socket, read with a raw HTTP/1.1 request.

use std::{net::SocketAddr, time::Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::super::{
    Expected, LeadsTo, Reason, RunningShop, SLOW_MS, Shop, ShopProduct, catalogue::Catalogue, start, twist::Twist,
};

struct Response {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Response {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

async fn fetch(shop: &RunningShop, target: &str) -> Response {
    let mut stream = TcpStream::connect(shop.address()).await.unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", shop.address());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Response { status, head: head.to_ascii_lowercase(), body: bytes.split_off(end + 4) }
}

async fn running() -> RunningShop {
    start(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap()
}

fn with_twist(twist: Twist) -> ShopProduct {
    let catalogue = Catalogue::demo();
    let at = catalogue.places.iter().position(|place| place.twist == twist).unwrap();
    catalogue.products[at].clone()
}

#[tokio::test]
async fn special_addresses_answer_their_status_and_lead_where_they_say() {
    let shop = running().await;
    let origin = shop.base_url().as_str().trim_end_matches('/').to_owned();
    for special in shop.shop().special_urls() {
        let mut response = fetch(&shop, &special.path).await;
        assert_eq!(response.status, special.status, "{}", special.path);
        let mut path = special.path.clone();
        for _ in 0..5 {
            let Some((_, rest)) = response.head.split_once("\r\nlocation: ") else { break };
            path = rest.lines().next().unwrap().trim_start_matches(origin.as_str()).to_owned();
            response = fetch(&shop, &path).await;
        }
        match &special.leads_to {
            LeadsTo::Product(target) => {
                let product = shop.shop().product(path.split('?').next().unwrap()).unwrap();
                assert_eq!((&product.path, response.status), (target, 200), "{}", special.path);
            }
            LeadsTo::Nothing(Reason::RedirectLoop) => assert_eq!(response.status, 302, "{}", special.path),
            LeadsTo::Nothing(_) => assert!(shop.shop().product(&path).is_none(), "{}", special.path),
        }
    }
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn troubled_products_behave_as_their_twist_says() {
    let shop = running().await;
    let blocked = fetch(&shop, &with_twist(Twist::Challenge).path).await;
    assert_eq!(blocked.status, 403);
    assert!(blocked.text().contains("Just a moment"));
    for _ in 0..2 {
        assert_eq!(fetch(&shop, &with_twist(Twist::ServerError).path).await.status, 500);
    }
    let shy = with_twist(Twist::UnavailableOnce);
    let first = fetch(&shop, &shy.path).await;
    assert_eq!(first.status, 503);
    assert!(first.head.contains("\r\nretry-after: 1"), "{}", first.head);
    assert_eq!(fetch(&shop, &format!("{}?again=1", shy.path)).await.status, 200);
    let shell = fetch(&shop, &with_twist(Twist::NeedsJavaScript).path).await;
    assert!(shell.status == 200 && shell.text().contains("<div id=\"root\"></div>"));
    let before = Instant::now();
    assert_eq!(fetch(&shop, &with_twist(Twist::Slow).path).await.status, 200);
    assert!(before.elapsed().as_millis() >= u128::from(SLOW_MS));
    assert_eq!(shop.shop().hits(&shy.path), 2);
    shop.shop().forget_requests();
    assert_eq!(fetch(&shop, &shy.path).await.status, 503);
}

#[tokio::test]
async fn files_are_served_and_truth_is_complete() {
    let shop = running().await;
    let robots = fetch(&shop, "/robots.txt").await;
    assert!(robots.status == 200 && robots.text().contains("Disallow: /private/"));
    assert!(robots.text().contains(&format!("Sitemap: {}sitemap_index.xml", shop.base_url())));
    let gzipped = fetch(&shop, "/sitemaps/products-2.xml.gz").await;
    assert!(gzipped.head.contains("content-type: application/gzip") && !gzipped.head.contains("content-encoding"));
    let truth: serde_json::Value = serde_json::from_slice(&fetch(&shop, "/truth.json").await.body).unwrap();
    assert_eq!(truth["products"].as_array().unwrap().len(), shop.shop().products().len());
    let expected = truth["products"].as_array().unwrap().iter().filter(|product| product["expected"] == "capture").count();
    assert_eq!(expected, shop.shop().expected_captures().len());
    let picture = shop.shop().expected_captures()[0].images[0].clone();
    assert!(fetch(&shop, &picture).await.head.contains("content-type: image/png"));
    for path in ["/static/shop.css", "/static/shop.js", "/static/logo.svg"] {
        assert_eq!(fetch(&shop, path).await.status, 200, "{path}");
    }
    for path in ["/events/2026/12", "/events/2031/07/03", "/blog/how-to-wax-a-jacket", "/outdoor?color=Moss&sort=newest"] {
        assert_eq!(fetch(&shop, path).await.status, 200, "{path}");
    }
    for path in ["/nothing", "/outdoor/nothing", "/events/2026/13", "/blog/nothing", "/kueche/x/y.html"] {
        assert_eq!(fetch(&shop, path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_section_with_a_wrong_canonical_names_one_page_for_all() {
    let shop = running().await;
    let origin = shop.base_url().as_str().trim_end_matches('/');
    let of_section = |key: &str| -> Vec<&ShopProduct> {
        let all = shop.shop().products().iter().filter(|product| product.section == key);
        all.filter(|product| product.expected == Expected::Capture).collect()
    };
    let first = of_section("audio")[0].path.clone();
    for (section, canonical) in [("audio", format!("{origin}{first}")), ("textiles", format!("{origin}/"))] {
        for product in of_section(section).into_iter().take(4) {
            let page = fetch(&shop, &product.path).await.text();
            assert!(page.contains(&format!("<link rel=\"canonical\" href=\"{canonical}\"")), "{}", product.path);
        }
    }
}

#[tokio::test]
async fn a_stopped_shop_refuses_connections() {
    let shop = running().await;
    let address = shop.address();
    shop.stop().await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
    assert_eq!(Shop::demo().hits("/"), 0);
}
