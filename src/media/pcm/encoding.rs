//! How a PCM sample is stored ([`Encoding`]), and its decoding to `f32` with full scale at ±1.

/// Number format of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Integers of one byte; silence is 128.
    Unsigned,
    Signed,
    Float,
}

/// Byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    Little,
    Big,
}

/// How a sample is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding {
    pub form: Form,
    /// Bytes per sample: 1 to 4 for integers, 4 or 8 for floating point.
    pub width: usize,
    pub order: ByteOrder,
    /// Left shift that moves an integer to the high end of its bytes.
    pub shift: u32,
}

impl Encoding {
    /// Decodes interleaved samples into planes; a mono file fills `left` only. NaN and infinite
    /// samples become 0. Returns the number of such samples.
    pub fn decode(self, bytes: &[u8], left: &mut [f32], right: &mut [f32]) -> u64 {
        let mut invalid = 0u64;
        let mut number = |x: f32| {
            let finite = x.is_finite();
            invalid += u64::from(!finite);
            if finite { x } else { 0.0 }
        };
        let shift = self.shift;
        let whole = |value: i32| ((value << shift) as f32) / 2_147_483_648.0;
        match (self.form, self.width, self.order) {
            (Form::Float, 4, ByteOrder::Little) => {
                spread(bytes, left, right, |b| number(f32::from_le_bytes(b)));
            }
            (Form::Float, 4, ByteOrder::Big) => {
                spread(bytes, left, right, |b| number(f32::from_be_bytes(b)));
            }
            (Form::Float, _, ByteOrder::Little) => {
                spread(bytes, left, right, |b| number(f64::from_le_bytes(b) as f32));
            }
            (Form::Float, _, ByteOrder::Big) => {
                spread(bytes, left, right, |b| number(f64::from_be_bytes(b) as f32));
            }
            (Form::Unsigned, ..) => {
                spread(bytes, left, right, |[a]: [u8; 1]| (f32::from(a) - 128.0) / 128.0);
            }
            (Form::Signed, 1, _) => {
                spread(bytes, left, right, |[a]: [u8; 1]| whole(i32::from_le_bytes([0, 0, 0, a])));
            }
            (Form::Signed, 2, ByteOrder::Little) => {
                spread(bytes, left, right, |[a, b]: [u8; 2]| {
                    whole(i32::from_le_bytes([0, 0, a, b]))
                });
            }
            (Form::Signed, 2, ByteOrder::Big) => {
                spread(bytes, left, right, |[a, b]: [u8; 2]| {
                    whole(i32::from_be_bytes([a, b, 0, 0]))
                });
            }
            (Form::Signed, 3, ByteOrder::Little) => {
                spread(bytes, left, right, |[a, b, c]: [u8; 3]| {
                    whole(i32::from_le_bytes([0, a, b, c]))
                });
            }
            (Form::Signed, 3, ByteOrder::Big) => {
                spread(bytes, left, right, |[a, b, c]: [u8; 3]| {
                    whole(i32::from_be_bytes([a, b, c, 0]))
                });
            }
            (Form::Signed, _, ByteOrder::Little) => {
                spread(bytes, left, right, |b| whole(i32::from_le_bytes(b)));
            }
            (Form::Signed, _, ByteOrder::Big) => {
                spread(bytes, left, right, |b| whole(i32::from_be_bytes(b)));
            }
        }
        invalid
    }

    /// A stored integer, moved to the high end of 32 bits. `shift` is not applied.
    pub fn whole(self, bytes: &[u8]) -> i32 {
        let mut four = [0u8; 4];
        // Little-endian integers lack their lowest bytes at the front.
        let at = if self.order == ByteOrder::Little { 4 - self.width.min(4) } else { 0 };
        for (to, from) in four.iter_mut().skip(at).zip(bytes) {
            *to = *from;
        }
        match self.order {
            ByteOrder::Little => i32::from_le_bytes(four),
            ByteOrder::Big => i32::from_be_bytes(four),
        }
    }
}

/// Decodes interleaved samples of `N` bytes into planes. If `left` is as long as all samples,
/// they are mono and fill `left` only.
fn spread<const N: usize>(
    bytes: &[u8],
    left: &mut [f32],
    right: &mut [f32],
    mut decode: impl FnMut([u8; N]) -> f32,
) {
    let (samples, _) = bytes.as_chunks::<N>();
    if samples.len() == left.len() {
        for (out, sample) in left.iter_mut().zip(samples) {
            *out = decode(*sample);
        }
    } else {
        let (pairs, _) = samples.as_chunks::<2>();
        for ((l, r), [a, b]) in left.iter_mut().zip(right).zip(pairs) {
            *l = decode(*a);
            *r = decode(*b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_in_every_form() {
        // −0.25 and 0.5 as a pair.
        let cases: [(Form, usize, ByteOrder, u32, &[u8]); 12] = [
            (Form::Unsigned, 1, ByteOrder::Little, 0, &[96, 192]),
            (Form::Signed, 1, ByteOrder::Big, 0, &[0xE0, 0x40]),
            (Form::Signed, 2, ByteOrder::Little, 0, &[0, 0xE0, 0, 0x40]),
            (Form::Signed, 2, ByteOrder::Big, 0, &[0xE0, 0, 0x40, 0]),
            (Form::Signed, 2, ByteOrder::Little, 4, &[0, 0xFE, 0, 0x04]),
            (Form::Signed, 3, ByteOrder::Little, 0, &[0, 0, 0xE0, 0, 0, 0x40]),
            (Form::Signed, 3, ByteOrder::Big, 0, &[0xE0, 0, 0, 0x40, 0, 0]),
            (Form::Signed, 4, ByteOrder::Little, 0, &[0, 0, 0, 0xE0, 0, 0, 0, 0x40]),
            (Form::Signed, 4, ByteOrder::Big, 8, &[0xFF, 0xE0, 0, 0, 0, 0x40, 0, 0]),
            (Form::Float, 4, ByteOrder::Little, 0, &[0, 0, 0x80, 0xBE, 0, 0, 0, 0x3F]),
            (Form::Float, 4, ByteOrder::Big, 0, &[0xBE, 0x80, 0, 0, 0x3F, 0, 0, 0]),
            (
                Form::Float,
                8,
                ByteOrder::Big,
                0,
                &[0xBF, 0xD0, 0, 0, 0, 0, 0, 0, 0x3F, 0xE0, 0, 0, 0, 0, 0, 0],
            ),
        ];
        for (form, width, order, shift, bytes) in cases {
            let encoding = Encoding { form, width, order, shift };
            let (mut left, mut right) = ([0.0; 1], [0.0; 1]);
            assert_eq!(encoding.decode(bytes, &mut left, &mut right), 0);
            assert_eq!((left[0], right[0]), (-0.25, 0.5), "{encoding:?}");
            // The same bytes as two frames of a mono file.
            let mut left = [0.0; 2];
            encoding.decode(bytes, &mut left, &mut [0.0; 2]);
            assert_eq!(left, [-0.25, 0.5], "{encoding:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_silence() {
        let encoding = Encoding { form: Form::Float, width: 4, order: ByteOrder::Big, shift: 0 };
        let mut left = [1.0; 2];
        let bytes = [0x7F, 0xC0, 0, 0, 0xFF, 0x80, 0, 0];
        assert_eq!(encoding.decode(&bytes, &mut left, &mut []), 2);
        assert_eq!(left, [0.0; 2]);
    }
}
