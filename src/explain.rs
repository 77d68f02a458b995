//! Seeing what an expression became: graph, plan and kernels as text, the plan as numbers.

use crate::array::Array;
use crate::budget::{Cut, Way};
use crate::capture::Capture;
use crate::error::{Cause, Error};
use crate::eval::{self, Planned, Profiled};
use numfuse_codegen::Mapping;
use numfuse_ir::graph::print::{dot, excerpt};
use numfuse_ir::graph::{Graph, Kind, Node, NodeId};
use numfuse_ir::kernel::Kernel;
use numfuse_ir::schedule::{Copied, LibraryJob, OldVersion, Plan, Step, explain};
use numfuse_ir::target::Vectors;
use numfuse_runtime::cpu::bandwidth::Bandwidth;
use numfuse_runtime::cuda::Gpu;
use numfuse_runtime::exec::{PreparedPart, Workspace};
use numfuse_runtime::profile::StepTime;
use numfuse_runtime::{Prepared, library};
use std::panic::Location;
use std::time::Duration;

/// What prints a kernel's code.
type Print = fn(&Kernel, Mapping, Vectors) -> Result<String, numfuse_codegen::Error>;

/// What computing an array takes, in numbers: what performance tests can assert on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many kernels run.
    pub kernels: usize,
    /// How many operations are handed to a library.
    pub library_calls: usize,
    /// Bytes that they read and write.
    pub bytes_moved: u64,
    /// The most bytes that intermediate results and outputs take at once: exactly those that are asked for.
    pub peak_bytes: u64,
    /// The most bytes that one step takes to work with while it runs: parts of long sums, lists of what is
    /// written by index, and at most what a library packs for itself on all threads together.
    pub workspace_bytes: u64,
    /// The most bytes at once with all of that, in blocks of the sizes that memory is handed out in: what
    /// [a budget](crate::config::Config::budget) is held against.
    pub needed_bytes: u64,
    /// In how many slabs it is computed under its budget; 1 for as a whole.
    pub slabs: usize,
    /// How many array operations there are: what an eager library would have run.
    pub operations: usize,
    /// Machine operations that the kernels make on elements, counted from their instructions:
    /// arithmetic, comparisons, choices and conversions of floats and integers alike, each counted
    /// as one, and functions as what they expand to. Addresses, loads and stores are not counted.
    pub flops: u64,
}

/// Seeing what an expression became.
impl Array {
    /// How the array is or was computed, from the graph over the plan to the kernels: the operations on
    /// whole arrays, one line a node as in [`graph`](Array::graph) (of a long graph the first and the last);
    /// how few kernels they became; of each kernel what it moves and computes, why each result that lies in
    /// memory does, its loops, and the lines that it was written at. Computes nothing.
    ///
    /// In the graph a `leaf` is an array that was given, a `scalar` a plain number that may be another the next
    /// time, a `const` one that the kernels know, and an `expand` what broadcasting does.
    ///
    /// Of an array that was evaluated while [`set_profiling`](crate::set_profiling) was on it also
    /// says how long each kernel took, memory and launch included, and how near that is to what the
    /// machine's memory gives, which the first such call measures in a few hundredths of a second.
    /// Of an array that carries an error the text is that error.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = ones([100, 100], F32);
    /// let text = (&x * 2.0 - x.mean(..)).explain();
    /// let at = |what| text.find(what).expect("it is said");
    /// assert!(at("graph: ") < at("plan: ") && at("plan: ") < at("kernel 1: "));
    /// ```
    pub fn explain(&self) -> String {
        match eval::profiled(self) {
            Err(error) => error.to_string(),
            Ok(Profiled { planned: None, .. }) => {
                let (dtype, shape) = self.description();
                format!("given data: {dtype} {shape}; nothing is computed\n")
            }
            Ok(Profiled { planned: Some(planned), profile, capture }) => {
                let times = profile.map_or(Vec::new(), |profile| profile.steps());
                let graph = drawing(&planned.plan().graph);
                // A plan serves all expressions of its form: the lines are those of this one.
                let lines = capture.as_ref().map(|capture| capture.graph().1);
                let lines = lines.unwrap_or_else(|| planned.lines.clone());
                let seen = Seen { planned: &planned, capture: capture.as_ref(), lines };
                let who = |copy: &OldVersion| seen.needs(copy);
                let whole = || format!("plan: {}", seen.steps(&planned.prepared, &times, |n| n, who));
                let plan = match &planned.way {
                    Way::Whole => whole(),
                    Way::Refused(refusal) => format!("{}\n\n{}", Cause::Budget(refusal.clone()), whole()),
                    Way::Slabs(cut) => seen.slabs(cut),
                };
                format!("{graph}\n{plan}")
            }
        }
    }

