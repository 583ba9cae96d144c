//! Finishes one file: gain, limiter, dither, writing, reading back and measuring. If the
//! measurement misses the target, the file is written again with a small correction.

use crate::dates::now;
use crate::dsp::chain::Kind;
use crate::dsp::dither::Dither;
use crate::dsp::ideal::SHORTFALL;
use crate::dsp::limiter::LimiterSettings;
use crate::dsp::{Stereo, silence};
use crate::engine::master::Finish;
use crate::media::PcmFile;
use crate::media::broadcast::Broadcast;
use crate::media::sink::{FileFormat, Sink};
use crate::media::tags::Tags;
use crate::media::writer::{BitDepth, patch_broadcast};
use crate::render::RenderError;
use crate::render::limiting::Limiting;
use crate::render::manifest::FileReport;
use crate::render::measure::{Measurement, measure};
use crate::render::plan::{Cell, Plan};
use crate::render::prepare::{Prepared, for_each_block};
use crate::render::problem::Problem;
use crate::render::progress::{CellState, RenderProgress};
use crate::render::scratch::{Scratch, place};
use crate::render::solve::{self, Solution};
use crate::render::stems::Stems;
use crate::render::tags::tags;
use crate::session::Session;
use crate::session::master::{Master, SECTOR, TOLERANCE, Target};
use crate::units::{Db, Frames, Lufs, SampleRate};
use std::path::Path;

/// Most passes per file: the first is nearly always right, the others correct it.
const MOST_PASSES: u32 = 4;
/// A result this near the target is not corrected, in LU.
const NEAR: f64 = 0.03;

/// Gain and limiter settings of one pass.
#[derive(Clone, Copy)]
pub struct Pass {
    gain: Db,
    limiter: Option<LimiterSettings>,
}

/// Files that one file is made together with.
#[derive(Default)]
pub struct LinkedContext<'a> {
    /// Linked sounds: one limiter turns them down together with this file.
    pub others: Vec<&'a Prepared<'a>>,
    /// The full mix's pass, which this file must use too.
    pub given: Option<Pass>,
}

/// Data shared by all files of a render.
pub struct Job<'a> {
    pub session: &'a Session,
    pub plan: &'a Plan,
    pub stems: &'a Stems,
    pub scratch: &'a Scratch,
}

/// Writes the file of one cell. The file gets its name once it is complete and measured. Returns
/// its report and the last pass.
pub fn finish(
    job: &Job<'_>,
    cell: &Cell,
    prepared: &Prepared<'_>,
    company: &LinkedContext<'_>,
    progress: &RenderProgress<'_>,
) -> Result<(FileReport, Pass), RenderError> {
    let Job { session, plan, stems, scratch } = *job;
    let target = cell.master.target;
    let path = scratch.path(&format!("file{}.{}", cell.index, cell.master.format.extension()));
    let mut ceiling = target.map_or(Db::UNITY, |target| target.ceiling);
    let mut wanted = target.map_or(Lufs::SILENCE, |target| target.loudness);
    let is_broadcast = cell.master.broadcast && cell.master.format == FileFormat::Wav;
    let mut broadcast = is_broadcast.then(|| broadcast_chunk(session, cell, plan));
    let tags = tags(session, cell, &plan.revision);
    let mut number = 1;
    let (solution, pass, limiting, measured) = loop {
        let (mut solution, mut pass) = solve_pass(prepared, company, &cell.master, wanted, ceiling);
        if let Some(given) = company.given {
            pass = given;
            let settings = pass.limiter.as_ref();
            let loudness = prepared.outline.predict(pass.gain, settings);
            solution = Solution::new(pass.gain, loudness);
        }
        if target.is_some() {
            progress.cell(cell, CellState::Predicted(solution.loudness));
        }
        let limiting = write(
            &path,
            cell,
            (prepared, company),
            &pass,
            (broadcast.as_ref(), &tags),
            number,
            progress,
        )?;
        let frames = file_frames(cell, prepared);
        let measured = read_back(&path, cell, frames, number, progress)?;
        let Some(target) = target else { break (solution, pass, limiting, measured) };
        let over = (measured.true_peak + SHORTFALL - target.ceiling).0;
        let off = (measured.loudness.integrated - target.loudness).0;
        // A target that cannot be reached is not corrected towards.
        let reachable = target.limit && (solution.loudness.0 - wanted.0).abs() < TOLERANCE.0;
        let again = over > 0.0 || (reachable && off.abs() > NEAR);
        if !again
            || company.given.is_some()
            || number == MOST_PASSES
            || measured.loudness.integrated == Lufs::SILENCE
        {
            break (solution, pass, limiting, measured);
        }
        if over > 0.0 {
            ceiling = ceiling - Db(over + 0.005);
        }
        if reachable {
            wanted = Lufs(wanted.0 - off);
        }
        number += 1;
        progress.expect_more(2 * measured.info.frames.0);
    };
    if let Some(chunk) = &mut broadcast {
        chunk.loudness = Some((measured.loudness, measured.true_peak));
        patch_broadcast(&path, chunk)?;
    }
    let placed = if cell.hidden { path.clone() } else { place(&path, &cell.path)? };
    let (mut problems, mut notes) = judge(cell, company.given.is_some(), &solution, &measured);
    let (wanted, held) = (file_frames(cell, prepared), measured.info.frames.0);
    if held != wanted {
        problems.push(Problem::Length { held, written: wanted });
    }
    stems.tell(session, &cell.version, &mut problems, &mut notes);
    notes.extend(limiting.note(cell.master.limiter.note_from));
    if has_unknown(session) {
        notes.push("a processor of a newer program was left out".into());
    }
    let report = FileReport {
        version: cell.version.id.clone(),
        master: cell.master.id.clone(),
        path: placed.display().to_string(),
        integrated_lufs: measured.loudness.integrated.finite(),
        true_peak_dbtp: measured.true_peak.finite(),
        loudness_range_lu: measured.loudness.range.and_then(Db::finite),
        sample_rate: measured.info.sample_rate.0,
        bits: measured.info.bits.unwrap_or(0),
        frames: measured.info.frames.0,
        gain_db: solution.gain.0,
        reduction_db: limiting.deepest().0,
        passed: problems.is_empty(),
        problems,
        notes,
    };
    progress.cell(cell, CellState::Done(Box::new(report.clone())));
    Ok((report, pass))
}

