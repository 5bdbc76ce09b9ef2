//! Countries: ISO 3166-1 codes with the currency, the languages and the decimal mark that a shop there uses by default.
//! The table was written from CLDR; a page's own evidence always wins over it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Currency;

/// A country that exists, as its two upper-case letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

struct Row(&'static str, &'static str, &'static str, &'static str, char);

impl Country {
    pub const US: Country = Country(*b"US");

    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("")
    }

    #[must_use]
    pub fn name(&self) -> &'static str {
        self.row().map_or("", |row| row.1)
    }

    #[must_use]
    pub fn currency(&self) -> Option<Currency> {
        self.row().and_then(|row| Currency::parse(row.2))
    }

    /// Language codes, the main one first.
    pub fn languages(&self) -> impl Iterator<Item = &'static str> {
        self.row().map_or("", |row| row.3).split(',').filter(|code| !code.is_empty())
    }

    /// `'.'` or `','`.
    #[must_use]
    pub fn decimal_mark(&self) -> char {
        self.row().map_or('.', |row| row.4)
    }

    pub fn all() -> impl Iterator<Item = Country> {
        ROWS.iter().filter_map(|row| row.0.parse().ok())
    }

    fn row(&self) -> Option<&'static Row> {
        ROWS.binary_search_by(|row| row.0.cmp(self.as_str())).ok().and_then(|at| ROWS.get(at))
    }
}

impl FromStr for Country {
    type Err = String;