    /// The graph that is computed, cleaned up, one line a node: what [`explain`](Array::explain)
    /// tells of as kernels. Computes nothing.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from([[1.0f32, 2.0], [3.0, 4.0]]);
    /// let text = "%0 = leaf 0 : f32[2,2]\n%1 = sqrt %0 : f32[2,2]\n%2 = sum axes 1 %1 : f32[2]\nout %2\n";
    /// assert_eq!(x.sqrt().sum(1).graph()?, text);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    ///
    /// # Errors
    /// The error that the array carries.
    pub fn graph(&self) -> Result<String, Error> {
        self.drawn(Graph::to_string)
    }

    /// The same graph in Graphviz's language, to be drawn with `dot -Tsvg`: operations in boxes with
    /// their type and shape, results in double boxes. Computes nothing.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = ones([2, 3], F32);
    /// let picture = ((&x + 1) / x.sum(..)).to_dot()?;
    /// assert!(picture.starts_with("digraph {"));
    /// assert!(picture.contains("divide\\nf32[2,3]"));
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    ///
    /// # Errors
    /// The error that the array carries.
    pub fn to_dot(&self) -> Result<String, Error> {
        self.drawn(dot)
    }

    fn drawn(&self, draw: impl Fn(&Graph) -> String) -> Result<String, Error> {
        if let Some(planned) = eval::planned(self)? {
            return Ok(draw(&planned.plan().graph));
        }
        // Given data, or nothing to compute: the graph is the array itself.
        let mut graph = Graph::new();
        let (dtype, shape) = self.description();
        let leaf = graph.insert(Node { kind: Kind::Leaf(0), shape, dtype }, &[]);
        graph.add_output(leaf);
        Ok(draw(&graph))
    }

    /// Cranelift's text of each kernel. Computes nothing.
    ///
    /// # Errors
    /// The error that the array carries, or that a kernel cannot be compiled.
    #[track_caller]
    pub fn clif(&self) -> Result<String, Error> {
        self.printed("clif", |kernel, mapping, _| numfuse_codegen::cpu::clif(kernel, mapping))
    }

    /// The machine code of each kernel, disassembled: for an x86-64 with AVX-512 where this is one and
    /// [`Config::vectors`](crate::config::Config::vectors) does not say otherwise, else with AVX2.
    /// Computes nothing.
    ///
    /// # Errors
    /// The error that the array carries, or that a kernel cannot be compiled.
    #[track_caller]
    pub fn asm(&self) -> Result<String, Error> {
        self.printed("asm", numfuse_codegen::disassemble)
    }

    #[track_caller]
    fn printed(&self, op: &'static str, print: Print) -> Result<String, Error> {
        let Some(planned) = eval::planned(self)? else { return Ok(String::new()) };
        let steps = planned.plan().steps.iter().enumerate();
        let vectors = planned.prepared.target().vectors;
        let kernels = steps.filter_map(|(i, step)| step.kernel().zip(planned.prepared.mapping(i)));
        let texts = kernels.map(|(job, mapping)| print(&job.kernel, mapping, vectors));
        let texts: Result<Vec<String>, numfuse_codegen::Error> = texts.collect();
        match texts {
            Ok(texts) => Ok(texts.join("\n")),
            Err(error) => {
                let cause = Cause::Evaluation(error.into());
                Err(Error::new(cause, op, vec![self.description()], Location::caller()))
            }
        }
    }

