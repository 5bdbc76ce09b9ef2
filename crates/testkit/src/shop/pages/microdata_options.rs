//! The order form of a microdata product page, in the three ways in which such shops write variants.

use serde_json::{Map, Value, json};

use super::{
    super::{
        html::{each, escape, shown},
        section::VariantHabit,
        slug::slug,
        truth::{ShopProduct, ShopSku},
    },
    View,
    json_ld_data::availability,
};

pub(super) fn form(view: View<'_>, at: usize) -> String {
    let (product, section) = (view.product(at), view.place(at).section);
    let language = section.language;
    let options = match section.variants {
        _ if product.options.is_empty() => String::new(),
        VariantHabit::SwatchConfig => swatches(view, at),
        VariantHabit::MicrodataGroup => variants(view, at),
        _ => offers(view, at),
    };
    let button = match (product.price, product.available) {
        (None, _) => format!("<a class=\"action primary\" href=\"/contact\"><span>{}</span></a>", escape(language.ask)),
        (Some(_), true) => format!(
            "<button type=\"submit\" class=\"action primary tocart\" id=\"product-addtocart-button\"><span>{}</span></button>",
            escape(language.add_to_cart)
        ),
        (Some(_), false) => String::new(),
    };
    format!(
        "<div class=\"product-add-form\">\n<form action=\"/cart/add\" method=\"post\" id=\"product_addtocart_form\">\n<input type=\"hidden\" name=\"product\" value=\"{id}\"/>\n{options}\
         <div class=\"field qty\"><label class=\"label\" for=\"qty\"><span>{quantity}</span></label> <input type=\"number\" name=\"qty\" id=\"qty\" value=\"1\" class=\"input-text qty\"/></div>\n<div class=\"actions\">{button}</div>\n</form>\n</div>\n",
        id = at + 1_000,
        quantity = escape(language.quantity),
    )
}

/// A swatch configuration as one widespread shop system writes it: options point at products by number, prices at the
/// same numbers.
fn swatches(view: View<'_>, at: usize) -> String {
    let product = view.product(at);
    let config = json!({ "[data-role=swatch-options]": { "Magento_Swatches/js/swatch-renderer": { "jsonConfig": swatch_config(product, at) } } });
    let attributes = each(&product.options, |axis| {
        format!(
            "<div class=\"swatch-attribute {}\" data-attribute-code=\"{0}\"><span class=\"swatch-attribute-label\">{}</span></div>\n",
            slug(&axis.name),
            escape(&axis.name)
        )
    });
    format!(
        "<div class=\"swatch-opt\" data-role=\"swatch-options\">\n{attributes}</div>\n<script type=\"text/x-magento-init\">\n{config:#}\n</script>\n"
    )
}

fn swatch_config(product: &ShopProduct, at: usize) -> Value {
    let number = |n: usize| (5_000 + at * 100 + n).to_string();
    let attribute_id = |axis: usize| (93 + axis * 50).to_string();
    let holders = |axis: usize, value: &String| -> Vec<String> {
        let with = product.skus.iter().enumerate().filter(|(_, sku)| sku.options.get(axis) == Some(value));
        with.map(|(n, _)| number(n)).collect()
    };
    let mut attributes = Map::new();
    for (n, axis) in product.options.iter().enumerate() {
        let values = axis.values.iter().enumerate().map(
            |(v, value)| json!({ "id": (200 + n * 50 + v).to_string(), "label": value, "products": holders(n, value) }),
        );
        let options: Vec<Value> = values.collect();
        let attribute = json!({ "id": attribute_id(n), "code": slug(&axis.name), "label": axis.name, "options": options, "position": n.to_string() });
        attributes.insert(attribute_id(n), attribute);
    }
    let of_each = |value: &dyn Fn(&ShopSku) -> Value| -> Value {
        Value::Object(product.skus.iter().enumerate().map(|(n, sku)| (number(n), value(sku))).collect())
    };
    let index = |sku: &ShopSku| -> Value {
        let pairs = product.options.iter().zip(&sku.options).enumerate().map(|(n, (axis, value))| {
            let v = axis.values.iter().position(|known| known == value).unwrap_or(0);
            (attribute_id(n), Value::from((200 + n * 50 + v).to_string()))
        });
        Value::Object(pairs.collect())
    };
    json!({
        "attributes": attributes,
        "template": "<%- data.price %>",
        "currencyFormat": "%s €",
        "optionPrices": of_each(&|sku| json!({
            "oldPrice": { "amount": sku.full_price.or(sku.price) },
            "basePrice": { "amount": sku.price },
            "finalPrice": { "amount": sku.price },
        })),
        "productId": (1_000 + at).to_string(),
        "chooseText": "…",
        "images": {},
        "index": of_each(&index),
        "sku": of_each(&|sku| sku.sku.clone().into()),
        "stock": of_each(&|sku| json!({ "is_in_stock": sku.in_stock })),
    })
}

