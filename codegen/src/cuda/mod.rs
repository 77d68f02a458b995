//! Kernels as CUDA C: the walk of `walk/` over an emitter that prints.
//!
//! A lane of a vector and a thread of a GPU are the same thing to a kernel. Where a warp is the worker, or
//! a block of them, a value of 32 lanes is one variable in each thread, and a value of one lane is the same
//! number in all of them; what the walk branches on is the same for all lanes, therefore the threads of a
//! warp stay together and may exchange values anywhere. Where a thread is the worker, its lanes are the
//! elements of small arrays, and threads go their own ways. `mapping.rs` chooses.
//!
//! `printer.rs` knows what is printed so far, `emit.rs` prints loops, memory and exchanges, `prim.rs` the
//! machine operations; `prelude.cu` holds what the language lacks without headers. The text is to be compiled
//! without contraction (`--fmad=false`), with exact division and square root and without flushing to zero.

mod emit;
mod mapping;
mod prim;
mod printer;

pub use crate::mapping::MOST_KEPT;
pub use mapping::choose;

use crate::abi;
use crate::error::Error;
use crate::mapping::{Layout, Mapping, Worker};
use crate::walk::{Entry, walk};
use numfuse_ir::dtype::DType;
use numfuse_ir::kernel::{Buffer, Kernel, Role};
use printer::Printer;

/// How many threads a block has at most: the compiler may spend registers accordingly. The warps of
/// a kernel that turns squares or scans blocks share what shared memory there is.
pub fn threads(mapping: Mapping) -> u32 {
    32 * crate::mapping::warps(mapping)
}
/// The name of the entry that does the units of a kernel.
pub const MAIN: &str = "kernel";
/// The name of the entry that is run after it where the mapping joins states in groups.
pub const JOIN: &str = "join";
/// The name of the entry that is run then where totals of blocks are scanned.
pub const PREFIX: &str = "prefix";
/// The name of the entry that is run last where the layout has one.
pub const FINISH: &str = "finish";
/// Bytes of arguments that every driver takes.
const MOST_ARGUMENTS: usize = 4096;

/// The kernel as CUDA C without includes: the entry [`MAIN`], and where the mapping splits folds
/// [`FINISH`] and, if it joins states in groups, [`JOIN`]; where it shares a scan, [`PREFIX`].
///
/// An entry takes the words of [`abi::words`] as one struct by value, then the first unit to do
/// and the first beyond. Its blocks have a multiple of 32 threads, at most [`threads`], and there are as
/// many of them as give each unit a worker.
///
/// Where threads are workers of several lanes, every access to neighbours begins at a multiple of the bytes
/// of these lanes, unless they are a warp apart: buffers at multiples of 16, and [`choose`] looks at offsets
/// and strides.
pub fn text(kernel: &Kernel, mapping: Mapping) -> Result<String, Error> {
    crate::check(kernel, mapping)?;
    match mapping.worker {
        Worker::Core => return Err(Error::Mapping(format!("{mapping} is for a processor"))),
        Worker::Thread if mapping.layout != Layout::Flat && mapping.layout != Layout::Bands => {
            return Err(Error::Mapping(format!(
                "lanes across columns are a warp's, {mapping} is by threads"
            )));
        }
        Worker::Warp | Worker::Team | Worker::Thread => {}
    }
    let count = words(kernel, mapping);
    if count * 8 + 16 > MOST_ARGUMENTS {
        return Err(Error::Mapping(format!("{count} words do not fit into the arguments of a launch")));
    }
    let named = |&which: &Entry| {
        let name = match which {
            Entry::Main => MAIN,
            Entry::Join => JOIN,
            Entry::Prefix => PREFIX,
            Entry::Finish => FINISH,
        };
        entry(kernel, mapping, name, which)
    };
    let code = Entry::of(mapping).iter().map(named).collect::<Vec<_>>().join("\n");
    Ok(format!("{}struct Words {{ u64 at[{count}]; }};\n\n// {mapping}\n{code}", prelude(&code)))
}

/// How many words a launch passes.
fn words(kernel: &Kernel, mapping: Mapping) -> usize {
    abi::scratch_at(kernel) + usize::from(mapping.layout.has_finish())
}

