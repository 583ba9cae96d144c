//! The reasons why a rendered file is not as it should be, with their figures.

use crate::session::stem::StemId;
use crate::units::{Db, Lufs};
use serde::{Deserialize, Serialize};
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
    /// allows.
    Loudness { reached: Lufs, target: Lufs, limited: bool },
    /// The file holds another number of frames than were written.
    Length { held: u64, written: u64 },
    /// A stem in the file was not as the session knows it.
    Stem { stem: StemId, fault: StemFault },
    /// A sentence from a list of an earlier version of the program.
    #[serde(skip)]
    Earlier(String),
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

impl Problem {
    /// Whether the file is over its true-peak ceiling.
    pub fn is_true_peak(&self) -> bool {
        match self {
            Self::TruePeak { .. } => true,
            Self::Earlier(text) => text.starts_with("true peak"),
            _ => false,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TruePeak { peak, ceiling } => {
                write!(out, "true peak {peak:.2} dBTP, limit {ceiling:.2}")
            }
            Self::NoLoudness => {
                out.write_str("it is silent or shorter than 0.4 s, so it has no loudness")
            }
            Self::Loudness { reached, target, limited } => {
                write!(out, "reached {reached:.2} LUFS, target {target:.2}")?;
                match limited {
                    true => out.write_str("; the mix gets no louder within the allowed limiting"),
                    false => Ok(()),
                }
            }
            Self::Length { held, written } => {
                write!(out, "{held} samples were read back where {written} were written")
            }
            Self::Stem { fault, .. } => fault.fmt(out),
            Self::Earlier(text) => out.write_str(text),
        }
    }
}

impl fmt::Display for StemFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { state } => out.write_str(state),
            Self::WentAway { file, name } => {
                write!(out, "{file} ({name}) went away while it was rendered; it is silent")
            }
            Self::Rewritten { file, name } => write!(
                out,
                "{file} ({name}) was written while it was rendered: part of it may be of the old file; render again"
            ),
            Self::NotNumbers { file, name, .. } => write!(
                out,
                "{file} ({name}) holds samples that are no numbers, which are silent; export it again"
            ),
            Self::Damaged { file, name, places, more } => {
                write!(out, "{file} ({name}) is faulty: {}", places.join("; "))?;
                if *more > 0 {
                    write!(out, "; and at {more} more places")?;
                }
                out.write_str("; export it again")
            }
        }
    }
}

/// Serde form of a list of problems: kind and figures, and the sentence as `text`. Lists of earlier
/// versions of the program held the sentences alone.
pub mod list {
    use super::Problem;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize)]
    #[serde(untagged)]
    enum Written<'a> {
        Figures {
            #[serde(flatten)]
            problem: &'a Problem,
            text: String,
        },
        Text(&'a str),
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Read {
        Figures(Problem),
        Text(String),
    }

    pub fn serialize<S: Serializer>(problems: &[Problem], to: S) -> Result<S::Ok, S::Error> {
        fn written(problem: &Problem) -> Written<'_> {
            match problem {
                Problem::Earlier(text) => Written::Text(text),
                problem => Written::Figures { problem, text: problem.to_string() },
            }
        }
        to.collect_seq(problems.iter().map(written))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Problem>, D::Error> {
        let all = Vec::<Read>::deserialize(from)?;
        let problem = |read| match read {
            Read::Figures(problem) => problem,
            Read::Text(text) => Problem::Earlier(text),
        };
        Ok(all.into_iter().map(problem).collect())
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
            Problem::Loudness { reached: Lufs(-9.5), target: Lufs(-9.0), limited: true },
            Problem::Length { held: 9, written: 10 },
            Problem::Stem {
                stem: StemId(4),
                fault: StemFault::WentAway { file: "a.wav".into(), name: "A".into() },
            },
            Problem::Earlier("it was something".into()),
        ];
        let written = serde_json::to_value(Report { problems: problems.clone() }).unwrap();
        let first = &written["problems"][0];
        assert_eq!((&first["kind"], &first["peak"]), (&"true_peak".into(), &(-0.9).into()));
        assert_eq!(first["text"], "true peak \u{2212}0.90 dBTP, limit \u{2212}1.00");
        assert_eq!(written["problems"][5], "it was something");
        let read: Report = serde_json::from_value(written).unwrap();
        assert_eq!(read.problems, problems);
    }

    #[test]
    fn a_list_of_before_still_tells_what_is_over() {
        let text = r#"{"problems": ["true peak −0.80 dBTP, limit −1.00", "it is silent"]}"#;
        let read: Report = serde_json::from_str(text).unwrap();
        let over: Vec<bool> = read.problems.iter().map(Problem::is_true_peak).collect();
        assert_eq!(over, [true, false]);
    }
}
