//! How many bins fit some data: rules of statistics, each as a width, as NumPy computes them.

use super::edges::{Ends, Even, element, rounded};
use crate::array::{Array, eval_all};
use crate::error::Error;
use numfuse_ir::dtype::DType;
use std::f64::consts::PI;

/// A rule that finds how many bins of one width fit some data, by NumPy's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinRule {
    /// More bins of [`Sturges`](BinRule::Sturges) and [`Fd`](BinRule::Fd), these no more than twice those of
    /// [`Sqrt`](BinRule::Sqrt): `auto`.
    Auto,
    /// Sturges' rule with a term for skewness (Doane 1976): `doane`.
    Doane,
    /// By the distance of the quartiles (Freedman and Diaconis 1981): `fd`.
    Fd,
    /// By the cube root of the count: `rice`.
    Rice,
    /// By the standard deviation (Scott 1979): `scott`.
    Scott,
    /// By the square root of the count: `sqrt`.
    Sqrt,
    /// The least estimated error among all counts up to 100 or the root of the size (Stone 1984): `stone`.
    Stone,
    /// By the logarithm of the count (Sturges 1926): `sturges`.
    Sturges,
}

/// A width, and the type in which it was computed.
#[derive(Clone, Copy)]
struct Width {
    value: f64,
    dtype: DType,
}

/// How many bins a rule finds for the elements between two ends.
#[track_caller]
pub(super) fn count(rule: BinRule, x: &Array, ends: Ends, is_given: bool) -> Result<usize, Error> {
    let x = match is_given {
        true => {
            let x = x.ravel();
            let kept = x.greater_equal(ends.first) & x.less_equal(ends.last);
            x.extract(&kept)
        }
        false => x.ravel(),
    };
    x.check()?;
    if x.0.node.shape[0] == 0 {
        return Ok(1);
    }
    let data = Data::of(x, ends)?;
    let width = data.width(rule)?;
    if width.value == 0.0 {
        return Ok(1);
    }
    // Integers lie no closer than 1.
    let least = if data.x.0.node.dtype.is_integer() { 1.0 } else { 0.0 };
    let dtype = width.dtype.promote(element(if is_given { DType::F64 } else { data.x.0.node.dtype }));
    let count = rounded(dtype, ends.width() / width.value.max(least)).ceil();
    Ok(if count >= 1.0 { count as usize } else { 1 })
}

/// What rules look at.
struct Data {
    x: Array,
    ends: Ends,
    size: f64,
    /// The greatest less the least.
    spread: f64,
}

impl Data {
    #[track_caller]
    fn of(x: Array, ends: Ends) -> Result<Data, Error> {
        let dtype = x.0.node.dtype;
        let found = [x.min(..), x.max(..)];
        eval_all(&found)?;
        let spread = match dtype {
            _ if dtype.is_inexact() => {
                let [least, most] = found.map(|end| end.cast(DType::F64).item::<f64>());
                rounded(dtype, most? - least?)
            }
            DType::U64 => {
                let [least, most] = found.map(|end| end.item::<u64>());
                (most? - least?) as f64
            }
            _ => {
                let [least, most] = found.map(|end| end.cast(DType::I64).item::<i64>());
                (i128::from(most?) - i128::from(least?)) as f64
            }
        };
        let size = x.0.node.shape[0] as f64;
        Ok(Data { x, ends, size, spread })
    }

    /// In float64, whatever the type of the data.
    fn wide(value: f64) -> Width {
        Width { value, dtype: DType::F64 }
    }

    /// In the type of the data, of integers in float64.
    fn own(&self, value: f64) -> Width {
        let dtype = element(self.x.0.node.dtype);
        Width { value: rounded(dtype, value), dtype }
    }

