//! What is told outside: mail over SMTP, events over HTTP. What is to be told stands in the store; this is who takes it from there and
//! sends it. Knows no SQL and decides nothing about who is told what.

pub mod deliver;
pub mod letters;
pub mod mailer;
pub mod webhooks;

pub use deliver::{Nudge, deliver_mail};
pub use letters::{Letters, Text};
pub use mailer::{MailSettings, Mailer, NotifyError};
pub use webhooks::Courier;
