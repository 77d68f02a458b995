//! NumPy's `.npy` files, versions 1 to 3, read and written.
//!
//! The reader trusts nothing: a truncated file, a header that lies about its length, its type or
//! its shape, or bytes that are left over give an error, and no more memory is taken than the file
//! has bytes, and its elements. Big-endian and Fortran-ordered files are read too.

use crate::array::Array;
use crate::element::Element;
use crate::error::{Cause, Error};
use crate::eval;
use half::{bf16, f16};
use num_complex::Complex;
use numfuse_ir::dtype::DType;
use numfuse_ir::shape::Shape;
use std::panic::Location;
use std::path::Path;

const MAGIC: &[u8] = b"\x93NUMPY";

/// The most bytes that we believe a header to have: NumPy refuses longer ones too.
const LONGEST_HEADER: usize = 10_000;

/// Reads a `.npy` file.
///
/// # Errors
/// A file that cannot be read or that is not a whole `.npy` file of a type that arrays have.
#[track_caller]
pub fn load(path: impl AsRef<Path>) -> Result<Array, Error> {
    match std::fs::read(path) {
        Ok(bytes) => Array::from_npy(&bytes),
        Err(failure) => Err(Error::without_operands(Cause::File(failure), "load")),
    }
}

/// Computes an array and writes it to a `.npy` file.
///
/// # Errors
/// As [`Array::eval`], or a file that cannot be written.
#[track_caller]
pub fn save(path: impl AsRef<Path>, array: &Array) -> Result<(), Error> {
    let bytes = array.to_npy()?;
    match std::fs::write(path, bytes) {
        Ok(()) => Ok(()),
        Err(failure) => Err(Error::without_operands(Cause::File(failure), "save")),
    }
}

/// NumPy's file format.
impl Array {
    /// An array from the bytes of a `.npy` file.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = arange(6).reshape([2, 3]);
    /// let again = Array::from_npy(&x.to_npy()?)?;
    /// assert_eq!(again.shape(), [2, 3]);
    /// assert_eq!(again.to_vec::<i64>()?, [0, 1, 2, 3, 4, 5]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    ///
    /// # Errors
    /// Bytes that are not a whole `.npy` file of a type that arrays have.
    #[track_caller]
    pub fn from_npy(bytes: &[u8]) -> Result<Array, Error> {
        let (header, data) = match parse(bytes) {
            Ok(parsed) => parsed,
            Err(sentence) => return Err(Error::without_operands(Cause::Format(sentence), "load")),
        };
        let mut extents = header.shape;
        if header.fortran {
            extents.reverse();
        }
        let array = typed(data, &extents, header.dtype, header.big_endian);
        array.check()?;
        Ok(if header.fortran { array.transpose() } else { array })
    }

    /// The bytes of the array's `.npy` file, little-endian and in row-major order.
    ///
    /// # Errors
    /// As [`eval`](Array::eval), or a type that NumPy does not have: bfloat16.
    #[track_caller]
    pub fn to_npy(&self) -> Result<Vec<u8>, Error> {
        let location = Location::caller();
        self.check()?;
        let (dtype, shape) = self.description();
        let Some(code) = dtype.numpy_code() else {
            let sentence =
                format!("a .npy file cannot hold {dtype}, which NumPy does not have: cast it to float32");
            return Err(Error::new(Cause::Format(sentence), "save", vec![self.description()], location));
        };
        let buffer = eval::ready(self)?.buffer;
        let order = if dtype.bytes() == 1 { '|' } else { '<' };
        let mut header = format!("{{'descr': '{order}{code}', 'fortran_order': False, 'shape': {shape}, }}");
        // Magic, version and length are 10 bytes; the data begins at a multiple of 64.
        let unpadded = 10 + header.len() + 1;
        header.push_str(&" ".repeat(unpadded.next_multiple_of(64) - unpadded));
        header.push('\n');
        // 32 extents of 20 digits are far below the 65535 bytes of version 1.
        let length = header.len() as u16;
        let elements = little_endian(buffer.bytes(), dtype);
        Ok([MAGIC, &[1, 0], &length.to_le_bytes(), header.as_bytes(), &elements].concat())
    }
}