/// Nested `hasVariant` items, hidden, and radio buttons for people.
fn variants(view: View<'_>, at: usize) -> String {
    let product = view.product(at);
    let items = each(&product.skus, |sku| {
        let gtin = sku.gtin13().map_or(String::new(), |gtin| format!("<meta itemprop=\"gtin13\" content=\"{gtin}\"/>\n"));
        let values = each(product.options.iter().zip(&sku.options), |(axis, value)| {
            let word = if slug(&axis.name) == "colour" { "color" } else { "size" };
            format!("<meta itemprop=\"{word}\" content=\"{}\"/>\n", escape(value))
        });
        format!(
            "<div itemprop=\"hasVariant\" itemscope itemtype=\"https://schema.org/Product\">\n<meta itemprop=\"name\" content=\"{} - {}\"/>\n<meta itemprop=\"sku\" content=\"{}\"/>\n{gtin}{values}{}</div>\n",
            escape(&product.title),
            escape(&sku.options.join(" / ")),
            escape(&sku.sku),
            offer(product, sku)
        )
    });
    let chosen = product.skus.get(product.selected);
    let pickers = each(product.options.iter().enumerate(), |(n, axis)| {
        let radios = each(&axis.values, |value| {
            let checked =
                if chosen.is_some_and(|sku| sku.options.get(n) == Some(value)) { " checked=\"checked\"" } else { "" };
            format!(
                "<label class=\"swatch-option text\"><input type=\"radio\" name=\"super_attribute[{n}]\" value=\"{0}\"{checked}/> {0}</label>\n",
                escape(value)
            )
        });
        format!(
            "<div class=\"swatch-attribute\"><span class=\"swatch-attribute-label\">{}</span>\n<div class=\"swatch-attribute-options\">\n{radios}</div></div>\n",
            escape(&axis.name)
        )
    });
    format!("<div style=\"display:none\">\n{items}</div>\n{pickers}")
}

/// One offer for each SKU, hidden, and a select whose options carry the article numbers.
fn offers(view: View<'_>, at: usize) -> String {
    let (product, section) = (view.product(at), view.place(at).section);
    let items = each(&product.skus, |sku| offer(product, sku));
    let label = product.options.iter().map(|axis| axis.name.as_str()).collect::<Vec<_>>().join(" / ");
    let options = each(product.skus.iter().enumerate(), |(n, sku)| {
        let selected = if n == product.selected { " selected=\"selected\"" } else { "" };
        let price = sku.price.map_or(String::new(), |price| format!(" – {}", shown(section, price)));
        let values = escape(&sku.options.join(" / "));
        let (disabled, note) = match sku.in_stock {
            true => ("", String::new()),
            false => (" disabled=\"disabled\"", format!(" ({})", escape(section.language.out_of_stock))),
        };
        format!(
            "<option value=\"{}\" data-sku=\"{0}\"{selected}{disabled}>{values}{price}{note}</option>\n",
            escape(&sku.sku)
        )
    });
    format!(
        "<div style=\"display:none\">\n{items}</div>\n<div class=\"field configurable\"><label class=\"label\" for=\"attribute1\"><span>{}</span></label>\n<select name=\"super_attribute\" id=\"attribute1\" class=\"super-attribute-select\">\n{options}</select></div>\n",
        escape(&label)
    )
}

fn offer(product: &ShopProduct, sku: &ShopSku) -> String {
    let Some(price) = sku.price else {
        return String::new();
    };
    let gtin = sku.gtin13().map_or(String::new(), |gtin| format!("<meta itemprop=\"gtin13\" content=\"{gtin}\"/>\n"));
    format!(
        "<div itemprop=\"offers\" itemscope itemtype=\"https://schema.org/Offer\">\n<meta itemprop=\"sku\" content=\"{sku}\"/>\n<meta itemprop=\"name\" content=\"{values}\"/>\n{gtin}\
         <meta itemprop=\"price\" content=\"{price}\"/>\n<meta itemprop=\"priceCurrency\" content=\"{currency}\"/>\n<link itemprop=\"availability\" href=\"{availability}\"/>\n</div>\n",
        sku = escape(&sku.sku),
        values = escape(&sku.options.join(" / ")),
        currency = product.currency,
        availability = availability(sku.in_stock),
    )
}
