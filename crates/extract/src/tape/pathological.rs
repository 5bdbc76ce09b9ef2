//! Pages made to be slow. Each is a megabyte and more, so that work that grew with the square of the page would never end here; what can
//! be counted is: nodes, attributes, and open elements walked past.

use super::*;

const BYTES: usize = 1 << 20;

/// Nodes and attributes for each byte: the shortest tag, `<p>`, has three bytes and can infer two elements, as `<td>` does.
const NODES_PER_BYTE_MAX: usize = 1;

fn repeated(piece: &str) -> String {
    piece.repeat(BYTES / piece.len() + 1)
}

fn pages() -> Vec<(String, String)> {
    let pieces = [
        "<div>",
        "<b>",
        "<p>",
        "<a>",
        "<a href=x>",
        "</p>",
        "</b>",
        "</div>",
        "<table>",
        "<td>",
        "<table><tr><td>",
        "<svg>",
        "<svg><a>",
        "<x-a>",
        "<b><div></b>",
        "<b><p></b>",
        "<form>",
        "<form></form><div>",
        "<select><option>",
        "<button>",
        "<li><ul>",
        "<dd>",
        "<h1>",
        "<",
        "<a ",
        "<a <a <a",
        "<a b=",
        "a=b ",
        "</a ",
        "<!--",
        "<!-- -->",
        "<!",
        "</",
        "</ ",
        "<?",
        "&",
        "&amp",
        "&#",
        "\0",
        "\r",
        "<script>",
        "<script><!--",
        "<script><!--<script>",
        "<script><!-- --></script>",
        "<style>",
        "<title>",
        "<textarea>",
        "<noscript>",
        "<noscript></noscript>",
        "<template>",
        "<template></template>",
        "<body a=b>",
        "<html a=b c>",
        "<head>",
        "<meta>",
        "<!doctype html>",
        "<svg><![CDATA[",
        "<plaintext>",
        "<frameset>",
        "<frame>",
        "<math><mi>",
        "<svg><title>",
        "<ruby><rt>",
        "<p id=a class='price b'>",
        "<div itemscope itemprop=a>",
        "<option>",
        "<col>",
        "<i><svg></i>",
        "<object>",
        "<image>",
    ];
    let mut pages: Vec<(String, String)> = pieces.iter().map(|piece| (piece.to_string(), repeated(piece))).collect();
    let many: String = (0..BYTES / 8).map(|i| format!(" a{i}=1")).collect();
    pages.push(("a tag of many attributes".into(), format!("<div{many}>")));
    pages.push(("many body tags of many attributes".into(), format!("<body{many}>").repeat(4)));
    for (opened, repeats) in [
        ("<x-a>", "</x-b>"),
        ("<b>", "<div></b></div>"),
        ("<span>", "</i>"),
        ("<i><div>", "</i>"),
        ("<svg>", "</g>"),
        ("<g>", "</svg>"),
        ("<table><tr><td>", "</div>"),
        ("<div>", "<p></div>"),
        ("<select><span>", "<option>"),
        ("<template>", "</template><template>"),
        ("<form><div>", "</form><form>"),
        ("<b><table>", "</b>"),
        ("<script><!--", "<script></script>"),
    ] {
        pages.push((format!("{opened} deep, then {repeats}"), opened.repeat(600) + &repeated(repeats)));
    }
    for (opened, repeats) in [("<b>", "</b>"), ("<i>", "</i>"), ("<a>", "</a>")] {
        let round = format!("{}{}{}{}", opened.repeat(250), "<div>".repeat(250), repeats.repeat(250), "</div>".repeat(250));
        pages.push((format!("{opened} closed below blocks"), repeated(&round)));
    }
    pages
}

#[test]
fn work_stays_linear() {
    let mut parser = Parser::new();
    for (name, page) in pages() {
        let document = parser.parse(&page);
        let nodes = document.node_count();
        let attributes = document.tape.attributes.len();
        assert!(nodes + attributes <= page.len() * NODES_PER_BYTE_MAX + 8, "{name}: {nodes} nodes, {attributes} attributes");
        assert_eq!(document.root().subtree_end(), nodes, "{name}");
        let depth = document.root().descendants().last().map_or(0, |last| last.ancestors().count());
        assert!(depth <= record::DEPTH_MAX, "{name}: {depth} deep");
        let text = document.root().text();
        assert!(text.len() <= page.len() + nodes, "{name}");
        let walked = parser.walked;
        assert!(walked <= 8 * page.len() + 65_536, "{name}: {walked} walked");
    }
}
