//! What the settings of a processor have in common: each value has a name, a unit and a range,
//! written down once for clamping, for knobs and for whoever moves values over time.

use crate::units::{Db, Hz, Seconds};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;

/// How a value is shown and how a knob spreads it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit {
    Decibels,
    /// Logarithmic.
    Hertz,
    /// In seconds, shown in milliseconds, logarithmic.
    Time,
    /// `3.0 : 1`, logarithmic.
    Ratio,
    /// 0 to 1 and more, shown in per cent.
    Share,
    Degrees,
    /// Quality of a filter, logarithmic.
    Q,
    Frames,
    /// One of these; the value is the index.
    Choice(&'static [&'static str]),
}

/// A switch as a choice.
pub const SWITCH: Unit = Unit::Choice(&["Off", "On"]);

/// Names a value of a processor in session files: lower-case letters, digits and underscores.
///
/// Sessions of schema 1 stored the displayed name instead ("Look-ahead"). Reading puts it into
/// this form, which is the id of the same value ("look_ahead").
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ParameterId(Cow<'static, str>);

impl ParameterId {
    pub const fn known(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for ParameterId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let plain = |c: char| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        Ok(Self(Cow::Owned(String::deserialize(from)?.chars().map(plain).collect())))
    }
}

/// What a field of settings is as a number.
pub trait Value: Copy {
    fn number(self) -> f64;
    fn from_number(number: f64) -> Self;
}

macro_rules! wrapped_value {
    ($($unit:ident),*) => {$(
        impl Value for $unit {
            fn number(self) -> f64 {
                self.0
            }
            fn from_number(number: f64) -> Self {
                $unit(number)
            }
        }
    )*};
}
wrapped_value!(Db, Hz, Seconds);

impl Value for f64 {
    fn number(self) -> f64 {
        self
    }
    fn from_number(number: f64) -> Self {
        number
    }
}

impl Value for u32 {
    fn number(self) -> f64 {
        f64::from(self)
    }
    fn from_number(number: f64) -> Self {
        number as u32
    }
}

impl Value for bool {
    fn number(self) -> f64 {
        f64::from(u8::from(self))
    }
    fn from_number(number: f64) -> Self {
        number > 0.5
    }
}

/// Makes a choice a value: its place among `ALL`.
macro_rules! choice_value {
    ($choice:ident) => {
        impl $crate::dsp::parameter::Value for $choice {
            fn number(self) -> f64 {
                Self::ALL.iter().position(|known| *known == self).unwrap_or(0) as f64
            }
            fn from_number(number: f64) -> Self {
                Self::ALL.get(number as usize).copied().unwrap_or_default()
            }
        }
    };
}
pub(crate) use choice_value;

/// Lists the values of settings: id, name, unit, range and field of each. The id stands in session
/// files and never changes; the name can.
macro_rules! parameters {
    ($settings:ident; $($id:ident $name:literal, $unit:expr, $low:literal => $high:literal, $($field:tt).+;)*) => {
        impl $crate::dsp::parameter::Settings for $settings {
            const PARAMETERS: &'static [$crate::dsp::parameter::Parameter<Self>] = &[$(
                $crate::dsp::parameter::Parameter {
                    id: $crate::dsp::parameter::ParameterId::known(stringify!($id)),
                    name: $name,
                    unit: $unit,
                    range: ($low, $high),
                    get: |s| $crate::dsp::parameter::Value::number(s.$($field).+),
                    set: |s, v| s.$($field).+ = $crate::dsp::parameter::Value::from_number(v),
                },
            )*];
        }
    };
}
pub(crate) use parameters;

/// One value of settings `S`.
pub struct Parameter<S> {
    pub id: ParameterId,
    pub name: &'static str,
    pub unit: Unit,
    pub range: (f64, f64),
    pub get: fn(&S) -> f64,
    pub set: fn(&mut S, f64),
}

/// Settings whose values are listed.
pub trait Settings: Clone + PartialEq + Default + 'static {
    const PARAMETERS: &'static [Parameter<Self>];

    /// The value of this number.
    fn value(&self, index: usize) -> Option<f64> {
        Some((Self::PARAMETERS.get(index)?.get)(self))
    }

    /// Sets one value; it is kept inside its range.
    fn set_value(&mut self, index: usize, to: f64) {
        if let Some(parameter) = Self::PARAMETERS.get(index) {
            (parameter.set)(self, parameter.clamp(to));
        }
    }

    /// The same with every value inside its range; what is no number becomes the lower end.
    fn clamped(&self) -> Self {
        let mut settings = self.clone();
        for parameter in Self::PARAMETERS {
            let value = (parameter.get)(&settings);
            let kept = parameter.clamp(value);
            if kept != value {
                (parameter.set)(&mut settings, kept);
            }
        }
        settings
    }
}

impl<S> Parameter<S> {
    /// The value inside the range; what is no number becomes the lower end.
    pub fn clamp(&self, value: f64) -> f64 {
        let (low, high) = self.range;
        if value >= low { value.min(high) } else { low }
    }

