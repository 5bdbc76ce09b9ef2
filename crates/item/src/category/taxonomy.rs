//! The tree of the Shopify product taxonomy: what stands where, under which name in which language.
//!
//! The table is made by `cargo xtask gen taxonomy` and unpacked at first use. Categories lie depth first, so that what is
//! below a category is one range. Which category a product has is not decided here.

use std::{collections::HashMap, io::Read, ops::Range, sync::LazyLock};

use rustc_hash::FxBuildHasher;

/// The table, zlib; its licence lies beside it.
const TABLE: &[u8] = include_bytes!("../../data/taxonomy.z");

/// A place in the tree. Its parent, path and name follow from its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Id in the Shopify product taxonomy; the id of what is above is its prefix.
    pub id: &'static str,
    /// English name.
    pub name: &'static str,
    /// 0 for the verticals at the top.
    pub depth: usize,
    at: u16,
}

impl Node {
    /// English names from the top, joined by ` > `.
    #[must_use]
    pub fn path(&self) -> String {
        let tree = tree();
        let mut names: Vec<&str> = tree.above(self.at).map(|above| tree.names(Language::En)[usize::from(above)]).collect();
        names.reverse();
        names.push(self.name);
        names.join(" > ")
    }

    #[must_use]
    pub fn parent(&self) -> Option<Node> {
        tree().above(self.at).next().map(|above| tree().node(above))
    }

    /// The name in a language of the table (`en`, `de`, `fr`, `es`, `it`, `nl`, `pl`, `da`, `fi`, `ja`, `ko`, `zh`), else English.
    #[must_use]
    pub fn name_in(&self, language: &str) -> &'static str {
        let language = Language::of(language).filter(|language| language.named()).unwrap_or(Language::En);
        tree().names(language)[usize::from(self.at)]
    }

    /// The row in the list of Google's categories that has the same path or, once in both, the same name.
    #[must_use]
    pub fn google_id(&self) -> Option<u32> {
        tree().google[usize::from(self.at)]
    }

    #[must_use]
    pub fn is_leaf(&self) -> bool {
        tree().below(self.at).len() == 1
    }
}

/// The category with this id.
#[must_use]
pub fn get(id: &str) -> Option<Node> {
    tree().by_id.get(id).map(|at| tree().node(*at))
}

/// The verticals at the top, in the taxonomy's order.
#[must_use]
pub fn roots() -> Vec<Node> {
    let tree = tree();
    (0..tree.len()).filter(|at| tree.depth[usize::from(*at)] == 0).map(|at| tree.node(at)).collect()
}

/// What stands right below `id`, in the taxonomy's order; nothing for a leaf and for an unknown id.
#[must_use]
pub fn children(id: &str) -> Vec<Node> {
    let tree = tree();
    let Some(parent) = tree.by_id.get(id) else { return Vec::new() };
    let depth = tree.depth[usize::from(*parent)] + 1;
    tree.below(*parent).filter(|at| tree.depth[usize::from(*at)] == depth).map(|at| tree.node(at)).collect()
}

/// Whether `id` is `ancestor` or stands anywhere below it. Ids are of the taxonomy's form, so this asks no table.
#[must_use]
pub fn descends(id: &str, ancestor: &str) -> bool {
    id.strip_prefix(ancestor).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Languages that words are read in. The first [`Language::NAMED`] have names in the table, the rest only words of our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Language {
    En,
    De,
    Fr,
    Es,
    It,
    Nl,
    Pl,
    Da,
    Fi,
    Ja,
    Ko,
    Zh,
    Pt,
    Sv,
}

impl Language {
    pub const ALL: [Language; 14] = {
        use Language::{Da, De, En, Es, Fi, Fr, It, Ja, Ko, Nl, Pl, Pt, Sv, Zh};
        [En, De, Fr, Es, It, Nl, Pl, Da, Fi, Ja, Ko, Zh, Pt, Sv]
    };
    const TAGS: [&'static str; 14] = ["en", "de", "fr", "es", "it", "nl", "pl", "da", "fi", "ja", "ko", "zh", "pt", "sv"];
    pub const NAMED: usize = 12;

    /// Norwegian is read as Danish, whose names of things are nearly its own.
    pub fn of(tag: &str) -> Option<Language> {
        let tag = if matches!(tag, "no" | "nb" | "nn") { "da" } else { tag };
        Self::TAGS.iter().position(|known| *known == tag).map(|at| Self::ALL[at])
    }

    pub fn named(self) -> bool {
        (self as usize) < Self::NAMED
    }
}

pub(super) struct Tree {
    pub release: &'static str,
    ids: Vec<&'static str>,
    google: Vec<Option<u32>>,
    depth: Vec<u8>,
    /// One past the last of what is below.
    end: Vec<u16>,
    parent: Vec<Option<u16>>,
    names: Vec<Vec<&'static str>>,
    by_id: HashMap<&'static str, u16, FxBuildHasher>,
}

impl Tree {
    pub fn len(&self) -> u16 {
        u16::try_from(self.ids.len()).unwrap_or(u16::MAX)
    }

    pub fn node(&self, at: u16) -> Node {
        let row = usize::from(at);
        Node { id: self.ids[row], name: self.names(Language::En)[row], depth: usize::from(self.depth[row]), at }
    }

    /// `at` and all that stands below it.
    pub fn below(&self, at: u16) -> Range<u16> {
        at..self.end[usize::from(at)]
    }

    /// What stands above, nearest first.
    pub fn above(&self, at: u16) -> impl Iterator<Item = u16> + '_ {
        std::iter::successors(self.parent[usize::from(at)], |above| self.parent[usize::from(*above)])
    }

    pub fn depth(&self, at: u16) -> u8 {
        self.depth[usize::from(at)]
    }

    pub fn find(&self, id: &str) -> Option<u16> {
        self.by_id.get(id).copied()
    }

    pub fn names(&self, language: Language) -> &[&'static str] {
        &self.names[language as usize]
    }
}

pub(super) fn tree() -> &'static Tree {
    static TREE: LazyLock<Tree> = LazyLock::new(|| unpack().unwrap_or_else(nothing));
    &TREE
}

