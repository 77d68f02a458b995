//! Oracle 2: what a kernel means, one scalar at a time.
//!
//! Rows and passes are walked as they are written, point by point; a value is computed when it is
//! asked for and kept until an axis moves that it moves with. There is no walker, no vector and no
//! mapping here, and the order of folds is written down once more, as elements arrive. Where this
//! and oracle 1 differ, the scheduler is wrong; where this and a device differ, the code generator.

mod scan;

use super::{AxisId, Carry, Inst, Kernel, Order, Pass, PassId, Store, Val};
use crate::dtype::DType;
use crate::index::{Guard, Index, Term};
use crate::math::Eval;
use crate::ops::fold::{Fold, State};
use crate::scalar::Scalar;
use scan::Scan;
use smallvec::SmallVec;

/// An index that is out of range: its position among those of its array, and the index.
pub type Fault = (i64, i64);

/// Runs a kernel: `words` and `scalars` are what is passed at launch, `buffers` the data behind each
/// buffer, those that are written included. Gives for each of its checks the first index that is out
/// of range; such an index counts as 0.
///
/// # Panics
/// On a load or store outside its buffer, with the kernel's text: the compiler made a wrong index.
/// The kernel is taken to be [well-formed](super::verify::verify).
pub fn interpret(
    kernel: &Kernel,
    words: &[i64],
    scalars: &[Scalar],
    buffers: &mut [Vec<Scalar>],
) -> Vec<Option<Fault>> {
    assert_eq!(buffers.len(), kernel.buffers.len(), "data for each buffer of\n{kernel}");
    for (b, (data, buffer)) in buffers.iter().zip(&kernel.buffers).enumerate() {
        assert!(
            data.iter().all(|x| x.dtype() == buffer.dtype),
            "buffer {b} has type {} in\n{kernel}",
            buffer.dtype
        );
    }
    let mut run = Run {
        kernel,
        words,
        scalars,
        moves: kernel.dependence(),
        point: vec![0; kernel.axes.len()],
        values: vec![None; kernel.body.len()],
        folded: vec![Vec::new(); kernel.passes.len()],
        running: Vec::new(),
        faults: vec![None; kernel.checks()],
    };
    let rows: Vec<AxisId> = kernel.row_axes().collect();
    let mut more = run.first(&rows);
    while more {
        run.row(buffers);
        more = run.advance(&rows);
        run.values.fill(None);
    }
    run.faults
}

/// A kernel at one point of its space.
struct Run<'a> {
    kernel: &'a Kernel,
    words: &'a [i64],
    scalars: &'a [Scalar],
    /// The axes that each value moves with.
    moves: Vec<u64>,
    /// The coordinate along each axis.
    point: Vec<i64>,
    /// The values known at this point.
    values: Vec<Option<Scalar>>,
    /// The results of each pass's carries, once it has run for this row.
    folded: Vec<Vec<State<Scalar>>>,
    /// The running values at this point of the pass that scans.
    running: Vec<State<Scalar>>,
    /// For each check, the first index out of range so far.
    faults: Vec<Option<Fault>>,
}

