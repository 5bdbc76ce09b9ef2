//! A person's browser as far as the server sees it: it keeps cookies, and says where its requests come from.

use std::collections::BTreeMap;

use reqwest::{
    blocking::{Client, Response},
    header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE},
};
use serde_json::{Value, json};

use crate::server::Server;

pub struct Browser {
    client: Client,
    address: String,
    cookies: BTreeMap<String, String>,
    /// What the API gave for requests that change something.
    pub csrf: Option<String>,
}

pub struct Seen {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Seen {
    fn of(response: Response) -> Seen {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Seen { status, headers, text: response.text().unwrap() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }
}

impl Browser {
    pub fn of(server: &Server) -> Browser {
        Browser::at(&server.address)
    }

    /// One that looks at an address.
    pub fn at(address: &str) -> Browser {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Browser { client, address: address.to_owned(), cookies: BTreeMap::new(), csrf: None }
    }

    pub fn cookies(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Sends a request, with what the caller adds to it.
    pub fn send(
        &mut self,
        method: &str,
        path: &str,
        with: impl FnOnce(reqwest::blocking::RequestBuilder) -> reqwest::blocking::RequestBuilder,
    ) -> Seen {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.address) };
        let mut request = self.client.request(method.parse().unwrap(), url);
        if !self.cookies.is_empty() {
            request = request.header(COOKIE, self.cookies());
        }
        let response = with(request).send().unwrap();
        for cookie in response.headers().get_all(SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            match rest.split(';').next().unwrap() {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        Seen::of(response)
    }

    /// Asks the API as a page of ours does.
    pub fn ask(&mut self, method: &str, path: &str, body: &Value) -> Seen {
        let csrf = self.csrf.clone();
        let seen = self.send(method, path, |mut request| {
            if let Some(csrf) = csrf {
                request = request.header("x-csrf-token", csrf);
            }
            if body.is_null() { request } else { request.json(body) }
        });
        if let Ok(body) = serde_json::from_str::<Value>(&seen.text)
            && let Some(csrf) = body["csrf_token"].as_str()
        {
            self.csrf = Some(csrf.to_owned());
        }
        seen
    }

    pub fn sign_in(&mut self, email: &str, password: &str) -> Seen {
        self.ask("POST", "/v1/session", &json!({"email": email, "password": password}))
    }
}
