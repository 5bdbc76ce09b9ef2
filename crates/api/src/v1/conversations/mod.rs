//! Conversations with the assistant. Each is one person's or one key's: nobody else of the organization finds it.

pub(crate) mod ask;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod stop;
pub(crate) mod update;

use creel_types::{Actor, Asker};

use crate::{caller::Caller, error::ApiError};

/// Whose conversations the caller has.
fn asker(caller: &Caller) -> Result<Asker, ApiError> {
    match caller.by.actor {
        Actor::Person(person) => Ok(Asker::Person(person)),
        Actor::ApiKey(key) => Ok(Asker::Key(key)),
        // Nobody else calls over HTTP.
        _ => Err(ApiError::not_found()),
    }
}
