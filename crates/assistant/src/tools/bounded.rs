//! How much an answer may say: it is measured here and nowhere else. What does not fit is left for the next page; a single thing
//! that does not fit is told with its texts and lists cut, and says so where they are.

use serde_json::{Map, Value, json};

/// Tokens are at least so many bytes long: in English four, in other scripts hardly ever under three.
pub const BYTES_PER_TOKEN: usize = 3;
const ANSWER_TOKENS_MAX: usize = 8_000;
pub const ANSWER_BYTES_MAX: usize = ANSWER_TOKENS_MAX * BYTES_PER_TOKEN;
/// What stands around an answer on its way: a few bytes of a protocol.
const AROUND_BYTES: usize = 400;

/// Characters of a text and entries of a list, from what is shown to what is left where nothing else fits.
const CUTS: [(usize, usize); 6] = [(4_000, 60), (1_500, 30), (600, 15), (200, 8), (80, 4), (30, 2)];
/// The same for a row of a list.
const ROW_CUT: (usize, usize) = (300, 20);

/// A row with the cursor that leads behind it.
pub(super) struct Row {
    pub value: Value,
    pub cursor: String,
}

fn bytes(value: &Value) -> usize {
    serde_json::to_string(value).map_or(usize::MAX, |text| text.len())
}

/// Texts and lists beyond the bound are cut with a mark that says how much is missing.
fn cut(value: Value, (chars_max, entries_max): (usize, usize)) -> Value {
    match value {
        Value::String(text) => match text.char_indices().nth(chars_max) {
            None => Value::String(text),
            Some((end, _)) => {
                let missing = text.chars().count() - chars_max;
                Value::String(format!("{}… [{missing} more characters]", &text[..end]))
            }
        },
        Value::Array(all) => {
            let missing = all.len().saturating_sub(entries_max);
            let kept = all.into_iter().take(entries_max).map(|value| cut(value, (chars_max, entries_max)));
            let mark = (missing > 0).then(|| Value::String(format!("… [{missing} more]")));
            Value::Array(kept.chain(mark).collect())
        }
        Value::Object(all) => {
            let missing = all.len().saturating_sub(entries_max.max(40));
            let mut kept: Map<String, Value> = Map::new();
            for (name, value) in all.into_iter().take(entries_max.max(40)) {
                let name: String = name.chars().take(chars_max).collect();
                // What a thing is found by is whole or not there.
                let is_id = name == "id" || name == "link" || name.ends_with("_id");
                let value = if is_id && value.is_string() { value } else { cut(value, (chars_max, entries_max)) };
                kept.insert(name, value);
            }
            if missing > 0 {
                kept.insert("…".to_owned(), json!(format!("[{missing} more]")));
            }
            Value::Object(kept)
        }
        other => other,
    }
}

/// One thing: as whole as fits.
pub(super) fn one(value: Value, bytes_max: usize) -> Value {
    for step in CUTS {
        // From the whole each time, so that the marks say how much is missing of it.
        let fitting = cut(value.clone(), step);
        if bytes(&fitting) <= bytes_max {
            return fitting;
        }
    }
    json!({"cut": "this says more than an answer may hold; choose some of its fields"})
}

/// A list: as many rows as fit, and where the next page begins. At least one row is told, cut as far as it takes.
pub(super) fn page(about: Map<String, Value>, rows: Vec<Row>, next: Option<String>) -> Value {
    let about = one(Value::Object(about), ANSWER_BYTES_MAX / 2);
    let mut left = (ANSWER_BYTES_MAX - AROUND_BYTES).saturating_sub(bytes(&about));
    let (mut kept, mut next, mut last) = (Vec::new(), next, None::<String>);
    for row in rows {
        let mut value = cut(row.value.clone(), ROW_CUT);
        let needed = bytes(&value) + 1;
        if needed + row.cursor.len() > left {
            if kept.is_empty() {
                value = one(row.value, left);
            } else {
                next = last;
                break;
            }
        }
        left = left.saturating_sub(bytes(&value) + 1);
        kept.push(value);
        last = Some(row.cursor);
    }
    let mut answer = if let Value::Object(about) = about { about } else { Map::new() };
    answer.insert("rows".to_owned(), Value::Array(kept));
    answer.insert("next_cursor".to_owned(), next.map_or(Value::Null, Value::String));
    Value::Object(answer)
}

/// One thing that is the whole answer.
pub(super) fn whole(value: Value) -> Value {
    one(value, ANSWER_BYTES_MAX - AROUND_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_says_so() {
        let value = json!({"text": "x".repeat(9_000), "list": (0..100).collect::<Vec<_>>(), "few": [1, 2]});
        let cut = one(value, ANSWER_BYTES_MAX);
        assert!(cut["text"].as_str().unwrap().ends_with("… [5000 more characters]"));
        assert_eq!(cut["list"].as_array().unwrap().len(), 61);
        let long = one(json!({"id": "x".repeat(36), "text": "x".repeat(9_000)}), 1_000);
        assert_eq!(long["id"].as_str().unwrap().len(), 36);
        assert!(long["text"].as_str().unwrap().ends_with("… [8400 more characters]"), "{long}");
        assert_eq!((&cut["list"][60], &cut["few"]), (&json!("… [40 more]"), &json!([1, 2])));
    }

    #[test]
    fn rows_that_do_not_fit_wait_for_the_next_page() {
        let row = |at: usize| Row { value: json!({"at": at, "title": "é".repeat(1_000)}), cursor: at.to_string() };
        let answer = page(Map::new(), (0..200).map(row).collect(), Some("end".to_owned()));
        let kept = answer["rows"].as_array().unwrap().len();
        assert!(kept > 20 && kept < 200, "{kept}");
        assert_eq!(answer["next_cursor"], (kept - 1).to_string());
        assert!(bytes(&answer) <= ANSWER_BYTES_MAX);
        let few = page(Map::new(), (0..2).map(row).collect(), None);
        assert_eq!((few["rows"].as_array().unwrap().len(), &few["next_cursor"]), (2, &Value::Null));
    }

    #[test]
    fn a_row_that_fits_nowhere_is_told_in_part() {
        let wide: Map<String, Value> = (0..4_000).map(|at| (format!("name {at}"), json!("東".repeat(200)))).collect();
        let answer = page(Map::new(), vec![Row { value: Value::Object(wide), cursor: "1".to_owned() }], None);
        assert!(bytes(&answer) <= ANSWER_BYTES_MAX);
        assert_eq!(answer["rows"].as_array().unwrap().len(), 1);
    }
}
