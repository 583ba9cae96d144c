//! The manifest of a package: every file with its size and two hashes. [`write`] makes it when a
//! package is made; [`verify`] compares a folder with it.

use crate::delivery::{DeliveryError, GoOn};
use crate::disk;
use crate::session::naming::plain;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// File name of the manifest.
pub const NAME: &str = "manifest.json";
/// File name of the list for `sha256sum --check`.
pub const SUMS: &str = "SHA256SUMS";
/// Deepest level of folders that is read.
const DEPTH: usize = 8;
/// Most files that are read.
const MOST: usize = 100_000;
/// Largest manifest that is read, in bytes.
pub(super) const LARGEST_LIST: u64 = 1 << 26;

/// One file of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Path relative to the package, with forward slashes.
    pub path: String,
    pub bytes: u64,
    pub blake3: String,
    pub sha256: String,
}

/// All files of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub program: String,
    pub files: Vec<Entry>,
}

/// Result of the check of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Number of files that match the manifest.
    pub good: usize,
    pub changed: Vec<String>,
    pub missing: Vec<String>,
    /// Files that are present but not in the manifest.
    pub unlisted: Vec<String>,
    /// Names that point outside the package.
    pub refused: Vec<String>,
    /// Other faults of an archive, as sentences: for example files beside the package's folder, or
    /// a name that occurs twice.
    pub odd: Vec<String>,
}

impl Verified {
    /// Compares the checksum file with the manifest, so that `sha256sum` gives the same answer.
    pub(super) fn compare_sums(&mut self, manifest: &Manifest, sums: Option<&[u8]>) {
        match sums {
            None => self.missing.push(SUMS.into()),
            Some(sums) if sums != manifest.sums().as_bytes() => self.changed.push(SUMS.into()),
            Some(_) => {}
        }
    }

    /// Compares a file's size and hashes with its entry.
    pub(super) fn compare(&mut self, entry: &Entry, (bytes, blake3, sha256): &Hashes) {
        if (bytes, blake3, sha256) == (&entry.bytes, &entry.blake3, &entry.sha256) {
            self.good += 1;
        } else {
            self.changed.push(entry.path.clone());
        }
    }

    /// Whether the package is complete and unchanged. Unlisted files of a desktop, such as
    /// `.DS_Store`, are allowed.
    pub fn passed(&self) -> bool {
        let all = [&self.changed, &self.missing, &self.refused, &self.odd];
        // Desktops write these into every folder that they show.
        let desktop = |path: &String| {
            let name = path.rsplit('/').next().unwrap_or(path);
            [".DS_Store", "Thumbs.db", "desktop.ini"].contains(&name)
        };
        all.iter().all(|list| list.is_empty()) && self.unlisted.iter().all(desktop)
    }
}

/// Size in bytes, BLAKE3 and SHA-256, both in hexadecimal.
pub(super) type Hashes = (u64, String, String);

/// Size and both hashes of a file, in one pass.
fn hashes(path: &Path) -> Result<Hashes, DeliveryError> {
    let reading = |cause| DeliveryError::Read { path: path.to_owned(), cause };
    hashes_of(&mut disk::open(path).map_err(reading)?).map_err(reading)
}

pub(super) fn hashes_of(from: &mut dyn Read) -> std::io::Result<Hashes> {
    let (mut blake3, mut sha256) = (blake3::Hasher::new(), Sha256::new());
    let (mut buffer, mut bytes) = (vec![0u8; 1 << 18], 0u64);
    loop {
        let count = from.read(&mut buffer)?;
        let part = buffer.get(..count).unwrap_or(&[]);
        if part.is_empty() {
            break;
        }
        bytes += part.len() as u64;
        blake3.update(part);
        sha256.update(part);
    }
    let mut hex = String::with_capacity(64);
    for byte in sha256.finalize() {
        let _ = write!(hex, "{byte:02x}");
    }
    Ok((bytes, blake3.finalize().to_hex().to_string(), hex))
}

