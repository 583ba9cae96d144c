//! Pictures of faults: a stem above the reference where one comes late or is inverted, and single
//! samples where they are clipped, missing or click.

use crate::app::open_song::OpenSong;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write};
use crate::app::waves::{offset_wave, onset, reach, sample_wave};
use crate::engine::source::StemSource;
use crate::intake::findings::{Finding, Kind, Mend, Span};
use crate::session::stem::{Stem, StemId};
use crate::texts::say;
use crate::units::{Frames, Seconds};
use egui::{Align2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

const LANE: f32 = 42.0;

/// What a picture shows.
enum Picture {
    /// The stem above the reference, from this frame on; the stem comes so many frames late.
    Both { from: i64, frames: usize, late: i64 },
    /// Single samples of the stem.
    Samples { from: i64, frames: usize },
}

fn picture(seen: &Seen<'_>, song: &OpenSong, stem: &Stem, finding: &Finding) -> Option<Picture> {
    let rate = song.session.sample_rate;
    let at = finding.at.first().map(|span| span.from.frames(rate).0 as i64);
    let starts = || {
        let onset = onset(seen.measured.peaks.get(&stem.id)?)?;
        Some(onset as i64 + stem.offset())
    };
    match (&finding.mend, finding.kind) {
        (Some(Mend::Shift { frames }), _) if seen.heard.reference.is_some() => {
            let (late, onset) = (-frames, at.or_else(starts)?);
            let around = late.abs().max(rate.0 as i64 / 200);
            let from = onset - late.max(0) - around;
            Some(Picture::Both { from, frames: (7 * around) as usize, late })
        }
        (Some(Mend::Polarity), _) if seen.heard.reference.is_some() => {
            let from = at.or_else(starts)?;
            Some(Picture::Both { from, frames: rate.0 as usize / 50, late: 0 })
        }
        (_, Kind::Clipped | Kind::Over | Kind::Limited | Kind::Click) => {
            Some(Picture::Samples { from: at? - 90, frames: 240 })
        }
        // Before the sound begins, a constant offset lies beside the line of silence.
        (_, Kind::Dc) => {
            let frames = i64::from(rate.0) / 20;
            let from = (starts()? - frames).max(stem.offset());
            Some(Picture::Samples { from, frames: frames as usize })
        }
        (_, Kind::Dropout | Kind::Stuck) => {
            Some(Picture::Samples { from: at? - 700, frames: 2_400 })
        }
        _ => None,
    }
}

fn source<'a>(seen: &Seen<'a>, song: &OpenSong, stem: StemId) -> Option<&'a StemSource> {
    let n = song.session.stems.iter().position(|one| one.id == stem)?;
    seen.heard.sources.as_ref()?.get(n)
}

/// The place of a finding that is heard in stem and reference at once; `None` where the picture does
/// not show both.
pub fn both(
    seen: &Seen<'_>,
    song: &OpenSong,
    stem: Option<StemId>,
    finding: &Finding,
) -> Option<(StemId, Span)> {
    let stem = song.session.stem(stem?)?;
    let Picture::Both { from, frames, .. } = picture(seen, song, stem, finding)? else {
        return None;
    };
    let rate = song.session.sample_rate;
    let at = |frame: i64| Frames(frame.max(0) as u64).seconds(rate);
    Some((stem.id, Span { from: at(from), to: at(from + frames as i64) }))
}

/// Height of the picture of a finding, in points; `None` if it has none.
pub fn height(
    seen: &Seen<'_>,
    song: &OpenSong,
    stem: Option<StemId>,
    finding: &Finding,
) -> Option<f32> {
    let stem = song.session.stem(stem?)?;
    source(seen, song, stem.id)?;
    Some(match picture(seen, song, stem, finding)? {
        Picture::Both { .. } => 2.0 * LANE + 22.0,
        Picture::Samples { .. } => LANE + 30.0,
    })
}

pub fn show(
    seen: &Seen<'_>,
    song: &OpenSong,
    stem: Option<StemId>,
    finding: &Finding,
    ui: &Ui,
    area: Rect,
) {
    let Some(stem) = stem.and_then(|id| song.session.stem(id)) else { return };
    let (Some(source), Some(picture)) =
        (source(seen, song, stem.id), picture(seen, song, stem, finding))
    else {
        return;
    };
    let colour = theme::stem_colour(stem);
    let rate = song.session.sample_rate;
    let lane = |n: f32| {
        Rect::from_min_size(area.min + vec2(0.0, n * LANE), vec2(area.width(), LANE - 4.0))
    };
    let words = match picture {
        Picture::Both { from, frames, late } => {
            let line = Stroke::new(1.0, theme::line());
            for n in [0.0, 1.0] {
                ui.painter().hline(area.x_range(), lane(n).center().y, line);
            }
            let most = reach(source, from, frames);
            sample_wave(ui.painter(), lane(0.0), source, (from, frames), most, colour);
            if let Some(reference) = &seen.heard.reference {
                let from = from - seen.heard.reference_at;
                let most = reach(reference, from, frames);
                sample_wave(ui.painter(), lane(1.0), reference, (from, frames), most, theme::dim());
            }
            if late != 0 {
                // Where the stem is, and where the reference has it.
                let around = late.abs().max(i64::from(rate.0) / 200);
                let stem_at = late.max(0) + around;
                let x = |frame: i64| area.left() + area.width() * frame as f32 / frames as f32;
                for (frame, colour) in
                    [(stem_at - late, theme::accent()), (stem_at, theme::caution())]
                {
                    let stroke = Stroke::new(1.0, colour);
                    ui.painter().vline(x(frame), area.top()..=area.top() + 2.0 * LANE, stroke);
                }
            }
            let time = format!("{:.1}", rate_time(from, rate));
            say!("stems-picture-both", stem = &stem.name, time = time)
        }
        Picture::Samples { from, frames } => {
            let place = Rect::from_min_size(area.min, vec2(area.width(), LANE + 8.0));
            let line = Stroke::new(1.0, theme::line());
            ui.painter().hline(place.x_range(), place.center().y, line);
            if finding.kind == Kind::Dc {
                offset_wave(ui.painter(), place, source, (from, frames), colour);
            } else {
                let most = reach(source, from, frames).max(1e-4) * 1.1;
                sample_wave(ui.painter(), place, source, (from, frames), most, colour);
            }
            let length = frames as f64 / rate.hz().0 * 1000.0;
            let time = format!("{:.3}", rate_time(from, rate));
            say!("stems-picture-samples", length = format!("{length:.0}"), time = time)
        }
    };
    let at = pos2(area.left(), area.bottom() - 8.0);
    write(ui.painter(), at, Align2::LEFT_CENTER, &words, (11.0, Weight::Regular), theme::dim());
    let response = ui.interact(area, ui.scope_id().with("picture"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
}

fn rate_time(frame: i64, rate: crate::units::SampleRate) -> Seconds {
    Seconds(frame.max(0) as f64 / rate.hz().0)
}
