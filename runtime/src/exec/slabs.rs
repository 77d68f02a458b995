//! Runs of plans that were cut into slabs: what all slabs read, then the slabs, each copied to its place.
//!
//! A slab is a plan of its own and runs as any plan does. Only the memory of the results is held beside it,
//! and what was computed before; so what is alive at once is what the planner counted.
//!
//! Before this: [`schedule::tile`](numfuse_ir::schedule::tile), which cut the plan.

use super::{Prepared, RunOptions, run};
use crate::buffer::Buffer;
use crate::cuda::{self, Gpu};
use crate::error::{Error, Shortage};
use crate::pool;
use numfuse_ir::gather::OutOfBounds;
use numfuse_ir::graph::NodeId;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::tile::{Part, Slabs, Whence};
use numfuse_ir::schedule::{Place, Plan};
use numfuse_ir::target::Target;

/// A plan in slabs made ready: run it with [`run`](PreparedSlabs::run), from as many threads and as often
/// as wanted.
#[derive(Debug)]
pub struct PreparedSlabs {
    first: Option<PreparedPart>,
    /// How many of the first results the slabs read.
    kept: usize,
    slabs: Vec<PreparedPart>,
    /// Where each slab begins.
    starts: Vec<usize>,
    outputs: Vec<(Whence, usize)>,
    leaves: usize,
    extent: usize,
    /// Where results lie, if not on the host.
    gpu: Option<&'static Gpu>,
}

/// A plan of a part, and what its nodes are in the whole.
#[derive(Debug)]
pub struct PreparedPart {
    /// The plan.
    pub prepared: Prepared,
    /// For each node of its graph the node of the whole graph.
    pub origins: Vec<NodeId>,
}

impl PreparedSlabs {
    /// Makes slabs ready for machines like `target`, or for a GPU, for leaves of at least so many bytes each.
    ///
    /// # Safety
    /// As for [`Prepared::new`]: the slabs were made by [`tile::fit`](numfuse_ir::schedule::tile::fit) of a
    /// plan for a graph whose leaves have these sizes.
    pub unsafe fn new(
        slabs: Slabs,
        leaf_bytes: &[usize],
        target: Target,
        gpu: Option<&'static Gpu>,
    ) -> PreparedSlabs {
        let Slabs { first, kept, slabs, outputs, leaves, extent, .. } = slabs;
        let sizes = first.as_ref().map_or(Vec::new(), |first| output_bytes(&first.plan));
        let given: Vec<usize> =
            leaf_bytes.iter().take(leaves).chain(sizes.iter().take(kept)).copied().collect();
        let prepare = |Part { plan, origins }: Part, leaf_bytes: Vec<usize>| {
            // SAFETY: the graph of the part has the leaves of the whole graph; the parts of slabs also
            // those results of the first part that are kept, which are as large as its slots.
            let prepared = unsafe {
                match gpu {
                    None => Prepared::new(plan, leaf_bytes, target),
                    Some(gpu) => Prepared::for_gpu(plan, leaf_bytes, gpu),
                }
            };
            PreparedPart { prepared, origins }
        };
        let first = first.map(|first| prepare(first, leaf_bytes.to_vec()));
        let starts = slabs.iter().map(|slab| slab.start).collect();
        let slabs = slabs.into_iter().map(|slab| prepare(slab.part, given.clone())).collect();
        PreparedSlabs { first, kept, slabs, starts, outputs, leaves, extent, gpu }
    }

    /// What is computed before the slabs, if anything is, and the slabs.
    pub fn parts(&self) -> (Option<&PreparedPart>, &[PreparedPart]) {
        (self.first.as_ref(), &self.slabs)
    }

    /// About how much memory it takes; see [`Prepared::bytes`].
    pub fn bytes(&self) -> usize {
        let part = |part: &PreparedPart| part.prepared.bytes() + part.origins.len() * size_of::<NodeId>();
        self.first.iter().chain(&self.slabs).map(part).sum()
    }