/// All files below a folder, by relative path, up to [`DEPTH`] levels and [`MOST`] files. Links are
/// skipped, as they may point anywhere.
pub(super) fn files_below(root: &Path) -> Result<BTreeSet<String>, DeliveryError> {
    let mut found = BTreeSet::new();
    let mut folders = vec![(root.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let reading = |cause| DeliveryError::Read { path: folder.clone(), cause };
        for entry in std::fs::read_dir(&folder).map_err(reading)? {
            let entry = entry.map_err(reading)?;
            let kind = entry.file_type().map_err(reading)?;
            let path = entry.path();
            if kind.is_dir() && depth < DEPTH {
                folders.push((path, depth + 1));
            } else if kind.is_file() && found.len() < MOST {
                let inner = path.strip_prefix(root).unwrap_or(&path);
                found.insert(inner.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    Ok(found)
}

/// Writes the manifest and the checksum file of a package into its folder.
pub fn write(root: &Path, go_on: &GoOn<'_>) -> Result<Manifest, DeliveryError> {
    let mut files = Vec::new();
    for path in files_below(root)?.into_iter().filter(|path| path != NAME && path != SUMS) {
        go_on()?;
        let (bytes, blake3, sha256) = hashes(&root.join(&path))?;
        files.push(Entry { path, bytes, blake3, sha256 });
    }
    let program = format!("Stemwright {}", env!("CARGO_PKG_VERSION"));
    let manifest = Manifest { program, files };
    let put = |name: &str, text: String| {
        let path = root.join(name);
        std::fs::write(&path, text).map_err(|cause| DeliveryError::Write { path, cause })
    };
    put(SUMS, manifest.sums())?;
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| {
        DeliveryError::BadManifest { path: root.to_owned(), detail: error.to_string() }
    })?;
    put(NAME, text)?;
    Ok(manifest)
}

/// Path of a listed file; `None` if its name could leave the package on any system.
pub(super) fn inside(root: &Path, name: &str) -> Option<PathBuf> {
    let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    let odd = name.is_empty() || name.contains(['\\', ':', '\0']);
    (!odd && Path::new(name).components().all(plain)).then(|| root.join(name))
}

/// Whether a part of the path is a link: then the file may lie outside the package.
fn through_link(root: &Path, name: &str) -> bool {
    let mut place = root.to_owned();
    Path::new(name).components().any(|part| {
        place.push(part);
        std::fs::symlink_metadata(&place).is_ok_and(|meta| meta.is_symlink())
    })
}

/// Verifies the folder of a package against its manifest. `progress` receives the share that is
/// done, 0 to 1.
pub fn verify(root: &Path, progress: &dyn Fn(f32)) -> Result<Verified, DeliveryError> {
    let path = root.join(NAME);
    let bytes = match disk::bytes(&path, LARGEST_LIST) {
        Ok(bytes) => bytes,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            return Err(DeliveryError::NoManifest(root.to_owned()));
        }
        Err(cause) => return Err(DeliveryError::Read { path, cause }),
    };
    let manifest = Manifest::read(&bytes, root)?;
    let mut verified = Verified::default();
    let all = manifest.files.len().max(1) as f32;
    for (n, entry) in manifest.files.iter().enumerate() {
        progress(n as f32 / all);
        let Some(place) = inside(root, &entry.path).filter(|_| !through_link(root, &entry.path))
        else {
            verified.refused.push(entry.path.clone());
            continue;
        };
        if !place.is_file() {
            verified.missing.push(entry.path.clone());
            continue;
        }
        verified.compare(entry, &hashes(&place)?);
    }
    verified.unlisted = manifest.unlisted(files_below(root)?);
    let sums = disk::bytes(&root.join(SUMS), LARGEST_LIST).ok();
    verified.compare_sums(&manifest, sums.as_deref());
    Ok(verified)
}

impl Manifest {
    /// Parses a manifest. `package` is named in errors. A path that is listed twice is an error.
    pub(super) fn read(bytes: &[u8], package: &Path) -> Result<Self, DeliveryError> {
        let bad = |detail: String| DeliveryError::BadManifest { path: package.to_owned(), detail };
        let list: Self = serde_json::from_slice(bytes).map_err(|error| bad(error.to_string()))?;
        let mut seen = HashSet::new();
        match list.files.iter().find(|file| !seen.insert(plain(&file.path))) {
            Some(twice) => Err(bad(format!("{} is on it twice", twice.path))),
            None => Ok(list),
        }
    }

    /// The content of the checksum file.
    fn sums(&self) -> String {
        self.files.iter().map(|file| format!("{}  {}\n", file.sha256, file.path)).collect()
    }

    /// The given names that are not in the manifest and are not the manifest itself.
    pub(super) fn unlisted(&self, names: BTreeSet<String>) -> Vec<String> {
        let listed: BTreeSet<&str> = self.files.iter().map(|file| file.path.as_str()).collect();
        let known = |path: &String| listed.contains(path.as_str()) || path == NAME || path == SUMS;
        names.into_iter().filter(|path| !known(path)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn package() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("Stems")).unwrap();
        std::fs::write(root.path().join("Stems/01_Drums.wav"), b"boom").unwrap();
        std::fs::write(root.path().join("Notes.txt"), b"abc").unwrap();
        root
    }

    #[test]
    fn what_was_packed_is_what_is_found() {
        let root = package();
        let manifest = write(root.path(), &|| Ok(())).unwrap();
        // FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(manifest.files[0].sha256, abc);
        let verified = verify(root.path(), &|_| {}).unwrap();
        assert_eq!((verified.good, verified.passed()), (2, true));
        std::fs::write(root.path().join("Notes.txt"), b"abd").unwrap();
        std::fs::remove_file(root.path().join("Stems/01_Drums.wav")).unwrap();
        std::fs::write(root.path().join("extra"), b"").unwrap();
        let verified = verify(root.path(), &|_| {}).unwrap();
        assert_eq!(verified.changed, ["Notes.txt"]);
        assert_eq!(verified.missing, ["Stems/01_Drums.wav"]);
        assert_eq!(verified.unlisted, ["extra"]);
        assert!(!verified.passed());
    }

    #[test]
    fn names_that_lead_out_of_the_package_are_refused() {
        let root = package();
        for name in ["../secret", "/etc/passwd", "a/../../b", "C:\\x", "a\\b", "", "a\0b"] {
            assert_eq!(inside(root.path(), name), None, "{name:?}");
        }
        assert!(inside(root.path(), "Stems/01_Drums.wav").is_some());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_package_is_no_file_of_it() {
        let (root, outside) = (package(), tempfile::tempdir().unwrap());
        write(root.path(), &|| Ok(())).unwrap();
        std::fs::write(outside.path().join("01_Drums.wav"), b"boom").unwrap();
        std::fs::remove_dir_all(root.path().join("Stems")).unwrap();
        std::os::unix::fs::symlink(outside.path(), root.path().join("Stems")).unwrap();
        // Also a link that makes a loop.
        std::os::unix::fs::symlink(root.path(), root.path().join("again")).unwrap();
        let verified = verify(root.path(), &|_| {}).unwrap();
        assert_eq!(verified.refused, ["Stems/01_Drums.wav"]);
        assert!(!verified.passed());
    }

    proptest! {
        #[test]
        fn junk_is_no_manifest_and_brings_nothing_down(junk in prop::collection::vec(any::<u8>(), 0..400)) {
            let root = package();
            std::fs::write(root.path().join(NAME), &junk).unwrap();
            let refused = verify(root.path(), &|_| ()).is_err();
            prop_assert!(refused);
        }
    }
}
