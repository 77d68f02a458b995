//! Steps that are handed to a library: run, and for who wants to be sure, computed by their meaning.

use super::{Run, Slots, oracle};
use crate::buffer::fill;
use crate::error::Error;
use crate::library::{self, Addresses};
use crate::pool::Block;
use numfuse_ir::graph::meaning;
use numfuse_ir::kernel::Role;
use numfuse_ir::scalar::Scalar;
use numfuse_ir::schedule::{LibraryJob, Place, Strided};
use numfuse_ir::shape::Shape;
use smallvec::SmallVec;

impl Run<'_> {
    /// Runs the library op of a step.
    pub(super) fn call(&self, index: usize, job: &LibraryJob, slots: &Slots) -> Result<(), Error> {
        let launch = self.prepared.step(index).launch;
        let places = &self.prepared.plan().steps[index].buffers;
        let (operands, result) = places.split_at(job.operands.len());
        let mut copies: SmallVec<[Block; 2]> = SmallVec::new();
        let mut addresses = Addresses {
            operands: SmallVec::new(),
            result: std::ptr::null_mut(),
            scratch: std::ptr::null_mut(),
        };
        for (&place, operand) in operands.iter().zip(&job.operands) {
            let mut address = self.address(place, slots);
            if !(address as usize).is_multiple_of(operand.dtype.bytes()) {
                // Data that lies across the alignment of its type: a library may not read it there.
                let mut copy = self.allocate(self.size(place), None)?;
                fill(&mut copy, self.bytes(place, slots));
                address = copy.as_ptr();
                copies.push(copy);
            }
            addresses.operands.push(address);
        }
        addresses.result = self.address(result[0], slots).cast_mut();
        let scratch = match launch.scratch_bytes {
            0 => None,
            bytes => Some(self.allocate(bytes, self.prepared.step(index).born.first().copied())?),
        };
        if let Some(scratch) = &scratch {
            addresses.scratch = scratch.as_ptr();
        }
        let addresses = &addresses;
        // Slots are as large as their shapes, leaves by the contract of `Prepared::new`, and operands lie
        // inside of them: the scheduler follows views to where they are.
        let body = |from: u64, to: u64| {
            let Addresses { operands, result, scratch } = addresses;
            // SAFETY: each range is done once, what is read was filled by earlier steps, the result is a
            // slot of this step, the scratch is this call's, and all addresses are aligned: those of slots as blocks are.
            unsafe { library::run(job, operands, *result, *scratch, from, to) }
        };
        self.units(index, launch.units, launch.grain, &body)
    }

    /// The elements of each buffer of a library step after it, by the meaning of the op.
    pub(super) fn meant(&self, index: usize, job: &LibraryJob, slots: &Slots) -> Vec<Vec<Scalar>> {
        let step = &self.prepared.plan().steps[index];
        let elements = |(role, dtype, place): (Role, _, Place)| match role {
            Role::In => oracle::decode(dtype, self.bytes(place, slots)),
            Role::Out => Vec::new(),
        };
        let mut buffers: Vec<Vec<Scalar>> = step.accesses().map(elements).collect();
        let result = meant(job, &buffers);
        buffers.last_mut().expect("a library op has a result").clone_from(&result);
        buffers
    }

    /// The first element of the result of a library op that is further from its meaning than rounding
    /// explains, as one of so many.
    pub(super) fn strays(
        &self,
        job: &LibraryJob,
        buffers: &[Vec<Scalar>],
        found: &[Scalar],
    ) -> Option<(usize, (usize, usize))> {
        let gathered = gathered(job, buffers);
        let operands: Vec<_> = gathered.iter().map(|(shape, data)| (shape, &data[..])).collect();
        let expected = buffers.last().expect("a library op has a result");
        meaning::near(job.op, &operands, found, expected).map(|first| (first, (1, found.len())))
    }
}

/// The result of a library op by its meaning, for the elements of the buffers that it reads.
pub fn meant(job: &LibraryJob, buffers: &[Vec<Scalar>]) -> Vec<Scalar> {
    let gathered = gathered(job, buffers);
    let operands: Vec<_> = gathered.iter().map(|(shape, data)| (shape, &data[..])).collect();
    meaning::library(job.op, &operands, job.dtype)
}

/// The shapes and elements of all operands, from the buffers that they lie in.
fn gathered(job: &LibraryJob, buffers: &[Vec<Scalar>]) -> Vec<(Shape, Vec<Scalar>)> {
    job.operands.iter().zip(buffers).map(|(operand, buffer)| gather(operand, buffer)).collect()
}

/// An operand's elements, row-major, from the buffer that it lies in.
fn gather(operand: &Strided, buffer: &[Scalar]) -> (Shape, Vec<Scalar>) {
    let mut places = vec![operand.offset];
    for (&extent, &stride) in operand.shape.iter().zip(&operand.strides) {
        places = places.iter().flat_map(|&at| (0..extent as i64).map(move |i| at + i * stride)).collect();
    }
    let shape = Shape::new(&operand.shape).expect("the extents of an operand are those of an array");
    (shape, places.into_iter().map(|at| buffer[at as usize]).collect())
}
