//! The form of filters, and those that are set, each with the way to the list without it.

use creel_store::listing::CaptureValue;
use creel_types::{Currency, RobotId, RunId};

use super::{
    asked::{Asked, LIMITS, day_of},
    columns::Column,
};
use crate::{
    Dashboard,
    figures::count,
    form::{Choice, Field},
    member::Member,
    pages::runs::choices::any_robot_or,
    refusal::Refusal,
};

pub(in crate::pages) struct Filters {
    pub(in crate::pages) q: Field,
    /// What is asked for most often, beside the words.
    pub(in crate::pages) first: Vec<Field>,
    pub(in crate::pages) more: Vec<Field>,
    /// Whether one of them is set, so that they stand open.
    pub(in crate::pages) has_more: bool,
    /// Fields that the form keeps and does not show.
    pub(in crate::pages) kept: Vec<(&'static str, String)>,
    /// What is offered while somebody types: the ids of lists with their values.
    pub(in crate::pages) offered: Vec<(&'static str, Vec<Choice>)>,
    pub(in crate::pages) columns: Vec<(Column, bool)>,
    pub(in crate::pages) limit: Field,
}

pub(in crate::pages) async fn filters(
    dashboard: &Dashboard,
    member: &Member,
    asked: &Asked,
    refusal: Option<&Refusal>,
) -> Result<Filters, Refusal> {
    let values = dashboard.store().list_capture_values(member.organization).await?;
    let robots = any_robot_or(dashboard, member, asked.get("robot_id")).await?;
    let held = |field: Field, name: &str| field.holding(asked.get(name)).refused(refusal);
    let money = |name, label| {
        held(Field::input("text", name, label), name).having("inputmode", "decimal").having("placeholder", "0.00")
    };
    let day = |name, label| Field::input("date", name, label).holding(day_of(asked.get(name))).refused(refusal);
    let stock = vec![Choice::new("", "Any stock"), Choice::new("true", "In stock"), Choice::new("false", "Out of stock")];
    let (chosen, kept) = (asked.columns(), ["run_id", "import_id", "sort"]);
    Ok(Filters {
        q: held(Field::input("search", "q", "Search"), "q").having("placeholder", "Title, brand, category, code"),
        first: vec![
            held(Field::input("text", "store", "Store"), "store")
                .having("list", "stores")
                .having("placeholder", "Any store"),
            held(Field::input("text", "brand", "Brand"), "brand")
                .having("list", "brands")
                .having("placeholder", "Any brand"),
            held(Field::select("available", "Stock", stock), "available"),
        ],
        more: vec![
            held(Field::select("robot_id", "Robot", robots), "robot_id"),
            held(Field::select("currency", "Currency", currencies(&values.currencies, asked.get("currency"))), "currency"),
            money("min_price", "Price from"),
            money("max_price", "Price to"),
            day("from", "Captured from"),
            day("to", "Captured to"),
        ],
        has_more: ["robot_id", "currency", "min_price", "max_price", "from", "to"]
            .iter()
            .any(|name| !asked.get(name).is_empty()),
        kept: kept
            .into_iter()
            .map(|name| (name, asked.get(name).to_owned()))
            .filter(|(_, value)| !value.is_empty())
            .collect(),
        offered: vec![("stores", offered(values.stores)), ("brands", offered(values.brands))],
        columns: Column::ALL.iter().map(|column| (*column, chosen.contains(column))).collect(),
        limit: Field::select(
            "limit",
            "Rows on a page",
            LIMITS.iter().map(|limit| Choice::new(limit.to_string(), limit.to_string())).collect(),
        )
        .holding(asked.limit().to_string()),
    })
}

fn offered(values: Vec<CaptureValue>) -> Vec<Choice> {
    values.into_iter().map(|value| Choice::new(value.value, count(value.captures, "capture"))).collect()
}

/// Those that captures have, and the one that is asked for.
fn currencies(values: &[CaptureValue], asked: &str) -> Vec<Choice> {
    let asked = Currency::parse(asked).map(|currency| currency.as_str().to_owned()).unwrap_or_else(|| asked.to_owned());
    let mut codes: Vec<&str> = values.iter().map(|value| value.value.as_str()).collect();
    if !asked.is_empty() && !codes.contains(&asked.as_str()) {
        codes.push(&asked);
    }
    let any = Choice::new("", "Any currency");
    std::iter::once(any).chain(codes.into_iter().map(|code| Choice::new(code, code))).collect()
}

/// A filter that is set.
pub(in crate::pages) struct Chip {
    pub(in crate::pages) text: String,
    /// The list without it.
    pub(in crate::pages) href: String,
}

pub(in crate::pages) async fn chips(dashboard: &Dashboard, member: &Member, asked: &Asked) -> Result<Vec<Chip>, Refusal> {
    let mut chips = Vec::new();
    for (name, value) in asked.filters() {
        let text = match name {
            "q" => format!("“{value}”"),
            "store" => value.to_owned(),
            "brand" => format!("Brand: {value}"),
            "robot_id" => format!("Robot: {}", robot_name(dashboard, member, value).await),
            "run_id" => format!("Run: {}", run_name(dashboard, member, value).await),
            "import_id" => format!("Import: {value}"),
            "available" if value == "true" => "In stock".to_owned(),
            "available" => "Out of stock".to_owned(),
            "min_price" => format!("From {value}"),
            "max_price" => format!("Up to {value}"),
            "from" => format!("Since {value}"),
            "to" => format!("Until {value}"),
            _ => value.to_uppercase(),
        };
        chips.push(Chip { text, href: format!("{}/captures{}", dashboard.base(), asked.with(name, "")) });
    }
    Ok(chips)
}

/// Its id where it cannot be found: then nothing fits either.
async fn robot_name(dashboard: &Dashboard, member: &Member, id: &str) -> String {
    let Ok(robot) = id.parse::<RobotId>() else { return id.to_owned() };
    dashboard.store().get_robot(member.organization, robot).await.map_or_else(|_| id.to_owned(), |robot| robot.name)
}

async fn run_name(dashboard: &Dashboard, member: &Member, id: &str) -> String {
    let Ok(run) = id.parse::<RunId>() else { return id.to_owned() };
    dashboard.store().get_run_view(member.organization, run).await.map_or_else(|_| id.to_owned(), |run| run.name)
}
