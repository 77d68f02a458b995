//! Large results are written past the caches: the same bits, and only where each line is aligned.

mod common;

use common::*;
use numfuse_codegen::{Layout, Mapping, Worker, abi, choose, compile, disassemble, launch, wide};
use numfuse_ir::dtype::DType;
use numfuse_ir::index::Index;
use numfuse_ir::kernel::{Kernel, Role};
use numfuse_ir::prim::Prim;
use numfuse_ir::target::{Target, Vectors};

/// As large as may be for one walk; streams from 12 bytes a place on.
const LARGE: i64 = 1 << 23;

fn wide_target() -> Target {
    Target { vectors: Vectors::Bits512, ..Target::FIXED }
}

/// `x + x`, or `x != x` of bools, stored at `index`.
fn doubled(dtype: DType, rows: usize, index: Index) -> Kernel {
    let extents: Vec<_> = (0..rows).map(|i| param(i as u32)).collect();
    let mut b = Build::new(&extents, rows, 3);
    let (x, y) = (b.buffer(dtype, Role::In), b.buffer(dtype, Role::Out));
    let x = b.load(x, at(known(0), &[(known(1), rows as u32 - 1)]));
    let twice = b.prim(if dtype == DType::Bool { Prim::Ne } else { Prim::Add }, &[x, x]);
    b.store(&[], y, index, twice);
    b.kernel
}

fn linear() -> Index {
    at(known(0), &[(known(1), 0)])
}

#[test]
fn only_large_results_in_one_row_of_aligned_lines_stream() {
    let streams = |kernel: &Kernel, words: &[i64], target: &Target| choose(kernel, words, target).streams;
    let kernel = doubled(DType::F64, 1, linear());
    assert!(streams(&kernel, &[LARGE], &wide_target()));
    assert!(!streams(&kernel, &[1 << 20], &wide_target()), "what fits in caches is found there");
    assert!(!streams(&kernel, &[LARGE], &Target::FIXED), "vectors of 128 bits are no lines");
    let shifted = doubled(DType::F64, 1, at(known(1), &[(known(1), 0)]));
    assert!(!streams(&shifted, &[LARGE], &wide_target()));
    let strided = doubled(DType::F64, 1, at(known(0), &[(known(2), 0)]));
    assert!(!streams(&strided, &[LARGE], &wide_target()));
    let rows = doubled(DType::F64, 2, at(known(0), &[(param(2), 0), (known(1), 1)]));
    assert!(!streams(&rows, &[1 << 12, 1 << 12, 1 << 12], &wide_target()));
}

#[test]
fn streams_are_seen_in_the_text() {
    let kernel = doubled(DType::F32, 1, linear());
    let mapping = Mapping { streams: true, ..Mapping::new(Layout::Flat, Worker::Core, 64) };
    let text = disassemble(&kernel, mapping, Vectors::Bits512).expect("it is emitted");
    assert!(text.contains("vmovntdq") && text.contains("sfence"), "{text}");
    let kept =
        disassemble(&kernel, Mapping { streams: false, ..mapping }, Vectors::Bits512).expect("so is this");
    assert!(!kept.contains("vmovntdq") && !kept.contains("sfence"), "{kept}");
}

/// A line of memory.
#[derive(Clone, Copy, PartialEq, Debug)]
#[repr(align(64))]
struct Line([u8; 64]);

#[test]
fn streams_write_the_same_bits_at_every_tail() {
    if !wide::is_available() {
        return println!("no AVX-512 here: nothing streams");
    }
    for dtype in [DType::Bool, DType::I8, DType::U16, DType::F32, DType::I64, DType::F64] {
        let kernel = doubled(dtype, 1, linear());
        for lanes in [8, 16, 32, 64] {
            for n in [1usize, 15, 64, 65, 200, 16_384, 16_385, 40_000] {
                let lines = (n * dtype.bytes()).div_ceil(64) + 1;
                let input: Vec<Line> = (0..lines).map(|i| Line([(i * 37 % 2) as u8; 64])).collect();
                let result = |streams| {
                    let mapping = Mapping { streams, ..Mapping::new(Layout::Flat, Worker::Core, lanes) };
                    let mut output = vec![Line([0xee; 64]); lines];
                    let code = compile(&kernel, mapping, &wide_target()).expect("it compiles");
                    let recipe = launch(&kernel, mapping, &[n as i64]);
                    let buffers = [input.as_ptr() as u64, output.as_mut_ptr() as u64];
                    let words = abi::words(&buffers, &[], &[n as i64], None);
                    // SAFETY: both buffers have more than `n` elements, and are aligned.
                    unsafe { code.call(&words, 0, recipe.units) };
                    output
                };
                assert_eq!(result(true), result(false), "{dtype}, {lanes} lanes, {n} elements");
            }
        }
    }
}
