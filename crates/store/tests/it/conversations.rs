//! Conversations: credits are held before the model is asked, and debited once for the tokens that were noted, whoever dies where;
//! nobody reads another asker's.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use creel_ledger::{CreditLimit, LimitPeriod, Refused};
use creel_store::{
    FailPoints, Store, StoreError,
    conversations::{
        Begun, CallTokens, ConversationCursor, MESSAGE_MS_MAX, MessageView, NewMessage, Next, Noted, SILENT_MS_MAX,
    },
    enrichments::{NewEnrichment, Scope},
    fail_points::PLACES_OF_A_MESSAGE,
    ledger::{limits::LimitSubject, usage::UsageGroup},
    runs::NewRun,
    settle::{EndedMessage, ItemsVerdict, Verdict},
};
use creel_types::{
    Asker, ConversationId, Credits, EnrichmentEnd, MessageEnd, MessageId, MessageStatus, OrganizationId, Time,
};
use serde_json::json;

use crate::{
    enrichments::{asked as asked_to_enrich, work},
    shop::{Shop, on_both, operator, owners_key, stored},
};

/// Tokens of an answer where credits suffice.
const OUTPUT: i64 = 1_000;

pub fn ended(reason: MessageEnd) -> EndedMessage {
    EndedMessage { reason, error: None, answer: "It is 3.".into(), steps: json!([{"name": "get_balance"}]), last_call: None }
}

pub fn took(prompt: i64, completion: i64) -> CallTokens {
    CallTokens { prompt, completion, is_told: true }
}

impl Shop {
    pub fn person(&self) -> Asker {
        Asker::Person(self.store.random.id(self.store.clock.now()))
    }

    pub async fn conversation(&self, asker: Asker) -> ConversationId {
        self.store.create_conversation(self.organization, asker, "").await.unwrap().id
    }

    pub async fn ask(&self, asker: Asker, conversation: ConversationId, prompt: i64) -> Result<Begun, StoreError> {
        self.store.begin_message(self.organization, asker, asked(conversation, prompt)).await
    }

    pub async fn note(&self, message: MessageId, number: i64, tokens: CallTokens) -> Noted {
        self.store.note_call(self.organization, message, number, tokens, "It is", &json!([])).await.unwrap()
    }

    pub async fn settle(&self, message: MessageId, reason: MessageEnd) -> MessageView {
        self.store.settle_message(self.organization, message, ended(reason)).await.unwrap()
    }

    /// What is available and held; the ledger verifies.
    pub async fn books(&self) -> (i64, i64) {
        self.store.verify_ledger(self.organization).await.unwrap().unwrap();
        let balance = self.store.balance(self.organization).await.unwrap();
        (balance.available.0, balance.held.0)
    }
}

pub fn asked(conversation: ConversationId, prompt_tokens: i64) -> NewMessage {
    NewMessage {
        conversation,
        question: "Which shoes\nare cheapest?".into(),
        page: Some("/captures".into()),
        model: "small".into(),
        prompt_tokens,
        output_tokens_max: OUTPUT,
    }
}

