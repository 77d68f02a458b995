//! Where a pool's memory comes from and goes to: the system allocator below a huge page, mappings
//! aligned to huge pages from there up.
//!
//! Alignment is the point: a mapping that starts on a huge-page boundary is faulted in by 2 MiB at
//! a time, one that does not starts with hundreds of small faults.

use super::{ALIGNMENT, HUGE_PAGE, NonNull};
use std::alloc::{Layout, alloc, dealloc};

/// Uninitialised memory of `capacity > 0` bytes, or `None` if there is no such memory.
pub(super) fn obtain(capacity: usize) -> Option<NonNull<u8>> {
    if capacity >= HUGE_PAGE {
        return large::map(capacity);
    }
    // SAFETY: callers ask for more than zero bytes.
    NonNull::new(unsafe { alloc(layout(capacity, ALIGNMENT)?) })
}

/// Gives memory back.
///
/// # Safety
/// `memory` came from [`obtain`] with the same `capacity` and is not used again.
pub(super) unsafe fn release(memory: NonNull<u8>, capacity: usize) {
    if capacity >= HUGE_PAGE {
        // SAFETY: at this capacity `obtain` mapped it; the rest is our caller's promise.
        unsafe { large::unmap(memory, capacity) };
    } else if let Some(layout) = layout(capacity, ALIGNMENT) {
        // SAFETY: `obtain` allocated it with this layout; the rest is our caller's promise.
        unsafe { dealloc(memory.as_ptr(), layout) };
    }
}

/// Lets the system take the pages of idle memory when it runs short; false if it cannot.
///
/// # Safety
/// `memory` came from [`obtain`] with the same `capacity >= HUGE_PAGE`; its contents are lost.
pub(super) unsafe fn offer(memory: NonNull<u8>, capacity: usize) -> bool {
    // SAFETY: our caller's promise.
    unsafe { large::offer(memory, capacity) }
}

/// The bytes of memory this process may hope for, or the largest number if unknown.
pub(super) fn physical_memory() -> usize {
    let groups = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    let allowed = groups.iter().filter_map(|path| {
        let text = std::fs::read_to_string(path).ok()?;
        text.trim().parse().ok()
    });
    allowed.chain(large::installed_memory()).min().unwrap_or(usize::MAX)
}

fn layout(capacity: usize, alignment: usize) -> Option<Layout> {
    Layout::from_size_align(capacity, alignment).ok()
}

#[cfg(unix)]
mod large {
    use super::{HUGE_PAGE, NonNull};
    use std::ptr::null_mut;

    /// Rounds up to 64 KiB, a multiple of every page size in use.
    fn whole_pages(bytes: usize) -> usize {
        bytes.next_multiple_of(64 << 10)
    }

    /// Maps one huge page too much and cuts both ends off, which leaves an aligned start.
    pub(super) fn map(capacity: usize) -> Option<NonNull<u8>> {
        let length = whole_pages(capacity);
        let padded = length + HUGE_PAGE;
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let kind = libc::MAP_PRIVATE | libc::MAP_ANON;
        // SAFETY: a new anonymous mapping at an address of the system's choice.
        let start = unsafe { libc::mmap(null_mut(), padded, access, kind, -1, 0) };
        if start == libc::MAP_FAILED {
            return None;
        }
        let start = start.cast::<u8>();
        let before = start.addr().next_multiple_of(HUGE_PAGE) - start.addr();
        let after = HUGE_PAGE - before;
        // SAFETY: `before + length + after == padded`, so both cuts and the memory between
        // them lie in the mapping just made; all are whole pages.
        unsafe {
            let memory = start.add(before);
            cut(start, before);
            cut(memory.add(length), after);
            advise_huge_pages(memory, length);
            NonNull::new(memory)
        }
    }

    /// # Safety
    /// As for `release`, for memory from [`map`].
    pub(super) unsafe fn unmap(memory: NonNull<u8>, capacity: usize) {
        // SAFETY: `map` left exactly these pages mapped.
        unsafe { cut(memory.as_ptr(), whole_pages(capacity)) };
    }

    /// # Safety
    /// As for `offer`, for memory from [`map`].
    pub(super) unsafe fn offer(memory: NonNull<u8>, capacity: usize) -> bool {
        // SAFETY: these pages are ours, and nobody needs what they hold.
        unsafe { libc::madvise(memory.as_ptr().cast(), whole_pages(capacity), libc::MADV_FREE) == 0 }
    }

    pub(super) fn installed_memory() -> Option<usize> {
        // SAFETY: `sysconf` reads no memory of ours.
        let (pages, page) =
            unsafe { (libc::sysconf(libc::_SC_PHYS_PAGES), libc::sysconf(libc::_SC_PAGESIZE)) };
        usize::try_from(pages).ok()?.checked_mul(usize::try_from(page).ok()?)
    }

    /// # Safety
    /// The range is whole pages of our own mappings and is not used again.
    unsafe fn cut(start: *mut u8, length: usize) {
        if length > 0 {
            // SAFETY: our caller's promise. It can only fail when the system has no room to
            // split a mapping; then the range stays mapped and untouched, which costs nothing.
            unsafe { libc::munmap(start.cast(), length) };
        }
    }

    /// # Safety
    /// The range is whole pages of our own mappings.
    #[cfg_attr(
        not(any(target_os = "linux", target_os = "android")),
        expect(unused_variables, reason = "only Linux takes the hint")
    )]
    unsafe fn advise_huge_pages(start: *mut u8, length: usize) {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        // SAFETY: our caller's promise; this is a hint, and its failure only costs speed.
        unsafe {
            libc::madvise(start.cast(), length, libc::MADV_HUGEPAGE);
        }
    }
}

#[cfg(not(unix))]
mod large {
    use super::{HUGE_PAGE, NonNull, alloc, dealloc, layout};

    pub(super) fn map(capacity: usize) -> Option<NonNull<u8>> {
        // SAFETY: a large capacity is not zero.
        NonNull::new(unsafe { alloc(layout(capacity, HUGE_PAGE)?) })
    }

    /// # Safety
    /// As for `release`, for memory from [`map`].
    pub(super) unsafe fn unmap(memory: NonNull<u8>, capacity: usize) {
        if let Some(layout) = layout(capacity, HUGE_PAGE) {
            // SAFETY: `map` allocated it with this layout.
            unsafe { dealloc(memory.as_ptr(), layout) };
        }
    }

    /// # Safety
    /// None needed: there is no such offer here.
    pub(super) unsafe fn offer(_memory: NonNull<u8>, _capacity: usize) -> bool {
        false
    }

    pub(super) fn installed_memory() -> Option<usize> {
        None
    }
}
