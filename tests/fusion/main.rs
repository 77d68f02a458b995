//! How many kernels an expression becomes, and why each ends where it does.
//!
//! Nothing here looks at values: the plan is the result. Each rule of the scheduler is a list of
//! expressions, four or more, each with its kernels and, where it must be cut, with the reason. [`given`]
//! has what the expressions are made of; [`fused`] lists what becomes one kernel, [`cuts`] what must not,
//! [`moves`] what arrangements move.

mod cuts;
mod fused;
mod moves;

use numfuse::config::{self, Config};
use numfuse::prelude::*;
use numfuse_ir::graph::parse;
use numfuse_ir::schedule::{self, Cut, Options, Plan};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// Data that is there already.
struct Given {
    /// 300 by 400.
    x: Array,
    /// 300 by 400.
    y: Array,
    /// 400.
    row: Array,
    /// 300 by 1.
    column: Array,
    /// 5000.
    v: Array,
    /// 2000 points in 16 dimensions.
    points: Array,
    /// 64 points in 16 dimensions.
    centres: Array,
    /// 500 points in 3 dimensions.
    bodies: Array,
    /// A hundred places, in steps of three.
    few: Array,
    /// 100 000 places below 5000.
    many: Array,
}

/// Data that is there already: an evaluated array is a leaf.
fn given() -> &'static Given {
    static GIVEN: OnceLock<Given> = OnceLock::new();
    GIVEN.get_or_init(|| Given {
        x: leaf(&[300, 400]),
        y: leaf(&[300, 400]),
        row: leaf(&[400]),
        column: leaf(&[300, 1]),
        v: leaf(&[5000]),
        points: leaf(&[2000, 16]),
        centres: leaf(&[64, 16]),
        bodies: leaf(&[500, 3]),
        few: evaluated(arange(100) * 3),
        many: evaluated(arange(100_000) % 5000),
    })
}

/// Ones of float32, which are in memory.
fn leaf(shape: &[usize]) -> Array {
    evaluated(ones(shape, F32))
}

/// What evaluates without data, in memory.
fn evaluated(x: Array) -> Array {
    x.eval().expect("constants evaluate");
    x
}

/// An expression and what must become of it.
struct Row {
    /// What it is.
    what: &'static str,
    /// How many kernels it becomes.
    kernels: usize,
    /// Why each result that nobody asked for is in memory, in the order in which they are written: how the reason
    /// begins.
    because: &'static [&'static str],
    /// The arrays that are evaluated together.
    make: fn(&Given) -> Vec<Array>,
}

/// Says a rule's rows: `"what" 1: expression;`, or `"what" 3 because [REASON, OTHER]: expression;` with a reason
/// for each cut, in terms of the name given to [`Given`].
macro_rules! rows {
    (|$g:ident| $($what:literal $kernels:literal $(because $reasons:tt)?: $make:expr;)+) => {
        &[$(crate::Row {
            what: $what,
            kernels: $kernels,
            because: rows!(@reasons $($reasons)?),
            make: |$g| crate::Outputs::outputs($make),
        }),+]
    };
    (@reasons) => { &[] };
    (@reasons $reasons:tt) => { &$reasons };
}
use rows;

/// One array or several that are evaluated together.
trait Outputs {
    fn outputs(self) -> Vec<Array>;
}

impl Outputs for Array {
    fn outputs(self) -> Vec<Array> {
        vec![self]
    }
}

impl<const N: usize> Outputs for [Array; N] {
    fn outputs(self) -> Vec<Array> {
        self.into()
    }
}

/// Says each rule: a test of its own, and one of [`RULES`].
macro_rules! rules {
    ($($rule:ident: $rows:path;)+) => {
        /// Every rule of the scheduler, with its rows.
        const RULES: &[(&str, &[Row])] = &[$((stringify!($rule), $rows)),+];

        $(#[test]
        fn $rule() {
            check($rows);
        })+
    };
}

