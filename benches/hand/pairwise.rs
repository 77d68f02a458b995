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
                    if let Ok(centres) = <&[f32; LANES]>::try_from(centres) {
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

/// The position of the first least of some numbers: first its value, then the block that it is in.
#[inline(always)]
fn first_least(x: &[f32]) -> i64 {
    let lesser = |a: f32, b: f32| if a < b { a } else { b };
    let mut lanes = [f32::INFINITY; LANES];
    for x in x.chunks(LANES) {
        for (lane, &x) in lanes.iter_mut().zip(x) {
            *lane = lesser(x, *lane);
        }
    }
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] = lesser(lanes[i], lanes[i + half]);
        }
        half /= 2;
    }
    for (block, x) in x.chunks(LANES).enumerate() {
        let mut places = [LANES as i32; LANES];
        for (i, (place, &x)) in places.iter_mut().zip(x).enumerate() {
            *place = if x == lanes[0] { i as i32 } else { LANES as i32 };
        }
        let mut first = LANES as i32;
        for place in places {
            first = first.min(place);
        }
        if first < LANES as i32 {
            return block as i64 * LANES as i64 + i64::from(first);
        }
    }
    0
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
        for i in 0..ax.len() {
            let at = [x[first + i], y[first + i], z[first + i]];
            let mut sums = [[0f32; LANES]; 3];
            let whole = x.len() / LANES * LANES;
            for start in (0..whole).step_by(LANES) {
                let [x, y, z, m] = [x, y, z, m].map(|v| &v[start..start + LANES]);
                for lane in 0..LANES {
                    let [dx, dy, dz] = pull(at, [x[lane], y[lane], z[lane]], m[lane]);
                    sums[0][lane] += dx;
                    sums[1][lane] += dy;
                    sums[2][lane] += dz;
                }
            }
            for j in whole..x.len() {
                let parts = pull(at, [x[j], y[j], z[j]], m[j]);
                for (sums, part) in sums.iter_mut().zip(parts) {
                    sums[j - whole] += part;
                }
            }
            ax[i] = sums[0].iter().sum();
            ay[i] = sums[1].iter().sum();
            az[i] = sums[2].iter().sum();
        }
    }
}

/// The pull at a place of a body of mass `m` at another.
#[inline(always)]
fn pull(at: [f32; 3], body: [f32; 3], m: f32) -> [f32; 3] {
    let [dx, dy, dz] = [body[0] - at[0], body[1] - at[1], body[2] - at[2]];
    let r2 = dx * dx + dy * dy + dz * dz + 0.01;
    let g = m / (r2 * r2.sqrt());
    [g * dx, g * dy, g * dz]
}
