//! Small shops made for one test: a few paths with fixed answers, and how often each was asked for.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

/// What one path answers.
#[derive(Clone)]
pub struct Fixed {
    status: u16,
    location: Option<String>,
    robots_tag: Option<&'static str>,
    body: String,
}

pub fn page(body: impl Into<String>) -> Fixed {
    Fixed { status: 200, location: None, robots_tag: None, body: body.into() }
}

pub fn status(status: u16) -> Fixed {
    Fixed { status, ..page("") }
}

pub fn redirect(to: &str) -> Fixed {
    Fixed { status: 302, location: Some(to.to_owned()), ..page("") }
}

impl Fixed {
    pub fn with_robots_tag(self, tag: &'static str) -> Fixed {
        Fixed { robots_tag: Some(tag), ..self }
    }
}

/// A page that links to the paths.
pub fn links(paths: &[&str]) -> Fixed {
    let links: String = paths.iter().map(|path| format!("<li><a href=\"{path}\">{path}</a></li>")).collect();
    page(format!("<html><head><title>Shop</title></head><body><h1>Our shop</h1><ul>{links}</ul></body></html>"))
}

/// A product page that passes the gate.
pub fn product(name: &str) -> Fixed {
    page(format!(
        r#"<html lang="en"><head><title>{name}</title><script type="application/ld+json">{{"@context":"https://schema.org",
        "@type":"Product","name":"{name}","sku":"SKU-{name}","image":"/images/{name}.jpg","offers":{{"@type":"Offer",
        "price":"19.90","priceCurrency":"USD","availability":"https://schema.org/InStock"}}}}</script></head>
        <body><h1>{name}</h1><img src="/images/{name}.jpg"><p class="price">$19.90</p><button>Add to cart</button></body></html>"#
    ))
}

type Asked = Arc<Mutex<HashMap<String, usize>>>;

pub struct SmallShop {
    _runtime: tokio::runtime::Runtime,
    pub url: String,
    asked: Asked,
}

impl SmallShop {
    pub fn start(answers: &[(&str, Fixed)]) -> SmallShop {
        let answers: HashMap<String, Fixed> =
            answers.iter().map(|(path, fixed)| ((*path).to_owned(), fixed.clone())).collect();
        let asked = Asked::default();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state((Arc::new(answers), Arc::clone(&asked)));
        runtime.spawn(async move { axum::serve(listener, router).await });
        SmallShop { _runtime: runtime, url, asked }
    }

    pub fn asked(&self, path: &str) -> usize {
        self.asked.lock().unwrap().get(path).copied().unwrap_or(0)
    }
}

async fn answer(State((answers, asked)): State<(Arc<HashMap<String, Fixed>>, Asked)>, request: Request) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    *asked.lock().unwrap().entry(path.clone()).or_default() += 1;
    let Some(fixed) = answers.get(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let mut headers = HeaderMap::new();
    let kind = if path.ends_with(".txt") { "text/plain" } else { "text/html" };
    headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
    if let Some(to) = &fixed.location {
        headers.insert(header::LOCATION, to.parse().unwrap());
    }
    if let Some(tag) = fixed.robots_tag {
        headers.insert("x-robots-tag", tag.parse().unwrap());
    }
    (StatusCode::from_u16(fixed.status).unwrap(), headers, fixed.body.clone()).into_response()
}
