//! Neighbourhoods: each output element from a few input elements around its place.

use super::versions;

versions! {
    /// Rows of the average of each element and its four neighbours. `x` has rows of `width`, `out` those
    /// of the inside from its row `first` on.
    pub fn five_points(out: &mut [f32], x: &[f32], width: usize, first: usize) {
        let inside = width - 2;
        for (row, out) in out.chunks_exact_mut(inside).enumerate() {
            let above = &x[(first + row) * width..][..width];
            let here = &x[(first + row + 1) * width..][..width];
            let below = &x[(first + row + 2) * width..][..width];
            let (left, middle, right) = (&here[..inside], &here[1..][..inside], &here[2..][..inside]);
            let (above, below) = (&above[1..][..inside], &below[1..][..inside]);
            for i in 0..inside {
                out[i] = 0.2 * (middle[i] + above[i] + below[i] + left[i] + right[i]);
            }
        }
    }
}
