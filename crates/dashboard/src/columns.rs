//! Numbers of days side by side as columns. The numbers themselves stand in the table beside it; each column says its own to whoever
//! points at it.

use askama::{Template, filters::HtmlSafe};

use crate::figures::{grouped, humane};

/// Units of the picture, which stretches to its place.
const WIDTH: f64 = 1_000.0;
const HEIGHT: f64 = 100.0;
/// Of a column's room, so much is left free.
const GAP: f64 = 0.25;

#[derive(Clone, Debug, Template)]
#[template(
    ext = "html",
    source = r#"<figure class="bars"><figcaption class="unseen">{{ title }}</figcaption><p class="most" aria-hidden="true">{{ most }}</p>
<svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="{{ summary }}"><path class="grid" d="M0 .5H1000M0 50H1000M0 99.5H1000"/>{% for bar in bars %}<rect x="{{ bar.x }}" y="{{ bar.y }}" width="{{ bar.width }}" height="{{ bar.height }}"{% if bar.is_faint %} class="faint"{% endif %}><title>{{ bar.text }}</title></rect>{% endfor %}</svg>
<div class="ends" aria-hidden="true"><span>{{ first }}</span><span>{{ last }}</span></div></figure>"#
)]
pub(crate) struct Columns {
    title: String,
    summary: String,
    most: String,
    first: String,
    last: String,
    bars: Vec<Bar>,
}

#[derive(Clone, Debug)]
struct Bar {
    x: String,
    y: String,
    width: String,
    height: String,
    text: String,
    is_faint: bool,
}

/// One day's number.
pub(crate) struct Day {
    pub(crate) day: String,
    pub(crate) number: i64,
    /// It is not over, or only expected.
    pub(crate) is_faint: bool,
}

impl HtmlSafe for Columns {}

impl Columns {
    /// Nothing where there is nothing to show.
    #[expect(clippy::cast_precision_loss, reason = "lengths of a picture")]
    pub(crate) fn of(title: &str, unit: &str, days: &[Day]) -> Option<Columns> {
        let most = days.iter().max_by_key(|day| day.number).filter(|most| most.number > 0)?;
        let room = WIDTH / days.len() as f64;
        let bar = |(at, day): (usize, &Day)| {
            let share = day.number.max(0) as f64 / most.number as f64;
            // What is little is seen all the same.
            let height = if day.number > 0 { (share * HEIGHT).max(1.0) } else { 0.0 };
            Bar {
                x: format!("{:.2}", (at as f64 + GAP / 2.0) * room),
                y: format!("{:.2}", HEIGHT - height),
                width: format!("{:.2}", room * (1.0 - GAP)),
                height: format!("{height:.2}"),
                text: format!("{}: {} {unit}", day.day, grouped(day.number)),
                is_faint: day.is_faint,
            }
        };
        let (first, last) = (days.first().map(|day| day.day.clone())?, days.last().map(|day| day.day.clone())?);
        Some(Columns {
            summary: format!("{title}, from {first} to {last}. The most: {} {unit} on {}.", grouped(most.number), most.day),
            title: title.to_owned(),
            most: humane(most.number),
            bars: days.iter().enumerate().map(bar).collect(),
            first,
            last,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_high_as_their_numbers() {
        let day = |day: &str, number| Day { day: day.to_owned(), number, is_faint: false };
        let days = [day("2026-01-01", 50), day("2026-01-02", 0), day("2026-01-03", 200)];
        let html = Columns::of("Credits by day", "credits", &days).unwrap().to_string();
        assert!(html.contains("<title>2026-01-01: 50 credits</title>") && html.contains("height=\"25.00\""), "{html}");
        assert!(html.contains("height=\"100.00\"") && html.contains("height=\"0.00\""), "{html}");
        assert!(html.contains("The most: 200 credits on 2026-01-03."), "{html}");
        assert!(Columns::of("Credits by day", "credits", &days[1..2]).is_none());
    }
}
