//! A plan in words, for someone who has never seen the code.

use super::work::Work;
use super::{Job, OldVersion, Place, Plan, Step, Strided, in_place};
use crate::gather::Bounds;
use crate::graph::{Graph, Kind, NodeId};
use crate::kernel::Role;
use crate::shape::Shape;
use std::fmt::Write;

/// The plan as text: totals first, then each kernel with what it computes, what it
/// reads and writes, why it ends where it does, and its loops.
pub fn explain(plan: &Plan) -> String {
    explain_with(plan, 0, |_| None, |_| None)
}

/// [`explain`] with how many bytes steps take at most to work with, a line more about a step where `note`
/// has one, and what an old version is copied for where `who` knows more than its name.
pub fn explain_with(
    plan: &Plan,
    workspace: u64,
    note: impl Fn(usize) -> Option<String>,
    who: impl Fn(&OldVersion) -> Option<String>,
) -> String {
    let mut text = String::new();
    let _ = totals(&mut text, plan, workspace);
    for (i, step) in plan.steps.iter().enumerate() {
        let _ = kernel(&mut text, plan, i, step, note(i));
        for copy in plan.copied_in(step) {
            text += &copied(plan, copy, who(&copy));
        }
        let _ = loops(&mut text, step);
    }
    text
}

fn totals(text: &mut String, plan: &Plan, workspace: u64) -> std::fmt::Result {
    let beside = match workspace {
        0 => String::new(),
        _ => format!(", beside {} to work with", bytes(workspace)),
    };
    writeln!(
        text,
        "{} became {}: {} must move, {} alive at most{beside}",
        count(plan.operations, "array operation"),
        parts(plan),
        bytes(plan.bytes_moved()),
        bytes(plan.peak_bytes()),
    )
}

/// How many kernels and library calls there are.
fn parts(plan: &Plan) -> String {
    let (kernels, calls) = (count(plan.kernels(), "kernel"), count(plan.library_calls(), "library call"));
    match (plan.kernels(), plan.library_calls()) {
        (_, 0) => kernels,
        (0, _) => calls,
        (_, _) => format!("{kernels} and {calls}"),
    }
}

/// What a step of that number is called.
pub fn title(step: &Step, i: usize) -> String {
    match step.job {
        Job::Kernel(_) => format!("kernel {}", i + 1),
        Job::Library(_) => format!("library call {}", i + 1),
    }
}

fn kernel(text: &mut String, plan: &Plan, i: usize, step: &Step, note: Option<String>) -> std::fmt::Result {
    let ops: Vec<&str> = step.nodes.iter().filter_map(|n| name_of(&plan.graph, *n)).collect();
    writeln!(text, "\n{}: {}", title(step, i), summary(&ops))?;
    writeln!(
        text,
        "  moves {}, of which {} written",
        bytes(step.bytes_read + step.bytes_written),
        bytes(step.bytes_written)
    )?;
    writeln!(text, "  computes {}", computed(step.work()))?;
    if let Some(note) = note {
        writeln!(text, "  {note}")?;
    }
    for (at, (role, _, place)) in step.accesses().enumerate() {
        let way = match role {
            Role::In => "reads ",
            Role::Out => "writes",
        };
        let lies = step.library().and_then(|job| job.operands.get(at)).map_or(String::new(), strides);
        writeln!(text, "  {way} {}{lies}", describe(plan, place))?;
    }
    for (n, cut) in &step.writes {
        let node = plan.graph.node(*n);
        writeln!(text, "  ends at {} {}{}, because {cut}", node.shape, node.dtype, origin(&plan.graph, *n))?;
    }
    Ok(())
}

/// The loops of a kernel.
fn loops(text: &mut String, step: &Step) -> std::fmt::Result {
    match &step.job {
        Job::Kernel(job) => job.kernel.to_string().lines().try_for_each(|line| writeln!(text, "    {line}")),
        Job::Library(_) => Ok(()),
    }
}

/// How an operand of a library op lies, where it does not lie row-major from the start.
fn strides(operand: &Strided) -> String {
    let shape = Shape::new(&operand.shape).unwrap_or_default();
    let moves = |(axis, &stride): (usize, &i64)| shape[axis] > 1 && stride != shape.strides()[axis];
    if operand.offset == 0 && !operand.strides.iter().enumerate().any(moves) {
        return String::new();
    }
    let strides: Vec<String> = operand.strides.iter().map(i64::to_string).collect();
    let from = if operand.offset == 0 { String::new() } else { format!(" from element {}", operand.offset) };
    format!(" as {shape} by strides {}{from}", strides.join(", "))
}

/// The machine operations of a step, and how many these are for each point of its loops.
fn computed(work: Work) -> String {
    let Work { points, operations } = work;
    if operations == 0 {
        return "nothing: it only moves elements".to_string();
    }
    let all = format!("{} machine operation{}", amount(operations), if operations == 1 { "" } else { "s" });
    if points <= 1 {
        return all;
    }
    let each = format!("{:.1}", operations as f64 / points as f64);
    let each = each.strip_suffix(".0").unwrap_or(&each);
    format!("{all}, {each} at each of {} points", amount(points))
}

