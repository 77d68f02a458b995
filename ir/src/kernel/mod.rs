//! The kernel level: "for each row, do these passes over columns".
//!
//! A [`Kernel`] is what both back ends share: which axes are looped, what is computed at each
//! point, what is folded, where it is loaded from and stored to. It is pure data (`Clone + Eq +
//! Hash`), blind to shapes: extents, strides and offsets are launch words, so one kernel is
//! compiled once and serves every size. `schedule/lower.rs` builds it, `kernel/interp.rs` defines
//! what it means, `codegen` turns it into machine code and CUDA C.
//!
//! Rows are independent of each other; passes run in order for each row; a pass visits its columns
//! and folds or stores. A value that depends on no column sits between passes by construction, so
//! loop-invariant motion is a consequence of where a value's axes lie, not a pass.

pub mod build;
pub mod complex;
pub mod contract;
pub mod half;
pub mod interp;
pub mod print;
pub mod rules;
pub mod space;
pub mod verify;

use crate::dtype::DType;
use crate::gather::Bounds;
use crate::index::{Guard, Index, Word};
use crate::ops::Op;
use crate::ops::fold::Fold;
use crate::prim::Prim;
use crate::scalar::Scalar;
use smallvec::SmallVec;

macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $Id:ident, $letter:literal;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $Id(pub u32);
        impl $Id {
            /// The place in the kernel's list of them.
            pub const fn index(self) -> usize { self.0 as usize }
        }
        impl std::fmt::Debug for $Id {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, concat!($letter, "{}"), self.0) }
        }
        impl std::fmt::Display for $Id {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, "{self:?}") }
        }
    )+};
}

ids! {
    /// An axis of a kernel's space: rows first, then columns.
    AxisId, "a";
    /// A value of a kernel's body.
    Val, "v";
    /// A buffer parameter.
    BufferId, "b";
    /// A pass over columns.
    PassId, "p";
}

/// One fused loop nest, ready for either back end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Kernel {
    /// All axes: the first [`Kernel::rows`] of them are rows, the others columns of passes.
    pub axes: Vec<Axis>,
    /// How many of the axes are rows. The last row axis varies fastest.
    pub rows: usize,
    /// What is done for each row, in order.
    pub passes: Vec<Pass>,
    /// The buffers it reads and writes.
    pub buffers: Vec<Buffer>,
    /// The types of the numbers passed at launch.
    pub scalars: Vec<DType>,
    /// How many launch words ([`Word::Param`]) there are.
    pub words: usize,
    /// The values, each after its operands.
    pub body: Vec<Inst>,
    /// The type of each value of the body.
    pub dtypes: Vec<DType>,
}

/// One axis of the space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Axis {
    /// How many points it has. A kernel is never launched over an empty row axis; a column axis
    /// may be empty.
    pub extent: Word,
}

/// What a kernel does with a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Only loaded from.
    In,
    /// Only stored to; every element of the kernel's rows is written.
    Out,
}

/// A buffer parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Buffer {
    /// The type of its elements.
    pub dtype: DType,
    /// Whether it is read or written.
    pub role: Role,
}

/// A walk over columns, once for each row: carries are folded, stores are made at each point.
/// A pass without columns does its stores once a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pass {
    /// The column axes, outermost first. Several passes may walk the same axes.
    pub cols: SmallVec<[AxisId; 2]>,
    /// What is folded over the columns; all carries of a pass have the same order.
    pub carries: Vec<Carry>,
    /// In which order the folds combine.
    pub order: Order,
    /// What is written at each point.
    pub stores: Vec<Store>,
    /// True when the pass is run inside a later pass (a fold inside a fold): once for each of its
    /// points at which a value of this pass is needed.
    pub inner: bool,
}

/// The order in which a fold combines its elements. It depends on the logical shape alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// Any order gives the same bits (integers, min, max, any, all; a pass without carries).
    Free,
    /// 32 lanes in blocks of 512: element `i` of a block belongs to lane `i % 32`, lanes are joined
    /// by halving, block results are folded by the same rule.
    Lanes,
    /// Runs of 16 within blocks of 512, of a pass that scans: see [`Inst::After`].
    Runs,
    /// Serially in groups of 128, group results by the same rule: folds over an outer axis.
    Groups,
}