on_both! {
async fn a_message_costs_what_its_calls_took_and_not_more(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let asker = shop.person();
    let conversation = shop.conversation(asker).await;
    let mut left = 100;
    for (calls, credits) in [
        (vec![], 0),
        (vec![(0, 0)], 0),
        (vec![(1, 0)], 1),
        (vec![(999, 0)], 1),
        (vec![(900, 100)], 1),
        (vec![(900, 101)], 2),
        (vec![(600, 400), (900, 100)], 2),
        (vec![(300, 200), (900, 100), (500, 1)], 3),
    ] {
        let begun = shop.ask(asker, conversation, 900).await.unwrap();
        assert_eq!((begun.output_tokens, shop.books().await), (OUTPUT, (left - 2, 2)), "held for the worst");
        for (at, (prompt, completion)) in calls.iter().enumerate() {
            if at > 0 {
                let next = shop.store.begin_call(shop.organization, begun.id, *prompt, OUTPUT).await.unwrap();
                assert_eq!(next, Next::Ask { output_tokens: OUTPUT, bound: MessageEnd::InsufficientCredits });
            }
            assert_eq!(shop.note(begun.id, at as i64, took(*prompt, *completion)).await, Noted::GoesOn);
        }
        let settled = shop.settle(begun.id, MessageEnd::Answered).await;
        assert_eq!((settled.credits_spent, settled.shortfall), (Credits(credits), Credits(0)), "{calls:?}");
        assert_eq!((settled.status, settled.answer.as_str()), (MessageStatus::Answered, "It is 3."));
        assert_eq!(settled.prompt_tokens + settled.completion_tokens, calls.iter().map(|(a, b)| a + b).sum::<i64>());
        left -= credits;
        assert_eq!(shop.books().await, (left, 0));
        // Once more changes nothing.
        assert_eq!(shop.settle(begun.id, MessageEnd::ModelFailed).await, settled);
        assert_eq!(shop.books().await, (left, 0));
    }
    let seen = shop.store.get_conversation(shop.organization, asker, conversation).await.unwrap();
    assert_eq!((seen.title.as_str(), seen.message_count, seen.credits_spent), ("Which shoes are cheapest?", 8, Credits(100 - left)));
    let usage = shop.store.usage(shop.organization, UsageGroup::Action, Time(0), Time(i64::MAX)).await.unwrap();
    let of_assistant = usage.iter().find(|row| row.key.as_deref() == Some("assistant")).unwrap();
    assert_eq!((of_assistant.credits, of_assistant.count), (Credits(100 - left), 6));
}
}

on_both! {
async fn what_cannot_pay_a_short_answer_is_not_asked_and_leaves_nothing(engine) {
    let shop = Shop::with_credits(engine, 1).await;
    let asker = shop.person();
    let conversation = shop.conversation(asker).await;
    let refused = shop.ask(asker, conversation, 745).await.unwrap_err();
    let insufficient = Refused::InsufficientCredits { needed: Credits(2), available: Credits(1) };
    assert!(matches!(&refused, StoreError::Refused(refused) if *refused == insufficient), "{refused}");
    assert!(shop.store.list_messages(shop.organization, asker, conversation, None, 10).await.unwrap().is_empty());
    assert_eq!(shop.books().await, (1, 0));
    // The last credit pays what it can.
    let begun = shop.ask(asker, conversation, 700).await.unwrap();
    assert_eq!((begun.output_tokens, shop.books().await), (300, (0, 1)));
    // A second tab finds nothing left, and a second call of the model only what the credit still pays.
    let other = shop.conversation(asker).await;
    assert!(matches!(shop.ask(asker, other, 10).await, Err(StoreError::Refused(_))));
    shop.note(begun.id, 0, took(200, 100)).await;
    let next = shop.store.begin_call(shop.organization, begun.id, 400, OUTPUT).await.unwrap();
    assert_eq!(next, Next::Ask { output_tokens: 300, bound: MessageEnd::InsufficientCredits });
    shop.note(begun.id, 1, took(400, 300)).await;
    let next = shop.store.begin_call(shop.organization, begun.id, 1, OUTPUT).await.unwrap();
    assert_eq!(next, Next::End(MessageEnd::InsufficientCredits));
    let settled = shop.settle(begun.id, MessageEnd::InsufficientCredits).await;
    assert_eq!((settled.status, settled.credits_spent), (MessageStatus::Stopped, Credits(1)));
    assert_eq!(shop.books().await, (0, 0));
}
}

