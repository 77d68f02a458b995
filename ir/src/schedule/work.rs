//! How much a step computes: machine operations on elements, counted from its kernel.
//!
//! A value is computed once for each point of the axes that it moves with, in each pass that needs
//! it: that is what the walk over the kernel does too, which emits a value before every loop that
//! it does not move with. An operation of the machine counts as one, be it arithmetic, a
//! comparison, a choice or a conversion; a function counts as what it expands to, rare paths by a
//! tenth; one more element of a fold as what its `next` is made of. Addresses, loads, stores and
//! the joining of a fold's blocks are not counted, and of a frame both sides are, everywhere.

use super::{Job, LibraryJob, Step};
use crate::kernel::build::Shape;
use crate::kernel::{Inst, Kernel, PassId, Val};
use crate::ops::expansion::next_cost;
use crate::shape::Shape as ArrayShape;
use smallvec::SmallVec;

/// What a step computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// The points of its loops: rows times the columns of the pass that has most, times those of
    /// passes inside it.
    pub points: u64,
    /// Machine operations, all points together.
    pub operations: u64,
}

impl Step {
    /// How much it computes.
    pub fn work(&self) -> Work {
        match &self.job {
            Job::Kernel(job) => {
                let count = Count::new(&job.kernel, &job.words);
                Work { points: count.points(), operations: count.operations() }
            }
            Job::Library(job) => job.work(),
        }
    }
}

impl LibraryJob {
    /// How much it computes.
    pub fn work(&self) -> Work {
        let shapes: Vec<_> = self.operands.iter().filter_map(|o| ArrayShape::new(&o.shape).ok()).collect();
        (self.op.def().work)(&shapes.iter().collect::<Vec<_>>())
    }
}

struct Count<'a> {
    kernel: &'a Kernel,
    extents: Vec<u64>,
    /// The axes that each value moves with.
    depends: Vec<u64>,
    /// The axes that are rows.
    rows: u64,
}

