//! The tree rules as a table: a page and the tree it must become, written as `name(children)` with texts in quotes.

#![allow(clippy::unwrap_used, reason = "what a test's own function cannot have fails the test")]

use creel_extract::tape::{Node, Parser};

/// The tree below `body`, texts collapsed and kept only where they stand directly.
fn outline(node: Node<'_>, out: &mut String) {
    out.push_str(node.name());
    let own = node.own_text();
    if node.children().next().is_none() && own.is_empty() {
        return;
    }
    out.push('(');
    let mut first = true;
    if !own.is_empty() {
        out.push('"');
        out.push_str(&own);
        out.push('"');
        first = false;
    }
    for child in node.children() {
        if !first {
            out.push(' ');
        }
        first = false;
        outline(child, out);
    }
    out.push(')');
}

fn body_of(html: &str) -> String {
    let mut parser = Parser::new();
    let mut out = String::new();
    outline(parser.parse(html).body().unwrap(), &mut out);
    out
}

#[test]
fn trees() {
    let cases = [
        ("", "body"),
        ("<p>a<p>b", "body(p(\"a\") p(\"b\"))"),
        ("<p>a<div>b</div>c</p>", "body(\"c\" p(\"a\") div(\"b\") p)"),
        ("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>", "body(ul(li(\"a\") li(\"b\" ul(li(\"c\"))) li(\"d\")))"),
        ("<dl><dt>a<dd>b<dt>c</dl>", "body(dl(dt(\"a\") dd(\"b\") dt(\"c\")))"),
        ("<table><tr><td>a<td>b<tr><th>c</table>d", "body(\"d\" table(tbody(tr(td(\"a\") td(\"b\")) tr(th(\"c\")))))"),
        ("<table><td>a</div></table>", "body(table(tbody(tr(td(\"a\")))))"),
        (
            "<select><option>a<option>b<optgroup><option>c</select>",
            "body(select(option(\"a\") option(\"b\") optgroup(option(\"c\"))))",
        ),
        ("<div><b>a<div>b</b>c</div>d</div>e", "body(\"e\" div(\"d\" b(\"a\" div(\"bc\"))))"),
        ("<div></b></span>a</div>b", "body(\"b\" div(\"a\"))"),
        ("a</br>b</p>c", "body(\"a b c\" br p)"),
        ("<div><noscript><div><img></noscript>a</div>b", "body(\"b\" div(\"a\" noscript(div(img))))"),
        ("<svg><title>x</title><path/><g><a></svg><p>a", "body(svg(title(\"x\") path g(a)) p(\"a\"))"),
        ("<svg><g><div>a", "body(svg(g) div(\"a\"))"),
        (
            "a<script><!--<script></script>--></script><textarea><b></textarea>",
            "body(\"a\" script(\"<!--<script></script>-->\") textarea(\"<b>\"))",
        ),
        ("a<!-- <b> -->b<!---->c<!>d</>e<?x>f<![CDATA[g]]>h", "body(\"abcdefh\")"),
        ("<a href=1>x<a href=2>y", "body(a(\"x\") a(\"y\"))"),
        ("1 < 2 <3", "body(\"1 < 2 <3\")"),
        ("<table><div>kept</div><tr><td>a</table>", "body(table(div(\"kept\") tbody(tr(td(\"a\")))))"),
        ("<head><noscript><img><p>x</noscript><title>t</title></head>a", "body(\"a\")"),
        ("<noscript><form></noscript><form><i>a", "body(form(i(\"a\")))"),
        ("<div><noscript><p>never closed", "body(div(noscript(p(\"never closed\"))))"),
        ("<template><tr><td>a</template><p>b", "body(p(\"b\"))"),
        ("<i><template><p></i>a</template>b", "body(i(\"b\" template(p(\"a\"))))"),
        ("<ruby>a<rt>b<rt>c</ruby>", "body(ruby(\"a\" rt(\"b\") rt(\"c\")))"),
        ("<button>a<div><button>b", "body(button(\"a\" div) button(\"b\"))"),
        ("<h1>a<h2>b</h1>c", "body(\"c\" h1(\"a\") h2(\"b\"))"),
        ("<x-a>a<p>b</x-a>c", "body(x-a(\"a\" p(\"bc\")))"),
        ("<select><div><option>a</div><option>b<input>", "body(select(div(option(\"a\")) option(\"b\")) input)"),
    ];
    for (html, expected) in cases {
        assert_eq!(body_of(html), expected, "{html}");
    }
}
