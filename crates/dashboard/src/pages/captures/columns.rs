//! The columns of the list that somebody may choose; picture and title always stand there.

use creel_store::listing::CaptureSort;

creel_types::words! {
    Column {
        Brand = "brand",
        Price = "price",
        Stock = "stock",
        Skus = "skus",
        Store = "store",
        Captured = "captured",
        ProductId = "product_id",
        Rating = "rating",
        Language = "language",
        Completeness = "completeness",
    }
}

impl Column {
    pub(super) const USUAL: [Column; 6] =
        [Column::Brand, Column::Price, Column::Stock, Column::Skus, Column::Store, Column::Captured];

    pub(super) const fn head(self) -> &'static str {
        match self {
            Column::Brand => "Brand",
            Column::Price => "Price",
            Column::Stock => "Stock",
            Column::Skus => "SKUs",
            Column::Store => "Store",
            Column::Captured => "Captured",
            Column::ProductId => "Product id",
            Column::Rating => "Rating",
            Column::Language => "Language",
            Column::Completeness => "Completeness",
        }
    }

    /// Numbers stand to the right; what weighs less is left out of narrow windows, where somebody who chose it scrolls.
    pub(super) const fn class(self, is_chosen: bool) -> &'static str {
        match self {
            Column::Price => "number",
            Column::Skus if is_chosen => "number",
            Column::Skus => "number wide-only",
            Column::Rating | Column::Completeness => "number",
            Column::Brand | Column::Store if !is_chosen => "wide-only",
            Column::Stock | Column::Captured if !is_chosen => "medium-only",
            _ => "",
        }
    }

    /// The orders of the column: the one that its head asks for first, and the other.
    pub(super) const fn sorts(self) -> Option<(CaptureSort, CaptureSort)> {
        match self {
            Column::Price => Some((CaptureSort::CheapestFirst, CaptureSort::DearestFirst)),
            Column::Captured => Some((CaptureSort::NewestFirst, CaptureSort::OldestFirst)),
            _ => None,
        }
    }
}
