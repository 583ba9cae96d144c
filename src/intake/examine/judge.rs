//! Turns the measurements of one stem into findings: file format, silence, bits, level, dropouts
//! and clicks, stereo, bandwidth. `judge` is the entry; it works on a `Looked` and reads no file.

use super::{Looked, SILENT, offset};
use crate::intake::examine::marks::Run;
use crate::intake::examine::scan::Scan;
use crate::intake::findings::{Finding, Kind, Mend, Severity, Span};
use crate::intake::stamps::{Start, starts};
use crate::media::{Damage, DamageKind};
use crate::session::Session;
use crate::session::stem::Role;
use crate::texts::say;
use crate::units::{Db, Frames, Hz, Seconds};

/// Active share of the song under which a stem gets a note.
const SELDOM: f64 = 0.05;
/// Longest digital silence in seconds that counts as a dropout.
const HOLE: f64 = 0.05;
/// Side below mid level under which a stereo file counts as mono.
const NO_SIDE: Db = Db(-80.0);
/// Level of a band with no sound at all. Converters and microphones add more noise than this.
const EMPTY: Db = Db(-135.0);
/// Shortest delay between the channels that counts as an effect.
const LEAST_DELAY: Seconds = Seconds(0.000_2);

/// All findings of one stem by itself.
pub fn judge(looked: &Looked<'_>, session: &Session) -> Vec<Finding> {
    let mut list = Vec::new();
    file(looked, session, &mut list);
    if let Some(finding) = silence(&looked.scan) {
        list.push(finding);
    } else {
        bits(looked, &mut list);
        level(looked, &mut list);
        edges(looked, &mut list);
        sides(looked, &mut list);
        spectrum(looked, &mut list);
    }
    list.into_iter().map(|finding| Finding { stem: Some(looked.stem.id), ..finding }).collect()
}

/// Finding for a file without audible sound, if it is one.
fn silence(scan: &Scan) -> Option<Finding> {
    let peak = Db::from_factor(f64::from(scan.highest()));
    let (kind, text) = if peak == Db::SILENCE {
        (Kind::Silent, say!("finding-silent").into())
    } else if peak.0 <= SILENT.0 {
        (Kind::Silent, say!("finding-silent-but-noise", peak = format!("{peak:.1}")))
    } else {
        // Always under the gate of BS.1770, −70 LUFS. A file shorter than one block of the meter
        // has no loudness either and is skipped.
        let quiet = scan.loudness.is_some_and(|loudness| loudness.integrated.finite().is_none());
        let measured = scan.info.frames.seconds(scan.info.sample_rate) > Seconds(0.4);
        if !quiet || !measured {
            return None;
        }
        (Kind::TooQuiet, say!("finding-too-quiet", peak = format!("{peak:.1}")))
    };
    Some(Finding::new(kind, Severity::Caution, text))
}

impl Looked<'_> {
    /// Converts a position in frames of the file to a span in seconds of the song. `Stem::offset`
    /// counts in frames of the session's rate.
    fn span(&self, at: Frames, frames: u64) -> Span {
        let own = self.scan.info.sample_rate.hz().0;
        let start = self.stem.offset() as f64 / self.rate.hz().0;
        let from = (at.0 as f64 / own + start).max(0.0);
        Span { from: Seconds(from), to: Seconds(from + frames as f64 / own) }
    }
}

/// Findings from the file's own description: format, rate, damage, start, channels.
fn file(looked: &Looked<'_>, session: &Session, list: &mut Vec<Finding>) {
    let info = &looked.scan.info;
    let rate = session.sample_rate;
    if info.lossy {
        let text = say!("finding-lossy-format", format = &info.format);
        list.push(Finding::new(Kind::Lossy, Severity::Fault, text).likely(1.0));
    }
    if info.sample_rate != rate {
        let (own, rate) = (info.sample_rate.to_string(), rate.to_string());
        let text = say!("finding-other-rate", own = own, rate = rate);
        list.push(Finding::new(Kind::Rate, Severity::Caution, text).mended_by(Mend::Convert));
    }
    damage(looked, list);
    if looked.scan.invalid > 0 {
        let text = say!("finding-no-numbers", count = looked.scan.invalid);
        list.push(Finding::new(Kind::NotNumbers, Severity::Fault, text));
    }
    start(looked, session, list);
    if info.channels == 1 {
        list.push(Finding::new(Kind::Mono, Severity::Note, say!("finding-mono")));
    }
}

