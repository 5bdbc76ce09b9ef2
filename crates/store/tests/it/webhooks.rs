//! Events on their way out, with a clock that is moved by hand: each goes once to each endpoint that wants it, in order, is tried again
//! for days, and an endpoint that only fails is given up.

use creel_store::{
    FailPoints,
    access::{audit::AuditFilter, people::NewPerson},
    args,
    fail_points::FANNED_OUT,
    notices::{Notice, NoticeChanges},
    organizations::Start,
    outbox::MessageKind,
    reconcile::Pass,
    runs::NewRun,
    webhooks::{
        Answer, DeliveryFilter, DeliveryStatus, EventKind, NewWebhook, Parcel, Webhook, WebhookChanges, WebhookStatus,
        deliver::{FAILING_MS_MAX, LEASE_MS, Standing, WAITS_MS},
        sweep::DELIVERIES_KEPT_MS,
    },
};
use creel_types::{Credits, EventId, PersonId, RunError, RunErrorCode, Time, WebhookId};
use serde_json::Value;

use crate::shop::{Shop, on_both, operator};

async fn webhook(shop: &Shop, events: &[EventKind]) -> Webhook {
    let new = NewWebhook { url: "https://hooks.example/in?token=t".into(), description: "x".into(), events: events.into() };
    shop.store.create_webhook(shop.organization, new, &operator()).await.unwrap().0
}

async fn fan_out(shop: &Shop) {
    while shop.store.fan_out_events(true).await.unwrap().more {}
}

async fn take(shop: &Shop) -> Option<Parcel> {
    match shop.store.take_parcel(Standing::Proven).await.unwrap() {
        Some(parcel) => Some(parcel),
        None => shop.store.take_parcel(Standing::Unproven).await.unwrap(),
    }
}

fn answered(status: u16) -> Answer {
    Answer { status_code: Some(status), body: Some("said".into()), duration_ms: 5, ..Answer::default() }
}

async fn deliveries(shop: &Shop, webhook: WebhookId) -> Vec<(EventKind, DeliveryStatus, i64)> {
    let all = DeliveryFilter::default();
    let rows = shop.store.list_webhook_deliveries(shop.organization, webhook, all, None, 100).await.unwrap();
    rows.iter().rev().map(|row| (row.event, row.status, row.attempts)).collect()
}

fn sequence(parcel: &Parcel) -> i64 {
    let body: Value = serde_json::from_str(&parcel.body).unwrap();
    body["data"]["sequence"].as_i64().unwrap()
}

on_both! {
async fn each_event_goes_once_to_each_endpoint_that_wants_it_in_order(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let all = webhook(&shop, &[]).await.id;
    let granted = webhook(&shop, &[EventKind::CreditsGranted, EventKind::CreditsGranted]).await;
    assert_eq!(granted.events, [EventKind::CreditsGranted], "each once");
    let none = webhook(&shop, &[EventKind::ChangesDetected]).await.id;
    fan_out(&shop).await;
    for _ in 0..5 {
        // Of two transactions in one millisecond nobody knows which was first.
        shop.store.clock.advance_ms(1);
        shop.grant(10, None).await;
    }
    let other = shop.database.store(shop.store.clock.clone(), shop.store.random.clone()).await;
    let (one, two) = tokio::join!(shop.store.fan_out_events(false), other.fan_out_events(false));
    assert!(!one.unwrap().more && !two.unwrap().more);
    fan_out(&shop).await;
    for id in [all, granted.id] {
        let kinds: Vec<_> = deliveries(&shop, id).await;
        // The starting credits were granted before there was a webhook, and had not been told.
        assert_eq!(kinds.len(), 6, "{kinds:?}");
        assert!(kinds.iter().all(|kind| *kind == (EventKind::CreditsGranted, DeliveryStatus::Pending, 0)), "{kinds:?}");
    }
    assert!(deliveries(&shop, none).await.is_empty());
    let mut seen = std::collections::BTreeMap::<WebhookId, Vec<i64>>::new();
    let (one, two) = (take(&shop).await.unwrap(), take(&shop).await.unwrap());
    assert_ne!(one.webhook, two.webhook);
    assert!(take(&shop).await.is_none(), "each endpoint is taken by one");
    for parcel in [one, two] {
        seen.entry(parcel.webhook).or_default().push(sequence(&parcel));
        shop.store.finish_parcel(&parcel, &answered(204)).await.unwrap();
    }
    while let Some(parcel) = take(&shop).await {
        seen.entry(parcel.webhook).or_default().push(sequence(&parcel));
        shop.store.finish_parcel(&parcel, &answered(204)).await.unwrap();
    }
    assert_eq!(seen.into_values().collect::<Vec<_>>(), [[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]]);
}
}

