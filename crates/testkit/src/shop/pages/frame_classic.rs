//! The frame of the microdata sections: a shop system of ten years ago, with wrappers in wrappers and script configuration.

use super::{
    super::html::{each, escape},
    View,
    frame::{Page, country_select, navigation, service_links},
};

pub(super) fn document(view: View<'_>, page: &Page) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n{charset}<title>{title} | Wicker &amp; Tide</title>\n\
         <meta name=\"robots\" content=\"INDEX,FOLLOW\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"format-detection\" content=\"telephone=no\"/>\n<link rel=\"stylesheet\" type=\"text/css\" media=\"all\" href=\"/static/shop.css\"/>\n\
         <link rel=\"shortcut icon\" type=\"image/svg+xml\" href=\"/static/logo.svg\"/>\n<style type=\"text/css\">{STYLE}</style>\n\
         <script type=\"text/javascript\">var BASE_URL = '{origin}/'; var require = {{'baseUrl': '{origin}/static'}};</script>\n\
         {head}</head>\n<body data-container=\"body\" class=\"{class} page-layout-1column\">\n\
         <script type=\"text/x-magento-init\">{CONFIG}</script>\n<div class=\"page-wrapper\">\n{header}\
         <main id=\"maincontent\" class=\"page-main\">\n<a id=\"contentarea\" tabindex=\"-1\"></a>\n{main}</main>\n{footer}</div>\n\
         <script type=\"text/javascript\" src=\"/static/shop.js\"></script>\n</body>\n</html>\n",
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
        "<header class=\"page-header\">\n<div class=\"panel wrapper\">\n  <div class=\"panel header\">\n\
         <ul class=\"header links\">\n  <li class=\"greet welcome\"><span>{note}</span></li>\n  <li class=\"authorization-link\"><a href=\"/login\">{sign_in}</a></li>\n</ul>\n  </div>\n</div>\n\
         <div class=\"header content\">\n<a class=\"logo\" href=\"/\" title=\"Wicker &amp; Tide\"><img src=\"/static/logo.svg\" alt=\"Wicker &amp; Tide\" width=\"40\" height=\"40\"/> Wicker &amp; Tide</a>\n\
         <div data-block=\"minicart\" class=\"minicart-wrapper\">\n<a class=\"action showcart\" href=\"/cart\"><span class=\"text\">{cart}</span> <span class=\"counter qty\"><span class=\"counter-number\">2</span></span></a>\n\
         <div class=\"block block-minicart\"><div class=\"subtotal\"><span class=\"label\">Subtotal</span> <div class=\"amount price-container\"><span class=\"price-wrapper\"><span class=\"price\">{total}</span></span></div></div></div>\n</div>\n\
         <div class=\"block block-search\">\n<form class=\"form minisearch\" action=\"/search\" method=\"get\">\n<input type=\"text\" name=\"q\" placeholder=\"{search}\" maxlength=\"128\"/>\n<button type=\"submit\" class=\"action search\">{search}</button>\n</form>\n</div>\n</div>\n</header>\n\
         <div class=\"sections nav-sections\">\n<nav class=\"navigation\" data-action=\"navigation\">\n<ul>\n{nav}</ul>\n</nav>\n</div>\n",
        note = escape(language.returns_texts[0]),
        sign_in = escape(language.sign_in),
        cart = escape(language.cart),
        total = page.cart_total(),
        search = escape(language.search),
        nav = navigation("level0 nav-item"),
    )
}

fn footer(page: &Page) -> String {
    let language = page.language();
    let paragraphs = |texts: &[&str]| each(texts, |text| format!("<p>{}</p>\n", escape(text)));
    format!(
        "<footer class=\"page-footer\">\n<div class=\"footer content\">\n<div class=\"block newsletter\">\n<div class=\"title\"><strong>{newsletter}</strong></div>\n<p>{newsletter_text}</p>\n\
         <form class=\"form subscribe\" action=\"/newsletter\" method=\"post\"><input name=\"email\" type=\"email\"/><button class=\"action subscribe primary\" type=\"submit\">{subscribe}</button></form>\n</div>\n\
         <div class=\"block info\">\n<h4>{shipping}</h4>\n{shipping_texts}<h4>{returns}</h4>\n{returns_texts}</div>\n<ul class=\"footer links\">\n{links}</ul>\n{countries}\
         <p class=\"about\">{text}</p>\n</div>\n</footer>\n<small class=\"copyright\"><span>Wicker &amp; Tide is the demo shop of Creel. Nothing here is for sale.</span></small>\n\
         <div role=\"alertdialog\" tabindex=\"-1\" class=\"message global cookie\" id=\"notice-cookie-block\" style=\"display: none;\">\n<div class=\"content\"><p>{cookies}</p>\n\
         <div class=\"actions\"><button id=\"btn-cookie-allow\" class=\"action allow primary\"><span>{accept}</span></button> <button class=\"action decline\"><span>{decline}</span></button></div></div>\n</div>\n",
        newsletter = escape(language.newsletter),
        newsletter_text = escape(language.newsletter_text),
        subscribe = escape(language.subscribe),
        shipping = escape(language.shipping),
        shipping_texts = paragraphs(&language.shipping_texts),
        returns = escape(language.returns),
        returns_texts = paragraphs(&language.returns_texts),
        links = service_links(language, "nav item"),
        countries = country_select(language, "switcher country"),
        text = escape(language.footer_text),
        cookies = escape(language.cookie_text),
        accept = escape(language.accept),
        decline = escape(language.decline),
    )
}

const STYLE: &str = "
.page-main{max-width:1280px;margin:0 auto}.minicart-wrapper{float:right}.action.skip:not(:focus){position:absolute;height:1px;width:1px;overflow:hidden}
.fotorama{min-width:1px;overflow:hidden}.fotorama__arr,.fotorama__fullscreen-icon{display:block;position:absolute;z-index:900;cursor:pointer}
.swatch-attribute{margin:10px 0}.swatch-option{padding:1px 8px;min-width:30px;border:1px solid #dadada;display:inline-block;cursor:pointer}
.price-box .old-price{margin-right:8px}.product-info-price{border-bottom:1px solid #c1c1c1;margin-bottom:15px}
.modal-popup{left:0;overflow-y:auto;position:fixed;right:0;top:0;visibility:hidden;z-index:900}
.loading-mask{bottom:0;left:0;margin:auto;position:fixed;right:0;top:0;z-index:100;background:rgba(255,255,255,.5)}
@media only screen and (max-width:768px){.product-info-main{width:100%}.page-header .panel.wrapper{display:none}}
";

const CONFIG: &str = "
{
    \"*\": {
        \"mage/cookies\": {\"expires\": null, \"path\": \"/\", \"domain\": \".creel-demo.example\", \"secure\": false, \"lifetime\": \"3600\"},
        \"Magento_PageCache/js/form-key-provider\": {\"isPaginationCacheEnabled\": 0},
        \"Magento_Customer/js/section-config\": {
            \"sections\": {
                \"checkout/cart/add\": [\"cart\", \"directory-data\"],
                \"checkout/cart/delete\": [\"cart\"],
                \"customer/account/logout\": [\"recently_viewed_product\", \"recently_compared_product\", \"persistent\"],
                \"catalog/product_compare/add\": [\"compare-products\"],
                \"wishlist/index/add\": [\"wishlist\"],
                \"newsletter/manage/save\": [\"messages\"]
            },
            \"clientSideSections\": [\"checkout-data\", \"cart-data\"],
            \"baseUrls\": [\"/\"]
        }
    }
}
";
