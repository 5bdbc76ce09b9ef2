//! What Stripe's objects mean for an organization's credits: a pure function of what Stripe has now, so that whatever was told,
//! in whatever order and however often, leads to one answer. Asks nobody and writes nothing.

use std::collections::BTreeMap;

use creel_ledger::Share;
use creel_store::billing::{Alarm, AlarmKind, Bought, NextPlan, PaidLine, Reading, SubscriptionState};
use creel_types::{CREDIT_PACK, Credits, Plan, Time, time::DAY_MS};

use crate::{
    catalogue::{CatalogueEntry, Sold},
    packs::Expiry,
    settings::PurchasedExpire,
    stripe::objects::{Invoice, InvoiceLine, Subscription, SubscriptionItem, SubscriptionSchedule, SubscriptionStatus},
};

/// How long credits live that were bought outside of every cycle, where they should end with one.
const WITHOUT_CYCLE_MS: i64 = 30 * DAY_MS;

/// A customer as Stripe has them now, as far as it counts.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub deleted: bool,
    pub subscriptions: Vec<Subscription>,
    pub schedules: Vec<SubscriptionSchedule>,
    /// Without those of which everything has ended.
    pub invoices: Vec<PaidInvoice>,
    /// The invoice that is to be paid next, if one is open.
    pub open_invoice: Option<Invoice>,
    /// The prices that were met and are ours.
    pub prices: BTreeMap<String, CatalogueEntry>,
}

/// A paid invoice with what became of its money.
#[derive(Clone, Debug)]
pub struct PaidInvoice {
    pub invoice: Invoice,
    /// In the currency's smallest unit, as the rest.
    pub paid: i64,
    /// Refunds, and disputes that were lost.
    pub went_back: i64,
    /// A dispute is open.
    pub disputed: bool,
}

/// What the operator chose.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// How long a period's credits stay after its end, for the payment of the next.
    pub grace_ms: i64,
    pub purchased: PurchasedExpire,
}

#[must_use]
pub fn derive(snapshot: &Snapshot, terms: Terms) -> Reading {
    let deriving = Deriving { snapshot, terms };
    let mut reading = Reading { subscription: deriving.subscription(), deleted: snapshot.deleted, ..Reading::default() };
    for paid in &snapshot.invoices {
        // What cost nothing grants nothing: the first invoice of a trial is paid at once.
        if paid.invoice.total <= 0 {
            continue;
        }
        for line in paid.invoice.lines.data.iter().filter(|line| line.amount > 0) {
            match deriving.line(paid, line) {
                Ok(line) => reading.lines.push(line),
                Err(alarm) => reading.alarms.push(alarm),
            }
        }
    }
    reading.lines.sort_by(|a, b| {
        let key = |line: &PaidLine| (line.starts_at(), line.paid_at);
        key(a).cmp(&key(b)).then_with(|| (&a.invoice, &a.line).cmp(&(&b.invoice, &b.line)))
    });
    reading
}

struct Deriving<'a> {
    snapshot: &'a Snapshot,
    terms: Terms,
}

