//! What a pool promises, from several threads and at its limit.

use super::*;
use std::thread;

const MIB: usize = 1 << 20;

fn fill(block: &Block, value: u8) {
    // SAFETY: the block owns `len` bytes and the test is its only user.
    unsafe { block.as_ptr().write_bytes(value, block.len()) };
}

fn holds(block: &Block, value: u8) -> bool {
    // SAFETY: `fill` initialised these bytes.
    let bytes = unsafe { std::slice::from_raw_parts(block.as_ptr(), block.len()) };
    bytes.iter().all(|&byte| byte == value)
}

#[test]
fn classes_invert_and_waste_at_most_a_fifth() {
    for class in 0..CLASSES - 1 {
        let capacity = capacity_of(class);
        assert_eq!(class_of(capacity), class);
        assert_eq!(class_of(capacity + 1), class + 1);
        assert_eq!(capacity % ALIGNMENT, 0);
        assert!(class < 4 || capacity - capacity_of(class - 1) <= capacity / 5);
    }
    assert_eq!(capacity_of(class_of(1)), 64);
    for shift in 6..40 {
        assert_eq!(capacity_of(class_of(1 << shift)), 1 << shift);
    }
}

#[test]
fn blocks_are_aligned_and_writable() {
    let pool = Pool::new(1 << 30);
    for bytes in [1, 63, 64, 65, 1000, 4096, MIB + 1, 2 * MIB, 3 * MIB + 5, 33 * MIB] {
        let block = pool.allocate(bytes).unwrap();
        assert_eq!(block.len(), bytes);
        assert!(block.capacity() >= bytes);
        assert_eq!(block.as_ptr().addr() % ALIGNMENT, 0);
        if block.capacity() >= HUGE_PAGE {
            assert_eq!(block.as_ptr().addr() % HUGE_PAGE, 0);
        }
        fill(&block, 7);
        assert!(holds(&block, 7));
    }
}

#[test]
fn zero_bytes_are_a_block() {
    let pool = Pool::new(0);
    let block = pool.allocate(0).unwrap();
    assert!(block.is_empty());
    assert_eq!(block.as_ptr().addr() % ALIGNMENT, 0);
    assert!(!block.as_ptr().is_null());
    drop(block);
    assert_eq!(pool.statistics(), Statistics::default());
}

#[test]
fn dropped_blocks_come_back() {
    let pool = Pool::new(1 << 30);
    for bytes in [100, 5 * MIB] {
        let first = pool.allocate(bytes).unwrap().as_ptr();
        assert_eq!(pool.allocate(bytes).unwrap().as_ptr(), first);
    }
    let statistics = pool.statistics();
    assert_eq!((statistics.allocations, statistics.hits), (4, 2));
    assert_eq!(statistics.live_bytes, 0);
    assert_eq!(statistics.cached_bytes, 128 + 5 * MIB);
    assert_eq!(statistics.peak_bytes, 5 * MIB);
    pool.reset_peak();
    assert_eq!(pool.statistics().peak_bytes, 0);
}

#[test]
fn the_limit_is_a_sentence() {
    let pool = Pool::new(MIB);
    let live = pool.allocate(512).unwrap();
    let error = pool.allocate(2 * MIB).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot allocate 2097152 bytes (2.0 MiB): 512 bytes are live and the memory limit is \
         1048576 bytes (1.0 MiB); drop arrays that are no longer needed or raise the limit \
         with memory::set_limit"
    );
    pool.set_limit(4 * MIB);
    assert!(pool.allocate(2 * MIB).is_ok());
    drop(live);
}

#[test]
fn impossible_sizes_are_errors() {
    for limit in [MIB, usize::MAX] {
        let pool = Pool::new(limit);
        for bytes in [usize::MAX, usize::MAX / 2, LARGEST + 1, LARGEST, LARGEST / 2] {
            assert!(pool.allocate(bytes).is_err());
        }
        assert_eq!(pool.statistics().live_bytes, 0);
        assert_eq!(pool.inner.committed.load(Relaxed), 0);
    }
    let refused = Pool::new(usize::MAX).allocate(LARGEST).unwrap_err();
    assert!(matches!(refused, PoolError::Refused { .. }));
}

#[test]
fn idle_blocks_make_way_at_the_limit() {
    let pool = Pool::new(8 * MIB);
    drop(pool.allocate(4 * MIB).unwrap());
    drop(pool.allocate(3 * MIB).unwrap());
    assert_eq!(pool.statistics().cached_bytes, 7 * MIB);
    let block = pool.allocate(5 * MIB).unwrap();
    assert_eq!(pool.statistics().cached_bytes, 3 * MIB);
    assert!(pool.allocate(4 * MIB).is_err());
    assert_eq!(pool.statistics().cached_bytes, 3 * MIB, "not sacrificed in vain");
    drop(block);
    assert!(pool.allocate(8 * MIB).is_ok());
}

