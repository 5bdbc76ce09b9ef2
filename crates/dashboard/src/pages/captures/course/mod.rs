//! How a number went over time: it holds from one moment to the next, so the line goes in steps. Where it is not known the line has
//! a gap. A second number makes a band, and stock a strip below, whose height says what its colour says.

mod axis;
mod scale;

use askama::{Template, filters::HtmlSafe};
use creel_types::{Currency, Time};

use self::{
    axis::{Measure, PLOT_HEIGHT, Rule, from_top, percent, pixels, rules, scale_width, short_day},
    scale::Scale,
};
use crate::figures::instant;

/// Units of the width in which lines are drawn; they are stretched to the width there is.
const WIDTH: f64 = 1_000.0;
/// From here on single moments are not marked any more.
const DOTS_MAX: usize = 120;
/// Pixels below the plot where the strip of stock lies.
const STRIP_TOP: f64 = PLOT_HEIGHT + 8.0;
/// Instants that are named below: more would touch each other on a phone.
const NAMED: u32 = 3;

/// What was seen at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) at: Time,
    /// The line; a gap where it is not known.
    pub(crate) low: Option<i64>,
    /// The upper edge of the band, where it is another.
    pub(crate) high: Option<i64>,
    pub(crate) in_stock: Option<bool>,
    /// The same in words.
    pub(crate) stock: String,
    /// The page that says more; empty where there is none.
    pub(crate) href: String,
}

/// A chart with its table; colours and sizes are the stylesheet's.
#[derive(Clone, Debug, Template)]
#[template(path = "captures/course.html")]
pub(crate) struct Course {
    caption: String,
    rules: Vec<Rule>,
    scale_width: usize,
    line: String,
    band: String,
    dots: Vec<Dot>,
    strip: Vec<Strip>,
    marks: Vec<Mark>,
    /// The newest first, as a table.
    rows: Vec<Row>,
    has_band: bool,
    has_stock: bool,
    summary: String,
    height: f64,
    whole_height: f64,
}

impl HtmlSafe for Course {}

/// A text below the plot.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    x: String,
    /// `start`, `middle`, `end`.
    anchor: &'static str,
    text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Dot {
    x: String,
    y: String,
    title: String,
}

/// How stock was from one moment to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Strip {
    x: String,
    width: String,
    in_stock: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    at: String,
    low: String,
    high: String,
    stock: String,
    href: String,
}

impl Course {
    /// Amounts as they are scaled, the oldest moment first.
    pub(crate) fn of(caption: impl Into<String>, currency: Option<Currency>, moments: Vec<Moment>) -> Course {
        let measure = Measure(currency);
        let values = moments.iter().flat_map(|moment| [moment.low, moment.high]).flatten();
        let scale = measure.scale(values);
        let rules = rules(&scale, measure);
        let places = places(&moments);
        let has_stock = moments.iter().any(|moment| moment.in_stock.is_some());
        let row = |moment: &Moment| Row {
            at: instant(moment.at),
            low: moment.low.map(|value| measure.exact(value)).unwrap_or_default(),
            high: moment.high.or(moment.low).map(|value| measure.exact(value)).unwrap_or_default(),
            stock: moment.stock.clone(),
            href: moment.href.clone(),
        };
        Course {
            caption: caption.into(),
            scale_width: scale_width(&rules),
            rules,
            line: line(&moments, &places, &scale),
            band: band(&moments, &places, &scale),
            dots: if moments.len() > DOTS_MAX { Vec::new() } else { dots(&moments, &places, &scale, measure) },
            strip: strip(&moments, &places),
            marks: marks(&moments),
            rows: moments.iter().rev().map(row).collect(),
            has_band: moments.iter().any(|moment| moment.high.is_some_and(|high| Some(high) != moment.low)),
            has_stock,
            summary: summary(&moments, measure),
            height: PLOT_HEIGHT,
            whole_height: PLOT_HEIGHT + if has_stock { 44.0 } else { 24.0 },
        }
    }
}

/// Where moments lie in the width, 0 to 1: one by itself in the middle.
#[expect(clippy::cast_precision_loss)]
fn places(moments: &[Moment]) -> Vec<f64> {
    let (Some(first), Some(last)) = (moments.first(), moments.last()) else { return Vec::new() };
    let whole = last.at.ms_since(first.at);
    let place = |moment: &Moment| match whole {
        ..=0 => 0.5,
        _ => (moment.at.ms_since(first.at) as f64 / whole as f64).clamp(0.0, 1.0),
    };
    moments.iter().map(place).collect()
}

