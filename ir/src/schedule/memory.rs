//! The life of each slot: which step writes it, which reads it last, and what it is written over.
//!
//! A slot may be written over data that no later step reads, where the step that writes it reads each
//! element of these data only at the place at which it writes: the memory of a dying slot, or of a leaf
//! that is this evaluation's alone. Once a leaf is written over, its evaluation must come to its end: no
//! later step may have an index to check or memory to ask for.

use super::{Hold, Job, KernelJob, LibraryJob, Place, Plan, Slot, Step};
use crate::dtype::DType;
use crate::graph::Kind;
use crate::index::{Index, Term};
use crate::kernel::{BufferId, Inst, Role};
use crate::shape::Shape;

/// Fills in the life of each slot from the steps, and what it is written over where that is not known yet.
/// False if a slot cannot be written over what it was to be.
#[must_use]
pub fn assign(plan: &mut Plan, holds: &[Hold]) -> bool {
    let leaves = lives(plan, holds.len());
    let mut taken: Vec<Place> = Vec::new();
    let mut cannot_fail = true;
    for at in (0..plan.steps.len()).rev() {
        for slot in written(&plan.steps[at]) {
            let fits = |place: &Place| {
                !taken.contains(place)
                    && is_last(plan, &leaves, *place, at)
                    && is_ours(*place, holds, cannot_fail)
                    && alike(plan, *place, slot)
                    && reads_where_it_writes(&plan.steps[at], *place, Place::Slot(slot))
            };
            let over = match plan.slots[slot as usize].over {
                Some(place) if !fits(&place) => return false,
                Some(place) => Some(place),
                None => read(&plan.steps[at]).find(fits),
            };
            plan.slots[slot as usize].over = over;
            taken.extend(over);
        }
        cannot_fail &= is_safe(plan, &plan.steps[at]);
    }
    true
}

/// The most that is alive at once, and during which step; see [`Plan::peak_with`].
pub fn peak(
    plan: &Plan,
    room: impl Fn(usize) -> u64,
    workspace: impl Fn(usize) -> u64,
) -> (u64, Option<usize>) {
    let (mut born, mut freed) = (vec![0; plan.steps.len()], vec![0; plan.steps.len()]);
    let taken = plan.taken_over();
    for (at, slot) in plan.slots.iter().enumerate() {
        let bytes = room(slot.bytes());
        if slot.over.is_none() {
            born[slot.written] += bytes;
        }
        let ends = !taken.contains(&Place::Slot(at as u32)) && !plan.lies_in_leaf(at);
        if let Some(freed) = freed.get_mut(slot.last_read.max(slot.written)).filter(|_| ends) {
            *freed += bytes;
        }
    }
    let (mut alive, mut most) = (0, (0, None));
    for (step, (born, freed)) in born.into_iter().zip(freed).enumerate() {
        alive += born;
        let all = alive + workspace(step);
        if all > most.0 {
            most = (all, Some(step));
        }
        alive -= freed;
    }
    most
}

/// Fills in which step writes each slot and which reads it last; the last step that reads each leaf.
fn lives(plan: &mut Plan, leaves: usize) -> Vec<usize> {
    let mut last = vec![0; leaves];
    let overs: Vec<Option<Place>> = plan.slots.iter().map(|slot| slot.over).collect();
    let mut seen = |slots: &mut [Slot], place: Place, at: usize| match place {
        Place::Slot(slot) => slots[slot as usize].last_read = at,
        Place::Leaf(leaf) => last.iter_mut().skip(leaf as usize).take(1).for_each(|last| *last = at),
    };
    for (at, step) in plan.steps.iter().enumerate() {
        for (role, _, place) in step.accesses() {
            match (role, place) {
                (Role::Out, Place::Slot(slot)) => {
                    let written = &mut plan.slots[slot as usize];
                    (written.written, written.last_read) = (at, at);
                    overs[slot as usize].into_iter().for_each(|over| seen(&mut plan.slots, over, at));
                }
                (Role::In | Role::Out, _) => seen(&mut plan.slots, place, at),
            }
        }
    }
    for &place in &plan.outputs {
        seen(&mut plan.slots, place, usize::MAX);
    }
    last
}

/// The slots that a step writes.
fn written(step: &Step) -> Vec<u32> {
    let slot = |(role, _, place)| match (role, place) {
        (Role::Out, Place::Slot(slot)) => Some(slot),
        (Role::In | Role::Out, _) => None,
    };
    step.accesses().filter_map(slot).collect()
}

/// The data that a step reads.
fn read(step: &Step) -> impl Iterator<Item = Place> {
    step.accesses().filter(|(role, ..)| *role == Role::In).map(|(.., place)| place)
}

