//! Texts in the old one-byte charset that some shops still serve. Refuses to lose anything: what the charset lacks is
//! written as a character reference, as old shop software does.

/// windows-1252, which is also what browsers understand by `ISO-8859-1` (WHATWG Encoding Standard, 4.2).
pub(crate) fn windows_1252(html: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(html.len());
    for letter in html.chars() {
        match u32::from(letter) {
            code @ (0..=0x7f | 0xa0..=0xff) => bytes.push(u8::try_from(code).unwrap_or(b'?')),
            code => match HIGH.iter().find(|(known, _)| *known == letter) {
                Some((_, byte)) => bytes.push(*byte),
                None => bytes.extend_from_slice(format!("&#{code};").as_bytes()),
            },
        }
    }
    bytes
}

/// The letters of 0x80 to 0x9f that the shop's texts use.
const HIGH: [(char, u8); 9] =
    [('€', 0x80), ('…', 0x85), ('‘', 0x91), ('’', 0x92), ('“', 0x93), ('”', 0x94), ('•', 0x95), ('–', 0x96), ('™', 0x99)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_become_bytes_or_references() {
        assert_eq!(windows_1252("Fåtölj 5\u{a0}€ – ł"), b"F\xe5t\xf6lj 5\xa0\x80 \x96 &#322;");
    }
}
