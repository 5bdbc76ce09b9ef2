//! The order form of a page without markup: pickers with data attributes, or an inline script with an array.

use serde_json::{Map, Value, json};

use super::{
    super::{
        html::{each, escape, shown},
        section::{Section, VariantHabit},
        truth::{ShopProduct, ShopSku},
    },
    View,
};

pub(super) fn form(view: View<'_>, at: usize) -> String {
    let (product, section) = (view.product(at), view.place(at).section);
    let language = section.language;
    let pickers = match section.variants {
        _ if product.options.is_empty() => String::new(),
        VariantHabit::SelectData => select(product, section),
        VariantHabit::RadioData => radios(product, section),
        _ => script(product, section),
    };
    let button = match (product.price, product.available) {
        (None, _) => format!("<a class=\"btn\" href=\"/contact\">{}</a>", escape(language.ask)),
        (Some(_), true) => format!("<input type=\"submit\" class=\"btn buy\" value=\"{}\">", escape(language.add_to_cart)),
        (Some(_), false) => format!("<span class=\"btn off\">{}</span>", escape(language.out_of_stock)),
    };
    format!(
        "<form class=\"order\" action=\"/cart/add\" method=\"post\">\n<input type=\"hidden\" name=\"article\" value=\"{}\">\n{pickers}<p class=\"amount\">{} <input name=\"qty\" size=\"2\" value=\"1\"></p>\n{button}\n</form>\n",
        escape(&product.product_id),
        escape(language.quantity)
    )
}

/// The attributes that say what one SKU is.
fn data(sku: &ShopSku) -> String {
    let price = sku.price.map_or(String::new(), |price| format!(" data-price=\"{price}\""));
    let old = sku.full_price.map_or(String::new(), |full| format!(" data-old-price=\"{full}\""));
    let gtin = sku.gtin13().map_or(String::new(), |gtin| format!(" data-ean=\"{gtin}\""));
    let stock = sku.quantity.map_or(String::new(), |pieces| format!(" data-stock=\"{pieces}\""));
    format!("data-sku=\"{}\"{price}{old}{stock}{gtin}", escape(&sku.sku))
}

fn select(product: &ShopProduct, section: &Section) -> String {
    let label = product.options.first().map_or("", |axis| axis.name.as_str());
    let options = each(product.skus.iter().enumerate(), |(n, sku)| {
        let selected = if n == product.selected { " selected" } else { "" };
        let price = sku.price.map_or(String::new(), |price| format!(" ({})", shown(section, price)));
        let note = if sku.in_stock { String::new() } else { format!(" – {}", escape(section.language.out_of_stock)) };
        let value = escape(&sku.options.join(" / "));
        format!("  <option value=\"{value}\" {}{selected}>{value}{price}{note}</option>\n", data(sku))
    });
    format!(
        "<div class=\"variant-select\">\n<label for=\"variant\">{}</label>\n<select id=\"variant\" name=\"variant\" class=\"variant-picker\">\n{options}</select>\n</div>\n",
        escape(label)
    )
}

fn radios(product: &ShopProduct, section: &Section) -> String {
    let label = product.options.first().map_or("", |axis| axis.name.as_str());
    let inputs = each(product.skus.iter().enumerate(), |(n, sku)| {
        let checked = if n == product.selected { " checked" } else { "" };
        let value = escape(&sku.options.join(" / "));
        let note = if sku.in_stock { "" } else { section.language.out_of_stock };
        let price = sku.price.map_or(String::new(), |price| shown(section, price));
        format!(
            "  <label class=\"swatch\"><input type=\"radio\" name=\"variant\" value=\"{value}\" {}{checked}> <span class=\"swatch-name\">{value}</span> <small>{price} {}</small></label>\n",
            data(sku),
            escape(note)
        )
    });
    format!("<div class=\"variant-radios\">\n<span class=\"variant-label\">{}</span>\n{inputs}</div>\n", escape(label))
}

/// Pickers whose options carry nothing; the facts stand in a script, as a page builder writes them.
fn script(product: &ShopProduct, section: &Section) -> String {
    let variant = |sku: &ShopSku| -> Value {
        let attributes: Map<String, Value> = product
            .options
            .iter()
            .zip(&sku.options)
            .map(|(axis, value)| (axis.name.clone(), value.clone().into()))
            .collect();
        json!({
            "sku": sku.sku,
            "ean": sku.gtin13(),
            "price": sku.price,
            "old_price": sku.full_price,
            "stock": sku.quantity,
            "available": sku.in_stock,
            "attributes": attributes,
        })
    };
    let variants: Vec<Value> = product.skus.iter().map(variant).collect();
    let chosen = product.skus.get(product.selected);
    let selects = each(product.options.iter().enumerate(), |(n, axis)| {
        let options = each(&axis.values, |value| {
            let selected = if chosen.is_some_and(|sku| sku.options.get(n) == Some(value)) { " selected" } else { "" };
            format!("  <option{selected}>{}</option>\n", escape(value))
        });
        format!(
            "<p class=\"wariant\"><label for=\"opcja{n}\">{}</label> <select id=\"opcja{n}\" class=\"opcja\" name=\"opcja[{n}]\">\n{options}</select></p>\n",
            escape(&axis.name)
        )
    });
    format!(
        "{selects}<script>\nvar productVariants = {};\nvar productCurrency = '{}';\n</script>\n",
        Value::from(variants),
        section.price_format.currency_code()
    )
}
