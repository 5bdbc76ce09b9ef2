//! The one pass over the page's visible texts: it sorts out the few that may state a price, a number or an availability. Judges nothing.

use crate::{
    sources::{
        dom::{labels, scene::Scene},
        facts::Facts,
    },
    tape::{Mark, Node, Tag, TextRun},
};

/// Bytes of a text that can be a price, a label or a notice; longer ones are prose.
const RUN_BYTES_MAX: usize = 160;

/// Runs of each kind that are kept.
const RUNS_MAX: usize = 1_500;

/// A text with the element that it stands in.
#[derive(Clone, Debug)]
pub(super) struct Run<'d> {
    pub node: Node<'d>,
    pub text: String,
}

#[derive(Default)]
pub(super) struct Runs<'d> {
    /// Texts with a digit and either a sign of money or an element called price.
    pub money: Vec<Run<'d>>,
    /// Texts that begin with the label of a number or a brand, with the text that follows.
    pub labels: Vec<(Run<'d>, String)>,
    /// Texts with money that stand where other products stand.
    pub carded: usize,
    /// Bytes of all visible texts.
    pub text_bytes: usize,
    /// Short texts without digits, near the heading, that may be notices.
    pub notices: Vec<TextRun<'d>>,
}

/// Elements after the heading whose notices may be the product's.
const NOTICE_REACH: usize = 1_200;

/// Elements before the heading, for pages that put the buying box first.
const NOTICE_REACH_BEFORE: usize = 250;

pub(super) fn collect<'d>(scene: &Scene<'d>, _facts: &Facts<'_>) -> Runs<'d> {
    let mut runs = Runs::default();
    let Some(body) = scene.document.body() else { return runs };
    let heading = scene.heading.map_or(0, Node::index);
    let mut open_label: Option<Run<'d>> = None;
    // "$" and "29" or "294" and "元" may stand in elements of their own.
    let mut sign_before = false;
    let mut bare_number: Option<Run<'d>> = None;
    for run in body.texts() {
        let raw = run.raw();
        runs.text_bytes += raw.trim_ascii().len();
        if raw.len() > RUN_BYTES_MAX * 3 {
            open_label = None;
            continue;
        }
        let trimmed = raw.trim_ascii();
        if trimmed.is_empty() || trimmed.len() > RUN_BYTES_MAX {
            continue;
        }
        if scene.is_plainly_elsewhere(run.parent) {
            runs.carded += usize::from(trimmed.len() <= 24 && ends_or_starts_with_sign(trimmed));
            open_label = None;
            continue;
        }
        if let Some(label) = open_label.take()
            && runs.labels.len() < RUNS_MAX
        {
            runs.labels.push((label, text_of(run)));
        }
        let digits = trimmed.bytes().any(|byte| byte.is_ascii_digit()) || !trimmed.is_ascii() && has_other_digit(trimmed);
        if labels::may_begin(trimmed) {
            let found = Run { node: run.parent, text: text_of(run) };
            if labels::is_whole(&found.text) {
                if runs.labels.len() < RUNS_MAX {
                    runs.labels.push((found, String::new()));
                }
            } else if labels::is_label(&found.text) {
                open_label = Some(found);
            }
        }
        let number = bare_number.take();
        if digits {
            if runs.money.len() < RUNS_MAX && (sign_before && trimmed.len() <= 14 || may_be_money(trimmed, run.parent)) {
                runs.money.push(Run { node: run.parent, text: text_of(run) });
            } else if trimmed.len() <= 14 && !sign_before {
                bare_number = Some(Run { node: run.parent, text: text_of(run) });
            }
        } else if let Some(number) = number.filter(|_| runs.money.len() < RUNS_MAX && starts_with_sign(trimmed)) {
            runs.money.push(number);
        }
        sign_before = !digits && ends_with_sign(trimmed);
        let at = run.parent.index();
        let near = at + NOTICE_REACH_BEFORE >= heading && at <= heading + NOTICE_REACH;
        if near && trimmed.len() <= 90 && runs.notices.len() < RUNS_MAX && !run.parent.is(Tag::Option) {
            runs.notices.push(run);
        }
    }
    runs
}

fn ends_or_starts_with_sign(text: &str) -> bool {
    let money = |letter: Option<char>| {
        letter.is_some_and(|letter| matches!(letter, '$' | '€' | '£' | '¥' | '₹' | '₽' | '₺' | '₩' | '₫'))
    };
    money(text.chars().next()) || money(text.chars().next_back())
}

/// Whether a text ends in a sign that stands before amounts.
fn ends_with_sign(text: &str) -> bool {
    let sign = text.chars().next_back().is_some_and(|letter| {
        matches!(letter, '$' | '€' | '£' | '¥' | '₹' | '₽' | '₺' | '₩' | '₫' | '฿' | '₪' | '₱' | '₦' | '￥' | '＄')
    });
    sign || text.len() <= 6 && crate::prices::is_symbol(text)
}

/// Whether a text is or starts with a sign that stands after amounts.
fn starts_with_sign(text: &str) -> bool {
    let sign =
        text.chars().next().is_some_and(|letter| matches!(letter, '€' | '₽' | '元' | '円' | '원' | '₫' | '₴' | '₸' | '$'));
    sign || text.len() <= 10 && crate::prices::is_symbol(text)
}

pub(super) fn text_of(run: TextRun<'_>) -> String {
    let text = run.text();
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Whether a text has a digit of another script: only texts of those scripts, by their first bytes, are looked through.
fn has_other_digit(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, 0xd9 | 0xdb | 0xe0 | 0xe1 | 0xef))
        && text.chars().any(|letter| !letter.is_ascii() && letter.is_numeric())
}

/// Whether a text with a digit may be part of a price: short, and with a sign of money in it or a price's element around it.
fn may_be_money(text: &str, parent: Node<'_>) -> bool {
    if text.len() > 90 {
        return false;
    }
    let priced = |node: Node<'_>| node.marks().has(Mark::Price) || node.has_attr(crate::tape::Attr::ItemProp);
    if priced(parent) || parent.inherited_marks().has(Mark::Price) {
        return true;
    }
    // "$", "€", "zł", "kr", "USD": anything that is neither a digit nor a separator, on a text that is little else.
    let others =
        text.chars().filter(|letter| !letter.is_ascii_digit() && !matches!(letter, '.' | ',' | ' ' | '\'' | '-')).count();
    (1..=40).contains(&others)
        && (text.contains(['$', '€', '£', '¥', '₹', '₽', '₺', '₩', '₫', '₴', '฿', '₪', '₱', '₦', '￥', '&']) || others <= 24)
}
