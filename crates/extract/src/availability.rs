//! Words for "can it be bought": schema.org's terms, what platforms write in state, and what shops print in the languages that they trade in.
//! Knows no page: where a text stands, and whether it is to be believed, is for the sources.

use std::{borrow::Cow, sync::LazyLock};

use aho_corasick::{AhoCorasick, MatchKind};
use creel_types::AvailabilityStatus;

/// Bytes of a text that are searched; an availability notice is short.
pub const NOTICE_BYTES_MAX: usize = 200;

/// The status of a term of markup or state: `https://schema.org/InStock`, `out of stock`, `instock`, `true`.
#[must_use]
pub fn of_term(term: &str) -> Option<AvailabilityStatus> {
    let tail = term.trim().trim_end_matches('/').rsplit(['/', '#', ':']).next().unwrap_or(term);
    let folded: String = tail.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    Some(match folded.as_str() {
        "instock" | "instoreonly" | "onlineonly" | "available" | "true" | "1" | "yes" | "y" | "inventory"
        | "availablenow" | "madetoorder" | "buyable" | "purchasable" | "sellable" | "onstock" | "instorepurchase" => {
            AvailabilityStatus::InStock
        }
        "outofstock"
        | "soldout"
        | "reserved"
        | "unavailable"
        | "notavailable"
        | "false"
        | "0"
        | "no"
        | "outstock"
        | "oos"
        | "nostock"
        | "temporarilyoutofstock"
        | "notinstock"
        | "outofstockonline" => AvailabilityStatus::OutOfStock,
        "preorder" | "presale" | "presell" | "comingsoon" => AvailabilityStatus::Preorder,
        "backorder" | "backordered" | "onorder" | "availableonbackorder" | "onbackorder" => AvailabilityStatus::Backorder,
        "limitedavailability" | "lowstock" | "limited" | "lowinstock" | "limitedstock" => AvailabilityStatus::Limited,
        "discontinued" | "ended" | "expired" | "nolongeravailable" => AvailabilityStatus::Discontinued,
        _ => return None,
    })
}

/// The status that a printed notice states, in any of the languages; the last notice of a text that denies wins over one that affirms, because
/// "not in stock" holds "in stock".
#[must_use]
pub fn of_notice(text: &str) -> Option<AvailabilityStatus> {
    let end = if text.len() > NOTICE_BYTES_MAX { text.floor_char_boundary(NOTICE_BYTES_MAX) } else { text.len() };
    // Capitals beyond ASCII need folding; the automaton takes those of ASCII as they are.
    let folded = if text.is_ascii() { Cow::Borrowed(&text[..end]) } else { Cow::Owned(text[..end].to_lowercase()) };
    let found = NOTICES.as_ref()?.find_iter(folded.as_ref()).filter_map(|found| {
        let row = &WORDS[found.pattern().as_usize()];
        let edge = |at: Option<char>| at.is_none_or(|letter| !letter.is_alphabetic() || is_wide(letter));
        let whole = edge(folded[..found.start()].chars().next_back()) && edge(folded[found.end()..].chars().next());
        whole.then_some(row.1)
    });
    found.reduce(|kept, next| if rank(next) > rank(kept) { next } else { kept })
}

/// Scripts without spaces have no word edges.
fn is_wide(letter: char) -> bool {
    letter as u32 >= 0x0e00
}

fn rank(status: AvailabilityStatus) -> u8 {
    match status {
        AvailabilityStatus::Discontinued => 5,
        AvailabilityStatus::OutOfStock => 4,
        AvailabilityStatus::Backorder | AvailabilityStatus::Preorder => 3,
        AvailabilityStatus::Limited => 2,
        AvailabilityStatus::InStock => 1,
        AvailabilityStatus::Unknown => 0,
    }
}

/// `None` only if the table below were too large for an automaton.
static NOTICES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        .build(WORDS.iter().map(|row| row.0))
        .ok()
});

use AvailabilityStatus::{Backorder, Discontinued, InStock, Limited, OutOfStock, Preorder};

