//! Whether numbers are real, and whether types hold complex ones.

use crate::array::Array;
use crate::free::functions;

/// Real and complex numbers.
impl Array {
    /// Whether each element has an imaginary part that is not 0.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([Complex::new(1.0, 0.0), Complex::new(0.0, 2.0)]);
    /// assert_eq!(x.iscomplex().to_vec::<bool>()?, [false, true]);
    /// assert!(x.iscomplexobj()?);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn iscomplex(&self) -> Array {
        self.imag().not_equal(0)
    }

    /// Whether each element has no imaginary part, or one that is 0.
    #[track_caller]
    pub fn isreal(&self) -> Array {
        self.imag().equal(0)
    }

    /// Whether the type holds complex numbers, whatever the elements are. Computes nothing.
    ///
    /// # Errors
    /// The error that the array carries.
    #[track_caller]
    pub fn iscomplexobj(&self) -> Result<bool, crate::error::Error> {
        self.try_dtype().map(|dtype| dtype.is_complex())
    }

    /// Whether the type holds real numbers alone. Computes nothing.
    ///
    /// # Errors
    /// The error that the array carries.
    #[track_caller]
    pub fn isrealobj(&self) -> Result<bool, crate::error::Error> {
        self.iscomplexobj().map(|is_complex| !is_complex)
    }
}

functions! {
    iscomplex();
    isreal();
    iscomplexobj() -> Result<bool, crate::error::Error>;
    isrealobj() -> Result<bool, crate::error::Error>;
}
