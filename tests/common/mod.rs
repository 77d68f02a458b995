//! What several test files share: random expression graphs, and running a plan by oracle 2.

pub mod graphs;

use numfuse_ir::kernel::{Role, interp};
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::{Place, Plan};

/// Runs a plan's kernels one scalar at a time.
pub fn interpret_plan(plan: &Plan, leaves: &[Vec<Scalar>], scalars: &[Scalar]) -> Vec<Vec<Scalar>> {
    let mut slots: Vec<Vec<Scalar>> =
        plan.slots.iter().map(|s| vec![Scalar::zero(s.dtype); s.shape.size()]).collect();
    for step in &plan.steps {
        let at = |place: &Place, slots: &[Vec<Scalar>]| match place {
            Place::Leaf(i) => leaves[*i as usize].clone(),
            Place::Slot(i) => slots[*i as usize].clone(),
        };
        let mut buffers: Vec<Vec<Scalar>> = step.buffers.iter().map(|p| at(p, &slots)).collect();
        let numbers: Vec<Scalar> = step.scalars.iter().map(|&i| scalars[i as usize]).collect();
        interp::interpret(&step.kernel, &step.words, &numbers, &mut buffers);
        for ((buffer, place), data) in step.kernel.buffers.iter().zip(&step.buffers).zip(buffers) {
            if let (Role::Out, Place::Slot(i)) = (buffer.role, place) {
                slots[*i as usize] = data;
            }
        }
    }
    let output = |place: &Place| match place {
        Place::Leaf(i) => leaves[*i as usize].clone(),
        Place::Slot(i) => slots[*i as usize].clone(),
    };
    plan.outputs.iter().map(output).collect()
}
