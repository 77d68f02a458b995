//! Arrays that lie in files: mapped to be read, not copied.
//!
//! The elements are read when an evaluation looks at them, page by page, and are kept by the system as long as it
//! has room; so an expression may be of more data than there is memory. NumPy's `memmap` with `mode='r'`, and
//! `load` with `mmap_mode='r'`.

#![allow(unsafe_code, reason = "whoever maps a file promises that nobody changes it")]

use crate::arguments::IntoShape;
use crate::array::Array;
use crate::creation::zeros;
use crate::error::{Cause, Error};
use crate::io::{Header, little_endian_only, parse};
use crate::lazy::Lazy;
use numfuse_ir::dtype::DType;
use numfuse_ir::shape::Shape;
use numfuse_runtime::mapped::Mapped;
use std::path::Path;

/// An array of the elements that lie in a file from byte `offset` on, little-endian and in row-major order. Nothing
/// is copied, nor read before it is needed; the array cannot be written to (an update of it is a new array, as
/// always). One extent may be -1: it is as long as the file lets it be.
///
/// NumPy's `memmap(path, dtype, 'r', offset, shape)`. Bools are looked at as bytes that are not 0.
///
/// ```
/// use numfuse::prelude::*;
///
/// let path = std::env::temp_dir().join(format!("numfuse-memmap-{}", std::process::id()));
/// arange(1000).cast(F32).tofile(&path)?;
/// // SAFETY: nobody else knows of the file.
/// let x = unsafe { numfuse::memmap(&path, F32, [-1, 10], 80)? };
/// assert_eq!(x.shape(), [98, 10]);
/// assert_eq!(x.sum(0).to_vec::<f32>()?[0], 49490.0);
/// # drop(x);
/// # std::fs::remove_file(path).expect("it is ours");
/// # Ok::<(), numfuse::Error>(())
/// ```
///
/// # Safety
/// For as long as the array is there, or anything that was made of it and has not been evaluated, nobody, in this
/// process or another, writes to the file or makes it shorter. Elements that change while they are read are
/// undefined behaviour, and to read what was cut off ends the process with a signal; NumPy leaves its users with the
/// same. A file that is replaced as a whole, by a rename or after it was removed, stays as it was for its arrays. Where
/// that cannot be promised, [`load`](crate::load) and [`fromfile`](crate::fromfile) copy.
///
/// # Errors
/// A file that cannot be mapped or is too short, a shape that is none, or elements that would lie across their
/// alignment.
#[track_caller]
pub unsafe fn memmap(
    path: impl AsRef<Path>,
    dtype: DType,
    shape: impl IntoShape,
    offset: usize,
) -> Result<Array, Error> {
    // SAFETY: our caller's promise.
    let mapped = match unsafe { Mapped::new(path.as_ref()) } {
        Ok(mapped) => mapped,
        Err(failure) => return Err(Error::without_operands(Cause::File(failure), "memmap")),
    };
    let extents = shape.extents();
    let array = match elements(&mapped, dtype, &extents, offset) {
        Ok(count) => {
            // Of one extent that is to be found.
            let shaped = zeros(count, dtype).reshape(shape);
            lend(mapped, dtype, shaped.try_shape()?, offset)
        }
        Err(sentence) => Err(sentence),
    };
    checked(array, "memmap")
}

