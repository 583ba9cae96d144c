//! The settings of a chain as plain data, and their JSON form.
//!
//! [`Slot`] is one processor of a chain with its automation; [`ProcessorSettings`] holds the
//! settings by kind. Fields and kinds that a newer version of the program wrote survive loading and
//! saving.

use super::moves::Automation;
pub use super::table::{Kind, ProcessorSettings};
use crate::units::{EntryId, Seconds};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// Names the side-chain signal of a processor: the number of a stem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SideChainId(pub u32);

impl ProcessorSettings {
    fn json(&self) -> serde_json::Result<Value> {
        self.any().to_json()
    }

    /// Values that decide latency: when they change, another processor is built.
    pub(super) fn structure(&self) -> (u64, u64) {
        self.any().structure()
    }
}

/// One processor of a chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    pub id: EntryId,
    pub on: bool,
    pub processor: ProcessorSettings,
    /// The stem whose sound the detector hears; `None` means the processor's own input.
    pub side_chain: Option<SideChainId>,
    /// Automation curves of parameters.
    pub automation: Vec<Automation>,
    /// Fields that a newer version of the program wrote.
    pub unknown: Map<String, Value>,
}

impl Slot {
    /// A processor with default settings, switched on.
    pub fn new(kind: Kind) -> Self {
        Self::with(ProcessorSettings::of(kind))
    }

    /// A processor with these settings, switched on.
    pub fn with(processor: ProcessorSettings) -> Self {
        Self {
            id: EntryId::default(),
            on: true,
            processor,
            side_chain: None,
            automation: Vec::new(),
            unknown: Map::new(),
        }
    }

    pub fn kind(&self) -> Kind {
        self.processor.kind()
    }

    /// Whether a processor made for `other` can take these settings over.
    pub fn fits(&self, other: &Slot) -> bool {
        self.kind() == other.kind()
            && self.side_chain == other.side_chain
            && self.processor.structure() == other.processor.structure()
            && self.reach() == other.reach()
            && self.automation == other.automation
            && self.automation.iter().all(|known| self.has_band(known) == other.has_band(known))
    }

    /// See [`Blueprint::reach`](crate::dsp::processor::Blueprint::reach).
    pub(super) fn reach(&self) -> Seconds {
        self.processor.any().reach(&|band, id| {
            let same = |a: &&Automation| a.band == Some(band) && a.parameter.as_str() == id;
            self.automation.iter().find(same)?.curve.range()
        })
    }

    /// Whether the band that a curve moves is there. A curve may outlive its band, for example where
    /// two copies of a session are put together.
    fn has_band(&self, automation: &Automation) -> bool {
        automation.band.is_none_or(|band| band < self.processor.band_count())
    }
}

/// Whether a chain made for one list of slots can take the settings of the other list.
pub fn fits(one: &[Slot], other: &[Slot]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a.fits(b))
}

/// Field names that the slot itself writes.
const OWN: [&str; 5] = ["id", "kind", "on", "key", "automation"];

