//! Sixteen source bytes at once: where among them a byte stands, and what short name they spell. Names and values on a page are short, so a
//! call into a searching library costs more than the search. Uses SSE2, which every x86-64 has; elsewhere a plain loop. Refuses to read past the page: near its end there is no block.

/// Bytes of one block.
pub(super) const BLOCK: usize = 16;

/// Sixteen bytes of the source, the first one lowest.
#[derive(Clone, Copy)]
pub(super) struct Block(pub u128);

impl Block {
    /// The block at `at`, if the page goes on that far.
    #[inline(always)]
    pub fn load(bytes: &[u8], at: usize) -> Option<Block> {
        let block: &[u8; BLOCK] = bytes.get(at..)?.first_chunk()?;
        Some(Block(u128::from_le_bytes(*block)))
    }

    /// One bit for each byte that equals `byte`.
    #[inline(always)]
    pub fn equal(self, byte: u8) -> u32 {
        block::equal(self.0, byte)
    }

    /// One bit for each byte that ends a name: `>`, `/`, and anything up to a space, which the caller must look at again.
    #[inline(always)]
    pub fn name_ends(self) -> u32 {
        block::at_most(self.0, b' ') | block::equal(self.0, b'>') | block::equal(self.0, b'/')
    }

    /// The first `len` bytes in lower case, the others zero.
    #[inline(always)]
    pub fn name_key(self, len: usize) -> u128 {
        let kept = if len >= BLOCK { !0 } else { (1u128 << (8 * len)) - 1 };
        lower_case(self.0 & kept)
    }
}

/// Lower case of sixteen ASCII letters at once; other bytes stay.
#[inline(always)]
pub(super) const fn lower_case(bytes: u128) -> u128 {
    const ONES: u128 = u128::MAX / 255;
    let low = bytes & (ONES * 0x7F);
    let above_z = low + ONES * (0x7F - b'Z' as u128);
    let from_a = low + ONES * (0x80 - b'A' as u128);
    let upper = !bytes & (from_a ^ above_z) & (ONES * 0x80);
    bytes | upper >> 2
}

/// The position of `byte` at or after `at`.
#[inline(always)]
pub(super) fn find(bytes: &[u8], at: usize, byte: u8) -> Option<usize> {
    let mut from = at;
    // What is not within two blocks is likely long: there the library's wider search wins.
    for _ in 0..2 {
        let Some(block) = Block::load(bytes, from) else {
            break;
        };
        let found = block.equal(byte);
        if found != 0 {
            return Some(from + found.trailing_zeros() as usize);
        }
        from += BLOCK;
    }
    memchr::memchr(byte, bytes.get(from..)?).map(|found| from + found)
}

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
#[allow(unsafe_code, reason = "the instructions need a target feature that this build has for certain")]
mod block {
    use std::arch::x86_64::{__m128i, _mm_cmpeq_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_set_epi64x, _mm_set1_epi8};

    #[inline(always)]
    pub fn equal(bytes: u128, byte: u8) -> u32 {
        // SAFETY: these touch no memory and need only SSE2, which the `cfg` above makes sure of.
        unsafe { _mm_movemask_epi8(_mm_cmpeq_epi8(vector(bytes), _mm_set1_epi8(byte as i8))) as u32 }
    }

    #[inline(always)]
    pub fn at_most(bytes: u128, byte: u8) -> u32 {
        // SAFETY: as above.
        unsafe {
            let (bytes, limit) = (vector(bytes), _mm_set1_epi8(byte as i8));
            _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(bytes, limit), bytes)) as u32
        }
    }

    #[inline(always)]
    fn vector(bytes: u128) -> __m128i {
        // SAFETY: as above.
        unsafe { _mm_set_epi64x((bytes >> 64) as i64, bytes as i64) }
    }
}

#[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
mod block {
    #[inline(always)]
    pub fn equal(bytes: u128, byte: u8) -> u32 {
        mask(bytes, |found| found == byte)
    }

    #[inline(always)]
    pub fn at_most(bytes: u128, byte: u8) -> u32 {
        mask(bytes, |found| found <= byte)
    }

    #[inline(always)]
    fn mask(bytes: u128, test: impl Fn(u8) -> bool) -> u32 {
        bytes.to_le_bytes().iter().enumerate().fold(0, |mask, (i, &byte)| mask | u32::from(test(byte)) << i)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lower_case_is_that_of_ascii_for_every_byte() {
        for byte in 0..=255u8 {
            let all = u128::from_le_bytes([byte; 16]);
            assert_eq!(lower_case(all).to_le_bytes(), [byte.to_ascii_lowercase(); 16], "{byte}");
        }
    }

    #[test]
    fn finds_a_byte_wherever_it_stands() {
        for len in 0..80 {
            for position in 0..len {
                let mut bytes = vec![b'a'; len];
                bytes[position] = b'<';
                assert_eq!(find(&bytes, 0, b'<'), Some(position));
                assert_eq!(find(&bytes, position + 1, b'<'), None);
            }
        }
        assert_eq!(find(b"", 1, b'<'), None);
    }

    #[test]
    fn names_end_at_space_slash_and_bracket() {
        let ends = Block::load(b"a\tb/c>d e=f\x01\xA0\xFFgh", 0).map(Block::name_ends);
        assert_eq!(ends, Some(0b0000_1000_1010_1010));
    }
}