/// An array of the elements of a `.npy` file, where they lie: [`load`](crate::load) without the copy, NumPy's
/// `load(path, mmap_mode='r')`. Fortran's order is a view; big-endian elements cannot be read as they lie.
///
/// ```
/// use numfuse::prelude::*;
///
/// let path = std::env::temp_dir().join(format!("numfuse-mapped-{}.npy", std::process::id()));
/// numfuse::save(&path, &arange(12).reshape([3, 4]))?;
/// // SAFETY: nobody else knows of the file.
/// let x = unsafe { numfuse::load_memmap(&path)? };
/// assert_eq!((&x * 2).i((1, ..)).to_vec::<i64>()?, [8, 10, 12, 14]);
/// # drop(x);
/// # std::fs::remove_file(path).expect("it is ours");
/// # Ok::<(), numfuse::Error>(())
/// ```
///
/// # Safety
/// As for [`memmap`].
///
/// # Errors
/// As for [`load`](crate::load); elements that lie across their alignment, or are big-endian.
#[track_caller]
pub unsafe fn load_memmap(path: impl AsRef<Path>) -> Result<Array, Error> {
    // SAFETY: our caller's promise.
    let mapped = match unsafe { Mapped::new(path.as_ref()) } {
        Ok(mapped) => mapped,
        Err(failure) => return Err(Error::without_operands(Cause::File(failure), "load")),
    };
    checked(of_header(mapped), "load")
}

/// The elements that a header tells of.
#[track_caller]
fn of_header(mapped: Mapped) -> Result<Array, String> {
    let (Header { dtype, big_endian, fortran, mut shape }, data) = parse(mapped.bytes())?;
    let offset = mapped.bytes().len() - data.len();
    if big_endian && dtype.bytes() > 1 {
        return Err(format!(
            "big-endian {dtype} cannot be read where it lies: load the file, which copies it in this machine's order"
        ));
    }
    if fortran {
        shape.reverse();
    }
    let array = lend(mapped, dtype, &shape, offset)?;
    Ok(if fortran { array.transpose() } else { array })
}

/// An array, or the error that a sentence or the array is.
#[track_caller]
fn checked(array: Result<Array, String>, op: &'static str) -> Result<Array, Error> {
    // No closure: the line is the caller's.
    match array {
        Ok(array) => array.check().map(|()| array),
        Err(sentence) => Err(Error::without_operands(Cause::Format(sentence), op)),
    }
}

/// How many elements an array of these extents has that lies in a file from an offset on.
fn elements(mapped: &Mapped, dtype: DType, extents: &[isize], offset: usize) -> Result<usize, String> {
    let length = mapped.bytes().len();
    let there = length
        .checked_sub(offset)
        .ok_or_else(|| format!("the file has {length} bytes, and the array would begin at byte {offset}"))?;
    if extents.contains(&-1) {
        return match there.is_multiple_of(dtype.bytes()) {
            true => Ok(there / dtype.bytes()),
            false => Err(format!(
                "Size of the available data is not a multiple of the data-type size: {there} bytes from byte {offset} \
                 on, of {} bytes each",
                dtype.bytes()
            )),
        };
    }
    let given: Option<Vec<usize>> = extents.iter().map(|&extent| usize::try_from(extent).ok()).collect();
    let given = given.ok_or("negative dimensions are not allowed, but for one that is -1")?;
    let shape = Shape::new(&given).map_err(|mistake| mistake.to_string())?;
    match shape.size() * dtype.bytes() {
        wanted if wanted <= there => Ok(shape.size()),
        wanted => Err(format!(
            "{dtype} of shape {shape} takes {wanted} bytes, and the file has {there} from byte {offset} on"
        )),
    }
}

/// Elements of a file, row-major, where they lie.
#[track_caller]
fn lend(mapped: Mapped, dtype: DType, extents: &[usize], offset: usize) -> Result<Array, String> {
    little_endian_only(dtype)?;
    let shape = Shape::new(extents).map_err(|mistake| mistake.to_string())?;
    let (bytes, part) = (shape.size() * dtype.bytes(), dtype.part().bytes());
    if bytes > 0 && !offset.is_multiple_of(part) {
        return Err(format!(
            "{dtype} cannot be read where it lies: it begins at byte {offset} of the file, which is no multiple of {part}"
        ));
    }
    // A byte of a file may be anything, and a bool is 0 or 1.
    let stored = if dtype == DType::Bool { DType::U8 } else { dtype };
    let array = Lazy::data(mapped.lend(offset..offset + bytes), shape, stored);
    Ok(if dtype == DType::Bool { array.not_equal(0) } else { array })
}
