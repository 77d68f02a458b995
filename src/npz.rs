//! NumPy's `.npz` files, several named arrays each: a ZIP archive of `.npy` files, read and written.
//!
//! The crate `zip` takes archives apart; what is in them is trusted as little as a `.npy` file. More memory
//! than an entry has bytes is taken only as the bytes arrive.

use crate::array::Array;
use crate::error::{Cause, Error};
use std::borrow::Borrow;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// Reads a `.npz` file: its arrays with their names, in the order of the file.
///
/// # Errors
/// A file that cannot be read, that is no ZIP archive, or an entry that is not a whole `.npy` file of a
/// type that arrays have.
#[track_caller]
pub fn load_npz(path: impl AsRef<Path>) -> Result<Vec<(String, Array)>, Error> {
    match std::fs::read(path) {
        Ok(bytes) => from_npz(&bytes),
        Err(failure) => Err(Error::without_operands(Cause::File(failure), "load")),
    }
}

/// Computes arrays and writes them with their names to a `.npz` file.
///
/// # Errors
/// As [`Array::eval`], a type that NumPy does not have, a name given twice, or a file that cannot be
/// written.
#[track_caller]
pub fn savez<N: AsRef<str>, A: Borrow<Array>>(
    path: impl AsRef<Path>,
    arrays: impl IntoIterator<Item = (N, A)>,
) -> Result<(), Error> {
    let bytes = to_npz(arrays, false)?;
    written(path.as_ref(), &bytes)
}

/// [`savez`], compressed.
///
/// # Errors
/// As [`savez`].
#[track_caller]
pub fn savez_compressed<N: AsRef<str>, A: Borrow<Array>>(
    path: impl AsRef<Path>,
    arrays: impl IntoIterator<Item = (N, A)>,
) -> Result<(), Error> {
    let bytes = to_npz(arrays, true)?;
    written(path.as_ref(), &bytes)
}

#[track_caller]
fn written(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    match std::fs::write(path, bytes) {
        Ok(()) => Ok(()),
        Err(failure) => Err(Error::without_operands(Cause::File(failure), "savez")),
    }
}

/// The arrays in the bytes of a `.npz` file with their names, in the order of the file.
///
/// ```
/// use numfuse::prelude::*;
///
/// let bytes = numfuse::to_npz([("x", arange(3)), ("y", ones(2, F32))], true)?;
/// let arrays = numfuse::from_npz(&bytes)?;
/// assert_eq!(arrays[0].0, "x");
/// assert_eq!(arrays[1].1.to_vec::<f32>()?, [1.0, 1.0]);
/// # Ok::<(), numfuse::Error>(())
/// ```
///
/// # Errors
/// As [`load_npz`].
#[track_caller]
pub fn from_npz(bytes: &[u8]) -> Result<Vec<(String, Array)>, Error> {
    let mut archive = match ZipArchive::new(Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(error) => return Err(format("load", error)),
    };
    let mut arrays = Vec::new();
    for place in 0..archive.len() {
        let (name, bytes) = match entry(&mut archive, place) {
            Ok(entry) => entry,
            Err(error) => return Err(format("load", error)),
        };
        let name = name.strip_suffix(".npy").map_or(name.clone(), str::to_string);
        arrays.push((name, Array::from_npy(&bytes)?));
    }
    Ok(arrays)
}

/// The name and the bytes of an entry.
fn entry(archive: &mut ZipArchive<Cursor<&[u8]>>, place: usize) -> zip::result::ZipResult<(String, Vec<u8>)> {
    let mut entry = archive.by_index(place)?;
    let mut bytes = Vec::new();
    // The checksum is looked at when the end is reached.
    entry.read_to_end(&mut bytes)?;
    Ok((entry.name().to_string(), bytes))
}

/// The bytes of a `.npz` file of these arrays, compressed or not. Computes them.
///
/// # Errors
/// As [`Array::eval`], a type that NumPy does not have, or a name given twice.
#[track_caller]
pub fn to_npz<N: AsRef<str>, A: Borrow<Array>>(
    arrays: impl IntoIterator<Item = (N, A)>,
    compressed: bool,
) -> Result<Vec<u8>, Error> {
    let method = if compressed { CompressionMethod::Deflated } else { CompressionMethod::Stored };
    // One date for all: the same arrays give the same bytes.
    let options =
        SimpleFileOptions::default().compression_method(method).last_modified_time(DateTime::DEFAULT);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, array) in arrays {
        let bytes = array.borrow().to_npy()?;
        let large = u32::try_from(bytes.len()).is_err();
        let entry = archive.start_file(std::format!("{}.npy", name.as_ref()), options.large_file(large));
        if let Err(error) = entry.and_then(|()| archive.write_all(&bytes).map_err(Into::into)) {
            return Err(format("savez", error));
        }
    }
    match archive.finish() {
        Ok(bytes) => Ok(bytes.into_inner()),
        Err(error) => Err(format("savez", error)),
    }
}

/// What is wrong with an archive.
#[track_caller]
fn format(op: &'static str, error: zip::result::ZipError) -> Error {
    Error::without_operands(Cause::Format(std::format!("the .npz file: {error}")), op)
}
