//! `/enrichments/new?run_id=&capture_id=&<filters of captures>`: which captures become items, how many they are and what that costs
//! at most, and then the enrichment. What is refused stands beside its field, and what was typed stays.

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};
use creel_store::listing::CaptureFilter;
use creel_types::CaptureId;
use serde_json::{Map, Value, json};
use url::form_urlencoded::{Serializer, parse};
use uuid::Uuid;

use super::preview::{Preview, preview};
use crate::{
    Dashboard,
    form::{Choice, Field, Sent, problem},
    member::Member,
    page::{go, render},
    pages::{
        captures::{
            asked::Asked,
            filters::{Filters, filters},
        },
        runs::choices::run_choices,
    },
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

/// Names of the fields, beside those of the filters of captures.
const FIELDS: [&str; 4] = ["scope", "run", "again", "name"];
const FILTER_FIELDS: [&str; 10] =
    ["q", "store", "brand", "robot_id", "available", "currency", "min_price", "max_price", "from", "to"];

/// What somebody typed or followed a link with.
struct Typed {
    form_token: String,
    once: String,
    step: String,
    /// `run`, `filter` or `capture`.
    scope: String,
    run: String,
    capture: String,
    again: bool,
    name: String,
    filter: Asked,
}

impl Typed {
    fn read(pairs: &[(String, String)]) -> Typed {
        let get = |name: &str| {
            let of_name = pairs.iter().find(|(known, _)| known == name);
            of_name.map_or_else(String::new, |(_, value)| value.trim().to_owned())
        };
        let filter = Asked::read(&Serializer::new(String::new()).extend_pairs(pairs).finish());
        let (run, capture, scope) = (get("run"), get("capture_id"), get("scope"));
        // A link names a run alone, or a run among other filters.
        let by_run_alone = filter.filters().count() == 1 && !filter.get("run_id").is_empty();
        let run = if run.is_empty() && by_run_alone && scope.is_empty() { filter.get("run_id").to_owned() } else { run };
        let scope = match scope.as_str() {
            "run" | "filter" | "capture" => scope,
            _ if !capture.is_empty() => "capture".to_owned(),
            _ if by_run_alone || !filter.is_filtered() => "run".to_owned(),
            _ => "filter".to_owned(),
        };
        Typed {
            form_token: get("form_token"),
            once: get("once"),
            step: get("step"),
            scope,
            run,
            capture,
            again: get("again") == "true",
            name: get("name"),
            filter,
        }
    }

    /// The body that the API takes: what was left empty is not said.
    fn body(&self) -> Result<Value, Refusal> {
        let mut body = Map::new();
        let (name, scope) = match self.scope.as_str() {
            "run" if self.run.is_empty() => return Err(Refusal::at_field("run", "Choose a run.")),
            "run" => ("run_id", json!(self.run)),
            "capture" => ("capture_ids", json!([self.capture])),
            _ => ("filter", filter_body(&self.filter)?),
        };
        body.insert(name.to_owned(), scope);
        body.insert("again".to_owned(), json!(self.again));
        if !self.name.is_empty() {
            body.insert("name".to_owned(), json!(self.name));
        }
        Ok(Value::Object(body))
    }

    /// The captures as a list of them would ask for them; nothing for one capture.
    fn captures(&self) -> Result<Option<CaptureFilter>, Refusal> {
        match self.scope.as_str() {
            "capture" => Ok(None),
            "run" => {
                let run = self.run.parse().map_err(|_| Refusal::at_field("run", "Choose a run."))?;
                Ok(Some(CaptureFilter { run: Some(run), ..CaptureFilter::default() }))
            }
            _ => self.filter.filter().map(Some),
        }
    }
}

/// The filter as a part of a body, once every part of it can be meant.
fn filter_body(asked: &Asked) -> Result<Value, Refusal> {
    asked.filter()?;
    let query = asked.api_query(&[]);
    let pairs = parse(query.trim_start_matches('?').as_bytes()).filter(|(name, _)| name != "sort");
    let value = |name: &str, text: &str| match name {
        "min_price" | "max_price" => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        "available" => json!(text == "true"),
        "currency" => json!(text.to_uppercase()),
        _ => json!(text),
    };
    Ok(Value::Object(pairs.map(|(name, text)| (name.to_string(), value(&name, &text))).collect()))
}

#[derive(Template)]
#[template(path = "enrichments/new.html")]
struct NewEnrichmentPage {
    shell: Shell,
    once: String,
    problem: String,
    is_unpaid: bool,
    scope: String,
    /// The capture that it is about, where it is about one.
    capture: Option<(String, String)>,
    run: Field,
    filters: Filters,
    further: Vec<Field>,
    preview: Option<Preview>,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let pairs: Vec<(String, String)> = parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let typed = Typed::read(&pairs);
    let is_chosen = typed.scope != "run" || !typed.run.is_empty();
    // Whoever comes by a button sees at once what it would cost.
    match if is_chosen { preview(&dashboard, &member, typed.captures(), typed.again).await.map(Some) } else { Ok(None) } {
        Ok(preview) => Ok(render(&page(&dashboard, &member, &typed, None, preview).await?)),
        Err(refusal) if refusal.field.is_some() => {
            Ok(refusal.with(render(&page(&dashboard, &member, &typed, Some(&refusal), None).await?)))
        }
        Err(refusal) => Err(refusal),
    }
}

pub(crate) async fn submit(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Refusal> {
    let typed = Typed::read(&pairs);
    member.check(&typed.form_token)?;
    if typed.step == "preview" {
        return match preview(&dashboard, &member, typed.captures(), typed.again).await {
            Ok(preview) => Ok(render(&page(&dashboard, &member, &typed, None, Some(preview)).await?)),
            Err(refusal) => Ok(refusal.with(render(&page(&dashboard, &member, &typed, Some(&refusal), None).await?))),
        };
    }
    let made = match typed.body() {
        Ok(body) => dashboard.api.post_once(&member, "/v1/enrich/enrichments", &typed.once, &body).await,
        Err(refusal) => Err(refusal),
    };
    match made {
        Ok(value) => {
            let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
            Ok(go(&format!("{}/enrichments/{id}?done=made", dashboard.base()), &[]))
        }
        Err(refusal) => {
            let refusal = renamed(&refusal);
            Ok(refusal.with(render(&page(&dashboard, &member, &typed, Some(&refusal), None).await?)))
        }
    }
}

/// Where the API names a field otherwise than the form.
fn renamed(refusal: &Refusal) -> Refusal {
    let field = refusal.field.as_deref().map(|field| match field {
        "run_id" => "run".to_owned(),
        other => other.strip_prefix("filter.").unwrap_or(other).to_owned(),
    });
    refusal.clone().at(field)
}

async fn page(
    dashboard: &Dashboard,
    member: &Member,
    typed: &Typed,
    refusal: Option<&Refusal>,
    preview: Option<Preview>,
) -> Result<NewEnrichmentPage, Refusal> {
    let store = dashboard.store();
    let once = match typed.once.as_str() {
        "" => store.random.id::<Uuid>(store.clock.now()).to_string(),
        once => once.to_owned(),
    };
    let mut runs = vec![Choice::new("", "Choose a run")];
    runs.extend(run_choices(dashboard, member, &typed.run).await?);
    Ok(NewEnrichmentPage {
        shell: Shell::new(dashboard, member, Place::Enrichments).await?,
        once,
        problem: problem(refusal, &[&FIELDS[..], &FILTER_FIELDS].concat()),
        is_unpaid: refusal.is_some_and(|refusal| refusal.status == StatusCode::PAYMENT_REQUIRED),
        scope: typed.scope.clone(),
        capture: capture(dashboard, member, &typed.capture).await?,
        run: Field::select("run", "Run", runs).holding(&*typed.run).refused(refusal),
        filters: filters(dashboard, member, &typed.filter, refusal).await?,
        further: further(typed, refusal),
        preview,
    })
}

fn further(typed: &Typed, refusal: Option<&Refusal>) -> Vec<Field> {
    vec![
        Field::tick("again", "Make another item of captures that have one", typed.again)
            .hinting("Off: captures that have an item of this version are passed over, free. On: each costs 1 credit again.")
            .refused(refusal),
        Field::input("text", "name", "Name").holding(&*typed.name).hinting("Empty: the day and the time.").refused(refusal),
    ]
}

async fn capture(dashboard: &Dashboard, member: &Member, id: &str) -> Result<Option<(String, String)>, Refusal> {
    if id.is_empty() {
        return Ok(None);
    }
    let id: CaptureId = id.parse().map_err(|_| Refusal::not_found())?;
    let capture = dashboard.store().get_capture(member.organization, id).await?;
    Ok(Some((id.to_string(), capture.product.title)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(query: &str) -> Typed {
        Typed::read(&parse(query.as_bytes()).into_owned().collect::<Vec<_>>())
    }

    #[test]
    fn a_link_says_which_captures_are_meant() {
        let (run, capture) = ("019a0000-0000-7000-8000-000000000001", "019a0000-0000-7000-8000-000000000002");
        for (query, body) in [
            (format!("run_id={run}"), json!({"run_id": run, "again": false})),
            (format!("capture_id={capture}&again=true"), json!({"capture_ids": [capture], "again": true})),
            (format!("run_id={run}&brand=x"), json!({"filter": {"run_id": run, "brand": "x"}, "again": false})),
            (
                "scope=filter&min_price=1.5&available=false&currency=eur&from=2026-01-30&sort=title&name=n".to_owned(),
                json!({"filter": {"min_price": 1.5, "available": false, "currency": "EUR", "from": "2026-01-30T00:00:00.000Z"},
                    "again": false, "name": "n"}),
            ),
            ("scope=filter".to_owned(), json!({"filter": {}, "again": false})),
        ] {
            assert_eq!(typed(&query).body().unwrap(), body, "{query}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_at_its_field() {
        for (query, field) in [("", "run"), ("scope=filter&min_price=cheap", "min_price"), ("from=soon", "from")] {
            assert!(typed(query).body().unwrap_err().is_at(field), "{query}");
        }
        let refusal = Refusal::at_field("filter.brand", "No.");
        assert!(renamed(&refusal).is_at("brand"));
    }
}
