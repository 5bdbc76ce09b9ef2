//! One organization names another's things: it is told just what it would be told of things that nobody has, and of the other
//! one not a single row changes. A look into the source sees to it that no function is forgotten.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    fs,
    path::Path,
};

use creel_ledger::{CreditLimit, Grant, LimitPeriod, LotSource, NewHold, Reference, ReferenceType, Share};
use creel_store::{
    Store, StoreError,
    access::{
        audit::AuditFilter,
        invitations::Sending,
        people::NewPerson,
        sessions::{Browser, Proof},
    },
    args,
    coverage::Coverage,
    database::Engine,
    enrichments::{NewEnrichment, Scope},
    history::RobotHistory,
    idempotency::IdempotencyKey,
    items::{ItemFilter, ItemQuery},
    ledger::{change::ByHand, limits::LimitSubject},
    listing::{CaptureFilter, CaptureQuery},
    notices::NoticeChanges,
    organizations::Start,
    runs::{NewRun, RunSettings},
    schedules::{NewSchedule, ScheduleChanges, ScheduleFilter},
    settle::{ItemsVerdict, MadeItem, Verdict},
    webhooks::{DeliveryFilter, NewWebhook, WebhookChanges, deliver::Standing},
};
use creel_types::{
    ApiKeyId, Asker, BuildId, Cadence, CaptureId, ConversationId, Credits, DeliveryId, EnrichmentId, HoldId, IntervalUnit,
    InvitationId, ItemId, LotId, MessageEnd, MessageId, OrganizationId, PageKind, PersonId, RobotId, Role, RunId,
    ScheduleId, SessionId, WebhookId,
};
use serde_json::json;

use crate::{
    conversations::{asked as asked_in, ended, took},
    enrichments::asked,
    shop::{Shop, on_both, operator},
};

/// Ids of one organization's things, or ids that nobody has.
#[derive(Clone, Copy)]
struct Things {
    robot: RobotId,
    build: BuildId,
    key: ApiKeyId,
    run: RunId,
    capture: CaptureId,
    lot: LotId,
    hold: HoldId,
    schedule: ScheduleId,
    person: PersonId,
    session: SessionId,
    invitation: InvitationId,
    webhook: WebhookId,
    delivery: DeliveryId,
    enrichment: EnrichmentId,
    item: ItemId,
    conversation: ConversationId,
    message: MessageId,
}

impl Things {
    /// In the order of their fields.
    fn ids(&self) -> [String; 17] {
        let Things {
            robot,
            build,
            key,
            run,
            capture,
            lot,
            hold,
            schedule,
            person,
            session,
            invitation,
            webhook,
            delivery,
            enrichment,
            item,
            conversation,
            message,
        } = self;
        let ids: [&dyn ToString; 17] = [
            robot,
            build,
            key,
            run,
            capture,
            lot,
            hold,
            schedule,
            person,
            session,
            invitation,
            webhook,
            delivery,
            enrichment,
            item,
            conversation,
            message,
        ];
        ids.map(ToString::to_string)
    }

    fn of_nobody(store: &Store) -> Things {
        let now = store.clock.now();
        let random = &store.random;
        Things {
            robot: random.id(now),
            build: random.id(now),
            key: random.id(now),
            run: random.id(now),
            capture: random.id(now),
            lot: random.id(now),
            hold: random.id(now),
            schedule: random.id(now),
            person: random.id(now),
            session: random.id(now),
            invitation: random.id(now),
            webhook: random.id(now),
            delivery: random.id(now),
            enrichment: random.id(now),
            item: random.id(now),
            conversation: random.id(now),
            message: random.id(now),
        }
    }
}

