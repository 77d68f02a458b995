//! [`Array`]: the handle that users hold, how it is made from data, and how it is read.

use crate::arguments::{self, IntoShape};
use crate::config;
use crate::element::Element;
use crate::error::{Cause, Error};
use crate::eval;
use crate::lazy::{Lazy, Ready, build};
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build as nodes;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::shape::Shape;
use numfuse_runtime::{Buffer, Device};
use std::borrow::Borrow;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// An array, or the promise of one: operations build an expression, and only [`eval`](Array::eval),
/// reading or printing compute it, fused into few kernels.
///
/// A handle: clones share the node and cost next to nothing. It may be sent to and used from any
/// thread. The values never change.
///
/// ```
/// use numfuse::prelude::*;
///
/// let x = Array::from_vec(vec![1.0f32, 2.0, 3.0, 4.0], [2, 2]);
/// let y = &x * 10.0 + x.sum(0);
/// assert_eq!(y.shape(), [2, 2]);
/// assert_eq!(y.to_vec::<f32>()?, [14.0, 26.0, 34.0, 46.0]);
/// # Ok::<(), numfuse::Error>(())
/// ```
///
/// A mistake does not panic: it makes an array that carries its [`Error`], which later operations
/// pass on and [`check`](Array::check), [`eval`](Array::eval), [`to_vec`](Array::to_vec) and
/// [`item`](Array::item) return.
#[derive(Clone)]
pub struct Array(pub(crate) Arc<Lazy>);

/// Making arrays of data.
impl Array {
    /// An array of the elements of a vector in row-major order; they are not copied.
    ///
    /// A vector of another number of elements than the shape gives an array that carries NumPy's
    /// error of `reshape`.
    #[track_caller]
    pub fn from_vec<T: Element>(elements: Vec<T>, shape: impl IntoShape) -> Array {
        let size = elements.len();
        let wrong = || Mistake::Reshape { size, to: shape.extents().to_vec() };
        match arguments::shape(&shape).and_then(|s| if s.size() == size { Ok(s) } else { Err(wrong()) }) {
            Ok(shape) => Lazy::data(Buffer::from_vec(elements), shape, T::DTYPE),
            Err(mistake) => Lazy::failed(Error::without_operands(Cause::Expression(mistake), "from_vec")),
        }
    }

    /// An array of the elements of a slice in row-major order, copied.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let row = Array::from_slice(&[1u8, 2, 3], [1, 3]);
    /// assert_eq!(row.dtype(), U8);
    /// ```
    #[track_caller]
    pub fn from_slice<T: Element>(elements: &[T], shape: impl IntoShape) -> Array {
        Array::from_vec(elements.to_vec(), shape)
    }

    /// An array without axes that holds one number, typed as in Rust (a plain number beside an
    /// array would take the array's type instead).
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!((Array::scalar(1.5f64) + zeros(3, F32)).dtype(), F64);
    /// ```
    #[track_caller]
    pub fn scalar<T: Element>(value: T) -> Array {
        build("scalar", [], |b| Ok(b.number(value.to_scalar())))
    }
}

/// What is known of an array without computing it.
impl Array {
    /// The extents, outermost first.
    ///
    /// # Panics
    /// If the array carries an error; see [`try_shape`](Array::try_shape).
    #[track_caller]
    pub fn shape(&self) -> &[usize] {
        expect(self.try_shape())
    }

    /// The extents, or the error that the array carries.
    ///
    /// # Errors
    /// The error that the array carries.
    pub fn try_shape(&self) -> Result<&[usize], Error> {
        self.check().map(|()| &self.0.node.shape[..])
    }

    /// How many axes there are.
    ///
    /// # Panics
    /// If the array carries an error; see [`try_ndim`](Array::try_ndim).
    #[track_caller]
    pub fn ndim(&self) -> usize {
        expect(self.try_ndim())
    }

    /// How many axes there are.
    ///
    /// # Errors
    /// The error that the array carries.
    pub fn try_ndim(&self) -> Result<usize, Error> {
        self.try_shape().map(<[usize]>::len)
    }

    /// How many elements there are.
    ///
    /// # Panics
    /// If the array carries an error; see [`try_size`](Array::try_size).
    #[track_caller]
    pub fn size(&self) -> usize {
        expect(self.try_size())
    }

