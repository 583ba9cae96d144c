//! Safe reading of untrusted files: regular files only, with a limit on size.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Opens a file for reading. Follows links; the target must be a regular file, because opening a
/// pipe may block and a device may never end.
///
/// # Errors
/// `InvalidInput` with a message if the target is not a regular file, or the system's error.
pub fn open(path: &Path) -> io::Result<File> {
    // Check before opening: opening a pipe blocks until a writer opens it too.
    regular(&std::fs::metadata(path)?)?;
    let file = File::open(path)?;
    regular(&file.metadata()?)?;
    Ok(file)
}

fn regular(meta: &std::fs::Metadata) -> io::Result<()> {
    let what = match meta {
        meta if meta.is_file() => return Ok(()),
        meta if meta.is_dir() => "it is a folder, not a file",
        _ => "it is a pipe or a device, not a file",
    };
    Err(io::Error::new(ErrorKind::InvalidInput, what))
}

/// The whole content of a file of at most `most` bytes.
///
/// # Errors
/// Those of [`open`], and `FileTooLarge` if the file is longer.
pub fn bytes(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let length = file.metadata()?.len();
    let too_large = || {
        let text = format!("it is larger than {} MB", most.div_ceil(1_000_000));
        io::Error::new(ErrorKind::FileTooLarge, text)
    };
    if length > most {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(length as usize);
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    // The file may have grown since its length was read.
    if bytes.len() as u64 > most { Err(too_large()) } else { Ok(bytes) }
}

/// BLAKE3 hash of the file's content, in hexadecimal.
///
/// # Errors
/// Those of [`open`].
pub fn hash(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut open(path)?, &mut hasher)?;
    Ok(hasher.finalize().to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_of_a_bearable_size_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, b"abc").unwrap();
        assert_eq!(bytes(&path, 3).unwrap(), b"abc");
        assert_eq!(bytes(&path, u64::MAX).unwrap(), b"abc");
        assert_eq!(bytes(&path, 2).unwrap_err().kind(), ErrorKind::FileTooLarge);
        assert_eq!(open(folder.path()).unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(open(&folder.path().join("b")).unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[cfg(unix)]
    #[test]
    fn pipes_and_devices_are_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let zero = folder.path().join("zero");
        std::os::unix::fs::symlink("/dev/zero", &zero).unwrap();
        for path in [&pipe, &zero] {
            let error = bytes(path, 10).unwrap_err();
            assert_eq!(error.to_string(), "it is a pipe or a device, not a file");
        }
    }
}
