//! Answers within bounds: so many rows, so many bytes, long texts cut with a mark, and nothing in them that hides what it says.

use std::future::Future;

use serde_json::{Value as Json, json};

use super::ToolError;

/// Bytes of an answer: about 8,000 tokens, of which none has fewer than three bytes on the whole.
pub const ANSWER_BYTES_MAX: usize = 24_000;
/// Rows of a page, where nothing is said and at most.
const ROWS: usize = 10;
const ROWS_MAX: usize = 50;
/// Characters of one text within a row.
const TEXT_CHARS_MAX: usize = 300;
const CUT: &str = "… (cut)";

/// How many rows are asked for.
pub(super) fn limit(asked: Option<usize>) -> Result<usize, ToolError> {
    match asked {
        None => Ok(ROWS),
        Some(rows @ 1..=ROWS_MAX) => Ok(rows),
        Some(rows) => Err(ToolError::wrong("limit", format!("{rows} is not between 1 and {ROWS_MAX}"))),
    }
}

/// A page of rows, with fewer of them where they would be too much at once: the cursor then goes on where the page ends.
pub(super) async fn page<F, P>(limit: usize, fields: Option<&[String]>, list: F) -> Result<Json, ToolError>
where
    F: Fn(usize) -> P,
    P: Future<Output = Result<(Vec<Json>, Option<String>), ToolError>>,
{
    let mut limit = limit;
    loop {
        let (rows, next_cursor) = list(limit).await?;
        let rows: Vec<Json> = rows.into_iter().map(|row| choose(cut(row, TEXT_CHARS_MAX), fields)).collect();
        let answer = json!({"rows": rows, "next_cursor": next_cursor});
        if limit == 1 || size(&answer) <= ANSWER_BYTES_MAX {
            return Ok(bounded(answer));
        }
        limit = (limit / 2).max(1);
    }
}

/// An answer that is no page, cut until it fits.
pub(super) fn bounded(answer: Json) -> Json {
    let mut answer = cut(answer, 4_000);
    for chars in [1_000, 300, 100, 30] {
        if size(&answer) <= ANSWER_BYTES_MAX {
            return answer;
        }
        answer = shorten_lists(cut(answer, chars), chars / 3);
    }
    if size(&answer) <= ANSWER_BYTES_MAX {
        return answer;
    }
    json!({"error": {"code": "too_large", "message": "the answer is too large: ask for fewer fields or rows"}})
}

fn size(answer: &Json) -> usize {
    answer.to_string().len()
}

/// Only the fields that are asked for, with what identifies the row.
fn choose(row: Json, fields: Option<&[String]>) -> Json {
    match (row, fields) {
        (Json::Object(all), Some(fields)) => {
            let wanted = |name: &str| matches!(name, "id" | "link") || fields.iter().any(|field| field == name);
            Json::Object(all.into_iter().filter(|(name, _)| wanted(name)).collect())
        }
        (row, _) => row,
    }
}

/// Texts of at most so many characters; a longer one says that it was cut.
fn cut(answer: Json, chars_max: usize) -> Json {
    match answer {
        Json::String(text) if text.chars().count() > chars_max => {
            Json::String(text.chars().take(chars_max).chain(CUT.chars()).collect())
        }
        Json::Array(all) => all.into_iter().map(|one| cut(one, chars_max)).collect(),
        Json::Object(all) => Json::Object(all.into_iter().map(|(name, one)| (name, cut(one, chars_max))).collect()),
        other => other,
    }
}

fn shorten_lists(answer: Json, rows_max: usize) -> Json {
    match answer {
        Json::Array(all) => all.into_iter().take(rows_max).map(|one| shorten_lists(one, rows_max)).collect(),
        Json::Object(all) => Json::Object(all.into_iter().map(|(name, one)| (name, shorten_lists(one, rows_max))).collect()),
        other => other,
    }
}

/// Texts without what a reader does not see: control characters, marks that turn the direction of writing, characters of no
/// width, and tags, in which instructions can be hidden from people.
pub(super) fn clean(answer: Json) -> Json {
    match answer {
        Json::String(text) if text.chars().any(is_hidden) => {
            Json::String(text.chars().filter(|character| !is_hidden(*character)).collect())
        }
        Json::Array(all) => all.into_iter().map(clean).collect(),
        Json::Object(all) => Json::Object(all.into_iter().map(|(name, one)| (name, clean(one))).collect()),
        other => other,
    }
}

fn is_hidden(character: char) -> bool {
    matches!(character,
        '\u{0}'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0e}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_taken_out_and_what_people_write_stays() {
        for (text, cleaned) in [
            ("Laufschuh \u{202e}nohs\u{202c}", "Laufschuh nohs"),
            ("a\u{200b}b\u{e0049}\u{e0067}c", "abc"),
            ("naïve 日本 ❤ \u{1f45f}\n\tok", "naïve 日本 ❤ \u{1f45f}\n\tok"),
            ("nul\u{0}bell\u{7}", "nulbell"),
        ] {
            assert_eq!(clean(json!([{"title": text}])), json!([{"title": cleaned}]));
        }
    }

    #[test]
    fn answers_are_bounded_whatever_they_hold() {
        let long = json!({"description": "x".repeat(200_000), "rows": vec!["y".repeat(5_000); 400]});
        let answer = bounded(long);
        assert!(size(&answer) <= ANSWER_BYTES_MAX && answer["description"].as_str().unwrap().ends_with(CUT));
        let wide: serde_json::Map<String, Json> = (0..20_000).map(|at| (format!("field {at}"), json!(at))).collect();
        assert_eq!(bounded(Json::Object(wide))["error"]["code"], "too_large");
    }
}
