//! A session with its stems opened, for commands that listen to the song.

use super::exists;
use super::progress::Line;
use crate::arrange::beats::{Beats, find};
use crate::arrange::features::{Features, listen};
use crate::arrange::key;
use crate::engine::source::StemSource;
use crate::intake::folder::absolute_folder;
use crate::intake::locate::locate;
use crate::media::store::Store;
use crate::session::Session;
use crate::session::file::{load, save};
use anyhow::Context;
use std::path::{Path, PathBuf};

pub struct Opened {
    pub session: Session,
    pub sources: Vec<StemSource>,
    path: PathBuf,
}

/// A session with its files found, and its folder.
pub fn located(path: &Path) -> anyhow::Result<(Session, PathBuf)> {
    exists(path)?;
    let mut session = load(path)?;
    let folder = absolute_folder(path)?;
    for note in locate(&mut session, &folder)? {
        eprintln!("stemwright: {note}");
    }
    Ok((session, folder))
}

impl Opened {
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let (session, folder) = located(path)?;
        let (rate, store) = (session.sample_rate, Store::of_user());
        let open = |stem| StemSource::open(stem, &folder, rate, &store);
        let sources = session.stems.iter().map(open).collect::<Result<_, _>>()?;
        Ok(Self { session, sources, path: path.to_owned() })
    }

    pub fn save(&self) -> anyhow::Result<()> {
        Ok(save(&self.session, &self.path)?)
    }

    pub fn listen(&self) -> anyhow::Result<Features> {
        let line = Line::new("listening");
        let shown = |share| line.show(share);
        let features = listen(&self.session, &self.sources, &shown, &super::cancel_on_signal());
        line.clear();
        Ok(features?)
    }

    /// Tempo and bars of the session, found where it has none. With `anew` they are found again.
    pub fn beats(&mut self, features: &Features, anew: bool) -> anyhow::Result<Option<Beats>> {
        if self.session.song.tempo.is_some() && !anew {
            return Ok(None);
        }
        let meter = self.session.song.meter.map(|(beats, _)| beats);
        let beats = find(features, meter)
            .context("no beat was found; set tempo and first bar in the session")?;
        self.session.song = beats.clone().into_song(&self.session.song);
        if self.session.song.key.is_none() {
            self.session.song.key = key::find(features).map(|key| key.name);
        }
        Ok(Some(beats))
    }
}