/// One of each thing for the shop's organization, its run ended so that it can be restarted.
async fn things(shop: &Shop) -> Things {
    let (store, id) = (&shop.store, shop.organization);
    let robot = shop.robot().await;
    let build = store.list_robot_builds(id, None, 1).await.unwrap()[0].id;
    let (key, _) = crate::shop::owners_key(store, id, "key").await;
    let schedule = store.create_schedule(id, new_schedule(robot), &operator()).await.unwrap().id;
    let lot = shop.grant(50, None).await;
    let hold: HoldId = store.random.id(store.clock.now());
    store.place_hold(id, new_hold(hold)).await.unwrap();
    let limit = CreditLimit::new(Credits(40), LimitPeriod::Month).unwrap();
    store.set_credit_limit(id, LimitSubject::Robot, &robot.to_string(), Some(limit)).await.unwrap();
    let run = shop.start(NewRun { api_key: Some(key), schedule: Some(schedule), ..shop.new_run().await }).await.id;
    let urls = shop.lease(run, 3).await;
    let settled = shop.committer.settle(shop.finished(run, &urls[0])).await.unwrap();
    let Verdict::Stored(capture) = settled else { panic!("{settled:?}") };
    store.stop_run(id, run, &creel_types::By::system()).await.unwrap();
    let person = owner_of(shop).await;
    let (session, _) = store.begin_session(person, &Browser::default(), Proof::Link).await.unwrap();
    let email = "guest@shop.example".parse().unwrap();
    let (invitation, _) = store.create_invitation(id, &email, Role::Member, Sending::ByHand, &operator()).await.unwrap();
    let new = NewWebhook { url: "https://hooks.example/".to_owned(), description: String::new(), events: Vec::new() };
    let webhook = store.create_webhook(id, new, &operator()).await.unwrap().0.id;
    let delivery = store.test_webhook(id, webhook, &operator()).await.unwrap().id;
    store.take_parcel(Standing::Unproven).await.unwrap().unwrap();
    let invitation = invitation.id;
    let (enrichment, item) = enriched(shop, run, capture).await;
    let conversation = shop.conversation(Asker::Person(person)).await;
    let message = shop.ask(Asker::Person(person), conversation, 100).await.unwrap().id;
    Things {
        robot,
        build,
        key,
        run,
        capture,
        lot,
        hold,
        schedule,
        person,
        session,
        invitation,
        webhook,
        delivery,
        enrichment,
        item,
        conversation,
        message,
    }
}

/// An enrichment of the run with an item of its capture.
async fn enriched(shop: &Shop, run: RunId, capture: CaptureId) -> (EnrichmentId, ItemId) {
    let enrichment = shop.enrich(Scope::Run(run)).await;
    shop.work(enrichment, 10).await;
    let filter = ItemFilter { capture: Some(capture), ..ItemFilter::default() };
    let made = shop.store.list_items(shop.organization, &ItemQuery { filter, before: None, limit: 1 }).await.unwrap();
    (enrichment, made[0].id)
}

/// A person who owns the shop's organization.
async fn owner_of(shop: &Shop) -> PersonId {
    let name = format!("owner of {}", shop.organization);
    let email = format!("{}@shop.example", shop.organization).parse().unwrap();
    let new = NewPerson { email, name: name.clone(), password: None };
    shop.store.rename_organization(shop.organization, &name, None, &operator()).await.unwrap();
    let (person, owned) = shop.store.create_owner(&new, &name, Start::Credits(Credits::ZERO), &operator()).await.unwrap();
    assert_eq!(owned.id, shop.organization);
    person.id
}

fn new_schedule(robot: RobotId) -> NewSchedule {
    NewSchedule::every(robot, Cadence { interval_amount: 1, interval_unit: IntervalUnit::Day })
}

fn idempotency_key() -> IdempotencyKey {
    IdempotencyKey { key: "key".to_owned(), request_hash: "hash".to_owned() }
}

fn new_hold(hold: HoldId) -> NewHold {
    let reference = Reference::new(ReferenceType::Message, hold);
    NewHold { hold, amount: Credits(3), live_ms: 60_000, reference, description: String::new() }
}

fn said<T: Debug>(answer: Result<T, StoreError>) -> String {
    answer.map_or_else(|error| format!("refused: {error}"), |answer| format!("{answer:?}"))
}

