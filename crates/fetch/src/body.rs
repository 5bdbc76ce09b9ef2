//! From the bytes on the wire to the page: content codings undone up to a limit. Servers mislabel and cut their bodies; what browsers
//! show is read here too.

use std::io::Read;

use bytes::Bytes;
use memchr::memmem;

/// Codings stacked on one body; more than two do not occur, and each may multiply the size.
pub const CODINGS_MAX: usize = 3;
/// RFC 9659: a zstd frame sent over HTTP needs no window above 8 MiB.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;
const GZIP_MAGIC: [u8; 2] = [0x1F, 0x8B];
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
const BUFFER_BYTES: usize = 64 * 1024;

/// What Accept-Encoding says that this file can undo.
pub(crate) const ACCEPTED: &str = "gzip, br, zstd, deflate";

/// A body with its codings undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unpacked {
    pub body: Bytes,
    /// There was more than the limit; `body` holds the first bytes.
    pub over_limit: bool,
    /// The coded data ended too early or turned bad after some output.
    pub broken: bool,
}

/// Why nothing could be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UnpackError {
    #[error("the content coding {0:?} is not known")]
    Unknown(String),
    #[error("more than {CODINGS_MAX} content codings")]
    TooMany,
    #[error("the body is not {coding}: {reason}")]
    Bad { coding: &'static str, reason: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

/// Undoes the codings that `content_encoding` names, the last one first, and gzip that no header names: sitemaps are served so.
pub(crate) fn unpack(wire: Bytes, content_encoding: &str, bytes_max: usize) -> Result<Unpacked, UnpackError> {
    let codings = parse_codings(content_encoding)?;
    let mut unpacked = Unpacked { body: wire, over_limit: false, broken: false };
    for coding in codings.into_iter().rev() {
        unpacked = undo(coding, unpacked, bytes_max)?;
    }
    if unpacked.body.starts_with(&GZIP_MAGIC) {
        return undo(Coding::Gzip, unpacked, bytes_max);
    }
    Ok(cut(unpacked, bytes_max))
}

fn parse_codings(content_encoding: &str) -> Result<Vec<Coding>, UnpackError> {
    let mut codings = Vec::new();
    for name in content_encoding.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        codings.push(match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Coding::Gzip,
            "deflate" => Coding::Deflate,
            "br" => Coding::Brotli,
            "zstd" => Coding::Zstd,
            // Servers send their charset here, or the word none.
            "identity" | "none" | "utf-8" | "utf8" => continue,
            _ => return Err(UnpackError::Unknown(name.to_owned())),
        });
    }
    if codings.len() > CODINGS_MAX { Err(UnpackError::TooMany) } else { Ok(codings) }
}

fn cut(mut unpacked: Unpacked, bytes_max: usize) -> Unpacked {
    unpacked.over_limit |= unpacked.body.len() > bytes_max;
    unpacked.body.truncate(bytes_max);
    unpacked
}

fn undo(coding: Coding, coded: Unpacked, bytes_max: usize) -> Result<Unpacked, UnpackError> {
    let input = &coded.body[..];
    let (name, read) = match coding {
        // A label without the coding: the body is plain.
        Coding::Gzip if !input.starts_with(&GZIP_MAGIC) => return Ok(coded),
        Coding::Zstd if !input.starts_with(&ZSTD_MAGIC) => return Ok(coded),
        _ if input.is_empty() => return Ok(coded),
        Coding::Gzip => match gunzip_at_once(input, bytes_max) {
            Some(body) => return Ok(Unpacked { body: body.into(), ..coded }),
            None => ("gzip", read_limited(flate2::read::MultiGzDecoder::new(input), bytes_max)),
        },
        // Some servers send zlib data as the standard says, some bare deflate data.
        Coding::Deflate => match read_limited(flate2::read::ZlibDecoder::new(input), bytes_max) {
            (body, Some(_), _) if body.is_empty() => {
                ("deflate", read_limited(flate2::read::DeflateDecoder::new(input), bytes_max))
            }
            read => ("deflate", read),
        },
        Coding::Brotli => ("br", read_limited(brotli_decompressor::Decompressor::new(input, BUFFER_BYTES), bytes_max)),
        Coding::Zstd => ("zstd", read_limited(zstd_reader(input)?, bytes_max)),
    };
    let (body, error, over_limit) = read;
    match error {
        Some(reason) if body.is_empty() => Err(UnpackError::Bad { coding: name, reason }),
        // What was cut before it was coded cannot end well; the part that could be read counts.
        error => Ok(Unpacked {
            body: body.into(),
            over_limit: over_limit || coded.over_limit,
            broken: error.is_some() || coded.broken,
        }),
    }
}

fn zstd_reader(input: &[u8]) -> Result<impl Read, UnpackError> {
    let bad = |error: std::io::Error| UnpackError::Bad { coding: "zstd", reason: error.to_string() };
    let mut reader = zstd::stream::read::Decoder::with_buffer(input).map_err(bad)?;
    reader.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(bad)?;
    Ok(reader)
}

/// The whole of a gzip body in one step, three times as fast as streaming. `None` where the short way does not fit: several members,
/// a wrong size at the end, more than the limit, broken data.
fn gunzip_at_once(input: &[u8], bytes_max: usize) -> Option<Vec<u8>> {
    let size = usize::try_from(u32::from_le_bytes(*input.last_chunk::<4>()?)).ok()?;
    // Deflate gains at most 1,032 times; a size above that is a lie that must not cost memory.
    if size > bytes_max || size / 1_032 > input.len() || memmem::find(&input[2..], &[0x1F, 0x8B, 8]).is_some() {
        return None;
    }
    let mut body = vec![0; size];
    let written = libdeflater::Decompressor::new().gzip_decompress(input, &mut body).ok()?;
    (written == size).then_some(body)
}

