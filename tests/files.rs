//! `.npy` files that are cut, changed or lie: each is read in full or is an error, never a panic, and
//! none takes more memory than it has bytes.

use numfuse::prelude::*;

fn files() -> Vec<Vec<u8>> {
    let arrays = [
        arange(6).reshape([2, 3]).cast(F32),
        arange(3).cast(F16),
        Array::from_vec(vec![true], ()),
        zeros([0, 7], U16),
        Array::from(vec![1.5f64; 11]),
    ];
    arrays.iter().map(|x| x.to_npy().expect("arrays can be written")).collect()
}

/// What is read has as many elements as the file has data, and can be used.
fn is_sane(file: &[u8]) -> bool {
    let Ok(x) = Array::from_npy(file) else { return false };
    assert!(x.size() * x.dtype().bytes() <= file.len());
    x.cast(F64).sum(..).item::<f64>().expect("what was read can be computed with");
    true
}

#[test]
fn a_file_cut_anywhere_or_too_long_is_an_error() {
    for file in files() {
        assert!(is_sane(&file));
        (0..file.len()).for_each(|end| assert!(Array::from_npy(&file[..end]).is_err(), "cut at {end}"));
        for more in [1, 7, 64] {
            let longer = [&file[..], &vec![0; more]].concat();
            assert!(Array::from_npy(&longer).is_err(), "{more} bytes are left over");
        }
    }
}

#[test]
fn a_file_with_any_byte_changed_is_read_or_an_error() {
    for file in files() {
        for place in 0..file.len() {
            let kept = file[place];
            let values: Vec<u8> =
                if place < 80 { (0..=255).collect() } else { vec![0, b'9', b'}', kept ^ 0x80, 255] };
            for value in values {
                let mut changed = file.clone();
                changed[place] = value;
                is_sane(&changed);
            }
            let mut changed = file.clone();
            changed.remove(place);
            is_sane(&changed);
            for inserted in *b"9-,(){}'\"L \xff\0" {
                let mut changed = file.clone();
                changed.insert(place, inserted);
                is_sane(&changed);
            }
        }
    }
}

#[test]
fn a_header_that_lies_is_an_error_and_takes_no_memory() {
    let file = |version: [u8; 2], length: &[u8], header: &str| {
        [b"\x93NUMPY", &version[..], length, header.as_bytes(), &[0; 16]].concat()
    };
    let header = |dtype: &str, shape: &str| {
        let header = format!("{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}, }}\n");
        file([1, 0], &(header.len() as u16).to_le_bytes(), &header)
    };
    assert!(
        is_sane(&header("'<f4'", "(4,)"))
            && is_sane(&header("'>i8'", "(2,)"))
            && is_sane(&header("'|b1'", "(4, 4)"))
    );
    let shapes = [
        "(5,)",
        "(3,)",
        "()",
        "4",
        "(4",
        "(-4,)",
        "(4.0,)",
        "(4e0,)",
        "('4',)",
        "(4,,)",
        "(None,)",
        "(0,)",
        "[4]",
        "(9223372036854775807,)",
        "(4611686018427387904, 4)",
        "(18446744073709551616,)",
        "(4294967296, 4294967296)",
        "(1000000000000,)",
        "(0, 99999999999999999999)",
        "(((((4)))))",
    ];
    shapes.iter().for_each(|shape| assert!(Array::from_npy(&header("'<f4'", shape)).is_err(), "{shape}"));
    assert!(Array::from_npy(&header("'<f4'", &format!("({}4)", "1, ".repeat(32)))).is_err(), "33 axes");
    let types = [
        "'<f2'",
        "'<c32'",
        "'O'",
        "'|O'",
        "'<U4'",
        "'S16'",
        "'<M8[s]'",
        "'V16'",
        "[('a', '<f4')]",
        "''",
        "'<'",
        "4",
    ];
    types.iter().for_each(|dtype| assert!(Array::from_npy(&header(dtype, "(1,)")).is_err(), "{dtype}"));
    for version in [[0, 0], [4, 0], [255, 255]] {
        assert!(Array::from_npy(&file(version, &[0, 0], "")).is_err(), "{version:?}");
    }
    for length in [u32::MAX, 1 << 31, 10_001, 40] {
        assert!(Array::from_npy(&file([2, 0], &length.to_le_bytes(), "{}")).is_err(), "{length}");
    }
    let deep = "(".repeat(9000);
    assert!(Array::from_npy(&header("'<f4'", &deep)).is_err());
}

#[test]
fn files_that_cannot_be_read_or_written_are_errors_with_the_users_line() {
    let folder = std::env::temp_dir();
    let failed = [
        (numfuse::load(&folder).map(drop), line!()),
        (numfuse::load(folder.join("there/is/no/such.npy")).map(drop), line!()),
        (numfuse::save(folder.join("there/is/no/such.npy"), &arange(3)), line!()),
        (numfuse::save("", &arange(3)), line!()),
        (Array::from_npy(b"").map(drop), line!()),
    ];
    for (result, line) in failed {
        let error = result.unwrap_err();
        assert_eq!((error.location().file(), error.location().line()), (file!(), line), "{error}");
    }
}

/// What is in an archive can be used; whether it is one.
fn is_sane_archive(file: &[u8]) -> bool {
    let Ok(arrays) = numfuse::from_npz(file) else { return false };
    arrays.iter().for_each(|(_, x)| {
        x.cast(F64).sum(..).item::<f64>().expect("what was read can be computed with");
    });
    true
}

#[test]
fn an_archive_cut_or_changed_anywhere_is_read_or_an_error() {
    for compressed in [false, true] {
        let arrays = [("x", arange(40).reshape([5, 8])), ("naïve", zeros([0, 3], F32))];
        let file = numfuse::to_npz(arrays, compressed).expect("arrays can be written");
        assert!(is_sane_archive(&file));
        (0..file.len()).for_each(|end| assert!(!is_sane_archive(&file[..end]), "cut at {end}"));
        for place in 0..file.len() {
            for value in [0, 1, b'9', 0x7f, 0xff, file[place] ^ 0x10] {
                let mut changed = file.clone();
                changed[place] = value;
                is_sane_archive(&changed);
            }
        }
    }
}

#[test]
fn archives_say_what_is_wrong() {
    let x = arange(3);
    let twice = numfuse::to_npz([("x", &x), ("x", &x)], false).unwrap_err().to_string();
    assert!(twice.starts_with("the .npz file: "), "{twice}");
    let half = numfuse::to_npz([("x", x.cast(BF16))], false).unwrap_err().to_string();
    assert!(half.starts_with("a .npy file cannot hold bfloat16"), "{half}");
    let none = numfuse::from_npz(b"PK").unwrap_err().to_string();
    assert!(none.starts_with("the .npz file: ") && none.contains("[load at tests/files.rs:"), "{none}");
    let missing = numfuse::load_npz("/nowhere/at/all.npz").unwrap_err();
    assert!(matches!(missing.cause(), numfuse::Cause::File(_)));
}
