//! Check of the memory that the setup packet of a Vorbis stream asks for (Vorbis I, sections 3.2.1
//! and 4.2.4). A few bytes may describe a codebook of 16 MB, and there may be 256 codebooks.

/// Most bytes of all codebooks; those of libvorbis take less than a megabyte.
const MOST: u64 = 64 << 20;
/// Bytes that a decoder needs per codeword, roughly, besides its vector.
const WORD: u64 = 32;

/// Reads bits, the lowest first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: u64,
}

impl Bits<'_> {
    /// The next `count` bits, 32 at most; `None` at the end.
    fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for n in 0..count {
            let byte = self.bytes.get(usize::try_from(self.at / 8).ok()?)?;
            value |= u32::from(byte >> (self.at % 8) & 1) << n;
            self.at += 1;
        }
        Some(value)
    }

    fn skip(&mut self, count: u64) -> Option<()> {
        self.at = self.at.checked_add(count)?;
        (self.at <= 8 * self.bytes.len() as u64).then_some(())
    }
}

/// Bits that a number needs.
fn width(number: u32) -> u32 {
    32 - number.leading_zeros()
}

/// The greatest number whose `power`-th power is at most `entries`.
fn root(entries: u32, power: u32) -> u64 {
    let fits = |n: &u64| n.checked_pow(power).is_some_and(|all| all <= u64::from(entries));
    (1..=u64::from(entries)).take_while(fits).last().unwrap_or(0)
}

/// Whether the codebooks of a setup packet can be read and need at most [`MOST`] bytes.
pub fn is_bearable(setup: &[u8]) -> bool {
    weight(setup).is_some_and(|bytes| bytes <= MOST)
}

/// Bytes that the codebooks need, or a smaller number above [`MOST`]; `None` if they cannot be
/// read.
fn weight(setup: &[u8]) -> Option<u64> {
    let mut bits = Bits { bytes: setup.strip_prefix(b"\x05vorbis")?, at: 0 };
    let mut all = 0;
    for _ in 0..=bits.take(8)? {
        if bits.take(24)? != 0x56_43_42 {
            return None;
        }
        let (dimensions, entries) = (bits.take(16)?, bits.take(24)?);
        if bits.take(1)? == 1 {
            // Ordered codewords: the number of words of each length.
            bits.skip(5)?;
            let mut done = 0;
            while done < entries {
                done += bits.take(width(entries - done))?;
            }
        } else if bits.take(1)? == 1 {
            for _ in 0..entries {
                if bits.take(1)? == 1 {
                    bits.skip(5)?;
                }
            }
        } else {
            bits.skip(5 * u64::from(entries))?;
        }
        all += u64::from(entries) * WORD;
        let lookup = bits.take(4)?;
        if lookup > 0 {
            all += u64::from(entries) * u64::from(dimensions) * 4;
            bits.skip(64)?;
            let wide = bits.take(4)? + 1;
            bits.skip(1)?;
            let values = match lookup {
                1 => root(entries, dimensions.max(1)),
                _ => u64::from(entries) * u64::from(dimensions),
            };
            bits.skip(values * u64::from(wide))?;
        }
        if all > MOST {
            return Some(all);
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A setup packet of `count` codebooks with `entries` words of one length in `dimensions`, and
    /// a table.
    fn setup(count: u8, entries: u32, dimensions: u32) -> Vec<u8> {
        let mut bits = Vec::new();
        let mut put = |value: u32, count: u32| {
            bits.extend((0..count).map(|n| value >> n & 1 == 1));
        };
        put(u32::from(count) - 1, 8);
        for _ in 0..count {
            put(0x56_43_42, 24);
            put(dimensions, 16);
            put(entries, 24);
            // Ordered, all of one length.
            put(1, 1);
            put(width(entries - 1) - 1, 5);
            put(entries, width(entries));
            put(1, 4);
            put(0, 32);
            put(0, 32);
            put(0, 4);
            put(0, 1);
            put(0, root(entries, dimensions) as u32);
        }
        let bytes = bits.chunks(8).map(|bits| {
            bits.iter().enumerate().fold(0, |byte, (n, bit)| byte | u8::from(*bit) << n)
        });
        [&b"\x05vorbis"[..], &bytes.collect::<Vec<u8>>()].concat()
    }

    #[test]
    fn tables_are_counted_before_they_are_made() {
        assert_eq!(weight(&setup(3, 256, 4)), Some(3 * 256 * (32 + 16)));
        assert!(is_bearable(&setup(200, 256, 4)));
        let large = setup(255, 131_072, 32);
        assert!(large.len() < 10_000 && !is_bearable(&large));
        assert_eq!(weight(&setup(3, 256, 4)[..60]), None);
        assert_eq!((root(256, 4), root(255, 4), root(8, 1), root(0, 3)), (4, 3, 8, 0));
    }
}
