//! Order, time and bounds of decoded sound: lost parts become silence and are noted as damage.

use super::{GoOn, Sink};
use crate::media::damage::{Damage, DamageKind};
use crate::media::error::MediaError;
use crate::media::{LONGEST, RATES};
use crate::units::{Frames, SampleRate};
use std::path::{Path, PathBuf};

/// Block of silence, in frames.
const BLOCK: usize = 1 << 15;
/// Damaged places that are listed apart; further ones extend the last.
const MOST: usize = 1000;

pub(super) struct Timeline<'a> {
    path: PathBuf,
    sink: &'a mut Sink<'a>,
    go_on: &'a GoOn<'a>,
    rate: SampleRate,
    channels: usize,
    /// Frames handed on.
    frames: u64,
    damage: Vec<Damage>,
    silence: Vec<Vec<f32>>,
}

impl<'a> Timeline<'a> {
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

    /// Sets rate and channels as they were decoded; the header may have stated others.
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

    /// Frames handed on so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    pub fn go_on(&self) -> Result<(), MediaError> {
        if (self.go_on)() { Ok(()) } else { Err(MediaError::Stopped(self.path.clone())) }
    }

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

    /// Hands sound on, one plane for each channel. What is no number becomes silence.
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

    /// Silence in place of lost sound, noted as damage.
    pub fn lose(&mut self, frames: u64) -> Result<(), MediaError> {
        self.note(DamageKind::Lost, frames);
        self.rest(frames)
    }

    /// Silence that belongs to the file.
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

    /// Notes damage at the current frame.
    pub fn note(&mut self, kind: DamageKind, frames: u64) {
        let at = if kind == DamageKind::Checksum { 0 } else { self.frames };
        let full = self.damage.len() >= MOST;
        match self.damage.last_mut() {
            // Damage that touches the last one extends it.
            Some(last) if last.kind == kind && (full || last.at.0 + last.frames.0 >= at) => {
                last.frames = Frames(at + frames - last.at.0);
            }
            _ => self.damage.push(Damage { at: Frames(at), frames: Frames(frames), kind }),
        }
    }

    pub fn is_whole(&self) -> bool {
        self.damage.is_empty()
    }

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
