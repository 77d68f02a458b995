//! What is computed: the array graph, the plan, the kernels, and what they mean.
//!
//! ```text
//!    Array                   the user's API (package numfuse)
//!      │ capture
//!      ▼
//!  ▶ graph::Graph            whole arrays: explicit casts and broadcasts     oracle 1: graph::interp
//!      │ schedule::plan      simplify · fuse · lower · memory
//!      ▼
//!  ▶ schedule::Plan          steps in order, slots with their lives
//!  ▶ kernel::Kernel          rows, passes over columns, SSA scalars          oracle 2: kernel::interp
//!      │ walk                (package numfuse-codegen)
//!      ▼
//!    machine code, CUDA C
//! ```
//!
//! Nothing here knows a device, allocates an array, reads a file or the environment, or starts a
//! thread. Read in this order: [`dtype`], [`scalar`], [`shape`]; [`prim`] and [`ops`], the closed
//! core and the open table; [`math`], the elementary functions; [`view`] and [`index`];
//! [`graph`]; [`schedule`]; [`kernel`].
//!
//! ```
//! use numfuse_ir::graph::{Graph, Kind, Node, build};
//! use numfuse_ir::{dtype::DType, ops::Op, schedule, shape::Shape};
//!
//! let mut graph = Graph::new();
//! let leaf = |i| Node { kind: Kind::Leaf(i), shape: Shape::new(&[3, 4]).unwrap(), dtype: DType::F32 };
//! let (a, b) = (graph.insert(leaf(0), &[]), graph.insert(leaf(1), &[]));
//! let sum = build::map(&mut graph, Op::Add, &[a, b]).unwrap();
//! let root = build::map(&mut graph, Op::Sqrt, &[sum]).unwrap();
//! graph.add_output(root);
//! let plan = schedule::plan(graph, schedule::Options::default());
//! assert_eq!(plan.kernels(), 1);
//! assert_eq!(plan.bytes_moved(), 3 * 48);
//! ```

#![forbid(unsafe_code)]

pub mod dtype;
pub mod error;
pub mod gather;
pub mod graph;
pub mod index;
pub mod kernel;
pub mod math;
pub mod ops;
pub mod prim;
pub mod scalar;
pub mod schedule;
pub mod shape;
pub mod target;
pub mod view;
