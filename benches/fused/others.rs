//! Libraries that are not always there: none here. `benches/peers`, which has the same workloads, puts
//! candle in this place.

use crate::common::Contender;
use crate::common::data::Input;

/// How other libraries compute the workload of this name.
pub fn others(_workload: &str, _inputs: &[Input]) -> Vec<Contender<'static>> {
    Vec::new()
}
