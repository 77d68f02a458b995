//! Each call on each type, by turns: NumPy, one thread, all threads; and the table of who is faster.

use crate::Asked;
use crate::calls::{Call, TABLES, Table};
use crate::inputs::Given;
use crate::numpy::NumPy;
use numfuse::config;
use numfuse::prelude::*;
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// A turn takes at least so many seconds.
const TURN: f64 = 2e-3;
/// So many seconds the threads of NumPy's library of products wait for more, at full speed, after each: 2^26
/// cycles of the processor, unless OPENBLAS_THREAD_TIMEOUT says otherwise.
const SPINNING: f64 = 0.05;
/// Calls that take longer have three turns at most.
const SLOW: f64 = 0.1;
/// And those that take longer than this have one.
const ENDLESS: f64 = 1.0;
/// Who is so much faster after three turns needs no more of them.
const FAR: f64 = 3.0;
/// Between this and its reciprocal nothing is decided on a machine that others use too.
const UNSETTLED: f64 = 1.25;

/// How a call did on a type.
struct Row {
    dtype: DType,
    python: &'static str,
    /// NumPy's times, and those beside them: with one thread and with all.
    numpy: [Vec<f64>; 2],
    ours: [Vec<f64>; 2],
    /// What is wrong with the comparison, if the results are not alike.
    apart: Option<String>,
}

impl Row {
    /// NumPy's best time over ours.
    fn ratio(&self, threads: usize) -> f64 {
        best(&self.numpy[threads]) / best(&self.ours[threads])
    }

    fn ratio_of_medians(&self, threads: usize) -> f64 {
        median(&self.numpy[threads]) / median(&self.ours[threads])
    }

    fn is_far(&self) -> bool {
        (0..2).all(|threads| self.ratio(threads) > FAR)
    }
}