impl Run<'_> {
    /// The passes of one row, in order; those inside others run when they are asked for.
    fn row(&mut self, buffers: &mut [Vec<Scalar>]) {
        let kernel = self.kernel;
        for (p, pass) in kernel.passes.iter().enumerate().filter(|(_, pass)| !pass.inner) {
            self.folded[p] = self.pass(pass, buffers);
        }
    }

    /// Walks the columns, row-major, folding and storing at each point.
    fn pass(&mut self, pass: &Pass, buffers: &mut [Vec<Scalar>]) -> Vec<State<Scalar>> {
        if pass.order == Order::Runs {
            self.scan(pass, buffers);
            return Vec::new();
        }
        let mut running: Vec<Running> = pass.carries.iter().map(|c| self.running(c, pass.order)).collect();
        let mut more = self.first(&pass.cols);
        while more {
            for (carry, running) in pass.carries.iter().zip(&mut running) {
                let args: State<Scalar> = carry.args.iter().map(|&v| self.value(v, buffers)).collect();
                running.take(&args);
            }
            pass.stores.iter().for_each(|store| self.store(store, buffers));
            more = self.advance(&pass.cols);
        }
        running.into_iter().map(Running::finish).collect()
    }

    /// Walks the columns, storing running values as they pass by.
    fn scan(&mut self, pass: &Pass, buffers: &mut [Vec<Scalar>]) {
        let scan = |c: &Carry| Scan::new(c.fold, c.fold.neutral(self.kernel.dtype(c.args[0])));
        let mut scans: Vec<Scan> = pass.carries.iter().map(scan).collect();
        let mut more = self.first(&pass.cols);
        while more {
            self.running.clear();
            for (carry, scan) in pass.carries.iter().zip(&mut scans) {
                let element: State<Scalar> = carry.args.iter().map(|&v| self.value(v, buffers)).collect();
                self.running.push(scan.take(&element));
            }
            pass.stores.iter().for_each(|store| self.store(store, buffers));
            more = self.advance(&pass.cols);
        }
    }

    fn running(&self, carry: &Carry, order: Order) -> Running {
        let init = carry.fold.init(self.kernel.dtype(carry.args[0]));
        Running { fold: carry.fold, order, init, levels: Vec::new() }
    }

    /// Goes to the first point of the axes, if there is one.
    fn first(&mut self, axes: &[AxisId]) -> bool {
        axes.iter().for_each(|a| self.point[a.index()] = 0);
        self.forget(axes);
        axes.iter().all(|a| self.extent(*a) > 0)
    }

    /// Goes to the next point of the axes, the last axis fastest, if there is one.
    fn advance(&mut self, axes: &[AxisId]) -> bool {
        self.forget(axes);
        for a in axes.iter().rev() {
            self.point[a.index()] += 1;
            if self.point[a.index()] < self.extent(*a) {
                return true;
            }
            self.point[a.index()] = 0;
        }
        false
    }

    fn extent(&self, a: AxisId) -> i64 {
        self.kernel.axes[a.index()].extent.value(self.words)
    }

    /// Drops the values that move with these axes.
    fn forget(&mut self, axes: &[AxisId]) {
        let moving = axes.iter().fold(0u64, |set, a| set | 1 << a.0);
        let values = self.values.iter_mut().zip(&self.moves);
        values.filter(|(_, moves)| **moves & moving != 0).for_each(|(value, _)| *value = None);
    }

    fn store(&mut self, store: &Store, buffers: &mut [Vec<Scalar>]) {
        let value = self.value(store.value, buffers);
        for v in terms(&store.at) {
            self.value(v, buffers);
        }
        let at = self.index(&store.at);
        let data = &mut buffers[store.buffer.index()];
        let length = data.len();
        let Some(place) = usize::try_from(at).ok().and_then(|at| data.get_mut(at)) else {
            self.outside(&format!("store into {} of {length} elements at {at}", store.buffer))
        };
        *place = value;
    }

    /// The value at this point. What it needs is computed first, from a list of what is still to be
    /// done instead of by recursion: chains are long.
    fn value(&mut self, wanted: Val, buffers: &mut [Vec<Scalar>]) -> Scalar {
        let mut open = vec![wanted];
        while let Some(&v) = open.last() {
            let before = open.len();
            if self.values[v.index()].is_none() {
                self.missing(v, &mut open);
            }
            if open.len() > before {
                continue;
            }
            if self.values[v.index()].is_none() {
                self.values[v.index()] = Some(self.compute(v, buffers));
            }
            open.pop();
        }
        self.known(wanted)
    }

    fn known(&self, v: Val) -> Scalar {
        self.values[v.index()].expect("operands are computed before their users: fn value")
    }

    /// Appends the operands of `v` that are not known yet; of a `Pick`, those of the chosen side only.
    fn missing(&self, v: Val, open: &mut Vec<Val>) {
        let mut want = |arg: Val| {
            if self.values[arg.index()].is_none() {
                open.push(arg);
            }
        };
        match self.kernel.inst(v) {
            Inst::Pick { guard, inside, outside } => {
                let bounds: Vec<Val> = guard.ranges.iter().flat_map(|r| terms(&r.index)).collect();
                let decided = bounds.iter().all(|b| self.values[b.index()].is_some());
                bounds.into_iter().for_each(&mut want);
                if decided {
                    want(if self.holds(guard) { *inside } else { *outside });
                }
            }
            other => other.for_each_arg(&mut want),
        }
    }

    /// A value whose operands are known.
    fn compute(&mut self, v: Val, buffers: &mut [Vec<Scalar>]) -> Scalar {
        let args = |args: &[Val]| args.iter().map(|&v| self.known(v)).collect::<SmallVec<[Scalar; 3]>>();
        match self.kernel.inst(v) {
            Inst::Const(value) => *value,
            Inst::Scalar(k) => self.scalars[*k as usize],
            Inst::Coord(at) => Scalar::from_i128(DType::I64, i128::from(self.index(at))),
            Inst::Load(buffer, at) => {
                let (data, at) = (&buffers[buffer.index()], self.index(at));
                let element = usize::try_from(at).ok().and_then(|at| data.get(at));
                *element.unwrap_or_else(|| {
                    self.outside(&format!("{v} loads from {buffer} of {} elements at {at}", data.len()))
                })
            }
            Inst::Prim(prim, of) => prim.eval(&args(of)),
            Inst::Call(op, of) => op.eval(&args(of)),
            Inst::Pick { guard, inside, outside } => {
                self.known(if self.holds(guard) { *inside } else { *outside })
            }
            Inst::After { carry, part } => self.running[*carry as usize][*part as usize],
            Inst::Within { index, extent, bounds, check } => {
                let index = self.known(*index).to_i128() as i64;
                let place = bounds.place(index, extent.value(self.words));
                if let (None, Some(check)) = (place, check) {
                    let fault = (self.index(&check.at), index);
                    let first = &mut self.faults[check.number as usize];
                    *first = Some(first.map_or(fault, |known| known.min(fault)));
                }
                Scalar::from_i128(DType::I64, place.unwrap_or(0).into())
            }
            Inst::Final { pass, carry, part } => self.folded(*pass, *carry, buffers)[*part as usize],
        }
    }

    /// A carry's result. A pass inside another is run now, over the coordinates as they are.
    fn folded(&mut self, p: PassId, carry: u32, buffers: &mut [Vec<Scalar>]) -> State<Scalar> {
        let kernel = self.kernel;
        let pass = &kernel.passes[p.index()];
        if pass.inner {
            return self.pass(pass, buffers).swap_remove(carry as usize);
        }
        self.folded[p.index()][carry as usize].clone()
    }

    fn holds(&self, guard: &Guard) -> bool {
        guard.ranges.iter().all(|range| {
            let at = self.index(&range.index);
            range.low.value(self.words) <= at && at < range.high.value(self.words)
        })
    }

    fn index(&self, index: &Index) -> i64 {
        let term = |term: &Term| match term {
            Term::Axis(a) => self.point[a.index()],
            Term::Digit { axis, div, modulo } => {
                (self.point[axis.index()] / div.value(self.words)) % modulo.value(self.words)
            }
            Term::Value(v) => self.known(*v).to_i128() as i64,
        };
        let offset = index.offset.value(self.words);
        index.terms.iter().fold(offset, |sum, (stride, t)| sum + stride.value(self.words) * term(t))
    }

    fn outside(&self, what: &str) -> ! {
        panic!("{what}, at point {:?} with words {:?} of\n{}", self.point, self.words, self.kernel)
    }
}

