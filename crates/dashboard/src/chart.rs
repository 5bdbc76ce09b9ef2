//! Charts as pictures made on the server, each with its table: lines over time, bars in a row, bars of shares. No script, no style
//! of their own: colours and sizes are the stylesheet's. A value of `None` is a gap, not a nought.
//!
//! `Chart::bars("Credits spent by day", points, format)` and `Chart::line(..)` print themselves in a template: `{{ chart }}`.

use askama::{Template, filters::HtmlSafe};

/// Units of the drawing; it is scaled to the room that there is.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 24.0;
/// Lines across, the one at the bottom among them.
const STEPS: usize = 4;
/// Labels below, so that they stand apart on a telephone too.
const LABELS_MAX: usize = 4;
/// A point is marked where there are not more.
const DOTS_MAX: usize = 60;

/// A value with the words that stand for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Point {
    /// Where it stands: a day, an instant.
    pub(crate) label: String,
    pub(crate) value: Option<f64>,
    /// The exact value as people read it.
    pub(crate) text: String,
}

impl Point {
    pub(crate) fn new(label: impl Into<String>, value: Option<f64>, text: impl Into<String>) -> Point {
        Point { label: label.into(), value, text: text.into() }
    }
}

/// A chart with its table.
#[derive(Clone, Debug, Template)]
#[template(path = "chart.html")]
pub(crate) struct Chart {
    title: String,
    /// What the values are, as the head of the table's column.
    unit: String,
    bars: Vec<Bar>,
    lines: Vec<String>,
    /// What is expected, as a line of its own look.
    outlook: String,
    dots: Vec<Dot>,
    steps: Vec<Step>,
    labels: Vec<Label>,
    points: Vec<Point>,
    is_empty: bool,
}

impl HtmlSafe for Chart {}

#[derive(Clone, Debug)]
struct Bar {
    x: String,
    y: String,
    width: String,
    height: String,
    said: String,
}

#[derive(Clone, Debug)]
struct Dot {
    x: String,
    y: String,
    said: String,
}

#[derive(Clone, Debug, PartialEq)]
struct Step {
    y: String,
    text: String,
}

#[derive(Clone, Debug, PartialEq)]
struct Label {
    x: String,
    anchor: &'static str,
    text: String,
}

/// From which value to which the chart reaches, both ends whole steps.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Scale {
    low: f64,
    step: f64,
}

impl Chart {
    /// Bars from nought, a point each.
    pub(crate) fn bars(title: impl Into<String>, unit: impl Into<String>, points: Vec<Point>) -> Chart {
        let scale = Scale::of(&points, true);
        let slot = (WIDTH - LEFT - RIGHT) / count(&points);
        let bars = points
            .iter()
            .enumerate()
            .filter_map(|(at, point)| {
                let value = point.value.filter(|value| *value > 0.0)?;
                let top = scale.y(value);
                Some(Bar {
                    x: short(LEFT + slot * place(at) + slot * 0.12),
                    y: short(top),
                    width: short(slot * 0.76),
                    height: short((HEIGHT - BOTTOM - top).max(1.0)),
                    said: said(point),
                })
            })
            .collect();
        Chart { bars, ..Chart::new(title, unit, points, scale, |at| LEFT + slot * (place(at) + 0.5)) }
    }

    /// A line through the points, broken where there is no value. It does not begin at nought: changes are to be seen.
    pub(crate) fn line(title: impl Into<String>, unit: impl Into<String>, points: Vec<Point>) -> Chart {
        let scale = Scale::of(&points, false);
        let slot = (WIDTH - LEFT - RIGHT) / count(&points);
        let x = |at: usize| LEFT + slot * (place(at) + 0.5);
        let mut lines: Vec<Vec<String>> = vec![Vec::new()];
        let mut dots = Vec::new();
        for (at, point) in points.iter().enumerate() {
            match (point.value, lines.last_mut()) {
                (Some(value), Some(line)) => {
                    line.push(format!("{},{}", short(x(at)), short(scale.y(value))));
                    dots.push(Dot { x: short(x(at)), y: short(scale.y(value)), said: said(point) });
                }
                _ => lines.push(Vec::new()),
            }
        }
        let lines = lines.into_iter().filter(|line| line.len() > 1).map(|line| line.join(" ")).collect();
        if points.len() > DOTS_MAX {
            dots.clear();
        }
        Chart { lines, dots, ..Chart::new(title, unit, points, scale, x) }
    }

    /// A line from nought of what was, and behind it what is expected, which is told apart.
    pub(crate) fn outlook(title: impl Into<String>, unit: impl Into<String>, past: Vec<Point>, ahead: Vec<Point>) -> Chart {
        let (known, all) = (past.len(), [past, ahead].concat());
        let scale = Scale::of(&all, true);
        let slot = (WIDTH - LEFT - RIGHT) / count(&all);
        let x = |at: usize| LEFT + slot * (place(at) + 0.5);
        let line = |from: usize, to: usize| {
            let points = all.iter().enumerate().take(to).skip(from);
            let pairs = points.filter_map(|(at, point)| point.value.map(|value| (at, value)));
            pairs.map(|(at, value)| format!("{},{}", short(x(at)), short(scale.y(value)))).collect::<Vec<_>>().join(" ")
        };
        let (lines, outlook) = (vec![line(0, known)], line(known.saturating_sub(1), all.len()));
        Chart { lines, outlook, ..Chart::new(title, unit, all, scale, x) }
    }