    pub fn info(&self) -> Info {
        Info { name: self.name, unit: self.unit, range: self.range }
    }
}

/// What a person needs to know about a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Info {
    pub name: &'static str,
    pub unit: Unit,
    pub range: (f64, f64),
}

impl Info {
    fn is_logarithmic(&self) -> bool {
        let (low, _) = self.range;
        matches!(self.unit, Unit::Hertz | Unit::Time | Unit::Ratio | Unit::Q) && low > 0.0
    }

    /// Where a value lies on a knob, from 0 to 1.
    pub fn position(&self, value: f64) -> f64 {
        let (low, high) = self.range;
        let position = if self.is_logarithmic() {
            (value / low).ln() / (high / low).ln()
        } else {
            (value - low) / (high - low)
        };
        position.clamp(0.0, 1.0)
    }

    /// The value at a position of a knob.
    pub fn value(&self, position: f64) -> f64 {
        let (low, high) = self.range;
        let position = position.clamp(0.0, 1.0);
        match self.unit {
            _ if self.is_logarithmic() => low * (high / low).powf(position),
            Unit::Choice(_) | Unit::Frames => (low + (high - low) * position).round(),
            _ => low + (high - low) * position,
        }
    }

    /// The value with its unit.
    pub fn show(&self, value: f64) -> String {
        let text = match self.unit {
            Unit::Decibels => format!("{value:.1} dB"),
            Unit::Hertz if value >= 10_000.0 => format!("{:.1}k", value / 1000.0),
            Unit::Hertz if value >= 1000.0 => format!("{:.2}k", value / 1000.0),
            Unit::Hertz => format!("{value:.0} Hz"),
            Unit::Time if value == 0.0 => "0 ms".into(),
            Unit::Time if value >= 1.0 => format!("{value:.2} s"),
            Unit::Time if value >= 0.01 => format!("{:.0} ms", value * 1000.0),
            Unit::Time if value >= 0.001 => format!("{:.1} ms", value * 1000.0),
            Unit::Time => format!("{:.2} ms", value * 1000.0),
            Unit::Ratio => format!("{value:.1}"),
            Unit::Share => format!("{:.0} %", value * 100.0),
            Unit::Degrees => format!("{value:.0}°"),
            Unit::Q => format!("{value:.2}"),
            Unit::Frames => format!("{value:.0}"),
            Unit::Choice(names) => {
                names.get(value as usize).copied().unwrap_or_default().to_string()
            }
        };
        text.replace('-', "\u{2212}")
    }

    /// Reads what a person typed, with or without a unit: `-3.5`, `2k`, `120 ms`, `1.2 s`.
    pub fn read(&self, text: &str) -> Option<f64> {
        let plain = text.replace('\u{2212}', "-").replace(',', ".").to_lowercase();
        let plain = plain.trim();
        if let Unit::Choice(names) = self.unit {
            return names.iter().position(|name| name.to_lowercase() == plain).map(|n| n as f64);
        }
        let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+');
        let end = plain.find(|c| !is_number(c)).unwrap_or(plain.len());
        let (number, unit) = (plain.get(..end)?, plain.get(end..)?.trim());
        let number: f64 = number.parse().ok().filter(|value: &f64| value.is_finite())?;
        let value = match (self.unit, unit) {
            (Unit::Hertz, unit) if unit.starts_with('k') => number * 1000.0,
            (Unit::Time, "s") => number,
            (Unit::Time, _) => number / 1000.0,
            (Unit::Share, _) => number / 100.0,
            _ => number,
        };
        Some(value.clamp(self.range.0, self.range.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_read_and_spread() {
        let frequency = Info { name: "Frequency", unit: Unit::Hertz, range: (20.0, 20_000.0) };
        assert_eq!(frequency.show(3400.0), "3.40k");
        assert_eq!(frequency.read("2k"), Some(2000.0));
        assert_eq!(frequency.read("12,5 kHz"), Some(12_500.0));
        assert_eq!(frequency.read("1"), Some(20.0));
        assert!((frequency.position(632.4555) - 0.5).abs() < 1e-6);
        let time = Info { name: "Attack", unit: Unit::Time, range: (0.00005, 0.25) };
        assert_eq!((time.show(0.012), time.show(0.0005)), ("12 ms".into(), "0.50 ms".into()));
        assert_eq!((time.read("120 ms"), time.read("0.1 s")), (Some(0.12), Some(0.1)));
        let gain = Info { name: "Gain", unit: Unit::Decibels, range: (-24.0, 24.0) };
        assert_eq!(gain.show(-2.5), "\u{2212}2.5 dB");
        assert_eq!((gain.read("−3,5"), gain.read("loud")), (Some(-3.5), None));
        let kind = Info { name: "Kind", unit: SWITCH, range: (0.0, 1.0) };
        assert_eq!((kind.show(1.0), kind.read("on")), ("On".into(), Some(1.0)));
        for info in [frequency, time, gain] {
            for position in [0.0, 0.3, 1.0] {
                assert!((info.position(info.value(position)) - position).abs() < 1e-9);
            }
        }
    }
}