/// The values among an index's terms.
fn terms(index: &Index) -> impl Iterator<Item = Val> {
    index.terms.iter().filter_map(|(_, term)| match term {
        Term::Value(v) => Some(*v),
        Term::Axis(_) | Term::Digit { .. } => None,
    })
}

/// A fold under way, in the order of its pass.
struct Running {
    fold: Fold,
    order: Order,
    init: State<Scalar>,
    /// The block being filled: of elements, of results of such blocks, of results of those, …
    levels: Vec<Block>,
}

/// A part of a sequence that is folded before it meets the next part.
struct Block {
    lanes: Vec<State<Scalar>>,
    count: usize,
}

impl Running {
    /// How many elements a block has, and among how many lanes they go round.
    fn form(&self) -> (usize, usize) {
        match self.order {
            Order::Free => (usize::MAX, 1),
            Order::Lanes => (512, 32),
            Order::Groups => (128, 1),
            Order::Runs => unreachable!("a pass that scans folds nothing"),
        }
    }

    /// One more element.
    fn take(&mut self, args: &[Scalar]) {
        self.append(0, |fold, lane| fold.next(&mut Eval, lane, args));
    }

    /// One more element of a level, put into its lane by `step`. A block that is full already gives
    /// its result to the level above first: only then it is known that another block follows.
    fn append(&mut self, level: usize, step: impl FnOnce(Fold, &[Scalar]) -> State<Scalar>) {
        let (full, lanes) = self.form();
        if self.levels.len() == level {
            self.levels.push(Block { lanes: Vec::new(), count: 0 });
        }
        if self.levels[level].count == full {
            self.carry_up(level);
        }
        let block = &mut self.levels[level];
        let lane = block.count % lanes;
        if lane == block.lanes.len() {
            block.lanes.push(self.init.clone());
        }
        block.lanes[lane] = step(self.fold, &block.lanes[lane]);
        block.count += 1;
    }

