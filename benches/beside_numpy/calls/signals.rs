//! Neighbours: signals, slopes and areas.

use super::{EVERY, NUMBERS, calls};
use numfuse::{Ends, Overlap};

calls! {
    /// Sums of products of neighbours.
    SLIDING of EVERY, |x y p u a b m n s d|
    "np.convolve(x, y[:5], 'same') # convolve" => x.convolve(&y.i(..5), Overlap::Same);
    "np.convolve(x, y[:64], 'valid') # convolve" => x.convolve(&y.i(..64), Overlap::Valid);
    "np.correlate(x, y[:64], 'valid') # correlate" => x.correlate(&y.i(..64), Overlap::Valid);
    "np.convolve(x[:2000], y[:2000]) # convolve" => x.i(..2000).convolve(&y.i(..2000), Overlap::Full);
}

calls! {
    /// Differences, slopes and areas.
    CALCULUS of EVERY, |x y p u a b m n s d|
    "np.diff(x)" => x.diff(1, -1);
    "np.diff(a, axis=0) # diff" => a.diff(1, 0);
    "np.diff(x, 2) # diff" => x.diff(2, -1);
    "np.ediff1d(x)" => x.ediff1d();
    "np.gradient(x)" => x.gradient(1, 0);
    "np.gradient(a, axis=0) # gradient" => a.gradient(1, 0);
    "np.gradient(a, 0.5, axis=1, edge_order=2) # gradient" => a.gradient_ends(0.5, 1, Ends::Parabola);
    "np.trapezoid(x)" => x.trapezoid(1.0, -1);
    "np.trapezoid(a, axis=0) # trapezoid" => a.trapezoid(1.0, 0);
    "np.cross(x[:999999].reshape(-1, 3), y[:999999].reshape(-1, 3)) # cross linalg.cross" =>
        x.i(..999999).reshape([-1, 3]).cross(&y.i(..999999).reshape([-1, 3]));
    "np.cov(a[:20])" => a.i(..20).cov();
    "np.corrcoef(a[:20])" => a.i(..20).corrcoef();
}

calls! {
    /// Numbers between others, which are in order.
    BETWEEN of NUMBERS, |x y p u a b m n s d|
    "np.interp(x, s, s)" => x.interp(s, s);
}