on_both! {
async fn a_model_that_takes_more_than_it_was_let_is_paid_as_far_as_credits_go(engine) {
    let shop = Shop::with_credits(engine, 3).await;
    let asker = shop.person();
    let conversation = shop.conversation(asker).await;
    let begun = shop.ask(asker, conversation, 900).await.unwrap();
    shop.note(begun.id, 0, took(900, 8_000)).await;
    let settled = shop.settle(begun.id, MessageEnd::Answered).await;
    assert_eq!((settled.credits_spent, settled.shortfall), (Credits(3), Credits(6)));
    assert_eq!(shop.books().await, (0, 0));
}
}

on_both! {
async fn one_message_at_a_time_and_a_stop_reaches_it(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let asker = shop.person();
    let conversation = shop.conversation(asker).await;
    let begun = shop.ask(asker, conversation, 500).await.unwrap();
    assert!(matches!(shop.ask(asker, conversation, 500).await, Err(StoreError::Conflict(_))));
    let stop = |asker| shop.store.stop_message(shop.organization, asker, conversation);
    assert!(matches!(stop(shop.person()).await, Err(StoreError::NotFound { .. })), "not somebody else's");
    stop(asker).await.unwrap();
    assert_eq!(shop.note(begun.id, 0, took(500, 10)).await, Noted::StopAsked);
    let next = shop.store.begin_call(shop.organization, begun.id, 500, OUTPUT).await.unwrap();
    assert_eq!(next, Next::End(MessageEnd::StoppedByUser));
    assert_eq!(shop.settle(begun.id, MessageEnd::StoppedByUser).await.credits_spent, Credits(1));
    stop(asker).await.unwrap();
    assert_eq!(shop.note(begun.id, 0, took(5_000, 10)).await, Noted::Gone);
    assert_eq!(shop.store.begin_call(shop.organization, begun.id, 5, OUTPUT).await.unwrap(), Next::Gone);
    assert_eq!(shop.books().await, (99, 0));
    assert!(shop.ask(asker, conversation, 500).await.is_ok());
}
}

on_both! {
async fn a_message_ends_before_its_hold_does(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let asker = shop.person();
    let conversation = shop.conversation(asker).await;
    let begun = shop.ask(asker, conversation, 500).await.unwrap();
    shop.note(begun.id, 0, took(500, 100)).await;
    shop.store.clock.advance_ms(MESSAGE_MS_MAX);
    let next = || shop.store.begin_call(shop.organization, begun.id, 500, OUTPUT);
    assert_eq!(next().await.unwrap(), Next::End(MessageEnd::TooLong));
    // A process that slept through it all settles late: the hold has returned, and what was done is debited all the same.
    shop.store.clock.advance_ms(MESSAGE_MS_MAX);
    shop.store.sweep_due().await.unwrap();
    assert_eq!(shop.books().await, (100, 0));
    assert_eq!(next().await.unwrap(), Next::End(MessageEnd::TooLong));
    assert_eq!(shop.settle(begun.id, MessageEnd::TooLong).await.credits_spent, Credits(1));
    assert_eq!(shop.books().await, (99, 0));
}
}

on_both! {
async fn a_dead_process_leaves_a_message_that_is_ended_with_what_it_took(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let asker = shop.person();
    let conversation = shop.conversation(asker).await;
    let begun = shop.ask(asker, conversation, 500).await.unwrap();
    shop.note(begun.id, 0, took(900, 200)).await;
    shop.store.clock.advance_ms(SILENT_MS_MAX - 1);
    assert_eq!(shop.store.settle_abandoned_messages().await.unwrap().changed, 0);
    assert_eq!(shop.store.beat_message(shop.organization, begun.id).await.unwrap(), Noted::GoesOn);
    shop.store.clock.advance_ms(SILENT_MS_MAX - 1);
    assert_eq!(shop.store.settle_abandoned_messages().await.unwrap().changed, 0, "it was heard of");
    shop.store.clock.advance_ms(1);
    assert_eq!(shop.store.settle_abandoned_messages().await.unwrap().changed, 1);
    assert_eq!(shop.store.settle_abandoned_messages().await.unwrap().changed, 0);
    let seen = shop.store.get_message(shop.organization, asker, conversation, begun.id).await.unwrap();
    assert_eq!((seen.status, seen.end_reason), (MessageStatus::Failed, Some(MessageEnd::Interrupted)));
    assert_eq!((seen.answer.as_str(), seen.credits_spent), ("It is", Credits(2)), "what was noted stays");
    assert_eq!(shop.books().await, (98, 0));
    // Should it live after all, it finds that it is over.
    assert_eq!(shop.note(begun.id, 0, took(5_000, 1)).await, Noted::Gone);
    assert_eq!(shop.settle(begun.id, MessageEnd::Answered).await, seen);
    assert_eq!(shop.books().await, (98, 0));
}
}

