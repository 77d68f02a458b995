//! The arguments at which float64 functions and functions of two arguments are measured.

/// SplitMix64 (G. Steele, D. Lea, C. Flood, 2014), and the arguments made from it.
pub struct Random(pub u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in -1 … 1.
    fn unit(&mut self) -> f64 {
        (self.bits() as i64 >> 11) as f64 / 2f64.powi(52)
    }

    fn sign(&mut self) -> f64 {
        if self.bits() & 1 == 0 { 1.0 } else { -1.0 }
    }

    /// The i-th argument: eight sorts in turn.
    pub fn argument(&mut self, i: u64, breakpoints: &[f64]) -> f64 {
        match i % 8 {
            0 => f64::from_bits(self.bits()),
            1 => self.unit() * 2.0,
            2 => self.unit() * 32.0,
            3 => self.unit() * 750.0,
            4 => 1.0 + self.unit() * 2f64.powi(-((self.bits() % 54) as i32)),
            5 => self.sign() * (self.unit() * 64.0).exp2(),
            6 => self.near_multiple(),
            _ => match i / 8 % 4 {
                0 => f64::from_bits(self.bits() >> 12 | self.bits() & 1 << 63),
                1 => self.unit() * 2f64.powi((self.bits() % 1000) as i32),
                _ => self.near_breakpoint(breakpoints),
            },
        }
    }

    /// A neighbour of a multiple of π/2 up to 1e300.
    fn near_multiple(&mut self) -> f64 {
        let size = (self.unit() * 0.5 + 0.5) * if self.bits() & 1 == 0 { 20.0 } else { 996.0 };
        let count = size.exp2().round();
        let x = count * std::f64::consts::FRAC_PI_2;
        f64::from_bits(x.to_bits().wrapping_add(self.bits() % 5).wrapping_sub(2)) * self.sign()
    }

    /// A number within a few ulp of one of `breakpoints`, of either sign.
    fn near_breakpoint(&mut self, breakpoints: &[f64]) -> f64 {
        let x = breakpoints[self.bits() as usize % breakpoints.len()];
        let bits = x.to_bits() & !(1 << 63);
        let sign = x.to_bits() & 1 << 63 ^ (self.bits() & 1) << 63;
        f64::from_bits(bits.saturating_add(self.bits() % 4096).saturating_sub(2048) & !(1 << 63) | sign)
    }

    /// The i-th base and exponent; `range` bounds the exponent of an ordinary power of two.
    pub fn pair(&mut self, i: u64, range: f64) -> [f64; 2] {
        match i % 8 {
            0 => [f64::from_bits(self.bits()), f64::from_bits(self.bits())],
            1 => [self.unit().abs() * 4.0, self.unit() * 16.0],
            2 => [(self.bits() % 64) as f64, (self.bits() % 128) as f64 - 64.0],
            3 => [-((self.bits() % 4096) as f64) / 64.0, (self.bits() % 256) as f64 - 128.0],
            4 | 5 => {
                // Results spread over the whole range, bases too.
                let x = (self.unit() * range).exp2();
                [x, self.unit() * range * 1.1 / x.log2()]
            }
            6 => {
                // Bases near 1 and large exponents: the logarithm's relative error in full.
                let x = 1.0 + self.unit() * 2f64.powi(-((self.bits() % 30) as i32));
                [x, self.unit() * range / x.abs().log2()]
            }
            _ => {
                let special = [0.0, 1.0, 2.0, 0.5, f64::INFINITY, f64::NAN, 3.0, 1e300, 1e-310, 1e-42];
                let mut one = || {
                    let x = special[self.bits() as usize % special.len()];
                    if self.bits() & 1 == 0 { x } else { -x }
                };
                [one(), one()]
            }
        }
    }

    /// The i-th pair for functions of a point of the plane.
    pub fn two(&mut self, i: u64, range: f64) -> [f64; 2] {
        match i % 6 {
            0 => [f64::from_bits(self.bits()), f64::from_bits(self.bits())],
            1 => [self.unit(), self.unit()],
            2 => {
                // The same size, anywhere in the range.
                let size = (self.unit() * range).exp2();
                [self.unit() * size, self.unit() * size]
            }
            3 => {
                let x = self.sign() * (self.unit() * range).exp2();
                [x * (self.unit() * 30.0).exp2(), x]
            }
            4 => {
                let x = self.unit() * 4.0;
                [x * (1.0 + self.unit() * 1e-6), x]
            }
            _ => self.pair(7, range),
        }
    }

    /// The i-th pair of numbers that are not too far apart.
    pub fn near(&mut self, i: u64, range: f64) -> [f64; 2] {
        match i % 5 {
            0 => [self.unit() * 4.0, self.unit() * 4.0],
            1 => [self.unit() * 50.0, self.unit() * 50.0],
            2 => {
                let a = self.unit() * range;
                [a, a + self.unit() * 20.0]
            }
            3 => [self.unit() * range, self.unit() * 1e-3 * range],
            _ => self.pair(7, range),
        }
    }
}
