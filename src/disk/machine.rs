//! Which machine this is, for files that several share.

/// Its name, as one part of a file name.
pub fn machine() -> String {
    let name = gethostname::gethostname().to_string_lossy().into_owned();
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    let name: String = name.chars().map(plain).take(40).collect();
    if name.is_empty() { "unnamed".into() } else { name }
}

/// The name by which the system knows the person.
pub fn person() -> String {
    let known = ["USER", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    known.unwrap_or_default()
}
