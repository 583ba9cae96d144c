//! Shows which windows have a session open. Each window holds a locked [`Claim`] file beside the
//! session, named after its machine. Windows that share the disk, also over the network, see the
//! lock. A sync tool copies the file without the lock; the session may then be open on another
//! machine, and saves are merged.
//!
//! Some network servers support no locks, so on network disks the claim also renews its file time
//! every few seconds. On other disks it does not, because a sync tool would copy the file each
//! time.

use crate::disk::{self, machine};
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Interval at which a claim on a network disk renews its file time.
pub const BEAT: Duration = Duration::from_secs(10);
/// Age of the file time at which a claim on a network disk counts as dead.
const DEAD: Duration = Duration::from_secs(45);
/// Age at which another machine's unlocked claim file is ignored.
const FORGOTTEN: Duration = Duration::from_secs(7 * 24 * 3600);

/// Owner of a claim, as stored in its file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Holder {
    pub machine: String,
    pub process: u32,
    /// `yyyy-mm-dd hh:mm:ss`, in UTC.
    pub since: String,
}

/// Another window's claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// A live claim on this file: both windows would overwrite each other's saves.
    Here(Holder),
    /// An unlocked claim file of another machine, probably copied by a sync tool.
    Synced(Holder),
}

/// A window's claim on a session; dropping it removes the claim file.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    file: File,
    beats: bool,
}

fn prefix(session: &Path) -> String {
    let name = session.file_name().unwrap_or_default().to_string_lossy();
    format!(".{name}.open-")
}

/// Path of the file that asks the holder of `claim` to give up the session.
fn wanted(claim: &Path) -> PathBuf {
    let mut name = claim.file_name().unwrap_or_default().to_owned();
    name.push(".wanted");
    claim.with_file_name(name)
}

fn folder(session: &Path) -> &Path {
    session.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Claim files of a session, live or not.
fn claims(session: &Path) -> Vec<PathBuf> {
    let prefix = prefix(session);
    let entries = std::fs::read_dir(folder(session)).into_iter().flatten().flatten();
    let is_claim = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(&prefix) && !name.ends_with(".wanted")
    };
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_claim).collect();
    all.sort();
    all
}

/// Whether a claim is live: locked, or on a network disk recently renewed.
fn is_live(path: &Path, beats: bool) -> bool {
    let Ok(file) = disk::open(path) else { return false };
    if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
        return true;
    }
    let age = file.metadata().and_then(|meta| meta.modified()).ok();
    beats && age.and_then(|at| at.elapsed().ok()).is_some_and(|age| age < DEAD)
}

/// The owner stored in a claim file. If unreadable, the machine name comes from the file name.
fn holder(session: &Path, path: &Path) -> Holder {
    let read = disk::bytes(path, 4096).ok();
    let written = read.and_then(|bytes| serde_json::from_slice::<Holder>(&bytes).ok());
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let machine = name.strip_prefix(&prefix(session)).unwrap_or("").to_string();
    let shown = |text: &str| text.chars().filter(|c| !c.is_control()).take(40).collect();
    let holder = written.filter(|holder| !holder.machine.is_empty());
    let holder = holder.unwrap_or_else(|| Holder { machine, ..Holder::default() });
    Holder { machine: shown(&holder.machine), since: shown(&holder.since), ..holder }
}

/// All claims on the session. Call it before [`Claim::take`]: it also returns this window's own
/// claim. Removes dead claim files of this machine.
pub fn elsewhere(session: &Path) -> Vec<Elsewhere> {
    let beats = is_network(folder(session));
    let mut all = Vec::new();
    for path in claims(session) {
        let holder = holder(session, &path);
        if is_live(&path, beats) {
            all.push(Elsewhere::Here(holder));
        } else if holder.machine == machine() {
            // Left behind by a window that was killed.
            let _ = std::fs::remove_file(&path);
        } else {
            let age = std::fs::metadata(&path).and_then(|meta| meta.modified()).ok();
            let age = age.and_then(|at| at.elapsed().ok()).unwrap_or_default();
            if age < FORGOTTEN && !beats {
                all.push(Elsewhere::Synced(holder));
            }
        }
    }
    all
}

