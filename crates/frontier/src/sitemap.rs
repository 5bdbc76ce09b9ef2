//! Sitemaps as shops write them: urlset, index, RSS, Atom or a plain list; with or without namespaces, cut off, with broken
//! entities. Reads what can be read and never fails. Fetching and unpacking happen elsewhere.

use std::borrow::Cow;

use creel_types::Time;
use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};

/// Pages taken of one file; the protocol's own limit.
pub const PAGES_MAX: usize = 50_000;
/// Malformed places that are stepped over in one file.
const ERRORS_MAX: usize = 1_000;
/// Bytes of one address; longer ones are no pages.
const ADDRESS_BYTES_MAX: usize = 4_096;
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
        let text = decode(file);
        if text.trim_start().starts_with('<') { EntryReader::default().read(&text) } else { read_plain_list(&text) }
    }

    fn take(&mut self, entry: Entry) {
        let url = entry.address.trim();
        if url.is_empty() || url.len() > ADDRESS_BYTES_MAX {
            return;
        }
        let lastmod = Some(entry.lastmod.trim().to_owned()).filter(|text| !text.is_empty());
        if entry.kind == EntryKind::Sitemap {
            self.truncated |= self.children.len() >= CHILDREN_MAX;
            if self.children.len() < CHILDREN_MAX {
                self.children.push(SitemapChild { url: url.to_owned(), lastmod });
            }
        } else {
            self.truncated |= self.pages.len() >= PAGES_MAX;
            if self.pages.len() < PAGES_MAX {
                self.pages.push(SitemapPage { url: url.to_owned(), lastmod, has_image: entry.has_image });
            }
        }
    }
}

/// The instant of a `lastmod`: a date, or a date and time with its offset.
#[must_use]
pub fn lastmod_time(text: &str) -> Option<Time> {
    let text = text.trim();
    text.parse().ok().or_else(|| format!("{text}T00:00:00Z").parse().ok().filter(|_| text.len() == 10))
}

/// The file as text. Sitemaps are UTF-8; a byte order mark says otherwise, and what is not UTF-8 costs one address, not the file.
fn decode(file: &[u8]) -> Cow<'_, str> {
    let units = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        Cow::Owned(String::from_utf16_lossy(&units))
    };
    match file {
        [0xFF, 0xFE, rest @ ..] => units(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => units(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest),
        _ => String::from_utf8_lossy(file),
    }
}

