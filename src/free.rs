//! Free functions under NumPy's names, beside the methods that they call.

/// Says free functions by the signatures of their methods: `reshape(shape: impl IntoShape);`, and with a
/// result that is no array `allclose(…) -> Result<bool, Error>;`.
macro_rules! functions {
    ($($name:ident($($arg:ident: $T:ty),*) $(-> $Result:ty)?;)+) => { $(
        #[doc = concat!("See [`Array::", stringify!($name), "`].")]
        #[track_caller]
        pub fn $name(x: &$crate::array::Array $(, $arg: $T)*) -> $crate::free::functions!(@result $($Result)?) {
            x.$name($($arg),*)
        }
    )+ };
    (@result) => { $crate::array::Array };
    (@result $Result:ty) => { $Result };
}

pub(crate) use functions;
