//! One item: what an analyst can compare across shops, made from one capture.
//!
//! A capture is what the shop said; [`ItemContent`] is what it means, every reading with how sure it is and the words
//! that it was read from. [`Item`] adds which capture, which enrichment and when. Content is made by the pure `item`
//! crate and, where a model is configured, improved by `enrich`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{Amount, CaptureId, Country, Currency, EnrichmentId, Identifiers, ItemId, Offer, RobotId, RunId, Time, words};

/// Version of the rules and tables that make items: an item of a higher version may say something else of the same capture.
pub const ITEM_VERSION: u32 = 1;

/// An item as the API shows it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Item {
    pub id: ItemId,
    pub capture_id: CaptureId,
    pub enrichment_id: EnrichmentId,
    pub run_id: Option<RunId>,
    pub robot_id: Option<RobotId>,
    pub import_id: Option<Uuid>,
    pub store: String,
    pub url: String,
    pub country_code: Country,
    /// When the capture was read from the shop.
    pub extracted_at: Time,
    /// When this item was made.
    pub enriched_at: Time,
    #[serde(flatten)]
    pub content: ItemContent,
}

/// What one capture means.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ItemContent {
    /// The title without the shop's noise, in the page's language.
    pub title: String,
    /// The description as plain text, in the page's language.
    pub description: Option<String>,
    pub title_en: Option<String>,
    pub description_en: Option<String>,
    /// Why an English text is missing; null where both are there or there was nothing to translate.
    pub english: Option<EnglishReason>,
    /// Primary tag of the language that the texts are written in, such as `en`; null where they say too little.
    pub language: Option<String>,
    pub category: Option<Category>,
    /// The brand in its own spelling, without legal suffixes.
    pub brand: Option<Brand>,
    /// In the order of the vocabulary; several values of one name stand one after another.
    pub attributes: Vec<Attribute>,
    pub sizes: Vec<Size>,
    /// Identifiers of the product's SKUs, each once.
    pub identifiers: Vec<Identifiers>,
    pub unit_prices: Vec<ItemUnitPrice>,
    pub media: Vec<Media>,
    /// Offers of each SKU as captured.
    pub offers: Vec<SkuOffers>,
    pub min_price: Option<Amount>,
    pub max_price: Option<Amount>,
    pub currency: Option<Currency>,
    pub available: bool,
    pub signals: Vec<Signal>,
    pub review: Review,
    pub lineage: Lineage,
}

words! {
    /// Why an item has no English text.
    EnglishReason {
        /// No model is configured, and the page is in another language.
        NoModel = "no_model",
        /// The model gave nothing that could be used.
        ModelFailed = "model_failed",
        /// The language could not be told.
        UnknownLanguage = "unknown_language",
    }
}

/// What asking a model took at its endpoint, whose price is the endpoint's: no credits are taken for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelUse {
    /// Questions, one a capture.
    pub calls: i64,
    /// Questions without an answer that could be used.
    pub failures: i64,
    /// As the endpoint counts them.
    pub prompt_tokens: i64,
    pub completion_tokens: i64,
}

impl std::ops::AddAssign for ModelUse {
    fn add_assign(&mut self, other: ModelUse) {
        self.calls += other.calls;
        self.failures += other.failures;
        self.prompt_tokens = self.prompt_tokens.saturating_add(other.prompt_tokens);
        self.completion_tokens = self.completion_tokens.saturating_add(other.completion_tokens);
    }
}

/// A place in the Shopify product taxonomy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Category {
    /// Id in the Shopify product taxonomy, for example `aa-1-13-8`.
    pub id: String,
    /// English names from the top, joined by ` > `.
    pub path: String,
    /// How likely this category, or one below it, is right: 0 to 1.
    pub confidence: f64,
    /// Id of the Google product category of the same name, where there is one.
    pub google_id: Option<u32>,
    /// The words that decided, as they stand in the capture.
    pub evidence: Evidence,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Brand {
    pub name: String,
    /// As the shop wrote it.
    pub as_shown: String,
    pub confidence: f64,
    pub evidence: Evidence,
}

