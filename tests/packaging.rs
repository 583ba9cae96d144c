//! Desktop integration in the packages: one file type on every system, icons of the sizes in their
//! names, executable scripts.

use std::path::{Path, PathBuf};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Width and height from the header of a PNG file.
fn size(bytes: &[u8]) -> (u32, u32) {
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn a_session_is_the_same_kind_of_file_on_every_desktop() {
    let kind = "application/x-stemwright";
    for path in [
        "packaging/linux/stemwright.desktop",
        "packaging/linux/stemwright.xml",
        "packaging/linux/org.stemwright.Stemwright.metainfo.xml",
        "packaging/macos/Info.plist",
        "packaging/windows/stemwright.wxs",
    ] {
        assert!(text(path).contains(kind), "{path}");
    }
    assert!(text("packaging/linux/stemwright.xml").contains("<glob pattern=\"*.stemwright\"/>"));
    assert!(text("packaging/macos/Info.plist").contains("<string>stemwright</string>"));
    assert!(text("packaging/windows/stemwright.wxs").contains("Extension Id=\"stemwright\""));
    assert_eq!(stemwright::session::file::EXTENSION, "stemwright");
}

#[test]
fn the_desktop_entry_opens_the_program_with_the_file() {
    let entry = text("packaging/linux/stemwright.desktop");
    let value = |key: &str| {
        let line = entry.lines().find(|line| line.starts_with(&format!("{key}=")));
        line.and_then(|line| line.split_once('=')).map(|(_, value)| value.to_string())
    };
    assert_eq!(value("Exec").as_deref(), Some("stemwright %f"));
    // The desktop matches the window to its entry by this name.
    assert_eq!(value("StartupWMClass").as_deref(), Some("stemwright"));
    assert!(text("src/app/mod.rs").contains(".with_app_id(\"stemwright\")"));
}

#[test]
fn icons_have_the_sizes_that_their_names_say() {
    for pixels in [16, 32, 48, 64, 128, 256, 512] {
        let bytes = std::fs::read(root(&format!("assets/icon/stemwright-{pixels}.png"))).unwrap();
        assert_eq!(size(&bytes), (pixels, pixels));
    }
    // The Windows icon holds the same pictures.
    let ico = std::fs::read(root("assets/icon/stemwright.ico")).unwrap();
    let count = usize::from(ico[4]);
    for n in 0..count {
        let entry = &ico[6 + n * 16..22 + n * 16];
        let at = u32::from_le_bytes(entry[12..16].try_into().unwrap()) as usize;
        let (width, _) = size(&ico[at..]);
        assert_eq!(width % 256, u32::from(entry[0]));
    }
    assert_eq!(count, 6);
}

#[test]
fn versions_are_filled_in_by_the_scripts() {
    for (file, script) in [
        ("packaging/macos/Info.plist", "packaging/macos/make"),
        ("packaging/linux/org.stemwright.Stemwright.metainfo.xml", "packaging/linux/make"),
    ] {
        assert!(text(file).contains("@VERSION@"), "{file}");
        assert!(text(script).contains("s/@VERSION@/$version/"), "{script}");
    }
}

#[cfg(unix)]
#[test]
fn scripts_can_be_run() {
    use std::os::unix::fs::PermissionsExt;
    let scripts = ["run", "test", "rig", "drive", "linux/make", "macos/make"];
    for script in scripts.map(|name| format!("packaging/{name}")) {
        let mode = std::fs::metadata(root(&script)).unwrap().permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "{script}");
        let checked = std::process::Command::new("bash").arg("-n").arg(root(&script)).status();
        assert!(checked.unwrap().success(), "{script}");
    }
}