    fn new(
        title: impl Into<String>,
        unit: impl Into<String>,
        points: Vec<Point>,
        scale: Scale,
        x: impl Fn(usize) -> f64,
    ) -> Chart {
        Chart {
            title: title.into(),
            unit: unit.into(),
            bars: Vec::new(),
            lines: Vec::new(),
            outlook: String::new(),
            dots: Vec::new(),
            steps: scale.steps(),
            labels: labels(&points, x),
            is_empty: points.iter().all(|point| point.value.is_none()),
            points,
        }
    }
}

fn said(point: &Point) -> String {
    format!("{}: {}", point.label, point.text)
}

#[expect(clippy::cast_precision_loss, reason = "places of a drawing")]
fn place(at: usize) -> f64 {
    at as f64
}

fn count(points: &[Point]) -> f64 {
    place(points.len().max(1))
}

/// A number of the drawing, to a tenth.
fn short(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

impl Scale {
    fn of(points: &[Point], from_nought: bool) -> Scale {
        let values = || points.iter().filter_map(|point| point.value).filter(|value| value.is_finite());
        let high = values().fold(f64::NEG_INFINITY, f64::max);
        let low = values().fold(f64::INFINITY, f64::min);
        let (low, high) = if high.is_finite() { (low, high) } else { (0.0, 1.0) };
        let low = if from_nought { low.min(0.0) } else { low };
        let high = if from_nought { high.max(0.0) } else { high };
        let steps = place(STEPS - 1);
        // Equal values stand in the middle of a chart that shows what a tenth more or less would be.
        let room = if high > low { high - low } else { (high.abs() / 5.0).max(1.0) };
        let low = if high > low || from_nought { low } else { low - room / 2.0 };
        // A step that is round may begin lower, and then reach less high: the next larger one does.
        let mut step = round_up(room / steps);
        for _ in 0..4 {
            let begin = (low / step).floor() * step;
            if begin + step * steps >= high {
                return Scale { low: begin, step };
            }
            step = round_up(step * 1.01);
        }
        Scale { low: (low / step).floor() * step, step }
    }

    fn y(self, value: f64) -> f64 {
        let share = (value - self.low) / (self.step * place(STEPS - 1));
        HEIGHT - BOTTOM - share.clamp(0.0, 1.0) * (HEIGHT - BOTTOM - TOP)
    }

    fn steps(self) -> Vec<Step> {
        let values = (0..STEPS).map(|at| self.low + self.step * place(at));
        values.map(|value| Step { y: short(self.y(value)), text: axis(value, self.step) }).collect()
    }
}

/// The next of 1, 2, 2.5, 5 times a power of ten.
fn round_up(step: f64) -> f64 {
    let power = 10f64.powf(step.max(f64::MIN_POSITIVE).log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|round| round * power)
        .find(|round| *round >= step * 0.999_999)
        .unwrap_or(step)
}

/// A number beside the chart: with as many places as its step needs, short where it is large.
fn axis(value: f64, step: f64) -> String {
    let size = value.abs().max(step);
    for (unit, letter) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "K")] {
        if size >= unit * 10.0 || (unit > 1e3 && size >= unit) {
            return format!("{}{letter}", short_places(value / unit, step / unit));
        }
    }
    short_places(value, step)
}

fn short_places(value: f64, step: f64) -> String {
    let places = (0..4).find(|places| {
        let scaled = step * 10f64.powi(*places);
        (scaled - scaled.round()).abs() < 1e-6 * scaled.max(1.0)
    });
    let text = format!("{value:.*}", usize::try_from(places.unwrap_or(4)).unwrap_or_default());
    if text.trim_start_matches('-').chars().all(|digit| matches!(digit, '0' | '.')) { text.replace('-', "") } else { text }
}

/// Labels below: the first, the last, and some between, as far apart as can be.
fn labels(points: &[Point], x: impl Fn(usize) -> f64) -> Vec<Label> {
    let Some(last) = points.len().checked_sub(1) else { return Vec::new() };
    let shown = points.len().min(LABELS_MAX);
    let mut labels: Vec<Label> = (0..shown)
        .filter_map(|nth| {
            let at = if shown == 1 { 0 } else { nth * last / (shown - 1) };
            let anchor = match nth {
                0 if shown > 1 => "start",
                nth if nth + 1 == shown && shown > 1 => "end",
                _ => "middle",
            };
            let x = match anchor {
                "start" => LEFT,
                "end" => WIDTH - RIGHT,
                _ => x(at),
            };
            points.get(at).map(|point| Label { x: short(x), anchor, text: point.label.clone() })
        })
        .collect();
    labels.dedup_by(|one, other| one.text == other.text);
    labels
}

