//! The processor this process runs on: its worker threads, and what the compiler may know of it.

pub mod bandwidth;
pub mod workers;

use crate::fork;
use numfuse_ir::target::{Target, Vectors};
use std::sync::OnceLock;

/// This machine in numbers, with the workers as they are set now.
///
/// Only code and its speed depend on them, never a result.
pub fn target() -> Target {
    Target { vectors: vectors(), workers: workers::threads(), cache_bytes: cache_bytes() }
}

/// The widest vectors that the processor has and code can be made for.
fn vectors() -> Vectors {
    if numfuse_codegen::wide::is_available() { Vectors::Bits512 } else { Vectors::Bits128 }
}

/// What is assumed where the system does not tell.
const USUAL_CACHE: usize = 32 << 20;

/// Bytes of the last-level cache, asked for once.
fn cache_bytes() -> usize {
    static BYTES: OnceLock<usize> = OnceLock::new();
    *fork::once(&BYTES, || last_level_cache().unwrap_or(USUAL_CACHE))
}

/// The largest cache that the first processor sees, from the files that Linux describes it in.
fn last_level_cache() -> Option<usize> {
    let caches = std::fs::read_dir("/sys/devices/system/cpu/cpu0/cache").ok()?;
    let sizes = caches.flatten().filter_map(|cache| {
        let text = std::fs::read_to_string(cache.path().join("size")).ok()?;
        size(text.trim())
    });
    sizes.max()
}

/// A size as the kernel writes it: `512K`, `32M`.
fn size(text: &str) -> Option<usize> {
    let (digits, shift) = match text.as_bytes().last()? {
        b'K' => (&text[..text.len() - 1], 10),
        b'M' => (&text[..text.len() - 1], 20),
        b'G' => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    let number: usize = digits.parse().ok()?;
    number.checked_mul(1 << shift).filter(|&bytes| bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("512K"), Some(512 << 10));
        assert_eq!(size("32M"), Some(32 << 20));
        assert_eq!(size("1G"), Some(1 << 30));
        assert_eq!(size("64"), Some(64));
        assert_eq!([size(""), size("K"), size("0K"), size("many")], [None; 4]);
    }

    #[test]
    fn the_machine_has_numbers() {
        let target = target();
        assert!(target.workers >= 1);
        assert!(target.cache_bytes >= 64 << 10);
        assert_eq!(target, super::target());
    }
}
