//! The order of a fold of floats whose elements come one at a time.
//!
//! It is that of a row (`Order::Lanes` in a kernel), so that what is added by index has the bits of the
//! sum of the same elements side by side.

/// Lanes of a block, and its elements.
const LANES: usize = 32;
const BLOCK: usize = 512;

/// A fold under way, in the order of a row: blocks of 512 elements in 32 lanes, whose results are
/// elements of the next level.
pub(super) struct Running<T> {
    nothing: T,
    op: fn(T, T) -> T,
    block: Block<T>,
    /// The blocks of the levels above.
    above: Vec<Block<T>>,
}

/// The lanes of a block under way.
struct Block<T> {
    lanes: [T; LANES],
    taken: usize,
}

impl<T: Copy> Running<T> {
    /// A fold of nothing yet: `nothing` changes no element that `op` combines it with.
    pub(super) fn new(nothing: T, op: fn(T, T) -> T) -> Running<T> {
        Running { nothing, op, block: Block { lanes: [nothing; LANES], taken: 0 }, above: Vec::new() }
    }

    /// One more element.
    pub(super) fn take(&mut self, value: T) {
        self.block.take(value, self.nothing, self.op);
        if self.block.taken == BLOCK {
            let folded = self.block.finish(self.op);
            self.rise(0, folded);
        }
    }

    /// One more element of a level above.
    fn rise(&mut self, level: usize, value: T) {
        let mut value = value;
        for level in level.. {
            if level == self.above.len() {
                self.above.push(Block { lanes: [self.nothing; LANES], taken: 0 });
            }
            let block = &mut self.above[level];
            block.take(value, self.nothing, self.op);
            if block.taken < BLOCK {
                break;
            }
            value = block.finish(self.op);
        }
    }

    /// What all elements come to, if there are any; it begins anew.
    pub(super) fn finish(&mut self) -> Option<T> {
        let mut folded = (self.block.taken > 0).then(|| self.block.finish(self.op));
        for mut block in std::mem::take(&mut self.above) {
            if let Some(value) = folded {
                block.take(value, self.nothing, self.op);
            }
            folded = (block.taken > 0).then(|| block.finish(self.op));
        }
        folded
    }
}

impl<T: Copy> Block<T> {
    fn take(&mut self, value: T, nothing: T, op: fn(T, T) -> T) {
        let lane = self.taken % LANES;
        let before = if self.taken < LANES { nothing } else { self.lanes[lane] };
        self.lanes[lane] = op(before, value);
        self.taken += 1;
    }

    /// The lanes that have elements, the upper half joined to the lower until one is left.
    fn finish(&mut self, op: fn(T, T) -> T) -> T {
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
