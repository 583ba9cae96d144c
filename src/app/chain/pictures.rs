//! Picture of a wide card: transfer curve, waveshape, stereo width, spectra or envelope of its
//! processor, and the history of its gain reduction. [`show`] chooses by the kind of processor.

use crate::app::heard::Heard;
use crate::app::plots::figure;
use crate::app::theme::{self, Weight, write};
use crate::dsp::chain::{ProcessorSettings, Slot};
use crate::dsp::delay::DelaySettings;
use crate::dsp::stereo_field::StereoSettings;
use crate::dsp::transient::{TransientSettings, tail};
use crate::playback::Spectrum;
use crate::texts::say;
use crate::units::Db;
use egui::{Align2, Color32, Painter, Pos2, Rect, Shape, Stroke, Ui, pos2, vec2};

/// Capacity of the reduction history: one value per UI frame.
pub const MOMENTS: usize = 220;

/// Draws the picture of the processor in slot `n`. `moments` are its last reductions in dB, newest
/// last.
pub fn show(ui: &Ui, area: Rect, n: usize, slot: &Slot, heard: &Heard, moments: &[f32]) {
    let painter = ui.painter().with_clip_rect(area);
    painter.rect_filled(area, 4.0, theme::background());
    let reduction = heard.reductions.get(n).copied().unwrap_or(Db::UNITY);
    match &slot.processor {
        ProcessorSettings::Compressor(s) => {
            transfer(&painter, upper(area), &|level| s.curve(level));
            history(&painter, lower(area), moments);
        }
        ProcessorSettings::Gate(s) => {
            let curve = |level: Db| {
                let under = (s.threshold.0 - level.0).max(0.0);
                Db(level.0 - (under * (s.ratio - 1.0)).min(s.range.0))
            };
            transfer(&painter, upper(area), &curve);
            history(&painter, lower(area), moments);
        }
        ProcessorSettings::Saturation(s) => waveform(&painter, area, &|x| s.transfer(x)),
        ProcessorSettings::Clip(s) => waveform(&painter, area, &|x| s.transfer(x)),
        ProcessorSettings::Stereo(s) => field(&painter, area, s),
        ProcessorSettings::DeEsser(_)
        | ProcessorSettings::DynamicEq(_)
        | ProcessorSettings::Multiband(_) => {
            spectra(&painter, upper(area), &heard.reading.spectrum);
            history(&painter, lower(area), moments);
        }
        ProcessorSettings::Transient(s) => hit(&painter, area, s),
        ProcessorSettings::Delay(s) => arrival(&painter, area, s),
        // The card of an equaliser is its picture; a kind without one has its knobs alone.
        _ => {}
    }
    if reduction.0 < -0.05 {
        let at = area.right_top() + vec2(-6.0, 8.0);
        let text = format!("{reduction:.1} dB");
        let colours = [theme::caution(), theme::background()];
        figure(&painter, at, Align2::RIGHT_CENTER, text, colours);
    }
}

/// Values that a small picture shows: one per UI frame.
pub const SMALL: usize = 60;

/// Draws a processor small: its curve, or what it takes away over the last moments (`trace`, in dB).
pub fn small(painter: &Painter, area: Rect, slot: &Slot, trace: &[f32]) {
    let painter = &painter.with_clip_rect(area.expand(1.0));
    let trace = trace.get(trace.len().saturating_sub(SMALL)..).unwrap_or(trace);
    let ink = if slot.on { theme::text() } else { theme::dim() };
    let line = |out: &dyn Fn(f32) -> f32| {
        let points = (0..=32).map(|n| {
            let x = n as f32 / 16.0 - 1.0;
            let y = out(x).clamp(-1.0, 1.0);
            pos2(
                area.center().x + x * area.width() / 2.0,
                area.center().y - y * area.height() / 2.0,
            )
        });
        painter.add(Shape::line(points.collect(), Stroke::new(1.4, ink)));
    };
    match &slot.processor {
        ProcessorSettings::Saturation(s) => line(&|x| s.transfer(f64::from(x)) as f32),
        ProcessorSettings::Clip(s) => line(&|x| s.transfer(f64::from(x)) as f32),
        ProcessorSettings::Stereo(s) => {
            let spread =
                (area.height() * s.width.clamp(0.0, 2.0) as f32 * 0.6).min(area.width() / 2.0);
            let foot = pos2(area.center().x, area.bottom());
            for side in [-1.0, 1.0] {
                let tip = pos2(foot.x + side * spread, area.top());
                painter.line_segment([foot, tip], Stroke::new(1.4, ink));
            }
        }
        _ if trace.iter().any(|reduction| *reduction < -0.05) => {
            let step = area.width() / SMALL as f32;
            let from = SMALL - trace.len().min(SMALL);
            for (n, reduction) in trace.iter().enumerate() {
                let x = area.left() + (from + n) as f32 * step;
                let depth = (-reduction / 12.0).clamp(0.0, 1.0) * area.height();
                let bar = Rect::from_min_size(pos2(x, area.top()), vec2(step * 0.7, depth));
                painter.rect_filled(bar, 0.0, theme::caution());
            }
        }
        ProcessorSettings::Compressor(s) => {
            let level = |x: f32| Db(f64::from(x) * 30.0 - 30.0);
            line(&|x| ((s.curve(level(x)).0 + 30.0) / 30.0) as f32);
        }
        _ => {
            painter.hline(area.x_range(), area.center().y, Stroke::new(1.4, ink));
        }
    }
}

