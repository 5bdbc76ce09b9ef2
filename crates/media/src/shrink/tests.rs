//! What pictures become, and that nothing that claims to be one does harm.

use image::{ExtendedColorType, Rgb, RgbImage, Rgba};
use proptest::prelude::*;

use super::*;

/// Left half red, right half blue, 200 × 100.
fn flag() -> DynamicImage {
    RgbImage::from_fn(200, 100, |x, _| if x < 100 { Rgb([220, 0, 0]) } else { Rgb([0, 0, 220]) }).into()
}

fn as_file(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn every_format() -> Vec<Vec<u8>> {
    FORMATS.map(|format| as_file(&flag(), format)).to_vec()
}

fn read_back(picture: &Picture) -> DynamicImage {
    image::load_from_memory(&picture.bytes).unwrap()
}

/// Whether a pixel is more red than blue.
fn is_red(image: &DynamicImage, x: u32, y: u32) -> bool {
    let Rgb([red, _, blue]) = *image.to_rgb8().get_pixel(x, y);
    red > blue
}

#[test]
fn each_format_becomes_a_jpeg_of_each_smaller_size() {
    for bytes in every_format() {
        let made = shrink(&bytes, Width::Card).unwrap();
        let sizes: Vec<_> = made
            .iter()
            .map(|(width, picture)| {
                let image = read_back(picture);
                assert_eq!(picture.kind, PictureKind::Jpeg);
                assert!(is_red(&image, 2, 2) && !is_red(&image, image.width() - 3, image.height() - 3));
                (*width, image.width(), image.height())
            })
            .collect();
        assert_eq!(sizes, [(Width::Thumbnail, 96, 48), (Width::Card, 200, 100)], "shrunk, and never enlarged");
    }
}

#[test]
fn transparency_stays_and_what_only_could_be_transparent_is_a_jpeg() {
    for (alpha, kind) in [(255, PictureKind::Jpeg), (100, PictureKind::Png)] {
        let image: DynamicImage = RgbaImage::from_pixel(120, 120, Rgba([10, 200, 10, alpha])).into();
        let (_, picture) = shrink(&as_file(&image, ImageFormat::Png), Width::Thumbnail).unwrap().remove(0);
        assert_eq!(picture.kind, kind);
        let pixel = *read_back(&picture).to_rgba8().get_pixel(50, 50);
        assert!(pixel.0[3].abs_diff(alpha) < 3, "{pixel:?}");
    }
}

#[test]
fn extreme_shapes_keep_a_pixel() {
    let line: DynamicImage = RgbImage::new(4_000, 1).into();
    let image = read_back(&shrink(&as_file(&line, ImageFormat::Png), Width::Thumbnail).unwrap()[0].1);
    assert_eq!((image.width(), image.height()), (96, 1));
}

/// A JPEG whose Exif data says that the camera was held on its side.
#[test]
fn a_picture_stands_upright_and_says_nothing_else() {
    let jpeg = as_file(&flag(), ImageFormat::Jpeg);
    let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let mut held = jpeg[..2].to_vec();
    held.extend([0xff, 0xe1]);
    held.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    held.extend(exif);
    held.extend(&jpeg[2..]);
    let made = shrink(&held, Width::Whole).unwrap();
    for (_, picture) in &made {
        let image = read_back(picture);
        assert!(image.height() > image.width());
        assert!(is_red(&image, 5, 5) && !is_red(&image, 5, image.height() - 5), "turned by 90° clockwise");
        assert!(!picture.bytes.windows(4).any(|bytes| bytes == b"Exif"));
    }
    assert_eq!(made.len(), 3);
}

#[test]
fn an_animation_is_its_first_frame() {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    for color in [[220, 0, 0], [0, 0, 220]] {
        let frame = RgbImage::from_pixel(50, 50, Rgb(color));
        encoder.encode(&frame, 50, 50, ExtendedColorType::Rgb8).unwrap();
    }
    drop(encoder);
    assert!(is_red(&read_back(&shrink(&bytes, Width::Thumbnail).unwrap()[0].1), 25, 25));
}

/// Small files that say to be huge.
fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let mut png = as_file(&flag(), ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    let checksum = {
        // CRC-32 of the header's type and data, as the format wants it.
        let mut crc = u32::MAX;
        for byte in &png[12..29] {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            }
        }
        !crc
    };
    png[29..33].copy_from_slice(&checksum.to_be_bytes());
    let mut gif = as_file(&flag(), ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    let mut jpeg = as_file(&flag(), ImageFormat::Jpeg);
    let start = jpeg.windows(2).position(|bytes| bytes == [0xff, 0xc0]).unwrap();
    jpeg[start + 5..start + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    let mut webp = as_file(&flag(), ImageFormat::WebP);
    // VP8L: 14 bits each of width - 1 and height - 1 behind the signature; the largest would be taken for none.
    webp[21..25].copy_from_slice(&[0xfe, 0xbf, 0xff, 0x0f]);
    let long: DynamicImage = image::GrayImage::new(SIDE_MAX + 1, 1).into();
    vec![("png", png), ("gif", gif), ("jpeg", jpeg), ("webp", webp), ("long", as_file(&long, ImageFormat::Png))]
}

#[test]
fn what_says_to_be_huge_is_refused_before_it_is_unpacked() {
    for (name, bomb) in bombs() {
        for result in [measure(&bomb).map(|_| ()), shrink(&bomb, Width::Card).map(|_| ())] {
            let error = result.unwrap_err();
            // A decoder's own limit may speak first.
            let said = error.to_string();
            assert!(
                matches!(error, MediaError::TooManyPixels { .. }) || said.contains("limit") || said.contains("dimensions"),
                "{name}: {said}"
            );
        }
    }
}

#[test]
fn what_is_no_picture_is_refused() {
    let bitmap = b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0\0\0\0\0\x04\0\0\0".to_vec();
    for bytes in [
        Vec::new(),
        b"<!doctype html><title>Not here</title>".to_vec(),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec(),
        b"\x89PNG\r\n\x1a\n".to_vec(),
        b"GIF89a".to_vec(),
        b"RIFF\xff\xff\xff\xffWEBP".to_vec(),
        vec![0xff, 0xd8, 0xff, 0xe0],
        bitmap,
    ] {
        assert!(matches!(shrink(&bytes, Width::Card), Err(MediaError::Unreadable { .. })), "{bytes:?}");
    }
}

/// Small, so that thousands of broken ones are tried in little time.
fn small_files() -> Vec<Vec<u8>> {
    let image: DynamicImage = RgbImage::from_fn(40, 20, |x, y| Rgb([x as u8 * 6, y as u8 * 12, 99])).into();
    let see_through: DynamicImage = RgbaImage::from_fn(40, 20, |x, y| Rgba([x as u8, y as u8, 9, x as u8 * 6])).into();
    let mut files = FORMATS.map(|format| as_file(&image, format)).to_vec();
    files.push(as_file(&see_through, ImageFormat::Png));
    files.push(as_file(&see_through, ImageFormat::WebP));
    files
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Whatever comes in: pictures within their size, or a reason; no panic.
    #[test]
    fn broken_files_do_no_harm(
        which in 0_usize..6,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in prop::option::of(any::<prop::sample::Index>()),
        doubled in prop::option::of((any::<prop::sample::Index>(), any::<prop::sample::Index>())),
    ) {
        let mut bytes = small_files().swap_remove(which);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Some((from, to)) = doubled {
            let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
            let piece = bytes[from.min(to)..from.max(to)].to_vec();
            bytes.splice(from..from, piece);
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(made) = shrink(&bytes, Width::Whole) {
            prop_assert_eq!(made.len(), Width::ALL.len());
            for (width, picture) in made {
                let image = read_back(&picture);
                prop_assert!(image.width().max(image.height()) <= width.pixels());
                prop_assert!(Picture::read(picture.bytes.to_vec()) == Some(picture));
            }
        }
    }
}
