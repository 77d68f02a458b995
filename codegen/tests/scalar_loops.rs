//! What runs lane by lane on the CPU, with the reason for each; the lists may shrink, not grow.
//!
//! What Cranelift's back end does with a prim it says itself. Everything else is seen from the code: a kernel
//! is emitted for this one prim or access, and what is done lane by lane is a loop of its own there (a
//! branch more than a copy has), or as many single elements as there are lanes.

mod common;

use common::*;
use numfuse_codegen::cpu::{self, scalar_loop};
use numfuse_codegen::disassemble;
use numfuse_ir::dtype::DType;
use numfuse_ir::index::{Guard, Index, Range, Term};
use numfuse_ir::kernel::{AxisId, Inst, Kernel, Role, Val};
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::target::Vectors;
use std::collections::BTreeSet;

/// The types of a prim's operands, if it has that type.
fn operands(prim: Prim, dtype: DType) -> Option<Vec<DType>> {
    let types = operand_types(prim, dtype);
    prim.result(&types).map(|_| types)
}

/// What may be on the list of Cranelift's back end.
fn is_expected(prim: Prim, dtype: DType) -> bool {
    let is_wide = |d: DType| d.is_integer() && d.bytes() == 8;
    match prim {
        Prim::Div | Prim::Rem => dtype.is_integer() || dtype == DType::Bool,
        // By counts that differ from lane to lane; a constant count is one vector instruction.
        Prim::Shl | Prim::Shr => is_wide(dtype),
        Prim::Cast(to) => (is_wide(dtype) && to.is_float()) || (dtype.is_float() && is_wide(to)),
        Prim::Add | Prim::Sub | Prim::Mul | Prim::MulHigh | Prim::Neg | Prim::Abs => false,
        Prim::Min | Prim::Max | Prim::Fma | Prim::Sqrt => false,
        Prim::Floor | Prim::Ceil | Prim::Trunc | Prim::Rint => false,
        Prim::And | Prim::Or | Prim::Xor | Prim::Not => false,
        Prim::Lt | Prim::Le | Prim::Gt | Prim::Ge | Prim::Eq | Prim::Ne => false,
        Prim::Select | Prim::Bitcast(_) | Prim::Round(_) => false,
    }
}

#[test]
fn the_list_of_scalar_loops_does_not_grow() {
    for prim in prims() {
        for &dtype in DType::ALL {
            let Some(reason) = scalar_loop(prim, dtype).filter(|_| operands(prim, dtype).is_some()) else {
                continue;
            };
            println!("{:8} {dtype:8} {reason}", prim.name());
            assert!(
                is_expected(prim, dtype),
                "{} of {dtype} has become a scalar loop: {reason}",
                prim.name()
            );
        }
    }
}

// ── Seen from the code ─────────────────────────────────────────────────────────────────────────────

/// The lanes of the kernels that are looked at.
const LANES: u8 = 16;

/// Element by element: `body` computes the value to be stored from a number of inputs of these types.
fn kernel(types: &[DType], body: impl FnOnce(&mut Build, &[Val]) -> Val) -> Kernel {
    let mut b = Build::new(&[param(0)], 1, 3);
    let i = at(known(0), &[(known(1), 0)]);
    let inputs: Vec<_> = types.iter().map(|&d| b.buffer(d, Role::In)).collect();
    let loads: Vec<Val> = inputs.iter().map(|&x| b.load(x, i.clone())).collect();
    let value = body(&mut b, &loads);
    let dtype = b.kernel.dtype(value);
    let output = b.buffer(dtype, Role::Out);
    b.store(&[], output, i, value);
    b.kernel
}

/// How often a lane-by-lane piece of code shows: branches in machine code of 512 bits.
fn branches(kernel: &Kernel) -> usize {
    let text = disassemble(kernel, flat(LANES), Vectors::Bits512).expect("the kernel is well-formed");
    text.lines().filter(|line| line.split_whitespace().any(|word| word.starts_with('j'))).count()
}

/// How many accesses of one element, and how many branches, there are in the CLIF of a kernel.
fn singles(kernel: &Kernel) -> (usize, usize) {
    let text = cpu::clif(kernel, flat(LANES)).expect("the kernel is well-formed");
    // `load.i32` is of one element, `load.i32x4` of four.
    let loads = |line: &str| line.split(' ').any(|w| w.starts_with("load.") && !w.contains('x'));
    let single = |line: &&str| line.contains("extractlane") || line.contains("insertlane") || loads(line);
    (text.lines().filter(single).count(), text.lines().filter(|line| line.contains("brif")).count())
}

#[test]
fn the_prims_that_wide_vectors_do_lane_by_lane_do_not_grow() {
    let mut found = BTreeSet::new();
    let known = |dtype: DType| !dtype.is_half() && !dtype.is_complex();
    for prim in prims().into_iter().filter(|prim| !matches!(prim, Prim::Round(_))) {
        for &dtype in DType::ALL.iter().filter(|&&d| known(d)) {
            let Some(types) = operands(prim, dtype) else { continue };
            if !prim.result(&types).is_some_and(known) {
                continue;
            }
            let plain = branches(&kernel(&[types[types.len() - 1]], |_, x| x[0]));
            if branches(&kernel(&types, |b, x| b.prim(prim, x))) > plain {
                found.insert(format!("{} {dtype}", prim.name()));
            }
        }
    }
    println!("lane by lane in vectors of 512 bits: {found:?}: no vector instruction divides integers");
    let expected = ["div int64", "div uint64", "rem int64", "rem uint64"].map(str::to_string);
    assert_eq!(found, BTreeSet::from(expected));
}

