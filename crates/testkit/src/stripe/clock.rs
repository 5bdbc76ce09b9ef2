//! The test clock: time moves from one thing that comes due to the next, and everybody who shares the clock lives through it.

use std::{future::Future, pin::Pin, sync::Arc};

use creel_types::Time;

use super::StripeSimulator;

/// What a test does after each thing that happened, for example lets the service under test work.
pub type Tick = Arc<dyn Fn(Time) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

impl StripeSimulator {
    /// After each thing that happens in [`StripeSimulator::advance`], and after its deliveries, this is awaited.
    pub fn on_tick(&self, tick: Tick) {
        *super::lock(&self.0.tick) = Some(tick);
    }

    /// When the next thing comes due by itself: a renewal, a retry, an end, or a delivery.
    #[must_use]
    pub fn next_due(&self) -> Option<Time> {
        let has_carrier = super::lock(&self.0.carrier).is_some();
        let state = self.state();
        let delivery = if has_carrier { state.next_delivery() } else { None };
        let next = state.next_due().map(|(at, _)| at).into_iter().chain(delivery).min()?;
        Some(Time(next * 1000))
    }

    /// Does everything that comes due until `to`, in order, with the shared clock at each instant. A clock that does not listen
    /// (the system's) is not moved: then only what is due by now happens.
    pub async fn advance(&self, to: Time) {
        let _alone = self.0.advancing.lock().await;
        self.settle().await;
        while let Some(next) = self.next_due().filter(|next| *next <= to) {
            if !self.move_clock(next) {
                return;
            }
            self.do_what_is_due();
            self.tick().await;
        }
        self.move_clock(to);
        self.tick().await;
    }

    fn do_what_is_due(&self) {
        let mut state = self.state();
        let due = state.next_due().filter(|(at, _)| *at <= state.now());
        if let Some((_, due)) = due {
            state.happen(&due);
        }
    }

    /// The same for a span of time.
    pub async fn advance_ms(&self, ms: i64) {
        let to = self.now().plus_ms(ms);
        self.advance(to).await;
    }

    /// To the next thing that comes due; whether there was any.
    pub async fn advance_to_next(&self) -> bool {
        match self.next_due() {
            Some(next) => {
                self.advance(next).await;
                true
            }
            None => false,
        }
    }

    #[must_use]
    pub fn now(&self) -> Time {
        self.state().clock.now()
    }

    /// Whether it is that late now.
    fn move_clock(&self, to: Time) -> bool {
        let clock = self.state().clock.clone();
        let ahead = to.ms_since(clock.now());
        if ahead > 0 {
            clock.advance_ms(ahead);
        }
        clock.now() >= to
    }

    async fn tick(&self) {
        self.settle().await;
        let tick = super::lock(&self.0.tick).clone();
        if let Some(tick) = tick {
            tick(self.now()).await;
            self.settle().await;
        }
    }
}
