//! What a page is: product, discovery, blocked, error or other. Owns the evidence for each and the words in which it is told. Judges the page and
//! not the data: whether a product is good enough is the gate's question.

use creel_types::{PageKind, Source};

use crate::{
    merge::Readings,
    sources::facts::Facts,
    tape::{Attr, Document, Mark, Marks, Tag},
};

/// Visible bytes below which a page can be a challenge, a login or an empty shell.
const SHORT_TEXT_BYTES_MAX: usize = 3_000;

/// Bytes of a page that are searched for the marks of a challenge.
const CHALLENGE_SEARCH_BYTES_MAX: usize = 60_000;

/// What is known for judging.
pub struct Evidence<'e> {
    pub readings: &'e Readings,
    pub facts: &'e Facts<'e>,
    /// `og:type`.
    pub open_graph_kind: Option<&'e str>,
    /// The items say that it is an article, a recipe, a thread.
    pub article: bool,
    /// Products that the items list beside each other.
    pub listed_products: usize,
    /// The address matches the program's pattern for products.
    pub product_url: bool,
    /// The draft passes the gate.
    pub complete: bool,
}

/// A page's kind with the reason for it.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub kind: PageKind,
    pub reason: String,
    pub needs_rendering: bool,
}

impl Verdict {
    fn new(kind: PageKind, reason: impl Into<String>) -> Verdict {
        Verdict { kind, reason: reason.into(), needs_rendering: false }
    }
}

/// The kind that the status alone decides.
#[must_use]
pub fn by_status(status: u16) -> Option<Verdict> {
    match status {
        401 | 403 | 407 | 429 | 503 => {
            Some(Verdict::new(PageKind::Blocked, format!("the shop answered with status {status}")))
        }
        400..=599 => Some(Verdict::new(PageKind::Error, format!("the shop answered with status {status}"))),
        _ => None,
    }
}

#[must_use]
pub fn classify(document: Document<'_>, evidence: &Evidence<'_>) -> Verdict {
    let dom = &evidence.readings.dom;
    if !evidence.complete
        && let Some(verdict) = blocked(document, evidence).or_else(|| missing(evidence))
    {
        return verdict;
    }
    let stated = stated_product(evidence.readings);
    if let Some((source, priced)) = stated {
        let listing = evidence.listed_products >= 4 && !dom.can_buy && !evidence.product_url && !priced;
        let offered = priced || dom.can_buy || evidence.complete;
        let reported = evidence.article && !dom.can_buy;
        if offered && !listing && !reported {
            return Verdict::new(PageKind::Product, format!("{source} states one product"));
        }
    }
    if evidence.article || is_article(evidence) {
        return Verdict::new(PageKind::Other, "an article");
    }
    if is_listing(evidence) {
        return Verdict::new(PageKind::Discovery, "lists several products");
    }
    if let Some(reason) = shown_product(evidence) {
        return Verdict::new(PageKind::Product, reason);
    }
    if stated.is_some() && !evidence.complete {
        return Verdict::new(PageKind::Product, "states a product without a price");
    }
    rest(document, evidence)
}

/// The source that states the page's product, and whether with a price.
fn stated_product(readings: &Readings) -> Option<(Source, bool)> {
    let product = |reading: &&crate::reading::Reading| {
        matches!(reading.source, Some(Source::JsonLd | Source::Microdata | Source::Platform | Source::Rdfa))
            && reading.title.is_some()
    };
    let priced = |reading: &&crate::reading::Reading| {
        reading.offer.amount.is_some_and(|amount| amount.is_positive())
            || reading
                .skus
                .iter()
                .flat_map(|sku| &sku.offers)
                .any(|offer| offer.amount.is_some_and(|amount| amount.is_positive()))
    };
    let stated = || readings.stated.iter().filter(product);
    let with_price = stated().find(|reading| priced(reading));
    let open_graph = || readings.stated.iter().find(|reading| reading.source == Some(Source::OpenGraph) && priced(reading));
    with_price
        .or_else(open_graph)
        .map(|reading| (reading, true))
        .or_else(|| stated().next().map(|reading| (reading, false)))
        .and_then(|(reading, priced)| Some((reading.source?, priced)))
}

