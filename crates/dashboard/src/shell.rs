//! What stands around every page of somebody who is signed in: the organization, the ways, what can be spent, and what needs
//! attention wherever one is.

use askama::Template;
use creel_store::{
    access::sessions::Membership,
    ledger::{Balance, unmetered::BillingMode},
};
use creel_types::Action;

use crate::{
    Dashboard,
    figures::{Number, grouped},
    member::Member,
    place::{Group, Place},
    refusal::Refusal,
};

pub(crate) struct Shell {
    pub(crate) base: String,
    pub(crate) form_token: String,
    pub(crate) person: String,
    pub(crate) organization: String,
    /// All of the person's, the current one among them.
    pub(crate) organizations: Vec<Membership>,
    current: creel_types::OrganizationId,
    pub(crate) is_admin: bool,
    pub(crate) place: Place,
    pub(crate) available: Available,
    /// Whether questions can be answered: a model is configured.
    pub(crate) answers: bool,
    pub(crate) banner: Option<Banner>,
    /// What was done just now, out of the address; empty mostly.
    pub(crate) done: &'static str,
}

/// Credits that can be spent, as the top of every page shows them.
#[derive(Template)]
#[template(path = "credits.html")]
pub(crate) struct Available {
    base: String,
    /// Nothing where nobody pays: the number means nothing there.
    pub(crate) number: Option<Number>,
    pub(crate) is_low: bool,
    /// Told beside a part of a page, it takes the place of the one at the top.
    follows: bool,
}

impl Available {
    pub(crate) fn of(dashboard: &Dashboard, balance: &Balance) -> Available {
        let pays = dashboard.billing.mode() != BillingMode::Off;
        Available {
            base: dashboard.base(),
            number: pays.then(|| Number::of(balance.available.0)),
            is_low: pays && is_low(balance, dashboard.low_percent),
            follows: false,
        }
    }

    pub(crate) fn following(self) -> Available {
        Available { follows: true, ..self }
    }
}

/// What somebody should know wherever they are.
pub(crate) struct Banner {
    pub(crate) is_urgent: bool,
    pub(crate) text: String,
    pub(crate) path: &'static str,
    pub(crate) way: &'static str,
}

impl Shell {
    pub(crate) async fn new(dashboard: &Dashboard, member: &Member, place: Place) -> Result<Shell, Refusal> {
        let balance = dashboard.store().balance(member.organization).await?;
        Shell::with_balance(dashboard, member, place, &balance).await
    }

    /// The same for a page that has read the balance itself, so that it stands only once.
    pub(crate) async fn with_balance(
        dashboard: &Dashboard,
        member: &Member,
        place: Place,
        balance: &Balance,
    ) -> Result<Shell, Refusal> {
        let holder = &member.session.holder;
        let mode = dashboard.billing.mode();
        Ok(Shell {
            base: dashboard.base(),
            form_token: member.form_token(),
            person: holder.email.clone(),
            organization: member.organization_name.clone(),
            organizations: dashboard.store().list_organizations_of(holder.person).await?,
            current: member.organization,
            is_admin: member.is_admin(),
            place,
            available: Available::of(dashboard, balance),
            answers: dashboard.answers,
            banner: if mode == BillingMode::Off { None } else { banner(balance, place, dashboard.low_percent) },
            done: "",
        })
    }

    /// With what was done just now, said once.
    pub(crate) fn saying(self, done: &'static str) -> Shell {
        Shell { done, ..self }
    }

    pub(crate) fn is_current(&self, organization: &Membership) -> bool {
        organization.id == self.current
    }

    pub(crate) fn groups(&self) -> Vec<Group> {
        self.place.groups()
    }
}

fn is_low(balance: &Balance, low_percent: i64) -> bool {
    i128::from(balance.available.0) * 100 < i128::from(balance.cycle.granted.0) * i128::from(low_percent)
        || balance.available.0 < Action::Extract.price().0
}

fn banner(balance: &Balance, place: Place, low_percent: i64) -> Option<Banner> {
    let (path, way) = ("/billing", if place == Place::Billing { "" } else { "Look at billing" });
    if balance.available.0 + balance.held.0 < Action::Extract.price().0 {
        let text =
            "There are no credits left. Runs have ended and schedules are paused; they go on by themselves when there are \
                    credits again, runs with Restart."
                .to_owned();
        return Some(Banner { is_urgent: true, text, path, way });
    }
    is_low(balance, low_percent).then(|| Banner {
        is_urgent: false,
        text: format!("{} credits are left, less than {low_percent} % of this cycle's.", grouped(balance.available.0)),
        path,
        way,
    })
}

impl Dashboard {
    /// Credits that can be spent. Where nobody pays the number means nothing.
    pub(crate) fn shown_credits(&self, balance: Option<&Balance>) -> String {
        if self.billing.mode() == BillingMode::Off {
            return "unlimited".to_owned();
        }
        grouped(balance.map_or(0, |balance| balance.available.0))
    }
}