on_both! {
async fn a_process_that_dies_before_the_commit_has_told_nobody(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    owner(&shop).await;
    let id = webhook(&shop, &[EventKind::RunFailed]).await.id;
    let run = shop.run(None).await.id;
    let error = RunError { code: RunErrorCode::Blocked, message: "blocked".into() };
    shop.store.fail_run(run, shop.owner, &error).await.unwrap();
    let mut dying = shop.database.store(shop.store.clock.clone(), shop.store.random.clone()).await;
    dying.fail_points = FailPoints::new(|place| assert_ne!(place, FANNED_OUT));
    let died = tokio::spawn(async move { dying.fan_out_events(true).await.is_ok() }).await;
    assert!(died.is_err(), "it died there");
    assert!(deliveries(&shop, id).await.is_empty() && mails(&shop).await.is_empty());
    fan_out(&shop).await;
    assert_eq!(deliveries(&shop, id).await.len(), 1);
    assert_eq!(mails(&shop).await.len(), 1);
}
}

on_both! {
async fn an_event_that_commits_late_is_found_all_the_same(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let id = webhook(&shop, &[]).await.id;
    shop.store.clock.advance_ms(1_000);
    shop.grant(10, None).await;
    fan_out(&shop).await;
    let before = deliveries(&shop, id).await.len();
    // Its id and its time are those of before, as of a transaction that was long under way.
    let event: EventId = shop.store.random.id(Time(5));
    let sql = "INSERT INTO outbox (id, organization_id, kind, payload, created_at) VALUES ($1, $2, 'run.completed', '{}', 5)";
    shop.store.database.execute(sql, args![event, shop.organization]).await.unwrap();
    fan_out(&shop).await;
    assert_eq!(deliveries(&shop, id).await.len(), before + 1);
}
}

on_both! {
async fn a_run_tells_its_end_once_however_it_ends(engine) {
    let shop = Shop::with_credits(engine, 5).await;
    let told = async |kind: MessageKind| {
        let rows = shop.store.list_outbox(shop.organization, None).await.unwrap();
        rows.into_iter().filter(|row| row.kind == kind).collect::<Vec<_>>()
    };
    let budget = shop.run(Some(1)).await.id;
    let urls = shop.lease(budget, 2).await;
    shop.settle_all(budget, &urls[..1]).await;
    let completed = told(MessageKind::RunCompleted).await;
    assert_eq!(completed.len(), 1);
    let data = &completed[0].payload;
    assert_eq!((data["run_id"].as_str(), data["extracted"].as_i64()), (Some(budget.to_string().as_str()), Some(1)));
    assert_eq!((data["end_reason"].as_str(), data["credits_spent"].as_i64()), (Some("budget_reached"), Some(2)));
    let error = RunError { code: RunErrorCode::Unreachable, message: "no answer".into() };
    let failed = shop.run(None).await.id;
    assert!(shop.store.fail_run(failed, shop.owner, &error).await.unwrap());
    assert!(!shop.store.fail_run(failed, shop.owner, &error).await.unwrap());
    assert_eq!(told(MessageKind::RunFailed).await[0].payload["error"]["code"], "unreachable");
    let stopped = shop.run(None).await.id;
    assert!(shop.store.stop_run(shop.organization, stopped, &operator()).await.unwrap());
    shop.store.clock.advance_ms(1);
    let dry = shop.run(None).await.id;
    let urls = shop.lease(dry, 3).await;
    shop.settle_all(dry, &urls[..1]).await;
    let completed = told(MessageKind::RunCompleted).await;
    assert_eq!(completed.len(), 2, "stopping is no news");
    assert_eq!(completed[1].payload["end_reason"], "insufficient_credits");
    assert_eq!((completed[1].payload["extracted"].as_i64(), told(MessageKind::RunFailed).await.len()), (Some(1), 1));
}
}