/// One value of one attribute of the vocabulary.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Attribute {
    /// A name of the vocabulary, for example `color`.
    pub name: String,
    /// In the vocabulary's own words: a listed value, or a decimal number in `unit`, or free text.
    pub value: String,
    /// The SI unit that the vocabulary fixes for this name; null for words.
    pub unit: Option<String>,
    /// Its part of the whole in per cent, where a composition states one (`80 % cotton`).
    #[serde(default)]
    pub share: Option<Amount>,
    /// The same as the shop wrote it.
    pub as_shown: String,
    pub confidence: f64,
    pub evidence: Evidence,
    /// Whether another value of this name contradicts it; both are kept.
    pub conflicting: bool,
}

/// Where a reading comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    pub source: EvidenceSource,
    /// The words of the capture.
    pub text: String,
}

words! {
    #[derive(Default)]
    EvidenceSource {
        #[default]
        Title = "title",
        Brand = "brand",
        Breadcrumbs = "breadcrumbs",
        Options = "options",
        Properties = "properties",
        Description = "description",
        Offers = "offers",
        Url = "url",
        Model = "model",
    }
}

/// A size that is understood: which system, which value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Size {
    /// The SKU that has it; null where the whole product has it.
    pub sku_id: Option<Uuid>,
    pub kind: SizeKind,
    /// `EU`, `US`, `UK`, `FR`, `IT`, `DE`, `JP`, `INT` (S, M, L …), `AGE`, `CM`, `IN`.
    pub system: String,
    pub value: String,
    pub as_shown: String,
    pub confidence: f64,
}

words! {
    SizeKind {
        Clothing = "clothing",
        Shoes = "shoes",
        Bra = "bra",
        Ring = "ring",
        Kids = "kids",
        Jeans = "jeans",
        Hat = "hat",
        Gloves = "gloves",
        Other = "other",
    }
}

/// A price per kilogram, litre, metre, square metre or piece.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ItemUnitPrice {
    pub sku_id: Option<Uuid>,
    pub amount: Amount,
    pub currency: Option<Currency>,
    /// `kg`, `l`, `m`, `m2` or `piece`; the amount is for one of it.
    pub unit: String,
    /// Whether the shop says so, or it follows from price and content.
    pub stated: bool,
    pub evidence: Evidence,
}

/// One picture of the capture, kept or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Media {
    pub url: String,
    pub selected: bool,
    /// Why it is not selected.
    pub reason: Option<MediaReason>,
}

words! {
    MediaReason {
        Placeholder = "placeholder",
        Logo = "logo",
        Icon = "icon",
        TooSmall = "too_small",
        /// The same picture in another size.
        Duplicate = "duplicate",
        NotAPicture = "not_a_picture",
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SkuOffers {
    pub sku_id: Uuid,
    pub sku: Option<String>,
    /// Values of the product's options, in their order.
    pub options: Vec<Option<String>>,
    pub offers: Vec<Offer>,
}

words! {
    /// What stands out about an item.
    Signal {
        Discounted = "discounted",
        LowStock = "low_stock",
        OutOfStock = "out_of_stock",
        PartlyOutOfStock = "partly_out_of_stock",
        Preorder = "preorder",
        Used = "used",
        Promotion = "promotion",
        SeveralSellers = "several_sellers",
        MissingPrice = "missing_price",
        MissingImages = "missing_images",
        MissingDescription = "missing_description",
        MissingBrand = "missing_brand",
        MissingIdentifiers = "missing_identifiers",
        MissingCategory = "missing_category",
    }
}

/// Whether a person should look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Review {
    pub state: ReviewState,
    /// What to look at.
    pub reasons: Vec<ReviewReason>,
}

words! {
    #[derive(Default)]
    ReviewState { #[default] Ready = "ready", NeedsReview = "needs_review" }
}

words! {
    ReviewReason {
        /// No category, or one that is more likely wrong than right.
        UnsureCategory = "unsure_category",
        ConflictingAttributes = "conflicting_attributes",
        UnknownLanguage = "unknown_language",
        NoPrice = "no_price",
        UnreadSizes = "unread_sizes",
    }
}

/// What made an item, so that two items can be told apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lineage {
    /// Version of the rules and tables.
    pub version: u32,
    /// Version of the Shopify product taxonomy.
    pub taxonomy: String,
    /// The model that improved it; null where none did.
    pub model: Option<String>,
}
