//! Running values in the order of scans, as elements arrive.

use crate::math::Eval;
use crate::ops::fold::Fold;
use crate::scalar::Scalar;

/// Elements of a run, and of a block.
const RUN: usize = 16;
const BLOCK: usize = 512;

/// A scan under way: of elements, of their blocks' totals, of those totals' blocks' totals, …
pub(super) struct Scan {
    fold: Fold,
    nothing: Scalar,
    levels: Vec<Level>,
}

/// Where the scan of one level is.
#[derive(Clone)]
struct Level {
    /// The total of the blocks before.
    blocks: Scalar,
    /// The total of the runs before in this block.
    runs: Scalar,
    /// The total of this run so far.
    run: Scalar,
    /// How many elements of this block there were.
    count: usize,
}

impl Scan {
    /// One that has met nothing.
    pub(super) fn new(fold: Fold, nothing: Scalar) -> Scan {
        Scan { fold, nothing, levels: Vec::new() }
    }

    /// The running value after one more element.
    pub(super) fn take(&mut self, element: Scalar) -> Scalar {
        self.append(0, element)
    }

    /// One more element of a level. A block that is full gives its total to the level above only then,
    /// and goes on from the running value there.
    fn append(&mut self, level: usize, element: Scalar) -> Scalar {
        if self.levels.len() == level {
            let nothing = self.nothing;
            self.levels.push(Level { blocks: nothing, runs: nothing, run: nothing, count: 0 });
        }
        let mut at = self.levels[level].clone();
        if at.count == BLOCK {
            let total = self.join(at.runs, at.run);
            at = Level {
                blocks: self.append(level + 1, total),
                runs: self.nothing,
                run: self.nothing,
                count: 0,
            };
        } else if at.count > 0 && at.count.is_multiple_of(RUN) {
            at.runs = self.join(at.runs, at.run);
            at.run = self.nothing;
        }
        at.run = self.join(at.run, element);
        at.count += 1;
        let before = self.join(at.blocks, at.runs);
        let running = self.join(before, at.run);
        self.levels[level] = at;
        running
    }

    fn join(&self, a: Scalar, b: Scalar) -> Scalar {
        self.fold.join(&mut Eval, &[a], &[b])[0]
    }
}
