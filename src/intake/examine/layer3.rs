//! Detects the block grid of MPEG-1 Layer III. Its lines come from a bank of 32 filters and a
//! lapped transform of each band (ISO/IEC 11172-3, 1993, C.1.3 and 2.4.3.4.10). Lines that the
//! coder quantised to zero are zero again only on its own grid of 576 frames.

use crate::intake::examine::grid::mean_level;
use std::f64::consts::PI;

/// Frames from one set of lines to the next, which is also the number of lines in a set.
pub const STEP: usize = 576;
const BANDS: usize = 32;
/// Slots of the filter bank in one set of lines.
const SLOTS: usize = 36;
const TAPS: usize = 512;
/// Frames needed to try all offsets.
pub const NEEDS: usize = TAPS + (SLOTS + 18) * BANDS;

/// First half and middle of the filter bank's prototype, as multiples of 1/65536 (table C.1,
/// without the alternating signs).
const PROTOTYPE: [i32; 257] = [
    0, -1, -1, -1, -1, -1, -1, -2, -2, -2, -2, -3, -3, -4, -4, -5, -5, -6, -7, -7, -8, -9, -10,
    -11, -13, -14, -16, -17, -19, -21, -24, -26, -29, -31, -35, -38, -41, -45, -49, -53, -58, -63,
    -68, -73, -79, -85, -91, -97, -104, -111, -117, -125, -132, -139, -147, -154, -161, -169, -176,
    -183, -190, -196, -202, -208, -213, -218, -222, -225, -227, -228, -228, -227, -224, -221, -215,
    -208, -200, -189, -177, -163, -146, -127, -106, -83, -57, -29, 2, 36, 72, 111, 153, 197, 244,
    294, 347, 401, 459, 519, 581, 645, 711, 779, 848, 919, 991, 1064, 1137, 1210, 1283, 1356, 1428,
    1498, 1567, 1634, 1698, 1759, 1817, 1870, 1919, 1962, 2001, 2032, 2057, 2075, 2085, 2087, 2080,
    2063, 2037, 2000, 1952, 1893, 1822, 1739, 1644, 1535, 1414, 1280, 1131, 970, 794, 605, 402,
    185, -45, -288, -545, -814, -1095, -1388, -1692, -2006, -2330, -2663, -3004, -3351, -3705,
    -4063, -4425, -4788, -5153, -5517, -5879, -6237, -6589, -6935, -7271, -7597, -7910, -8209,
    -8491, -8755, -8998, -9219, -9416, -9585, -9727, -9838, -9916, -9959, -9966, -9935, -9863,
    -9750, -9592, -9389, -9139, -8840, -8492, -8092, -7640, -7134, -6574, -5959, -5288, -4561,
    -3776, -2935, -2037, -1082, -70, 998, 2122, 3300, 4533, 5818, 7154, 8540, 9975, 11455, 12980,
    14548, 16155, 17799, 19478, 21189, 22929, 24694, 26482, 28289, 30112, 31947, 33791, 35640,
    37489, 39336, 41176, 43006, 44821, 46617, 48390, 50137, 51853, 53534, 55178, 56778, 58333,
    59838, 61289, 62684, 64019, 65290, 66494, 67629, 68692, 69679, 70590, 71420, 72169, 72835,
    73415, 73908, 74313, 74630, 74856, 74992, 75038,
];
/// Coefficients of the alias-reduction butterflies (table B.9).
const BUTTERFLIES: [f64; 8] = [-0.6, -0.535, -0.33, -0.185, -0.095, -0.041, -0.0142, -0.0037];

/// The hybrid filter bank of Layer III: 32 bands, then a lapped transform of each.
pub struct Hybrid {
    window: Vec<f32>,
    /// Cosines, 64 per band, band after band.
    bank: Vec<f32>,
    /// Windowed cosines, 36 slots per line, line after line.
    transform: Vec<f32>,
    butterflies: [(f32, f32); 8],
}