/// An array of the elements that lie in these bytes, little-endian unless they are swapped.
#[track_caller]
pub(crate) fn typed(data: &[u8], extents: &[usize], dtype: DType, swap: bool) -> Array {
    match dtype {
        DType::Bool => elements(data, extents, |[byte]: [u8; 1]| byte != 0),
        DType::I8 => elements(data, extents, i8::from_le_bytes),
        DType::U8 => elements(data, extents, u8::from_le_bytes),
        DType::I16 => elements(data, extents, |b| i16::from_le_bytes(ordered(b, swap))),
        DType::I32 => elements(data, extents, |b| i32::from_le_bytes(ordered(b, swap))),
        DType::I64 => elements(data, extents, |b| i64::from_le_bytes(ordered(b, swap))),
        DType::U16 => elements(data, extents, |b| u16::from_le_bytes(ordered(b, swap))),
        DType::U32 => elements(data, extents, |b| u32::from_le_bytes(ordered(b, swap))),
        DType::U64 => elements(data, extents, |b| u64::from_le_bytes(ordered(b, swap))),
        DType::F16 => elements(data, extents, |b| f16::from_le_bytes(ordered(b, swap))),
        DType::BF16 => elements(data, extents, |b| bf16::from_le_bytes(ordered(b, swap))),
        DType::F32 => elements(data, extents, |b| f32::from_le_bytes(ordered(b, swap))),
        DType::F64 => elements(data, extents, |b| f64::from_le_bytes(ordered(b, swap))),
        DType::C64 => elements(data, extents, |b: [u8; 8]| complex(b, swap, f32::from_le_bytes)),
        DType::C128 => elements(data, extents, |b: [u8; 16]| complex(b, swap, f64::from_le_bytes)),
    }
}

/// The bytes of elements as this machine has them, little-endian.
pub(crate) fn little_endian(bytes: &[u8], dtype: DType) -> Vec<u8> {
    match cfg!(target_endian = "little") {
        true => bytes.to_vec(),
        false => {
            bytes.chunks(dtype.part().bytes()).flat_map(|element| element.iter().rev().copied()).collect()
        }
    }
}

/// Whether elements of files are as this machine has them.
pub(crate) fn little_endian_only(dtype: DType) -> Result<(), String> {
    match cfg!(target_endian = "little") || dtype.bytes() == 1 {
        true => Ok(()),
        false => {
            Err(format!("little-endian {dtype} cannot be read where it lies on this machine: load the file"))
        }
    }
}

/// The bytes of one element, little-endian.
fn ordered<const N: usize>(mut bytes: [u8; N], swap: bool) -> [u8; N] {
    if swap {
        bytes.reverse();
    }
    bytes
}

/// The parts of a complex number, one after the other.
fn complex<T, const N: usize, const M: usize>(
    bytes: [u8; N],
    swap: bool,
    read: fn([u8; M]) -> T,
) -> Complex<T> {
    const { assert!(N == 2 * M, "two parts") };
    let part = |from: usize| read(ordered(std::array::from_fn(|i| bytes[from + i]), swap));
    Complex::new(part(0), part(M))
}

#[track_caller]
fn elements<T: Element, const N: usize>(
    data: &[u8],
    extents: &[usize],
    read: impl Fn([u8; N]) -> T,
) -> Array {
    let (chunks, _) = data.as_chunks::<N>();
    let mut values = Vec::with_capacity(chunks.len());
    values.extend(chunks.iter().map(|&chunk| read(chunk)));
    Array::from_vec(values, extents)
}

/// What a header says.
pub(crate) struct Header {
    pub(crate) dtype: DType,
    pub(crate) big_endian: bool,
    pub(crate) fortran: bool,
    pub(crate) shape: Vec<usize>,
}