/// What a page shows that speaks for one product: heading, price, and a button, a number or a notice.
fn shown_product(evidence: &Evidence<'_>) -> Option<&'static str> {
    let dom = &evidence.readings.dom;
    let best = dom.prices.iter().find(|price| !price.old)?;
    if dom.reading.title.is_none() && evidence.open_graph_kind != Some("product") && !evidence.product_url {
        return (best.score >= 0.8 && dom.can_buy).then_some("shows a price and a button to buy");
    }
    let kind = evidence.open_graph_kind.is_some_and(|kind| kind.to_ascii_lowercase().contains("product"));
    if best.score >= 0.5 && (kind || evidence.product_url) {
        return Some("shows a price on a product's page");
    }
    if best.score >= 0.4 && dom.can_buy {
        return Some("shows a price and a button to buy");
    }
    // A number in the address, an old price beside the new one: what articles that mention prices lack.
    let numbered =
        evidence.readings.stated.iter().any(|reading| reading.source == Some(Source::Url) && reading.product_id.is_some());
    let reduced = dom.prices.iter().any(|price| price.old && price.score > 0.3);
    let described =
        !dom.codes.is_empty() || dom.stock.is_some() || dom.reading.brand.is_some() || !dom.reading.options.is_empty();
    (best.score >= 1.2 && dom.is_certain && (described || numbered && reduced)).then_some("shows one product with its price")
}

fn is_article(evidence: &Evidence<'_>) -> bool {
    let kind = evidence.open_graph_kind.unwrap_or_default().to_ascii_lowercase();
    matches!(kind.as_str(), "article" | "blog" | "video.other" | "profile" | "news" | "recipe" | "video.movie")
        && !evidence.readings.dom.can_buy
}

fn is_listing(evidence: &Evidence<'_>) -> bool {
    let dom = &evidence.readings.dom;
    let home = evidence.facts.url.path().trim_matches('/').is_empty();
    let carded = dom.carded_prices;
    let headed = dom.prices.iter().any(|price| !price.old && price.score >= 1.5);
    // Choices with article numbers of their own are one product's, also when all of them are sold out and no button is left.
    let sells = dom.can_buy || !dom.reading.skus.is_empty();
    home || dom.sells_many && !evidence.product_url
        || evidence.listed_products >= 6 && !dom.can_buy
        || carded >= 8 && !(sells && headed) && !evidence.product_url
}

/// Challenges and login walls: the page is short and carries the mark of one.
fn blocked(document: Document<'_>, evidence: &Evidence<'_>) -> Option<Verdict> {
    if evidence.readings.dom.text_bytes > SHORT_TEXT_BYTES_MAX {
        return None;
    }
    let source = document.source().as_bytes();
    let head = &source[..source.len().min(CHALLENGE_SEARCH_BYTES_MAX)];
    let title = evidence.facts.title.to_lowercase();
    let by_title = CHALLENGE_TITLES.iter().find(|words| title.contains(*words));
    if let Some(words) = by_title {
        return Some(Verdict::new(PageKind::Blocked, format!("a challenge page ({words})")));
    }
    let mark = CHALLENGE_MARKS.iter().find(|(mark, _)| memchr::memmem::find(head, mark.as_bytes()).is_some());
    if let Some((_, who)) = mark {
        return Some(Verdict::new(PageKind::Blocked, format!("a challenge page ({who})")));
    }
    let password = document
        .elements(Tag::Input)
        .any(|input| input.attr_raw(Attr::Type).is_some_and(|kind| kind.eq_ignore_ascii_case("password")));
    let heading = evidence.facts.headings.first().map(|heading| heading.to_lowercase()).unwrap_or_default();
    let login = LOGIN_WORDS.iter().any(|word| title.contains(word) || heading.contains(word));
    (password && login).then(|| Verdict::new(PageKind::Blocked, "asks to sign in"))
}

/// Titles of challenge pages, in lower case.
#[rustfmt::skip]
const CHALLENGE_TITLES: [&str; 16] = [
    "just a moment", "attention required! | cloudflare", "access denied", "pardon our interruption", "are you a human",
    "robot check", "human verification", "security check", "access to this page has been denied",
    "please verify you are a human", "ddos-guard", "checking your browser", "request unsuccessful",
    "you have been blocked", "bot verification", "verify you are human",
];

/// Marks of challenge pages; they also stand on ordinary pages, which are longer.
#[rustfmt::skip]
const CHALLENGE_MARKS: [(&str, &str); 17] = [
    ("cf_chl_opt", "Cloudflare"), ("cf-challenge", "Cloudflare"), ("cf-browser-verification", "Cloudflare"),
    ("cf-error-details", "Cloudflare"), ("captcha-delivery.com", "DataDome"), ("px-captcha", "PerimeterX"),
    ("_pxCaptcha", "PerimeterX"), ("_Incapsula_Resource", "Incapsula"), ("Incapsula incident ID", "Incapsula"),
    ("distil_r_captcha", "Distil"), ("sec-cpt-if", "Akamai"), ("bm-verify", "Akamai"), ("edgesuite.net/", "Akamai"),
    ("/_sec/cp_challenge/", "Akamai"), ("awsWafCookieDomainList", "AWS"), ("validateCaptcha", "captcha"),
    ("kpsdk-", "Kasada"),
];

#[rustfmt::skip]
const LOGIN_WORDS: [&str; 22] = [
    "log in", "login", "sign in", "signin", "anmelden", "einloggen", "connexion", "se connecter", "iniciar sesión",
    "acceder", "accedi", "entrar", "inloggen", "logga in", "log ind", "logg inn", "zaloguj", "přihlášení", "prihlásenie",
    "войти", "giriş", "ログイン",
];

/// Pages that say that there is nothing, with a status that says otherwise.
fn missing(evidence: &Evidence<'_>) -> Option<Verdict> {
    let says = |text: &str| {
        let folded = text.to_lowercase();
        let numbered =
            folded.split(|letter: char| !letter.is_ascii_digit()).any(|digits| digits == "404" || digits == "410");
        MISSING_WORDS
            .iter()
            .find(|words| folded.contains(*words))
            .copied()
            .or((numbered && folded.chars().count() <= 60).then_some("404"))
    };
    let heading = evidence.facts.headings.first().map(String::as_str).unwrap_or_default();
    says(&evidence.facts.title)
        .or_else(|| says(heading))
        .map(|words| Verdict::new(PageKind::Error, format!("says that there is no such page ({words})")))
}

#[rustfmt::skip]
const MISSING_WORDS: [&str; 34] = [
    "page not found", "not found", "page can't be found", "page cannot be found", "no longer exists", "does not exist",
    "doesn't exist", "page you requested", "page you are looking for", "seite nicht gefunden", "nicht gefunden",
    "seite existiert nicht", "page introuvable", "page non trouvée", "n'existe pas", "n'existe plus",
    "página no encontrada", "no se ha encontrado", "página não encontrada", "não encontrada", "pagina non trovata",
    "non trovata", "pagina niet gevonden", "niet gevonden", "sidan hittades inte", "siden blev ikke fundet",
    "siden finnes ikke", "sivua ei löyt", "nie znaleziono strony", "strona nie istnieje", "stránka nenalezena",
    "stránka nebola nájdená", "страница не найдена", "ページが見つかりません",
];

/// What is neither product nor listing for sure.
fn rest(document: Document<'_>, evidence: &Evidence<'_>) -> Verdict {
    let dom = &evidence.readings.dom;
    if dom.text_bytes < 400 && is_shell(document) {
        return Verdict { needs_rendering: true, ..Verdict::new(PageKind::Other, "a shell that scripts fill") };
    }
    let cards = document
        .elements(Tag::A)
        .filter(|link| link.inherited_marks().any(Marks::of(&[Mark::Card])) || link.marks().has(Mark::Card))
        .take(12)
        .count();
    if dom.carded_prices >= 3 || evidence.listed_products >= 3 || cards >= 8 {
        return Verdict::new(PageKind::Discovery, "lists several products");
    }
    let links = document.elements(Tag::A).take(31).count();
    if links > 30 && dom.text_bytes < links * 400 {
        return Verdict::new(PageKind::Discovery, "mostly links");
    }
    Verdict::new(PageKind::Other, "neither a product nor a listing")
}

/// An empty element that an application is mounted in, and scripts.
fn is_shell(document: Document<'_>) -> bool {
    let roots = ["root", "app", "__next", "__nuxt", "main-app", "application", "react-root", "app-root", "svelte"];
    let mounted = roots.iter().any(|id| document.by_id(id).is_some()) || document.source().contains("app-root");
    mounted && document.scripts().next().is_some()
        || document.scripts().count() >= 3 && document.elements(Tag::A).take(5).count() < 3
}

#[cfg(test)]
mod tests {
    use creel_types::Country;
    use url::Url;

    use super::*;
    use crate::{Extractor, PageInput};

    fn kind(url: &str, html: &str) -> PageKind {
        let url = Url::parse(url).unwrap();
        Extractor::new().read(&PageInput { url: &url, html, country: Country::US, program: None, status: 200 }).kind
    }

    #[test]
    fn pages_of_each_kind() {
        let product = r#"<title>Mug</title><h1>Mug</h1><span class="price">$9.99</span><button>Add to cart</button><img src="/m.jpg" width=400>SKU: A-17"#;
        let card = r#"<li class="product-card"><a href="/p/1"><img src="/a.jpg"><span class="price">$9.99</span></a></li>"#;
        let listing = format!("<title>Mugs</title><h1>Mugs</h1><ul>{}</ul>", card.repeat(12));
        let choice = r#"<option value="A-1" data-sku="A-1" disabled>Red (sold out)</option>"#;
        let sold_out = format!(
            r#"<title>Mug</title><h1>Mug</h1><span class="price">$9.99</span><label for=v>Color</label>
            <select id=v name=variant>{choice}</select><ul>{}</ul>"#,
            card.repeat(12)
        );
        for (url, html, expected) in [
            ("https://s.example/p/mug", product, PageKind::Product),
            ("https://s.example/mugs", listing.as_str(), PageKind::Discovery),
            ("https://s.example/sold-out-mug", sold_out.as_str(), PageKind::Product),
            ("https://s.example/", listing.as_str(), PageKind::Discovery),
            (
                "https://s.example/p/1",
                "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>",
                PageKind::Blocked,
            ),
            (
                "https://s.example/p/1",
                "<title>shop</title><script src=https://geo.captcha-delivery.com/c.js></script>",
                PageKind::Blocked,
            ),
            ("https://s.example/p/1", "<title>Sign in</title><h1>Sign in</h1><input type=password>", PageKind::Blocked),
            ("https://s.example/p/1", "<title>Page not found</title><h1>Oops</h1>", PageKind::Error),
            ("https://s.example/p/1", "<title>Seite nicht gefunden | Shop</title>", PageKind::Error),
            (
                "https://s.example/blog/1",
                r#"<meta property="og:type" content="article"><title>How to</title><h1>How to</h1><p>It costs $9.99."#,
                PageKind::Other,
            ),
            ("https://s.example/p/1", "<div id=root></div><script src=/a.js></script>", PageKind::Other),
            ("https://s.example/p/1", "", PageKind::Other),
        ] {
            assert_eq!(kind(url, html), expected, "{html:.120}");
        }
    }
}
