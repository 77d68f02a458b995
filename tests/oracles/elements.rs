//! Between the user's arrays, whose element type is a Rust type, and scalars of any type.

use numfuse::prelude::*;
use numfuse_ir::scalar::Scalar;

/// An array of these elements, whatever their type.
pub fn array(values: &[Scalar], dtype: DType, shape: &[usize]) -> Array {
    macro_rules! by_type {
        ($($D:ident $t:ty: $of:expr;)+) => {
            match dtype { $(DType::$D => Array::from_vec(values.iter().map($of).collect::<Vec<$t>>(), shape)),+ }
        };
    }
    by_type! {
        Bool bool: |v| v.is_true();
        I8 i8: |v| v.to_i128() as i8;
        I16 i16: |v| v.to_i128() as i16;
        I32 i32: |v| v.to_i128() as i32;
        I64 i64: |v| v.to_i128() as i64;
        U8 u8: |v| v.to_i128() as u8;
        U16 u16: |v| v.to_i128() as u16;
        U32 u32: |v| v.to_i128() as u32;
        U64 u64: |v| v.to_i128() as u64;
        F16 f16: |v| f16::from_bits(v.bits() as u16);
        BF16 bf16: |v| bf16::from_bits(v.bits() as u16);
        F32 f32: |v| v.as_f32();
        F64 f64: |v| v.to_f64();
        C64 Complex<f32>: |v| Complex::new(v.real().as_f32(), v.imaginary().as_f32());
        C128 Complex<f64>: |v| Complex::new(v.real().to_f64(), v.imaginary().to_f64());
    }
}

/// The elements of an array, whatever their type.
pub fn scalars(array: &Array) -> Vec<Scalar> {
    macro_rules! by_type {
        ($($D:ident $t:ty: $of:expr;)+) => {
            match array.dtype() { $(DType::$D => array.to_vec::<$t>().expect("it evaluates").into_iter().map($of).collect()),+ }
        };
    }
    let int = |dtype| move |x: i128| Scalar::from_i128(dtype, x);
    by_type! {
        Bool bool: Scalar::bool;
        I8 i8: |x| int(DType::I8)(x.into());
        I16 i16: |x| int(DType::I16)(x.into());
        I32 i32: |x| int(DType::I32)(x.into());
        I64 i64: |x| int(DType::I64)(x.into());
        U8 u8: |x| int(DType::U8)(x.into());
        U16 u16: |x| int(DType::U16)(x.into());
        U32 u32: |x| int(DType::U32)(x.into());
        U64 u64: |x| int(DType::U64)(x.into());
        F16 f16: |x| Scalar::from_bits(DType::F16, x.to_bits().into());
        BF16 bf16: |x| Scalar::from_bits(DType::BF16, x.to_bits().into());
        F32 f32: Scalar::f32;
        F64 f64: Scalar::f64;
        C64 Complex<f32>: |z| Scalar::complex(Scalar::f32(z.re), Scalar::f32(z.im));
        C128 Complex<f64>: |z| Scalar::complex(Scalar::f64(z.re), Scalar::f64(z.im));
    }
}