    /// Computes the results, as [`run`](super::run()) does those of a plan. An error is told of the nodes
    /// of the whole graph. Times are not taken.
    ///
    /// # Errors
    /// As for [`run`](super::run()).
    ///
    /// # Panics
    /// As for [`run`](super::run()).
    pub fn run(
        &self,
        leaves: &[Buffer],
        scalars: &[Scalar],
        options: &RunOptions<'_>,
    ) -> Result<Vec<Buffer>, Error> {
        let first = self.first.as_ref().map_or(Ok(Vec::new()), |part| part.run(leaves, scalars, options))?;
        let given: Vec<Buffer> =
            leaves.iter().take(self.leaves).chain(first.iter().take(self.kept)).cloned().collect();
        let mut results = self.results(options)?;
        for (slab, &start) in self.slabs.iter().zip(&self.starts) {
            let parts = slab.run(&given, scalars, options)?;
            for (result, part) in results.iter_mut().zip(&parts) {
                result.write(start * (result.len() / self.extent), part)?;
            }
        }
        // SAFETY: slabs cover the outermost axis, and each has written its places.
        let cut: Vec<Buffer> = results.into_iter().map(|result| unsafe { result.filled() }).collect();
        let result = |(whence, _): &(Whence, usize)| match *whence {
            Whence::First(at) => first[at].clone(),
            Whence::Slabs(at) => cut[at].clone(),
        };
        Ok(self.outputs.iter().map(result).collect())
    }

    /// Memory for the results that are cut.
    fn results(&self, options: &RunOptions<'_>) -> Result<Vec<Growing>, Error> {
        let mut results: Vec<Growing> = Vec::new();
        for &(whence, bytes) in &self.outputs {
            // The outputs of slabs are numbered by their first mention.
            if whence == Whence::Slabs(results.len()) {
                results.push(match self.gpu {
                    None => Growing::Host(options.pool.allocate(bytes)?),
                    Some(gpu) => Growing::Gpu(gpu.allocate(bytes)?),
                });
            }
        }
        Ok(results)
    }
}

impl PreparedPart {
    fn run(
        &self,
        leaves: &[Buffer],
        scalars: &[Scalar],
        options: &RunOptions<'_>,
    ) -> Result<Vec<Buffer>, Error> {
        let options = RunOptions { profile: None, ..*options };
        run(&self.prepared, leaves, scalars, &options).map_err(|error| self.of_whole(error))
    }

    /// An error as one of the whole plan.
    fn of_whole(&self, error: Error) -> Error {
        match error {
            Error::Index(fault) => {
                Error::Index(OutOfBounds { node: self.origins[fault.node.index()], ..fault })
            }
            Error::Memory(shortage) => Error::Memory(Shortage { slot: None, ..shortage }),
            Error::Code(_) | Error::Panic(_) | Error::Cancelled | Error::Differs(_) | Error::Gpu(_) => error,
        }
    }
}

/// The sizes of a plan's outputs in bytes, where they are slots.
fn output_bytes(plan: &Plan) -> Vec<usize> {
    let bytes = |place: &Place| match *place {
        Place::Leaf(_) => 0,
        Place::Slot(slot) => plan.slots[slot as usize].bytes(),
    };
    plan.outputs.iter().map(bytes).collect()
}

/// A result, slab by slab.
enum Growing {
    Host(pool::Block),
    Gpu(cuda::Block),
}

impl Growing {
    fn len(&self) -> usize {
        match self {
            Growing::Host(block) => block.len(),
            Growing::Gpu(block) => block.len(),
        }
    }

    /// Writes what a slab has computed to its place.
    ///
    /// # Panics
    /// If it does not lie in the result.
    fn write(&mut self, at: usize, part: &Buffer) -> Result<(), Error> {
        assert!(at <= self.len() && part.len() <= self.len() - at, "a slab lies inside of its result");
        match self {
            Growing::Host(block) => {
                let bytes = part.bytes();
                // SAFETY: they lie in the block, as was just seen, and `&mut` says that nobody else uses it.
                unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), block.as_ptr().add(at), bytes.len()) };
                Ok(())
            }
            // SAFETY: the part has so many bytes on this GPU, and they lie in the block, as was just seen.
            Growing::Gpu(block) => unsafe {
                Ok(block.copy_from(at, part.as_ptr().addr() as u64, part.len())?)
            },
        }
    }

    /// The result.
    ///
    /// # Safety
    /// All of it was written.
    unsafe fn filled(self) -> Buffer {
        // SAFETY: our caller says so.
        unsafe {
            match self {
                Growing::Host(block) => Buffer::from_block(block),
                Growing::Gpu(block) => Buffer::from_gpu(block),
            }
        }
    }
}
