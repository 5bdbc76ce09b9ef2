//! The one way out for mail: SMTP by `lettre`, with TLS by rustls. Its settings are checked when it is made.

use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
};
use thiserror::Error;

use crate::letters::Text;

/// From connecting to the server's last word.
const SENDING_MS_MAX: u64 = 60_000;

#[derive(Clone)]
pub struct MailSettings {
    /// `smtp://user:password@host:587?tls=required`, `smtps://user:password@host`, or without `tls` for a server beside.
    pub smtp_url: String,
    /// `Creel <creel@company.example>`
    pub from: String,
}

impl std::fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailSettings").field("from", &self.from).finish_non_exhaustive()
    }
}

#[derive(Debug, Error)]
pub enum NotifyError {
    /// The value is not shown: it holds a password.
    #[error("smtp_url must be like smtp://user:password@host:587?tls=required: {0}")]
    SmtpUrl(String),
    #[error("mail_from must be like Creel <creel@company.example>: {0}")]
    From(String),
    /// The mail cannot be sent as it is, or the server refused it for good.
    #[error("{0}")]
    ForGood(String),
    /// It may go through later.
    #[error("{0}")]
    ForNow(String),
}

/// Sends mails. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    pub fn new(settings: &MailSettings) -> Result<Mailer, NotifyError> {
        // One provider for the process; whoever came first has installed the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let from = settings.from.parse().map_err(|error| NotifyError::From(format!("{error}")))?;
        let scheme = settings.smtp_url.split(':').next().unwrap_or_default();
        if !matches!(scheme, "smtp" | "smtps") {
            return Err(NotifyError::SmtpUrl("it starts with neither smtp:// nor smtps://".to_owned()));
        }
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.smtp_url)
            .map_err(|error| NotifyError::SmtpUrl(without(&error.to_string(), &settings.smtp_url)))?;
        let transport = builder.timeout(Some(Duration::from_millis(SENDING_MS_MAX))).build();
        Ok(Mailer { transport, from })
    }

    /// Whether the server answers and lets this installation in. Sends nothing.
    pub async fn test(&self) -> Result<(), NotifyError> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(NotifyError::ForNow("the mail server does not answer".to_owned())),
            Err(error) => Err(NotifyError::ForNow(format!("the mail server: {error}"))),
        }
    }

    /// Sends one mail.
    pub async fn send(&self, to: &str, text: &Text) -> Result<(), NotifyError> {
        let for_good = |error: &dyn std::fmt::Display| NotifyError::ForGood(error.to_string());
        let to = lettre::Address::try_from(to.to_owned()).map_err(|error| for_good(&error))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&text.subject)
            .multipart(MultiPart::alternative_plain_html(text.plain.clone(), text.html.clone()))
            .map_err(|error| for_good(&error))?;
        let limit = Duration::from_millis(SENDING_MS_MAX);
        match tokio::time::timeout(limit, self.transport.send(message)).await {
            Err(_) => Err(NotifyError::ForNow(format!("the mail server did not answer within {SENDING_MS_MAX} ms"))),
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.is_permanent() => Err(NotifyError::ForGood(error.to_string())),
            Ok(Err(error)) => Err(NotifyError::ForNow(error.to_string())),
        }
    }
}

/// What somebody may read of an error about an address with a password in it.
fn without(said: &str, secret: &str) -> String {
    said.replace(secret, "…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(smtp_url: &str, from: &str) -> Result<Mailer, String> {
        let settings = MailSettings { smtp_url: smtp_url.to_owned(), from: from.to_owned() };
        assert!(!format!("{settings:?}").contains("secret"));
        Mailer::new(&settings).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn settings_are_checked_and_never_shown() {
        let from = "Creel <creel@shop.example>";
        for url in ["smtp://127.0.0.1:25", "smtp://u:secret@mail.example:587?tls=required", "smtps://u:secret@mail.example"]
        {
            assert!(made(url, from).is_ok(), "{url}");
        }
        for url in ["", "http://mail.example", "smtp://", "smtp://u:secret@mail.example?tls=maybe", "mail.example:25"] {
            let said = made(url, from).expect_err(url);
            assert!(said.contains("smtp_url") && !said.contains("secret"), "{said}");
        }
        assert!(made("smtp://127.0.0.1", "nobody").unwrap_err().contains("mail_from"));
    }
}
