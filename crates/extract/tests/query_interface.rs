//! What sources ask of a page, one question a test.

#![allow(clippy::unwrap_used, reason = "what a test's own function cannot have fails the test")]

use creel_extract::tape::{Attr, Document, Mark, Marks, Node, Parser, Tag};

const PAGE: &str = r#"<!doctype html><html lang=" de-CH "><head><title> Kettle &amp; more
 | Shop</title><base href=" /shop/ "><meta property="og:title" content="Kettle &quot;A&quot;"><meta name=empty>
<meta name="description" content=""><script type="application/ld+json" id=ld>{"a": "</b> &amp; <!-- x -->"}</script></head>
<body class="template-product"><div id="main" class="product-info"><h1>Kettle</h1>
<p class="price">€ 12<sup>90</sup> <s class="old-price">15.–</s></p><a href=" /k?a=1&amp;b=2 ">More</a><a>no link</a>
<ul itemscope itemtype="https://schema.org/ItemList"><li itemprop=name DATA-Foo="x&lt;y">One</li><li>Two</li><li>Three</li></ul>
</div><div class="related-products carousel"><span class=price>99</span></div></body></html>"#;

fn ask<T>(html: &str, question: impl FnOnce(Document<'_>) -> T) -> T {
    let mut parser = Parser::new();
    question(parser.parse(html))
}

#[test]
fn the_page_itself() {
    ask(PAGE, |page| {
        assert_eq!(page.title(), "Kettle & more | Shop");
        assert_eq!(page.base_href().unwrap(), "/shop/");
        assert_eq!(page.html_lang().unwrap(), "de-CH");
        let metas: Vec<_> = page.metas().map(|meta| format!("{}={}", meta.key, meta.content)).collect();
        assert_eq!(metas, ["og:title=Kettle \"A\"", "description="]);
        let links: Vec<_> = page.links().map(|(node, href)| (node.text(), href.into_owned())).collect();
        assert_eq!(links, [("More".to_owned(), "/k?a=1&b=2".to_owned())]);
        let script = page.scripts().next().unwrap();
        assert_eq!((script.kind(), script.id()), (Some("application/ld+json"), Some("ld")));
        assert_eq!(script.contents, "{\"a\": \"</b> &amp; <!-- x -->\"}");
    });
}

#[test]
fn attributes_and_classes() {
    ask(PAGE, |page| {
        let item = page.with_attr(Attr::ItemProp).next().unwrap();
        assert_eq!((item.tag(), item.attr_raw(Attr::ItemProp)), (Tag::Li, Some("name")));
        assert_eq!(item.attr_named("data-foo").unwrap(), "x<y");
        assert_eq!(item.attr_named("DATA-FOO").unwrap(), "x<y");
        assert_eq!(item.attr(Attr::Class), None);
        let list = page.with_attr(Attr::ItemScope).next().unwrap();
        assert_eq!(list.attr(Attr::ItemScope).unwrap(), "");
        let main = page.by_id("main").unwrap();
        assert!(main.has_class("product-info") && !main.has_class("product"));
        let names: Vec<_> = item.attrs().map(|attribute| (attribute.name(), attribute.attr())).collect();
        assert_eq!(names, [("itemprop", Attr::ItemProp), ("DATA-Foo", Attr::Unknown)]);
    });
}

#[test]
fn ways_through_the_tree() {
    ask(PAGE, |page| {
        let items: Vec<Node<'_>> = page.elements(Tag::Li).collect();
        assert_eq!(items.len(), 3);
        assert_eq!(items[0].next_sibling(), Some(items[1]));
        assert_eq!(items[2].previous_sibling(), Some(items[1]));
        assert_eq!((items[2].next_sibling(), items[0].previous_sibling()), (None, None));
        let main = page.by_id("main").unwrap();
        assert!(main.contains(items[0]) && main.contains(main) && !items[0].contains(main));
        assert!(main < items[0] && items[0] < items[1]);
        assert_eq!(items[0].closest(Tag::Div), Some(main));
        let names: Vec<_> = items[0].ancestors().map(Node::name).collect();
        assert_eq!(names, ["ul", "div", "body", "html"]);
        let children: Vec<_> = main.children().map(Node::name).collect();
        assert_eq!(children, ["h1", "p", "a", "a", "ul"]);
        let mut walk = main.descendants();
        let first = walk.next().unwrap();
        walk.skip_inside(first);
        assert_eq!(walk.next().map(Node::name), Some("p"));
    });
}

#[test]
fn marks_pass_from_parent_to_child() {
    ask(PAGE, |page| {
        let prices: Vec<_> = page.with_attr(Attr::Class).filter(|node| node.marks().has(Mark::Price)).collect();
        assert_eq!(prices.len(), 3);
        assert!(prices[0].inherited_marks().has(Mark::Product));
        assert!(!prices[0].inherited_marks().any(Marks::of(&[Mark::Related, Mark::Carousel])));
        assert_eq!(prices[1].marks(), Marks::of(&[Mark::Price, Mark::Old]));
        assert!(prices[1].inherited_marks().has(Mark::Price));
        assert!(prices[2].inherited_marks().has(Mark::Carousel));
    });
}

#[test]
fn words_are_kept_apart_as_a_reader_sees_them() {
    let cases = [
        ("<p>a<p>b", "a b"),
        ("a<br>b", "a b"),
        ("<b>a</b>b<i>c</i>", "abc"),
        ("<div>a</div>b", "a b"),
        ("<span>12</span><sup>90</sup>", "1290"),
        ("  a \n\t b&nbsp;&nbsp;c ", "a b c"),
        ("a<script>x</script><style>y</style><noscript>z</noscript><template>t</template>b", "ab"),
        ("<td>a<table><tr><td>b<td>c</table>", "a b c"),
        ("<select><option>S<option>M</select>", "S M"),
        ("a<b> </b>c", "a c"),
        ("<a><svg><title>cart</title><style>x{}</style><path/></svg>Buy</a>", "Buy"),
        ("<div>a<span></span></div><i></i>b", "a b"),
        ("&lt;b&gt;", "<b>"),
    ];
    for (html, expected) in cases {
        ask(html, |page| {
            assert_eq!(page.body().unwrap().text(), expected, "{html}");
            let mut joined = String::from("first");
            page.body().unwrap().text_into(&mut joined);
            assert_eq!(joined, format!("first {expected}"), "{html}");
        });
    }
}

#[test]
fn own_words_leave_children_out() {
    ask("<p>a <b>x</b> c<i>y</i>d</p>", |page| {
        let paragraph = page.elements(Tag::P).next().unwrap();
        assert_eq!(paragraph.own_text(), "a c d");
        let runs: Vec<_> = paragraph.texts().map(|run| (run.parent.name(), run.text().into_owned())).collect();
        let expected = [("p", "a "), ("b", "x"), ("p", " c"), ("i", "y"), ("p", "d")];
        assert!(runs.iter().map(|(name, text)| (*name, text.as_str())).eq(expected), "{runs:?}");
    });
}

#[test]
fn svg_is_nobody_s_title_or_link() {
    ask("<svg><title>icon</title><a href=x></a><style>s</style></svg><title>late</title>", |page| {
        assert_eq!(page.title(), "late");
        assert_eq!((page.links().count(), page.elements(Tag::Style).count()), (0, 0));
    });
}

#[test]
fn a_late_body_tag_adds_what_the_first_one_lacks() {
    ask("text<body class=product itemscope><body class=other id=b>", |page| {
        let body = page.body().unwrap();
        assert_eq!((body.attr_raw(Attr::Class), body.id()), (Some("product"), Some("b")));
        assert!(page.with_attr(Attr::ItemScope).eq([body]));
        assert_eq!(body.attrs().count(), 3);
    });
}
