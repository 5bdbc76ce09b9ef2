//! What stands above every page of somebody who is signed in: the organization, where to go, what can be spent, the way out.

use askama::Template;
use creel_store::{access::sessions::Membership, ledger::Balance};

use crate::{Dashboard, figures::grouped, refusal::Refusal, session::Session};

/// The pages that it leads to.
const WAYS: [(&str, &str); 2] = [("/", "Overview"), ("/billing", "Billing")];

#[derive(Template)]
#[template(path = "bar.html")]
pub(crate) struct Bar {
    base: String,
    pub(crate) form_token: String,
    person: String,
    current: Option<Membership>,
    /// All of the person's, the current one among them.
    organizations: Vec<Membership>,
    /// With separators of thousands.
    available: String,
    /// The path of the page that it stands above.
    here: &'static str,
}

impl Bar {
    pub(crate) async fn new(
        dashboard: &Dashboard,
        session: &Session,
        balance: Option<&Balance>,
        here: &'static str,
    ) -> Result<Bar, Refusal> {
        let holder = &session.holder;
        Ok(Bar {
            base: dashboard.base(),
            form_token: session.csrf_token(),
            person: holder.email.clone(),
            current: holder.organization.clone(),
            organizations: dashboard.store().list_organizations_of(holder.person).await?,
            available: dashboard.shown_credits(balance),
            here,
        })
    }

    fn is_current(&self, organization: &Membership) -> bool {
        self.current.as_ref().is_some_and(|current| current.id == organization.id)
    }

    fn ways(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        WAYS.into_iter()
    }
}

impl Dashboard {
    /// Credits that can be spent. Where nobody pays the number means nothing.
    pub(crate) fn shown_credits(&self, balance: Option<&Balance>) -> String {
        if self.billing.mode() == creel_store::ledger::unmetered::BillingMode::Off {
            return "unlimited".to_owned();
        }
        grouped(balance.map_or(0, |balance| balance.available.0))
    }
}
