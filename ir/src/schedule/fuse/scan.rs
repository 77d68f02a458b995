//! Scans: their running values are known in one place only, in the walk that runs along their axis.
//!
//! A kernel can hold scans along one of its root's axes. That axis is then the column of a last pass,
//! which runs along it, and whose stores read running values as they pass by. What reads a scan
//! anywhere else reads it from memory.

use super::{Demand, Fuser};
use crate::graph::{Graph, Kind, NodeId};
use crate::schedule::demand::Place;
use crate::schedule::demand::Space;
use crate::view::Factor;

impl Fuser<'_> {
    /// Makes the kernels of these demands run along the scan `n`, or says that they cannot.
    pub(super) fn run_along(&mut self, n: NodeId, demands: &[Demand]) -> bool {
        let mut splits = Vec::new();
        for demand in demands {
            let once = demands.iter().filter(|d| d.kernel == demand.kernel).count() == 1;
            match self.rows_beside(n, demand) {
                Some(rows) if once => splits.push((demand.kernel, rows)),
                _ => return false,
            }
        }
        for (kernel, rows) in splits {
            let space = &mut self.kernels[kernel].space;
            if !space.is_split() {
                space.split(rows);
            }
        }
        true
    }

    /// The root's axes that are rows while the kernel of this demand runs along the scan `n`, as bits;
    /// `None` where it cannot.
    pub(super) fn rows_beside(&self, n: NodeId, demand: &Demand) -> Option<u64> {
        let Kind::Scan { axis, .. } = self.graph.node(n).kind else { return None };
        let space = &self.kernels[demand.kernel].space;
        let rows = rows_beside(space, &demand.place, axis)?;
        let fits = match space.is_split() {
            true => space.moving_root() & space.rows() == rows,
            false => self.still_writes_along(demand.kernel, rows),
        };
        (fits && !demand.above.guard && !demand.above.fold).then_some(rows)
    }
}

/// The moving axes of the root beside the one along which a scan along `axis` of its operand runs, as
/// bits: where that axis is demanded as it is, and no other moves with it.
fn rows_beside(space: &Space, place: &Place, axis: usize) -> Option<u64> {
    let along = match (place[axis].offset, place[axis].terms.as_slice()) {
        (0, &[(Factor::Axis(along), 1)]) => 1 << along.0,
        _ => return None,
    };
    let others = place.iter().enumerate().filter(|(a, _)| *a != axis);
    let beside = others.fold(0, |set, (_, sum)| set | space.depends(std::slice::from_ref(sum)));
    let is_root = space.moving_root() & along != 0 && !space.is_unrolled();
    (is_root && beside & along == 0).then_some(space.moving_root() & !along)
}

/// The axes that are rows of a kernel whose root is `n`, where that is a scan, as bits.
pub(super) fn rows_of_root(graph: &Graph, n: NodeId) -> Option<u64> {
    let Kind::Scan { axis, .. } = graph.node(n).kind else { return None };
    let shape = &graph.node(n).shape;
    let moving = (0..shape.len()).filter(|&a| shape[a] != 1 && a != axis);
    Some(moving.fold(0, |set, a| set | 1 << a))
}
