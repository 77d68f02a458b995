//! Inputs: numbers that look random and are the same in every run.

/// Elements that a random number can be made into.
pub trait Sample: Copy + Send + Sync {
    /// The element for 53 random bits as a number in [0, 1), scaled to `low..high`.
    fn sample(unit: f64, low: f64, high: f64) -> Self;
    /// Elements with their type.
    fn typed(elements: &[Self]) -> Elements<'_>;
}

/// Elements of one of the types of inputs.
#[allow(dead_code, reason = "read in benches/peers")]
#[derive(Clone, Copy, Debug)]
pub enum Elements<'a> {
    /// float32.
    F32(&'a [f32]),
    /// float64.
    F64(&'a [f64]),
    /// uint8.
    U8(&'a [u8]),
}

/// An input, for libraries that are not always there: see `benches/peers`.
#[allow(dead_code, reason = "read in benches/peers")]
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// In row-major order.
    pub elements: Elements<'a>,
    /// Their shape.
    pub shape: Vec<usize>,
}

/// An input of this shape.
pub fn input<'a, T: Sample>(elements: &'a [T], shape: &[usize]) -> Input<'a> {
    Input { elements: T::typed(elements), shape: shape.to_vec() }
}

impl Sample for f32 {
    fn sample(unit: f64, low: f64, high: f64) -> f32 {
        (low + unit * (high - low)) as f32
    }

    fn typed(elements: &[f32]) -> Elements<'_> {
        Elements::F32(elements)
    }
}

impl Sample for f64 {
    fn sample(unit: f64, low: f64, high: f64) -> f64 {
        low + unit * (high - low)
    }

    fn typed(elements: &[f64]) -> Elements<'_> {
        Elements::F64(elements)
    }
}

impl Sample for u8 {
    fn sample(unit: f64, low: f64, high: f64) -> u8 {
        (low + unit * (high - low)) as u8
    }

    fn typed(elements: &[u8]) -> Elements<'_> {
        Elements::U8(elements)
    }
}

/// `n` elements, uniform within `low..high`; another `seed` gives others.
pub fn uniform<T: Sample>(n: usize, low: f64, high: f64, seed: u64) -> Vec<T> {
    (0..n as u64).map(|i| T::sample(unit(seed << 40 | i), low, high)).collect()
}

/// A number in [0, 1) for each place (G. Steele, D. Lea and C. Flood, *Fast splittable pseudorandom
/// number generators*, 2014).
fn unit(place: u64) -> f64 {
    let mut bits = place.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^= bits >> 31;
    (bits >> 11) as f64 / (1u64 << 53) as f64
}