    /// Ends the block of a level and gives its result to the level above.
    fn carry_up(&mut self, level: usize) {
        let lanes = std::mem::take(&mut self.levels[level].lanes);
        self.levels[level].count = 0;
        let result = self.halve(lanes);
        let step: &dyn Fn(Fold, &[Scalar]) -> State<Scalar> =
            &|fold, lane| fold.join(&mut Eval, lane, &result);
        self.append(level + 1, step);
    }

    /// Joins lanes 16 apart, then 8, 4, 2 and 1; a partner that holds nothing is skipped.
    fn halve(&self, mut lanes: Vec<State<Scalar>>) -> State<Scalar> {
        for apart in [16, 8, 4, 2, 1] {
            for upper in (apart..lanes.len()).take(apart) {
                lanes[upper - apart] = self.fold.join(&mut Eval, &lanes[upper - apart], &lanes[upper]);
            }
            lanes.truncate(apart);
        }
        lanes.swap_remove(0)
    }

    /// The result: what the levels hold, from the lowest up, until one state is left.
    fn finish(mut self) -> State<Scalar> {
        if self.levels.is_empty() {
            return self.init;
        }
        let mut level = 0;
        while level + 1 < self.levels.len() {
            self.carry_up(level);
            level += 1;
        }
        let lanes = std::mem::take(&mut self.levels[level].lanes);
        self.halve(lanes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::DType;
    use crate::graph;
    use crate::kernel::BufferId;
    use crate::kernel::print::examples::{framed, known, nearest, softmax, sum};

    fn floats(values: &[f32]) -> Vec<Scalar> {
        values.iter().map(|&x| Scalar::f32(x)).collect()
    }

    fn doubles(values: &[f64]) -> Vec<Scalar> {
        values.iter().map(|&x| Scalar::f64(x)).collect()
    }

    fn empty(n: usize) -> Vec<Scalar> {
        vec![Scalar::zero(DType::F32); n]
    }

    /// Values whose sum depends on the order.
    fn rough(n: usize) -> Vec<Scalar> {
        (0..n as u32).map(|i| Scalar::f32((i.wrapping_mul(2_654_435_761) >> 8) as f32 * 1e-3 - 7e3)).collect()
    }

    /// The sums of a kernel over columns of `n` rows, and the same of the array graph.
    fn both_sums(n: usize, inside: usize, order: Order) -> (Vec<Scalar>, Vec<Scalar>) {
        let x = rough(n * inside);
        let mut buffers = vec![x.clone(), empty(inside)];
        interpret(&sum(order), &[inside as i64, n as i64], &[], &mut buffers);
        let text = format!("%0 = leaf 0 : f32[{n},{inside}]\n%1 = sum axes 0 %0 : f32[{inside}]\nout %1");
        let graph = graph::parse::parse(&text).unwrap();
        (buffers.swap_remove(1), graph::interp::interpret(&graph, &[x], &[]).swap_remove(0))
    }

    #[test]
    fn both_oracles_add_in_one_order() {
        for n in [0, 1, 2, 16, 31, 32, 33, 511, 512, 513, 1000, 5000] {
            let (kernel, graph) = both_sums(n, 3, Order::Lanes);
            assert_eq!(kernel, graph, "{n} rows in lanes");
        }
        for n in [0, 1, 127, 128, 129, 1000, 128 * 128, 128 * 128 + 1] {
            let (kernel, graph) = both_sums(n, 32, Order::Groups);
            assert_eq!(kernel, graph, "{n} rows in groups");
        }
        let (kernel, graph) = both_sums(262_144 + 5, 1, Order::Lanes);
        assert_eq!(kernel, graph, "three levels of blocks");
        assert_ne!(both_sums(1000, 32, Order::Lanes).0, both_sums(1000, 32, Order::Groups).0);
    }

    #[test]
    fn moments_and_products_join_alike() {
        for (fold, parts) in [(Fold::Moments, 3), (Fold::Prod, 1)] {
            for n in [0, 1, 33, 600] {
                let x: Vec<Scalar> =
                    (0..n).map(|i| Scalar::f32(0.7 + (i * 37 % 101) as f32 / 160.0)).collect();
                let mut kernel = sum(Order::Lanes);
                kernel.passes[0].carries[0].fold = fold;
                for part in 0..parts {
                    kernel.body[1] = Inst::Final { pass: PassId(0), carry: 0, part };
                    let mut buffers = vec![x.clone(), empty(1)];
                    interpret(&kernel, &[1, n], &[], &mut buffers);
                    let (name, part) = (fold.name(), format!("part {part}"));
                    let text =
                        format!("%0 = leaf 0 : f32[{n}]\n%1 = {name} {part} axes 0 %0 : f32[]\nout %1");
                    let graph = graph::parse::parse(&text).unwrap();
                    assert_eq!(
                        graph::interp::interpret(&graph, std::slice::from_ref(&x), &[])[0],
                        buffers[1]
                    );
                }
            }
        }
    }

    #[test]
    fn softmax_is_three_passes_a_row() {
        let x = [1.0, 2.0, 3.0, 0.5, 0.5, 0.5];
        let mut buffers = vec![floats(&x), empty(6)];
        interpret(&softmax(), &[2, 3, 3, 3], &[], &mut buffers);
        let text = "%0 = leaf 0 : f32[2,3]\n%1 = max axes 1 %0 : f32[2]\n%2 = reshape %1 : f32[2,1]\n\
                    %3 = expand %2 : f32[2,3]\n%4 = subtract %0 %3 : f32[2,3]\n%5 = exp %4 : f32[2,3]\n\
                    %6 = sum axes 1 %5 : f32[2]\n%7 = reshape %6 : f32[2,1]\n%8 = expand %7 : f32[2,3]\n\
                    %9 = divide %5 %8 : f32[2,3]\nout %9";
        let graph = graph::parse::parse(text).unwrap();
        assert_eq!(graph::interp::interpret(&graph, &[floats(&x)], &[])[0], buffers[1]);
        assert_eq!(buffers[1][4], Scalar::f32(1.0 / 3.0));
    }

    #[test]
    fn a_pass_inside_a_pass_folds_at_each_point() {
        let points = doubles(&[0.0, 0.0, 5.0, 5.0, 2.0, 3.0]);
        let centres = doubles(&[4.0, 4.0, 0.0, 1.0]);
        let mut buffers = vec![points, centres, vec![Scalar::zero(DType::I64); 3]];
        interpret(&nearest(), &[3, 2], &[], &mut buffers);
        assert_eq!(buffers[2].iter().map(|x| x.to_i128()).collect::<Vec<_>>(), [1, 0, 0]);
    }

    #[test]
    fn only_the_chosen_side_of_a_guard_is_loaded() {
        let mut buffers = vec![floats(&[1.0, 2.0, 3.0, 4.0]), empty(6)];
        interpret(&framed(), &[], &[Scalar::f32(9.0)], &mut buffers);
        assert_eq!(buffers[1], floats(&[9.0, 4.0, 3.0, 2.0, 1.0, 9.0]));
    }

    #[test]
    #[should_panic(expected = "v0 loads from b0 of 3 elements at 3, at point [1]")]
    fn a_load_outside_its_buffer_shows_the_kernel() {
        let mut buffers = vec![floats(&[1.0, 2.0, 3.0]), empty(6)];
        interpret(&framed(), &[], &[Scalar::f32(9.0)], &mut buffers);
    }

    #[test]
    fn digits_and_computed_places_index() {
        let mut kernel = framed();
        let digit = Term::Digit { axis: AxisId(0), div: known(2), modulo: known(2) };
        let place = Index { offset: known(1), terms: [(known(1), digit)].into_iter().collect() };
        kernel.body[0] = Inst::Coord(place);
        kernel.dtypes[0] = DType::I64;
        let computed =
            Index { offset: known(0), terms: [(known(1), Term::Value(Val(0)))].into_iter().collect() };
        kernel.body[1] = Inst::Load(BufferId(0), computed);
        kernel.passes[0].stores[0].value = Val(1);
        kernel.body.truncate(2);
        kernel.dtypes.truncate(2);
        assert_eq!(crate::kernel::verify::verify(&kernel), Ok(()));
        let mut buffers = vec![floats(&[1.0, 2.0, 3.0]), empty(6)];
        interpret(&kernel, &[], &[Scalar::f32(0.0)], &mut buffers);
        assert_eq!(buffers[1], floats(&[2.0, 2.0, 3.0, 3.0, 2.0, 2.0]));
    }
}
