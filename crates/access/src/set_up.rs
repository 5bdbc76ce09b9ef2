//! The first owner, by the link that the first start prints; and owners from the command line.

use creel_store::access::{
    keys::{ApiKey, NewApiKey},
    people::NewPerson,
};
use creel_types::{By, OrganizationId, PersonId, Role, links};

use crate::{Access, AccessError, Caller, SignUpForm, SignedIn, rules};

/// An owner whom the command line makes.
#[derive(Clone, Debug)]
pub struct NewOwner {
    pub email: String,
    /// By default the part of the address before the `@`.
    pub name: Option<String>,
    pub organization: String,
    /// Without one, somebody new is given a link that sets it.
    pub password: Option<String>,
    /// Whether they sign in through the provider only, so that no link is made.
    pub by_provider: bool,
    pub with_key: bool,
}

/// What there is of it. The link and the key's secret are shown once.
#[derive(Debug)]
pub struct OwnerMade {
    pub person: PersonId,
    pub email: String,
    pub organization: OrganizationId,
    pub organization_name: String,
    pub password_link: Option<String>,
    pub key: Option<(ApiKey, String)>,
}

impl Access {
    /// The link that makes the first owner, while there is nobody; a new start replaces it.
    pub async fn set_up_link(&self) -> Result<Option<String>, AccessError> {
        let token = self.store().create_set_up_link().await?;
        Ok(token.map(|token| self.link(links::SET_UP_PATH, token.as_str())))
    }

    /// Follows it.
    pub async fn set_up(&self, token: &str, form: &SignUpForm, caller: &Caller) -> Result<SignedIn, AccessError> {
        let email = rules::email("email", &form.email)?;
        let name = rules::name("name", &form.name)?;
        let organization = rules::name("organization", &form.organization)?;
        rules::password("password", &form.password, &email)?;
        let new = NewPerson { email, name, password: Some(self.hash(&form.password).await?) };
        let start = self.settings().start;
        let made = self.store().set_up(token, &new, &organization, start, caller.address()).await?;
        let (person, _) = made.ok_or(AccessError::LinkVoid)?;
        self.begin(&person, caller).await
    }

    /// A link by which somebody sets a new password, for whoever works at the machine to hand over.
    pub async fn password_link(&self, email: &str) -> Result<String, AccessError> {
        let email = rules::email("email", email)?;
        let person = self.store().find_person_by_email(&email).await?;
        let person = person.ok_or_else(|| AccessError::field("email", format!("nobody here has the address {email}")))?;
        self.password_link_of(person.id).await
    }

    async fn password_link_of(&self, person: PersonId) -> Result<String, AccessError> {
        let token = self.store().create_password_link(person).await?;
        Ok(self.link(links::RESET_PASSWORD_PATH, token.as_str()))
    }

    /// Makes an owner from the command line.
    pub async fn create_owner(&self, new: &NewOwner, by: &By) -> Result<OwnerMade, AccessError> {
        let email = rules::email("email", &new.email)?;
        let from_address = || email.as_str().split('@').next().unwrap_or_default().to_owned();
        let name = rules::name("name", &new.name.clone().unwrap_or_else(from_address))?;
        let organization = rules::name("organization", &new.organization)?;
        let password = match &new.password {
            None => None,
            Some(password) => {
                rules::password("password", password, &email)?;
                Some(self.hash(password).await?)
            }
        };
        let person = NewPerson { email, name, password };
        let (person, owned) = self.store().create_owner(&person, &organization, self.settings().start, by).await?;
        let password_link =
            if person.password.is_some() || new.by_provider { None } else { Some(self.password_link_of(person.id).await?) };
        let key = if new.with_key {
            let key = NewApiKey { name: "first key".to_owned(), role: Role::Owner, expires_at: None };
            Some(self.store().create_api_key(owned.id, key, by).await?)
        } else {
            None
        };
        Ok(OwnerMade {
            person: person.id,
            email: person.email,
            organization: owned.id,
            organization_name: owned.name,
            password_link,
            key,
        })
    }
}
