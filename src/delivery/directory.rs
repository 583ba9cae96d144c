//! Reads the directory of a zip archive (PKWARE, APPNOTE.TXT 6.3.10) and its entries, and rejects
//! ambiguous archives: the check must see what any other program unpacks. So each entry has its own
//! range of bytes, and its local header must carry the name from the directory.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};

/// Most entries in an archive.
const MOST: u64 = 100_000;
/// Largest directory in bytes.
const LARGEST: u64 = 64 << 20;
/// Bytes of the end record of a directory.
const END: u64 = 22;
/// Bytes of its longest comment.
const COMMENT: u64 = 65_535;

/// How the data of an entry is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Stored,
    Deflated,
}

/// One file of an archive.
#[derive(Clone, Debug)]
pub struct Listed {
    pub name: String,
    pub method: Method,
    /// Bytes of the data as stored.
    pub packed: u64,
    /// Bytes of the unpacked data.
    pub size: u64,
    /// CRC-32 of the unpacked data.
    pub crc: u32,
    pub is_folder: bool,
    pub is_link: bool,
    /// Position of its local header in the archive.
    at: u64,
}

fn odd(text: impl Into<String>) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, text.into())
}

/// Reads little-endian numbers from a byte slice in sequence.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn bytes(&mut self, count: usize) -> io::Result<&'a [u8]> {
        let (head, rest) =
            self.0.split_at_checked(count).ok_or_else(|| odd("its directory is cut off"))?;
        self.0 = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        self.bytes(N)?.try_into().map_err(|_| odd("its directory is cut off"))
    }

    fn u16(&mut self) -> io::Result<u16> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    fn u32(&mut self) -> io::Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn u64(&mut self) -> io::Result<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }
}

fn read_at(file: &mut File, at: u64, count: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(count).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == count { Ok(bytes) } else { Err(odd("it is cut off")) }
}

/// Number of entries, position and length of the directory.
fn end(file: &mut File, length: u64) -> io::Result<(u64, u64, u64)> {
    let tail = length.min(END + COMMENT);
    let bytes = read_at(file, length - tail, tail)?;
    let is_end = |at: &usize| {
        let rest = bytes.get(*at..).unwrap_or(&[]);
        let comment = rest.get(20..22).and_then(|two| two.try_into().ok()).map(u16::from_le_bytes);
        rest.starts_with(b"PK\x05\x06")
            && comment.is_some_and(|comment| rest.len() as u64 == END + u64::from(comment))
    };
    let found = (0..bytes.len()).rev().find(is_end).ok_or_else(|| odd("it is no zip archive"))?;
    let at = length - tail + found as u64;
    let mut fields = Fields(bytes.get(found + 4..).unwrap_or(&[]));
    let disks = (fields.u16()?, fields.u16()?);
    let (here, count) = (fields.u16()?, fields.u16()?);
    let (size, from) = (fields.u32()?, fields.u32()?);
    let large = here == u16::MAX || count == u16::MAX || size == u32::MAX || from == u32::MAX;
    if !large || at < 20 {
        if disks != (0, 0) || here != count {
            return Err(odd("it is one part of several that only open together"));
        }
        return Ok((count.into(), from.into(), size.into()));
    }
    let locator = read_at(file, at - 20, 20)?;
    let mut fields =
        Fields(locator.strip_prefix(b"PK\x06\x07").ok_or_else(|| odd("its end makes no sense"))?);
    fields.u32()?;
    let place = fields.u64()?;
    let record = read_at(file, place, 56)?;
    let mut fields =
        Fields(record.strip_prefix(b"PK\x06\x06").ok_or_else(|| odd("its end makes no sense"))?);
    fields.bytes(20)?;
    let (here, count) = (fields.u64()?, fields.u64()?);
    let (size, from) = (fields.u64()?, fields.u64()?);
    if here != count {
        return Err(odd("it is one part of several that only open together"));
    }
    Ok((count, from, size))
}

