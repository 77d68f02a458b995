//! Lazy nodes: what an array is before and after its values exist.
//!
//! A [`Lazy`] holds what it computes, from which arrays, and who asked for it. Once evaluated it
//! holds the data instead and forgets its inputs, so that memory is that of what the user can
//! still reach. `capture.rs` reads what is pending.
//!
//! Nothing here recurses over the expression, not even `Drop`.

use crate::array::Array;
use crate::config;
use crate::error::{Cause, Error};
use crate::eval::Planned;
use crate::pending::{self, Waiting};
use crate::readers::Readers;
use crate::why::Recipe;
use numfuse_ir::dtype::DType;
use numfuse_ir::error::Error as Mistake;
use numfuse_ir::graph::build::{self as nodes, Build};
use numfuse_ir::graph::{Kind, Node};
use numfuse_ir::ops::Op;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::shape::Shape;
use numfuse_runtime::fork::{self, Locked};
use numfuse_runtime::profile::Profile;
use numfuse_runtime::{Buffer, Device};
use smallvec::SmallVec;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The operands of a node.
pub(crate) type Inputs = SmallVec<[Array; 3]>;

/// What an [`Array`] is a handle of.
pub(crate) struct Lazy {
    /// What is computed, of which shape and type. Of a failed array the shape is meaningless.
    pub(crate) node: Node,
    /// The user's line.
    pub(crate) caller: &'static Location<'static>,
    /// What went wrong, here or further up.
    pub(crate) error: Option<Error>,
    /// How much waits for this node to be computed.
    pub(crate) waiting: Waiting,
    /// Who reads it, once it has its values.
    pub(crate) readers: Readers,
    /// Where it lies or will be computed.
    place: Placed,
    state: Mutex<State>,
}

/// A device, or none yet: that of the first data that an expression is of.
struct Placed(AtomicU32);

impl Placed {
    fn new(device: Option<Device>) -> Placed {
        Placed(AtomicU32::new(match device {
            None => 0,
            Some(Device::Cpu) => 1,
            Some(Device::Cuda(ordinal)) => 2 + ordinal,
        }))
    }

    fn get(&self) -> Option<Device> {
        match self.0.load(Relaxed) {
            0 => None,
            1 => Some(Device::Cpu),
            n => Some(Device::Cuda(n - 2)),
        }
    }

    fn settle(&self, device: Device) {
        if self.get().is_none() {
            self.0.store(Placed::new(Some(device)).0.into_inner(), Relaxed);
        }
    }
}

/// What a node holds.
#[derive(Clone)]
pub(crate) enum State {
    /// What it will be computed from.
    Pending(Inputs),
    /// The same, while an evaluation that may write over what it reads has it for itself; and the
    /// [generation](fork::generation) of that evaluation.
    Claimed(Inputs, usize),
    /// The array whose elements are to be copied to where this one lies.
    Moving(Array),
    /// A plain number, given to kernels at run time: its plan serves every other number.
    Number(Scalar),
    /// Its values.
    Ready(Ready),
    /// Data that stands for an argument while a function is traced, and whether anybody has read it.
    StandIn(Ready, Arc<AtomicBool>),
}

impl State {
    /// The values, if they are there; of a stand-in it is noted that they were read.
    pub(crate) fn read(&self) -> Option<&Ready> {
        match self {
            State::Ready(ready) => Some(ready),
            State::StandIn(ready, read) => {
                read.store(true, Relaxed);
                Some(ready)
            }
            State::Pending(_) | State::Claimed(..) | State::Moving(_) | State::Number(_) => None,
        }
    }

    /// Where what is in this state lies or will be computed, as far as that is known.
    fn device(&self) -> Option<Device> {
        match self {
            State::Pending(inputs) | State::Claimed(inputs, _) => inputs.iter().find_map(|i| i.0.device()),
            // What has no elements lies anywhere.
            State::Ready(ready) | State::StandIn(ready, _) if ready.buffer.is_empty() => None,
            State::Ready(ready) | State::StandIn(ready, _) => Some(ready.buffer.device()),
            State::Moving(_) | State::Number(_) => None,
        }
    }
}

/// The values of an evaluated node, row-major.
#[derive(Clone)]
pub(crate) struct Ready {
    /// The elements.
    pub(crate) buffer: Buffer,
    /// How they were computed, for `explain()`; `None` of data that was given.
    pub(crate) planned: Option<Arc<Planned>>,
    /// How long each kernel took, if that was asked for.
    pub(crate) profile: Option<Arc<Profile>>,
    /// Of what they were computed, and which output of that they are, for `why`.
    pub(crate) recipe: Option<(Arc<Recipe>, u32)>,
}