    /// How many elements there are.
    ///
    /// # Errors
    /// The error that the array carries.
    pub fn try_size(&self) -> Result<usize, Error> {
        self.check().map(|()| self.0.node.shape.size())
    }

    /// How many bytes the elements take, once they are computed.
    ///
    /// # Panics
    /// If the array carries an error; see [`try_size`](Array::try_size).
    #[track_caller]
    pub fn nbytes(&self) -> usize {
        self.size() * self.dtype().bytes()
    }

    /// The extent of the first axis, as Python's `len`.
    ///
    /// # Panics
    /// If the array carries an error or has no axes; see [`try_len`](Array::try_len).
    #[track_caller]
    pub fn len(&self) -> usize {
        expect(self.try_len())
    }

    /// The extent of the first axis.
    ///
    /// # Errors
    /// The error that the array carries, or that it has no axes.
    #[track_caller]
    pub fn try_len(&self) -> Result<usize, Error> {
        let location = Location::caller();
        let first = self.try_shape()?.first().copied();
        first.ok_or_else(|| Error::new(Cause::Unsized, "len", vec![self.description()], location))
    }

    /// True when there are no elements.
    ///
    /// # Panics
    /// If the array carries an error; see [`try_size`](Array::try_size).
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.size() == 0
    }

    /// The type of the elements.
    ///
    /// # Panics
    /// If the array carries an error; see [`try_dtype`](Array::try_dtype).
    #[track_caller]
    pub fn dtype(&self) -> DType {
        expect(self.try_dtype())
    }

    /// The type of the elements.
    ///
    /// # Errors
    /// The error that the array carries.
    pub fn try_dtype(&self) -> Result<DType, Error> {
        self.check().map(|()| self.0.node.dtype)
    }

    /// Whether the expression was built without a mistake. Computes nothing.
    ///
    /// # Errors
    /// The error that the array carries.
    pub fn check(&self) -> Result<(), Error> {
        self.0.error.clone().map_or(Ok(()), Err)
    }

    pub(crate) fn description(&self) -> (DType, Shape) {
        (self.0.node.dtype, self.0.node.shape.clone())
    }
}

/// Where arrays lie.
impl Array {
    /// The device that the elements lie on or will be computed on: that of the data they are of, or of the
    /// settings ([`Config::device`](crate::config::Config::device)) where they are of none.
    pub fn device(&self) -> Device {
        self.0.device().unwrap_or_else(|| config::current().device)
    }

    /// The same elements on a device. Nothing is copied before they are needed, and nothing at all to
    /// where they lie already; what is copied is computed first, where it lies.
    ///
    /// Operands of one operation lie on one device: nothing is copied from one to another but by this
    /// function and where values are read.
    ///
    /// ```
    /// use numfuse::{Device, prelude::*};
    ///
    /// let x = Array::from([1.0f32, 4.0]).to(Device::Cuda(0)).sqrt();
    /// match x.to_vec::<f32>() {
    ///     Ok(roots) => assert_eq!(roots, [1.0, 2.0]), // computed on the GPU
    ///     Err(error) => assert!(error.to_string().starts_with("no CUDA device: ")),
    /// }
    /// ```
    ///
    /// Where there is no such device, what needs the elements is an error. What only looks at a plan, as
    /// [`explain`](Array::explain) does, needs to know the plan's data and has them copied, too.
    #[track_caller]
    pub fn to(&self, device: Device) -> Array {
        if self.0.error.is_some() || self.0.device() == Some(device) {
            return self.clone();
        }
        Lazy::moving(self.clone(), device)
    }
}

/// Computing and reading values.
impl Array {
    /// Computes the values, if that has not been done, and keeps them. What they were computed from
    /// is forgotten unless somebody else holds it.
    ///
    /// # Errors
    /// The error that the array carries, or what kept the evaluation from being carried out; every
    /// array stays usable.
    #[track_caller]
    pub fn eval(&self) -> Result<(), Error> {
        eval::eval(std::slice::from_ref(self))
    }