fn upper(area: Rect) -> Rect {
    Rect::from_min_max(area.min, pos2(area.right(), area.top() + area.height() * 0.62))
}

fn lower(area: Rect) -> Rect {
    Rect::from_min_max(pos2(area.left(), area.top() + area.height() * 0.66), area.max)
}

fn grid(painter: &Painter, area: Rect, columns: usize, rows: usize) {
    let stroke = Stroke::new(1.0, theme::raised());
    for n in 1..columns {
        painter.vline(
            area.left() + area.width() * n as f32 / columns as f32,
            area.y_range(),
            stroke,
        );
    }
    for n in 1..rows {
        painter.hline(area.x_range(), area.top() + area.height() * n as f32 / rows as f32, stroke);
    }
}

fn curve(painter: &Painter, points: Vec<Pos2>, colour: Color32) {
    painter.add(Shape::line(points, Stroke::new(1.8, colour)));
}

/// Transfer curve: output level over input level, each −60 to 0 dBFS.
fn transfer(painter: &Painter, area: Rect, out: &dyn Fn(Db) -> Db) {
    grid(painter, area, 6, 6);
    let place = |input: f64, output: f64| {
        let share = |db: f64| ((db + 60.0) / 60.0) as f32;
        pos2(
            area.left() + area.width() * share(input),
            area.bottom() - area.height() * share(output),
        )
    };
    painter.line_segment([place(-60.0, -60.0), place(0.0, 0.0)], Stroke::new(1.0, theme::line()));
    let points = (-60..=0).map(f64::from).map(|level| place(level, out(Db(level)).0)).collect();
    curve(painter, points, theme::text());
}

/// History of the gain reduction: bars from the top, 18 dB at full height, newest at the right.
fn history(painter: &Painter, area: Rect, moments: &[f32]) {
    painter.rect_filled(area, 3.0, theme::panel());
    let step = area.width() / MOMENTS as f32;
    let from = MOMENTS - moments.len().min(MOMENTS);
    for (n, reduction) in moments.iter().enumerate() {
        let x = area.left() + (from + n) as f32 * step;
        let depth = (-reduction / 18.0).clamp(0.0, 1.0) * area.height();
        if depth > 0.3 {
            let bar =
                Rect::from_min_max(pos2(x, area.top()), pos2(x + step + 0.6, area.top() + depth));
            painter.rect_filled(bar, 0.0, theme::caution());
        }
    }
    let at = area.left_bottom() + vec2(4.0, -7.0);
    write(
        painter,
        at,
        Align2::LEFT_CENTER,
        say!("chain-picture-reduction"),
        (10.0, Weight::Regular),
        theme::dim(),
    );
}

/// Transfer curve of a waveshaper: output amplitude over input amplitude, −1 to 1.
fn waveform(painter: &Painter, area: Rect, out: &dyn Fn(f64) -> f64) {
    grid(painter, area, 4, 4);
    let place = |x: f64, y: f64| {
        pos2(
            area.center().x + area.width() / 2.0 * x as f32,
            area.center().y - area.height() / 2.0 * (y / 1.1) as f32,
        )
    };
    painter.line_segment([place(-1.0, -1.0), place(1.0, 1.0)], Stroke::new(1.0, theme::line()));
    let points = (-50..=50).map(|n| f64::from(n) / 50.0).map(|x| place(x, out(x))).collect();
    curve(painter, points, theme::text());
}

/// Stereo width over frequency. The curve closes below the mono frequency and shifts with the
/// rotation.
fn field(painter: &Painter, area: Rect, s: &StereoSettings) {
    grid(painter, area, 3, 4);
    let across = |hz: f64| area.left() + area.width() * ((hz / 20.0).log10() / 3.0) as f32;
    let width = |hz: f64| {
        let under = 1.0 / (1.0 + (hz / s.low.0).powi(2));
        let over = 1.0 - 1.0 / (1.0 + (hz / s.high.0).powi(2));
        let mono =
            if s.mono_below.0 > 20.0 { 1.0 / (1.0 + (s.mono_below.0 / hz).powi(4)) } else { 1.0 };
        s.width * (1.0 + (s.low_width - 1.0) * under) * (1.0 + (s.high_width - 1.0) * over) * mono
    };
    let tilt = (s.rotation / 45.0) as f32 * area.height() / 4.0;
    for sign in [-1.0f32, 1.0] {
        let points = (0..=60)
            .map(|n| 20.0 * 1000f64.powf(f64::from(n) / 60.0))
            .map(|hz| {
                let reach = (width(hz) / 2.0).min(1.0) as f32 * area.height() / 2.0;
                pos2(across(hz), area.center().y + sign * reach - tilt)
            })
            .collect();
        curve(painter, points, theme::accent());
    }
    let at = area.left_bottom() + vec2(4.0, -7.0);
    write(
        painter,
        at,
        Align2::LEFT_CENTER,
        say!("chain-picture-width"),
        (10.0, Weight::Regular),
        theme::dim(),
    );
}

