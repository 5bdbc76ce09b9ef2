//! Shown prices: every text near the product that states money, weighed by where it stands and what its surroundings are called. Owns what a struck
//! price, a price per kilo, an instalment and another product's price look like.

use creel_types::{Amount, UnitPrice};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    prices::{Certainty, PriceContext, PriceText, parse},
    sources::{
        dom::{
            DomReading, ShownPrice,
            runs::{Run, Runs},
            scene::{Context, Scene},
            tiles,
        },
        facts::Facts,
    },
    tape::{Attr, Mark, Marks, Node, Tag},
};

/// Letters of a box that holds one price and nothing else.
const BOX_LETTERS_MAX: usize = 60;

/// Levels that a price's parts may be apart.
const CLIMB_MAX: usize = 4;

/// Elements between the heading and a price that may be the product's.
const REACH: usize = 4_000;

/// Levels above a whole amount with its currency that may add its cents.
const CLIMB_WHOLE_MAX: usize = 3;

/// Elements of one price box.
const BOX_ELEMENTS_MAX: usize = 24;

/// A shown price below this is not taken for the product's.
pub const SCORE_MIN: f32 = 0.5;

const OLD: Marks = Marks::of(&[Mark::Old, Mark::Was, Mark::Compare, Mark::Msrp, Mark::Strike]);
const CURRENT: Marks = Marks::of(&[Mark::Sale, Mark::Current, Mark::Special]);

/// A box with one price.
struct Found<'d> {
    node: Node<'d>,
    price: PriceText,
    context: Context,
    text: String,
}

pub(super) fn fill<'d>(scene: &Scene<'d>, facts: &Facts<'_>, runs: &Runs<'d>, stated: &[Amount], found: &mut DomReading) {
    let context = facts.prices();
    let mut seen = FxHashSet::default();
    let mut memo = Memo::default();
    let boxes: Vec<Found<'d>> = runs
        .money
        .iter()
        .filter(|run| scene.distance(run.node) < REACH)
        .filter_map(|run| price_box(scene, run, &context, &mut seen, &mut memo))
        .collect();
    let carded =
        |found: &&Found<'d>| (found.context.linked || found.context.marks.has(Mark::Card)) && found.price.currency.is_some();
    found.carded_prices = boxes.iter().filter(carded).count() + runs.carded;
    let mut prices: Vec<ShownPrice> = Vec::new();
    for (at, price) in boxes.iter().enumerate() {
        if let Some((quantity, unit)) = measure(&price.price) {
            if !price.context.is_elsewhere()
                && found.reading.offer.unit_price.is_none()
                && scene.distance(price.node) < 1_500
            {
                found.reading.offer.unit_price = Some(UnitPrice { amount: price.price.amount, quantity, unit });
            }
            continue;
        }
        if !price.price.amount.is_positive() {
            continue;
        }
        let mut shown = weigh(scene, price, stated);
        // Another product's price, wherever on the page it stands and whatever its box is called.
        if shown.score > -2.0 && tiles::holds(scene, facts, price.node) {
            shown.score -= 4.0;
        }
        shown.old |= is_followed_by_lower(&boxes, at);
        // Called old, yet nothing newer stands beside it: shops rename their templates less often than their prices.
        shown.old &= price.context.struck || has_newer(&boxes, at);
        prices.push(shown);
    }
    // The same price shown again (a sticky bar, a summary) speaks for it.
    for at in 0..prices.len() {
        let again = prices.iter().filter(|other| other.amount == prices[at].amount && other.score > 0.0).count();
        prices[at].score += 0.15 * (again.min(4) as f32 - 1.0).max(0.0);
    }
    doubt_small_change(&mut prices);
    prices.sort_by(|one, other| other.score.total_cmp(&one.score));
    prices.retain(|price| price.score > -2.0);
    prices.truncate(60);
    settle(found, prices, &boxes);
}

/// Beside a good price, one of a twentieth of it is a bonus, a fee or an instalment.
fn doubt_small_change(prices: &mut [ShownPrice]) {
    let most = prices.iter().filter(|price| price.score >= SCORE_MIN).map(|price| price.amount.scaled()).max().unwrap_or(0);
    for price in prices.iter_mut().filter(|price| price.amount.scaled().saturating_mul(20) < most) {
        price.score -= 0.8;
    }
}

