//! The session sheet: facts of the song, the brief, stems, sections, measurements of the masters
//! and checks. [`Sheet`] is written as text here and as PDF by `pdf`.

use crate::delivery::checks::Check;
use crate::render::manifest::FileReport;
use crate::render::problem::Problem;
use crate::session::Session;
use crate::session::delivery::ExportedStem;
use crate::session::naming::isrc;
use crate::texts::in_english;
use crate::units::{Db, SampleRate, Seconds};
use std::fmt::Write;

/// Contents of the sheet that are not in the session.
pub struct Contents<'a> {
    pub masters: &'a [FileReport],
    /// The exported stems.
    pub stems: &'a [ExportedStem],
    /// File names of the exported stems, in the same order.
    pub stem_files: &'a [String],
    /// Null test of the exported stems against the mix.
    pub residual: Option<Db>,
    pub checks: &'a [Check],
    pub date: &'a str,
}

/// A sheet as headed parts, independent of its format.
pub struct Sheet {
    pub title: String,
    pub parts: Vec<Part>,
}

pub struct Part {
    pub heading: String,
    pub rows: Vec<Row>,
}

pub enum Row {
    /// A name and its value.
    Pair(String, String),
    /// A line that continues the row before it.
    More(String),
}

fn pair(name: &str, value: impl Into<String>) -> Row {
    Row::Pair(name.into(), value.into())
}

impl Sheet {
    pub fn new(session: &Session, contents: &Contents<'_>) -> Self {
        let parts = [
            song(session, contents),
            brief(session),
            stems(session, contents),
            sections(session),
            masters(contents.masters),
            checks(contents.checks),
        ];
        Self {
            title: session.song.title.clone(),
            parts: parts.into_iter().filter(|part| !part.rows.is_empty()).collect(),
        }
    }

    /// The sheet as text.
    pub fn text(&self) -> String {
        let mut out = format!("{}\n", self.title);
        for part in &self.parts {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "\n{}", part.heading);
            for row in &part.rows {
                let _ = match row {
                    Row::Pair(name, value) => writeln!(out, "  {name:<28} {value}"),
                    Row::More(text) => writeln!(out, "      {text}"),
                };
            }
        }
        out
    }
}

fn song(session: &Session, contents: &Contents<'_>) -> Part {
    let song = &session.song;
    let tempo = song.tempo.map_or(String::new(), |tempo| {
        let meter = song.meter.map_or(String::new(), |(beats, unit)| format!(", {beats}/{unit}"));
        format!("{tempo:.2} BPM{meter}")
    });
    let mut bits: Vec<String> = session
        .stems
        .iter()
        .map(|stem| match (stem.file.info.bits, stem.file.info.float) {
            (Some(bits), true) => format!("{bits}-bit float"),
            (Some(bits), false) => format!("{bits}-bit"),
            (None, _) => stem.file.info.format.clone(),
        })
        .collect();
    bits.sort();
    bits.dedup();
    let length = session.length().seconds(session.sample_rate);
    let mut rows: Vec<Row> = [
        ("Project", song.title.clone()),
        ("Artist", song.artist.clone()),
        ("Revision", format!("v{}", session.delivery.revision)),
        ("Date", contents.date.to_string()),
        ("Tempo", tempo),
        ("Key", song.key.clone().unwrap_or_default()),
        ("Sample rate", session.sample_rate.to_string()),
        ("Bits", bits.join(", ")),
        ("Length", format!("{length:.3}")),
        ("DAW", song.daw.clone()),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| pair(name, value))
    .collect();
    for version in &session.versions {
        if let Some(code) = isrc(&version.isrc) {
            rows.push(pair(&format!("ISRC, {}", version.name), code));
        }
    }
    Part { heading: "Song".into(), rows }
}

fn brief(session: &Session) -> Part {
    let rows = session.brief.said().into_iter().map(|(name, text)| pair(name, text)).collect();
    Part { heading: "Brief".into(), rows }
}

fn stems(session: &Session, contents: &Contents<'_>) -> Part {
    let mut rows = Vec::new();
    if contents.stems.is_empty() {
        for stem in &session.stems {
            rows.push(pair(&stem.file.place.path, format!("{} ({})", stem.name, stem.role.name())));
            rows.extend(note(&stem.note));
        }
    }
    for (stem, file) in contents.stems.iter().zip(contents.stem_files) {
        rows.push(pair(file, format!("{} ({})", stem.name, stem.role.name())));
        let own = session.stems.iter().filter(|one| stem.ids.contains(&one.id));
        rows.extend(own.filter_map(|one| note(&one.note)));
    }
    if let Some(residual) = contents.residual {
        rows.push(Row::More(format!(
            "Read back, they leave {residual:.1} dB of the mix before its own chain."
        )));
    }
    Part { heading: "Stems".into(), rows }
}

fn note(text: &str) -> Option<Row> {
    let text = text.trim();
    (!text.is_empty()).then(|| Row::More(text.into()))
}

fn sections(session: &Session) -> Part {
    let row = |section: &crate::session::Section| pair(&section.start.to_string(), &*section.name);
    Part { heading: "Sections".into(), rows: session.sections.iter().map(row).collect() }
}

fn masters(files: &[FileReport]) -> Part {
    let mut rows = Vec::new();
    for file in files {
        let figure = |value: Option<f64>| {
            value.map_or("\u{2013}".to_string(), |value| format!("{:.1}", Db(value)))
        };
        let length = Seconds(file.frames as f64 / f64::from(file.sample_rate.max(1)));
        let name = file.path.rsplit('/').next().unwrap_or(&file.path);
        rows.push(pair(name, file.verdict()));
        rows.push(Row::More(format!(
            "{} LUFS, {} dBTP, LRA {} LU, limiting {:.1} dB, {} bits, {}, {length:.3}",
            figure(file.integrated_lufs),
            figure(file.true_peak_dbtp),
            figure(file.loudness_range_lu),
            file.limiting(),
            file.bits,
            SampleRate(file.sample_rate),
        )));
        let problem = |one: &Problem| in_english(|| format!("problem: {one}"));
        let problems = file.problems.iter().map(problem);
        rows.extend(problems.chain(file.notes.iter().cloned()).map(Row::More));
    }
    Part { heading: "Masters, as measured after they were written".into(), rows }
}

fn checks(checks: &[Check]) -> Part {
    let rows = checks.iter().map(|check| pair(check.verdict.name(), &*check.text)).collect();
    Part { heading: "Checks".into(), rows }
}
