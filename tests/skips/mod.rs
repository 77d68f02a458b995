//! What a run of the tests left out, said where it is seen.
//!
//! The harness keeps what passing tests print; what goes to the standard error directly it does not keep.
//! `tests/run.sh` gathers these lines and repeats them at its end.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Mutex;

/// Says once in this process that something was not tested, and why.
pub fn skipped(what: &'static str) {
    static SAID: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let is_new = SAID.lock().is_ok_and(|mut said| said.insert(what));
    if is_new {
        // A line of its own, whatever the harness is writing beside it.
        let _ = std::io::stderr().write_all(format!("\nskipped: {what}\n").as_bytes());
    }
}