fn best(times: &[f64]) -> f64 {
    times.iter().copied().fold(f64::INFINITY, f64::min)
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// Times what was asked for and prints it: the rows of a table on a type as soon as they are known.
pub fn compare(asked: &Asked, python: &str) {
    let threads = crate::common::machine::cores().len();
    let mut numpys = [NumPy::start(python, 1), NumPy::start(python, threads)];
    let folder = std::env::temp_dir().join(format!("numfuse-beside-numpy-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("there is room for files");
    let (mut all, mut refused) = (Vec::new(), BTreeMap::<&str, Vec<String>>::new());
    print_head();
    for &dtype in &asked.types {
        let is_wanted = |table: &&&Table| {
            table.types.contains(&dtype) && table.calls.iter().any(|c| asked.wants(table.name, c.python))
        };
        let tables: Vec<_> = TABLES.iter().filter(is_wanted).collect();
        if tables.is_empty() {
            continue;
        }
        let given = Given::new(dtype, &folder);
        numpys.iter_mut().for_each(|numpy| numpy.load(&folder));
        for table in tables {
            let mut rows = Vec::new();
            for call in table.calls.iter().filter(|c| asked.wants(table.name, c.python)) {
                match row(call, table, &given, &mut numpys, asked.rounds, threads) {
                    Ok(row) => rows.push(row),
                    Err(None) => {}
                    Err(Some(ours)) => {
                        refused.entry(call.python).or_default().push(format!("{dtype}: {ours}"));
                    }
                }
            }
            progress("");
            print(asked, table, dtype, &mut rows);
            all.extend(rows);
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    sum_up(&all, &refused);
}

/// Says on a terminal what is being timed.
fn progress(what: &str) {
    if std::io::stderr().is_terminal() {
        let end = if what.is_empty() { "\r" } else { "" };
        eprint!("\r{what:<79}{end}");
    }
}

/// One call: refused by NumPy (`None`), by numfuse alone (what it says), or timed.
fn row(
    call: &Call,
    table: &Table,
    given: &Given,
    numpys: &mut [NumPy; 2],
    rounds: usize,
    threads: usize,
) -> Result<Row, Option<String>> {
    let expression = call.python.split(" # ").next().unwrap_or(call.python);
    let theirs = numpys[0].call(expression).map_err(|_| None)?;
    let ours = summary(call, given).map_err(Some)?;
    let has_threads = table.is_library();
    if has_threads {
        numpys[1].call(expression).map_err(|_| None)?;
    }
    let mut row = Row {
        dtype: given.d,
        python: call.python,
        numpy: [Vec::new(), Vec::new()],
        ours: [Vec::new(), Vec::new()],
        apart: (!are_alike(&ours, &theirs)).then(|| format!("{ours} here, {theirs} there")),
    };
    for round in 0..rounds {
        let with_one = numpys[0].time(TURN);
        progress(&format!("{} {}", given.d, &expression[..expression.len().min(60)]));
        row.numpy[0].push(with_one);
        row.ours[0].push(ours_of(call, given, 1));
        row.numpy[1].push(if has_threads { numpys[1].time(TURN) } else { with_one });
        if has_threads {
            std::thread::sleep(Duration::from_secs_f64(SPINNING));
        }
        row.ours[1].push(ours_of(call, given, threads));
        let is_slow = with_one > SLOW || row.ours[0][0] > SLOW;
        let is_endless = with_one > ENDLESS || row.ours[0][0] > ENDLESS;
        if is_endless || round >= 2 && (is_slow || row.is_far()) {
            break;
        }
    }
    Ok(row)
}

/// Seconds for one call with so many threads.
fn ours_of(call: &Call, given: &Given, threads: usize) -> f64 {
    let run = || {
        let run = || drop(std::hint::black_box(call.run(given)));
        run();
        let (start, mut calls) = (Instant::now(), 0);
        loop {
            run();
            calls += 1;
            let took = start.elapsed().as_secs_f64();
            if took >= TURN {
                return took / f64::from(calls);
            }
        }
    };
    config::with(|c| c.threads = Some(threads), run)
}

/// The type, shape and sum of the first result, as Python says them.
fn summary(call: &Call, given: &Given) -> Result<String, String> {
    let arrays = call.run(given).map_err(|error| error.to_string())?;
    let first = arrays.first().ok_or("no result")?;
    let finite = where_(first.isfinite(), first, 0);
    let total = finite.cast(C128).sum(..).abs().item::<f64>().map_err(|error| error.to_string())?;
    let shape: Vec<String> = first.shape().iter().map(ToString::to_string).collect();
    Ok(format!("{} {} {total:?}", first.dtype(), shape.join(",")))
}

/// The same type and shape, and about the same sum, except of random numbers, where it is not alike.
fn are_alike(ours: &str, theirs: &str) -> bool {
    let parts = |text: &str| -> Option<(String, f64)> {
        let (head, total) = text.rsplit_once(' ')?;
        Some((head.to_string(), total.parse().ok()?))
    };
    let (Some((head, total)), Some((their_head, their_total))) = (parts(ours), parts(theirs)) else {
        return false;
    };
    let size = total.abs().max(their_total.abs()).max(1.0);
    head == their_head && (total - their_total).abs() <= 0.05 * size + 1e4
}

fn print_head() {
    println!("NumPy's time over numfuse's: above 1 numfuse is faster");
    println!(
        "{:>8} {:>8} {:>8} {:>8} {:>10} {:>10} {:>10}  {:<11} call",
        "1 thread", "medians", "all", "medians", "NumPy us", "1 thr. us", "all us", "type"
    );
}

/// The rows of one table on one type, from the slowest beside NumPy to the fastest.
fn print(asked: &Asked, table: &Table, dtype: DType, rows: &mut [Row]) {
    rows.sort_by(|a, b| a.ratio(0).total_cmp(&b.ratio(0)));
    println!("{dtype} {}: {}", table.name, standings(rows));
    for row in rows.iter().filter(|row| !asked.behind || row.ratio(0) < 1.0 || row.ratio(1) < 1.0) {
        println!(
            "{:>8.2} {:>8.2} {:>8.2} {:>8.2} {:>10.1} {:>10.1} {:>10.1}  {:<11} {}",
            row.ratio(0),
            row.ratio_of_medians(0),
            row.ratio(1),
            row.ratio_of_medians(1),
            best(&row.numpy[0]) * 1e6,
            best(&row.ours[0]) * 1e6,
            best(&row.ours[1]) * 1e6,
            row.dtype.name(),
            row.python.split(" # ").next().unwrap_or(row.python),
        );
    }
}

/// What is not alike, what was refused, and who is ahead: of each type and of all.
fn sum_up(rows: &[Row], refused: &BTreeMap<&str, Vec<String>>) {
    for row in rows {
        if let Some(apart) = &row.apart {
            println!("not alike: {} of {}: {apart}", row.python, row.dtype);
        }
    }
    for (python, why) in refused {
        println!("refused here alone: {python}: {}", why.join("; "));
    }
    for of_type in rows.chunk_by(|a, b| a.dtype == b.dtype) {
        println!("{}: {}", of_type[0].dtype, standings(of_type));
    }
    println!("all types: {}", standings(rows));
}

/// How many calls there are, and of how many who is ahead, with one thread and with all.
fn standings(rows: &[Row]) -> String {
    let mut text = format!("{} calls", rows.len());
    for (threads, name) in [(0, "one thread"), (1, "all threads")] {
        let count = |holds: &dyn Fn(f64) -> bool| rows.iter().filter(|r| holds(r.ratio(threads))).count();
        text += &format!(
            "; {name}: {} behind NumPy, {} undecided, {} ahead",
            count(&|ratio| ratio < 1.0 / UNSETTLED),
            count(&|ratio| (1.0 / UNSETTLED..=UNSETTLED).contains(&ratio)),
            count(&|ratio| ratio > UNSETTLED),
        );
    }
    text
}
