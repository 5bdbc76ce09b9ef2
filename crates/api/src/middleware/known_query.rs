//! Refuses a query string where the document knows none. Endpoints with parameters of their own refuse unknown ones as they read
//! them.

use std::{collections::HashSet, sync::Arc};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::Value;

use crate::error::ApiError;

/// Methods and paths of the operations that take parameters in their query.
#[derive(Clone)]
pub(crate) struct KnownQueries(Arc<HashSet<(String, String)>>);

impl KnownQueries {
    pub(crate) fn of(document: &Value) -> KnownQueries {
        let mut known = HashSet::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                let parameters = operation["parameters"].as_array();
                if parameters.into_iter().flatten().any(|parameter| parameter["in"] == "query") {
                    known.insert((method.to_uppercase(), path.clone()));
                }
            }
        }
        KnownQueries(Arc::new(known))
    }

    fn takes_one(&self, request: &Request) -> bool {
        // HEAD is answered by what answers GET.
        let method = if request.method() == "HEAD" { "GET" } else { request.method().as_str() };
        let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
        self.0.contains(&(method.to_owned(), path.to_owned()))
    }
}

pub(crate) async fn refuse_unknown_query(State(known): State<KnownQueries>, request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or("");
    if query.is_empty() || known.takes_one(&request) {
        return next.run(request).await;
    }
    let name = query.split(['=', '&']).next().unwrap_or("").to_owned();
    ApiError::field(name.as_str(), format!("unknown parameter `{name}`: this takes none")).into_response()
}