/// Finding about where the stem starts, if its time stamp is used, missing or rejected.
fn start(looked: &Looked<'_>, session: &Session, list: &mut Vec<Finding>) {
    let rate = session.sample_rate;
    let all = starts(session.stems.iter().map(|stem| &stem.file.info), rate);
    let place = session.stems.iter().position(|stem| stem.id == looked.stem.id);
    let Some(start) = place.and_then(|n| all.get(n)) else { return };
    // The user may have moved the stem since.
    if start.frames().0 as i64 != looked.stem.offset() {
        return;
    }
    match (start, looked.scan.info.time_reference) {
        (Start::Stamp(at), Some(stamp)) => {
            let time = format!("{:.3}", at.seconds(rate));
            let text = say!("finding-time-stamp", time = time, count = stamp);
            list.push(Finding::new(Kind::Start, Severity::Note, text));
        }
        (start, _) => {
            let note = start.note().map(|text| Finding::new(Kind::Start, Severity::Caution, text));
            list.extend(note);
        }
    }
}

/// Findings about truncated and damaged files.
fn damage(looked: &Looked<'_>, list: &mut Vec<Finding>) {
    let rate = looked.scan.info.sample_rate;
    let of = |kind| looked.damage.iter().filter(move |damage| damage.kind == kind);
    let places = |kind| apart(of(kind).map(|damage| looked.span(damage.at, damage.frames.0)));
    let mut add = |kind, text: String, at| {
        list.push(Finding::new(kind, Severity::Fault, text).at(at));
    };
    if looked.scan.info.truncated || of(DamageKind::CutOff).next().is_some() {
        let text = match of(DamageKind::CutOff).find_map(|damage| damage.length(rate)) {
            Some(by) => say!("finding-ends-early", by = by),
            None => say!("finding-cut-off").into(),
        };
        add(Kind::Truncated, text, places(DamageKind::CutOff));
    }
    let lost: u64 = of(DamageKind::Lost).map(|damage| damage.frames.0).sum();
    let lost = Damage { at: Frames(0), frames: Frames(lost), kind: DamageKind::Lost };
    let count = of(DamageKind::Lost).count();
    if count > 0 {
        let text = match lost.length(rate) {
            Some(long) => say!("finding-damaged-by", count = count, long = long),
            None => say!("finding-damaged", count = count),
        };
        add(Kind::Damaged, text, places(DamageKind::Lost));
    }
    if of(DamageKind::Checksum).next().is_some() {
        add(Kind::Damaged, say!("finding-checksum").into(), Vec::new());
    }
}

/// Compares the stated bit depth with the bits that the samples use.
fn bits(looked: &Looked<'_>, list: &mut Vec<Finding>) {
    let (info, real) = (&looked.scan.info, looked.scan.real_bits);
    let Some(stated) = info.bits else { return };
    if stated < 24 {
        let text = say!("finding-few-bits", count = stated);
        list.push(Finding::new(Kind::Bits, Severity::Caution, text));
    } else if real <= 20 {
        let text = match info.float {
            true => say!("finding-padded-float", stated = stated, real = real),
            false => say!("finding-padded", stated = stated, real = real),
        };
        list.push(Finding::new(Kind::PaddedBits, Severity::Caution, text));
    }
    if dithered(&looked.scan, stated.min(real)) {
        let text = say!("finding-dithered", count = stated.min(real));
        list.push(Finding::new(Kind::Dither, Severity::Note, text));
    }
}

/// Whether the silence of a file is noise of the last bit or two.
fn dithered(scan: &Scan, bits: u32) -> bool {
    let step = 2f32.powi(1 - bits.clamp(2, 24) as i32);
    let low = scan.hops.iter().filter(|hop| hop.peak > 0.0 && hop.peak <= 4.0 * step).count();
    let zero = scan.hops.iter().filter(|hop| hop.peak == 0.0).count();
    !scan.info.float && low >= 50 && low > 4 * zero
}

