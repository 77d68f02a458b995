//! Contenders take turns; printed are medians, ratios, shares of a ceiling, and whether they agree.

use super::arguments::{Arguments, Size};
use super::ceiling::{self, Ceiling, Kind};
use super::machine;
use super::team::{self, Team};
use numfuse::prelude::*;
use numfuse::{config, eval_all, set_fusion};
use std::hint::black_box;
use std::time::Instant;

/// A batch of calls takes at least this long, in seconds.
const BATCH: f64 = 2e-3;

/// A contender whose calls take longer has three turns at most.
const SLOW: f64 = 0.3;

/// What all workloads are run with.
pub struct Bench {
    /// How large they are.
    pub size: Size,
    /// Threads for loops by hand.
    pub team: Team,
    rounds: usize,
}

impl Bench {
    /// Starts all threads: everyone gets the same number.
    pub fn new(arguments: &Arguments) -> Bench {
        if arguments.threads == 1 {
            // Everything is computed by this thread.
            machine::pin(*machine::cores().last().expect("this thread runs on a core"));
        }
        config::set(|c| c.threads = Some(arguments.threads));
        team::pin_global(arguments.threads);
        Bench { size: arguments.size, team: Team::new(arguments.threads), rounds: arguments.rounds }
    }

    /// Runs all contenders in turn and prints how they compare with the first.
    pub fn compare(&self, title: &str, traffic: Traffic, mut contenders: Vec<Contender>) {
        let answers: Vec<Seen> = contenders.iter_mut().map(Contender::answer).collect();
        let before = ceiling::measure(&self.team, traffic.bytes);
        let repeats: Vec<usize> = contenders.iter_mut().map(Contender::repeats).collect();
        let mut times = vec![Vec::new(); contenders.len()];
        for round in 0..self.rounds {
            for ((c, times), &n) in contenders.iter_mut().zip(&mut times).zip(&repeats) {
                if round < 3 || times[0] < SLOW {
                    times.push(c.batch(n));
                }
            }
        }
        let after = ceiling::measure(&self.team, traffic.bytes);
        times.iter_mut().for_each(|times| times.sort_by(f64::total_cmp));
        print_head(title, &traffic, &before, &after);
        let limit = before.of(traffic.kind).max(after.of(traffic.kind));
        let first = median(&times[0]);
        for ((c, times), answer) in contenders.iter().zip(&times).zip(&answers) {
            let middle = median(times);
            let rate = traffic.bytes as f64 / middle;
            let share = match traffic.bytes < ceiling::LEAST {
                true => "-".to_string(),
                false => format!("{:.2}", rate / limit),
            };
            println!(
                "  {:<34} {:>10.3} {:>10.3} {:>8.3} {:>7.2}x {:>7.1} {:>8} {:>6.0}% {:>9}",
                c.name,
                middle * 1e3,
                times[0] * 1e3,
                times[0] * 1e9 / traffic.elements as f64,
                middle / first,
                rate / 1e9,
                share,
                (times[times.len() - 1] - times[0]) / middle * 100.0,
                answer.apart(&answers[0]),
            );
        }
    }
}

/// What a workload must move and do at the least.
#[derive(Clone, Copy, Debug)]
pub struct Traffic {
    /// Each input read once and each output written once.
    pub bytes: usize,
    /// What times are divided by.
    pub elements: usize,
    /// The ceiling it is held against.
    pub kind: Kind,
}

/// A way to compute a workload.
pub struct Contender<'a> {
    name: &'static str,
    fuse: bool,
    run: Box<dyn FnMut(&mut Seen) + 'a>,
}