fn settle(found: &mut DomReading, prices: Vec<ShownPrice>, boxes: &[Found<'_>]) {
    let best = prices.iter().find(|price| !price.old && price.score >= SCORE_MIN).cloned();
    if let Some(best) = &best {
        let offer = &mut found.reading.offer;
        offer.amount = Some(best.amount);
        offer.high_amount = best.high;
        offer.currency = best.currency;
        let close = |price: &&ShownPrice| price.old && price.amount > best.amount && price.score > best.score - 3.0;
        offer.full_amount = prices.iter().find(close).map(|price| price.amount);
        let sure = |price: &Found<'_>| {
            price.price.amount == best.amount && price.price.currency.is_some_and(|found| found.1 > Certainty::Guess)
        };
        found.currency_is_sure = boxes.iter().any(sure);
    }
    if found.reading.offer.currency.is_none() {
        found.reading.offer.currency = prices.iter().find_map(|price| price.currency);
    }
    found.prices = prices;
}

/// What was read of a box: its text if it is short enough, and the price in it.
type Memo = FxHashMap<usize, (Option<String>, Option<PriceText>)>;

/// The smallest box around a text that holds a whole price.
fn price_box<'d>(
    scene: &Scene<'d>,
    run: &Run<'d>,
    context: &PriceContext,
    seen: &mut FxHashSet<usize>,
    memo: &mut Memo,
) -> Option<Found<'d>> {
    let own = parse(&run.text, context);
    let mut chosen = own.clone().filter(|price| price.currency.is_some()).map(|price| (run.node, price, run.text.clone()));
    let split = chosen.is_none() || !run.text.contains(['.', ',']);
    if split {
        // "19", "99" and "€" may stand in elements of their own.
        let levels = if chosen.is_some() { CLIMB_WHOLE_MAX } else { CLIMB_MAX };
        for node in std::iter::once(run.node).chain(run.node.ancestors()).take(levels) {
            // An element with nothing but the text says the same again.
            if node.subtree_end() - node.index() <= 2 && node == run.node {
                if chosen.is_none() && own.is_some() && (node.marks().has(Mark::Price) || names_price(node)) {
                    chosen = own.clone().map(|price| (node, price, run.text.clone()));
                }
                continue;
            }
            if node.subtree_end() - node.index() > BOX_ELEMENTS_MAX || scene.holds_heading(node) {
                break;
            }
            let (whole, price) = memo.entry(node.index()).or_insert_with(|| {
                let text = joined_text(node);
                let fits = text.chars().count() <= BOX_LETTERS_MAX;
                (fits.then(|| text.clone()), if fits { parse(&text, context) } else { None })
            });
            let Some(text) = whole.clone() else { break };
            let Some(price) = price.clone() else { continue };
            let better = match &chosen {
                None => price.currency.is_some() || node.marks().has(Mark::Price) && price.amount.is_positive(),
                // Cents that stood apart make the price more exact; anything else is another price.
                Some((_, known, _)) => {
                    known.currency.is_none() && price.currency.is_some() || completes(known.amount, price.amount)
                }
            };
            if better {
                chosen = Some((node, price, text));
            }
        }
    }
    let (node, price, text) = chosen?;
    let bare = price.currency.is_none();
    let priced = node.marks().has(Mark::Price) || node.inherited_marks().has(Mark::Price) || names_price(node);
    if bare && !priced || !seen.insert(node.index()) {
        return None;
    }
    Some(Found { node, context: scene.context(node), price, text })
}

/// Whether `longer` is `short` with its cents.
fn completes(short: Amount, longer: Amount) -> bool {
    longer > short && longer.decimal().trunc() == short.decimal()
}

/// Old pages set the price in a large font by hand.
fn is_set_large(node: Node<'_>) -> bool {
    std::iter::once(node).chain(node.parent()).any(|at| {
        let size = at
            .attr_raw(Attr::Style)
            .and_then(|style| style.split("px").next())
            .and_then(|before| before.rsplit(|letter: char| !letter.is_ascii_digit()).next());
        size.and_then(|size| size.parse::<u32>().ok()).is_some_and(|size| (18..100).contains(&size))
            && at.attr_raw(Attr::Style).is_some_and(|style| style.contains("font"))
    })
}

