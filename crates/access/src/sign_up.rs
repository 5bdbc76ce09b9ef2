//! Signing up, proving an address, and new passwords. Where mail can be sent, nothing that is answered here says whether an
//! address has an account: that is told to its mailbox alone.

use creel_store::access::{
    links::LinkKind,
    people::{NewPerson, SignUp},
    throttle::{self, Counted},
};
use creel_types::Email;

use crate::{Access, AccessError, Caller, SignUpPolicy, SignedIn, rules};

/// Mails of one kind that an address is sent before it waits, and sign-ups from one network.
const MAILS_MAX: i64 = 3;
const SIGN_UPS_MAX: i64 = 10;

#[derive(Clone, Debug)]
pub struct SignUpForm {
    pub email: String,
    pub name: String,
    pub password: String,
    /// What the new organization is called.
    pub organization: String,
}

#[derive(Debug)]
pub enum SignedUp {
    SignedIn(SignedIn),
    /// A mail says how to go on.
    CheckMail,
}

impl Access {
    /// Signs somebody up whom nobody invited.
    pub async fn sign_up(&self, form: &SignUpForm, caller: &Caller) -> Result<SignedUp, AccessError> {
        if self.settings().sign_up == SignUpPolicy::Closed {
            return Err(AccessError::SignUpClosed);
        }
        let email = rules::email("email", &form.email)?;
        let name = rules::name("name", &form.name)?;
        let organization = rules::name("organization", &form.organization)?;
        rules::password("password", &form.password, &email)?;
        let from = caller.network().map(|network| throttle::errand("sign-ups from", &network, SIGN_UPS_MAX));
        self.count(&[Some(mails_to(&email, "sign-up")), from]).await?;
        let new = NewPerson { email, name, password: Some(self.hash(&form.password).await?) };
        let how = if self.settings().sends_mail { SignUp::ByMail } else { SignUp::AtOnce(self.settings().start) };
        match self.store().sign_up(&new, &organization, how, caller.address()).await? {
            Some(person) => Ok(SignedUp::SignedIn(self.begin(&person, caller).await?)),
            None => Ok(SignedUp::CheckMail),
        }
    }

    /// Follows the link that proves an address. Nobody is signed in by it: links are followed by programs too.
    pub async fn verify_email(&self, token: &str, caller: &Caller) -> Result<(), AccessError> {
        let verified = self.store().verify_email(token, self.settings().start, caller.address()).await?;
        verified.map(|_| ()).ok_or(AccessError::LinkVoid)
    }

    pub async fn resend_verification(&self, email: &str) -> Result<(), AccessError> {
        let email = self.to_be_mailed(email, "verification").await?;
        Ok(self.store().queue_verification(&email).await?)
    }

    /// Sends a link that sets a new password, if the address has an account.
    pub async fn request_password_reset(&self, email: &str) -> Result<(), AccessError> {
        let email = self.to_be_mailed(email, "reset").await?;
        Ok(self.store().queue_password_reset(&email).await?)
    }

    async fn to_be_mailed(&self, email: &str, what: &str) -> Result<Email, AccessError> {
        if !self.settings().sends_mail {
            return Err(AccessError::NoMail);
        }
        let email = rules::email("email", email)?;
        self.count(&[Some(mails_to(&email, what))]).await?;
        Ok(email)
    }

    /// Follows the link that sets a new password, and signs in with it. Every other session of the person ends.
    pub async fn reset_password(&self, token: &str, password: &str, caller: &Caller) -> Result<SignedIn, AccessError> {
        let person = self.store().find_link(LinkKind::ResetPassword, token).await?.ok_or(AccessError::LinkVoid)?;
        let person = person.parse().map_err(|_| AccessError::LinkVoid)?;
        let person = self.store().find_person(person).await?.ok_or(AccessError::LinkVoid)?;
        rules::password("password", password, &rules::email("email", &person.email)?)?;
        let hash = self.hash(password).await?;
        let reset = self.store().reset_password(token, &hash, self.settings().start, caller.address()).await?;
        let mut person = reset.ok_or(AccessError::LinkVoid)?;
        person.password = Some(hash);
        self.begin(&person, caller).await
    }
}

fn mails_to(email: &Email, what: &str) -> Counted {
    throttle::errand(what, &throttle::account(&email.key()), MAILS_MAX)
}
