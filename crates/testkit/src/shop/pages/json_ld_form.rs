//! The order form of a JSON-LD product page: option pickers and what their scripts read.

use serde_json::{Value, json};

use super::{
    super::{
        html::{each, escape},
        section::VariantHabit,
        slug::slug,
        truth::{ShopProduct, ShopSku},
    },
    View,
};

pub(super) fn form(view: View<'_>, at: usize) -> String {
    let (product, section) = (view.product(at), view.place(at).section);
    let language = section.language;
    let variations = section.variants == VariantHabit::FormVariations && !product.options.is_empty();
    let (class, data) = match variations {
        true => (
            "variations_form cart",
            format!(
                " data-product_id=\"{}\" data-product_variations=\"{}\"",
                escape(&product.product_id),
                escape(&form_variations(view, at).to_string())
            ),
        ),
        false => ("product-form", String::new()),
    };
    let pickers = if variations { selects(product, language.choose) } else { radios(product) };
    let json = match section.variants {
        VariantHabit::ProductJson => {
            format!("<script type=\"application/json\" data-product-json>{}</script>\n", product_json(view, at))
        }
        _ => String::new(),
    };
    let button = match (product.price, product.available) {
        (None, _) => format!("<a class=\"button\" href=\"/contact\">{}</a>", escape(language.ask)),
        (Some(_), true) => format!(
            "<button type=\"submit\" name=\"add\" class=\"product-form__submit button\">{}</button>",
            escape(language.add_to_cart)
        ),
        (Some(_), false) => format!(
            "<button type=\"submit\" name=\"add\" class=\"product-form__submit button\" disabled>{}</button>",
            escape(language.out_of_stock)
        ),
    };
    format!(
        "<form method=\"post\" action=\"/cart/add\" class=\"{class}\"{data}>\n{pickers}<div class=\"quantity\">\n  <label for=\"qty\">{}</label>\n  <input id=\"qty\" type=\"number\" name=\"quantity\" min=\"1\" value=\"1\">\n</div>\n{button}\n</form>\n{json}",
        escape(language.quantity)
    )
}

/// Radio buttons, one set for each option; the shown SKU's values are checked.
fn radios(product: &ShopProduct) -> String {
    let chosen = product.skus.get(product.selected);
    each(product.options.iter().enumerate(), |(n, axis)| {
        let inputs = each(&axis.values, |value| {
            let checked = if chosen.is_some_and(|sku| sku.options.get(n) == Some(value)) { " checked" } else { "" };
            let (value, id) = (escape(value), slug(value));
            format!(
                "  <input type=\"radio\" id=\"opt{n}-{id}\" name=\"{name}\" value=\"{value}\"{checked}>\n  <label for=\"opt{n}-{id}\">{value}</label>\n",
                name = escape(&axis.name)
            )
        });
        format!(
            "<fieldset class=\"product-form__input\">\n  <legend class=\"form__label\">{}</legend>\n{inputs}</fieldset>\n",
            escape(&axis.name)
        )
    })
}

fn selects(product: &ShopProduct, choose: &str) -> String {
    let chosen = product.skus.get(product.selected);
    each(product.options.iter().enumerate(), |(n, axis)| {
        let code = slug(&axis.name);
        let options = each(&axis.values, |value| {
            let selected =
                if chosen.is_some_and(|sku| sku.options.get(n) == Some(value)) { " selected=\"selected\"" } else { "" };
            format!("  <option value=\"{}\"{selected}>{}</option>\n", slug(value), escape(value))
        });
        format!(
            "<table class=\"variations\"><tr><th class=\"label\"><label for=\"pa_{code}\">{}</label></th><td class=\"value\">\n<select id=\"pa_{code}\" name=\"attribute_pa_{code}\" data-attribute_name=\"attribute_pa_{code}\">\n  <option value=\"\">{}</option>\n{options}</select></td></tr></table>\n",
            escape(&axis.name),
            escape(choose)
        )
    })
}

/// The variations as a popular shop plugin writes them into its form: values as slugs, display prices as numbers.
fn form_variations(view: View<'_>, at: usize) -> Value {
    let product = view.product(at);
    let variation = |(n, sku): (usize, &ShopSku)| {
        let attributes: serde_json::Map<String, Value> = product
            .options
            .iter()
            .zip(&sku.options)
            .map(|(axis, value)| (format!("attribute_pa_{}", slug(&axis.name)), slug(value).into()))
            .collect();
        json!({
            "attributes": attributes,
            "display_price": sku.price,
            "display_regular_price": sku.full_price.or(sku.price),
            "is_in_stock": sku.in_stock,
            "is_purchasable": true,
            "sku": sku.sku,
            "variation_id": view.place(at).section.id_base * 10 + n,
            "variation_is_visible": true,
        })
    };
    product.skus.iter().enumerate().map(variation).collect()
}

/// The product as a hosted shop system writes it for its own scripts: prices as whole minor units.
fn product_json(view: View<'_>, at: usize) -> Value {
    let product = view.product(at);
    let variant = |(n, sku): (usize, &ShopSku)| {
        let title = if sku.options.is_empty() { "Default Title".to_owned() } else { sku.options.join(" / ") };
        json!({
            "id": 4_000_000 + at * 100 + n,
            "title": title,
            "option1": sku.options.first().cloned().unwrap_or_else(|| "Default Title".to_owned()),
            "option2": sku.options.get(1),
            "option3": null,
            "sku": sku.sku,
            "requires_shipping": true,
            "taxable": true,
            "available": sku.in_stock,
            "name": format!("{} - {title}", product.title),
            "price": sku.price.map(minor_units),
            "compare_at_price": sku.full_price.map(minor_units),
            "barcode": sku.gtin13(),
        })
    };
    let options: Vec<&str> = product.options.iter().map(|axis| axis.name.as_str()).collect();
    json!({
        "id": 900_000 + at,
        "title": product.title,
        "handle": slug(&product.title),
        "vendor": product.brand,
        "price": product.price.map(minor_units),
        "compare_at_price": product.full_price.map(minor_units),
        "available": product.available,
        "variants": product.skus.iter().enumerate().map(variant).collect::<Vec<_>>(),
        "images": product.images,
        "options": if options.is_empty() { vec!["Title"] } else { options },
    })
}

/// Hundredths; the sections that use this have a currency with two places.
fn minor_units(amount: creel_types::Amount) -> i64 {
    amount.scaled() / 100
}
