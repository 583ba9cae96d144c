//! The open song: session, path, and the chosen version, master, stem and reference. Documents hold
//! one, views read it; each side of a comparison of revisions is one too.

use crate::engine::cuts::CutMap;
use crate::session::Session;
use crate::session::master::Master;
use crate::session::stem::{FileRef, Stem, StemId};
use crate::session::version::Version;
use crate::units::{Frames, Seconds};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A session with the choices of what is shown and heard of it.
#[derive(Clone)]
pub struct OpenSong {
    /// Shared with background jobs. An edit never changes a session that a job holds.
    pub session: Arc<Session>,
    /// Path of the session's file, also before it is saved for the first time.
    pub path: PathBuf,
    /// Another window has the session; this one plays it but cannot change it.
    pub read_only: bool,
    /// Index of the version that is heard and shown.
    pub version: usize,
    /// Index of the master that is previewed and whose target is shown.
    pub master: usize,
    pub selected: Option<StemId>,
    /// Stems that are selected together with `selected`: their faders move with its fader.
    pub also: Vec<StemId>,
    /// Index of the reference that is compared; `None` for the rough mix.
    pub compared: Option<usize>,
    /// The reference plays its section of the same kind, such as chorus against chorus.
    pub match_sections: bool,
}

impl OpenSong {
    /// A newly opened session, with its first version, master and stem chosen.
    pub fn new(session: Session, path: PathBuf) -> Self {
        let selected = session.stems.first().map(|stem| stem.id);
        Self {
            session: Arc::new(session),
            path,
            read_only: false,
            version: 0,
            master: 0,
            selected,
            also: Vec::new(),
            compared: None,
            match_sections: false,
        }
    }

    /// The folder that the session's relative paths start from.
    pub fn folder(&self) -> PathBuf {
        self.path.parent().map_or_else(PathBuf::new, Path::to_owned)
    }

    /// The chosen version, with everything that it takes over from versions it builds on.
    pub fn current_version(&self) -> Option<Version> {
        self.session.versions.get(self.version).map(|version| self.session.resolved(version))
    }

    /// The chosen master, or the first one.
    pub fn current_master(&self) -> Option<&Master> {
        let masters = &self.session.masters;
        masters.get(self.master).or(masters.first())
    }

    pub fn selected_stem(&self) -> Option<&Stem> {
        self.session.stem(self.selected?)
    }

    /// Selects one stem alone.
    pub fn select(&mut self, stem: Option<StemId>) {
        self.selected = stem;
        self.also.clear();
    }

    pub fn is_selected(&self, stem: StemId) -> bool {
        self.selected == Some(stem) || self.also.contains(&stem)
    }

    /// Adds a stem to the selection, or takes it out; the last one stays.
    pub fn select_too(&mut self, stem: StemId) {
        if self.selected == Some(stem) {
            self.selected = self.also.pop().or(self.selected);
        } else if self.also.contains(&stem) {
            self.also.retain(|known| *known != stem);
        } else {
            self.also.extend(self.selected.replace(stem));
        }
    }

    /// Makes a stem of the selection the selected one; the others stay selected with it.
    pub fn select_first(&mut self, stem: StemId) {
        if let Some(place) = self.also.iter_mut().find(|id| **id == stem)
            && let Some(before) = self.selected.replace(stem)
        {
            *place = before;
        }
    }

    /// Selects all stems between the selected one and this one, in the order of the lanes.
    pub fn select_to(&mut self, stem: StemId, order: &[StemId]) {
        let place = |wanted: StemId| order.iter().position(|id| *id == wanted);
        let Some((from, to)) = self.selected.and_then(place).zip(place(stem)) else {
            return self.select(Some(stem));
        };
        let between = order.get(from.min(to)..=from.max(to)).unwrap_or(&[]);
        self.also = between.iter().copied().filter(|id| self.selected != Some(*id)).collect();
    }