on_both! {
async fn what_fails_is_tried_ten_times_over_days_and_once_more_on_replay(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let id = webhook(&shop, &[EventKind::WebhookTest]).await.id;
    let made = shop.store.test_webhook(shop.organization, id, &operator()).await.unwrap();
    let mut ids = Vec::new();
    for wait in WAITS_MS {
        let parcel = take(&shop).await.unwrap();
        ids.push((parcel.event, parcel.body.clone()));
        shop.store.finish_parcel(&parcel, &answered(500)).await.unwrap();
        assert!(take(&shop).await.is_none());
        shop.store.clock.advance_ms(wait - 1);
        assert!(take(&shop).await.is_none(), "not before {wait} ms");
        shop.store.clock.advance_ms(1 + wait / 10);
    }
    let last = take(&shop).await.unwrap();
    assert!(ids.iter().all(|(event, body)| (event, body) == (&last.event, &last.body)), "always the same event");
    let no_answer = Answer { error: Some("did not answer".into()), duration_ms: 15_000, ..Answer::default() };
    shop.store.finish_parcel(&last, &no_answer).await.unwrap();
    assert_eq!(deliveries(&shop, id).await, [(EventKind::WebhookTest, DeliveryStatus::Failed, 10)]);
    let view = shop.store.get_webhook_delivery(shop.organization, id, made.id).await.unwrap();
    assert_eq!((view.attempt_log.len(), view.attempt_log[0].status_code), (10, Some(500)));
    assert_eq!(view.attempt_log[9].error.as_deref(), Some("did not answer"));
    assert_eq!(view.request_body, last.body);
    assert!(take(&shop).await.is_none());
    shop.store.replay_webhook_delivery(shop.organization, id, made.id, &operator()).await.unwrap();
    let again = take(&shop).await.unwrap();
    assert_eq!((again.event, &again.body), (last.event, &last.body));
    shop.store.finish_parcel(&again, &answered(200)).await.unwrap();
    assert_eq!(deliveries(&shop, id).await, [(EventKind::WebhookTest, DeliveryStatus::Delivered, 11)]);
    assert!(shop.store.get_webhook(shop.organization, id).await.unwrap().failing_since.is_none());
}
}

on_both! {
async fn a_sender_that_dies_is_followed_by_another(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let id = webhook(&shop, &[]).await.id;
    shop.store.test_webhook(shop.organization, id, &operator()).await.unwrap();
    let lost = take(&shop).await.unwrap();
    shop.store.clock.advance_ms(LEASE_MS - 1);
    assert!(take(&shop).await.is_none());
    shop.store.clock.advance_ms(1);
    let second = take(&shop).await.unwrap();
    assert_eq!((second.event, second.delivery), (lost.event, lost.delivery));
    // The first one was only slow: its failure changes nothing that the second one decides.
    shop.store.finish_parcel(&lost, &answered(500)).await.unwrap();
    assert!(take(&shop).await.is_none(), "the second one has it");
    shop.store.finish_parcel(&second, &answered(200)).await.unwrap();
    assert_eq!(deliveries(&shop, id).await, [(EventKind::WebhookTest, DeliveryStatus::Delivered, 2)]);
    // What is given back is due at once.
    let made = shop.store.test_webhook(shop.organization, id, &operator()).await.unwrap();
    let back = take(&shop).await.unwrap();
    shop.store.return_parcel(&back).await.unwrap();
    let again = take(&shop).await.unwrap();
    assert_eq!(again.delivery, made.id);
    let view = shop.store.get_webhook_delivery(shop.organization, id, made.id).await.unwrap();
    assert!(view.attempt_log[0].error.as_deref().unwrap().contains("ended before"));
}
}

/// An owner of the shop's organization.
async fn owner(shop: &Shop) -> PersonId {
    let new = NewPerson { email: "ann@shop.example".parse().unwrap(), name: "Ann".into(), password: None };
    let start = Start::Credits(Credits::ZERO);
    let (person, owned) = shop.store.create_owner(&new, "default", start, &operator()).await.unwrap();
    assert_eq!(owned.id, shop.organization);
    person.id
}

async fn mails(shop: &Shop) -> Vec<(String, Notice)> {
    let mut said = Vec::new();
    while let Some(letter) = shop.store.take_mail().await.unwrap() {
        if let creel_store::access::mails::Content::Notice { notice, .. } = letter.content {
            said.push((letter.to, notice));
        }
        shop.store.mail_sent(letter.id).await.unwrap();
    }
    said
}

