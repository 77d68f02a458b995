//! What most programs use: `use numfuse::prelude::*;`
//!
//! The array, its element types under short names, ways to make and join arrays, and the words of
//! indices. Elementwise functions and reductions are methods; as free functions they are in the
//! crate's root, since `min` and `max` would hide Rust's own.

pub use crate::array::Array;
pub use crate::creation::{empty, empty_like, full, full_like, ones, ones_like, zeros, zeros_like};
pub use crate::index::{Ellipsis, NewAxis, Slice, s};
pub use crate::join::{concatenate, stack};
pub use crate::matrices::{eye, identity};
pub use crate::pad::Pad;
pub use crate::ranges::{arange, linspace, meshgrid};
pub use crate::ufunc::where_;
pub use crate::{Complex, Device, bf16, f16};
pub use numfuse_ir::dtype::DType;

macro_rules! short_names {
    ($($name:ident = $V:ident;)+) => { $(
        #[doc = concat!("The element type [`DType::", stringify!($V), "`].")]
        pub const $name: DType = DType::$V;
    )+ };
}

short_names! {
    BOOL = Bool; I8 = I8; I16 = I16; I32 = I32; I64 = I64; U8 = U8; U16 = U16; U32 = U32; U64 = U64; F16 = F16; BF16 = BF16; F32 = F32; F64 = F64; C64 = C64; C128 = C128;
}
