//! Option pickers: selects, radio groups and swatches with their names and values. Owns what is a choice of the product and not of a quantity, a
//! country or a sort order.

use crate::{
    reading::SkuReading,
    sources::{
        dom::{DomReading, scene::Scene, variants},
        facts::Facts,
    },
    tape::{Attr, Mark, Marks, Node, Tag},
};

/// Pickers of one product.
const PICKERS_MAX: usize = 6;

/// Values of one picker.
const VALUES_MAX: usize = 120;

/// Choices whose machine value and words are remembered.
const SHOWN_VALUES_MAX: usize = 300;

/// Elements between heading and picker.
const REACH: usize = 1_500;

const CHOICE: Marks = Marks::of(&[Mark::Option, Mark::Variant, Mark::Swatch, Mark::Size, Mark::Color, Mark::Attribute]);

pub(super) fn fill(scene: &Scene<'_>, facts: &Facts<'_>, found: &mut DomReading) {
    let mut pickers: Vec<(String, Vec<String>)> = Vec::new();
    for select in scene.document.elements(Tag::Select).take(60) {
        if is_choice(scene, select) {
            let choices: Vec<(Node<'_>, String)> = choices_of_select(select);
            let label = name_of(select);
            take(&choices, label, facts, &mut pickers, found);
        }
    }
    if pickers.is_empty() {
        numbered_radios(scene, facts, &mut pickers, found);
    }
    if pickers.is_empty() {
        swatches(scene, &mut pickers);
    }
    found.reading.options = pickers;
}

/// Takes in the choices of one picker: its options, and its variants where the choices carry numbers.
fn take(
    choices: &[(Node<'_>, String)],
    label: Option<String>,
    facts: &Facts<'_>,
    pickers: &mut Vec<(String, Vec<String>)>,
    found: &mut DomReading,
) {
    let values: Vec<String> = choices.iter().map(|(choice, words)| variants::value_of(*choice, words, facts)).collect();
    for ((choice, _), value) in choices.iter().zip(&values) {
        if let Some(code) =
            choice.attr(Attr::Value).filter(|code| found.shown_values.len() < SHOWN_VALUES_MAX && !code.trim().is_empty())
        {
            found.shown_values.push((code.trim().to_owned(), value.clone()));
        }
    }
    let Some(label) = label else { return };
    let axes = axes(&label, &values);
    let names: Vec<&str> = axes.iter().map(|(name, _)| name.as_str()).collect();
    let skus: Vec<SkuReading> =
        choices.iter().filter_map(|(choice, words)| variants::read(*choice, words, &names, facts)).collect();
    if skus.len() == choices.len() && found.reading.skus.is_empty() {
        found.reading.skus = skus;
    }
    for (name, values) in axes {
        add(pickers, Some(name), values);
    }
}

/// One option, or several where a picker joins them: "Colour / Size" with values such as "Red / S".
fn axes(label: &str, values: &[String]) -> Vec<(String, Vec<String>)> {
    let names: Vec<&str> = label.split(variants::JOINT).map(str::trim).collect();
    let joined = names.len() > 1 && values.iter().all(|value| value.split(variants::JOINT).count() == names.len());
    if !joined {
        return vec![(label.to_owned(), values.to_vec())];
    }
    let mut axes: Vec<(String, Vec<String>)> = names.iter().map(|name| ((*name).to_owned(), Vec::new())).collect();
    for (at, part) in values.iter().flat_map(|value| value.split(variants::JOINT).enumerate()) {
        let part = part.trim().to_owned();
        if !axes[at].1.contains(&part) {
            axes[at].1.push(part);
        }
    }
    axes
}

/// Radio buttons of one name that carry numbers.
fn numbered_radios(scene: &Scene<'_>, facts: &Facts<'_>, pickers: &mut Vec<(String, Vec<String>)>, found: &mut DomReading) {
    let radios = scene
        .document
        .with_attr(Attr::DataSku)
        .filter(|node| node.is(Tag::Input) && node.attr_raw(Attr::Type) == Some("radio"));
    let radios: Vec<Node<'_>> = radios
        .filter(|radio| {
            scene.distance(*radio) <= REACH
                && !scene.context(*radio).is_elsewhere()
                && !scene.context(*radio).marks.has(Mark::Card)
        })
        .take(VALUES_MAX)
        .collect();
    let Some(first) = radios.first() else { return };
    let choices: Vec<(Node<'_>, String)> = radios
        .iter()
        .filter(|radio| radio.attr_raw(Attr::Name) == first.attr_raw(Attr::Name))
        .map(|radio| (*radio, words_of_radio(*radio)))
        .collect();
    let label = name_of_group(&choices).or_else(|| first.attr(Attr::Name).map(|name| name.into_owned()));
    take(&choices, label, facts, pickers, found);
}

fn words_of_radio(radio: Node<'_>) -> String {
    let around = radio.ancestors().take(2).find(|at| at.is(Tag::Label));
    let id = radio.id().unwrap_or_default();
    let label = around.or_else(|| {
        radio.document().elements(Tag::Label).take(300).find(|label| !id.is_empty() && label.attr_raw(Attr::For) == Some(id))
    });
    label
        .map(|label| label.text())
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| radio.attr(Attr::Value).unwrap_or_default().into_owned())
}

/// The first words of the box around all choices, before the first of them.
fn name_of_group(choices: &[(Node<'_>, String)]) -> Option<String> {
    let (first, last) = (choices.first()?.0, choices.last()?.0);
    let group = first.ancestors().take(5).find(|at| at.contains(last))?;
    let text = group
        .texts()
        .find(|run| !run.raw().trim().is_empty())
        .filter(|run| run.parent.index() < first.index() && !run.parent.contains(first))?
        .text();
    let name = text.trim().trim_end_matches([':', '：', '*']).trim().to_owned();
    (!name.is_empty() && name.chars().count() <= 40).then_some(name)
}

fn add(pickers: &mut Vec<(String, Vec<String>)>, name: Option<String>, values: Vec<String>) {
    let Some(name) = name.filter(|_| !values.is_empty() && pickers.len() < PICKERS_MAX) else { return };
    if !pickers.iter().any(|(known, _)| *known == name) {
        pickers.push((name, values));
    }
}

fn is_choice(scene: &Scene<'_>, node: Node<'_>) -> bool {
    if scene.heading.is_none() || scene.distance(node) > REACH {
        return false;
    }
    let context = scene.context(node);
    let name = node.attr_raw(Attr::Name).unwrap_or_default().to_ascii_lowercase();
    let id = node.attr_raw(Attr::Id).unwrap_or_default().to_ascii_lowercase();
    let says = |word: &str| name.contains(word) || id.contains(word);
    let quantity = [
        "qty", "quantity", "menge", "sort", "country", "lang", "currency", "year", "month", "day", "rating", "search",
        "store", "region",
    ]
    .iter()
    .any(|word| says(word));
    let chosen =
        ["attribute", "option", "variant", "size", "color", "colour", "farbe", "groesse", "taglia", "talla", "taille"]
            .iter()
            .any(|word| says(word));
    !quantity
        && !context.is_elsewhere()
        && !context.marks.has(Mark::Card)
        && !context.marks.has(Mark::Quantity)
        && (chosen || context.marks.any(CHOICE))
}

/// The label of a picker: `label[for]`, `aria-label`, what its name says.
fn name_of(node: Node<'_>) -> Option<String> {
    let id = node.id().unwrap_or_default();
    let label = scene_label(node, id)
        .or_else(|| node.attr(Attr::AriaLabel).map(|label| label.into_owned()))
        .or_else(|| node.attr(Attr::DataLabel).map(|label| label.into_owned()));
    let label = label.or_else(|| {
        let name = node.attr_raw(Attr::Name)?.to_ascii_lowercase();
        let words = [("size", "Size"), ("color", "Color"), ("colour", "Color")];
        words.iter().find(|(word, _)| name.contains(word)).map(|(_, label)| (*label).to_owned())
    })?;
    let label = label.split(':').next().unwrap_or_default().trim().trim_end_matches('*').trim().to_owned();
    (!label.is_empty() && label.chars().count() <= 40).then_some(label)
}

fn scene_label(node: Node<'_>, id: &str) -> Option<String> {
    let labels = node.document().elements(Tag::Label).take(300);
    let own = labels
        .filter(|label| !id.is_empty() && label.attr_raw(Attr::For) == Some(id))
        .map(|label| label.text())
        .find(|text| !text.is_empty());
    own.or_else(|| {
        // A label that stands beside it in the same small box.
        let parent = node.ancestors().take(2).find(|at| at.descendants().any(|inner| inner.is(Tag::Label)))?;
        parent.descendants().find(|inner| inner.is(Tag::Label)).map(|label| label.own_text()).filter(|text| !text.is_empty())
    })
}

fn choices_of_select(select: Node<'_>) -> Vec<(Node<'_>, String)> {
    let options = select.descendants().filter(|node| node.is(Tag::Option)).take(VALUES_MAX);
    let real = options.filter(|option| {
        option.attr_raw(Attr::Value).is_none_or(|value| !value.trim().is_empty() && value != "-1" && value != "0")
    });
    real.map(|option| (option, option.text())).filter(|(_, text)| !text.is_empty() && !is_prompt(text)).collect()
}

/// "Choose a size", "Bitte wählen", "-- Select --".
fn is_prompt(text: &str) -> bool {
    let folded = text.to_lowercase();
    let starts = [
        "choose",
        "select",
        "please",
        "bitte",
        "wähle",
        "auswählen",
        "choisi",
        "sélectionn",
        "seleccion",
        "elige",
        "elegir",
        "scegli",
        "seleziona",
        "selecione",
        "escolha",
        "kies",
        "välj",
        "vælg",
        "velg",
        "valitse",
        "wybierz",
        "vyberte",
        "zvolte",
        "válassz",
        "alege",
        "izberi",
        "odaberi",
        "выбер",
        "обер",
        "seçin",
        "επιλέξτε",
        "اختر",
        "選択",
        "请选择",
        "請選擇",
        "선택",
        "--",
        "- ",
    ];
    starts.iter().any(|word| folded.starts_with(word))
}

/// Groups of radio buttons, links or buttons under an element called swatch or option.
fn swatches(scene: &Scene<'_>, pickers: &mut Vec<(String, Vec<String>)>) {
    for tag in [Tag::Ul, Tag::Div, Tag::FieldSet, Tag::Ol] {
        for group in scene
            .document
            .elements(tag)
            .filter(|node| {
                node.marks().any(Marks::of(&[Mark::Swatch, Mark::Option, Mark::Variant, Mark::Size, Mark::Color]))
            })
            .take(60)
        {
            if pickers.len() >= PICKERS_MAX
                || group.subtree_end() - group.index() > 600
                || scene.holds_heading(group)
                || scene.distance(group) > REACH
            {
                continue;
            }
            let context = scene.context(group);
            if context.is_elsewhere() || context.marks.has(Mark::Card) || context.marks.has(Mark::Image) {
                continue;
            }
            let values = swatch_values(group);
            let name = if group.marks().has(Mark::Color) {
                Some("Color")
            } else if group.marks().has(Mark::Size) {
                Some("Size")
            } else {
                None
            };
            if values.len() >= 2 {
                add(pickers, name.map(str::to_owned).or_else(|| legend(group)), values);
            }
        }
    }
}

fn legend(group: Node<'_>) -> Option<String> {
    let text =
        group.descendants().find(|node| matches!(node.tag(), Tag::Legend | Tag::Label)).map(|node| node.own_text())?;
    let name = text.split(':').next().unwrap_or_default().trim().to_owned();
    (!name.is_empty() && name.chars().count() <= 30 && name.chars().any(char::is_alphabetic)).then_some(name)
}

fn swatch_values(group: Node<'_>) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for node in group.descendants().filter(|node| matches!(node.tag(), Tag::Li | Tag::Input | Tag::Button)).take(VALUES_MAX)
    {
        if node.is(Tag::Input) && node.attr_raw(Attr::Type) != Some("radio") {
            continue;
        }
        let said = [Attr::DataValue, Attr::Title, Attr::DataTitle, Attr::DataName, Attr::AriaLabel]
            .into_iter()
            .find_map(|attr| node.attr(attr))
            .map(|value| value.into_owned());
        let value = said.filter(|value| !value.trim().is_empty()).unwrap_or_else(|| {
            if node.is(Tag::Input) { node.attr(Attr::Value).unwrap_or_default().into_owned() } else { node.text() }
        });
        let value = value.trim().to_owned();
        let fits = !value.is_empty() && value.chars().count() <= 40 && !value.starts_with("http") && !is_prompt(&value);
        if fits && !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_options() {
        let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        for (label, values, expected) in [
            ("Size", vec!["S", "M"], vec![("Size", vec!["S", "M"])]),
            ("Colour / Size", vec!["Red / S", "Red / M"], vec![("Colour", vec!["Red"]), ("Size", vec!["S", "M"])]),
            ("Colour / Size", vec!["Red", "Blue / M"], vec![("Colour / Size", vec!["Red", "Blue / M"])]),
        ] {
            let expected: Vec<(String, Vec<String>)> =
                expected.iter().map(|(name, values)| ((*name).to_owned(), owned(values))).collect();
            assert_eq!(axes(label, &owned(&values)), expected, "{label}");
        }
    }
}