impl Claim {
    /// Claims the session for this window, even if others claim it: check [`elsewhere`] first.
    pub fn take(session: &Path, since: &str) -> std::io::Result<Self> {
        let folder = folder(session);
        let beats = is_network(folder);
        let holder =
            Holder { machine: machine(), process: std::process::id(), since: since.into() };
        // Several windows on one machine have numbered claim files.
        let names = (1..100).map(|n| match n {
            1 => format!("{}{}", prefix(session), holder.machine),
            n => format!("{}{}-{n}", prefix(session), holder.machine),
        });
        for name in names {
            let path = folder.join(name);
            let file = File::options().write(true).create(true).truncate(false).open(&path)?;
            if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
                continue;
            }
            let mut claim = Self { path, file, beats };
            claim.file.set_len(0)?;
            claim.file.write_all(&serde_json::to_vec(&holder)?)?;
            let _ = std::fs::remove_file(wanted(&claim.path));
            return Ok(claim);
        }
        Err(std::io::ErrorKind::AlreadyExists.into())
    }

    /// Whether another window asks for the session. This window then becomes read-only.
    pub fn is_wanted(&self) -> bool {
        wanted(&self.path).exists()
    }

    /// Renews the file time on a network disk; call it every [`BEAT`].
    pub fn beat(&self) {
        if self.beats {
            // If the disk is unreachable, the next call tries again.
            let _ = self.file.set_modified(SystemTime::now());
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(wanted(&self.path));
        #[cfg(windows)]
        let _ = self.file.unlock();
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Asks all live holders on this disk to give up the session, and waits at most `patience`. Whether
/// all did.
pub fn take_over(session: &Path, patience: Duration) -> bool {
    let beats = is_network(folder(session));
    let live = || claims(session).into_iter().filter(|path| is_live(path, beats));
    for path in live() {
        // A holder that cannot see the request does not answer; the wait below ends after
        // `patience`.
        let _ = std::fs::write(wanted(&path), b"");
    }
    let since = std::time::Instant::now();
    while live().next().is_some() {
        if since.elapsed() >= patience {
            return false;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    true
}

/// Whether a folder lies on a network disk, as far as the system tells.
fn is_network(folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else { return false };
    if let Some(Component::Prefix(prefix)) = folder.components().next() {
        use std::path::Prefix::{UNC, VerbatimUNC};
        return matches!(prefix.kind(), UNC(..) | VerbatimUNC(..));
    }
    // Linux: the mount point with the longest matching path (proc(5)).
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let kinds = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let (_, place, kind) = (words.next()?, words.next()?, words.next()?);
        let place = place.replace("\\040", " ");
        folder.starts_with(&place).then_some((place.len(), kind))
    });
    let kind = kinds.max_by_key(|(length, _)| *length).map_or("", |(_, kind)| kind);
    ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "afs", "fuse.sshfs"]
        .contains(&kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_it_open_is_seen_until_it_is_closed_or_dies() {
        let home = tempfile::tempdir().unwrap();
        let session = home.path().join("Song.stemwright");
        assert!(elsewhere(&session).is_empty());
        let first = Claim::take(&session, "2026-03-01 10:00:00").unwrap();
        let [Elsewhere::Here(holder)] = &elsewhere(&session)[..] else { panic!() };
        assert_eq!(
            (holder.machine.as_str(), holder.since.as_str()),
            (machine().as_str(), "2026-03-01 10:00:00")
        );
        let second = Claim::take(&session, "").unwrap();
        assert_eq!(elsewhere(&session).len(), 2);
        drop((first, second));
        assert!(elsewhere(&session).is_empty());
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
        // The claim of a killed window counts for nothing.
        std::fs::write(home.path().join(format!(".Song.stemwright.open-{}", machine())), "{}")
            .unwrap();
        assert!(elsewhere(&session).is_empty());
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_a_sync_tool_brings_is_told_and_holds_nobody() {
        let home = tempfile::tempdir().unwrap();
        let session = home.path().join("Song.stemwright");
        let other = home.path().join(".Song.stemwright.open-studio-2");
        std::fs::write(&other, r#"{"machine": "studio-2", "process": 7, "since": "now"}"#).unwrap();
        let [Elsewhere::Synced(holder)] = &elsewhere(&session)[..] else { panic!() };
        assert_eq!(holder.machine, "studio-2");
        std::fs::write(&other, "junk \u{0}").unwrap();
        let [Elsewhere::Synced(holder)] = &elsewhere(&session)[..] else { panic!() };
        assert_eq!(holder.machine, "studio-2");
        let old = SystemTime::now() - FORGOTTEN - Duration::from_secs(1);
        File::options().append(true).open(&other).unwrap().set_modified(old).unwrap();
        assert!(elsewhere(&session).is_empty());
    }

    #[test]
    fn who_is_asked_gives_it_up() {
        let home = tempfile::tempdir().unwrap();
        let session = home.path().join("Song.stemwright");
        let first = Claim::take(&session, "").unwrap();
        assert!(!first.is_wanted());
        let asked = session.clone();
        let other = std::thread::spawn(move || take_over(&asked, Duration::from_secs(20)));
        while !first.is_wanted() {
            std::thread::sleep(Duration::from_millis(5));
        }
        drop(first);
        assert!(other.join().unwrap());
        // A holder that does not answer is waited for only until the timeout.
        let _deaf = Claim::take(&session, "").unwrap();
        assert!(!take_over(&session, Duration::from_millis(60)));
    }

    #[test]
    fn a_heart_that_beats_is_alive() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("claim");
        std::fs::write(&path, "").unwrap();
        assert!(is_live(&path, true) && !is_live(&path, false));
        let old = SystemTime::now() - DEAD;
        File::options().append(true).open(&path).unwrap().set_modified(old).unwrap();
        assert!(!is_live(&path, true));
        assert!(!is_network(home.path()));
    }
}
