//! Reads numbers from the bytes of a header, at a byte offset; `None` if the header is too short.

macro_rules! field {
    ($name:ident, $number:ty, $from:ident) => {
        pub fn $name(bytes: &[u8], at: usize) -> Option<$number> {
            Some(<$number>::$from(*bytes.get(at..)?.first_chunk()?))
        }
    };
}

field!(u16_le, u16, from_le_bytes);
field!(u32_le, u32, from_le_bytes);
field!(u64_le, u64, from_le_bytes);
field!(u16_be, u16, from_be_bytes);
field!(u32_be, u32, from_be_bytes);
field!(u64_be, u64, from_be_bytes);
field!(f64_be, f64, from_be_bytes);