/// Every function that takes an organization's id and the id of something, with what it says.
async fn name_all(store: &Store, organization: OrganizationId, things: Things) -> Vec<(&'static str, String)> {
    let Things {
        robot,
        build,
        key,
        run,
        capture,
        lot,
        hold,
        schedule,
        person,
        session,
        invitation,
        webhook,
        delivery,
        enrichment,
        item,
        conversation,
        message,
    } = things;
    let who = operator();
    let asker = Asker::Person(person);
    let (by, invoice) = (ByHand { reason: "why", actor: "who" }, || Reference::new(ReferenceType::Invoice, "in_1"));
    let limit = |subject, id: String| async move {
        let limit = CreditLimit::new(Credits(7), LimitPeriod::Cycle).unwrap();
        let set = said(store.set_credit_limit(organization, subject, &id, Some(limit)).await);
        let taken = said(store.set_credit_limit(organization, subject, &id, None).await);
        format!("{set}; {taken}")
    };
    let new_run = || NewRun {
        by: creel_types::By::system(),
        robot,
        api_key: None,
        schedule: None,
        name: None,
        start_urls: Vec::new(),
        settings: RunSettings::default(),
        budget: None,
    };
    let of_robots_schedules = ScheduleFilter { robot: Some(robot), ..ScheduleFilter::default() };
    let of_run = CaptureFilter { run: Some(run), ..CaptureFilter::default() };
    let of_robot = CaptureFilter { robot: Some(robot), ..CaptureFilter::default() };
    let list = |filter| async move {
        said(store.list_captures(organization, &CaptureQuery::newest(filter, 10)).await.map(|page| page.rows))
    };
    let items =
        |filter| async move { said(store.list_items(organization, &ItemQuery { filter, before: None, limit: 9 }).await) };
    let about = |scope| NewEnrichment { scope, ..asked() };
    let (s, all) = (String::new, DeliveryFilter::default());
    vec![
        ("get_robot", said(store.get_robot(organization, robot).await)),
        ("get_robot_with_program", said(store.get_robot_with_program(organization, robot).await)),
        ("rename_robot", said(store.rename_robot(organization, robot, "new name", None, &creel_types::By::system()).await)),
        ("robot_coverage", said(store.robot_coverage(organization, robot).await)),
        ("robot_history", said(store.robot_history(organization, robot).await)),
        ("delete_robot", said(store.delete_robot(organization, robot, true, &creel_types::By::system()).await)),
        ("get_robot_build", said(store.get_robot_build(organization, build).await)),
        ("create_run", said(store.create_run(organization, new_run(), None).await)),
        ("create_run_once", said(store.create_run_once(organization, new_run(), &idempotency_key()).await)),
        ("find_same_run", said(store.find_same_run(organization, &new_run()).await)),
        ("get_run", said(store.get_run(organization, run).await)),
        ("get_run_view", said(store.get_run_view(organization, run).await)),
        ("stop_run", said(store.stop_run(organization, run, &creel_types::By::system()).await)),
        ("restart_run", said(store.restart_run(organization, run, None, None, &creel_types::By::system()).await)),
        ("list_runs", said(store.list_runs(organization, None, Some(robot), None, None, 10).await)),
        ("get_capture", said(store.get_capture(organization, capture).await)),
        ("capture_history", said(store.capture_history(organization, capture).await)),
        ("find_deleted_capture", said(store.find_deleted_capture(organization, capture).await)),
        ("count_listed_captures", said(store.count_listed_captures(organization, &of_run).await)),
        ("list_captures", list(of_run).await),
        ("list_captures", list(of_robot.clone()).await),
        ("capture_figures", said(store.capture_figures(organization, &of_robot).await.map(|found| found.rows))),
        ("delete_capture", said(store.delete_capture(organization, capture, &creel_types::By::system()).await)),
        ("delete_run", said(store.delete_run(organization, run, &creel_types::By::system()).await)),
        ("create_enrichment", said(store.create_enrichment(organization, about(Scope::Run(run)), None).await)),
        (
            "create_enrichment",
            said(store.create_enrichment(organization, about(Scope::Captures(vec![capture])), None).await),
        ),
        ("get_enrichment", said(store.get_enrichment(organization, enrichment).await)),
        ("stop_enrichment", said(store.stop_enrichment(organization, enrichment, &who).await)),
        ("restart_enrichment", said(store.restart_enrichment(organization, enrichment, &who).await)),
        ("list_enrichment_captures", said(store.list_enrichment_captures(organization, enrichment, None, None, 10).await)),
        ("list_enrichments", said(store.list_enrichments(organization, None, Some(run), None, 10).await)),
        ("get_item", said(store.get_item(organization, item).await)),
        ("list_items", items(ItemFilter { run: Some(run), ..ItemFilter::default() }).await),
        ("list_items", items(ItemFilter { enrichment: Some(enrichment), ..ItemFilter::default() }).await),
        ("list_items", items(ItemFilter { capture: Some(capture), ..ItemFilter::default() }).await),
        ("count_item_facets", {
            let filter = ItemFilter { enrichment: Some(enrichment), ..ItemFilter::default() };
            said(store.count_item_facets(organization, &filter).await)
        }),
        ("begin_message", said(store.begin_message(organization, asker, asked_in(conversation, 100)).await)),
        ("begin_call", said(store.begin_call(organization, message, 100, 300).await)),
        ("note_call", said(store.note_call(organization, message, 0, took(1, 1), "", &json!([])).await)),
        ("beat_message", said(store.beat_message(organization, message).await)),
        ("stop_message", said(store.stop_message(organization, asker, conversation).await)),
        ("settle_message", said(store.settle_message(organization, message, ended(MessageEnd::Answered)).await)),
        ("get_message", said(store.get_message(organization, asker, conversation, message).await)),
        ("list_messages", said(store.list_messages(organization, asker, conversation, None, 10).await)),
        ("list_conversations", said(store.list_conversations(organization, asker, None, 10).await)),
        ("get_conversation", said(store.get_conversation(organization, asker, conversation).await)),
        ("note_made", said(store.note_made(organization, asker, conversation, (1, 0), "mine").await)),
        ("rename_conversation", said(store.rename_conversation(organization, asker, conversation, "mine").await)),
        ("delete_conversation", said(store.delete_conversation(organization, asker, conversation, &who).await)),
        (
            "create_schedule_once",
            said(store.create_schedule_once(organization, new_schedule(robot), &who, &idempotency_key()).await),
        ),
        ("create_schedule", said(store.create_schedule(organization, new_schedule(robot), &who).await)),
        ("get_schedule", said(store.get_schedule(organization, schedule).await)),
        ("pause_schedule", said(store.pause_schedule(organization, schedule, &who).await)),
        ("resume_schedule", said(store.resume_schedule(organization, schedule, &who).await)),
        (
            "update_schedule",
            said(store.update_schedule(organization, schedule, ScheduleChanges::default(), None, &who).await),
        ),
        ("delete_schedule", said(store.delete_schedule(organization, schedule, &who).await)),
        ("list_runs", said(store.list_runs(organization, None, None, Some(schedule), None, 10).await)),
        ("list_schedules", said(store.list_schedules(organization, of_robots_schedules, None, 10).await)),
        ("settle_hold", said(store.settle_hold(organization, hold, Credits(1), s()).await)),
        ("release_hold", said(store.release_hold(organization, hold, s()).await)),
        ("revoke_by_hand", said(store.revoke_by_hand(organization, lot, Share::ALL, by).await)),
        ("freeze_lot", said(store.freeze_lot(organization, lot, invoice(), s()).await)),
        ("unfreeze_lot", said(store.unfreeze_lot(organization, lot, invoice(), s()).await)),
        ("set_credit_limit", limit(LimitSubject::ApiKey, key.to_string()).await),
        ("set_credit_limit", limit(LimitSubject::Robot, robot.to_string()).await),
        ("set_credit_limit", limit(LimitSubject::Schedule, schedule.to_string()).await),
        ("get_api_key", said(store.get_api_key(organization, key).await)),
        ("rename_api_key", said(store.rename_api_key(organization, key, "mine", None, &who).await)),
        ("rotate_api_key", said(store.rotate_api_key(organization, key, 60, &who).await)),
        ("revoke_api_key", said(store.revoke_api_key(organization, key, &who).await)),
        ("get_member", said(store.get_member(organization, person).await)),
        ("change_member_role", said(store.change_member_role(organization, person, Role::Member, &who).await)),
        ("remove_member", said(store.remove_member(organization, person, &who).await)),
        ("switch_organization", said(store.switch_organization(session, person, organization).await)),
        ("resend_invitation", said(store.resend_invitation(organization, invitation, Sending::ByMail, &who).await)),
        ("revoke_invitation", said(store.revoke_invitation(organization, invitation, &who).await)),
        ("get_webhook", said(store.get_webhook(organization, webhook).await)),
        ("update_webhook", said(store.update_webhook(organization, webhook, WebhookChanges::default(), None, &who).await)),
        ("rotate_webhook_secret", said(store.rotate_webhook_secret(organization, webhook, 60, &who).await)),
        ("test_webhook", said(store.test_webhook(organization, webhook, &who).await)),
        ("list_webhook_deliveries", said(store.list_webhook_deliveries(organization, webhook, all, None, 10).await)),
        ("get_webhook_delivery", said(store.get_webhook_delivery(organization, webhook, delivery).await)),
        ("replay_webhook_delivery", said(store.replay_webhook_delivery(organization, webhook, delivery, &who).await)),
        ("delete_webhook", said(store.delete_webhook(organization, webhook, &who).await)),
        ("get_notices", said(store.get_notices(organization, person).await)),
        ("change_notices", said(store.change_notices(organization, person, NoticeChanges::default()).await)),
    ]
}