/// Findings about overs, clipping, limiting, DC offset and headroom.
fn level(looked: &Looked<'_>, list: &mut Vec<Finding>) {
    let scan = &looked.scan;
    let peak = Db::from_factor(f64::from(scan.highest()));
    if scan.overs > 0 {
        let text = say!("finding-over", peak = format!("{peak:+.1}"), count = scan.overs);
        let at = scan.over_at.iter().map(|at| looked.span(*at, 1));
        list.push(Finding::new(Kind::Over, Severity::Note, text).at(apart(at)));
    }
    let cut = clipped(scan);
    let often = cut.len();
    let at = || apart(cut.iter().map(|run| looked.span(run.at, run.frames)));
    let full = f64::from(scan.highest()) > Db(-0.01).factor() && scan.overs == 0;
    if scan.full >= 3 || (often > 0 && full) {
        let severity = if scan.full >= 3 { Severity::Fault } else { Severity::Caution };
        let text = match often {
            0 => say!("finding-full-scale", count = scan.full),
            often => say!("finding-clips", count = often),
        };
        list.push(Finding::new(Kind::Clipped, severity, text).at(at()));
    } else if often >= 3 {
        let text = say!("finding-clipped-before", count = often, peak = format!("{peak:.1}"));
        list.push(Finding::new(Kind::Clipped, Severity::Caution, text).at(at()));
    }
    if let Some(limiting) = looked.limiting.filter(|_| often < 100) {
        let (rise, from) = (limiting.crest_rise, looked.span(limiting.first, 1));
        let ratio = scan.loudness.map_or(f64::MAX, |loudness| peak.0 - loudness.integrated.0);
        // Peaks of a low note line up by themselves.
        let low = looked.stem.role == Role::Bass;
        let many =
            !low && limiting.in_line >= IN_LINE && limiting.spread.0 >= SPREAD && ratio < DENSE;
        if rise.0 >= LIMITED && many {
            let share = format!("{:.0}", limiting.in_line * 100.0);
            let by = format!("{rise:.1}");
            let text = match rise.0 >= SURELY_LIMITED {
                true => say!("finding-limited", share = share, by = by),
                false => say!("finding-seems-limited", share = share, by = by),
            };
            list.push(Finding::new(Kind::Limited, Severity::Caution, text).at([from]));
        }
    }
    let offset = looked.offset;
    let most = Db::from_factor(offset.iter().map(|offset| offset.abs()).fold(0.0, f64::max));
    if most > offset::LEAST {
        let text = say!("finding-offset", level = format!("{most:.1}"));
        let mend = Mend::Dc { offset };
        list.push(Finding::new(Kind::Dc, Severity::Caution, text).mended_by(mend));
    }
    if peak.0 > -0.5 && scan.overs == 0 && often == 0 {
        let text = say!("finding-no-headroom", peak = format!("{peak:.1}"));
        list.push(Finding::new(Kind::Headroom, Severity::Note, text));
    }
}

/// Rises of the peak after phase rotation, in dB: from the first a stem is probably limited, from
/// the second surely.
const LIMITED: f64 = 1.0;
const SURELY_LIMITED: f64 = 3.0;
/// Share of loud moments at the ceiling from which a limiter is assumed.
const IN_LINE: f64 = 0.25;
/// Least spread of the levels under the ceiling that indicates a limiter, in decibels.
const SPREAD: f64 = 1.5;
/// Peak minus loudness, in LU, above which a limiter has done little.
const DENSE: f64 = 9.5;

/// Runs of equal samples at the file's highest level, with corners at their ends. The round peak of
/// a low note also has equal samples, but approaches them gradually.
fn clipped(scan: &Scan) -> Vec<&Run> {
    let ceiling = scan.highest() * Db(-0.1).factor() as f32;
    let step = 2f32.powi(1 - scan.real_bits.clamp(2, 24) as i32);
    let cut = scan.runs.iter().filter(|run| run.level >= ceiling && run.corner > 12.0 * step);
    cut.collect()
}

/// Drops every span that starts within a tenth of a second of the one before.
fn apart(spans: impl Iterator<Item = Span>) -> Vec<Span> {
    let mut list: Vec<Span> = Vec::new();
    for span in spans {
        if list.last().is_none_or(|last| span.from.0 - last.from.0 > 0.1) {
            list.push(span);
        }
    }
    list
}

