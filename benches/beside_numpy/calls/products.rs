//! Products that are sums.

use super::{EVERY, LIBRARY, calls};
use numfuse::{einsum, multi_dot};

calls! {
    /// Of what NumPy's library multiplies, as large as their square.
    PRODUCTS of LIBRARY, |x y p u a b m n s d|
    "a @ b # matmul dot ndarray.dot ndarray.__matmul__ linalg.matmul" => a.matmul(b);
    "a @ b.T # matmul" => a.matmul(&b.t());
    "np.linalg.multi_dot([a[:, :100], b[:100], a[:, :100]]) # linalg.multi_dot" =>
        multi_dot([&a.i((.., ..100)), &b.i(..100), &a.i((.., ..100))]);
    "np.tensordot(x.reshape(100, 100, 100), y.reshape(100, 100, 100), 1) # tensordot linalg.tensordot" =>
        x.reshape([100, 100, 100]).tensordot(&y.reshape([100, 100, 100]), 1);
    "x.reshape(100, 100, 100) @ y.reshape(100, 100, 100) # matmul" =>
        x.reshape([100, 100, 100]).matmul(&y.reshape([100, 100, 100]));
}

calls! {
    /// Of all types.
    SMALL of EVERY, |x y p u a b m n s d|
    "a[:200, :200] @ b[:200, :200] # matmul dot" => a.i((..200, ..200)).matmul(&b.i((..200, ..200)));
    "a @ x[:1000] # matmul matvec dot" => a.matmul(&x.i(..1000));
    "x[:1000] @ a # matmul vecmat dot" => x.i(..1000).matmul(a);
    "np.dot(x, y) # dot inner" => x.dot(y);
    "np.vdot(x, y)" => x.vdot(y);
    "np.vecdot(a, b) # vecdot linalg.vecdot" => a.vecdot(b);
    "np.inner(a[:200, :200], b[:200, :200]) # inner" => a.i((..200, ..200)).inner(&b.i((..200, ..200)));
    "np.einsum('ij,ij->i', a, b) # einsum" => einsum("ij,ij->i", [a, b]);
    "np.einsum('ij,j->i', a, x[:1000]) # einsum" => einsum("ij,j->i", [a, &x.i(..1000)]);
    "np.einsum('ij->ji', a).copy() # einsum" => einsum("ij->ji", [a]);
    "np.einsum('ij,ij->', a, b) # einsum" => einsum("ij,ij->", [a, b]);
}
