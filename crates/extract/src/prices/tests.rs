//! Price texts of forty countries, and the texts of random shops where the corpus is present.

use super::*;

fn read(text: &str, country: &str) -> Option<(String, Option<String>, Option<String>)> {
    let context = PriceContext::new(country.parse().unwrap(), None);
    parse(text, &context).map(|price| {
        let normal = |amount: Amount| amount.decimal().normalize().to_string();
        (normal(price.amount), price.high.map(normal), price.currency.map(|(currency, _)| currency.to_string()))
    })
}

#[test]
fn formats_of_the_world() {
    for (text, country, amount, currency) in [
        ("1.299,00 €", "DE", "1299", "EUR"),
        ("34.000", "CL", "34000", ""),
        ("$34.000", "CL", "34000", "CLP"),
        ("$ 34.000", "AR", "34000", "ARS"),
        ("₹ 1,29,999.00", "IN", "129999", "INR"),
        ("1 299,90 zł", "PL", "1299.9", "PLN"),
        ("CHF 1'299.–", "CH", "1299", "CHF"),
        ("CHF 1’299.50", "CH", "1299.5", "CHF"),
        ("29,-", "DE", "29", ""),
        ("29,– €", "AT", "29", "EUR"),
        ("¥12,800", "JP", "12800", "JPY"),
        ("12,800円(税込)", "JP", "12800", "JPY"),
        ("￥199.00", "CN", "199", "CNY"),
        ("R$ 1.299,90", "BR", "1299.9", "BRL"),
        ("1.299 kr", "DK", "1299", "DKK"),
        ("1 299:-", "SE", "1299", ""),
        ("kr 1 299,00", "NO", "1299", "NOK"),
        ("12 990 Ft", "HU", "12990", "HUF"),
        ("1 299 Kč", "CZ", "1299", "CZK"),
        ("129,90 лв.", "BG", "129.9", "BGN"),
        ("1 299 грн", "UA", "1299", "UAH"),
        ("1 299 ₽", "RU", "1299", "RUB"),
        ("12 999 ₸", "KZ", "12999", "KZT"),
        ("1.299,90 TL", "TR", "1299.9", "TRY"),
        ("₺1.299,90", "TR", "1299.9", "TRY"),
        ("₪1,299.90", "IL", "1299.9", "ILS"),
        ("1,299.00 د.إ", "AE", "1299", "AED"),
        ("AED 1,299", "AE", "1299", "AED"),
        ("١٬٢٩٩٫٥٠ ر.س", "SA", "1299.5", "SAR"),
        ("۱۲٬۰۰۰ تومان", "IR", "12000", "IRR"),
        ("₹ १,२९९", "IN", "1299", "INR"),
        ("KD 12.500", "KW", "12.5", "KWD"),
        ("₩12,900", "KR", "12900", "KRW"),
        ("12,900원", "KR", "12900", "KRW"),
        ("฿1,299.00", "TH", "1299", "THB"),
        ("1.299.000 ₫", "VN", "1299000", "VND"),
        ("Rp 1.299.000", "ID", "1299000", "IDR"),
        ("RM1,299.00", "MY", "1299", "MYR"),
        ("₱1,299.00", "PH", "1299", "PHP"),
        ("S$12.90", "SG", "12.9", "SGD"),
        ("$12.90", "SG", "12.9", "SGD"),
        ("HK$1,299", "HK", "1299", "HKD"),
        ("NT$1,299", "TW", "1299", "TWD"),
        ("R 1 299,00", "ZA", "1299", "ZAR"),
        ("KSh 1,299", "KE", "1299", "KES"),
        ("₦12,990", "NG", "12990", "NGN"),
        ("Rs. 1,299", "PK", "1299", "PKR"),
        ("৳ 1,299", "BD", "1299", "BDT"),
        ("S/ 129.90", "PE", "129.9", "PEN"),
        ("MX$1,299.00", "MX", "1299", "MXN"),
        ("$1,299.00 MXN", "US", "1299", "MXN"),
        ("C$1,299.00", "CA", "1299", "CAD"),
        ("$1,299.00", "CA", "1299", "CAD"),
        ("A$ 49.95", "AU", "49.95", "AUD"),
        ("US $1.23", "CN", "1.23", "USD"),
        ("£1,299.00", "GB", "1299", "GBP"),
        ("1.299,99 RON", "RO", "1299.99", "RON"),
        ("129,99 lei", "RO", "129.99", "RON"),
        ("1.299,00 kn", "HR", "1299", "HRK"),
        ("12.990 din", "RS", "12990", "RSD"),
        ("12.990 kr.", "IS", "12990", "ISK"),
        ("1,299\u{a0}€", "GR", "1299", "EUR"),
        ("1\u{202f}299,90\u{a0}€", "FR", "1299.9", "EUR"),
        ("35€ 99", "FR", "35.99", "EUR"),
        ("$19 99", "US", "19.99", "USD"),
        ("19€99", "FR", "19.99", "EUR"),
        ("£ 50 £ 60", "GB", "50", "GBP"),
        ("0,75 €", "DE", "0.75", "EUR"),
        ("0.750 KWD", "KW", "0.75", "KWD"),
        ("ab 12,99 € / kg", "DE", "12.99", "EUR"),
        ("-20% 79,99 €", "DE", "79.99", "EUR"),
        ("$41.97 $60.00", "US", "41.97", "USD"),
        ("5 for $10", "US", "10", "USD"),
        ("500 g 3,99 €", "DE", "3.99", "EUR"),
        ("Was £120.00 Now £60.00", "GB", "60", "GBP"),
    ] {
        let found = read(text, country);
        let expected = Some((amount.to_owned(), (!currency.is_empty()).then(|| currency.to_owned())));
        assert_eq!(found.map(|(amount, _, currency)| (amount, currency)), expected, "{text} in {country}");
    }
}

