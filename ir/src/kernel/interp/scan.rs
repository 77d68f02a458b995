//! Running values in the order of scans, as elements arrive.

use crate::math::Eval;
use crate::ops::fold::{Fold, State};
use crate::scalar::Scalar;

/// Elements of a run, and of a block.
const RUN: usize = 16;
const BLOCK: usize = 512;

/// A scan under way: of elements, of their blocks' totals, of those totals' blocks' totals, …
pub(super) struct Scan {
    fold: Fold,
    nothing: State<Scalar>,
    levels: Vec<Level>,
}

/// Where the scan of one level is.
#[derive(Clone)]
struct Level {
    /// The total of the blocks before.
    blocks: State<Scalar>,
    /// The total of the runs before in this block.
    runs: State<Scalar>,
    /// The total of this run so far.
    run: State<Scalar>,
    /// How many elements of this block there were.
    count: usize,
}

impl Scan {
    /// One that has met nothing.
    pub(super) fn new(fold: Fold, nothing: State<Scalar>) -> Scan {
        Scan { fold, nothing, levels: Vec::new() }
    }

    /// The running value after one more element.
    pub(super) fn take(&mut self, element: &[Scalar]) -> State<Scalar> {
        self.append(0, element)
    }

    /// One more element of a level. A block that is full gives its total to the level above only then,
    /// and goes on from the running value there.
    fn append(&mut self, level: usize, element: &[Scalar]) -> State<Scalar> {
        if self.levels.len() == level {
            let nothing = || self.nothing.clone();
            let level = Level { blocks: nothing(), runs: nothing(), run: nothing(), count: 0 };
            self.levels.push(level);
        }
        let mut at = self.levels[level].clone();
        if at.count == BLOCK {
            let total = self.join(&at.runs, &at.run);
            let blocks = self.append(level + 1, &total);
            at = Level { blocks, runs: self.nothing.clone(), run: self.nothing.clone(), count: 0 };
        } else if at.count > 0 && at.count.is_multiple_of(RUN) {
            at.runs = self.join(&at.runs, &at.run);
            at.run = self.nothing.clone();
        }
        at.run = self.join(&at.run, element);
        at.count += 1;
        let before = self.join(&at.blocks, &at.runs);
        let running = self.join(&before, &at.run);
        self.levels[level] = at;
        running
    }

    fn join(&self, a: &[Scalar], b: &[Scalar]) -> State<Scalar> {
        self.fold.join(&mut Eval, a, b)
    }
}
