//! Bit writer and checksums of FLAC frames. The FLAC decoder uses the same checksums.

/// Collects bits and turns them into bytes, the highest bit first.
#[derive(Default)]
pub struct Bits {
    pub bytes: Vec<u8>,
    waiting: u64,
    count: u32,
}

impl Bits {
    pub fn clear(&mut self) {
        self.bytes.clear();
        (self.waiting, self.count) = (0, 0);
    }

    /// Appends the lowest `width` bits of `value`, 32 at most.
    pub fn put(&mut self, value: u32, width: u32) {
        let value = u64::from(value) & ((1 << width) - 1);
        self.waiting = self.waiting << width | value;
        self.count += width;
        while self.count >= 8 {
            self.count -= 8;
            self.bytes.push((self.waiting >> self.count) as u8);
        }
    }

    pub fn put_signed(&mut self, value: i32, width: u32) {
        self.put(value as u32, width);
    }

    /// Appends `zeros` zero bits, then a one.
    pub fn put_unary(&mut self, mut zeros: u32) {
        while zeros >= 32 {
            self.put(0, 32);
            zeros -= 32;
        }
        self.put(1, zeros + 1);
    }

    /// Fills the last byte with zero bits.
    pub fn align(&mut self) {
        if self.count > 0 {
            self.put(0, 8 - self.count);
        }
    }

    /// Appends a number in as few bytes as it needs, coded like UTF-8 (RFC 9639, section 9.1.5).
    pub fn put_number(&mut self, number: u32) {
        if number < 0x80 {
            return self.put(number, 8);
        }
        let more = (1..=5).find(|more| number >> (6 * more + 6 - more) == 0).unwrap_or(5);
        let mark = 0xFF << (7 - more) & 0xFF;
        self.put(mark | number >> (6 * more), 8);
        for place in (0..more).rev() {
            self.put(0x80 | number >> (6 * place) & 0x3F, 8);
        }
    }
}

/// CRC-8 with the polynomial x⁸ + x² + x + 1, from zero.
pub fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc, _| if crc & 0x80 == 0 { crc << 1 } else { crc << 1 ^ 0x07 })
    })
}

/// CRC-16 of each value of a byte, see [`crc16`].
const TABLE: [u16; 256] = {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        let mut crc = (n as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x8005 };
            bit += 1;
        }
        table[n] = crc;
        n += 1;
    }
    table
};

/// CRC-16 with the polynomial x¹⁶ + x¹⁵ + x² + 1, from zero.
pub fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| crc16_of(crc, *byte))
}

/// The CRC-16 `crc` after one more byte.
#[inline]
pub fn crc16_of(crc: u16, byte: u8) -> u16 {
    let at = usize::from((crc >> 8) as u8 ^ byte);
    crc << 8 ^ TABLE.get(at).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_those_of_the_catalogue() {
        // The check values of CRC-8/SMBUS and CRC-16/UMTS.
        assert_eq!(crc8(b"123456789"), 0xF4);
        assert_eq!(crc16(b"123456789"), 0xFEE8);
    }

    #[test]
    fn numbers_are_as_utf_8_has_them() {
        for number in [0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFD, 0x1_0000, 0x10_FFFF] {
            let mut bits = Bits::default();
            bits.put_number(number);
            let text = char::from_u32(number).unwrap().to_string();
            assert_eq!(bits.bytes, text.as_bytes(), "{number:x}");
        }
    }
}
