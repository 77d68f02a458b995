//! Every element against every other, folded without storing the pairs.

use super::versions;

/// Results that are held in registers at a time.
const LANES: usize = 32;

versions! {
    /// The nearest of `k` centres to each point of `d` numbers. `centres` is transposed: the first
    /// numbers of all centres, then the second numbers, and so on.
    pub fn nearest(out: &mut [i64], points: &[f32], centres: &[f32], k: usize, d: usize) {
        let mut distances = vec![0f32; k.next_multiple_of(LANES)];
        for (out, point) in out.iter_mut().zip(points.chunks_exact(d)) {
            for (block, distances) in distances.chunks_exact_mut(LANES).enumerate() {
                let at = block * LANES;
                let wide = LANES.min(k - at);
                let mut sums = [0f32; LANES];
                for (i, &p) in point.iter().enumerate() {
                    let centres = &centres[i * k + at..][..wide];
                    if wide == LANES {
                        for j in 0..LANES {
                            let apart = p - centres[j];
                            sums[j] += apart * apart;
                        }
                    } else {
                        for (sum, &c) in sums.iter_mut().zip(centres) {
                            *sum += (p - c) * (p - c);
                        }
                    }
                }
                distances.copy_from_slice(&sums);
            }
            *out = first_least(&distances[..k]);
        }
    }
}

/// The position of the first least element: its value, then where it is.
#[inline(always)]
fn first_least(x: &[f32]) -> i64 {
    let mut least = f32::INFINITY;
    for &x in x {
        least = if x < least { x } else { least };
    }
    x.iter().position(|&x| x == least).unwrap_or(0) as i64
}

versions! {
    /// The pull of all bodies on those from `first` on, along each axis; softened by 0.01.
    pub fn gravity(
        ax: &mut [f32],
        ay: &mut [f32],
        az: &mut [f32],
        bodies: [&[f32]; 4],
        first: usize,
    ) {
        let [x, y, z, m] = bodies;
        let n = x.len();
        let (y, z, m) = (&y[..n], &z[..n], &m[..n]);
        for i in 0..ax.len() {
            let (px, py, pz) = (x[first + i], y[first + i], z[first + i]);
            let pull = |j: usize| {
                let (dx, dy, dz) = (x[j] - px, y[j] - py, z[j] - pz);
                let r2 = dx * dx + dy * dy + dz * dz + 0.01;
                let g = m[j] / (r2 * r2.sqrt());
                (g * dx, g * dy, g * dz)
            };
            let (mut sx, mut sy, mut sz) = ([0f32; LANES], [0f32; LANES], [0f32; LANES]);
            let whole = n / LANES * LANES;
            for start in (0..whole).step_by(LANES) {
                for lane in 0..LANES {
                    let (dx, dy, dz) = pull(start + lane);
                    sx[lane] += dx;
                    sy[lane] += dy;
                    sz[lane] += dz;
                }
            }
            for j in whole..n {
                let (dx, dy, dz) = pull(j);
                sx[j - whole] += dx;
                sy[j - whole] += dy;
                sz[j - whole] += dz;
            }
            ax[i] = sx.iter().sum();
            ay[i] = sy.iter().sum();
            az[i] = sz.iter().sum();
        }
    }
}