impl Serialize for Slot {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let error = |error| serde::ser::Error::custom(error);
        let mut all = self.unknown.clone();
        if self.kind() != Kind::Unknown {
            all.insert("kind".into(), serde_json::to_value(self.kind()).map_err(error)?);
        }
        if !self.id.is_empty() {
            all.insert("id".into(), self.id.as_str().into());
        }
        all.insert("on".into(), self.on.into());
        if let Some(side_chain) = self.side_chain {
            all.insert("key".into(), side_chain.0.into());
        }
        if !self.automation.is_empty() {
            let automation = serde_json::to_value(&self.automation).map_err(error)?;
            all.insert("automation".into(), automation);
        }
        if let Value::Object(settings) = self.processor.json().map_err(error)? {
            all.extend(settings);
        }
        all.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Slot {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut all = Map::deserialize(from)?;
        let kind = all.get("kind").cloned().unwrap_or_default();
        let id = all.remove("id").and_then(|id| serde_json::from_value(id).ok());
        let id: EntryId = id.unwrap_or_default();
        let on = all.remove("on").and_then(|on| on.as_bool()).unwrap_or(true);
        let side_chain = all
            .remove("key")
            .and_then(|side_chain| side_chain.as_u64())
            .map(|side_chain| SideChainId(side_chain as u32));
        // Passed over, with everything that was written about it.
        let passed_over =
            |id, unknown| Self { id, on, side_chain, unknown, ..Self::new(Kind::Unknown) };
        let Ok(kind) = serde_json::from_value::<Kind>(kind) else {
            return Ok(passed_over(id, all));
        };
        let whole = all.clone();
        all.remove("kind");
        let automation = all.remove("automation").map(serde_json::from_value).transpose();
        let mut processor = ProcessorSettings::of(kind);
        let value = Value::Object(all.clone());
        let mut known = automation.is_ok();
        known &= processor.any_mut().read_json(value).is_ok();
        // A value of a newer program: the processor is passed over like one that is not known.
        let Ok(Some(automation)) =
            automation.map(|all| Some(all.unwrap_or_default()).filter(|_| known))
        else {
            return Ok(passed_over(id, whole));
        };
        // Fields that the settings do not write come from a newer version of the program.
        let known = processor.json().map_err(D::Error::custom)?;
        all.retain(|name, _| known.get(name).is_none() && !OWN.contains(&name.as_str()));
        Ok(Self { id, on, processor, side_chain, automation, unknown: all })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::parameter::ParameterId;

    impl ProcessorSettings {
        fn with_a_band(kind: Kind) -> Self {
            let mut settings = Self::of(kind);
            if let Self::Eq(eq) = &mut settings {
                eq.bands.push(crate::dsp::eq::Band::default());
            }
            settings
        }
    }
    use crate::dsp::curve::{Curve, Point};
    use crate::units::Db;

    #[test]
    fn every_kind_survives_json() {
        for kind in Kind::ALL {
            let mut slot = Slot::new(kind);
            slot.side_chain = Some(SideChainId(3));
            if let Some(value) = slot.processor.movable().first() {
                slot.set_curve(value, Curve::new(vec![Point::new(Seconds(1.0), 0.5)]));
            }
            let text = serde_json::to_string(&slot).unwrap();
            assert_eq!(serde_json::from_str::<Slot>(&text).unwrap(), slot, "{text}");
        }
    }

    #[test]
    fn what_a_newer_program_wrote_stays() {
        let newer = r#"{"kind":"compressor","on":false,"ratio":2.5,"glow":0.7}"#;
        let slot: Slot = serde_json::from_str(newer).unwrap();
        let ProcessorSettings::Compressor(settings) = &slot.processor else { panic!() };
        assert_eq!((settings.ratio, settings.threshold, slot.on), (2.5, Db(-21.0), false));
        assert_eq!(serde_json::to_value(&slot).unwrap()["glow"], 0.7);
        let other = r#"{"kind":"warp","on":true,"amount":3}"#;
        let slot: Slot = serde_json::from_str(other).unwrap();
        assert_eq!(slot.kind(), Kind::Unknown);
        let back = serde_json::to_value(&slot).unwrap();
        assert_eq!((&back["kind"], &back["amount"]), (&"warp".into(), &3.into()));
    }

    /// Session files name values by these. A line may be added; none may change or go.
    #[test]
    fn ids_of_parameters_never_change() {
        let mut all = Vec::new();
        for kind in Kind::ALL {
            let name = serde_json::to_value(kind).unwrap();
            let mut ids: Vec<(bool, &str)> = Vec::new();
            for value in ProcessorSettings::with_a_band(kind).values() {
                let id = (value.place.band.is_some(), value.id.as_str());
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            let ids: Vec<String> = ids
                .iter()
                .map(|(band, id)| if *band { format!("band.{id}") } else { id.to_string() })
                .collect();
            all.push(format!("{}: {}", name.as_str().unwrap(), ids.join(" ")));
        }
        assert_eq!(all.join("\n"), include_str!("parameter_ids.txt").trim_end());
    }

    #[test]
    fn automation_of_schema_1_is_found_by_the_name_that_was_shown_then() {
        for kind in Kind::ALL {
            let mut slot = Slot::with(ProcessorSettings::with_a_band(kind));
            for value in slot.processor.movable() {
                let curve = serde_json::json!([{ "time": 0.0, "value": value.info.range.1 }]);
                let old = serde_json::json!({
                    "band": value.place.band, "parameter": value.info.name, "curve": curve,
                });
                let mut automation: Automation = serde_json::from_value(old).unwrap();
                automation.parameter = ParameterId::of_schema_1(automation.parameter.as_str());
                slot.automation = vec![automation];
                let place = slot.place_of(&slot.automation[0]);
                assert_eq!(place, Some(value.place), "{} {}", kind.name(), value.info.name);
                let new = serde_json::to_value(&slot.automation[0]).unwrap();
                assert_eq!(new["parameter"], value.id.as_str());
            }
        }
    }

    #[test]
    fn values_by_number_are_kept_in_range() {
        for kind in Kind::ALL {
            let mut settings = ProcessorSettings::of(kind);
            for crate::dsp::chain::ParameterRef { place, id, info } in settings.values() {
                settings.put(place, f64::INFINITY);
                assert_eq!(settings.get(place), Some(info.range.1), "{} {id:?}", kind.name());
                settings.put(place, f64::NAN);
                assert_eq!(settings.get(place), Some(info.range.0), "{} {id:?}", kind.name());
            }
        }
    }
}
