//! Encoder of one block of stereo as a FLAC frame. It picks the smallest of four ways to store two
//! channels. Each channel uses the fixed polynomial predictor that needs the fewest bits, with its
//! residual in Rice codes.

use super::bits::{Bits, crc8, crc16};

/// Frames per block.
pub const BLOCK: usize = 4096;
/// Number of predictors: orders 0 to 4 (RFC 9639, section 9.2.5).
const ORDERS: usize = 5;
/// Most partitions, as a power of two.
const MOST_PARTITIONS: u32 = 8;
/// Highest parameter of a five-bit Rice code; 31 means an escape.
const MOST_RICE: u32 = 30;

/// How a channel is stored.
enum Way {
    Constant,
    Verbatim,
    Fixed { order: usize, partitions: u32, rice: Vec<u32> },
}

/// A channel, the best way to store it, and its size in bits.
struct Channel<'a> {
    samples: &'a [i32],
    bits: u32,
    way: Way,
    residual: Vec<i32>,
    size: u64,
}

/// Residual of the predictor of the next higher order.
fn differences(of: &[i32]) -> Vec<i32> {
    of.windows(2).map(|pair| if let [a, b] = pair { b - a } else { 0 }).collect()
}

/// Maps 0, −1, 1, −2 … to 0, 1, 2, 3 …
fn folded(value: i32) -> u32 {
    (value << 1 ^ value >> 31) as u32
}

/// Best Rice parameter for `count` numbers with this sum, and an upper limit of the bits that they
/// take with it.
fn rice(sum: u64, count: u64) -> (u32, u64) {
    let size = |k: u32| count * u64::from(k + 1) + (sum >> k);
    let near = (sum / count.max(1)).checked_ilog2().unwrap_or(0).min(MOST_RICE);
    let all = near.saturating_sub(1)..=(near + 1).min(MOST_RICE);
    all.map(|k| (k, size(k))).min_by_key(|(_, size)| *size).unwrap_or((0, size(0)))
}

/// Best partitions of a residual: their number as a power of two, a Rice parameter for each, and
/// the size in bits.
fn partitioned(residual: &[i32], order: usize) -> (u32, Vec<u32>, u64) {
    let block = residual.len() + order;
    let fits = |power: &u32| block.is_multiple_of(1 << power) && block >> power > order;
    let most = (0..=MOST_PARTITIONS).filter(fits).max().unwrap_or(0);
    // Sums of the smallest partitions. The first one is shorter by the predictor's starting
    // samples.
    let length = block >> most;
    let (first, rest) = residual.split_at((length - order).min(residual.len()));
    let sum = |part: &[i32]| part.iter().map(|x| u64::from(folded(*x))).sum::<u64>();
    let mut sums: Vec<u64> = vec![sum(first)];
    sums.extend(rest.chunks(length).map(sum));
    let mut best: Option<(u32, Vec<u32>, u64)> = None;
    for power in (0..=most).rev() {
        let count = |n: usize| (block >> power) as u64 - if n == 0 { order as u64 } else { 0 };
        let codes: Vec<(u32, u64)> =
            sums.iter().enumerate().map(|(n, sum)| rice(*sum, count(n))).collect();
        let wide = codes.iter().any(|(k, _)| *k > 14);
        let heads = codes.len() as u64 * if wide { 5 } else { 4 };
        let size = 6 + heads + codes.iter().map(|(_, size)| size).sum::<u64>();
        if best.as_ref().is_none_or(|(_, _, known)| size < *known) {
            best = Some((power, codes.into_iter().map(|(k, _)| k).collect(), size));
        }
        sums = sums.chunks(2).map(|pair| pair.iter().sum()).collect();
    }
    best.unwrap_or((0, vec![0], u64::MAX))
}

impl<'a> Channel<'a> {
    fn new(samples: &'a [i32], bits: u32) -> Self {
        let plain = samples.len() as u64 * u64::from(bits);
        let mut best =
            Self { samples, bits, way: Way::Verbatim, residual: Vec::new(), size: 8 + plain };
        if samples.windows(2).all(|pair| pair.first() == pair.last()) {
            return Self { way: Way::Constant, size: 8 + u64::from(bits), ..best };
        }
        let mut residual = samples.to_vec();
        for order in 0..ORDERS.min(samples.len()) {
            if order > 0 {
                residual = differences(&residual);
            }
            let (partitions, rice, size) = partitioned(&residual, order);
            let size = size.saturating_add(8 + order as u64 * u64::from(bits));
            if size < best.size {
                let way = Way::Fixed { order, partitions, rice };
                best = Self { way, residual: residual.clone(), size, ..best };
            }
        }
        best
    }

    fn write(&self, bits: &mut Bits) {
        let sample = |bits: &mut Bits, x: i32| bits.put_signed(x, self.bits);
        match &self.way {
            Way::Constant => {
                bits.put(0, 8);
                sample(bits, self.samples.first().copied().unwrap_or(0));
            }
            Way::Verbatim => {
                bits.put(0b10, 8);
                self.samples.iter().for_each(|x| sample(bits, *x));
            }
            Way::Fixed { order, partitions, rice } => {
                bits.put((8 + *order as u32) << 1, 8);
                self.samples.iter().take(*order).for_each(|x| sample(bits, *x));
                let wide = rice.iter().any(|k| *k > 14);
                bits.put(u32::from(wide), 2);
                bits.put(*partitions, 4);
                let length = self.samples.len() >> partitions;
                let mut rest = self.residual.as_slice();
                for (n, k) in rice.iter().enumerate() {
                    bits.put(*k, if wide { 5 } else { 4 });
                    let count = if n == 0 { length - order } else { length };
                    let (part, after) = rest.split_at(count.min(rest.len()));
                    rest = after;
                    for value in part.iter().map(|x| folded(*x)) {
                        bits.put_unary(value >> k);
                        bits.put(value, *k);
                    }
                }
            }
        }
    }
}

/// Codes one block. Both sides have the same length, 1 to [`BLOCK`] samples of `depth` bits; `rate`
/// is in Hz.
pub fn write(out: &mut Bits, number: u32, (left, right): (&[i32], &[i32]), depth: u32, rate: u32) {
    let pairs = || left.iter().zip(right);
    let side: Vec<i32> = pairs().map(|(l, r)| l - r).collect();
    let mid: Vec<i32> = pairs().map(|(l, r)| (l + r) >> 1).collect();
    let (l, r) = (Channel::new(left, depth), Channel::new(right, depth));
    let (m, s) = (Channel::new(&mid, depth), Channel::new(&side, depth + 1));
    let ways = [(1, &l, &r), (8, &l, &s), (9, &s, &r), (10, &m, &s)];
    let (assignment, first, second) =
        ways.into_iter().min_by_key(|(_, a, b)| a.size + b.size).unwrap_or((1, &l, &r));
    out.clear();
    // Sync code for blocks of a fixed size, which are numbered in frames.
    out.put(0xFFF8, 16);
    let whole = left.len() == BLOCK;
    out.put(if whole { 0b1100 } else { 0b0111 }, 4);
    let rates =
        [88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];
    let code = rates.iter().position(|known| *known == rate).map_or(0, |place| place as u32 + 1);
    out.put(code, 4);
    out.put(assignment, 4);
    out.put(if depth == 16 { 0b1000 } else { 0b1100 }, 4);
    out.put_number(number);
    if !whole {
        out.put(left.len() as u32 - 1, 16);
    }
    let check = crc8(&out.bytes);
    out.put(check.into(), 8);
    first.write(out);
    second.write(out);
    out.align();
    let check = crc16(&out.bytes);
    out.put(check.into(), 16);
}