on_both! {
async fn an_endpoint_that_only_fails_is_disabled_and_somebody_is_told(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    owner(&shop).await;
    let id = webhook(&shop, &[EventKind::WebhookTest]).await.id;
    let fail = async |status| {
        let made = shop.store.test_webhook(shop.organization, id, &operator()).await.unwrap();
        loop {
            let parcel = take(&shop).await.unwrap();
            shop.store.finish_parcel(&parcel, &answered(status)).await.unwrap();
            let now = shop.store.get_webhook(shop.organization, id).await.unwrap();
            if parcel.delivery == made.id || now.status == WebhookStatus::Disabled {
                return now;
            }
        }
    };
    let first = fail(503).await;
    assert_eq!((first.status, first.failing_since), (WebhookStatus::Active, Some(Time(1_000_000))));
    shop.store.clock.advance_ms(FAILING_MS_MAX - 1);
    // A success begins it anew.
    assert_eq!(fail(200).await.failing_since, None);
    assert_eq!(fail(503).await.status, WebhookStatus::Active);
    shop.store.clock.advance_ms(FAILING_MS_MAX);
    let disabled = fail(503).await;
    assert_eq!((disabled.status, disabled.disabled_reason.unwrap().as_str()), (WebhookStatus::Disabled, "failing"));
    assert!(take(&shop).await.is_none(), "nothing more is sent");
    assert!(shop.store.test_webhook(shop.organization, id, &operator()).await.is_err());
    let lines = shop.store.list_audit(shop.organization, &AuditFilter::default(), None, 50).await.unwrap();
    let line = lines.iter().find(|line| line.action.as_str() == "webhook.disabled").unwrap();
    assert_eq!((line.actor_kind.as_str(), line.target_name.as_str()), ("system", "https://hooks.example"));
    fan_out(&shop).await;
    let place = "https://hooks.example".to_owned();
    let told = [("ann@shop.example".to_owned(), Notice::WebhookDisabled { place, is_gone: false })];
    assert_eq!(mails(&shop).await, told);
    // Made active again it gets what waited; 410 ends it at once.
    let active = WebhookChanges { status: Some(WebhookStatus::Active), ..WebhookChanges::default() };
    let active = shop.store.update_webhook(shop.organization, id, active, None, &operator()).await.unwrap();
    assert_eq!((active.disabled_reason, active.failing_since), (None, None));
    shop.store.clock.advance_ms(2 * WAITS_MS[0]);
    let waited = take(&shop).await.unwrap();
    shop.store.finish_parcel(&waited, &answered(410)).await.unwrap();
    let gone = shop.store.get_webhook(shop.organization, id).await.unwrap();
    assert_eq!((gone.status, gone.disabled_reason.unwrap().as_str()), (WebhookStatus::Disabled, "gone"));
}
}

on_both! {
async fn two_secrets_sign_until_the_overlap_ends(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let new = NewWebhook { url: "https://hooks.example/".into(), description: String::new(), events: Vec::new() };
    let (hook, first) = shop.store.create_webhook(shop.organization, new, &operator()).await.unwrap();
    let rotated = shop.store.rotate_webhook_secret(shop.organization, hook.id, 60, &operator()).await.unwrap();
    let second = rotated.1;
    let sent_with = async || {
        shop.store.test_webhook(shop.organization, hook.id, &operator()).await.unwrap();
        let parcel = take(&shop).await.unwrap();
        shop.store.finish_parcel(&parcel, &answered(200)).await.unwrap();
        parcel.secrets
    };
    assert!(sent_with().await == [second.clone(), first]);
    shop.store.clock.advance_ms(60_000);
    assert!(sent_with().await == [second.clone()]);
    let (_, third) = shop.store.rotate_webhook_secret(shop.organization, hook.id, 0, &operator()).await.unwrap();
    assert!(sent_with().await == [third], "without an overlap at once");
    shop.store.delete_webhook(shop.organization, hook.id, &operator()).await.unwrap();
    let sql = "SELECT secret, previous_secret FROM webhooks";
    let row = shop.store.database.row(sql, args![]).await.unwrap().unwrap();
    assert_eq!((row.text("secret").unwrap(), row.opt_text("previous_secret").unwrap()), (String::new(), None));
}
}

on_both! {
async fn old_deliveries_are_swept_with_their_events_and_endpoints(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let (kept, deleted) = (webhook(&shop, &[]).await.id, webhook(&shop, &[]).await.id);
    shop.grant(1, None).await;
    fan_out(&shop).await;
    shop.store.delete_webhook(shop.organization, deleted, &operator()).await.unwrap();
    let sent = take(&shop).await.unwrap();
    shop.store.finish_parcel(&sent, &answered(200)).await.unwrap();
    shop.store.clock.advance_ms(DELIVERIES_KEPT_MS - 1);
    assert_eq!(shop.store.sweep_webhooks().await.unwrap(), Pass::default());
    assert_eq!(deliveries(&shop, kept).await.len(), 2);
    shop.store.clock.advance_ms(1);
    shop.store.sweep_webhooks().await.unwrap();
    for table in ["webhook_deliveries", "webhook_attempts", "outbox"] {
        let sql = format!("SELECT COUNT(*) AS rows FROM {table}");
        assert_eq!(shop.store.database.row(&sql, args![]).await.unwrap().unwrap().int("rows").unwrap(), 0, "{table}");
    }
    let left = shop.store.database.rows("SELECT id FROM webhooks", args![]).await.unwrap();
    assert_eq!(left.len(), 1);
    assert!(take(&shop).await.is_none(), "nothing is left to send");
}
}

