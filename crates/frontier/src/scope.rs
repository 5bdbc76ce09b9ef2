//! Whether an address belongs to a robot's crawl at all: on its host, a page rather than a file, and nothing that acts for a
//! visitor (cart, account, sign-in). It does not ask whether the page is worth reading; that is [`crate::priority`].

use creel_types::{Host, RobotProgram};
use thiserror::Error;
use url::Url;

/// Why an address is not queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum OutOfScope {
    #[error("not an http or https address")]
    Scheme,
    #[error("on another host")]
    ForeignHost,
    #[error("in the part of the shop for another country or language")]
    ForeignCountry,
    #[error("a file that is no page")]
    File,
    #[error("a page that acts for a visitor: cart, account, sign-in")]
    Action,
}

/// The crawl's bounds, taken from a robot program.
#[derive(Clone, Debug)]
pub struct Scope {
    host: Host,
    /// Path prefix that serves the program's country, such as `/de-de/`; `None` when the whole host does.
    path_prefix: Option<String>,
}

impl Scope {
    #[must_use]
    pub fn of_host(host: Host) -> Scope {
        Scope { host, path_prefix: None }
    }

    #[must_use]
    pub fn of_program(program: &RobotProgram) -> Scope {
        Scope::of_host(program.host.clone())
    }

    /// Limits the crawl to the part of the host below `prefix`, which starts with a slash.
    #[must_use]
    pub fn with_path_prefix(mut self, prefix: &str) -> Scope {
        let trimmed = prefix.trim_matches('/');
        self.path_prefix = (!trimmed.is_empty()).then(|| format!("/{trimmed}/"));
        self
    }

    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Whether the address may be queued and captured, or why not.
    pub fn check(&self, url: &Url) -> Result<(), OutOfScope> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(OutOfScope::Scheme);
        }
        if !self.host.holds(url) {
            return Err(OutOfScope::ForeignHost);
        }
        if let Some(prefix) = &self.path_prefix
            && !url.path().starts_with(prefix.as_str())
            && url.path() != prefix.trim_end_matches('/')
        {
            return Err(OutOfScope::ForeignCountry);
        }
        if is_file(url) {
            return Err(OutOfScope::File);
        }
        if is_action(url) { Err(OutOfScope::Action) } else { Ok(()) }
    }
}

/// Whether the path names a file that cannot be a page. An extension that is not listed counts as a page.
fn is_file(url: &Url) -> bool {
    let name = url.path().rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    name.rsplit_once('.').is_some_and(|(stem, extension)| !stem.is_empty() && FILES.contains(&extension))
}

fn is_action(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    let acts = path.split('/').any(|segment| {
        let word = segment.split('.').next().unwrap_or_default();
        ACTION_SEGMENTS.contains(&word)
    });
    acts || url.query_pairs().any(|(name, value)| {
        let name = name.to_ascii_lowercase();
        ACTION_PARAMETERS.contains(&name.as_str())
            || (ACTION_CARRIERS.contains(&name.as_str()) && {
                let value = value.to_ascii_lowercase();
                ACTION_VALUES.iter().any(|action| value.contains(action))
            })
    })
}

