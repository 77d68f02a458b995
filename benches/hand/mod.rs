//! Loops as one writes them by hand when one knows what is to be computed: the yardstick for kernels.
//!
//! Plain Rust that the compiler turns into vector code, once for AVX2 and once for AVX-512, chosen
//! when the program runs. What the user writes is computed as written: `a * b + c` is rounded twice,
//! as in numfuse; only the elementary functions use `mul_add` inside. They are as exact as numfuse's
//! and as right at infinities, NaNs and denormals (`functions.rs`); `fused functions` says how far
//! the two are apart.
//!
//! A loop is given a part of its output and does that part; the benchmarks share the parts out.

pub mod elementwise;
pub mod functions;
pub mod pairwise;
pub mod real;
pub mod reductions;
pub mod rows;
pub mod stencils;

/// What the vector code of a loop may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "others have one level"))]
pub enum Level {
    /// What every processor of the architecture has.
    Base,
    /// AVX2 and FMA.
    Avx2,
    /// AVX-512.
    Avx512,
}

/// The widest level that this machine has.
pub fn level() -> Level {
    #[cfg(target_arch = "x86_64")]
    {
        let wide = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl");
        if wide {
            return Level::Avx512;
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return Level::Avx2;
        }
    }
    Level::Base
}

/// Compiles a loop for each [`Level`] and chooses when it is called.
///
/// The body is inlined into functions that may use wider vectors, and so it is compiled anew in each.
macro_rules! versions {
    ($(#[$doc:meta])* pub fn $name:ident $(<$T:ident: $Bound:path $(, const $N:ident: $K:ty)?>)?
        ($($arg:ident: $Arg:ty),* $(,)?) $(-> $Result:ty)? $body:block) => {
        $(#[$doc])*
        #[allow(clippy::too_many_arguments, reason = "a loop is given each of its arrays")]
        pub fn $name$(<$T: $Bound $(, const $N: $K)?>)?($($arg: $Arg),*) $(-> $Result)? {
            #[inline(always)]
            #[allow(clippy::too_many_arguments, reason = "as above")]
            fn body$(<$T: $Bound $(, const $N: $K)?>)?($($arg: $Arg),*) $(-> $Result)? $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            #[allow(clippy::too_many_arguments, reason = "as above")]
            fn avx2$(<$T: $Bound $(, const $N: $K)?>)?($($arg: $Arg),*) $(-> $Result)? {
                body$(::<$T $(, $N)?>)?($($arg),*)
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")]
            #[allow(clippy::too_many_arguments, reason = "as above")]
            fn avx512$(<$T: $Bound $(, const $N: $K)?>)?($($arg: $Arg),*) $(-> $Result)? {
                body$(::<$T $(, $N)?>)?($($arg),*)
            }

            match $crate::hand::level() {
                #[cfg(target_arch = "x86_64")]
                // SAFETY: the level says that this machine has these features.
                $crate::hand::Level::Avx512 => unsafe { avx512$(::<$T $(, $N)?>)?($($arg),*) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: as above.
                $crate::hand::Level::Avx2 => unsafe { avx2$(::<$T $(, $N)?>)?($($arg),*) },
                _ => body$(::<$T $(, $N)?>)?($($arg),*),
            }
        }
    };
}
pub(crate) use versions;
