//! Plans and credit packs as data: the one place that the API, the dashboard, the docs and the catalogue at Stripe read prices
//! from. Knows nothing of subscriptions.

use crate::{Action, Credits, figures::thousands, time::DAY_MS};

crate::words! {
    /// What an organization may have.
    Plan {
        /// Free, for a while, without a card.
        Trial = "trial",
        Start = "start",
        Scale = "scale",
    }
}

crate::words! {
    /// How somebody is helped.
    Support {
        Email = "email",
        Priority = "priority",
    }
}

/// One plan. Money is whole cents of [`CURRENCY`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanTerms {
    pub plan: Plan,
    pub name: &'static str,
    /// A month of one unit.
    pub unit_price_cents: i64,
    /// Credits of one unit: a month's, or the trial's.
    pub unit_credits: Credits,
    /// How many units one may have.
    pub quantity_max: i64,
    /// Runs at once; `None` for as many as one likes.
    pub concurrent_runs: Option<i64>,
    pub support: Option<Support>,
    /// Days until it ends by itself; a paid plan goes on.
    pub days: Option<i64>,
}

/// All plans, the smallest first.
pub const PLANS: [PlanTerms; 3] = [
    PlanTerms {
        plan: Plan::Trial,
        name: "Trial",
        unit_price_cents: 0,
        unit_credits: Credits(5_000),
        quantity_max: 1,
        concurrent_runs: Some(1),
        support: None,
        days: Some(7),
    },
    PlanTerms {
        plan: Plan::Start,
        name: "Start",
        unit_price_cents: 2_900,
        unit_credits: Credits(10_000),
        quantity_max: 1,
        concurrent_runs: Some(1),
        support: Some(Support::Email),
        days: None,
    },
    PlanTerms {
        plan: Plan::Scale,
        name: "Scale",
        unit_price_cents: 10_000,
        unit_credits: Credits(100_000),
        quantity_max: 10,
        concurrent_runs: None,
        support: Some(Support::Priority),
        days: None,
    },
];

/// What prices are in, as Stripe spells it.
pub const CURRENCY: &str = "usd";

/// A credit pack: the operator may sell other ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackTerms {
    pub price_cents: i64,
    pub credits: Credits,
    pub quantity_max: i64,
}

pub const CREDIT_PACK: PackTerms = PackTerms { price_cents: 2_900, credits: Credits(10_000), quantity_max: 100 };

impl Plan {
    #[must_use]
    pub const fn terms(self) -> &'static PlanTerms {
        match self {
            Plan::Trial => &PLANS[0],
            Plan::Start => &PLANS[1],
            Plan::Scale => &PLANS[2],
        }
    }
}

impl PlanTerms {
    /// Whether it is bought, by the month.
    #[must_use]
    pub const fn is_paid(&self) -> bool {
        self.unit_price_cents > 0
    }

    /// A month of that many units.
    #[must_use]
    pub const fn price_cents(&self, quantity: i64) -> i64 {
        self.unit_price_cents * quantity
    }

    #[must_use]
    pub const fn credits(&self, quantity: i64) -> Credits {
        Credits(self.unit_credits.0 * quantity)
    }

    /// How long it lasts where it ends by itself.
    #[must_use]
    pub fn lasts_ms(&self) -> Option<i64> {
        self.days.map(|days| days * DAY_MS)
    }
}

/// `$29`, `$1,000`, `$29.50`: cents as people read them.
#[must_use]
pub fn price_text(cents: i64) -> String {
    let (dollars, rest) = (grouped(cents / 100), cents % 100);
    if rest > 0 { format!("${dollars}.{rest:02}") } else { format!("${dollars}") }
}

fn grouped(number: i64) -> String {
    thousands(number.unsigned_abs())
}

/// The reference of plans and prices, in Markdown.
#[must_use]
pub fn reference() -> String {
    let mut page = include_str!("plan.md").to_owned();
    page += "\n## Plans\n\n| plan | price a month | credits a month | runs at once | support |\n| --- | --- | --- | --- | --- |\n";
    for terms in &PLANS {
        let (most, unit) = (terms.quantity_max, price_text(terms.unit_price_cents));
        let price = match terms.days {
            Some(days) => format!("free for {days} days, no card"),
            None if most == 1 => unit,
            None => format!("{unit} to {}, in steps of {unit}", price_text(terms.price_cents(most))),
        };
        let credits = grouped(terms.unit_credits.0);
        let credits = if most == 1 { credits } else { format!("{credits} to {}", grouped(terms.credits(most).0)) };
        let runs = terms.concurrent_runs.map_or_else(|| "unlimited".to_owned(), |runs| runs.to_string());
        let support = terms.support.map_or("", Support::as_str);
        page += &format!("| {} | {price} | {credits} | {runs} | {support} |\n", terms.name);
    }
    let PackTerms { price_cents, credits, quantity_max } = CREDIT_PACK;
    page += &format!(
        "\n## Credit packs\n\n{} for {} credits, 1 to {quantity_max} at once, only with a plan. The operator may sell other packs.\n",
        price_text(price_cents),
        grouped(credits.0)
    );
    page += "\n## What credits are spent on\n\n| action | credits | per |\n| --- | --- | --- |\n";
    for action in Action::ALL {
        let name = format!("{action:?}").to_lowercase();
        page += &format!("| {name} | {} | {} |\n", action.price(), action.unit());
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_one_that_was_promised() {
        assert!(Plan::ALL.iter().all(|plan| plan.terms().plan == *plan));
        let (start, scale) = (Plan::Start.terms(), Plan::Scale.terms());
        assert_eq!((start.price_cents(1), start.credits(1), start.concurrent_runs), (2_900, Credits(10_000), Some(1)));
        assert_eq!((scale.price_cents(1), scale.price_cents(scale.quantity_max)), (10_000, 100_000));
        assert_eq!(
            (scale.credits(1), scale.credits(10), scale.concurrent_runs),
            (Credits(100_000), Credits(1_000_000), None)
        );
        assert_eq!((Plan::Trial.terms().credits(1), Plan::Trial.terms().lasts_ms()), (Credits(5_000), Some(604_800_000)));
    }

    #[test]
    fn prices_are_written_as_people_read_them() {
        for (cents, text) in
            [(0, "$0"), (2_900, "$29"), (2_950, "$29.50"), (5, "$0.05"), (100_000, "$1,000"), (123_456_789, "$1,234,567.89")]
        {
            assert_eq!(price_text(cents), text);
        }
    }
}
