//! RFC 9309, case by case, and files as they are in the wild.

use std::time::Duration;

use super::*;

fn allows(file: &str, path: &str) -> bool {
    RobotsTxt::parse(file.as_bytes()).allows_path(path)
}

#[test]
fn matching() {
    let lines = |lines: &str| format!("User-agent: *\n{}", lines.replace("; ", "\n"));
    for (rules, path, expected) in [
        ("", "/", true),
        ("Disallow:", "/", true),
        ("Disallow: /", "/", false),
        ("Disallow: /", "/robots.txt", true),
        // RFC 9309, 5.1 and 5.2: the longest match, allow on a tie.
        ("Allow: /p; Disallow: /", "/page", true),
        ("Disallow: /folder; Allow: /folder", "/folder/page", true),
        ("Allow: /folder; Disallow: /folder", "/folder/page", true),
        ("Allow: /example/page/; Disallow: /example/page/disallowed.gif", "/example/page/disallowed.gif", false),
        ("Allow: /example/page/; Disallow: /example/page/disallowed.gif", "/example/page/x", true),
        ("Allow: /page; Disallow: /*.htm", "/page.htm", false),
        ("Allow: /$; Disallow: /", "/", true),
        ("Allow: /$; Disallow: /", "/page.htm", false),
        // Stars and the end mark.
        ("Disallow: /fish", "/fishheads/yummy.html", false),
        ("Disallow: /fish", "/Fish.asp", true),
        ("Disallow: /fish", "/catfish", true),
        ("Disallow: /fish*", "/fish.php?id=anything", false),
        ("Disallow: /fish/", "/fish", true),
        ("Disallow: /*.php", "/folder/filename.php?parameters", false),
        ("Disallow: /*.php", "/", true),
        ("Disallow: /*.php$", "/filename.php", false),
        ("Disallow: /*.php$", "/filename.php?parameters", true),
        ("Disallow: /*.php$", "/filename.php5", true),
        ("Disallow: /*.php$", "/a.php.b.php", false),
        ("Disallow: /fish*.php", "/fishheads/catfish.php?parameters", false),
        ("Disallow: /fish*.php", "/Fish.PHP", true),
        ("Disallow: *", "/anything", false),
        ("Disallow: */print", "/a/b/print/c", false),
        ("Disallow: /a**b", "/axxb", false),
        ("Disallow: /a*b*c$", "/abcbc", false),
        ("Disallow: /a*b*c$", "/abcb", true),
        ("Disallow: /*?", "/p?x=1", false),
        ("Disallow: /*?", "/p", true),
        ("Disallow: /*?*sort=", "/c?page=2&sort=price", false),
        ("Disallow: /a$b", "/a$b", false),
        ("Disallow: /a$b", "/a", true),
        // RFC 9309, 2.2.2: one spelling of percent-encoding on both sides.
        ("Disallow: /foo/bar?baz=http://foo.bar", "/foo/bar?baz=http://foo.bar", false),
        ("Disallow: /foo/bar/U+E38384", "/foo/bar/U+E38384", false),
        ("Disallow: /foo/bar/ツ", "/foo/bar/%E3%83%84", false),
        ("Disallow: /foo/bar/%E3%83%84", "/foo/bar/%e3%83%84", false),
        ("Disallow: /foo/bar/%62%61%7A", "/foo/bar/baz", false),
        ("Disallow: /foo/bar/baz", "/foo/bar/%62%61%7A", false),
        ("Disallow: /a%2fb", "/a/b", true),
        ("Disallow: /a%2fb", "/a%2Fb", false),
        ("Disallow: /path/file-with-a-%2A.html", "/path/file-with-a-*.html", false),
        ("Disallow: /path/file-with-a-%2A.html", "/path/file-with-a-x.html", true),
        ("Disallow: /path/foo-%24", "/path/foo-$", false),
        // What no path can match, and what is no rule.
        ("Disallow: fish", "/fish", true),
        ("Disallow: https://s.example/fish", "/fish", true),
        ("Noindex: /fish", "/fish", true),
        ("Disallow /fish", "/fish", true),
    ] {
        assert_eq!(allows(&lines(rules), path), expected, "{rules:?} on {path}");
    }
}