/// Findings about rare sound, dropouts, stuck samples and clicks.
fn edges(looked: &Looked<'_>, list: &mut Vec<Finding>) {
    let scan = &looked.scan;
    let rate = scan.info.sample_rate.hz().0;
    let active = scan.active(SILENT.factor() as f32);
    if active < SELDOM {
        let text = say!("finding-mostly-silent", share = format!("{:.1}", active * 100.0));
        list.push(Finding::new(Kind::MostlySilent, Severity::Note, text));
    }
    let loud = Db(-50.0).factor() as f32;
    let level = |at: u64, by: i64| {
        let hop = usize::try_from((at / scan.hop_frames) as i64 + by).ok();
        hop.and_then(|hop| scan.hops.get(hop)).map_or(0.0, |hop| hop.power.sqrt())
    };
    // After a dropout the sound continues at the same level; before a real pause a note ends.
    let holes: Vec<_> = scan
        .gaps
        .iter()
        .filter(|gap| (gap.frames as f64) < HOLE * rate)
        .filter(|gap| gap.around.iter().all(|level| *level > loud))
        .filter(|gap| {
            let (before, after) = (level(gap.at.0, -1), level(gap.at.0 + gap.frames, 1));
            before < 2.0 * after && after < 2.0 * before
        })
        .collect();
    // An intentional chopping effect has many holes, hence the limit of 12. A failing driver loses
    // whole blocks of samples; an edited note ends anywhere.
    let whole = |frames: u64| {
        frames.is_multiple_of(32)
            || (frames * 1000).is_multiple_of(u64::from(scan.info.sample_rate.0))
    };
    let in_blocks = holes.iter().filter(|gap| whole(gap.frames)).count();
    let severity = match holes.len() {
        0..=12 if 2 * in_blocks >= holes.len() => Severity::Fault,
        0..=12 => Severity::Caution,
        _ => Severity::Note,
    };
    if let Some(first) = holes.first() {
        let count = holes.len();
        let time = format!("{:.1}", Seconds(first.frames as f64 / rate).0 * 1000.0);
        let text = match severity {
            Severity::Fault => say!("finding-drops-out", count = count, time = time),
            Severity::Caution => say!("finding-may-drop-out", count = count, time = time),
            Severity::Note => say!("finding-in-pieces", count = count),
        };
        let at = holes.iter().map(|gap| looked.span(gap.at, gap.frames));
        list.push(Finding::new(Kind::Dropout, severity, text).at(apart(at)));
    }
    let ceiling = scan.highest() * 0.9;
    // A square wave also holds its value, but at the same level again and again.
    let again = |run: &Run| {
        let same = |other: &&Run| (other.level - run.level).abs() < 0.02 * run.level;
        scan.runs.iter().filter(same).count() > 2
    };
    let long = |run: &&Run| run.frames >= 96 && run.level < ceiling && !again(run);
    let stuck: Vec<&Run> = scan.runs.iter().filter(long).collect();
    if !stuck.is_empty() && stuck.len() <= 12 {
        let text = say!("finding-stuck", count = stuck.len());
        let at = stuck.iter().map(|run| looked.span(run.at, run.frames));
        list.push(Finding::new(Kind::Stuck, Severity::Fault, text).at(apart(at)));
    }
    let clicks = lone(scan);
    if !clicks.is_empty() {
        let severity = if clicks.len() <= 6 { Severity::Caution } else { Severity::Note };
        let text = say!("finding-clicks", count = clicks.len());
        let at = clicks.iter().map(|at| looked.span(*at, 1));
        list.push(Finding::new(Kind::Click, severity, text).at(apart(at)));
    }
}

/// Isolated clicks. An instrument that clicks does so all the time, and a note can begin with a
/// click.
fn lone(scan: &Scan) -> Vec<Frames> {
    let near = u64::from(scan.info.sample_rate.0) / 4;
    let mut places: Vec<(u64, f32)> =
        scan.clicks.iter().map(|click| (click.at.0, click.height)).collect();
    places.sort_unstable_by_key(|(at, _)| *at);
    places.dedup_by(|later, earlier| {
        let one = later.0 - earlier.0 < 256;
        if one {
            earlier.1 = earlier.1.max(later.1);
        }
        one
    });
    let level = |at: u64, hops: std::ops::Range<i64>| {
        let hop = (at / scan.hop_frames) as i64;
        let of = |n: i64| scan.hops.get(usize::try_from(hop + n).ok()?).map(|hop| hop.power);
        hops.filter_map(of).fold(0.0f32, f32::max)
    };
    let alone = |n: &usize| {
        let Some((at, height)) = places.get(*n).copied() else { return false };
        let around = places.get(n.saturating_sub(20)..(n + 21).min(places.len())).unwrap_or(&[]);
        let others = around.iter().filter(|(other, _)| *other != at);
        let apart =
            others.clone().all(|(other, own)| other.abs_diff(at) > near || *own < 0.35 * height);
        let (before, after) = (level(at, -4..-1), level(at, 2..5));
        // The start or end of a note is louder on one side.
        apart && before > 1e-8 && after < 4.0 * before && before < 40.0 * after.max(1e-12)
    };
    (0..places.len())
        .filter(alone)
        .filter_map(|n| places.get(n).map(|(at, _)| Frames(*at)))
        .collect()
}

