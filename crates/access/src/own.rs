//! What somebody who is signed in does with their own account and organizations.

use creel_store::{
    access::{people::Person, sessions::SessionHolder},
    organizations::Organization,
};
use creel_types::{By, OrganizationId};

use crate::{Access, AccessError, Caller, rules};

impl Access {
    /// Sets another password; every other session of the person ends. Somebody who came through a provider and has none
    /// asks for a link that sets the first one.
    pub async fn change_password(
        &self,
        holder: &SessionHolder,
        old: &str,
        new: &str,
        caller: &Caller,
    ) -> Result<(), AccessError> {
        let person = self.person_of(holder).await?;
        rules::password("new_password", new, &rules::email("email", &person.email)?)?;
        let person = self.confirm(person, old).await.map_err(|error| match error {
            AccessError::WrongCredentials => AccessError::field("old_password", "is wrong"),
            other => other,
        })?;
        let hash = self.hash(new).await?;
        Ok(self.store().change_password(person.id, &hash, Some(holder.session), &caller.by(holder)).await?)
    }

    pub async fn rename_person(&self, holder: &SessionHolder, name: &str) -> Result<(), AccessError> {
        Ok(self.store().rename_person(holder.person, &rules::name("name", name)?).await?)
    }

    /// Looks at another organization from now on.
    pub async fn switch_organization(
        &self,
        holder: &SessionHolder,
        organization: OrganizationId,
    ) -> Result<(), AccessError> {
        Ok(self.store().switch_organization(holder.session, holder.person, organization).await?)
    }

    /// Makes an organization and looks at it from now on. Where sign-up is closed, so is this.
    pub async fn create_organization(
        &self,
        holder: &SessionHolder,
        name: &str,
        caller: &Caller,
    ) -> Result<Organization, AccessError> {
        let name = rules::name("name", name)?;
        if self.settings().sign_up == crate::SignUpPolicy::Closed {
            return Err(AccessError::SignUpClosed);
        }
        let start = self.settings().start;
        let made = self.store().create_organization_for(holder.person, &name, start, &caller.by(holder)).await?;
        self.switch_organization(holder, made.id).await?;
        Ok(made)
    }

    pub async fn rename_organization(
        &self,
        organization: OrganizationId,
        name: &str,
        by: &By,
    ) -> Result<Organization, AccessError> {
        Ok(self.store().rename_organization(organization, &rules::name("name", name)?, None, by).await?)
    }

    async fn person_of(&self, holder: &SessionHolder) -> Result<Person, AccessError> {
        self.store().find_person(holder.person).await?.ok_or(AccessError::WrongCredentials)
    }
}
