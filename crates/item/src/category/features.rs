//! What speaks for each category that a capture's texts name, as numbers to be weighed.

use creel_types::EvidenceSource;
use rustc_hash::FxHashMap;

use super::{
    evidence::{Hit, Text},
    phrases::{Kind, Phrases},
    taxonomy::Language,
    words::{self, Zone},
};

/// Candidates that are kept, the best named first; a title that names more says nothing.
const CANDIDATES_MAX: usize = 400;
/// Categories that a single phrase may name; one that names more, such as "Accessories", is too vague.
const NAMED_MAX: usize = 60;

/// What is counted, in the order of the file of weights.
pub const NAMES: [&str; COUNT] = [
    "title_head",
    "title_other",
    "title_later",
    "title_with",
    "title_for",
    "crumb_last",
    "crumb_last_part",
    "crumb_above",
    "crumb_above_part",
    "type",
    "overlap_title",
    "overlap_crumb",
    "joined",
    "above_in_crumbs",
    "above_in_title",
    "conflict",
    "prior",
    "ambiguity",
    "own_word",
    "length",
    "depth",
    "unnamed_above",
    "department",
    "holds_thing",
];
pub const COUNT: usize = 24;

const TITLE_HEAD: usize = 0;
const TITLE_OTHER: usize = 1;
const TITLE_LATER: usize = 2;
const TITLE_WITH: usize = 3;
const TITLE_FOR: usize = 4;
const CRUMB_LAST: usize = 5;
const CRUMB_LAST_PART: usize = 6;
const CRUMB_ABOVE: usize = 7;
const CRUMB_ABOVE_PART: usize = 8;
const TYPE: usize = 9;
const OVERLAP_TITLE: usize = 10;
const OVERLAP_CRUMB: usize = 11;
const JOINED: usize = 12;
const ABOVE_IN_CRUMBS: usize = 13;
const ABOVE_IN_TITLE: usize = 14;
const CONFLICT: usize = 15;
const PRIOR: usize = 16;
const AMBIGUITY: usize = 17;
const OWN_WORD: usize = 18;
const LENGTH: usize = 19;
const DEPTH: usize = 20;
const UNNAMED_ABOVE: usize = 21;
const DEPARTMENT: usize = 22;
const HOLDS_THING: usize = 23;

/// A category that something speaks for.
#[derive(Clone)]
pub struct Candidate {
    pub category: u16,
    pub features: [f32; COUNT],
    /// The text and its words that speak loudest, and how loud.
    pub because: (usize, usize, usize),
    loudest: f32,
}

pub struct Gathering<'a> {
    texts: &'a [Text],
    phrases: &'static Phrases,
    candidates: FxHashMap<u16, Candidate>,
}

/// Every category that is named, with what speaks for it.
pub fn candidates(texts: &[Text], languages: &[(Language, f32)], phrases: &'static Phrases) -> Vec<Candidate> {
    let mut gathering = Gathering { texts, phrases, candidates: FxHashMap::default() };
    for at in 0..texts.len() {
        gathering.named(at, languages);
    }
    for (at, text) in texts.iter().enumerate() {
        if text.source != EvidenceSource::Breadcrumbs || text.from_end == 0 {
            gathering.overlapping(at, languages);
        }
    }
    gathering.joined();
    gathering.surrounded();
    let mut candidates: Vec<Candidate> = gathering.candidates.into_values().collect();
    candidates.sort_unstable_by(|a, b| b.loudest.total_cmp(&a.loudest).then(a.category.cmp(&b.category)));
    candidates.truncate(CANDIDATES_MAX);
    candidates
}

