//! Access and mail from the configuration: checked when it is read, opened by those commands that need them.

use std::{net::SocketAddr, sync::Arc};

use creel_access::{Access, AccessError, AccessSettings, OidcSettings, SignUpPolicy, password::Cost};
use creel_notify::{Letters, MailSettings, Mailer, NotifyError, Nudge};
use creel_store::reconcile::ReconcilerName;
use url::Url;

use crate::{exit::Failure, open::Opened, reconcile::Reconciler, settings::Settings};

/// Where `serve` listens unless it is told otherwise.
const USUAL_URL: &str = "http://127.0.0.1:8080";

/// Whether the settings fit together; says which does not, and shows no secret.
pub fn check(settings: &Settings) -> Result<(), Failure> {
    let wrong = |text: String| Err(Failure::usage(format!("--config: {text}")));
    if settings.sign_up.parse::<SignUpPolicy>().is_err() {
        return wrong(format!("sign_up {:?} is neither \"open\" nor \"closed\"", settings.sign_up));
    }
    for (setting, value) in [("public_url", &settings.public_url), ("oidc_issuer", &settings.oidc_issuer)] {
        if !value.is_empty() && !is_web_address(value) {
            return wrong(format!("{setting} {value:?} must be like https://host.example, without ? and #"));
        }
    }
    if !settings.smtp_url.is_empty() {
        mailer(settings)?;
        if settings.public_url.is_empty() {
            return wrong("smtp_url needs public_url: mails hold links to it".to_owned());
        }
    }
    if settings.oidc_issuer.is_empty() {
        return Ok(());
    }
    for (setting, value) in [
        ("public_url", &settings.public_url),
        ("oidc_client_id", &settings.oidc_client_id),
        ("oidc_client_secret (or CREEL_OIDC_CLIENT_SECRET)", &settings.oidc_client_secret),
    ] {
        if value.is_empty() {
            return wrong(format!("oidc_issuer needs {setting}"));
        }
    }
    Ok(())
}

fn is_web_address(text: &str) -> bool {
    let is_plain = |url: &Url| url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host() && is_plain(&url))
}

/// The address under which people reach this installation.
pub fn public_url(settings: &Settings, listening: Option<SocketAddr>) -> String {
    match settings.public_url.trim_end_matches('/') {
        "" => listening.map_or_else(|| USUAL_URL.to_owned(), |address| format!("http://{address}")),
        url => url.to_owned(),
    }
}

pub fn open(opened: &Opened, public_url: &str) -> Result<Access, Failure> {
    let settings = &opened.settings;
    let oidc = Some(settings).filter(|settings| !settings.oidc_issuer.is_empty()).map(|settings| OidcSettings {
        issuer: settings.oidc_issuer.clone(),
        client_id: settings.oidc_client_id.clone(),
        client_secret: settings.oidc_client_secret.clone(),
        label: settings.oidc_label.clone(),
    });
    let access = AccessSettings {
        sign_up: settings.sign_up.parse().unwrap_or(SignUpPolicy::Closed),
        public_url: public_url.to_owned(),
        sends_mail: !settings.smtp_url.is_empty(),
        oidc,
        start: settings.start()?,
        password_cost: Cost::default(),
    };
    Ok(Access::new(opened.store.clone(), access)?)
}

fn mailer(settings: &Settings) -> Result<Mailer, NotifyError> {
    Mailer::new(&MailSettings { smtp_url: settings.smtp_url.clone(), from: settings.mail_from.clone() })
}

/// Whether the mail server answers; `None` where there is none.
pub async fn test_mail(settings: &Settings) -> Option<Result<(), NotifyError>> {
    if settings.smtp_url.is_empty() {
        return None;
    }
    Some(match mailer(settings) {
        Ok(mailer) => mailer.test().await,
        Err(error) => Err(error),
    })
}

/// Delivers mail, where there is a mail server; with what wakes it.
pub fn mail(opened: &Opened, public_url: &str) -> Result<(Nudge, Option<Reconciler>), Failure> {
    let nudge = Nudge::default();
    if opened.settings.smtp_url.is_empty() {
        return Ok((nudge, None));
    }
    let with = Arc::new((mailer(&opened.settings)?, Letters::new(public_url)));
    let reconciler = Reconciler::new(ReconcilerName::Mail, &opened.store, move |store| {
        let with = Arc::clone(&with);
        async move { creel_notify::deliver_mail(&store, &with.0, &with.1).await }
    });
    Ok((nudge.clone(), Some(reconciler.on(nudge))))
}

impl From<AccessError> for Failure {
    fn from(error: AccessError) -> Failure {
        match error {
            AccessError::Store(error) => error.into(),
            AccessError::Field { .. } | AccessError::Settings(_) => Failure::usage(error.to_string()),
            error => Failure::failed(error.to_string()),
        }
    }
}

impl From<NotifyError> for Failure {
    fn from(error: NotifyError) -> Failure {
        Failure::usage(format!("--config: {error}"))
    }
}
