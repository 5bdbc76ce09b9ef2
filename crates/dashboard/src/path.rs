//! The id in a page's address, or several of them. What is no id is the id of nothing.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use crate::refusal::Refusal;

pub(crate) struct Id<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Id<T>, Refusal> {
        Path::<T>::from_request_parts(parts, state).await.map(|Path(id)| Id(id)).map_err(|_| Refusal::not_found())
    }
}
