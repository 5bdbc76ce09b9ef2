//! Option pickers: selects, radio groups and swatches with their names and values. Owns what is a choice of the product and not of a quantity, a
//! country or a sort order.

use crate::{
    reading::Reading,
    sources::dom::scene::Scene,
    tape::{Attr, Mark, Marks, Node, Tag},
};

/// Pickers of one product.
const PICKERS_MAX: usize = 6;

/// Values of one picker.
const VALUES_MAX: usize = 120;

/// Elements between heading and picker.
const REACH: usize = 1_500;

const CHOICE: Marks = Marks::of(&[Mark::Option, Mark::Variant, Mark::Swatch, Mark::Size, Mark::Color, Mark::Attribute]);

pub(super) fn fill(scene: &Scene<'_>, reading: &mut Reading) {
    let mut pickers: Vec<(String, Vec<String>)> = Vec::new();
    for select in scene.document.elements(Tag::Select).take(60) {
        if is_choice(scene, select) {
            add(&mut pickers, name_of(select), values_of_select(select));
        }
    }
    if pickers.is_empty() {
        swatches(scene, &mut pickers);
    }
    reading.options = pickers;
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

fn values_of_select(select: Node<'_>) -> Vec<String> {
    let options = select.descendants().filter(|node| node.is(Tag::Option)).take(VALUES_MAX);
    let real = options.filter(|option| {
        option.attr_raw(Attr::Value).is_none_or(|value| !value.trim().is_empty() && value != "-1" && value != "0")
    });
    real.map(|option| option.text()).filter(|text| !text.is_empty() && !is_prompt(text)).collect()
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
