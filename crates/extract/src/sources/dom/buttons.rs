//! Buttons that sell: "add to cart" in the languages that shops trade in, whether they can be pressed, and what stands there instead when the
//! product is gone. Knows no price.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::{
    sources::dom::scene::Scene,
    tape::{Attr, Mark, Marks, Node, Tag},
};

/// Buttons of one page that are looked at.
const BUTTONS_MAX: usize = 400;

/// Buttons that sell, from which on a page is a listing.
pub const LISTING_BUTTONS_MIN: usize = 7;

#[derive(Clone, Debug, Default)]
pub(super) struct Buttons {
    /// The product can be put into the cart.
    pub can_buy: bool,
    /// Buttons that sell; many of them sell many products.
    pub count: usize,
    /// The button is there and cannot be pressed.
    pub disabled: bool,
    /// The words of a button that offers a message when the product is back.
    pub notify: Option<String>,
    /// The words of a button that says that it is gone.
    pub gone: Option<String>,
}

#[rustfmt::skip]
const BUY: &[&str] = &[
    "add to cart", "add to bag", "add to basket", "add to trolley", "buy now", "buy it now", "add to order",
    "in den warenkorb", "in den einkaufswagen", "jetzt kaufen", "ajouter au panier", "acheter", "añadir al carrito",
    "agregar al carro", "agregar al carrito", "añadir a la cesta", "comprar", "adicionar ao carrinho",
    "adicionar ao cesto", "aggiungi al carrello", "acquista", "in winkelwagen", "in winkelmand", "toevoegen aan",
    "lägg i varukorg", "lägg i kundvagn", "köp", "læg i kurv", "legg i handlekurv", "kjøp", "lisää ostoskoriin",
    "do koszyka", "dodaj do koszyka", "do košíku", "do košíka", "pridať do košíka", "kosárba", "în coș", "adaugă în coș",
    "adauga in cos", "dodaj v košarico", "v košarico", "dodaj u košaricu", "u košaricu", "купить", "в корзину", "купити",
    "в кошик", "добави в количката", "sepete ekle", "satın al", "προσθήκη στο καλάθι", "στο καλάθι", "הוסף לסל",
    "أضف إلى السلة", "أضف الى السلة", "اضف إلى", "カートに入れる", "カートに追加", "购物车", "購物車", "立即购买", "立即購買", "장바구니", "구매하기",
    "바로구매", "thêm vào giỏ", "mua ngay", "หยิบใส่ตะกร้า", "beli sekarang", "tambah ke keranjang", "lisa ostukorvi",
    "ostukorvi", "lisa korvi", "į krepšelį", "ielikt grozā",
];

#[rustfmt::skip]
const NOTIFY: &[&str] = &[
    "notify me", "email me when", "tell me when", "remind me when", "let me know when", "join waitlist",
    "join the waitlist", "benachrichtigen", "verfügbarkeit benachrichtig", "m'avertir", "alertez-moi", "prévenez-moi",
    "avísame", "avisarme", "avise-me", "avvisami", "houd mij op de hoogte", "bevaka", "få besked", "powiadom",
    "hlídat dostupnost", "strážiť dostupnosť", "értesítést kérek", "anunță-mă", "obavesti me", "obavijesti",
    "сообщить о поступлении", "уведомить", "повідомити", "gelince haber ver", "أعلمني", "再入荷", "到货通知", "貨到通知", "到貨通知",
    "재입고",
];

/// Words for buying, then words for being told.
static WORDS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(BUY.iter().chain(NOTIFY)).ok());

/// Whether a text in lower case offers to buy, and whether it offers a message.
fn offers(folded: &str) -> (bool, bool) {
    let found = WORDS
        .as_ref()
        .into_iter()
        .flat_map(|words| words.find_iter(folded))
        .map(|found| found.pattern().as_usize() < BUY.len());
    found.fold((false, false), |(sells, tells), buys| (sells || buys, tells || !buys))
}

/// Whether a text offers to buy.
pub(super) fn sells(text: &str) -> bool {
    offers(&text.to_lowercase()).0
}

pub(super) fn read(scene: &Scene<'_>) -> Buttons {
    let mut found = Buttons::default();
    let document = scene.document;
    let submits = document
        .elements(Tag::Input)
        .filter(|input| input.attr_raw(Attr::Type).is_some_and(|kind| matches!(kind, "submit" | "button" | "image")));
    let links = document
        .elements(Tag::A)
        .filter(|link| link.marks().any(Marks::of(&[Mark::AddToCart])) || link.attr_raw(Attr::Role) == Some("button"));
    for button in document.elements(Tag::Button).chain(submits).chain(links).take(BUTTONS_MAX) {
        look_at(scene, button, &mut found);
    }
    found.can_buy &= found.count < LISTING_BUTTONS_MIN;
    found
}

fn look_at<'d>(scene: &Scene<'d>, button: Node<'d>, found: &mut Buttons) {
    if scene.is_plainly_elsewhere(button) {
        return;
    }
    let text = words_of(button);
    let folded = text.to_lowercase();
    let (sells, tells) = offers(&folded);
    let sells = sells || button.marks().has(Mark::AddToCart);
    // A button that sells and denies at once is a template of which a script shows one part.
    let gone =
        folded.len() <= 80 && !sells && crate::availability::of_notice(&folded).is_some_and(|status| !status.in_stock());
    if !(sells || tells || gone) || scene.distance(button) > 3_000 {
        return;
    }
    let context = scene.context(button);
    if context.is_elsewhere() || context.marks.has(Mark::Card) || context.hidden {
        return;
    }
    let off = button.has_attr(Attr::Disabled)
        || button.attr_raw(Attr::AriaDisabled) == Some("true")
        || button.has_class("disabled")
        || button.has_class("is-disabled");
    if tells {
        found.notify.get_or_insert(text);
    } else if gone {
        found.gone.get_or_insert(text);
    } else if off {
        found.disabled = true;
    } else {
        found.can_buy = true;
        found.count += 1;
    }
}

fn words_of(button: Node<'_>) -> String {
    let text = if button.is(Tag::Input) { button.attr(Attr::Value).unwrap_or_default().into_owned() } else { button.text() };
    if text.trim().is_empty() {
        let said = button.attr(Attr::AriaLabel).or_else(|| button.attr(Attr::Title)).or_else(|| button.attr(Attr::Alt));
        return said.unwrap_or_default().into_owned();
    }
    let end = if text.len() > 120 { text.floor_char_boundary(120) } else { text.len() };
    text[..end].to_owned()
}
