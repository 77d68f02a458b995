//! Random numbers by cuRAND's generators, which fill blocks of a GPU's memory one after the other.
//!
//! Each generator is a stream of numbers of its own that goes on from block to block. Numbers by key, which fuse and are
//! the same on every device, are `numfuse_ir`'s affair; these are what other programs draw under the same names.

use crate::cuda::{Block, Error, Failure, Gpu, Provider};
use cudarc::curand::sys::{self, curandGenerator_t, curandRngType as Type, curandStatus};
use numfuse_ir::dtype::DType;
use std::fmt;

/// What cuRAND draws numbers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Marsaglia's xorshift with an added Weyl sequence: cuRAND's default.
    Xorwow,
    /// L'Ecuyer's combined multiple recursive generator.
    Mrg32k3a,
    /// The Mersenne Twister.
    Mt19937,
    /// The counter-based generator of Salmon and others, of ten rounds.
    Philox4x32,
    /// Sobol's sequence of 32 bits, which fills the interval evenly instead of randomly.
    Sobol32,
    /// Sobol's sequence of 64 bits.
    Sobol64,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Algorithm; 6] = [
        Algorithm::Xorwow,
        Algorithm::Mrg32k3a,
        Algorithm::Mt19937,
        Algorithm::Philox4x32,
        Algorithm::Sobol32,
        Algorithm::Sobol64,
    ];

    /// The name that it is known by.
    pub const fn name(self) -> &'static str {
        match self {
            Algorithm::Xorwow => "XORWOW",
            Algorithm::Mrg32k3a => "MRG32k3a",
            Algorithm::Mt19937 => "MT19937",
            Algorithm::Philox4x32 => "Philox4x32-10",
            Algorithm::Sobol32 => "Sobol32",
            Algorithm::Sobol64 => "Sobol64",
        }
    }

    /// The algorithm of that name, whatever its case.
    pub fn named(name: &str) -> Option<Algorithm> {
        Algorithm::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    /// Whether it fills the interval evenly: such have a place where they begin, and no seed.
    pub const fn is_quasi(self) -> bool {
        matches!(self, Algorithm::Sobol32 | Algorithm::Sobol64)
    }

    fn number(self) -> Type {
        match self {
            Algorithm::Xorwow => Type::CURAND_RNG_PSEUDO_XORWOW,
            Algorithm::Mrg32k3a => Type::CURAND_RNG_PSEUDO_MRG32K3A,
            Algorithm::Mt19937 => Type::CURAND_RNG_PSEUDO_MT19937,
            Algorithm::Philox4x32 => Type::CURAND_RNG_PSEUDO_PHILOX4_32_10,
            Algorithm::Sobol32 => Type::CURAND_RNG_QUASI_SOBOL32,
            Algorithm::Sobol64 => Type::CURAND_RNG_QUASI_SOBOL64,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What numbers are drawn from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Drawn {
    /// Floats above 0 up to 1, all equally likely.
    Uniform,
    /// Floats around a mean, with that deviation.
    Normal(f64, f64),
    /// Words of 32 or 64 bits.
    Bits,
}

impl Drawn {
    /// Whether an algorithm draws numbers of that type so: float32 and float64, or uint32 and uint64.
    pub fn has(self, algorithm: Algorithm, dtype: DType) -> bool {
        match (self, dtype) {
            (Drawn::Uniform | Drawn::Normal(..), DType::F32 | DType::F64) => true,
            (Drawn::Bits, DType::U32) => algorithm != Algorithm::Sobol64,
            // Two words of a sequence that is to be even are no even word.
            (Drawn::Bits, DType::U64) => algorithm != Algorithm::Sobol32,
            _ => false,
        }
    }
}

/// A stream of random numbers on a GPU.
pub struct Generator {
    gpu: &'static Gpu,
    handle: curandGenerator_t,
    algorithm: Algorithm,
}

// SAFETY: a generator may be used from any thread, one at a time.
unsafe impl Send for Generator {}

impl Generator {
    /// A stream that begins with a seed; of an even sequence at that place.
    ///
    /// # Errors
    /// There is no cuRAND, or the GPU is lost.
    pub fn new(gpu: &'static Gpu, algorithm: Algorithm, seed: u64) -> Result<Generator, Error> {
        Provider::Rand.expect()?;
        let mut handle = std::ptr::null_mut();
        gpu.with(|| {
            // SAFETY: the library is there, and the context is this GPU's; it writes a handle.
            check("curandCreateGenerator", unsafe {
                sys::curandCreateGenerator(&mut handle, algorithm.number())
            })
        })?;
        let generator = Generator { gpu, handle, algorithm };
        gpu.with(|| {
            // SAFETY: the generator was just made, and the stream is this GPU's.
            unsafe {
                check("curandSetStream", sys::curandSetStream(handle, gpu.stream().cast()))?;
                if algorithm.is_quasi() {
                    return check("curandSetGeneratorOffset", sys::curandSetGeneratorOffset(handle, seed));
                }
                let seeded = sys::curandSetPseudoRandomGeneratorSeed(handle, seed);
                check("curandSetPseudoRandomGeneratorSeed", seeded)
            }
        })?;
        Ok(generator)
    }

    /// What it draws numbers with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whose memory it fills.
    pub fn gpu(&self) -> &'static Gpu {
        self.gpu
    }

    /// A block of so many numbers of a type, the next ones of the stream, filled in the order of the GPU's.
    ///
    /// # Errors
    /// There is no memory, or the GPU is lost.
    ///
    /// # Panics
    /// If there are [no such numbers](Drawn::has).
    pub fn draw(&mut self, drawn: Drawn, dtype: DType, count: usize) -> Result<Block, crate::Error> {
        assert!(drawn.has(self.algorithm, dtype), "{drawn:?} of {dtype} by {}", self.algorithm);
        let bytes = count * dtype.bytes();
        if count == 0 {
            return self.gpu.allocate(0);
        }
        // Normal numbers come in pairs.
        let even = count.next_multiple_of(2);
        let block = self.gpu.allocate(even * dtype.bytes())?;
        let (handle, address) = (self.handle, block.address() as usize);
        self.gpu.with(|| {
            // SAFETY: the generator is this GPU's and ours alone, and the block has room for so many numbers.
            unsafe {
                match (drawn, dtype) {
                    (Drawn::Uniform, DType::F64) => check(
                        "curandGenerateUniformDouble",
                        sys::curandGenerateUniformDouble(handle, to(address), even),
                    ),
                    (Drawn::Uniform, _) => {
                        check("curandGenerateUniform", sys::curandGenerateUniform(handle, to(address), even))
                    }
                    (Drawn::Normal(mean, deviation), DType::F64) => {
                        let done =
                            sys::curandGenerateNormalDouble(handle, to(address), even, mean, deviation);
                        check("curandGenerateNormalDouble", done)
                    }
                    (Drawn::Normal(mean, deviation), _) => {
                        let (mean, deviation) = (mean as f32, deviation as f32);
                        check(
                            "curandGenerateNormal",
                            sys::curandGenerateNormal(handle, to(address), even, mean, deviation),
                        )
                    }
                    (Drawn::Bits, DType::U64) if self.algorithm == Algorithm::Sobol64 => check(
                        "curandGenerateLongLong",
                        sys::curandGenerateLongLong(handle, to(address), even),
                    ),
                    (Drawn::Bits, _) => {
                        let words = even * dtype.bytes() / 4;
                        check("curandGenerate", sys::curandGenerate(handle, to(address), words))
                    }
                }
            }
        })?;
        if even == count {
            return Ok(block);
        }
        let mut exact = self.gpu.allocate(bytes)?;
        // SAFETY: both blocks have so many bytes, and the first is freed on the stream, after the copy.
        unsafe { exact.copy_from(0, block.address(), bytes)? };
        Ok(exact)
    }
}

fn to<T>(address: usize) -> *mut T {
    std::ptr::without_provenance_mut(address)
}

impl Drop for Generator {
    fn drop(&mut self) {
        // What is lost, or another process's, is not ours to free. A failure is kept by the GPU, where it matters.
        let _ = self.gpu.synchronize().and_then(|()| {
            self.gpu.with(|| {
                // SAFETY: the generator is nobody else's, and what it was asked for is done.
                check("curandDestroyGenerator", unsafe { sys::curandDestroyGenerator(self.handle) })
            })
        });
    }
}

impl fmt::Debug for Generator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Generator({}, {:?})", self.algorithm, self.gpu)
    }
}

/// The result of a call by that name.
fn check(call: &'static str, status: curandStatus) -> Result<(), Failure> {
    if status == curandStatus::CURAND_STATUS_SUCCESS {
        return Ok(());
    }
    Err(Failure { call, code: status as u32, reason: format!("{status:?}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn algorithms_have_names() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::named(&algorithm.to_string().to_lowercase()), Some(algorithm));
        }
        assert_eq!(Algorithm::named("MT19938"), None);
    }

    #[test]
    fn words_are_those_of_the_sequence() {
        let words = |algorithm| [DType::U32, DType::U64].map(|dtype| Drawn::Bits.has(algorithm, dtype));
        assert_eq!(words(Algorithm::Philox4x32), [true, true]);
        assert_eq!((words(Algorithm::Sobol32), words(Algorithm::Sobol64)), ([true, false], [false, true]));
        assert!(Drawn::Uniform.has(Algorithm::Sobol64, DType::F32));
        assert!(!Drawn::Normal(0.0, 1.0).has(Algorithm::Xorwow, DType::F16));
    }
}
