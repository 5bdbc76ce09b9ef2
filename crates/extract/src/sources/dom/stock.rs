//! Shown availability: notices and buttons of the product, and how much each is worth. Refuses to believe what is said of one size, of another
//! product or of one branch.

use creel_types::AvailabilityStatus;

use crate::{
    availability,
    reading::AvailabilityReading,
    sources::dom::{
        DomReading, Evidence,
        buttons::Buttons,
        runs::{Runs, text_of},
        scene::Scene,
    },
    tape::{Mark, Marks, Node, Tag},
};

/// Letters that a notice may have besides its words.
const NOTICE_LETTERS_MAX: usize = 70;

const STOCK: Marks = Marks::of(&[Mark::Stock, Mark::Availability, Mark::InStock, Mark::OutOfStock]);
const VARIANT: Marks = Marks::of(&[Mark::Option, Mark::Swatch, Mark::Variant, Mark::Size, Mark::Color]);

pub(super) fn fill<'d>(scene: &Scene<'d>, runs: &Runs<'d>, buttons: &Buttons, found: &mut DomReading) {
    let mut best: Option<(AvailabilityReading, Evidence)> = None;
    for run in &runs.notices {
        // Most texts say nothing of the kind, so they are asked as they stand before they are copied.
        let Some(status) = availability::of_notice(run.raw().trim_ascii()) else { continue };
        let text = text_of(*run);
        if text.chars().count() > NOTICE_LETTERS_MAX {
            continue;
        }
        // A text that sells and denies at once is a template of which a script shows one part.
        if super::buttons::sells(&text) && !status.in_stock() {
            continue;
        }
        if speaks_of_a_branch(run.parent, &text) {
            continue;
        }
        let Some(evidence) = worth(scene, run.parent, status) else { continue };
        let better = best.as_ref().is_none_or(|(_, known)| evidence > *known);
        if better {
            best = Some((reading(status, &text), evidence));
        }
    }
    found.stock = settle(best, buttons);
}

/// Words of notices that speak of a branch, a way of delivery or a help desk.
#[rustfmt::skip]
const BRANCHES: [&str; 34] = [
    "store", "pickup", "pick up", "pick-up", "collect", "in-store", "branch", "showroom", "chat", "retiro", "tienda",
    "sucursal", "predajn", "prodejn", "filiale", "markt", "abhol", "magasin", "boutique", "negozio", "butik", "sklepie",
    "sklepu", "magazin", "loja", "winkel", "myymälä", "kaupluse", "poslovalnic", "trgovin", "магазин", "самовывоз", "門市",
    "店舗",
];

/// Whether a notice, or the small box that it stands in, speaks of a branch.
fn speaks_of_a_branch(node: Node<'_>, text: &str) -> bool {
    let says = |text: &str| {
        let folded = text.to_lowercase();
        folded.len() <= 160 && BRANCHES.iter().any(|word| folded.contains(word))
    };
    let small =
        std::iter::once(node).chain(node.ancestors()).take(3).take_while(|at| at.subtree_end() - at.index() <= 9).last();
    says(text) || small.is_some_and(|at| says(&at.text()))
}

fn reading(status: AvailabilityStatus, text: &str) -> AvailabilityReading {
    AvailabilityReading { status, quantity: quantity(text), text: Some(text.to_owned()) }
}

/// "Only 3 left", "5 in stock".
fn quantity(text: &str) -> Option<i64> {
    let folded = text.to_lowercase();
    let counts =
        ["in stock", "left", "auf lager", "skladem", "skladom", "en stock", "disponib", "na sklad", "szt", "ks", "шт"]
            .iter()
            .any(|word| folded.contains(word));
    let digits: Vec<&str> =
        folded.split(|letter: char| !letter.is_ascii_digit()).filter(|digits| !digits.is_empty()).collect();
    match digits.as_slice() {
        [only] if counts && only.len() <= 5 => only.parse().ok(),
        _ => None,
    }
}

/// How much a notice is worth by where it stands; `None` for nothing.
fn worth(scene: &Scene<'_>, node: Node<'_>, status: AvailabilityStatus) -> Option<Evidence> {
    let context = scene.context(node);
    let aside = context.is_elsewhere()
        || context.hidden
        || context.marks.any(VARIANT)
        || context.marks.has(Mark::Card)
        || context.marks.has(Mark::Modal);
    if aside || in_choice(node) || context.linked && status == AvailabilityStatus::InStock {
        return None;
    }
    let called =
        std::iter::once(node).chain(node.ancestors()).take(4).any(|at| !scene.holds_heading(at) && at.marks().any(STOCK));
    let distance = scene.distance(node);
    let near = distance < 400;
    Some(if called && distance < 900 {
        Evidence::Strong
    } else if near || called {
        Evidence::Weak
    } else {
        return None;
    })
}

/// Inside something one chooses from.
fn in_choice(node: Node<'_>) -> bool {
    std::iter::once(node)
        .chain(node.ancestors())
        .take(5)
        .any(|at| matches!(at.tag(), Tag::Select | Tag::Option | Tag::Label | Tag::Script))
}

/// Notice and buttons together: a button that cannot be pressed confirms that a product is gone; one that can be pressed denies a weak notice.
fn settle(notice: Option<(AvailabilityReading, Evidence)>, buttons: &Buttons) -> Option<(AvailabilityReading, Evidence)> {
    let gone = |text: &Option<String>| AvailabilityReading {
        status: AvailabilityStatus::OutOfStock,
        quantity: None,
        text: text.clone(),
    };
    if let Some((notice, evidence)) = notice {
        if notice.status.in_stock() {
            return Some((notice, if buttons.can_buy { Evidence::Strong } else { evidence }));
        }
        if evidence == Evidence::Strong || !buttons.can_buy {
            return Some((
                notice,
                if buttons.can_buy {
                    Evidence::Weak
                } else {
                    evidence.max(if buttons.disabled || buttons.notify.is_some() {
                        Evidence::Strong
                    } else {
                        Evidence::Weak
                    })
                },
            ));
        }
    }
    if buttons.can_buy {
        return Some((
            AvailabilityReading { status: AvailabilityStatus::InStock, quantity: None, text: None },
            Evidence::Weak,
        ));
    }
    if buttons.gone.is_some() {
        return Some((gone(&buttons.gone), Evidence::Strong));
    }
    if buttons.notify.is_some() {
        return Some((gone(&buttons.notify), Evidence::Strong));
    }
    // A button that waits for a choice of size is disabled too.
    None
}
