//! What a picture's address says of its size, and the address without that, by which the same picture is known.

/// What a picture is taken to measure that says no size: larger than a thumbnail, smaller than one that says it is large.
pub const SIDE_UNSAID: u32 = 800;

/// A picture's address without what says its size.
pub struct Address {
    pub key: String,
    /// The longest side it says, in pixels.
    pub side: Option<u32>,
}

impl Address {
    pub fn of(url: &str) -> Address {
        let lower = url.trim().to_lowercase();
        let bare = lower.split('#').next().unwrap_or_default();
        let (path, query) = bare.split_once('?').unwrap_or((bare, ""));
        let path = path.trim_start_matches("https:").trim_start_matches("http:");
        let mut side = None;
        let mut key = String::with_capacity(bare.len());
        let path =
            path.rsplit_once('.').filter(|(_, end)| end.len() <= 4 && !end.contains('/')).map_or(path, |(stem, _)| stem);
        let last = path.matches('/').count();
        for (at, segment) in path.split('/').enumerate() {
            if at > 2 && at < last && is_size_segment(segment, &mut side) {
                continue;
            }
            key.push('/');
            key.push_str(if at > 2 { without_size(segment, &mut side) } else { segment });
        }
        let mut rest: Vec<&str> =
            query.split('&').filter(|pair| !pair.is_empty() && !is_size_parameter(pair, &mut side)).collect();
        rest.sort_unstable();
        for pair in rest {
            key.push('&');
            key.push_str(pair);
        }
        Address { key, side }
    }
}

fn widest(side: &mut Option<u32>, found: u32) {
    // Zeros mean that the other side decides.
    if (1..=20_000).contains(&found) {
        *side = Some(side.map_or(found, |side| side.max(found)));
    }
}

/// `500x500`, `w_500,h_500,c_fit`, `fit-in`: a folder of an image server.
fn is_size_segment(segment: &str, side: &mut Option<u32>) -> bool {
    if let Some((width, height)) = pair(segment) {
        widest(side, width);
        widest(side, height);
        return true;
    }
    let parts = segment.split(',');
    let known = |name: &str| matches!(name, "w" | "h" | "c" | "q" | "f" | "g" | "e" | "ar" | "dpr" | "fl" | "b" | "r" | "t");
    let cloud = parts.clone().all(|part| part.split_once('_').is_some_and(|(name, _)| known(name)));
    if cloud {
        for value in parts.filter_map(|part| part.strip_prefix("w_").or_else(|| part.strip_prefix("h_"))) {
            widest(side, value.parse().unwrap_or(0));
        }
    }
    cloud
        || matches!(
            segment,
            "fit-in" | "thumb" | "thumbs" | "thumbnail" | "thumbnails" | "small" | "medium" | "large" | "original" | "zoom"
        )
}

fn pair(text: &str) -> Option<(u32, u32)> {
    let (width, height) = text.split_once('x')?;
    let number = |digits: &str| digits.chars().all(|c| c.is_ascii_digit()).then(|| digits.parse().unwrap_or(0));
    if width.is_empty() && height.is_empty() || width.len() > 5 || height.len() > 5 {
        None
    } else {
        Some((number(width)?, number(height)?))
    }
}

/// A file's name without `_60x60`, `-scaled`, `@2x`, `_thumb`, `._ac_sx300_`.
fn without_size<'a>(stem: &'a str, side: &mut Option<u32>) -> &'a str {
    let mut stem = stem;
    // What a large shop's image server appends: everything between the dot and its closing mark.
    if let Some(at) = stem.find("._").filter(|_| stem.ends_with('_')) {
        let digits = stem[at..]
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|digits| digits.parse().ok())
            .filter(|side: &u32| *side >= 16);
        digits.for_each(|found| widest(side, found));
        stem = &stem[..at];
    }
    for _ in 0..3 {
        let Some(at) = stem.rfind(['_', '-', '@', '.']).filter(|at| *at > 0) else { break };
        let tail = &stem[at + 1..];
        if let Some((width, height)) = pair(tail).filter(|(width, height)| width.max(height) >= &16) {
            widest(side, width);
            widest(side, height);
        } else if !named_size(tail, side) {
            break;
        }
        stem = &stem[..at];
    }
    stem
}

fn named_size(tail: &str, side: &mut Option<u32>) -> bool {
    let found = match tail {
        "pico" | "icon" => 16,
        "thumb" | "thumbnail" | "thumbs" | "tn" | "tiny" | "mini" | "small" | "compact" => 150,
        "medium" => 400,
        "large" => 900,
        "grande" | "big" | "xl" | "zoom" => 1200,
        "original" | "full" | "hires" | "master" | "scaled" | "max" => 2000,
        "2x" | "3x" => SIDE_UNSAID + 1,
        _ => return false,
    };
    widest(side, found);
    true
}

/// `w=500` and others that change the rendering and not the picture.
fn is_size_parameter(pair_text: &str, side: &mut Option<u32>) -> bool {
    let (name, value) = pair_text.split_once('=').unwrap_or((pair_text, ""));
    match name {
        "w" | "h" | "width" | "height" | "wid" | "hei" | "sw" | "sh" | "imwidth" | "imheight" | "maxwidth" | "maxheight"
        | "mw" | "mh" | "size" | "s" | "sz" => {
            let (width, height) = pair(value).unwrap_or((value.parse().unwrap_or(0), 0));
            widest(side, width.max(height));
            true
        }
        "q" | "quality" | "qlt" | "fit" | "crop" | "format" | "fm" | "fmt" | "auto" | "dpr" | "resize" | "scale" | "bg"
        | "bgcolor" | "bg-color" | "op_sharpen" | "resmode" | "v" | "ver" | "version" | "t" | "ts" | "timestamp"
        | "trim" | "strip" | "sm" | "cropw" | "croph" | "impolicy" | "policy" | "pad" | "canvas" | "optimize" | "webp"
        | "mode" | "rnd" => {
            if let Some((width, height)) = pair(&value.replace(',', "x")) {
                widest(side, width.max(height));
            }
            true
        }
        _ => false,
    }
}
