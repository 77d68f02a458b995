//! Places that come from data: what an index means, and telling of those that mean nothing.
//!
//! The place is always one that exists, so that whatever is loaded from there is; an index out of
//! range is told of in a branch that is not taken otherwise.

use super::{Emit, State, Step, V, Walk, What};
use numfuse_ir::dtype::DType;
use numfuse_ir::gather::Bounds;
use numfuse_ir::index::Word;
use numfuse_ir::kernel::Check;
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;

impl<E: Emit> Walk<'_, E> {
    /// The place below `extent` that an index means; 0 where it means none.
    pub(super) fn within(&mut self, index: V, extent: Word, bounds: Bounds, check: Option<&Check>) -> V {
        let extent = self.word_value(extent);
        let zero = self.known(Scalar::zero(DType::I64));
        match bounds {
            Bounds::Clip => {
                let one = self.known(Scalar::one(DType::I64));
                let last = self.apply(Prim::Sub, &[extent, one]);
                let above = self.apply(Prim::Max, &[index, zero]);
                self.apply(Prim::Min, &[above, last])
            }
            Bounds::Wrap => {
                let rest = self.apply(Prim::Rem, &[index, extent]);
                self.counted_back(rest, extent, zero)
            }
            Bounds::Raise => {
                let place = self.counted_back(index, extent, zero);
                self.inside(index, place, [zero, extent], check)
            }
            Bounds::Strict => self.inside(index, index, [zero, extent], check),
        }
    }

    /// A place below 0 counted from the back.
    fn counted_back(&mut self, place: V, extent: V, zero: V) -> V {
        let behind = self.apply(Prim::Lt, &[place, zero]);
        let counted = self.apply(Prim::Add, &[place, extent]);
        self.apply(Prim::Select, &[behind, counted, place])
    }

    /// The place where it exists; elsewhere 0, and it is told of the index.
    fn inside(&mut self, index: V, place: V, [zero, extent]: [V; 2], check: Option<&Check>) -> V {
        let (above, below) = (self.apply(Prim::Le, &[zero, place]), self.apply(Prim::Lt, &[place, extent]));
        let exists = self.apply(Prim::And, &[above, below]);
        if let Some(check) = check {
            let fails = self.apply(Prim::Not, &[exists]);
            self.tell(fails, index, check);
        }
        self.apply(Prim::Select, &[exists, place, zero])
    }

    /// Tells of the index in those of the active lanes in which it fails.
    fn tell(&mut self, fails: V, index: V, check: &Check) {
        if let What::Constant(c) = self.slots[fails.0 as usize].what
            && !c.is_true()
        {
            return;
        }
        let is_guarded = self.active.is_some_and(|active| !active.tail);
        // Under a guard a value that all lanes share may be wanted in none of them; and the positions
        // of an index that they share may differ.
        let lanes = match self.lanes_of(fails) {
            1 if !is_guarded => {
                let at = self.index(&check.at);
                self.lanes_of(at)
            }
            _ => self.mapping.lanes(),
        };
        let mask = self.handle(fails, lanes);
        let mut bits = self.emit.bits(&mask);
        if let Some(active) = self.active.filter(|_| lanes > 1) {
            bits = self.emit.step(Step::And, bits, active.bits);
        }
        self.when(bits, true, &[], lanes, |w| {
            let at = w.index(&check.at);
            let (at, index) = (w.handle(at, lanes), w.handle(index, lanes));
            w.emit.fault(check.number, &at, &index, bits);
            State::new()
        });
    }
}