    /// The plan in numbers. Computes nothing.
    ///
    /// ```
    /// use numfuse::prelude::*;
    ///
    /// let x = Array::from(vec![1.0f32; 1000]);
    /// let y = (&x * 2.0 + 1.0).sqrt();
    /// assert_eq!(y.plan()?.kernels, 1);
    /// assert_eq!(y.plan()?.bytes_moved, 8000);
    /// # Ok::<(), numfuse::Error>(())
    /// ```
    ///
    /// # Errors
    /// The error that the array carries.
    pub fn plan(&self) -> Result<Summary, Error> {
        let Some(planned) = eval::planned(self)? else { return Ok(Summary::default()) };
        let summary = Summary::of(&planned.prepared);
        Ok(match &planned.way {
            Way::Whole | Way::Refused(_) => summary,
            Way::Slabs(cut) => {
                let parts = cut.parts().map(|part| Summary::of(&part.prepared));
                let sum = parts.fold(Summary::default(), |sum, part| Summary {
                    kernels: sum.kernels + part.kernels,
                    library_calls: sum.library_calls + part.library_calls,
                    bytes_moved: sum.bytes_moved + part.bytes_moved,
                    workspace_bytes: sum.workspace_bytes.max(part.workspace_bytes),
                    flops: sum.flops.saturating_add(part.flops),
                    ..sum
                });
                let (peak_bytes, needed_bytes, slabs) = (cut.peak, cut.needed, cut.slabs.parts().1.len());
                Summary { peak_bytes, needed_bytes, slabs, operations: summary.operations, ..sum }
            }
        })
    }
}

impl Summary {
    fn of(prepared: &Prepared) -> Summary {
        let plan = prepared.plan();
        Summary {
            kernels: plan.kernels(),
            library_calls: plan.library_calls(),
            bytes_moved: plan.bytes_moved(),
            peak_bytes: plan.peak_bytes(),
            workspace_bytes: prepared.workspace_bytes(),
            needed_bytes: prepared.needed_bytes(),
            slabs: 1,
            operations: plan.operations,
            flops: plan.flops(),
        }
    }
}

/// The most nodes of a graph that an explanation shows.
const SHOWN: usize = 40;

/// The graph of a plan, as far as somebody would read it.
fn drawing(graph: &Graph) -> String {
    let count = |is: fn(&Kind) -> bool| graph.nodes().filter(|n| is(&graph.node(*n).kind)).count();
    let given = count(|kind| matches!(kind, Kind::Leaf(_)));
    let computing = count(|kind| explain::name(kind).is_some());
    let mut text =
        format!("graph: {} nodes after clean-up, {given} given and {computing} computing\n", graph.len());
    for line in excerpt(graph, SHOWN).lines() {
        text += &format!("  {line}\n");
    }
    if graph.len() > SHOWN {
        text += "  (graph() gives all of it)\n";
    }
    text
}

/// A plan and the expression that it is looked at for.
struct Seen<'a> {
    planned: &'a Planned,
    /// The expression, while it is pending.
    capture: Option<&'a Capture>,
    /// The user's line of each of its nodes.
    lines: Vec<&'static Location<'static>>,
}

impl Seen<'_> {
    /// A plan that is run, step by step; `origin` says what a node of its graph is in the whole one, and `who`
    /// what an old version is copied for.
    fn steps(
        &self,
        prepared: &Prepared,
        times: &[StepTime],
        origin: impl Fn(NodeId) -> NodeId,
        who: impl Fn(&OldVersion) -> Option<String>,
    ) -> String {
        let gpu = prepared.gpu();
        let note = |i: usize| {
            let step = &prepared.plan().steps[i];
            let handed = step.library().map(|job| handed_to(job, gpu.is_some()));
            let laid = laid(prepared, i);
            let workspace = workspace(prepared.workspace(i));
            let took = times.get(i).map(|time| took(step, time.least, gpu));
            let notes = handed.into_iter().chain(laid).chain(workspace).chain(took);
            notes.reduce(|a, b| format!("{a}\n  {b}"))
        };
        let text = explain::explain_with(prepared.plan(), prepared.workspace_bytes(), note, who);
        text + &self.written(prepared.plan(), origin)
    }

    /// What is computed before the slabs, and the first of them, which all others are like.
    fn slabs(&self, cut: &Cut) -> String {
        let part =
            |part: &PreparedPart| self.steps(&part.prepared, &[], |n| part.origins[n.index()], |_| None);
        let (first, slabs) = cut.slabs.parts();
        let before = first.map_or(String::new(), |first| format!("\nbefore the slabs: {}", part(first)));
        format!("{}{before}\nslab 1 of {}: {}", cut.text, slabs.len(), part(&slabs[0]))
    }

    /// The user's lines that each kernel computes.
    fn written(&self, plan: &Plan, origin: impl Fn(NodeId) -> NodeId) -> String {
        let mut text = String::new();
        let origins = &self.planned.plan().origins;
        for (i, step) in plan.steps.iter().enumerate() {
            let line = |n: &NodeId| self.lines.get(origins[origin(*n).index()].index());
            let mut lines: Vec<_> = step.nodes.iter().filter_map(line).collect();
            lines.sort_unstable_by_key(|line| (line.file(), line.line(), line.column()));
            lines.dedup();
            let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
            text += &format!("\n{} was written at {}\n", explain::title(step, i), lines.join(", "));
        }
        text
    }

    /// What needs an old version that is copied: operations by name and line, or handles.
    fn needs(&self, copy: &OldVersion) -> Option<String> {
        let line = self.lines.get(copy.by.index())?;
        match copy.why {
            Copied::Read | Copied::Neighbours => {
                let name = explain::reader(self.planned.plan(), copy.by);
                Some(name.map_or(format!("at {line}"), |name| format!("by {name} at {line}")))
            }
            Copied::Shared => {
                let made = format!("it was made at {line}");
                let holders = self.capture.map(|capture| capture.holders(copy.by));
                Some(holders.map_or(made.clone(), |holders| format!("{} ({made})", holders.join(", "))))
            }
            Copied::Foreign | Copied::Output => Some(format!("it was made at {line}")),
            Copied::Failing => None,
        }
    }
}

