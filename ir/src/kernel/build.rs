//! Building a kernel's body: push an instruction, get a value.
//!
//! [`Builder::push`] simplifies while building: it folds constants, applies the identities of
//! [`rules`] and reuses an equal value, so nothing downstream ever sees `x * 1` or
//! the same load twice.

use super::{Buffer, BufferId, Carry, Inst, Kernel, Order, Pass, PassId, Role, Store, Val, rules};
use crate::dtype::DType;
use crate::index::Index;
use crate::ops::Op;
use crate::ops::expansion::{Expansion, Step};
use crate::ops::fold::Fold;
use crate::prim::Prim;
use crate::scalar::Scalar;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// When running values are known: in the last pass with columns, whichever that will be.
const LAST: usize = usize::MAX;

/// A kernel in the making.
#[derive(Debug)]
pub struct Builder {
    kernel: Kernel,
    known: FxHashMap<Inst, Val>,
    /// For each value, how many of the kernel's passes must have run before it is known; of what follows
    /// a scan [`LAST`].
    ready: Vec<usize>,
    /// What the pass that scans carries.
    scans: Vec<Carry>,
}

impl Builder {
    /// An empty kernel; axes are set when it is finished.
    pub fn new() -> Builder {
        let kernel = Kernel {
            axes: Vec::new(),
            rows: 0,
            passes: Vec::new(),
            buffers: Vec::new(),
            scalars: Vec::new(),
            words: 0,
            body: Vec::new(),
            dtypes: Vec::new(),
        };
        Builder { kernel, known: FxHashMap::default(), ready: Vec::new(), scans: Vec::new() }
    }

    /// A buffer parameter.
    pub fn buffer(&mut self, dtype: DType, role: Role) -> BufferId {
        self.kernel.buffers.push(Buffer { dtype, role });
        BufferId(self.kernel.buffers.len() as u32 - 1)
    }

    /// A number passed at launch.
    pub fn scalar(&mut self, dtype: DType) -> Val {
        self.kernel.scalars.push(dtype);
        self.push(Inst::Scalar(self.kernel.scalars.len() as u32 - 1), dtype)
    }

    /// A constant.
    pub fn constant(&mut self, c: Scalar) -> Val {
        self.push(Inst::Const(c), c.dtype())
    }

    /// An element of a buffer.
    pub fn load(&mut self, buffer: BufferId, at: Index) -> Val {
        let dtype = self.kernel.buffers[buffer.index()].dtype;
        self.push(Inst::Load(buffer, at), dtype)
    }

    /// The value of an index, int64.
    pub fn coord(&mut self, index: Index) -> Val {
        match index.offset.known() {
            Some(n) if index.terms.is_empty() => self.constant(Scalar::from_i128(DType::I64, i128::from(n))),
            _ => self.push(Inst::Coord(index), DType::I64),
        }
    }

    /// A value converted to another type.
    pub fn cast(&mut self, x: Val, to: DType) -> Val {
        if self.dtype(x) == to { x } else { self.prim(Prim::Cast(to), &[x]) }
    }

    /// A machine operation; operands have types that it accepts.
    pub fn prim(&mut self, prim: Prim, args: &[Val]) -> Val {
        let types: SmallVec<[DType; 3]> = args.iter().map(|&v| self.dtype(v)).collect();
        let dtype = prim.result(&types).expect("operands were typed when the graph was built");
        if let Some(known) = self.constants(args) {
            return self.constant(prim.eval(&known));
        }
        match rules::simplify(&self.kernel, prim, args) {
            Some(same) => same,
            None => self.push(Inst::Prim(prim, args.into()), dtype),
        }
    }

    /// A row of the op table: folded when its operands are constants, a machine operation when it
    /// is just that, kept whole otherwise.
    pub fn call(&mut self, op: Op, args: &[Val]) -> Val {
        if let Some(known) = self.constants(args) {
            return self.constant(op.eval(&known));
        }
        let types: SmallVec<[DType; 3]> = args.iter().map(|&v| self.dtype(v)).collect();
        match Shape::of(op, &types) {
            Shape::Known(c) => self.constant(c),
            Shape::Operand(i) => args[i],
            Shape::Prim(prim) => self.prim(prim, args),
            Shape::Many(_) => self.push(Inst::Call(op, args.into()), op.result(&types)),
        }
    }