/// A part of a whole, as a bar with its words: coverage of fields, shares of spending.
#[derive(Clone, Debug)]
pub(crate) struct Share {
    pub(crate) name: String,
    /// 0 to 100.
    pub(crate) percent: i64,
    /// The exact value as people read it.
    pub(crate) text: String,
}

/// Parts one below the other; their table is the picture itself.
#[derive(Clone, Debug, Template)]
#[template(
    ext = "html",
    source = r#"<table class="shares"><caption class="unseen">{{ title }}</caption><tbody>{% for share in shares %}<tr><th scope="row"><span class="clip" dir="auto">{{ share.name }}</span></th><td><svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="rest" width="100" height="8" rx="2"/><rect class="part" width="{{ share.percent }}" height="8" rx="2"/></svg></td><td class="number">{{ share.text }}</td></tr>{% endfor %}</tbody></table>"#
)]
pub(crate) struct Shares {
    title: String,
    shares: Vec<Share>,
}

impl HtmlSafe for Shares {}

impl Shares {
    pub(crate) fn new(title: impl Into<String>, shares: Vec<Share>) -> Shares {
        let shares = shares.into_iter().map(|share| Share { percent: share.percent.clamp(0, 100), ..share });
        Shares { title: title.into(), shares: shares.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(values: &[Option<f64>]) -> Vec<Point> {
        values.iter().enumerate().map(|(at, value)| Point::new(format!("day {at}"), *value, format!("{value:?}"))).collect()
    }

    fn steps(values: &[Option<f64>], from_nought: bool) -> Vec<String> {
        Scale::of(&points(values), from_nought).steps().into_iter().map(|step| step.text).collect()
    }

    #[test]
    fn steps_are_round_and_hold_every_value() {
        for (values, from_nought, said) in [
            (vec![], true, ["0", "0.5", "1", "1.5"]),
            (vec![None, None], false, ["0.0", "0.5", "1.0", "1.5"]),
            (vec![Some(0.0)], true, ["0", "0.5", "1", "1.5"]),
            (vec![Some(3.0), Some(514.0)], true, ["0", "200", "400", "600"]),
            (vec![Some(12.99), Some(19.99)], false, ["12.5", "15.0", "17.5", "20.0"]),
            (vec![Some(100.0), Some(100.0)], false, ["90", "100", "110", "120"]),
            (vec![Some(-5.0), Some(10.0)], true, ["-5", "0", "5", "10"]),
            (vec![Some(2_500_000.0)], true, ["0M", "1M", "2M", "3M"]),
        ] {
            let got = steps(&values, from_nought);
            let plain: Vec<String> = got.iter().map(|text| text.trim_end_matches(".0").replace(".0M", "M")).collect();
            let said: Vec<String> = said.iter().map(|text| text.trim_end_matches(".0").to_owned()).collect();
            assert_eq!(plain, said, "{values:?}");
        }
    }

    #[test]
    fn every_value_is_inside_the_drawing() {
        let many: Vec<Option<f64>> = (0..400).map(|at| (at % 7 != 0).then(|| f64::from(at) * 1.37 - 90.0)).collect();
        for values in [many, vec![Some(1e-3)], vec![Some(1e14), Some(3.0)], vec![Some(7.0); 2], vec![Some(-2.0)]] {
            for from_nought in [true, false] {
                let points = points(&values);
                let scale = Scale::of(&points, from_nought);
                for value in values.iter().flatten() {
                    let top = scale.low + scale.step * place(STEPS - 1);
                    assert!(*value >= scale.low - 1e-9 && *value <= top + 1e-9, "{value} in {scale:?}");
                    assert!((TOP..=HEIGHT - BOTTOM).contains(&scale.y(*value)));
                }
            }
        }
    }

    #[test]
    fn a_gap_breaks_the_line() {
        let chart =
            Chart::line("Price", "EUR", points(&[Some(1.0), Some(2.0), None, Some(3.0), Some(4.0), None, Some(5.0)]));
        assert_eq!((chart.lines.len(), chart.dots.len()), (2, 5));
        assert!(Chart::line("Price", "EUR", points(&[Some(1.0); 400])).dots.is_empty());
    }

    #[test]
    fn labels_stand_apart_and_never_twice() {
        for (number, shown) in [(0, 0), (1, 1), (2, 2), (3, 3), (30, 4), (400, 4)] {
            let labels = labels(&points(&vec![Some(1.0); number]), |at| LEFT + place(at));
            assert_eq!(labels.len(), shown, "{number}");
        }
    }

    #[test]
    fn a_chart_has_its_table_and_no_style_of_its_own() {
        let html = Chart::bars("Spent <b>", "credits", points(&[Some(1.0), None, Some(514.0)])).to_string();
        assert!(
            html.contains("<figure") && html.contains("<table") && !html.contains("style=") && !html.contains("<b>"),
            "{html}"
        );
        assert!(Chart::bars("Nothing", "credits", Vec::new()).to_string().contains("nothing to show"));
        let shares = Shares::new("Coverage", vec![Share { name: "title".to_owned(), percent: 140, text: "all".to_owned() }]);
        assert!(shares.to_string().contains("width=\"100\" height=\"8\""));
    }
}
