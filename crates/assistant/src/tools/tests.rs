//! What holds for every tool: its description is short, its answers are bounded, wrong calls are answered with what is wrong, and
//! another organization's things are as good as missing.

use creel_store::organizations::Start;
use creel_types::{Clock, Credits, Random, Time};
use serde_json::json;

use super::*;

/// Tokens of all descriptions and schemas together: they are paid for with each call of the model.
const TOKENS_MAX: u64 = 3_000;

async fn scope() -> (tempfile::TempDir, Scope) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), Clock::fixed(Time(1_000_000)), Random::seeded(3)).await.unwrap();
    let organization = store.default_organization(Start::Credits(Credits(100))).await.unwrap().id;
    (folder, Scope { store, organization })
}

#[test]
fn all_tools_are_described_shortly_and_closed() {
    let mut tokens = 0;
    for tool in ALL {
        let schema = (tool.schema)();
        tokens += creel_model::count_tokens(&format!("{} {} {schema}", tool.name, tool.description));
        assert_eq!(schema["additionalProperties"], false, "{}", tool.name);
        let properties = schema["properties"].as_object().unwrap();
        for required in schema["required"].as_array().unwrap() {
            assert!(properties.contains_key(required.as_str().unwrap()), "{}: {required}", tool.name);
        }
        assert!(tool.name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'), "{}", tool.name);
    }
    assert!(tokens <= TOKENS_MAX, "{tokens} tokens");
}

#[tokio::test]
async fn wrong_calls_are_answered_with_what_is_wrong() {
    let (_folder, scope) = scope().await;
    for (name, arguments, field) in [
        ("no_such_tool", "{}", "name"),
        ("search_captures", "{", "arguments"),
        ("search_captures", "[]", "arguments"),
        ("search_captures", r#"{"limt": 3}"#, "limt"),
        ("search_captures", r#"{"limit": 51}"#, "limit"),
        ("search_captures", r#"{"limit": "ten"}"#, "limit"),
        ("search_captures", r#"{"filter": {"currency": "Dollar"}}"#, "filter.currency"),
        ("search_captures", r#"{"cursor": "x"}"#, "cursor"),
        ("get_capture", "{}", "arguments"),
        ("get_capture", r#"{"id": "x"}"#, "id"),
        ("list_run_pages", r#"{"run_id": "x"}"#, "run_id"),
        ("draft_run", r#"{"robot_id": 7}"#, "robot_id"),
        ("explain_page", r#"{"url": "no address"}"#, "url"),
        ("get_usage", r#"{"group_by": "week"}"#, "group_by"),
        ("list_statement", r#"{"cursor": "last"}"#, "cursor"),
    ] {
        let answer = call(&scope, name, arguments).await;
        assert!(answer.is_error, "{name} {arguments}: {}", answer.json);
        let error = &answer.json["error"];
        assert_eq!(error["field"], field, "{name} {arguments}: {error}");
        assert!(error["message"].as_str().is_some_and(|says| !says.is_empty()));
    }
    let long = format!(r#"{{"cursor": "{}"}}"#, "x".repeat(ARGUMENTS_BYTES_MAX));
    assert_eq!(call(&scope, "search_captures", &long).await.json["error"]["field"], "arguments");
}

#[tokio::test]
async fn every_tool_answers_an_organization_that_has_nothing() {
    let (_folder, scope) = scope().await;
    for tool in ALL {
        let arguments = match tool.name {
            "explain_page" => json!({"url": "https://shop.example/p/1"}),
            "get_usage" => json!({"group_by": "day"}),
            // What is about one thing finds none.
            "get_capture" | "compare_product" | "list_run_pages" | "draft_run" | "draft_schedule" => continue,
            _ => json!({}),
        };
        let answer = call(&scope, tool.name, &arguments.to_string()).await;
        assert!(!answer.is_error, "{}: {}", tool.name, answer.json);
        // Empty arguments are none.
        if arguments == json!({}) {
            assert_eq!(call(&scope, tool.name, "").await, answer, "{}", tool.name);
        }
    }
}

/// Every argument of a schema that is an id, as a path.
fn ids(schema: &Json) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if name == "id" || name.ends_with("_id") {
            found.push(vec![name.clone()]);
        }
        found.extend(ids(property).into_iter().map(|mut path| {
            path.insert(0, name.clone());
            path
        }));
    }
    found
}

#[tokio::test]
async fn ids_of_another_organization_are_as_good_as_ids_of_nobody() {
    let (_folder, own) = scope().await;
    let other = crate::tools::tests::stocked(&own.store).await;
    let nobody: uuid::Uuid = own.store.random.id(own.store.clock.now());
    let mut tried = 0;
    for tool in ALL {
        for path in ids(&(tool.schema)()) {
            let Some(theirs) = other.iter().find(|(name, _)| name_fits(tool.name, path.last().unwrap(), name)) else {
                panic!("{}: nothing is known to try {path:?} with", tool.name)
            };
            let ask = async |id: &str| {
                let mut arguments = json!(id);
                for name in path.iter().rev() {
                    arguments = json!({ name.as_str(): arguments });
                }
                if tool.name == "draft_schedule" {
                    arguments["cadence"] = json!({"interval_amount": 1, "interval_unit": "day"});
                }
                call(&own, tool.name, &arguments.to_string()).await
            };
            let (seen, missing) = (ask(&theirs.1).await, ask(&nobody.to_string()).await);
            assert_eq!(seen, missing, "{} {path:?}", tool.name);
            let is_empty = missing.json["rows"].as_array().is_some_and(Vec::is_empty);
            assert!(missing.json["error"]["code"] == "not_found" || is_empty, "{}: {}", tool.name, missing.json);
            tried += 1;
        }
    }
    assert!(tried >= 15, "{tried} ids tried");
}

/// Which kind of thing an argument names.
fn name_fits(tool: &str, argument: &str, thing: &str) -> bool {
    match (argument, tool) {
        ("id", "get_capture") => thing == "capture",
        ("id", "list_robots") => thing == "robot",
        ("id", "list_runs") => thing == "run",
        _ => argument == format!("{thing}_id"),
    }
}

/// Another organization that has one of each thing.
pub(crate) async fn stocked(store: &Store) -> Vec<(&'static str, String)> {
    use creel_store::{
        builds::BuildAnswer,
        enrichments::{NewEnrichment, Scope as Captures},
        idempotency::Once,
        runs::{NewRun, RunSettings},
        schedules::NewSchedule,
    };
    use creel_types::{By, Cadence, Country, Host, IntervalUnit, RobotProgram};

    let other = store.create_organization("other", Start::Credits(Credits(100))).await.unwrap().id;
    let url = url::Url::parse("https://shop.example/").unwrap();
    let program = RobotProgram::general(Host::of(&url).unwrap(), Country::US, url.to_string());
    let robot = match store.create_robot_build(other, url.as_str(), &program, false).await.unwrap() {
        BuildAnswer::Robot(robot) => robot,
        BuildAnswer::Build(build) => store.get_robot_build(other, build).await.unwrap().robot_id.unwrap(),
    };
    let new = NewRun {
        by: By::system(),
        robot,
        api_key: None,
        schedule: None,
        name: None,
        start_urls: vec![url.to_string()],
        settings: RunSettings::default(),
        budget: None,
    };
    let run = store.create_run(other, new, None).await.unwrap();
    let daily = NewSchedule::every(robot, Cadence { interval_amount: 1, interval_unit: IntervalUnit::Day });
    let schedule = store.create_schedule(other, daily, &By::system()).await.unwrap().id;
    let capture = captured(store, other, run).await;
    let asked = NewEnrichment {
        by: By::system(),
        api_key: None,
        name: None,
        scope: Captures::Run(run),
        asked: json!({}),
        again: false,
    };
    let (Once::Now(enrichment) | Once::Before(enrichment)) = store.create_enrichment(other, asked, None).await.unwrap();
    vec![
        ("robot", robot.to_string()),
        ("run", run.to_string()),
        ("schedule", schedule.to_string()),
        ("capture", capture),
        ("enrichment", enrichment.to_string()),
    ]
}

/// One capture of a run.
async fn captured(store: &Store, organization: OrganizationId, run: creel_types::RunId) -> String {
    use creel_store::{
        Judge,
        captures::NewCapture,
        pages::{NewPage, PageRole},
        settle::{Committer, FinishedPage, PageResult, Verdict},
    };
    let owner = store.random.id(store.clock.now());
    store.claim_run(run, owner, &Judge::LeaseOnly).await.unwrap().unwrap();
    let url = "https://shop.example/p/1".to_owned();
    let page = NewPage { url: url.clone(), role: PageRole::Page, priority: 0, depth: 0, shape: String::new() };
    store.queue_pages(run, &[page]).await.unwrap();
    store.lease_pages(run, owner, 1).await.unwrap();
    let product = creel_types::Product { title: "A shoe".into(), ..creel_types::Product::default() };
    let new = NewCapture {
        store: "shop.example".into(),
        url: url.clone(),
        page_url: url.clone(),
        stated_canonical: None,
        product,
    };
    let (committer, _task) = Committer::start(store.clone());
    let finished = FinishedPage {
        organization,
        run,
        url,
        owner,
        kind: creel_types::PageKind::Product,
        status_code: Some(200),
        result: PageResult::Capture(Box::new(new)),
    };
    match committer.settle(finished).await.unwrap() {
        Verdict::Stored(id) => id.to_string(),
        verdict => panic!("{verdict:?}"),
    }
}
