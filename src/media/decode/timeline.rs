//! The output side of all decoders ([`Timeline`]). It passes decoded sound on in order, replaces
//! lost parts with silence, notes them as damage, and enforces the limits of rate, channels and
//! length.

use super::{GoOn, Sink};
use crate::media::damage::{Damage, DamageKind};
use crate::media::error::MediaError;
use crate::media::{LONGEST, RATES};
use crate::units::{Frames, SampleRate};
use std::path::{Path, PathBuf};

/// Frames per block of silence.
const BLOCK: usize = 1 << 15;
/// Most damaged parts that are listed separately; further ones extend the last.
const MOST: usize = 1000;

pub(super) struct Timeline<'a> {
    path: PathBuf,
    sink: &'a mut Sink<'a>,
    go_on: &'a GoOn<'a>,
    rate: SampleRate,
    channels: usize,
    /// Frames passed to the sink.
    frames: u64,
    damage: Vec<Damage>,
    silence: Vec<Vec<f32>>,
}

impl<'a> Timeline<'a> {
    /// A timeline with the rate and channels of the header.
    ///
    /// # Errors
    /// `Channels` for more than two channels.
    pub fn new(
        path: &Path,
        rate: SampleRate,
        channels: usize,
        go_on: &'a GoOn<'a>,
        sink: &'a mut Sink<'a>,
    ) -> Result<Self, MediaError> {
        let path = path.to_owned();
        if channels > 2 {
            return Err(MediaError::Channels { path, channels });
        }
        let (damage, silence) = (Vec::new(), Vec::new());
        Ok(Self { path, sink, go_on, rate, channels, frames: 0, damage, silence })
    }

    /// Sets the rate and channels that were decoded; the header may have stated others.
    ///
    /// # Errors
    /// `Channels` for other than one or two channels, `Damaged` if rate or channels change within
    /// the file.
    pub fn runs(&mut self, rate: SampleRate, channels: usize) -> Result<(), MediaError> {
        if !(1..=2).contains(&channels) {
            return Err(MediaError::Channels { path: self.path.clone(), channels });
        }
        let same = (rate, channels) == (self.rate, self.channels);
        if !same && self.frames > 0 {
            let detail = format!("it goes on at {rate} with {channels} channels");
            return Err(MediaError::Damaged { path: self.path.clone(), detail });
        }
        (self.rate, self.channels) = (rate, channels);
        Ok(())
    }

    pub fn rate(&self) -> SampleRate {
        self.rate
    }

    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Frames passed to the sink so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// `Stopped` if the caller's `go_on` returns false.
    pub fn go_on(&self) -> Result<(), MediaError> {
        if (self.go_on)() { Ok(()) } else { Err(MediaError::Stopped(self.path.clone())) }
    }

    /// Counts frames before they are passed on, and checks rate, length and `go_on`.
    fn advance(&mut self, count: usize) -> Result<(), MediaError> {
        self.go_on()?;
        if !RATES.contains(&self.rate.0) {
            return Err(MediaError::Rate { path: self.path.clone(), rate: self.rate });
        }
        self.frames += count as u64;
        let length = Frames(self.frames).seconds(self.rate);
        if length.0 > LONGEST.0 {
            return Err(MediaError::TooLong { path: self.path.clone(), length });
        }
        Ok(())
    }

    /// Passes sound to the sink, one plane per channel. NaN and infinite samples become 0.
    pub fn give(&mut self, planes: &mut [Vec<f32>]) -> Result<(), MediaError> {
        let count = planes.first().map_or(0, Vec::len);
        if count == 0 {
            return Ok(());
        }
        for value in planes.iter_mut().flatten().filter(|value| !value.is_finite()) {
            *value = 0.0;
        }
        self.advance(count)?;
        (self.sink)(self.rate, planes)
    }

    /// Passes silence in place of lost sound, and notes it as damage.
    pub fn lose(&mut self, frames: u64) -> Result<(), MediaError> {
        self.note(DamageKind::Lost, frames);
        self.rest(frames)
    }

    /// Passes silence that belongs to the file and is no damage.
    pub fn rest(&mut self, mut frames: u64) -> Result<(), MediaError> {
        while frames > 0 {
            let count = frames.min(BLOCK as u64) as usize;
            self.silence.resize(self.channels, Vec::new());
            for plane in &mut self.silence {
                plane.clear();
                plane.resize(count, 0.0);
            }
            self.advance(count)?;
            (self.sink)(self.rate, &self.silence)?;
            frames -= count as u64;
        }
        Ok(())
    }

    /// Notes damage at the current frame; a wrong checksum is noted at frame 0.
    pub fn note(&mut self, kind: DamageKind, frames: u64) {
        let at = if kind == DamageKind::Checksum { 0 } else { self.frames };
        let full = self.damage.len() >= MOST;
        match self.damage.last_mut() {
            // Damage that touches the last entry extends it.
            Some(last) if last.kind == kind && (full || last.at.0 + last.frames.0 >= at) => {
                last.frames = Frames(at + frames - last.at.0);
            }
            _ => self.damage.push(Damage { at: Frames(at), frames: Frames(frames), kind }),
        }
    }

    /// Whether no damage has been noted.
    pub fn is_whole(&self) -> bool {
        self.damage.is_empty()
    }

    /// Frames, rate, channels and damage of the whole file.
    pub fn finish(self) -> (Frames, SampleRate, usize, Vec<Damage>) {
        (Frames(self.frames), self.rate, self.channels, self.damage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_leaves_silence_and_touching_losses_are_one() {
        let mut heard = Vec::new();
        let mut sink = |_, planes: &[Vec<f32>]| {
            heard.extend_from_slice(&planes[0]);
            Ok(())
        };
        let rate = SampleRate(48_000);
        let mut line = Timeline::new(Path::new("x"), rate, 1, &|| true, &mut sink).unwrap();
        line.give(&mut [vec![1.0, f32::NAN]]).unwrap();
        line.lose(3).unwrap();
        line.lose(2).unwrap();
        line.give(&mut [vec![1.0]]).unwrap();
        line.lose(1).unwrap();
        line.note(DamageKind::CutOff, 7);
        let (frames, _, _, damage) = line.finish();
        assert_eq!(heard, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        let told: Vec<_> = damage.iter().map(|d| (d.at.0, d.frames.0, d.kind)).collect();
        let lost = DamageKind::Lost;
        assert_eq!(told, [(2, 5, lost), (8, 1, lost), (9, 7, DamageKind::CutOff)]);
        assert_eq!(frames, Frames(9));
    }

    #[test]
    fn nothing_lasts_longer_than_a_day() {
        let mut sink = |_, _: &[Vec<f32>]| Ok(());
        let rate = SampleRate(22_050);
        let mut line = Timeline::new(Path::new("x"), rate, 1, &|| true, &mut sink).unwrap();
        let error = line.rest(u64::MAX).unwrap_err();
        assert!(matches!(&error, MediaError::TooLong { .. }), "{error}");
        assert!(error.to_string().contains("takes 24 at most"), "{error}");
    }
}
