//! What holds the bytes of each slot while a plan is run, on any device.

use super::prepared::PreparedStep;
use crate::buffer::Buffer;
use numfuse_ir::schedule::{Place, Plan};
use smallvec::SmallVec;

/// The memory of the slots that are alive: a slot lives from the step that writes it to the last one
/// that reads it. `B` is a block of the device's memory.
pub(crate) struct Slots<B>(SmallVec<[Option<Held<B>>; 8]>);

/// What holds the bytes of a slot.
enum Held<B> {
    /// A block of its own.
    Block(B),
    /// A leaf that is written over, by its number.
    Leaf(u32),
}

/// What holds the bytes of an output.
#[derive(Clone)]
pub(crate) enum Output {
    Buffer(Buffer),
    /// A leaf that was written over.
    Leaf(u32),
}

/// Where bytes are: in a leaf, or in a block.
pub(crate) enum Bytes<'a, B> {
    Leaf(u32),
    Block(&'a B),
}

impl<B> Slots<B> {
    /// No slot is alive.
    pub(crate) fn new(plan: &Plan) -> Slots<B> {
        let mut slots = SmallVec::new();
        slots.resize_with(plan.slots.len(), || None);
        Slots(slots)
    }

    /// Before a step: what it writes gets memory.
    pub(crate) fn begin<E>(
        &mut self,
        step: &PreparedStep,
        mut allocate: impl FnMut(usize) -> Result<B, E>,
    ) -> Result<(), E> {
        for &slot in &step.born {
            self.0[slot] = Some(Held::Block(allocate(slot)?));
        }
        Ok(())
    }

    /// After it: what it wrote over something has that memory, and what nobody reads later has none.
    pub(crate) fn end(&mut self, step: &PreparedStep) {
        for &(place, slot) in &step.takes {
            self.0[slot] = match place {
                Place::Leaf(leaf) => Some(Held::Leaf(leaf)),
                Place::Slot(before) => self.0[before as usize].take(),
            };
        }
        for &slot in &step.dies {
            self.0[slot] = None;
        }
    }

    /// Where the bytes of a place are.
    pub(crate) fn find(&self, plan: &Plan, place: Place) -> Bytes<'_, B> {
        match place {
            Place::Leaf(leaf) => Bytes::Leaf(leaf),
            Place::Slot(slot) => match (&self.0[slot as usize], plan.slots[slot as usize].over) {
                (Some(Held::Block(block)), _) => Bytes::Block(block),
                (Some(Held::Leaf(leaf)), _) => Bytes::Leaf(*leaf),
                // While the step runs that writes it over something.
                (None, Some(over)) => self.find(plan, over),
                (None, None) => unreachable!(
                    "slots are written before they are read, and live to the last step that reads them"
                ),
            },
        }
    }

    /// The results, in the order asked for; one that is asked for twice is shared. All steps have run.
    pub(crate) fn outputs(
        mut self,
        plan: &Plan,
        leaves: &[Buffer],
        buffer: impl Fn(B) -> Buffer,
    ) -> Vec<Output> {
        let mut outputs: Vec<Output> = Vec::with_capacity(plan.outputs.len());
        for place in &plan.outputs {
            let output = match *place {
                Place::Leaf(leaf) => Output::Buffer(leaves[leaf as usize].clone()),
                Place::Slot(slot) => match self.0[slot as usize].take() {
                    Some(Held::Block(block)) => Output::Buffer(buffer(block)),
                    Some(Held::Leaf(leaf)) => Output::Leaf(leaf),
                    None => {
                        let earlier = plan.outputs.iter().position(|p| p == place);
                        outputs[earlier.expect("a slot taken before is an output before")].clone()
                    }
                },
            };
            outputs.push(output);
        }
        outputs
    }
}
