//! Labels that shops print beside a product's numbers and brand, in the languages that they trade in, in lower case and without closing marks.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Labels of a shop's own number, in lower case without closing marks. Longer ones first where one begins another.
#[rustfmt::skip]
const CODE_LABELS: &[&str] = &[
    "sku", "item code", "item number", "item no", "item #", "item id", "item", "product code", "product number",
    "product no", "product id", "product #", "article number", "article no", "article", "art. no", "art no",
    "catalog number", "catalogue number", "catalog #", "stock code", "stock number", "stock no", "part number", "part no",
    "style number", "style no", "style #", "style code", "style", "model number", "model no", "model", "mfr part",
    "reference number", "reference", "ref", "code", "web id", "plu", "order number", "order no", "listing id", "ad id",
    "lot", "artikelnummer", "artikel-nr", "artikelnr", "artikel nr", "art.-nr", "art-nr", "art.nr", "art. nr", "artnr",
    "bestellnummer", "bestell-nr", "bestellnr", "produktnummer", "produkt-nr", "modellnummer", "teilenummer", "modell",
    "référence", "réf", "code article", "code produit", "numéro d'article", "n° d'article", "référence produit",
    "ref. produit", "referencia", "código", "código de producto", "cód", "cod", "código del producto", "modelo",
    "referência", "código do produto", "cód. do produto", "cod. do produto", "cód. produto", "cód. do artigo", "código del artículo",
    "ref. produto", "codice", "codice articolo", "codice prodotto", "cod. prodotto",
    "cod. articolo", "riferimento", "rif", "artikelnummer", "productnummer", "bestelnummer", "artikelcode", "productcode",
    "artikelkod", "artikelnummer", "art.nr", "varenummer", "varenr", "produktnr", "tuotenumero", "tuotekoodi",
    "tootekood", "toote kood", "kood", "prekės kodas", "preces kods", "kod produktu", "nr art", "nr artykułu", "numer produktu",
    "kod towaru", "kod", "nr katalogowy", "numer katalogowy",
    "symbol", "indeks", "numer artykułu", "nr ref", "nr produktu", "kód produktu", "kód zboží", "katalogové číslo",
    "kód tovaru", "obj. číslo", "objednacie číslo", "objednávacie číslo", "číslo produktu", "kód", "kat. číslo",
    "cikkszám", "termékkód", "cod produs", "cod articol", "šifra", "šifra artikla", "šifra izdelka", "šifra proizvoda",
    "kataloški broj", "koda izdelka", "koda", "артикул", "код товара", "код", "код товару", "номер товара", "арт",
    "каталожен номер", "продуктов код", "ürün kodu", "stok kodu", "κωδικός", "κωδικός προϊόντος", "מק\"ט", "מק״ט",
    "رمز المنتج", "رقم المنتج", "رمز", "رقم الموديل", "کد محصول", "商品番号", "商品コード", "品番", "型番", "商品编号", "商品編號", "货号", "貨號",
    "產品編號", "品號", "商品id", "상품번호", "상품코드", "품번", "mã sản phẩm", "mã sp", "mã hàng", "รหัสสินค้า", "kode produk",
];

#[rustfmt::skip]
const GTIN_LABELS: &[&str] = &[
    "ean", "gtin", "upc", "isbn", "isbn-13", "isbn13", "isbn-10", "ean-code", "ean code", "ean13", "ean-13", "barcode",
    "kod ean", "čiarový kód", "čárový kód", "штрихкод", "штрих-код", "jan", "cod ean", "codice ean", "code ean",
];

#[rustfmt::skip]
const MPN_LABELS: &[&str] = &[
    "mpn", "model name / number", "model name/number", "manufacturer model number", "manufacturer part number",
    "manufacturer number", "mfr. part", "herstellernummer", "hersteller-nr", "hersteller-artikelnummer",
    "part number (pn)", "part number", "model number", "model no", "kod producenta", "kód výrobcu", "kód výrobce", "pn",
    "p/n", "part no", "oem",
];

#[rustfmt::skip]
const BRAND_LABELS: &[&str] = &[
    "brand", "manufacturer", "marke", "hersteller", "marque", "fabricant", "marca", "fabricante", "produttore", "merk",
    "fabrikant", "märke", "varumärke", "mærke", "merke", "merkki", "tootja", "kaubamärk", "bränd", "marka", "producent",
    "značka", "výrobce", "výrobca", "márka", "gyártó", "producător", "brend", "proizvođač", "znamka", "blagovna znamka",
    "proizvajalec", "бренд", "производитель", "марка", "виробник", "üretici", "μάρκα", "κατασκευαστής",
    "العلامة التجارية", "الماركة", "מותג", "ブランド", "メーカー", "品牌", "브랜드", "제조사", "thương hiệu", "แบรนด์", "merek", "author",
    "publisher",
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Code,
    Gtin,
    Mpn,
    Brand,
}

/// Every label with its kind; a word of two lists is of the later one here.
pub(super) static LABELS: LazyLock<FxHashMap<&'static str, Kind>> = LazyLock::new(|| {
    let lists = [(CODE_LABELS, Kind::Code), (MPN_LABELS, Kind::Mpn), (GTIN_LABELS, Kind::Gtin), (BRAND_LABELS, Kind::Brand)];
    lists.into_iter().flat_map(|(labels, kind)| labels.iter().map(move |label| (*label, kind))).collect()
});

/// Which two letters of ASCII begin a label: most texts begin with others.
pub(super) static FIRST_TWO: LazyLock<[u64; 16]> = LazyLock::new(|| {
    let mut pairs = [0; 16];
    for label in LABELS.keys() {
        if let [one, two, ..] = label.as_bytes()
            && one.is_ascii_alphabetic()
            && two.is_ascii_alphabetic()
        {
            pairs[pair_of(*one, *two) / 64] |= 1 << (pair_of(*one, *two) % 64);
        }
    }
    pairs
});

/// Two letters, in any case, as a number below 1,024.
pub(super) fn pair_of(one: u8, two: u8) -> usize {
    usize::from(one & 31) << 5 | usize::from(two & 31)
}
