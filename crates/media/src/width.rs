//! How large a picture may be: a few sizes with names, so that nobody can make the folder fill up with all the others.

use std::{fmt, str::FromStr};

/// The longer side of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Width {
    /// In a row of a table.
    Thumbnail,
    /// One of several.
    Card,
    /// By itself.
    Whole,
}

impl Width {
    /// The smallest first.
    pub const ALL: [Width; 3] = [Width::Thumbnail, Width::Card, Width::Whole];

    #[must_use]
    pub const fn pixels(self) -> u32 {
        match self {
            Width::Thumbnail => 96,
            Width::Card => 320,
            Width::Whole => 960,
        }
    }
}

impl fmt::Display for Width {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.pixels())
    }
}

impl FromStr for Width {
    type Err = ();

    /// As it is displayed, and in no other spelling.
    fn from_str(text: &str) -> Result<Width, ()> {
        Width::ALL.into_iter().find(|width| width.to_string() == text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_ones_are_read() {
        for width in Width::ALL {
            assert_eq!(width.to_string().parse(), Ok(width));
        }
        for text in ["", "0", "97", "096", "+96", "-96", "96.0", "thumbnail", "4294967392"] {
            assert_eq!(text.parse::<Width>(), Err(()), "{text}");
        }
    }
}
