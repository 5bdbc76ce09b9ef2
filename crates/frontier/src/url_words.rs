//! Words that shops put into paths, in the main languages of shops: for products, for lists of products, and for everything else.
//! Lower case, without accents, as they stand in URLs.

#[rustfmt::skip]
pub(crate) const PRODUCT: &[&str] = &[
    "product", "products", "p", "pd", "pdp", "dp", "ip", "gp", "prd", "prod", "sku", "item", "items", "itm", "goods", "buy", "listing",
    "listings", "detail", "details", "product-page", "product-detail", "product-details", "productdetail", "productdetails",
    "product_info", "product-info", "shop-item", "article-detail", "artikel-detail", "produit", "produits", "fiche-produit",
    "produkt", "produkte", "produkty", "artikel", "producto", "productos", "articulo", "articulos", "ficha", "prodotto", "prodotti",
    "articolo", "produto", "produtos", "artigo", "produk", "urun", "urunler", "vare", "varer", "tuote", "tuotteet", "termek",
    "termekek", "vyrobek", "vyrobky", "zbozi", "tovar", "tovary", "proizvod", "proizvodi", "izdelek", "izdelki", "preke", "prece",
    "toode", "tooted", "produs", "produse", "proion", "proionta", "sanpham", "san-pham",
];
#[rustfmt::skip]
pub(crate) const CATEGORY: &[&str] = &[
    "category", "categories", "product-category", "productcategory", "product-categories", "c", "cat", "collection", "collections",
    "catalog", "catalogue", "katalog", "shop-by", "brand", "brands", "vendor", "vendors", "designer", "designers", "manufacturer",
    "manufacturers", "tag", "tags", "product-tag", "search", "catalogsearch", "department", "departments", "dept", "browse", "list", "sale",
    "outlet", "deals", "offers", "new-arrivals", "clearance", "bestsellers", "best-sellers", "shop", "store", "kategorie", "kategorien",
    "marken", "marke", "hersteller", "suche", "angebote", "neuheiten", "categorie", "marques", "marque", "recherche", "soldes",
    "nouveautes", "categoria", "categorias", "marcas", "marca", "buscar", "ofertas", "novedades", "rebajas", "categorie-prodotto",
    "marche", "cerca", "offerte", "novita", "saldi", "categorieen", "merken", "zoeken", "aanbiedingen", "kategoria", "kategorie-produktu",
    "marki", "szukaj", "promocje", "nowosci", "kategori", "kategorier", "varumarken", "markalar", "kategoriler", "hledat", "znacky",
    "promociones", "promocoes", "novidades", "danh-muc",
];
#[rustfmt::skip]
pub(crate) const INFO: &[&str] = &[
    "blog", "blogs", "news", "newsroom", "magazine", "magazin", "press", "presse", "stories", "story", "journal", "articles", "article",
    "post", "posts", "page", "pages", "help", "hilfe", "aide", "ayuda", "faq", "faqs", "support", "info", "information", "about",
    "about-us", "ueber-uns", "uber-uns", "legal", "legal-area", "policy", "policies", "terms", "privacy", "impressum", "agb", "contact",
    "contact-us", "kontakt", "contacto", "contatti", "company", "careers", "jobs", "service", "services", "customer-service",
    "kundenservice", "store-locator", "stores", "filialen", "magasins", "tiendas", "video", "videos", "forum", "forums", "community",
    "guide", "guides", "ratgeber", "conseils", "consejos", "guida", "lookbook", "lookbooks", "events", "event", "gift-services", "review",
    "reviews", "author", "wiki", "content", "content-page", "static", "cms", "press-release", "account", "login", "cart", "checkout",
    "wishlist", "customer", "register", "signin", "user", "users", "member", "members", "profile", "download", "downloads", "docs",
    "learn", "resources", "recipes", "rezepte", "recettes", "recetas", "topic", "topics", "team", "newsletter", "campaign", "campaigns",
    "quiz", "glossary", "lexikon", "noticias", "actualites", "aktuelles", "nyheter", "nieuws", "novinky", "aktualnosci", "haberler",
];
/// Words inside a slug that speak of the shop, not of a thing.
#[rustfmt::skip]
pub(crate) const INFO_IN_SLUG: &[&str] = &[
    "policy", "privacy", "terms", "conditions", "shipping", "returns", "return", "delivery", "contact", "faq", "faqs", "about",
    "warranty", "guide", "guides", "help", "careers", "press", "blog", "news", "stores", "locator", "login", "register",
    "account", "wishlist", "sitemap", "cookies", "newsletter", "signup", "affiliate", "affiliates", "wholesale",
    "sustainability", "legal", "imprint", "datenschutz", "versand", "loyalty", "rewards", "services", "how", "story",
    "lookbook", "subscribe", "disclaimer", "impressum", "agb", "widerruf", "kontakt", "retouren", "mentions", "livraison", "retours",
    "cgv", "envio", "envios", "devoluciones", "privacidad", "spedizione", "spedizioni", "resi", "privacidade", "verzending", "voorwaarden",
    "dostawa", "zwroty", "regulamin", "doprava", "reklamace", "works", "our", "sizing", "sitemap", "store",
];
/// Words inside a short slug that name a list.
#[rustfmt::skip]
pub(crate) const LIST_IN_SLUG: &[&str] = &[
    "sale", "all", "new", "mens", "womens", "men", "women", "kids", "boys", "girls", "baby", "collection", "collections", "accessories",
    "shop", "brands", "brand", "category", "categories", "clearance", "outlet", "deals", "offers", "gifts", "sets", "view", "bestsellers",
    "arrivals", "shoes", "clothing", "apparel", "bags", "jewelry", "tops", "dresses", "herren", "damen", "kinder", "schuhe", "homme",
    "femme", "enfant", "soldes", "hombre", "mujer", "ninos", "uomo", "donna", "bambino", "dames", "heren", "kinderen", "erkek", "kadin",
];
