//! Function objects whose calls skip the building of expressions.
//!
//! [`compile`] wraps a function from arrays to an array. Its first call for some shapes and types
//! traces the function, once, on arrays that stand for the arguments; later calls with the same shapes
//! and types bind the data to the plan that came of it and run. A function that reads values while it is
//! traced (what it returns may depend on them) is called each time.

use crate::array::Array;
use crate::capture::Capture;
use crate::config::{self, Config};
use crate::error::Error;
use crate::eval::{self, Planned};
use crate::lazy::Lazy;
use numfuse_ir::dtype::DType;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::shape::Shape;
use numfuse_ir::target::Vectors;
use numfuse_runtime::{Buffer, Device, fork};
use smallvec::SmallVec;
use std::collections::VecDeque;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, RwLock};

/// The most combinations of shapes, types and settings that a function object keeps plans for.
const MOST_TRACES: usize = 256;

/// A function of arrays that is planned once for each combination of shapes and types; made by
/// [`compile`].
pub struct Compiled<F> {
    function: F,
    /// The latest, the newest last.
    traces: RwLock<VecDeque<Arc<Trace>>>,
}

/// What a call for certain shapes and types came to.
struct Trace {
    arguments: Vec<Given>,
    /// The settings that its plan depends on: those of the call.
    settings: Settings,
    planned: Arc<Planned>,
    /// Where the data of each leaf of the plan comes from.
    leaves: Vec<Source>,
    /// The leaves are the arguments, one by one: their data need not be looked up.
    in_order: bool,
    /// The numbers that the function used.
    scalars: Vec<Scalar>,
    /// The function's lines, by the nodes of the graph that the plan was made for.
    lines: Vec<&'static Location<'static>>,
    result: (Shape, DType),
}

/// What is known of an argument: its shape, its type and where it lies.
type Given = (Shape, DType, Device);

/// Whether operations are fused, and rounded together, which vectors code uses, and where new arrays lie.
type Settings = (bool, bool, Option<Vectors>, Device);

fn settings(config: &Config) -> Settings {
    (config.fuse, config.fast_math, config.vectors, config.device)
}

/// Whether results are only to be computed: not checked, timed, or interpreted.
fn is_plain(config: &Config) -> bool {
    !(config.interp || config.check || config.profile || config.log.time || config.budget.is_some())
}

type Buffers = SmallVec<[Buffer; 4]>;

enum Source {
    Argument(usize),
    /// An array that the function holds itself.
    Held(Buffer),
}

/// A function object for `function`, whose calls skip the building of its expression.
///
/// The function must depend on its arguments alone: what else it reads (numbers, arrays, the
/// environment) is looked at when it is traced, once for each combination of shapes and types, of which
/// the latest 256 are kept. Where it reads values that its arguments decide on (a mask as an index,
/// [`nonzero`](Array::nonzero), [`item`](Array::item)), and while evaluations are checked, timed or
/// interpreted, it is called each time.
///
/// ```
/// use numfuse::{compile, prelude::*};
///
/// let distance = compile(|x| ((&x[0] - &x[1]) * (&x[0] - &x[1])).sum(..).sqrt());
/// let a = Array::from(vec![1.0f32, 2.0, 3.0]);
/// let b = Array::from(vec![1.0f32, 5.0, 7.0]);
/// assert_eq!(distance.call(&[&a, &b])?.item::<f32>()?, 5.0);
/// # Ok::<(), numfuse::Error>(())
/// ```
pub fn compile<F: Fn(&[Array]) -> Array>(function: F) -> Compiled<F> {
    Compiled { function, traces: RwLock::new(VecDeque::new()) }
}

impl<F: Fn(&[Array]) -> Array> Compiled<F> {
    /// The function's result for these arguments, computed; arguments that are pending are
    /// evaluated first.
    ///
    /// # Errors
    /// The error that an argument or the function's result carries, or what an evaluation may fail
    /// for.
    #[track_caller]
    pub fn call(&self, arguments: &[&Array]) -> Result<Array, Error> {
        arguments.iter().try_for_each(|array| array.check())?;
        let config = config::current();
        // One section for all that is locked when the data and the trace are there.
        let section = fork::section();
        let buffers: Option<Buffers> = arguments.iter().map(|array| array.0.buffer()).collect();
        let known = buffers.as_ref().and_then(|buffers| self.known(arguments, buffers, settings(&config)));
        drop(section);
        let (buffers, known) = match buffers {
            Some(buffers) => (buffers, known),
            None => {
                let computed = arguments.iter().map(|array| Ok(eval::ready_there(array)?.buffer));
                let buffers = computed.collect::<Result<Buffers, Error>>()?;
                let known = self.known(arguments, &buffers, settings(&config));
                (buffers, known)
            }
        };
        match known {
            Some(trace) if is_plain(&config) => trace.run(buffers, &config, Location::caller()),
            _ => self.trace(arguments, &buffers, &config),
        }
    }

