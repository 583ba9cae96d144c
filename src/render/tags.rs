//! Metadata tags of a rendered file: titles, codes, tempo, key and markers.

use crate::dates::today;
use crate::engine::cuts::CutMap;
use crate::media::tags::{Marker, Tags};
use crate::render::plan::Cell;
use crate::session::version::Standard;
use crate::session::{Session, naming};
use crate::units::Frames;

/// The tags of one file. Its markers are the sections of the song that the version contains, at
/// frames of the file.
pub fn tags(session: &Session, cell: &Cell, revision: &str) -> Tags {
    let (song, version) = (&session.song, &cell.version);
    let rate = session.sample_rate;
    let course = CutMap::of(version, rate, session.length().0);
    let mut markers: Vec<Marker> = Vec::new();
    for section in &session.sections {
        let start = course.edited_frame(section.start.frames(rate).0);
        let at = Frames(start).at_rate(rate, cell.master.file_rate(rate));
        // Cuts can make sections begin at the same frame; only the last of them is heard.
        markers.retain(|marker| marker.at != at);
        if start < course.length() {
            markers.push(Marker { at, name: section.name.clone() });
        }
    }
    Tags {
        title: song.title.clone(),
        artist: song.artist.clone(),
        version: if version.is(Standard::FullMix) { String::new() } else { version.name.clone() },
        isrc: naming::isrc(&version.isrc).unwrap_or_default(),
        date: today(),
        comment: format!("{}, v{revision}", cell.master.name),
        tempo: song.tempo,
        key: song.key.clone().unwrap_or_default(),
        markers,
    }
}
