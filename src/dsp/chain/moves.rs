//! Automation of processors: parameters that change over the song.
//!
//! [`Automation`] is the data in a [`Slot`]; [`AutomationPlayer`] applies it while a chain runs.

use super::slot::{ProcessorSettings, Slot};
use crate::dsp::curve::{Curve, Motion};
use crate::dsp::eq::EqSettings;
use crate::dsp::parameter::{Info, ParameterId, Unit};
use crate::dsp::smooth::GLIDE;
use crate::units::{SampleRate, SongFrame};
use serde::{Deserialize, Serialize};

/// The automation curve of one parameter of a processor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Automation {
    /// The band that the parameter belongs to, if the processor has bands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<usize>,
    pub parameter: ParameterId,
    pub curve: Curve,
}

/// Address of a parameter: index among the parameters of the processor, or of one of its bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ParameterAddress {
    pub band: Option<usize>,
    pub index: usize,
}

/// A parameter of a processor: its address and description.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParameterRef {
    pub place: ParameterAddress,
    pub id: &'static ParameterId,
    pub info: Info,
}

impl ParameterRef {
    /// The name with the band number, unique within the processor.
    pub fn name(&self) -> String {
        match self.place.band {
            Some(band) => format!("{} {}", self.info.name, band + 1),
            None => self.info.name.into(),
        }
    }
}

impl ProcessorSettings {
    /// All parameters: those of the processor, then those of its bands.
    pub fn values(&self) -> Vec<ParameterRef> {
        let settings = self.any();
        let value = |band| {
            move |(index, (id, info))| ParameterRef {
                place: ParameterAddress { band, index },
                id,
                info,
            }
        };
        let own = settings.parameters().into_iter().enumerate().map(value(None));
        let of_band = settings.band_parameters();
        let bands = (0..settings.band_count())
            .flat_map(|band| of_band.clone().into_iter().enumerate().map(value(Some(band))));
        own.chain(bands).collect()
    }

    /// Number of its bands; 0 if it has none.
    pub fn band_count(&self) -> usize {
        self.any().band_count()
    }

    /// The parameters that can be automated: all but choices and those that change the latency.
    pub fn movable(&self) -> Vec<ParameterRef> {
        let moves = |value: &ParameterRef| {
            let at = |to| {
                let mut settings = self.clone();
                settings.put(value.place, to);
                settings.structure()
            };
            let (low, high) = value.info.range;
            !matches!(value.info.unit, Unit::Choice(_)) && at(low) == at(high)
        };
        self.values().into_iter().filter(moves).collect()
    }

    /// The value of a parameter, or `None` if the processor has no such parameter.
    pub fn get(&self, place: ParameterAddress) -> Option<f64> {
        self.any().get(place)
    }

    /// Sets one value, clamped to its range.
    pub fn put(&mut self, place: ParameterAddress, to: f64) {
        self.any_mut().put(place, to);
    }
}

impl Slot {
    /// Address of an automated parameter; `None` if it does not exist or cannot be automated.
    pub fn place_of(&self, automation: &Automation) -> Option<ParameterAddress> {
        let named = |value: &ParameterRef| {
            value.place.band == automation.band && *value.id == automation.parameter
        };
        self.processor.movable().into_iter().find(named).map(|value| value.place)
    }

    /// The curve of a parameter, if it is automated.
    pub fn curve(&self, value: &ParameterRef) -> Option<&Curve> {
        let same =
            |known: &&Automation| known.band == value.place.band && known.parameter == *value.id;
        self.automation.iter().find(same).map(|known| &known.curve)
    }

    /// Replaces the curve of a parameter; an empty curve removes the automation.
    pub fn set_curve(&mut self, value: &ParameterRef, curve: Curve) {
        let (band, parameter) = (value.place.band, value.id.clone());
        self.automation.retain(|known| known.band != band || known.parameter != parameter);
        if !curve.is_empty() {
            self.automation.push(Automation { band, parameter, curve });
        }
    }
}

impl Slot {
    /// Replaces the bands of an equaliser. The curves of a removed band go with it, and the curves
    /// of later bands stay with their bands.
    pub fn set_bands(&mut self, settings: EqSettings) {
        if let ProcessorSettings::Eq(old) = &self.processor {
            let fewer = old.bands.len().saturating_sub(settings.bands.len());
            let same = old.bands.iter().zip(&settings.bands).take_while(|(a, b)| a == b);
            let first = same.count();
            if fewer > 0 {
                let gone = first..first + fewer;
                self.automation.retain(|known| known.band.is_none_or(|n| !gone.contains(&n)));
                for band in self.automation.iter_mut().filter_map(|known| known.band.as_mut()) {
                    *band -= if *band >= gone.end { fewer } else { 0 };
                }
            }
        }
        self.processor = ProcessorSettings::Eq(settings);
    }
}