/// Functions that take the id of something new: another's id is refused, an unknown one is taken.
const OF_NEW_THINGS: &[&str] = &["create_conversation", "grant", "place_hold", "settle_items"];

/// Functions that take an organization and nothing that another one could have.
const OF_ALL_THINGS: &[&str] = &[
    "accept_invitation",
    "add_stripe_customer",
    "adjust_down",
    "balance",
    "balance_at",
    "balance_by_day",
    "begin_cycle",
    "bind_request",
    "check_ledger",
    "concurrent_runs",
    "count_customers_of",
    "create_api_key",
    "create_invitation",
    "create_robot_build",
    "create_webhook",
    "request_robot_build",
    "explain_entry",
    "find_answer",
    "find_page",
    "find_robot",
    "find_stripe_customer",
    "find_subscription",
    "forecast",
    "free_request",
    "keep_answer",
    "lease_tokens",
    "list_api_keys",
    "list_audit",
    "list_capture_values",
    "list_credit_limits",
    "list_ended_invoices",
    "list_entries",
    "list_invitations",
    "list_members",
    "list_outbox",
    "list_robot_builds",
    "list_last_runs",
    "list_robots",
    "list_webhooks",
    "payable",
    "plan_in_force",
    "rename_organization",
    "set_up",
    "spendable",
    "statement",
    "subscription_view",
    "usage",
    "verify_ledger",
    "get_organization",
];

