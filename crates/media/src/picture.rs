//! A small picture as it is kept and served: always written here, as JPEG, or as PNG where one can see through it.

use bytes::Bytes;
use creel_types::hex;
use sha2::{Digest, Sha256};

/// Letters of a tag; enough that no two pictures of one address share it.
const TAG_LETTERS: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureKind {
    Jpeg,
    Png,
}

impl PictureKind {
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            PictureKind::Jpeg => "image/jpeg",
            PictureKind::Png => "image/png",
        }
    }

    /// By the first bytes of what was written here.
    fn of(bytes: &[u8]) -> Option<PictureKind> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(PictureKind::Jpeg),
            [0x89, b'P', b'N', b'G', ..] => Some(PictureKind::Png),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub kind: PictureKind,
    pub bytes: Bytes,
}

impl Picture {
    /// `None` for bytes that were not written here.
    pub(crate) fn read(bytes: Vec<u8>) -> Option<Picture> {
        Some(Picture { kind: PictureKind::of(&bytes)?, bytes: Bytes::from(bytes) })
    }

    /// Names the content: another picture has another tag.
    #[must_use]
    pub fn tag(&self) -> String {
        let mut digits = hex(&Sha256::digest(&self.bytes));
        digits.truncate(TAG_LETTERS);
        digits
    }
}
