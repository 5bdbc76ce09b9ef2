//! Whatever the text, the parser answers with a well-formed tree, the same one every time, and reading all of it never panics.

#![allow(clippy::unwrap_used, reason = "what a test's own function cannot have fails the test")]

use creel_extract::tape::{Attr, Document, Node, Parser, Tag, decode};
use proptest::prelude::*;
use std::cell::RefCell;
use std::fmt::Write;

/// Pieces that pages are made of; joined at random they reach every rule, and every rule in the wrong place.
const PIECES: &[&str] = &[
    "<div>",
    "</div>",
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<a href=x>",
    "</a>",
    "<i>",
    "</i>",
    "<ul>",
    "</ul>",
    "<li>",
    "</li>",
    "<dl>",
    "<dd>",
    "<dt>",
    "</dl>",
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "</td>",
    "<th>",
    "<tbody>",
    "</tbody>",
    "<caption>",
    "<colgroup>",
    "<col>",
    "</caption>",
    "<select>",
    "</select>",
    "<option>",
    "<optgroup>",
    "<form>",
    "</form>",
    "<input name=q>",
    "<button>",
    "</button>",
    "<h1>",
    "</h2>",
    "<html lang=en>",
    "<head>",
    "</head>",
    "<body class=price>",
    "</body>",
    "</html>",
    "<title>",
    "</title>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<!",
    "<?",
    "</",
    "<",
    ">",
    "\"",
    "'",
    "=",
    "/",
    "/>",
    "<style>",
    "</style>",
    "<textarea>",
    "</textarea>",
    "<noscript>",
    "</noscript>",
    "<template>",
    "</template>",
    "<svg>",
    "</svg>",
    "<title/>",
    "<foreignObject>",
    "<math>",
    "<mi>",
    "<![CDATA[",
    "]]>",
    "<br>",
    "</br>",
    "<img src=a>",
    "<image>",
    "<frameset>",
    "<frame>",
    "<plaintext>",
    "<object>",
    "</object>",
    "<ruby>",
    "<rt>",
    "<x-y>",
    "</x-y>",
    "<X-Z CLASS='old price' id=\u{e9}>",
    "<span itemprop=price>",
    "</span>",
    "text",
    " ",
    "\n",
    "\r\n",
    "\0",
    "\u{e9}",
    "\u{20ac}",
    "&amp;",
    "&",
    "&#x20ac",
    "&notit;",
    "<!doctype html>",
    "<pre>\n",
    "<hr>",
    "<meta charset=x>",
    "<link>",
    "<nobr>",
    "<!--<script>",
    "<a",
    "class=\"a b\"",
    " id=c",
    "<p class=",
    "<iframe>",
    "</iframe>",
    "<xmp>",
    "<base href=/>",
];

fn pages() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => any::<String>(),
        2 => "[<>/a-z!\\-\"'= &;\u{0}\u{e9}]{0,200}",
        6 => prop::collection::vec(prop::sample::select(PIECES), 0..120).prop_map(|pieces| pieces.concat()),
    ]
}

/// Everything that can be read of a page, as text.
fn read_all(document: Document<'_>) -> String {
    let mut out =
        format!("{} {:?} {:?} {:?}\n", document.title(), document.base_href(), document.html_lang(), document.root().text());
    for node in std::iter::once(document.root()).chain(document.root().descendants()) {
        let attributes: Vec<_> = node.attrs().map(|attribute| (attribute.name(), attribute.value())).collect();
        write!(out, "{node:?} {:?} {attributes:?} {:?} {:?}", node.parent(), node.marks(), node.inherited_marks()).unwrap();
        writeln!(out, " {:?} {:?} {:?} {:?}", node.text(), node.own_text(), node.raw_text(), node.previous_sibling())
            .unwrap();
        assert_eq!(
            node.texts().map(|run| run.text().into_owned()).collect::<String>().split_whitespace().collect::<String>(),
            node.text().split_whitespace().collect::<String>()
        );
    }
    let counts = (document.metas().count(), document.links().count(), document.scripts().count());
    writeln!(out, "{counts:?} {:?}", document.by_id("c")).unwrap();
    out
}

fn check_tree(document: Document<'_>) {
    let count = document.node_count();
    assert_eq!(document.root().subtree_end(), count);
    assert!(document.body().is_some(), "every page has a body");
    for node in document.root().descendants() {
        let parent = node.parent().unwrap();
        assert!(
            parent.index() < node.index() && node.index() < node.subtree_end() && node.subtree_end() <= parent.subtree_end()
        );
        assert!(parent.contains(node) && !node.contains(parent));
        assert_eq!(document.node(node.index()), Some(node));
        assert!(node.position() <= document.source().len());
        let mut before = node.index() + 1;
        for child in node.children() {
            assert!(child.parent() == Some(node) && child.index() >= before);
            before = child.subtree_end();
        }
        let expected = node.ancestors().fold(Default::default(), |marks, ancestor| ancestor.marks() | marks);
        assert_eq!(node.inherited_marks(), expected);
    }
    check_lists(document);
}

/// The lists made while parsing hold what a walk finds, in the same order.
fn check_lists(document: Document<'_>) {
    let all: Vec<Node<'_>> = std::iter::once(document.root()).chain(document.root().descendants()).collect();
    for &tag in Tag::ALL {
        let walked = all.iter().filter(|node| node.is(tag));
        assert!(document.elements(tag).eq(walked.copied()), "{tag:?}");
    }
    for &attr in &Attr::ALL[1..] {
        let walked = all.iter().filter(|node| node.has_attr(attr)).copied();
        let mut listed: Vec<_> = document.with_attr(attr).collect();
        // A repeated html or body tag adds its attributes late.
        listed.sort();
        assert!(listed.into_iter().eq(walked), "{attr:?}");
    }
}

thread_local! {
    /// One parser for all cases, as a worker has one for all pages.
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
}

fn with_parser<T>(run: impl FnOnce(&mut Parser) -> T) -> T {
    PARSER.with_borrow_mut(run)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_well_formed_page(first in pages(), second in pages()) {
        let (read, again) = with_parser(|parser| {
            let document = parser.parse(&first);
            check_tree(document);
            let read = read_all(document);
            // Buffers that held another page must not show.
            check_tree(parser.parse(&second));
            (read, read_all(parser.parse(&first)))
        });
        prop_assert_eq!(read, again);
    }

    #[test]
    fn any_bytes_decode(bytes in any::<Vec<u8>>(), charset in prop::option::of("[a-z0-9-]{0,12}")) {
        let decoded = decode(&bytes, charset.as_deref());
        with_parser(|parser| check_tree(parser.parse(&decoded.text)));
    }
}

#[test]
fn damaged_fixtures_stay_well_formed() {
    let source = include_str!("fixtures/trees.html");
    let mut parser = Parser::new();
    let starts: Vec<usize> = source.char_indices().map(|(at, _)| at).collect();
    for (i, &at) in starts.iter().enumerate().step_by(3) {
        check_tree(parser.parse(&source[at..]));
        check_tree(parser.parse(&source[..at]));
        let end = starts.get(i + 5).copied().unwrap_or(source.len());
        check_tree(parser.parse(&format!("{}{}", &source[..at], &source[end..])));
    }
}
