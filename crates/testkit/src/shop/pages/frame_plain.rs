//! The frame of the sections without markup: a small shop's own templates. Not one attribute here is meant for machines.

use super::{
    super::html::{each, escape},
    View,
    frame::{Page, country_select, navigation, service_links},
};

pub(super) fn document(view: View<'_>, page: &Page) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n{charset}<meta name=\"viewport\" content=\"width=device-width\">\n<title>{title} - Wicker &amp; Tide</title>\n\
         <link href=\"/static/shop.css\" rel=\"stylesheet\">\n<link href=\"{origin}/static/logo.svg\" rel=\"icon\">\n<style>{STYLE}</style>\n{head}</head>\n\
         <body class=\"{class}\">\n<div id=\"wrap\">\n{header}<div id=\"main\">\n{main}</div>\n{footer}</div>\n<script>{SCRIPT}</script>\n<script src=\"/static/shop.js\"></script>\n</body>\n</html>\n",
        lang = page.html_lang(),
        charset = page.charset_meta(),
        title = escape(&page.title),
        origin = view.origin,
        head = page.head,
        class = page.body_class,
        header = header(page),
        main = page.main,
        footer = footer(page),
    )
}

fn header(page: &Page) -> String {
    let language = page.language();
    format!(
        "<div id=\"top\">\n<div class=\"topline\">{note}</div>\n<a id=\"logo\" href=\"/\"><img src=\"/static/logo.svg\" width=\"40\" height=\"40\" alt=\"Wicker &amp; Tide\"> Wicker &amp; Tide</a>\n\
         <form id=\"suche\" action=\"/search\"><input name=\"q\" placeholder=\"{search}\"><input type=\"submit\" value=\"{search}\"></form>\n\
         <div id=\"basket\"><a href=\"/cart\" rel=\"nofollow\">{cart} (2)</a> <b class=\"basket-sum\">{total}</b></div>\n<a class=\"account\" href=\"/login\" rel=\"nofollow\">{sign_in}</a>\n</div>\n\
         <div id=\"nav\">\n<ul>\n{nav}</ul>\n</div>\n",
        note = escape(language.shipping_texts[1]),
        search = escape(language.search),
        cart = escape(language.cart),
        total = page.cart_total(),
        sign_in = escape(language.sign_in),
        nav = navigation("navi"),
    )
}

fn footer(page: &Page) -> String {
    let language = page.language();
    let items = |texts: &[&str]| each(texts, |text| format!("<li>{}</li>\n", escape(text)));
    format!(
        "<div id=\"bottom\">\n<div class=\"col\"><h3>{shipping}</h3>\n<ul>\n{shipping_texts}</ul></div>\n<div class=\"col\"><h3>{returns}</h3>\n<ul>\n{returns_texts}</ul></div>\n\
         <div class=\"col\">\n<ul>\n{links}</ul>\n</div>\n<div class=\"col newsletter\"><h3>{newsletter}</h3>\n<p>{newsletter_text}</p>\n<form action=\"/newsletter\" method=\"post\"><input name=\"email\"><input type=\"submit\" value=\"{subscribe}\"></form></div>\n\
         {countries}<p class=\"imprint\">{text}</p>\n<p class=\"imprint\">Wicker &amp; Tide is the demo shop of Creel. Nothing here is for sale.</p>\n</div>\n\
         <div id=\"cookiehint\" style=\"display:none\"><p>{cookies}</p><a href=\"#\" class=\"ok\">{accept}</a> <a href=\"#\" class=\"no\">{decline}</a></div>\n",
        shipping = escape(language.shipping),
        shipping_texts = items(&language.shipping_texts),
        returns = escape(language.returns),
        returns_texts = items(&language.returns_texts),
        links = service_links(language, "servicelink"),
        newsletter = escape(language.newsletter),
        newsletter_text = escape(language.newsletter_text),
        subscribe = escape(language.subscribe),
        countries = country_select(language, "lieferland"),
        text = escape(language.footer_text),
        cookies = escape(language.cookie_text),
        accept = escape(language.accept),
        decline = escape(language.decline),
    )
}

const STYLE: &str = "
#wrap{max-width:1180px;margin:0 auto}#top{position:relative;padding:10px 0;border-bottom:1px solid #ccc}
#logo{font-size:22px;text-decoration:none;color:#333}#suche{display:inline-block;margin-left:30px}#basket{float:right;padding:6px 12px;background:#f6f3ec}
#nav ul{margin:0;padding:0;list-style:none}.navi{display:inline-block;padding:8px 12px}.navi-menu{display:none!important}
.navi:hover .navi-menu{display:block!important;position:absolute;background:#fff;border:1px solid #ccc;z-index:20}
.gallery{float:left;width:46%}.gallery .zoom img{width:100%}.thumbs img{width:64px;height:64px;border:1px solid #ddd}
.info{float:right;width:50%}.price-now{font-size:26px;color:#a33}.price-old{color:#888;font-size:15px}
.datatable td{padding:4px 10px;border-bottom:1px dotted #bbb}.clear{clear:both}
";

/// What small shops paste in: a lazy loader, a visitor counter and a slider, none of which knows a product.
const SCRIPT: &str = "
var lazy = document.querySelectorAll('img[data-src]');
for (var i = 0; i < lazy.length; i++) { lazy[i].src = lazy[i].getAttribute('data-src'); }
var counter = { account: 'CD-000000-1', page: location.pathname, started: 0 };
function track(name) { counter[name] = (counter[name] || 0) + 1; return false; }
function showTab(id) {
  var tabs = document.querySelectorAll('.tab');
  for (var i = 0; i < tabs.length; i++) { tabs[i].style.display = tabs[i].id === id ? 'block' : 'none'; }
  return false;
}
var slider = { speed: 600, pause: 4000, infinite: true, slides: 4, breakpoints: [480, 768, 1024, 1280] };
";