fn names_price(node: Node<'_>) -> bool {
    let own = |node: Node<'_>| node.attr_raw(Attr::ItemProp).is_some_and(|name| name.to_ascii_lowercase().contains("price"));
    own(node) || node.parent().is_some_and(own)
}

/// The text of a box with a point between an amount and cents that are set apart without one.
fn joined_text(node: Node<'_>) -> String {
    let mut out = String::new();
    for run in node.texts() {
        let text = run.text();
        let piece = text.trim();
        if piece.is_empty() {
            continue;
        }
        let cents = piece.len() == 2 && piece.bytes().all(|byte| byte.is_ascii_digit());
        let set_apart = run.parent.is(Tag::Sup)
            || run.parent.marks().has(Mark::Cents)
            || run.parent.parent().is_some_and(|parent| parent.is(Tag::Sup));
        if cents && set_apart && out.ends_with(|letter: char| letter.is_ascii_digit()) {
            out.push('.');
        } else if !(out.is_empty() || piece.starts_with(['.', ',']) || out.ends_with(['.', ','])) {
            out.push(' ');
        }
        out.push_str(piece);
        if out.len() > BOX_LETTERS_MAX * 4 {
            break;
        }
    }
    out
}

fn weigh(scene: &Scene<'_>, found: &Found<'_>, stated: &[Amount]) -> ShownPrice {
    let Found { node, price, context, text } = found;
    let marks = context.marks;
    let mut score = 0.0;
    score += if price.currency.is_some() { 1.0 } else { 0.0 };
    score += if marks.has(Mark::Price) { 1.2 } else { 0.0 };
    score += if marks.any(CURRENT) { 0.4 } else { 0.0 };
    score += if names_price(*node) { 0.8 } else { 0.0 };
    score += if marks.has(Mark::Product) { 0.2 } else { 0.0 };
    score += if matches!(node.tag(), Tag::Strong | Tag::B | Tag::Ins | Tag::H2 | Tag::H3) { 0.2 } else { 0.0 };
    score += if stated.contains(&price.amount) { 1.2 } else { 0.0 };
    score += if is_set_large(*node) { 0.5 } else { 0.0 };
    score -= (scene.distance(*node) as f32 / 300.0).min(4.0);
    score -= penalty(context);
    if score < -2.0 {
        // Too far off or too clearly another's: its words cannot change that.
        return ShownPrice {
            amount: price.amount,
            currency: price.currency.map(|found| found.0),
            old: context.struck,
            score,
            high: None,
        };
    }
    let words = text.to_lowercase();
    if ["/mo", "monat", "mensual", "mese", "/month", "per month", " x ", "mtl.", "rate"]
        .iter()
        .any(|word| words.contains(word))
    {
        score -= 1.5;
    }
    if [
        "save ",
        "you save",
        "spar",
        "economi",
        "ahorr",
        "risparmi",
        "zniżk",
        "shipping",
        "versand",
        "delivery",
        "doprava",
        "envío",
        "livraison",
        "over ",
        "coupon",
    ]
    .iter()
    .any(|word| words.contains(word))
    {
        score -= 2.0;
    }
    score -= if score > -1.0 && is_net(*node) { 1.5 } else { 0.0 };
    score -= if score > -1.0 && is_said_beside(*node, &PARTS) { 1.5 } else { 0.0 };
    score -= if price.per.is_some() { 0.3 } else { 0.0 };
    let old = context.struck
        || is_called_old(*node, scene)
        || ["was ", "rrp", "uvp", "statt ", "instead of", "reg.", "list price", "msrp"]
            .iter()
            .any(|word| words.contains(word));
    ShownPrice { amount: price.amount, currency: price.currency.map(|found| found.0), old, score, high: price.high }
}

/// What speaks against a price by the names around it.
fn penalty(context: &Context) -> f32 {
    let marks = context.marks;
    let mut penalty = 0.0;
    penalty += if context.is_elsewhere() { 4.0 } else { 0.0 };
    penalty += if context.linked { 2.0 } else { 0.0 };
    penalty += if context.hidden { 1.0 } else { 0.0 };
    penalty += if marks.has(Mark::Card) { 1.0 } else { 0.0 };
    penalty += if marks.has(Mark::Carousel) { 1.5 } else { 0.0 };
    penalty += if marks.has(Mark::Header) { 0.8 } else { 0.0 };
    penalty += if marks.has(Mark::Cart) && !marks.has(Mark::AddToCart) { 0.8 } else { 0.0 };
    penalty += if marks.has(Mark::Installment) { 2.0 } else { 0.0 };
    penalty += if marks.has(Mark::Save) { 2.0 } else { 0.0 };
    penalty += if marks.has(Mark::Shipping) { 1.5 } else { 0.0 };
    penalty += if marks.has(Mark::Unit) { 1.0 } else { 0.0 };
    penalty += if marks.has(Mark::Modal) { 1.0 } else { 0.0 };
    penalty += if marks.has(Mark::Swatch) || marks.has(Mark::Option) { 0.5 } else { 0.0 };
    penalty
}

