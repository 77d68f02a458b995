//! Writing over arrays that nobody else holds.
//!
//! A plan may write over leaves that its evaluation alone can reach. Others could still come to reach them
//! through the arrays that are asked for, as long as these are pending. So before such a plan runs, what is
//! asked for is *claimed*: whoever meets a claimed array waits until it has its values, or is pending again.
//! Who had come before holds handles of what is below, and these are counted once more after the claim.
//!
//! Nobody waits while holding a claim, so that no two evaluations wait for each other.
//!
//! Before this: `capture.rs`, which counts. After it: `eval.rs`, which runs the plan.

use crate::array::Array;
use crate::capture::Capture;
use crate::eval::Planned;
use numfuse_ir::schedule::Hold;
use numfuse_runtime::Buffer;
use smallvec::SmallVec;

/// What an evaluation has for itself, until it is dropped.
pub(crate) struct Claim {
    outputs: SmallVec<[Array; 2]>,
    /// The leaves that are written over: their numbers and arrays, which have no elements meanwhile.
    leaves: SmallVec<[(usize, Array); 2]>,
}

impl Claim {
    /// A claim to what the plan writes over, if there is any and nobody else holds it.
    pub(crate) fn of(outputs: &[Array], capture: &Capture, planned: &Planned) -> Option<Claim> {
        let taken: SmallVec<[usize; 2]> = planned.prepared.taken_leaves().collect();
        if taken.is_empty() {
            return None;
        }
        let mut claim = Claim { outputs: SmallVec::new(), leaves: SmallVec::new() };
        for output in outputs {
            if !output.0.claim() {
                return None;
            }
            claim.outputs.push(output.clone());
        }
        let holds = capture.current_holds();
        if taken.iter().any(|&leaf| holds[leaf] != Hold::Free) {
            return None;
        }
        let arrays: SmallVec<[&Array; 4]> = capture.leaf_arrays().collect();
        for leaf in taken {
            arrays[leaf].0.exchange(Buffer::from_vec(Vec::<u64>::new()));
            claim.leaves.push((leaf, arrays[leaf].clone()));
        }
        Some(claim)
    }

    /// The leaves have their elements again: nothing was written over them.
    pub(crate) fn give_back(self, capture: &Capture) {
        for (leaf, array) in &self.leaves {
            array.0.exchange(capture.leaves[*leaf].clone());
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.outputs.iter().for_each(|output| output.0.release());
    }
}