/// Whether no step after this one reads the data.
fn is_last(plan: &Plan, leaves: &[usize], place: Place, at: usize) -> bool {
    match place {
        Place::Slot(slot) => {
            plan.slots[slot as usize].last_read == at && plan.slots[slot as usize].written < at
        }
        Place::Leaf(leaf) => leaves.get(leaf as usize).is_some_and(|&last| last <= at),
    }
}

/// Whether the memory may be written over.
fn is_ours(place: Place, holds: &[Hold], cannot_fail: bool) -> bool {
    match place {
        Place::Slot(_) => true,
        Place::Leaf(leaf) => cannot_fail && holds.get(leaf as usize) == Some(&Hold::Free),
    }
}

/// Whether the data have as many elements, of as many bytes, as the slot.
fn alike(plan: &Plan, place: Place, slot: u32) -> bool {
    let slot = &plan.slots[slot as usize];
    let has = |shape: &Shape, dtype: DType| {
        shape.size() == slot.shape.size() && dtype.bytes() == slot.dtype.bytes()
    };
    match place {
        Place::Slot(other) => has(&plan.slots[other as usize].shape, plan.slots[other as usize].dtype),
        Place::Leaf(leaf) => {
            let node =
                plan.graph.nodes().map(|n| plan.graph.node(n)).find(|node| node.kind == Kind::Leaf(leaf));
            node.is_some_and(|node| has(&node.shape, node.dtype))
        }
    }
}

/// Whether a step may write a slot over these data, which it may read. One that has an index to check is run
/// again to say which: it reads nothing that it has written over, and nothing that was there before the plan is
/// run is written over by it.
fn reads_where_it_writes(step: &Step, data: Place, slot: Place) -> bool {
    let found = |wanted: Place| step.buffers.iter().position(|place| *place == wanted);
    let Some(to) = found(slot) else { return false };
    match &step.job {
        Job::Kernel(job) => {
            let is_sure = job.checks.is_empty();
            found(data).map_or(is_sure || matches!(data, Place::Slot(_)), |from| {
                is_sure && kernel_does(job, from, to)
            })
        }
        Job::Library(job) => library_does(step, job, data),
    }
}

/// A kernel of one walk without folds, whose last store is the one: each element is loaded before it is
/// stored, and by the lane that stores it.
fn kernel_does(job: &KernelJob, from: usize, to: usize) -> bool {
    let [pass] = &job.kernel.passes[..] else { return false };
    let Some(store) = pass.stores.last().filter(|store| store.buffer.index() == to) else { return false };
    let once = pass.stores.iter().filter(|other| other.buffer == store.buffer).count() == 1;
    let at = terms(job, &store.at);
    let is_there = |inst: &Inst| match inst {
        Inst::Load(buffer, index) if *buffer == BufferId(from as u32) => terms(job, index) == at,
        Inst::Load(..) | Inst::Const(_) | Inst::Scalar(_) | Inst::Coord(_) | Inst::Prim(..) => true,
        Inst::Call(..)
        | Inst::Pick { .. }
        | Inst::After { .. }
        | Inst::Within { .. }
        | Inst::Final { .. } => true,
    };
    once && pass.carries.is_empty() && at.is_some() && job.kernel.body.iter().all(is_there)
}

/// An index in numbers: the offset, and what each term that moves is multiplied by. `None` of one that is
/// data.
fn terms(job: &KernelJob, index: &Index) -> Option<(i64, Vec<(Term, i64)>)> {
    let mut terms = Vec::new();
    for (by, term) in &index.terms {
        let extent = match term {
            Term::Axis(axis) | Term::Digit { axis, .. } => {
                job.kernel.axes[axis.index()].extent.value(&job.words)
            }
            Term::Value(_) => return None,
        };
        if extent != 1 {
            terms.push((*term, by.value(&job.words)));
        }
    }
    terms.sort_unstable();
    Some((index.offset.value(&job.words), terms))
}

/// A scatter reads its base where it writes, if that lies as the result does; and nothing else of it.
fn library_does(step: &Step, job: &LibraryJob, data: Place) -> bool {
    let base = &job.operands[0];
    let others = &step.buffers[1..job.operands.len()];
    let whole = base.offset == 0 && (base.strides[..] == [1] || base.shape[..] == [1]);
    job.op.is_scatter() && step.buffers[0] == data && !others.contains(&data) && whole
}

/// Whether nothing can go wrong in a step: no index is checked, and no memory is asked for.
fn is_safe(plan: &Plan, step: &Step) -> bool {
    let Some(job) = step.kernel() else { return false };
    let plain = job.kernel.passes.iter().all(|pass| pass.carries.is_empty()) && job.kernel.passes.len() == 1;
    let in_place = |slot: u32| plan.slots[slot as usize].over.is_some();
    plain && job.checks.is_empty() && written(step).into_iter().all(in_place)
}
