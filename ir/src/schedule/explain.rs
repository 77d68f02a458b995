//! A plan in words, for someone who has never seen the code.

use super::{Place, Plan, Step};
use crate::graph::Kind;
use std::fmt::Write;

/// The plan as text: totals first, then each kernel with what it computes, what it
/// reads and writes, why it ends where it does, and its loops.
pub fn explain(plan: &Plan) -> String {
    let mut text = String::new();
    let _ = totals(&mut text, plan);
    for (i, step) in plan.steps.iter().enumerate() {
        let _ = kernel(&mut text, plan, i, step);
    }
    text
}

fn totals(text: &mut String, plan: &Plan) -> std::fmt::Result {
    writeln!(
        text,
        "{} became {}: {} must move, {} alive at most",
        count(plan.operations, "array operation"),
        count(plan.kernels(), "kernel"),
        bytes(plan.bytes_moved()),
        bytes(plan.peak_bytes()),
    )
}

fn kernel(text: &mut String, plan: &Plan, i: usize, step: &Step) -> std::fmt::Result {
    let ops: Vec<&str> = step.nodes.iter().filter_map(|n| name(&plan.graph.node(*n).kind)).collect();
    writeln!(text, "\nkernel {}: {}", i + 1, summary(&ops))?;
    writeln!(
        text,
        "  moves {}, of which {} written",
        bytes(step.bytes_read + step.bytes_written),
        bytes(step.bytes_written)
    )?;
    for (buffer, place) in step.kernel.buffers.iter().zip(&step.buffers) {
        let way = match buffer.role {
            crate::kernel::Role::In => "reads ",
            crate::kernel::Role::Out => "writes",
        };
        writeln!(text, "  {way} {}", describe(plan, *place, buffer.dtype.short()))?;
    }
    for (n, cut) in &step.writes {
        let node = plan.graph.node(*n);
        writeln!(text, "  ends at {} {}{}, because {cut}", node.shape, node.dtype, origin(&node.kind))?;
    }
    for line in step.kernel.to_string().lines() {
        writeln!(text, "    {line}")?;
    }
    Ok(())
}

fn describe(plan: &Plan, place: Place, dtype: &str) -> String {
    match place {
        Place::Leaf(i) => format!("input {i}: {dtype}"),
        Place::Slot(i) => {
            let slot = &plan.slots[i as usize];
            let last = if slot.last_read == usize::MAX { "kept" } else { "temporary" };
            format!("slot {i}: {dtype} {} ({}, {last})", slot.shape, bytes(slot.bytes() as u64))
        }
    }
}

/// The name of what a node computes, where it computes something.
pub fn name(kind: &Kind) -> Option<&'static str> {
    match kind {
        Kind::Map(op) => Some(op.name()),
        Kind::Cast => Some("cast"),
        Kind::Reduce { fold, .. } => Some(fold.name()),
        Kind::Pad(_) => Some("pad"),
        Kind::Iota(_) => Some("arange"),
        Kind::View(_) | Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) => None,
    }
}

fn origin(kind: &Kind) -> String {
    name(kind).map_or(String::new(), |name| format!(", the result of {name}"))
}

/// Names in order of first use, with how often each is used.
fn summary(names: &[&str]) -> String {
    let mut seen: Vec<(&str, usize)> = Vec::new();
    for &name in names {
        match seen.iter_mut().find(|(n, _)| *n == name) {
            Some((_, times)) => *times += 1,
            None => seen.push((name, 1)),
        }
    }
    let entry = |(name, times): &(&str, usize)| {
        if *times == 1 { name.to_string() } else { format!("{times} {name}") }
    };
    let entries: Vec<String> = seen.iter().map(entry).collect();
    if entries.is_empty() { "copy".to_string() } else { entries.join(", ") }
}

fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// A number of bytes in binary units.
pub fn bytes(n: u64) -> String {
    let mut value = n as f64;
    for unit in ["B", "KiB", "MiB", "GiB"] {
        if value < 1024.0 {
            return if unit == "B" { format!("{n} B") } else { format!("{value:.1} {unit}") };
        }
        value /= 1024.0;
    }
    format!("{value:.1} TiB")
}
