//! The frame of the JSON-LD sections and of pages without a section: a hosted shop system of today.

use super::{
    super::html::{each, escape},
    View,
    frame::{Page, country_select, navigation, service_links},
};

pub(super) fn document(view: View<'_>, page: &Page) -> String {
    let language = page.language();
    format!(
        "<!doctype html>\n<html class=\"no-js\" lang=\"{lang}\">\n<head>\n{charset}<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <title>{title} – Wicker &amp; Tide</title>\n<link rel=\"preconnect\" href=\"https://cdn.creel-demo.example\">\n\
         <link rel=\"icon\" href=\"/static/logo.svg\">\n<link rel=\"stylesheet\" href=\"/static/shop.css\">\n<style>{STYLE}</style>\n\
         <script>document.documentElement.className = 'js'; window.shop = {{origin: '{origin}', cart: {{count: 2}}}};</script>\n\
         {head}</head>\n<body class=\"{class}\">\n<a class=\"skip-to-content\" href=\"#MainContent\">↓</a>\n{SPRITE}{header}\
         <main id=\"MainContent\" class=\"content-for-layout\" role=\"main\" tabindex=\"-1\">\n{main}</main>\n{footer}\
         <script>{SCRIPT}</script>\n<script src=\"/static/shop.js\" defer></script>\n</body>\n</html>\n",
        lang = page.html_lang(),
        charset = page.charset_meta(),
        title = escape(&page.title),
        origin = view.origin,
        head = page.head,
        class = page.body_class,
        header = header(page),
        main = page.main,
        footer = footer(page),
    ) + &format!("<!-- rendered for {} by theme-tide 4.2 -->\n", language.tag)
}

fn header(page: &Page) -> String {
    let language = page.language();
    format!(
        "<div class=\"announcement-bar\" role=\"region\">\n  <p class=\"announcement-bar__message\">{shipping}</p>\n</div>\n\
         <header class=\"header\" id=\"shop-header\">\n<div class=\"header__heading\">\n  <a href=\"/\" class=\"header__logo\"><svg class=\"icon\" aria-hidden=\"true\"><use href=\"#icon-basket\"></use></svg> Wicker &amp; Tide</a>\n</div>\n\
         <nav class=\"header__inline-menu\" aria-label=\"Main\">\n<ul class=\"list-menu\">\n{nav}</ul>\n</nav>\n\
         <form action=\"/search\" method=\"get\" class=\"search-form\" role=\"search\">\n  <input type=\"search\" name=\"q\" placeholder=\"{search}\" aria-label=\"{search}\">\n  <button type=\"submit\">{search}</button>\n</form>\n\
         <div class=\"header__icons\">\n  <a href=\"/login\" class=\"header__icon\">{sign_in}</a>\n\
         <details class=\"cart-drawer\" id=\"mini-cart\">\n  <summary class=\"header__icon\">{cart} <span class=\"cart-count-bubble\">2</span></summary>\n\
         <div class=\"cart-drawer__inner\">\n    <p class=\"cart-drawer__items\">2 × …</p>\n    <p class=\"totals\"><span class=\"totals__subtotal\">Total</span> <span class=\"totals__subtotal-value price\">{total}</span></p>\n\
         <a class=\"button\" href=\"/cart\">{cart}</a> <a class=\"button button--secondary\" href=\"/checkout\">Checkout</a>\n  </div>\n</details>\n</div>\n</header>\n",
        shipping = escape(language.shipping_texts[0]),
        nav = navigation("list-menu__item"),
        search = escape(language.search),
        sign_in = escape(language.sign_in),
        cart = escape(language.cart),
        total = page.cart_total(),
    )
}

fn footer(page: &Page) -> String {
    let language = page.language();
    format!(
        "<footer class=\"footer\">\n<div class=\"footer__newsletter\">\n  <h2 class=\"footer-block__heading\">{newsletter}</h2>\n  <p>{newsletter_text}</p>\n\
         <form action=\"/newsletter\" method=\"post\" class=\"newsletter-form\">\n    <input type=\"email\" name=\"email\" placeholder=\"name@example.com\">\n    <button type=\"submit\" class=\"button\">{subscribe}</button>\n  </form>\n</div>\n\
         <div class=\"footer__blocks\">\n<ul class=\"footer-block__details\">\n{links}</ul>\n<p class=\"footer__text\">{text}</p>\n{countries}</div>\n\
         <ul class=\"list-payment\">\n{payments}</ul>\n<p class=\"copyright\">Wicker &amp; Tide is the demo shop of Creel. Nothing here is for sale.</p>\n</footer>\n\
         <div class=\"cookie-banner\" id=\"cookie-banner\" role=\"dialog\" aria-live=\"polite\" hidden>\n  <p>{cookies}</p>\n  <button type=\"button\" class=\"button\" data-consent=\"all\">{accept}</button>\n  <button type=\"button\" class=\"button button--secondary\" data-consent=\"none\">{decline}</button>\n</div>\n",
        newsletter = escape(language.newsletter),
        newsletter_text = escape(language.newsletter_text),
        subscribe = escape(language.subscribe),
        links = service_links(language, "list-menu__item--link"),
        text = escape(language.footer_text),
        countries = country_select(language, "footer__localization"),
        payments = each(["Card", "Transfer", "Invoice", "Gift card"], |way| format!(
            "  <li class=\"list-payment__item\">{way}</li>\n"
        )),
        cookies = escape(language.cookie_text),
        accept = escape(language.accept),
        decline = escape(language.decline),
    )
}

