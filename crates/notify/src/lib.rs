//! What is told to people outside: mail, over SMTP. What is to be told stands in the store's outbox; this is who takes it from there
//! and sends it. Knows no SQL and decides nothing about who is told what.

pub mod deliver;
pub mod letters;
pub mod mailer;

pub use deliver::{Nudge, deliver_mail};
pub use letters::{Letters, Text};
pub use mailer::{MailSettings, Mailer, NotifyError};
