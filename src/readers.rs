//! Who reads an array that has its values: the operations that were made on it last and still wait.
//!
//! Nothing is computed by this. It is what `explain()` names when what an update leaves of an old version has
//! to be copied because another pending operation will read it.

use crate::array::Array;
use crate::lazy::Lazy;
use smallvec::SmallVec;
use std::sync::{Arc, Mutex, Weak};

/// The latest few operations on an array.
#[derive(Default)]
pub(crate) struct Readers(Mutex<SmallVec<[Weak<Lazy>; 1]>>);

/// How many are remembered of those that are still there.
const MOST: usize = 4;

impl Readers {
    /// Remembers an operation, unless another thread does so this very moment: nobody waits for that, nor does
    /// a fork.
    pub(crate) fn add(&self, reader: &Array) {
        let Ok(mut readers) = self.0.try_lock() else { return };
        let reader = Arc::downgrade(&reader.0);
        if let Some(gone) = readers.iter_mut().find(|reader| reader.strong_count() == 0) {
            *gone = reader;
            return;
        }
        if readers.len() == MOST {
            readers.remove(0);
        }
        readers.push(reader);
    }

    /// Those that still wait, the latest last.
    pub(crate) fn pending(&self) -> Vec<Array> {
        let readers = self.0.try_lock().map_or(Vec::new(), |readers| readers.to_vec());
        let there = readers.iter().filter_map(Weak::upgrade).map(Array);
        there.filter(|reader| !reader.0.is_ready()).collect()
    }
}