impl Ready {
    /// Data that is given, not computed.
    pub(crate) fn given(buffer: Buffer) -> Ready {
        Ready { buffer, planned: None, profile: None, recipe: None }
    }
}

impl Lazy {
    fn handle(node: Node, state: State, caller: &'static Location<'static>) -> Array {
        let device = state.device();
        Lazy::on(device, node, state, caller)
    }

    fn on(device: Option<Device>, node: Node, state: State, caller: &'static Location<'static>) -> Array {
        let (waiting, place) = (Waiting::of(&state), Placed::new(device));
        let read: Inputs = match &state {
            State::Pending(inputs) => inputs.iter().filter(|i| i.0.waiting.is_nothing()).cloned().collect(),
            State::Claimed(..) | State::Moving(_) | State::Number(_) => Inputs::new(),
            State::Ready(_) | State::StandIn(..) => Inputs::new(),
        };
        let (readers, state) = (Readers::default(), Mutex::new(state));
        let array = Array(Arc::new(Lazy { node, caller, error: None, waiting, readers, place, state }));
        read.iter().for_each(|input| input.0.readers.add(&array));
        array
    }

    /// The elements of an array, to be copied to a device when they are needed.
    #[track_caller]
    pub(crate) fn moving(array: Array, device: Device) -> Array {
        let Node { shape, dtype, .. } = &array.0.node;
        let node = Node { kind: Kind::Leaf(0), shape: shape.clone(), dtype: *dtype };
        Lazy::on(Some(device), node, State::Moving(array), Location::caller())
    }

    /// Where it lies or will be computed; `None` of what depends on no data.
    pub(crate) fn device(&self) -> Option<Device> {
        self.place.get()
    }

    /// The array whose elements are to be copied here, if that is how this one comes about.
    pub(crate) fn source(&self) -> Option<Array> {
        match &*self.state() {
            State::Moving(array) => Some(array.clone()),
            State::Pending(_) | State::Claimed(..) => None,
            State::Number(_) | State::Ready(_) | State::StandIn(..) => None,
        }
    }

    /// Data that is given, to lie on the device of the settings.
    #[track_caller]
    pub(crate) fn data(buffer: Buffer, shape: Shape, dtype: DType) -> Array {
        debug_assert_eq!(buffer.len(), shape.size() * dtype.bytes(), "the data fills the shape");
        let node = Node { kind: Kind::Leaf(0), shape, dtype };
        let (caller, device) = (Location::caller(), buffer.device());
        let array = Lazy::handle(node, State::Ready(Ready::given(buffer)), caller);
        match config::current().device {
            wanted if wanted == device || device != Device::Cpu => array,
            wanted => Lazy::moving(array, wanted),
        }
    }

    /// Data that lies on a device, and stays there.
    #[track_caller]
    pub(crate) fn on_device(buffer: Buffer, shape: Shape, dtype: DType) -> Array {
        let node = Node { kind: Kind::Leaf(0), shape, dtype };
        Lazy::handle(node, State::Ready(Ready::given(buffer)), Location::caller())
    }

    /// Data that stands for an argument; `read` becomes true when anybody reads it.
    pub(crate) fn stand_in(buffer: Buffer, shape: Shape, dtype: DType, read: Arc<AtomicBool>) -> Array {
        let node = Node { kind: Kind::Leaf(0), shape, dtype };
        Lazy::handle(node, State::StandIn(Ready::given(buffer), read), Location::caller())
    }

    /// What has been computed by a plan.
    #[track_caller]
    pub(crate) fn computed(buffer: Buffer, shape: Shape, dtype: DType, planned: Arc<Planned>) -> Array {
        let node = Node { kind: Kind::Leaf(0), shape, dtype };
        let ready = Ready { planned: Some(planned), ..Ready::given(buffer) };
        Lazy::handle(node, State::Ready(ready), Location::caller())
    }

    /// An array that carries an error.
    pub(crate) fn failed(error: Error) -> Array {
        let node = Node { kind: Kind::Leaf(0), shape: Shape::scalar(), dtype: DType::F64 };
        let caller = error.location();
        let state = Mutex::new(State::Pending(Inputs::new()));
        let (waiting, place) = (Waiting::default(), Placed::new(None));
        let readers = Readers::default();
        Array(Arc::new(Lazy { node, caller, error: Some(error), waiting, readers, place, state }))
    }

