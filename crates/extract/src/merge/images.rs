//! Images: absolute, each once, none that shows no goods. Knows addresses only; no image is looked at.

use creel_types::Field;
use rustc_hash::FxHashSet;
use url::Url;

use crate::{
    merge::{Draft, Ordered, Readings, STATED_FIRST},
    sources::facts::Facts,
};

/// Images of one product that are kept.
const IMAGES_MAX: usize = 50;

/// Bytes of an image's address.
const ADDRESS_BYTES_MAX: usize = 2_000;

/// Takes the images of the most reliable source and adds those that only the page's gallery shows.
pub(super) fn fill(draft: &mut Draft, readings: &Readings, facts: &Facts<'_>) {
    let mut seen = FxHashSet::default();
    let mut images = Vec::new();
    for reading in Ordered::new(readings, &STATED_FIRST).each() {
        let fresh: Vec<String> = reading
            .images
            .iter()
            .filter_map(|address| absolute(address, &facts.base))
            .filter(|address| seen.insert(identity(address)))
            .collect();
        if fresh.is_empty() {
            continue;
        }
        if images.is_empty() {
            draft.sources.insert(Field::Images, reading.source.unwrap_or(creel_types::Source::Dom));
        }
        images.extend(fresh);
        // Open Graph and the like repeat the main image in other sizes; only a gallery adds to what was stated.
        if images.len() > 1 {
            break;
        }
    }
    images.truncate(IMAGES_MAX);
    draft.product.image_url = images.first().cloned();
    draft.product.images = images;
}

/// The address of an image that shows goods, made absolute.
pub(crate) fn absolute(address: &str, base: &Url) -> Option<String> {
    let address = address.trim();
    if address.is_empty() || address.len() > ADDRESS_BYTES_MAX || !shows_goods(address) {
        return None;
    }
    let url = base.join(address).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.path().len() > 1).then(|| String::from(url))
}

/// Placeholders, sprites, logos and pixels are no images of goods.
fn shows_goods(address: &str) -> bool {
    let folded = address.to_ascii_lowercase();
    let path = folded.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    let empty = [
        "placeholder",
        "no-image",
        "noimage",
        "no_image",
        "no-photo",
        "nophoto",
        "no_photo",
        "spacer",
        "blank.",
        "1x1",
        "pixel.",
        "sprite",
        "loading",
        "loader",
        "lazyload",
        "transparent",
        "default-image",
        "image-not-available",
        "notavailable",
        "coming-soon",
        "comingsoon",
        "empty.",
        "dummy",
        "spinner",
        "ajax-loader",
    ];
    let no_address = ["data:", "javascript:", "about:"].iter().any(|scheme| folded.starts_with(scheme));
    let template = ["{{", "<%", "${"].iter().any(|mark| folded.contains(mark));
    let drawing = name.ends_with(".svg") && !name.contains("product");
    let logo = name.starts_with("logo") || ["-logo.", "_logo.", "favicon", "icon-"].iter().any(|word| name.contains(word));
    let nothing = empty.iter().any(|word| name.contains(word));
    !(no_address || template || drawing || logo || nothing)
}

/// What two spellings of one image have in common: the address without scheme and sizes in the query.
fn identity(address: &str) -> String {
    let bare = address.split_once("://").map_or(address, |(_, rest)| rest).replace("%24", "$");
    let bare = bare.as_str();
    let (path, query) = bare.split_once('?').unwrap_or((bare, ""));
    let sized = [
        "w=", "width=", "h=", "height=", "wid=", "hei=", "size=", "sw=", "sh=", "quality=", "q=", "v=", "fit=", "fmt=",
        "qlt=", "$",
    ];
    let kept: Vec<&str> =
        query.split('&').filter(|part| !part.is_empty() && !sized.iter().any(|size| part.starts_with(size))).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_goods() {
        let base = Url::parse("https://shop.example/p/1").unwrap();
        for (address, expected) in [
            ("/i/a.jpg", Some("https://shop.example/i/a.jpg")),
            ("//cdn.example/a.jpg?w=3", Some("https://cdn.example/a.jpg?w=3")),
            ("b.png", Some("https://shop.example/p/b.png")),
            ("data:image/gif;base64,R0", None),
            ("/img/placeholder.png", None),
            ("/img/logo.png", None),
            ("/img/sprite.svg", None),
            ("", None),
        ] {
            assert_eq!(absolute(address, &base).as_deref(), expected, "{address}");
        }
        assert_eq!(identity("https://a.example/x.jpg?w=100"), identity("http://a.example/x.jpg?w=900&q=80"));
    }
}
