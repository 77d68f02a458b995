//! The command line: which workloads, how large, how often, on how many threads.

use super::measure::Bench;

/// How large a workload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Fits in caches.
    Small,
    /// Some hundred megabytes.
    Medium,
    /// Some gigabytes.
    Large,
}

impl Size {
    /// The one of three that belongs to the size.
    pub fn pick<T>(self, small: T, medium: T, large: T) -> T {
        match self {
            Size::Small => small,
            Size::Medium => medium,
            Size::Large => large,
        }
    }
}

/// One thing to compute, in as many ways as there are.
#[derive(Clone)]
pub struct Workload {
    /// What to ask for it by.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Makes the inputs and runs all contenders.
    pub run: fn(&Bench),
}

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Arguments {
    /// Print the workloads and stop.
    pub list: bool,
    /// Run workloads whose name contains one of these; all if there are none.
    pub filters: Vec<String>,
    /// How large.
    pub size: Size,
    /// How many turns each contender has.
    pub rounds: usize,
    /// How many threads.
    pub threads: usize,
}

const USAGE: &str = "\
usage: fused [NAME…] [--list] [--size small|medium|large] [--rounds N] [--threads all|N]

Runs the workloads whose names contain one of the given ones (all by default).";

impl Arguments {
    /// Reads the command line; prints what is wrong with it and leaves.
    pub fn read() -> Arguments {
        Arguments::parse(std::env::args().skip(1)).unwrap_or_else(|wrong| {
            eprintln!("{wrong}\n\n{USAGE}");
            std::process::exit(2);
        })
    }

    fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
        let cores = super::machine::cores().len();
        let mut given =
            Arguments { list: false, filters: Vec::new(), size: Size::Medium, rounds: 9, threads: cores };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} is followed by a value"));
            match word.as_str() {
                // What `cargo bench` adds.
                "--bench" => {}
                "--list" => given.list = true,
                "--help" | "-h" => return Err("Compares numfuse with other ways to compute the same.".into()),
                "--size" => {
                    given.size = match value()?.as_str() {
                        "small" => Size::Small,
                        "medium" => Size::Medium,
                        "large" => Size::Large,
                        other => return Err(format!("there is no size {other}")),
                    }
                }
                "--rounds" => given.rounds = number(&value()?)?,
                "--threads" => {
                    given.threads = match value()?.as_str() {
                        "all" => cores,
                        count => number(count)?.min(cores),
                    }
                }
                option if option.starts_with('-') => return Err(format!("there is no option {option}")),
                name => given.filters.push(name.to_string()),
            }
        }
        Ok(given)
    }

    /// Whether this workload is to run.
    pub fn wants(&self, name: &str) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|part| name.contains(part.as_str()))
    }

    /// Lists the workloads, or runs those that are wanted.
    pub fn run(&self, workloads: &[Workload]) {
        if self.list {
            for w in workloads {
                println!("{:<20} {}", w.name, w.about);
            }
            return;
        }
        let bench = Bench::new(self);
        super::machine::print(self.threads);
        for workload in workloads.iter().filter(|w| self.wants(w.name)) {
            (workload.run)(&bench);
        }
    }
}

fn number(word: &str) -> Result<usize, String> {
    word.parse().ok().filter(|&n| n > 0).ok_or_else(|| format!("{word} is not a number above 0"))
}
