//! Sizes that name their systems, one or several: `US 9.5 / EU 43`.

use creel_types::SizeKind;

use super::{
    context::{Context, Sex},
    letters,
    number::{self, Number},
    systems,
    value::Meaning,
};

/// Sizes whose systems are named: `US 9.5 / EU 43`, `42 EU`, `M (EU 38-40)`, `UK5`.
pub fn read(text: &str, context: &Context) -> Vec<Meaning> {
    let tokens = tokens(text);
    let labels = tokens.iter().filter(|token| matches!(token, Token::Label(_))).count();
    if labels == 0 {
        return Vec::new();
    }
    let mut sex = context.sex;
    let mut found: Vec<Meaning> = Vec::new();
    let prefixed = tokens.iter().position(|token| matches!(token, Token::Label(_)))
        < tokens.iter().position(|token| matches!(token, Token::Number(..)));
    let mut label = None;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Label(name) if prefixed => label = Some(*name),
            Token::Label(_) => {}
            Token::Sex(one) => sex = Some(*one),
            Token::Letters(value) => {
                let kind = context.kind.unwrap_or(SizeKind::Clothing);
                found.push(Meaning { kind, system: "INT", value: value.clone(), confidence: 0.93 });
            }
            Token::Number(number, shown) => {
                let own = if prefixed { label } else { tokens[at + 1..].iter().take(2).find_map(Token::label) };
                let context = Context { sex, ..*context };
                found.extend(own.and_then(|own| systems::named(own, number, shown, &context)));
            }
            // What is not understood makes the rest doubtful.
            Token::Word => return Vec::new(),
        }
    }
    found
}

enum Token {
    Label(&'static str),
    Sex(Sex),
    Letters(String),
    /// The number, and number or range as it is shown.
    Number(Number, String),
    Word,
}

impl Token {
    fn label(&self) -> Option<&'static str> {
        if let Token::Label(name) = self { Some(name) } else { None }
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c.is_ascii_digit() {
            let Some((number, after)) = number::read(rest) else { return vec![Token::Word] };
            let range = after.strip_prefix(['-', '–']).and_then(number::read);
            let (shown, after) = match range {
                Some((high, after)) => (format!("{}-{}", number.shown, high.shown), after),
                None => (number.shown.clone(), after),
            };
            tokens.push(Token::Number(number, shown));
            rest = after;
        } else if c.is_alphabetic() {
            let length = rest.find(|c: char| !c.is_alphabetic() && c != '\'').unwrap_or(rest.len());
            tokens.push(word(&rest[..length], tokens.last()));
            rest = &rest[length..];
        } else {
            rest = &rest[c.len_utf8()..];
        }
        if tokens.len() > 16 {
            return vec![Token::Word];
        }
    }
    tokens
}

fn word(word: &str, before: Option<&Token>) -> Token {
    let after_label = matches!(before, Some(Token::Label(_)));
    match word.to_uppercase().as_str() {
        "EU" | "EUR" | "EURO" | "EUROPE" | "EUROPEAN" => Token::Label("EU"),
        "DE" | "GER" | "GERMANY" => Token::Label("DE"),
        "US" | "USA" => Token::Label("US"),
        "UK" | "GB" => Token::Label("UK"),
        "FR" | "FRANCE" => Token::Label("FR"),
        "IT" | "ITALY" | "ITALIA" => Token::Label("IT"),
        "JP" | "JPN" | "JAPAN" => Token::Label("JP"),
        "CM" => Token::Label("CM"),
        "MM" => Token::Label("MM"),
        "INT" | "INTL" | "INTERNATIONAL" => Token::Label("INT"),
        "MEN" | "MENS" | "MEN'S" => Token::Sex(Sex::Men),
        "WOMEN" | "WOMENS" | "WOMEN'S" => Token::Sex(Sex::Women),
        "M" if after_label => Token::Sex(Sex::Men),
        "W" if after_label => Token::Sex(Sex::Women),
        // The width of an ordinary shoe.
        "D" | "B" if matches!(before, Some(Token::Number(..))) => Token::Label("WIDTH"),
        _ => letters::one(word).map_or(Token::Word, Token::Letters),
    }
}
