//! The words that code is given: pointers, numbers, extents, in one flat array.
//!
//! Their order is the calling convention of generated code (`numfuse_codegen::abi`): the address of
//! each buffer, the bits of each scalar, the launch words, and where code asks for them the addresses
//! of the cells of its checks and of its scratch. Up to [`INLINE`] words stay on the stack: most kernels have fewer.

use smallvec::SmallVec;

/// How many words need no allocation.
pub const INLINE: usize = 32;

/// The words of one launch.
pub type Words = SmallVec<[u64; INLINE]>;

/// Packs one launch.
///
/// ```
/// use numfuse_runtime::words::pack;
///
/// let words = pack([std::ptr::null()].into_iter(), [7].into_iter(), &[-1], None);
/// assert_eq!(words.as_slice(), [0, 7, u64::MAX]);
/// ```
pub fn pack(
    buffers: impl Iterator<Item = *const u8>,
    scalars: impl Iterator<Item = u64>,
    launch: &[i64],
    last: impl IntoIterator<Item = *const u8>,
) -> Words {
    let mut words = Words::new();
    // One by one, since `extend` takes longer to begin than these few words take.
    buffers.for_each(|buffer| words.push(address(buffer)));
    scalars.for_each(|scalar| words.push(scalar));
    launch.iter().for_each(|&word| words.push(word as u64));
    last.into_iter().for_each(|pointer| words.push(address(pointer)));
    words
}

/// A pointer as the code sees it. The code makes a pointer of it again, so its provenance is
/// exposed here.
fn address(pointer: *const u8) -> u64 {
    pointer.expose_provenance() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_order() {
        let bytes = [1u8, 2];
        let pointers = [bytes.as_ptr(), bytes[1..].as_ptr()];
        let words = pack(pointers.into_iter(), [5, 6].into_iter(), &[-2, 3], Some(bytes.as_ptr()));
        let first = bytes.as_ptr().addr() as u64;
        assert_eq!(words.as_slice(), [first, first + 1, 5, 6, -2i64 as u64, 3, first]);
    }

    #[test]
    fn many_words_are_packed_too() {
        let launch: Vec<i64> = (0..100).collect();
        let words = pack(std::iter::empty(), std::iter::empty(), &launch, None);
        assert_eq!(words.len(), 100);
        assert_eq!(words[99], 99);
    }
}
