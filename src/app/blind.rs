//! Blind test ([`Blind`]): two candidates A and B at equal loudness, and X, which is one of them at
//! random. Counts right answers and computes their chance.

use crate::app::heard::Audition;
use crate::playback::Source;
use crate::session::Session;
use crate::session::snapshot::Balance;
use crate::units::{Db, Lufs};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

/// A sound that is compared.
#[derive(Clone, Debug, PartialEq)]
pub enum Candidate {
    Balance(Balance),
    /// Another state of the session, played with the stems that are open.
    State(Arc<Session>),
    Reference,
}

/// The sound that is playing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlindSource {
    First,
    Second,
    X,
}

/// Gains that bring both sounds to the loudness of the quieter one; 0 dB if one is silent.
pub fn matched(loudness: [Lufs; 2]) -> [Db; 2] {
    let [a, b] = loudness.map(|value| value.0);
    let quieter = a.min(b);
    if quieter.is_finite() { [Db(quieter - a), Db(quieter - b)] } else { [Db::UNITY; 2] }
}

pub struct Blind {
    /// Number of the test; a late measurement of an earlier test is recognised by it.
    pub number: u64,
    pub names: [String; 2],
    candidates: [Candidate; 2],
    /// Gains for equal loudness; `None` until both sounds are measured.
    gains: Option<[Db; 2]>,
    pub heard: BlindSource,
    /// True if X is the second sound.
    x: bool,
    /// For each trial, whether the answer was right.
    answers: Vec<bool>,
    pub revealed: bool,
    chance: RandomState,
}

impl Blind {
    pub fn new(number: u64, names: [String; 2], candidates: [Candidate; 2]) -> Self {
        let mut test = Self {
            number,
            names,
            candidates,
            gains: None,
            heard: BlindSource::X,
            x: false,
            answers: Vec::new(),
            revealed: false,
            chance: RandomState::new(),
        };
        test.toss();
        test
    }

    pub fn candidates(&self) -> &[Candidate; 2] {
        &self.candidates
    }

    fn toss(&mut self) {
        let mut coin = self.chance.build_hasher();
        coin.write_usize(self.answers.len());
        self.x = coin.finish() & 1 == 1;
        self.heard = BlindSource::X;
    }

    /// Takes the integrated loudness of both sounds. The louder one is turned down, so nothing
    /// clips.
    pub fn measured(&mut self, loudness: [Lufs; 2]) {
        self.gains = Some(matched(loudness));
    }

    pub fn is_ready(&self) -> bool {
        self.gains.is_some()
    }

    /// What plays now; `None` until the loudness is measured.
    pub fn audition(&self) -> Option<Audition> {
        let second = match self.heard {
            BlindSource::First => false,
            BlindSource::Second => true,
            BlindSource::X => self.x,
        };
        let n = usize::from(second);
        let (candidate, gain) = (self.candidates.get(n)?, *self.gains?.get(n)?);
        Some(match candidate {
            Candidate::Balance(strips) => {
                Audition { strips: strips.clone(), source: Source::Mix, gain }
            }
            // Blind tests do not use states of the session; comparisons of revisions do.
            Candidate::State(_) => return None,
            Candidate::Reference => {
                Audition { strips: Vec::new(), source: Source::Reference, gain }
            }
        })
    }

    /// Answers that X is the second sound (`true`) or the first, and draws a new X.
    pub fn answer(&mut self, second: bool) {
        self.answers.push(second == self.x);
        self.toss();
    }

    pub fn trials(&self) -> usize {
        self.answers.len()
    }

    pub fn right(&self) -> usize {
        self.answers.iter().filter(|right| **right).count()
    }

    /// Probability that guessing gives at least this many right answers: the upper tail of the
    /// binomial distribution for a fair coin.
    pub fn chance(&self) -> f64 {
        let trials = self.trials() as i32;
        let mut ways = 1.0;
        let mut tail = 0.0;
        for right in 0..=trials {
            if right >= self.right() as i32 {
                tail += ways;
            }
            ways = ways * f64::from(trials - right) / f64::from(right + 1);
        }
        tail / 2f64.powi(trials)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test() -> Blind {
        let names = ["A".into(), "Reference".into()];
        let balance = Candidate::Balance(Vec::new());
        let mut test = Blind::new(1, names, [balance, Candidate::Reference]);
        test.measured([Lufs(-14.0), Lufs(-10.5)]);
        test
    }

    #[test]
    fn both_are_as_loud_as_the_quieter_one_and_x_is_one_of_them() {
        let mut test = test();
        test.heard = BlindSource::Second;
        let second = test.audition().unwrap();
        assert_eq!((second.source, second.gain), (Source::Reference, Db(-3.5)));
        test.heard = BlindSource::First;
        let first = test.audition().unwrap();
        assert_eq!((first.source, first.gain), (Source::Mix, Db(0.0)));
        test.heard = BlindSource::X;
        let x = test.audition().unwrap();
        assert!(x == first || x == second);
    }

    #[test]
    fn x_is_tossed_anew_and_the_score_is_kept() {
        let mut test = test();
        let mut seconds = 0;
        for _ in 0..200 {
            test.heard = BlindSource::X;
            let second = test.audition().unwrap().source == Source::Reference;
            seconds += usize::from(second);
            test.answer(second);
        }
        assert!((60..140).contains(&seconds), "{seconds}");
        assert_eq!((test.trials(), test.right()), (200, 200));
        test.answer(!test.x);
        assert_eq!(test.right(), 200);
    }

    #[test]
    fn chance_is_that_of_a_coin() {
        let mut test = test();
        assert_eq!(test.chance(), 1.0);
        test.answers = vec![true; 5];
        assert!((test.chance() - 1.0 / 32.0).abs() < 1e-12);
        test.answers = [vec![true; 8], vec![false; 2]].concat();
        assert!((test.chance() - 56.0 / 1024.0).abs() < 1e-12);
    }
}
