//! The tape against html5ever, element by element: name, parent's name, attributes with values, own words. html5ever runs with scripting
//! on, so a `noscript` is compared as an element and its contents, which only we parse, are left out. What is known to differ (clones of
//! formatting elements, foster parenting) is why the corpus test asks for a share and not for all.

#![allow(clippy::unwrap_used, reason = "what a test's own function cannot have fails the test")]

use creel_extract::tape::{Node, Parser, Tag, decode};
use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The share of html5ever's elements that the tape must have, over all complete pages of the corpus.
const EQUAL_SHARE_MIN: f64 = 0.999;

/// How far apart two sequences are searched for the place where they agree again.
const RESYNC_MAX: usize = 400;

#[derive(PartialEq, Debug)]
struct Element {
    name: String,
    parent: String,
    attributes: Vec<(String, String)>,
    words: String,
}

fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn ours(html: &str) -> Vec<Element> {
    let mut parser = Parser::new();
    let document = parser.parse(html);
    let mut out = Vec::new();
    let mut skip_until = 0;
    for node in std::iter::once(document.root()).chain(document.root().descendants()) {
        if node.index() < skip_until {
            continue;
        }
        let noscript = node.is(Tag::NoScript);
        if noscript {
            skip_until = node.subtree_end();
        }
        out.push(Element {
            name: node.name().to_ascii_lowercase(),
            parent: node.parent().map_or(String::new(), |parent| parent.name().to_ascii_lowercase()),
            attributes: attributes_of(node),
            words: if noscript { String::new() } else { collapse(&node.own_text()) },
        });
    }
    out
}

fn attributes_of(node: Node<'_>) -> Vec<(String, String)> {
    node.attrs().map(|attribute| (attribute.name().to_ascii_lowercase(), attribute.value().replace("\r\n", "\n"))).collect()
}

fn theirs(html: &str) -> Vec<Element> {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(html);
    let mut out = Vec::new();
    // Deep pages would overflow the stack of a recursive walk.
    let mut stack: Vec<(Handle, String)> =
        dom.document.children.borrow().iter().rev().map(|node| (node.clone(), String::new())).collect();
    while let Some((handle, parent)) = stack.pop() {
        let NodeData::Element { name, attrs, template_contents, .. } = &handle.data else {
            continue;
        };
        let own = name.local.to_ascii_lowercase().to_string();
        let contents = template_contents.borrow();
        let children = contents.as_ref().unwrap_or(&handle).children.borrow();
        let noscript = own == "noscript";
        let mut words = String::new();
        for child in children.iter() {
            match &child.data {
                NodeData::Text { contents } => words.push_str(&contents.borrow()),
                NodeData::Element { .. } => words.push(' '),
                _ => {}
            }
        }
        out.push(Element {
            name: own.clone(),
            parent,
            attributes: attrs
                .borrow()
                .iter()
                .map(|attribute| {
                    let prefix = attribute.name.prefix.as_ref().map_or(String::new(), |prefix| format!("{prefix}:"));
                    (
                        format!("{prefix}{}", attribute.name.local).trim_start_matches(':').to_ascii_lowercase(),
                        attribute.value.to_string(),
                    )
                })
                .collect(),
            words: if noscript { String::new() } else { collapse(&words) },
        });
        if !noscript {
            stack.extend(children.iter().rev().map(|child| (child.clone(), own.clone())));
        }
    }
    out
}

/// How many of `expected` stand in `found` in the same order, and descriptions of the first places where they part.
fn agreement(found: &[Element], expected: &[Element], differences: &mut Vec<String>) -> usize {
    let (mut i, mut j, mut equal) = (0, 0, 0);
    while i < found.len() && j < expected.len() {
        if found[i] == expected[j] {
            (i, j, equal) = (i + 1, j + 1, equal + 1);
            continue;
        }
        differences.push(format!("ours   {:?}\n        theirs {:?}", found[i], expected[j]));
        (i, j) = resync(&found[i..], &expected[j..]).map_or((i + 1, j + 1), |(di, dj)| (i + di, j + dj));
    }
    equal
}

