//! Recording of automation: movements of a fader or pan during playback become points of a
//! [`FaderRecording`], and the release turns them into an edit.

use super::Listen;
use crate::app::hand::{FaderRecording, STILL, Target, tolerance};
use crate::app::open_song::OpenSong;
use crate::dsp::curve::{Curve, FOOT, Point, thinned};
use crate::session::edit::Edit;
use crate::session::stem::StemId;
use crate::units::{Frames, Seconds};

impl Listen {
    /// A person moved a fader or pan from `before` to `value`. During playback, adds a point to its
    /// recording; otherwise does nothing.
    pub fn touch(
        &mut self,
        song: &OpenSong,
        (stem, target): (StemId, Target),
        before: f64,
        value: f64,
    ) {
        if !self.heard.playing {
            return;
        }
        let time = Frames(self.heard.frame).seconds(song.session.sample_rate);
        let point = Point::new(time, value.max(FOOT));
        let same = |hand: &&mut FaderRecording| (hand.stem, hand.target) == (stem, target);
        match self.heard.hands.iter_mut().find(same) {
            Some(hand) => {
                // After a loop wrap-around a new pass starts; the last pass counts.
                if hand.points.last().is_some_and(|last| last.time > time) {
                    hand.points.clear();
                }
                // A fader that was held still kept its value until just before this movement.
                if let Some(last) = hand.points.last().copied()
                    && time.0 - last.time.0 > STILL.0
                {
                    hand.points.push(Point { time: Seconds(time.0 - STILL.0 / 2.0), ..last });
                }
                hand.points.push(point);
            }
            None => {
                self.heard.hands.push(FaderRecording { stem, target, before, points: vec![point] })
            }
        }
    }

    /// Ends the recording of a fader or pan: the edit that writes it into the automation, or `None`
    /// if nothing was recorded.
    pub fn release(&mut self, song: &OpenSong, stem: StemId, target: Target) -> Option<Edit> {
        let at =
            self.heard.hands.iter().position(|hand| (hand.stem, hand.target) == (stem, target))?;
        let mut hand = self.heard.hands.remove(at);
        let now = Frames(self.heard.frame).seconds(song.session.sample_rate);
        let (first, last) = (*hand.points.first()?, *hand.points.last()?);
        if now > last.time {
            hand.points.push(Point { time: now, ..last });
        }
        let mut automation = song.session.stem(stem)?.automation.clone();
        let curve = target.line(&mut automation);
        let points = thinned(&hand.points, tolerance(target));
        let to = if now > last.time { now } else { last.time };
        if curve.is_empty() {
            // Without automation, the rest of the song keeps the value from before the movement.
            *curve = Curve::new(vec![Point::new(first.time, hand.before.max(FOOT))]);
        }
        *curve = curve.recorded(first.time, to, &points);
        Some(Edit::Automation { stem, automation })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::document::Document;
    use crate::playback::device::DeviceSettings;
    use crate::session::Session;
    use crate::session::edit;
    use crate::session::file_ref::{Content, Place};
    use crate::session::stem::{FileRef, Role, Stem};
    use crate::units::{Db, SampleRate};

    const STEM: StemId = StemId(1);

    fn document() -> Document {
        let info = crate::media::AudioInfo {
            format: "WAV".into(),
            channels: 2,
            sample_rate: SampleRate(48_000),
            bits: Some(24),
            float: false,
            frames: Frames(480_000),
            lossy: false,
            time_reference: None,
            truncated: false,
        };
        let (path, hash) = ("a.wav".into(), String::new());
        let file = FileRef::new(Place { path, raw: None }, Content { hash, bytes: 0 }, info);
        let mut session = Session::new("Song", SampleRate(48_000));
        session.stems = vec![Stem::new(STEM, "Drums".into(), Role::Drums, file)];
        Document::new(session, "Song.stemwright".into(), false)
    }

    /// Plays from 1 s on and moves the fader as `path` says, 60 times a second for two seconds.
    fn record(document: &mut Document, path: impl Fn(f64) -> Option<f64>) -> Option<edit::Edit> {
        let mut listen = Listen::new(DeviceSettings::default());
        listen.heard.playing = true;
        let mut before = 0.0;
        for picture in 0..120 {
            let time = 1.0 + f64::from(picture) / 60.0;
            listen.heard.frame = (time * 48_000.0) as u64;
            if let Some(value) = path(time) {
                listen.touch(document, (STEM, Target::Fader), before, value);
                assert_eq!(listen.heard.held(STEM, Target::Fader), Some(value));
                before = value;
            }
        }
        listen.release(document, STEM, Target::Fader)
    }

    fn line(edit: Option<edit::Edit>) -> Curve {
        let Some(Edit::Automation { automation, .. }) = edit else { panic!("{edit:?}") };
        automation.fader
    }

    #[test]
    fn a_move_of_the_fader_becomes_a_line_of_few_points() {
        let mut document = document();
        // Down for a second, held still for half a second, then a jump up.
        let path = |time: f64| match time {
            t if t < 2.0 => Some(-12.0 * (t - 1.0)),
            t if t < 2.5 => None,
            _ => Some(3.0),
        };
        let curve = line(record(&mut document, path));
        assert!(curve.points().len() < 12, "{}", curve.points().len());
        for (time, wanted) in [(0.5, 0.0), (1.5, -6.0), (2.2, -12.0), (2.8, 3.0), (5.0, 0.0)] {
            let found = curve.at(Seconds(time)).unwrap();
            assert!((found - wanted).abs() < 0.4, "{time}: {found} {wanted}");
        }
    }

    #[test]
    fn a_second_pass_replaces_only_what_was_touched() {
        let mut document = document();
        let first = record(&mut document, |_| Some(-6.0)).unwrap();
        document.edit(first);
        let path = |time: f64| (1.5..1.8).contains(&time).then_some(-20.0);
        let mut listen = Listen::new(DeviceSettings::default());
        listen.heard.playing = true;
        for picture in 0..40 {
            let time = 1.4 + f64::from(picture) / 60.0;
            listen.heard.frame = (time * 48_000.0) as u64;
            match path(time) {
                Some(value) => listen.touch(&document, (STEM, Target::Fader), -6.0, value),
                None if listen.heard.held(STEM, Target::Fader).is_some() => break,
                None => {}
            }
        }
        let curve = line(listen.release(&document, STEM, Target::Fader));
        for (time, wanted) in [(1.4, -6.0), (1.7, -20.0), (2.2, -6.0)] {
            let found = curve.at(Seconds(time)).unwrap();
            assert!((found - wanted).abs() < 0.1, "{time}: {found}");
        }
        assert_eq!(document.session.stems[0].strip.fader, Db(0.0));
    }

    #[test]
    fn a_fader_that_is_moved_while_nothing_plays_is_not_recorded() {
        let document = document();
        let mut listen = Listen::new(DeviceSettings::default());
        listen.touch(&document, (STEM, Target::Pan), 0.0, 0.5);
        assert!(listen.release(&document, STEM, Target::Pan).is_none());
    }
}
