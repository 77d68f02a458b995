//! Which of NumPy's functions there are: `docs/numpy_api.tsv`, row by row.
//!
//! `HAVE` are the rows that `docs/coverage.tsv` has, which the tests write: what they compare with NumPy,
//! for every element type and for arrays without axes, without elements, stretched and running
//! backwards. `-` are rows of `docs/numpy_api_later.tsv`, which only mean something in Python or which a
//! later library op brings; they are not counted. Of the others there is still nothing: `MISSING`.
//!
//! ```sh
//! cargo run --release --example coverage
//! ```

use std::collections::BTreeMap;

const ROWS: &str = include_str!("../docs/numpy_api.tsv");
const COMPARED: &str = include_str!("../docs/coverage.tsv");
const LATER: &str = include_str!("../docs/numpy_api_later.tsv");

/// The columns of `docs/numpy_api.tsv` that are read here.
struct Row<'a> {
    name: &'a str,
    group: &'a str,
    tier: &'a str,
}

impl<'a> Row<'a> {
    fn of(line: &'a str) -> Row<'a> {
        let mut columns = line.split('\t');
        let mut at = |n: usize| columns.nth(n).unwrap_or("");
        Row { name: at(0), group: at(0), tier: at(4) }
    }
}

/// What a table says of each name.
fn table(text: &str) -> BTreeMap<&str, &str> {
    text.lines().skip(1).filter_map(|line| line.split_once('\t')).collect()
}

fn main() {
    let (compared, later) = (table(COMPARED), table(LATER));
    let types = compared.values().filter_map(|columns| columns.split('\t').next()?.parse::<u32>().ok()).max();
    // A row counts if it was compared for every type.
    let is_whole = |columns: &&str| columns.split('\t').next().and_then(|n| n.parse().ok()) == types;
    let mut counts = BTreeMap::<&str, (u32, u32)>::new();
    for row in ROWS.lines().skip(1).map(Row::of) {
        let (state, why) = match (compared.get(row.name), later.get(row.name)) {
            (Some(columns), _) if is_whole(columns) => ("HAVE", ""),
            (_, Some(why)) => ("-", *why),
            (Some(_), None) => ("MISSING", "not of every type"),
            (None, None) => ("MISSING", ""),
        };
        let (have, all) = counts.entry(row.tier).or_default();
        *have += u32::from(state == "HAVE");
        *all += u32::from(state != "-");
        println!("{state:8}tier {}  {:48} {:18} {why}", row.tier, row.name, row.group);
    }
    let of = |tier: &str| {
        let (have, all) = counts.get(tier).copied().unwrap_or_default();
        format!("tier {tier}: {have}/{all}")
    };
    println!("{}, {}", of("1"), of("2"));
}
