//! Settings and processors of any kind behind one type, for the rest of the chain.

use super::moves::{AutomationPlayer, ParameterAddress};
use super::table::ProcessorSettings;
use crate::dsp::parameter::{Info, ParameterId, Settings};
use crate::dsp::processor::{Ahead, Blueprint, Processor, Setup};
use crate::units::{Db, Latency, Seconds, SongFrame};
use serde_json::Value;
use std::any::Any;

/// Identity and range of one parameter.
pub type Listed = (&'static ParameterId, Info);

/// Settings of any kind.
pub trait AnySettings {
    fn as_any(&self) -> &dyn Any;
    /// Parameters of the processor, without its bands.
    fn parameters(&self) -> Vec<Listed>;
    /// Parameters that each band has.
    fn band_parameters(&self) -> Vec<Listed>;
    fn band_count(&self) -> usize;
    fn get(&self, place: ParameterAddress) -> Option<f64>;
    /// Sets one value, clamped to its range.
    fn put(&mut self, place: ParameterAddress, to: f64);
    fn structure(&self) -> (u64, u64);
    fn reach(&self, range: &dyn Fn(usize, &str) -> Option<[f64; 2]>) -> Seconds;
    fn to_json(&self) -> serde_json::Result<Value>;
    fn read_json(&mut self, value: Value) -> serde_json::Result<()>;
    fn make_room(&mut self);
    /// See [`Blueprint::copy_from`]; settings of another kind are ignored.
    fn copy_from(&mut self, other: &ProcessorSettings);
    fn build(&self, setup: Setup<'_>) -> Box<dyn Running>;
}

fn listed<S: Settings>() -> Vec<Listed> {
    S::PARAMETERS.iter().map(|parameter| (&parameter.id, parameter.info())).collect()
}

impl<S: Blueprint> AnySettings for S {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn parameters(&self) -> Vec<Listed> {
        listed::<S>()
    }

    fn band_parameters(&self) -> Vec<Listed> {
        listed::<S::Band>()
    }

    fn band_count(&self) -> usize {
        self.bands().len()
    }

    fn get(&self, place: ParameterAddress) -> Option<f64> {
        match place.band {
            Some(band) => self.bands().get(band)?.value(place.index),
            None => self.value(place.index),
        }
    }

    fn put(&mut self, place: ParameterAddress, to: f64) {
        match place.band {
            Some(band) => {
                if let Some(band) = self.bands_mut().get_mut(band) {
                    band.set_value(place.index, to);
                }
            }
            None => self.set_value(place.index, to),
        }
    }

    fn structure(&self) -> (u64, u64) {
        Blueprint::structure(self)
    }

    fn reach(&self, range: &dyn Fn(usize, &str) -> Option<[f64; 2]>) -> Seconds {
        Blueprint::reach(self, range)
    }

    fn to_json(&self) -> serde_json::Result<Value> {
        serde_json::to_value(self)
    }

    fn read_json(&mut self, value: Value) -> serde_json::Result<()> {
        *self = serde_json::from_value(value)?;
        Ok(())
    }

    fn make_room(&mut self) {
        Blueprint::make_room(self);
    }

    fn copy_from(&mut self, other: &ProcessorSettings) {
        if let Some(other) = other.as_kind::<S>() {
            Blueprint::copy_from(self, other);
        }
    }

    fn build(&self, setup: Setup<'_>) -> Box<dyn Running> {
        Box::new(Blueprint::build(self, setup))
    }
}

impl ProcessorSettings {
    /// The settings as those of one kind; none where they are of another.
    pub fn as_kind<S: Blueprint>(&self) -> Option<&S> {
        self.any().as_any().downcast_ref()
    }
}

/// A running processor of any kind; see [`Processor`].
pub trait Running: Send {
    /// Settings of another kind are ignored: the chain that fits them is on its way.
    fn set(&mut self, settings: &ProcessorSettings);
    fn latency(&self) -> Latency;
    fn reset(&mut self);
    fn process(&mut self, left: &mut [f32], right: &mut [f32], side_chain: Option<[&[f32]; 2]>);
    fn take_reduction(&mut self) -> Db;
    fn skip(&mut self, frames: usize);
    fn acts_behind(&self) -> Latency;
    fn frames_ahead(&self) -> usize;
    /// After a jump to frame `first` of the song.
    fn prepare(&mut self, mover: &mut AutomationPlayer, first: SongFrame);
    fn is_ready(&mut self) -> bool;
}

/// Automated settings from frame `first` on.
struct Automated<'a> {
    mover: &'a mut AutomationPlayer,
    first: SongFrame,
}

impl<S: Blueprint> Ahead<S> for Automated<'_> {
    fn settings(&mut self, frames: usize) -> Option<&S> {
        self.mover.go(self.first.after(frames));
        self.mover.settings.as_kind()
    }
}

impl<P> Running for P
where
    P: Processor,
    P::Settings: Blueprint,
{
    fn set(&mut self, settings: &ProcessorSettings) {
        if let Some(settings) = settings.as_kind() {
            Processor::set(self, settings);
        }
    }

    fn latency(&self) -> Latency {
        Processor::latency(self)
    }

    fn reset(&mut self) {
        Processor::reset(self);
    }

    fn process(&mut self, left: &mut [f32], right: &mut [f32], side_chain: Option<[&[f32]; 2]>) {
        Processor::process(self, left, right, side_chain);
    }

    fn take_reduction(&mut self) -> Db {
        Processor::take_reduction(self)
    }

    fn skip(&mut self, frames: usize) {
        Processor::skip(self, frames);
    }

    fn acts_behind(&self) -> Latency {
        Processor::acts_behind(self)
    }

    fn frames_ahead(&self) -> usize {
        Processor::frames_ahead(self)
    }

    fn prepare(&mut self, mover: &mut AutomationPlayer, first: SongFrame) {
        Processor::prepare(self, &mut Automated { mover, first });
    }

    fn is_ready(&mut self) -> bool {
        Processor::is_ready(self)
    }
}

/// Fails as soon as it is asked.
#[cfg(test)]
pub struct Faulty;

#[cfg(test)]
impl Processor for Faulty {
    type Settings = crate::dsp::processor::NoSettings;

    fn set(&mut self, _: &Self::Settings) {}

    fn reset(&mut self) {}

    fn process(&mut self, _: &mut [f32], _: &mut [f32], _: Option<[&[f32]; 2]>) {
        panic!("a processor at fault")
    }
}
