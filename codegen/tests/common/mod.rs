//! Kernels built by hand, run, and compared bit for bit.

#![allow(dead_code, reason = "each test file uses its part")]

#[path = "../../../tests/skips/mod.rs"]
mod skips;

use numfuse_codegen::{Layout, Mapping, Worker, abi, compile, launch, wide};
use numfuse_ir::dtype::{DType, Kind};
use numfuse_ir::index::{Index, Term, Word};
use numfuse_ir::kernel::{
    Axis, AxisId, Buffer, BufferId, Carry, Inst, Kernel, Order, Pass, PassId, Role, Store, Val,
};
use numfuse_ir::ops::fold::Fold;
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::target::{Target, Vectors};
use smallvec::SmallVec;

/// A kernel under construction.
pub struct Build {
    pub kernel: Kernel,
}

pub fn param(k: u32) -> Word {
    Word::Param(k)
}

pub fn known(n: i64) -> Word {
    Word::Known(n)
}

/// `offset + Σ stride · axis`.
pub fn at(offset: Word, terms: &[(Word, u32)]) -> Index {
    Index { offset, terms: terms.iter().map(|&(s, a)| (s, Term::Axis(AxisId(a)))).collect() }
}

impl Build {
    pub fn new(extents: &[Word], rows: usize, words: usize) -> Build {
        let axes = extents.iter().map(|&extent| Axis { extent }).collect();
        let kernel = Kernel {
            axes,
            rows,
            passes: Vec::new(),
            buffers: Vec::new(),
            scalars: Vec::new(),
            words,
            body: Vec::new(),
            dtypes: Vec::new(),
        };
        Build { kernel }
    }

    pub fn buffer(&mut self, dtype: DType, role: Role) -> BufferId {
        self.kernel.buffers.push(Buffer { dtype, role });
        BufferId(self.kernel.buffers.len() as u32 - 1)
    }

    /// A half as the float32 that kernels compute with.
    pub fn widened(&mut self, v: Val) -> Val {
        let dtype = self.kernel.dtype(v);
        if dtype.is_half() { self.prim(Prim::Cast(dtype.working()), &[v]) } else { v }
    }

    /// A value as what is stored of it.
    pub fn narrowed(&mut self, v: Val, to: DType) -> Val {
        if to.is_half() { self.prim(Prim::Cast(to), &[v]) } else { v }
    }

    pub fn push(&mut self, inst: Inst, dtype: DType) -> Val {
        self.kernel.body.push(inst);
        self.kernel.dtypes.push(dtype);
        Val(self.kernel.body.len() as u32 - 1)
    }

    pub fn load(&mut self, buffer: BufferId, index: Index) -> Val {
        let dtype = self.kernel.buffers[buffer.index()].dtype;
        self.push(Inst::Load(buffer, index), dtype)
    }

    pub fn constant(&mut self, c: Scalar) -> Val {
        self.push(Inst::Const(c), c.dtype())
    }

    pub fn prim(&mut self, prim: Prim, args: &[Val]) -> Val {
        let dtypes: Vec<DType> = args.iter().map(|&v| self.kernel.dtype(v)).collect();
        let dtype = prim.result(&dtypes).expect("well typed");
        self.push(Inst::Prim(prim, SmallVec::from_slice(args)), dtype)
    }

    pub fn fold(&mut self, cols: &[u32], order: Order, fold: Fold, args: &[Val]) -> PassId {
        self.kernel.passes.push(Pass {
            cols: cols.iter().map(|&a| AxisId(a)).collect(),
            carries: vec![Carry { fold, args: SmallVec::from_slice(args) }],
            order,
            stores: Vec::new(),
            inner: false,
        });
        PassId(self.kernel.passes.len() as u32 - 1)
    }

    pub fn result(&mut self, pass: PassId, part: u32) -> Val {
        let carry = &self.kernel.passes[pass.index()].carries[0];
        let dtype = carry.fold.part_dtype(self.kernel.dtype(carry.args[0]), part as usize);
        self.push(Inst::Final { pass, carry: 0, part }, dtype)
    }

    pub fn store(&mut self, cols: &[u32], buffer: BufferId, index: Index, value: Val) {
        self.kernel.passes.push(Pass {
            cols: cols.iter().map(|&a| AxisId(a)).collect(),
            carries: Vec::new(),
            order: Order::Free,
            stores: vec![Store { buffer, at: index, value }],
            inner: false,
        });
    }
}