impl Hybrid {
    pub fn new() -> Self {
        let half = |n: usize| PROTOTYPE.get(n.min(TAPS - n)).copied().unwrap_or(0);
        let signed = |n: usize| if (n / 64) % 2 == 1 { -half(n) } else { half(n) };
        let bank = (0..BANDS * 64).map(|n| {
            let (band, i) = ((n / 64) as f64, (n % 64) as f64);
            ((2.0 * band + 1.0) * (i - 16.0) * PI / 64.0).cos() as f32
        });
        let transform = (0..18 * SLOTS).map(|n| {
            let (line, i) = ((n / SLOTS) as f64, (n % SLOTS) as f64);
            let window = (PI / 36.0 * (i + 0.5)).sin();
            (window * (PI / 72.0 * (2.0 * i + 19.0) * (2.0 * line + 1.0)).cos()) as f32
        });
        Self {
            window: (0..TAPS).map(|n| signed(n) as f32 / 65_536.0).collect(),
            bank: bank.collect(),
            transform: transform.collect(),
            butterflies: BUTTERFLIES.map(|c| {
                let scale = 1.0 / (1.0 + c * c).sqrt();
                (scale as f32, (c * scale) as f32)
            }),
        }
    }

    /// Adds to `levels`, for each of the 576 offsets, the mean level in decibels of lines `from` to
    /// `to` of `samples`.
    pub fn add_levels(&self, samples: &[f32], from: usize, to: usize, levels: &mut [f32]) {
        for phase in 0..BANDS {
            let slots: Vec<[f32; BANDS]> = (0..SLOTS + 18)
                .map(|slot| self.bands(samples.get(phase + slot * BANDS..).unwrap_or(&[])))
                .collect();
            for start in 0..18 {
                let lines = self.lines(slots.get(start..start + SLOTS).unwrap_or(&[]));
                let part = lines.get(from..to).unwrap_or(&[]);
                if let Some(level) = levels.get_mut(start * BANDS + phase) {
                    *level += mean_level(part.iter().copied());
                }
            }
        }
    }

    /// The 32 band values of one slot.
    fn bands(&self, samples: &[f32]) -> [f32; BANDS] {
        let mut sums = [0.0f32; 64];
        // The filter bank takes the newest sample first.
        let newest = samples.get(..TAPS).unwrap_or(&[]).iter().rev();
        for (n, (x, w)) in newest.zip(&self.window).enumerate() {
            if let Some(sum) = sums.get_mut(n % 64) {
                *sum += x * w;
            }
        }
        std::array::from_fn(|band| {
            let row = self.bank.get(band * 64..band * 64 + 64).unwrap_or(&[]);
            row.iter().zip(&sums).map(|(c, sum)| c * sum).sum()
        })
    }

    /// Turns 36 slots into 576 lines.
    fn lines(&self, slots: &[[f32; BANDS]]) -> Vec<f32> {
        let mut lines = vec![0.0f32; STEP];
        for band in 0..BANDS {
            let column: Vec<f32> = slots
                .iter()
                .enumerate()
                .map(|(n, bands)| {
                    let x = bands.get(band).copied().unwrap_or(0.0);
                    // Odd bands have a reversed spectrum.
                    if band % 2 == 1 && n % 2 == 1 { -x } else { x }
                })
                .collect();
            for (line, row) in self.transform.chunks(SLOTS).enumerate() {
                if let Some(slot) = lines.get_mut(band * 18 + line) {
                    *slot = row.iter().zip(&column).map(|(c, x)| c * x).sum();
                }
            }
        }
        for border in 1..BANDS {
            for (n, (cs, ca)) in self.butterflies.iter().enumerate() {
                let (below, above) = (border * 18 - 1 - n, border * 18 + n);
                if let (Some(a), Some(b)) = (lines.get(below).copied(), lines.get(above).copied()) {
                    lines[below] = a * cs + b * ca;
                    lines[above] = b * cs - a * ca;
                }
            }
        }
        lines
    }
}
