//! From the bytes of a picture, which may be anything, to small pictures. Formats are known by their bytes, never by what somebody
//! says they are; sizes are held against limits before anything is unpacked; nothing of the file but its pixels goes on.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbaImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    imageops::FilterType,
    metadata::Orientation,
};

use crate::{
    error::MediaError,
    picture::{Picture, PictureKind},
    width::Width,
};

/// Pixels of a picture. Cameras make half as many; a picture of a product needs a tenth.
pub(crate) const PIXELS_MAX: u64 = 40_000_000;
/// The longer side.
const SIDE_MAX: u32 = 16_384;
/// What a decoder may take for itself.
const DECODER_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// At this quality nobody sees a difference at these sizes.
const JPEG_QUALITY: u8 = 82;
const FORMATS: [ImageFormat; 4] = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif];

/// How many pixels the picture says to have, once that is known to be bearable.
pub(crate) fn measure(bytes: &[u8]) -> Result<u64, MediaError> {
    let (width, height) = reader(bytes)?.into_dimensions().map_err(unreadable)?;
    let pixels = u64::from(width) * u64::from(height);
    if pixels > PIXELS_MAX || width.max(height) > SIDE_MAX {
        return Err(MediaError::TooManyPixels { width, height });
    }
    if pixels == 0 {
        return Err(MediaError::Unreadable { reason: "it has no pixels".to_owned() });
    }
    Ok(pixels)
}

/// The picture in the width asked for, after all smaller ones. A picture is never made larger, and an animation is its first frame.
pub(crate) fn shrink(bytes: &[u8], asked: Width) -> Result<Vec<(Width, Picture)>, MediaError> {
    measure(bytes)?;
    let mut decoder = reader(bytes)?.into_decoder().map_err(unreadable)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    let mut made = Vec::new();
    let mut is_upright = false;
    for width in Width::ALL.into_iter().rev().filter(|width| *width <= asked) {
        image = fit(image, width.pixels());
        if !is_upright {
            image.apply_orientation(orientation);
            is_upright = true;
        }
        made.push((width, written(&image)?));
    }
    made.reverse();
    Ok(made)
}

fn reader(bytes: &[u8]) -> Result<ImageReader<Cursor<&[u8]>>, MediaError> {
    let format = image::guess_format(bytes).map_err(unreadable)?;
    if !FORMATS.contains(&format) {
        return Err(MediaError::Unreadable { reason: format!("{format:?} is not read") });
    }
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(SIDE_MAX), Some(SIDE_MAX));
    limits.max_alloc = Some(DECODER_BYTES_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    Ok(reader)
}

/// Averages a large picture down to twice the size first, which is quick, and from there filters well.
fn fit(image: DynamicImage, side: u32) -> DynamicImage {
    if image.width().max(image.height()) <= side {
        return image;
    }
    let near = side * 2;
    let image = if image.width().max(image.height()) > near { image.thumbnail(near, near) } else { image };
    image.resize(side, side, FilterType::CatmullRom)
}

fn written(image: &DynamicImage) -> Result<Picture, MediaError> {
    let mut bytes = Vec::new();
    let kind = match see_through(image) {
        Some(rgba) => {
            rgba.write_with_encoder(PngEncoder::new(&mut bytes)).map_err(unreadable)?;
            PictureKind::Png
        }
        None => {
            let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
            image.to_rgb8().write_with_encoder(encoder).map_err(unreadable)?;
            PictureKind::Jpeg
        }
    };
    Ok(Picture { kind, bytes: bytes.into() })
}

/// The picture with its transparency, where any pixel has some.
fn see_through(image: &DynamicImage) -> Option<RgbaImage> {
    if !image.color().has_alpha() {
        return None;
    }
    let rgba = image.to_rgba8();
    rgba.pixels().any(|pixel| pixel.0[3] < u8::MAX).then_some(rgba)
}

fn unreadable(error: ImageError) -> MediaError {
    MediaError::Unreadable { reason: error.to_string() }
}

#[cfg(test)]
mod tests;
