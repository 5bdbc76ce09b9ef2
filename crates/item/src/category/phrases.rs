//! Phrases that name categories: the taxonomy's names in its languages, their parts, and words of our own.
//!
//! Everything is put in order at first use; a look-up is a search in a sorted list. What a phrase says about one product is
//! weighed elsewhere.

use std::{collections::HashMap, ops::Range, sync::LazyLock};

use rustc_hash::{FxBuildHasher, FxHashSet};

use super::{
    taxonomy::{self, Language, Tree},
    words::{self, Words},
};

/// Our own words: what shops call things that the taxonomy calls otherwise, and how likely its branches are.
const OWN: &str = include_str!("../../data/category-words.txt");

/// Words of the longest phrase, in scripts with spaces and without.
pub const PHRASE_MAX: usize = 6;
pub const UNSPACED_MAX: usize = 14;

/// How a phrase names a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What shops call a whole branch.
    Department,
    /// One half of "Coats & Jackets".
    Part,
    Name,
    Own,
}

#[derive(Clone, Copy, Debug)]
pub struct Posting {
    pub category: u16,
    pub kind: Kind,
    /// How much of the name the phrase is, 0 to 100.
    pub share: u8,
}

pub struct Phrases {
    pub tree: &'static Tree,
    /// Where the postings of a phrase lie.
    phrases: HashMap<u64, (u32, u32), FxBuildHasher>,
    postings: Vec<Posting>,
    /// The same for what shops call departments, which says nothing in a title.
    departments: HashMap<u64, Vec<Posting>, FxBuildHasher>,
    /// Categories by words of their names, in the tree's order.
    words: HashMap<u64, (u32, u32), FxBuildHasher>,
    named: Vec<u16>,
    /// How much all words of a category's name say, by language.
    weight: Vec<Vec<f32>>,
    pub prior: Vec<f32>,
    noise: FxHashSet<String>,
    weak: FxHashSet<String>,
}

impl Phrases {
    pub fn find(&self, phrase: u64) -> &[Posting] {
        self.phrases.get(&phrase).map_or(&[], |(from, to)| &self.postings[*from as usize..*to as usize])
    }

    /// Branches that a breadcrumb of these words stands for: "Home", "Tiere", "Bricolage".
    pub fn department(&self, phrase: u64) -> &[Posting] {
        self.departments.get(&phrase).map_or(&[], Vec::as_slice)
    }

    /// Categories in whose name of one language the word stands, in the tree's order.
    pub fn having(&self, word: u64) -> &[u16] {
        self.words.get(&word).map_or(&[], |(from, to)| &self.named[*from as usize..*to as usize])
    }

    pub fn having_below(&self, word: u64, below: Range<u16>) -> &[u16] {
        let all = self.having(word);
        let from = all.partition_point(|category| *category < below.start);
        let to = all.partition_point(|category| *category < below.end);
        &all[from..to]
    }

    /// How much a word tells: rare words tell more.
    pub fn rarity(&self, word: u64) -> f32 {
        rarity(self.having(word).len())
    }

    /// The sum of the rarities of a name's words.
    pub fn weight(&self, category: u16, language: Language) -> f32 {
        self.weight[language as usize][usize::from(category)]
    }

    /// Breadcrumbs that say nothing: home, sale, new in.
    pub fn is_noise(&self, words: &Words) -> bool {
        self.noise.contains(&words.joined())
    }

    /// What things are made of or look like; a title's "leather" is no leather.
    pub fn is_weak(&self, word: &str) -> bool {
        self.weak.contains(word)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of categories are small")]
fn rarity(count: usize) -> f32 {
    (10_281.0 / (1.0 + count as f32)).ln()
}

pub fn phrases() -> &'static Phrases {
    static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
        let tree = taxonomy::tree();
        let mut gathering = Gathering::default();
        for language in Language::ALL.into_iter().filter(|language| language.named()) {
            for (category, name) in (0..tree.len()).zip(tree.names(language)) {
                gathering.name(category, name, language);
            }
        }
        gathering.own(tree);
        gathering.finish(tree)
    });
    &PHRASES
}

#[derive(Default)]
struct Gathering {
    phrases: Vec<(u64, Posting)>,
    departments: HashMap<u64, Vec<Posting>, FxBuildHasher>,
    words: Vec<(u64, u16)>,
    /// Where the words of a language begin.
    begin: Vec<usize>,
    prior: Vec<(u16, f32)>,
    noise: FxHashSet<String>,
    weak: FxHashSet<String>,
}

impl Gathering {
    fn name(&mut self, category: u16, name: &str, language: Language) {
        if category == 0 {
            self.begin.push(self.words.len());
        }
        let bare = name.split(['(', '（']).next().unwrap_or(name);
        let all = numbers(bare, language);
        self.words.extend(all.iter().map(|word| (*word, category)));
        self.push(&all, category, Kind::Name, 100);
        let parts = parts(bare, language);
        if parts.len() < 2 {
            return;
        }
        let last = numbers(parts[parts.len() - 1], language);
        for (at, part) in parts.iter().enumerate() {
            let own = numbers(part, language);
            // "Sports & Energy Drinks" are sports drinks, and no sports.
            let headless = language == Language::En && own.len() == 1 && at + 1 < parts.len() && last.len() > 1;
            if headless {
                let whole = [own[0], last[last.len() - 1]];
                self.push(&whole, category, Kind::Part, 90);
            }
            if !part.ends_with('-') {
                self.push(&own, category, Kind::Part, if headless { 30 } else { 80 });
            }
        }
    }