    pub(crate) fn state(&self) -> Locked<MutexGuard<'_, State>> {
        fork::lock(&self.state)
    }

    /// What the node will be computed from, if it has not been.
    pub(crate) fn inputs(&self) -> Option<Inputs> {
        match &*self.state() {
            State::Pending(inputs) => Some(inputs.clone()),
            State::Claimed(..) | State::Moving(_) | State::Number(_) => None,
            State::Ready(_) | State::StandIn(..) => None,
        }
    }

    /// The values, if they have been computed.
    pub(crate) fn ready(&self) -> Option<Ready> {
        self.state().read().cloned()
    }

    /// The elements, if they have been computed.
    pub(crate) fn buffer(&self) -> Option<Buffer> {
        self.state().read().map(|ready| ready.buffer.clone())
    }

    /// Whether the values have been computed.
    pub(crate) fn is_ready(&self) -> bool {
        matches!(&*self.state(), State::Ready(_) | State::StandIn(..))
    }

    /// Keeps the values and forgets what they came from. If another thread was faster its values
    /// stay: they are the same.
    pub(crate) fn detach(&self, ready: Ready) {
        self.waiting.is_over(ready.buffer.len());
        if !ready.buffer.is_empty() {
            self.place.settle(ready.buffer.device());
        }
        let mut state = self.state();
        let before = match &*state {
            State::Ready(_) | State::StandIn(..) => return,
            State::Pending(_) | State::Claimed(..) | State::Moving(_) | State::Number(_) => {
                std::mem::replace(&mut *state, State::Ready(ready))
            }
        };
        // The lock is released first: dropping the inputs may take long.
        drop(state);
        drop(before);
    }

    /// Has what is pending for this evaluation alone: others wait for [`release`](Lazy::release) or for
    /// the values. False if it is not pending, or claimed already.
    pub(crate) fn claim(&self) -> bool {
        let mut state = self.state();
        let State::Pending(inputs) = &mut *state else { return false };
        let inputs = std::mem::take(inputs);
        *state = State::Claimed(inputs, fork::generation());
        true
    }

    /// What was claimed is pending again, unless it has its values by now.
    pub(crate) fn release(&self) {
        let mut state = self.state();
        if let State::Claimed(inputs, _) = &mut *state {
            let inputs = std::mem::take(inputs);
            *state = State::Pending(inputs);
        }
    }

    /// Puts other elements in the place of those that have been computed.
    pub(crate) fn exchange(&self, buffer: Buffer) {
        if let State::Ready(ready) = &mut *self.state() {
            ready.buffer = buffer;
        }
    }

    fn take_inputs(&mut self) -> Inputs {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        match state {
            State::Pending(inputs) | State::Claimed(inputs, _) => std::mem::take(inputs),
            State::Moving(source) => {
                let source = source.clone();
                *state = State::Pending(Inputs::new());
                Inputs::from_iter([source])
            }
            State::Number(_) | State::Ready(_) | State::StandIn(..) => Inputs::new(),
        }
    }
}

impl Drop for Lazy {
    /// Frees what only this node held, however long the chain, with a list instead of the stack.
    fn drop(&mut self) {
        let mut dying = self.take_inputs();
        while let Some(Array(lazy)) = dying.pop() {
            // Whoever gives up the last handle gets the node, also when two threads race.
            if let Some(mut lazy) = Arc::into_inner(lazy) {
                dying.append(&mut lazy.take_inputs());
            }
        }
    }
}

/// Builds lazy nodes through the constructors of the graph language, which check, cast and expand.
pub(crate) struct Builder {
    caller: &'static Location<'static>,
}

impl Build for Builder {
    type Node = Array;

    fn shape<'a>(&'a self, n: &'a Array) -> &'a Shape {
        &n.0.node.shape
    }

    fn dtype(&self, n: &Array) -> DType {
        n.0.node.dtype
    }

    fn known(&self, n: &Array) -> Option<Scalar> {
        nodes::known(&n.0.node)
    }

    fn make(&mut self, node: Node, inputs: &[Array]) -> Array {
        Lazy::handle(node, State::Pending(inputs.into()), self.caller)
    }
}

impl Builder {
    /// A builder of nodes that were asked for at the caller's line.
    #[track_caller]
    pub(crate) fn here() -> Builder {
        Builder { caller: Location::caller() }
    }

    /// A number in its final type: visible to the compiler where rules are known to profit from it,
    /// else given at run time, so that `x * dt` is planned once for all `dt`.
    pub(crate) fn number(&mut self, value: Scalar) -> Array {
        let visible = is_visible(value);
        if value.dtype().is_complex() && !visible {
            // A number of two parts is made of two numbers.
            let parts = [value.real(), value.imaginary()].map(|part| self.number(part));
            return nodes::map(self, Op::Complex, &parts).expect("both parts are floats of one type");
        }
        let (kind, state) = match visible {
            true => (Kind::Const(value), State::Pending(Inputs::new())),
            false => (Kind::Scalar(0), State::Number(value)),
        };
        let node = Node { kind, shape: Shape::scalar(), dtype: value.dtype() };
        Lazy::handle(node, state, self.caller)
    }
}

