//! What can go wrong, by meaning. A message is fit for whoever asked: it holds no secret and does not say whether an address has
//! an account.

use creel_store::StoreError;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum AccessError {
    /// A value that cannot be, with the field that it stands in.
    #[error("{field}: {message}")]
    Field { field: &'static str, message: String },
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    /// The password was right, and the address is not proved yet.
    #[error("follow the link in the mail that was sent to you first")]
    NotVerified,
    #[error("too many tries: try again in {retry_after_seconds} seconds")]
    Throttled { retry_after_seconds: i64 },
    #[error("this link is not good any more: it was used, replaced or is past its end. Ask for a new one")]
    LinkVoid,
    #[error("this installation takes new people by invitation only")]
    SignUpClosed,
    #[error("this installation cannot send mail (smtp_url is not set): ask whoever runs it")]
    NoMail,
    /// More passwords wait to be checked than is sensible.
    #[error("too many people sign in at this moment: try again in a few seconds")]
    Busy,
    #[error("this installation has no provider to sign in with")]
    NoOidc,
    /// What the provider sent back does not fit, or is of another browser.
    #[error("signing in through the provider did not work: {0}")]
    OidcRefused(String),
    #[error("the provider to sign in with cannot be used now: {0}")]
    OidcUnavailable(String),
    /// The provider does not vouch for the address.
    #[error("the provider has not verified your e-mail address")]
    OidcUnverified,
    #[error("{0}")]
    Settings(String),
    #[error("something went wrong inside: {0}")]
    Internal(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AccessError {
    pub(crate) fn field(field: &'static str, message: impl Into<String>) -> AccessError {
        AccessError::Field { field, message: message.into() }
    }
}
