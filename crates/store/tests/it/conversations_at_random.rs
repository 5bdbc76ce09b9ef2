//! Random conversations against a naive book: sums of tokens, credits and what is left agree after every step, on both databases.

use creel_store::conversations::{Next, SILENT_MS_MAX};
use creel_types::{Asker, ConversationId, MessageEnd, MessageId, Random, credits_of_tokens};

use crate::{
    conversations::took,
    shop::{Shop, on_both},
};

/// Conversations that live at once.
const TABS: usize = 6;
const STEPS: usize = 600;

/// A message as the naive book has it.
struct Living {
    id: MessageId,
    calls: Vec<(i64, i64)>,
}

impl Living {
    fn tokens(&self) -> i64 {
        self.calls.iter().map(|(prompt, completion)| prompt + completion).sum()
    }
}

struct Tab {
    conversation: ConversationId,
    living: Option<Living>,
}

on_both! {
async fn what_is_debited_is_what_the_calls_took_as_far_as_credits_went(engine) {
    let random = Random::seeded(7);
    let shop = Shop::with_credits(engine, 40).await;
    let asker = Asker::Person(random.id(shop.store.clock.now()));
    let mut tabs = Vec::new();
    for _ in 0..TABS {
        tabs.push(Tab { conversation: shop.conversation(asker).await, living: None });
    }
    let (mut granted, mut spent, mut short) = (40, 0, 0);
    for step in 0..STEPS {
        let at = usize::try_from(random.below(TABS as u64)).unwrap();
        let prompt = 1 + i64::try_from(random.below(2_500)).unwrap();
        let tab = &mut tabs[at];
        match (&mut tab.living, random.below(10)) {
            (_, 0) => {
                shop.store.clock.advance_ms(i64::try_from(random.below(SILENT_MS_MAX.unsigned_abs())).unwrap());
            }
            (_, 1) if random.below(3) == 0 => {
                shop.grant(9, None).await;
                granted += 9;
            }
            (_, 2) => {
                // Every process died; the next one comes when nothing was heard for long enough.
                shop.store.clock.advance_ms(SILENT_MS_MAX);
                shop.store.settle_abandoned_messages().await.unwrap();
                for tab in &mut tabs {
                    let Some(living) = tab.living.take() else { continue };
                    let seen = shop.store.get_message(shop.organization, asker, tab.conversation, living.id).await.unwrap();
                    assert_eq!(seen.end_reason, Some(MessageEnd::Interrupted));
                    assert_eq!(seen.credits_spent + seen.shortfall, credits_of_tokens(living.tokens()));
                    spent += seen.credits_spent.0;
                    short += seen.shortfall.0;
                }
            }
            (None, _) => {
                if let Ok(begun) = shop.ask(asker, tab.conversation, prompt).await {
                    let completion = i64::try_from(random.below(begun.output_tokens.unsigned_abs() + 1)).unwrap();
                    tab.living = Some(Living { id: begun.id, calls: Vec::new() });
                    note(&shop, tab, prompt, completion).await;
                }
            }
            (Some(living), 3..=6) => {
                let id = living.id;
                if let Next::Ask { output_tokens, .. } =
                    shop.store.begin_call(shop.organization, id, prompt, 1_000).await.unwrap()
                {
                    let completion = i64::try_from(random.below(output_tokens.unsigned_abs() + 1)).unwrap();
                    // Now and then an endpoint takes more than it was let.
                    let beyond = if random.below(12) == 0 { 9_000 } else { 0 };
                    note(&shop, tab, prompt, completion + beyond).await;
                }
            }
            (Some(living), _) => {
                let settled = shop.settle(living.id, MessageEnd::Answered).await;
                assert_eq!(settled.credits_spent + settled.shortfall, credits_of_tokens(living.tokens()));
                spent += settled.credits_spent.0;
                short += settled.shortfall.0;
                tab.living = None;
            }
        }
        let balance = shop.store.balance(shop.organization).await.unwrap();
        assert!(balance.available.0 >= 0 && balance.held.0 >= 0, "step {step}");
        assert_eq!(balance.available.0 + balance.held.0, granted - spent, "step {step}");
        if step % 50 == 0 {
            shop.books().await;
        }
    }
    for tab in &mut tabs {
        if let Some(living) = tab.living.take() {
            spent += shop.settle(living.id, MessageEnd::ClientGone).await.credits_spent.0;
        }
    }
    assert_eq!(shop.books().await, (granted - spent, 0), "nothing stays held");
    assert!(spent > 60 && short > 0, "{spent} spent, {short} short: the draw is too tame");
}
}

async fn note(shop: &Shop, tab: &mut Tab, prompt: i64, completion: i64) {
    let living = tab.living.as_mut().unwrap();
    let number = living.calls.len() as i64;
    // As it comes, and whole at the end.
    shop.note(living.id, number, took(prompt, completion / 2)).await;
    shop.note(living.id, number, took(prompt, completion)).await;
    living.calls.push((prompt, completion));
}
