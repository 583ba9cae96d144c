//! Loudness and limiting over the song through the chosen master: short-term loudness, integrated
//! loudness of each section, and the limiter's reduction from above.

use crate::app::deeds::Play;
use crate::app::measured::Chosen;
use crate::app::mix::paint_section;
use crate::app::open_song::OpenSong;
use crate::app::plots::{figure, reduction};
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write};
use crate::engine::cuts::CutMap;
use crate::texts::say;
use crate::units::{Db, Lufs, Seconds};
use egui::{Align2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

/// Loudness at the upper and the lower edge.
const TOP: f64 = -4.0;
const BOTTOM: f64 = -34.0;
const MARKS: [f64; 5] = [-10.0, -14.0, -18.0, -24.0, -30.0];
/// Reduction that reaches as deep as the plot is high.
const DEEPEST: f32 = 18.0;

pub fn show(seen: &Seen<'_>, ui: &mut Ui, card: Rect) {
    ui.painter().rect_filled(card, theme::RADIUS + 2.0, theme::panel());
    let Some(song) = seen.song else { return };
    let plot = Rect::from_min_max(card.min + vec2(46.0, 40.0), card.max - vec2(14.0, 14.0));
    let y = |level: f64| {
        let share = ((TOP - level) / (TOP - BOTTOM)).clamp(0.0, 1.0) as f32;
        plot.top() + plot.height() * share
    };
    for level in MARKS {
        ui.painter().hline(plot.x_range(), y(level), Stroke::new(1.0, theme::raised()));
        let at = pos2(plot.left() - 8.0, y(level));
        let font = (11.0, Weight::Regular);
        write(
            ui.painter(),
            at,
            Align2::RIGHT_CENTER,
            format!("{:.0}", Db(level)),
            font,
            theme::dim(),
        );
    }
    let figures = seen.measured.figures.as_ref();
    let Some(chosen) = figures.and_then(|known| known.chosen(song, true)) else { return };
    let seconds = (chosen.history.len() as f64 / 10.0).max(0.1);
    let x = |at: f64| plot.left() + plot.width() * (at / seconds).clamp(0.0, 1.0) as f32;
    // Sections and playhead are times of the song; a version that leaves parts of it out is shorter.
    let map = song.cut_map();
    reduction(ui.painter(), plot, &chosen.reduction, DEEPEST);
    if let Some(target) = song.current_master().and_then(|master| master.target) {
        let line =
            [pos2(plot.left(), y(target.loudness.0)), pos2(plot.right(), y(target.loudness.0))];
        let stroke = Stroke::new(1.0, theme::accent());
        ui.painter().extend(Shape::dashed_line(&line, stroke, 3.0, 3.0));
    }
    let columns = (plot.width() as usize).max(1);
    let step = (chosen.history.len() / columns).max(1);
    let points = chosen.history.iter().enumerate().step_by(step);
    let points = points.map(|(n, level)| pos2(x(n as f64 / 10.0), y(level.0))).collect();
    ui.painter().add(Shape::line(points, Stroke::new(1.5, theme::accent())));
    let at = x(song.seconds(map.edited_frame(seen.heard.frame)).0);
    ui.painter().vline(at, plot.y_range(), Stroke::new(1.0, theme::text()));
    sections(song, ui, plot, &chosen, &map, &x, &y);
    pointer(seen, song, &chosen, ui, plot, seconds, &map);
}

/// Section names above, and a line at the integrated loudness of each section with its figure above
/// it.
fn sections(
    song: &OpenSong,
    ui: &Ui,
    plot: Rect,
    chosen: &Chosen,
    map: &CutMap,
    x: &dyn Fn(f64) -> f32,
    y: &dyn Fn(f64) -> f32,
) {
    let mut figures = Vec::new();
    for (name, start, end) in spans(song, map) {
        let (from, to) = (x(start.0), x(end.0));
        if to - from < 4.0 {
            continue;
        }
        let (top, bottom) = (plot.top() - 26.0, plot.top() - 9.0);
        let area = Rect::from_x_y_ranges(from + 1.0..=to - 1.0, top..=bottom);
        paint_section(ui, area, name);
        let Some(level) = chosen.between(start, end).finite() else { continue };
        let line = Stroke::new(1.5, theme::text());
        ui.painter().hline(from + 4.0..=to - 4.0, y(level), line);
        if to - from > 36.0 {
            let above = (y(level) - 10.0).max(plot.top() + 8.0);
            figures.push((pos2((from + to) / 2.0, above), level));
        }
    }
    for (at, level) in figures {
        let text = format!("{:.1}", Db(level));
        figure(ui.painter(), at, Align2::CENTER_CENTER, text, [theme::text(), theme::panel()]);
    }
}

/// Names of the sections with their starts and ends in the time of the chosen version. A section that
/// it leaves out ends where it starts.
fn spans<'a>(
    song: &'a OpenSong,
    map: &'a CutMap,
) -> impl Iterator<Item = (&'a str, Seconds, Seconds)> {
    let rate = song.session.sample_rate;
    let played = move |at| map.edited_time(at, rate);
    let all = &song.session.sections;
    let ends = all.iter().skip(1).map(|next| next.start).chain([song.length().seconds(rate)]);
    let both = all.iter().zip(ends);
    both.map(move |(section, end)| (section.name.as_str(), played(section.start), played(end)))
}

