//! Reductions over any axes, Einstein's sums, and covariances with weights.

use super::{Case, Draw};
use numfuse::prelude::*;
use numfuse::{Covariance, einsum};

/// Each reduction: its name in NumPy, ours, and ours that keeps axes.
macro_rules! reductions {
    ($draw:expr, $x:expr, $axes:expr, $($name:ident $kept:ident),+) => {{
        let all: Vec<(&'static str, Array, Array)> = vec![$((stringify!($name), $x.$name(&$axes[..]), $x.$kept(&$axes[..]))),+];
        $draw.one(&all)
    }};
}

pub(super) fn reductions(draw: &mut Draw) -> Case {
    let dtype = draw.one(&[F64, F32, I32, U8, BOOL, C128, F16]);
    let (shape, specials) = (draw.shape(4, 4), draw.once_in(2));
    let x = draw.array(dtype, &shape, specials);
    let mut axes: Vec<isize> = (0..shape.len() as isize).filter(|_| draw.once_in(2)).collect();
    if draw.once_in(3) {
        axes.iter_mut().for_each(|axis| *axis -= shape.len() as isize);
    }
    if draw.once_in(4) {
        axes.reverse();
    }
    let positional = draw.once_in(6);
    if positional {
        axes.truncate(1);
    }
    let (name, plain, kept) = match (positional, draw.below(4)) {
        (true, _) if axes.len() == 1 => {
            reductions!(draw, x, axes, argmin argmin_keepdims, argmax argmax_keepdims, nanargmin nanargmin_keepdims, nanargmax nanargmax_keepdims)
        }
        (_, 0) => reductions!(
            draw, x, axes, nansum nansum_keepdims, nanprod nanprod_keepdims, nanmin nanmin_keepdims, nanmax nanmax_keepdims,
            nanmean nanmean_keepdims, nanvar nanvar_keepdims, nanstd nanstd_keepdims
        ),
        _ => reductions!(
            draw, x, axes, sum sum_keepdims, prod prod_keepdims, min min_keepdims, max max_keepdims, any any_keepdims, all all_keepdims,
            mean mean_keepdims, var var_keepdims, std std_keepdims, ptp ptp_keepdims, count_nonzero count_nonzero_keepdims
        ),
    };
    // Products of complex numbers, of which some are infinite, are NaN or not by their order; NumPy's of float16
    // overflow on the way.
    let is_product = name == "prod" || name == "nanprod";
    let (name, plain, kept) = match is_product && (dtype == F16 || specials && dtype.is_complex()) {
        true => ("any", x.any(&axes[..]), x.any_keepdims(&axes[..])),
        false => (name, plain, kept),
    };
    let said: Vec<String> = axes.iter().map(ToString::to_string).collect();
    let axis = if name.contains("arg") { said.join("") } else { format!("({})", said.join("") + ",") };
    let axis = if said.len() > 1 {
        format!("({})", said.join(", "))
    } else if said.is_empty() {
        "()".to_string()
    } else {
        axis
    };
    // A float16 sum is a float32 one of ours, rounded once.
    let ulps = if dtype == F16 { 16.0 } else { 400.0 };
    match draw.once_in(3) {
        true => Case::sum(format!("np.{name}(a, axis={axis}, keepdims=True)"), [kept], ulps),
        false if matches!(name, "var" | "std" | "nanvar" | "nanstd") && draw.once_in(2) => {
            let ddof = draw.below(4);
            let ours = match name {
                "var" => x.var_ddof(&axes[..], ddof),
                "std" => x.std_ddof(&axes[..], ddof),
                "nanvar" => x.nanvar_ddof(&axes[..], ddof),
                _ => x.nanstd_ddof(&axes[..], ddof),
            };
            Case::sum(format!("np.{name}(a, axis={axis}, ddof={ddof})"), [ours], ulps)
        }
        false => Case::sum(format!("np.{name}(a, axis={axis})"), [plain], ulps),
    }
}

pub(super) fn einsums(draw: &mut Draw) -> Case {
    let extents = [2, 3, 1, 4];
    let letters = ['i', 'j', 'k', 'B'];
    let dtype = draw.one(&[F64, F32, I64, I8, C128]);
    let (mut operands, mut words, mut arrays) = (Vec::new(), Vec::new(), Vec::new());
    let dots = draw.once_in(4);
    for _ in 0..1 + draw.below(3) {
        let (mut word, mut shape) = (String::new(), Vec::new());
        if dots && draw.once_in(2) {
            word += "...";
            shape.extend([2usize, 3][draw.below(3)..].iter().map(|&n| if draw.once_in(4) { 1 } else { n }));
        }
        for _ in 0..draw.below(4) {
            let letter = draw.below(4);
            word.push(letters[letter]);
            shape.push(extents[letter]);
        }
        let dtype = if draw.once_in(6) { F64 } else { dtype };
        arrays.push(draw.array(dtype, &shape, false));
        operands.push(char::from(b'a' + arrays.len() as u8 - 1).to_string());
        words.push(word);
    }
    let mut text = words.join(",");
    let used: Vec<char> = letters.into_iter().filter(|letter| text.contains(*letter)).collect();
    if !draw.once_in(4) {
        let mut kept: Vec<char> = used.into_iter().filter(|_| draw.once_in(2)).collect();
        if draw.once_in(2) {
            kept.reverse();
        }
        let has_dots = text.contains("...");
        text += "->";
        match (has_dots, draw.once_in(3)) {
            (true, false) => text += &("...".to_string() + &String::from_iter(kept)),
            (true, true) => text += &(String::from_iter(kept) + "..."),
            (false, _) => text += &String::from_iter(kept),
        }
    }
    let ours = einsum(&text, &arrays);
    Case::sum(format!("np.einsum('{text}', {})", operands.join(", ")), [ours], 60.0)
}

pub(super) fn covariances(draw: &mut Draw) -> Case {
    let dtype = draw.one(&[F64, F32, I32, C128]);
    let (rows, columns) = (1 + draw.below(4), 2 + draw.below(6));
    let shape = if draw.once_in(4) { vec![columns] } else { vec![rows, columns] };
    let x = draw.array(dtype, &shape, false);
    let (mut covariance, mut words, mut y) = (Covariance::default(), Vec::new(), None);
    let in_columns = draw.once_in(3);
    let observations = if in_columns && shape.len() == 2 { rows } else { columns };
    if draw.once_in(3) {
        let other = draw.array(draw_type(dtype), &shape, false);
        y = Some(other);
        words.push("b".to_string());
    }
    let name = |draw: &Draw| char::from(b'a' + draw.given.len() as u8 - 1).to_string();
    if in_columns {
        covariance = covariance.in_columns();
        words.push("rowvar=False".to_string());
    }
    let correlates = draw.once_in(3);
    if !correlates {
        if draw.once_in(2) {
            // Where nothing is left, complex numbers are infinite in either part by NumPy's rounding.
            let ddof = if dtype.is_complex() { draw.from(-1, 0) } else { draw.from(-1, 1) };
            covariance = covariance.ddof(ddof);
            words.push(format!("ddof={ddof}"));
        }
        if draw.once_in(3) {
            // Not all are 0: that is not looked at.
            let times = (0..observations).map(|i| draw.below(3).max(usize::from(i == 0)) as i64);
            let times: Vec<i64> = times.collect();
            let times = draw.give(Array::from(times));
            words.push(format!("fweights={}", name(draw)));
            covariance = covariance.repeated(&times);
        }
        if draw.once_in(3) {
            let weights: Vec<f64> = (0..observations).map(|_| 0.25 + draw.below(8) as f64 * 0.5).collect();
            let weights = draw.give(Array::from(weights));
            words.push(format!("aweights={}", name(draw)));
            covariance = covariance.weighted(&weights);
        }
    }
    let ours = match (correlates, &y) {
        (true, None) => covariance.correlations(&x),
        (true, Some(y)) => covariance.correlations_of_both(&x, y),
        (false, None) => covariance.of(&x),
        (false, Some(y)) => covariance.of_both(&x, y),
    };
    let function = if correlates { "corrcoef" } else { "cov" };
    let words = words.iter().map(|word| format!(", {word}")).collect::<String>();
    Case::sum(format!("np.{function}(a{words})"), [ours], 4000.0)
}

fn draw_type(dtype: DType) -> DType {
    if dtype == I32 { F64 } else { dtype }
}
