//! Why there is no picture: a closed list. Pages show a placeholder whichever it is; the reason is for logs and tests.

use creel_fetch::FetchError;
use thiserror::Error;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MediaError {
    #[error("this address is not asked for a picture: {reason}")]
    Address { reason: String },
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("the shop answered with status {status}")]
    Status { status: u16 },
    #[error("the shop sent {content_type}, which is no picture that is shown")]
    OtherType { content_type: String },
    #[error("the picture has {width} × {height} pixels, which is more than is read")]
    TooManyPixels { width: u32, height: u32 },
    #[error("the picture cannot be read: {reason}")]
    Unreadable { reason: String },
    /// Nothing is known about the address; it may be asked for again.
    #[error("too many pictures are waited for")]
    Busy,
}
