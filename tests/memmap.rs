//! Arrays that lie in files: read where they lie, and never written to. A file that is cut, lies, or cannot be read
//! as it lies is an error with the user's line.

#![allow(clippy::reversed_empty_ranges, reason = "negative ends count from the back")]

use numfuse::prelude::*;
use numfuse::{load_memmap, memmap};
use std::fs;
use std::io::Write;
use std::path::PathBuf;

/// A file of this process, removed at the end.
struct File(PathBuf);

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl File {
    fn new(name: &str, bytes: &[u8]) -> File {
        let file = File(std::env::temp_dir().join(format!("numfuse-mapped-{name}-{}", std::process::id())));
        file.write(bytes);
        file
    }

    fn write(&self, bytes: &[u8]) {
        fs::write(&self.0, bytes).expect("a file can be written");
    }

    /// The file as an array.
    #[track_caller]
    fn load(&self) -> Result<Array, numfuse::Error> {
        // SAFETY: nobody else knows of the file, and no test writes to one while an array of it is there.
        unsafe { load_memmap(&self.0) }
    }

    /// The file from a byte on as an array.
    #[track_caller]
    fn map<const N: usize>(
        &self,
        dtype: DType,
        shape: [isize; N],
        offset: usize,
    ) -> Result<Array, numfuse::Error> {
        // SAFETY: as above.
        unsafe { memmap(&self.0, dtype, shape, offset) }
    }
}

/// That a file is refused with a sentence that begins so.
#[track_caller]
fn refused(result: Result<Array, numfuse::Error>, sentence: &str) {
    let error = result.expect_err(sentence);
    assert!(error.to_string().starts_with(sentence), "{error}");
    assert_eq!(error.location().file(), file!(), "{error}");
}

fn header(text: &str, data: &[u8]) -> Vec<u8> {
    // So that the data is aligned: ten bytes come before the text.
    let text = format!("{text:<117}\n");
    [b"\x93NUMPY\x01\x00", &(text.len() as u16).to_le_bytes()[..], text.as_bytes(), data].concat()
}

fn bytes(count: i32) -> Vec<u8> {
    (0..count).flat_map(i32::to_le_bytes).collect()
}

#[test]
fn a_file_cut_anywhere_or_with_too_much_is_refused_as_load_refuses_it() {
    let whole = arange(30).cast(I32).reshape([5, 6]).to_npy().unwrap();
    let file = File::new("cut", &whole);
    assert_eq!(file.load().unwrap().to_vec::<i32>().unwrap(), (0..30).collect::<Vec<i32>>());
    let cuts = (0..whole.len()).map(|end| whole[..end].to_vec());
    for changed in cuts.chain([[&whole[..], &[0]].concat(), b"P\x93NUMPY".to_vec()]) {
        file.write(&changed);
        let expected = Array::from_npy(&changed).unwrap_err().to_string();
        let sentence = |text: &str| text.split(" [").next().unwrap_or_default().to_string();
        refused(file.load(), &sentence(&expected));
    }
    for lie in ["(2, 3)", "(7,)", "(1000000000000,)", "(4611686018427387904, 4)", "(-1,)"] {
        file.write(&header(
            &format!("{{'descr': '<i4', 'fortran_order': False, 'shape': {lie}}}"),
            &bytes(8),
        ));
        assert!(file.load().is_err(), "{lie}");
    }
}

#[test]
fn what_begins_across_an_alignment_or_beyond_the_end_is_refused() {
    let file = File::new("short", &bytes(10));
    assert_eq!(file.map(I32, [-1, 3], 4).unwrap().to_vec::<i32>().unwrap(), (1..10).collect::<Vec<_>>());
    assert_eq!(file.map(I32, [2, 2], 24).unwrap().to_vec::<i32>().unwrap(), [6, 7, 8, 9]);
    // The parts of a complex number are aligned, not their pair.
    assert_eq!(file.map(C64, [-1], 32).unwrap().shape(), [1]);
    assert_eq!(file.map(C64, [4], 4).unwrap().shape(), [4]);
    refused(file.map(I32, [2], 2), "int32 cannot be read where it lies: it begins at byte 2 of the file");
    refused(file.map(F64, [1], 4), "float64 cannot be read where it lies: it begins at byte 4 of the file");
    refused(
        file.map(I32, [11], 0),
        "int32 of shape (11,) takes 44 bytes, and the file has 40 from byte 0 on",
    );
    refused(file.map(I32, [1], 40), "int32 of shape (1,) takes 4 bytes, and the file has 0 from byte 40 on");
    refused(file.map(I32, [0], 41), "the file has 40 bytes, and the array would begin at byte 41");
    refused(file.map(I32, [-1], usize::MAX), "the file has 40 bytes, and the array would begin at byte");
    refused(file.map(F64, [-1], 4), "Size of the available data is not a multiple of the data-type size");
    refused(file.map(I32, [-2], 0), "negative dimensions are not allowed");
    refused(file.map(I32, [isize::MAX, 4], 0), "");
    refused(file.map(I32, [-1, 4], 0), "cannot reshape array of size 10 into shape (4)");
    refused(File(std::env::temp_dir()).map(I32, [1], 0), "");
    refused(File(std::env::temp_dir().join("there/is/no/such")).load(), "");
}

