//! No kernel touches memory outside its buffers: each buffer ends (or begins) at a page that may
//! not be touched, and pads, joins, rolls, windows, slices, indices in and out of range and tails of
//! every length are run.

#![cfg(unix)]

mod common;

use common::targets;
use numfuse_codegen::{abi, choose, compile, launch};
use numfuse_ir::dtype::DType;
use numfuse_ir::gather::Bounds;
use numfuse_ir::graph::build::{self, Build};
use numfuse_ir::graph::{Graph, Kind, Node, NodeId, interp};
use numfuse_ir::ops::Op;
use numfuse_ir::ops::fold::Fold;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::{self, KernelJob, Options, Place};
use numfuse_ir::shape::Shape;
use numfuse_ir::target::Target;

/// Elements between two forbidden pages, flush with the later or the earlier one.
struct Guarded {
    map: *mut libc::c_void,
    length: usize,
    start: *mut u8,
    bytes: usize,
}

impl Guarded {
    fn new(bytes: usize, at_end: bool) -> Guarded {
        // SAFETY: asking for the page size has no conditions.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize;
        let inside = bytes.max(1).next_multiple_of(page);
        let length = inside + 2 * page;
        // SAFETY: a fresh anonymous mapping, of which the inner pages are then made usable.
        unsafe {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            let map = libc::mmap(std::ptr::null_mut(), length, libc::PROT_NONE, flags, -1, 0);
            assert_ne!(map, libc::MAP_FAILED);
            assert_eq!(libc::mprotect(map.byte_add(page), inside, libc::PROT_READ | libc::PROT_WRITE), 0);
            let skip = if at_end { inside - bytes } else { 0 };
            Guarded { map, length, start: map.byte_add(page + skip).cast(), bytes }
        }
    }

    fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: the bytes lie inside the usable pages, which this value alone knows.
        unsafe { std::slice::from_raw_parts_mut(self.start, self.bytes) }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // SAFETY: the mapping was made by `new` and nothing points into it any more.
        unsafe { libc::munmap(self.map, self.length) };
    }
}

fn leaf(g: &mut Graph, extents: &[usize]) -> NodeId {
    g.insert(Node { kind: Kind::Leaf(0), shape: Shape::new(extents).unwrap(), dtype: DType::F32 }, &[])
}

/// `x` in a frame of zeros with that many elements before and after along each axis.
fn padded(g: &mut Graph, x: NodeId, before: usize, after: usize) -> NodeId {
    let extents: Vec<usize> = g.shape(&x).iter().map(|n| n + before + after).collect();
    let zero = build::constant(g, Scalar::f32(0.0));
    let zeros = build::broadcast_to(g, &zero, &extents).unwrap();
    let places = vec![before as i64; extents.len()];
    build::pad(g, &x, &places, &zeros)
}

/// The parts of a vector exchanged: what `roll` and `concatenate` are made of.
fn rolled(g: &mut Graph, x: NodeId, by: usize) -> NodeId {
    let n = g.shape(&x)[0];
    let head = build::slice(g, &x, &[(0, 1, n - by)]).unwrap();
    let tail = build::slice(g, &x, &[((n - by) as i64, 1, by)]).unwrap();
    let zero = build::constant(g, Scalar::f32(0.0));
    let zeros = build::broadcast_to(g, &zero, &[n]).unwrap();
    let rest = build::pad(g, &head, &[by as i64], &zeros);
    build::pad(g, &tail, &[0], &rest)
}

/// The rows of `x` that its own first column says, of which some are out of range.
fn taken(g: &mut Graph, x: NodeId, bounds: Bounds) -> NodeId {
    let extents = g.shape(&x).to_vec();
    let parts: Vec<(i64, i64, usize)> =
        extents.iter().enumerate().map(|(axis, &n)| (0, 1, if axis == 0 { n } else { 1 })).collect();
    let column = build::slice(g, &x, &parts).unwrap();
    let column = build::reshape(g, &column, &[-1]).unwrap();
    let places = build::cast(g, &column, DType::I64);
    build::gather(g, &x, &[(0, places)], 0, bounds).unwrap()
}

