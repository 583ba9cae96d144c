//! The tracks of the page: renders each version of one state and encodes it as Opus. If stems are
//! missing, the track uses a master kept with a revision, or has no sound, and carries a note that
//! says so.

use super::kept::{Kept, kept};
use super::{PageError, Request};
use crate::engine::cuts::CutMap;
use crate::files::ready::ready;
use crate::media::opus::{RATE, encode};
use crate::media::sink::FileFormat;
use crate::media::{MediaError, PcmFile};
use crate::render::progress::Observer;
use crate::render::{RenderError, Request as Rendering, render};
use crate::session::Session;
use crate::session::ids::VersionId;
use crate::session::master::{Alternates, Master};
use crate::session::stem::StemId;
use crate::session::version::{Version, left};
use crate::units::Frames;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Columns of the waveform picture.
const COLUMNS: usize = 1600;

#[derive(Serialize)]
pub(super) struct Track {
    pub version: VersionId,
    pub name: String,
    /// Length of the version as heard.
    pub revision: String,
    pub seconds: f64,
    pub lufs: Option<f64>,
    pub true_peak: Option<f64>,
    /// Minimum and maximum of each column, one byte each (128 is silence), in base64.
    peaks: String,
    /// Parts of the song that the version plays: start and end in the song, start in the version;
    /// in seconds.
    pieces: Vec<[f64; 3]>,
    /// Name of the WAV file beside the page.
    pub wav: Option<String>,
    /// A remark for the listener, such as missing stems; empty if there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Whether the track has audio.
    pub sounds: bool,
    #[serde(skip)]
    pub audio: Vec<u8>,
}

/// The chosen versions of one state. WAV files are left in `place`, named by version id.
pub(super) fn tracks(
    state: &Session,
    folder: &Path,
    revision: &str,
    request: &Request,
    place: &Path,
    observer: &dyn Observer,
    cancel: &AtomicBool,
) -> Result<Vec<Track>, PageError> {
    let known = |id: &&VersionId| state.version(id).is_some();
    // An earlier revision may lack a version that was added later.
    let mut chosen: Vec<VersionId> = request.versions.iter().filter(known).cloned().collect();
    if request.versions.is_empty() {
        chosen = state.versions.iter().map(|version| version.id.clone()).collect();
    }
    let master = state.master(&request.master).or_else(|| state.masters.first().cloned());
    let missing = ready(state, folder, true).map_err(RenderError::from)?.missing_stems();
    // A master that applies the gain of the full mix to other versions needs the full mix's stems
    // too.
    let whole = master.as_ref().is_some_and(|master| master.alternates != Alternates::Own);
    let lacks = |version: &Version| -> Vec<StemId> {
        let version = state.resolved(version);
        let all = missing.iter().copied();
        all.filter(|id| whole || state.stem(*id).is_some_and(|stem| version.holds(stem))).collect()
    };
    let complete = |id: &VersionId| {
        request.allow_missing || state.version(id).is_some_and(|version| lacks(version).is_empty())
    };
    let (whole, partly): (Vec<VersionId>, Vec<VersionId>) =
        chosen.iter().cloned().partition(complete);
    let mut tracks = Vec::new();
    if let Some(master) = master.filter(|_| !whole.is_empty()) {
        let made = TrackInputs { state, folder, revision, request, place };
        tracks = made.rendered(whole, master, observer, cancel)?;
    }
    for version in partly.iter().filter_map(|id| state.version(id)) {
        let made = TrackInputs { state, folder, revision, request, place };
        tracks.push(made.kept(version, &lacks(version), cancel)?);
    }
    for track in tracks.iter_mut().filter(|_| request.allow_missing) {
        let version = state.version(&track.version);
        let without = names(state, &version.map(lacks).unwrap_or_default());
        if !without.is_empty() {
            track.note = format!("without {without}, which cannot be found");
        }
    }
    tracks.sort_by_key(|track| chosen.iter().position(|id| *id == track.version));
    Ok(tracks)
}

fn names(state: &Session, stems: &[StemId]) -> String {
    let names = stems.iter().filter_map(|id| state.stem(*id)).map(|stem| stem.name.as_str());
    names.collect::<Vec<_>>().join(", ")
}

/// Inputs shared by all tracks of one state.
struct TrackInputs<'a> {
    state: &'a Session,
    folder: &'a Path,
    revision: &'a str,
    request: &'a Request,
    place: &'a Path,
}

