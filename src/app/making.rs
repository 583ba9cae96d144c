//! Masters and packages: when they may be made, and what is asked before.

use super::deeds::Making;
use super::deliver::{packages, target};
use super::desk::Desk;
use super::render_job::RenderJob;
use super::theme;
use super::widgets::push;
use crate::delivery::make;
use crate::intake::findings::Severity;
use crate::render::Request;
use egui::{Id, Modal, Rect, Sense, Ui, vec2};

/// Makes every cell that is included: the masters alone, or a package of them and what the panel
/// says. What is being made already goes on; missing stems are asked about.
pub fn make(desk: &mut Desk, making: Making) {
    if desk.making.render.as_ref().is_some_and(RenderJob::is_running) {
        return desk.say("Masters are being made already; cancel that first, or wait for it");
    }
    if desk.song_files.missing().is_empty() {
        begin(desk, making, false);
    } else {
        desk.making.asked_missing = Some(making);
    }
}

pub fn begin(desk: &mut Desk, making: Making, allow_missing: bool) {
    let Some(document) = &desk.document else { return };
    let (session, folder) = (document.session.clone(), document.folder());
    desk.making.render = Some(match making {
        Making::Masters => {
            let request = Request { folder: target(desk), allow_missing, ..Request::default() };
            desk.jobs.render(session, folder, request)
        }
        Making::Package => {
            let request = make::Request {
                out: packages(desk),
                reference_residual: desk.measured.residual(),
                faults: faults(desk),
                session: Some(document.path.clone()),
                allow_missing,
                ..make::Request::default()
            };
            desk.jobs.deliver(session, folder, request)
        }
    });
}

/// Faults in the stems that are not mended, once they are looked at.
pub fn faults(desk: &Desk) -> Option<usize> {
    let found = desk.measured.examination.as_ref()?;
    let all = found.stems.iter().flat_map(|stem| &stem.findings).chain(&found.set);
    Some(all.filter(|finding| finding.severity == Severity::Fault).count())
}

/// Asks whether to go on without stems that are missing.
pub fn question(desk: &mut Desk, ui: &Ui) {
    let Some(making) = desk.making.asked_missing else { return };
    let missing = desk.song_files.missing();
    let shown = Modal::new(Id::unique("missing stems")).show(ui.ctx(), |ui| {
        ui.set_width(440.0);
        let one = missing.len() == 1;
        ui.heading(if one { "A stem is missing" } else { "Stems are missing" });
        ui.label(missing.join(", "));
        ui.colored_label(
            theme::dim(),
            "Made without, every file that should hold them says so, and none of these is verified.",
        );
        let (rect, _) = ui.allocate_exact_size(vec2(440.0, 46.0), Sense::hover());
        let place =
            |n: f32| Rect::from_min_size(rect.min + vec2(n * 148.0, 10.0), vec2(140.0, 34.0));
        if push(ui, place(0.0), "Find them\u{2026}", true).clicked() {
            (desk.making.asked_missing, desk.song_files.shown) = (None, true);
        }
        if push(ui, place(1.0), "Make it without", false).clicked() {
            desk.making.asked_missing = None;
            begin(desk, making, true);
        }
        if push(ui, place(2.0), "Cancel", false).clicked() {
            desk.making.asked_missing = None;
        }
    });
    if shown.should_close() {
        desk.making.asked_missing = None;
    }
}
