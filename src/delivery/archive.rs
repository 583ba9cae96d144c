//! Packs a package into zip archives of a limited size, and verifies such archives. Each archive
//! opens without the others. Entries are stored, not compressed, because audio hardly shrinks.

use crate::dates;
use crate::delivery::directory::{self, Listed};
use crate::delivery::manifest::{
    Hashes, LARGEST_LIST, Manifest, NAME, SUMS, Verified, hashes_of, inside,
};
use crate::delivery::package::{Package, place};
use crate::delivery::{DeliveryError, GoOn};
use crate::disk;
use crate::render::scratch::Scratch;
use crate::session::naming::plain;
use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Bytes of both headers of an entry with their ZIP64 fields, without the name, which is in each.
const HEADS: u64 = 30 + 46 + 2 * 32;
/// Bytes reserved for the end of an archive.
const END: u64 = 128;

/// Name of an archive, such as `BlueSky_v1_part2.zip`.
pub fn part_name(name: &str, number: usize) -> String {
    format!("{name}_part{number}.zip")
}

/// A file of the package: its name in the archive, its path on disk and its size.
struct Entry {
    name: String,
    path: PathBuf,
    bytes: u64,
}

impl Entry {
    /// Bytes that the entry takes in an archive.
    fn size(&self) -> u64 {
        self.bytes + HEADS + 2 * self.name.len() as u64
    }
}

/// Distributes files over archives of at most `limit` bytes: each goes into the first archive with
/// room for it, or into a new one. A file larger than `limit` gets an archive of its own.
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

/// Packs a package into archives in its output folder, and removes its own folder. The archives get
/// their names once all are written. Existing archives are never overwritten: then this fails and
/// none of the new ones stays.
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
            // Keep all archives or none.
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
        let mut file = BufReader::new(disk::open(&entry.path).map_err(read)?);
        std::io::copy(&mut file, &mut out).map_err(failed)?;
    }
    let mut file = out.finish().map_err(zipped)?;
    file.flush().map_err(failed)
}

/// Verifies archives against the manifest in one of them, without unpacking to disk. Everything
/// that another program would unpack is checked: one folder, one manifest, each name once.
/// `progress` receives the share that is done, 0 to 1.
pub fn verify(paths: &[PathBuf], progress: &dyn Fn(f32)) -> Result<Verified, DeliveryError> {
    let mut verified = Verified::default();
    let mut entries: Vec<(usize, Listed)> = Vec::new();
    let mut open = Vec::new();
    for (part, path) in paths.iter().enumerate() {
        let failed = |error: std::io::Error| odd(path, &error);
        let mut file = disk::open(path).map_err(failed)?;
        entries.extend(directory::read(&mut file).map_err(failed)?.into_iter().map(|e| (part, e)));
        open.push(file);
    }
    // The package is the folder that contains the manifest.
    let ending = format!("/{NAME}");
    let roots = entries.iter().filter_map(|(_, entry)| entry.name.strip_suffix(&ending));
    let root = roots.filter(|root| !root.contains('/')).map(str::to_string).next();
    let first = paths.first().cloned().unwrap_or_default();
    let Some(root) = root else { return Err(DeliveryError::NoManifest(first)) };
    let (mut files, mut seen) = (Vec::new(), HashSet::new());
    for (part, entry) in entries {
        let name = entry.name.trim_end_matches('/').to_string();
        let (folder, inner) = name.split_once('/').unwrap_or((&name, ""));
        if inside(Path::new(""), &name).is_none() || entry.is_link {
            verified.refused.push(entry.name);
        } else if folder != root || (inner.is_empty() && !entry.is_folder) {
            verified.odd.push(format!("{name} lies beside the folder of the package"));
        } else if !entry.is_folder {
            // Some file systems treat names as equal that differ in capitals or in Unicode
            // normalisation.
            match seen.insert(plain(&name)) {
                true => files.push((part, inner.to_string(), entry)),
                false => verified.odd.push(format!("{name} is there more than once")),
            }
        }
    }
    let list = files.iter().find(|(_, inner, _)| inner == NAME);
    let Some((part, _, entry)) = list else { return Err(DeliveryError::NoManifest(first)) };
    let path = paths.get(*part).unwrap_or(&first);
    let bytes = text_of(entry, open.get_mut(*part)).map_err(|error| odd(path, &error))?;
    let list = Manifest::read(&bytes, path)?;
    let mut found: BTreeMap<String, Hashes> = BTreeMap::new();
    let all = files.len().max(1) as f32;
    for (n, (part, inner, entry)) in files.iter().enumerate() {
        progress(n as f32 / all);
        // An unlisted file is reported but not read, however large it is.
        let listed = list.files.iter().find(|one| one.path == *inner);
        let wrong = listed.is_some_and(|one| one.bytes != entry.size) || entry.is_bomb();
        let hashes = match (listed.filter(|_| !wrong), open.get_mut(*part)) {
            (Some(_), Some(file)) => match entry.open(file) {
                Ok(data) => {
                    let mut data = flate2::CrcReader::new(data);
                    let hashes = hashes_of(&mut data).unwrap_or_default();
                    if data.crc().sum() != entry.crc {
                        verified.odd.push(format!("{inner} has another checksum in the archive"));
                    }
                    hashes
                }
                Err(error) => {
                    verified.odd.push(error.to_string());
                    continue;
                }
            },
            _ => Hashes::default(),
        };
        found.insert(inner.clone(), hashes);
    }
    for entry in &list.files {
        match found.get(&entry.path) {
            Some(hashes) => verified.compare(entry, hashes),
            None => verified.missing.push(entry.path.clone()),
        }
    }
    verified.unlisted = list.unlisted(found.into_keys().collect());
    let sums = files.iter().find(|(_, inner, _)| inner == SUMS);
    // A checksum file that cannot be read counts as missing.
    let sums = sums.and_then(|(part, _, entry)| text_of(entry, open.get_mut(*part)).ok());
    verified.compare_sums(&list, sums.as_deref());
    Ok(verified)
}

/// Reads a manifest or a checksum file from an archive, up to [`LARGEST_LIST`] bytes.
fn text_of(entry: &Listed, file: Option<&mut File>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(file) = file {
        entry.open(file)?.take(LARGEST_LIST).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn odd(path: &Path, error: &std::io::Error) -> DeliveryError {
    DeliveryError::Archive { path: path.to_owned(), detail: error.to_string() }
}

/// The current local time, as zip archives store it.
fn now() -> DateTime {
    let (date, time) = dates::now();
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
