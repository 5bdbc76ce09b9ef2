//! Small parts that pages are made of. Each writes itself as HTML: `{{ run.badge }}` in a template. `/design` shows all of them.

use std::fmt;

use askama::{Template, filters::HtmlSafe};
use creel_types::Country;

/// What a state means to whoever looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Good,
    Warn,
    Bad,
    /// Something is going on.
    Live,
}

impl Tone {
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Tone::Plain => "",
            Tone::Good => "good",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
            Tone::Live => "live",
        }
    }
}

/// A state in a word or two; never told by colour alone.
#[derive(Clone, Debug, Template)]
#[template(ext = "html", source = r#"<span class="badge {{ tone.class() }}">{{ text }}</span>"#)]
pub(crate) struct Badge {
    tone: Tone,
    text: String,
}

impl Badge {
    pub(crate) fn new(tone: Tone, text: impl Into<String>) -> Badge {
        Badge { tone, text: text.into() }
    }

    /// The word alone.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

impl HtmlSafe for Badge {}

/// The flag of a country, with its name to point at and for whoever hears the page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flag<'a> {
    base: &'a str,
    country: Country,
}

impl<'a> Flag<'a> {
    pub(crate) const fn of(base: &'a str, country: Country) -> Flag<'a> {
        Flag { base, country }
    }
}

impl fmt::Display for Flag<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, code, version) = (self.country.name(), self.country.as_str(), crate::assets::version());
        let base = self.base;
        write!(
            out,
            "<img class=\"flag\" src=\"{base}/assets/{version}/flag-{code}.svg\" alt=\"{name}\" title=\"{name}\" width=\"20\" \
             height=\"13\">"
        )
    }
}

impl HtmlSafe for Flag<'_> {}

/// What stands where there is nothing yet, or nothing that fits: what to do next.
#[derive(Clone, Debug, Template)]
#[template(
    ext = "html",
    source = r#"<div class="empty"><h2>{{ title }}</h2><p>{{ text }}</p>{% if !ways.is_empty() %}<div class="row">{% for (href, name) in ways %}<a class="button{% if !loop.first %} quiet{% endif %}" href="{{ href }}">{{ name }}</a>{% endfor %}</div>{% endif %}</div>"#
)]
pub(crate) struct Empty {
    title: String,
    text: String,
    /// Whole addresses and what they are called, the main one first.
    ways: Vec<(String, String)>,
}

impl Empty {
    pub(crate) fn new(title: impl Into<String>, text: impl Into<String>) -> Empty {
        Empty { title: title.into(), text: text.into(), ways: Vec::new() }
    }

    pub(crate) fn with(mut self, href: impl Into<String>, name: impl Into<String>) -> Empty {
        self.ways.push((href.into(), name.into()));
        self
    }
}

impl HtmlSafe for Empty {}

/// A text with a button that copies it, where scripts run.
#[derive(Clone, Debug, Template)]
#[template(
    ext = "html",
    source = r#"<div class="copy"><pre tabindex="0"><code>{{ text }}</code></pre><button type="button" class="quiet small needs-script" data-copy>Copy</button></div>"#
)]
pub(crate) struct Copy {
    text: String,
}

impl Copy {
    pub(crate) fn new(text: impl Into<String>) -> Copy {
        Copy { text: text.into() }
    }
}

impl HtmlSafe for Copy {}

/// How to ask the API for what a page shows: a ready command, folded away.
#[derive(Clone, Debug, Template)]
#[template(ext = "html", source = r#"<details class="curl"><summary>The same over the API</summary>{{ copy }}</details>"#)]
pub(crate) struct Curl {
    copy: Copy,
}

impl Curl {
    /// The path with its query, below the installation's public address.
    pub(crate) fn get(public_url: &str, path: &str) -> Curl {
        let url = format!("{}{path}", public_url.trim_end_matches('/')).replace('\'', "%27");
        Curl { copy: Copy::new(format!("curl -H \"Authorization: Bearer $CREEL_API_KEY\" \\\n  '{url}'")) }
    }
}

impl HtmlSafe for Curl {}

/// The ways to the first and the next page of a list, by its cursor; nothing where all stands on one page.
#[derive(Clone, Debug, Default, Template)]
#[template(
    ext = "html",
    source = r#"{% if first.is_some() || next.is_some() %}<nav class="pager" aria-label="Pages of the list">{% if let Some(href) = first %}<a class="button quiet small" href="{{ href }}">First page</a>{% else %}<span></span>{% endif %}{% if let Some(href) = next %}<a class="button quiet small" rel="next" href="{{ href }}">Next page</a>{% endif %}</nav>{% endif %}"#
)]
pub(crate) struct Pager {
    /// Where the list begins; nothing on its first page.
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
}

impl HtmlSafe for Pager {}

/// A button that asks before it does what cannot be undone: a dialog of the browser's own, which needs no script.
#[derive(Clone, Debug, Template)]
#[template(path = "confirm.html")]
pub(crate) struct Confirm {
    /// Of the dialog's element, once on a page.
    pub(crate) id: String,
    /// What the button says, on the page and in the dialog.
    pub(crate) button: String,
    pub(crate) question: String,
    /// What it means, and what it does not do.
    pub(crate) text: String,
    /// The whole address that the form is sent to.
    pub(crate) action: String,
    pub(crate) form_token: String,
    /// Further fields of the form.
    pub(crate) hidden: Vec<(&'static str, String)>,
}

impl HtmlSafe for Confirm {}

/// How far something is, in words and as a bar; without an end while nobody knows it.
#[derive(Clone, Debug, Template)]
#[template(
    ext = "html",
    source = r#"<progress class="progress" aria-label="{{ label }}"{% if let Some(percent) = percent %} max="100" value="{{ percent }}"{% endif %}>{{ label }}</progress>"#
)]
pub(crate) struct Progress {
    pub(crate) label: String,
    /// 0 to 100.
    pub(crate) percent: Option<i64>,
}

impl HtmlSafe for Progress {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_is_written_as_text() {
        let hostile = "<script>alert('1')</script>\"&";
        for html in [
            Badge::new(Tone::Good, hostile).to_string(),
            Empty::new(hostile, hostile).with("/robots/new", hostile).to_string(),
            Copy::new(hostile).to_string(),
            Progress { label: hostile.to_owned(), percent: Some(5) }.to_string(),
        ] {
            assert!(!html.contains("<script") && html.contains("&#60;script"), "{html}");
        }
    }

    #[test]
    fn a_command_stays_one_argument() {
        let curl = Curl::get("https://creel.example/", "/v1/extract/captures?q=it's").to_string();
        assert!(curl.contains("https://creel.example/v1/extract/captures?q=it%27s"), "{curl}");
    }

    #[test]
    fn a_list_of_one_page_has_no_ways() {
        assert_eq!(Pager::default().to_string(), "");
        let next = Pager { first: None, next: Some("/runs?cursor=a&b".to_owned()) }.to_string();
        assert!(next.contains("href=\"/runs?cursor=a&#38;b\"") && !next.contains("First page"), "{next}");
    }
}
