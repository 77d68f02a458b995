//! `.npz` files both ways: NumPy reads ours, writes them again, and we read its.

use crate::elements;
use numfuse::prelude::*;
use numfuse::{fromfile, load, load_memmap, load_npz, memmap, save, savez, savez_compressed};
use std::path::{Path, PathBuf};
use std::process::Command;

/// NumPy's names of what is compared here, on every type and arrangement.
pub const COMPARED: [&str; 7] =
    ["fromfile", "load", "memmap", "ndarray.tofile", "save", "savez", "savez_compressed"];

/// Reads all files of a folder with NumPy and writes what it read beside them, by its own functions.
const AGAIN: &str = "
import glob, sys, numpy as np
for path in glob.glob(sys.argv[1] + '/*.npz'):
    with np.load(path) as arrays:
        found = dict(arrays)
        np.savez(path + '.again', **found)
        np.savez_compressed(path + '.packed', **found)
for path in glob.glob(sys.argv[1] + '/*.npy'):
    x = np.load(path)
    np.save(path + '.again', x)
    np.save(path + '.fortran', x.copy(order='F'))
    np.save(path + '.big', x.astype(x.dtype.newbyteorder('>')))
    lies = np.memmap(path + '.mapped', x.dtype, 'w+', 64, x.shape) if x.size else x
    lies[...] = x
    (lies.flush if x.size else open(path + '.mapped', 'wb').close)()
    np.fromfile(path + '.raw', x.dtype).tofile(path + '.rawer')
";

/// An array of each type that NumPy has, in each arrangement, with its name.
fn arrays() -> Vec<(String, Array)> {
    let mut arrays = Vec::new();
    for dtype in DType::ALL.iter().filter(|dtype| dtype.numpy_code().is_some()) {
        let x = (arange(12) - 3).reshape([3, 4]).cast(*dtype);
        let kinds = [
            ("plain", x.clone()),
            ("point", x.i((1, 2))),
            ("empty", x.i(..0)),
            ("broadcast", x.i((.., ..1)).broadcast_to([3, 4])),
            ("backwards", x.flip(..)),
        ];
        arrays.extend(kinds.map(|(kind, x)| (format!("{kind}_{}", dtype.name()), x)));
    }
    arrays
}

/// A folder of this process, removed at the end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    fn new() -> Folder {
        let path = std::env::temp_dir().join(format!("numfuse-archives-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder can be made");
        Folder(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

#[track_caller]
fn are_the_same(path: &Path, expected: &[(String, Array)]) {
    let found = load_npz(path).expect("the file is whole");
    let names = |arrays: &[(String, Array)]| arrays.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&found), names(expected), "{path:?}");
    found.iter().zip(expected).for_each(|((name, f), (_, e))| is_the_same(name, f, e));
}

#[track_caller]
fn is_the_same(name: &str, found: &Array, expected: &Array) {
    assert_eq!((found.dtype(), found.shape()), (expected.dtype(), expected.shape()), "{name}");
    assert_eq!(elements::scalars(found), elements::scalars(expected), "{name}");
}

#[test]
fn files_are_numpys() {
    let Ok(python) = std::env::var("NUMFUSE_PYTHON") else {
        println!("skipped: NUMFUSE_PYTHON names no Python with NumPy");
        return;
    };
    let (folder, arrays) = (Folder::new(), arrays());
    savez(folder.file("plain.npz"), arrays.iter().map(|(name, x)| (name, x))).expect("it can be written");
    savez_compressed(folder.file("packed.npz"), arrays.clone()).expect("it can be written");
    for (name, x) in &arrays {
        save(folder.file(&format!("{name}.npy")), x).expect("it can be written");
        x.tofile(folder.file(&format!("{name}.npy.raw"))).expect("it can be written");
    }
    let status = Command::new(python).arg("-c").arg(AGAIN).arg(&folder.0).status();
    assert!(status.expect("Python starts").success());
    for name in ["plain.npz", "packed.npz"] {
        for by in ["", ".again.npz", ".packed.npz"] {
            are_the_same(&folder.file(&format!("{name}{by}")), &arrays);
        }
    }
    for (name, x) in &arrays {
        let again = load(folder.file(&format!("{name}.npy.again.npy"))).expect("NumPy's file is whole");
        is_the_same(name, &again, x);
        for order in ["again", "fortran"] {
            let path = folder.file(&format!("{name}.npy.{order}.npy"));
            // SAFETY: nobody writes to the files of this folder any more.
            let lies = unsafe { load_memmap(path) }.expect("NumPy's file is whole");
            is_the_same(name, &lies, x);
            is_the_same(name, &lies.flip(..), &x.flip(..));
        }
        // SAFETY: as above.
        let big = unsafe { load_memmap(folder.file(&format!("{name}.npy.big.npy"))) };
        match x.dtype().bytes() {
            1 => is_the_same(name, &big.expect("a byte has no order"), x),
            _ => assert!(big.unwrap_err().to_string().starts_with("big-endian "), "{name}"),
        }
        let offset = if x.size() == 0 { 0 } else { 64 };
        let shape: Vec<isize> = x.shape().iter().map(|&n| n as isize).collect();
        // SAFETY: as above.
        let lies =
            unsafe { memmap(folder.file(&format!("{name}.npy.mapped")), x.dtype(), &shape[..], offset) };
        is_the_same(name, &lies.expect("the file is long enough"), x);
        let raw =
            fromfile(folder.file(&format!("{name}.npy.rawer")), x.dtype()).expect("it has whole elements");
        is_the_same(name, &raw, &x.ravel());
    }
}
