//! Helpers for tests of the window: opens it on a session, runs it until a condition holds, sends
//! keys and drags.

#![allow(dead_code, reason = "each test binary uses a part of it")]

#[path = "patient.rs"]
mod patient;

use crate::common::*;
use egui::{Key, Modifiers, Pos2, Vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, SnapshotOptions};
pub use patient::PatientRenderer;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use stemwright::app::App;
use stemwright::dsp::strip::StripSettings;
use stemwright::intake::demo;

pub const SIZE: Vec2 = Vec2::new(1600.0, 1000.0);

/// The demo song, written once per test binary.
static DEMO: LazyLock<(tempfile::TempDir, PathBuf)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let session = demo::write(&folder.path().join("Blue Sky")).unwrap();
    (folder, session)
});

/// A window on the demo song. Each window gets its own session file, as only one window can hold a
/// session open; all share the stems.
pub fn window_on_demo(size: Vec2) -> Harness<'static, App> {
    window_on_demo_at(size, 1.0)
}

/// The same on a screen with `pixels` pixels per point.
pub fn window_on_demo_at(size: Vec2, pixels: f32) -> Harness<'static, App> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let (root, session) = &*DEMO;
    let own = root.path().join(COUNT.fetch_add(1, Ordering::Relaxed).to_string()).join("Blue Sky");
    for part in ["Stems", "Reference"] {
        std::fs::create_dir_all(own.join(part)).unwrap();
        let from = session.with_file_name(part);
        for name in listing(&from) {
            lent(&from.join(&name), &own.join(part).join(&name));
        }
    }
    let copy = own.join(session.file_name().unwrap());
    std::fs::copy(session, &copy).unwrap();
    let mut harness = window_at(Some(&copy), size, pixels);
    until(&mut harness, App::has_waveforms);
    harness.run_steps(3);
    harness
}

/// Shares a file between windows. A hard link changes the file's metadata, which would make other
/// windows examine their stems again; hence a symbolic link.
fn lent(from: &Path, to: &Path) {
    #[cfg(unix)]
    std::os::unix::fs::symlink(from, to).unwrap();
    #[cfg(not(unix))]
    std::fs::copy(from, to).unwrap();
}

pub fn window(path: Option<&Path>, size: Vec2) -> Harness<'static, App> {
    window_at(path, size, 1.0)
}

/// A window on a screen with `pixels` pixels per point.
pub fn window_at(path: Option<&Path>, size: Vec2, pixels: f32) -> Harness<'static, App> {
    let path = path.map(Path::to_owned);
    let options = SnapshotOptions::new().max_failed_pixels(40);
    let mut harness = Harness::builder()
        .with_size(size)
        .with_pixels_per_point(pixels)
        .with_step_dt(1.0 / 30.0)
        .with_options(options)
        .with_render_cursor(false)
        .renderer(PatientRenderer::default())
        .build_eframe(|cc| App::new(&cc.egui_ctx, path.clone(), None));
    if path.is_some() {
        until(&mut harness, App::is_settled);
    }
    harness.run_steps(3);
    harness
}

/// A window whose program keeps its settings in a folder.
pub fn window_with(path: &Path, settings: &Path) -> Harness<'static, App> {
    let (path, settings) = (path.to_owned(), settings.to_owned());
    let mut harness = Harness::builder()
        .with_size(SIZE)
        .with_step_dt(1.0 / 30.0)
        .renderer(PatientRenderer::default())
        .build_eframe(|cc| App::new(&cc.egui_ctx, Some(path.clone()), Some(settings.clone())));
    until(&mut harness, App::is_settled);
    harness.run_steps(3);
    harness
}

/// Runs the window until a condition holds, at most 90 seconds.
#[track_caller]
pub fn until(harness: &mut Harness<'static, App>, done: impl Fn(&App) -> bool) {
    let begun = Instant::now();
    while !done(harness.state()) {
        assert!(begun.elapsed() < Duration::from_secs(90), "the window is not ready");
        harness.step();
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A folder with three short stems.
pub fn small() -> tempfile::TempDir {
    folder_of(&[
        ("01_Drums", &sound(1, 6.0, 0.3), &sound(2, 6.0, 0.3)),
        ("02_Bass", &sound(3, 6.0, 0.2), &sound(3, 6.0, 0.2)),
        ("03_LeadVox", &sound(4, 6.0, 0.25), &sound(5, 6.0, 0.2)),
    ])
}

pub fn strip(harness: &Harness<'static, App>, stem: usize) -> StripSettings {
    harness.state().session().unwrap().stems[stem].strip
}

pub fn press(harness: &mut Harness<'static, App>, modifiers: Modifiers, key: Key) {
    // Desktops set `ctrl` together with `command`, except on macOS.
    let ctrl = modifiers.ctrl || (modifiers.command && cfg!(not(target_os = "macos")));
    let modifiers = Modifiers { ctrl, ..modifiers };
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
    until(harness, |app| !app.is_saving());
}

/// Drags from one point to another, in steps as a hand does.
pub fn drag(harness: &mut Harness<'static, App>, from: Pos2, to: Pos2) {
    harness.hover_at(from);
    harness.drag_at(from);
    harness.run_steps(1);
    for step in 1..=4 {
        harness.hover_at(from + (to - from) * (step as f32 / 4.0));
        harness.run_steps(1);
    }
    harness.drop_at(to);
    harness.run_steps(3);
}

/// Presses "Export" in the Deliver view, with the masters packed or alone; goes on where the window
/// asks about what stands out.
pub fn export_now(harness: &mut Harness<'static, App>, pack: bool) {
    use egui::accesskit::{Role, Toggled};
    let tick = harness.get_by_role_and_label(Role::CheckBox, "Pack for delivery");
    if (tick.accesskit_node().toggled() == Some(Toggled::True)) != pack {
        tick.click();
        harness.run_steps(3);
    }
    harness.get_by_label("Export").click();
    harness.run_steps(3);
    if let Some(anyway) = harness.query_by_label("Export anyway") {
        anyway.click();
        harness.run_steps(3);
    }
}