    /// The elements in row-major order. Computes them if that has not been done.
    ///
    /// # Errors
    /// As [`eval`](Array::eval), or when the elements are not of type `T`.
    #[track_caller]
    pub fn to_vec<T: Element>(&self) -> Result<Vec<T>, Error> {
        let buffer = self.read::<T>("to_vec")?.buffer;
        Ok(elements(&buffer))
    }

    /// The only element of an array of one.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// assert_eq!(arange(5).sum(..).item::<i64>()?, 10);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`eval`](Array::eval), when there are more elements or none, or when they are not of type
    /// `T`.
    #[track_caller]
    pub fn item<T: Element>(&self) -> Result<T, Error> {
        let location = Location::caller();
        let size = self.try_size()?;
        let not_one =
            || Error::new(Cause::NotOneElement { size }, "item", vec![self.description()], location);
        if size != 1 {
            return Err(not_one());
        }
        let buffer = self.read::<T>("item")?.buffer;
        elements(&buffer).first().copied().ok_or_else(not_one)
    }

    /// The elements as another type: rounded to nearest among floats, truncated and saturated from
    /// floats to integers (a NaN gives 0), wrapped among integers.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([0.9f32, 300.0, -1.0]);
    /// assert_eq!(x.cast(U8).to_vec::<u8>()?, [0, 255, 0]);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    ///
    /// NumPy's `astype` leaves what is out of range undefined. A complex number in a type that is not complex
    /// is its real part (NumPy warns of that), as a bool it is true unless both parts are 0.
    #[track_caller]
    pub fn cast(&self, dtype: DType) -> Array {
        build("cast", [self], |b| Ok(nodes::cast(b, self, dtype)))
    }

    /// NumPy's name of [`cast`](Array::cast).
    #[track_caller]
    pub fn astype(&self, dtype: DType) -> Array {
        self.cast(dtype)
    }

    #[track_caller]
    pub(crate) fn read<T: Element>(&self, op: &'static str) -> Result<Ready, Error> {
        let found = self.try_dtype()?;
        if found != T::DTYPE {
            let cause = Cause::Element { found, asked: T::DTYPE };
            return Err(Error::new(cause, op, vec![self.description()], Location::caller()));
        }
        eval::ready(self)
    }
}

/// Computes several arrays together: what they share is computed once, and operations over one
/// space become one kernel.
///
/// ```
/// use numfuse::{eval_all, prelude::*};
///
/// let x = arange(100).cast(F32);
/// let (mean, std) = (x.mean(..), x.std(..));
/// eval_all([&mean, &std])?;
/// assert_eq!(mean.item::<f32>()?, 49.5);
/// # Ok::<(), numfuse::Error>(())
/// ```
///
/// # Errors
/// As [`Array::eval`], for the first array that has one.
#[track_caller]
pub fn eval_all(arrays: impl IntoIterator<Item: Borrow<Array>>) -> Result<(), Error> {
    let arrays: Vec<Array> = arrays.into_iter().map(|array| array.borrow().clone()).collect();
    eval::eval(&arrays)
}

/// Shows what is known without computing anything.
impl fmt::Debug for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.error {
            Some(error) => write!(f, "Array({error})"),
            None => write!(f, "Array({} {})", self.0.node.dtype, self.0.node.shape),
        }
    }
}

/// The documented panic of the functions that have no room for an error.
#[track_caller]
fn expect<T>(result: Result<T, Error>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

/// A copy of the elements.
fn elements<T: Element>(buffer: &Buffer) -> Vec<T> {
    match buffer.elements::<T>() {
        Some(elements) => elements.to_vec(),
        // Data that lies across the alignment of its type.
        None => decode(buffer.bytes(), T::DTYPE).map(T::from_scalar).collect(),
    }
}

/// The elements with their type.
pub(crate) fn decode(bytes: &[u8], dtype: DType) -> impl Iterator<Item = Scalar> {
    let part = dtype.part().bytes();
    bytes.chunks_exact(dtype.bytes()).map(move |bytes| {
        let mut element = [0; 16];
        let element = &mut element[..bytes.len()];
        element.copy_from_slice(bytes);
        if cfg!(target_endian = "big") {
            element.chunks_exact_mut(part).for_each(<[u8]>::reverse);
        }
        Scalar::from_bytes(dtype, element)
    })
}