fn resync(found: &[Element], expected: &[Element]) -> Option<(usize, usize)> {
    (1..RESYNC_MAX).find_map(|distance| {
        (0..=distance).map(|di| (di, distance - di)).find(|&(di, dj)| {
            let (a, b) = (found.get(di..), expected.get(dj..));
            matches!((a, b), (Some(a), Some(b)) if a.len() > 1 && b.len() > 1 && a[..2] == b[..2])
        })
    })
}

#[test]
fn our_own_fixtures_agree_entirely() {
    let fixtures = include_str!("fixtures/trees.html").split("<!-- next page -->");
    for html in fixtures {
        let (found, expected) = (ours(html), theirs(html));
        let mut differences = Vec::new();
        agreement(&found, &expected, &mut differences);
        assert!(
            differences.is_empty() && found.len() == expected.len(),
            "{html}\n{}\n{found:#?}\n{expected:#?}",
            differences.join("\n")
        );
    }
}

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("CREEL_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"), PathBuf::from);
    folder.is_dir().then_some(folder)
}

/// Every HTML page under a folder, those in archives included, with its name.
fn pages(folder: &Path, out: &mut Vec<(String, String)>) {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            pages(&path, out);
        } else if name.ends_with(".tar.gz") {
            archived(&unpacked(&path), out);
        } else if name.ends_with(".html.gz") || name.ends_with(".html") {
            out.push((name, decode(&unpacked(&path), None).text.into_owned()));
        }
    }
}

fn unpacked(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    if !bytes.starts_with(&[0x1F, 0x8B]) {
        return bytes;
    }
    let mut page = Vec::new();
    flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut page).unwrap();
    page
}

/// The HTML files of a tar archive: blocks of 512 bytes, a header with name and octal size before each file.
fn archived(archive: &[u8], out: &mut Vec<(String, String)>) {
    let mut rest = archive;
    while rest.len() > 512 && rest[0] != 0 {
        let text = |from: usize, to: usize| String::from_utf8_lossy(&rest[from..to]).trim_matches(['\0', ' ']).to_owned();
        let (name, size) = (text(0, 100), usize::from_str_radix(&text(124, 136), 8).unwrap());
        if name.ends_with(".html") {
            out.push((name, decode(&rest[512..512 + size], None).text.into_owned()));
        }
        rest = &rest[(512 + size.next_multiple_of(512)).min(rest.len())..];
    }
}

/// How many elements html5ever finds, and how many of them the tape has.
#[derive(Default)]
struct Share {
    pages: usize,
    whole_pages: usize,
    equal: usize,
    total: usize,
}

impl Share {
    fn add(&mut self, found: usize, expected: usize, equal: usize) {
        self.pages += 1;
        self.whole_pages += usize::from(equal == expected && equal == found);
        self.equal += equal;
        self.total += expected;
    }

    fn value(&self) -> f64 {
        self.equal as f64 / self.total.max(1) as f64
    }
}

#[test]
fn corpus_pages_agree() {
    let Some(folder) = corpus() else {
        println!("SKIPPED: no corpus folder (CREEL_CORPUS)");
        return;
    };
    let mut found_pages = Vec::new();
    pages(&folder, &mut found_pages);
    let show = std::env::var("CREEL_ORACLE_SHOW").ok().and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
    // Fragments cut out of pages were written by a serializer that spells `<i></i>` as `<i/>`, which leaves every icon open.
    let (mut complete, mut fragments) = (Share::default(), Share::default());
    for (name, html) in &found_pages {
        let (found, expected) = (ours(html), theirs(html));
        let mut differences = Vec::new();
        let equal = agreement(&found, &expected, &mut differences);
        let share = if html.contains("<body") || html.contains("<BODY") { &mut complete } else { &mut fragments };
        share.add(found.len(), expected.len(), equal);
        if show > 0 && equal != expected.len() {
            println!("{name}: {equal} of {} (ours {})", expected.len(), found.len());
            differences.iter().take(show).for_each(|difference| println!("    {difference:.900}"));
        }
    }
    for (kind, share) in [("pages", &complete), ("fragments", &fragments)] {
        let Share { pages, whole_pages, equal, total } = share;
        println!(
            "{pages} {kind}, {whole_pages} the same entirely; {equal} of {total} elements equal: {:.4} %",
            share.value() * 100.0
        );
    }
    assert!(complete.value() >= EQUAL_SHARE_MIN, "{}", complete.value());
}