#[rustfmt::skip]
const FILES: &[&str] = &[
    "jpg", "jpeg", "png", "gif", "webp", "avif", "svg", "ico", "bmp", "tif", "tiff", "heic", "psd", "eps", "ai",
    "pdf", "zip", "gz", "tgz", "rar", "7z", "tar", "bz2", "xz", "css", "js", "mjs", "map", "json", "xml", "rss",
    "atom", "txt", "csv", "woff", "woff2", "ttf", "otf", "eot", "mp3", "mp4", "m4v", "m4a", "webm", "ogg", "ogv",
    "wav", "flac", "avi", "mov", "mpg", "mpeg", "wmv", "flv", "swf", "doc", "docx", "xls", "xlsx", "ppt", "pptx",
    "odt", "ods", "rtf", "epub", "mobi", "apk", "exe", "dmg", "msi", "iso", "bin", "jar", "deb", "rpm", "ics",
    "vcf", "stl", "step", "stp", "dwg", "dxf", "glb", "gltf", "usdz", "webmanifest",
];
/// Whole path segments, extension aside. English words first, then the other main languages of shops.
#[rustfmt::skip]
const ACTION_SEGMENTS: &[&str] = &[
    "cart", "basket", "shopping-cart", "shoppingcart", "shopping-bag", "shopping_cart", "viewcart", "view-cart",
    "minicart", "checkout", "checkouts", "onepage", "payment", "account", "accounts", "my-account", "myaccount",
    "my_account", "customer", "login", "log-in", "signin", "sign-in", "sign_in", "signup", "sign-up", "sign_up",
    "logout", "log-out", "signout", "sign-out", "register", "registration", "create-account", "forgot-password",
    "forgotpassword", "password-reset", "resetpassword", "wishlist", "wish-list", "wishlists", "favorites",
    "favourites", "compare", "comparison", "product-compare", "product_compare", "add-to-cart", "addtocart",
    "add_to_cart", "addtobasket", "add-to-basket", "addtowishlist", "add-to-wishlist", "order-status",
    "track-order", "order-tracking", "orders", "my-orders", "sendfriend", "tell-a-friend", "email-a-friend",
    "cdn-cgi", "wp-admin", "wp-login", "wp-json", "xmlrpc", "admin", "oauth", "auth", "sso", "unsubscribe",
    "warenkorb", "einkaufswagen", "kasse", "merkzettel", "wunschliste", "mein-konto", "meinkonto", "konto",
    "anmelden", "anmeldung", "registrieren", "abmelden", "vergleich", "vergleichen", "vergleichsliste",
    "passwort-vergessen", "panier", "mon-panier", "caisse", "commande", "mon-compte", "moncompte", "connexion",
    "se-connecter", "deconnexion", "inscription", "liste-de-souhaits", "favoris", "comparateur",
    "mot-de-passe-oublie", "carrito", "cesta", "mi-cuenta", "micuenta", "iniciar-sesion", "registro",
    "cerrar-sesion", "lista-de-deseos", "favoritos", "carrello", "cassa", "il-mio-account", "mio-account", "accedi",
    "registrati", "lista-desideri", "preferiti", "confronta", "winkelwagen", "winkelmand", "winkelmandje",
    "mijn-account", "inloggen", "uitloggen", "verlanglijst", "afrekenen", "vergelijken", "carrinho", "sacola",
    "minha-conta", "minhaconta", "entrar", "cadastro", "lista-de-desejos", "comparar", "koszyk", "moje-konto",
    "logowanie", "rejestracja", "schowek", "porownaj", "kosik", "prihlaseni", "registrace", "muj-ucet", "oblibene",
    "porovnani", "kosar", "penztar", "bejelentkezes", "regisztracio", "kedvencek", "cos", "contul-meu",
    "autentificare", "kundvagn", "varukorg", "kassa", "mina-sidor", "mitt-konto", "logga-in", "indkobskurv", "kurv",
    "min-konto", "log-ind", "onskeliste", "handlekurv", "handlevogn", "min-side", "logg-inn", "ostoskori",
    "oma-tili", "kirjaudu", "sepet", "sepetim", "hesabim", "giris", "uye-girisi", "favorilerim", "korzina",
    "kabinet", "lichnyi-kabinet", "izbrannoe", "sravnenie",
];
const ACTION_PARAMETERS: &[&str] = &[
    "add-to-cart",
    "add_to_cart",
    "addtocart",
    "add-to-wishlist",
    "add_to_wishlist",
    "remove_item",
    "add-to-compare",
    "add_to_compare",
    "logout",
    "wc-ajax",
    "replytocom",
    "remove_wishlist",
    "undo_item",
    "removed_item",
];
/// Parameters whose value can be an action.
const ACTION_CARRIERS: &[&str] = &["action", "do", "act", "route", "controller", "cmd", "task", "func", "dispatch"];
const ACTION_VALUES: &[&str] = &[
    "cart",
    "basket",
    "checkout",
    "wishlist",
    "compare",
    "login",
    "logout",
    "logoff",
    "register",
    "account",
    "buy_now",
    "add_product",
    "addtocart",
    "notify",
    "send_friend",
    "auth.",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_of_a_crawl() {
        let scope = Scope::of_host(Host::from_stored("shop.example".into()));
        for (url, expected) in [
            ("https://www.shop.example/p/1", Ok(())),
            ("http://shop.example/", Ok(())),
            ("https://shop.example/cartier-watch", Ok(())),
            ("https://shop.example/shopping/bags/bag-1.html", Ok(())),
            ("https://shop.example/p.php?id=3", Ok(())),
            ("https://shop.example/v2.5/thing", Ok(())),
            ("https://shop.example/.pdf", Ok(())),
            ("mailto:a@shop.example", Err(OutOfScope::Scheme)),
            ("ftp://shop.example/p", Err(OutOfScope::Scheme)),
            ("https://de.shop.example/p/1", Err(OutOfScope::ForeignHost)),
            ("https://shop.example:8443/p/1", Err(OutOfScope::ForeignHost)),
            ("https://shop.example.evil.example/", Err(OutOfScope::ForeignHost)),
            ("https://shop.example/a/photo.JPG?w=100", Err(OutOfScope::File)),
            ("https://shop.example/manual.pdf", Err(OutOfScope::File)),
            ("https://shop.example/cart", Err(OutOfScope::Action)),
            ("https://shop.example/en/Checkout/step1", Err(OutOfScope::Action)),
            ("https://shop.example/warenkorb/", Err(OutOfScope::Action)),
            ("https://shop.example/login.php", Err(OutOfScope::Action)),
            ("https://shop.example/p/1?add-to-cart=1", Err(OutOfScope::Action)),
            ("https://shop.example/index.php?route=checkout/cart", Err(OutOfScope::Action)),
            ("https://shop.example/index.php?route=product/product&product_id=3", Ok(())),
        ] {
            assert_eq!(scope.check(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn a_country_part_bounds_the_path() {
        let scope = Scope::of_host(Host::from_stored("shop.example".into())).with_path_prefix("/de/");
        for (path, expected) in [
            ("/de/p/1", Ok(())),
            ("/de", Ok(())),
            ("/de/", Ok(())),
            ("/design/p/1", Err(OutOfScope::ForeignCountry)),
            ("/fr/p/1", Err(OutOfScope::ForeignCountry)),
        ] {
            assert_eq!(scope.check(&Url::parse(&format!("https://shop.example{path}")).unwrap()), expected, "{path}");
        }
    }
}