impl<'a> Count<'a> {
    fn new(kernel: &'a Kernel, words: &[i64]) -> Count<'a> {
        let extents = kernel.axes.iter().map(|axis| axis.extent.value(words) as u64).collect();
        let rows = kernel.row_axes().fold(0, |set, axis| set | 1 << axis.0);
        Count { kernel, extents, depends: kernel.dependence(), rows }
    }

    /// The columns of a pass.
    fn columns(&self, pass: PassId) -> u64 {
        self.kernel.passes[pass.index()].cols.iter().fold(0, |set, axis| set | 1 << axis.0)
    }

    /// How many points these axes span.
    fn span(&self, axes: u64) -> u64 {
        let along = self.extents.iter().enumerate().filter(|(axis, _)| axes >> axis & 1 == 1);
        along.fold(1, |points, (_, &extent)| points.saturating_mul(extent))
    }

    fn points(&self) -> u64 {
        let passes = (0..self.kernel.passes.len() as u32).map(PassId);
        let (inner, outer): (Vec<_>, Vec<_>) = passes.partition(|p| self.kernel.passes[p.index()].inner);
        let most = outer.into_iter().map(|pass| self.span(self.columns(pass))).max().unwrap_or(1);
        let inside = inner.into_iter().fold(0, |set, pass| set | self.columns(pass));
        self.span(self.rows | inside).saturating_mul(most)
    }

    fn operations(&self) -> u64 {
        // What moves with no column is computed once a row, whichever passes need it.
        let mut once = vec![false; self.kernel.body.len()];
        let mut sum = 0u64;
        let outer = (0..self.kernel.passes.len()).filter(|&p| !self.kernel.passes[p].inner);
        for pass in outer.map(|p| PassId(p as u32)) {
            for carry in 0..self.kernel.passes[pass.index()].carries.len() {
                sum = sum.saturating_add(self.folding(pass, carry, self.rows));
            }
            let (wanted, folds) = self.needed(pass);
            for (pass, carry) in folds {
                sum = sum.saturating_add(self.folding(pass, carry, 0));
            }
            for v in wanted {
                let is_new = !std::mem::replace(&mut once[v.index()], true);
                if is_new || self.depends[v.index()] & !self.rows != 0 {
                    let each = self.span(self.depends[v.index()]);
                    sum = sum.saturating_add(each.saturating_mul(self.weight(v)));
                }
            }
        }
        sum
    }

    /// What a pass computes at its points: values, and the folds of passes inside it.
    fn needed(&self, pass: PassId) -> (Vec<Val>, Vec<(PassId, usize)>) {
        let kernel = self.kernel;
        let mut wanted = vec![false; kernel.body.len()];
        let mut folds = Vec::new();
        let pass = &kernel.passes[pass.index()];
        let carried = pass.carries.iter().flat_map(|carry| carry.args.iter().copied());
        carried.chain(pass.stores.iter().map(|store| store.value)).for_each(|v| wanted[v.index()] = true);
        // Operands come before their users, so that one walk backwards meets everything.
        for i in (0..kernel.body.len()).rev() {
            if !wanted[i] {
                continue;
            }
            match &kernel.body[i] {
                Inst::Final { pass, carry, .. } if kernel.passes[pass.index()].inner => {
                    let fold = (*pass, *carry as usize);
                    if !folds.contains(&fold) {
                        folds.push(fold);
                    }
                    let args = &kernel.passes[pass.index()].carries[fold.1].args;
                    args.iter().for_each(|v| wanted[v.index()] = true);
                }
                inst => inst.for_each_arg(&mut |v| wanted[v.index()] = true),
            }
        }
        let wanted = (0..kernel.body.len()).filter(|&i| wanted[i]).map(|i| Val(i as u32));
        (wanted.collect(), folds)
    }

    /// What taking in its elements costs a carry, beyond computing them.
    fn folding(&self, pass: PassId, carry: usize, rows: u64) -> u64 {
        let carry = &self.kernel.passes[pass.index()].carries[carry];
        let types: SmallVec<[_; 2]> = carry.args.iter().map(|&v| self.kernel.dtype(v)).collect();
        let moves = carry.args.iter().fold(rows, |set, v| set | self.depends[v.index()]);
        let elements = self.span(moves | self.columns(pass));
        elements.saturating_mul(next_cost(carry.fold, &types))
    }

    /// Machine operations behind one value.
    fn weight(&self, v: Val) -> u64 {
        match self.kernel.inst(v) {
            Inst::Const(_) | Inst::Scalar(_) | Inst::Coord(_) | Inst::Load(..) => 0,
            Inst::Final { .. } | Inst::After { .. } => 0,
            Inst::Prim(..) | Inst::Pick { .. } => 1,
            // Two comparisons and two choices.
            Inst::Within { .. } => 4,
            Inst::Call(op, args) => {
                let types: SmallVec<[_; 3]> = args.iter().map(|&v| self.kernel.dtype(v)).collect();
                Shape::of(*op, &types).cost()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::dtype::DType;
    use crate::graph::{Graph, parse};
    use crate::kernel::build::Shape;
    use crate::ops::Op;
    use crate::ops::expansion::next_cost;
    use crate::ops::fold::Fold;
    use crate::schedule::{Options, Plan, plan, work::Work};

    fn planned(text: &str) -> Plan {
        let graph: Graph = parse::parse(text).unwrap_or_else(|error| panic!("{error}"));
        plan(graph, Options::default())
    }

    /// The work of the only step.
    fn work(text: &str) -> Work {
        let plan = planned(text);
        assert_eq!(plan.kernels(), 1);
        assert_eq!(plan.flops(), plan.steps[0].work().operations);
        plan.steps[0].work()
    }

    #[test]
    fn elementwise_work_is_operations_times_points() {
        let text = "%0 = leaf 0 : f32[30,40]\n%1 = multiply %0 %0 : f32[30,40]\n\
                    %2 = add %1 %0 : f32[30,40]\nout %2\n";
        assert_eq!(work(text), Work { points: 1200, operations: 2400 });
        let copy = "%0 = leaf 0 : f32[30,40]\n%1 = permute 1 0 %0 : f32[40,30]\nout %1\n";
        assert_eq!(work(copy), Work { points: 1200, operations: 0 });
        let cast = "%0 = leaf 0 : f32[7]\n%1 = cast %0 : i8[7]\nout %1\n";
        assert_eq!(work(cast), Work { points: 7, operations: 7 });
    }

    #[test]
    fn a_function_counts_as_what_it_expands_to() {
        let exp = Shape::of(Op::Exp, &[DType::F32]).cost();
        assert!((10..40).contains(&exp), "{exp}");
        let text = "%0 = leaf 0 : f32[100]\n%1 = exp %0 : f32[100]\nout %1\n";
        assert_eq!(work(text).operations, 100 * exp);
    }

    #[test]
    fn what_moves_with_no_column_is_computed_once_a_row() {
        let text = "%0 = leaf 0 : f32[30,4000]\n%1 = sum axes 1 %0 : f32[30]\n\
                    %2 = reshape %1 : f32[30,1]\n%3 = sqrt %2 : f32[30,1]\n\
                    %4 = expand %3 : f32[30,4000]\n%5 = divide %0 %4 : f32[30,4000]\nout %5\n";
        // An addition and a division for each element, a root for each row.
        assert_eq!(work(text), Work { points: 120_000, operations: 2 * 120_000 + 30 });
    }

    #[test]
    fn what_two_passes_need_is_computed_in_both() {
        let text = "%0 = leaf 0 : f32[30,4000]\n%1 = negative %0 : f32[30,4000]\n\
                    %2 = sum axes 1 %1 : f32[30]\n%3 = reshape %2 : f32[30,1]\n\
                    %4 = expand %3 : f32[30,4000]\n%5 = divide %1 %4 : f32[30,4000]\nout %5\n";
        assert_eq!(work(text).operations, 4 * 120_000);
    }

    #[test]
    fn a_fold_inside_a_fold_is_done_at_every_point() {
        let text = "%0 = leaf 0 : f32[200,16]\n%1 = leaf 1 : f32[50,16]\n\
                    %2 = reshape %0 : f32[200,1,16]\n%3 = expand %2 : f32[200,50,16]\n\
                    %4 = reshape %1 : f32[1,50,16]\n%5 = expand %4 : f32[200,50,16]\n\
                    %6 = multiply %3 %5 : f32[200,50,16]\n%7 = sum axes 2 %6 : f32[200,50]\n\
                    %8 = max axes 1 %7 : f32[200]\nout %8\n";
        let Work { points, operations } = work(text);
        assert_eq!(points, 200 * 50 * 16);
        let max = next_cost(Fold::Max, &[DType::F32]);
        assert_eq!(operations, 200 * 50 * (2 * 16 + max));
    }

    #[test]
    fn nothing_is_no_work() {
        let text = "%0 = leaf 0 : f32[0,3]\n%1 = exp %0 : f32[0,3]\nout %1\n";
        assert_eq!(work(text), Work { points: 0, operations: 0 });
    }
}