    /// What a rule makes of the data; 0 where there is to be one bin.
    #[track_caller]
    fn width(&self, rule: BinRule) -> Result<Width, Error> {
        let (size, spread) = (self.size, self.spread);
        Ok(match rule {
            BinRule::Sqrt => Data::wide(spread / size.sqrt()),
            BinRule::Sturges => Data::wide(spread / (size.log2() + 1.0)),
            BinRule::Rice => self.own(spread / self.own(2.0 * size.powf(1.0 / 3.0)).value),
            BinRule::Scott => {
                let factor = (24.0 * PI.powf(0.5) / size).powf(1.0 / 3.0);
                self.own(self.own(factor).value * self.float(&self.x.std(..))?)
            }
            BinRule::Fd => {
                let twice = self.own(2.0 * self.between_quartiles()?).value;
                self.own(twice * self.own(size.powf(-1.0 / 3.0)).value)
            }
            BinRule::Auto => {
                let (fd, sturges) = (self.width(BinRule::Fd)?, self.width(BinRule::Sturges)?);
                let half = Data::wide(self.width(BinRule::Sqrt)?.value / 2.0);
                let corrected = if half.value > fd.value { half } else { fd };
                if sturges.value < corrected.value { sturges } else { corrected }
            }
            BinRule::Doane => self.doane()?,
            BinRule::Stone => self.stone()?,
        })
    }

    /// The one element of an array.
    #[track_caller]
    fn float(&self, x: &Array) -> Result<f64, Error> {
        x.cast(DType::F64).item()
    }

    #[track_caller]
    fn doane(&self) -> Result<Width, Error> {
        let size = self.size;
        if size <= 2.0 {
            return Ok(Data::wide(0.0));
        }
        let error = (6.0 * (size - 2.0) / ((size + 1.0) * (size + 3.0))).sqrt();
        let deviation = self.x.std(..);
        if self.float(&deviation)? <= 0.0 {
            return Ok(Data::wide(0.0));
        }
        let skew = ((&self.x - self.x.mean(..)) / deviation).power(3).mean(..);
        let skew = self.float(&skew)?.abs();
        Ok(Data::wide(self.spread / (1.0 + size.log2() + (1.0 + skew / error).log2())))
    }

    /// The elements as float64, rising.
    #[track_caller]
    fn sorted(&self) -> Result<Vec<f64>, Error> {
        let mut elements = self.x.cast(DType::F64).to_vec::<f64>()?;
        elements.sort_unstable_by(f64::total_cmp);
        Ok(elements)
    }

    /// The width whose squared error is least, as far as that is known.
    #[track_caller]
    fn stone(&self) -> Result<Width, Error> {
        let size = self.size;
        if size <= 1.0 || self.spread == 0.0 {
            return Ok(Data::wide(0.0));
        }
        let (elements, dtype) = (self.sorted()?, element(self.x.0.node.dtype));
        let most = (size.sqrt() as usize).max(100);
        let mut best = (f64::INFINITY, 1);
        for bins in 1..=most {
            let edges = Even::of(self.ends, bins, dtype).edges.cast(DType::F64).to_vec::<f64>()?;
            let before = |edge: &f64| elements.partition_point(|element| element < edge);
            let (mut squares, mut start) = (0.0, before(&edges[0]));
            for edge in &edges[1..bins] {
                let end = before(edge);
                squares += ((end - start) as f64 / size).powi(2);
                start = end;
            }
            let end = elements.partition_point(|element| *element <= edges[bins]);
            squares += ((end - start) as f64 / size).powi(2);
            let error = (2.0 - (size + 1.0) * squares) / self.own(self.spread / bins as f64).value;
            if error < best.0 {
                best = (error, bins);
            }
        }
        Ok(self.own(self.spread / best.1 as f64))
    }

    /// The upper quartile less the lower, each on a line between two elements.
    #[track_caller]
    fn between_quartiles(&self) -> Result<f64, Error> {
        let elements = self.sorted()?;
        let last = elements.len() - 1;
        let quartile = |share: f64| {
            let at = last as f64 * share;
            let (place, part) = (at.floor() as usize, at - at.floor());
            let (low, high) = (elements[place], elements[(place + 1).min(last)]);
            let difference = self.own(high - low).value;
            match part < 0.5 {
                true => self.own(low + self.own(difference * part).value).value,
                false => self.own(high - self.own(difference * (1.0 - part)).value).value,
            }
        };
        Ok(self.own(quartile(0.75) - quartile(0.25)).value)
    }
}
