//! Parameters of processors. Every value of a settings type has a name, a unit and a range,
//! declared once and used for clamping, knobs and automation.
//!
//! `parameters!` implements [`Settings`] for a settings type; [`Info`] describes one parameter
//! for the window: text, knob position, parsing.

use crate::units::{Db, Hz, Seconds};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Unit of a parameter: decides how the value is shown and how a knob scales it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit {
    Decibels,
    /// Logarithmic knob.
    Hertz,
    /// Stored in seconds, shown in milliseconds or seconds; logarithmic knob unless the range
    /// starts at 0.
    Time,
    /// Compression ratio, shown as `3.0`; logarithmic knob.
    Ratio,
    /// 0 to 1 or more, shown in per cent.
    Share,
    Degrees,
    /// Quality factor of a filter; logarithmic knob.
    Q,
    Frames,
    /// One of these names; the value is the index.
    Choice(&'static [&'static str]),
}

/// The unit of an on/off switch.
pub const SWITCH: Unit = Unit::Choice(&["Off", "On"]);

/// Id of a parameter in session files: lower-case letters, digits and underscores.
///
/// Sessions of schema 1 stored the displayed name instead; see [`Self::of_schema_1`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ParameterId(Cow<'static, str>);

impl ParameterId {
    pub const fn known(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }

    /// The id of the parameter that schema 1 named by this displayed name: `look_ahead` for
    /// "Look-ahead". An id stays as it is.
    pub fn of_schema_1(name: &str) -> Self {
        let plain = |c: char| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        Self(Cow::Owned(name.chars().map(plain).collect()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A field type of settings that converts to and from `f64`.
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

/// Implements [`Value`] for an enum: the number is the index in `ALL`, and unknown numbers give the
/// default.
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

/// Implements [`Settings`]: id, name, unit, range and field of each parameter. The id is stored in
/// sessions and never changes; the name may.
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

/// One parameter of the settings type `S`: description and accessors. `set` does not clamp.
pub struct Parameter<S> {
    pub id: ParameterId,
    pub name: &'static str,
    pub unit: Unit,
    pub range: (f64, f64),
    pub get: fn(&S) -> f64,
    pub set: fn(&mut S, f64),
}

/// A settings type with a list of its parameters.
pub trait Settings: Clone + PartialEq + Default + 'static {
    const PARAMETERS: &'static [Parameter<Self>];

    /// The value of parameter `index`, or `None` past the end.
    fn value(&self, index: usize) -> Option<f64> {
        Some((Self::PARAMETERS.get(index)?.get)(self))
    }

    /// Sets parameter `index`, clamped to its range. Does nothing past the end.
    fn set_value(&mut self, index: usize, to: f64) {
        if let Some(parameter) = Self::PARAMETERS.get(index) {
            (parameter.set)(self, parameter.clamp(to));
        }
    }

    /// A copy with every value clamped to its range; NaN becomes the lower end.
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
    /// `value` clamped to the range; NaN becomes the lower end.
    pub fn clamp(&self, value: f64) -> f64 {
        let (low, high) = self.range;
        if value >= low { value.min(high) } else { low }
    }

    /// The description without the accessors.
    pub fn info(&self) -> Info {
        Info { name: self.name, unit: self.unit, range: self.range }
    }
}

/// Description of one parameter, without its settings type.
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

    /// Position of a value on a knob, from 0 to 1.
    pub fn position(&self, value: f64) -> f64 {
        let (low, high) = self.range;
        let position = if self.is_logarithmic() {
            (value / low).ln() / (high / low).ln()
        } else {
            (value - low) / (high - low)
        };
        position.clamp(0.0, 1.0)
    }

    /// The value at a knob position from 0 to 1; choices and frames are rounded.
    pub fn value(&self, position: f64) -> f64 {
        let (low, high) = self.range;
        let position = position.clamp(0.0, 1.0);
        match self.unit {
            _ if self.is_logarithmic() => low * (high / low).powf(position),
            Unit::Choice(_) | Unit::Frames => (low + (high - low) * position).round(),
            _ => low + (high - low) * position,
        }
    }

    /// The value as text with its unit; with a real minus sign (U+2212).
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

    /// Parses typed text, with or without a unit: `-3.5`, `2k`, `120 ms`, `1.2 s`, or the name of a
    /// choice. Times without a unit are milliseconds, shares are per cent. Numbers are clamped to
    /// the range; other text gives `None`.
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