rules! {
    elementwise_joins_elementwise: fused::ELEMENTWISE;
    producers_join_reductions: fused::PRODUCERS;
    consumers_join_reductions: fused::CONSUMERS;
    several_outputs_share_their_kernels: fused::OUTPUTS;
    several_reductions_of_one_input_walk_it_together: fused::REDUCTIONS;
    a_reduction_joins_a_reader_that_spreads_it_along_its_rows: fused::ROWS;
    views_and_stencils_are_index_maps: fused::STENCILS;
    folds_inside_folds_need_no_temporary: fused::INSIDE;
    what_is_taken_by_index_joins_what_is_around_it: fused::TAKEN;
    what_would_have_to_be_in_memory_to_be_taken_is_cut: cuts::TAKEN;
    whole_folds_spread_back_are_cut: cuts::OVER_AND_BACK;
    what_would_be_computed_again_and_again_is_cut: cuts::AGAIN;
    diamonds_neither_explode_nor_pile_up: cuts::DIAMONDS;
    folds_inside_pads_are_cut: cuts::EDGES;
    reshapes_that_are_no_sums_are_cut: cuts::RESHAPES;
    long_folds_of_few_rows_are_cut_from_each_other: cuts::FEW_ROWS;
    folds_of_what_does_not_lie_as_one_sequence_are_cut: cuts::SCATTERED;
    kernels_beyond_a_limit_are_cut: cuts::LIMITS;
}

/// The plan that the arrays share, made again from the text of their graph.
fn planned(outputs: &[Array], options: Options) -> Plan {
    if let [_, _, ..] = outputs {
        numfuse::eval_all(outputs).expect("the expressions are well-formed");
    }
    let text = outputs[0].graph().expect("the expression is well-formed");
    let plan = schedule::plan(parse::parse(&text).expect("a graph that was printed"), options);
    let summary = outputs[0].plan().expect("the expression is well-formed");
    assert_eq!((plan.kernels(), plan.bytes_moved()), (summary.kernels, summary.bytes_moved), "{text}");
    plan
}

/// Why each result that nobody asked for is in memory, in the order in which they are written.
fn reasons(plan: &Plan) -> Vec<String> {
    let cuts = plan.steps.iter().flat_map(|step| &step.writes).map(|(_, cut)| cut);
    cuts.filter(|cut| **cut != Cut::Output).map(Cut::to_string).collect()
}

#[track_caller]
fn check(rows: &[Row]) {
    let mut wrong = Vec::new();
    for Row { what, kernels, because, make } in rows {
        // However long it is, it is one expression.
        let whole = |config: &mut Config| config.pending = usize::MAX;
        let plan = config::with(whole, || planned(&make(given()), Options::default()));
        let (count, found) = (plan.kernels(), reasons(&plan));
        let alike = found.len() == because.len() && found.iter().zip(*because).all(|(f, b)| f.starts_with(b));
        if count != *kernels || !alike {
            wrong.push(format!(
                "{what}: {count} kernels, not {kernels}; cut because {found:#?}, not {because:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_its_expressions() {
    let (mut graphs, mut cut) = (BTreeSet::new(), 0);
    for (rule, rows) in RULES {
        let with_reason = rows.iter().filter(|row| !row.because.is_empty()).count();
        println!("{rule}: {} expressions, {with_reason} of them cut", rows.len());
        assert!(rows.len() >= 4, "{rule} has {} expressions", rows.len());
        for row in *rows {
            let outputs: Vec<String> =
                (row.make)(given()).iter().map(|x| x.graph().expect(row.what)).collect();
            assert!(graphs.insert(outputs.join("\n")), "{} is there twice", row.what);
        }
        cut += with_reason;
    }
    println!("{} expressions, {cut} of them cut", graphs.len());
    assert!(cut >= 20, "{cut} expressions must be cut");
}

#[test]
fn without_fusion_every_operation_is_a_kernel() {
    config::with(
        |config| config.fuse = false,
        || {
            let y = (&given().x * 2.5 + 1.7).exp();
            let plan = planned(&[y], Options { fuse: false, ..Options::default() });
            assert_eq!((plan.kernels(), reasons(&plan)), (3, vec![Cut::Unfused.to_string(); 2]));
        },
    );
}
