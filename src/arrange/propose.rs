//! Radio edits: which bars to leave out for a wanted length, with joins that nobody hears.
//! [`propose`] turns a [`Wish`] into [`Proposals`].
//!
//! A least-cost path by dynamic programming over bars and time left (S. Wenner et al., *Scalable
//! music: automatic music retargeting and synthesis*, Eurographics 2013). Joins lie on downbeats
//! only, never in a sung word, and never jump more than the song itself does.

use super::bars::{Bars, JoinCost};
use crate::dsp::silence;
use crate::engine::source::{Scratch, StemSource};
use crate::media::MediaError;
use crate::session::Session;
use crate::session::version::{Cut, Fade};
use crate::units::Seconds;

/// The wanted length of a version, and what must stay in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// Wanted length.
    pub length: Seconds,
    /// Allowed deviation from `length`, either way.
    pub tolerance: Seconds,
    /// Spans of the song that must not be cut.
    pub keep: Vec<(Seconds, Seconds)>,
}

impl Wish {
    /// A wish with a tolerance of 1 s and nothing to keep.
    pub fn of(length: Seconds) -> Self {
        Self { length, tolerance: Seconds(1.0), keep: Vec::new() }
    }
}

/// One possible edit.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    pub cuts: Vec<Cut>,
    pub fade: Option<Fade>,
    /// Resulting length of the version.
    pub length: Seconds,
    /// Costs of the joins, one per cut in the same order.
    pub joins: Vec<JoinCost>,
    /// Audibility: 0 is inaudible; above 1 a fade-out is better.
    pub cost: f64,
}

impl Proposal {
    /// Short text for the user.
    pub fn verdict(&self) -> &'static str {
        match (self.cuts.as_slice(), self.fade) {
            ([], _) => return "fades out",
            ([only], Some(_)) if only.start.0 == 0.0 => return "begins later",
            _ => {}
        }
        match self.joins.iter().map(|join| join.alike).fold(0.0, f64::max) {
            worst if worst < 0.15 => "seamless",
            worst if worst < 0.3 => "smooth",
            _ => "audible join",
        }
    }
}

/// Result of [`propose`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proposals {
    /// Sorted by cost, lowest first; a fade-out comes last.
    pub list: Vec<Proposal>,
    /// Messages for the user.
    pub notes: Vec<String>,
}

/// A wish below this share of the song gets an excerpt instead of cuts.
const SHORT: f64 = 0.35;
/// The longest song that is searched: the search grows with the square of the length.
const LONGEST: Seconds = Seconds(20.0 * 60.0);
/// The most proposals, without the fade-out.
const MOST: usize = 6;
const MOST_CUTS: usize = 4;
/// Cost of each cut, because every join is a risk.
const PER_CUT: f64 = 0.08;
/// Cost of a cut at the start of the song, which then begins later.
const LATER: f64 = 0.3;
/// Joins with a higher cost are not offered.
const WORST: f64 = 0.75;
/// Resolution of the removed time in the search, in seconds.
const STEP: f64 = 0.05;
/// A join lies this long before its downbeat, so that the first hit after it is complete.
const LEAD: Seconds = Seconds(0.003);
/// The most that the end of a cut moves to align both sides, in seconds.
const REACH: Seconds = Seconds(0.005);

/// A cut from the start of bar `from` to the start of bar `to`.
#[derive(Clone, Copy)]
struct Candidate {
    from: usize,
    to: usize,
    length: f64,
    cost: JoinCost,
    total: f64,
}

