//! Keys that platforms share: under which names their state holds a product's name, price, numbers and variants. No key is one shop's.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

#[rustfmt::skip]
pub(super) const NAME_KEYS: [&str; 11] = [
    "name", "title", "productName", "product_name", "displayName", "item_name", "productTitle", "product_title",
    "itemName", "label", "fullName",
];

#[rustfmt::skip]
pub(super) const PRICE_KEYS: [&str; 24] = [
    "salePrice", "sale_price", "currentPrice", "current_price", "finalPrice", "final_price", "specialPrice",
    "special_price", "price_amount", "discountedPrice", "discountPrice", "sellingPrice", "offerPrice", "priceAmount",
    "price", "prices", "pricing", "priceInfo", "unitPrice", "unit_price", "priceValue", "basePrice", "price_value",
    "product_price",
];

#[rustfmt::skip]
pub(super) const FULL_KEYS: [&str; 21] = [
    "regular", "compare_at_price", "compareAtPrice", "regularPrice", "regular_price", "listPrice", "list_price", "originalPrice",
    "original_price", "oldPrice", "old_price", "wasPrice", "was_price", "msrp", "price_without_reduction", "retailPrice",
    "fullPrice", "full_price", "standardPrice", "strikePrice", "priceBeforeDiscount",
];

#[rustfmt::skip]
pub(super) const ID_KEYS: [&str; 16] = [
    "productId", "product_id", "productID", "id_product", "prodId", "productCode", "code", "itemId", "item_id",
    "partNumber", "articleNumber", "articleId", "id", "styleId", "pid", "masterId",
];

#[rustfmt::skip]
pub(super) const SKU_KEYS: [&str; 14] = [
    "sku", "skuId", "skuCode", "sku_id", "defaultSku", "reference", "itemNumber", "articleNumber", "partNumber",
    "product_sku", "productSku", "variantSku", "artNo", "displayCode",
];

pub(super) const GTIN_KEYS: [&str; 10] =
    ["gtin", "gtin13", "ean", "ean13", "barcode", "upc", "gtin12", "gtin14", "isbn", "eanCode"];

pub(super) const MPN_KEYS: [&str; 7] = [
    "mpn",
    "manufacturerPartNumber",
    "modelNumber",
    "manufacturerCode",
    "model_number",
    "mfrPartNumber",
    "manufacturer_sku",
];

#[rustfmt::skip]
pub(super) const BRAND_KEYS: [&str; 12] = [
    "brand", "vendor", "brandName", "brand_name", "item_brand", "manufacturer", "manufacturer_name", "manufacturerName",
    "designer", "designerName", "marca", "productBrand",
];

#[rustfmt::skip]
pub(super) const VARIANT_KEYS: [&str; 11] = [
    "variants", "skus", "variations", "childSkus", "children", "productVariants", "items", "sizes", "variantList",
    "product_variants", "variationMatrix",
];

#[rustfmt::skip]
pub(super) const IMAGE_KEYS: [&str; 13] = [
    "images", "media", "gallery", "imageUrls", "image", "imageUrl", "image_url", "featured_image", "mainImage",
    "pictures", "photos", "productImages", "thumbnail",
];

pub(super) const DESCRIPTION_KEYS: [&str; 6] =
    ["description", "longDescription", "body_html", "productDescription", "shortDescription", "description_short"];

pub(super) const URL_KEYS: [&str; 7] = ["url", "canonicalUrl", "productUrl", "link", "handle", "slug", "href"];

pub(super) const CURRENCY_KEYS: [&str; 7] =
    ["currency", "currencyCode", "priceCurrency", "currency_code", "currencyIso", "isoCurrencyCode", "currencyISO"];

/// Keys that name a product (true) or say that it has a price or variants (false), for one quick look at every object of a page.
pub(super) static KEY_NAMES: LazyLock<FxHashMap<&'static str, bool>> = LazyLock::new(|| {
    let priced = PRICE_KEYS.iter().chain(&VARIANT_KEYS).chain(&["offers"]).map(|key| (*key, false));
    priced.chain(NAME_KEYS.iter().map(|key| (*key, true))).collect()
});