/// The entries of an archive, in the order of their positions in it.
///
/// # Errors `InvalidData` with a reason when the archive is damaged, encrypted or ambiguous: two
/// programs could unpack different data.
pub fn read(file: &mut File) -> io::Result<Vec<Listed>> {
    let length = file.metadata()?.len();
    let (count, from, size) = end(file, length)?;
    if count > MOST || size > LARGEST {
        return Err(odd(format!("it says that it holds {count} files")));
    }
    if from.checked_add(size).is_none_or(|end| end > length) {
        return Err(odd("its directory lies outside of it"));
    }
    let bytes = read_at(file, from, size)?;
    let mut fields = Fields(&bytes);
    let mut all = Vec::new();
    for _ in 0..count {
        all.push(entry(&mut fields)?);
    }
    if !fields.0.is_empty() {
        return Err(odd("its directory holds more than it says"));
    }
    all.sort_by_key(|one| one.at);
    // Each entry must end before the next one, or before the directory.
    let ends = all.iter().skip(1).map(|next| next.at).chain([from]).collect::<Vec<u64>>();
    for (one, end) in all.iter().zip(&ends) {
        let least = one.at.checked_add(30 + one.name.len() as u64 + one.packed.min(length));
        if one.packed > length || least.is_none_or(|least| least > *end) {
            return Err(odd(format!("{} lies over another file in it", shown(&one.name))));
        }
    }
    Ok(all)
}

/// A name safe to show: it comes from an untrusted file.
fn shown(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '?' } else { c }).take(120).collect()
}

fn method(number: u16, name: &str) -> io::Result<Method> {
    match number {
        0 => Ok(Method::Stored),
        8 => Ok(Method::Deflated),
        _ => Err(odd(format!(
            "{} was compressed anew in a way that is not read here; unpack it and check the folder",
            shown(name)
        ))),
    }
}

fn entry(fields: &mut Fields<'_>) -> io::Result<Listed> {
    if fields.bytes(4)? != b"PK\x01\x02" {
        return Err(odd("its directory makes no sense"));
    }
    let made_by = fields.u16()?;
    fields.u16()?;
    let flags = fields.u16()?;
    let number = fields.u16()?;
    fields.bytes(4)?;
    let crc = fields.u32()?;
    let (mut packed, mut size) = (u64::from(fields.u32()?), u64::from(fields.u32()?));
    let (name, extra, comment) = (fields.u16()?, fields.u16()?, fields.u16()?);
    fields.bytes(4)?;
    let attributes = fields.u32()?;
    let mut at = u64::from(fields.u32()?);
    let name = fields.bytes(name.into())?;
    let mut extra = Fields(fields.bytes(extra.into())?);
    fields.bytes(comment.into())?;
    let name = String::from_utf8(name.to_vec())
        .map_err(|_| odd(format!("{} is no name", shown(&String::from_utf8_lossy(name)))))?;
    while !extra.0.is_empty() {
        let (id, length) = (extra.u16()?, extra.u16()?);
        let mut body = Fields(extra.bytes(length.into())?);
        if id == 1 {
            // Values that do not fit into their 32-bit fields, in this order.
            for value in [&mut size, &mut packed, &mut at] {
                if *value == u64::from(u32::MAX) {
                    *value = body.u64()?;
                }
            }
        }
    }
    if flags & 1 == 1 {
        return Err(odd(format!("{} is encrypted", shown(&name))));
    }
    // The upper byte is the system that wrote the attributes; 3 is Unix.
    let mode = if made_by >> 8 == 3 { attributes >> 16 } else { 0 };
    Ok(Listed {
        method: method(number, &name)?,
        is_folder: name.ends_with('/'),
        is_link: mode & 0o170_000 == 0o120_000,
        name,
        packed,
        size,
        crc,
        at,
    })
}

impl Listed {
    /// Reads the unpacked data. If there is more than [`Self::size`] says, it yields one byte more,
    /// so that the check notices.
    ///
    /// # Errors `InvalidData` when the local header disagrees with the directory.
    pub fn open<'a>(&self, file: &'a mut File) -> io::Result<Box<dyn Read + 'a>> {
        let head = read_at(file, self.at, 30)?;
        let mut fields = Fields(head.strip_prefix(b"PK\x03\x04").ok_or_else(|| {
            odd(format!("{} is not where the directory says", shown(&self.name)))
        })?);
        fields.bytes(4)?;
        let number = fields.u16()?;
        fields.bytes(16)?;
        let (name, extra) = (u64::from(fields.u16()?), u64::from(fields.u16()?));
        let own = read_at(file, self.at + 30, name)?;
        if own != self.name.as_bytes() || method(number, &self.name)? != self.method {
            return Err(odd(format!("{} has two names in it", shown(&self.name))));
        }
        file.seek(SeekFrom::Start(self.at + 30 + name + extra))?;
        let data = file.take(self.packed);
        let most = self.size.saturating_add(1);
        Ok(match self.method {
            Method::Stored => Box::new(data.take(most)),
            Method::Deflated => Box::new(flate2::read::DeflateDecoder::new(data).take(most)),
        })
    }

    /// Whether the entry unpacks to far more data than audio ever would (a zip bomb).
    pub fn is_bomb(&self) -> bool {
        self.size > 1 << 30 && self.size / 1100 > self.packed
    }
}
