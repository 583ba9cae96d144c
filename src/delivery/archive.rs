//! A package as archives: whole files spread over parts of a limited size, each of which any
//! program opens alone. Audio does not shrink, so nothing is compressed.

use crate::delivery::manifest::{Hashes, Manifest, NAME, Verified, hashes_of, inside};
use crate::delivery::package::{Package, place};
use crate::delivery::{DeliveryError, GoOn};
use crate::media::broadcast;
use crate::render::scratch::Scratch;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// Bytes that an entry takes beside its content, twice its name left out: both heads and their
/// fields for large files.
const HEADS: u64 = 30 + 46 + 2 * 32;
/// Bytes at the end of an archive.
const END: u64 = 128;

/// `BlueSky_v1_part2.zip`.
pub fn part_name(name: &str, number: usize) -> String {
    format!("{name}_part{number}.zip")
}

/// A file of the package: its name in it, its place and its size.
struct Entry {
    name: String,
    path: PathBuf,
    bytes: u64,
}

impl Entry {
    fn size(&self) -> u64 {
        self.bytes + HEADS + 2 * self.name.len() as u64
    }
}

/// Which files go into which part: in order, a new part where one would grow too large. A file
/// that is larger than a part has one of its own.
fn parts(entries: Vec<Entry>, limit: u64) -> Vec<Vec<Entry>> {
    let mut parts: Vec<(u64, Vec<Entry>)> = Vec::new();
    for entry in entries {
        let size = entry.size();
        let room = parts.iter_mut().find(|(used, _)| used.saturating_add(size) <= limit);
        match room {
            Some((used, part)) => {
                *used += size;
                part.push(entry);
            }
            None => parts.push((END + size, vec![entry])),
        }
    }
    parts.into_iter().map(|(_, part)| part).collect()
}

/// Packs a package and gives the archives their names, once all of them are written; the folder
/// goes. Archives that are there already stay.
pub fn pack(
    package: Package,
    name: &str,
    limit: u64,
    go_on: &GoOn<'_>,
) -> Result<Vec<PathBuf>, DeliveryError> {
    let mut entries = Vec::new();
    for inner in super::manifest::files_below(package.root())? {
        let path = package.root().join(&inner);
        let read = |cause| DeliveryError::Read { path: path.clone(), cause };
        let bytes = std::fs::metadata(&path).map_err(read)?.len();
        entries.push(Entry { name: format!("{name}/{inner}"), path, bytes });
    }
    let out = package.out().to_owned();
    let making = Scratch::new(&out)?;
    let parts = parts(entries, limit);
    let alone = parts.len() == 1;
    let mut made = Vec::new();
    for (number, part) in (1..).zip(&parts) {
        let file = if alone { format!("{name}.zip") } else { part_name(name, number) };
        write(&making.path(&file), part, go_on)?;
        made.push(file);
    }
    let mut placed: Vec<PathBuf> = Vec::new();
    for file in made {
        let target = out.join(&file);
        if let Err(error) = place(&making.path(&file), &target) {
            // All of them, or none.
            for path in placed {
                let _ = std::fs::remove_file(path);
            }
            return Err(error);
        }
        placed.push(target);
    }
    Ok(placed)
}

fn write(path: &Path, part: &[Entry], go_on: &GoOn<'_>) -> Result<(), DeliveryError> {
    let failed = |cause: std::io::Error| DeliveryError::Write { path: path.to_owned(), cause };
    let zipped = |error: zip::result::ZipError| failed(std::io::Error::other(error.to_string()));
    let mut out = ZipWriter::new(BufWriter::new(File::create(path).map_err(failed)?));
    for entry in part {
        go_on()?;
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .unix_permissions(0o644)
            .last_modified_time(now())
            .large_file(entry.bytes >= u64::from(u32::MAX));
        out.start_file(entry.name.as_str(), options).map_err(zipped)?;
        let read = |cause| DeliveryError::Read { path: entry.path.clone(), cause };
        let mut file = BufReader::new(File::open(&entry.path).map_err(read)?);
        std::io::copy(&mut file, &mut out).map_err(failed)?;
    }
    let mut file = out.finish().map_err(zipped)?;
    file.flush().map_err(failed)
}