impl<'a> Contender<'a> {
    /// Some code. It shows its result to what it is given.
    pub fn new(name: &'static str, run: impl FnMut(&mut Seen) + 'a) -> Contender<'a> {
        Contender { name, fuse: true, run: Box::new(run) }
    }

    /// numfuse with fusion, and with a kernel for each operation.
    pub fn numfuse<const K: usize>(expression: &'a impl Fn() -> [Array; K]) -> [Contender<'a>; 2] {
        [Contender::fused(expression), Contender::unfused(expression)]
    }

    /// numfuse with fusion.
    pub fn fused<const K: usize>(expression: &'a impl Fn() -> [Array; K]) -> Contender<'a> {
        Contender::new("numfuse", |seen| seen.arrays(&expression()))
    }

    /// numfuse with a kernel for each operation.
    pub fn unfused<const K: usize>(expression: &'a impl Fn() -> [Array; K]) -> Contender<'a> {
        Contender { fuse: false, ..Contender::new("numfuse, fusion off", |seen| seen.arrays(&expression())) }
    }

    fn answer(&mut self) -> Seen {
        set_fusion(self.fuse);
        let mut seen = Seen { kept: Some(Vec::new()), whole: false };
        (self.run)(&mut seen);
        seen
    }

    /// How many calls take a [`BATCH`].
    fn repeats(&mut self) -> usize {
        let once = self.batch(1);
        (BATCH / once.max(1e-7)).ceil() as usize
    }

    /// Seconds for one of `n` calls. One call before them lets caches be this contender's.
    fn batch(&mut self, n: usize) -> f64 {
        set_fusion(self.fuse);
        let mut seen = Seen { kept: None, whole: false };
        (self.run)(&mut seen);
        let start = Instant::now();
        (0..n).for_each(|_| (self.run)(&mut seen));
        start.elapsed().as_secs_f64() / n as f64
    }
}

/// What a contender shows its results to: it looks at them once, and later only sees that they exist.
#[derive(Debug)]
pub struct Seen {
    kept: Option<Vec<f64>>,
    /// Whether there are whole numbers among them, which are the same or not.
    whole: bool,
}

/// Kept of each result at most; every so many elements of a larger one.
const KEPT: usize = 1 << 20;

impl Seen {
    /// Evaluates arrays, all together.
    pub fn arrays(&mut self, arrays: &[Array]) {
        match arrays {
            [one] => one.eval(),
            several => eval_all(several),
        }
        .expect("the expression is well-formed");
        for array in arrays {
            self.whole |= !array.dtype().is_float();
            self.lazily(|| array.cast(F64).to_vec::<f64>().expect("it has been evaluated"));
        }
        black_box(arrays);
    }

    /// Elements that have been computed, and are copied only if they are looked at.
    pub fn lazily<T: Number>(&mut self, elements: impl FnOnce() -> Vec<T>) {
        if self.kept.is_some() {
            self.slice(&elements());
        }
    }

    /// Elements.
    pub fn slice<T: Number>(&mut self, elements: &[T]) {
        self.iter(elements.len(), elements.iter());
    }

    /// A number.
    pub fn number(&mut self, number: f64) {
        self.slice(&[number]);
    }

    /// An array of the `ndarray` crate.
    pub fn ndarray<T: Number, D: ndarray::Dimension>(&mut self, array: &ndarray::Array<T, D>) {
        self.iter(array.len(), array.iter());
    }

    fn iter<'e, T: Number + 'e>(&mut self, count: usize, elements: impl Iterator<Item = &'e T>) {
        black_box(&elements);
        self.whole |= T::WHOLE;
        if let Some(kept) = &mut self.kept {
            kept.extend(elements.step_by(count.div_ceil(KEPT).max(1)).map(|&x| x.number()));
        }
    }

    /// How far the results are from others: the greatest difference over the greatest value; of whole
    /// numbers, the share that differs.
    fn apart(&self, other: &Seen) -> String {
        let (Some(mine), Some(theirs)) = (&self.kept, &other.kept) else { return "?".into() };
        if mine.len() != theirs.len() {
            return "!! shape".into();
        }
        let gaps = mine.iter().zip(theirs).map(|(a, b)| match (a.is_nan(), b.is_nan()) {
            (true, true) => 0.0,
            (false, false) if a == b => 0.0,
            (false, false) => (a - b).abs(),
            _ => f64::INFINITY,
        });
        let whole = self.whole || other.whole;
        let gap = if whole {
            gaps.filter(|&gap| gap > 0.0).count() as f64 / mine.len() as f64
        } else {
            let size = theirs.iter().filter(|x| x.is_finite()).fold(1e-300, |a: f64, x| a.max(x.abs()));
            gaps.fold(0.0, f64::max) / size
        };
        match gap {
            0.0 => "0".into(),
            gap if gap > 1e-3 => format!("!! {gap:.0e}"),
            gap => format!("{gap:.0e}"),
        }
    }
}

/// Elements of results.
pub trait Number: Copy {
    /// Whether it is the same or another, rather than near.
    const WHOLE: bool;

    /// The nearest float64.
    fn number(self) -> f64;
}

macro_rules! numbers {
    ($($T:ident $whole:literal)+) => { $(
        impl Number for $T {
            const WHOLE: bool = $whole;

            fn number(self) -> f64 {
                self as f64
            }
        }
    )+ };
}

numbers! { f32 false f64 false u8 true i64 true u32 true }

fn print_head(title: &str, traffic: &Traffic, before: &Ceiling, after: &Ceiling) {
    println!("\n{title}; {:.1} MiB moved", traffic.bytes as f64 / f64::from(1 << 20));
    for (when, c) in [("before", before), ("after", after)] {
        println!(
            "  {when:<6} copy {:.1}, triad {:.1}, read {:.1} GB/s; past the caches copy {:.1}, triad {:.1}",
            c.copy / 1e9,
            c.triad / 1e9,
            c.read / 1e9,
            c.streamed_copy / 1e9,
            c.streamed_triad / 1e9
        );
    }
    let of = match traffic.kind {
        Kind::Read => "of read",
        Kind::Copy => "of copy",
        Kind::Triad => "of triad",
    };
    println!(
        "  {:<34} {:>10} {:>10} {:>8} {:>8} {:>7} {:>8} {:>7} {:>9}",
        "", "median ms", "best ms", "ns/elem", "times", "GB/s", of, "spread", "apart"
    );
}

/// Of sorted times.
fn median(times: &[f64]) -> f64 {
    times[times.len() / 2]
}
