//! Items by what they mean: category, attributes, brand, shop, price.

use creel_store::items::{FacetName, ItemFilter, ItemQuery};
use creel_types::{Amount, CaptureId, Currency, EnrichmentId, Item, ItemId, ReviewState, RunId, Signal, Time};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::Page,
    error::ToolError,
    input::{Id, Money, Text, Whole, input},
    output::{Linked, Nothing, Rows},
    registry::Tool,
    scope::Scope,
    search_captures::word_filter,
};

input! {
    Asked {
        /// Id, its children included.
        category: Option<Text>,
        /// color:red; weight:0.5 kg
        attributes: Option<Text>,
        brand: Option<Text>,
        store: Option<Text>,
        language: Option<Text>,
        review: Option<ReviewState>,
        signal: Option<Signal>,
        run_id: Option<Id<RunId>>,
        capture_id: Option<Id<CaptureId>>,
        enrichment_id: Option<Id<EnrichmentId>>,
        min_price: Option<Money>,
        max_price: Option<Money>,
        currency: Option<Currency>,
        available: Option<bool>,
        limit: Option<Whole>,
        cursor: Option<Text>,
        fields: Option<Vec<Text>>,
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = ToldItem)]
pub(super) struct Row {
    id: ItemId,
    capture_id: CaptureId,
    title: String,
    title_en: Option<String>,
    brand: Option<String>,
    category: Option<String>,
    category_id: Option<String>,
    store: String,
    attributes: Vec<String>,
    min_price: Option<Amount>,
    max_price: Option<Amount>,
    currency: Option<Currency>,
    available: bool,
    signals: Vec<Signal>,
    review: ReviewState,
    extracted_at: Time,
    shop_url: String,
}

pub(super) struct SearchItems;

impl Tool for SearchItems {
    const NAME: &'static str = "search_items";
    const TITLE: &'static str = "Search items";
    const DESCRIPTION: &'static str = "Items, the normalized products of enrichments, newest first.";
    type Asked = Asked;
    type Told = Rows<Linked<Row>>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), asked.fields.as_ref())?;
        let filter = filter(scope, &asked).await?;
        let query = ItemQuery { filter, before: page.after()?, limit: page.limit + 1 };
        let rows = scope.store.list_items(scope.organization, &query).await?;
        page.answer(
            &Nothing {},
            rows,
            |item| item.id.to_string(),
            |item| Linked { link: scope.link("items", item.id), thing: row(item) },
        )
    }
}

async fn filter(scope: &Scope, asked: &Asked) -> Result<ItemFilter, ToolError> {
    let text = |text: &Option<Text>| word_filter(text.as_ref()).map(str::to_owned);
    let facets = [
        (FacetName::Category, text(&asked.category)),
        (FacetName::Brand, text(&asked.brand)),
        (FacetName::Store, text(&asked.store).map(|store| store.trim_start_matches("www.").to_lowercase())),
        (FacetName::Language, text(&asked.language)),
        (FacetName::Review, asked.review.map(|review| review.as_str().to_owned())),
        (FacetName::Signal, asked.signal.map(|signal| signal.as_str().to_owned())),
    ];
    let capture = match &asked.capture_id {
        Some(id) => Some(scope.capture(id).await?.id),
        None => None,
    };
    let enrichment = match &asked.enrichment_id {
        None => None,
        Some(id) => {
            let found = scope.store.get_enrichment(scope.organization, id.get("enrichment_id")?).await;
            Some(found.map_err(|error| ToolError::from(error).about("enrichment_id"))?.id)
        }
    };
    Ok(ItemFilter {
        enrichment,
        run: scope.run(asked.run_id.as_ref()).await?,
        capture,
        facets: facets.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        attributes: attributes(word_filter(asked.attributes.as_ref()))?,
        min_price: asked.min_price.map(|price| price.0),
        max_price: asked.max_price.map(|price| price.0),
        currency: asked.currency,
        available: asked.available,
    })
}

pub(super) fn attributes(text: Option<&str>) -> Result<Vec<(String, String)>, ToolError> {
    let bad = |part: &str| ToolError::field("attributes", format!("{part:?} is not name:value, for example color:red"));
    let parts = text.into_iter().flat_map(|text| text.split(';')).filter(|part| !part.trim().is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once(':').ok_or_else(|| bad(part))?;
            Ok((name.trim().to_lowercase(), value.trim().to_owned()))
        })
        .collect()
}

fn row(item: Item) -> Row {
    let content = item.content;
    let attributes = content.attributes.iter().map(|attribute| {
        let unit = attribute.unit.as_ref().map_or_else(String::new, |unit| format!(" {unit}"));
        format!("{}: {}{unit}", attribute.name, attribute.value)
    });
    let attributes = attributes.collect();
    let (category, category_id) = content.category.map(|category| (category.path, category.id)).unzip();
    Row {
        id: item.id,
        capture_id: item.capture_id,
        title: content.title,
        title_en: content.title_en,
        brand: content.brand.map(|brand| brand.name),
        category,
        category_id,
        store: item.store,
        attributes,
        min_price: content.min_price,
        max_price: content.max_price,
        currency: content.currency,
        available: content.available,
        signals: content.signals,
        review: content.review.state,
        extracted_at: item.extracted_at,
        shop_url: item.url,
    }
}
