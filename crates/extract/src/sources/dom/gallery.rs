//! The product's pictures as shown: the gallery near the heading, each picture in its largest stated size. Knows no formats.

use crate::{
    sources::{
        dom::{scene::Scene, tiles},
        facts::Facts,
    },
    tape::{Attr, Mark, Marks, Node, Tag},
};

/// Pictures of one page that are looked at.
const PICTURES_MAX: usize = 600;

/// Pictures of one gallery.
const GALLERY_MAX: usize = 40;

const GALLERY: Marks = Marks::of(&[Mark::Gallery, Mark::Zoom]);

pub(super) fn read(scene: &Scene<'_>, facts: &Facts<'_>) -> Vec<String> {
    let mut weighed: Vec<(f32, Node<'_>)> = Vec::new();
    for node in scene.document.elements(Tag::Img).take(PICTURES_MAX) {
        let score = weigh(scene, node);
        if score > 0.0 && !tiles::holds(scene, facts, node) {
            weighed.push((score, node));
        }
    }
    let Some(best) = weighed.iter().map(|found| found.0).reduce(f32::max) else { return Vec::new() };
    let mut images: Vec<String> = Vec::new();
    for (score, node) in weighed.iter().filter(|found| found.0 >= best - 0.8) {
        let _ = score;
        if let Some(address) = address(*node).filter(|address| !images.contains(address)) {
            images.push(address);
        }
        if images.len() == GALLERY_MAX {
            break;
        }
    }
    images
}

fn weigh(scene: &Scene<'_>, node: Node<'_>) -> f32 {
    let distance = scene.distance(node);
    if distance > 2_500 {
        return 0.0;
    }
    let small = [Attr::Width, Attr::Height]
        .iter()
        .any(|attr| node.attr_raw(*attr).and_then(|size| size.parse::<u32>().ok()).is_some_and(|size| size < 40));
    let context = scene.context(node);
    if small
        || context.is_elsewhere()
        || context.marks.any(Marks::of(&[Mark::Card, Mark::Rating, Mark::Shipping, Mark::Brand, Mark::Swatch]))
    {
        return 0.0;
    }
    let mut score = 1.0 - (distance as f32 / 1_000.0).min(0.9);
    score += if context.marks.any(GALLERY) { 1.5 } else { 0.0 };
    score += if context.marks.has(Mark::Image) && context.marks.has(Mark::Product) { 0.7 } else { 0.0 };
    score += if node.attr_raw(Attr::ItemProp).is_some_and(|name| name.contains("image")) { 0.7 } else { 0.0 };
    let named = node.attr(Attr::Alt).is_some_and(|alt| {
        scene.title().is_some_and(|title| !alt.is_empty() && title.to_lowercase().contains(&alt.to_lowercase()))
    });
    score += if named { 0.5 } else { 0.0 };
    score
        - if context.marks.has(Mark::Modal) { 0.7 } else { 0.0 }
        - if context.linked && !links_to_picture(node) { 0.6 } else { 0.0 }
}

fn links_to_picture(node: Node<'_>) -> bool {
    node.ancestors().take(3).any(|at| at.is(Tag::A) && at.attr_raw(Attr::Href).is_some_and(is_picture))
}

pub(super) fn is_picture(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    [".jpg", ".jpeg", ".png", ".webp", ".avif"].iter().any(|ending| path.ends_with(ending))
}

/// The largest size of a picture that its element states.
fn address(node: Node<'_>) -> Option<String> {
    let attr = |attr: Attr| {
        node.attr(attr).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty() && !value.starts_with("data:"))
    };
    let zoom = [Attr::DataZoomImage, Attr::DataLargeImage, Attr::DataZoom]
        .into_iter()
        .find_map(attr)
        .filter(|value| value.contains('/'));
    let link = || {
        node.ancestors()
            .take(3)
            .find(|at| at.is(Tag::A))
            .and_then(|at| at.attr(Attr::Href))
            .map(|href| href.into_owned())
            .filter(|href| is_picture(href))
    };
    let set = || attr(Attr::SrcSet).or_else(|| attr(Attr::DataSrcset)).and_then(|set| largest(&set));
    let lazy = || {
        [Attr::DataSrc, Attr::DataOriginal, Attr::DataLazySrc, Attr::DataLazy, Attr::DataImage, Attr::DataImg]
            .into_iter()
            .find_map(attr)
            .filter(|value| value.contains('/'))
    };
    zoom.or_else(link).or_else(set).or_else(lazy).or_else(|| attr(Attr::Src))
}

/// The candidate of a `srcset` with the largest descriptor.
fn largest(set: &str) -> Option<String> {
    let mut best: Option<(f32, &str)> = None;
    for candidate in set.split(", ").flat_map(|part| part.split(",h")).take(40) {
        let mut words = candidate.split_whitespace();
        let Some(address) = words.next() else { continue };
        let size =
            words.next().and_then(|size| size.trim_end_matches(['w', 'x', 'h', ',']).parse::<f32>().ok()).unwrap_or(1.0);
        if address.contains('/') && best.is_none_or(|(known, _)| size > known) {
            best = Some((size, address));
        }
    }
    best.map(|(_, address)| address.trim_end_matches(',').to_owned()).filter(|address| !address.starts_with("ttp"))
}
