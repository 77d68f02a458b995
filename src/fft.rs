//! Fourier transforms, the frequencies of their results, and the orders of these.
//!
//! A transform is a library's: of `rustfft` and `realfft` on the processor, of cuFFT on a GPU, along one axis after the
//! other. What surrounds it, the cutting, filling and scaling, fuses with its neighbours. As NumPy's, transforms of
//! float32 and of half types are computed in float32, all others in float64.
//!
//! ```
//! use numfuse::fft::{self, Norm};
//! use numfuse::prelude::*;
//!
//! let x = Array::from([1.0, 2.0, 0.0, -1.0]);
//! let spectrum = fft::rfft(&x, None, -1, Norm::Backward);
//! assert_eq!(spectrum.real().to_vec::<f64>()?, [2.0, 1.0, 0.0]);
//! let back = fft::irfft(&spectrum, None, -1, Norm::Backward);
//! assert_eq!(back.to_vec::<f64>()?, [1.0, 2.0, 0.0, -1.0]);
//! # Ok::<(), numfuse::Error>(())
//! ```

use crate::arguments::{self, Axes};
use crate::array::Array;
use crate::lazy::{Builder, build};
use crate::ranges::arange;
use numfuse_ir::dtype::DType;
use numfuse_ir::error::{Error as Mistake, Refusal};
use numfuse_ir::graph::build::{self as nodes, Build};
use numfuse_ir::graph::{Kind, Node};
use numfuse_ir::ops::Op;
use numfuse_ir::ops::library::LibOp;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::shape::{self, Shape};
use smallvec::SmallVec;

/// Which way a transform is divided by its number of points; both ways together always are once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Norm {
    /// The way back is.
    #[default]
    Backward,
    /// Both ways are divided by the root of the number.
    Ortho,
    /// The way forth is.
    Forward,
}

impl Norm {
    /// The same, of the other way.
    const fn swapped(self) -> Norm {
        match self {
            Norm::Backward => Norm::Forward,
            Norm::Ortho => Norm::Ortho,
            Norm::Forward => Norm::Backward,
        }
    }
}

/// A transform along one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Forth,
    Back,
    OfReal,
    ToReal,
}

impl Way {
    /// The points of the transform of an axis of so many elements.
    fn points(self, extent: usize) -> isize {
        match self {
            Way::Forth | Way::Back | Way::OfReal => extent as isize,
            Way::ToReal => 2 * (extent as isize - 1),
        }
    }

    /// The elements that a transform of so many points reads.
    fn read(self, points: usize) -> usize {
        if self == Way::ToReal { points / 2 + 1 } else { points }
    }

    fn op(self, points: usize) -> LibOp {
        match self {
            Way::Forth => LibOp::Fft,
            Way::Back => LibOp::FftBack,
            Way::OfReal => LibOp::Rfft,
            Way::ToReal if points.is_multiple_of(2) => LibOp::RfftBackEven,
            Way::ToReal => LibOp::RfftBackOdd,
        }
    }

    /// The norm by which it is multiplied as if it were the way forth.
    fn norm(self, norm: Norm) -> Norm {
        match self {
            Way::Forth | Way::OfReal => norm,
            Way::Back | Way::ToReal => norm.swapped(),
        }
    }
}