/// What a step takes to work with, if anything.
fn workspace(workspace: Workspace) -> Option<String> {
    let Workspace { scratch, packed } = workspace;
    let scratch = (scratch > 0).then(|| format!("takes {} to work with", explain::bytes(scratch as u64)));
    let packed =
        (packed > 0).then(|| format!("packs up to {} on its threads", explain::bytes(packed as u64)));
    scratch.or(packed)
}

/// Who computes a library op.
fn handed_to(job: &LibraryJob, on_gpu: bool) -> String {
    if on_gpu {
        return match library::provider_on_gpu(job) {
            Some(provider) => format!("handed to {provider}"),
            None => "computed on the host: what it reads goes there, and its result comes back".to_string(),
        };
    }
    match library::provider(job.op) {
        Some(provider) => format!("handed to the crate {provider}"),
        None => "written by index, each place in the order of its sources".to_string(),
    }
}

/// How a kernel lies over lanes, and in which vectors.
fn laid(prepared: &Prepared, i: usize) -> Option<String> {
    let (job, mapping) = prepared.plan().steps[i].kernel().zip(prepared.mapping(i))?;
    if prepared.gpu().is_some() {
        let module = prepared.module(i);
        let launched = module.zip(module.and_then(|module| module.resources().ok()));
        let launched = launched.map_or(String::new(), |(module, used)| {
            let ([blocks, threads], launch) = (module.grid(prepared.launch(i)), prepared.launch(i));
            let shared = used.shared as usize + launch.shared_bytes;
            format!(
                ", in {blocks} blocks of {threads} threads: {} registers and {} bytes of local memory a thread, {shared} \
                 bytes of shared memory a block",
                used.registers, used.local
            )
        });
        return Some(format!("lies {mapping} of a GPU{launched}"));
    }
    let asked = prepared.target().vectors;
    let (vectors, why) = numfuse_codegen::vectors(&job.kernel, mapping, asked);
    let why = why.map_or(String::new(), |why| format!(" ({why})"));
    Some(format!("lies {mapping}, in vectors of {} bits{why}", 8 * vectors.bytes()))
}

/// How long a kernel took, held against what memory gives.
fn took(step: &Step, time: Duration, gpu: Option<&'static Gpu>) -> String {
    let (bytes, seconds) = (step.bytes_read + step.bytes_written, time.as_secs_f64().max(1e-9));
    let rate = |count: u64, seconds: f64| count as f64 / seconds / 1e9;
    let operations = explain::amount((step.work().operations as f64 / seconds) as u64);
    let mut text = format!("took {time:.1?}: {operations} operations/s, {:.1} GB/s", rate(bytes, seconds));
    let ceiling = match gpu {
        Some(gpu) => gpu.usual_bandwidth().map(|rate| bytes as f64 / rate),
        None => Bandwidth::measured().map(|memory| memory.seconds(step.bytes_read, step.bytes_written)),
    };
    if let Some(least) = ceiling.filter(|_| bytes > 0) {
        let given = rate(bytes, least);
        // What goes beyond memory by more than measurements differ did not come from there.
        text += &match least / seconds {
            share if share <= 1.2 => {
                format!(", {:.0} % of what memory gives ({given:.1} GB/s)", 100.0 * share)
            }
            _ => format!(", from caches (memory gives {given:.1} GB/s)"),
        };
    }
    text
}
