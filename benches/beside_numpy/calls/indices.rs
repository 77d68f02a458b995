//! Elements by index, and places.

use super::{EVERY, INEXACT, ONE, REAL, calls};
use numfuse::prelude::*;
use numfuse::{Mode, Side};

calls! {
    /// Elements by index and by truth.
    TAKEN of EVERY, |x y p u a b m n s d|
    "x[n] # take ndarray.__getitem__ ndarray.take" => x.i(n);
    "np.take(x, n)" => x.take(n, ..);
    "np.take(x, n + 7, mode='wrap') # take" => x.take_mode(n + 7, .., Mode::Wrap);
    "np.take(x, n + 7, mode='clip') # take" => x.take_mode(n + 7, .., Mode::Clip);
    "a[n[:1000] % 1000] # take" => a.i(n.i(..1000) % 1000);
    "np.take(a, n[:1000] % 1000, 1) # take" => a.take(n.i(..1000) % 1000, 1);
    "np.take_along_axis(a, n.reshape(1000, 1000) % 1000, 1)" => a.take_along_axis(&(n.reshape([1000, 1000]) % 1000), 1);
    "np.choose(n % 2, [x, y]) # choose ndarray.choose" => (n % 2).choose([x, y]);
    "x[m] # ndarray.__getitem__" => x.i(m);
    "np.compress(m, x) # compress ndarray.compress" => x.compress(m, ..);
    "np.extract(m, x)" => x.extract(m);
    "a[m[:1000]] # ndarray.__getitem__" => a.i(m.i(..1000));
    "np.nonzero(x) # nonzero ndarray.nonzero" => x.nonzero();
    "np.nonzero(a) # nonzero" => a.nonzero();
    "np.flatnonzero(x)" => x.flatnonzero();
    "np.argwhere(a)" => a.argwhere();
}

calls! {
    /// Places of numbers among others, which only means something of real ones.
    PLACES of REAL, |x y p u a b m n s d|
    "np.searchsorted(s, x) # searchsorted ndarray.searchsorted" => s.searchsorted(x, Side::Left);
    "np.searchsorted(s, x, 'right') # searchsorted" => s.searchsorted(x, Side::Right);
    "np.digitize(x, s)" => x.digitize(s, false);
}

calls! {
    /// Counts and places, as int64.
    COUNTS of ONE, |x y p u a b m n s d|
    "np.flatnonzero(m)" => m.flatnonzero();
    "np.nonzero(m) # nonzero" => m.nonzero();
    "np.count_nonzero(m) # count_nonzero" => m.count_nonzero(..);
    "np.bincount(n % 1000)" => (n % 1000).bincount(0);
    "np.bincount(n % 1000, minlength=2000) # bincount" => (n % 1000).bincount(2000);
    "np.bincount(n) # bincount" => n.bincount(0);
    "np.bincount(n % 1000, weights=x) # bincount" => (n % 1000).bincount_weighted(x, 0);
    "np.unravel_index(n, (1000, 1000))" => numfuse::unravel_index(n, [1000, 1000]);
    "np.ravel_multi_index((n % 1000, n // 1000), (1000, 1000))" => numfuse::ravel_multi_index([n % 1000, n.floor_divide(1000)], [1000, 1000]);
    "np.tril_indices(1000) # tril_indices tril_indices_from" => numfuse::tril_indices(1000, 1000, 0);
    "np.triu_indices(1000) # triu_indices triu_indices_from mask_indices" => numfuse::triu_indices(1000, 1000, 0);
    "np.searchsorted(np.linspace(-3, 3, 10**6), x) # searchsorted" => linspace(-3, 3, 1_000_000).searchsorted(x, Side::Left);
}

calls! {
    /// Writes by index.
    WRITES of INEXACT, |x y p u a b m n s d|
    "(lambda z: (z.__setitem__(n, y), z)[1])(x.copy()) # ndarray.__setitem__" => x.set(n, y);
    "(lambda z: (z.__setitem__(m, 1), z)[1])(x.copy()) # ndarray.__setitem__" => x.set(m, 1);
    "(lambda z: (np.add.at(z, n, y), z)[1])(x.copy()) # ufunc.at" => x.at(n).add(y);
}