/// Finds radio edits. `sources` are the stems in the session's order; they serve to align both
/// sides of each join.
///
/// # Errors
/// If a stem cannot be read.
pub fn propose(
    session: &Session,
    sources: &[StemSource],
    bars: &Bars,
    wish: &Wish,
) -> Result<Proposals, MediaError> {
    let song = session.length().seconds(session.sample_rate);
    let mut found = Proposals::default();
    let away = song.0 - wish.length.0;
    if away <= wish.tolerance.0 {
        found
            .notes
            .push(format!("the song lasts {song}: nothing has to be cut for {}", wish.length));
        return Ok(found);
    }
    if wish.length.0 < song.0 * SHORT {
        found.list = excerpts(bars, wish, song);
        if found.list.is_empty() {
            found.notes.push("no place to begin is free of voices".into());
        }
        return Ok(found);
    }
    if song.0 > LONGEST.0 {
        let text = format!("the song lasts {song}: edits are looked for in up to {LONGEST}");
        found.notes.push(text);
        found.list.extend(faded(bars, wish, song));
        return Ok(found);
    }
    let pins = |from: Seconds, to: Seconds| {
        wish.keep.iter().any(|(a, b)| from.0 < b.0 - 0.05 && to.0 > a.0 + 0.05)
    };
    let candidates = candidates(bars, &pins);
    // Allowed deviation in seconds; an edit that is too long may be trimmed at the end.
    let (mut shorter, mut longer) = (wish.tolerance.0, wish.tolerance.0);
    let mut penalties = vec![0.0; candidates.len()];
    while found.list.len() < MOST {
        let path = shortest(bars.count(), &candidates, &penalties, away, (shorter, longer));
        let Some(path) = path else {
            let bar = bars.starts.windows(2).map(|pair| pair[1].0 - pair[0].0).fold(0.0, f64::max);
            if found.list.is_empty() && longer < bar {
                // Widen the search once: longer by a bar if the ending can be trimmed; otherwise
                // shorter by half a bar or longer by a bar.
                let trims = bars.ending().0 > bar;
                (shorter, longer) = if trims { (shorter, bar) } else { (bar / 2.0, bar) };
                found.notes.push(format!(
                    "no edit of whole bars is within {:.1} s of the length: bars are {bar:.1} s long",
                    wish.tolerance.0
                ));
                continue;
            }
            break;
        };
        let chosen: Vec<Candidate> =
            path.iter().filter_map(|n| candidates.get(*n).copied()).collect();
        // Penalise these joins and their neighbours, to make the next proposal different.
        for (candidate, penalty) in candidates.iter().zip(&mut penalties) {
            let near = |one: &Candidate| {
                one.from.abs_diff(candidate.from) <= 1 && one.to.abs_diff(candidate.to) <= 1
            };
            if chosen.iter().any(near) {
                *penalty += 0.3;
            }
        }
        let mut proposal = finished(session, sources, bars, &chosen)?;
        trim(&mut proposal, bars, wish, song);
        if !found.list.iter().any(|known| known.cuts == proposal.cuts) {
            found.list.push(proposal);
        } else if found.list.len() + 1 >= MOST || penalties.iter().all(|p| *p > 3.0) {
            break;
        }
    }
    found.list.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    if found.list.is_empty() {
        found.notes.push("no join is good enough for that length: it fades out instead".into());
    }
    if let Some(fade) = faded(bars, wish, song) {
        found.list.push(fade);
    } else if found.list.is_empty() {
        found.notes.push("what must stay is longer than the length that was asked for".into());
    }
    Ok(found)
}

/// All allowed cuts; the 40 cheapest from each bar.
fn candidates(bars: &Bars, pins: &dyn Fn(Seconds, Seconds) -> bool) -> Vec<Candidate> {
    let mut all = Vec::new();
    for from in 0..bars.count() {
        let mut own: Vec<Candidate> = Vec::new();
        for to in from + 1..bars.count() {
            let (start, end) = (bars.start(from), bars.start(to));
            let start = if from == 0 { Seconds(0.0) } else { start };
            if pins(start, end) {
                break;
            }
            let mut cost = bars.cost(from, to);
            if from == 0 {
                let plain = JoinCost { total: LATER, voice: cost.voice, ..JoinCost::default() };
                cost = plain;
            }
            if !cost.voice && cost.over <= 1.0 && cost.total < WORST {
                let length = end.0 - start.0;
                own.push(Candidate { from, to, length, cost, total: cost.total + PER_CUT });
            }
        }
        own.sort_by(|a, b| a.total.total_cmp(&b.total));
        own.truncate(40);
        all.extend(own);
    }
    all
}

