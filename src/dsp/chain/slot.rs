//! The settings of a chain as plain data, and their JSON form.
//!
//! [`Slot`] is one processor of a chain with its automation; [`ProcessorSettings`] holds the
//! settings by kind. Fields and kinds that a newer version of the program wrote survive loading and
//! saving.

use super::moves::Automation;
use crate::dsp::clip::ClipSettings;
use crate::dsp::compressor::CompressorSettings;
use crate::dsp::de_esser::DeEsserSettings;
use crate::dsp::delay::DelaySettings;
use crate::dsp::dynamic_eq::DynamicEqSettings;
use crate::dsp::eq::EqSettings;
use crate::dsp::gate::GateSettings;
use crate::dsp::multiband::MultibandSettings;
use crate::dsp::parameter::{Info, Settings};
use crate::dsp::saturation::SaturationSettings;
use crate::dsp::stereo_field::StereoSettings;
use crate::dsp::transient::TransientSettings;
use crate::units::EntryId;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// Names the side-chain signal of a processor: the number of a stem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SideChainId(pub u32);

/// Kinds of processors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Eq,
    Compressor,
    DeEsser,
    Saturation,
    Stereo,
    DynamicEq,
    Multiband,
    Gate,
    Transient,
    Clip,
    Delay,
    /// Written by a newer version of the program; passes the sound unchanged.
    Unknown,
}

impl Kind {
    /// All kinds that a person can choose.
    pub const ALL: [Kind; 11] = [
        Kind::Eq,
        Kind::Compressor,
        Kind::DeEsser,
        Kind::Saturation,
        Kind::Stereo,
        Kind::DynamicEq,
        Kind::Multiband,
        Kind::Gate,
        Kind::Transient,
        Kind::Clip,
        Kind::Delay,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Eq => "EQ",
            Kind::Compressor => "Compressor",
            Kind::DeEsser => "De-esser",
            Kind::Saturation => "Saturation",
            Kind::Stereo => "Stereo",
            Kind::DynamicEq => "Dynamic EQ",
            Kind::Multiband => "Multiband",
            Kind::Gate => "Gate",
            Kind::Transient => "Transients",
            Kind::Clip => "Clipper",
            Kind::Delay => "Delay",
            Kind::Unknown => "Unknown",
        }
    }

    /// Short name, for a line that lists a chain.
    pub fn short(self) -> &'static str {
        match self {
            Kind::Compressor => "Comp",
            Kind::DeEsser => "De-ess",
            Kind::Saturation => "Saturate",
            Kind::Stereo => "Width",
            Kind::DynamicEq => "Dyn EQ",
            Kind::Multiband => "Bands",
            Kind::Transient => "Shape",
            Kind::Clip => "Clip",
            other => other.name(),
        }
    }

    /// Whether a person can choose a stem as the side chain.
    pub fn has_key(self) -> bool {
        matches!(self, Kind::Compressor | Kind::DynamicEq | Kind::Gate)
    }
}

/// Settings of a processor, by kind.
#[derive(Clone, Debug, PartialEq)]
pub enum ProcessorSettings {
    Eq(EqSettings),
    Compressor(CompressorSettings),
    DeEsser(DeEsserSettings),
    Saturation(SaturationSettings),
    Stereo(StereoSettings),
    DynamicEq(DynamicEqSettings),
    Multiband(MultibandSettings),
    Gate(GateSettings),
    Transient(TransientSettings),
    Clip(ClipSettings),
    Delay(DelaySettings),
    Unknown,
}

/// Runs the same expression on the settings of any kind.
macro_rules! for_settings {
    ($processor:expr, $s:ident => $do:expr, $other:expr) => {
        match $processor {
            ProcessorSettings::Eq($s) => $do,
            ProcessorSettings::Compressor($s) => $do,
            ProcessorSettings::DeEsser($s) => $do,
            ProcessorSettings::Saturation($s) => $do,
            ProcessorSettings::Stereo($s) => $do,
            ProcessorSettings::DynamicEq($s) => $do,
            ProcessorSettings::Multiband($s) => $do,
            ProcessorSettings::Gate($s) => $do,
            ProcessorSettings::Transient($s) => $do,
            ProcessorSettings::Clip($s) => $do,
            ProcessorSettings::Delay($s) => $do,
            ProcessorSettings::Unknown => $other,
        }
    };
}

fn infos<S: Settings>(_: &S) -> Vec<Info> {
    S::infos()
}

