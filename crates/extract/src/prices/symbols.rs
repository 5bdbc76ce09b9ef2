//! What shops write for currencies: symbols, abbreviations and words, each with the currencies that it may mean.
//! Which one it means where several use it is decided by the page's currency, then by its country, then by the order here.

use std::sync::LazyLock;

use creel_types::{Country, Currency};
use rustc_hash::FxHashMap;

/// Letters that the longest entry of the table has; a longer run of letters is no currency.
pub(super) const SYMBOL_LETTERS_MAX: usize = 14;

/// How sure a symbol makes its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Several currencies use it and nothing decided between them.
    Guess,
    /// The country or the page decided between several.
    Likely,
    /// It means one currency only.
    Sure,
}

/// The currency that `symbol` means on a page of a country with the currency `home`, whose currency is thought to be `expected`.
pub(super) fn resolve(symbol: &str, home: Option<Currency>, expected: Option<Currency>) -> Option<(Currency, Certainty)> {
    if symbol.len() == 3 && symbol.bytes().all(|byte| byte.is_ascii_uppercase()) {
        // A code is taken in capitals only: "all", "top" and "try" are words.
        if let Some(code) = Currency::parse(symbol) {
            return Some((code, Certainty::Sure));
        }
    }
    let candidates = candidates(symbol)?;
    let local = [expected, home].into_iter().flatten().find(|currency| candidates.contains(currency));
    if is_unsure_letters(symbol) {
        // "500 g" is a weight everywhere but in Haiti and Paraguay.
        let written = symbol.len() > 1 || symbol.bytes().all(|byte| byte.is_ascii_uppercase());
        return local.filter(|_| written).map(|currency| (currency, Certainty::Likely));
    }
    match candidates {
        [only] => Some((*only, Certainty::Sure)),
        _ => local
            .map(|currency| (currency, Certainty::Likely))
            .or_else(|| candidates.first().map(|currency| (*currency, Certainty::Guess))),
    }
}

/// The currency that `symbol` means on a page of `country` whose currency is thought to be `expected`.
#[must_use]
pub fn currency_of(symbol: &str, country: Option<Country>, expected: Option<Currency>) -> Option<(Currency, Certainty)> {
    resolve(symbol, country.and_then(|country| country.currency()), expected)
}

/// Letters that mean a unit or a word more often than money: they count only where the country's own currency is written so.
fn is_unsure_letters(symbol: &str) -> bool {
    symbol.is_ascii()
        && (symbol.len() == 1 && symbol.bytes().all(|byte| byte.is_ascii_alphabetic())
            || matches!(
                symbol,
                "ft" | "km"
                    | "da"
                    | "db"
                    | "le"
                    | "re"
                    | "ar"
                    | "ro"
                    | "mt"
                    | "ll"
                    | "sl"
                    | "som"
                    | "man"
                    | "den"
                    | "nis"
                    | "all"
                    | "nt"
                    | "ld"
                    | "kip"
                    | "sol"
            ))
}

/// Whether `symbol` stands for any currency.
#[must_use]
pub fn is_symbol(symbol: &str) -> bool {
    symbol.len() == 3 && symbol.bytes().all(|byte| byte.is_ascii_uppercase()) && Currency::parse(symbol).is_some()
        || candidates(symbol).is_some()
}

fn candidates(symbol: &str) -> Option<&'static [Currency]> {
    if symbol.len() > SYMBOL_BYTES_MAX {
        return None;
    }
    let find = |folded: &str| TABLE.get(folded).or_else(|| TABLE.get(folded.trim_end_matches('.'))).map(Vec::as_slice);
    if !symbol.is_ascii() {
        return find(&symbol.to_lowercase());
    }
    let mut folded = [0u8; SYMBOL_BYTES_MAX];
    let folded = &mut folded[..symbol.len()];
    folded.copy_from_slice(symbol.as_bytes());
    folded.make_ascii_lowercase();
    find(std::str::from_utf8(folded).unwrap_or_default())
}

/// Bytes that the longest entry of the table has.
const SYMBOL_BYTES_MAX: usize = 32;

static TABLE: LazyLock<FxHashMap<&'static str, Vec<Currency>>> = LazyLock::new(|| {
    let codes = |codes: &str| codes.split(' ').filter_map(Currency::parse).collect::<Vec<_>>();
    ROWS.iter().flat_map(|(words, row)| words.split(' ').map(move |word| (word, codes(row)))).collect()
});

