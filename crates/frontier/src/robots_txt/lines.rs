//! The lines of a robots.txt: which directive each one is. Lines that are none are skipped, as RFC 9309, 2.2 asks.

/// A line that means something to this crawler, with its trimmed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Directive<'a> {
    UserAgent(&'a [u8]),
    Allow(&'a [u8]),
    Disallow(&'a [u8]),
    CrawlDelay(&'a [u8]),
    Sitemap(&'a [u8]),
}

/// The directives of a file in order. Lines end with CR, LF or both; a byte order mark is skipped.
pub(super) fn directives(file: &[u8]) -> impl Iterator<Item = Directive<'_>> {
    let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    file.split(|byte| matches!(byte, b'\n' | b'\r')).filter_map(directive)
}

fn directive(line: &[u8]) -> Option<Directive<'_>> {
    let line = line.split(|byte| *byte == b'#').next()?.trim_ascii();
    let colon = memchr::memchr(b':', line)?;
    let (key, value) = (line[..colon].trim_ascii(), line[colon + 1..].trim_ascii());
    let is = |names: &[&str]| names.iter().any(|name| key.eq_ignore_ascii_case(name.as_bytes()));
    // The misspellings are the ones that Google's parser takes too: their author plainly asked for something.
    if is(&["user-agent", "useragent", "user agent"]) {
        Some(Directive::UserAgent(value))
    } else if is(&["disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"]) {
        Some(Directive::Disallow(value))
    } else if is(&["allow"]) {
        Some(Directive::Allow(value))
    } else if is(&["crawl-delay", "crawldelay", "crawl delay"]) {
        Some(Directive::CrawlDelay(value))
    } else if is(&["sitemap", "site-map"]) {
        Some(Directive::Sitemap(value))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_directives() {
        let file = b"\xEF\xBB\xBFUser-Agent: a # note\r\nDISALLOW:/x\rallow : /y\n<html>\n: /z\ncrawl-delay: 5\nSitemap:https://s.example/m.xml\n";
        let found: Vec<_> = directives(file).collect();
        assert_eq!(
            found,
            [
                Directive::UserAgent(b"a"),
                Directive::Disallow(b"/x"),
                Directive::Allow(b"/y"),
                Directive::CrawlDelay(b"5"),
                Directive::Sitemap(b"https://s.example/m.xml"),
            ]
        );
    }
}