impl ProcessorSettings {
    /// The default settings of a kind.
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Eq => Self::Eq(EqSettings::default()),
            Kind::Compressor => Self::Compressor(CompressorSettings::default()),
            Kind::DeEsser => Self::DeEsser(DeEsserSettings::default()),
            Kind::Saturation => Self::Saturation(SaturationSettings::default()),
            Kind::Stereo => Self::Stereo(StereoSettings::default()),
            Kind::DynamicEq => Self::DynamicEq(DynamicEqSettings::default()),
            Kind::Multiband => Self::Multiband(MultibandSettings::default()),
            Kind::Gate => Self::Gate(GateSettings::default()),
            Kind::Transient => Self::Transient(TransientSettings::default()),
            Kind::Clip => Self::Clip(ClipSettings::default()),
            Kind::Delay => Self::Delay(DelaySettings::default()),
            Kind::Unknown => Self::Unknown,
        }
    }

    pub fn kind(&self) -> Kind {
        match self {
            Self::Eq(_) => Kind::Eq,
            Self::Compressor(_) => Kind::Compressor,
            Self::DeEsser(_) => Kind::DeEsser,
            Self::Saturation(_) => Kind::Saturation,
            Self::Stereo(_) => Kind::Stereo,
            Self::DynamicEq(_) => Kind::DynamicEq,
            Self::Multiband(_) => Kind::Multiband,
            Self::Gate(_) => Kind::Gate,
            Self::Transient(_) => Kind::Transient,
            Self::Clip(_) => Kind::Clip,
            Self::Delay(_) => Kind::Delay,
            Self::Unknown => Kind::Unknown,
        }
    }

    /// The parameters of the processor itself. Bands have parameters of their own.
    pub fn parameters(&self) -> Vec<Info> {
        for_settings!(self, s => infos(s), Vec::new())
    }

    /// The value of parameter `index` of the processor itself.
    pub fn value(&self, index: usize) -> Option<f64> {
        for_settings!(self, s => s.value(index), None)
    }

    /// Sets parameter `index` of the processor itself, clamped to its range.
    pub fn set_value(&mut self, index: usize, to: f64) {
        for_settings!(self, s => s.set_value(index, to), ());
    }

    fn json(&self) -> serde_json::Result<Value> {
        for_settings!(self, s => serde_json::to_value(s), Ok(Value::Object(Map::new())))
    }

    /// Values whose change needs a new processor, because they change the latency.
    pub(super) fn structure(&self) -> (u64, u64) {
        match self {
            Self::Eq(s) => (u64::from(s.linear_phase), 0),
            Self::Compressor(s) => (0, s.look_ahead.0.to_bits()),
            Self::Gate(s) => (0, s.look_ahead.0.to_bits()),
            _ => (0, 0),
        }
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
            && self.automation == other.automation
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
        let Ok(kind) = serde_json::from_value::<Kind>(kind) else {
            let processor = ProcessorSettings::Unknown;
            return Ok(Self {
                id,
                on,
                processor,
                side_chain,
                automation: Vec::new(),
                unknown: all,
            });
        };
        let whole = all.clone();
        all.remove("kind");
        let automation = all.remove("automation").map(serde_json::from_value).transpose();
        let mut processor = ProcessorSettings::of(kind);
        let value = Value::Object(all.clone());
        let mut known = automation.is_ok();
        for_settings!(&mut processor, s => match serde_json::from_value(value) {
            Ok(settings) => *s = settings,
            Err(_) => known = false,
        }, ());
        // Written by a newer version of the program: bypass the processor, as an unknown one.
        let Ok(Some(automation)) =
            automation.map(|all| Some(all.unwrap_or_default()).filter(|_| known))
        else {
            let processor = ProcessorSettings::Unknown;
            return Ok(Self {
                id,
                on,
                processor,
                side_chain,
                automation: Vec::new(),
                unknown: whole,
            });
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
    use crate::dsp::curve::{Curve, Point};
    use crate::units::{Db, Seconds};

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

    #[test]
    fn values_by_number_are_kept_in_range() {
        for kind in Kind::ALL {
            let mut settings = ProcessorSettings::of(kind);
            for (n, info) in settings.parameters().iter().enumerate() {
                settings.set_value(n, f64::INFINITY);
                assert_eq!(settings.value(n), Some(info.range.1), "{} {}", kind.name(), info.name);
                settings.set_value(n, f64::NAN);
                assert_eq!(settings.value(n), Some(info.range.0), "{} {}", kind.name(), info.name);
            }
        }
    }
}