    /// The values as constants, if all are.
    fn constants(&self, args: &[Val]) -> Option<SmallVec<[Scalar; 3]>> {
        let constant = |&v: &Val| match self.kernel.inst(v) {
            Inst::Const(c) => Some(*c),
            _ => None,
        };
        args.iter().map(constant).collect()
    }

    /// The value of an instruction: the one there is, or a new one.
    pub fn push(&mut self, inst: Inst, dtype: DType) -> Val {
        if let Some(&v) = self.known.get(&inst) {
            return v;
        }
        let mut ready = 0;
        inst.for_each_arg(&mut |v| ready = ready.max(self.ready[v.index()]));
        if let Inst::Final { pass, carry, .. } = inst {
            let fold = &self.kernel.passes[pass.index()];
            let args = &fold.carries[carry as usize].args;
            let inside = args.iter().map(|v| self.ready[v.index()]).max().unwrap_or(0);
            ready = if fold.inner { inside } else { pass.index() + 1 };
        }
        if let Inst::After { .. } = inst {
            ready = LAST;
        }
        let v = Val(self.kernel.body.len() as u32);
        self.kernel.body.push(inst.clone());
        self.kernel.dtypes.push(dtype);
        self.ready.push(ready);
        self.known.insert(inst, v);
        v
    }

    /// The pass over `cols` in which `carry` can be folded: an earlier one with the same walk whose
    /// results the carry does not need, or a new one. Gives the pass and the carry's place in it.
    pub fn fold(&mut self, cols: &[super::AxisId], order: Order, carry: Carry, inner: bool) -> (PassId, u32) {
        let ready = carry.args.iter().map(|v| self.ready[v.index()]).max().unwrap_or(0);
        let first = if inner { 0 } else { ready };
        let same = |p: &Pass| {
            let order_fits = p.order == order || p.order == Order::Free || order == Order::Free;
            let together = !inner || p.carries.iter().all(|c| c.args == carry.args);
            p.cols.as_slice() == cols && p.inner == inner && p.stores.is_empty() && order_fits && together
        };
        let found = (first..self.kernel.passes.len()).find(|&i| same(&self.kernel.passes[i]));
        let at = found.unwrap_or_else(|| {
            let pass = Pass { cols: cols.into(), carries: Vec::new(), order, stores: Vec::new(), inner };
            self.kernel.passes.push(pass);
            self.kernel.passes.len() - 1
        });
        // A fold that may go in any order goes in the order that its company needs.
        if order != Order::Free {
            self.kernel.passes[at].order = order;
        }
        let carries = &mut self.kernel.passes[at].carries;
        let place = carries.iter().position(|c| *c == carry).unwrap_or_else(|| {
            carries.push(carry);
            carries.len() - 1
        });
        (PassId(at as u32), place as u32)
    }

    /// The running value of a fold over the columns of the pass that will write at the end; gives what names
    /// its parts.
    pub fn scan(&mut self, fold: Fold, element: &[Val]) -> impl Fn(&mut Self, u32) -> Val + use<> {
        let carry = Carry { fold, args: SmallVec::from_slice(element) };
        let place = self.scans.iter().position(|c| *c == carry).unwrap_or_else(|| {
            self.scans.push(carry);
            self.scans.len() - 1
        });
        let dtype = self.dtype(element[0]);
        move |builder, part| {
            let running = Inst::After { carry: place as u32, part };
            builder.push(running, fold.part_dtype(dtype, part as usize))
        }
    }

