//! `/design`: every part that pages are made of, on one page, as they look in both schemes and on any width. It holds no data.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use creel_types::Country;

use crate::{
    Dashboard,
    figures::{Number, When},
    form::{Choice, Field},
    member::Member,
    page::render,
    parts::{Badge, Confirm, Copy, Curl, Empty, Flag, Pager, Progress, Tone},
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

const COUNTRIES: [&str; 4] = ["US", "DE", "JP", "BR"];
const DAY_MS: i64 = creel_types::time::DAY_MS;

#[derive(Template)]
#[template(path = "design.html")]
struct DesignPage<'a> {
    shell: Shell,
    badges: Vec<Badge>,
    flags: Vec<Flag<'a>>,
    numbers: Vec<Number>,
    times: Vec<When>,
    fields: Vec<Field>,
    empty: Empty,
    copy: Copy,
    curl: Curl,
    pager: Pager,
    confirm: Confirm,
    progress: Vec<Progress>,
}

pub(crate) async fn show(State(dashboard): State<Dashboard>, member: Member) -> Result<Response, Refusal> {
    let shell = Shell::new(&dashboard, &member, Place::Elsewhere).await?;
    let base = dashboard.base();
    let now = dashboard.store().clock.now();
    let refusal = Refusal::at_field("budget", "It is not between 1 and 1,000.");
    let page = DesignPage {
        badges: [
            (Tone::Plain, "Pending"),
            (Tone::Live, "Running"),
            (Tone::Good, "Completed"),
            (Tone::Warn, "Paused"),
            (Tone::Bad, "Failed"),
        ]
        .map(|(tone, text)| Badge::new(tone, text))
        .into(),
        flags: COUNTRIES
            .iter()
            .filter_map(|code| code.parse::<Country>().ok())
            .map(|country| Flag::of(&base, country))
            .collect(),
        numbers: [0, 12_345, 123_456, 1_999_999, -2_500_000].map(Number::of).into(),
        times: [-DAY_MS * 400, -DAY_MS * 3, -3_600_000, -5_000, 120_000].map(|ms| When::of(now.plus_ms(ms), now)).into(),
        fields: vec![
            Field::input("text", "name", "Name").holding("Running shoes, weekly").hinting("Only you and your team see it."),
            Field::input("number", "budget", "Budget").holding("0").refused(Some(&refusal)),
            Field::select("currency", "Currency", vec![Choice::new("", "Any"), Choice::new("EUR", "EUR – Euro")]),
            Field::lines("start_urls", "Start URLs").holding("https://shop.example/shoes\nhttps://shop.example/bags"),
            Field::tick("discover", "Follow links to other pages", true).hinting("Off: only the start URLs are fetched."),
        ],
        empty: Empty::new("No runs yet", "A run crawls a shop and makes one capture of each product page.")
            .with(format!("{base}/runs/new"), "New run")
            .with(format!("{base}/robots"), "Look at robots"),
        copy: Copy::new("{\"available\": 5000, \"held\": 0}"),
        curl: Curl::get(&dashboard.access.settings().public_url, "/v1/billing/balance"),
        pager: Pager { first: Some(format!("{base}/design")), next: Some(format!("{base}/design")) },
        confirm: Confirm {
            id: "delete".to_owned(),
            button: "Delete".to_owned(),
            question: "Delete nothing?".to_owned(),
            text: "This is what a question looks like before something is done that cannot be undone.".to_owned(),
            action: format!("{base}/design"),
            form_token: shell.form_token.clone(),
            hidden: Vec::new(),
        },
        progress: vec![
            Progress { label: "40 of 100 pages".to_owned(), percent: Some(40) },
            Progress { label: "Working".to_owned(), percent: None },
        ],
        shell,
    };
    Ok(render(&page).into_response())
}
