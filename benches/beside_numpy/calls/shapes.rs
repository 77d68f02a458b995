//! Arrays in another shape or order. What is a view in NumPy is copied there, since numfuse has the values in
//! memory after it.

use super::{EVERY, calls};
use numfuse::block;
use numfuse::prelude::*;

calls! {
    /// Views, as arrays of their own.
    COPIES of EVERY, |x y p u a b m n s d|
    "a.T.copy() # transpose permute_dims matrix_transpose linalg.matrix_transpose ndarray.T ndarray.mT ndarray.transpose" => a.t();
    "a + b.T # ndarray.T" => a + b.t();
    "x.reshape(100, 100, 100).transpose(2, 0, 1).copy() # transpose moveaxis" => x.reshape([100, 100, 100]).permute([2, 0, 1]);
    "np.swapaxes(x.reshape(100, 100, 100), 0, 1).copy() # swapaxes ndarray.swapaxes" => x.reshape([100, 100, 100]).swapaxes(0, 1);
    "x.reshape(500, 2000) + y.reshape(500, 2000) # reshape ndarray.reshape" => x.reshape([500, 2000]) + y.reshape([500, 2000]);
    "a.ravel() + 0 # ravel ndarray.ravel ndarray.flatten squeeze ndarray.squeeze expand_dims atleast_1d atleast_2d atleast_3d newaxis" => a.ravel() + 0;
    "np.flip(x).copy() # flip ndarray.__getitem__" => x.flip(..);
    "np.flip(a, 0).copy() # flip flipud" => a.flip(0);
    "np.flip(a, 1).copy() # flip fliplr" => a.flip(1);
    "np.rot90(a).copy() # rot90" => a.rot90(1);
    "x[::2].copy() # ndarray.__getitem__" => x.i(s_(2));
    "x[1:-1] + x[2:] # ndarray.__getitem__" => x.i(1..-1) + x.i(2..);
    "a[1:-1, 1:-1].copy() # ndarray.__getitem__" => a.i((1..-1, 1..-1));
    "np.broadcast_to(x[:1000], (1000, 1000)).copy() # broadcast_to broadcast_arrays broadcast_shapes" => x.i(..1000).broadcast_to([1000, 1000]);
    "np.broadcast_to(x[:1000, None], (1000, 1000)).copy() # broadcast_to" => x.i(..1000).expand_dims(-1).broadcast_to([1000, 1000]);
    "np.diagonal(a).copy() # diagonal linalg.diagonal ndarray.diagonal" => a.diagonal(0);
    "np.diag(x[:1000]) # diag diagflat" => numfuse::diag(&x.i(..1000), 0);
    "np.tril(a)" => a.tril(0);
    "np.triu(a)" => a.triu(0);
    "np.roll(x, 1000)" => x.roll(1000, ..);
    "np.roll(a, 3, 1) # roll" => a.roll(3, 1);
    "np.fft.fftshift(a) # fft.fftshift fft.ifftshift" => numfuse::fft::fftshift(a, ..);
    "np.lib.stride_tricks.sliding_window_view(x[:100010], 11).copy() # lib.stride_tricks.sliding_window_view" => x.i(..100010).sliding_window_view(11, ..);
}

/// Every so-manieth element.
fn s_(step: isize) -> Slice {
    s(..).step(step)
}

calls! {
    /// Several arrays in one, and one several times.
    JOINS of EVERY, |x y p u a b m n s d|
    "np.concatenate((x, y)) # concatenate concat append hstack" => concatenate([x, y], 0);
    "np.concatenate((a, b), 1) # concatenate hstack" => concatenate([a, b], 1);
    "np.vstack((a, b))" => numfuse::vstack([a, b]);
    "np.stack((x, y))" => stack([x, y], 0);
    "np.stack((x, y), 1) # stack column_stack" => stack([x, y], 1);
    "np.dstack((a, b))" => numfuse::dstack([a, b]);
    "np.column_stack((x, y))" => numfuse::column_stack([x, y]);
    "np.block([[a, b], [b, a]])" => block([[a, b], [b, a]]);
    "np.pad(a, 3)" => a.pad(3, 0);
    "np.pad(a, 3, 'edge') # pad" => a.pad(3, Pad::Edge);
    "np.pad(a, 3, 'reflect') # pad" => a.pad(3, Pad::Reflect);
    "np.pad(a, 3, 'wrap') # pad" => a.pad(3, Pad::Wrap);
    "np.repeat(x[:100000], 10) # repeat ndarray.repeat" => x.i(..100000).repeat(10, 0);
    "np.repeat(a, 2, 0) # repeat" => a.repeat(2, 0);
    "np.tile(x[:1000], 1000) # tile" => x.i(..1000).tile(1000);
    "np.tile(a, (1, 2)) # tile" => a.tile([1, 2]);
    "np.resize(x, (3, 500000)) # resize" => x.resize([3, 500000]);
    "[part.copy() for part in np.split(x, 10)] # split array_split unstack vsplit hsplit dsplit ndarray.__iter__" => x.split(10, 0);
    "list(part.copy() for part in np.meshgrid(x[:1000], y[:1000])) # meshgrid ix_" => meshgrid(&[x.i(..1000), y.i(..1000)]);
}

calls! {
    /// Parts left out, put in and set.
    EDITS of EVERY, |x y p u a b m n s d|
    "np.delete(x, [3, 500, 7000])" => x.delete([3, 500, 7000], 0);
    "np.insert(x, 500, x[:10])" => x.insert(500, &x.i(..10), 0);
    "np.vander(u[:100000], 10)" => numfuse::vander(&u.i(..100000), 10, false);
    "np.outer(x[:1000], y[:1000]) # outer linalg.outer ufunc.outer" => x.i(..1000).outer(&y.i(..1000));
    "np.kron(a[:100, :100], b[:10, :10])" => numfuse::kron(&a.i((..100, ..100)), &b.i((..10, ..10)));
}
