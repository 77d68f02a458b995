//! The order of a fold of floats whose elements come one at a time.
//!
//! It is that of a row (`Order::Lanes` in a kernel), so that what is added by index has the bits of the
//! sum of the same elements side by side.

/// Lanes of a block, and its elements.
const LANES: usize = 32;
const BLOCK: usize = 512;

/// The most levels that a fold of any length has.
pub(super) const MOST_LEVELS: usize = levels(usize::MAX);

/// How many levels of blocks a fold of so many elements has: the results of 512 blocks of one are the
/// elements of a block of the next.
pub(super) const fn levels(elements: usize) -> usize {
    let (mut levels, mut blocks) = (1, elements / BLOCK);
    while blocks > 0 {
        blocks /= BLOCK;
        levels += 1;
    }
    levels
}

/// A fold under way, in the order of a row: blocks of 512 elements in 32 lanes, whose results are
/// elements of the next level.
pub(super) struct Running<'a, T, O> {
    nothing: T,
    op: O,
    levels: &'a mut [Block<T>],
}

/// The lanes of a block under way.
#[derive(Clone, Copy)]
pub(super) struct Block<T> {
    lanes: [T; LANES],
    taken: usize,
}

impl<'a, T: Copy, O: Fn(T, T) -> T + Copy> Running<'a, T, O> {
    /// A fold in these [new](Block::new) blocks, as many as its length has levels: `nothing` changes no
    /// element that `op` combines it with.
    pub(super) fn new(nothing: T, op: O, levels: &'a mut [Block<T>]) -> Running<'a, T, O> {
        Running { nothing, op, levels }
    }

    /// One more element.
    pub(super) fn take(&mut self, value: T) {
        let mut value = value;
        for block in self.levels.iter_mut() {
            block.take(value, self.nothing, self.op);
            if block.taken < BLOCK {
                break;
            }
            value = block.finish(self.op);
        }
    }

    /// What these elements come to, if there are any. Of few, each is a lane of its own.
    #[inline]
    pub(super) fn all(&mut self, values: &[T]) -> Option<T> {
        match *values {
            [] => None,
            [only] => Some((self.op)(self.nothing, only)),
            [first, second] => {
                Some((self.op)((self.op)(self.nothing, first), (self.op)(self.nothing, second)))
            }
            _ => {
                values.iter().for_each(|&value| self.take(value));
                self.finish()
            }
        }
    }

    /// What all elements come to, if there are any; it begins anew.
    pub(super) fn finish(&mut self) -> Option<T> {
        let reached = self.levels.iter().rposition(|block| block.taken > 0)?;
        let mut folded = None;
        for block in &mut self.levels[..=reached] {
            if let Some(value) = folded {
                block.take(value, self.nothing, self.op);
            }
            folded = (block.taken > 0).then(|| block.finish(self.op));
        }
        folded
    }
}

impl<T: Copy> Block<T> {
    /// A block of nothing yet.
    pub(super) const fn new(nothing: T) -> Block<T> {
        Block { lanes: [nothing; LANES], taken: 0 }
    }

    fn take(&mut self, value: T, nothing: T, op: impl Fn(T, T) -> T) {
        let lane = self.taken % LANES;
        let before = if self.taken < LANES { nothing } else { self.lanes[lane] };
        self.lanes[lane] = op(before, value);
        self.taken += 1;
    }

    /// The lanes that have elements, the upper half joined to the lower until one is left.
    fn finish(&mut self, op: impl Fn(T, T) -> T) -> T {
        let mut used = LANES.min(std::mem::take(&mut self.taken));
        let mut half = LANES / 2;
        while half > 0 {
            for lane in 0..half.min(used.saturating_sub(half)) {
                self.lanes[lane] = op(self.lanes[lane], self.lanes[lane + half]);
            }
            used = used.min(half);
            half /= 2;
        }
        self.lanes[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_blocks_have_levels() {
        let counts = [0, 1, 511, 512, 512 * 512 - 1, 512 * 512, usize::MAX].map(levels);
        assert_eq!(counts, [1, 1, 1, 2, 2, 3, 8]);
    }
}