/// A transform of `points` points along one axis, of as many as it has where none are given.
fn along(
    b: &mut Builder,
    x: &Array,
    way: Way,
    points: Option<isize>,
    axis: isize,
    norm: Norm,
) -> Result<Array, Mistake> {
    let (own, dims) = (x.0.node.dtype, x.0.node.shape.len());
    let points = match points {
        Some(points) => points,
        None => way.points(x.0.node.shape[shape::axis(axis, dims)?]),
    };
    let wrong =
        || Mistake::Argument { sentence: format!("Invalid number of FFT data points ({points}) specified.") };
    let count = usize::try_from(points).ok().filter(|&n| n > 0).ok_or_else(wrong)?;
    let axis = shape::axis(axis, dims)?;
    if way == Way::OfReal && own.is_complex() {
        let op = if count.is_multiple_of(2) { "rfft_n_even" } else { "rfft_n_odd" };
        return Err(Mistake::Types { op: op.to_string(), dtypes: vec![own], refusal: Refusal::Unsupported });
    }
    let complex = if own.is_inexact() { own.to_complex() } else { DType::C128 };
    let x = nodes::cast(b, x, if way == Way::OfReal { complex.part() } else { complex });
    // The axis goes last, is as long as what is read, and goes back where it was.
    let mut order: SmallVec<[isize; 4]> = (0..dims as isize).filter(|&a| a as usize != axis).collect();
    order.push(axis as isize);
    let x = nodes::permute(b, &x, &order)?;
    let x = of_length(b, &x, way.read(count))?;
    let op = way.op(count);
    let result = (op.def().result)(&[(&x.0.node.shape, x.0.node.dtype)]);
    let (shape, dtype) = result.map_err(|sentence| Mistake::Argument { sentence })?;
    let result = b.make(Node { kind: Kind::Library(op), shape, dtype }, &[x]);
    let mut inverse: SmallVec<[isize; 4]> = (0..dims as isize - 1).collect();
    inverse.insert(axis, dims as isize - 1);
    let result = nodes::permute(b, &result, &inverse)?;
    let result = scaled_by(b, &result, factor(own, count, way.norm(norm)))?;
    Ok(if way == Way::ToReal && own.is_half() { nodes::cast(b, &result, own) } else { result })
}

/// The array with so many elements along its last axis: the first ones, or zeros behind them.
fn of_length(b: &mut Builder, x: &Array, extent: usize) -> Result<Array, Mistake> {
    let from = x.0.node.shape.clone();
    let last = from.len() - 1;
    if extent == from[last] {
        return Ok(x.clone());
    }
    let mut extents = from.to_vec();
    extents[last] = extent;
    if extent < from[last] {
        let parts: Vec<(i64, i64, usize)> = extents.iter().map(|&n| (0, 1, n)).collect();
        return nodes::slice(b, x, &parts);
    }
    let zero = b.number(Scalar::zero(x.0.node.dtype));
    let around = nodes::expand(b, &zero, &Shape::new(&extents)?);
    Ok(nodes::pad(b, x, &vec![0; extents.len()], &around))
}

/// What a transform of so many points is multiplied by, of elements of that type; as in NumPy it is rounded to their
/// precision, that of float16 too, unless that has no such number.
fn factor(dtype: DType, points: usize, norm: Norm) -> Option<f64> {
    let real = if dtype.is_inexact() { dtype.part() } else { DType::F64 };
    let rounded = |x: f64| match Scalar::from_f64(real, x).to_f64() {
        y if y.is_finite() && y != 0.0 => y,
        _ => x,
    };
    let points = rounded(points as f64);
    match norm {
        Norm::Backward => None,
        Norm::Ortho => Some(rounded(1.0 / rounded(points.sqrt()))),
        Norm::Forward => Some(rounded(1.0 / points)),
    }
}

/// The array times a real number, part by part.
fn scaled_by(b: &mut Builder, x: &Array, factor: Option<f64>) -> Result<Array, Mistake> {
    let Some(factor) = factor else { return Ok(x.clone()) };
    let dtype = x.0.node.dtype;
    let times = |b: &mut Builder, x: Array| {
        let factor = b.number(Scalar::from_f64(dtype.part(), factor));
        nodes::map(b, Op::Multiply, &[x, factor])
    };
    if !dtype.is_complex() {
        return times(b, x.clone());
    }
    let (re, im) = (
        nodes::map(b, Op::Real, std::slice::from_ref(x))?,
        nodes::map(b, Op::Imag, std::slice::from_ref(x))?,
    );
    let parts = [times(b, re)?, times(b, im)?];
    nodes::map(b, Op::Complex, &parts)
}

/// Complex numbers conjugated, others as they are.
fn conjugated(b: &mut Builder, x: &Array) -> Result<Array, Mistake> {
    if x.0.node.dtype.is_complex() {
        nodes::map(b, Op::Conjugate, std::slice::from_ref(x))
    } else {
        Ok(x.clone())
    }
}