/// A running value of a pass.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Carry {
    /// How elements are combined.
    pub fold: Fold,
    /// What is folded at each point: the element, and its position for `argmin` and `argmax`.
    pub args: SmallVec<[Val; 2]>,
}

/// One write.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Store {
    /// The buffer written to.
    pub buffer: BufferId,
    /// Where.
    pub at: Index,
    /// What.
    pub value: Val,
}

/// One value of the body.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Inst {
    /// A constant.
    Const(Scalar),
    /// The number passed at launch at that place of [`Kernel::scalars`], neither a zero nor a NaN.
    Scalar(u32),
    /// The value of an index as an int64: a coordinate, a position.
    Coord(Index),
    /// An element of a buffer.
    Load(BufferId, Index),
    /// A machine operation.
    Prim(Prim, SmallVec<[Val; 3]>),
    /// A row of the op table with an expansion, kept whole until code is emitted.
    Call(Op, SmallVec<[Val; 3]>),
    /// `inside` where the guard holds, `outside` elsewhere. Loads below `inside` are only made
    /// where it holds, loads below `outside` only where it does not.
    Pick {
        /// Where `inside` is taken.
        guard: Guard,
        /// The value inside the guard.
        inside: Val,
        /// The value outside.
        outside: Val,
    },
    /// The running value, this point's element included, of that carry of the one pass that scans (the
    /// last with columns, of order [`Order::Runs`]), read by that pass alone.
    ///
    /// A block of 512 elements is 32 runs of 16. The running value is `(blocks + runs) + run`, all
    /// joined as the fold joins: the total of the blocks before, by this same rule over blocks' totals;
    /// of the runs before in the block, one after the other; of the run's elements up to this one.
    /// Totals start from [`Fold::neutral`].
    After {
        /// Which of the pass's carries.
        carry: u32,
        /// Which part of the carry's state.
        part: u32,
    },
    /// The place along an axis that an index (int64) means; 0 where it means none.
    Within {
        /// The index.
        index: Val,
        /// How many places there are, at least 1.
        extent: Word,
        /// What an index outside means.
        bounds: Bounds,
        /// Where an index that means no place is told of; there for the bounds that check.
        check: Option<Check>,
    },
    /// The end result of a carry of an earlier (or inner) pass; `part` counts the values that travel together.
    Final {
        /// The pass that folds it.
        pass: PassId,
        /// Which of its carries.
        carry: u32,
        /// Which part of the carry's state.
        part: u32,
    },
}

/// Where a kernel tells of the first index that is out of range.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Check {
    /// Which of the cells of the launch.
    pub number: u32,
    /// The position of the index among those of its array, in logical order: the least counts.
    pub at: Index,
}

impl Kernel {
    /// How many cells for indices out of range a launch has.
    pub fn checks(&self) -> usize {
        let number = |inst: &Inst| match inst {
            Inst::Within { check: Some(check), .. } => check.number as usize + 1,
            Inst::Within { check: None, .. } | Inst::Const(_) | Inst::Scalar(_) | Inst::Coord(_) => 0,
            Inst::Load(..) | Inst::Prim(..) | Inst::Call(..) | Inst::Pick { .. } => 0,
            Inst::Final { .. } | Inst::After { .. } => 0,
        };
        self.body.iter().map(number).max().unwrap_or(0)
    }

    /// The row axes, slowest first.
    pub fn row_axes(&self) -> impl DoubleEndedIterator<Item = AxisId> + use<> {
        (0..self.rows as u32).map(AxisId)
    }

    /// The pass that scans, if one does.
    pub fn scan(&self) -> Option<PassId> {
        let found = self.passes.iter().position(|pass| pass.order == Order::Runs);
        found.map(|pass| PassId(pass as u32))
    }

