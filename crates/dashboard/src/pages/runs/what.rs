//! What a run does beside its robot, start pages and budget: whether it follows links, what it captures and what it leaves out. As
//! the forms of a run and of a schedule ask for it, and as their pages show it.

use askama::{Template, filters::HtmlSafe};
use creel_store::runs::RunSettings;

use crate::{form::Field, refusal::Refusal};

/// Addresses and patterns that a page shows.
const LINES_MAX: usize = 20;

/// As somebody typed it.
#[derive(Clone, Copy)]
pub(crate) struct What<'a> {
    pub(crate) discover: &'a str,
    pub(crate) include: &'a str,
    pub(crate) exclude: &'a str,
}

/// Names of the fields.
pub(crate) const FIELDS: [&str; 3] = ["discover", "include", "exclude"];

/// Fields that most runs do not need, folded away while they say nothing.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<details{% if is_open %} open{% endif %}><summary>More choices</summary><div class="more">{% for field in fields %}{{ field }}{% endfor %}</div></details>"#
)]
pub(crate) struct More {
    is_open: bool,
    fields: Vec<Field>,
}

impl HtmlSafe for More {}

impl More {
    /// With further fields that belong there.
    pub(crate) fn of(what: What<'_>, further: Vec<Field>, refusal: Option<&Refusal>) -> More {
        let follows = what.discover == "true";
        let fields = fields(what, refusal).into_iter().chain(further).collect::<Vec<_>>();
        More { is_open: !follows || fields.iter().any(|field| field.is_refused() || field.is_written()), fields }
    }
}

fn fields(what: What<'_>, refusal: Option<&Refusal>) -> [Field; 3] {
    [
        Field::tick("discover", "Follow links to other pages", what.discover == "true")
            .hinting("Off: only the start pages are fetched, the way to watch known products.")
            .refused(refusal),
        Field::lines("include", "Only capture what matches")
            .holding(what.include)
            .hinting("Patterns on the whole address, one a line: * stands for anything, re: begins a regular expression.")
            .refused(refusal),
        Field::lines("exclude", "Do not fetch what matches")
            .holding(what.exclude)
            .hinting("The same kind of patterns; they win over those above.")
            .refused(refusal),
    ]
}

/// Whether an enrichment follows by itself; beside the budget, since it costs too.
pub(crate) fn auto_enrich(typed: &str, refusal: Option<&Refusal>) -> Field {
    Field::tick("auto_enrich", "Enrich the captures when the run ends", typed == "true")
        .hinting("Each capture becomes an item, for 1 credit more.")
        .refused(refusal)
}

/// The same as a page shows it.
pub(crate) fn enriched(settings: &RunSettings) -> &'static str {
    if settings.auto_enrich { "when the run ends, 1 credit each" } else { "only when somebody asks" }
}

pub(crate) fn links(settings: &RunSettings) -> &'static str {
    if settings.discover { "followed" } else { "not followed: only the start pages are fetched" }
}

/// Its lists that are not empty: what each is, the first lines, and how many more there are.
pub(crate) fn lists(start_urls: &[String], settings: &RunSettings) -> Vec<(&'static str, Vec<String>, usize)> {
    let list = |name: &'static str, lines: &[String]| {
        let shown: Vec<String> = lines.iter().take(LINES_MAX).cloned().collect();
        let rest = lines.len() - shown.len();
        (name, shown, rest)
    };
    let all = [
        list("Start pages", start_urls),
        list("Only captures what matches", &settings.include),
        list("Does not fetch what matches", &settings.exclude),
    ];
    all.into_iter().filter(|(_, lines, _)| !lines.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_stands_open() {
        let usual = What { discover: "true", include: "", exclude: "" };
        let at = |field: &str| Some(Refusal::at_field(field, "No."));
        for (what, name, refusal, is_open) in [
            (usual, "", None, false),
            (usual, "", at("start_urls"), false),
            (usual, "", at("include[1]"), true),
            (usual, "", at("name"), true),
            (usual, "n", None, true),
            (What { discover: "", ..usual }, "", None, true),
            (What { exclude: "*/sale/*", ..usual }, "", None, true),
        ] {
            let name = Field::input("text", "name", "Name").holding(name).refused(refusal.as_ref());
            assert_eq!(More::of(what, vec![name], refusal.as_ref()).is_open, is_open);
        }
    }
}
