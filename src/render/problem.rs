//! The reasons why a rendered file is not as it should be, with their figures.

use crate::session::stem::StemId;
use crate::texts::say;
use crate::units::{Db, Lufs};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// A reason why a file needs a look. [`fmt::Display`] gives it as a sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Problem {
    /// The true peak read back from the file is above the ceiling of its master, in dBTP.
    TruePeak { peak: Db, ceiling: Db },
    /// Silent, or shorter than one gating block of BS.1770 (0.4 s).
    NoLoudness,
    /// The loudness is off the target. `limited`: the limiter already works as hard as the master
    /// allows. `knee`: the gain stopped where a further decibel of limiting wins little.
    Loudness {
        reached: Lufs,
        target: Lufs,
        limited: bool,
        #[serde(default)]
        knee: bool,
    },
    /// The file holds another number of frames than were written.
    Length { held: u64, written: u64 },
    /// A stem in the file was not as the session knows it.
    Stem { stem: StemId, fault: StemFault },
    /// What another version of the program wrote: a sentence alone, or a kind that this one does not
    /// know, with its sentence as `text`. It is kept as it was written.
    #[serde(skip)]
    Unknown(Value),
}

/// A fault of a stem during a render.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum StemFault {
    /// Missing, unreadable or changed before the render; `state` is the sentence that says so.
    File { state: String },
    /// The file disappeared during the render; the stem is silent.
    WentAway { file: String, name: String },
    /// The file was written during the render.
    Rewritten { file: String, name: String },
    /// Samples that are NaN or infinite; they are silent.
    NotNumbers { file: String, name: String, samples: u64 },
    /// Damaged places; at most three are described, `more` counts the rest.
    Damaged { file: String, name: String, places: Vec<String>, more: usize },
}

/// The sentence of a problem that is not understood, if it was written with one.
fn sentence(written: &Value) -> Option<&str> {
    written.as_str().or_else(|| written.get("text")?.as_str())
}

impl Problem {
    /// Whether the file is over its true-peak ceiling.
    pub fn is_true_peak(&self) -> bool {
        match self {
            Self::TruePeak { .. } => true,
            Self::Unknown(written) => {
                sentence(written).is_some_and(|text| text.starts_with("true peak"))
            }
            _ => false,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TruePeak { peak, ceiling } => {
                let (peak, limit) = (format!("{peak:.2}"), format!("{ceiling:.2}"));
                out.write_str(&say!("problem-true-peak", peak = peak, limit = limit))
            }
            Self::NoLoudness => out.write_str(say!("problem-no-loudness")),
            Self::Loudness { reached, target, limited, knee } => {
                let (reached, target) = (format!("{reached:.2}"), format!("{target:.2}"));
                out.write_str(&match limited {
                    _ if *knee => say!("problem-knee", reached = reached, target = target),
                    true => say!("problem-limited", reached = reached, target = target),
                    false => say!("problem-loudness", reached = reached, target = target),
                })
            }
            Self::Length { held, written } => {
                out.write_str(&say!("problem-length", held = *held, written = *written))
            }
            Self::Stem { fault, .. } => fault.fmt(out),
            Self::Unknown(written) => {
                out.write_str(sentence(written).unwrap_or_else(|| say!("problem-unknown")))
            }
        }
    }
}

impl fmt::Display for StemFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&match self {
            Self::File { state } => state.clone(),
            Self::WentAway { file, name } => say!("problem-went-away", file = file, stem = name),
            Self::Rewritten { file, name } => say!("problem-rewritten", file = file, stem = name),
            Self::NotNumbers { file, name, .. } => {
                say!("problem-no-numbers", file = file, stem = name)
            }
            Self::Damaged { file, name, places, more } => {
                let places = places.join("; ");
                match *more {
                    0 => say!("problem-faulty", file = file, stem = name, places = places),
                    count => say!(
                        "problem-faulty-more",
                        file = file,
                        stem = name,
                        places = places,
                        count = count
                    ),
                }
            }
        })
    }
}

/// Serde form of a list of problems: kind and figures, and the sentence as `text`. What another
/// version of the program wrote is read as [`Problem::Unknown`].
pub mod list {
    use super::Problem;
    use crate::texts::in_english;
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};
    use serde_json::Value;

    pub fn serialize<S: Serializer>(problems: &[Problem], to: S) -> Result<S::Ok, S::Error> {
        let mut all = Vec::new();
        for problem in problems {
            all.push(match problem {
                Problem::Unknown(written) => written.clone(),
                known => {
                    let mut written = serde_json::to_value(known).map_err(S::Error::custom)?;
                    if let Some(written) = written.as_object_mut() {
                        let text = in_english(|| known.to_string());
                        written.insert("text".into(), text.into());
                    }
                    written
                }
            });
        }
        to.collect_seq(all)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Problem>, D::Error> {
        let read =
            |value: Value| serde_json::from_value(value.clone()).unwrap_or(Problem::Unknown(value));
        Ok(Vec::<Value>::deserialize(from)?.into_iter().map(read).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Report {
        #[serde(with = "list")]
        problems: Vec<Problem>,
    }

    #[test]
    fn a_problem_is_written_with_its_figures_and_its_sentence() {
        let problems = vec![
            Problem::TruePeak { peak: Db(-0.9), ceiling: Db(-1.0) },
            Problem::NoLoudness,
            Problem::Loudness {
                reached: Lufs(-9.5),
                target: Lufs(-9.0),
                limited: true,
                knee: true,
            },
            Problem::Length { held: 9, written: 10 },
            Problem::Stem {
                stem: StemId(4),
                fault: StemFault::WentAway { file: "a.wav".into(), name: "A".into() },
            },
            Problem::Unknown("it was something".into()),
            Problem::Unknown(
                serde_json::json!({"kind": "hologram", "depth": 3, "text": "too deep"}),
            ),
        ];
        let written = serde_json::to_value(Report { problems: problems.clone() }).unwrap();
        let first = &written["problems"][0];
        assert_eq!((&first["kind"], &first["peak"]), (&"true_peak".into(), &(-0.9).into()));
        assert_eq!(first["text"], "true peak \u{2212}0.90 dBTP, limit \u{2212}1.00");
        assert_eq!(written["problems"][5], "it was something");
        assert_eq!(written["problems"][6]["depth"], 3);
        let read: Report = serde_json::from_value(written).unwrap();
        assert_eq!(read.problems, problems);
        assert_eq!(read.problems[6].to_string(), "too deep");
    }

    #[test]
    fn a_list_of_before_still_tells_what_is_over() {
        let text = r#"{"problems": ["true peak −0.80 dBTP, limit −1.00", "it is silent"]}"#;
        let read: Report = serde_json::from_str(text).unwrap();
        let over: Vec<bool> = read.problems.iter().map(Problem::is_true_peak).collect();
        assert_eq!(over, [true, false]);
    }
}
