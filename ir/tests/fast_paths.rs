//! How much of their domain the elementary functions compute on the straight path: all normal results of
//! `exp`, `log` and `pow`, and all of |x| < 2^20 of `sin` and `cos`.

use numfuse_ir::dtype::DType;
use numfuse_ir::math::{Arith, Eval};
use numfuse_ir::ops::Op;
use numfuse_ir::prim::Prim;
use numfuse_ir::scalar::Scalar;

/// Computes with scalars, and sees whether the rare path is taken.
#[derive(Default)]
struct Watch {
    rare: bool,
}

impl Arith for Watch {
    type V = Scalar;

    fn dtype(&self, v: Scalar) -> DType {
        v.dtype()
    }

    fn constant(&mut self, c: Scalar) -> Scalar {
        c
    }

    fn prim(&mut self, prim: Prim, args: &[Scalar]) -> Scalar {
        Eval.prim(prim, args)
    }

    fn rare(&mut self, cond: Scalar, fast: Scalar, slow: impl FnOnce(&mut Self) -> Scalar) -> Scalar {
        self.rare |= cond.is_true();
        if cond.is_true() { slow(self) } else { fast }
    }
}

/// The result, and whether it came by the rare path.
fn watched(op: Op, args: &[Scalar]) -> (Scalar, bool) {
    let mut watch = Watch::default();
    let result = op.expand(&mut watch, args);
    (result, watch.rare)
}

/// The numbers next to `x` on either side, and itself.
fn around(x: Scalar) -> impl Iterator<Item = Scalar> {
    let step = move |by: i64| Scalar::from_bits(x.dtype(), x.bits().wrapping_add_signed(by));
    // Halfs have no functions of their own, so a word of 32 or 64 bits does not run over here.
    (-2..=2).map(step)
}

/// Whether a float has all its digits: it is neither 0, denormal, infinite nor NaN.
fn is_normal(x: Scalar) -> bool {
    let size = x.to_f64().abs();
    size >= x.dtype().least_normal() && size <= x.dtype().greatest()
}

/// How many random points there are of each kind.
const POINTS: usize = 100_000;

