//! A photograph through one lazily built expression: linear light, luminance, unsharp mask,
//! standardised, a sigmoid tone curve, back to bytes.
//!
//! `cargo run --release --example quickstart [PICTURE [RESULT.png]]` takes any PNG or JPEG.

#![allow(clippy::reversed_empty_ranges, reason = "an end below 0 counts from the back")]

use numfuse::prelude::*;
use numfuse::{memory, set_fusion};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let mut paths = std::env::args_os().skip(1).map(PathBuf::from);
    let source =
        paths.next().unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/photo.jpg"));
    let result = paths.next().unwrap_or_else(|| PathBuf::from("quickstart.png"));
    match run(&source, &result) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("quickstart: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn run(source: &Path, result: &Path) -> Result<(), String> {
    let picture = open(source)?;
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    if width < 5 || height < 5 {
        return Err(format!("{} is smaller than the 5 by 5 blur", source.display()));
    }
    let pixels = Array::from_vec(picture.into_raw(), [height, width, 3]);

    let developed = develop(&pixels);
    let plan = developed.plan().map_err(|e| e.to_string())?;
    let explanation = developed.explain();

    let fused = measure(true, &pixels)?;
    let eager = measure(false, &pixels)?;
    save(&fused.bytes, &developed, result)?;

    println!("{} ({height} x {width} x 3) -> {}\n", source.display(), result.display());
    println!("{explanation}");
    println!("{} array operations became {} kernels", plan.operations, plan.kernels);
    println!("            time (median)   memory beyond the picture");
    print_row("fused", &fused);
    print_row("one by one", &eager);
    let ratio = eager.median.as_secs_f64() / fused.median.as_secs_f64();
    let difference = difference(&fused, &eager);
    println!(
        "fused is {ratio:.1} times as fast; largest difference, also before rounding to bytes: {difference}"
    );
    Ok(())
}

/// The picture in a file, as 8-bit red, green and blue.
fn open(path: &Path) -> Result<image::RgbImage, String> {
    let unreadable =
        |why: &dyn std::fmt::Display| format!("{} is no picture that can be read: {why}", path.display());
    let bytes = std::fs::read(path).map_err(|e| unreadable(&e))?;
    if is_cut_jpeg(&bytes) {
        return Err(unreadable(&"the file ends before the picture does"));
    }
    let picture = image::load_from_memory(&bytes).map_err(|e| unreadable(&e))?;
    Ok(picture.to_rgb8())
}

/// True for a JPEG without an end-of-image marker after its last scan: its decoder would paint the
/// missing part grey.
fn is_cut_jpeg(bytes: &[u8]) -> bool {
    let last = |marker: [u8; 2]| bytes.windows(2).rposition(|pair| pair == marker);
    bytes.starts_with(&[0xff, 0xd8]) && last([0xff, 0xd9]) <= last([0xff, 0xda])
}

/// The expression. Nothing runs here.
fn develop(pixels: &Array) -> Array {
    (tone(pixels) * 255.0).rint().cast(U8)
}

/// The picture in float32, from 0 to 1.
fn tone(pixels: &Array) -> Array {
    let linear = (pixels.cast(F32) / 255.0).power(2.2);
    let weights = Array::from_vec(vec![0.2126f32, 0.7152, 0.0722], [3]);
    let luminance = (&linear * weights).sum_keepdims(-1);

    let contrast = local_contrast(&luminance);
    let sharp = &linear + contrast * 0.8;

    let standard = (&sharp - sharp.mean(..)) / sharp.std(..);
    let toned = 1.0 / (1.0 + (standard * -1.7).exp());
    toned.clip(0.0, 1.0)
}

/// How far each pixel is above the mean of its 5 by 5 neighbours (25 shifted slices); 0 in a border
/// of two pixels, where there are fewer.
fn local_contrast(x: &Array) -> Array {
    let (height, width) = (x.shape()[0] as isize, x.shape()[1] as isize);
    let shifted = |at: isize| {
        let (down, right) = (at / 5, at % 5);
        x.i((down..height - 4 + down, right..width - 4 + right))
    };
    let sum = (1..25).map(shifted).fold(shifted(0), |sum, slice| sum + slice);
    let contrast = x.i((2..-2, 2..-2)) - sum / 25.0;
    contrast.pad([(2, 2), (2, 2), (0, 0)], 0.0)
}

struct Run {
    bytes: Vec<u8>,
    /// The picture before it is rounded to bytes.
    toned: Vec<f32>,
    median: Duration,
    peak: usize,
}

/// The picture developed several times: median time, peak memory, and the bytes.
fn measure(fuse: bool, pixels: &Array) -> Result<Run, String> {
    set_fusion(fuse);
    let once = || develop(pixels).to_vec::<u8>().map_err(|e| e.to_string());
    let bytes = once()?;
    memory::reset_peak();
    let before = memory::statistics().live_bytes;
    let mut times = Vec::new();
    for _ in 0..9 {
        let start = Instant::now();
        once()?;
        times.push(start.elapsed());
    }
    times.sort();
    let peak = memory::statistics().peak_bytes.saturating_sub(before);
    let toned = tone(pixels).to_vec::<f32>().map_err(|e| e.to_string())?;
    set_fusion(true);
    Ok(Run { bytes, toned, median: times[times.len() / 2], peak })
}

fn print_row(name: &str, run: &Run) {
    println!(
        "{name:<12}{:>10.2} ms   {:>9.2} MiB",
        run.median.as_secs_f64() * 1e3,
        run.peak as f64 / (1 << 20) as f64
    );
}

/// The largest difference of two runs, in bytes of the result or in the float32 picture before it; of a
/// NaN that only one of them has, infinity.
fn difference(a: &Run, b: &Run) -> f32 {
    let bytes = a.bytes.iter().zip(&b.bytes).map(|(x, y)| f32::from(x.abs_diff(*y)));
    let apart = |(x, y): (&f32, &f32)| match (x.is_nan(), y.is_nan()) {
        (true, true) => 0.0,
        (false, false) => (x - y).abs(),
        (_, _) => f32::INFINITY,
    };
    bytes.chain(a.toned.iter().zip(&b.toned).map(apart)).fold(0.0, f32::max)
}

fn save(bytes: &[u8], shape: &Array, path: &Path) -> Result<(), String> {
    let (height, width) = (shape.shape()[0] as u32, shape.shape()[1] as u32);
    let picture = image::RgbImage::from_raw(width, height, bytes.to_vec());
    let picture = picture.ok_or("the result has another size than the picture")?;
    picture.save(path).map_err(|e| format!("{} cannot be written: {e}", path.display()))
}