/// A whole message with two calls; answers what it came to.
async fn walk(store: &Store, organization: OrganizationId, asker: Asker, conversation: ConversationId) -> MessageView {
    let begun = store.begin_message(organization, asker, asked(conversation, 500)).await.unwrap();
    store.note_call(organization, begun.id, 0, took(500, 700), "", &json!([])).await.unwrap();
    store.begin_call(organization, begun.id, 1_500, OUTPUT).await.unwrap();
    store.note_call(organization, begun.id, 1, took(1_500, 400), "It", &json!([])).await.unwrap();
    store.settle_message(organization, begun.id, ended(MessageEnd::Answered)).await.unwrap()
}

on_both! {
async fn whoever_dies_anywhere_the_ledger_has_what_was_noted_and_nothing_stays_held(engine) {
    let shop = Shop::with_credits(engine, 10_000).await;
    let asker = shop.person();
    let mut left = 10_000;
    for dies_at in 0..=PLACES_OF_A_MESSAGE.len() {
        let conversation = shop.conversation(asker).await;
        let passed = Arc::new(AtomicUsize::new(0));
        let (mut dying, here) = (shop.store.clone(), Arc::clone(&passed));
        dying.fail_points = FailPoints::new(move |place| {
            let at = here.fetch_add(1, Ordering::SeqCst);
            assert_eq!(PLACES_OF_A_MESSAGE.get(at), Some(&place), "place {at}");
            assert!(at != dies_at, "it dies at {place}");
        });
        let organization = shop.organization;
        let walked = tokio::spawn(async move { walk(&dying, organization, asker, conversation).await }).await;
        assert_eq!(walked.is_err(), dies_at < PLACES_OF_A_MESSAGE.len(), "{dies_at}: {walked:?}");
        assert_eq!(passed.load(Ordering::SeqCst), (dies_at + 1).min(PLACES_OF_A_MESSAGE.len()), "every place is passed");
        shop.store.clock.advance_ms(SILENT_MS_MAX);
        shop.store.settle_abandoned_messages().await.unwrap();
        // Nothing noted, one call noted, both: as far as it was written.
        left -= match dies_at {
            0..=8 => 0,
            9..=14 => 2,
            _ => 4,
        };
        assert_eq!(shop.books().await, (left, 0), "it died at {:?}", PLACES_OF_A_MESSAGE.get(dies_at));
    }
}
}