/// What the reader gives up to the limit, an error if it ended with one, and whether there was more.
fn read_limited(reader: impl Read, bytes_max: usize) -> (Vec<u8>, Option<String>, bool) {
    let mut body = Vec::new();
    let one_more = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let error = reader.take(one_more).read_to_end(&mut body).err().map(|error| error.to_string());
    let over_limit = body.len() > bytes_max;
    body.truncate(bytes_max);
    (body, error.filter(|_| !over_limit), over_limit)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use flate2::{Compression, write};

    use super::*;

    const PAGE: &[u8] = b"<html>a page a page a page a page</html>";

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = write::GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(data: &[u8]) -> Vec<u8> {
        let mut encoder = write::ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn deflate(data: &[u8]) -> Vec<u8> {
        let mut encoder = write::DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(data: &[u8]) -> Vec<u8> {
        zstd::stream::encode_all(data, 3).unwrap()
    }

    /// One uncompressed brotli meta-block, so that no encoder is needed: a window of 16 bits, the length, the bytes, the end.
    pub(crate) fn brotli(data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len() - 1).unwrap();
        assert!(length < 1 << 16);
        // WBITS 0; ISLAST 0; MNIBBLES 4 (00); MLEN-1 in 16 bits; ISUNCOMPRESSED 1; padding to a byte.
        let header = (length << 4) | (1 << 20);
        let mut out = header.to_le_bytes()[..3].to_vec();
        out.extend(data);
        out.push(0b11);
        out
    }

    fn body(wire: &[u8], encoding: &str) -> Result<Unpacked, UnpackError> {
        unpack(Bytes::copy_from_slice(wire), encoding, 1_000)
    }

    #[test]
    fn codings_are_undone() {
        let two_members = [gzip(&PAGE[..10]), gzip(&PAGE[10..])].concat();
        for (what, wire, encoding) in [
            ("plain", PAGE.to_vec(), ""),
            ("identity", PAGE.to_vec(), "identity"),
            ("gzip", gzip(PAGE), "gzip"),
            ("upper case", gzip(PAGE), "X-GZIP"),
            ("zlib", zlib(PAGE), "deflate"),
            ("bare deflate", deflate(PAGE), "deflate"),
            ("brotli", brotli(PAGE), "br"),
            ("zstd", zstd(PAGE), "zstd"),
            ("twice", zstd(&gzip(PAGE)), "gzip, zstd"),
            ("gzip that no header names", gzip(PAGE), ""),
            ("gzip in gzip", gzip(&gzip(PAGE)), "gzip"),
            ("several members", two_members, "gzip"),
            ("a label on a plain body", PAGE.to_vec(), "gzip"),
            ("another", PAGE.to_vec(), "zstd"),
        ] {
            let expected = Unpacked { body: Bytes::from_static(PAGE), over_limit: false, broken: false };
            assert_eq!(body(&wire, encoding), Ok(expected), "{what}");
        }
        assert_eq!(body(b"", "gzip").unwrap().body, Bytes::new());
    }

    #[test]
    fn broken_bodies() {
        let whole = gzip(PAGE);
        let unpacked = body(&whole[..whole.len() - 6], "gzip").unwrap();
        assert!(unpacked.broken && PAGE.starts_with(&unpacked.body) && !unpacked.body.is_empty());
        assert_eq!(body(PAGE, "compress").unwrap_err(), UnpackError::Unknown("compress".into()));
        assert_eq!(body(PAGE, "gzip,gzip,gzip,gzip").unwrap_err(), UnpackError::TooMany);
        assert!(matches!(body(b"\x28\xB5\x2F\xFDxxxx", "zstd"), Err(UnpackError::Bad { coding: "zstd", .. })));
        assert!(matches!(body(b"\x1F\x8Bxxxxxxxxx", "gzip"), Err(UnpackError::Bad { coding: "gzip", .. })));
    }

    #[test]
    fn bombs_stop_at_the_limit() {
        let zeros = vec![0; 10_000_000];
        for (wire, encoding) in
            [(gzip(&zeros), "gzip"), (zlib(&zeros), "deflate"), (zstd(&zeros), "zstd"), (zeros.clone(), "")]
        {
            let unpacked = body(&wire, encoding).unwrap();
            assert!(unpacked.over_limit, "{encoding}");
            assert_eq!(unpacked.body.len(), 1_000, "{encoding}");
        }
        let nested = body(&gzip(&gzip(&zeros)), "gzip, gzip").unwrap();
        assert!(nested.body.len() <= 1_000);
        // A size at the end that claims 4 GB is not believed.
        let mut liar = gzip(PAGE);
        let size = liar.len() - 4;
        liar[size..].copy_from_slice(&[0xFF; 4]);
        assert_eq!(&body(&liar, "gzip").unwrap().body[..], PAGE);
    }

    proptest::proptest! {
        #[test]
        fn nothing_fails_or_exceeds_the_limit(
            magic in proptest::sample::select(vec![&b""[..], b"\x1F\x8B\x08\0\0\0\0\0\0\x03", b"\x28\xB5\x2F\xFD", b"\x78\x9C"]),
            data in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
            encoding in proptest::sample::select(vec!["", "gzip", "deflate", "br", "zstd", "br, gzip"]),
        ) {
            if let Ok(unpacked) = body(&[magic, &data[..]].concat(), encoding) {
                proptest::prop_assert!(unpacked.body.len() <= 1_000);
            }
        }
    }
}
