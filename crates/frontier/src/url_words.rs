//! Words that shops put into paths, in the main languages of shops: for products, for lists of products, and for everything else.
//! Lower case, without accents, as they stand in URLs. The lists are sorted, because every link of every page is looked up in them.

/// Whether `word` stands in one of this file's lists.
pub(crate) fn holds(list: &[&str], word: &str) -> bool {
    list.binary_search(&word).is_ok()
}

#[rustfmt::skip]
pub(crate) const PRODUCT: &[&str] = &[
    "article-detail", "articolo", "articulo", "articulos", "artigo", "artikel", "artikel-detail", "buy", "detail",
    "details", "dp", "ficha", "fiche-produit", "goods", "gp", "ip", "item", "items", "itm", "izdelek", "izdelki",
    "listing", "listings", "p", "pd", "pdp", "prd", "prece", "preke", "prod", "prodotti", "prodotto", "product",
    "product-detail", "product-details", "product-info", "product-page", "product_info", "productdetail",
    "productdetails", "producto", "productos", "products", "produit", "produits", "produk", "produkt", "produkte",
    "produkty", "produs", "produse", "produto", "produtos", "proion", "proionta", "proizvod", "proizvodi",
    "san-pham", "sanpham", "shop-item", "sku", "termek", "termekek", "toode", "tooted", "tovar", "tovary", "tuote",
    "tuotteet", "urun", "urunler", "vare", "varer", "vyrobek", "vyrobky", "zbozi",
];
#[rustfmt::skip]
pub(crate) const CATEGORY: &[&str] = &[
    "aanbiedingen", "angebote", "best-sellers", "bestsellers", "brand", "brands", "browse", "buscar", "c", "cat",
    "catalog", "catalogsearch", "catalogue", "categoria", "categorias", "categorie", "categorie-prodotto",
    "categorieen", "categories", "category", "cerca", "clearance", "collection", "collections", "danh-muc", "deals",
    "department", "departments", "dept", "designer", "designers", "hersteller", "hledat", "katalog", "kategori",
    "kategoria", "kategorie", "kategorie-produktu", "kategorien", "kategorier", "kategoriler", "list",
    "manufacturer", "manufacturers", "marca", "marcas", "marche", "markalar", "marke", "marken", "marki", "marque",
    "marques", "merken", "neuheiten", "new-arrivals", "nouveautes", "novedades", "novidades", "novita", "nowosci",
    "ofertas", "offers", "offerte", "outlet", "product-categories", "product-category", "product-tag",
    "productcategory", "promociones", "promocje", "promocoes", "rebajas", "recherche", "saldi", "sale", "search",
    "shop", "shop-by", "soldes", "store", "suche", "szukaj", "tag", "tags", "varumarken", "vendor", "vendors",
    "znacky", "zoeken",
];
#[rustfmt::skip]
pub(crate) const INFO: &[&str] = &[
    "about", "about-us", "account", "actualites", "agb", "aide", "aktualnosci", "aktuelles", "article", "articles",
    "author", "ayuda", "blog", "blogs", "campaign", "campaigns", "careers", "cart", "checkout", "cms", "community",
    "company", "conseils", "consejos", "contact", "contact-us", "contacto", "contatti", "content", "content-page",
    "customer", "customer-service", "docs", "download", "downloads", "event", "events", "faq", "faqs", "filialen",
    "forum", "forums", "gift-services", "glossary", "guida", "guide", "guides", "haberler", "help", "hilfe",
    "impressum", "info", "information", "jobs", "journal", "kontakt", "kundenservice", "learn", "legal",
    "legal-area", "lexikon", "login", "lookbook", "lookbooks", "magasins", "magazin", "magazine", "member",
    "members", "news", "newsletter", "newsroom", "nieuws", "noticias", "novinky", "nyheter", "page", "pages",
    "policies", "policy", "post", "posts", "press", "press-release", "presse", "privacy", "profile", "quiz",
    "ratgeber", "recetas", "recettes", "recipes", "register", "resources", "review", "reviews", "rezepte",
    "service", "services", "signin", "static", "store-locator", "stores", "stories", "story", "support", "team",
    "terms", "tiendas", "topic", "topics", "uber-uns", "ueber-uns", "user", "users", "video", "videos", "wiki",
    "wishlist",
];
/// Words inside a slug that speak of the shop, not of a thing.
#[rustfmt::skip]
pub(crate) const INFO_IN_SLUG: &[&str] = &[
    "about", "account", "affiliate", "affiliates", "agb", "blog", "careers", "cgv", "conditions", "contact",
    "cookies", "datenschutz", "delivery", "devoluciones", "disclaimer", "doprava", "dostawa", "envio", "envios",
    "faq", "faqs", "guide", "guides", "help", "how", "impressum", "imprint", "kontakt", "legal", "livraison",
    "locator", "login", "lookbook", "loyalty", "mentions", "news", "newsletter", "our", "policy", "press",
    "privacidad", "privacidade", "privacy", "register", "regulamin", "reklamace", "resi", "retouren", "retours",
    "return", "returns", "rewards", "services", "shipping", "signup", "sitemap", "sizing", "spedizione",
    "spedizioni", "store", "stores", "story", "subscribe", "sustainability", "terms", "versand", "verzending",
    "voorwaarden", "warranty", "wholesale", "widerruf", "wishlist", "works", "zwroty",
];
/// Words inside a short slug that name a list.
#[rustfmt::skip]
pub(crate) const LIST_IN_SLUG: &[&str] = &[
    "accessories", "all", "apparel", "arrivals", "baby", "bags", "bambino", "bestsellers", "boys", "brand",
    "brands", "categories", "category", "clearance", "clothing", "collection", "collections", "damen", "dames",
    "deals", "donna", "dresses", "enfant", "erkek", "femme", "gifts", "girls", "heren", "herren", "hombre", "homme",
    "jewelry", "kadin", "kids", "kinder", "kinderen", "men", "mens", "mujer", "new", "ninos", "offers", "outlet",
    "sale", "schuhe", "sets", "shoes", "shop", "soldes", "tops", "uomo", "view", "women", "womens",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        for list in [PRODUCT, CATEGORY, INFO, INFO_IN_SLUG, LIST_IN_SLUG] {
            assert!(list.is_sorted_by(|a, b| a < b), "{list:?}");
        }
    }
}
