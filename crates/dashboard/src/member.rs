//! Somebody who is signed in and looks at an organization: most pages are for them. Others are sent to sign in and come back.

use axum::{
    extract::FromRequestParts,
    http::{
        HeaderMap, HeaderValue, StatusCode, Uri,
        header::{HOST, REFERER},
        request::Parts,
    },
};
use creel_access::{Caller, Session};
use creel_store::access::sessions::Membership;
use creel_types::{Actor, By, OrganizationId, Role, links::SIGN_IN_PATH};
use url::Url;

use crate::{Dashboard, refusal::Refusal, session::Visit};

/// Letters of a path that somebody is sent back to.
const NEXT_LETTERS_MAX: usize = 2_000;

pub(crate) struct Member {
    pub(crate) session: Session,
    pub(crate) caller: Caller,
    pub(crate) organization: OrganizationId,
    pub(crate) organization_name: String,
    pub(crate) role: Role,
}

impl FromRequestParts<Dashboard> for Member {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, dashboard: &Dashboard) -> Result<Member, Refusal> {
        let back = back(dashboard, parts);
        let visit = Visit::from_request_parts(parts, dashboard).await?;
        let Some(session) = visit.session else { return Err(Refusal::sign_in(&back)) };
        Member::of(session, visit.caller).ok_or_else(|| Refusal::elsewhere("/"))
    }
}

impl Member {
    /// The person as a member of the organization that they look at; nothing where there is none.
    pub(crate) fn of(session: Session, caller: Caller) -> Option<Member> {
        let Membership { id, name, role } = session.holder.organization.clone()?;
        Some(Member { session, caller, organization: id, organization_name: name, role })
    }

    pub(crate) fn is_admin(&self) -> bool {
        self.role >= Role::Admin
    }

    pub(crate) fn by(&self) -> By {
        let holder = &self.session.holder;
        let address = self.caller.address.map(|address| address.to_string());
        By { actor: Actor::Person(holder.person), name: holder.email.clone(), address }
    }

    /// What the forms of this member's pages carry.
    pub(crate) fn form_token(&self) -> String {
        self.session.form_token(self.organization)
    }

    /// Refuses a form that is not of this session, or that was made while another organization was looked at: what it says is
    /// meant for that one.
    pub(crate) fn check(&self, form_token: &str) -> Result<(), Refusal> {
        match self.session.organization_of_form(form_token) {
            Some(organization) if organization == self.organization => Ok(()),
            Some(_) => {
                let message = format!(
                    "In another tab you went on to another organization, {}, and this form was made for the one before. \
                     Nothing was changed. Switch back at the top left, or load the page again to do it for {0}.",
                    self.organization_name
                );
                Err(Refusal::new(StatusCode::CONFLICT, message))
            }
            None => Err(Refusal::cross_site()),
        }
    }

    /// Refuses what only admins and owners may do.
    pub(crate) fn admin(&self) -> Result<(), Refusal> {
        if self.is_admin() {
            return Ok(());
        }
        Err(Refusal::new(StatusCode::FORBIDDEN, "Only admins and owners of the organization can do this. Ask one of them."))
    }
}

/// Where somebody was who has to sign in first: the page itself, or the one whose form was sent.
fn back(dashboard: &Dashboard, parts: &Parts) -> String {
    let page = if parts.method.is_safe() { path_of(&parts.uri) } else { referring(&parts.headers) };
    let page = page.strip_prefix(dashboard.base().as_str()).unwrap_or(&page).to_owned();
    if is_own_path(&page) { page } else { "/".to_owned() }
}

fn path_of(uri: &Uri) -> String {
    uri.path_and_query().map(|path| path.as_str().to_owned()).unwrap_or_default()
}

/// The page of this host that a request came from.
fn referring(headers: &HeaderMap) -> String {
    let text = |name: axum::http::HeaderName| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let Some(url) = text(REFERER).and_then(|text| Url::parse(text).ok()) else { return String::new() };
    let host = url.as_str().split_once("://").and_then(|(_, rest)| rest.split('/').next());
    if host != text(HOST) {
        return String::new();
    }
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

/// Whether a path leads to a page of ours and nowhere else.
pub(crate) fn is_own_path(path: &str) -> bool {
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    path.starts_with('/') && !path.starts_with("//") && plain && path.len() <= NEXT_LETTERS_MAX && path != SIGN_IN_PATH
}

#[cfg(test)]
mod tests {
    use super::is_own_path;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for (path, own) in [
            ("/", true),
            ("/runs?status=running&cursor=a.b", true),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example", false),
            ("runs", false),
            ("/a b", false),
            ("/a\r\nSet-Cookie:x", false),
            ("", false),
            ("/sign-in", false),
        ] {
            assert_eq!(is_own_path(path), own, "{path}");
        }
        assert!(!is_own_path(&format!("/{}", "a".repeat(3000))));
    }
}