/// The table is our own; one that cannot be read leaves every item without a category, and a test says so.
fn nothing() -> Tree {
    Tree {
        release: "",
        ids: Vec::new(),
        google: Vec::new(),
        depth: Vec::new(),
        end: Vec::new(),
        parent: Vec::new(),
        names: vec![Vec::new(); Language::NAMED],
        by_id: HashMap::default(),
    }
}

fn unpack() -> Option<Tree> {
    let mut text = String::new();
    flate2::read::ZlibDecoder::new(TABLE).read_to_string(&mut text).ok()?;
    // Kept for as long as the process lives, as the table in the binary is.
    let text: &'static str = String::leak(text);
    let mut tree = nothing();
    let (release, rest) = text.split_once('\n')?;
    tree.release = release;
    let mut blocks = rest.split("\n=");
    for line in blocks.next()?.lines().skip(1) {
        let (id, google) = line.split_once('\t').map_or((line, None), |(id, number)| (id, number.parse().ok()));
        tree.ids.push(id);
        tree.google.push(google);
    }
    for (language, block) in blocks.enumerate().take(Language::NAMED) {
        tree.names[language] = block.lines().skip(1).collect();
    }
    let complete = tree.names.iter().all(|names| names.len() == tree.ids.len());
    if !complete || tree.ids.len() > usize::from(u16::MAX) {
        return None;
    }
    connect(&mut tree);
    Some(tree)
}

fn connect(tree: &mut Tree) {
    let mut open: Vec<u16> = Vec::new();
    for at in 0..tree.len() {
        let id = tree.ids[usize::from(at)];
        while let Some(above) = open.last().filter(|above| !descends(id, tree.ids[usize::from(**above)])) {
            tree.end[usize::from(*above)] = at;
            open.pop();
        }
        tree.parent.push(open.last().copied());
        tree.depth.push(u8::try_from(open.len()).unwrap_or(u8::MAX));
        tree.end.push(tree.len());
        tree.by_id.insert(id, at);
        open.push(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let tree = tree();
        assert_eq!(tree.release, super::super::TAXONOMY);
        assert_eq!(tree.len(), 10_281);
        assert_eq!(roots().len(), 25);
        for at in 0..tree.len() {
            let node = tree.node(at);
            assert_eq!(node.depth, node.id.matches('-').count(), "{}", node.id);
            assert_eq!(node.parent().map(|above| above.id), node.id.rsplit_once('-').map(|(above, _)| above));
        }
    }

    #[test]
    fn places_know_what_is_above_and_below() {
        let tees = get("aa-1-13-8").unwrap();
        assert_eq!(tees.path(), "Apparel & Accessories > Clothing > Clothing Tops > T-Shirts");
        assert_eq!((tees.name_in("ja"), tees.name_in("sv"), tees.is_leaf()), ("Tシャツ", "T-Shirts", true));
        let below: Vec<&str> = children("aa-8").iter().map(|node| node.name).collect();
        let shoes = ["Athletic Shoes", "Baby & Toddler Shoes", "Boots", "Flats", "Heels", "Sandals", "Slippers", "Sneakers"];
        assert_eq!(below, shoes);
        assert!(descends("aa-1-13", "aa-1") && descends("aa-1", "aa-1") && !descends("aa-13", "aa-1"));
        assert!(get("zz").is_none() && children("zz").is_empty() && children("aa-8-8").is_empty());
    }
}
