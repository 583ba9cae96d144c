//! Measures the window: CPU time per frame, repaints at rest, and the time to open a session.
//!
//! `cargo bench --bench window` uses 32 stems of 10 minutes for the frames and 8 of 4 minutes for
//! the opening; `-- opening` measures the opening alone. A frame is the program's own (layout,
//! drawing and tessellation) without a graphics card. The song plays if there is a sound device;
//! otherwise the playhead is moved by key events.

#[path = "playback/song.rs"]
#[allow(dead_code, reason = "only the stems are used here")]
mod song;

use egui::{Context, Event, Key, Modifiers, MouseWheelUnit, RawInput, Rect, Vec2, pos2, vec2};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use stemwright::app::App;

const SIZE: Vec2 = vec2(1600.0, 1000.0);

struct Window {
    ctx: Context,
    app: App,
    begun: Instant,
}

impl Window {
    fn new(path: Option<PathBuf>) -> Self {
        let ctx = Context::default();
        let app = App::new(&ctx, path, None);
        Self { ctx, app, begun: Instant::now() }
    }

    /// Runs one frame. Returns its time, and the delay until the next frame it asks for.
    fn frame(&mut self, events: Vec<Event>) -> (Duration, Duration) {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), SIZE)),
            time: Some(self.begun.elapsed().as_secs_f64()),
            events,
            ..RawInput::default()
        };
        let from = Instant::now();
        let output = self.ctx.run_ui(input, |ui| self.app.frame(ui));
        let shapes = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        let took = from.elapsed();
        std::hint::black_box(shapes);
        let delays = output.viewport_output.values().map(|viewport| viewport.repaint_delay);
        (took, delays.min().unwrap_or(Duration::MAX))
    }

    fn until(&mut self, what: &str, done: impl Fn(&App) -> bool) -> Duration {
        let from = Instant::now();
        while !done(&self.app) {
            assert!(from.elapsed() < Duration::from_secs(900), "{what}");
            self.frame(Vec::new());
            std::thread::sleep(Duration::from_millis(1));
        }
        from.elapsed()
    }

    fn press(&mut self, key: Key) {
        let modifiers = Modifiers::NONE;
        let event =
            |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
        self.frame(vec![event(true), event(false)]);
    }
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    println!(
        "{what}: median {:.2} ms, 99th percentile {:.2}, worst {:.2} of {} frames",
        at(0.5),
        at(0.99),
        at(1.0),
        times.len()
    );
}

/// A folder of `count` stems; all are hard links to the first.
fn folder(name: &str, count: usize, seconds: usize) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/window").join(name);
    song::stems(&folder, 1, seconds);
    for n in 1..count {
        let copy = folder.join(format!("{:02}_Stem{n}.wav", n + 1));
        if !copy.exists() {
            std::fs::hard_link(folder.join("01_Stem0.wav"), &copy).unwrap();
        }
    }
    folder
}

fn pointer(at: egui::Pos2) -> Event {
    Event::PointerMoved(at)
}

fn wheel(delta: Vec2, modifiers: Modifiers) -> Event {
    let phase = egui::TouchPhase::Move;
    Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta,
        modifiers,
        phase,
        source: egui::MouseWheelSource::Wheel,
    }
}