/// Frames of the song per step of the automation; the processor glides between steps.
const GRID: i64 = 64;

/// Applies the automation of one processor.
pub struct AutomationPlayer {
    motions: Vec<(ParameterAddress, Motion)>,
    pub settings: ProcessorSettings,
    /// Number of the current grid step.
    cell: i64,
    /// Length of a glide in frames. The processor needs this long to follow, so curves are read
    /// this much earlier.
    ahead: i64,
}

impl AutomationPlayer {
    /// `None` if nothing is automated.
    pub fn new(slot: &Slot, rate: SampleRate) -> Option<Self> {
        let motion = |automation: &Automation| {
            Some((slot.place_of(automation)?, Motion::new(&automation.curve, rate)?))
        };
        let motions: Vec<_> = slot.automation.iter().filter_map(motion).collect();
        let mut settings = slot.processor.clone();
        settings.any_mut().make_room();
        let ahead = GLIDE.frames(rate).0 as i64;
        (!motions.is_empty()).then_some(Self { motions, settings, cell: i64::MIN, ahead })
    }

    /// Takes over settings from a person. Only parameters without automation keep them.
    pub fn take(&mut self, settings: &ProcessorSettings) {
        self.settings.any_mut().copy_from(settings);
        self.put();
    }

    fn put(&mut self) {
        let frame = self.cell.saturating_mul(GRID).saturating_add(self.ahead);
        for (place, motion) in &self.motions {
            self.settings.put(*place, motion.at(SongFrame(frame)));
        }
    }

    /// Moves to a frame of the song. Returns true when a new grid step starts. Before the song the
    /// values are those of its start.
    pub fn go(&mut self, frame: SongFrame) -> bool {
        let cell = frame.0.max(0).div_euclid(GRID);
        let moved = cell != self.cell;
        if moved {
            self.cell = cell;
            self.put();
        }
        moved
    }

    /// Number of frames from `frame` to the end of its grid step.
    pub fn stays(frame: SongFrame) -> usize {
        (GRID - frame.0.rem_euclid(GRID)) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::curve::Point;
    use crate::dsp::eq::Band;
    use crate::units::{Hz, Seconds};

    #[test]
    fn lines_stay_with_their_bands() {
        let band = |hz| Band { frequency: Hz(hz), ..Band::default() };
        let bands = vec![band(100.0), band(1000.0), band(5000.0)];
        let mut slot = Slot::with(ProcessorSettings::Eq(EqSettings {
            bands: bands.clone(),
            linear_phase: false,
        }));
        for value in slot.processor.movable() {
            if value.info.name == "Gain" {
                let height = value.place.band.unwrap_or(9) as f64;
                slot.set_curve(&value, Curve::new(vec![Point::new(Seconds(0.0), height)]));
            }
        }
        assert_eq!(slot.automation.len(), 3);
        let fewer = EqSettings { bands: vec![bands[0], bands[2]], linear_phase: false };
        slot.set_bands(fewer);
        let left: Vec<(Option<usize>, f64)> = slot
            .automation
            .iter()
            .map(|known| (known.band, known.curve.points()[0].value))
            .collect();
        assert_eq!(left, [(Some(0), 0.0), (Some(1), 2.0)]);
        slot.set_bands(EqSettings::default());
        assert!(slot.automation.is_empty());
    }

    #[test]
    fn a_curve_whose_band_comes_back_needs_a_new_chain() {
        let eq = |bands: usize| {
            let bands = vec![Band::default(); bands];
            ProcessorSettings::Eq(EqSettings { bands, linear_phase: false })
        };
        let mut slot = Slot::with(eq(3));
        let values = slot.processor.movable();
        let gain = values.into_iter().find(|value| value.name() == "Gain 2").unwrap();
        slot.set_curve(&gain, Curve::new(vec![Point::new(Seconds(0.0), 6.0)]));
        let with = |bands| Slot { processor: eq(bands), ..slot.clone() };
        assert!(slot.fits(&with(2)) && with(1).fits(&with(0)));
        assert!(!slot.fits(&with(1)), "the second band is gone, and its curve stands still");
        assert!(!with(1).fits(&slot), "it is back, and moves again");
    }

    #[test]
    fn what_decides_the_latency_does_not_move() {
        let names = |kind| -> Vec<String> {
            Slot::new(kind).processor.movable().iter().map(ParameterRef::name).collect()
        };
        let compressor = names(crate::dsp::chain::Kind::Compressor);
        assert!(compressor.contains(&"Threshold".to_string()));
        assert!(!compressor.contains(&"Look-ahead".to_string()));
        assert!(names(crate::dsp::chain::Kind::Multiband).contains(&"Gain 4".to_string()));
    }
}
