//! Titles as parts of addresses: lower-case ASCII words with hyphens between. Letters without an ASCII neighbour vanish.

pub(crate) fn slug(title: &str) -> String {
    let mut text = String::with_capacity(title.len());
    for letter in title.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => text.push(letter),
            other => match ascii(other) {
                "" if text.ends_with('-') || text.is_empty() => {}
                "" => text.push('-'),
                letters => text.push_str(letters),
            },
        }
    }
    text.trim_end_matches('-').to_owned()
}

/// The ASCII spelling of the accented letters in the shop's word lists.
fn ascii(letter: char) -> &'static str {
    match letter {
        'á' | 'à' | 'â' | 'ã' | 'å' | 'ą' => "a",
        'ä' => "ae",
        'ç' | 'ć' => "c",
        'é' | 'è' | 'ê' | 'ę' => "e",
        'í' | 'î' => "i",
        'ł' => "l",
        'ń' => "n",
        'ó' | 'ô' | 'õ' => "o",
        'ö' => "oe",
        'ś' => "s",
        'ß' => "ss",
        'ú' | 'û' => "u",
        'ü' => "ue",
        'ź' | 'ż' => "z",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_every_section() {
        for (title, path) in [
            ("Ridgeline 2-Person Tent", "ridgeline-2-person-tent"),
            ("Schmorpfanne Weißdorn", "schmorpfanne-weissdorn"),
            ("Masque à l'argile Hêtraie", "masque-a-l-argile-hetraie"),
            ("Łopata Głóg", "lopata-glog"),
            ("霞 万年筆", ""),
        ] {
            assert_eq!(slug(title), path);
        }
    }
}