/// Numbers below 2^64 without a pattern (Steele and others' SplitMix64).
fn words(seed: u64) -> impl Iterator<Item = u64> {
    (1u64..).map(move |i| {
        let z = seed.wrapping_add(i.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}

/// Floats of every bit pattern alike: of every size, and of both signs.
fn patterns(dtype: DType, seed: u64) -> impl Iterator<Item = Scalar> {
    words(seed).take(POINTS).map(move |word| Scalar::from_bits(dtype, word >> (64 - dtype.bits())))
}

/// Numbers spread evenly between two.
fn spread(dtype: DType, low: f64, high: f64, seed: u64) -> impl Iterator<Item = Scalar> {
    let unit = |word: u64| (word >> 11) as f64 / (1u64 << 53) as f64;
    words(seed).take(POINTS).map(move |word| Scalar::from_f64(dtype, low + (high - low) * unit(word)))
}

/// The least normal number and the greatest of all.
fn ends(dtype: DType) -> [f64; 2] {
    [dtype.least_normal(), dtype.greatest()]
}

#[test]
fn exp_takes_the_straight_path_to_every_normal_result() {
    for dtype in [DType::F32, DType::F64] {
        let [low, high] = ends(dtype).map(f64::ln);
        let breakpoints = [low, high, 0.0, -0.0, 1.0, -1.0, 0.5f64.ln(), 2f64.ln(), 1e-300, 1e-40];
        let near = breakpoints.into_iter().flat_map(|x| around(Scalar::from_f64(dtype, x)));
        let halves =
            (-1100..1100).flat_map(|n| around(Scalar::from_f64(dtype, (f64::from(n) + 0.5) * 2f64.ln())));
        let (mut straight, mut edge) = (0, Vec::new());
        for x in near.chain(halves).chain(spread(dtype, low - 1.0, high + 1.0, 1)).chain(patterns(dtype, 2)) {
            let (y, rare) = watched(Op::Exp, &[x]);
            straight += usize::from(!rare);
            if rare && is_normal(y) {
                edge.push(x);
            }
        }
        edge.dedup();
        println!("exp of {dtype}: {straight} on the straight path, normal beside it: {edge:?}");
        assert!(straight > POINTS, "{straight} of {dtype}");
        // Of float64 the very first argument with a normal result is the only one.
        let least = Scalar::from_f64(dtype, -708.396_418_532_264_1);
        assert!(edge.iter().all(|x| dtype == DType::F64 && x.same(least)), "{dtype}: {edge:?}");
    }
}

#[test]
fn log_takes_the_straight_path_from_every_normal_number() {
    for dtype in [DType::F32, DType::F64] {
        let [low, high] = ends(dtype);
        let points = [low, high, 1.0, 0.5f64.sqrt(), 2f64.sqrt(), 2.0, 0.5, std::f64::consts::E, 10.0];
        let near = points.into_iter().flat_map(|x| around(Scalar::from_f64(dtype, x)));
        for x in near.chain(patterns(dtype, 3)).chain(spread(dtype, 0.5, 2.0, 4)) {
            let (y, rare) = watched(Op::Log, &[x]);
            // A float that is no NaN and not below 0 has a finite logarithm unless it is 0 or infinite.
            let ordinary = is_normal(x) && x.to_f64() > 0.0;
            assert_eq!(rare, !ordinary, "log {x:?} = {y:?}");
        }
    }
}

#[test]
fn pow_takes_the_straight_path_to_every_normal_result() {
    for dtype in [DType::F32, DType::F64] {
        let [low, high] = ends(dtype);
        let special = [
            low, high, 1.0, -1.0, 2.0, -2.0, 0.5, 3.0, -7.0, 10.0, 1e-5, 0.0, 1023.0, 1024.0, -1022.0, 127.0,
        ];
        let near: Vec<Scalar> =
            special.into_iter().flat_map(|x| around(Scalar::from_f64(dtype, x))).collect();
        let pairs = near.iter().flat_map(|&x| near.iter().map(move |&y| [x, y]));
        let small = spread(dtype, -20.0, 20.0, 5).zip(spread(dtype, -20.0, 20.0, 6)).map(|(x, y)| [x, y]);
        let any = patterns(dtype, 7).zip(spread(dtype, -3.0, 3.0, 8)).map(|(x, y)| [x, y]);
        // Half an ulp of y log x at its greatest: as near to the limits as this the rounded exponent cannot
        // tell the sides apart.
        let margin = if dtype == DType::F32 { 1e-5 } else { 2e-13 };
        let mut straight = 0;
        for [x, y] in pairs.chain(small).chain(any) {
            let (z, rare) = watched(Op::Power, &[x, y]);
            straight += usize::from(!rare);
            let size = z.to_f64().abs();
            let inside = is_normal(z) && size > low * (1.0 + margin) && size < high * (1.0 - margin);
            // A base that is denormal or no number, and an infinite exponent, even where the power is normal.
            let ordinary = is_normal(x) && y.to_f64().is_finite();
            assert!(!rare || !inside || !ordinary, "{x:?} to the power {y:?} = {z:?}");
        }
        assert!(straight > POINTS / 2, "{straight} of {dtype}");
    }
}

#[test]
fn sines_take_the_straight_path_below_2_to_the_20() {
    const LIMIT: f64 = 1_048_576.0;
    for dtype in [DType::F32, DType::F64] {
        let points = [0.0, -0.0, 1e-300, 1e-40, LIMIT, -LIMIT, 1.0, f64::INFINITY];
        let near = points.into_iter().flat_map(|x| around(Scalar::from_f64(dtype, x)));
        let quarters = (0..2000).chain([100_000, 333_333, 667_543]);
        let quarters = quarters.map(|n| f64::from(n) * std::f64::consts::FRAC_PI_4);
        let quarters = quarters.flat_map(|x| around(Scalar::from_f64(dtype, x)));
        let spread = spread(dtype, -1.5 * LIMIT, 1.5 * LIMIT, 9);
        let points: Vec<Scalar> = near.chain(quarters).chain(spread).chain(patterns(dtype, 10)).collect();
        for op in [Op::Sin, Op::Cos] {
            for &x in &points {
                let (y, rare) = watched(op, &[x]);
                // NaN is NaN on the straight path.
                assert_eq!(rare, x.to_f64().abs() >= LIMIT, "{} {x:?} = {y:?}", op.name());
            }
        }
    }
}