/// The functions of one axis: each is a way, perhaps with conjugates before or after it.
macro_rules! of_one_axis {
    ($($(#[doc = $doc:literal])+ $name:ident = |$b:ident, $x:ident, $points:ident, $axis:ident, $norm:ident| $body:expr;)+) => { $(
        $(#[doc = $doc])+
        ///
        /// `points` is how many points of `x` are transformed, cut off or with zeros behind: all, if `None`.
        #[track_caller]
        pub fn $name(x: &Array, points: impl Into<Option<isize>>, axis: isize, norm: Norm) -> Array {
            let points = points.into();
            build(stringify!($name), [x], |b| {
                let ($b, $x, $points, $axis, $norm) = (b, x, points, axis, norm);
                $body
            })
        }
    )+ };
}

of_one_axis! {
    /// The Fourier transform along an axis.
    fft = |b, x, points, axis, norm| along(b, x, Way::Forth, points, axis, norm);
    /// The inverse of [`fft`].
    ifft = |b, x, points, axis, norm| along(b, x, Way::Back, points, axis, norm);
    /// The Fourier transform of real numbers along an axis: its first half, of which the other is the mirror.
    rfft = |b, x, points, axis, norm| along(b, x, Way::OfReal, points, axis, norm);
    /// The inverse of [`rfft`]; where `points` are not given they are even.
    irfft = |b, x, points, axis, norm| along(b, x, Way::ToReal, points, axis, norm);
    /// The real Fourier transform of what mirrors itself, of which the first half is given.
    hfft = |b, x, points, axis, norm| {
        let x = conjugated(b, x)?;
        along(b, &x, Way::ToReal, points, axis, norm.swapped())
    };
    /// The inverse of [`hfft`].
    ihfft = |b, x, points, axis, norm| {
        let half = along(b, x, Way::OfReal, points, axis, norm.swapped())?;
        conjugated(b, &half)
    };
}

/// The axes of a transform and the points along each, as NumPy reads them; `None` of what it leaves as it is.
fn axes_and_points(
    x: &Array,
    points: &impl Axes,
    axes: &impl Axes,
    to_real: bool,
) -> Result<Vec<(isize, isize)>, Mistake> {
    let wrong = |sentence: String| Mistake::Argument { sentence };
    let extents = &x.0.node.shape;
    let dims = extents.len() as isize;
    let (given, axes) = (points.axes(), axes.axes());
    let axes: Vec<isize> = match (&axes, &given) {
        (Some(axes), _) => axes.to_vec(),
        (None, Some(points)) => (-(points.len() as isize)..0).collect(),
        (None, None) => (-dims..0).collect(),
    };
    let at =
        |axis: isize| -> Option<usize> { shape::axis(axis, extents.len()).ok().map(|axis| extents[axis]) };
    let points: Vec<isize> = match given {
        Some(points) if points.len() != axes.len() => {
            return Err(wrong("Shape and axes have different lengths.".to_string()));
        }
        Some(points) => {
            let whole = |(&n, &axis): (&isize, &isize)| match n {
                -1 => Ok(extents[shape::axis(axis, extents.len())?] as isize),
                n => Ok(n),
            };
            points.iter().zip(&axes).map(whole).collect::<Result<_, Mistake>>()?
        }
        None => {
            let extent = |&axis: &isize| match at(axis) {
                Some(extent) => Ok(extent as isize),
                None if dims == 0 => Err(wrong("cannot do a non-empty take from an empty axes.".to_string())),
                None => Err(wrong(format!("index {axis} is out of bounds for axis 0 with size {dims}"))),
            };
            let mut points = axes.iter().map(extent).collect::<Result<Vec<isize>, _>>()?;
            if let (true, Some(last)) = (to_real, points.last_mut()) {
                *last = 2 * (*last - 1);
            }
            points
        }
    };
    Ok(axes.into_iter().zip(points).collect())
}

/// A transform along several axes: `last` along the last of them, first or at the end, and `others` along the others.
fn along_several(
    b: &mut Builder,
    x: &Array,
    [last, others]: [Way; 2],
    pairs: &[(isize, isize)],
    norm: Norm,
) -> Result<Array, Mistake> {
    let Some((&(axis, points), rest)) = pairs.split_last() else {
        // Along no axis complex transforms change nothing, as in NumPy.
        let sentence = "there is no axis to transform real numbers along".to_string();
        return if last == others { Ok(x.clone()) } else { Err(Mistake::Argument { sentence }) };
    };
    let mut x = x.clone();
    if last == Way::ToReal {
        for &(axis, points) in rest {
            x = along(b, &x, others, Some(points), axis, norm)?;
        }
        return along(b, &x, last, Some(points), axis, norm);
    }
    x = along(b, &x, last, Some(points), axis, norm)?;
    for &(axis, points) in rest.iter().rev() {
        x = along(b, &x, others, Some(points), axis, norm)?;
    }
    Ok(x)
}

/// The functions of several axes: the way along the last, and along the others.
macro_rules! of_several_axes {
    ($($(#[doc = $doc:literal])+ $name:ident, $two:ident, $of_two:literal = $last:expr, $others:expr;)+) => { $(
        $(#[doc = $doc])+
        ///
        /// `points` says how many points along each axis are transformed: `..` for all; -1 for all of one axis.
        #[track_caller]
        pub fn $name(x: &Array, points: impl Axes, axes: impl Axes, norm: Norm) -> Array {
            build(stringify!($name), [x], |b| {
                let pairs = axes_and_points(x, &points, &axes, $last == Way::ToReal)?;
                along_several(b, x, [$last, $others], &pairs, norm)
            })
        }

        #[doc = $of_two]
        #[track_caller]
        pub fn $two(x: &Array, points: impl Axes, norm: Norm) -> Array {
            build(stringify!($two), [x], |b| {
                let pairs = axes_and_points(x, &points, &[-2isize, -1], $last == Way::ToReal)?;
                along_several(b, x, [$last, $others], &pairs, norm)
            })
        }
    )+ };
}

of_several_axes! {
    /// The Fourier transform along these axes.
    fftn, fft2, "[`fftn`] along the last two axes." = Way::Forth, Way::Forth;
    /// The inverse of [`fftn`].
    ifftn, ifft2, "[`ifftn`] along the last two axes." = Way::Back, Way::Back;
    /// The Fourier transform of real numbers along these axes; along the last one its first half.
    rfftn, rfft2, "[`rfftn`] along the last two axes." = Way::OfReal, Way::Forth;
    /// The inverse of [`rfftn`]; where `points` are not given they are even along the last axis.
    irfftn, irfft2, "[`irfftn`] along the last two axes." = Way::ToReal, Way::Back;
}

/// The frequencies of a transform of `count` points that lie `step` apart: 0, the positive ones, the
/// negative ones.
///
/// ```
/// assert_eq!(numfuse::fft::fftfreq(4, 0.5).to_vec::<f64>()?, [0.0, 0.5, -1.0, -0.5]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn fftfreq(count: usize, step: f64) -> Array {
    let half = (count as i64 + 1) / 2;
    let order = arange(count as i64);
    let order = crate::ufunc::where_(order.less(half), &order, &order - count as i64);
    scaled(order, count, step)
}

/// The frequencies of a transform of `count` real points that lie `step` apart: 0 and the positive ones.
#[track_caller]
pub fn rfftfreq(count: usize, step: f64) -> Array {
    scaled(arange(count as i64 / 2 + 1), count, step)
}

#[track_caller]
fn scaled(order: Array, count: usize, step: f64) -> Array {
    if count == 0 {
        let sentence = "n should be a positive integer".to_string();
        return build("fftfreq", [], |_| Err(Mistake::Argument { sentence }));
    }
    order.cast(DType::F64) * (1.0 / (count as f64 * step))
}

/// The frequency 0 in the middle of each of these axes.
///
/// ```
/// let shifted = numfuse::fft::fftshift(&numfuse::fft::fftfreq(4, 1.0), ..);
/// assert_eq!(shifted.to_vec::<f64>()?, [-0.5, -0.25, 0.0, 0.25]);
/// # Ok::<(), numfuse::Error>(())
/// ```
#[track_caller]
pub fn fftshift(x: &Array, axes: impl Axes) -> Array {
    rolled("fftshift", x, &axes, |extent| (extent / 2) as isize)
}

/// What [`fftshift`] has moved, back in its place.
#[track_caller]
pub fn ifftshift(x: &Array, axes: impl Axes) -> Array {
    rolled("ifftshift", x, &axes, |extent| -((extent / 2) as isize))
}

#[track_caller]
fn rolled(op: &'static str, x: &Array, axes: &impl Axes, shift: impl Fn(usize) -> isize) -> Array {
    match arguments::axes(axes, x.0.node.shape.len()) {
        Ok(axes) if axes.is_empty() => x.clone(),
        Ok(axes) => {
            let shifts: Vec<isize> = axes.iter().map(|&axis| shift(x.0.node.shape[axis])).collect();
            x.roll(shifts, axes.to_vec())
        }
        Err(mistake) => build(op, [x], |_| Err(mistake)),
    }
}
