//! Times the audio callback as a device calls it: load, seeks, start, memory.

use crate::song::{RATE, content, settings, stems, treat};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use stemwright::playback::{Renderer, Transport};
use stemwright::session::Session;
use stemwright::units::Seconds;

const BUFFERS: [usize; 4] = [64, 128, 256, 512];

/// Sessions of eight and of sixty-four stems of four minutes with full chains, and their folder.
fn sessions() -> ([Session; 2], PathBuf) {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("playback");
    let mut eight = stems(&home.join("eight"), 8, 240);
    treat(&mut eight);
    let mut many = eight.clone();
    for n in 8..64 {
        let mut stem = eight.stems[n % 8].clone();
        stem.id.0 = 100 + n as u32;
        many.stems.push(stem);
    }
    ([eight, many], home)
}

/// Prints the time from a seek to the first sound.
pub fn jumps(say: &mut dyn FnMut(String)) {
    let (sessions, home) = sessions();
    for session in &sessions {
        let (median, worst) = seeks(session, &home);
        let count = session.stems.len();
        say(format!(
            "\nSeek to sound, {count} stems, 256 frames: median {median:.0} ms, worst {worst:.0} ms"
        ));
    }
}

pub fn all() {
    let ([eight, many], home) = sessions();
    let mut page = String::from("# Playing\n");
    let mut say = |line: String| {
        println!("{line}");
        page.push_str(&line);
        page.push('\n');
    };
    say(format!("\nStart to first sound, 8 stems of 4 minutes: {:.0} ms", start(&eight, &home)));
    let before = resident();
    {
        let opened = content(&many, &home.join("eight"));
        let (mut transport, mut renderer) =
            Transport::new(opened, settings(&many, true), RATE).unwrap();
        transport.play();
        run(&mut renderer, 512, Duration::from_secs(3), &mut |_| {});
        let used = resident() - before;
        say(format!("Memory of 64 stems with full chains while they play: {used:.0} MB"));
    }
    say("\n| stems | other cores | buffer | median | worst | late of |".into());
    say("|---|---|---|---|---|---|".into());
    for session in [&eight, &many] {
        for loaded in [false, true] {
            for buffer in BUFFERS {
                let figures = busy(loaded, || callbacks(session, &home, buffer));
                let count = session.stems.len();
                let load = if loaded { "busy" } else { "idle" };
                say(format!("| {count} | {load} | {buffer} | {figures} |"));
            }
        }
    }
    jumps(&mut say);
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/playback");
    std::fs::create_dir_all(&out).unwrap();
    std::fs::write(out.join("measurements.md"), page).unwrap();
}

/// Resident memory in megabytes. Linux only.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0 kB");
    line.trim().trim_end_matches("kB").trim().parse().unwrap_or(0.0) / 1000.0
}

/// Calls the renderer in real time for `long`; `each` receives every call.
fn run(renderer: &mut Renderer, buffer: usize, long: Duration, each: &mut dyn FnMut(Call<'_>)) {
    let mut out = vec![0.0f32; 2 * buffer];
    let period = Duration::from_secs_f64(buffer as f64 / RATE.hz().0);
    let begun = Instant::now();
    let mut due = begun;
    while begun.elapsed() < long {
        due += period;
        let called = Instant::now();
        renderer.process(&mut out, 2, Seconds(0.0));
        each(Call { took: called.elapsed(), out: &out, ended: Instant::now() });
        // After a late callback the schedule restarts, as a device does not catch up with a burst.
        due = due.max(Instant::now());
        std::thread::sleep(due - Instant::now());
    }
}

struct Call<'a> {
    took: Duration,
    out: &'a [f32],
    ended: Instant,
}

fn callbacks(session: &Session, home: &Path, buffer: usize) -> String {
    let opened = content(session, &home.join("eight"));
    let (mut transport, mut renderer) =
        Transport::new(opened, settings(session, true), RATE).unwrap();
    transport.play();
    run(&mut renderer, buffer, Duration::from_secs(2), &mut |_| {});
    let mut times: Vec<f64> = Vec::new();
    run(&mut renderer, buffer, Duration::from_secs(10), &mut |call| {
        times.push(call.took.as_secs_f64());
    });
    assert_eq!(transport.state().gaps, 0, "the disk was late");
    let period = buffer as f64 / RATE.hz().0;
    let late = times.iter().filter(|time| **time > period).count();
    times.sort_by(f64::total_cmp);
    let share = |time: f64| format!("{:.1} %", time / period * 100.0);
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    format!("{} | {} | {late} of {}", share(median), share(worst), times.len())
}

/// Runs `work`; with `loaded`, every other core is busy meanwhile.
fn busy<T>(loaded: bool, work: impl FnOnce() -> T) -> T {
    let stop = Arc::new(AtomicBool::new(false));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let others = if loaded { cores.saturating_sub(1).max(1) } else { 0 };
    let threads: Vec<_> = (0..others)
        .map(|_| {
            let stop = Arc::clone(&stop);
            std::thread::spawn(move || {
                let mut x = 1.0f64;
                while !stop.load(Ordering::Relaxed) {
                    x = std::hint::black_box(x * 1.000_001 + 1e-9);
                }
            })
        })
        .collect();
    let result = work();
    stop.store(true, Ordering::Relaxed);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    result
}

/// Milliseconds from opening the files to the first sample that is not silent.
fn start(session: &Session, home: &Path) -> f64 {
    let begun = Instant::now();
    let opened = content(session, &home.join("eight"));
    let (mut transport, mut renderer) =
        Transport::new(opened, settings(session, true), RATE).unwrap();
    transport.play();
    let mut first = None;
    run(&mut renderer, 256, Duration::from_secs(2), &mut |call| {
        if first.is_none() && call.out.iter().any(|x| *x != 0.0) {
            first = Some(call.ended);
        }
    });
    first.map_or(f64::INFINITY, |first| (first - begun).as_secs_f64() * 1000.0)
}

/// Median and worst time in milliseconds from a seek to the first sound of the new position.
fn seeks(session: &Session, home: &Path) -> (f64, f64) {
    let opened = content(session, &home.join("eight"));
    let (mut transport, mut renderer) =
        Transport::new(opened, settings(session, true), RATE).unwrap();
    transport.play();
    run(&mut renderer, 256, Duration::from_secs(2), &mut |_| {});
    let mut times = Vec::new();
    for n in 0..40u64 {
        transport.seek((n * 7_919_117) % 11_000_000);
        let begun = Instant::now();
        let mut silent = false;
        let mut found = None;
        run(&mut renderer, 256, Duration::from_millis(700), &mut |call| {
            let heard = call.out.iter().any(|x| *x != 0.0);
            silent |= call.out.iter().all(|x| *x == 0.0);
            if silent && heard && found.is_none() {
                found = Some((call.ended - begun).as_secs_f64() * 1000.0);
            }
        });
        times.push(found.unwrap_or(f64::INFINITY));
    }
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[times.len() - 1])
}