on_both! {
async fn a_limit_on_its_key_bounds_what_is_held_and_counts_what_is_debited(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let (key, _) = owners_key(&shop.store, shop.organization, "agent").await;
    let asker = Asker::Key(key);
    let limit = CreditLimit::new(Credits(3), LimitPeriod::Month).unwrap();
    let set = |limit| shop.store.set_credit_limit(shop.organization, LimitSubject::ApiKey, "", limit);
    assert!(set(Some(limit)).await.is_err(), "no such key");
    let id = key.to_string();
    let set = |limit| shop.store.set_credit_limit(shop.organization, LimitSubject::ApiKey, &id, limit);
    set(Some(limit)).await.unwrap();
    let (one, two) = (shop.conversation(asker).await, shop.conversation(asker).await);
    let first = shop.ask(asker, one, 900).await.unwrap();
    assert_eq!(shop.books().await, (98, 2));
    // Of three credits two are held by the other.
    assert!(matches!(shop.ask(asker, two, 900).await, Err(StoreError::Conflict(_))));
    let second = shop.ask(asker, two, 500).await.unwrap();
    assert_eq!(second.output_tokens, 500);
    shop.note(first.id, 0, took(900, 1_000)).await;
    let next = shop.store.begin_call(shop.organization, first.id, 100, OUTPUT).await.unwrap();
    assert_eq!(next, Next::End(MessageEnd::LimitReached));
    shop.settle(first.id, MessageEnd::LimitReached).await;
    shop.note(second.id, 0, took(500, 1)).await;
    shop.settle(second.id, MessageEnd::Answered).await;
    assert_eq!(shop.books().await, (97, 0));
    assert_eq!(shop.store.list_credit_limits(shop.organization).await.unwrap()[0].spent, Some(Credits(3)));
    assert!(matches!(shop.ask(asker, two, 10).await, Err(StoreError::Conflict(_))));
    // Set anew, it finds in the ledger what messages have cost.
    set(None).await.unwrap();
    set(Some(limit)).await.unwrap();
    assert_eq!(shop.store.list_credit_limits(shop.organization).await.unwrap()[0].spent, Some(Credits(3)));
    shop.books().await;
    let usage = shop.store.usage(shop.organization, UsageGroup::ApiKey, Time(0), Time(i64::MAX)).await.unwrap();
    assert_eq!((usage[0].key.as_deref(), usage[0].credits, usage[0].count), (Some(id.as_str()), Credits(3), 2));
    for group in [UsageGroup::Run, UsageGroup::Robot] {
        let usage = shop.store.usage(shop.organization, group, Time(0), Time(i64::MAX)).await.unwrap();
        assert_eq!((usage[0].key.clone(), usage[0].credits), (None, Credits(3)), "{group}");
    }
    shop.store.forecast(shop.organization).await.unwrap();
}
}

on_both! {
async fn what_messages_of_a_key_hold_is_left_to_them_by_its_captures_and_items(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let (key, _) = owners_key(&shop.store, shop.organization, "agent").await;
    let asker = Asker::Key(key);
    let limit = CreditLimit::new(Credits(6), LimitPeriod::Month).unwrap();
    let on = LimitSubject::ApiKey;
    shop.store.set_credit_limit(shop.organization, on, &key.to_string(), Some(limit)).await.unwrap();
    let spent = async || shop.store.list_credit_limits(shop.organization).await.unwrap()[0].spent.unwrap();
    let run = shop.start(NewRun { api_key: Some(key), ..shop.new_run().await }).await;
    let queued = async || {
        let leased = shop.store.lease_pages(run.id, shop.owner, 9).await.unwrap();
        leased.into_iter().map(|page| page.url).collect::<Vec<_>>()
    };
    let begun = shop.ask(asker, shop.conversation(asker).await, 900).await.unwrap();
    assert_eq!(shop.books().await, (98, 2));
    // Of the six two are held: two captures are paid, the third waits for what the message comes to.
    let urls = shop.lease(run.id, 3).await;
    let mut verdicts = Vec::new();
    for url in &urls {
        verdicts.push(shop.committer.settle(shop.finished(run.id, url)).await.unwrap());
    }
    assert_eq!((stored(&verdicts), verdicts[2]), (2, Verdict::Wait));
    let scope = Scope::Run(run.id);
    let enrichment = shop.new_enrichment(NewEnrichment { scope, api_key: Some(key), ..asked_to_enrich() }).await;
    assert!(matches!(work(&shop.store, shop.owner, enrichment, 9).await, Some(ItemsVerdict::Wait(_))));
    assert_eq!((spent().await, queued().await), (Credits(4), Vec::new()), "it is not asked for meanwhile");
    shop.note(begun.id, 0, took(900, 100)).await;
    shop.settle(begun.id, MessageEnd::Answered).await;
    assert_eq!(spent().await, Credits(5));
    // One is left: an item costs it, a capture more.
    assert_eq!(shop.work(enrichment, 9).await.end_reason, Some(EnrichmentEnd::LimitReached));
    assert_eq!(spent().await, Credits(6));
    let again = queued().await;
    assert_eq!(again, urls[2..], "what was held wakes it");
    assert_eq!(shop.settle_all(run.id, &again).await, [Verdict::LimitReached]);
    assert_eq!((spent().await, shop.books().await), (Credits(6), (94, 0)));
    // People ask without a key: what they hold is no key's.
    let person = shop.person();
    shop.ask(person, shop.conversation(person).await, 900).await.unwrap();
    assert_eq!(spent().await, Credits(6));
}
}

