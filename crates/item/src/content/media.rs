//! Which pictures show the product.
//!
//! Judged by their addresses alone: words for logos and placeholders, sizes that stand in path or query, and the same picture
//! in other sizes, of which the largest is kept. What a picture shows is not looked at.

mod address;

use address::{Address, SIDE_UNSAID};
use creel_types::{Media, MediaReason};
use rustc_hash::FxHashMap;

use crate::Reading;

/// Pictures of one item.
const PICTURES_MAX: usize = 200;
/// Longest side, in pixels, of a picture too small to show a product.
const SMALL_MAX: u32 = 100;

/// Every picture of the capture in its order, kept or not.
#[must_use]
pub fn of(reading: &Reading<'_>) -> Vec<Media> {
    let product = reading.product;
    let main = product.image_url.iter().filter(|main| !product.images.contains(main));
    let mut urls: Vec<&String> = main.chain(&product.images).collect();
    for url in product.skus.iter().filter_map(|sku| sku.image_url.as_ref()) {
        if urls.len() < PICTURES_MAX && !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls.truncate(PICTURES_MAX);
    let title = reading.title.to_lowercase();
    let mut reasons: Vec<Option<MediaReason>> = urls.iter().map(|url| reason(url, &title)).collect();
    drop_duplicates(&urls, &mut reasons);
    urls.iter().zip(reasons).map(|(url, reason)| Media { url: (*url).clone(), selected: reason.is_none(), reason }).collect()
}

fn drop_duplicates(urls: &[&String], reasons: &mut [Option<MediaReason>]) {
    let mut best: FxHashMap<String, (usize, u32)> = FxHashMap::default();
    for at in 0..urls.len() {
        if reasons[at].is_some() {
            continue;
        }
        let address = Address::of(urls[at]);
        let side = address.side.unwrap_or(SIDE_UNSAID);
        match best.get_mut(&address.key) {
            Some((kept, largest)) if side > *largest => {
                reasons[*kept] = Some(MediaReason::Duplicate);
                (*kept, *largest) = (at, side);
            }
            Some(_) => reasons[at] = Some(MediaReason::Duplicate),
            None => {
                best.insert(address.key, (at, side));
            }
        }
    }
}

/// Why the picture at `url` does not show the product.
fn reason(url: &str, title: &str) -> Option<MediaReason> {
    let lower = url.trim().to_lowercase();
    let path = lower.split(['?', '#']).next().unwrap_or_default();
    let remote = lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("//");
    let others =
        [".svg", ".mp4", ".webm", ".mov", ".m3u8", ".pdf", ".html", ".htm", ".js", ".css", ".json", ".swf", ".glb", ".usdz"];
    if !remote || others.iter().any(|end| path.ends_with(end)) {
        return Some(MediaReason::NotAPicture);
    }
    // Without the host: a shop may be called Icon.
    let path = path.split("//").nth(1).and_then(|rest| rest.split_once('/')).map_or("", |(_, path)| path);
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    if PLACEHOLDERS.iter().any(|word| stem.contains(word)) || stem == "pixel" || stem == "blank" || stem == "default" {
        return Some(MediaReason::Placeholder);
    }
    let words: Vec<&str> = stem.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let of = |list: &[&str]| {
        words.len() <= 4 && words.iter().any(|word| list.contains(word) && !title.contains(word))
            || folders.split('/').any(|folder| list.contains(&folder))
    };
    if of(&["logo", "logos", "brandlogo", "brand-logo", "manufacturer-logo", "logotype"]) {
        return Some(MediaReason::Logo);
    }
    if of(&[
        "icon",
        "icons",
        "ico",
        "favicon",
        "sprite",
        "sprites",
        "payment",
        "payments",
        "paypal",
        "mastercard",
        "trustpilot",
        "stars",
        "rating",
        "flag",
        "flags",
        "emoji",
        "btn",
        "arrow",
    ]) {
        return Some(MediaReason::Icon);
    }
    Address::of(url).side.filter(|side| *side <= SMALL_MAX).map(|_| MediaReason::TooSmall)
}

const PLACEHOLDERS: &[&str] = &[
    "placeholder",
    "no-image",
    "no_image",
    "noimage",
    "no-photo",
    "no_photo",
    "nophoto",
    "no-picture",
    "nopicture",
    "image-not-available",
    "image_not_available",
    "not-available",
    "notavailable",
    "image-coming-soon",
    "coming-soon",
    "coming_soon",
    "comingsoon",
    "missing-image",
    "image-missing",
    "default-image",
    "default_image",
    "default-product",
    "dummy",
    "spacer",
    "transparent",
    "1x1",
    "lazyload",
    "lazy-load",
    "loading",
    "ajax-loader",
    "spinner",
    "kein-bild",
    "keinbild",
    "sin-imagen",
    "sin_imagen",
    "pas-d-image",
    "geen-afbeelding",
    "brak-zdjecia",
    "nopic",
    "noimg",
    "no-img",
];

#[cfg(test)]
mod tests {
    use creel_types::Product;

    use super::*;

    #[test]
    fn reasons() {
        let table = [
            ("https://a.example/p/shirt.jpg", None),
            ("https://icons.example/p/shirt.jpg", None),
            ("data:image/gif;base64,R0lGOD", Some(MediaReason::NotAPicture)),
            ("https://a.example/p/shirt.svg?x=1", Some(MediaReason::NotAPicture)),
            ("https://a.example/p/film.mp4", Some(MediaReason::NotAPicture)),
            ("", Some(MediaReason::NotAPicture)),
            ("https://a.example/img/no-image.png", Some(MediaReason::Placeholder)),
            ("https://a.example/img/product_placeholder_large.png", Some(MediaReason::Placeholder)),
            ("https://a.example/img/logo.png", Some(MediaReason::Logo)),
            ("https://a.example/logos/acme.png", Some(MediaReason::Logo)),
            ("https://a.example/p/t-shirt-with-big-logo-print.jpg", None),
            ("https://a.example/icons/truck.png", Some(MediaReason::Icon)),
            ("https://a.example/p/paypal.png", Some(MediaReason::Icon)),
            ("https://a.example/p/shirt_60x60.jpg", Some(MediaReason::TooSmall)),
            ("https://a.example/p/shirt.jpg?w=50", Some(MediaReason::TooSmall)),
            ("https://a.example/p/shirt.jpg?w=500&h=500", None),
            ("https://a.example/p/w_40,h_40/shirt.jpg", Some(MediaReason::TooSmall)),
            ("//a.example/p/shirt_thumb.jpg", None),
        ];
        for (url, expected) in table {
            assert_eq!(reason(url, "shirt"), expected, "{url}");
        }
        assert_eq!(reason("https://a.example/p/flag.jpg", "pirate flag"), None);
    }

    #[test]
    fn of_one_picture_the_largest_is_kept() {
        let table = [
            (["https://a.example/p/1_300x300.jpg", "https://a.example/p/1_1200x1200.jpg"], 1),
            (["https://a.example/p/1.jpg?w=300", "https://a.example/p/1.jpg?w=1200"], 1),
            (["https://a.example/p/1.jpg", "https://a.example/p/1_thumb.jpg"], 0),
            (["https://a.example/p/1.jpg?v=1", "https://a.example/p/1.webp?v=2"], 0),
            (["https://a.example/i/81abc._ac_sx300_.jpg", "https://a.example/i/81abc._ac_sl1500_.jpg"], 1),
            (["https://a.example/c_fill,w_300/1.jpg", "https://a.example/c_fill,w_900/1.jpg"], 1),
            (["https://a.example/300x300/1.jpg", "https://a.example/900x900/1.jpg"], 1),
        ];
        for (urls, kept) in table {
            let product = Product { images: urls.map(str::to_owned).to_vec(), ..Product::default() };
            let media = of(&Reading::of(&product, None));
            let selected: Vec<bool> = media.iter().map(|one| one.selected).collect();
            assert_eq!(selected, [kept == 0, kept == 1], "{urls:?}");
            assert_eq!(media[1 - kept].reason, Some(MediaReason::Duplicate));
        }
    }

    #[test]
    fn different_pictures_stay() {
        let images = [
            "https://a.example/p/1.jpg",
            "https://a.example/p/2.jpg",
            "https://a.example/i?id=1",
            "https://a.example/i?id=2",
            "https://a.example/p/front-1.jpg",
            "https://a.example/p/front-2.jpg",
            "https://a.example/p/c_1f.jpg",
            "https://a.example/p/c_2f.jpg",
        ];
        let product = Product { images: images.map(str::to_owned).to_vec(), ..Product::default() };
        assert!(of(&Reading::of(&product, None)).iter().all(|one| one.selected));
    }

    proptest::proptest! {
        #[test]
        fn no_address_breaks_it(url in "\\PC*", shaped in "(https://|a|/|\\?|&|w=|[0-9]|x|_|-|\\.|@|é|,|#)*") {
            let product = Product { images: vec![url, shaped], ..Product::default() };
            let _ = of(&Reading::of(&product, None));
        }
    }
}
