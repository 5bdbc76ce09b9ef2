//! What the shop sells: one file a section, words only. The order here is the order of the navigation.

mod audio;
mod beaute;
mod bungu;
mod calcados;
mod hem;
mod kueche;
mod ogrod;
mod outdoor;
mod taschen;
mod textiles;

use super::section::Section;

pub(crate) static SECTIONS: [&Section; 10] = [
    &outdoor::SECTION,
    &kueche::SECTION,
    &calcados::SECTION,
    &textiles::SECTION,
    &beaute::SECTION,
    &audio::SECTION,
    &hem::SECTION,
    &taschen::SECTION,
    &bungu::SECTION,
    &ogrod::SECTION,
];