/// Everything that belongs to an organization, of every table and column that the database has, as text in one order.
async fn dump(store: &Store, organization: OrganizationId) -> Vec<String> {
    let mut rows = Vec::new();
    for (table, columns) in tables(store).await {
        let of = match table.as_str() {
            "organizations" => "t.id = $1",
            "pages" => "t.run_id IN (SELECT id FROM runs WHERE organization_id = $1)",
            "enrichment_captures" => "t.enrichment_id IN (SELECT id FROM enrichments WHERE organization_id = $1)",
            _ if columns.contains("organization_id") => "t.organization_id = $1",
            // What the installation knows about shops belongs to nobody.
            _ => continue,
        };
        let columns: Vec<String> = columns.iter().map(|column| format!("COALESCE(CAST(t.{column} AS TEXT), '-')")).collect();
        let sql = format!("SELECT {} AS row_text FROM {table} t WHERE {of} ORDER BY row_text", columns.join(" || '|' || "));
        let found = store.database.rows(&sql, args![organization]).await.unwrap();
        rows.extend(found.iter().map(|row| format!("{table}: {}", row.text("row_text").unwrap())));
    }
    for table in [
        "lots",
        "ledger_entries",
        "runs",
        "pages",
        "captures",
        "enrichments",
        "enrichment_captures",
        "items",
        "item_facets",
        "credit_limits",
        "schedules",
        "outbox",
        "holds",
        "conversations",
        "messages",
        "api_keys",
        "memberships",
        "sessions",
        "invitations",
        "audit",
        "webhooks",
        "webhook_deliveries",
        "webhook_attempts",
    ] {
        assert!(rows.iter().any(|row| row.starts_with(table)), "{table} is empty");
    }
    rows
}

