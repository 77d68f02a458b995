//! Machine code in memory: no page of the process is ever writable and executable at once.

#![cfg(target_os = "linux")]

mod alone;

use alone::alone;
use numfuse::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// The lines of the process's memory map whose pages have these rights.
fn mapped(rights: &[char]) -> Vec<String> {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("a process knows its memory");
    let has = |line: &&str| {
        let given = line.split(' ').nth(1).unwrap_or_default();
        rights.iter().all(|right| given.contains(*right))
    };
    maps.lines().filter(has).map(str::to_string).collect()
}

/// Pages of code that lie in no file: ours.
fn own_code() -> usize {
    let in_no_file = |line: &&String| line.split_whitespace().count() == 5;
    mapped(&['r', 'x']).iter().filter(in_no_file).count()
}

/// Evaluates expressions of many forms: each is a kernel of its own.
fn evaluate_forms(first: usize) {
    let x = arange(3000).cast(F32) * 0.01;
    for form in first..first + 24 {
        let y = (0..5).fold(x.clone(), |y, bit| match form >> bit & 1 {
            0 => y + &x,
            _ => y.maximum(&x).sqrt(),
        });
        let found = if form % 2 == 0 { y.sum(..) } else { y.softmax(..).max(..) };
        assert!(found.item::<f32>().expect("it evaluates").is_finite());
    }
}

#[test]
fn no_page_is_writable_and_executable_at_once() {
    alone("no_page_is_writable_and_executable_at_once", || {
        let before = own_code();
        assert_eq!(mapped(&['w', 'x']), Vec::<String>::new(), "before anything is compiled");
        let (done, looks) = (AtomicBool::new(false), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            let compiling = scope.spawn(|| evaluate_forms(0));
            // While kernels are compiled, run and forgotten.
            scope.spawn(|| {
                while !done.load(Relaxed) {
                    assert_eq!(mapped(&['w', 'x']), Vec::<String>::new());
                    looks.fetch_add(1, Relaxed);
                }
            });
            let compiled = compiling.join();
            done.store(true, Relaxed);
            compiled.expect("the expressions evaluate");
        });
        assert!(looks.load(Relaxed) > 0, "somebody looked meanwhile");
        assert!(numfuse::statistics().compiles >= 24, "kernels were compiled");
        assert!(own_code() > before, "their code is in memory");
        assert_eq!(mapped(&['w', 'x']), Vec::<String>::new(), "after all was run");
    });
}