#[test]
fn an_empty_file_has_arrays_without_elements() {
    let file = File::new("empty", b"");
    assert_eq!(file.map(F64, [-1], 0).unwrap().sum(..).item::<f64>().unwrap(), 0.0);
    assert_eq!(file.map(F64, [0, 3], 0).unwrap().sum(0).shape(), [3]);
    refused(file.map(U8, [1], 0), "uint8 of shape (1,) takes 1 bytes, and the file has 0 from byte 0 on");
    refused(file.load(), "the magic string of a .npy file is missing");
    file.write(&header("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4)}", b""));
    assert_eq!(file.load().unwrap().shape(), [0, 4]);
}

#[test]
fn fortrans_order_is_a_view_and_big_endian_is_refused() {
    let file = File::new("order", &[]);
    file.write(&header("{'descr': '<i4', 'fortran_order': True, 'shape': (2, 3)}", &bytes(6)));
    let x = file.load().unwrap();
    assert_eq!((x.shape(), x.to_vec::<i32>().unwrap()), (&[2, 3][..], vec![0, 2, 4, 1, 3, 5]));
    drop(x);
    file.write(&header("{'descr': '>i4', 'fortran_order': False, 'shape': (6,)}", &bytes(6)));
    refused(file.load(), "big-endian int32 cannot be read where it lies: load the file, which copies it");
    assert_eq!(numfuse::load(&file.0).unwrap().to_vec::<i32>().unwrap()[1], 1 << 24);
    file.write(&header("{'descr': '>i1', 'fortran_order': False, 'shape': (24,)}", &bytes(6)));
    assert_eq!(file.load().unwrap().to_vec::<i8>().unwrap()[4], 1, "a byte has no order");
}

#[test]
fn any_byte_is_a_bool() {
    let file = File::new("bools", &[0, 1, 2, 255, 0]);
    let x = file.map(BOOL, [5], 0).unwrap();
    assert_eq!((x.dtype(), x.sum(..).item::<i64>().unwrap()), (BOOL, 3));
    assert_eq!(x.to_vec::<bool>().unwrap(), [false, true, true, true, false]);
}

#[test]
fn a_file_that_is_replaced_or_grows_leaves_its_arrays_as_they_were() {
    let file = File::new("replaced", &bytes(4000));
    let x = file.map(I32, [-1], 0).unwrap();
    let more = fs::OpenOptions::new().append(true).open(&file.0);
    more.unwrap().write_all(&bytes(4000)).unwrap();
    assert_eq!(x.sum(..).item::<i64>().unwrap(), 3999 * 2000);
    let other = File::new("replacement", &[0; 8]);
    fs::rename(&other.0, &file.0).unwrap();
    assert_eq!((&x * 2).sum(..).item::<i64>().unwrap(), 3999 * 4000);
    assert_eq!(file.map(I32, [-1], 0).unwrap().shape(), [2], "what is mapped now is the other one");
    fs::remove_file(&file.0).unwrap();
    assert_eq!((x + 1).max(..).item::<i32>().unwrap(), 4000);
}

#[test]
fn an_update_copies_and_the_file_stays() {
    let file = File::new("updated", &bytes(1000));
    let x = file.map(I32, [10, 100], 0).unwrap();
    let updates = [x.set((1..-1, ..), -1), x.at(Array::from([0, 3])).add(7), &x * 2];
    drop(x);
    let text = updates[0].explain();
    assert!(
        text.contains("the memory of the array that is written to was given, and is not written to"),
        "{text}"
    );
    for update in &updates {
        update.eval().unwrap();
    }
    assert_eq!(updates[0].i((1, 5)).item::<i32>().unwrap(), -1);
    assert_eq!(updates[1].i((3, 5)).item::<i32>().unwrap(), 312);
    assert_eq!(fs::read(&file.0).unwrap(), bytes(1000));
}

#[test]
fn nothing_is_copied_to_be_read() {
    let file = File::new("large", &[]);
    // Sixty-four megabytes that take no place on a disk.
    fs::File::create(&file.0).unwrap().set_len(64 << 20).unwrap();
    let x = file.map(F32, [-1, 1024], 0).unwrap();
    let sum = (&x + 1.0).sum(..);
    let plan = sum.plan().unwrap();
    assert!(plan.needed_bytes < 1 << 20, "{}", sum.explain());
    assert_eq!(plan.bytes_moved, (64 << 20) + 4, "{}", sum.explain());
    let within = numfuse::config::with(|c| c.budget = Some(1 << 20), || sum.item::<f32>());
    assert_eq!(within.unwrap(), (16 << 20) as f32);
}