/// Words in lower case, without a closing point; codes in order of likelihood.
#[rustfmt::skip]
const ROWS: &[(&str, &str)] = &[
   
    ("$ ＄ ﹩", "USD CAD AUD MXN NZD SGD HKD TWD CLP COP ARS UYU BRL JMD TTD BBD BSD BZD BMD KYD XCD FJD GYD LRD NAD SBD SRD BND DOP CUP CVE NIO TOP"),
    ("us$ us$ usd$ u$s u$d dollar dollars us-$", "USD"),
    ("c$ ca$ cad$ can$ cnd", "CAD"), ("a$ au$ aud$ aus$", "AUD"), ("nz$ nzd$", "NZD"), ("hk$ hkd$ 港元 港币", "HKD"),
    ("s$ sg$ sgd$", "SGD"), ("nt$ nt tw$ ntd 新台幣 新臺幣", "TWD"), ("mx$ mex$ mxn$ mxp", "MXN"), ("r$ brl$ reais", "BRL"),
    ("ar$ ars$", "ARS"), ("cl$ clp$", "CLP"), ("col$ cop$", "COP"), ("$u uy$ u$", "UYU"), ("rd$", "DOP"), ("j$", "JMD"),
    ("tt$", "TTD"), ("bds$", "BBD"), ("b$", "BND BSD"), ("bz$", "BZD"), ("ec$", "XCD"), ("fj$", "FJD"), ("gy$ g$", "GYD"), ("n$", "NAD"),
    ("t$", "TOP"), ("z$", "ZWL"), ("l$ ld$", "LRD"), ("sr$", "SRD"), ("si$", "SBD"), ("ws$ wst", "WST"), ("c$d", "CAD"),
    ("peso pesos", "MXN ARS CLP COP PHP UYU DOP CUP"), ("€ eur euro euros eur€ euró ευρώ евро eiro eurot eurų", "EUR"),
    ("£ ￡", "GBP EGP LBP SYP GIP FKP SHP SSP SDG"), ("gbp£ £stg", "GBP"), ("e£ le ج.م ج جنيه جنيهًا", "EGP"),
    ("chf sfr fr.- stutz", "CHF"), ("fr", "CHF XAF XOF"), ("francs franc", "CHF XOF XAF RWF BIF"),
    ("kr ,-kr kr.-", "SEK NOK DKK ISK"), ("kr,-", "NOK SEK DKK"), ("íkr", "ISK"), ("dkr", "DKK"), ("nkr", "NOK"), ("skr", "SEK"),
    ("zł zl złotych pln zlotych", "PLN"), ("kč kc czk kcs", "CZK"), ("ft huf forint", "HUF"), ("lei leu ron", "RON MDL"), ("lej", "RON"),
    ("лв лв.‎ lv bgn лева", "BGN"), ("kn hrk kuna kune", "HRK"), ("din дин рсд rsd dinara динара", "RSD"),
    ("ден den дeн", "MKD"), ("km bam", "BAM"), ("lek lekë lekë", "ALL"), ("₴ грн гривень гривна uah", "UAH"),
    ("₽ руб р рублей рубля rub руб.- рyб rur р.-", "RUB"), ("rbl", "RUB BYN"), ("br руб.бел бр byn", "BYN ETB"), ("₸ тг тенге kzt тңг", "KZT"),
    ("₼ azn man ман манат", "AZN"), ("₾ ლ ლარი lari gel", "GEL"), ("֏ դր amd драм", "AMD"), ("сум so'm soʻm сўм soum", "UZS"), ("сом som", "KGS UZS"),
    ("смн", "TJS"), ("₺ tl try₺ lira ytl", "TRY"), ("₪ nis ils ש״ח ש\"ח שח ש''ח", "ILS"),
    ("د.إ دإ درهم dhs dh aed", "AED MAD"), ("د.م د.م.", "MAD"), ("mad", "MAD"), ("ر.س رس ريال sr ﷼ sar ر", "SAR QAR OMR YER IRR"), ("qr ر.ق qar", "QAR"),
    ("ر.ع ر.ع. ro omr", "OMR"), ("د.ك دك kd kwd", "KWD"), ("د.ب bd bhd", "BHD"), ("د.أ دأ jd jod", "JOD"), ("ع.د iqd", "IQD"), ("د.ت dt tnd", "TND"),
    ("د.ج da دج dzd", "DZD"), ("د.ل ل.د ld lyd", "LYD"), ("ل.ل ll lbp", "LBP"), ("ل.س syp", "SYP"), ("ش.ج", "ILS"), ("ر.ي", "YER"),
    ("دينار", "KWD IQD JOD BHD"), ("تومان toman ریال ﷼‎ irr", "IRR"), ("؋", "AFN"), ("نافكا", "ERN"),
    ("₹ र ரூ रु रू inr ₹.", "INR"), ("rs rs.- ₨ re rupees rupee", "INR PKR LKR NPR MUR SCR"), ("inr.", "INR"), ("pkr", "PKR"), ("රු lkr", "LKR"), ("रु.", "NPR INR"),
    ("৳ tk টাকা bdt taka", "BDT"), ("rf mvr", "MVR"), ("nu", "BTN"),
    ("¥ ￥", "JPY CNY"), ("円 jpy¥ 日元 jp¥ 税込 yen", "JPY"), ("元", "CNY TWD HKD"), ("圆 圓", "CNY TWD HKD"), ("人民币 cn¥ rmb yuan rmb¥ 元/件", "CNY"),
    ("₩ 원 원~ krw ￦", "KRW"), ("฿ บาท thb baht", "THB"), ("₫ đ vnđ vnd₫ dong đồng", "VND"), ("rp rp.- idr rupiah", "IDR"), ("rm myr", "MYR"),
    ("₱ php₱ php piso", "PHP"), ("p", "PHP BWP RUB"), ("₭ kip", "LAK"), ("៛", "KHR"), ("ks mmk", "MMK"), ("₮ mnt төг", "MNT"), ("mop$ mop", "MOP"),
    ("r zar", "ZAR"), ("ksh kshs kes", "KES"), ("tsh tzs tshs", "TZS"), ("ush ugx", "UGX"), ("₦ ngn naira", "NGN"), ("₵ gh₵ ghs gh¢", "GHS"), ("¢", "GHS"),
    ("fcfa cfa f.cfa xof", "XOF XAF"), ("xaf", "XAF"), ("cfpf xpf fcfp", "XPF"), ("fbu", "BIF"), ("frw rf.", "RWF"), ("fg gfr", "GNF"), ("kmf", "KMF"), ("ar", "MGA"),
    ("mt mzn", "MZN"), ("kz kwz aoa", "AOA"), ("zk k", "ZMW PGK"), ("birr", "ETB"), ("fdj", "DJF"), ("d", "GMD"), ("db", "STN"), ("sl", "SLE"), ("e", "SZL"),
    ("₡ crc", "CRC"), ("q gtq", "GTQ"), ("l hnl lps", "HNL MDL ALL"), ("b/ b/.", "PAB"), ("s/ s/. pen soles sol", "PEN"), ("bs bs. bob", "BOB VES"), ("bs.f bsf bs.s ves", "VES"),
    ("₲ gs g pyg", "PYG HTG"), ("vt vuv", "VUV"), ("ƒ afl", "AWG ANG"), ("vnd", "VND"), ("pte esc dem itl frf esp", "EUR"),
    ("usd", "USD"), ("gbp", "GBP"), ("cad", "CAD"), ("aud", "AUD"), ("chf.", "CHF"), ("sek", "SEK"), ("nok", "NOK"), ("dkk", "DKK"), ("nzd", "NZD"), ("jpy", "JPY"),
    ("btc", ""),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_country_decides_between_currencies() {
        for (symbol, country, expected, currency) in [
            ("$", "US", None, Some("USD")),
            ("$", "CA", None, Some("CAD")),
            ("$", "DE", None, Some("USD")),
            ("$", "CL", None, Some("CLP")),
            ("$", "US", Some("AUD"), Some("AUD")),
            ("kr", "NO", None, Some("NOK")),
            ("kr.", "DK", None, Some("DKK")),
            ("Kr", "SE", None, Some("SEK")),
            ("¥", "JP", None, Some("JPY")),
            ("¥", "CN", None, Some("CNY")),
            ("£", "GB", None, Some("GBP")),
            ("£", "EG", None, Some("EGP")),
            ("Rs.", "PK", None, Some("PKR")),
            ("Rs", "IN", None, Some("INR")),
            ("lei", "MD", None, Some("MDL")),
            ("C$", "US", None, Some("CAD")),
            ("USD", "DE", Some("EUR"), Some("USD")),
            ("د.إ", "AE", None, Some("AED")),
            ("ALL", "AL", None, Some("ALL")),
            ("all", "AL", None, None),
            ("GB", "GB", None, None),
        ] {
            let found = currency_of(symbol, country.parse().ok(), expected.and_then(Currency::parse));
            assert_eq!(found.map(|(found, _)| found.to_string()).as_deref(), currency, "{symbol} in {country}");
        }
    }

    #[test]
    fn every_code_of_the_table_exists() {
        for (words, codes) in ROWS {
            assert!(!words.split(' ').any(str::is_empty), "{words:?}");
            for code in codes.split(' ').filter(|code| !code.is_empty() && *code != "ANG") {
                assert!(Currency::parse(code).is_some(), "{code}");
            }
            assert!(
                words.split(' ').all(|word| word.chars().count() <= SYMBOL_LETTERS_MAX && word.len() <= SYMBOL_BYTES_MAX),
                "{words}"
            );
        }
    }
}
