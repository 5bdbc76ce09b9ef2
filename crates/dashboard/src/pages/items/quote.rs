//! A text of a capture with the words in it that decided: which pieces of it are evidence.

/// Words that are looked for in one text.
const WORDS_MAX: usize = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) is_evidence: bool,
    pub(super) text: &'a str,
}

/// The text in pieces. Each of the words is marked where it stands first; what is not there is not marked.
pub(super) fn pieces<'a>(text: &'a str, words: &[&str]) -> Vec<Piece<'a>> {
    let mut ranges: Vec<(usize, usize)> = words
        .iter()
        .filter(|words| !words.is_empty())
        .take(WORDS_MAX)
        .filter_map(|words| text.find(words).map(|at| (at, at + words.len())))
        .collect();
    ranges.sort_unstable();
    let (mut pieces, mut end) = (Vec::new(), 0);
    let mut add = |is_evidence: bool, from: usize, to: usize| {
        if let Some(text) = text.get(from..to).filter(|text| !text.is_empty()) {
            pieces.push(Piece { is_evidence, text });
        }
    };
    for (from, to) in ranges {
        add(false, end, from);
        add(true, from.max(end), to);
        end = end.max(to);
    }
    add(false, end, text.len());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_marked_where_they_stand_first() {
        let marked = |text: &str, words: &[&str]| {
            let piece =
                |piece: &Piece<'_>| if piece.is_evidence { format!("[{}]", piece.text) } else { piece.text.to_owned() };
            pieces(text, words).iter().map(piece).collect::<String>()
        };
        for (text, words, expected) in [
            ("Red wool coat, red", &["wool", "Red"][..], "[Red] [wool] coat, red"),
            ("Red wool coat", &["wool coat", "Red wool"], "[Red wool][ coat]"),
            ("Red", &["blue", "", "Red"], "[Red]"),
            ("größe 木綿", &["木綿"], "größe [木綿]"),
            ("", &["a"], ""),
            ("abc", &["abc", "b", "c"], "[abc]"),
        ] {
            assert_eq!(marked(text, words), expected, "{text}");
        }
    }
}