/// A list larger than this is none of ours, in bytes.
const LARGEST_LIST: u64 = 1 << 26;

/// Checks archives against the list in one of them, without unpacking anything. `progress` is
/// told the share that is done.
pub fn verify(paths: &[PathBuf], progress: &dyn Fn(f32)) -> Result<Verified, DeliveryError> {
    let mut found: BTreeMap<String, Hashes> = BTreeMap::new();
    let (mut verified, mut list) = (Verified::default(), None);
    for (n, path) in paths.iter().enumerate() {
        let read = |cause| DeliveryError::Read { path: path.clone(), cause };
        let opened = |error: zip::result::ZipError| DeliveryError::Archive {
            path: path.clone(),
            detail: error.to_string(),
        };
        let file = BufReader::new(File::open(path).map_err(read)?);
        let mut archive = ZipArchive::new(file).map_err(opened)?;
        let count = archive.len();
        for entry in 0..count {
            progress((n as f32 + entry as f32 / count as f32) / paths.len() as f32);
            let mut entry = archive.by_index(entry).map_err(opened)?;
            let name = entry.name().map_err(opened)?.into_owned();
            if entry.is_dir() {
                continue;
            }
            // The folder of the package comes first in every name.
            let inner = name.split_once('/').map(|(_, inner)| inner.to_string());
            let safe = inside(Path::new(""), &name).is_some() && !entry.is_symlink();
            let Some(inner) = inner.filter(|_| safe) else {
                verified.refused.push(name);
                continue;
            };
            if inner == NAME {
                let mut bytes = Vec::new();
                entry.by_ref().take(LARGEST_LIST).read_to_end(&mut bytes).map_err(read)?;
                list = Some(Manifest::read(&bytes, path)?);
            } else {
                // What an archive's own checksum refuses is changed, too.
                found.insert(inner, hashes_of(&mut entry).unwrap_or_default());
            }
        }
    }
    let first = paths.first().cloned().unwrap_or_default();
    let list = list.ok_or(DeliveryError::NoManifest(first))?;
    for entry in &list.files {
        match found.get(&entry.path) {
            Some(hashes) => verified.compare(entry, hashes),
            None => verified.missing.push(entry.path.clone()),
        }
    }
    verified.unlisted = list.unlisted(found.into_keys().collect());
    Ok(verified)
}

/// The time of day in UTC, as archives write it.
fn now() -> DateTime {
    let (date, time) = broadcast::now();
    let mut numbers = date.split('-').chain(time.split(':')).map(|n| n.parse::<u16>().unwrap_or(0));
    let year = numbers.next().unwrap_or(1980);
    let mut next = || numbers.next().unwrap_or(0) as u8;
    let (month, day, hour, minute, second) = (next(), next(), next(), next(), next());
    DateTime::from_date_and_time(year, month, day, hour, minute, second).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_file_is_in_one_part_and_no_part_is_too_large(
            sizes in prop::collection::vec(0u64..4000, 1..40), limit in 1000u64..9000
        ) {
            let entry = |(n, bytes): (usize, &u64)| Entry {
                name: format!("{n}"), path: PathBuf::new(), bytes: *bytes,
            };
            let parts = parts(sizes.iter().enumerate().map(entry).collect(), limit);
            let mut names: Vec<&String> = parts.iter().flatten().map(|e| &e.name).collect();
            names.sort();
            names.dedup();
            prop_assert_eq!(names.len(), sizes.len());
            for part in &parts {
                let size = END + part.iter().map(Entry::size).sum::<u64>();
                prop_assert!(part.len() == 1 || size <= limit);
            }
        }
    }
}