    fn push(&mut self, words: &[u64], category: u16, kind: Kind, share: u8) {
        if !words.is_empty() {
            let phrase = words.iter().fold(words::START, |phrase, word| words::chain(phrase, *word));
            self.phrases.push((phrase, Posting { category, kind, share }));
        }
    }

    /// Lines `id … | language phrase; phrase | language …`, the same with `@crumb` ahead for departments, and lines
    /// `@noise`, `@weak`, `@prior`.
    fn own(&mut self, tree: &Tree) {
        for line in OWN.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let mut fields = line.split('|').map(str::trim);
            let head = fields.next().unwrap_or_default();
            match head {
                "@noise" => self.noise.extend(phrases_of(fields.next()).map(|phrase| Words::of(phrase).joined())),
                "@weak" => self.weak.extend(phrases_of(fields.next()).map(|phrase| Words::of(phrase).joined())),
                "@prior" => {
                    let value = fields.next().and_then(|value| value.parse().ok()).unwrap_or(0.0);
                    let ids = fields.next().unwrap_or_default();
                    self.prior.extend(ids.split_whitespace().filter_map(|id| Some((tree.find(id)?, value))));
                }
                ids => {
                    let (ids, department) = ids.strip_prefix("@crumb").map_or((ids, false), |ids| (ids, true));
                    let categories: Vec<u16> = ids.split_whitespace().filter_map(|id| tree.find(id)).collect();
                    for field in fields {
                        self.own_phrases(&categories, field, department);
                    }
                }
            }
        }
    }

    fn own_phrases(&mut self, categories: &[u16], field: &str, department: bool) {
        let Some((tag, listed)) = field.split_once(' ') else { return };
        let Some(language) = Language::of(tag) else { return };
        for phrase in phrases_of(Some(listed)) {
            let words = numbers(phrase, language);
            for category in categories {
                if department {
                    let phrase = words.iter().fold(words::START, |phrase, word| words::chain(phrase, *word));
                    let named = self.departments.entry(phrase).or_default();
                    if !named.iter().any(|posting| posting.category == *category) {
                        named.push(Posting { category: *category, kind: Kind::Department, share: 100 });
                    }
                } else {
                    self.push(&words, *category, Kind::Own, 100);
                }
            }
        }
    }

    fn finish(mut self, tree: &'static Tree) -> Phrases {
        self.phrases.sort_unstable_by_key(|(phrase, posting)| (*phrase, posting.category, std::cmp::Reverse(posting.kind)));
        // A name that is also our own word counts once, as the stronger.
        self.phrases.dedup_by_key(|(phrase, posting)| (*phrase, posting.category));
        let mut by_language = self.words.clone();
        self.words.sort_unstable();
        self.words.dedup();
        let words = ranges(self.words.iter().map(|(word, _)| *word));
        self.begin.push(by_language.len());
        let mut weight = Vec::new();
        for bounds in self.begin.windows(2) {
            let mut sums = vec![0.0; usize::from(tree.len())];
            for (word, category) in &mut by_language[bounds[0]..bounds[1]] {
                let count = words.get(word).map_or(0, |(from, to)| (to - from) as usize);
                sums[usize::from(*category)] += rarity(count);
            }
            weight.push(sums);
        }
        let mut prior = vec![0.0; usize::from(tree.len())];
        for (category, value) in &self.prior {
            for below in tree.below(*category) {
                prior[usize::from(below)] += value;
            }
        }
        Phrases {
            tree,
            phrases: ranges(self.phrases.iter().map(|(phrase, _)| *phrase)),
            postings: self.phrases.into_iter().map(|(_, posting)| posting).collect(),
            departments: self.departments,
            words,
            named: self.words.into_iter().map(|(_, category)| category).collect(),
            weight,
            prior,
            noise: self.noise,
            weak: self.weak,
        }
    }
}

fn phrases_of(field: Option<&str>) -> impl Iterator<Item = &str> {
    field.unwrap_or_default().split(';').map(str::trim).filter(|phrase| !phrase.is_empty())
}

fn numbers(text: &str, language: Language) -> Vec<u64> {
    let words = Words::of(text);
    words.words.iter().map(|word| words::number(words.text(word), language)).collect()
}

/// Where each number's run begins and ends in a sorted list.
fn ranges(sorted: impl Iterator<Item = u64>) -> HashMap<u64, (u32, u32), FxBuildHasher> {
    let mut ranges: HashMap<u64, (u32, u32), FxBuildHasher> = HashMap::default();
    for (at, number) in (0..).zip(sorted) {
        ranges.entry(number).or_insert((at, at)).1 = at + 1;
    }
    ranges
}

/// The parts of a name that joins several things.
fn parts(name: &str, language: Language) -> Vec<&str> {
    let and = match language {
        Language::En => " and ",
        Language::De => " und ",
        Language::Fr => " et ",
        Language::Es => " y ",
        Language::It | Language::Pt => " e ",
        Language::Nl => " en ",
        Language::Pl => " i ",
        Language::Da => " og ",
        Language::Sv => " och ",
        Language::Fi => " ja ",
        Language::Ja => "・",
        Language::Ko => " 및 ",
        Language::Zh => "和",
    };
    let mut found: Vec<&str> = name.split(['&', ',', '/', '、']).flat_map(|part| part.split(and)).map(str::trim).collect();
    found.retain(|part| !part.is_empty());
    found
}
