//! Tiny kernels and plans, made by hand.

#![allow(dead_code, reason = "each test file uses some of these")]

use numfuse_ir::dtype::DType;
use numfuse_ir::graph::Graph;
use numfuse_ir::index::{Index, Word};
use numfuse_ir::kernel::{Axis, AxisId, Buffer, BufferId, Inst, Kernel, Order, Pass, Role, Store, Val};
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::{Job, KernelJob, Place, Plan, Slot, Step};
use numfuse_ir::shape::Shape;
use numfuse_runtime::{Prepared, cpu};
use smallvec::smallvec;
use std::sync::Arc;

/// `y = a·x + b` over float32, with `extra` multiplications by one constant more: each number of
/// them is another kernel.
pub(crate) fn line(constants: &[f32]) -> Arc<Kernel> {
    let row = AxisId(0);
    let mut body = vec![
        Inst::Load(BufferId(0), Index::axis(row)),
        Inst::Scalar(0),
        Inst::Scalar(1),
        Inst::Prim(Prim::Mul, smallvec![Val(1), Val(0)]),
        Inst::Prim(Prim::Add, smallvec![Val(3), Val(2)]),
    ];
    for &constant in constants {
        let last = Val(body.len() as u32 - 1);
        body.push(Inst::Const(Scalar::f32(constant)));
        body.push(Inst::Prim(Prim::Mul, smallvec![last, Val(last.0 + 1)]));
    }
    kernel(vec![Axis { extent: Word::Param(0) }], body, Index::axis(row))
}

/// `y = constant·x` for the first float32, of what [`line`] is given: as little code as there is.
pub(crate) fn product(constant: f32) -> Arc<Kernel> {
    let body = vec![
        Inst::Load(BufferId(0), Index::constant(0)),
        Inst::Const(Scalar::f32(constant)),
        Inst::Prim(Prim::Mul, smallvec![Val(0), Val(1)]),
    ];
    kernel(Vec::new(), body, Index::constant(0))
}

/// A kernel over these rows that stores the last value of its body there.
fn kernel(axes: Vec<Axis>, body: Vec<Inst>, at: Index) -> Arc<Kernel> {
    let value = Val(body.len() as u32 - 1);
    let pass = Pass {
        cols: smallvec![],
        carries: Vec::new(),
        order: Order::Free,
        stores: vec![Store { buffer: BufferId(1), at, value }],
        inner: false,
    };
    Arc::new(Kernel {
        rows: axes.len(),
        axes,
        passes: vec![pass],
        buffers: [Role::In, Role::Out].map(|role| Buffer { dtype: DType::F32, role }).into(),
        scalars: vec![DType::F32; 2],
        words: 1,
        dtypes: vec![DType::F32; body.len()],
        body,
    })
}

/// A chain of `steps` applications of `kernel` to `n` elements: the numbers are those of the first
/// step, the leaf is number 0, the only output is the last result.
pub(crate) fn chain(kernel: &Arc<Kernel>, steps: usize, n: usize) -> Plan {
    let place = |step: usize| step.checked_sub(1).map_or(Place::Leaf(0), |slot| Place::Slot(slot as u32));
    let step = |index: usize| Step {
        job: Job::Kernel(KernelJob {
            kernel: kernel.clone(),
            scalars: vec![0, 1],
            words: vec![n as i64],
            checks: Vec::new(),
        }),
        buffers: vec![place(index), place(index + 1)],
        writes: Vec::new(),
        nodes: Vec::new(),
        bytes_read: 4 * n as u64,
        bytes_written: 4 * n as u64,
    };
    let slot = |index: usize| Slot {
        dtype: DType::F32,
        shape: Shape::new(&[n]).unwrap(),
        written: index,
        last_read: if index + 1 == steps { usize::MAX } else { index + 1 },
        over: None,
    };
    Plan {
        graph: Graph::new(),
        origins: Vec::new(),
        steps: (0..steps).map(step).collect(),
        slots: (0..steps).map(slot).collect(),
        outputs: vec![place(steps)],
        operations: 2 * steps,
        copies: Vec::new(),
    }
}

/// A plan of this module, made ready for this machine.
pub(crate) fn prepare(plan: Plan, n: usize) -> Prepared {
    // SAFETY: the kernels of this module read and write elements 0..n of their buffers, which all
    // have n elements of four bytes.
    unsafe { Prepared::new(plan, vec![4 * n], cpu::target()) }
}

/// What a chain computes.
pub(crate) fn expected(x: f32, steps: usize, a: f32, b: f32) -> f32 {
    (0..steps).fold(x, |x, _| a * x + b)
}