/// Delay between the channels if they are otherwise equal and the delay is long enough to be an
/// effect. A drum that stands nearer to one of two microphones is only a few samples apart.
fn delayed(looked: &Looked<'_>) -> Option<Seconds> {
    let lag = looked.sides.filter(|lag| lag.share.abs() > 0.98)?;
    let late = Frames(lag.late.unsigned_abs()).seconds(looked.scan.info.sample_rate);
    (late > LEAST_DELAY).then_some(late)
}

/// Compares left with right: dead channel, mono as stereo, opposite polarity, fake stereo.
fn sides(looked: &Looked<'_>, list: &mut Vec<Finding>) {
    let scan = &looked.scan;
    if scan.info.channels < 2 {
        return;
    }
    let [left, right] = scan.power;
    let (weak, strong) = (left.min(right), left.max(right));
    if weak < strong * 1e-8 {
        let text = match left < right {
            true => say!("finding-left-is-dead"),
            false => say!("finding-right-is-dead"),
        };
        list.push(Finding::new(Kind::DeadChannel, Severity::Caution, text));
        return;
    }
    let correlation = scan.product / (left * right).sqrt();
    let (middle, side) = (left + right + 2.0 * scan.product, left + right - 2.0 * scan.product);
    if side < middle * 10f64.powf(NO_SIDE.0 / 10.0) {
        let text = say!("finding-mono-in-stereo");
        list.push(Finding::new(Kind::MonoAsStereo, Severity::Note, text));
    } else if correlation > 0.999_999 {
        let by = format!("{:.1}", Db(Db::from_power(left / right).0.abs()));
        let text = say!("finding-mono-to-one-side", by = by);
        list.push(Finding::new(Kind::MonoAsStereo, Severity::Note, text));
    } else if correlation < -0.5 {
        let text = say!("finding-out-of-phase", correlation = format!("{correlation:.2}"));
        list.push(Finding::new(Kind::Polarity, Severity::Caution, text));
    } else if let Some(late) = delayed(looked) {
        let text = say!("finding-stereo-by-delay", time = format!("{:.1}", late.0 * 1000.0));
        list.push(Finding::new(Kind::FakeStereo, Severity::Note, text));
    } else if scan.picture.coherence() > 0.995 && correlation < 0.98 {
        let text = say!("finding-stereo-by-filters");
        list.push(Finding::new(Kind::FakeStereo, Severity::Note, text));
    }
}

/// Findings about bandwidth: former lossy coding or a lower sample rate.
fn spectrum(looked: &Looked<'_>, list: &mut Vec<Finding>) {
    let scan = &looked.scan;
    if scan.info.lossy || scan.picture.is_empty() {
        return;
    }
    let loss = looked.loss;
    if loss.probability >= 0.5 {
        let severity = if loss.is_sure() { Severity::Fault } else { Severity::Caution };
        let share = format!("{:.0}", loss.probability * 100.0);
        let text = say!("finding-lossy-before", share = share, why = loss.why());
        list.push(Finding::new(Kind::Lossy, severity, text).likely(loss.probability));
        return;
    }
    let half = scan.info.sample_rate.hz().0 / 2.0;
    for (from, name) in [
        (16_000.0, "32 kHz"),
        (22_050.0, "44.1 kHz"),
        (24_000.0, "48 kHz"),
        (44_100.0, "88.2 kHz"),
        (48_000.0, "96 kHz"),
    ] {
        // The file's own bandwidth must reach above the old limit.
        if from * 1.06 > half {
            continue;
        }
        let level = |a: f64, b: f64| scan.picture.level(Hz(from * a), Hz(from * b));
        let (below, above) = (level(0.92, 0.945), level(1.03, 1.06));
        let wall = below - above > 50.0 && below > -130.0;
        // A short conversion filter leaves a slope, with nothing at all above it.
        let slope = from * 1.25 <= half
            && level(0.8, 0.85) - level(1.15, 1.25) > 50.0
            && level(1.15, 1.25) < EMPTY.0;
        if wall || slope {
            let end = format!("{:.1}", from / 1000.0);
            let text = say!("finding-converted", from = name, end = end);
            list.push(Finding::new(Kind::Upsampled, Severity::Caution, text));
            return;
        }
    }
}