fn frames() {
    let mut window = Window::new(Some(folder("32", 32, 600)));
    window.until("32 stems are not ready", |app| app.is_settled() && app.is_quiet());
    let lanes = pos2(800.0, 400.0);
    window.frame(vec![pointer(lanes)]);
    for _ in 0..200 {
        window.frame(Vec::new());
        std::thread::sleep(Duration::from_millis(2));
    }
    let rest: Vec<_> = (0..10).map(|_| window.frame(Vec::new())).collect();
    let asked = rest.iter().filter(|(_, next)| *next < Duration::from_secs(10)).count();
    println!("At rest {asked} of 10 frames ask for another one");
    report("At rest, as if asked", (0..500).map(|_| window.frame(Vec::new()).0).collect());
    window.press(Key::Space);
    let playing = window.app.is_playing();
    println!("{}", if playing { "Playing" } else { "No sound device: the playhead is moved" });
    let mut run = |what: &str, events: &mut dyn FnMut(usize) -> Vec<Event>| {
        let mut times = Vec::new();
        for n in 0..900 {
            let mut now = events(n);
            if !playing {
                let key = Key::ArrowRight;
                let modifiers = Modifiers::NONE;
                now.push(Event::Key {
                    key,
                    physical_key: None,
                    pressed: true,
                    repeat: false,
                    modifiers,
                });
            }
            times.push(window.frame(now).0);
            std::thread::sleep(Duration::from_millis(4));
        }
        report(what, times);
    };
    run("Playing", &mut |_| Vec::new());
    run("Playing and zooming", &mut |n| {
        let up = if (n / 90) % 2 == 0 { 12.0 } else { -12.0 };
        vec![pointer(lanes), wheel(vec2(0.0, up), Modifiers::COMMAND)]
    });
    run("Playing and scrolling along", &mut |n| {
        let right = if (n / 60) % 2 == 0 { -30.0 } else { 30.0 };
        vec![pointer(lanes), wheel(vec2(right, 0.0), Modifiers::NONE)]
    });
    run("Playing and scrolling down", &mut |n| {
        let down = if (n / 60) % 2 == 0 { -20.0 } else { 20.0 };
        vec![pointer(lanes), wheel(vec2(0.0, down), Modifiers::NONE)]
    });
}

fn opening() {
    let path = folder("8", 8, 240);
    for entry in std::fs::read_dir(&path).unwrap().flatten() {
        if entry.path().extension().is_some_and(|extension| extension == "stemwright") {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    // A new modification time makes all caches of this file stale.
    let touched = std::fs::File::options().append(true).open(path.join("01_Stem0.wav")).unwrap();
    // Hashes of very recent files are not kept, hence the minute.
    let before = std::time::SystemTime::now() - Duration::from_secs(60);
    touched.set_modified(before).unwrap();
    for n in 0..8 {
        let _ = std::fs::read(path.join(format!("{:02}_Stem{n}.wav", n + 1)));
    }
    let open = |what: &str, path: &Path| {
        let from = Instant::now();
        let mut window = Window::new(Some(path.to_owned()));
        let (first, _) = window.frame(Vec::new());
        window.until("no waveforms", |app| app.has_waveforms());
        let all = from.elapsed().as_secs_f64() * 1000.0;
        println!(
            "8 stems of 4 minutes, {what}: full waveforms after {all:.0} ms (first frame {:.0} ms)",
            first.as_secs_f64() * 1000.0
        );
        // Background work of this run must not slow down the next one.
        window.until("it does not come to rest", |app| app.is_settled() && app.is_quiet());
    };
    open("a folder, first time", &path);
    open("a folder, again", &path);
    let gathered = stemwright::intake::folder::gather(&path, None).unwrap();
    let saved = path.join("Saved.stemwright");
    stemwright::session::file::save(&gathered.session, &saved).unwrap();
    open("a session", &saved);
    // Exports every stem again, so that all cached data about the files is stale.
    let mut bytes = std::fs::read(path.join("01_Stem0.wav")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path.join("01_Stem0.wav"), bytes).unwrap();
    let from = Instant::now();
    let mut window = Window::new(Some(saved));
    window.frame(Vec::new());
    let first = from.elapsed().as_secs_f64() * 1000.0;
    window.until("it does not sound", |app| app.sounds_and_names() == (true, 8));
    let all = from.elapsed().as_secs_f64() * 1000.0;
    println!(
        "The same with all stems exported again: sounds, can be saved and says so after {all:.0} ms \
         (first frame {first:.0} ms)"
    );
    window.until("it does not come to rest", |app| app.is_settled() && app.is_quiet());
}

fn main() {
    opening();
    if !std::env::args().any(|argument| argument == "opening") {
        frames();
    }
}