/// Gain and limiter of the next pass for a loudness of `wanted` and a true peak of at most
/// `ceiling`.
fn solve_pass(
    prepared: &Prepared<'_>,
    company: &LinkedContext<'_>,
    master: &Master,
    wanted: Lufs,
    ceiling: Db,
) -> (Solution, Pass) {
    let loudness = prepared.outline.loudness();
    let Some(target) = master.target else {
        let as_it_is = Solution::new(Db::UNITY, loudness);
        return (as_it_is, Pass { gain: Db::UNITY, limiter: None });
    };
    if target.limit {
        let settings = master.limiter_at(ceiling);
        let solution = solve::with_limiter(&prepared.outline, wanted, &settings, &master.limiter);
        (solution, Pass { gain: solution.gain, limiter: Some(settings) })
    } else {
        let target = Target { ceiling, ..target };
        // Files made together must all stay under the ceiling with one gain.
        let peaks = company.others.iter().map(|other| other.true_peak.0);
        let peak = Db(peaks.fold(prepared.true_peak.0, f64::max));
        let solution = solve::without_limiter(loudness, peak, &target);
        (solution, Pass { gain: solution.gain, limiter: None })
    }
}

/// Quantises samples to the depth of the file, with dither, and writes them.
struct Output {
    writer: Sink,
    depth: BitDepth,
    dither: [Dither; 2],
    whole: [Vec<i32>; 2],
    frames: u64,
}

impl Output {
    fn write(&mut self, left: &[f32], right: &[f32]) -> Result<(), RenderError> {
        self.frames += left.len() as u64;
        if self.depth == BitDepth::Float32 {
            return Ok(self.writer.write_float(left, right)?);
        }
        for ((whole, dither), samples) in
            self.whole.iter_mut().zip(&mut self.dither).zip([left, right])
        {
            whole.clear();
            whole.extend(samples.iter().map(|sample| dither.quantise(*sample)));
        }
        let [left, right] = &self.whole;
        Ok(self.writer.write_whole(left, right)?)
    }
}