impl Gathering<'_> {
    /// Takes the larger of what was counted and `value`.
    fn count(&mut self, category: u16, feature: usize, value: f32, because: (usize, usize, usize)) -> &mut Candidate {
        let candidate = self.candidates.entry(category).or_insert_with(|| Candidate {
            category,
            features: [0.0; COUNT],
            because,
            loudest: 0.0,
        });
        if value > candidate.features[feature] {
            candidate.features[feature] = value;
        }
        if value > candidate.loudest {
            candidate.loudest = value;
            candidate.because = because;
        }
        candidate
    }

    fn named(&mut self, at: usize, languages: &[(Language, f32)]) {
        let text = &self.texts[at];
        let ranks = ranks(text, languages);
        for (hit, rank) in text.hits.iter().zip(ranks) {
            let mut postings: Vec<_> = hit.postings.iter().collect();
            if postings.len() > NAMED_MAX {
                continue;
            }
            // Where one of our own words is meant, what merely has the name is meant less.
            let own = postings.iter().any(|posting| posting.kind == Kind::Own);
            postings.sort_unstable_by_key(|posting| std::cmp::Reverse(posting.kind));
            let all = postings.len();
            for posting in postings {
                let share = f32::from(posting.share) / 100.0;
                let lesser = if own && posting.kind != Kind::Own { 0.5 } else { 1.0 };
                let department = posting.kind == Kind::Department;
                let feature = if department { DEPARTMENT } else { feature_of(text, hit, rank) };
                let early =
                    if text.source == EvidenceSource::Title && feature == TITLE_OTHER { 0.7_f32.powi(rank) } else { 1.0 };
                let weak = if hit.weak { 0.3 } else { 1.0 };
                let early = if department && text.from_end > 0 { 0.5 } else { early };
                let value = share * lesser * hit.trust * early * weak;
                let candidate = self.count(posting.category, feature, value, (at, hit.from, hit.to));
                let ambiguity = few(all).ln() / 4.0;
                let held = &mut candidate.features;
                held[AMBIGUITY] = if held[LENGTH] == 0.0 { ambiguity } else { held[AMBIGUITY].min(ambiguity) };
                held[LENGTH] = held[LENGTH].max(length(text, hit));
                if posting.kind == Kind::Own {
                    held[OWN_WORD] = 1.0;
                }
            }
        }
    }

    /// Names of which the text has most words, in any order.
    fn overlapping(&mut self, at: usize, languages: &[(Language, f32)]) {
        let text = &self.texts[at];
        for (language, trust) in languages.iter().take(2).filter(|(language, _)| language.named()) {
            let mut said: FxHashMap<u16, (f32, u8, usize, usize)> = FxHashMap::default();
            let mut seen = Vec::new();
            for (place, word) in text.words.words.iter().enumerate() {
                let number = words::number(text.words.text(word), *language);
                if word.unspaced || word.zone == Zone::With || word.zone == Zone::For || seen.contains(&number) {
                    continue;
                }
                seen.push(number);
                let having = self.phrases.having(number);
                if having.len() > 700 {
                    continue;
                }
                let rarity = self.phrases.rarity(number);
                for category in having {
                    let sum = said.entry(*category).or_insert((0.0, 0, place, place));
                    *sum = (sum.0 + rarity, sum.1 + 1, sum.2, place);
                }
            }
            for (category, (sum, count, from, to)) in said {
                let share = sum / self.phrases.weight(category, *language).max(0.1);
                if count >= 2 && share > 0.6 {
                    let feature = if text.source == EvidenceSource::Title { OVERLAP_TITLE } else { OVERLAP_CRUMB };
                    self.count(category, feature, share.min(1.0) * trust * 0.9, (at, from, to + 1));
                }
            }
        }
    }

    /// "Bett" under "Hund" is a pet bed: a category below one thing that is named whose own name is the other thing.
    fn joined(&mut self) {
        let surroundings: Vec<u16> = self.broad();
        let things: Vec<(u16, f32, (usize, usize, usize))> = self
            .candidates
            .values()
            .filter(|candidate| {
                let features = &candidate.features;
                features[TITLE_HEAD] > 0.4 || features[CRUMB_LAST] > 0.4 || features[TYPE] > 0.4
            })
            .map(|candidate| (candidate.category, candidate.loudest, candidate.because))
            .collect();
        let mut found = Vec::new();
        for around in surroundings {
            let tree = self.phrases.tree;
            let around_words = english(self.phrases, around);
            for (thing, loud, because) in &things {
                if tree.below(around).contains(thing) || tree.below(*thing).contains(&around) {
                    continue;
                }
                let name = tree.names(Language::En)[usize::from(*thing)];
                for part in name.split(['&', ',']) {
                    let Some(head) = numbers(part).last().copied() else { continue };
                    for category in self.phrases.having_below(head, tree.below(around)).iter().take(40) {
                        let rest = english(self.phrases, *category);
                        let foreign = rest.iter().filter(|word| **word != head && !around_words.contains(word)).count();
                        if foreign <= 1 {
                            let value = loud * if foreign == 0 { 1.0 } else { 0.45 };
                            found.push((*category, value, *because));
                        }
                    }
                }
            }
        }
        for (category, value, because) in found {
            self.count(category, JOINED, value, because);
        }
    }

    /// Broad categories that are named anywhere: near the top, with something below them.
    fn broad(&self) -> Vec<u16> {
        let tree = self.phrases.tree;
        let mut broad: Vec<u16> = self.candidates.values().filter(|c| c.loudest > 0.5).map(|c| c.category).collect();
        broad.retain(|category| tree.depth(*category) <= 3 && tree.below(*category).len() >= 8);
        broad.sort_unstable();
        broad.truncate(12);
        broad
    }

    /// What the other texts say of where a candidate stands.
    fn surrounded(&mut self) {
        let tree = self.phrases.tree;
        let mut crumbs: Vec<Vec<u16>> = Vec::new();
        let mut title: Vec<u16> = Vec::new();
        for text in self.texts {
            let sure = text.hits.iter().filter(|hit| !hit.weak && hit.postings.len() <= NAMED_MAX);
            let named = sure.flat_map(|hit| hit.postings.iter()).filter(|posting| posting.share >= 50);
            let categories: Vec<u16> = named.map(|posting| posting.category).collect();
            if categories.is_empty() {
                continue;
            }
            if text.source == EvidenceSource::Title { title.extend(categories) } else { crumbs.push(categories) }
        }
        // A shelf on which the thing of the title stands is not the thing.
        let head = |candidate: &Candidate| candidate.features[TITLE_HEAD].max(candidate.features[TYPE]);
        let things: Vec<(u16, f32)> = self
            .candidates
            .values()
            .map(|candidate| (candidate.category, head(candidate)))
            .filter(|(_, loud)| *loud > 0.4)
            .collect();
        for candidate in self.candidates.values_mut() {
            let at = candidate.category;
            let held = things.iter().filter(|(thing, _)| *thing != at && tree.below(at).contains(thing));
            candidate.features[HOLDS_THING] = held.map(|(_, loud)| *loud).fold(0.0, f32::max);
            let is_above = |other: &u16| *other != at && tree.below(*other).contains(&at);
            let related = |other: &u16| tree.below(*other).contains(&at) || tree.below(at).contains(other);
            let features = &mut candidate.features;
            let above = crumbs.iter().filter(|named| named.iter().any(is_above)).count();
            features[ABOVE_IN_CRUMBS] = few(above).min(3.0) / 2.0;
            features[ABOVE_IN_TITLE] = f32::from(u8::from(title.iter().any(is_above)));
            let foreign = crumbs.iter().filter(|named| !named.iter().any(related)).count();
            features[CONFLICT] = if crumbs.is_empty() { 0.0 } else { few(foreign) / few(crumbs.len()) };
            features[PRIOR] = self.phrases.prior[usize::from(at)];
            features[DEPTH] = f32::from(tree.depth(at)) / 4.0;
            let said = |other: u16| title.contains(&other) || crumbs.iter().any(|named| named.contains(&other));
            features[UNNAMED_ABOVE] = few(tree.above(at).filter(|above| !said(*above)).count()) / 4.0;
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of crumbs and hits are small")]
fn few(count: usize) -> f32 {
    count as f32
}

fn feature_of(text: &Text, hit: &Hit, rank: i32) -> usize {
    let whole = hit.from == 0 && hit.to == text.words.words.len() && !hit.tail;
    match (text.source, text.from_end) {
        (EvidenceSource::Title, _) => match hit.zone {
            Zone::Head if rank == 0 => TITLE_HEAD,
            Zone::Head => TITLE_OTHER,
            Zone::Later => TITLE_LATER,
            Zone::With => TITLE_WITH,
            Zone::For => TITLE_FOR,
        },
        (EvidenceSource::Breadcrumbs, 0) => {
            if whole {
                CRUMB_LAST
            } else {
                CRUMB_LAST_PART
            }
        }
        (EvidenceSource::Breadcrumbs, _) => {
            if whole {
                CRUMB_ABOVE
            } else {
                CRUMB_ABOVE_PART
            }
        }
        _ => TYPE,
    }
}

/// How many named things stand between a hit and the head of its phrase: English, Japanese, Korean and Chinese put the head
/// last, the others first, since their adjectives name no categories.
fn ranks(text: &Text, languages: &[(Language, f32)]) -> Vec<i32> {
    let first = languages.first().map_or(Language::En, |(language, _)| *language);
    let several = languages.len() > 4;
    let last = several || matches!(first, Language::En | Language::Ja | Language::Ko | Language::Zh);
    let strong = |other: &&Hit| other.zone == Zone::Head && !other.weak;
    text.hits
        .iter()
        .map(|hit| {
            let ahead = text
                .hits
                .iter()
                .filter(strong)
                .filter(|other| if last { other.from >= hit.to } else { other.to <= hit.from });
            let mut places: Vec<usize> = ahead.map(|other| if last { other.to } else { other.from }).collect();
            places.sort_unstable();
            places.dedup();
            i32::try_from(places.len()).unwrap_or(i32::MAX)
        })
        .collect()
}

/// Longer phrases are meant more surely; a character of an unspaced script is a third of a word.
fn length(text: &Text, hit: &Hit) -> f32 {
    let unspaced = text.words.words[hit.from].unspaced;
    let words = few(hit.to - hit.from);
    (if unspaced { words / 3.0 } else { words }).clamp(0.5, 3.0) / 3.0
}

fn numbers(name: &str) -> Vec<u64> {
    let words = words::Words::of(name);
    words.words.iter().map(|word| words::number(words.text(word), Language::En)).collect()
}

fn english(phrases: &Phrases, category: u16) -> Vec<u64> {
    numbers(phrases.tree.names(Language::En)[usize::from(category)])
}