/// The moments that follow each other without a gap.
fn stretches<'a>(moments: &'a [Moment], places: &'a [f64]) -> Vec<Vec<(f64, i64, i64)>> {
    let mut stretches = vec![Vec::new()];
    for (moment, place) in moments.iter().zip(places) {
        match (moment.low, stretches.last_mut()) {
            (Some(low), Some(stretch)) => stretch.push((*place, low, moment.high.unwrap_or(low))),
            _ => stretches.push(Vec::new()),
        }
    }
    stretches.retain(|stretch| stretch.len() > 1);
    stretches
}

fn line(moments: &[Moment], places: &[f64], scale: &Scale) -> String {
    let mut path = String::new();
    for stretch in stretches(moments, places) {
        for (at, (place, low, _)) in stretch.iter().enumerate() {
            let (x, y) = (pixels(place * WIDTH), pixels(from_top(scale, *low)));
            path += &if at == 0 { format!("M{x} {y}") } else { format!("H{x}V{y}") };
        }
    }
    path
}

fn band(moments: &[Moment], places: &[f64], scale: &Scale) -> String {
    let mut path = String::new();
    for stretch in stretches(moments, places) {
        for pair in stretch.windows(2) {
            let ([(left, low, high), (right, ..)], top) = ([pair[0], pair[1]], |value| pixels(from_top(scale, value)));
            if low < high {
                let (left, right) = (pixels(left * WIDTH), pixels(right * WIDTH));
                path += &format!("M{left} {}H{right}V{}H{left}Z", top(high), top(low));
            }
        }
    }
    path
}

fn dots(moments: &[Moment], places: &[f64], scale: &Scale, measure: Measure) -> Vec<Dot> {
    let dot = |(moment, place): (&Moment, &f64)| {
        let low = moment.low?;
        let mut said = vec![measure.exact(low)];
        said.extend(moment.high.filter(|high| *high != low).map(|high| format!("up to {}", measure.exact(high))));
        said.extend(Some(moment.stock.to_lowercase()).filter(|stock| !stock.is_empty()));
        let title = format!("{}: {}", instant(moment.at), said.join(", "));
        Some(Dot { x: percent(*place), y: pixels(from_top(scale, low)), title })
    };
    moments.iter().zip(places).filter_map(dot).collect()
}

fn strip(moments: &[Moment], places: &[f64]) -> Vec<Strip> {
    if let [Moment { in_stock: Some(in_stock), .. }] = moments {
        let in_stock = *in_stock;
        return vec![Strip { x: "0%".to_owned(), width: "100%".to_owned(), in_stock }];
    }
    let part = |(at, moment): (usize, &Moment)| {
        let (left, right) = (places.get(at)?, places.get(at + 1)?);
        Some(Strip { x: percent(*left), width: percent(right - left), in_stock: moment.in_stock? })
    };
    moments.iter().enumerate().filter_map(part).collect()
}

/// Instants at equal distances, with the hour where all lie within two days.
fn marks(moments: &[Moment]) -> Vec<Mark> {
    let (Some(first), Some(last)) = (moments.first(), moments.last()) else { return Vec::new() };
    let whole = last.at.ms_since(first.at);
    let mark = |share: f64, at: Time, anchor| Mark { x: percent(share), anchor, text: named(at, whole) };
    if whole <= 0 {
        return vec![mark(0.5, first.at, "middle")];
    }
    let anchors = ["start", "middle", "end"];
    let step =
        |at: u32| (f64::from(at) / f64::from(NAMED - 1), first.at.plus_ms(whole / i64::from(NAMED - 1) * i64::from(at)));
    let mut marks: Vec<Mark> = Vec::new();
    for (at, anchor) in (0..NAMED).zip(anchors) {
        let (share, time) = step(at);
        let time = if at == NAMED - 1 { last.at } else { time };
        let mark = mark(share, time, anchor);
        if marks.iter().all(|before| before.text != mark.text) {
            marks.push(mark);
        }
    }
    marks
}

fn named(at: Time, whole_ms: i64) -> String {
    let day = short_day(&at.day());
    if whole_ms >= 2 * creel_types::time::DAY_MS {
        return if whole_ms >= 300 * creel_types::time::DAY_MS {
            let year: String = at.day().chars().take(4).collect();
            format!("{day} {year}")
        } else {
            day
        };
    }
    let text = at.to_string();
    let clock = text.split_once('T').and_then(|(_, time)| time.get(..5)).unwrap_or_default();
    format!("{day} {clock}")
}

