//! Names of this machine and this user, for files that several people share.

/// Host name for use in a file name: ASCII letters, digits and `-`, at most 40 characters.
pub fn machine() -> String {
    let name = gethostname::gethostname().to_string_lossy().into_owned();
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    let name: String = name.chars().map(plain).take(40).collect();
    if name.is_empty() { "unnamed".into() } else { name }
}

/// The system's user name; empty if unknown.
pub fn person() -> String {
    let known = ["USER", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    known.unwrap_or_default()
}