#[test]
fn a_request_up_to_the_limit_is_cut_to_size() {
    let pool = Pool::new(9 * MIB + 3);
    let block = pool.allocate(9 * MIB + 3).unwrap();
    assert_eq!(block.capacity(), block.len());
    fill(&block, 1);
    drop(block);
    assert_eq!(
        pool.statistics(),
        Statistics { peak_bytes: 9 * MIB + 3, allocations: 1, ..Statistics::default() }
    );
}

#[test]
fn a_lowered_limit_holds() {
    let pool = Pool::new(64 * MIB);
    let live = pool.allocate(8 * MIB).unwrap();
    drop(pool.allocate(16 * MIB).unwrap());
    pool.set_limit(4 * MIB);
    assert_eq!(pool.statistics().cached_bytes, 0);
    drop(live);
    assert_eq!(pool.statistics().cached_bytes, 0);
    assert_eq!(pool.inner.committed.load(Relaxed), 0);
}

#[test]
fn trim_gives_up_what_is_idle() {
    let pool = Pool::new(64 * MIB);
    let kept = pool.allocate(4 * MIB).unwrap();
    fill(&kept, 9);
    let idle = pool.allocate(4 * MIB).unwrap();
    let address = idle.as_ptr();
    drop((idle, pool.allocate(64).unwrap()));
    assert_eq!(pool.trim(), 4 * MIB + 64);
    assert_eq!(pool.trim(), 0);
    assert_eq!(pool.statistics().cached_bytes, 0);
    assert!(holds(&kept, 9));
    if cfg!(unix) {
        let again = pool.allocate(4 * MIB).unwrap();
        assert_eq!(again.as_ptr(), address);
        fill(&again, 3);
        assert!(holds(&again, 3));
        drop(again);
        assert_eq!(pool.statistics().cached_bytes, 4 * MIB);
    }
}

#[test]
fn blocks_outlive_the_handle() {
    let block = Pool::new(MIB).allocate(100).unwrap();
    fill(&block, 5);
    assert!(holds(&block, 5));
}

#[test]
fn threads_never_share_a_block() {
    let pool = Pool::new(256 * MIB);
    thread::scope(|scope| {
        for seed in 1..=8u8 {
            let pool = &pool;
            scope.spawn(move || {
                let mut held = Vec::new();
                for round in 0..2000usize {
                    let bytes = 1 + (round * 37 + usize::from(seed) * 101) % 5000;
                    let bytes = if round % 500 == 0 { 3 * MIB } else { bytes };
                    let block = pool.allocate(bytes).unwrap();
                    fill(&block, seed);
                    held.push(block);
                    if round % 7 == 0 {
                        assert!(held.drain(..).all(|block| holds(&block, seed)));
                    }
                    if round % 333 == 0 {
                        pool.trim();
                    }
                }
            });
        }
    });
    let statistics = pool.statistics();
    assert_eq!(statistics.live_bytes, 0);
    assert_eq!(statistics.allocations, 16000);
    assert!(statistics.hits > 8000);
    pool.set_limit(0);
    assert_eq!(pool.inner.committed.load(Relaxed), 0);
}

#[test]
fn threads_never_pass_the_limit() {
    let pool = Pool::new(16 * MIB);
    thread::scope(|scope| {
        for thread in 0..6 {
            let pool = &pool;
            scope.spawn(move || {
                for round in 0..300 {
                    let block = pool.allocate((2 + (thread + round) % 5) * MIB);
                    assert!(pool.inner.committed.load(Relaxed) <= 16 * MIB);
                    drop(block);
                }
            });
        }
    });
    assert!(pool.statistics().peak_bytes <= 16 * MIB);
    assert!(pool.allocate(16 * MIB).is_ok());
}

#[test]
fn the_global_pool_knows_its_machine() {
    assert!(Pool::global().limit() > 64 * MIB);
    assert!(Pool::global().allocate(10).is_ok());
}

/// A shelf that another thread held open during the fork is passed over in the child.
#[cfg(unix)]
#[test]
fn a_forked_child_never_waits() {
    let pool = Pool::new(64 * MIB);
    let inherited = pool.allocate(100).unwrap();
    drop(pool.allocate(5000).unwrap());
    let open = pool.inner.lock(&pool.inner.shelves[class_of(100)]);
    // SAFETY: the child below only allocates, frees and leaves by `_exit`.
    let child = unsafe { libc::fork() };
    if child == 0 {
        // SAFETY: ends a child that waits after all.
        unsafe { libc::alarm(10) };
        drop(inherited);
        let blocks = [100, 5000, 3 * MIB].map(|bytes| pool.allocate(bytes));
        let usable = blocks.iter().flatten().inspect(|block| fill(block, 1)).count();
        drop(blocks);
        pool.trim();
        let hits = pool.statistics().hits;
        // SAFETY: leaves without running the test harness's exit handlers.
        unsafe { libc::_exit(if usable == 3 && hits == 1 { 0 } else { 1 }) };
    }
    let mut status = -1;
    // SAFETY: `child` is ours and `status` outlives the call.
    unsafe { libc::waitpid(child, &mut status, 0) };
    assert_eq!(status, 0);
    drop(open);
    drop(inherited);
}
