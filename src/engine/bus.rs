//! Buses of versions: [`lanes`] says which stems a version contains and at what level, [`audible`]
//! which of them are heard while listening, and [`sum`] adds them.

use crate::dsp::Stereo;
use crate::dsp::strip::StripSettings;
use crate::engine::lane::heard_by;
use crate::session::stem::Stem;
use crate::session::version::Version;
use crate::session::{Session, TrimPlace};
use crate::units::Db;

/// One stem on a bus. `clean` is true when clean regions apply: its own, or those of a stem that
/// its chain uses as a side chain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lane {
    /// Index of the stem in the session.
    pub stem: usize,
    pub clean: bool,
    /// Gain that the version adds to the stem's fader.
    pub gain: Db,
}

/// The lanes of a version that [`Session::resolved`] returned. Muted stems have none. Solo affects
/// only listening and is ignored.
pub fn lanes(session: &Session, version: &Version) -> Vec<Lane> {
    session
        .stems
        .iter()
        .enumerate()
        .filter(|(_, stem)| !stem.strip.mute)
        .filter_map(|(index, stem)| {
            let gain = version.level(stem)?;
            let heard = heard_by(session, index).filter_map(|heard| session.stems.get(heard));
            let regions = heard.chain([stem]).any(|stem| !stem.clean.is_empty());
            Some(Lane { stem: index, clean: version.clean && regions, gain })
        })
        .collect()
}

/// Returns a lane's gain before its chain (the stem's trim) and its strip with the level that a
/// version adds. The level applies after the chain, so that the chain works the same in every
/// version, and the full mix is the sum of instrumental and a cappella. Old sessions have the trim
/// after the chain too ([`TrimPlace::AfterChain`]) until a person changes that.
pub fn gains(place: TrimPlace, strip: StripSettings, level: Db) -> (Db, StripSettings) {
    let (before, trim) = match place {
        TrimPlace::BeforeChain => (strip.clamped().trim, level),
        TrimPlace::AfterChain => (Db::UNITY, strip.trim + level),
    };
    (before, StripSettings { trim, ..strip }.clamped())
}

/// Whether each stem is heard when a version is auditioned: the version's stems without the muted
/// ones. While any stem is soloed, only soloed and solo-safe ones.
pub fn audible(session: &Session, version: &Version) -> Vec<bool> {
    audible_where(session, version, |stem| stem.strip.mute)
}

/// Like [`audible`], but `muted` decides which stems are muted.
pub fn audible_where(
    session: &Session,
    version: &Version,
    muted: impl Fn(&Stem) -> bool,
) -> Vec<bool> {
    let soloing = session.stems.iter().any(|stem| stem.strip.solo);
    session
        .stems
        .iter()
        .map(|stem| {
            let strip = &stem.strip;
            version.holds(stem) && !muted(stem) && (!soloing || strip.solo || strip.solo_safe)
        })
        .collect()
}

/// Writes the sum of all lanes to `out`, for its length. Adds in `f64` and in order, so that
/// playback and render get the same result.
pub fn sum<'a>(lanes: impl Iterator<Item = &'a Stereo> + Clone, out: [&mut [f32]; 2]) {
    for (side, out) in out.into_iter().enumerate() {
        const RUN: usize = 64;
        for (run, out) in out.chunks_mut(RUN).enumerate() {
            let mut total = [0.0f64; RUN];
            for lane in lanes.clone() {
                let from = run * RUN;
                let part = lane.get(side).and_then(|lane| lane.get(from..from + out.len()));
                for (total, value) in total.iter_mut().zip(part.unwrap_or(&[])) {
                    *total += f64::from(*value);
                }
            }
            for (out, total) in out.iter_mut().zip(total) {
                *out = total as f32;
            }
        }
    }
}
