//! `/runs/new`: what a run is to do, what that would cost, and then the run. What is refused stands beside its field, and what was
//! typed stays.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    choices::{no_robot, robot_choices},
    what::{self, More, What},
};
use crate::{
    Dashboard,
    figures::{Number, count, grouped},
    form::{Choice, Field, Sent, problem},
    member::Member,
    page::{go, render},
    parts::Empty,
    place::Place,
    refusal::Refusal,
    shell::Shell,
    typed::{lines, whole_number},
};

/// Names of the fields that only a run has, as the API knows them.
const FIELDS: [&str; 6] = ["robot_id", "start_urls", "budget", "auto_enrich", "max_depth", "name"];

/// What somebody typed, as they typed it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    form_token: String,
    /// Made with the form: the same form makes one run.
    once: String,
    /// What the pressed button asks for: `preview`, or the run itself.
    step: String,
    robot: String,
    start_urls: String,
    budget: String,
    name: String,
    discover: String,
    include: String,
    exclude: String,
    max_depth: String,
    auto_enrich: String,
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    robot: String,
    #[serde(default)]
    url: String,
}

#[derive(Template)]
#[template(path = "runs/new.html")]
struct NewRunPage {
    shell: Shell,
    once: String,
    problem: String,
    /// The problem is that credits are missing.
    is_unpaid: bool,
    fields: Vec<Field>,
    more: More,
    preview: Option<Preview>,
    /// Instead of the form where there is no robot.
    empty: Option<Empty>,
}

/// What the API says that the run would do.
struct Preview {
    known: String,
    matched: Group,
    refused: Vec<Group>,
    credits: String,
    hours: String,
    balance_after: String,
}

struct Group {
    what: String,
    count: Number,
    examples: Vec<String>,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let discover = if asked.url.is_empty() { "true" } else { "" };
    let typed = Typed { robot: asked.robot, start_urls: asked.url, discover: discover.to_owned(), ..Typed::default() };
    Ok(render(&page(&dashboard, &member, &typed, None, None).await?))
}