/// Spectra before and after the processor, −96 to −6 dB.
pub fn spectra(painter: &Painter, area: Rect, spectrum: &Spectrum) {
    grid(painter, area, 3, 3);
    let line = |levels: &[f32], colour| {
        let last = levels.len().max(2) - 1;
        let points = levels
            .iter()
            .enumerate()
            .map(|(n, level)| {
                let up = ((level + 96.0) / 90.0).clamp(0.0, 1.0);
                pos2(
                    area.left() + area.width() * n as f32 / last as f32,
                    area.bottom() - area.height() * up,
                )
            })
            .collect();
        curve(painter, points, colour);
    };
    line(&spectrum.before, theme::line());
    line(&spectrum.after, theme::accent());
}

/// Envelope of a drum hit over 400 ms, before and after the processor.
fn hit(painter: &Painter, area: Rect, s: &TransientSettings) {
    grid(painter, area, 4, 4);
    let line = |attack: Db, sustain: Db, colour| {
        let points = (0..=80)
            .map(|n| f64::from(n) * 0.005)
            .map(|t| {
                let level = (t / 0.005).min(1.0) * (-t / 0.12).exp();
                // The attack gain goes within the first 30 ms; the sustain gain comes as the hit falls.
                let onset = (1.0 - t / 0.03).max(0.0);
                let fallen = -Db::from_factor((-t / 0.12).exp());
                let gain = Db(attack.0 * onset + sustain.0 * tail(fallen));
                let height = (level * gain.factor() / 2.5).min(1.0) as f32;
                pos2(
                    area.left() + area.width() * (t / 0.4) as f32,
                    area.bottom() - area.height() * height,
                )
            })
            .collect();
        curve(painter, points, colour);
    };
    line(Db::UNITY, Db::UNITY, theme::line());
    line(s.attack, s.sustain, theme::text());
}

/// An impulse of each channel, delayed, on a time axis of 100 ms. An inverted channel points down.
fn arrival(painter: &Painter, area: Rect, s: &DelaySettings) {
    grid(painter, area, 4, 2);
    let x = area.left() + area.width() * (s.time.0 / 0.1).clamp(0.0, 1.0) as f32;
    for (inverted, shift) in [(s.invert_left, -2.0), (s.invert_right, 2.0)] {
        let up = if inverted { 0.4 } else { -0.4 };
        let tip = pos2(x + shift, area.center().y + area.height() * up);
        let foot = pos2(x + shift, area.center().y);
        painter.line_segment([foot, tip], Stroke::new(2.0, theme::accent()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::chain::{Kind, MOST, Slot};
    use crate::playback::{BINS, Reading};
    use egui_kittest::Harness;

    #[test]
    fn every_processor_has_its_picture() {
        let wave = |phase: f32| -> Vec<f32> {
            (0..BINS).map(|n| -50.0 + 20.0 * (n as f32 * 0.1 + phase).sin()).collect()
        };
        let heard = Heard {
            reductions: [Db(-3.2); MOST],
            playing: true,
            reading: Reading {
                spectrum: Spectrum { before: wave(0.3), after: wave(0.0) },
                ..Reading::default()
            },
            ..Heard::default()
        };
        let moments: Vec<f32> = (0..MOMENTS).map(|n| -6.0 * (n as f32 * 0.1).sin().abs()).collect();
        let mut slots: Vec<Slot> = Kind::ALL.into_iter().skip(1).map(Slot::new).collect();
        for slot in &mut slots {
            match &mut slot.processor {
                ProcessorSettings::Transient(s) => (s.attack, s.sustain) = (Db(6.0), Db(-6.0)),
                ProcessorSettings::Delay(s) => {
                    (s.time, s.invert_right) = (crate::units::Seconds(0.03), true);
                }
                ProcessorSettings::Stereo(s) => {
                    (s.width, s.mono_below) = (1.3, crate::units::Hz(150.0));
                }
                _ => {}
            }
        }
        let mut harness = Harness::builder()
            .with_size(vec2(1240.0, 440.0))
            .with_context_setup(theme::apply)
            .with_render_cursor(false)
            .renderer(crate::app::patient::PatientRenderer::default())
            .build_ui(|ui| {
                for (n, slot) in slots.iter().enumerate() {
                    let corner = pos2(8.0 + (n % 5) as f32 * 246.0, 8.0 + (n / 5) as f32 * 216.0);
                    let area = Rect::from_min_size(corner, vec2(238.0, 208.0));
                    show(ui, area, 0, slot, &heard, &moments);
                }
            });
        harness.run_steps(2);
        harness.snapshot("processors");
    }
}