type Make = fn(&mut Graph, usize) -> NodeId;

/// What is run, for every size.
const EXPRESSIONS: &[(&str, Make)] = &[
    ("a chain", |g, n| {
        let x = leaf(g, &[n]);
        build::map(g, Op::Square, &[x]).unwrap()
    }),
    ("a pad", |g, n| {
        let x = leaf(g, &[n]);
        padded(g, x, 3, 2)
    }),
    ("a pad of rows", |g, n| {
        let x = leaf(g, &[3, n]);
        padded(g, x, 1, 1)
    }),
    ("a roll", |g, n| {
        let x = leaf(g, &[n]);
        rolled(g, x, n / 3)
    }),
    ("the sum of a roll", |g, n| {
        let x = leaf(g, &[n]);
        let y = rolled(g, x, n / 2);
        build::reduce(g, &y, Fold::Sum, 0, &[0], false).unwrap()
    }),
    ("the sum of a pad's rows", |g, n| {
        let x = leaf(g, &[n, 4]);
        let y = padded(g, x, 2, 1);
        build::reduce(g, &y, Fold::Sum, 0, &[1], false).unwrap()
    }),
    ("every other, backwards", |g, n| {
        let x = leaf(g, &[n]);
        let places = [((n as i64 - 1) / 2 * 2, -2, n.div_ceil(2))];
        build::slice(g, &x, &places).unwrap()
    }),
    ("windows summed", |g, n| {
        let x = leaf(g, &[n + 4]);
        let y = build::window(g, &x, 5, 0).unwrap();
        build::reduce(g, &y, Fold::Sum, 0, &[1], false).unwrap()
    }),
    ("columns summed", |g, n| {
        let x = leaf(g, &[n, 35]);
        build::reduce(g, &x, Fold::Sum, 0, &[0], false).unwrap()
    }),
    ("long columns summed", |g, n| {
        let x = leaf(g, &[4200, n]);
        build::reduce(g, &x, Fold::Sum, 0, &[0], false).unwrap()
    }),
    ("the place of the least", |g, n| {
        let x = leaf(g, &[2, n]);
        build::reduce(g, &x, Fold::ArgMin, 1, &[1], false).unwrap()
    }),
    ("elements by index", |g, n| {
        let x = leaf(g, &[n]);
        taken(g, x, Bounds::Raise)
    }),
    ("elements by clipped index", |g, n| {
        let x = leaf(g, &[n]);
        taken(g, x, Bounds::Clip)
    }),
    ("rows by index", |g, n| {
        let x = leaf(g, &[n, 5]);
        taken(g, x, Bounds::Strict)
    }),
    ("the sums of rows by index", |g, n| {
        let x = leaf(g, &[n, 40]);
        let y = taken(g, x, Bounds::Raise);
        build::reduce(g, &y, Fold::Sum, 0, &[1], false).unwrap()
    }),
    ("elements by index in a frame", |g, n| {
        let x = leaf(g, &[n]);
        let y = taken(g, x, Bounds::Raise);
        padded(g, y, 3, 2)
    }),
    ("elements of a frame by index", |g, n| {
        let x = leaf(g, &[n]);
        let y = padded(g, x, 3, 2);
        let places = build::cast(g, &x, DType::I64);
        build::gather(g, &y, &[(0, places)], 0, Bounds::Raise).unwrap()
    }),
    ("a transposed copy", |g, n| {
        let x = leaf(g, &[5, n]);
        build::permute(g, &x, &[1, 0]).unwrap()
    }),
    ("a sum with its transpose", |g, n| {
        let x = leaf(g, &[n, n]);
        let turned = build::permute(g, &x, &[1, 0]).unwrap();
        build::map(g, Op::Add, &[x, turned]).unwrap()
    }),
    ("a stack of transposes", |g, n| {
        let x = leaf(g, &[3, n, 20]);
        build::permute(g, &x, &[0, 2, 1]).unwrap()
    }),
];