on_both! {
async fn notices_follow_roles_and_wishes_and_come_without_a_storm(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let ann = owner(&shop).await;
    fan_out(&shop).await;
    mails(&shop).await;
    assert!(shop.store.get_notices(shop.organization, ann).await.unwrap().failed_runs, "an owner by default");
    let error = RunError { code: RunErrorCode::Blocked, message: "blocked".into() };
    let fail = async |count: usize| {
        for _ in 0..count {
            let run = shop.start(NewRun { name: Some("nightly".into()), ..shop.new_run().await }).await.id;
            assert!(shop.store.fail_run(run, shop.owner, &error).await.unwrap());
        }
        fan_out(&shop).await;
    };
    let one = |count| vec![("ann@shop.example".to_owned(), Notice::RunsFailed { count, newest: "nightly".into() })];
    fail(3).await;
    assert_eq!(mails(&shop).await, one(3));
    fail(2).await;
    assert!(mails(&shop).await.is_empty(), "not within the hour");
    fail(1).await;
    shop.store.clock.advance_ms(creel_store::notices::HEAP_MS);
    assert_eq!(mails(&shop).await, one(3));
    let off = NoticeChanges { failed_runs: Some(false), ..NoticeChanges::default() };
    let wants = shop.store.change_notices(shop.organization, ann, off).await.unwrap();
    assert!(!wants.failed_runs && wants.credits);
    shop.store.clock.advance_ms(creel_store::notices::HEAP_MS);
    fail(1).await;
    assert!(mails(&shop).await.is_empty());
    // Where no mail is sent, none is written.
    let sql = "SELECT COUNT(*) AS mails FROM mails";
    let count = async || shop.store.database.row(sql, args![]).await.unwrap().unwrap().int("mails").unwrap();
    let before = count().await;
    shop.store.change_notices(shop.organization, ann, NoticeChanges { failed_runs: Some(true), ..off }).await.unwrap();
    let run = shop.run(None).await.id;
    shop.store.fail_run(run, shop.owner, &error).await.unwrap();
    while shop.store.fan_out_events(false).await.unwrap().more {}
    assert_eq!(count().await, before);
}
}

on_both! {
async fn credits_that_run_out_are_told_once_to_each(engine) {
    let shop = Shop::with_credits(engine, 10).await;
    owner(&shop).await;
    fan_out(&shop).await;
    let run = shop.run(None).await.id;
    let urls = shop.lease(run, 5).await;
    shop.settle_all(run, &urls).await;
    fan_out(&shop).await;
    // As if the mark of an event had been lost with a crash, which it cannot.
    shop.store.database.execute("UPDATE outbox SET fanned_out = 0", args![]).await.unwrap();
    fan_out(&shop).await;
    let said: Vec<Notice> = mails(&shop).await.into_iter().map(|(_, notice)| notice).collect();
    let exhausted = said.iter().filter(|notice| matches!(notice, Notice::CreditsExhausted { .. })).count();
    let low = said.iter().filter(|notice| matches!(notice, Notice::CreditsLow { .. })).count();
    assert_eq!((exhausted, low, said.len()), (1, 2, 3), "{said:?}");
}
}

on_both! {
async fn endpoints_that_answered_are_taken_apart_from_all_others(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let (bad, good) = (webhook(&shop, &[]).await.id, webhook(&shop, &[]).await.id);
    for id in [bad, good] {
        shop.store.test_webhook(shop.organization, id, &operator()).await.unwrap();
    }
    for _ in 0..2 {
        assert!(shop.store.take_parcel(Standing::Proven).await.unwrap().is_none());
        let parcel = shop.store.take_parcel(Standing::Unproven).await.unwrap().unwrap();
        let status = if parcel.webhook == bad { 500 } else { 200 };
        shop.store.finish_parcel(&parcel, &answered(status)).await.unwrap();
    }
    shop.store.clock.advance_ms(2 * WAITS_MS[0]);
    shop.store.test_webhook(shop.organization, good, &operator()).await.unwrap();
    assert_eq!(shop.store.take_parcel(Standing::Proven).await.unwrap().unwrap().webhook, good);
    assert!(shop.store.take_parcel(Standing::Proven).await.unwrap().is_none());
    assert_eq!(shop.store.take_parcel(Standing::Unproven).await.unwrap().unwrap().webhook, bad);
}
}