async fn tables(store: &Store) -> BTreeMap<String, BTreeSet<String>> {
    let sql = match store.database.engine() {
        Engine::Sqlite => {
            "SELECT m.name AS table_name, c.name AS column_name FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table'"
        }
        Engine::Postgres => {
            "SELECT CAST(table_name AS TEXT) AS table_name, CAST(column_name AS TEXT) AS column_name
             FROM information_schema.columns WHERE table_schema = current_schema()"
        }
    };
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in store.database.rows(sql, vec![]).await.unwrap() {
        tables.entry(row.text("table_name").unwrap()).or_default().insert(row.text("column_name").unwrap());
    }
    tables
}

on_both! {
async fn anothers_things_are_as_good_as_missing(engine) {
    let mut shop = Shop::with_credits(engine, 100).await;
    let one = shop.organization;
    let own = things(&shop).await;
    shop.organization = shop.store.create_organization("other", Start::Credits(Credits(100))).await.unwrap().id;
    let other = shop.organization;
    let others = things(&shop).await;
    // Listed, so that what lists are made from is held against another's ids too.
    assert_eq!(shop.store.follow_captures().await.unwrap().changed, 2);
    let (before, before_one) = (dump(&shop.store, other).await, dump(&shop.store, one).await);
    let nobodys = Things::of_nobody(&shop.store);
    let answers = name_all(&shop.store, one, others).await;
    let missing = name_all(&shop.store, one, nobodys).await;
    for ((name, mut answer), (_, missing)) in answers.into_iter().zip(missing) {
        let nothing = [
            "[]".to_owned(),
            "None".to_owned(),
            "Gone".to_owned(),
            "Some(0)".to_owned(),
            "([], 0)".to_owned(),
            format!("{:?}", RobotHistory::default()),
            format!("{:?}", Coverage::default()),
        ];
        assert!(missing.starts_with("refused") || nothing.contains(&missing), "{name}: {missing}");
        // The id that was asked for is all that differs.
        for (other, nobody) in others.ids().iter().zip(nobodys.ids()) {
            answer = answer.replace(other, &nobody);
        }
        assert_eq!(answer, missing, "{name}");
    }
    take_over(&shop, one, others).await;
    settle_as(&shop, one, others).await;
    assert_eq!(dump(&shop.store, other).await, before, "the other one's rows");
    assert_eq!(dump(&shop.store, one).await, before_one, "the own rows");
    lists_are_apart(&shop.store, one, other, &own, &others).await;
}
}

/// Another's id for something new.
async fn take_over(shop: &Shop, one: OrganizationId, others: Things) {
    let grant = Grant {
        lot: others.lot,
        source: LotSource::Purchase,
        amount: Credits(5),
        expires_at: None,
        reference: Reference::new(ReferenceType::Person, "test"),
        description: String::new(),
        actor: String::new(),
    };
    assert!(shop.store.grant(one, grant).await.is_err());
    assert!(shop.store.place_hold(one, new_hold(others.hold)).await.is_err());
}

/// Pages of another's run, handed over in the own name: open ones and one that is done.
async fn settle_as(shop: &Shop, one: OrganizationId, others: Things) {
    for page in 0..3 {
        let url = format!("https://shop.example/p/{page}");
        let mut page = shop.finished(others.run, &url);
        (page.organization, page.kind) = (one, PageKind::Product);
        assert_eq!(shop.committer.settle(page).await.unwrap(), Verdict::RunEnded);
    }
    let made = MadeItem { capture: others.capture, item: others.item, content: Ok(Box::default()) };
    let settled = shop.store.settle_items(one, others.enrichment, shop.owner, &[made]).await.unwrap();
    assert_eq!(settled, ItemsVerdict::Ended);
}