#[test]
fn kernels_stay_inside_their_buffers() {
    let sizes = (1..40).chain([63, 64, 65, 511, 513, 1030]);
    for n in sizes {
        for (name, make) in EXPRESSIONS {
            // A million elements are enough.
            if n > 65 && (name.contains("transpose") || name.starts_with("long")) {
                continue;
            }
            for target in targets() {
                for at_end in [true, false] {
                    run(name, *make, n, at_end, &target);
                }
            }
        }
    }
}

fn run(name: &str, make: Make, n: usize, at_end: bool, target: &Target) {
    let mut graph = Graph::new();
    let root = make(&mut graph, n);
    graph.add_output(root);
    let leaf = graph.nodes().find(|n| graph.node(*n).kind == Kind::Leaf(0)).expect("there is a leaf");
    let data: Vec<Scalar> =
        (0..graph.shape(&leaf).size()).map(|i| Scalar::f32(i as f32 * 0.5 - 7.0)).collect();
    let expected = interp::try_interpret(&graph, std::slice::from_ref(&data), &[]);
    let plan = schedule::plan(graph, Options::default());

    let mut input = Guarded::new(data.len() * 4, at_end);
    for (chunk, value) in input.bytes().chunks_mut(4).zip(&data) {
        chunk.copy_from_slice(&value.as_f32().to_le_bytes());
    }
    let mut slots: Vec<Guarded> = plan.slots.iter().map(|s| Guarded::new(s.bytes(), at_end)).collect();
    for step in &plan.steps {
        let KernelJob { kernel, words, checks, .. } = step.kernel().expect("these plans are kernels");
        let mapping = choose(kernel, words, target);
        let code = compile(kernel, mapping, target).expect("it compiles");
        let launch = launch(kernel, mapping, words);
        let mut scratch = Guarded::new(launch.scratch_bytes, at_end);
        let address = |place: &Place| match place {
            Place::Leaf(_) => input.start as u64,
            Place::Slot(i) => slots[*i as usize].start as u64,
        };
        let buffers: Vec<u64> = step.buffers.iter().map(address).collect();
        let mut cells = Guarded::new(checks.len() * 16, at_end);
        cells.bytes().fill(0xff);
        let told_to = (!checks.is_empty()).then_some(cells.start as u64);
        let last = (launch.scratch_bytes > 0).then(|| scratch.bytes().as_mut_ptr() as u64);
        let words = abi::words(&buffers, &[], words, told_to.into_iter().chain(last));
        // SAFETY: the plan was made for a leaf of this size, and the words are its own.
        unsafe {
            code.call(&words, 0, launch.units);
            code.finish(&words, 0, launch.finish);
        }
        // Called in order by one thread, so that the index beside the first position is its own.
        let told = |cell: &[u8]| i64::from_le_bytes(cell[8..16].try_into().expect("a cell has two words"));
        let mut told_of = cells.bytes().chunks(16).filter(|cell| cell[..8] != abi::NO_FAULT.to_le_bytes());
        if let Some(found) = told_of.next().map(told) {
            // Nothing comes of such a step.
            assert_eq!(expected.map_err(|fault| fault.index), Err(found), "{name} of {n}");
            return;
        }
    }
    let expected = expected.unwrap_or_else(|fault| panic!("{name} of {n}: {fault}")).remove(0);
    let Place::Slot(slot) = plan.outputs[0] else { panic!("{name} computes something") };
    let width = expected[0].dtype().bytes();
    for (chunk, value) in slots[slot as usize].bytes().chunks(width).zip(&expected) {
        assert_eq!(chunk, Scalar::encode([*value]), "{name} of {n}");
    }
}
