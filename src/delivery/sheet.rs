//! The session sheet: what the song is, what each stem is, and what each master measured.

use crate::session::Session;
use crate::units::Db;
use std::fmt::Write;

/// A master that was written.
pub struct MasterLine {
    pub path: String,
    /// What it measures, in words.
    pub figures: String,
    /// What is wrong with it, or to be known.
    pub remarks: Vec<String>,
}

/// What the sheet is about beside the session.
pub struct Contents<'a> {
    pub masters: &'a [MasterLine],
    /// Names of the exported stems, in order.
    pub stems: &'a [String],
    /// What the exported stems leave of the mix.
    pub residual: Option<Db>,
    pub date: &'a str,
}

/// The sheet as text.
pub fn text(session: &Session, contents: &Contents<'_>) -> String {
    let song = &session.song;
    let mut out = String::new();
    // Writing to a string cannot fail.
    let mut line = |name: &str, value: String| {
        let _ = writeln!(out, "{name:<16}{value}");
    };
    line("Project", song.title.clone());
    line("Revision", format!("v{}", session.delivery.revision));
    line("Date", contents.date.into());
    if let Some(tempo) = song.tempo {
        let meter = song.meter.map_or(String::new(), |(beats, unit)| format!(", {beats}/{unit}"));
        line("Tempo", format!("{tempo:.2} BPM{meter}"));
    }
    if let Some(key) = &song.key {
        line("Key", key.clone());
    }
    line("Sample rate", session.sample_rate.to_string());
    let length = session.length().seconds(session.sample_rate);
    line("Length", format!("{length:.3}"));
    let _ = writeln!(out, "\nStems");
    for (n, stem) in session.stems.iter().enumerate() {
        let file = contents.stems.get(n).cloned().unwrap_or_else(|| stem.file.path.clone());
        let _ = writeln!(out, "  {file:<28} {} ({})", stem.name, stem.role.name());
    }
    if let Some(residual) = contents.residual {
        let _ = writeln!(out, "  Read back, they leave {residual:.1} dB of the full mix.");
    }
    if !session.sections.is_empty() {
        let _ = writeln!(out, "\nSections");
        for section in &session.sections {
            let _ = writeln!(out, "  {:<10} {}", section.start.to_string(), section.name);
        }
    }
    if !contents.masters.is_empty() {
        let _ = writeln!(out, "\nMasters, as measured after they were written");
    }
    for file in contents.masters {
        let _ = writeln!(out, "  {}\n    {}", file.path, file.figures);
        for remark in &file.remarks {
            let _ = writeln!(out, "    {remark}");
        }
    }
    out
}