/// The cheapest cuts that together remove `away` seconds within the tolerance: indices of
/// candidates, in order of time.
fn shortest(
    bars: usize,
    candidates: &[Candidate],
    penalties: &[f64],
    away: f64,
    (shorter, longer): (f64, f64),
) -> Option<Vec<usize>> {
    let most = ((away + shorter) / STEP).ceil() as usize;
    // Index by bar, number of cuts and removed time: lowest cost, and the candidate that led there.
    let width = most + 1;
    let place =
        |bar: usize, cuts: usize, gone: usize| (bar * (MOST_CUTS + 1) + cuts) * width + gone;
    let mut costs = vec![f32::INFINITY; (bars + 1) * (MOST_CUTS + 1) * width];
    let mut reached = vec![u32::MAX; costs.len()];
    costs[place(0, 0, 0)] = 0.0;
    let mut by_start: Vec<Vec<usize>> = vec![Vec::new(); bars + 1];
    for (n, candidate) in candidates.iter().enumerate() {
        if let Some(list) = by_start.get_mut(candidate.from) {
            list.push(n);
        }
    }
    for bar in 0..bars {
        for cuts in 0..=MOST_CUTS {
            for gone in 0..width {
                let cost = costs[place(bar, cuts, gone)];
                if cost.is_infinite() {
                    continue;
                }
                let next = place(bar + 1, cuts, gone);
                if cost < costs[next] {
                    costs[next] = cost;
                    reached[next] = u32::MAX;
                }
                if cuts == MOST_CUTS {
                    continue;
                }
                for n in by_start.get(bar).into_iter().flatten() {
                    let Some((candidate, penalty)) = candidates.get(*n).zip(penalties.get(*n))
                    else {
                        continue;
                    };
                    let after = gone + (candidate.length / STEP).round() as usize;
                    // The bar after a join is always played: two cuts never meet.
                    if after >= width || candidate.to >= bars {
                        continue;
                    }
                    let next = place(candidate.to + 1, cuts + 1, after);
                    let total = cost + (candidate.total + penalty) as f32;
                    if total < costs[next] {
                        costs[next] = total;
                        reached[next] = *n as u32;
                    }
                }
            }
        }
    }
    let ends = (0..=MOST_CUTS).flat_map(|cuts| (0..width).map(move |gone| (cuts, gone)));
    let over = |gone: usize| gone as f64 * STEP - away;
    let close = |gone: usize| over(gone).abs();
    let (mut cuts, mut gone) = ends
        .filter(|(cuts, gone)| {
            *cuts > 0 && over(*gone) <= shorter - STEP && -over(*gone) <= longer - STEP
        })
        .filter(|(cuts, gone)| costs[place(bars, *cuts, *gone)].is_finite())
        .min_by(|a, b| {
            // A small weight for being near the wanted length.
            let cost = |(cuts, gone): &(usize, usize)| {
                f64::from(costs[place(bars, *cuts, *gone)]) + 0.02 * close(*gone)
            };
            cost(a).total_cmp(&cost(b))
        })?;
    let mut path = Vec::new();
    let mut bar = bars;
    while bar > 0 {
        match candidates.get(reached[place(bar, cuts, gone)] as usize) {
            Some(candidate) => {
                path.push(reached[place(bar, cuts, gone)] as usize);
                bar = candidate.from;
                cuts -= 1;
                gone -= (candidate.length / STEP).round() as usize;
            }
            None => bar -= 1,
        }
    }
    path.reverse();
    Some(path)
}

/// Shortens an edit that is too long with a fade, if the cut-off part lies in the quiet ending of
/// the song.
fn trim(proposal: &mut Proposal, bars: &Bars, wish: &Wish, song: Seconds) {
    let much = proposal.length.0 - wish.length.0;
    if much <= wish.tolerance.0 || much > bars.ending().0 {
        return;
    }
    let end = Seconds(song.0 - much);
    let start = Seconds(end.0 - (bars.ending().0 - much).clamp(0.2, 3.0));
    proposal.fade = Some(Fade { start, end });
    proposal.length = wish.length;
}

/// Turns candidates into cuts that are aligned to the sample.
fn finished(
    session: &Session,
    sources: &[StemSource],
    bars: &Bars,
    chosen: &[Candidate],
) -> Result<Proposal, MediaError> {
    let rate = session.sample_rate;
    let mut cuts = Vec::new();
    for candidate in chosen {
        let lead = |time: Seconds| Seconds((time.0 - LEAD.0).max(0.0));
        let end = lead(bars.start(candidate.to));
        let cut = if candidate.from == 0 {
            Cut::new(Seconds(0.0), end)
        } else {
            let start = lead(bars.start(candidate.from)).frames(rate).seconds(rate);
            let end = fitted(session, sources, start, end)?;
            Cut { crossfade: Seconds(2.0 * LEAD.0 + 0.002), ..Cut::new(start, end) }
        };
        cuts.push(cut);
    }
    let gone: f64 = cuts.iter().map(|cut| cut.length().0).sum();
    let joins: Vec<JoinCost> = chosen.iter().map(|candidate| candidate.cost).collect();
    let length = Seconds(session.length().seconds(rate).0 - gone);
    let cost = chosen.iter().map(|candidate| candidate.total).sum::<f64>() - PER_CUT;
    Ok(Proposal { cuts, fade: None, length, joins, cost })
}