/// What lies there, in the type of the array: a kernel may see other elements of it.
fn describe(plan: &Plan, place: Place) -> String {
    match place {
        Place::Leaf(i) => {
            let leaf = |n: &NodeId| plan.graph.node(*n).kind == Kind::Leaf(i);
            let dtype = plan.graph.nodes().find(leaf).map_or("", |n| plan.graph.node(n).dtype.short());
            format!("input {i}: {dtype}")
        }
        Place::Slot(i) => {
            let slot = &plan.slots[i as usize];
            let dtype = slot.dtype.short();
            let last = if slot.last_read == usize::MAX { "kept" } else { "temporary" };
            let over = match slot.over {
                None => String::new(),
                Some(Place::Leaf(leaf)) => format!(", written over input {leaf}"),
                Some(Place::Slot(before)) => format!(", written over slot {before}"),
            };
            format!("slot {i}: {dtype} {} ({}, {last}{over})", slot.shape, bytes(slot.bytes() as u64))
        }
    }
}

/// The name of what a node computes, where it computes something.
pub fn name(kind: &Kind) -> Option<&'static str> {
    match kind {
        Kind::Map(op) => Some(op.name()),
        Kind::Cast => Some("cast"),
        Kind::Reduce { fold, .. } => Some(fold.name()),
        Kind::Scan { fold, .. } => Some(fold.scan_name()),
        Kind::Pad(_) => Some("pad"),
        Kind::Update(_) => Some("set"),
        // Values that are written where a mask holds.
        Kind::Gather { bounds: Bounds::Counted, .. } => Some("set"),
        Kind::Gather { .. } => Some("take"),
        Kind::Iota(_) => Some("arange"),
        Kind::Library(op) => Some(op.name()),
        Kind::View(_) | Kind::Leaf(_) | Kind::Const(_) | Kind::Scalar(_) => None,
    }
}

/// The name of what a node of a plan's graph computes, where it computes something: a part of what is put
/// together is one of a pad.
pub fn name_of(graph: &Graph, n: NodeId) -> Option<&'static str> {
    if in_place::begun(graph, n) { Some("pad") } else { name(&graph.node(n).kind) }
}

/// Which old version is copied, and for what.
fn copied(plan: &Plan, copy: OldVersion, who: Option<String>) -> String {
    // An update is a pad or places taken by index by now: it was written as one all the same.
    let update = match stands_for(plan, copy.of).map(|n| &plan.graph.node(n).kind) {
        Some(Kind::Library(op)) => op.name(),
        Some(_) | None => "set",
    };
    let who = who.or_else(|| copy.names_reader().then(|| reader(plan, copy.by).map(str::to_string))?);
    let who = who.map_or(String::new(), |who| format!(": {who}"));
    format!("  copies what {update} leaves of the old version, because {}{who}\n", copy.why)
}

/// The name of what a node of the given graph computes, as far as it is still there.
pub fn reader(plan: &Plan, node: NodeId) -> Option<&'static str> {
    stands_for(plan, node).and_then(|n| name_of(&plan.graph, n))
}

/// What is computed for a node of the given graph.
fn stands_for(plan: &Plan, node: NodeId) -> Option<NodeId> {
    plan.graph.nodes().find(|n| plan.origins[n.index()] == node)
}

fn origin(graph: &Graph, n: NodeId) -> String {
    name_of(graph, n).map_or(String::new(), |name| format!(", the result of {name}"))
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

/// A number as people say it: exact up to 9999, in thousands, millions, ... beyond.
pub fn amount(n: u64) -> String {
    if n < 10_000 {
        return n.to_string();
    }
    let mut value = n as f64 / 1e3;
    for unit in ["thousand", "million", "billion"] {
        // 999.95 and more would be printed as 1000.0.
        if value < 999.95 {
            return format!("{value:.1} {unit}");
        }
        value /= 1e3;
    }
    format!("{value:.1} trillion")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_at_a_glance() {
        let said = [0, 9999, 10_000, 999_949, 999_950, 3_355_443_200, u64::MAX].map(amount);
        let expected = [
            "0",
            "9999",
            "10.0 thousand",
            "999.9 thousand",
            "1.0 million",
            "3.4 billion",
            "18446744.1 trillion",
        ];
        assert_eq!(said, expected);
        assert_eq!([bytes(512), bytes(1536), bytes(3 << 30)], ["512 B", "1.5 KiB", "3.0 GiB"]);
    }

    #[test]
    fn work_is_said_in_all_and_at_each_point() {
        let said = |points, operations| computed(Work { points, operations });
        assert_eq!(said(7, 0), "nothing: it only moves elements");
        assert_eq!(said(1, 1), "1 machine operation");
        assert_eq!(said(1000, 5000), "5000 machine operations, 5 at each of 1000 points");
        assert_eq!(
            said(100_000, 250_000),
            "250.0 thousand machine operations, 2.5 at each of 100.0 thousand points"
        );
    }
}
