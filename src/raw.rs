//! Arrays from and to bytes as they lie in memory, little-endian: NumPy's `frombuffer` and `tobytes`.

use crate::array::Array;
use crate::error::{Cause, Error};
use crate::eval;
use crate::io;
use crate::lazy::{Lazy, build, refuse};
use numfuse_ir::dtype::DType;
use numfuse_ir::shape::Shape;
use std::path::Path;

/// Bytes as they lie in memory.
impl Array {
    /// A vector of the elements that lie in these bytes, little-endian. They are copied.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::frombuffer(&[1, 0, 2, 0], U16);
    /// assert_eq!(x.to_vec::<u16>()?, [1, 2]);
    /// assert_eq!(x.tobytes()?, [1, 0, 2, 0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn frombuffer(bytes: &[u8], dtype: DType) -> Array {
        match bytes.len().is_multiple_of(dtype.bytes()) {
            true => io::typed(bytes, &[bytes.len() / dtype.bytes()], dtype, false),
            false => {
                let sentence = "buffer size must be a multiple of element size".to_string();
                let cause = Cause::Format(sentence);
                Lazy::failed(Error::without_operands(cause, "frombuffer"))
            }
        }
    }

    /// The bytes of the elements as elements of another type, little-endian: of one that is wider or
    /// narrower the last axis changes. Computes the array; its memory is shared. What becomes a bool must
    /// have been one.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let bits = Array::from([1.0f32, -2.0]).view(U32);
    /// assert_eq!(bits.to_vec::<u32>()?, [0x3f80_0000, 0xc000_0000]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn view(&self, dtype: DType) -> Array {
        let (from, to) = (self.0.node.dtype.bytes(), dtype.bytes());
        let mut extents = self.0.node.shape.to_vec();
        match extents.last_mut() {
            _ if self.0.error.is_some() => return self.clone(),
            _ if dtype == DType::Bool && self.0.node.dtype != DType::Bool => {
                return refuse("view", [self], "only an array of bools can be viewed as one: cast it");
            }
            _ if from == to => {}
            None => {
                return refuse(
                    "view",
                    [self],
                    "Changing the dtype of a 0d array is only supported if the itemsize is unchanged",
                );
            }
            Some(last) if (*last * from).is_multiple_of(to) => *last = *last * from / to,
            Some(_) => {
                return refuse(
                    "view",
                    [self],
                    "When changing to a larger dtype, its size must be a divisor of the total size in bytes of \
                     the last axis of the array.",
                );
            }
        }
        match eval::ready(self) {
            Ok(ready) if cfg!(target_endian = "little") => match Shape::new(&extents) {
                Ok(shape) => Lazy::data(ready.buffer, shape, dtype),
                Err(mistake) => build("view", [self], |_| Err(mistake)),
            },
            Ok(ready) => {
                io::typed(&io::little_endian(ready.buffer.bytes(), self.0.node.dtype), &extents, dtype, false)
            }
            Err(error) => Lazy::failed(error),
        }
    }

    /// The bytes of the elements in row-major order, little-endian. Computes them.
    ///
    /// # Errors
    /// As [`eval`](Array::eval).
    #[track_caller]
    pub fn tobytes(&self) -> Result<Vec<u8>, Error> {
        self.check()?;
        let buffer = eval::ready(self)?.buffer;
        Ok(io::little_endian(buffer.bytes(), self.0.node.dtype))
    }

    /// Computes the elements and writes their bytes to a file, as [`tobytes`](Array::tobytes) gives them.
    ///
    /// # Errors
    /// As [`eval`](Array::eval), or a file that cannot be written.
    #[track_caller]
    pub fn tofile(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let bytes = self.tobytes()?;
        match std::fs::write(path, bytes) {
            Ok(()) => Ok(()),
            Err(failure) => Err(Error::without_operands(Cause::File(failure), "tofile")),
        }
    }
}

/// A vector of the elements whose bytes are in a file: see [`Array::frombuffer`].
///
/// # Errors
/// A file that cannot be read, or whose length is no multiple of an element's.
#[track_caller]
pub fn fromfile(path: impl AsRef<Path>, dtype: DType) -> Result<Array, Error> {
    match std::fs::read(path) {
        Ok(bytes) => {
            let array = Array::frombuffer(&bytes, dtype);
            array.check().map(|()| array)
        }
        Err(failure) => Err(Error::without_operands(Cause::File(failure), "fromfile")),
    }
}