#[test]
fn ranges_units_and_what_is_no_price() {
    for (text, amount, high) in
        [("12.99 - 15.99", "12.99", "15.99"), ("$24.00 – $30.00", "24", "30"), ("From 26 to 50 €", "26", "50")]
    {
        let found = read(text, "US");
        assert_eq!(
            found.map(|(amount, high, _)| (amount, high)),
            Some((amount.to_owned(), Some(high.to_owned()))),
            "{text}"
        );
    }
    for text in ["", "Sheet Set", "-20 %", "25-09", "Free Shipping on Orders $49+.", "12.05.2021", "500 g"] {
        assert_eq!(read(text, "DE"), None, "{text}");
    }
    let context = PriceContext::new("DE".parse().unwrap(), None);
    for (text, quantity, unit) in
        [("12,99 € / kg", "1", "kg"), ("1,20 €/100 g", "100", "g"), ("3,50 € pro Liter", "1", "liter")]
    {
        let per = parse(text, &context).and_then(|price| price.per);
        assert_eq!(per, Some((quantity.parse().unwrap(), unit.to_owned())), "{text}");
    }
}

#[test]
fn machine_numbers() {
    for (text, currency, amount) in [
        ("41.97", "USD", Some("41.97")),
        ("3.355", "EUR", Some("3.355")),
        ("24.990", "CLP", Some("24990")),
        ("1299", "EUR", Some("1299")),
        ("1.299,00", "EUR", Some("1299")),
        ("€ 12.50", "EUR", Some("12.5")),
        ("1e3", "EUR", Some("1000")),
        ("", "EUR", None),
        ("n/a", "EUR", None),
    ] {
        let context = PriceContext::default().with_currency(Currency::parse(currency));
        let found = machine_amount(text, &context).map(|amount| amount.decimal().normalize().to_string());
        assert_eq!(found.as_deref(), amount, "{text}");
    }
}

#[test]
fn texts_of_random_shops() {
    #[derive(serde::Deserialize)]
    struct Row {
        price_text: Option<String>,
        currency_hint: Option<String>,
        currency_symbol: Option<String>,
        amount: Option<String>,
        set: String,
    }
    let folder = std::env::var("CREEL_CORPUS")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus").into());
    let Ok(lines) = std::fs::read_to_string(format!("{folder}/price-strings.jsonl")) else {
        eprintln!("skipped: no corpus at {folder}");
        return;
    };
    let context = PriceContext::default();
    let (mut amounts, mut currencies, mut rows, mut hard, mut hard_right) = (0, 0, 0, 0, 0);
    for line in lines.lines() {
        let row: Row = serde_json::from_str(line).unwrap();
        let text = row.price_text.unwrap_or_default();
        let found = parse(&text, &context);
        let expected = row.amount.as_deref().map(|amount| Amount::new(amount.parse().unwrap()).unwrap());
        let amount_right = found.as_ref().map(|price| price.amount) == expected;
        let wanted = row
            .currency_symbol
            .as_deref()
            .and_then(|symbol| currency_of(&symbol.replace(' ', ""), None, None))
            .map(|found| found.0);
        let hint = || row.currency_hint.as_deref().and_then(|hint| lone_symbol(&letters_of(hint), &context));
        let got = found.as_ref().and_then(|price| price.currency).or_else(hint).map(|found| found.0);
        let currency_right = got == wanted || row.currency_symbol.is_none() || wanted.is_none();
        if row.set.starts_with("xfail") {
            hard += 1;
            hard_right += i32::from(amount_right && currency_right);
            continue;
        }
        rows += 1;
        amounts += i32::from(amount_right);
        currencies += i32::from(currency_right);
        if !amount_right || !currency_right {
            eprintln!("{text:?} hint {:?}: {found:?} but {:?} {:?}", row.currency_hint, row.amount, row.currency_symbol);
        }
    }
    eprintln!("amounts {amounts}/{rows}, currencies {currencies}/{rows}, hard ones {hard_right}/{hard}");
    assert!(f64::from(amounts) >= 0.985 * f64::from(rows), "amounts {amounts} of {rows}");
    assert!(f64::from(currencies) >= 0.97 * f64::from(rows), "currencies {currencies} of {rows}");
}
