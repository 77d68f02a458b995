//! The life of each slot: which step writes it, which reads it last.

use super::{Place, Plan};

/// Fills in the life of each slot from the steps.
pub fn assign(plan: &mut Plan) {
    for (at, step) in plan.steps.iter().enumerate() {
        let writes = step.kernel.buffers.iter().zip(&step.buffers);
        for (buffer, place) in writes {
            let Place::Slot(slot) = place else { continue };
            let slot = &mut plan.slots[*slot as usize];
            match buffer.role {
                crate::kernel::Role::Out => (slot.written, slot.last_read) = (at, at),
                crate::kernel::Role::In => slot.last_read = at,
            }
        }
    }
    for place in &plan.outputs {
        if let Place::Slot(slot) = place {
            plan.slots[*slot as usize].last_read = usize::MAX;
        }
    }
}