/// The pieces of the prelude that this code names.
fn prelude(code: &str) -> String {
    let pieces = include_str!("prelude.cu").split("//# ").skip(1);
    let needed = |piece: &&str| {
        let name = piece.lines().next().expect("a piece starts with its name");
        name == "types" || code.contains(name)
    };
    let body = |piece: &str| piece.split_once('\n').map(|(_, body)| format!("{}\n\n", body.trim_end()));
    pieces.filter(needed).filter_map(body).collect()
}

/// One entry, with its words under their names.
fn entry(kernel: &Kernel, mapping: Mapping, name: &str, entry: Entry) -> String {
    let mut printer = Printer::new(kernel, mapping);
    walk(kernel, mapping, entry, &mut printer);
    let thread = "(i64)blockIdx.x * blockDim.x + threadIdx.x";
    let mut lines = match mapping.worker {
        Worker::Thread => vec![format!("const i64 thread = {thread}")],
        Worker::Warp => {
            vec!["const i64 lane = threadIdx.x % 32".to_string(), format!("const i64 warp = ({thread}) / 32")]
        }
        Worker::Team => {
            let part = |name: &str, operator: &str| format!("const i64 {name} = threadIdx.x {operator} 32");
            vec![part("lane", "%"), part("warp", "/")]
        }
        Worker::Core => unreachable!("a core runs no CUDA C"),
    };
    if mapping.keeps {
        lines.push("DYNAMIC_SHARED(u8, rows)".to_string());
    }
    let buffers = kernel.buffers.iter().enumerate();
    lines.extend(buffers.map(|(k, b)| {
        let pointer = pointer(b);
        format!("{pointer} b{k} = ({pointer})words.at[{k}]")
    }));
    let scalar = |(k, &dtype): (usize, &DType)| {
        let word = format!("words.at[{}]", abi::scalars_at(kernel) + k);
        format!("const {} s{k} = {}", c_type(dtype), from_word(dtype, &word))
    };
    lines.extend(kernel.scalars.iter().enumerate().map(scalar));
    lines.extend(
        (0..kernel.words).map(|k| format!("const i64 w{k} = (i64)words.at[{}]", abi::words_at(kernel) + k)),
    );
    if kernel.checks() > 0 {
        lines.push(format!("u64* checks = (u64*)words.at[{}]", abi::checks_at(kernel)));
    }
    if mapping.layout.has_finish() {
        lines.push(format!("u64* scratch = (u64*)words.at[{}]", abi::scratch_at(kernel)));
    }
    let lines: String = lines.iter().map(|l| format!("    {l};\n")).collect();
    let arguments = "const Words words, const i64 begin, const i64 end";
    let bounds = format!("__launch_bounds__({})", threads(mapping));
    format!("extern \"C\" __global__ void {bounds} {name}({arguments}) {{\n{lines}\n{}}}\n", printer.finish())
}

/// The type of a variable: a half is kept as its bits.
fn c_type(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "bool",
        DType::F32 => "float",
        DType::F64 => "double",
        DType::F16 | DType::BF16 => "u16",
        DType::C64 | DType::C128 => unreachable!("a kernel has pairs of floats instead"),
        DType::I8 | DType::I16 | DType::I32 | DType::I64 => dtype.short(),
        DType::U8 | DType::U16 | DType::U32 | DType::U64 => dtype.short(),
    }
}

/// The type of an element in memory: a truth value is a byte 0 or 1.
fn memory_type(dtype: DType) -> &'static str {
    if dtype == DType::Bool { "u8" } else { c_type(dtype) }
}

/// The type of a pointer into a buffer.
fn pointer(buffer: &Buffer) -> String {
    let element = memory_type(buffer.dtype);
    match buffer.role {
        Role::In => format!("const {element}*"),
        Role::Out => format!("{element}*"),
    }
}

/// The value whose bits are the low ones of a word.
fn from_word(dtype: DType, word: &str) -> String {
    match dtype {
        DType::Bool => format!("{word} != 0"),
        DType::F32 => format!("__uint_as_float((u32){word})"),
        DType::F64 => format!("__longlong_as_double((i64){word})"),
        DType::I8 | DType::I16 | DType::I32 | DType::I64 => format!("({}){word}", c_type(dtype)),
        DType::U8 | DType::U16 | DType::U32 | DType::U64 => format!("({}){word}", c_type(dtype)),
        DType::F16 | DType::BF16 => format!("(u16){word}"),
        DType::C64 | DType::C128 => unreachable!("a kernel has pairs of floats instead"),
    }
}

