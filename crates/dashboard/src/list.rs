//! Lists that are read a page at a time: how many rows a page has, the ways to the first and the next page, and the query that keeps
//! what a list is asked for. Reads nothing itself, and knows no list.

use url::form_urlencoded::{Serializer, byte_serialize};

use crate::parts::Pager;

/// How many rows a page of a list has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows(usize);

/// Of most lists.
pub(crate) const ROWS: Rows = Rows::of(50);

impl Rows {
    pub(crate) const fn of(rows: usize) -> Rows {
        Rows(rows)
    }

    /// What the store is asked for: the row too many says that there is another page.
    pub(crate) fn and_one_more(self) -> i64 {
        i64::try_from(self.0 + 1).unwrap_or(i64::MAX)
    }

    /// Cuts off the row too many. `here` is the address of the list with its filters and without its cursor, which is where the last
    /// row of a page says that the next page begins.
    pub(crate) fn turn<T>(self, rows: &mut Vec<T>, here: &str, is_first: bool, cursor_of: impl Fn(&T) -> String) -> Pager {
        let more = rows.len() > self.0;
        rows.truncate(self.0);
        let joint = if here.contains('?') { '&' } else { '?' };
        let cursor = |row: &T| byte_serialize(cursor_of(row).as_bytes()).collect::<String>();
        let next = rows.last().filter(|_| more).map(|row| format!("{here}{joint}cursor={}", cursor(row)));
        Pager { first: (!is_first).then(|| here.to_owned()), next }
    }
}

/// `?kind=debit&from=2026-01-31`: what is set, with its mark; nothing where nothing is.
pub(crate) fn query(given: &[(&str, &str)]) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(given.iter().filter(|(_, value)| !value.is_empty()));
    let query = query.finish();
    if query.is_empty() { query } else { format!("?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_says_what_is_set() {
        for (given, text) in [
            (&[][..], ""),
            (&[("status", ""), ("robot", "")], ""),
            (&[("status", "running"), ("robot", ""), ("q", "a b&c=d")], "?status=running&q=a+b%26c%3Dd"),
        ] {
            assert_eq!(query(given), text);
        }
    }

    #[test]
    fn a_list_is_turned_by_its_last_row() {
        let turned = |rows: usize, here: &str, is_first: bool| {
            let mut rows: Vec<usize> = (1..=rows).collect();
            let pager = Rows::of(2).turn(&mut rows, here, is_first, |row| format!("{row} https://a.example/?b"));
            (rows.len(), pager.first.unwrap_or_default(), pager.next.unwrap_or_default())
        };
        assert_eq!(Rows::of(2).and_one_more(), 3);
        for (rows, here, is_first, shown, first, next) in [
            (0, "/runs", true, 0, "", ""),
            (2, "/runs", true, 2, "", ""),
            (3, "/runs", true, 2, "", "/runs?cursor=2+https%3A%2F%2Fa.example%2F%3Fb"),
            (3, "/runs?a=b", false, 2, "/runs?a=b", "/runs?a=b&cursor=2+https%3A%2F%2Fa.example%2F%3Fb"),
            (1, "/runs?a=b", false, 1, "/runs?a=b", ""),
        ] {
            assert_eq!(turned(rows, here, is_first), (shown, first.to_owned(), next.to_owned()), "{rows} {here}");
        }
    }
}
