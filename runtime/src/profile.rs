//! Wall times of a plan's steps, for `explain()`.
//!
//! A [`Profile`] is handed to as many runs of one plan as are to be measured. Times are taken on
//! the thread that runs the plan, around a whole step: allocation, launch, and what is freed after
//! it. Compiling is not among them: it is over before the first step begins.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Where runs leave the times of their steps.
#[derive(Debug, Default)]
pub struct Profile {
    steps: Mutex<Vec<StepTime>>,
}

/// How long one step took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepTime {
    /// How many runs were measured.
    pub runs: u32,
    /// All of them together.
    pub total: Duration,
    /// The fastest: what the step takes when nothing is in its way.
    pub least: Duration,
}

impl Profile {
    /// A profile without times.
    pub fn new() -> Profile {
        Profile::default()
    }

    /// The times, one for each step of the plan as far as runs have come.
    pub fn steps(&self) -> Vec<StepTime> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds one run of a step.
    pub(crate) fn record(&self, step: usize, time: Duration) {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        if steps.len() <= step {
            steps.resize(step + 1, StepTime { runs: 0, total: Duration::ZERO, least: Duration::MAX });
        }
        let times = &mut steps[step];
        times.runs += 1;
        times.total += time;
        times.least = times.least.min(time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fastest_run_is_kept() {
        let profile = Profile::new();
        for milliseconds in [5, 2, 9] {
            profile.record(1, Duration::from_millis(milliseconds));
        }
        let steps = profile.steps();
        assert_eq!(steps[0].runs, 0);
        let (total, least) = (Duration::from_millis(16), Duration::from_millis(2));
        assert_eq!(steps[1], StepTime { runs: 3, total, least });
    }
}