/// Moves the end of a cut so that the music after it aligns with the music after its start.
/// Sample-exact if both sides are the same music; unchanged if they are too different.
pub fn fitted(
    session: &Session,
    sources: &[StemSource],
    start: Seconds,
    end: Seconds,
) -> Result<Seconds, MediaError> {
    let rate = session.sample_rate;
    let reach = REACH.frames(rate).0 as i64 - LEAD.frames(rate).0 as i64;
    let (before, after) = (Seconds(0.6).frames(rate).0, Seconds(0.6).frames(rate).0);
    let (from, to) = (start.frames(rate).0 as i64, end.frames(rate).0 as i64);
    let count = (before + after) as usize;
    let spread = reach.max(0) as usize;
    let own = mono(session, sources, from - before as i64, count)?;
    let other = mono(session, sources, to - before as i64 - spread as i64, count + 2 * spread)?;
    let power: f64 = own.iter().map(|x| x * x).sum();
    let alike = |shift: usize| {
        let part = other.get(shift..shift + count).unwrap_or(&[]);
        let (both, theirs) = own
            .iter()
            .zip(part)
            .fold((0.0, 0.0), |(both, theirs), (a, b)| (both + a * b, theirs + b * b));
        both / (power * theirs).sqrt().max(1e-12)
    };
    let best = (0..=2 * spread).map(|shift| (alike(shift), shift));
    let (peak, shift) = best.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((0.0, spread));
    let moved = if peak > 0.5 { shift as i64 - spread as i64 } else { 0 };
    let frame = u64::try_from(to + moved).unwrap_or(0);
    Ok(crate::units::Frames(frame).seconds(rate))
}

/// The sum of all stems at trim and fader level, in one channel.
fn mono(
    session: &Session,
    sources: &[StemSource],
    from: i64,
    count: usize,
) -> Result<Vec<f64>, MediaError> {
    let mut sum = vec![0.0; count];
    let [mut left, mut right] = silence(count);
    let mut scratch = Scratch::new();
    for (source, stem) in sources.iter().zip(&session.stems).filter(|(_, stem)| !stem.strip.mute) {
        source.read(from, false, &mut left, &mut right, &mut scratch)?;
        let gain = stem.strip.trim.factor() * stem.strip.fader.factor();
        for (sum, (l, r)) in sum.iter_mut().zip(left.iter().zip(&right)) {
            *sum += gain * (f64::from(*l) + f64::from(*r));
        }
    }
    Ok(sum)
}

/// Excerpts that start with a bar, loudest first, with a short fade at the end. None starts in a
/// sung word.
fn excerpts(bars: &Bars, wish: &Wish, song: Seconds) -> Vec<Proposal> {
    let mut all: Vec<(f64, usize)> = (0..bars.count())
        .filter(|bar| bars.start(*bar).0 + wish.length.0 <= song.0)
        .filter(|bar| {
            wish.keep.iter().all(|(a, b)| {
                a.0 >= bars.start(*bar).0 - 0.05 && b.0 <= bars.start(*bar).0 + wish.length.0 + 0.05
            })
        })
        .filter(|bar| !bars.sings_at(*bar))
        .map(|bar| (bars.mean_level(bar, wish.length), bar))
        .collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut chosen: Vec<usize> = Vec::new();
    for (_, bar) in all {
        if chosen.iter().all(|known| known.abs_diff(bar) >= 2) && chosen.len() < MOST {
            chosen.push(bar);
        }
    }
    let one = |(n, bar): (usize, usize)| {
        let start = Seconds((bars.start(bar).0 - LEAD.0).max(0.0));
        let end = Seconds(start.0 + wish.length.0);
        let fade = Seconds((wish.length.0 * 0.1).clamp(0.5, 2.0));
        let head = (start.0 > 0.0).then(|| Cut::new(Seconds(0.0), start));
        Proposal {
            joins: head.iter().map(|_| JoinCost::default()).collect(),
            cuts: head.into_iter().collect(),
            fade: Some(Fade { start: Seconds(end.0 - fade.0), end }),
            length: wish.length,
            cost: 0.1 * n as f64,
        }
    };
    chosen.into_iter().enumerate().map(one).collect()
}

/// The whole song with a fade-out that ends at the wanted length, from bar to bar if possible.
/// `None` if the fade would cut a span that must stay.
fn faded(bars: &Bars, wish: &Wish, song: Seconds) -> Option<Proposal> {
    let latest = wish.keep.iter().map(|(_, to)| to.0).fold(0.0, f64::max);
    let near = |time: f64| {
        let all = bars.starts.iter().copied();
        all.min_by(|a, b| (a.0 - time).abs().total_cmp(&(b.0 - time).abs()))
    };
    let end = near(wish.length.0)
        .filter(|bar| (bar.0 - wish.length.0).abs() <= wish.tolerance.0)
        .unwrap_or(wish.length);
    let length = (wish.length.0 * 0.06).clamp(4.0, 12.0);
    let start = near(end.0 - length).filter(|start| end.0 - start.0 >= 3.0);
    let start = start.unwrap_or(Seconds(end.0 - length));
    let fits = latest <= start.0 && end.0 < song.0 && start.0 > 0.0;
    fits.then(|| Proposal {
        cuts: Vec::new(),
        fade: Some(Fade { start, end }),
        length: end,
        joins: Vec::new(),
        cost: 1.0,
    })
}