    /// Takes stems that are gone out of the selection; if none is left, the first stem is selected.
    pub fn forget_removed(&mut self) {
        let session = Arc::clone(&self.session);
        self.also.retain(|id| session.stem(*id).is_some());
        if self.selected.is_none_or(|id| session.stem(id).is_none()) {
            self.selected = self.also.pop().or(session.stems.first().map(|stem| stem.id));
        }
    }

    /// The stems whose controls move together with those of `stem`: the others of the selection,
    /// if it is in it.
    pub fn together_with(&self, stem: StemId) -> impl Iterator<Item = &Stem> {
        let together = self.is_selected(stem);
        let held = move |id: StemId| together && id != stem && self.is_selected(id);
        self.session.stems.iter().filter(move |one| held(one.id))
    }

    /// The file that is compared as the reference.
    pub fn compared_file(&self) -> Option<&FileRef> {
        match self.compared {
            Some(n) => self.session.references.get(n).map(|reference| &reference.file),
            None => self.session.reference.as_ref(),
        }
    }

    pub fn length(&self) -> Frames {
        self.session.length()
    }

    /// Frames of the song in frames of the chosen version, which may leave parts of the song out.
    pub fn cut_map(&self) -> CutMap {
        let (rate, whole) = (self.session.sample_rate, self.length().0);
        match self.current_version() {
            Some(version) => CutMap::of(&version, rate, whole),
            None => CutMap::new(&[], rate, whole),
        }
    }

    pub fn seconds(&self, frame: u64) -> Seconds {
        Frames(frame).seconds(self.session.sample_rate)
    }

    /// Frame of the song at which the reference begins while `frame` is heard; may be negative. It
    /// is 0 unless sections are matched.
    pub fn reference_at(&self, frame: u64) -> i64 {
        let chosen = self.compared.and_then(|n| self.session.references.get(n));
        let Some(reference) = chosen.filter(|_| self.match_sections) else { return 0 };
        let Some((song, there)) = reference.matching(&self.session, self.seconds(frame)) else {
            return 0;
        };
        let rate = self.session.sample_rate;
        song.frames(rate).0 as i64 - there.frames(rate).0 as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::history::tests::stem;
    use crate::units::SampleRate;

    #[test]
    fn stems_are_selected_one_by_one_and_in_a_row() {
        let mut session = Session::new("Song", SampleRate(48_000));
        session.stems = (1..=4).map(stem).collect();
        let order: Vec<StemId> = session.stems.iter().map(|stem| stem.id).collect();
        let mut song = OpenSong::new(session, "Song.stemwright".into());
        let selected = |song: &OpenSong| -> Vec<u32> {
            order.iter().filter(|id| song.is_selected(**id)).map(|id| id.0).collect()
        };
        assert_eq!(selected(&song), [1]);
        song.select_too(StemId(3));
        assert_eq!(selected(&song), [1, 3]);
        assert_eq!(song.selected, Some(StemId(3)), "the last one is what the rack shows");
        song.select_too(StemId(3));
        assert_eq!(selected(&song), [1]);
        song.select_too(StemId(1));
        assert_eq!(selected(&song), [1], "the last one stays");
        song.select_to(StemId(3), &order);
        assert_eq!(selected(&song), [1, 2, 3]);
        let together: Vec<u32> = song.together_with(StemId(2)).map(|stem| stem.id.0).collect();
        assert_eq!(together, [1, 3]);
        assert_eq!(song.together_with(StemId(4)).count(), 0, "it is not in the selection");
        song.select_first(StemId(2));
        assert_eq!((song.selected, selected(&song)), (Some(StemId(2)), vec![1, 2, 3]));
        song.select_first(StemId(4));
        assert_eq!(song.selected, Some(StemId(2)), "it is not in the selection");
        song.select(Some(StemId(4)));
        assert_eq!(selected(&song), [4]);
    }
}