/// One address a line; other lines are skipped.
fn read_plain_list(text: &str) -> Sitemap {
    let mut sitemap = Sitemap::default();
    let is_address = |line: &&str| line.starts_with("http://") || line.starts_with("https://");
    for line in text.split(['\n', '\r']).map(str::trim).filter(is_address) {
        sitemap.take(Entry { kind: EntryKind::Page, address: line.to_owned(), ..Entry::default() });
        if sitemap.truncated {
            break;
        }
    }
    sitemap
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum EntryKind {
    /// `<url>` of a sitemap, `<item>` of RSS, `<entry>` of Atom.
    #[default]
    Page,
    /// `<sitemap>` of an index.
    Sitemap,
}

#[derive(Debug, Default)]
struct Entry {
    kind: EntryKind,
    address: String,
    lastmod: String,
    has_image: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Address,
    LastModified,
}

/// Walks the elements of a file. Elements are known by their local names; only inside an entry does anything count.
#[derive(Default)]
struct EntryReader {
    entry: Option<Entry>,
    /// The field whose text is being gathered, and the text.
    field: Option<Field>,
    text: String,
    /// Open elements that describe a picture or a video: their `loc` is not the page's.
    media_depth: usize,
    found: Sitemap,
}

impl EntryReader {
    fn read(mut self, text: &str) -> Sitemap {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        let mut errors = 0;
        while !self.found.truncated {
            match reader.read_event() {
                Ok(Event::Eof) => break,
                Ok(event) => self.take(&event),
                // After what it cannot go on from, the parser says Eof.
                Err(_) if errors < ERRORS_MAX => errors += 1,
                Err(_) => break,
            }
        }
        // A file that was cut inside an entry, behind its address.
        self.close_entry();
        self.found
    }

    fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(element) => self.open(element),
            Event::Empty(element) => self.see_empty(element),
            Event::End(element) => self.close(element.local_name().into_inner()),
            Event::Text(text) if self.field.is_some() => self.text.push_str(text),
            Event::CData(text) if self.field.is_some() => self.text.push_str(text),
            Event::GeneralRef(reference) if self.field.is_some() => push_reference(reference, &mut self.text),
            _ => {}
        }
    }

    fn open(&mut self, element: &BytesStart<'_>) {
        let local_name = element.local_name();
        let name = local_name.into_inner();
        match name {
            "url" if is_prefixed(element, "media") => {}
            "url" | "item" | "entry" => self.open_entry(EntryKind::Page),
            "sitemap" => self.open_entry(EntryKind::Sitemap),
            _ if is_media(element) => {
                self.mark_image(name);
                self.media_depth += usize::from(matches!(name, "image" | "video"));
            }
            "loc" | "link" if self.media_depth == 0 => self.open_address(element),
            "lastmod" | "pubDate" | "updated" if self.media_depth == 0 => self.open_field(Field::LastModified),
            _ => {}
        }
    }

    /// `<link href="…"/>` of Atom, `<enclosure type="image/…"/>` of RSS, `<media:content/>`.
    fn see_empty(&mut self, element: &BytesStart<'_>) {
        let local_name = element.local_name();
        if is_media(element) {
            self.mark_image(local_name.into_inner());
        } else if local_name.into_inner() == "link" {
            self.open_address(element);
            self.field = None;
        } else if local_name.into_inner() == "enclosure"
            && attribute(element, "type").is_some_and(|kind| kind.starts_with("image/"))
            && let Some(entry) = &mut self.entry
        {
            entry.has_image = true;
        }
    }

    fn open_address(&mut self, element: &BytesStart<'_>) {
        let Some(entry) = &mut self.entry else { return };
        match attribute(element, "href") {
            // Other relations lead to comments, translations, the feed itself; `xhtml:link` always to translations.
            Some(address) => {
                let is_page = attribute(element, "rel").is_none_or(|relation| relation == "alternate");
                if is_page && !is_prefixed(element, "xhtml") && entry.address.is_empty() {
                    entry.address = address;
                }
            }
            None if entry.address.is_empty() => self.open_field(Field::Address),
            None => {}
        }
    }

    fn open_entry(&mut self, kind: EntryKind) {
        // An entry inside an entry: the outer one was never closed.
        self.close_entry();
        self.entry = Some(Entry { kind, ..Entry::default() });
        self.media_depth = 0;
    }

    fn open_field(&mut self, field: Field) {
        if self.entry.is_some() {
            self.field = Some(field);
            self.text.clear();
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "url" | "item" | "entry" | "sitemap" => self.close_entry(),
            "image" | "video" => self.media_depth = self.media_depth.saturating_sub(1),
            _ => self.close_field(),
        }
    }

    fn close_field(&mut self) {
        let (Some(field), Some(entry)) = (self.field.take(), &mut self.entry) else { return };
        let text = std::mem::take(&mut self.text);
        match field {
            Field::Address => entry.address = text,
            Field::LastModified => entry.lastmod = text,
        }
    }

    fn close_entry(&mut self) {
        self.field = None;
        if let Some(entry) = self.entry.take() {
            self.found.take(entry);
        }
    }

    fn mark_image(&mut self, name: &str) {
        if let Some(entry) = &mut self.entry {
            entry.has_image |= matches!(name, "image" | "image_link" | "content" | "thumbnail");
        }
    }
}

/// `image:…`, `video:…`, `media:…`, and the picture of a merchant feed.
fn is_media(element: &BytesStart<'_>) -> bool {
    ["image", "video", "media"].iter().any(|prefix| is_prefixed(element, prefix))
        || matches!(element.local_name().into_inner(), "image" | "image_link")
}

fn is_prefixed(element: &BytesStart<'_>, prefix: &str) -> bool {
    element.name().prefix().is_some_and(|found| found.into_inner() == prefix)
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().flatten().find(|attribute| attribute.key.into_inner() == name)?;
    let value = quick_xml::escape::unescape(&found.value).map_or_else(|_| found.value.to_string(), Cow::into_owned);
    Some(value)
}

/// Resolves a reference; one that XML does not know stays as it was written.
fn push_reference(reference: &BytesRef<'_>, out: &mut String) {
    if let Ok(Some(char)) = reference.resolve_char_ref() {
        out.push(char);
        return;
    }
    match &**reference {
        "amp" => out.push('&'),
        "lt" => out.push('<'),
        "gt" => out.push('>'),
        "quot" => out.push('"'),
        "apos" => out.push('\''),
        name => {
            out.push('&');
            out.push_str(name);
            out.push(';');
        }
    }
}

#[cfg(test)]
mod tests;