#[test]
fn groups() {
    for (file, path, expected) in [
        ("User-agent: creel\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", "/a", false),
        ("User-agent: creel\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", "/b", true),
        ("User-agent: CREEL/1.0\nDisallow: /a", "/a", false),
        ("User-agent: Creel bot\nDisallow: /a", "/a", false),
        ("User-agent: creelbot\nDisallow: /a", "/a", true),
        ("User-agent: other\nDisallow: /a", "/a", true),
        // Merged, wherever they stand.
        ("User-agent: creel\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: creel\nDisallow: /b", "/a", false),
        ("User-agent: creel\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: creel\nDisallow: /b", "/b", false),
        ("User-agent: *\nDisallow: /a\nUser-agent: *\nDisallow: /b", "/a", false),
        // Several names, one group; lines of other kinds do not close it.
        ("User-agent: x\nUser-agent: creel\nDisallow: /a", "/a", false),
        ("User-agent: creel\n\nSitemap: https://s.example/m\nUser-agent: x\nDisallow: /a", "/a", false),
        ("User-agent: *\nCrawl-delay: 5\nDisallow: /a", "/a", false),
        ("User-agent: creel\nCrawl-delay: 5\nUser-agent: x\nDisallow: /a", "/a", false),
        ("User-agent: creel\nDisallow: /a\nCrawl-delay: 5\nDisallow: /b", "/b", false),
        ("User-agent: creel\nUnknown: x\nDisallow: /b", "/b", false),
        // A named group without rules allows everything.
        ("User-agent: *\nDisallow: /\nUser-agent: creel\nDisallow:", "/a", true),
        ("User-agent: *\nDisallow: /\nUser-agent: creel", "/a", true),
        // Rules before any group are nobody's.
        ("Disallow: /a\nUser-agent: *\nDisallow: /b", "/a", true),
        // Spelling, line ends, marks.
        ("\u{feff}user-AGENT :  *  # all\r\nDISALLOW:\t/a # here\r\n", "/a", false),
        ("User-agent: *\rDisallow: /a\rDisallow: /b", "/b", false),
        ("useragent: *\ndissalow: /a", "/a", false),
    ] {
        assert_eq!(allows(file, path), expected, "{file:?} on {path}");
    }
}

#[test]
fn urls_with_queries() {
    let robots_txt = RobotsTxt::parse(b"User-agent: *\nDisallow: /*?session=");
    assert!(!robots_txt.allows(&Url::parse("https://s.example/p?session=1").unwrap()));
    assert!(robots_txt.allows(&Url::parse("https://s.example/p#?session=1").unwrap()));
}

#[test]
fn crawl_delay_and_sitemaps() {
    for (file, expected) in [
        ("User-agent: *\nCrawl-delay: 5", Some(5_000)),
        ("User-agent: *\nCrawl-delay: 0.5 s", Some(500)),
        ("User-agent: *\nCrawl-delay: 3600", Some(30_000)),
        ("User-agent: *\nCrawl-delay: -1", None),
        ("User-agent: *\nCrawl-delay: inf", None),
        ("User-agent: *\nCrawl-delay: soon", None),
        ("User-agent: x\nCrawl-delay: 5", None),
        ("User-agent: *\nCrawl-delay: 9\nUser-agent: creel\nCrawl-delay: 2\nDisallow: /a", Some(2_000)),
        ("User-agent: creel\nCrawl-delay: 2\nUser-agent: x\nCrawl-delay: 9\nDisallow: /a", Some(2_000)),
        ("User-agent: creel\nDisallow: /a\nUser-agent: *\nCrawl-delay: 9", None),
    ] {
        let delay = RobotsTxt::parse(file.as_bytes()).crawl_delay();
        assert_eq!(delay, expected.map(Duration::from_millis), "{file:?}");
    }
    let file = "Sitemap: https://s.example/a.xml\nUser-agent: x\nDisallow: /\nsitemap:https://s.example/b.xml #c\nSitemap:";
    assert_eq!(RobotsTxt::parse(file.as_bytes()).sitemaps(), ["https://s.example/a.xml", "https://s.example/b.xml"]);
}

