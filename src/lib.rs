//! Lazy NumPy-like arrays whose expressions compile to fused machine code.
//!
//! Operations on an [`Array`] build an expression. When its values are needed, or much has come to wait (as in
//! a long loop), the whole expression becomes a few kernels, each a loop that reads its inputs once and writes
//! its outputs once; they are compiled to vectorised machine code in under a millisecond, kept for the next
//! expression of the same form, and run on all cores, or on an NVIDIA GPU ([`Array::to`]).
//!
//! ```
//! use numfuse::prelude::*;
//!
//! let (height, width) = (48, 64);
//! let pixels: Vec<u8> = (0..height * width * 3).map(|i| (i % 251) as u8).collect();
//!
//! let x = Array::from_vec(pixels, [height, width, 3]);
//! let y = (x.cast(F32) / 255.0).power(2.2); // nothing has run
//! let z = (&y - y.mean(..)) / y.std(..);
//! z.eval()?; // fused, compiled, run
//! println!("{}", z.explain());
//! assert!(z.mean(..).item::<f32>()?.abs() < 1e-3);
//! # Ok::<(), numfuse::Error>(())
//! ```
//!
//! # From a call to machine code
//!
//! ```text
//!   a.sin() + b            this crate       Array = Arc<Lazy>: a node and what it hangs from.
//!        │                                  shapes and types are checked here, at the user's line
//!        │ capture
//!        ▼
//!   ir::Graph              numfuse-ir       whole arrays: explicit casts and broadcasts
//!        │ schedule
//!        ▼
//!   ir::Plan               numfuse-ir       kernels and library calls in order; what lies in memory, and why
//!        │
//!        │ compile
//!        ▼
//!   machine code, CUDA C   numfuse-codegen  the last step
//!        │ run
//!        ▼
//!   values                 numfuse-runtime  memory, threads, GPUs, caches
//! ```
//!
//! # NumPy's rules
//!
//! Names, shapes, broadcasting, promotion and messages are NumPy's, and the documentation of each
//! function says where it differs. Plain numbers beside arrays are weak: `float32 + 1.5` is
//! float32. Fusing never changes a bit of a result.
//!
//! # Errors
//!
//! Operators neither panic nor return `Result`. A mistake makes an array that carries its [`Error`]
//! with the user's line; later operations pass it on, and [`Array::check`], [`Array::eval`],
//! [`Array::to_vec`] and [`Array::item`] return it. Only the functions that have no room for it
//! panic with it: [`Array::shape`], [`Array::ndim`], [`Array::len`], [`Array::size`] and [`Array::dtype`],
//! which have `try_` forms, and what is made of those ([`Array::nbytes`], [`Array::is_empty`]).

#![deny(missing_docs)]
#![deny(unsafe_code)]

mod arguments;
mod array;
mod budget;
mod capture;
mod claim;
mod compile;
pub mod config;
mod covariance;
mod creation;
pub mod cuda;
mod differences;
mod display;
mod edit;
mod element;
mod equal;
mod error;
mod eval;
mod explain;
pub mod fft;
mod formula;
mod free;
mod from;
mod functions;
mod histogram;
pub mod index;
mod insert;
mod io;
mod iter;
mod join;
mod key;
mod lazy;
pub mod linalg;
mod logic;
mod manip;
mod matrices;
mod memmap;
pub mod memory;
mod nan;
#[cfg(feature = "ndarray")]
mod ndarray;
mod neighbours;
mod nonzero;
mod npz;
mod operators;
mod pad;
mod pending;
mod places;
pub mod prelude;
pub mod random;
mod ranges;
mod raw;
mod readers;
mod reduce;
mod scan;
mod scatter;
mod search;
mod signal;
mod statistics;
mod take;
mod tile;
mod typed;
mod types;
mod ufunc;
mod update;
mod values;
mod watch;
mod why;
mod windows;

pub use arguments::{Axes, Integer, IntoShape, Operand};
pub use array::{Array, eval_all};
pub use compile::{Compiled, compile};
pub use config::{set_fusion, set_profiling};
pub use covariance::*;
pub use creation::*;
pub use differences::*;
pub use edit::*;
pub use element::{Element, Number};
pub use equal::*;
pub use error::{Cause, Error};
pub use eval::{Statistics, statistics};
pub use explain::Summary;
pub use formula::{Elementwise, Reduction, elementwise, elementwise_of, reduction};
pub use functions::*;
pub use half::{bf16, f16};
pub use histogram::{BinRule, Bins, Histogram, histogram, histogram_bin_edges, histogram2d, histogramdd};
pub use index::{Ellipsis, NewAxis, Slice, s};
pub use insert::*;
pub use io::{load, save};
pub use iter::Iter;
pub use join::*;
pub use linalg::{
    Pairs, cross, dot, einsum, inner, kron, matmul, matvec, multi_dot, tensordot, vdot, vecdot, vecmat,
};
pub use logic::*;
pub use manip::*;
pub use matrices::*;
pub use memmap::{load_memmap, memmap};
pub use nan::*;
pub use nonzero::*;
pub use npz::*;
pub use num_complex::Complex;
pub use numfuse_ir::dtype::DType;
pub use numfuse_runtime::Device;
pub use pad::*;
pub use places::*;
pub use ranges::*;
pub use raw::fromfile;
pub use reduce::*;
pub use scan::*;
pub use scatter::*;
pub use search::*;
pub use signal::*;
pub use statistics::*;
pub use take::*;
pub use tile::*;
pub use types::*;
pub use ufunc::*;
pub use update::At;
pub use values::Values;
pub use why::{Reason, Why, why};
pub use windows::*;

/// The example of the README is compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