/// A machine with vectors of 512 bits, and one with those of 128; the first says so and is left out
/// where the processor is none.
pub fn targets() -> Vec<Target> {
    let mut targets = vec![Target::FIXED];
    if wide::is_available() {
        targets.insert(0, Target { vectors: Vectors::Bits512, ..Target::FIXED });
    } else {
        skips::skipped("vectors of 512 bits: this processor has no AVX-512");
    }
    targets
}

/// Those of these lanes that the vectors of this processor can lie across.
pub fn possible(lanes: &[u8]) -> impl Iterator<Item = u8> {
    let most = if wide::is_available() { 64 } else { 32 };
    lanes.iter().copied().filter(move |&lanes| lanes <= most)
}

/// As [`possible`], where the kernel may have types that only vectors of 128 bits are made for.
pub fn possible_for<'l>(kernel: &Kernel, lanes: &'l [u8]) -> impl Iterator<Item = u8> + use<'l> {
    let is_wide = wide::supports(kernel, flat(64));
    possible(lanes).filter(move |&lanes| lanes <= 32 || is_wide)
}

/// Runs a kernel in several calls of uneven length, in vectors of all sizes, which must give the same
/// bits. Buffers are bytes.
pub fn run(kernel: &Kernel, mapping: Mapping, buffers: &mut [Vec<u8>], scalars: &[Scalar], words: &[i64]) {
    let before = buffers.to_vec();
    let fits = |target: &Target| target.vectors == Vectors::Bits512 || mapping.lanes() <= 32;
    let mut results = targets().into_iter().filter(fits).map(|target| {
        buffers.clone_from_slice(&before);
        run_for(target, kernel, mapping, buffers, scalars, words);
        buffers.to_vec()
    });
    let first = results.next().expect("there is a target");
    for other in results {
        for ((a, b), buffer) in first.iter().zip(&other).zip(&kernel.buffers) {
            let (x, y) = (Scalar::decode(buffer.dtype, a), Scalar::decode(buffer.dtype, b));
            let same = x.iter().zip(y).all(|(x, y)| x.same(y));
            assert!(same, "{mapping} in vectors of 512 bits: {a:?}, of 128: {b:?}");
        }
    }
}

fn run_for(
    target: Target,
    kernel: &Kernel,
    mapping: Mapping,
    buffers: &mut [Vec<u8>],
    scalars: &[Scalar],
    words: &[i64],
) {
    let code = compile(kernel, mapping, &target).expect("it compiles");
    let recipe = launch(kernel, mapping, words);
    let mut scratch = vec![0u64; recipe.scratch_bytes / 8 + 1];
    let pointers: Vec<u64> = buffers.iter_mut().map(|b| b.as_mut_ptr() as u64).collect();
    let bits: Vec<u64> = scalars.iter().map(|s| s.bits()).collect();
    let all = abi::words(&pointers, &bits, words, Some(scratch.as_mut_ptr() as u64));
    let cut = recipe.units / 3;
    // SAFETY: the tests size the buffers by the kernel's indices.
    unsafe {
        code.call(&all, cut, recipe.units);
        code.call(&all, 0, cut);
        code.finish(&all, 0, recipe.finish);
    }
}

pub fn flat(lanes: u8) -> Mapping {
    Mapping { levels: 4, ..Mapping::new(Layout::Flat, Worker::Core, lanes) }
}

pub fn row(lanes: u8) -> Mapping {
    Mapping { levels: 4, ..Mapping::new(Layout::Row, Worker::Core, lanes) }
}

pub fn split(lanes: u8) -> Mapping {
    Mapping { levels: 4, ..Mapping::new(Layout::Split, Worker::Core, lanes) }
}

pub fn bands(lanes: u8) -> Mapping {
    Mapping { levels: 4, ..Mapping::new(Layout::Bands, Worker::Core, lanes) }
}

pub fn tile(lanes: u8) -> Mapping {
    Mapping::new(Layout::Tile, Worker::Core, lanes)
}

pub fn tall(lanes: u8) -> Mapping {
    Mapping::new(Layout::Tall, Worker::Core, lanes)
}

/// Bytes of f32s.
pub fn bytes(x: &[f32]) -> Vec<u8> {
    x.iter().flat_map(|v| v.to_le_bytes()).collect()
}

/// f32s from bytes.
pub fn floats(b: &[u8]) -> Vec<f32> {
    b.as_chunks().0.iter().map(|&c| f32::from_le_bytes(c)).collect()
}

/// Bits of f32s, for exact comparison.
pub fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|v| v.to_bits()).collect()
}

/// Numbers of mixed size and sign, always the same.
pub fn noise(n: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1 << 20) as f32 - 8.0
    };
    (0..n).map(|_| next()).collect()
}

