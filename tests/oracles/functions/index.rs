//! Indices, and what an array says of itself.

#![allow(clippy::reversed_empty_ranges, reason = "negative ends count from the back")]

use super::{Inputs, Table, cases};
use numfuse::index::Item;
use numfuse::prelude::*;

pub(super) const INDICES: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "x[()]" => x.i(());
        "x[...]" => x.i(Ellipsis);
        "x[0]" => x.i(0);
        "x[-1]" => x.i(-1);
        "x[2]" => x.i(2u32);
        "x[3]" => x.i(3i64);
        "x[-4]" => x.i(-4);
        "x[0, 0]" => x.i((0, 0));
        "x[..., -1]" => x.i((Ellipsis, -1));
        "x[1, ..., 2]" => x.i((1, Ellipsis, 2));
        "x[0, 1, 2]" => x.i((0, 1, 2));
        "x[:]" => x.i(..);
        "x[1:]" => x.i(1..);
        "x[:-1]" => x.i(..-1);
        "x[-2:]" => x.i(-2..);
        "x[1:2]" => x.i(1..=1);
        "x[:2]" => x.i(..=1);
        "x[2:1]" => x.i(2..1);
        "x[-100:100]" => x.i(-100..100);
        "x[100:]" => x.i(100..);
        "x[::2]" => x.i(s(..).step(2));
        "x[::-1]" => x.i(s(..).step(-1));
        "x[::-2]" => x.i(s(..).step(-2));
        "x[1::-1]" => x.i(s(1..).step(-1));
        "x[:0:-1]" => x.i(s(..0).step(-1));
        "x[-1:0:-3]" => x.i(Slice::new(-1, 0, -3));
        "x[5:-5:-1]" => x.i(Slice::new(5, -5, -1));
        "x[::9223372036854775807]" => x.i(s(..).step(isize::MAX));
        "x[::0]" => x.i(s(..).step(0));
        "x[:, 1:]" => x.i((.., 1..));
        "x[..., 1:-1]" => x.i((Ellipsis, 1..-1));
        "x[1:, ::-2]" => x.i((1.., s(..).step(-2)));
        "x[::-1, ::2]" => x.i((s(..).step(-1), s(..).step(2)));
        "x[::2][::-1][1:]" => x.i(s(..).step(2)).i(s(..).step(-1)).i(1..);
        "x[0, 1:, ::2]" => x.i((0, 1.., s(..).step(2)));
        "x[None]" => x.i(NewAxis);
        "x[..., None]" => x.i((Ellipsis, NewAxis));
        "x[None, ..., None, -1:]" => x.i((NewAxis, Ellipsis, NewAxis, -1..));
        "x[:, None, 1]" => x.i((.., NewAxis, 1));
        "x[None, None]" => x.i((NewAxis, NewAxis));
        "x[..., ...]" => x.i((Ellipsis, Ellipsis));
        "x[0, ..., 1]" => x.i(vec![Item::At(0), Item::Ellipsis, Item::At(1)]);
        "x[:, :, :, :]" => x.i((.., .., .., ..));
    },
};

pub(super) const FACTS: Table = Table {
    inputs: Inputs::Edges,
    ulps: 0.0,
    cases: cases! { |x, y, d|
        "np.shape(x)" => x.shape();
        "np.ndim(x)" => x.ndim();
        "np.size(x)" => x.size();
        "x.nbytes" => x.nbytes();
        "len(x)" => x.try_len();
        "x.size == 0" => x.is_empty();
        "np.array(x.item(), d)" => item(x);
        "np.array_str(x).lower()" => printed(x);
        "np.array_str(np.asarray(x / 8))" => printed(&(x / 8));
        "np.array_str(np.asarray(x % 7 * 14.1))" => printed(&(x % 7 * 14.1));
        "np.array_str(np.asarray(x // 3 * 1e-3))" => printed(&(x.floor_divide(3) * 1e-3));
        "np.array_str(np.asarray(np.clip(x, 1, 3) / 3))" => printed(&(x.clip(1, 3) / 3));
    "np.array_str(np.asarray(np.clip(x, 1, 80) * 123456.7))" => printed(&(x.clip(1, 80) * 123456.7));
    "np.array_str(np.asarray(np.clip(x, 1, 9) * 123456.7))" => printed(&(x.clip(1, 9) * 123456.7));
        "np.copy(x)" => x.clone();
        "np.array(x.tolist(), d).reshape(x.shape)" => again(x);
        "npy(x)" => x.to_npy().map(Array::from);
        "np.load(io.BytesIO(npy(x).tobytes()))" => x.to_npy().and_then(|bytes| Array::from_npy(&bytes));
    },
};

/// The one element, as an array again.
pub(super) fn item(x: &Array) -> Result<Array, numfuse::Error> {
    macro_rules! by_type {
        ($($D:ident $t:ty),+) => {
            match x.dtype() { $(DType::$D => x.item::<$t>().map(Array::scalar)),+ }
        };
    }
    by_type!(Bool bool, I8 i8, I16 i16, I32 i32, I64 i64, U8 u8, U16 u16, U32 u32, U64 u64, F16 f16, BF16 bf16, F32 f32, F64 f64, C64 Complex<f32>, C128 Complex<f64>)
}

/// The elements read where they lie, and made an array of again.
pub(super) fn again(x: &Array) -> Result<Array, numfuse::Error> {
    macro_rules! by_type {
        ($($D:ident $t:ty),+) => {
            match x.dtype() { $(DType::$D => x.values::<$t>().map(|v| Array::from_slice(&v, v.shape()))),+ }
        };
    }
    by_type!(Bool bool, I8 i8, I16 i16, I32 i32, I64 i64, U8 u8, U16 u16, U32 u32, U64 u64, F16 f16, BF16 bf16, F32 f32, F64 f64, C64 Complex<f32>, C128 Complex<f64>)
}

/// The text without what we say of the shape and the type after NumPy's.
pub(super) fn printed(x: &Array) -> Result<String, numfuse::Error> {
    x.check()?;
    let text = x.to_string();
    let shape = text.rfind(" (").expect("the shape comes last");
    Ok(text[..shape].to_string())
}
