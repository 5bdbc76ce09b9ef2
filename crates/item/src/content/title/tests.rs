//! Titles with what shops add, against what is left when a person takes it away.

use creel_types::Product;

use super::*;

fn cleaned(title: &str, brand: Option<&str>) -> String {
    let product = Product {
        title: title.into(),
        breadcrumbs: vec!["Home".into(), "Herren".into(), "Hemden".into()],
        image_url: Some("https://cdn.fadenladen.example/a.jpg".into()),
        ..Product::default()
    };
    of(&Reading::of(&product, None), brand)
}

#[test]
fn what_the_shop_adds_goes() {
    let table = [
        ("Linen Shirt | Fadenladen", "Linen Shirt"),
        ("Linen Shirt | www.shop.co.uk", "Linen Shirt"),
        ("Linen Shirt - Shop.com", "Linen Shirt"),
        ("Linen Shirt - Buy Online", "Linen Shirt"),
        ("Linen Shirt | Free Shipping", "Linen Shirt"),
        ("Linen Shirt - Free UK Delivery over £50", "Linen Shirt"),
        ("Buy Linen Shirt Online", "Linen Shirt"),
        ("Buy Linen Shirt online at the best place", "Linen Shirt"),
        ("NEW! Linen Shirt", "Linen Shirt"),
        ("*NEW* Linen Shirt", "Linen Shirt"),
        ("[SALE] Linen Shirt", "Linen Shirt"),
        ("Linen Shirt (Free Shipping)", "Linen Shirt"),
        ("SALE -20% | Linen Shirt", "Linen Shirt"),
        ("Linen Shirt -20%", "Linen Shirt"),
        ("Linen Shirt | 20% off", "Linen Shirt"),
        ("🔥 Linen Shirt 👕", "Linen Shirt"),
        ("Linen™ Shirt®", "Linen Shirt"),
        ("Leinenhemd online kaufen", "Leinenhemd"),
        ("Leinenhemd günstig online kaufen | Fadenladen", "Leinenhemd"),
        ("Neu: Leinenhemd", "Leinenhemd"),
        ("Leinenhemd | Hemden | Herren", "Leinenhemd"),
        ("Leinenhemd – versandkostenfrei", "Leinenhemd"),
        ("Chemise en lin pas cher", "Chemise en lin"),
        ("Chemise en lin | Livraison gratuite", "Chemise en lin"),
        ("[Promo] Chemise en lin", "Chemise en lin"),
        ("Camisa de lino - Envío gratis", "Camisa de lino"),
        ("Comprar Camisa de lino online", "Camisa de lino"),
        ("Camicia di lino | Spedizione gratuita", "Camicia di lino"),
        ("Linnen hemd kopen", "Linnen hemd"),
        ("Koszula lniana | Darmowa dostawa", "Koszula lniana"),
        ("Linneskjorta | Fri frakt", "Linneskjorta"),
        ("【送料無料】リネンシャツ", "リネンシャツ"),
        ("リネンシャツ｜公式", "リネンシャツ"),
        ("LINEN SHIRT WITH POCKETS", "Linen Shirt with Pockets"),
        ("FLAT OVER-THE-KNEE BOOTS WITH TRACK SOLES", "Flat Over-the-Knee Boots with Track Soles"),
        ("WOMEN'S LED LAMP XL-200", "Women's LED Lamp XL-200"),
        ("T-SHIRT CÔTELÉ UNI", "T-Shirt Côtelé Uni"),
    ];
    for (shown, expected) in table {
        assert_eq!(cleaned(shown, None), expected, "{shown}");
    }
}

#[test]
fn what_is_of_the_product_stays() {
    let table = [
        "New Balance 574 Sneaker",
        "New Era cap",
        "Buy-and-hold investing: a guide",
        "Shirt | Black",
        "Shirt - Slim Fit",
        "Shirt (2 pack)",
        "Shirt [Navy]",
        "Garden hose - 20 m",
        "Hot Wheels track set",
        "100% cotton shirt",
        "Whiskey Jack Daniel's, 45%, 0.7l",
        "Node.js for beginners",
        "Neue Geschichten",
        "Sale e pepe mulino",
        "SSD 1TB",
        "IKEA",
        "Apple iPad Pro 11\" - 512 GB, Silver",
        "Free Spirit dress",
        "Deal or No Deal board game",
        "Hit parade of the 60s",
        "Home",
        "!!!",
    ];
    for title in table {
        assert_eq!(cleaned(title, None), title);
    }
}

#[test]
fn brands_once_and_in_their_spelling() {
    let table = [
        ("Nike Nike Air Max", "Nike", "Nike Air Max"),
        ("Nike - Nike Air Max", "Nike", "Nike Air Max"),
        ("Nike Air Max | Nike", "Nike", "Nike Air Max"),
        ("Air Max | Nike", "Nike", "Air Max | Nike"),
        ("JACK & JONES SLIM JEANS TROUSERS", "Jack & Jones", "Jack & Jones Slim Jeans Trousers"),
        ("BODUM FRENCH PRESS COFFEE", "Bodum", "Bodum French Press Coffee"),
    ];
    for (shown, brand, expected) in table {
        assert_eq!(cleaned(shown, Some(brand)), expected, "{shown}");
    }
}

proptest::proptest! {
    #[test]
    fn no_title_breaks_it(title in "\\PC*", noisy in "([|–-] | |NEW!|Buy |\\[|\\]|20%|off|Nike |🔥|é|online| kaufen|\\.)*") {
        let _ = (cleaned(&title, Some("Nike")), cleaned(&noisy, Some("Nike")), cleaned(&noisy, None));
    }
}