impl Deriving<'_> {
    fn line(&self, paid: &PaidInvoice, line: &InvoiceLine) -> Result<PaidLine, Alarm> {
        let invoice = &paid.invoice;
        let alarm = |kind, why: &str| alarm(kind, invoice, line, why);
        if line.is_proration() {
            return Err(alarm(
                AlarmKind::Proration,
                "it bills a change in the middle of a period by time, and Creel sells whole periods",
            ));
        }
        let entry = line.price().and_then(|price| self.snapshot.prices.get(price.as_str()));
        let entry = entry.ok_or_else(|| alarm(AlarmKind::UnknownPrice, "its price is not in Creel's catalogue"))?;
        let quantity = line.quantity.unwrap_or(1);
        let quantity_max = entry.kind.quantity_max(CREDIT_PACK);
        if !(1..=quantity_max).contains(&quantity) {
            return Err(alarm(
                AlarmKind::WrongQuantity,
                &format!("its quantity is {quantity}, and 1 to {quantity_max} are sold"),
            ));
        }
        let paid_at = seconds(invoice.status_transitions.paid_at.unwrap_or(invoice.created));
        let (bought, ends_at) = match entry.kind {
            Sold::Plan(plan) => self.plan_line(invoice, line, plan).map_err(|(kind, why)| alarm(kind, why))?,
            Sold::Credits => (Bought::Credits, self.purchase_ends_at(invoice, paid_at)),
        };
        Ok(PaidLine {
            invoice: invoice.id.clone(),
            line: line.id.clone(),
            bought,
            quantity,
            credits: Credits(entry.credits_per_unit.0.saturating_mul(quantity)),
            paid_at,
            ends_at,
            refunded: share_back(paid),
            disputed: paid.disputed,
        })
    }

    fn plan_line(
        &self,
        invoice: &Invoice,
        line: &InvoiceLine,
        plan: Plan,
    ) -> Result<(Bought, Option<Time>), (AlarmKind, &'static str)> {
        let Some(subscription) = invoice.subscription() else {
            return Err((AlarmKind::UnknownPrice, "it is for a plan and belongs to no subscription"));
        };
        if self.is_second(subscription.as_str(), line.period.start) {
            return Err((AlarmKind::SecondSubscription, "the customer had a subscription already"));
        }
        let (starts_at, period_ends_at) = (seconds(line.period.start), seconds(line.period.end));
        let known = self.snapshot.subscriptions.iter().find(|known| known.id == subscription.as_str());
        let grace_ms = if known.is_none_or(|known| ends_with(known, line.period.end)) { 0 } else { self.terms.grace_ms };
        let bought = Bought::Plan { plan, subscription: subscription.to_string(), starts_at, ends_at: period_ends_at };
        Ok((bought, Some(period_ends_at.plus_ms(grace_ms))))
    }

    /// Whether another subscription of the customer was there before this one, and still was at the instant.
    fn is_second(&self, subscription: &str, at: i64) -> bool {
        let all = &self.snapshot.subscriptions;
        let Some(own) = all.iter().find(|known| known.id == subscription) else { return false };
        all.iter().any(|other| {
            let earlier = (other.created, &other.id) < (own.created, &own.id);
            earlier && ever_began(other) && other.ended_at.is_none_or(|end| end > at)
        })
    }

    /// What was said before payment holds, unless the payment came when that was over.
    fn purchase_ends_at(&self, invoice: &Invoice, paid_at: Time) -> Option<Time> {
        let said = invoice.metadata.as_ref().and_then(Expiry::read);
        let said = said.unwrap_or(match self.terms.purchased {
            PurchasedExpire::Days(days) => Expiry::Days(days),
            PurchasedExpire::CycleEnd => Expiry::At(Time(i64::MIN)),
        });
        Some(match said {
            Expiry::Days(days) => paid_at.plus_ms(days.saturating_mul(DAY_MS)),
            Expiry::At(end) if end > paid_at => end,
            Expiry::At(_) => self.cycle_end(paid_at).unwrap_or(paid_at.plus_ms(WITHOUT_CYCLE_MS)),
        })
    }

    /// The end of the paid period that an instant lies in.
    fn cycle_end(&self, at: Time) -> Option<Time> {
        let items = self.snapshot.subscriptions.iter().filter(|known| ever_began(known)).flat_map(|known| &known.items.data);
        let current = items.map(|item| (item.current_period_start, item.current_period_end));
        let lines = self.snapshot.invoices.iter().filter(|paid| paid.invoice.subscription().is_some());
        let billed = lines.flat_map(|paid| &paid.invoice.lines.data).map(|line| (line.period.start, line.period.end));
        let holds = |(start, end): &(i64, i64)| seconds(*start) <= at && at < seconds(*end);
        current.chain(billed).filter(holds).map(|(_, end)| seconds(end)).max()
    }

    /// The subscription that counts: the first that goes on, else the one that ended last.
    fn subscription(&self) -> Option<SubscriptionState> {
        let all = &self.snapshot.subscriptions;
        let live = all.iter().filter(|known| !known.status.is_ended()).min_by_key(|known| (known.created, &known.id));
        let ended = || all.iter().max_by_key(|known| (known.ended_at, known.created, &known.id));
        let known = live.or_else(ended)?;
        let (item, plan) = self.item(known)?;
        let set_to_end = if known.cancel_at_period_end { Some(item.current_period_end) } else { known.cancel_at };
        Some(SubscriptionState {
            id: known.id.clone(),
            status: known.status.as_str().to_owned(),
            plan,
            quantity: item.quantity.unwrap_or(1),
            period_starts_at: seconds(item.current_period_start),
            period_ends_at: seconds(item.current_period_end),
            ends_at: known.ended_at.or(set_to_end).map(seconds),
            next: self.next(known, item),
            pending_until: known.pending_update.as_ref().map(|pending| seconds(pending.expires_at)),
            pay_url: self.snapshot.open_invoice.as_ref().and_then(|invoice| invoice.hosted_invoice_url.clone()),
        })
    }

    /// The item that is a plan of ours, else the first.
    fn item<'s>(&self, subscription: &'s Subscription) -> Option<(&'s SubscriptionItem, Option<Plan>)> {
        let mut items = subscription.items.data.iter();
        let ours = items.clone().find_map(|item| self.plan_of(&item.price.id).map(|plan| (item, Some(plan))));
        ours.or_else(|| items.next().map(|item| (item, None)))
    }

    fn plan_of(&self, price: &str) -> Option<Plan> {
        match self.snapshot.prices.get(price)?.kind {
            Sold::Plan(plan) => Some(plan),
            Sold::Credits => None,
        }
    }

    /// The change that a schedule has for the end of the period.
    fn next(&self, subscription: &Subscription, item: &SubscriptionItem) -> Option<NextPlan> {
        let id = subscription.schedule.as_ref()?;
        let schedule = self.snapshot.schedules.iter().find(|known| known.id == id.as_str())?;
        let phase = schedule.phases.iter().find(|phase| phase.start_date >= item.current_period_end)?;
        let (plan, next) = phase.items.iter().find_map(|next| Some((self.plan_of(next.price.as_str())?, next)))?;
        let quantity = next.quantity.unwrap_or(1);
        let is_change = next.price.as_str() != item.price.id || Some(quantity) != item.quantity;
        is_change.then_some(NextPlan { plan, quantity, at: seconds(phase.start_date) })
    }
}