/// Writes the file; returns what the limiter did.
fn write(
    path: &Path,
    cell: &Cell,
    (prepared, company): (&Prepared<'_>, &LinkedContext<'_>),
    pass: &Pass,
    (broadcast, tags): (Option<&Broadcast>, &Tags),
    number: u32,
    progress: &RenderProgress<'_>,
) -> Result<Limiting, RenderError> {
    let file = prepared.file();
    let (rate, total) = (file.info().sample_rate, file.info().frames.0);
    let (format, depth) = (cell.master.format, cell.master.file_depth());
    let others: Vec<&PcmFile> = match &pass.limiter {
        Some(_) => company.others.iter().map(|other| other.file()).collect(),
        None => Vec::new(),
    };
    let mut finish = Finish::together(pass.gain, pass.limiter.as_ref(), rate, 1 + others.len());
    let dither_bits = depth.bits().min(24);
    let mut output = Output {
        writer: Sink::create(path, format, depth, rate, broadcast, tags)?,
        depth,
        dither: [1, 2].map(|seed| Dither::new(dither_bits, cell.master.shaping, rate, seed)),
        whole: [Vec::new(), Vec::new()],
        frames: 0,
    };
    let mut late = finish.latency();
    let mut beside: Vec<Stereo> = others.iter().map(|_| silence(0)).collect();
    let (mut next, mut bytes) = (0i64, Vec::new());
    let mut limiting = Limiting::default();
    let mut through = |left: &mut [f32], right: &mut [f32], output: &mut Output| {
        for (other, sides) in others.iter().zip(&mut beside) {
            sides.iter_mut().for_each(|side| side.resize(left.len(), 0.0));
            let [l, r] = sides;
            other.read(next, l, r, &mut bytes)?;
        }
        next += left.len() as i64;
        let mut sides: Vec<&mut [f32]> = vec![&mut *left, &mut *right];
        sides.extend(beside.iter_mut().flatten().map(Vec::as_mut_slice));
        finish.process_all(&mut sides);
        limiting.add(Frames(next as u64).seconds(rate), finish.take_reduction());
        let skip = late.min(left.len());
        late -= skip;
        output.write(&left[skip..], &right[skip..])
    };
    let mut read = 0;
    for_each_block(file, |left, right| {
        through(left, right, &mut output)?;
        read += left.len() as u64;
        let fraction = read as f32 / total as f32;
        progress.cell(cell, CellState::Running { fraction, pass: number, step: "writing" });
        progress.advance(left.len())
    })?;
    let mut tail = (vec![0.0; 256], vec![0.0; 256]);
    while output.frames < total {
        let count = (total - output.frames).min(256) as usize;
        tail.0.fill(0.0);
        tail.1.fill(0.0);
        through(&mut tail.0[..count], &mut tail.1[..count], &mut output)?;
    }
    let missing = file_frames(cell, prepared) - total;
    if missing > 0 {
        output.write(&vec![0.0; missing as usize], &vec![0.0; missing as usize])?;
    }
    output.writer.finish()?;
    Ok(limiting)
}

/// Frames in the file of a cell; rounded up to whole CD sectors where the master asks for it.
fn file_frames(cell: &Cell, prepared: &Prepared<'_>) -> u64 {
    let frames = prepared.file().info().frames.0;
    if cell.master.sectors { frames.next_multiple_of(SECTOR) } else { frames }
}

/// Whether a slot that is on holds a processor that this program does not know.
fn has_unknown(session: &Session) -> bool {
    let chains = session.stems.iter().map(|stem| &stem.chain).chain([&session.chain]);
    chains.flatten().any(|slot| slot.on && slot.kind() == Kind::Unknown)
}

fn read_back(
    path: &Path,
    cell: &Cell,
    frames: u64,
    number: u32,
    progress: &RenderProgress<'_>,
) -> Result<Measurement, RenderError> {
    let mut read = 0usize;
    measure(path, &mut |count| {
        read += count;
        let fraction = read as f32 / frames.max(1) as f32;
        progress.cell(cell, CellState::Running { fraction, pass: number, step: "measuring" });
        progress.advance(count)
    })
}

fn broadcast_chunk(session: &Session, cell: &Cell, plan: &Plan) -> Broadcast {
    let rate = cell.master.file_rate(session.sample_rate);
    let stamps = session.stems.iter().filter_map(|stem| {
        let info = &stem.file.info;
        Some((info.time_reference?, info.sample_rate))
    });
    let first = stamps.min_by_key(|(stamp, _)| *stamp);
    let convert =
        |(stamp, from): (u64, SampleRate)| crate::units::Frames(stamp).at_rate(from, rate);
    let (date, time) = now();
    Broadcast {
        date,
        time,
        description: format!(
            "{}, {}, {}, v{}",
            session.song.title, cell.version.name, cell.master.name, plan.revision
        ),
        originator: "Stemwright".into(),
        originator_reference: format!("{}-v{}", cell.version.id, plan.revision),
        time_reference: first.map_or(0, |stamp| convert(stamp).0),
        coding_history: format!(
            "A=PCM,F={},W={},M=stereo,T=Stemwright {}\r\n",
            rate.0,
            cell.master.file_depth().bits(),
            env!("CARGO_PKG_VERSION")
        ),
        ..Broadcast::default()
    }
}