    /// Writes at the end, in a pass over these columns: the last one, if it walks them, or a new one.
    pub fn store(&mut self, cols: &[super::AxisId], stores: Vec<Store>) {
        if !self.scans.is_empty() && !cols.is_empty() {
            let carries = std::mem::take(&mut self.scans);
            let pass = Pass { cols: cols.into(), carries, order: Order::Runs, stores, inner: false };
            return self.kernel.passes.push(pass);
        }
        if let Some(last) = self.kernel.passes.last_mut()
            && last.cols.as_slice() == cols
            && last.carries.is_empty()
        {
            return last.stores.extend(stores);
        }
        let pass = Pass { cols: cols.into(), carries: Vec::new(), order: Order::Free, stores, inner: false };
        self.kernel.passes.push(pass);
    }

    /// Adds stores of a value to the first pass over such columns in which it is known.
    pub fn store_along(&mut self, walks: impl Fn(&[super::AxisId]) -> bool, value: Val, stores: Vec<Store>) {
        let passes = &mut self.kernel.passes;
        let first = match self.ready[value.index()] {
            // It moves with a scan: further passes, for what does not, may follow the one that runs along it.
            LAST => passes.iter().rposition(|p| p.order == Order::Runs).unwrap_or(0),
            known => known,
        };
        let passes = &mut passes[first..];
        let pass = passes.iter_mut().find(|p| !p.inner && walks(&p.cols));
        pass.expect("the pass of the fold that the value was computed for").stores.extend(stores);
    }

    /// The instruction that gives a value.
    pub fn inst(&self, v: Val) -> &Inst {
        self.kernel.inst(v)
    }

    /// True when a value cannot be computed without the other, whichever sides its picks choose.
    pub fn needs(&self, v: Val, other: Val) -> bool {
        let mut wanted = vec![false; v.index() + 1];
        wanted[v.index()] = true;
        for i in (0..=v.index()).rev() {
            let mut want = |arg: Val| wanted[arg.index()] |= wanted[i];
            match &self.kernel.body[i] {
                Inst::Pick { guard, .. } => guard.for_each_arg(&mut want),
                inst => inst.for_each_arg(&mut want),
            }
        }
        wanted.get(other.index()).copied().unwrap_or(false)
    }

    /// The type of a value.
    pub fn dtype(&self, v: Val) -> DType {
        self.kernel.dtype(v)
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.kernel.body.len()
    }

    /// True before the first value.
    pub fn is_empty(&self) -> bool {
        self.kernel.body.is_empty()
    }

    /// The kernel.
    pub fn finish(self) -> Kernel {
        self.kernel
    }
}

impl Default for Builder {
    fn default() -> Builder {
        Builder::new()
    }
}

/// What an op amounts to for operands of given types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The same number whatever the operands are.
    Known(Scalar),
    /// That operand, unchanged.
    Operand(usize),
    /// One machine operation on the operands in order.
    Prim(Prim),
    /// So many machine operations.
    Many(u64),
}

impl Shape {
    /// What `op` amounts to for operands of these types, none of them a half type.
    pub fn of(op: Op, types: &[DType]) -> Shape {
        // Most rows are one machine operation of numbers: nothing need be recorded.
        if let Some(prim) = op.def().prim.filter(|_| !types.contains(&DType::Bool)) {
            return Shape::Prim(prim);
        }
        let expansion = Expansion::of(op, types);
        match expansion.steps.as_slice() {
            [] => Shape::Operand(expansion.result as usize),
            [Step::Constant(c)] if expansion.result == types.len() as u32 => Shape::Known(*c),
            [Step::Prim(prim, args)] if args.iter().copied().eq(0..types.len() as u32) => Shape::Prim(*prim),
            _ => Shape::Many(expansion.operations()),
        }
    }

    /// How many machine operations it is, divisions and square roots counted as 5.
    pub fn cost(self) -> u64 {
        match self {
            Shape::Known(_) | Shape::Operand(_) => 0,
            Shape::Prim(Prim::Div | Prim::Sqrt | Prim::Rem) => 5,
            Shape::Prim(_) => 1,
            Shape::Many(n) => n,
        }
    }
}