/// An operand under construction: the user's, which costs nothing to pass around, or a new node.
#[derive(Clone)]
pub(crate) enum Argument<'a> {
    /// An array that somebody holds.
    Held(&'a Array),
    /// A cast, an expand or a number made for this operation.
    New(Array),
}

impl Argument<'_> {
    /// The array, with a reference of its own.
    pub(crate) fn into_array(self) -> Array {
        match self {
            Argument::Held(array) => array.clone(),
            Argument::New(array) => array,
        }
    }

    /// The array.
    pub(crate) fn array(&self) -> &Array {
        match self {
            Argument::Held(array) => array,
            Argument::New(array) => array,
        }
    }
}

/// A [`Builder`] for elementwise operations, whose operands are seldom changed: it counts a
/// reference when a node is made and not at every step on the way.
pub(crate) struct Elementwise<'a, 'b> {
    builder: &'b mut Builder,
    operands: PhantomData<&'a Array>,
}

impl<'b> Elementwise<'_, 'b> {
    /// One that makes nodes as `builder` does.
    pub(crate) fn new(builder: &'b mut Builder) -> Self {
        Elementwise { builder, operands: PhantomData }
    }
}

impl<'a> Build for Elementwise<'a, '_> {
    type Node = Argument<'a>;

    fn shape<'s>(&'s self, n: &'s Argument<'a>) -> &'s Shape {
        &n.array().0.node.shape
    }

    fn dtype(&self, n: &Argument<'a>) -> DType {
        n.array().0.node.dtype
    }

    fn known(&self, n: &Argument<'a>) -> Option<Scalar> {
        nodes::known(&n.array().0.node)
    }

    fn make(&mut self, node: Node, inputs: &[Argument<'a>]) -> Argument<'a> {
        let inputs = inputs.iter().map(|input| input.array().clone()).collect();
        Argument::New(Lazy::handle(node, State::Pending(inputs), self.builder.caller))
    }
}

/// Whether rules may look at a number: 0, ±1, 2, 3, ±0.5, the infinities and NaN, and complex numbers of such
/// parts. Code for a run-time
/// number relies on its being neither a zero nor a NaN.
fn is_visible(value: Scalar) -> bool {
    if value.dtype().is_complex() {
        return is_visible(value.real()) && is_visible(value.imaginary());
    }
    match value.dtype().is_float() {
        true => {
            let x = value.to_f64();
            x.is_nan() || x.is_infinite() || [0.0, 1.0, -1.0, 2.0, 3.0, 0.5, -0.5].contains(&x)
        }
        false => (-1..=3).contains(&value.to_i128()),
    }
}

/// Builds nodes for the operation `op` of `operands`: the first error among these is passed on, a
/// mistake found by `body` makes an array that carries it.
#[track_caller]
pub(crate) fn build<'a>(
    op: &'static str,
    operands: impl IntoIterator<Item = &'a Array> + Clone,
    body: impl FnOnce(&mut Builder) -> Result<Array, Mistake>,
) -> Array {
    if let Some(failed) = operands.clone().into_iter().find(|a| a.0.error.is_some()) {
        return failed.clone();
    }
    let mut builder = Builder::here();
    let built = match apart(operands.clone()) {
        None => body(&mut builder),
        Some(mistake) => Err(mistake),
    };
    match built {
        Ok(array) => {
            pending::bound(&array);
            array
        }
        Err(mistake) => {
            let operands = operands.into_iter().map(|a| (a.0.node.dtype, a.0.node.shape.clone())).collect();
            Lazy::failed(Error::new(Cause::Expression(mistake), op, operands, builder.caller))
        }
    }
}

/// What is wrong with operands that do not lie on one device.
fn apart<'a>(operands: impl IntoIterator<Item = &'a Array>) -> Option<Mistake> {
    let mut devices = operands.into_iter().filter_map(|operand| operand.0.device());
    let first = devices.next()?;
    let other = devices.find(|&device| device != first)?;
    let sentence = format!("operands lie on {first} and on {other}: bring them together with to(device)");
    Some(Mistake::Argument { sentence })
}

/// An array that carries what is wrong with the operands of `op`, a sentence: at the caller's line, which a
/// closure would hide.
#[track_caller]
pub(crate) fn refuse<'a>(
    op: &'static str,
    operands: impl IntoIterator<Item = &'a Array> + Clone,
    sentence: &str,
) -> Array {
    build(op, operands, |_| Err(Mistake::Argument { sentence: sentence.to_string() }))
}