fn pointer(
    seen: &Seen<'_>,
    song: &OpenSong,
    chosen: &Chosen,
    ui: &Ui,
    plot: Rect,
    seconds: f64,
    map: &CutMap,
) {
    let response = ui.interact(plot, ui.scope_id().with("over the song"), Sense::click());
    response.widget_info(|| {
        let loudest = chosen.history.iter().map(|level| level.0).fold(f64::NEG_INFINITY, f64::max);
        let words = say!("master-over-song-words", loudness = format!("{:.1}", Lufs(loudest)));
        WidgetInfo::labeled(Role::Image, true, words)
    });
    let Some(at) = response.hover_pos() else { return };
    let time = f64::from((at.x - plot.left()) / plot.width().max(1.0)) * seconds;
    let n = (time * 10.0) as usize;
    let level = chosen.history.get(n).copied().unwrap_or(Lufs::SILENCE);
    let (shown, level) = (format!("{:.1}", Seconds(time)), format!("{level:.1}"));
    let words = match chosen.reduction.get(n) {
        Some(gain) => {
            say!("master-over-song-at", time = shown, loudness = level, gain = format!("{gain:.1}"))
        }
        None => format!("{shown}: {level} LUFS"),
    };
    if response.clicked() {
        let frame = Seconds(time).frames(song.session.sample_rate).0;
        seen.ask(Play::Seek(map.song_frame(frame)));
    }
    response.on_hover_text_at_pointer(words);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Section;
    use crate::session::history::tests::song;
    use crate::session::version::Cut;

    #[test]
    fn sections_and_playhead_keep_their_places_in_a_radio_edit() {
        let mut session = song();
        let whole = session.length().seconds(session.sample_rate).0;
        let at = |share: f64| Seconds(whole * share);
        session.sections = [("Verse", 0.0), ("Chorus", 0.25), ("Bridge", 0.5), ("Outro", 0.75)]
            .map(|(name, share)| Section::new(name, at(share)))
            .to_vec();
        if let Some(version) = session.versions.first_mut() {
            version.cuts = vec![Cut::new(at(0.25), at(0.5))];
        }
        let song = OpenSong::new(session, "Song.stemwright".into());
        let map = song.cut_map();
        let shares: Vec<(&str, f64, f64)> = spans(&song, &map)
            .map(|(name, from, to)| (name, from.0 / whole, to.0 / whole))
            .collect();
        let wanted = [
            ("Verse", 0.0, 0.25),
            ("Chorus", 0.25, 0.25),
            ("Bridge", 0.25, 0.5),
            ("Outro", 0.5, 0.75),
        ];
        for (found, wanted) in shares.iter().zip(wanted) {
            assert_eq!(found.0, wanted.0);
            assert!((found.1 - wanted.1).abs() < 0.01, "{found:?}");
            assert!((found.2 - wanted.2).abs() < 0.01, "{found:?}");
        }
        assert_eq!(shares.len(), 4);
        // What is clicked behind the cut is played there, and the playhead stands where it was clicked.
        let frame = song.length().0 * 6 / 10;
        assert_eq!(map.edited_frame(map.song_frame(frame)), frame);
        assert!(map.song_frame(frame) > frame);
    }
}
