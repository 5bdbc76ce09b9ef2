//! Specification tables and lists: `table`, `dl`, and lists of "name: value" under an element that is called so. Knows no units.

use crate::{
    reading::Reading,
    sources::dom::scene::Scene,
    tape::{Mark, Marks, Node, Tag},
};

/// Rows of one page that are kept.
const ROWS_MAX: usize = 100;

/// Tables of one page that are looked at.
const TABLES_MAX: usize = 40;

/// Elements of one cell; a larger one lays the page out.
const CELL_ELEMENTS_MAX: usize = 60;

const SPECS: Marks = Marks::of(&[Mark::Spec, Mark::Attribute, Mark::Detail, Mark::Table, Mark::Description, Mark::Product]);

pub(super) fn fill(scene: &Scene<'_>, reading: &mut Reading) {
    let mut rows = Vec::new();
    for table in scene.document.elements(Tag::Table).take(TABLES_MAX) {
        if is_of_product(scene, table) {
            rows.extend(table.descendants().filter(|node| node.is(Tag::Tr)).take(ROWS_MAX).filter_map(table_row));
        }
    }
    for list in scene.document.elements(Tag::Dl).take(TABLES_MAX) {
        if is_of_product(scene, list) {
            definition_rows(list, &mut rows);
        }
    }
    rows.truncate(ROWS_MAX);
    reading.properties = rows;
}

fn is_of_product(scene: &Scene<'_>, node: Node<'_>) -> bool {
    if scene.heading.is_some_and(|heading| node.index() < heading.index()) || scene.holds_heading(node) {
        return false;
    }
    let context = scene.context(node);
    !context.is_elsewhere()
        && !context.marks.has(Mark::Card)
        && !context.marks.has(Mark::Cart)
        && (context.marks.any(SPECS) || node.is(Tag::Dl))
}

fn table_row(row: Node<'_>) -> Option<(String, String)> {
    let mut cells = row.children().filter(|cell| matches!(cell.tag(), Tag::Td | Tag::Th));
    let (name, value) = (cells.next()?, cells.next()?);
    let small = [name, value].iter().all(|cell| cell.subtree_end() - cell.index() <= CELL_ELEMENTS_MAX);
    (small && cells.next().is_none()).then(|| pair(&name.text(), &value.text())).flatten()
}

fn definition_rows(list: Node<'_>, rows: &mut Vec<(String, String)>) {
    let mut name: Option<String> = None;
    for node in list.descendants().filter(|node| matches!(node.tag(), Tag::Dt | Tag::Dd)).take(ROWS_MAX * 2) {
        if node.is(Tag::Dt) {
            name = (node.subtree_end() - node.index() <= CELL_ELEMENTS_MAX).then(|| node.text());
        } else if let Some(name) = name.take().filter(|_| node.subtree_end() - node.index() <= CELL_ELEMENTS_MAX) {
            rows.extend(pair(&name, &node.text()));
        }
    }
}

fn pair(name: &str, value: &str) -> Option<(String, String)> {
    let name = name.trim().trim_end_matches([':', '：']).trim();
    let value = value.trim();
    let fits = (1..=60).contains(&name.chars().count())
        && (1..=300).contains(&value.chars().count())
        && name.chars().any(char::is_alphabetic);
    fits.then(|| (name.to_owned(), value.to_owned()))
}