/// Whether the box or what closely surrounds it is called the old price, and not the new one.
fn is_called_old(node: Node<'_>, scene: &Scene<'_>) -> bool {
    for at in std::iter::once(node).chain(node.ancestors()).take(4) {
        if scene.holds_heading(at) {
            return false;
        }
        let marks = at.marks();
        if marks.any(CURRENT) && !marks.any(OLD) {
            return false;
        }
        if marks.any(OLD) && at.subtree_end() - at.index() <= BOX_ELEMENTS_MAX {
            return true;
        }
    }
    false
}

/// Whether another price that is lower, and no price without tax, stands near.
fn has_newer(boxes: &[Found<'_>], at: usize) -> bool {
    let own = &boxes[at];
    boxes.iter().any(|other| {
        let near = other.node.index().abs_diff(own.node.index()) < 80;
        near && other.price.amount < own.price.amount
            && other.price.amount.is_positive()
            && measure(&other.price).is_none()
            && !is_net(other.node)
    })
}

/// Words beside a price without tax.
#[rustfmt::skip]
const NET: [&str; 26] = [
    "excl", "exkl", "zzgl", "netto", "ohne mwst", "ex vat", "ex. vat", "ex tax", "before tax", "without tax", "hors taxe",
    " ht", "sin iva", "sin impuestos", "senza iva", "iva escl", "+ iva", "bez dph", "bez pdv", "bez vat", "brez ddv",
    "fără tva", "fara tva", "без ндс", "km-ta", "áfa nélkül",
];

/// Words beside a price that is one of several payments.
#[rustfmt::skip]
const PARTS: [&str; 22] = [
    "每期", "分期", "期零利率", "cuotas", "parcelas", "de entrada", "raty", "rata ", "raten", "mensualit", "taksit", "рассрочк",
    "в месяц", "/mes", "al mese", "/mies", "mesačne", "měsíčně", "/kuu", "per month", "a month", "monthly",
];

/// Whether the small box around a price says one of `words`.
fn is_said_beside(node: Node<'_>, words: &[&str]) -> bool {
    let boxes = std::iter::once(node).chain(node.ancestors()).take(4).take_while(|at| at.subtree_end() - at.index() <= 9);
    // The largest of the small boxes holds the words of the others.
    boxes.last().is_some_and(|at| {
        let text = at.text().to_lowercase();
        text.len() <= 120 && words.iter().any(|word| text.contains(word))
    })
}

/// Whether a price is said to be without tax.
fn is_net(node: Node<'_>) -> bool {
    is_said_beside(node, &NET)
}

/// What one pays for, where that is a measure and not simply one piece.
fn measure(price: &PriceText) -> Option<(Amount, String)> {
    let pieces = [
        "szt", "stk", "st", "piece", "pc", "pcs", "ea", "each", "unit", "шт", "stück", "kus", "ks", "db", "unidad", "unité",
        "tab", "ct", "count",
    ];
    price.per.clone().filter(|(_, unit)| !pieces.contains(&unit.as_str()))
}

/// A box called "regular" whose neighbour states a lower price is the old one.
fn is_followed_by_lower(boxes: &[Found<'_>], at: usize) -> bool {
    let own = &boxes[at];
    let regular = std::iter::once(own.node)
        .chain(own.node.ancestors())
        .take(3)
        .any(|node| node.marks().has(Mark::Regular) && node.subtree_end() - node.index() <= BOX_ELEMENTS_MAX);
    regular
        && boxes.iter().skip(at.saturating_sub(2)).take(5).any(|other| {
            let near = other.node.index().abs_diff(own.node.index()) < 60;
            near && other.price.amount < own.price.amount
                && other.price.per.is_none()
                && !other.context.marks.has(Mark::Save)
        })
}