    /// The instruction that gives `v`.
    pub fn inst(&self, v: Val) -> &Inst {
        &self.body[v.index()]
    }

    /// The type of `v`.
    pub fn dtype(&self, v: Val) -> DType {
        self.dtypes[v.index()]
    }

    /// The names of the operations and folds in it, each once, in the order of the body.
    pub fn operations(&self) -> Vec<&'static str> {
        let folds = self.passes.iter().flat_map(|pass| &pass.carries).map(|carry| carry.fold.name());
        let operations = self.body.iter().filter_map(|inst| match inst {
            Inst::Prim(prim, _) => Some(prim.name()),
            Inst::Call(op, _) => Some(op.name()),
            Inst::Within { .. } => Some("take"),
            Inst::Const(_) | Inst::Scalar(_) | Inst::Coord(_) | Inst::Load(..) => None,
            Inst::Pick { .. } | Inst::Final { .. } | Inst::After { .. } => None,
        });
        let mut names = Vec::new();
        for name in operations.chain(folds) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// For each value, the axes that it moves with, as a bit for each axis.
    ///
    /// A folded result moves with whatever its fold's elements move with, less the columns of its
    /// pass.
    pub fn dependence(&self) -> Vec<u64> {
        let mut sets: Vec<u64> = Vec::with_capacity(self.body.len());
        for inst in &self.body {
            let mut set = 0;
            inst.for_each_axis(&mut |a| set |= 1 << a.0);
            inst.for_each_arg(&mut |v| set |= sets[v.index()]);
            if let Inst::Final { pass, carry, .. } = inst {
                let pass = &self.passes[pass.index()];
                let args = &pass.carries[*carry as usize].args;
                set |= args.iter().fold(0, |s, v| s | sets[v.index()]);
                set &= pass.cols.iter().fold(!0, |s, a| s & !(1 << a.0));
            }
            if let (Inst::After { carry, .. }, Some(pass)) = (inst, self.scan()) {
                let pass = &self.passes[pass.index()];
                set |= pass.carries[*carry as usize].args.iter().fold(0, |s, v| s | sets[v.index()]);
                set |= pass.cols.iter().fold(0, |s, a| s | 1 << a.0);
            }
            sets.push(set);
        }
        sets
    }
}

impl Inst {
    /// Calls `f` with each operand (the elements behind a folded result are not operands).
    pub fn for_each_arg(&self, f: &mut dyn FnMut(Val)) {
        match self {
            Inst::Const(_) | Inst::Scalar(_) | Inst::Final { .. } | Inst::After { .. } => {}
            Inst::Coord(i) | Inst::Load(_, i) => i.for_each_arg(f),
            Inst::Prim(_, args) | Inst::Call(_, args) => args.iter().for_each(|v| f(*v)),
            Inst::Pick { guard, inside, outside } => {
                guard.for_each_arg(f);
                f(*inside);
                f(*outside);
            }
            Inst::Within { index: place, check, .. } => {
                check.iter().for_each(|check| check.at.for_each_arg(f));
                f(*place);
            }
        }
    }

    /// Calls `f` with each axis that the instruction itself names.
    pub fn for_each_axis(&self, f: &mut dyn FnMut(AxisId)) {
        let index = |i: &Index, f: &mut dyn FnMut(AxisId)| {
            for (_, term) in &i.terms {
                match term {
                    crate::index::Term::Axis(a) | crate::index::Term::Digit { axis: a, .. } => f(*a),
                    crate::index::Term::Value(_) => {}
                }
            }
        };
        match self {
            Inst::Coord(i) | Inst::Load(_, i) => index(i, f),
            Inst::Pick { guard, .. } => guard.ranges.iter().for_each(|r| index(&r.index, f)),
            Inst::Within { check, .. } => check.iter().for_each(|check| index(&check.at, f)),
            Inst::Const(_) | Inst::Scalar(_) | Inst::Prim(..) | Inst::Call(..) => {}
            Inst::Final { .. } | Inst::After { .. } => {}
        }
    }
}
