//! An op's expansion as data: what back ends read instead of instantiating it anew.
//!
//! [`Op::expand`] is generic over [`Arith`]; computing with it is fastest when it is compiled for
//! what computes. A code generator only wants to know which machine operations there are, in which
//! order: [`Expansion::of`] records them once, [`Expansion::replay`] says them to any [`Arith`].

use super::{Op, fold::Fold};
use crate::dtype::DType;
use crate::math::{Arith, Carried, Known};
use crate::prim::Prim;
use crate::scalar::Scalar;
use smallvec::SmallVec;

/// The machine operations that an op is, for operands of given types.
///
/// Values are numbered: the operands first, then what each step gives: one value, a loop as many as it
/// carries.
///
/// ```
/// use numfuse_ir::{dtype::DType, math::Eval, ops::{Op, expansion::Expansion}, scalar::Scalar};
///
/// let square_root = Expansion::of(Op::Sqrt, &[DType::F32]);
/// assert_eq!(square_root.steps.len(), 1);
/// assert_eq!(square_root.replay(&mut Eval, &[Scalar::f32(9.0)]), Scalar::f32(3.0));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansion {
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// The number of the value that is the result.
    pub result: u32,
}

/// One step of an [`Expansion`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A constant.
    Constant(Scalar),
    /// A machine operation on values.
    Prim(Prim, SmallVec<[u32; 3]>),
    /// `slow` in the lanes where `cond` holds, `fast` elsewhere. The values of `slow` are numbered
    /// on from here, and forgotten after it.
    Rare {
        /// A bool.
        cond: u32,
        /// The value of most lanes.
        fast: u32,
        /// What the other lanes do.
        slow: Expansion,
    },
    /// A loop: see [`Arith::until`]. Inside, the number of the turn and the state are numbered on from
    /// here, then the values of the steps; they are forgotten after it, where the last states are.
    Until {
        /// The most turns.
        most: u32,
        /// Values that the steps use.
        over: SmallVec<[u32; 3]>,
        /// A bool: the lanes that begin.
        going: u32,
        /// The first states.
        state: Carried<u32>,
        /// One turn.
        steps: Vec<Step>,
        /// A bool: the lanes that go on.
        still: u32,
        /// The next states.
        next: Carried<u32>,
    },
    /// What neighbours share: see [`Arith::shared`]. Inside, the two words of the place are numbered on from
    /// here, then the values of the steps; they are forgotten after it, where the results are.
    Shared {
        /// The place of each element.
        place: [u32; 2],
        /// How many elements share, as a power of two.
        bits: u32,
        /// How many values each of them gets.
        width: usize,
        /// What is done with the place that they share.
        steps: Vec<Step>,
        /// The values of all of them.
        results: Carried<u32>,
    },
}

impl Expansion {
    /// Records what `op` does with operands of these types, which [`Op::promote`] gives.
    pub fn of(op: Op, types: &[DType]) -> Expansion {
        Expansion::knowing(op, types, &[])
    }

    /// As [`Expansion::of`], where so much is known of the first operands.
    pub fn knowing(op: Op, types: &[DType], known: &[Known]) -> Expansion {
        let mut recorder = Recorder { types: types.to_vec(), known: known.into(), steps: Vec::new() };
        let operands: SmallVec<[u32; 3]> = (0..types.len() as u32).collect();
        let result = op.expand(&mut recorder, &operands);
        Expansion { steps: recorder.steps, result }
    }

    /// Does to `args` what the op does.
    pub fn replay<A: Arith>(&self, k: &mut A, args: &[A::V]) -> A::V {
        let mut values: Vec<A::V> = args.to_vec();
        self.run(k, &mut values)
    }

    fn run<A: Arith>(&self, k: &mut A, values: &mut Vec<A::V>) -> A::V {
        let before = values.len();
        self.steps.iter().for_each(|step| step.run(k, values));
        let result = values[self.result as usize];
        values.truncate(before);
        result
    }

    /// How many machine operations it is. A slow path is never taken for most inputs: a tenth of it
    /// counts.
    pub fn operations(&self) -> u64 {
        operations(&self.steps)
    }
}

impl Step {
    /// Does the step, and adds what it gives to the values.
    fn run<A: Arith>(&self, k: &mut A, values: &mut Vec<A::V>) {
        let value = match self {
            Step::Constant(c) => k.constant(*c),
            Step::Prim(prim, args) => {
                let args: SmallVec<[A::V; 3]> = args.iter().map(|&v| values[v as usize]).collect();
                k.prim(*prim, &args)
            }
            Step::Rare { cond, fast, slow } => {
                let (cond, fast) = (values[*cond as usize], values[*fast as usize]);
                k.rare(cond, fast, |k| slow.run(k, values))
            }
            Step::Until { most, over, going, state, steps, still, next } => {
                let of = |values: &[A::V], numbers: &[u32]| -> Carried<A::V> {
                    numbers.iter().map(|&v| values[v as usize]).collect()
                };
                let (over, first, going) = (of(values, over), of(values, state), values[*going as usize]);
                let last = k.until(*most, &over, going, &first, |k, turn, state| {
                    let before = values.len();
                    values.push(turn);
                    values.extend_from_slice(state);
                    steps.iter().for_each(|step| step.run(k, values));
                    let result = (values[*still as usize], of(values, next));
                    values.truncate(before);
                    result
                });
                return values.extend(last);
            }
            Step::Shared { place, bits, width, steps, results } => {
                let place = place.map(|v| values[v as usize]);
                let shared = k.shared(place, *bits, *width, |k, place| {
                    let before = values.len();
                    values.extend(place);
                    steps.iter().for_each(|step| step.run(k, values));
                    let shared = results.iter().map(|&v| values[v as usize]).collect();
                    values.truncate(before);
                    shared
                });
                return values.extend(shared);
            }
        };
        values.push(value);
    }
}

