//! Every function beside NumPy's, on a million elements: which of the two is faster, and by how much.
//!
//! `cargo bench --bench beside_numpy -- [WORD…] [--list] [--types float32,int64] [--rounds N] [--behind]`.
//! `NUMFUSE_PYTHON` names a Python that has NumPy. What is timed and how to read it: `docs/benchmarks.md`.

#[allow(clippy::reversed_empty_ranges, reason = "`1..-1` ends before the last element, as in NumPy")]
mod calls;
#[path = "../common"]
mod common {
    #[allow(dead_code, reason = "not all of it is used here")]
    pub mod data;
    #[allow(dead_code, reason = "no thread is pinned here")]
    pub mod machine;
    pub mod memory;
}
mod inputs;
#[path = "../../tests/oracles/functions/names.rs"]
mod names;
mod numpy;
mod rows;

use calls::TABLES;
use numfuse::prelude::*;
use std::collections::BTreeSet;

#[global_allocator]
static ALLOCATOR: common::memory::HugePages = common::memory::HugePages;

const USAGE: &str = "\
usage: beside_numpy [WORD…] [--list] [--types NAME,…] [--rounds N] [--behind]

Times the calls whose text, name or table contains one of the words (all by default), on arrays of a million
elements, beside NumPy. --behind prints only those that are slower than NumPy.";

/// What was asked for.
pub struct Asked {
    words: Vec<String>,
    types: Vec<DType>,
    rounds: usize,
    list: bool,
    behind: bool,
}

impl Asked {
    fn read() -> Result<Asked, String> {
        let mut asked =
            Asked { words: Vec::new(), types: DType::ALL.to_vec(), rounds: 9, list: false, behind: false };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} is followed by a value"));
            match word.as_str() {
                // What `cargo bench` adds.
                "--bench" => {}
                "--list" => asked.list = true,
                "--behind" => asked.behind = true,
                "--rounds" => {
                    asked.rounds = value()?.parse().map_err(|_| "--rounds is a number".to_string())?
                }
                "--types" => {
                    let known =
                        |name: &str| DType::parse(name).ok_or_else(|| format!("there is no type {name}"));
                    asked.types = value()?.split(',').map(known).collect::<Result<_, String>>()?;
                }
                option if option.starts_with('-') => return Err(format!("there is no option {option}")),
                word => asked.words.push(word.to_string()),
            }
        }
        Ok(asked)
    }

    fn wants(&self, table: &str, python: &str) -> bool {
        self.words.is_empty() || self.words.iter().any(|word| python.contains(word) || table.contains(word))
    }
}

fn main() {
    let asked = Asked::read().unwrap_or_else(|wrong| {
        eprintln!("{wrong}\n\n{USAGE}");
        std::process::exit(2);
    });
    if asked.list {
        return list();
    }
    let Ok(python) = std::env::var("NUMFUSE_PYTHON") else {
        eprintln!(
            "NUMFUSE_PYTHON names no Python that has NumPy: `tests/run.sh` installs one in target/venv"
        );
        std::process::exit(2);
    };
    common::machine::print(common::machine::cores().len());
    rows::compare(&asked, &python);
}

/// Prints the calls, and the names of `docs/coverage.tsv` that none of them is about.
fn list() {
    let mut seen = BTreeSet::new();
    for table in TABLES {
        println!("{}", table.name);
        for call in table.calls {
            println!("    {}", call.python);
            seen.extend(names::names(call.python));
        }
    }
    let compared = include_str!("../../docs/coverage.tsv").lines().skip(1);
    let rest: Vec<&str> =
        compared.filter_map(|line| line.split('\t').next()).filter(|name| !seen.contains(*name)).collect();
    println!("not timed, as they compute nothing or say a type or a number: {}", rest.join(" "));
}