/// Compares the measurement with the target. Returns problems, which fail the file, and notes.
fn judge(
    cell: &Cell,
    follows: bool,
    solution: &Solution,
    measured: &Measurement,
) -> (Vec<Problem>, Vec<String>) {
    let mut problems = Vec::new();
    let mut notes: Vec<String> = cell.notes.clone();
    let integrated = measured.loudness.integrated;
    let peak = measured.true_peak;
    let Some(target) = cell.master.target else {
        if peak > Db::UNITY {
            notes.push(format!("true peak {peak:.2} dBTP: the mix goes over full scale"));
        }
        return (problems, notes);
    };
    if peak > target.ceiling {
        problems.push(Problem::TruePeak { peak, ceiling: target.ceiling });
    }
    if follows {
        notes.push(format!("{integrated:.1} LUFS with the gain of the full mix"));
    } else if integrated == Lufs::SILENCE {
        problems.push(Problem::NoLoudness);
    } else {
        let off = integrated - target.loudness;
        let held_by_peak = !target.limit && peak.0 > target.ceiling.0 - 0.1;
        if !target.limit && held_by_peak && off.0 < -TOLERANCE.0 {
            notes.push(format!(
                "Peak ceiling reached before the loudness target: {integrated:.1} LUFS at {:.1} dBTP, \
                 and this master is never limited",
                target.ceiling
            ));
        } else if off.0.abs() > TOLERANCE.0 {
            problems.push(Problem::Loudness {
                reached: integrated,
                target: target.loudness,
                limited: solution.loudness.0 < target.loudness.0 - TOLERANCE.0,
                knee: solution.knee,
            });
        }
    }
    let length = measured.info.frames.seconds(measured.info.sample_rate);
    if cell.master.sectors && length.0 < 4.0 {
        notes.push("a CD track lasts at least 4 s".into());
    }
    if cell.master.broadcast && integrated != Lufs::SILENCE {
        notes.extend(broadcast_notes(target.loudness, measured, length.0 < 60.0));
    }
    (problems, notes)
}

/// What a broadcast file of this target is for, and whether it meets the standard of its stations.
fn broadcast_notes(target: Lufs, measured: &Measurement, short: bool) -> Vec<String> {
    let aims_at = |loudness: f64| (target.0 - loudness).abs() < 0.5;
    let (integrated, peak) = (measured.loudness.integrated, measured.true_peak);
    if aims_at(-23.0) {
        vec![r128_verdict(measured, short)]
    } else if aims_at(-24.0) {
        let others = "\u{2212}24 LUFS is for North America and Japan. For Europe, add the master EBU R128 \
                      (\u{2212}23); for dialogue streaming, Netflix (\u{2212}27)";
        vec![a85_verdict(integrated, peak), others.into()]
    } else {
        Vec::new()
    }
}

/// EBU R128: −23 ±0.2 LUFS, −1 dBTP; under a minute also a short-term maximum of −18 LUFS (R128
/// s1).
fn r128_verdict(measured: &Measurement, short: bool) -> String {
    let integrated = measured.loudness.integrated;
    let on_target = (integrated - Lufs(-23.0)).0.abs() <= 0.2;
    let short_term = measured.loudness.short_term_max;
    let calm = !short || short_term.0 <= -18.0;
    if on_target && measured.true_peak.0 <= -1.0 && calm {
        "EBU R128: met".into()
    } else if !on_target {
        format!("EBU R128: not met, {integrated:.1} LUFS where −23.0 ±0.2 is asked")
    } else if !calm {
        format!("EBU R128 s1: not met, short-term {short_term:.1} LUFS where −18.0 is the most")
    } else {
        format!(
            "EBU R128: not met, true peak {:.1} dBTP where −1.0 is the most",
            measured.true_peak
        )
    }
}

/// ATSC A/85: −24 ±2 LKFS, −2 dBTP.
fn a85_verdict(integrated: Lufs, peak: Db) -> String {
    if (integrated - Lufs(-24.0)).0.abs() <= 2.0 && peak.0 <= -2.0 {
        "ATSC A/85: met".into()
    } else {
        format!(
            "ATSC A/85: not met, {integrated:.1} LKFS and {peak:.1} dBTP where −24 ±2 and −2 are asked"
        )
    }
}