/// The sum in the order `Lanes`, written from the rule alone.
pub fn sum_in_lanes(x: &[f32]) -> f32 {
    let block = |x: &[f32]| {
        let mut lanes = [0f32; 32];
        x.iter().enumerate().for_each(|(i, v)| lanes[i % 32] += v);
        for s in [16, 8, 4, 2, 1] {
            for l in 0..s {
                // A lane without elements is skipped.
                if l + s < x.len() {
                    lanes[l] += lanes[l + s];
                }
            }
        }
        lanes[0]
    };
    if x.is_empty() {
        return 0.0;
    }
    let mut level: Vec<f32> = x.chunks(512).map(block).collect();
    while level.len() > 1 {
        level = level.chunks(512).map(block).collect();
    }
    level[0]
}

/// The sum in the order `Groups`.
pub fn sum_in_groups(x: &[f32]) -> f32 {
    let serial = |x: &[f32]| x.iter().fold(0f32, |s, v| s + v);
    if x.is_empty() {
        return 0.0;
    }
    let mut level: Vec<f32> = x.chunks(128).map(serial).collect();
    while level.len() > 1 {
        level = level.chunks(128).map(serial).collect();
    }
    level[0]
}

/// Values where things go wrong.
pub fn edges(dtype: DType) -> Vec<Scalar> {
    match dtype.kind() {
        Kind::Bool => vec![Scalar::bool(false), Scalar::bool(true)],
        // Kernels know nothing of complex numbers.
        Kind::Complex => Vec::new(),
        Kind::Float => {
            let numbers = [
                0.0,
                -0.0,
                1.0,
                -1.0,
                0.5,
                -0.5,
                1.5,
                2.5,
                -2.5,
                3.7,
                127.0,
                128.0,
                -129.0,
                255.5,
                256.0,
                32768.0,
                65503.9,
                65519.9,
                65520.0,
                65536.5,
                1.00048828125,
                1.00146484375,
                1.00390625,
                1.01171875,
                6.0e-8,
                2.980_232_238_769_531_2e-8,
                2.9802323e-8,
                3.057e-5,
                6.1005353927612305e-5,
                3.3961775292304957e38,
                2147483647.0,
                2147483648.0,
                -2147483649.0,
                4294967295.0,
                4294967296.0,
                9.3e18,
                -9.3e18,
                1.9e19,
                1e300,
                1e-310,
                1e-40,
                f64::INFINITY,
                f64::NEG_INFINITY,
                f64::NAN,
            ];
            // The infinity, less one: the greatest number; then the least normal and the least of all.
            let infinite = Scalar::from_f64(dtype, f64::INFINITY).bits();
            let sign = 1 << (dtype.bits() - 1);
            let ends = [infinite - 1, 1 << dtype.fraction_bits(), (1 << dtype.fraction_bits()) - 1, 1];
            let ends = ends.iter().flat_map(|&bits| [bits, bits | sign]).map(|b| Scalar::from_bits(dtype, b));
            numbers.iter().map(|&x| Scalar::from_f64(dtype, x)).chain(ends).collect()
        }
        Kind::Signed | Kind::Unsigned => {
            let (low, high) = (dtype.min_int(), dtype.max_int());
            let bits = i128::from(dtype.bits());
            let numbers = [
                0,
                1,
                2,
                3,
                7,
                100,
                -1,
                -2,
                -7,
                low,
                low + 1,
                high,
                high - 1,
                high / 3,
                bits - 1,
                bits,
                bits + 1,
            ];
            numbers.iter().map(|&x| Scalar::from_i128(dtype, x)).collect()
        }
    }
}

/// Every prim once, conversions to every type.
pub fn prims() -> Vec<Prim> {
    use Prim::*;
    let mut all = vec![
        Add, Sub, Mul, MulHigh, Div, Rem, Neg, Abs, Min, Max, Fma, Sqrt, Floor, Ceil, Trunc, Rint, And, Or,
        Xor, Not, Shl, Shr, Lt, Le, Gt, Ge, Eq, Ne, Select,
    ];
    all.extend(DType::ALL.iter().map(|&d| Cast(d)));
    all.extend(DType::ALL.iter().map(|&d| Bitcast(d)));
    all.extend(DType::ALL.iter().map(|&d| Round(d)));
    all
}

/// The types of a prim's operands where one of them is of that type.
pub fn operand_types(prim: Prim, dtype: DType) -> Vec<DType> {
    let mut types = vec![dtype; prim.arity()];
    if prim == Prim::Select {
        types[0] = DType::Bool;
    }
    types
}
