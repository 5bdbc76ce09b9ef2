//! Operations on credits, on both sides.

use creel_ledger::{Grant, LotSource, NewHold, Reference, ReferenceType, Share};
use creel_store::{StoreError, ledger::change::ByHand};
use creel_types::{Credits, HoldId, LotId, Time};

use super::{Pair, Seen, nothing, refusal, seen};
use crate::operations::{Operation, Step};

impl Pair<'_> {
    pub(super) async fn operate_on_credits(&mut self, step: &Step) -> (Seen, Seen) {
        use Operation as O;
        let organization = self.ids[step.who].id;
        match step.operation {
            O::Look => self.look(step.who).await,
            O::Sweep => {
                self.world.sweep();
                let swept = self.store.sweep_due().await.map(|_| ()).map_err(refusal);
                (seen(swept, nothing), Seen::Numbers(Vec::new()))
            }
            O::AdjustDown { amount, says_why } => {
                let by = ByHand { reason: if says_why { "a reason" } else { " " }, actor: "test" };
                let store = self.store.adjust_down(organization, Credits(amount), by).await.map_err(refusal);
                let model = self.world.change(step.who, |organization, now| match says_why {
                    true => organization.credits.take(now, amount),
                    false => Err("reason_missing"),
                });
                (seen(store, nothing), seen(model, nothing))
            }
            O::Grant { amount, lives, by_hand } => self.grant(step.who, None, amount, lives, by_hand).await,
            O::GrantAgain { lot } => {
                let (_, lot) = self.pick(step, lot, |ids| &ids.lots);
                self.grant(step.who, Some(lot), 5, None, true).await
            }
            O::Revoke { lot, part, whole } => self.revoke(step, lot, part, whole).await,
            O::Freeze { lot } => self.freeze(step, lot, true).await,
            O::Unfreeze { lot } => self.freeze(step, lot, false).await,
            _ => self.operate_on_hold(step).await,
        }
    }

    /// The balance as it is asked for, with lots in spending order.
    async fn look(&mut self, who: usize) -> (Seen, Seen) {
        self.world.look(who);
        let balance = self.store.balance(self.ids[who].id).await.unwrap();
        let mut store = vec![balance.available.0, balance.held.0, balance.cycle.granted.0, balance.cycle.spent.0];
        for lot in &balance.lots {
            store.extend([lot.amount.0, lot.remaining.0, lot.expires_at.map_or(i64::MAX, |end| end.0)]);
        }
        let organization = &self.world.organizations[who];
        let credits = &organization.credits;
        // A cycle began with its organization, before anything was granted.
        let mut model = vec![credits.available(), credits.held(), organization.granted(), organization.debited()];
        let mut lots: Vec<usize> = (0..credits.lots.len()).filter(|lot| credits.left(*lot) > 0).collect();
        lots.sort_by_key(|lot| credits.lots[*lot].ends.unwrap_or(i64::MAX));
        for lot in lots {
            model.extend([credits.lots[lot].amount, credits.left(lot), credits.lots[lot].ends.unwrap_or(i64::MAX)]);
        }
        (Seen::Numbers(store), Seen::Numbers(model))
    }

    /// `known`: the id of a lot that may be there already, the organization's own or another's.
    pub(super) async fn grant(
        &mut self,
        who: usize,
        known: Option<LotId>,
        amount: i64,
        lives: Option<i64>,
        by_hand: bool,
    ) -> (Seen, Seen) {
        let lot = known.unwrap_or_else(|| self.fresh());
        let is_taken = self.ids.iter().any(|ids| ids.lots.contains(&lot));
        let ends = lives.map(|lives| self.world.now + lives);
        let grant = Grant {
            lot,
            source: if by_hand { LotSource::Adjustment } else { LotSource::Purchase },
            amount: Credits(amount),
            expires_at: ends.map(Time),
            reference: Reference::new(ReferenceType::Person, "test"),
            description: "a reason".to_owned(),
            actor: "test".to_owned(),
        };
        let store = self.store.grant(self.ids[who].id, grant).await.map_err(refusal);
        let model = self.world.change(who, |organization, now| {
            organization.credits.grant(now, false, amount, ends)?;
            if is_taken { Err("taken") } else { Ok(()) }
        });
        if store.is_ok() {
            self.ids[who].lots.push(lot);
        }
        let store = store.map_err(|word| if word == "lot_exists" { "taken" } else { word });
        (seen(store, nothing), seen(model, nothing))
    }

    async fn revoke(&mut self, step: &Step, lot: usize, part: i64, whole: i64) -> (Seen, Seen) {
        let Ok(share) = Share::new(part, whole) else { return (Seen::Numbers(Vec::new()), Seen::Numbers(Vec::new())) };
        let (own, lot) = self.pick(step, lot, |ids| &ids.lots);
        let by = ByHand { reason: "a refund", actor: "test" };
        let store = self.store.revoke_by_hand(self.ids[step.who].id, lot, share, by).await.map_err(refusal);
        let model = self.world.change(step.who, |organization, now| organization.credits.revoke(now, own, part, whole));
        (
            seen(store, |seen| vec![seen.revoked.0, seen.due.0, seen.shortfall.0]),
            seen(model, |(revoked, owed, short)| vec![revoked, owed, short]),
        )
    }

    async fn freeze(&mut self, step: &Step, lot: usize, frozen: bool) -> (Seen, Seen) {
        let (own, lot) = self.pick(step, lot, |ids| &ids.lots);
        let (id, invoice) = (self.ids[step.who].id, Reference::new(ReferenceType::Invoice, "in_1"));
        let store = if frozen {
            self.store.freeze_lot(id, lot, invoice, "a dispute".to_owned()).await
        } else {
            self.store.unfreeze_lot(id, lot, invoice, "won".to_owned()).await
        };
        let model = self.world.change(step.who, |organization, now| organization.credits.freeze(now, own, frozen));
        (seen(store.map_err(refusal), |moved| vec![moved.0]), seen(model, |moved| vec![moved]))
    }

    async fn operate_on_hold(&mut self, step: &Step) -> (Seen, Seen) {
        let id = self.ids[step.who].id;
        match step.operation {
            Operation::Hold { .. } | Operation::HoldAllBut { .. } => {
                let available = self.world.organizations[step.who].payable(self.world.now).0;
                let (amount, lives) = match step.operation {
                    Operation::Hold { amount, lives } => (amount, lives),
                    Operation::HoldAllBut { leaves, lives } => (available - leaves, lives),
                    _ => unreachable!("no hold"),
                };
                let hold = self.fresh();
                let store = self.place(step.who, hold, amount, lives).await;
                let model = self.world.change(step.who, |organization, now| organization.credits.hold(now, amount, lives));
                if store.is_ok() {
                    self.ids[step.who].holds.push(hold);
                }
                (seen(store.map_err(refusal), nothing), seen(model, nothing))
            }
            Operation::HoldAgain { hold } => {
                let (own, hold) = self.pick(step, hold, |ids| &ids.holds);
                let is_taken = self.ids.iter().any(|ids| ids.holds.contains(&hold));
                let store = self.place(step.who, hold, 1, 5).await.map_err(refusal);
                let model = self.world.change(step.who, |organization, now| {
                    organization.credits.pass(now);
                    if own.is_some() {
                        return Err("hold_exists");
                    }
                    organization.credits.hold(now, 1, 5)?;
                    if is_taken { Err("taken") } else { Ok(()) }
                });
                if store.is_ok() {
                    self.ids[step.who].holds.push(hold);
                }
                (seen(store, nothing), seen(model, nothing))
            }
            Operation::Settle { hold, amount } => {
                let (own, hold) = self.pick(step, hold, |ids| &ids.holds);
                let store = self.store.settle_hold(id, hold, Credits(amount), "an answer".to_owned()).await;
                let model = self.world.change(step.who, |organization, now| organization.credits.settle(now, own, amount));
                (
                    seen(store.map_err(refusal), |seen| vec![seen.debited.0, seen.shortfall.0, i64::from(seen.changed)]),
                    seen(model, |(debited, short, changed)| vec![debited, short, i64::from(changed)]),
                )
            }
            Operation::Release { hold } => {
                let (own, hold) = self.pick(step, hold, |ids| &ids.holds);
                let store = self.store.release_hold(id, hold, "not needed".to_owned()).await;
                let model = self.world.change(step.who, |organization, now| organization.credits.release(now, own));
                let number = |changed| vec![i64::from(changed)];
                (seen(store.map_err(refusal), number), seen(model, number))
            }
            _ => unreachable!("no operation on credits"),
        }
    }

    async fn place(&self, who: usize, hold: HoldId, amount: i64, live_ms: i64) -> Result<(), StoreError> {
        let reference = Reference::new(ReferenceType::Message, hold);
        let hold = NewHold { hold, amount: Credits(amount), live_ms, reference, description: "a question".to_owned() };
        self.store.place_hold(self.ids[who].id, hold).await
    }
}
