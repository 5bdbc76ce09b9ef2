//! Inviting and joining. Where no mail can be sent, whoever invites is given the link to hand over.

use creel_store::access::{
    invitations::{Accepting, Invitation, Invited, Sending},
    sessions::{Proof, SessionHolder},
};
use creel_types::{By, InvitationId, OrganizationId, Role, links};

use crate::{Access, AccessError, Caller, SignedIn, rules};

/// Who joins by an invitation.
#[derive(Clone, Copy, Debug)]
pub enum Joining<'a> {
    SignedIn(&'a SessionHolder),
    New { name: &'a str, password: &'a str },
}

impl Access {
    /// Invites an address; the answer holds the link where no mail can be sent.
    pub async fn invite(
        &self,
        organization: OrganizationId,
        email: &str,
        role: Role,
        by: &By,
    ) -> Result<(Invitation, Option<String>), AccessError> {
        let email = rules::email("email", email)?;
        let (invitation, token) = self.store().create_invitation(organization, &email, role, self.sending(), by).await?;
        Ok((invitation, token.map(|token| self.link(links::INVITATION_PATH, token.as_str()))))
    }

    pub async fn resend_invitation(
        &self,
        organization: OrganizationId,
        id: InvitationId,
        by: &By,
    ) -> Result<(Invitation, Option<String>), AccessError> {
        let (invitation, token) = self.store().resend_invitation(organization, id, self.sending(), by).await?;
        Ok((invitation, token.map(|token| self.link(links::INVITATION_PATH, token.as_str()))))
    }

    /// What a link invites to, for the page that it leads to.
    pub async fn invited(&self, token: &str) -> Result<Invited, AccessError> {
        self.store().find_invited(token).await?.ok_or(AccessError::LinkVoid)
    }

    /// Joins. Somebody new is signed in by it, since the link was sent to their mailbox and the password is theirs.
    pub async fn accept_invitation(
        &self,
        token: &str,
        joining: Joining<'_>,
        caller: &Caller,
    ) -> Result<(OrganizationId, Option<SignedIn>), AccessError> {
        let invited = self.invited(token).await?;
        let accepting = match joining {
            Joining::SignedIn(holder) => Accepting::SignedIn(holder.person),
            Joining::New { name, password } => {
                let email = rules::email("email", &invited.email)?;
                rules::password("password", password, &email)?;
                Accepting::New { name: rules::name("name", name)?, password: self.hash(password).await? }
            }
        };
        let start = self.settings().start;
        let accepted = self.store().accept_invitation(token, accepting, start, caller.address()).await?;
        let (person, organization) = accepted.ok_or(AccessError::LinkVoid)?;
        match joining {
            Joining::SignedIn(holder) => {
                self.switch_organization(holder, organization).await?;
                Ok((organization, None))
            }
            Joining::New { .. } => Ok((organization, Some(self.begin_by(&person, caller, Proof::Link).await?))),
        }
    }

    fn sending(&self) -> Sending {
        if self.settings().sends_mail { Sending::ByMail } else { Sending::ByHand }
    }

    pub(crate) fn link(&self, path: &str, token: &str) -> String {
        links::link(&self.settings().public_url, path, token)
    }
}
