//! `/robots/new`: the address of a page of a shop, and its country; then the build that learns it, or the robot that there is.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_types::{Country, RobotId};
use serde::Deserialize;
use serde_json::{Value, json};
use url::{Host, Url};

use crate::{
    Dashboard,
    form::{Choice, Field, Sent, problem},
    member::Member,
    page::{go, render},
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

/// Endings that are countries by the standard and are mostly taken for what they spell.
const NOT_COUNTRIES: [&str; 14] = ["ai", "cc", "co", "fm", "gg", "io", "la", "ly", "me", "sh", "so", "to", "tv", "ws"];

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    form_token: String,
    url: String,
    country_code: String,
}

#[derive(Template)]
#[template(path = "robots/new.html")]
struct NewRobotPage {
    shell: Shell,
    problem: String,
    fields: Vec<Field>,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(typed): Query<Typed>,
) -> Result<Response, Refusal> {
    Ok(render(&page(&dashboard, &member, &typed, None).await?))
}

pub(crate) async fn submit(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Refusal> {
    member.check(&typed.form_token)?;
    let url = address(&typed.url);
    let country = match typed.country_code.as_str() {
        "" => guessed_country(&url).to_string(),
        said => said.to_owned(),
    };
    let body = json!({"url": url, "country_code": country});
    match dashboard.api.post(&member, "/v1/extract/robot-builds", &body).await {
        Ok(made) => {
            let id = made.get("id").and_then(Value::as_str).unwrap_or_default();
            Ok(go(&format!("{}{}", dashboard.base(), made_at(&dashboard, &member, id).await), &[]))
        }
        Err(refusal) => {
            let page = page(&dashboard, &member, &typed, Some(&refusal)).await?;
            Ok(refusal.with(render(&page)))
        }
    }
}

/// The robot that there was, or the build that makes one.
async fn made_at(dashboard: &Dashboard, member: &Member, id: &str) -> String {
    let known = match id.parse::<RobotId>() {
        Ok(robot) => dashboard.store().get_robot(member.organization, robot).await.is_ok(),
        Err(_) => false,
    };
    if known { format!("/robots/{id}?done=known") } else { format!("/robots/builds/{id}") }
}

/// People leave out what browsers hide.
fn address(typed: &str) -> String {
    let text = typed.trim();
    if text.is_empty() || text.contains("://") { text.to_owned() } else { format!("https://{text}") }
}

/// By the end of the host's name; the United States where that says nothing.
fn guessed_country(url: &str) -> Country {
    let url = Url::parse(url).ok();
    let Some(Host::Domain(host)) = url.as_ref().and_then(Url::host) else { return Country::US };
    let ending = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    match ending {
        "uk" => "GB".parse().unwrap_or(Country::US),
        ending if NOT_COUNTRIES.contains(&ending) => Country::US,
        ending => ending.parse().unwrap_or(Country::US),
    }
}

async fn page(
    dashboard: &Dashboard,
    member: &Member,
    typed: &Typed,
    refusal: Option<&Refusal>,
) -> Result<NewRobotPage, Refusal> {
    let mut countries: Vec<Country> = Country::all().collect();
    countries.sort_by_key(Country::name);
    let mut choices = vec![Choice::new("", "By the address")];
    choices.extend(countries.into_iter().map(|country| Choice::new(country.as_str(), country.name())));
    Ok(NewRobotPage {
        shell: Shell::new(dashboard, member, Place::NewRobot).await?,
        problem: problem(refusal, &["url", "country_code"]),
        fields: vec![
            Field::input("text", "url", "Address of a product page")
                .holding(typed.url.as_str())
                .having("inputmode", "url")
                .having("placeholder", "https://shop.example/products/running-shoe")
                .having("maxlength", "2048")
                .having("autofocus", "autofocus")
                .hinting("Any page of the shop will do; a product page says most.")
                .required()
                .refused(refusal),
            Field::select("country_code", "Country", choices)
                .holding(typed.country_code.to_ascii_uppercase())
                .hinting("Whose prices and language are read. By the address: .de is Germany, .co.uk the United Kingdom, .com the United States.")
                .refused(refusal),
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_country_is_guessed_from_the_address() {
        for (typed, country) in [
            ("https://shop.de/p/1", "DE"),
            ("https://www.shop.co.uk/", "GB"),
            ("shop.com.br/produto", "BR"),
            ("https://shop.com/", "US"),
            ("https://shop.io/", "US"),
            ("https://shop.eu/", "US"),
            ("http://127.0.0.1:8490/", "US"),
            ("http://[::1]/", "US"),
            ("", "US"),
            ("what is this", "US"),
        ] {
            assert_eq!(guessed_country(&address(typed)).as_str(), country, "{typed}");
        }
    }

    #[test]
    fn what_browsers_hide_is_put_before_it() {
        assert_eq!(address(" shop.example/p "), "https://shop.example/p");
        assert_eq!(address("http://shop.example"), "http://shop.example");
        assert_eq!(address(" "), "");
    }
}