impl TrackInputs<'_> {
    fn rendered(
        &self,
        versions: Vec<VersionId>,
        master: Master,
        observer: &dyn Observer,
        cancel: &AtomicBool,
    ) -> Result<Vec<Track>, PageError> {
        let mut session = self.state.clone();
        session.masters = vec![Master { format: FileFormat::Wav, ..master }];
        session.delivery.pattern = "{version}".into();
        session.delivery.left_out.clear();
        let masters = session.masters.iter().map(|master| master.id.clone()).collect();
        let rendering = Rendering {
            folder: self.place.to_owned(),
            versions,
            masters,
            // Versions with missing stems get here only when the request allows it.
            allow_missing: true,
            ..Rendering::default()
        };
        let report = render(&session, self.folder, &rendering, observer, cancel)?;
        observer.stage("encoding");
        let mut tracks = Vec::new();
        for file in &report.files {
            let path = Path::new(&file.path);
            let Some(version) = session.version(&file.version) else { continue };
            let wave = PcmFile::open(path)?.ok_or_else(|| MediaError::Missing(path.to_owned()))?;
            let track = self.sounding(version, &wave, cancel)?;
            drop(wave);
            let named = self.place.join(format!("{}.wav", version.id));
            std::fs::rename(path, &named)
                .map_err(|cause| PageError::Write { path: named, cause })?;
            let (lufs, true_peak) = (file.integrated_lufs, file.true_peak_dbtp);
            tracks.push(Track { lufs, true_peak, ..track });
        }
        Ok(tracks)
    }

    /// The track of a version with missing stems, from a kept master or without sound.
    fn kept(
        &self,
        version: &Version,
        lacks: &[StemId],
        cancel: &AtomicBool,
    ) -> Result<Track, PageError> {
        let without = names(self.state, lacks);
        let session = self.request.session.as_deref();
        let master = &self.request.master;
        let found = session.and_then(|path| kept(path, self.state, &version.id, master));
        let Some(Kept { wave, report, revision, is_it }) = found else {
            let (rate, whole) = (self.state.sample_rate, self.state.length());
            let seconds = self.state.resolved(version).length(whole, rate).seconds(rate).0;
            let note = format!("no sound: {without} cannot be found, and no master of it was kept");
            return Ok(Track { note, ..self.silent(version, seconds) });
        };
        let mut track = self.sounding(version, &wave, cancel)?;
        track.note = match is_it {
            true => format!("the master that was kept of v{revision}"),
            false => format!("as it was in v{revision}: {without} cannot be found"),
        };
        let (lufs, true_peak) = (report.integrated_lufs, report.true_peak_dbtp);
        if self.request.wav {
            let named = self.place.join(format!("{}.wav", version.id));
            std::fs::create_dir_all(self.place)
                .and_then(|()| crate::disk::copy(wave.path(), &named))
                .map_err(|cause| PageError::Write { path: named, cause })?;
        }
        Ok(Track { lufs, true_peak, ..track })
    }

    fn silent(&self, version: &Version, seconds: f64) -> Track {
        Track {
            version: version.id.clone(),
            name: version.name.clone(),
            revision: self.revision.into(),
            seconds,
            lufs: None,
            true_peak: None,
            peaks: STANDARD.encode([128; 2].repeat(COLUMNS)),
            pieces: pieces(self.state, version),
            wav: None,
            note: String::new(),
            sounds: false,
            audio: Vec::new(),
        }
    }

    fn sounding(
        &self,
        version: &Version,
        wave: &PcmFile,
        cancel: &AtomicBool,
    ) -> Result<Track, PageError> {
        let info = wave.info();
        let total = info.frames.at_rate(info.sample_rate, RATE).0;
        let mut columns = Columns::new(total);
        let audio = encode::<PageError>(wave, self.request.kbps, &mut |left, right| {
            columns.take(left, right);
            if cancel.load(Ordering::Relaxed) { Err(PageError::Cancelled) } else { Ok(()) }
        })?;
        let peaks = STANDARD.encode(&columns.bytes);
        let track = self.silent(version, Frames(total).seconds(RATE).0);
        Ok(Track { peaks, sounds: true, audio, ..track })
    }
}

/// See [`Track::pieces`].
fn pieces(session: &Session, version: &Version) -> Vec<[f64; 3]> {
    let version = session.resolved(version);
    let (rate, whole) = (session.sample_rate, session.length().0);
    let map = CutMap::of(&version, rate, whole);
    let seconds = |frame: u64| Frames(frame).seconds(rate).0;
    let parts = left(&version, whole, rate).into_iter();
    parts.map(|(from, to)| [from, to, map.edited_frame(from)].map(seconds)).collect()
}

/// Collects the minimum and maximum sample of each waveform column.
struct Columns {
    total: u64,
    at: u64,
    bytes: Vec<u8>,
}

impl Columns {
    fn new(total: u64) -> Self {
        Self { total: total.max(1), at: 0, bytes: [128; 2].repeat(COLUMNS) }
    }

    fn take(&mut self, left: &[f32], right: &[f32]) {
        for (l, r) in left.iter().zip(right) {
            let column = (self.at * COLUMNS as u64 / self.total).min(COLUMNS as u64 - 1) as usize;
            let byte = |value: f32| (value.clamp(-1.0, 1.0) * 127.0 + 128.0).round() as u8;
            if let Some([low, high]) = self.bytes.get_mut(2 * column..2 * column + 2) {
                *low = (*low).min(byte(l.min(*r)));
                *high = (*high).max(byte(l.max(*r)));
            }
            self.at += 1;
        }
    }
}
