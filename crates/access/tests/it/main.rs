//! The flows of access, over a database of their own, with a clock that tests move and passwords that are hashed cheaply.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]

mod flows;
mod oidc;
mod provider;

use creel_access::{
    Access, AccessSettings, Caller, OidcSettings, SignUpForm, SignUpPolicy, SignedIn, SignedUp, password::Cost,
};
use creel_store::{
    Store,
    access::{
        Token,
        mails::{Content, Letter},
        sessions::SessionHolder,
    },
    organizations::Start,
};
use creel_types::{Clock, Credits, Random, Time};
use tempfile::TempDir;

const PASSWORD: &str = "a few good words";

/// An installation.
struct House {
    access: Access,
    /// Outlives the store.
    _folder: TempDir,
}

impl House {
    async fn new(change: impl FnOnce(&mut AccessSettings)) -> House {
        House::at(Clock::fixed(Time(1_000_000_000)), change).await
    }

    async fn at(clock: Clock, change: impl FnOnce(&mut AccessSettings)) -> House {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), clock, Random::seeded(3)).await.unwrap();
        let mut settings = AccessSettings {
            sign_up: SignUpPolicy::Open,
            public_url: "https://creel.example".to_owned(),
            sends_mail: false,
            oidc: None,
            start: Start::Credits(Credits(10)),
            password_cost: Cost { memory_kib: 64, passes: 1 },
        };
        change(&mut settings);
        House { access: Access::new(store, settings).unwrap(), _folder: folder }
    }

    fn store(&self) -> &Store {
        self.access.store()
    }

    async fn ann(&self) -> SignedIn {
        match self.access.sign_up(&form("ann"), &caller()).await.unwrap() {
            SignedUp::SignedIn(signed_in) => signed_in,
            SignedUp::CheckMail => panic!("a mail was sent"),
        }
    }

    async fn holder(&self, signed_in: &SignedIn) -> SessionHolder {
        self.store().find_session(signed_in.token.as_str()).await.unwrap().unwrap()
    }

    async fn letter(&self) -> Option<Letter> {
        let letter = self.store().take_mail().await.unwrap()?;
        self.store().mail_sent(letter.id).await.unwrap();
        Some(letter)
    }

    /// The token of the mail that was written last.
    async fn mailed(&self) -> Token {
        match self.letter().await.expect("no mail was written").content {
            Content::VerifyEmail { token, .. }
            | Content::ResetPassword { token, .. }
            | Content::Invitation { token, .. } => token,
            other @ (Content::AlreadySignedUp { .. } | Content::Notice { .. }) => panic!("{other:?}"),
        }
    }
}

fn form(name: &str) -> SignUpForm {
    SignUpForm {
        email: format!("{name}@shop.example"),
        name: name.to_owned(),
        password: PASSWORD.to_owned(),
        organization: format!("{name}'s shop"),
    }
}

fn caller() -> Caller {
    Caller { address: Some("192.0.2.7".parse().unwrap()), user_agent: Some("a browser".to_owned()) }
}

fn from(address: &str) -> Caller {
    Caller { address: Some(address.parse().unwrap()), user_agent: None }
}

fn oidc_settings(issuer: &str) -> OidcSettings {
    OidcSettings {
        issuer: issuer.to_owned(),
        client_id: "creel".to_owned(),
        client_secret: "a secret of the client".to_owned(),
        label: "Company".to_owned(),
    }
}