fn summary(moments: &[Moment], measure: Measure) -> String {
    let known: Vec<(&Moment, i64)> = moments.iter().filter_map(|moment| Some((moment, moment.low?))).collect();
    let (Some((first, from)), Some((last, to))) = (known.first(), known.last()) else {
        return "No price is known".to_owned();
    };
    let [from, to] = [*from, *to].map(|value| measure.exact(value));
    format!("Lowest price: {from} on {}, {to} on {}, {} moments", first.at.day(), last.at.day(), known.len())
}

#[cfg(test)]
mod tests {
    use creel_types::time::DAY_MS;

    use super::*;

    const START: i64 = 1_767_225_600_000;

    fn moment(day: i64) -> Moment {
        let at = Time(START + day * DAY_MS);
        Moment { at, low: Some(10_000), high: None, in_stock: None, stock: String::new(), href: String::new() }
    }

    fn course(values: &[Option<i64>]) -> Course {
        let moments =
            (0..).zip(values).map(|(day, low)| Moment { low: low.map(|low| low * 10_000), ..moment(day) }).collect();
        Course::of("Price", None, moments)
    }

    #[test]
    fn a_line_goes_in_steps_and_has_gaps() {
        for (values, path, dots) in [
            (&[][..], "", 0),
            (&[Some(5)], "", 1),
            (&[Some(10), Some(50)], "M0 180H1000V0", 2),
            (&[Some(10), None, Some(50)], "", 2),
            (&[Some(10), Some(30), None, Some(50), Some(10)], "M0 180H250V90M750 0H1000V180", 4),
            (&[Some(100), Some(100)], "M0 90H1000V90", 2),
            (&[None, None], "", 0),
        ] {
            let course = course(values);
            assert_eq!((course.line.as_str(), course.dots.len()), (path, dots), "{values:?}");
        }
        assert_eq!(course(&[Some(5)]).dots[0].x, "50%");
        assert_eq!(course(&(0..400).map(Some).collect::<Vec<_>>()).dots.len(), 0);
    }

    #[test]
    fn instants_are_named_as_close_as_they_lie() {
        let marks = |times: &[i64]| {
            let moments: Vec<Moment> = times.iter().map(|ms| Moment { at: Time(START + ms), ..moment(0) }).collect();
            super::marks(&moments).into_iter().map(|mark| mark.text).collect::<Vec<_>>().join(" | ")
        };
        for (times, texts) in [
            (&[][..], ""),
            (&[0], "1 Jan 00:00"),
            (&[0, 0], "1 Jan 00:00"),
            (&[0, DAY_MS], "1 Jan 00:00 | 1 Jan 12:00 | 2 Jan 00:00"),
            (&[0, 30 * DAY_MS], "1 Jan | 16 Jan | 31 Jan"),
            (&[0, 400 * DAY_MS], "1 Jan 2026 | 20 Jul 2026 | 5 Feb 2027"),
            (&[0, 1], "1 Jan 00:00"),
        ] {
            assert_eq!(marks(times), texts, "{times:?}");
        }
    }

    #[test]
    fn stock_is_a_strip_with_heights() {
        let stock = |day: i64, in_stock| Moment { in_stock, ..moment(day) };
        let moments = vec![stock(0, Some(true)), stock(1, Some(false)), stock(2, None), stock(4, Some(true))];
        let course = Course::of("Price", None, moments);
        let strip: Vec<_> = course.strip.iter().map(|part| (&*part.x, &*part.width, part.in_stock)).collect();
        assert_eq!(strip, [("0%", "25%", true), ("25%", "25%", false)]);
    }

    #[test]
    fn a_range_is_a_band_and_the_table_has_both_ends() {
        let range = |day: i64, low, high| Moment { low: Some(low), high: Some(high), ..moment(day) };
        let moments = vec![range(0, 100_000, 200_000), range(1, 100_000, 100_000)];
        let course = Course::of("Price", Currency::parse("EUR"), moments);
        assert!(course.has_band && course.band.starts_with("M0 0H1000V180H0Z"), "{}", course.band);
        let html = course.to_string();
        assert!(html.contains("10.00 EUR</td><td class=\"number\">20.00 EUR") && !html.contains("style="), "{html}");
        let nothing = super::tests::course(&[]).to_string();
        assert!(nothing.contains("Nothing to show yet") && !nothing.contains("<svg"), "{nothing}");
    }
}