/// What is asked for without the id of a thing shows the own things alone.
async fn lists_are_apart(store: &Store, one: OrganizationId, other: OrganizationId, own: &Things, others: &Things) {
    let all = |organization| async move {
        let (limit, all) = (100, CaptureQuery::newest(CaptureFilter::default(), 100));
        [
            said(store.list_robots(organization, None, limit).await),
            said(store.list_robot_builds(organization, None, limit).await),
            said(store.list_runs(organization, None, None, None, None, limit).await),
            said(store.list_last_runs(organization, None, limit).await),
            said(store.list_captures(organization, &all).await),
            said(store.list_enrichments(organization, None, None, None, limit).await),
            said(store.list_items(organization, &ItemQuery { filter: ItemFilter::default(), before: None, limit: 9 }).await),
            said(store.count_item_facets(organization, &ItemFilter::default()).await),
            said(store.list_schedules(organization, ScheduleFilter::default(), None, limit).await),
            said(store.list_credit_limits(organization).await),
            said(store.list_entries(organization, 0).await),
            said(store.list_outbox(organization, None).await),
            said(store.list_api_keys(organization, None, limit).await),
            said(store.list_webhooks(organization, None, limit).await),
            said(store.list_members(organization, None, limit).await),
            said(store.list_invitations(organization, None, limit).await),
            said(store.list_audit(organization, &AuditFilter::default(), None, limit).await),
            said(store.balance(organization).await),
            said(store.explain_entry(organization, 4).await),
            said(store.forecast(organization).await),
        ]
        .join("\n")
    };
    let (seen_by_one, seen_by_other) = (all(one).await, all(other).await);
    for (own, others) in own.ids().iter().zip(others.ids()) {
        assert!(!seen_by_one.contains(&others), "{others}");
        assert!(!seen_by_other.contains(own), "{own}");
    }
    assert!(seen_by_one.contains(&own.run.to_string()) && seen_by_other.contains(&others.run.to_string()));
}

/// Names of all functions of the store that take an organization's id.
fn functions() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let text = fs::read_to_string(entry).unwrap();
            for function in text.split("pub async fn ").skip(1) {
                let signature = function.split('{').next().unwrap();
                if signature.contains("&self") && signature.contains("OrganizationId,")
                    || signature.contains("OrganizationId)")
                {
                    names.insert(signature.split(['(', '<']).next().unwrap().to_owned());
                }
            }
        }
    }
    names
}

#[tokio::test]
async fn no_function_that_takes_an_organization_is_forgotten() {
    let shop = Shop::with_credits(Engine::Sqlite, 10).await;
    let nobodys = Things::of_nobody(&shop.store);
    let named = name_all(&shop.store, shop.organization, nobodys).await;
    let known: BTreeSet<String> = named
        .iter()
        .map(|(name, _)| *name)
        .chain(OF_NEW_THINGS.iter().copied())
        .chain(OF_ALL_THINGS.iter().copied())
        .map(str::to_owned)
        .collect();
    let functions = functions();
    assert!(functions.len() > 30, "{functions:?}");
    let forgotten: Vec<_> = functions.difference(&known).collect();
    assert!(forgotten.is_empty(), "say in this file what {forgotten:?} does with another organization's ids");
}

on_both! {
async fn a_page_in_hand_of_anothers_run_is_neither_stored_nor_debited(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let other = shop.store.create_organization("other", Start::Credits(Credits(100))).await.unwrap().id;
    let run = shop.run(None).await.id;
    let urls = shop.lease(run, 2).await;
    for url in &urls {
        let mut page = shop.finished(run, url);
        page.organization = other;
        assert_eq!(shop.committer.settle(page).await.unwrap(), Verdict::RunEnded);
    }
    for organization in [shop.organization, other] {
        assert_eq!(shop.store.balance(organization).await.unwrap().available, Credits(100));
    }
    assert_eq!(crate::shop::stored(&shop.settle_all(run, &urls).await), 2, "they are still in their owner's hands");
    assert_eq!(shop.check(100).await, 2);
}
}
