//! Places that come from data: what an index means, and telling of those that mean nothing.
//!
//! The place is always one that exists, so that whatever is loaded from there is; an index out of
//! range is told of in a branch that is not taken otherwise.

use super::{Emit, Step, V, Walk};
use numfuse_ir::dtype::DType;
use numfuse_ir::gather::Bounds;
use numfuse_ir::index::Word;
use numfuse_ir::kernel::Check;
use numfuse_ir::math::Arith;
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;
use smallvec::smallvec;

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
            Bounds::Wrap => self.around(index, extent, zero),
            Bounds::Raise => {
                let place = self.counted(index, extent, zero);
                self.inside(index, place, [zero, extent], check)
            }
            Bounds::Strict | Bounds::Counted => self.inside(index, index, [zero, extent], check),
        }
    }

    /// A place below 0 counted from the back.
    fn counted(&mut self, place: V, extent: V, zero: V) -> V {
        let behind = self.apply(Prim::Lt, &[place, zero]);
        let counted = self.apply(Prim::Add, &[place, extent]);
        self.apply(Prim::Select, &[behind, counted, place])
    }

    /// The place after going round. Few go round more than once: a division takes longer than all
    /// the rest.
    fn around(&mut self, index: V, extent: V, zero: V) -> V {
        let up = self.counted(index, extent, zero);
        let beyond = self.apply(Prim::Le, &[extent, up]);
        let down = self.apply(Prim::Sub, &[up, extent]);
        let once = self.apply(Prim::Select, &[beyond, down, up]);
        let outside = self.outside(once, extent, zero);
        self.rare(outside, once, |w| {
            let rest = w.apply(Prim::Rem, &[index, extent]);
            w.counted(rest, extent, zero)
        })
    }

    /// Whether no place below `extent`: the sign is set of the place, or of what is left behind it.
    fn outside(&mut self, place: V, extent: V, zero: V) -> V {
        let one = self.known(Scalar::one(DType::I64));
        let last = self.apply(Prim::Sub, &[extent, one]);
        let left = self.apply(Prim::Sub, &[last, place]);
        let either = self.apply(Prim::Or, &[place, left]);
        self.apply(Prim::Lt, &[either, zero])
    }

    /// The place where it exists; elsewhere 0, and it is told of the index, in the active lanes. What
    /// the others hold is nobody's: they load nothing.
    fn inside(&mut self, index: V, place: V, [zero, extent]: [V; 2], check: Option<&Check>) -> V {
        let fails = self.outside(place, extent, zero);
        let is_guarded = self.active.is_some_and(|active| !active.tail);
        // Under a guard a value that all lanes share may be wanted in none of them; and the positions
        // of an index that they share may differ.
        let lanes = match (self.lanes_of(fails), check) {
            (1, Some(check)) if !is_guarded => {
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
        let width = self.lanes_of(place).max(self.lanes_of(fails));
        let checked = self.when(bits, true, &[place], width, |w| {
            if let Some(check) = check {
                let at = w.index(&check.at);
                let (at, index) = (w.handle(at, lanes), w.handle(index, lanes));
                w.emit.fault(check.number, &at, &index, bits);
            }
            smallvec![w.apply(Prim::Select, &[fails, zero, place])]
        });
        checked[0]
    }
}
