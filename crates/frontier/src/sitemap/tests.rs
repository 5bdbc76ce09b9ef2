//! What sitemaps look like in the wild, and that nothing makes the reader fail.

use super::*;

fn urls(file: &str) -> Vec<String> {
    Sitemap::parse(file.as_bytes()).pages.into_iter().map(|page| page.url).collect()
}

#[test]
fn pages_of_every_form() {
    let a = "https://s.example/a";
    for (what, file, expected) in [
        ("plain", "<urlset><url><loc>https://s.example/a</loc></url></urlset>", vec![a]),
        (
            "prolog",
            "\u{feff}<?xml version=\"1.0\"?>\n<urlset xmlns=\"x\"><url>\n<loc>\n https://s.example/a\n</loc></url></urlset>",
            vec![a],
        ),
        ("prefixed", "<sm:urlset xmlns:sm=\"x\"><sm:url><sm:loc>https://s.example/a</sm:loc></sm:url></sm:urlset>", vec![a]),
        (
            "cdata",
            "<urlset><url><loc><![CDATA[https://s.example/a?x=1&y=2]]></loc></url></urlset>",
            vec!["https://s.example/a?x=1&y=2"],
        ),
        (
            "entities",
            "<urlset><url><loc>https://s.example/a?x=1&amp;y=&#50;</loc></url></urlset>",
            vec!["https://s.example/a?x=1&y=2"],
        ),
        (
            "bare ampersand",
            "<urlset><url><loc>https://s.example/a?x=1&y=2</loc></url></urlset>",
            vec!["https://s.example/a?x=1&y=2"],
        ),
        (
            "unknown entity",
            "<urlset><url><loc>https://s.example/&eacute;</loc></url></urlset>",
            vec!["https://s.example/&eacute;"],
        ),
        ("cut inside the next entry", "<urlset><url><loc>https://s.example/a</loc></url><url><loc>https://s.exa", vec![a]),
        ("cut behind the address", "<urlset><url><loc>https://s.example/a</loc><lastm", vec![a]),
        (
            "entries never closed",
            "<urlset><url><loc>https://s.example/a</loc><url><loc>https://s.example/b</loc>",
            vec![a, "https://s.example/b"],
        ),
        ("mismatched ends", "<urlset><url><loc>https://s.example/a</lok></url></urlsett>", vec![a]),
        (
            "picture first",
            "<urlset><url><image:image><image:loc>https://s.example/i.jpg</image:loc></image:image><loc>https://s.example/a</loc></url></urlset>",
            vec![a],
        ),
        (
            "translations",
            "<urlset><url><xhtml:link rel=\"alternate\" hreflang=\"de\" href=\"https://s.example/de\"/><loc>https://s.example/a</loc></url></urlset>",
            vec![a],
        ),
        (
            "rss",
            "<rss><channel><link>https://s.example/</link><item><link>https://s.example/a</link></item></channel></rss>",
            vec![a],
        ),
        (
            "atom",
            "<feed><link href=\"https://s.example/\"/><entry><link rel=\"self\" href=\"https://s.example/x\"/><link href=\"https://s.example/a?b=1&amp;c=2\"/></entry></feed>",
            vec!["https://s.example/a?b=1&c=2"],
        ),
        (
            "list",
            "https://s.example/a\r\n# no\r\n\r\n  http://s.example/b \nftp://s.example/c",
            vec![a, "http://s.example/b"],
        ),
        ("html", "<!doctype html><html><head><link href=\"/x.css\"></head><body><a href=\"/a\">a</a></body></html>", vec![]),
        ("nothing", "", vec![]),
    ] {
        assert_eq!(urls(file), expected, "{what}");
    }
}

#[test]
fn details_of_pages_and_children() {
    let file = "<urlset><url><loc>https://s.example/a</loc><lastmod>2026-01-31</lastmod><image:image><image:loc>x</image:loc></image:image></url>\
                <url><loc>https://s.example/b</loc></url></urlset>";
    let pages = Sitemap::parse(file.as_bytes()).pages;
    assert_eq!((pages[0].lastmod.as_deref(), pages[0].has_image), (Some("2026-01-31"), true));
    assert_eq!((pages[1].lastmod.as_deref(), pages[1].has_image), (None, false));
    let index = "<sitemapindex><sitemap><loc>https://s.example/1.xml.gz</loc><lastmod>2026-01-31T09:30:00+01:00</lastmod></sitemap></sitemapindex>";
    let found = Sitemap::parse(index.as_bytes());
    assert!(found.pages.is_empty());
    assert_eq!(found.children[0].url, "https://s.example/1.xml.gz");
    assert_eq!(lastmod_time("2026-01-31T09:30:00+01:00").unwrap().to_string(), "2026-01-31T08:30:00.000Z");
    assert_eq!(lastmod_time("2026-01-31").unwrap().to_string(), "2026-01-31T00:00:00.000Z");
    assert_eq!(lastmod_time("yesterday"), None);
    let feed = "<rss><channel><item><g:link>https://s.example/a</g:link><g:image_link>https://s.example/i.jpg</g:image_link></item></channel></rss>";
    let pages = Sitemap::parse(feed.as_bytes()).pages;
    assert_eq!((pages[0].url.as_str(), pages[0].has_image), ("https://s.example/a", true));
}

#[test]
fn utf_16_is_read() {
    let text = "<urlset><url><loc>https://s.example/a</loc></url></urlset>";
    let little: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let big: Vec<u8> = [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    for file in [little, big] {
        assert_eq!(Sitemap::parse(&file).pages.len(), 1);
    }
}

#[test]
fn limits_hold() {
    let pages = format!("<urlset>{}</urlset>", "<url><loc>https://s.example/a</loc></url>".repeat(PAGES_MAX + 10));
    let found = Sitemap::parse(pages.as_bytes());
    assert_eq!((found.pages.len(), found.truncated), (PAGES_MAX, true));
    let index = "<sitemap><loc>https://s.example/1.xml</loc></sitemap>".repeat(CHILDREN_MAX + 10);
    let found = Sitemap::parse(index.as_bytes());
    assert_eq!((found.children.len(), found.truncated), (CHILDREN_MAX, true));
    let long = format!("<url><loc>https://s.example/{}</loc></url>", "x".repeat(ADDRESS_BYTES_MAX));
    assert!(Sitemap::parse(long.as_bytes()).pages.is_empty());
}

proptest::proptest! {
    #[test]
    fn nothing_fails(file in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        let _ = Sitemap::parse(&file);
    }

    #[test]
    fn no_markup_fails(parts in proptest::collection::vec(proptest::sample::select(vec![
        "<urlset>", "</urlset>", "<url>", "</url>", "<loc>", "</loc>", "<image:image>", "</image:image>", "<![CDATA[", "]]>", "<!--", "-->",
        "&amp;", "&", "&#x0;", "&#xFFFFFF;", ";", "<", ">", "\"", "href=", "<link href='a'/>", "<item>", "https://s.example/", "<?xml", "?>", "\u{0}", "é",
    ]), 0..60)) {
        let _ = Sitemap::parse(parts.concat().as_bytes());
    }
}