/// The header and the data of a file, or a sentence about what is wrong.
pub(crate) fn parse(bytes: &[u8]) -> Result<(Header, &[u8]), String> {
    let rest = bytes.strip_prefix(MAGIC).ok_or("the magic string of a .npy file is missing")?;
    let (version, rest) = rest.split_first_chunk::<2>().ok_or("the file ends in its version")?;
    let (length, rest) = match version {
        [1, _] => {
            let (length, rest) =
                rest.split_first_chunk().ok_or("the file ends in the length of its header")?;
            (u16::from_le_bytes(*length) as usize, rest)
        }
        [2 | 3, _] => {
            let (length, rest) =
                rest.split_first_chunk().ok_or("the file ends in the length of its header")?;
            (u32::from_le_bytes(*length) as usize, rest)
        }
        [major, minor] => return Err(format!("we only support format version 1 to 3, not {major}.{minor}")),
    };
    if length > LONGEST_HEADER {
        return Err(format!(
            "the header of {length} bytes is larger than the {LONGEST_HEADER} that are safe"
        ));
    }
    let (header, data) = rest.split_at_checked(length).ok_or("the file ends in its header")?;
    let header = std::str::from_utf8(header).map_err(|_| "the header is not text")?;
    let header = Literal { rest: header }.header()?;
    let shape = Shape::new(&header.shape).map_err(|mistake| mistake.to_string())?;
    let wanted = shape.size() * header.dtype.bytes();
    match data.len() {
        length if length == wanted => Ok((header, data)),
        length => Err(format!("the header promises {wanted} bytes of data and the file has {length}")),
    }
}

/// The Python dictionary of a header, read from its front.
struct Literal<'a> {
    rest: &'a str,
}

impl<'a> Literal<'a> {
    fn header(mut self) -> Result<Header, String> {
        let (mut dtype, mut fortran, mut shape) = (None, None, None);
        self.expect('{')?;
        while !self.take('}') {
            let key = self.string()?;
            self.expect(':')?;
            let new = match key {
                "descr" => dtype.replace(type_of(self.string()?)?).is_none(),
                "fortran_order" => fortran.replace(self.bool()?).is_none(),
                "shape" => shape.replace(self.tuple()?).is_none(),
                other => return Err(format!("the header has an unknown key {other:?}")),
            };
            if !new {
                return Err(format!("the header says {key:?} twice"));
            }
            if !self.take(',') {
                self.expect('}')?;
                break;
            }
        }
        if !self.rest.trim().is_empty() {
            return Err("the header goes on after its end".to_string());
        }
        let (Some((dtype, big_endian)), Some(fortran), Some(shape)) = (dtype, fortran, shape) else {
            return Err("the header lacks one of 'descr', 'fortran_order' and 'shape'".to_string());
        };
        Ok(Header { dtype, big_endian, fortran, shape })
    }

    fn take(&mut self, token: char) -> bool {
        match self.rest.trim_start().strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: char) -> Result<(), String> {
        if self.take(token) { Ok(()) } else { Err(format!("the header lacks a {token:?}")) }
    }

    fn string(&mut self) -> Result<&'a str, String> {
        let quote = if self.take('"') { '"' } else { '\'' };
        if quote == '\'' && !self.take('\'') {
            return Err(
                "the header has no string where one is due; structured types are not supported".to_string()
            );
        }
        let (string, rest) = self.rest.split_once(quote).ok_or("a string in the header does not end")?;
        self.rest = rest;
        Ok(string)
    }

    fn bool(&mut self) -> Result<bool, String> {
        let trimmed = self.rest.trim_start();
        for (word, value) in [("True", true), ("False", false)] {
            if let Some(rest) = trimmed.strip_prefix(word) {
                self.rest = rest;
                return Ok(value);
            }
        }
        Err("'fortran_order' is neither True nor False".to_string())
    }

    fn tuple(&mut self) -> Result<Vec<usize>, String> {
        let mut extents = Vec::new();
        self.expect('(')?;
        while !self.take(')') {
            let trimmed = self.rest.trim_start();
            let digits = trimmed.find(|c: char| !c.is_ascii_digit()).unwrap_or(trimmed.len());
            let extent = trimmed[..digits].parse().map_err(|_| "an extent of the shape is not a size")?;
            extents.push(extent);
            // Python 2 wrote long integers so.
            self.rest = trimmed[digits..].strip_prefix('L').unwrap_or(&trimmed[digits..]);
            if !self.take(',') {
                self.expect(')')?;
                break;
            }
        }
        Ok(extents)
    }
}

/// The type that a description such as `<f4` names, and whether it is big-endian.
fn type_of(description: &str) -> Result<(DType, bool), String> {
    let code = description.trim_start_matches(['<', '>', '|', '=']);
    let found = DType::ALL.iter().copied().find(|dtype| dtype.numpy_code() == Some(code));
    let dtype = found.ok_or_else(|| format!("the type {description:?} is not supported"))?;
    Ok((dtype, description.starts_with('>')))
}
