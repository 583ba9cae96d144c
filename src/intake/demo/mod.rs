//! The built-in demo song "Blue Sky". The module synthesises stems and rough mix, byte for byte the
//! same every time, and writes them with a session. `write` is the only entry.

mod parts;
mod sound;
mod voice;

use crate::disk::{self, Temporary};
use crate::dsp::chain::{ProcessorSettings, Slot};
use crate::dsp::stereo_field::StereoSettings;
use crate::intake::IntakeError;
use crate::intake::folder::gather;
use crate::media::writer::write_plain;
use crate::session::file::create;
use crate::session::preset::built_in;
use crate::session::stem::{CleanRegion, Role, Treatment};
use crate::session::version::Cut;
use crate::session::version::Standard;
use crate::session::{Section, Session};
use crate::units::{Db, SampleRate, Seconds};
use rayon::prelude::*;
use sound::Track;
use std::path::{Path, PathBuf};

/// Title of the demo song.
pub const TITLE: &str = "Blue Sky";
const RATE: u32 = 48_000;
const TEMPO: f64 = 96.0;
/// Frames of a beat and of a 4/4 bar.
const BEAT: usize = 30_000;
const BAR: usize = 4 * BEAT;
/// Bars of music. The files are one bar longer for the reverb tail.
const BARS: usize = 24;
const LENGTH: usize = (BARS + 1) * BAR;

/// Name and first bar of each section.
const SECTIONS: [(&str, usize); 7] = [
    ("Intro", 0),
    ("Verse 1", 2),
    ("Chorus", 8),
    ("Verse 2", 12),
    ("Chorus", 16),
    ("Bridge", 20),
    ("Outro", 22),
];

fn bar_time(bar: f64) -> Seconds {
    Seconds(bar * BAR as f64 / f64::from(RATE))
}

/// Writes stems, rough mix and session into `folder` and returns the path of the session. Fails
/// with `IntakeError::Exists` if the session exists.
pub fn write(folder: &Path) -> Result<PathBuf, IntakeError> {
    let writing = |path: &Path| {
        let path = path.to_owned();
        move |cause| IntakeError::Write { path, cause }
    };
    let target = folder.join("BlueSky.stemwright");
    if target.exists() {
        return Err(IntakeError::Exists(target));
    }
    for name in ["Stems", "Reference"] {
        let inner = folder.join(name);
        std::fs::create_dir_all(&inner).map_err(writing(&inner))?;
    }
    let makers: [(&str, fn() -> Track); 7] = [
        ("01_Drums", parts::drums),
        ("02_Bass", parts::bass),
        ("03_Guitars", parts::guitars),
        ("04_Keys", parts::keys),
        ("05_Lead_Vocals", voice::lead),
        ("06_Backing_Vocals", voice::backing),
        ("07_FX", parts::effects),
    ];
    let rate = SampleRate(RATE);
    let made = makers
        .par_iter()
        .map(|(name, make)| {
            let mut track = make();
            track.round_to_24_bits();
            let path = folder.join("Stems").join(format!("{name}.wav"));
            let file = Temporary::beside(&path).map_err(writing(&path))?;
            write_plain(file.path(), rate, &track.left, &track.right)?;
            Ok((track, (file, path)))
        })
        .collect::<Result<Vec<_>, IntakeError>>()?;
    let (tracks, mut files): (Vec<Track>, Vec<_>) = made.into_iter().unzip();
    let mut rough = Track::new();
    for track in &tracks {
        rough.add_track(track);
    }
    let path = folder.join("Reference").join("BlueSky_RoughMix.wav");
    let file = Temporary::beside(&path).map_err(writing(&path))?;
    write_plain(file.path(), rate, &rough.left, &rough.right)?;
    files.push((file, path));
    // Files get their names only after all are written, so a full disk leaves none behind.
    for (file, path) in files {
        place(file, &path).map_err(writing(&path))?;
    }
    let mut gathered = gather(folder, Some(&target))?;
    complete(&mut gathered.session);
    match create(&gathered.session, &target)? {
        true => Ok(target),
        false => Err(IntakeError::Exists(target)),
    }
}

/// Renames a temporary file to `path`. An existing file of the same content is accepted: an
/// interrupted earlier run may have left it.
fn place(file: Temporary, path: &Path) -> std::io::Result<()> {
    let wanted = disk::bytes(file.path(), u64::MAX)?;
    match file.place(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let same = disk::bytes(path, wanted.len() as u64).is_ok_and(|there| there == wanted);
            if same { Ok(()) } else { Err(error) }
        }
        placed => placed,
    }
}

/// Sets what file names do not tell: tempo, metre, key, sections, the radio cut, the lead vocal's
/// chain and the clean regions.
fn complete(session: &mut Session) {
    session.song.title = TITLE.into();
    session.song.tempo = Some(TEMPO);
    session.song.meter = Some((4, 4));
    session.song.key = Some("A minor".into());
    session.sections =
        SECTIONS.iter().map(|(name, bar)| Section::new(name, bar_time(*bar as f64))).collect();
    if let Some(radio) = session.versions.iter_mut().find(|version| version.is(Standard::RadioEdit))
    {
        radio.cuts = vec![Cut::new(bar_time(12.0), bar_time(16.0))];
    }
    let treatments = [Treatment::Reverse, Treatment::Mute, Treatment::Bleep];
    if let Some(lead) = session.stems.iter_mut().find(|stem| stem.role == Role::LeadVocals) {
        // An example chain to see and hear; the mix is balanced without it.
        let sung = built_in().into_iter().find(|preset| preset.role == Some(Role::LeadVocals));
        lead.chain = sung.map(|preset| preset.chain).unwrap_or_default();
        let width = StereoSettings { width: 1.08, ..StereoSettings::default() };
        lead.chain.push(Slot::with(ProcessorSettings::Stereo(width)));
        for slot in &mut lead.chain {
            match &mut slot.processor {
                // The demo's voice is recorded with much headroom, so the threshold is lower.
                ProcessorSettings::Compressor(compressor) => compressor.threshold = Db(-30.0),
                ProcessorSettings::Saturation(_) => slot.on = false,
                _ => {}
            }
        }
        lead.clean = voice::EXPLICIT
            .iter()
            .zip(treatments)
            .map(|((bar, beats), treatment)| {
                let start = Seconds(bar_time(*bar).0 - 0.04);
                let end = Seconds(bar_time(*bar + beats / 4.0).0 + 0.06);
                CleanRegion::new(start, end, treatment)
            })
            .collect();
    }
}