    fn known(&self, arguments: &[&Array], buffers: &[Buffer], settings: Settings) -> Option<Arc<Trace>> {
        let same = |trace: &&Arc<Trace>| {
            let given = arguments.iter().zip(buffers);
            let mut both = trace.arguments.iter().zip(given);
            trace.settings == settings
                && trace.arguments.len() == arguments.len()
                && both.all(|((shape, dtype, device), (array, buffer))| {
                    let node = &array.0.node;
                    *shape == node.shape && *dtype == node.dtype && *device == buffer.device()
                })
        };
        fork::read(&self.traces).iter().find(same).cloned()
    }

    /// Calls the function on arrays that stand for the arguments, and keeps what came of it.
    #[track_caller]
    fn trace(&self, arguments: &[&Array], buffers: &[Buffer], config: &Config) -> Result<Array, Error> {
        let describe =
            |(a, buffer): (&&Array, &Buffer)| (a.0.node.shape.clone(), a.0.node.dtype, buffer.device());
        let given: Vec<Given> = arguments.iter().zip(buffers).map(describe).collect();
        let read = Arc::new(AtomicBool::new(false));
        let stand_in = |((shape, dtype, _), buffer): (&Given, &Buffer)| {
            Lazy::stand_in(buffer.clone(), shape.clone(), *dtype, read.clone())
        };
        let stand_ins: Vec<Array> = given.iter().zip(buffers).map(stand_in).collect();
        // Whatever its length, the function is one expression.
        let result = config::with(|config| config.pending = usize::MAX, || (self.function)(&stand_ins));
        result.check()?;
        if read.load(Relaxed) || !is_plain(config) {
            // What came of these values is not what comes of others.
            result.eval()?;
            return Ok(result);
        }
        let Some((capture, planned)) = eval::captured(&result)? else { return Ok(result) };
        let trace = Trace::of(given, settings(config), &stand_ins, capture, planned, &result);
        result.eval()?;
        let mut traces = fork::write(&self.traces);
        traces.push_back(Arc::new(trace));
        let oldest = if traces.len() > MOST_TRACES { traces.pop_front() } else { None };
        drop(traces);
        drop(oldest);
        Ok(result)
    }
}

impl Trace {
    fn of(
        arguments: Vec<Given>,
        settings: Settings,
        stand_ins: &[Array],
        capture: Capture,
        planned: Arc<Planned>,
        result: &Array,
    ) -> Trace {
        let source = |(leaf, buffer): (&Array, &Buffer)| {
            let argument = stand_ins.iter().position(|s| Arc::ptr_eq(&s.0, &leaf.0));
            argument.map_or_else(|| Source::Held(buffer.clone()), Source::Argument)
        };
        let leaves: Vec<Source> = capture.leaf_arrays().zip(&capture.leaves).map(source).collect();
        let in_place = |(i, leaf): (usize, &Source)| matches!(leaf, Source::Argument(a) if *a == i);
        let in_order = leaves.len() == arguments.len() && leaves.iter().enumerate().all(in_place);
        let result = (result.0.node.shape.clone(), result.0.node.dtype);
        let lines = capture.graph().1;
        Trace { arguments, settings, planned, leaves, in_order, scalars: capture.scalars, lines, result }
    }

    fn run(
        &self,
        arguments: Buffers,
        config: &Config,
        caller: &'static Location<'static>,
    ) -> Result<Array, Error> {
        let data = |source: &Source| match source {
            Source::Argument(i) => arguments[*i].clone(),
            Source::Held(buffer) => buffer.clone(),
        };
        let leaves = if self.in_order { arguments } else { self.leaves.iter().map(data).collect() };
        let Trace { planned, scalars, lines, result, .. } = self;
        let buffer = eval::run_one(planned, &leaves, scalars, result, lines, config, caller)?;
        Ok(Lazy::computed(buffer, self.result.0.clone(), self.result.1, planned.clone()))
    }
}