pub(crate) async fn submit(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Refusal> {
    member.check(&typed.form_token)?;
    let asked = match typed.body() {
        Ok(body) if typed.step == "preview" => {
            dashboard.api.post(&member, "/v1/extract/runs/preview", &body).await.map(|value| (value, true))
        }
        Ok(body) => {
            dashboard.api.post_once(&member, "/v1/extract/runs", &typed.once, &body).await.map(|value| (value, false))
        }
        Err(refusal) => Err(refusal),
    };
    match asked {
        Ok((value, true)) => Ok(render(&page(&dashboard, &member, &typed, None, Some(preview(&value))).await?)),
        Ok((value, false)) => {
            let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
            Ok(go(&format!("{}/runs/{id}?done=started", dashboard.base()), &[]))
        }
        Err(refusal) => {
            let page = page(&dashboard, &member, &typed, Some(&refusal), None).await?;
            Ok(refusal.with(render(&page)))
        }
    }
}

impl Typed {
    /// The body that the API takes: what was left empty is not said.
    fn body(&self) -> Result<Value, Refusal> {
        let mut body = Map::new();
        body.insert("robot_id".to_owned(), json!(self.robot.trim()));
        body.insert("discover".to_owned(), json!(self.discover == "true"));
        if self.auto_enrich == "true" {
            body.insert("auto_enrich".to_owned(), json!(true));
        }
        for (name, text) in [("budget", &self.budget), ("max_depth", &self.max_depth)] {
            if !text.trim().is_empty() {
                body.insert(name.to_owned(), json!(whole_number(name, text)?));
            }
        }
        for (name, text) in [("start_urls", &self.start_urls), ("include", &self.include), ("exclude", &self.exclude)] {
            let lines = lines(text);
            if !lines.is_empty() {
                body.insert(name.to_owned(), json!(lines));
            }
        }
        if !self.name.trim().is_empty() {
            body.insert("name".to_owned(), json!(self.name.trim()));
        }
        Ok(Value::Object(body))
    }
}

async fn page(
    dashboard: &Dashboard,
    member: &Member,
    typed: &Typed,
    refusal: Option<&Refusal>,
    preview: Option<Preview>,
) -> Result<NewRunPage, Refusal> {
    let shell = Shell::new(dashboard, member, Place::Runs).await?;
    let robots = robot_choices(dashboard, member, &typed.robot).await?;
    let store = dashboard.store();
    let once = match typed.once.as_str() {
        // A refused form is tried again as the same; one that made a run never comes here.
        "" => store.random.id::<Uuid>(store.clock.now()).to_string(),
        once => once.to_owned(),
    };
    let base = dashboard.base();
    let empty =
        no_robot(&base, &robots, "A run needs a robot, and a robot needs the address of one product page of the shop.");
    Ok(NewRunPage {
        shell,
        once,
        problem: problem(refusal, &[&FIELDS[..], &what::FIELDS].concat()),
        is_unpaid: refusal.is_some_and(|refusal| refusal.status == StatusCode::PAYMENT_REQUIRED),
        fields: fields(typed, robots, refusal),
        more: more(typed, refusal),
        preview,
        empty,
    })
}

fn fields(typed: &Typed, robots: Vec<Choice>, refusal: Option<&Refusal>) -> Vec<Field> {
    let robot_refusal =
        refusal.filter(|refusal| refusal.is_at("robot_id")).map(|refusal| refusal.clone().at(Some("robot".to_owned())));
    vec![
        Field::select("robot", "Robot", robots).holding(typed.robot.as_str()).required().refused(robot_refusal.as_ref()),
        Field::lines("start_urls", "Start pages")
            .holding(typed.start_urls.as_str())
            .hinting(
                "One address a line, on the robot's host. Empty: the robot's own start pages, which lead to the whole shop.",
            )
            .refused(refusal),
        Field::input("text", "budget", "Budget")
            .holding(typed.budget.as_str())
            .having("inputmode", "numeric")
            .hinting(
                "The most captures that the run makes, 2 credits each. Empty: as many as the shop and the balance have.",
            )
            .refused(refusal),
        what::auto_enrich(&typed.auto_enrich, refusal),
    ]
}

fn more(typed: &Typed, refusal: Option<&Refusal>) -> More {
    let further = vec![
        Field::input("text", "max_depth", "Links away from a start page, at most")
            .holding(typed.max_depth.as_str())
            .having("inputmode", "numeric")
            .refused(refusal),
        Field::input("text", "name", "Name")
            .holding(typed.name.as_str())
            .hinting("Empty: the shop and the day.")
            .refused(refusal),
    ];
    let what = What { discover: &typed.discover, include: &typed.include, exclude: &typed.exclude };
    More::of(what, further, refusal)
}

fn preview(value: &Value) -> Preview {
    let number = |value: Option<&Value>| value.and_then(Value::as_i64);
    let group = |value: &Value, what: String| Group {
        what,
        count: Number::of(number(value.get("count")).unwrap_or_default()),
        examples: value.get("examples").and_then(Value::as_array).into_iter().flatten().filter_map(text).collect(),
    };
    let refused = value.get("refused").and_then(Value::as_array).into_iter().flatten();
    let range = |name: &str, word: &str| {
        let range = value.get(name);
        let bound = |end: &str| number(range.and_then(|range| range.get(end))).map(grouped);
        match (bound("low"), bound("high")) {
            (Some(low), Some(high)) if low == high => format!("{low} {word}"),
            (Some(low), Some(high)) => format!("{low} to {high} {word}"),
            (Some(low), None) => format!("{low} {word} or more"),
            _ => "unknown".to_owned(),
        }
    };
    Preview {
        known: count(number(value.get("known_pages")).unwrap_or_default(), "page"),
        matched: value.get("matched").map_or_else(|| group(&Value::Null, String::new()), |one| group(one, String::new())),
        refused: refused.map(|one| group(one, refused_by(one))).collect(),
        credits: range("credits", "credits"),
        hours: value.get("hours").and_then(Value::as_f64).map_or_else(|| "unknown".to_owned(), hours),
        balance_after: range("balance_after", "credits"),
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn refused_by(group: &Value) -> String {
    match (group.get("by").and_then(text).as_deref(), group.get("pattern").and_then(text)) {
        (Some("include"), _) => "match none of what is to be captured".to_owned(),
        (_, Some(pattern)) => format!("match {pattern}"),
        (by, None) => by.unwrap_or("are left out").to_owned(),
    }
}

fn hours(hours: f64) -> String {
    if hours < 1.0 / 60.0 {
        return "less than a minute".to_owned();
    }
    if hours < 1.0 { format!("about {:.0} min", (hours * 60.0).ceil()) } else { format!("about {hours:.1} h") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_empty_is_not_said() {
        let typed = Typed { robot: " r ".to_owned(), discover: "true".to_owned(), ..Typed::default() };
        assert_eq!(typed.body().unwrap(), json!({"robot_id": "r", "discover": true}));
        let typed = Typed {
            robot: "r".to_owned(),
            start_urls: "https://a.example/1\r\n\r\n  https://a.example/2 ".to_owned(),
            budget: " 10,000 ".to_owned(),
            max_depth: "0".to_owned(),
            name: " n ".to_owned(),
            exclude: "*/sale/*".to_owned(),
            ..Typed::default()
        };
        let body = json!({"robot_id": "r", "discover": false, "budget": 10_000, "max_depth": 0,
            "start_urls": ["https://a.example/1", "https://a.example/2"], "exclude": ["*/sale/*"], "name": "n"});
        assert_eq!(typed.body().unwrap(), body);
    }

    #[test]
    fn what_is_no_number_is_refused_at_its_field() {
        let typed = Typed { budget: "ten".to_owned(), ..Typed::default() };
        assert!(typed.body().unwrap_err().is_at("budget"));
    }
}