const STYLE: &str = "
:root{--font-body-scale:1.0;--font-heading-scale:1.1;--color-base-text:18,18,18;--color-base-background:255,255,255;--buttons-radius:6px;--page-width:120rem;--spacing-sections-desktop:36px;--spacing-sections-mobile:25px;--grid-desktop-vertical-spacing:16px;--grid-desktop-horizontal-spacing:16px}
.no-js .cart-drawer{display:none}
.skip-to-content:focus{z-index:9999;position:inherit;overflow:auto;width:auto;height:auto;clip:auto}
.visually-hidden{position:absolute!important;overflow:hidden;width:1px;height:1px;margin:-1px;padding:0;border:0;clip:rect(0 0 0 0)}
.price--on-sale .price__regular{display:none}
.price__sale{display:none}
.price--on-sale .price__sale{display:initial}
.product__media-wrapper:empty{display:none}
.quick-add{position:relative;grid-row-start:4;margin:0 0 1rem;z-index:1}
@media screen and (min-width:750px){.header{grid-template-columns:1fr auto 1fr}.page-width{padding:0 5rem}}
@media (prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
";

/// Icons as hosted systems inline them: bytes that say nothing about products.
const SPRITE: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" style=\"display:none\">
<symbol id=\"icon-basket\" viewBox=\"0 0 24 24\"><title>Basket</title><path d=\"M5.8 8.6 9.7 2.4a1 1 0 0 1 1.7 1L8.2 8.6h7.6l-3.2-5.2a1 1 0 1 1 1.7-1l3.9 6.2H22a1 1 0 0 1 1 1.2l-2 10.2a2 2 0 0 1-2 1.6H5a2 2 0 0 1-2-1.6L1 9.8a1 1 0 0 1 1-1.2z\"/></symbol>
<symbol id=\"icon-account\" viewBox=\"0 0 18 19\"><path d=\"M6 4.5a3 3 0 1 1 6 0 3 3 0 0 1-6 0m3-4a4 4 0 1 0 0 8 4 4 0 0 0 0-8m5.58 12.15c1.12.82 1.83 2.24 1.91 4.85H1.51c.08-2.6.79-4.03 1.9-4.85C4.66 11.75 6.5 11.5 9 11.5s4.35.26 5.58 1.15\"/></symbol>
<symbol id=\"icon-close\" viewBox=\"0 0 18 17\"><path d=\"M.865 15.978a.5.5 0 0 0 .707.707l7.433-7.431 7.579 7.282a.501.501 0 0 0 .846-.37.5.5 0 0 0-.153-.351L9.712 8.546l7.417-7.416a.5.5 0 1 0-.707-.708L8.991 7.853 1.413.573a.5.5 0 1 0-.693.72l7.563 7.268z\"/></symbol>
<symbol id=\"icon-search\" viewBox=\"0 0 18 19\"><path d=\"M11.03 11.68A5.784 5.784 0 1 1 2.85 3.5a5.784 5.784 0 0 1 8.18 8.18m.26 1.12a6.78 6.78 0 1 1 .72-.7l5.4 5.4a.5.5 0 1 1-.71.7z\"/></symbol>
<symbol id=\"icon-zoom\" viewBox=\"0 0 19 19\"><path d=\"M4.667 7.944a.5.5 0 0 1 .5-.5h5.555a.5.5 0 0 1 0 1H5.167a.5.5 0 0 1-.5-.5M7.944 4.667a.5.5 0 0 1 .5.5v5.555a.5.5 0 0 1-1 0V5.167a.5.5 0 0 1 .5-.5\"/></symbol>
</svg>
";

const SCRIPT: &str = "
(function () {
  var banner = document.getElementById('cookie-banner');
  var consent = null;
  try { consent = window.localStorage.getItem('consent'); } catch (error) { consent = 'none'; }
  if (banner && !consent) { banner.hidden = false; }
  document.addEventListener('click', function (event) {
    var choice = event.target.getAttribute && event.target.getAttribute('data-consent');
    if (!choice) { return; }
    banner.hidden = true;
    try { window.localStorage.setItem('consent', choice); } catch (error) { return; }
  });
  window.theme = { strings: { addToCart: 'Add to cart', soldOut: 'Sold out', unavailable: 'Unavailable' }, moneyFormat: '${{amount}}', cartTotal: 11800 };
  window.routes = { cart_add_url: '/cart/add', cart_change_url: '/cart/change', cart_update_url: '/cart/update', predictive_search_url: '/search/suggest' };
})();
";
