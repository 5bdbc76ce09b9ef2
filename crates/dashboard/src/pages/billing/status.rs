//! Where an organization stands with its plan, in sentences: what holds now, what comes, and what somebody has to do.

use creel_store::billing::{SubscriptionView, subscription::StripeSubscriptionView};
use creel_types::{Plan, Time, plan::price_text, time::DAY_MS};

use crate::figures::{count, grouped, instant};

/// A sentence, and whether somebody has to do something.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) text: String,
    pub(crate) is_urgent: bool,
    /// Where an invoice can be paid; empty where there is none.
    pub(crate) pay_url: String,
}

fn calm(text: impl Into<String>) -> Sentence {
    Sentence { text: text.into(), is_urgent: false, pay_url: String::new() }
}

fn urgent(text: impl Into<String>, own: &StripeSubscriptionView) -> Sentence {
    Sentence { text: text.into(), is_urgent: true, pay_url: own.pay_url.clone().unwrap_or_default() }
}

/// Where the organization stands, at `now`.
pub(crate) fn status(view: &SubscriptionView, now: Time) -> Vec<Sentence> {
    let mut said = Vec::new();
    let own = view.subscription.as_ref();
    match own {
        Some(own) if own.is_live => said.extend(live(own, view.plan, now)),
        Some(own) if view.plan != Some(Plan::Trial) => said.push(ended(own, view, now)),
        _ => said.push(calm(without_subscription(view, now))),
    }
    if let Some(next) = own.and_then(|own| own.next).filter(|next| next.at > now) {
        let terms = next.plan.terms();
        let (name, credits, price) =
            (terms.name, grouped(terms.credits(next.quantity).0), price_text(terms.price_cents(next.quantity)));
        said.push(calm(format!("On {} it becomes {name}: {credits} credits for {price} a month.", instant(next.at))));
    }
    if let Some((own, until)) = own.and_then(|own| own.pending_until.map(|until| (own, until))).filter(|(_, at)| *at > now) {
        let text =
            format!("A larger plan waits for its payment until {}. Until it is paid, nothing changes.", instant(until));
        said.push(urgent(text, own));
    }
    said
}

fn without_subscription(view: &SubscriptionView, now: Time) -> String {
    match &view.trial {
        Some(trial) if trial.ends_at > now => {
            let days = (trial.ends_at.ms_since(now) + DAY_MS - 1) / DAY_MS;
            let left = count(days, "day");
            format!("Trial: {left} left, until {}. It ends by itself; no card is asked for.", instant(trial.ends_at))
        }
        Some(trial) => format!("The trial ended on {}. Subscribe to a plan to go on.", instant(trial.ends_at)),
        None => "No plan yet.".to_owned(),
    }
}

fn live(own: &StripeSubscriptionView, paid: Option<Plan>, now: Time) -> Option<Sentence> {
    let until = instant(own.period_ends_at);
    Some(match own.status.as_str() {
        "active" => match own.ends_at.filter(|end| *end > now) {
            Some(end) => calm(format!("Active until {}; then it ends, as somebody asked for.", instant(end))),
            None if paid.is_none() => calm("Active. Credits come as soon as the payment is confirmed."),
            None => calm(format!("Active. The next month begins on {until}.")),
        },
        "trialing" => calm(format!("A trial at Stripe, until {until}. Credits come with the first payment.")),
        "past_due" => urgent(
            "The last payment failed, and Stripe tries it again. Pay it or change the card: until then there are no new credits.",
            own,
        ),
        "unpaid" => urgent("Several payments failed and Stripe does not try again. Pay the open invoice to go on.", own),
        "incomplete" => urgent("The first payment is not complete. Complete it to begin.", own),
        "paused" => urgent("Paused, since there is no card. Add one in the portal to go on.", own),
        other => calm(format!("Stripe calls the subscription {other:?}.")),
    })
}

fn ended(own: &StripeSubscriptionView, view: &SubscriptionView, now: Time) -> Sentence {
    if own.status == "incomplete_expired" {
        return calm("The first payment was never completed, so nothing began. Subscribe again to go on.");
    }
    let end = own.ends_at.unwrap_or(own.period_ends_at);
    match view.plan_ends_at.filter(|at| *at > now) {
        Some(at) => calm(format!("The subscription has ended; what is paid for lasts until {}.", instant(at))),
        None => calm(format!("The subscription ended on {}. Subscribe to a plan to go on.", instant(end))),
    }
}