/// The word whose low bits are those of a value.
fn to_word(dtype: DType, value: &str) -> String {
    match dtype {
        DType::F32 => format!("__float_as_uint({value})"),
        DType::F64 => format!("(u64)__double_as_longlong({value})"),
        DType::Bool | DType::I8 | DType::I16 | DType::I32 | DType::I64 => format!("(u64){value}"),
        DType::U8 | DType::U16 | DType::U32 | DType::U64 => format!("(u64){value}"),
        DType::F16 | DType::BF16 => format!("(u64){value}"),
        DType::C64 | DType::C128 => unreachable!("a kernel has pairs of floats instead"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use numfuse_ir::index::{Index, Term, Word};
    use numfuse_ir::kernel::build::Builder;
    use numfuse_ir::kernel::{Axis, AxisId, Carry, Inst, Order, Store, Val};
    use numfuse_ir::ops::Op;
    use numfuse_ir::ops::fold::Fold;
    use numfuse_ir::prim::Prim;
    use numfuse_ir::scalar::Scalar;

    const FLAT: Mapping = Mapping::new(Layout::Flat, Worker::Thread, 4);
    const ONE: Mapping = Mapping { lanes: 1, ..FLAT };
    const ROW: Mapping = Mapping::new(Layout::Row, Worker::Warp, 32);

    /// The place `i` of a vector.
    fn i() -> Index {
        Index::axis(AxisId(0))
    }

    /// The place `i, j` of a matrix whose rows are the launch word 2 apart.
    fn ij() -> Index {
        let terms = [(Word::Param(2), Term::Axis(AxisId(0))), (Word::Known(1), Term::Axis(AxisId(1)))];
        Index { offset: Word::Known(0), terms: terms.into_iter().collect() }
    }

    fn finished(builder: Builder, rows: usize, axes: u32, words: usize) -> Kernel {
        let axes = (0..axes).map(|k| Axis { extent: Word::Param(k) }).collect();
        Kernel { axes, rows, words, ..builder.finish() }
    }

    /// A kernel over a vector that stores what `value` makes of loads of these types.
    fn map(dtypes: &[DType], value: impl FnOnce(&mut Builder, &[Val]) -> Val) -> Kernel {
        let mut b = Builder::new();
        let buffers: Vec<_> = dtypes.iter().map(|&d| b.buffer(d, Role::In)).collect();
        let loads: Vec<Val> = buffers.iter().map(|&x| b.load(x, i())).collect();
        let value = value(&mut b, &loads);
        let buffer = b.buffer(b.dtype(value), Role::Out);
        b.store(&[], vec![Store { buffer, at: i(), value }]);
        finished(b, 1, 1, 1)
    }

    fn fold(b: &mut Builder, fold: Fold, x: Val, order: Order) -> Val {
        let carry = Carry { fold, args: [x].into_iter().collect() };
        let (pass, carry) = b.fold(&[AxisId(1)], order, carry, false);
        b.push(Inst::Final { pass, carry, part: 0 }, DType::F32)
    }

    fn row_sum() -> Kernel {
        let mut b = Builder::new();
        let (x, y) = (b.buffer(DType::F32, Role::In), b.buffer(DType::F32, Role::Out));
        let load = b.load(x, ij());
        let value = fold(&mut b, Fold::Sum, load, Order::Lanes);
        b.store(&[], vec![Store { buffer: y, at: i(), value }]);
        finished(b, 1, 2, 3)
    }

    fn softmax() -> Kernel {
        let mut b = Builder::new();
        let (x, y) = (b.buffer(DType::F32, Role::In), b.buffer(DType::F32, Role::Out));
        let load = b.load(x, ij());
        let most = fold(&mut b, Fold::Max, load, Order::Free);
        let below = b.prim(Prim::Sub, &[load, most]);
        let exp = b.call(Op::Exp, &[below]);
        let sum = fold(&mut b, Fold::Sum, exp, Order::Lanes);
        let value = b.prim(Prim::Div, &[exp, sum]);
        b.store(&[AxisId(1)], vec![Store { buffer: y, at: ij(), value }]);
        finished(b, 1, 2, 3)
    }

    fn printed(kernel: &Kernel, mapping: Mapping) -> String {
        let text = text(kernel, mapping).unwrap();
        let depth = |c| text.matches(c).count();
        assert_eq!((depth('{'), depth('(')), (depth('}'), depth(')')), "{text}");
        text
    }

    /// The lines of the text, without indentation, hold these in this order.
    fn reads(text: &str, lines: &[&str]) {
        let mut rest = text.lines().map(str::trim);
        for line in lines {
            assert!(rest.any(|l| l == *line), "no {line:?}, or not there, in\n{text}");
        }
    }

    #[test]
    fn an_elementwise_kernel_reads_like_one() {
        let kernel = map(&[DType::F32; 2], |b, x| b.prim(Prim::Add, &[x[0], x[1]]));
        let text = printed(&kernel, FLAT);
        let body = "\
struct Words { u64 at[4]; };

// flat x4 by threads
extern \"C\" __global__ void __launch_bounds__(256) kernel(const Words words, const i64 begin, const i64 end) {
    const i64 thread = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    const float* b0 = (const float*)words.at[0];
    const float* b1 = (const float*)words.at[1];
    float* b2 = (float*)words.at[2];
    const i64 w0 = (i64)words.at[3];

    const i64 n0 = begin + thread;
    if (n0 < end) {
";
        assert!(text.contains(body), "{text}");
        let whole = [
            "float v0[4]; load_all(v0, b0 + n1);",
            "float v1[4]; load_all(v1, b1 + n1);",
            "float v2[4]; EACH(4) v2[k] = v0[k] + v1[k];",
            "store_all(b2 + n1, v2);",
        ];
        reads(&text, &whole);
        let tail = [
            "float v3[4]; EACH(4) v3[k] = k < n3 ? b0[n1 + k] : 0;",
            "EACH(4) if (k < n3) b2[n1 + k] = v5[k];",
        ];
        reads(&text, &tail);
        assert!(!text.contains("#include") && !text.contains("WARP"), "{text}");
    }

    #[test]
    fn a_broadcast_element_is_loaded_once_for_all_lanes() {
        let mut b = Builder::new();
        let (x, y) = (b.buffer(DType::F64, Role::In), b.buffer(DType::F64, Role::Out));
        let (column, factor) = (b.load(x, i()), b.scalar(DType::F64));
        let value = b.prim(Prim::Mul, &[column, factor]);
        b.store(&[AxisId(1)], vec![Store { buffer: y, at: ij(), value }]);
        let text = printed(&finished(b, 1, 2, 3), ROW);
        let scalar = "const double s0 = __longlong_as_double((i64)words.at[2]);";
        reads(&text, &[scalar, "double v0 = b0[n0];", "double v1 = v0 * s0;"]);
        assert!(text.contains("+ lane] = v1;"), "{text}");
    }

    #[test]
    fn a_row_is_summed_by_a_warp() {
        let text = printed(&row_sum(), ROW);
        reads(&text, &["float v0 = 0.0f;", "float v2 = v0 + v1;", "v0 = v2;", "}"]);
        let shuffles: Vec<&str> = text.lines().filter(|l| l.contains("__shfl")).collect();
        let by: Vec<&str> = shuffles.iter().filter_map(|l| l.rsplit(", ").next()).collect();
        assert_eq!(by, ["16);", "8);", "4);", "2);", "0);", "1);"], "{text}");
        assert!(text.contains("#define WARP") && text.contains("if (lane == 0) b1[n0] = "), "{text}");
    }

    #[test]
    fn long_rows_keep_block_sums_across_the_warp() {
        let text = printed(&row_sum(), Mapping { levels: 2, ..ROW });
        assert!(text.contains("float t0 = 0;") && text.contains("= __shfl_sync(WARP, t0, n"), "{text}");
        assert!(text.contains("if (lane == n"), "{text}");
    }

    #[test]
    fn a_column_of_lanes_keeps_a_table_in_each_thread() {
        let text = printed(&row_sum(), ONE);
        assert!(text.contains("float t0[32];") && !text.contains("__shfl"), "{text}");
    }

    #[test]
    fn a_split_fold_has_two_entries() {
        let text =
            printed(&row_sum(), Mapping { levels: 2, ..Mapping::new(Layout::Split, Worker::Warp, 32) });
        assert_eq!(text.matches("extern \"C\"").count(), 2, "{text}");
        assert!(
            text.contains("u64 at[6];") && text.contains("kernel(const") && text.contains("finish(const")
        );
        assert!(text.contains("__uint_as_float((u32)p") && text.contains("= __float_as_uint(v"), "{text}");
    }

    #[test]
    fn softmax_skips_the_rare_path_for_a_whole_warp() {
        let text = printed(&softmax(), ROW);
        assert!(text.contains("if (__any_sync(WARP, v"), "{text}");
        assert!(text.contains("__uint_as_float(0xff800000 /* -inf */)"), "{text}");
        assert_eq!(text, printed(&softmax(), ROW));
    }

    #[test]
    fn where_and_its_mask() {
        let text =
            printed(&map(&[DType::Bool, DType::I16, DType::I16], |b, x| b.prim(Prim::Select, x)), FLAT);
        let lines = [
            "bool v0[4]; load_all(v0, b0 + n1);",
            "i16 v1[4]; load_all(v1, b1 + n1);",
            "i16 v3[4]; EACH(4) v3[k] = v0[k] ? v1[k] : v2[k];",
        ];
        reads(&text, &lines);
        assert!(text.contains("const u8* b0 = (const u8*)words.at[0];"), "{text}");
    }

    #[test]
    fn only_what_may_go_wrong_is_guarded() {
        let line = |dtype: DType, prim: Prim, by: Option<i128>| {
            let kernel = map(&vec![dtype; 2 - by.iter().count()], |b, x| match by {
                None => b.prim(prim, x),
                Some(n) => {
                    let n = b.constant(Scalar::from_i128(dtype, n));
                    b.prim(prim, &[x[0], n])
                }
            });
            let text = printed(&kernel, ONE);
            let v = if by.is_some() { "v1 = " } else { "v2 = " };
            text.lines().find_map(|l| l.split_once(v)).expect("the result is a variable").1.to_string()
        };
        assert_eq!(line(DType::I32, Prim::Add, None), "(u32)v0 + (u32)v1;");
        assert_eq!(line(DType::I32, Prim::Div, None), "int_div<i32>(v0, v1);");
        assert_eq!(line(DType::I32, Prim::Div, Some(7)), "v0 / 7;");
        assert_eq!(line(DType::I64, Prim::Rem, Some(-1)), "int_rem<i64>(v0, -1ll);");
        assert_eq!(line(DType::U8, Prim::Shl, Some(3)), "(u32)v0 << 3;");
        assert_eq!(line(DType::I8, Prim::Shr, None), "v0 >> ((u32)v1 < 8u ? v1 : 7);");
        assert_eq!(line(DType::F32, Prim::Min, Some(0)), "exact_min(v0, 0.0f);");
        assert_eq!(line(DType::F32, Prim::Min, Some(2)), "v0 < 2.0f ? v0 : 2.0f;");
    }

    #[test]
    fn every_operation_on_every_type_has_an_expression() {
        use Prim::*;
        let plain =
            [Add, Sub, Mul, Div, Rem, Neg, Abs, Min, Max, Fma, Sqrt, Floor, Ceil, Trunc, Rint, And, Or];
        let others = [Xor, Not, Shl, Shr, Lt, Le, Gt, Ge, Eq, Ne, Select];
        let moves = DType::ALL.iter().flat_map(|&d| [Cast(d), Bitcast(d)]);
        for prim in plain.into_iter().chain(others).chain(moves) {
            for &dtype in DType::ALL {
                let mut types = vec![dtype; prim.arity()];
                if prim == Select {
                    types[0] = DType::Bool;
                }
                if prim.result(&types).is_some() {
                    printed(&map(&types, |b, x| b.prim(prim, x)), FLAT);
                }
            }
        }
    }

    #[test]
    fn a_warp_has_32_lanes() {
        let refused = text(&row_sum(), Mapping { lanes: 16, ..ROW }).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the mapping does not fit the kernel: row x16 by warps has none of [32] lanes"
        );
        let refused = text(&row_sum(), Mapping { worker: Worker::Core, ..ROW }).unwrap_err();
        assert_eq!(refused.to_string(), "the mapping does not fit the kernel: row x32 is for a processor");
    }
}