#[test]
fn what_is_no_robots_txt_forbids_nothing() {
    for file in [
        &b"<!doctype html><html><head><title>404: not found</title></head><body style=\"a: b\">Disallow nothing</body></html>"[..],
        b"\xFF\xFE\x00\x01\x80 : \xC0\xC1",
        b"",
        b"\x1F\x8B\x08\x00\x00",
    ] {
        assert!(RobotsTxt::parse(file).allows_path("/any"));
    }
    let latin_1 = b"# caf\xE9\nUser-agent: *\nDisallow: /caf\xE9\nDisallow: /b";
    assert!(!RobotsTxt::parse(latin_1).allows_path("/b"));
    assert!(!RobotsTxt::parse(latin_1).allows_path("/caf%e9"));
}

#[test]
fn the_first_500_kib_count_in_whole_lines() {
    let mut file = b"User-agent: *\nDisallow: /first\n".to_vec();
    file.resize(BYTES_MAX - 13, b'#');
    file.extend(b"\nDisallow: /cut-here\nDisallow: /late\n");
    let robots_txt = RobotsTxt::parse(&file);
    assert!(!robots_txt.allows_path("/first"));
    for path in ["/late", "/cut-here", "/cut", "/"] {
        assert!(robots_txt.allows_path(path), "{path}");
    }
}

#[test]
fn how_the_fetch_ended_decides() {
    let file = b"User-agent: *\nDisallow: /a";
    for (status, a, b) in [
        (200, false, true),
        (204, false, true),
        (301, true, true),
        (401, true, true),
        (403, true, true),
        (404, true, true),
        (429, false, false),
        (500, false, false),
        (503, false, false),
        (100, false, false),
    ] {
        let policy = Policy::from_status(status, file);
        let allows = |path: &str| policy.allows(&Url::parse("https://s.example").unwrap().join(path).unwrap());
        assert_eq!((allows("/a"), allows("/b")), (a, b), "{status}");
    }
    assert!(!Policy::unreachable().allows(&Url::parse("https://s.example/a").unwrap()));
}

proptest::proptest! {
    #[test]
    fn nothing_fails(file in proptest::collection::vec(proptest::num::u8::ANY, 0..300), path in ".{0,60}") {
        let _ = RobotsTxt::parse(&file).allows_path(&path);
    }

    /// The linear matcher agrees with the obvious one that tries every place.
    #[test]
    fn agrees_with_trying_everything(pattern in "/[ab*]{0,8}\\$?", path in "/[ab]{0,10}") {
        let file = format!("User-agent: *\nDisallow: {pattern}");
        let expected = match pattern.strip_suffix('$') {
            Some(body) => tries(body.as_bytes(), path.as_bytes(), true),
            None => tries(pattern.as_bytes(), path.as_bytes(), false),
        };
        proptest::prop_assert_eq!(!allows(&file, &path), expected);
    }
}

fn tries(pattern: &[u8], path: &[u8], to_the_end: bool) -> bool {
    match pattern.split_first() {
        None => !to_the_end || path.is_empty(),
        Some((b'*', rest)) => (0..=path.len()).any(|skipped| tries(rest, &path[skipped..], to_the_end)),
        Some((byte, rest)) => path.first() == Some(byte) && tries(rest, &path[1..], to_the_end),
    }
}