/// An access whose lanes are no plain neighbours.
struct Access {
    /// What it is.
    name: &'static str,
    /// Why it is done lane by lane where it is.
    reason: &'static str,
    /// The kernel that has it, of a type.
    make: fn(DType) -> Kernel,
}

/// What is asked of a guard for all lanes: whether all are inside, and whether all are outside.
const BRANCHES_OF_GUARD: usize = 4;

const ACCESSES: [Access; 5] = [
    Access {
        name: "strided load",
        reason: "no instruction loads elements that lie apart",
        make: strided_load,
    },
    Access { name: "strided store", reason: "no instruction stores elements apart", make: strided_store },
    Access { name: "gather", reason: "no instruction loads from places in a vector", make: gather },
    Access { name: "scatter", reason: "no instruction stores to places in a vector", make: scatter },
    Access {
        name: "load below a guard",
        reason: "no instruction loads the lanes that are on",
        make: guarded,
    },
];

fn strided(first: u32) -> Index {
    at(known(0), &[(param(first), 0)])
}

/// The place that a value says.
fn there(place: Val) -> Index {
    Index { offset: known(0), terms: [(known(1), Term::Value(place))].into_iter().collect() }
}

fn strided_load(dtype: DType) -> Kernel {
    kernel(&[], |b, _| {
        let x = b.buffer(dtype, Role::In);
        b.load(x, strided(1))
    })
}

fn strided_store(dtype: DType) -> Kernel {
    kernel(&[dtype], |b, x| {
        let y = b.buffer(dtype, Role::Out);
        b.store(&[], y, strided(1), x[0]);
        x[0]
    })
}

fn gather(dtype: DType) -> Kernel {
    kernel(&[DType::I64], |b, place| {
        let x = b.buffer(dtype, Role::In);
        b.load(x, there(place[0]))
    })
}

fn scatter(dtype: DType) -> Kernel {
    kernel(&[DType::I64, dtype], |b, x| {
        let y = b.buffer(dtype, Role::Out);
        b.store(&[], y, there(x[0]), x[1]);
        x[1]
    })
}

fn guarded(dtype: DType) -> Kernel {
    kernel(&[dtype], |b, x| {
        let fill = b.constant(Scalar::zero(dtype));
        let range = Range { index: Index::axis(AxisId(0)), low: param(1), high: param(2) };
        b.push(Inst::Pick { guard: Guard { ranges: vec![range] }, inside: x[0], outside: fill }, dtype)
    })
}

/// The types that an access is done lane by lane for.
fn of_types(access: &Access, is_single: impl Fn(&Kernel, &Kernel) -> bool) -> Vec<&'static str> {
    let types = DType::ALL.iter().filter(|d| !d.is_half() && !d.is_complex());
    let plain = |dtype| match access.name {
        "gather" | "scatter" => kernel(&[DType::I64, dtype], |b, x| {
            // A second store, as the access may be.
            let y = b.buffer(dtype, Role::Out);
            b.store(&[], y, at(known(0), &[(known(1), 0)]), x[1]);
            x[1]
        }),
        _ => kernel(&[dtype], |b, x| {
            let y = b.buffer(dtype, Role::Out);
            b.store(&[], y, at(known(0), &[(known(1), 0)]), x[0]);
            x[0]
        }),
    };
    types.filter(|&&d| is_single(&(access.make)(d), &plain(d))).map(|d| d.name()).collect()
}

#[test]
fn the_accesses_that_are_done_lane_by_lane_do_not_grow() {
    // AVX-512 has gathers and scatters of 4 and 8 bytes, and masks for all.
    const SMALL: [&str; 5] = ["bool", "int8", "int16", "uint8", "uint16"];
    for access in &ACCESSES {
        // On which side of a guard all lanes are is asked, in the loop and in its tail.
        let asked = if access.name == "load below a guard" { 2 * BRANCHES_OF_GUARD } else { 0 };
        let wide = of_types(access, |found, plain| branches(found) > branches(plain) + asked);
        println!("512 bits, {}: {wide:?}: {}, of so few bytes", access.name, access.reason);
        let may = if access.name == "load below a guard" { &[][..] } else { &SMALL[..] };
        assert!(wide.iter().all(|d| may.contains(d)), "{} of {wide:?}, in vectors of 512 bits", access.name);
        let narrow = of_types(access, |found, plain| {
            let (found, plain) = (singles(found), singles(plain));
            found.0 >= plain.0 + usize::from(LANES) || found.1 > plain.1
        });
        println!("128 bits, {}: {narrow:?}: {}", access.name, access.reason);
        assert_eq!(narrow.len(), 11, "{} of {narrow:?}, in vectors of 128 bits", access.name);
    }
}
