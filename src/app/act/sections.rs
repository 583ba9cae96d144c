//! Commands on the sections of the song: jump, add, rename, move, remove.

use crate::app::desk::Desk;
use crate::app::document::Document;
use crate::session::Section;
use crate::session::edit::Edit;
use crate::texts::say;
use crate::units::{Frames, Seconds};

/// Seeks to the next section, or back to the start of this section.
pub fn jump(desk: &mut Desk, forward: bool) {
    let Some(document) = &desk.document else { return };
    let rate = document.session.sample_rate;
    let here = desk.listen.frame();
    // Up to half a second after a start, back means the section before it.
    let slack = u64::from(rate.0) / 2;
    let starts = document.session.sections.iter().map(|section| section.start.frames(rate).0);
    let to = if forward {
        starts.filter(|start| *start > here).min()
    } else {
        Some(starts.filter(|start| start + slack < here).max().unwrap_or(0))
    };
    if let Some(frame) = to {
        desk.listen.seek(frame);
    }
}

/// Index of the section that contains a frame; `None` before the first section.
pub fn at(document: &Document, frame: u64) -> Option<usize> {
    let rate = document.session.sample_rate;
    let sections = &document.session.sections;
    let begun = |section: &Section| section.start.frames(rate).0 <= frame;
    sections.iter().rposition(begun)
}

/// Adds a section that starts at the playhead, and opens the field for its name.
pub fn add(desk: &mut Desk) {
    let frame = desk.listen.frame();
    let Some(document) = &mut desk.document else { return };
    let start = Frames(frame).seconds(document.session.sample_rate);
    let mut sections = document.session.sections.clone();
    if sections.iter().any(|known| (known.start.0 - start.0).abs() < 0.01) {
        desk.say(say!("act-section-here-already"));
        return;
    }
    let place = sections.iter().filter(|known| known.start < start).count();
    let name = format!("Section {}", sections.len() + 1);
    sections.insert(place, Section::new(&name, start));
    document.edit(Edit::Sections(sections));
    desk.panels.mix.rows.naming = Some((place, None));
}

pub fn rename_here(desk: &mut Desk) {
    let frame = desk.listen.frame();
    desk.panels.mix.rows.naming =
        desk.document.as_ref().and_then(|document| at(document, frame)).map(|n| (n, None));
}

pub fn rename(document: &mut Document, n: usize, name: &str) {
    let name = name.trim();
    let mut sections = document.session.sections.clone();
    if let Some(section) = sections.get_mut(n)
        && section.name != name
        && !name.is_empty()
    {
        section.name = name.into();
        document.edit(Edit::Sections(sections));
    }
}

pub fn remove_here(desk: &mut Desk) {
    let frame = desk.listen.frame();
    if let Some(document) = &mut desk.document
        && let Some(n) = at(document, frame)
    {
        remove(document, n);
    }
}

pub fn remove(document: &mut Document, n: usize) {
    let mut sections = document.session.sections.clone();
    if n < sections.len() {
        sections.remove(n);
        document.edit(Edit::Sections(sections));
    }
}

/// Moves the start of a section. It stays at least 50 ms away from its neighbours.
pub fn shift(document: &mut Document, n: usize, to: Seconds) {
    let mut sections = document.session.sections.clone();
    let start = |n: Option<usize>| n.and_then(|n| sections.get(n)).map(|section| section.start.0);
    let least = start(n.checked_sub(1)).map_or(0.0, |before| before + 0.05);
    let most = start(Some(n + 1)).map_or(f64::INFINITY, |after| after - 0.05);
    if let Some(section) = sections.get_mut(n)
        && least <= most
    {
        section.start = Seconds(to.0.clamp(least, most));
        document.edit(Edit::Sections(sections));
    }
}