#[cfg(test)]
mod tests {
    use creel_store::billing::subscription::{NextPlanView, TrialView};

    use super::*;

    const NOW: &str = "2026-01-10T12:00:00Z";

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn none() -> SubscriptionView {
        SubscriptionView {
            plan: None,
            quantity: None,
            credits: None,
            concurrent_runs: None,
            plan_ends_at: None,
            trial: None,
            subscription: None,
            has_portal: false,
        }
    }

    fn own(status: &str, is_live: bool) -> StripeSubscriptionView {
        StripeSubscriptionView {
            status: status.to_owned(),
            is_live,
            period_starts_at: at("2026-01-01T00:00:00Z"),
            period_ends_at: at("2026-02-01T00:00:00Z"),
            ends_at: None,
            next: None,
            pending_until: None,
            pay_url: Some("https://invoice.example/1".to_owned()),
            as_of: at(NOW),
        }
    }

    fn said(view: &SubscriptionView) -> String {
        let all: Vec<String> = status(view, at(NOW)).into_iter().map(|one| one.text).collect();
        all.join(" ")
    }

    #[test]
    fn trials_count_their_days() {
        let trial = |ends: &str| TrialView {
            started_at: at("2026-01-04T12:00:00Z"),
            ends_at: at(ends),
            is_over: at(ends) <= at(NOW),
        };
        for (ends, says) in [
            ("2026-01-17T12:00:00Z", "Trial: 7 days left, until 2026-01-17, 12:00 UTC."),
            ("2026-01-10T12:00:01Z", "Trial: 1 day left"),
            ("2026-01-10T12:00:00Z", "The trial ended on 2026-01-10, 12:00 UTC."),
        ] {
            let view = SubscriptionView { trial: Some(trial(ends)), ..none() };
            assert!(said(&view).contains(says), "{}", said(&view));
        }
        assert_eq!(said(&none()), "No plan yet.");
    }

    #[test]
    fn every_state_of_a_subscription_is_told() {
        for (word, is_live, plan, says) in [
            ("active", true, Some(Plan::Start), "Active. The next month begins on 2026-02-01"),
            ("active", true, None, "as soon as the payment is confirmed"),
            ("trialing", true, Some(Plan::Trial), "A trial at Stripe"),
            ("past_due", true, Some(Plan::Start), "The last payment failed, and Stripe tries it again."),
            ("unpaid", true, None, "Several payments failed"),
            ("incomplete", true, None, "The first payment is not complete."),
            ("incomplete_expired", false, None, "never completed"),
            ("paused", true, None, "Paused"),
            ("canceled", false, None, "The subscription ended on 2026-02-01"),
            ("newer", true, None, "Stripe calls the subscription \"newer\"."),
        ] {
            let view = SubscriptionView { plan, subscription: Some(own(word, is_live)), ..none() };
            assert!(said(&view).contains(says), "{word}: {}", said(&view));
        }
    }

    #[test]
    fn what_comes_is_told_too() {
        let end = StripeSubscriptionView { ends_at: Some(at("2026-02-01T00:00:00Z")), ..own("active", true) };
        let view = SubscriptionView { plan: Some(Plan::Start), subscription: Some(end), ..none() };
        assert!(said(&view).contains("Active until 2026-02-01, 00:00 UTC; then it ends"), "{}", said(&view));
        let next = NextPlanView { plan: Plan::Scale, quantity: 2, at: at("2026-02-01T00:00:00Z") };
        let waits = StripeSubscriptionView {
            next: Some(next),
            pending_until: Some(at("2026-01-11T00:00:00Z")),
            ..own("active", true)
        };
        let view = SubscriptionView { plan: Some(Plan::Scale), subscription: Some(waits), ..none() };
        assert!(said(&view).contains("it becomes Scale: 200,000 credits for $200 a month."), "{}", said(&view));
        let pay = status(&view, at(NOW)).pop().unwrap();
        assert!(pay.is_urgent && pay.text.contains("waits for its payment until 2026-01-11") && !pay.pay_url.is_empty());
        // What is paid for outlives a subscription that ended.
        let over = StripeSubscriptionView { ends_at: Some(at("2026-01-09T00:00:00Z")), ..own("canceled", false) };
        let view = SubscriptionView {
            plan: Some(Plan::Start),
            plan_ends_at: Some(at("2026-02-01T00:00:00Z")),
            subscription: Some(over),
            ..none()
        };
        assert!(said(&view).contains("what is paid for lasts until 2026-02-01"), "{}", said(&view));
    }
}
