//! The table of processors. A new kind is a file with a [`Blueprint`], and one line here.

use super::erased::AnySettings;
use crate::dsp::clip::ClipSettings;
use crate::dsp::compressor::CompressorSettings;
use crate::dsp::de_esser::DeEsserSettings;
use crate::dsp::delay::DelaySettings;
use crate::dsp::dynamic_eq::DynamicEqSettings;
use crate::dsp::eq::EqSettings;
use crate::dsp::gate::GateSettings;
use crate::dsp::multiband::MultibandSettings;
use crate::dsp::processor::{Blueprint, NoSettings};
use crate::dsp::saturation::SaturationSettings;
use crate::dsp::stereo_field::StereoSettings;
use crate::dsp::transient::TransientSettings;
use serde::{Deserialize, Serialize};

macro_rules! processors {
    ($($kind:ident $settings:ty;)*) => {
        processors! { @all [$($kind),*] $($kind $settings;)* Unknown NoSettings; }
    };
    (@all [$($known:ident),*] $($kind:ident $settings:ty;)*) => {
        /// The kinds of processors. Sessions store the name in snake case. `Unknown` stands for a kind of
        /// a later program, which lets the sound pass unchanged.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Kind {
            $($kind,)*
        }

        impl Kind {
            /// All kinds that a person can choose.
            pub const ALL: [Kind; [$(stringify!($known)),*].len()] = [$(Kind::$known),*];

            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => <$settings>::NAME,)*
                }
            }

            /// Name in a line that lists a chain.
            pub fn short(self) -> &'static str {
                match self {
                    $(Self::$kind => <$settings>::SHORT,)*
                }
            }

            /// Whether a person can choose another stem as its side chain.
            pub fn has_side_chain(self) -> bool {
                match self {
                    $(Self::$kind => <$settings>::SIDE_CHAIN,)*
                }
            }
        }

        /// Settings of a processor of any kind.
        #[derive(Clone, Debug, PartialEq)]
        pub enum ProcessorSettings {
            $($kind($settings),)*
        }

        impl ProcessorSettings {
            /// Default settings of a kind.
            pub fn of(kind: Kind) -> Self {
                match kind {
                    $(Kind::$kind => Self::$kind(<$settings>::default()),)*
                }
            }

            pub fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)*
                }
            }

            pub(super) fn any(&self) -> &dyn AnySettings {
                match self {
                    $(Self::$kind(settings) => settings,)*
                }
            }

            pub(super) fn any_mut(&mut self) -> &mut dyn AnySettings {
                match self {
                    $(Self::$kind(settings) => settings,)*
                }
            }
        }
    };
}

processors! {
    Eq EqSettings;
    Compressor CompressorSettings;
    DeEsser DeEsserSettings;
    Saturation SaturationSettings;
    Stereo StereoSettings;
    DynamicEq DynamicEqSettings;
    Multiband MultibandSettings;
    Gate GateSettings;
    Transient TransientSettings;
    Clip ClipSettings;
    Delay DelaySettings;
}