/// Notices in lower case. Longer ones win where they overlap.
#[rustfmt::skip]
const WORDS: &[(&str, AvailabilityStatus)] = &[
    // English
    ("in stock", InStock), ("instock", InStock), ("available now", InStock), ("available to order", InStock), ("ready to ship", InStock), ("in-stock", InStock),
    ("out of stock", OutOfStock), ("out-of-stock", OutOfStock), ("outofstock", OutOfStock), ("sold out", OutOfStock), ("soldout", OutOfStock), ("not in stock", OutOfStock), ("no stock", OutOfStock),
    ("currently unavailable", OutOfStock), ("temporarily unavailable", OutOfStock), ("not available", OutOfStock), ("no longer available", Discontinued), ("unavailable", OutOfStock),
    ("discontinued", Discontinued), ("notify me when", OutOfStock), ("email me when", OutOfStock), ("back in stock", OutOfStock), ("email when available", OutOfStock), ("notify when available", OutOfStock),
    ("never out of stock", InStock), ("0 in stock", OutOfStock), ("coming soon", Preorder), ("pre-order", Preorder), ("preorder", Preorder), ("backorder", Backorder), ("back order", Backorder), ("low stock", Limited), ("low in stock", Limited),
    ("this item has sold", OutOfStock), ("temporarily out of stock", OutOfStock), ("item unavailable", OutOfStock),
    // German
    ("auf lager", InStock), ("sofort lieferbar", InStock), ("lieferbar", InStock), ("vorrätig", InStock), ("verfügbar", InStock), ("sofort verfügbar", InStock),
    ("nicht auf lager", OutOfStock), ("ausverkauft", OutOfStock), ("nicht verfügbar", OutOfStock), ("nicht vorrätig", OutOfStock), ("nicht lieferbar", OutOfStock), ("nicht mehr lieferbar", Discontinued),
    ("nicht mehr verfügbar", Discontinued), ("derzeit nicht", OutOfStock), ("vergriffen", OutOfStock), ("vorbestellbar", Preorder), ("vorbestellen", Preorder), ("momentan nicht", OutOfStock), ("zurzeit nicht lieferbar", OutOfStock), ("aktuell nicht verfügbar", OutOfStock),
    // French
    ("en stock", InStock), ("disponible", InStock), ("rupture de stock", OutOfStock), ("en rupture", OutOfStock), ("épuisé", OutOfStock), ("indisponible", OutOfStock), ("non disponible", OutOfStock), ("plus disponible", OutOfStock), ("victime de son succès", OutOfStock),
    ("hors stock", OutOfStock), ("précommande", Preorder), ("précommander", Preorder),
    // Spanish, Catalan
    ("sin stock", OutOfStock), ("agotado", OutOfStock), ("agotada", OutOfStock), ("no disponible", OutOfStock), ("fuera de stock", OutOfStock), ("sin existencias", OutOfStock), ("esgotat", OutOfStock), ("hay existencias", InStock), ("en existencia", InStock), ("producto agotado", OutOfStock),
    // Portuguese
    ("em stock", InStock), ("em estoque", InStock), ("disponível", InStock), ("esgotado", OutOfStock), ("indisponível", OutOfStock), ("sem stock", OutOfStock), ("sem estoque", OutOfStock), ("fora de estoque", OutOfStock), ("não disponível", OutOfStock), ("produto indisponível", OutOfStock), ("avise-me quando", OutOfStock),
    // Italian
    ("disponibile", InStock), ("disponibilità immediata", InStock), ("in magazzino", InStock), ("non disponibile", OutOfStock), ("esaurito", OutOfStock), ("non più disponibile", Discontinued), ("terminato", OutOfStock), ("avvisami quando", OutOfStock), ("preordina", Preorder),
    // Dutch
    ("op voorraad", InStock), ("leverbaar", InStock), ("niet op voorraad", OutOfStock), ("uitverkocht", OutOfStock), ("niet leverbaar", OutOfStock), ("niet beschikbaar", OutOfStock), ("tijdelijk uitverkocht", OutOfStock), ("niet meer leverbaar", Discontinued),
    // Nordic
    ("i lager", InStock), ("finns i lager", InStock), ("slutsåld", OutOfStock), ("slut i lager", OutOfStock), ("ej i lager", OutOfStock), ("tillfälligt slut", OutOfStock), ("på lager", InStock), ("utsolgt", OutOfStock), ("ikke på lager", OutOfStock), ("udsolgt", OutOfStock),
    ("varastossa", InStock), ("ei varastossa", OutOfStock), ("loppuunmyyty", OutOfStock), ("ei saatavilla", OutOfStock), ("loppu varastosta", OutOfStock), ("uppselt", OutOfStock), ("ekki til á lager", OutOfStock),
    // Polish
    ("dostępny", InStock), ("w magazynie", InStock), ("niedostępny", OutOfStock), ("niedostępna", OutOfStock), ("brak w magazynie", OutOfStock), ("wyprzedany", OutOfStock), ("produkt niedostępny", OutOfStock), ("chwilowo niedostępny", OutOfStock), ("powiadom o dostępności", OutOfStock),
    // Czech, Slovak
    ("skladem", InStock), ("na skladě", InStock), ("na sklade", InStock), ("skladom", InStock), ("vyprodáno", OutOfStock), ("není skladem", OutOfStock), ("nedostupné", OutOfStock), ("vypredané", OutOfStock), ("nie je skladom", OutOfStock), ("nie je na sklade", OutOfStock), ("momentálne nedostupné", OutOfStock), ("momentálně nedostupné", OutOfStock),
    ("ukončený predaj", Discontinued), ("predaj skončil", Discontinued), ("predaj ukončený", Discontinued), ("prodej ukončen", Discontinued), ("prodej skončil", Discontinued), ("nedostupný", OutOfStock), ("vypredaný", OutOfStock),
    // Hungarian, Romanian
    ("raktáron", InStock), ("készleten", InStock), ("nincs raktáron", OutOfStock), ("nincs készleten", OutOfStock), ("elfogyott", OutOfStock), ("nem rendelhető", OutOfStock), ("în stoc", InStock), ("in stoc", InStock), ("stoc epuizat", OutOfStock), ("indisponibil", OutOfStock), ("nu este în stoc", OutOfStock), ("nu este in stoc", OutOfStock), ("stoc limitat", Limited),
    // South Slavic
    ("na zalogi", InStock), ("ni na zalogi", OutOfStock), ("razprodano", OutOfStock), ("na zalihi", InStock), ("nije na zalihi", OutOfStock), ("rasprodano", OutOfStock), ("nema na zalihi", OutOfStock), ("nedostupno", OutOfStock), ("na stanju", InStock), ("nema na stanju", OutOfStock), ("trenutno nedostupno", OutOfStock), ("в наличност", InStock), ("изчерпан", OutOfStock), ("няма наличност", OutOfStock),
    // Baltic
    ("laos", InStock), ("otsas", OutOfStock), ("läbi müüdud", OutOfStock), ("pole saadaval", OutOfStock), ("ei ole saadaval", OutOfStock), ("välja müüdud", OutOfStock), ("ir noliktavā", InStock), ("nav pieejams", OutOfStock), ("izpārdots", OutOfStock), ("yra sandėlyje", InStock), ("neturime", OutOfStock), ("išparduota", OutOfStock), ("toode on otsas", OutOfStock), ("tellitav", Backorder),
    // Russian, Ukrainian
    ("в наличии", InStock), ("есть в наличии", InStock), ("нет в наличии", OutOfStock), ("нет на складе", OutOfStock), ("распродано", OutOfStock), ("товар закончился", OutOfStock), ("товара нет", OutOfStock), ("нет в продаже", OutOfStock), ("сообщить о поступлении", OutOfStock), ("снят с производства", Discontinued), ("снято с производства", Discontinued), ("под заказ", Backorder), ("предзаказ", Preorder), ("в наявності", InStock), ("немає в наявності", OutOfStock), ("няма в наяўнасці", OutOfStock), ("закончился", OutOfStock),
    // Greek, Turkish
    ("διαθέσιμο", InStock), ("σε απόθεμα", InStock), ("μη διαθέσιμο", OutOfStock), ("εξαντλήθηκε", OutOfStock), ("εξαντλημένο", OutOfStock), ("stokta var", InStock), ("stokta yok", OutOfStock), ("tükendi", OutOfStock), ("stokta bulunmamaktadır", OutOfStock), ("stoklarımızda bulunmamaktadır", OutOfStock), ("satışta değil", OutOfStock), ("stokta", InStock),
    // Arabic, Hebrew, Persian
    ("متوفر", InStock), ("متوفرة", InStock), ("غير متوفر", OutOfStock), ("غير متوفرة", OutOfStock), ("نفدت الكمية", OutOfStock), ("نفذت الكمية", OutOfStock), ("نفد من المخزون", OutOfStock), ("במלאי", InStock), ("אזל מהמלאי", OutOfStock), ("אזל המלאי", OutOfStock), ("לא במלאי", OutOfStock), ("ناموجود", OutOfStock), ("موجود", InStock), ("موجود نیست", OutOfStock),
    // East and South-East Asia
    ("在庫あり", InStock), ("在庫なし", OutOfStock), ("在庫切れ", OutOfStock), ("売り切れ", OutOfStock), ("売切れ", OutOfStock), ("品切れ", OutOfStock), ("入荷待ち", Backorder), ("予約受付中", Preorder), ("完売", OutOfStock), ("販売終了", Discontinued),
    ("有货", InStock), ("有貨", InStock), ("現貨", InStock), ("现货", InStock), ("缺货", OutOfStock), ("缺貨", OutOfStock), ("无货", OutOfStock), ("無貨", OutOfStock), ("售罄", OutOfStock), ("售完", OutOfStock), ("已售完", OutOfStock), ("補貨中", OutOfStock), ("补货中", OutOfStock), ("銷售一空", OutOfStock), ("已下架", Discontinued), ("預購", Preorder), ("已搶完", OutOfStock),
    ("재고 있음", InStock), ("품절", OutOfStock), ("일시품절", OutOfStock), ("매진", OutOfStock), ("판매종료", Discontinued), ("판매 종료", Discontinued), ("재고 없음", OutOfStock),
    ("còn hàng", InStock), ("hết hàng", OutOfStock), ("tạm hết hàng", OutOfStock), ("stok habis", OutOfStock), ("stok tersedia", InStock), ("habis terjual", OutOfStock), ("มีสินค้า", InStock), ("สินค้าหมด", OutOfStock),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_of_markup() {
        for (term, status) in [
            ("https://schema.org/InStock", Some(InStock)),
            ("http://schema.org/OutOfStock/", Some(OutOfStock)),
            ("out of stock", Some(OutOfStock)),
            ("in_stock", Some(InStock)),
            ("schema:PreOrder", Some(Preorder)),
            ("LimitedAvailability", Some(Limited)),
            ("Discontinued", Some(Discontinued)),
            ("maybe", None),
        ] {
            assert_eq!(of_term(term), status, "{term}");
        }
    }

    #[test]
    fn notices_in_many_languages() {
        for (text, status) in [
            ("In stock. Ships today", Some(InStock)),
            ("Not in stock", Some(OutOfStock)),
            ("Currently out of stock", Some(OutOfStock)),
            ("Nicht mehr lieferbar", Some(Discontinued)),
            ("lieferbar in 2-3 Werktagen", Some(InStock)),
            ("Ausverkauft", Some(OutOfStock)),
            ("Actuellement en rupture de stock", Some(OutOfStock)),
            ("Agotado", Some(OutOfStock)),
            ("Esgotado", Some(OutOfStock)),
            ("Non disponibile", Some(OutOfStock)),
            ("Uitverkocht", Some(OutOfStock)),
            ("Slut i lager", Some(OutOfStock)),
            ("Udsolgt", Some(OutOfStock)),
            ("Produkt niedostępny", Some(OutOfStock)),
            ("Vyprodáno", Some(OutOfStock)),
            ("Predaj skončil", Some(Discontinued)),
            ("Nincs raktáron", Some(OutOfStock)),
            ("Stoc epuizat", Some(OutOfStock)),
            ("Нет в наличии", Some(OutOfStock)),
            ("Есть в наличии", Some(InStock)),
            ("Tükendi", Some(OutOfStock)),
            ("غير متوفر", Some(OutOfStock)),
            ("現在在庫切れです", Some(OutOfStock)),
            ("已售完", Some(OutOfStock)),
            ("품절", Some(OutOfStock)),
            ("Add to basket", None),
            ("", None),
        ] {
            assert_eq!(of_notice(text), status, "{text}");
        }
    }

    #[test]
    fn every_notice_is_in_lower_case_and_reads_as_itself() {
        for (text, status) in WORDS {
            assert_eq!(text.to_lowercase(), *text);
            assert_eq!(of_notice(text), Some(*status), "{text}");
        }
    }
}