/// Whether nothing follows the period that ends then.
fn ends_with(subscription: &Subscription, period_end: i64) -> bool {
    let at_period_end = subscription.cancel_at_period_end
        && subscription.items.data.iter().any(|item| item.current_period_end <= period_end);
    subscription.status.is_ended()
        || subscription.ended_at.is_some()
        || at_period_end
        || subscription.cancel_at.is_some_and(|at| at <= period_end)
}

/// One whose first payment never came is none.
fn ever_began(subscription: &Subscription) -> bool {
    !matches!(subscription.status, SubscriptionStatus::Incomplete | SubscriptionStatus::IncompleteExpired)
}

fn share_back(paid: &PaidInvoice) -> Option<Share> {
    Share::new(paid.went_back.min(paid.paid), paid.paid).ok()
}

fn seconds(at: i64) -> Time {
    Time(at.saturating_mul(1_000))
}

fn alarm(kind: AlarmKind, invoice: &Invoice, line: &InvoiceLine, why: &str) -> Alarm {
    let (invoice, line, amount) = (&invoice.id, &line.id, line.amount);
    Alarm {
        kind,
        subject: format!("{invoice}/{line}"),
        message: format!(
            "Invoice {invoice} was paid, and its line {line} over {amount} (smallest unit) granted nothing: {why}. Look at it in \
             Stripe; refund it, or grant what is due with `creel admin grant`."
        ),
    }
}