/// How many machine operations it takes to fold one more element with these operands.
pub fn next_cost(fold: Fold, args: &[DType]) -> u64 {
    let state = (0..fold.parts()).map(|part| fold.part_dtype(args[0], part));
    let types = state.chain(args.iter().copied()).collect();
    let mut recorder = Recorder { types, known: SmallVec::new(), steps: Vec::new() };
    let values: Vec<u32> = (0..recorder.types.len() as u32).collect();
    let (state, args) = values.split_at(fold.parts());
    fold.next(&mut recorder, state, args);
    operations(&recorder.steps)
}

fn operations(steps: &[Step]) -> u64 {
    let count = |step: &Step| match step {
        Step::Constant(_) => 0,
        Step::Prim(..) => 1,
        Step::Rare { slow, .. } => slow.operations() / 10 + 1,
        // Most lanes stop after their first turn.
        Step::Until { steps, .. } => operations(steps) + 1,
        Step::Shared { steps, bits, .. } => (operations(steps) >> bits) + 1,
    };
    steps.iter().map(count).sum()
}

/// The [`Arith`] that writes down; a value is its number.
struct Recorder {
    types: Vec<DType>,
    /// Of the first values; nothing is known of the others.
    known: SmallVec<[Known; 3]>,
    steps: Vec<Step>,
}

impl Recorder {
    fn push(&mut self, step: Step, dtype: DType) -> u32 {
        self.steps.push(step);
        self.types.push(dtype);
        self.types.len() as u32 - 1
    }
}

impl Arith for Recorder {
    type V = u32;

    fn dtype(&self, v: u32) -> DType {
        self.types[v as usize]
    }

    fn facts(&self, v: u32) -> Known {
        self.known.get(v as usize).copied().unwrap_or(Known::Nothing)
    }

    fn constant(&mut self, c: Scalar) -> u32 {
        self.push(Step::Constant(c), c.dtype())
    }

    fn prim(&mut self, prim: Prim, args: &[u32]) -> u32 {
        let types: SmallVec<[DType; 3]> = args.iter().map(|&v| self.dtype(v)).collect();
        let dtype = prim.result(&types).expect("expansions are typed: each is tested on every type");
        self.push(Step::Prim(prim, args.into()), dtype)
    }

    fn rare(&mut self, cond: u32, fast: u32, slow: impl FnOnce(&mut Self) -> u32) -> u32 {
        let (before, outside) = (self.types.len(), std::mem::take(&mut self.steps));
        let result = slow(self);
        let steps = std::mem::replace(&mut self.steps, outside);
        self.types.truncate(before);
        let dtype = self.dtype(fast);
        self.push(Step::Rare { cond, fast, slow: Expansion { steps, result } }, dtype)
    }

    fn until(
        &mut self,
        most: u32,
        over: &[u32],
        going: u32,
        state: &[u32],
        mut step: impl FnMut(&mut Self, u32, &[u32]) -> (u32, Carried<u32>),
    ) -> Carried<u32> {
        let (before, outside) = (self.types.len(), std::mem::take(&mut self.steps));
        let types: Carried<DType> = state.iter().map(|&v| self.dtype(v)).collect();
        self.types.push(DType::U32);
        self.types.extend_from_slice(&types);
        let inside: Carried<u32> = (before as u32 + 1..self.types.len() as u32).collect();
        let (still, next) = step(self, before as u32, &inside);
        let steps = std::mem::replace(&mut self.steps, outside);
        self.types.truncate(before);
        self.types.extend(types);
        let (over, state) = (over.into(), state.into());
        self.steps.push(Step::Until { most, over, going, state, steps, still, next });
        (before as u32..self.types.len() as u32).collect()
    }

    fn shared(
        &mut self,
        place: [u32; 2],
        bits: u32,
        width: usize,
        mut body: impl FnMut(&mut Self, [u32; 2]) -> Carried<u32>,
    ) -> Carried<u32> {
        let (before, outside) = (self.types.len(), std::mem::take(&mut self.steps));
        self.types.extend([DType::U32; 2]);
        let results = body(self, [before as u32, before as u32 + 1]);
        let steps = std::mem::replace(&mut self.steps, outside);
        self.types.truncate(before);
        self.types.extend((0..width).map(|_| DType::U32));
        self.steps.push(Step::Shared { place, bits, width, steps, results });
        (before as u32..self.types.len() as u32).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Eval;

    #[test]
    fn a_replayed_expansion_computes_what_the_op_computes() {
        let numbers = [0.0, -0.0, 1.5, -2.5, 40.0, 1e-40, 3e38, 1e7, f64::INFINITY, f64::NAN];
        let number = |at: usize, to: DType| Prim::Cast(to).eval(&[Scalar::f64(numbers[at % 10])]);
        for &op in Op::ALL {
            for dtype in [DType::F32, DType::F64, DType::I16] {
                let promoted = op.promote(&vec![dtype; op.def().params.len()]);
                let Some(types) = promoted.filter(|types| !op.is_of_pairs(types)) else { continue };
                let expansion = Expansion::of(op, &types);
                for at in 0..numbers.len() {
                    let operands = types.iter().enumerate().map(|(i, &t)| number(at + 3 * i, t));
                    let args: Vec<Scalar> = operands.collect();
                    let direct = op.expand(&mut Eval, &args);
                    assert!(expansion.replay(&mut Eval, &args).same(direct), "{op:?} of {args:?}");
                }
            }
        }
    }
}