on_both! {
async fn nobody_reads_another_askers_and_a_deleted_one_leaves_its_cost(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let (ann, bob) = (shop.person(), shop.person());
    let (key, _) = owners_key(&shop.store, shop.organization, "agent").await;
    let (store, organization) = (&shop.store, shop.organization);
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(shop.conversation(ann).await);
        shop.store.clock.advance_ms(1);
    }
    let begun = shop.ask(ann, ids[0], 500).await.unwrap();
    shop.note(begun.id, 0, took(500, 10)).await;
    // The last used first, in pages.
    let first = store.list_conversations(organization, ann, None, 2).await.unwrap();
    assert_eq!(first.iter().map(|one| one.id).collect::<Vec<_>>(), [ids[0], ids[2]]);
    let behind = ConversationCursor { updated_at: first[1].updated_at, id: first[1].id };
    let rest = store.list_conversations(organization, ann, Some(behind), 2).await.unwrap();
    assert_eq!(rest.iter().map(|one| one.id).collect::<Vec<_>>(), [ids[1]]);
    for other in [bob, Asker::Key(key)] {
        assert!(store.list_conversations(organization, other, None, 10).await.unwrap().is_empty());
        assert!(store.get_conversation(organization, other, ids[0]).await.is_err());
        assert!(store.get_message(organization, other, ids[0], begun.id).await.is_err());
        assert!(store.list_messages(organization, other, ids[0], None, 10).await.unwrap().is_empty());
        assert!(store.rename_conversation(organization, other, ids[0], "Mine").await.is_err());
        assert!(store.delete_conversation(organization, other, ids[0], &operator()).await.is_err());
        assert!(shop.ask(other, ids[0], 10).await.is_err());
    }
    store.rename_conversation(organization, ann, ids[0], "Shoes").await.unwrap();
    assert_eq!(store.get_conversation(organization, ann, ids[0]).await.unwrap().title, "Shoes");
    store.delete_conversation(organization, ann, ids[0], &operator()).await.unwrap();
    assert!(store.get_conversation(organization, ann, ids[0]).await.is_err());
    assert!(store.delete_conversation(organization, ann, ids[0], &operator()).await.is_err());
    // Its message goes on and hears that it must end; what it says is not kept.
    assert_eq!(shop.note(begun.id, 0, took(500, 600)).await, Noted::StopAsked);
    let settled = shop.settle(begun.id, MessageEnd::StoppedByUser).await;
    assert_eq!((settled.answer.as_str(), settled.question.as_str(), settled.steps), ("", "", json!([])));
    assert_eq!(shop.books().await, (98, 0));
    let entry = store.statement(organization, &creel_store::ledger::StatementFilter::default()).await.unwrap();
    let explained = store.explain_entry(organization, entry[0].sequence).await.unwrap();
    let message = explained.message.unwrap();
    assert_eq!((message.id, message.calls, message.prompt_tokens, message.completion_tokens), (begun.id, 1, 500, 600));
}
}