    /// Takes the two letters in either case.
    fn from_str(text: &str) -> Result<Country, String> {
        let upper = text.to_ascii_uppercase();
        match ROWS.binary_search_by(|row| row.0.cmp(upper.as_str())) {
            Ok(at) => {
                let code = ROWS[at].0.as_bytes();
                Ok(Country([code[0], code[1]]))
            }
            Err(_) => Err(format!("{text:?} is not a country code of ISO 3166-1, such as US or DE")),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Country, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

// code, name, currency, languages, decimal mark
#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row("AC", "Ascension Island", "SHP", "en", '.'),
    Row("AD", "Andorra", "EUR", "ca", ','),
    Row("AE", "United Arab Emirates", "AED", "ar", '.'),
    Row("AF", "Afghanistan", "AFN", "fa,ps", '.'),
    Row("AG", "Antigua & Barbuda", "XCD", "en", '.'),
    Row("AI", "Anguilla", "XCD", "en", '.'),
    Row("AL", "Albania", "ALL", "sq", ','),
    Row("AM", "Armenia", "AMD", "hy", ','),
    Row("AO", "Angola", "AOA", "pt", ','),
    Row("AR", "Argentina", "ARS", "es", ','),
    Row("AS", "American Samoa", "USD", "sm,en", '.'),
    Row("AT", "Austria", "EUR", "de", ','),
    Row("AU", "Australia", "AUD", "en", '.'),
    Row("AW", "Aruba", "AWG", "nl,pap", ','),
    Row("AX", "Åland Islands", "EUR", "sv", ','),
    Row("AZ", "Azerbaijan", "AZN", "az", ','),
    Row("BA", "Bosnia & Herzegovina", "BAM", "bs,hr", ','),
    Row("BB", "Barbados", "BBD", "en", '.'),
    Row("BD", "Bangladesh", "BDT", "bn", '.'),
    Row("BE", "Belgium", "EUR", "nl,fr,de", ','),
    Row("BF", "Burkina Faso", "XOF", "fr", ','),
    Row("BG", "Bulgaria", "BGN", "bg", ','),
    Row("BH", "Bahrain", "BHD", "ar", '.'),
    Row("BI", "Burundi", "BIF", "rn,fr,en", ','),
    Row("BJ", "Benin", "XOF", "fr", ','),
    Row("BL", "St. Barthélemy", "EUR", "fr", ','),
    Row("BM", "Bermuda", "BMD", "en", '.'),
    Row("BN", "Brunei", "BND", "ms", ','),
    Row("BO", "Bolivia", "BOB", "es,qu,ay", ','),
    Row("BQ", "Caribbean Netherlands", "USD", "nl", ','),
    Row("BR", "Brazil", "BRL", "pt", ','),
    Row("BS", "Bahamas", "BSD", "en", '.'),
    Row("BT", "Bhutan", "INR", "dz", '.'),
    Row("BV", "Bouvet Island", "NOK", "en", '.'),
    Row("BW", "Botswana", "BWP", "en,tn", '.'),
    Row("BY", "Belarus", "BYN", "be,ru", ','),
    Row("BZ", "Belize", "BZD", "en", '.'),
    Row("CA", "Canada", "CAD", "en,fr", '.'),
    Row("CC", "Cocos (Keeling) Islands", "AUD", "en", '.'),
    Row("CD", "Congo - Kinshasa", "CDF", "fr", ','),
    Row("CF", "Central African Republic", "XAF", "sg,fr", ','),
    Row("CG", "Congo - Brazzaville", "XAF", "fr", ','),
    Row("CH", "Switzerland", "CHF", "de,gsw,fr", '.'),
    Row("CI", "Côte d’Ivoire", "XOF", "fr", ','),
    Row("CK", "Cook Islands", "NZD", "en", '.'),
    Row("CL", "Chile", "CLP", "es", ','),
    Row("CM", "Cameroon", "XAF", "fr,en", ','),
    Row("CN", "China", "CNY", "zh", '.'),
    Row("CO", "Colombia", "COP", "es", ','),
    Row("CR", "Costa Rica", "CRC", "es", ','),
    Row("CU", "Cuba", "CUP", "es", '.'),
    Row("CV", "Cape Verde", "CVE", "pt", ','),
    Row("CW", "Curaçao", "XCG", "pap,nl", '.'),
    Row("CX", "Christmas Island", "AUD", "en", '.'),
    Row("CY", "Cyprus", "EUR", "el,tr", ','),
    Row("CZ", "Czechia", "CZK", "cs", ','),
    Row("DE", "Germany", "EUR", "de", ','),
    Row("DG", "Diego Garcia", "USD", "en", '.'),
    Row("DJ", "Djibouti", "DJF", "fr,ar", ','),
    Row("DK", "Denmark", "DKK", "da", ','),
    Row("DM", "Dominica", "XCD", "en", '.'),
    Row("DO", "Dominican Republic", "DOP", "es", '.'),
    Row("DZ", "Algeria", "DZD", "ar,fr", ','),
    Row("EA", "Ceuta & Melilla", "EUR", "es", ','),
    Row("EC", "Ecuador", "USD", "es,qu", ','),
    Row("EE", "Estonia", "EUR", "et", ','),
    Row("EG", "Egypt", "EGP", "ar", '.'),
    Row("EH", "Western Sahara", "MAD", "ar", '.'),
    Row("ER", "Eritrea", "ERN", "ti,en,ar", '.'),
    Row("ES", "Spain", "EUR", "es", ','),
    Row("ET", "Ethiopia", "ETB", "am", '.'),
    Row("FI", "Finland", "EUR", "fi,sv", ','),
    Row("FJ", "Fiji", "FJD", "en,hif,fj", '.'),
    Row("FK", "Falkland Islands", "FKP", "en", '.'),
    Row("FM", "Micronesia", "USD", "en", '.'),
    Row("FO", "Faroe Islands", "DKK", "fo", ','),
    Row("FR", "France", "EUR", "fr", ','),
    Row("GA", "Gabon", "XAF", "fr", ','),
    Row("GB", "United Kingdom", "GBP", "en", '.'),
    Row("GD", "Grenada", "XCD", "en", '.'),
    Row("GE", "Georgia", "GEL", "ka", ','),
    Row("GF", "French Guiana", "EUR", "fr", ','),
    Row("GG", "Guernsey", "GBP", "en", '.'),
    Row("GH", "Ghana", "GHS", "en", '.'),
    Row("GI", "Gibraltar", "GIP", "en", '.'),
    Row("GL", "Greenland", "DKK", "kl", ','),
    Row("GM", "Gambia", "GMD", "en", '.'),
    Row("GN", "Guinea", "GNF", "fr", ','),
    Row("GP", "Guadeloupe", "EUR", "fr", ','),
    Row("GQ", "Equatorial Guinea", "XAF", "es,fr,pt", ','),
    Row("GR", "Greece", "EUR", "el", ','),
    Row("GS", "South Georgia & South Sandwich Islands", "GBP", "en", '.'),
    Row("GT", "Guatemala", "GTQ", "es", '.'),
    Row("GU", "Guam", "USD", "en,ch", '.'),
    Row("GW", "Guinea-Bissau", "XOF", "pt", ','),
    Row("GY", "Guyana", "GYD", "en", '.'),
    Row("HK", "Hong Kong SAR China", "HKD", "zh,en", '.'),
    Row("HM", "Heard & McDonald Islands", "AUD", "en", '.'),
    Row("HN", "Honduras", "HNL", "es", '.'),
    Row("HR", "Croatia", "EUR", "hr", ','),
    Row("HT", "Haiti", "HTG", "ht,fr", ','),
    Row("HU", "Hungary", "HUF", "hu", ','),
    Row("IC", "Canary Islands", "EUR", "es", ','),
    Row("ID", "Indonesia", "IDR", "id", ','),
    Row("IE", "Ireland", "EUR", "en,ga", '.'),
    Row("IL", "Israel", "ILS", "he,ar", '.'),
    Row("IM", "Isle of Man", "GBP", "en,gv", '.'),
    Row("IN", "India", "INR", "hi,en", '.'),
    Row("IO", "British Indian Ocean Territory", "USD", "en", '.'),
    Row("IQ", "Iraq", "IQD", "ar", '.'),
    Row("IR", "Iran", "IRR", "fa", '.'),
    Row("IS", "Iceland", "ISK", "is", ','),
    Row("IT", "Italy", "EUR", "it", ','),
    Row("JE", "Jersey", "GBP", "en", '.'),
    Row("JM", "Jamaica", "JMD", "en", '.'),
    Row("JO", "Jordan", "JOD", "ar", '.'),
    Row("JP", "Japan", "JPY", "ja", '.'),
    Row("KE", "Kenya", "KES", "sw,en", '.'),
    Row("KG", "Kyrgyzstan", "KGS", "ky,ru", ','),
    Row("KH", "Cambodia", "KHR", "km", '.'),
    Row("KI", "Kiribati", "AUD", "en,gil", '.'),
    Row("KM", "Comoros", "KMF", "ar,zdj,wni", '.'),
    Row("KN", "St. Kitts & Nevis", "XCD", "en", '.'),
    Row("KP", "North Korea", "KPW", "ko", '.'),
    Row("KR", "South Korea", "KRW", "ko", '.'),
    Row("KW", "Kuwait", "KWD", "ar", '.'),
    Row("KY", "Cayman Islands", "KYD", "en", '.'),
    Row("KZ", "Kazakhstan", "KZT", "ru,kk", ','),
    Row("LA", "Laos", "LAK", "lo", ','),
    Row("LB", "Lebanon", "LBP", "ar", ','),
    Row("LC", "St. Lucia", "XCD", "en", '.'),
    Row("LI", "Liechtenstein", "CHF", "de,gsw", '.'),
    Row("LK", "Sri Lanka", "LKR", "si,ta", '.'),
    Row("LR", "Liberia", "LRD", "en", '.'),
    Row("LS", "Lesotho", "ZAR", "st,en", '.'),
    Row("LT", "Lithuania", "EUR", "lt", ','),
    Row("LU", "Luxembourg", "EUR", "fr,lb,de", ','),
    Row("LV", "Latvia", "EUR", "lv", ','),
    Row("LY", "Libya", "LYD", "ar", ','),
    Row("MA", "Morocco", "MAD", "ar,fr,tzm", ','),
    Row("MC", "Monaco", "EUR", "fr", ','),
    Row("MD", "Moldova", "MDL", "ro", ','),
    Row("ME", "Montenegro", "EUR", "sr", ','),
    Row("MF", "St. Martin", "EUR", "fr", ','),
    Row("MG", "Madagascar", "MGA", "mg,fr,en", '.'),
    Row("MH", "Marshall Islands", "USD", "en,mh", '.'),
    Row("MK", "North Macedonia", "MKD", "mk", ','),
    Row("ML", "Mali", "XOF", "fr", ','),
    Row("MM", "Myanmar (Burma)", "MMK", "my", '.'),
    Row("MN", "Mongolia", "MNT", "mn", '.'),
    Row("MO", "Macao SAR China", "MOP", "zh,yue,pt", '.'),
    Row("MP", "Northern Mariana Islands", "USD", "en", '.'),
    Row("MQ", "Martinique", "EUR", "fr", ','),
    Row("MR", "Mauritania", "MRU", "ar", ','),
    Row("MS", "Montserrat", "XCD", "en", '.'),
    Row("MT", "Malta", "EUR", "mt,en", '.'),
    Row("MU", "Mauritius", "MUR", "fr,en", ','),
    Row("MV", "Maldives", "MVR", "dv", '.'),
    Row("MW", "Malawi", "MWK", "ny,en", '.'),
    Row("MX", "Mexico", "MXN", "es", '.'),
    Row("MY", "Malaysia", "MYR", "ms", '.'),
    Row("MZ", "Mozambique", "MZN", "pt", ','),
    Row("NA", "Namibia", "ZAR", "en", '.'),
    Row("NC", "New Caledonia", "XPF", "fr", ','),
    Row("NE", "Niger", "XOF", "fr", ','),
    Row("NF", "Norfolk Island", "AUD", "en", '.'),
    Row("NG", "Nigeria", "NGN", "en,yo", '.'),
    Row("NI", "Nicaragua", "NIO", "es", '.'),
    Row("NL", "Netherlands", "EUR", "nl", ','),
    Row("NO", "Norway", "NOK", "no,nb,nn", ','),
    Row("NP", "Nepal", "NPR", "ne", '.'),
    Row("NR", "Nauru", "AUD", "en,na", '.'),
    Row("NU", "Niue", "NZD", "niu,en", '.'),
    Row("NZ", "New Zealand", "NZD", "en,mi", '.'),
    Row("OM", "Oman", "OMR", "ar", '.'),
    Row("PA", "Panama", "PAB", "es", '.'),
    Row("PE", "Peru", "PEN", "es,qu", '.'),
    Row("PF", "French Polynesia", "XPF", "fr,ty", ','),
    Row("PG", "Papua New Guinea", "PGK", "tpi,en,ho", '.'),
    Row("PH", "Philippines", "PHP", "en,fil", '.'),
    Row("PK", "Pakistan", "PKR", "ur,en", '.'),
    Row("PL", "Poland", "PLN", "pl", ','),
    Row("PM", "St. Pierre & Miquelon", "EUR", "fr", ','),
    Row("PN", "Pitcairn Islands", "NZD", "en", '.'),
    Row("PR", "Puerto Rico", "USD", "es,en", '.'),
    Row("PS", "Palestinian Territories", "ILS", "ar", '.'),
    Row("PT", "Portugal", "EUR", "pt", ','),
    Row("PW", "Palau", "USD", "pau,en", '.'),
    Row("PY", "Paraguay", "PYG", "gn,es", '.'),
    Row("QA", "Qatar", "QAR", "ar", '.'),
    Row("RE", "Réunion", "EUR", "fr", ','),
    Row("RO", "Romania", "RON", "ro", ','),
    Row("RS", "Serbia", "RSD", "sr", ','),
    Row("RU", "Russia", "RUB", "ru", ','),
    Row("RW", "Rwanda", "RWF", "rw,en,fr", ','),
    Row("SA", "Saudi Arabia", "SAR", "ar", '.'),
    Row("SB", "Solomon Islands", "SBD", "en", '.'),
    Row("SC", "Seychelles", "SCR", "fr,en", ','),
    Row("SD", "Sudan", "SDG", "en,ar", '.'),
    Row("SE", "Sweden", "SEK", "sv", ','),
    Row("SG", "Singapore", "SGD", "en,zh,ms", '.'),
    Row("SH", "St. Helena", "SHP", "en", '.'),
    Row("SI", "Slovenia", "EUR", "sl", ','),
    Row("SJ", "Svalbard & Jan Mayen", "NOK", "nb", ','),
    Row("SK", "Slovakia", "EUR", "sk", ','),
    Row("SL", "Sierra Leone", "SLE", "en", '.'),
    Row("SM", "San Marino", "EUR", "it", ','),
    Row("SN", "Senegal", "XOF", "wo,fr", ','),
    Row("SO", "Somalia", "SOS", "so,ar", '.'),
    Row("SR", "Suriname", "SRD", "nl", ','),
    Row("SS", "South Sudan", "SSP", "en", '.'),
    Row("ST", "São Tomé & Príncipe", "STN", "pt", ','),
    Row("SV", "El Salvador", "USD", "es", '.'),
    Row("SX", "Sint Maarten", "XCG", "en,nl", '.'),
    Row("SY", "Syria", "SYP", "ar", '.'),
    Row("SZ", "Eswatini", "SZL", "en,ss", '.'),
    Row("TA", "Tristan da Cunha", "GBP", "en", '.'),
    Row("TC", "Turks & Caicos Islands", "USD", "en", '.'),
    Row("TD", "Chad", "XAF", "ar,fr", '.'),
    Row("TF", "French Southern Territories", "EUR", "en", '.'),
    Row("TG", "Togo", "XOF", "fr", ','),
    Row("TH", "Thailand", "THB", "th", '.'),
    Row("TJ", "Tajikistan", "TJS", "tg", ','),
    Row("TK", "Tokelau", "NZD", "tkl,en", '.'),
    Row("TL", "Timor-Leste", "USD", "tet,pt", '.'),
    Row("TM", "Turkmenistan", "TMT", "tk", ','),
    Row("TN", "Tunisia", "TND", "ar,fr", ','),
    Row("TO", "Tonga", "TOP", "to,en", '.'),
    Row("TR", "Türkiye", "TRY", "tr", ','),
    Row("TT", "Trinidad & Tobago", "TTD", "en", '.'),
    Row("TV", "Tuvalu", "AUD", "tvl,en", '.'),
    Row("TW", "Taiwan", "TWD", "zh,nan,hak", '.'),
    Row("TZ", "Tanzania", "TZS", "sw,en", '.'),
    Row("UA", "Ukraine", "UAH", "uk,ru", ','),
    Row("UG", "Uganda", "UGX", "sw,en", '.'),
    Row("UM", "U.S. Outlying Islands", "USD", "en", '.'),
    Row("US", "United States", "USD", "en", '.'),
    Row("UY", "Uruguay", "UYU", "es", ','),
    Row("UZ", "Uzbekistan", "UZS", "uz", ','),
    Row("VA", "Vatican City", "EUR", "it", ','),
    Row("VC", "St. Vincent & Grenadines", "XCD", "en", '.'),
    Row("VE", "Venezuela", "VES", "es", ','),
    Row("VG", "British Virgin Islands", "USD", "en", '.'),
    Row("VI", "U.S. Virgin Islands", "USD", "en", '.'),
    Row("VN", "Vietnam", "VND", "vi", ','),
    Row("VU", "Vanuatu", "VUV", "bi,en,fr", '.'),
    Row("WF", "Wallis & Futuna", "XPF", "fr", ','),
    Row("WS", "Samoa", "WST", "sm,en", '.'),
    Row("XK", "Kosovo", "EUR", "sq,sr", ','),
    Row("YE", "Yemen", "YER", "ar", '.'),
    Row("YT", "Mayotte", "EUR", "fr", ','),
    Row("ZA", "South Africa", "ZAR", "en", ','),
    Row("ZM", "Zambia", "ZMW", "en", '.'),
    Row("ZW", "Zimbabwe", "USD", "sn,en,nd", '.'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_currency_is_known() {
        assert!(ROWS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for country in Country::all() {
            assert!(country.currency().is_some(), "{country}");
            assert!(country.languages().next().is_some(), "{country}");
        }
        let germany: Country = "de".parse().unwrap();
        assert_eq!((germany.as_str(), germany.decimal_mark(), germany.name()), ("DE", ',', "Germany"));
        assert_eq!(germany.currency().unwrap().as_str(), "EUR");
        assert!("XX".parse::<Country>().is_err());
        assert!("".parse::<Country>().is_err());
    }
}
