//! Pictures of products: small PNG files drawn from their path, so that a page looks like a shop in a browser.

use std::io::{self, Write};

use flate2::{Compression, Crc, write::ZlibEncoder};

use super::dice::Dice;

/// Width and height in pixels.
const SIDE: usize = 240;

/// The picture with this path. Another path gives other colours and another shape.
pub(crate) fn png(path: &str) -> io::Result<Vec<u8>> {
    let mut file = vec![0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
    let side = u32::try_from(SIDE).map_err(io::Error::other)?.to_be_bytes();
    // Eight bits a channel, colour type 2 (RGB), no interlacing: PNG specification, 11.2.2.
    chunk(&mut file, *b"IHDR", &[side.as_slice(), side.as_slice(), &[8, 2, 0, 0, 0]].concat())?;
    let mut pixels = ZlibEncoder::new(Vec::new(), Compression::fast());
    pixels.write_all(&rows(path))?;
    chunk(&mut file, *b"IDAT", &pixels.finish()?)?;
    chunk(&mut file, *b"IEND", &[])?;
    Ok(file)
}

fn chunk(file: &mut Vec<u8>, name: [u8; 4], data: &[u8]) -> io::Result<()> {
    let length = u32::try_from(data.len()).map_err(io::Error::other)?;
    let mut sum = Crc::new();
    sum.update(&name);
    sum.update(data);
    file.extend_from_slice(&length.to_be_bytes());
    file.extend_from_slice(&name);
    file.extend_from_slice(data);
    file.extend_from_slice(&sum.sum().to_be_bytes());
    Ok(())
}

/// The lines of the picture, each after its filter byte: a soft ground, a shape, a band across it.
fn rows(path: &str) -> Vec<u8> {
    let dice = Dice::of(path, 0);
    let (ground, shape, band) = (pale(dice, 1), strong(dice, 2), strong(dice, 3));
    let kind = dice.roll(4, 3);
    let (middle, size) = (SIDE as i64 / 2, 60 + dice.roll(5, 30) as i64);
    let mut bytes = Vec::with_capacity(SIDE * (SIDE * 3 + 1));
    for y in 0..SIDE as i64 {
        bytes.push(0);
        for x in 0..SIDE as i64 {
            let (dx, dy) = ((x - middle).abs(), (y - middle).abs());
            let inside = match kind {
                0 => dx * dx + dy * dy < size * size,
                1 => dx < size && dy < size * 4 / 5,
                _ => dx + dy < size * 4 / 3,
            };
            let color = match inside {
                true if dy < 10 => band,
                true => shape,
                false => ground,
            };
            bytes.extend_from_slice(&color);
        }
    }
    bytes
}

fn pale(dice: Dice, purpose: u64) -> [u8; 3] {
    channels(dice, purpose).map(|value| 216 + value % 32)
}

fn strong(dice: Dice, purpose: u64) -> [u8; 3] {
    channels(dice, purpose).map(|value| 40 + value % 150)
}

fn channels(dice: Dice, purpose: u64) -> [u8; 3] {
    [10, 20, 30].map(|channel| u8::try_from(dice.roll(purpose * 100 + channel, 200)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_whole_small_and_repeat() {
        let picture = png("/media/outdoor/14000-1.png").unwrap();
        assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n") && picture.ends_with(b"IEND\xaeB`\x82"));
        assert!(picture.len() < 8_000, "{}", picture.len());
        assert_eq!(picture, png("/media/outdoor/14000-1.png").unwrap());
        assert_ne!(picture, png("/media/outdoor/14000-2.png").unwrap());
    }
}
