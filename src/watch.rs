//! Watching evaluations: what `NUMFUSE_LOG`, `NUMFUSE_DUMP` and `NUMFUSE_CHECK` ask for.

use crate::array::decode;
use crate::capture::Capture;
use crate::config::Config;
use crate::error::Cause;
use crate::eval::{self, Planned};
use numfuse_codegen::{cuda, disassemble};
use numfuse_ir::dtype::DType;
use numfuse_ir::gather::OutOfBounds;
use numfuse_ir::graph::{Graph, Kind, interp};
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::{Plan, explain};
use numfuse_runtime::pool::Pool;
use numfuse_runtime::profile::Profile;
use numfuse_runtime::{Buffer, Device};
use std::path::Path;

/// Prints and writes what is asked for of a plan that was just made.
pub(crate) fn new_plan(planned: &Planned, key: u128, config: &Config) {
    if config.log.plan {
        eprintln!("numfuse plan {key:032x}\n{}", explain::explain(planned.plan()));
    }
    for (i, step) in planned.plan().steps.iter().enumerate() {
        let Some((job, mapping)) = step.kernel().zip(planned.prepared.mapping(i)) else { continue };
        if config.log.kernel {
            eprintln!("numfuse kernel {} of {key:032x}, {mapping:?}\n{}", i + 1, job.kernel);
        }
        if config.log.clif {
            eprintln!("{}", text(numfuse_codegen::cpu::clif(&job.kernel, mapping)));
        }
        if config.log.cuda {
            let mapping = cuda::choose(&job.kernel, &job.words);
            eprintln!("{}", text(cuda::text(&job.kernel, mapping)));
        }
        if config.log.asm {
            eprintln!("{}", text(disassemble(&job.kernel, mapping, planned.prepared.target().vectors)));
        }
    }
    if let Some(dir) = &config.dump {
        let path = dir.join(format!("plan-{key:032x}.txt"));
        if let Err(failure) = write(&path, planned) {
            eprintln!("numfuse: {} could not be written: {failure}", path.display());
        }
    }
}

fn text(printed: Result<String, numfuse_codegen::Error>) -> String {
    printed.unwrap_or_else(|error| error.to_string())
}

fn write(path: &Path, planned: &Planned) -> std::io::Result<()> {
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir)?;
    }
    let plan = planned.plan();
    std::fs::write(path, format!("{}\n{}", plan.graph, explain::explain(plan)))
}

/// Prints how long each kernel of a run took.
pub(crate) fn times(planned: &Planned, profile: &Profile) {
    for (i, (time, step)) in profile.steps().iter().zip(&planned.plan().steps).enumerate() {
        let bytes = step.bytes_read + step.bytes_written;
        let rate = bytes as f64 / time.total.as_secs_f64().max(1e-9) / 1e9;
        let moved = explain::bytes(bytes);
        let title = explain::title(step, i);
        eprintln!("numfuse time: {title} took {:?}, {moved} at {rate:.1} GB/s", time.total);
    }
}

/// For each output, whether it depends on a library op that orders its sums as it likes.
fn after_library(graph: &Graph) -> Vec<bool> {
    let mut after = vec![false; graph.len()];
    for n in graph.nodes() {
        let is_one = matches!(graph.node(n).kind, Kind::Library(op) if !op.is_scatter());
        after[n.index()] = is_one || graph.inputs(n).iter().any(|input| after[input.index()]);
    }
    graph.outputs().iter().map(|n| after[n.index()]).collect()
}

/// Whether two elements of an array with numbers up to `scale` are one but for rounding on the way.
fn is_roughly(found: Scalar, expected: Scalar, scale: f64) -> bool {
    let share = if expected.dtype() == DType::F64 { 1e-8 } else { 1e-3 };
    found.same(expected) || (found.to_f64() - expected.to_f64()).abs() <= scale * share
}

/// The outputs by the meaning of the graph, array by array, with nothing planned or compiled.
pub(crate) fn interpret(capture: &Capture, plan: &Plan) -> Result<Vec<Buffer>, Cause> {
    let encode = |elements: Vec<Scalar>| {
        Buffer::copied_from(&Scalar::encode(elements), Pool::global())
            .map_err(|error| Cause::Evaluation(error.into()))
    };
    meaning(capture, plan)?.into_iter().map(encode).collect()
}

/// The elements of the outputs; an index out of range is told of the node of the plan's graph that
/// stands for the gather.
fn meaning(capture: &Capture, plan: &Plan) -> Result<Vec<Vec<Scalar>>, Cause> {
    let (graph, _) = capture.graph();
    let data: Result<Vec<Buffer>, Cause> =
        capture.leaves.iter().map(|leaf| eval::on_device(leaf, Device::Cpu)).collect();
    let elements = interp::try_interpret(&graph, &leaves(&graph, &data?), &capture.scalars);
    elements.map_err(|fault| {
        let stands_for = plan.graph.nodes().find(|n| plan.origins[n.index()] == fault.node);
        let fault = OutOfBounds { node: stands_for.unwrap_or(fault.node), ..fault };
        Cause::Evaluation(numfuse_runtime::Error::Index(fault))
    })
}

/// The elements of each leaf, in the type of its node.
fn leaves(graph: &Graph, buffers: &[Buffer]) -> Vec<Vec<Scalar>> {
    let mut leaves = vec![Vec::new(); buffers.len()];
    for node in graph.nodes().map(|n| graph.node(n)) {
        if let Kind::Leaf(leaf) = node.kind {
            leaves[leaf as usize] = decode(buffers[leaf as usize].bytes(), node.dtype).collect();
        }
    }
    leaves
}

/// Compares outputs with the meaning of the graph, bit for bit, where any NaN equals any other. Outputs
/// that depend on a library op are compared [roughly](is_roughly): the run has compared each of its
/// steps, library ops with a bound for their rounding.
pub(crate) fn check(capture: &Capture, plan: &Plan, buffers: &[Buffer]) -> Result<(), Cause> {
    let rough = after_library(&capture.graph().0);
    for (output, (expected, buffer)) in meaning(capture, plan)?.iter().zip(buffers).enumerate() {
        let Some(dtype) = expected.first().map(|x| x.dtype()) else { continue };
        let scale = expected.iter().map(|x| x.to_f64().abs()).filter(|x| x.is_finite()).fold(0.0, f64::max);
        let differs = |(found, expected): &(Scalar, &Scalar)| match rough[output] {
            true => !is_roughly(*found, **expected, scale),
            false => !found.same(**expected),
        };
        let buffer = eval::on_device(buffer, Device::Cpu)?;
        let pairs = decode(buffer.bytes(), dtype).zip(expected).enumerate();
        let mut differing = pairs.filter(|(_, pair)| differs(pair));
        // Rounding moves what is chosen by comparison: a few elements may be others altogether.
        let allowed = if rough[output] { 1 + expected.len() / 50 } else { 0 };
        if let Some((element, (found, expected))) = differing.nth(allowed) {
            let sentence = format!(
                "output {output}, element {element}: computed {found:?}, by the meaning of the graph {expected:?}"
            );
            eprintln!("numfuse: {sentence}");
            return Err(Cause::Check(sentence));
        }
    }
    Ok(())
}
