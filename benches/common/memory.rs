//! Huge pages for everybody: the allocator of the benchmarks.
//!
//! A fresh large array costs more in page faults of 4 KiB than the loop that fills it. numfuse's pool
//! asks for huge pages itself; with this allocator the inputs, the outputs of loops by hand and those
//! of the other crates lie on huge pages too, so that loops are compared and not allocators.

use std::alloc::{GlobalAlloc, Layout, System};

/// The size and alignment of a huge page.
const HUGE: usize = 2 << 20;

/// From this size on an array starts with a cache line: vectors of 64 bytes that straddle lines cost
/// half as much again.
const PAGE: usize = 4096;

/// The size of a cache line.
const LINE: usize = 64;

/// The system's allocator, which puts what is large on huge pages.
pub struct HugePages;

// SAFETY: all memory comes from the system's allocator, under the layout it is given back with; a
// larger alignment than asked for is allowed.
unsafe impl GlobalAlloc for HugePages {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise, and `widened` keeps the size above zero.
        let start = unsafe { System.alloc(widened(layout)) };
        #[cfg(target_os = "linux")]
        if layout.size() >= HUGE && !start.is_null() {
            // SAFETY: the range was just allocated; this is a hint about it.
            unsafe { libc::madvise(start.cast(), layout.size(), libc::MADV_HUGEPAGE) };
        }
        start
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        // SAFETY: `alloc` took it under this very layout.
        unsafe { System.dealloc(start, widened(layout)) }
    }
}

fn widened(layout: Layout) -> Layout {
    let alignment = match layout.size() {
        HUGE.. => HUGE,
        PAGE.. => LINE,
        _ => return layout,
    };
    layout.align_to(alignment).unwrap_or(layout)
}
