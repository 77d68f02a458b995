//! The life of each slot: which step writes it, which reads it last.

use super::{Place, Plan};
use crate::kernel::Role;

/// Fills in the life of each slot from the steps.
pub fn assign(plan: &mut Plan) {
    for (at, step) in plan.steps.iter().enumerate() {
        for (role, _, place) in step.accesses() {
            let Place::Slot(slot) = place else { continue };
            let slot = &mut plan.slots[slot as usize];
            match role {
                Role::Out => (slot.written, slot.last_read) = (at, at),
                Role::In => slot.last_read = at,
            }
        }
    }
    for place in &plan.outputs {
        if let Place::Slot(slot) = place {
            plan.slots[*slot as usize].last_read = usize::MAX;
        }
    }
}
