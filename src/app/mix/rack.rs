//! The rack below the timeline: the pages Chain, Strip, Masking and Balances of the selected stem.

use super::headers::{change, pan_parameter};
use super::{balances, flat, masking};
use crate::app::chain::{self};
use crate::app::menu;
use crate::app::open_song::OpenSong;
use crate::app::panels::Panels;
use crate::app::panels::chain::Owner;
use crate::app::panels::mix::Page;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write, write_within};
use crate::app::widgets::value::{level, number};
use crate::app::widgets::{Notch, Parameter, checkbox, choice, knob, push, segments};
use crate::dsp::pan::PanLaw;
use crate::dsp::strip::StripSettings;
use crate::session::TrimPlace;
use crate::session::edit::Edit;
use crate::session::stem::{Role, Stem};
use crate::texts::{self, say};
use crate::units::{Db, Pan};
use egui::{Align2, Rect, Stroke, Ui, pos2, vec2};

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    ui.painter().rect_filled(rect, 0.0, theme::background());
    let Some(song) = seen.song else { return };
    let Some(stem) = song.selected_stem() else { return };
    let index = song.session.stems.iter().position(|known| known.id == stem.id).unwrap_or(0);
    let painter = ui.painter().clone();
    painter.rect_filled(
        Rect::from_min_size(rect.min, vec2(4.0, rect.height())),
        0.0,
        theme::stem_colour(stem),
    );
    let at = |x: f32, y: f32| pos2(rect.left() + x, rect.top() + y);
    let title = format!("{:02} {}", index + 1, stem.name);
    let pages =
        Rect::from_min_size(pos2(rect.right() - 724.0, rect.top() + 9.0), vec2(294.0, 28.0));
    // A long name ends before the tabs of the pages; where they take the room, there is none.
    let width = pages.left() - 8.0 - at(18.0, 0.0).x;
    let facts = if panels.mix.page == Page::Strip {
        format!("{} · {}", stem.file.info.describe(), stem.file.place.path)
    } else {
        chain::line(&Owner::Stem(stem.id).chain(song))
    };
    if width > 60.0 {
        let bold = (15.0, Weight::SemiBold);
        write_within(&painter, at(18.0, 22.0), width, title, bold, theme::text());
        let font = (12.0, Weight::Regular);
        write_within(&painter, at(18.0, 42.0), width, facts, font, theme::dim());
    }
    let names = [
        say!("mix-rack-chain"),
        say!("mix-rack-strip"),
        say!("mix-rack-masking"),
        say!("mix-rack-balances"),
    ];
    if let Some(page) = segments(ui, pages, &names, panels.mix.page as usize) {
        panels.mix.page = Page::ALL.get(page).copied().unwrap_or_default();
    }
    let top = rect.top() + 58.0;
    let area = Rect::from_min_max(pos2(rect.left() + 18.0, top), rect.max - vec2(8.0, 4.0));
    if panels.mix.page == Page::Balances {
        balances::show(seen, panels, ui, area);
        return;
    }
    if panels.mix.page == Page::Masking {
        masking::show(seen, panels, ui, area, stem);
        return;
    }
    if panels.mix.page == Page::Chain {
        let right = pos2(rect.right() - 18.0, rect.top() + 23.0);
        chain::commands(seen, panels, ui, right, Owner::Stem(stem.id));
        chain::cards(seen, panels, ui, area, Owner::Stem(stem.id));
        return;
    }
    let reset = Rect::from_min_max(
        pos2(rect.right() - 116.0, rect.top() + 9.0),
        pos2(rect.right() - 18.0, rect.top() + 35.0),
    );
    if push(ui, reset, say!("mix-reset-strip"), false).clicked() {
        let settings = flat(&stem.strip);
        seen.edit(Edit::Strip { stem: stem.id, settings });
    }
    let bottom = (rect.bottom() - 12.0).min(top + 237.0);
    let card = |left: f32, width: f32| {
        Rect::from_min_max(pos2(rect.left() + left, top), pos2(rect.left() + left + width, bottom))
    };
    input(seen, song, ui, card(18.0, 250.0), stem);
    stereo(seen, song, ui, card(280.0, 250.0), stem);
    output(seen, ui, card(542.0, 230.0), stem);
    regions(ui, card(784.0, (rect.width() - 784.0 - 18.0).max(120.0)), stem);
}

/// Background of a card, with its name and a lamp that is lit if `at_work`.
fn card(ui: &Ui, rect: Rect, name: &str, at_work: bool) {
    ui.painter().rect_filled(rect, theme::RADIUS + 2.0, theme::panel());
    let lamp = if at_work { theme::accent() } else { theme::line() };
    ui.painter().circle_filled(pos2(rect.left() + 16.0, rect.top() + 17.0), 4.5, lamp);
    write(
        ui.painter(),
        pos2(rect.left() + 28.0, rect.top() + 17.0),
        Align2::LEFT_CENTER,
        name,
        (13.5, Weight::SemiBold),
        theme::text(),
    );
}

fn label(ui: &Ui, at: egui::Pos2, text: &str) {
    write(ui.painter(), at, Align2::LEFT_CENTER, text, (12.5, Weight::Regular), theme::text());
}

fn ring(card: Rect, x: f32) -> Rect {
    Rect::from_center_size(pos2(card.left() + x, card.top() + 76.0), vec2(44.0, 44.0))
}

fn input(seen: &Seen<'_>, song: &OpenSong, ui: &mut Ui, area: Rect, stem: &Stem) {
    let strip = stem.strip;
    card(ui, area, say!("mix-input"), strip.trim != Db::UNITY || strip.invert);
    let name = say!("mix-trim-of", stem = &stem.name);
    let parameter = Parameter {
        name: &name,
        value: strip.trim.0,
        default: 0.0,
        to_position: &|db| (db + 24.0) / 48.0,
        from_position: &|position| position * 48.0 - 24.0,
        show: &|db| format!("{:+.1} dB", Db(db)),
        read: &level,
        notch: Notch::By(0.5),
    };
    let moved = knob(ui, ring(area, 54.0), say!("mix-trim"), &parameter);
    change(seen, stem, moved, |strip, value| strip.trim = Db(value));
    let tick = Rect::from_min_size(pos2(area.left() + 116.0, area.top() + 58.0), vec2(18.0, 18.0));
    let name = say!("mix-inverted-of", stem = &stem.name);
    if checkbox(ui, tick, &name, strip.invert).clicked() {
        seen.edit(Edit::Strip {
            stem: stem.id,
            settings: StripSettings { invert: !strip.invert, ..strip },
        });
    }
    label(ui, pos2(tick.right() + 8.0, tick.center().y), say!("mix-inverted"));
    // Old sessions have the trim after the chain. They keep their sound until the user moves it.
    if song.session.trim == TrimPlace::AfterChain {
        let tick = tick.translate(vec2(0.0, 28.0));
        let after = checkbox(ui, tick, say!("mix-trim-after-chain"), true)
            .on_hover_text(say!("mix-trim-after-chain-hint"));
        if after.clicked() {
            seen.edit(Edit::Trim(TrimPlace::BeforeChain));
        }
        label(ui, pos2(tick.right() + 8.0, tick.center().y), say!("mix-after-chain"));
    }
    label(ui, pos2(area.left() + 16.0, area.top() + 146.0), say!("mix-role"));
    let list = Rect::from_min_max(
        pos2(area.left() + 62.0, area.top() + 131.0),
        pos2(area.right() - 16.0, area.top() + 161.0),
    );
    let names = menu::role_names();
    let current = texts::word("role", stem.role.name());
    if let Some(role) =
        choice(ui, list, say!("mix-role"), current, &names).and_then(|n| Role::ALL.get(n))
    {
        seen.edit(Edit::Role { stem: stem.id, role: *role });
    }
}

fn stereo(seen: &Seen<'_>, song: &OpenSong, ui: &mut Ui, area: Rect, stem: &Stem) {
    let strip = stem.strip;
    let mono = stem.file.info.channels == 1;
    card(ui, area, say!("mix-stereo"), strip.pan != Pan(0.0) || (!mono && strip.width != 1.0));
    let name = say!("mix-position-of", stem = &stem.name);
    let moved = knob(
        ui,
        ring(area, 54.0),
        if mono { say!("mix-pan") } else { say!("mix-stereo-balance") },
        &pan_parameter(&name, strip.pan),
    );
    change(seen, stem, moved, |strip, value| strip.pan = Pan(value));
    if !mono {
        let name = say!("mix-width-of", stem = &stem.name);
        let parameter = Parameter {
            name: &name,
            value: strip.width * 100.0,
            default: 100.0,
            to_position: &|percent| percent / 200.0,
            from_position: &|position| (position * 200.0).round(),
            show: &|percent| format!("{percent:.0} %"),
            read: &number,
            notch: Notch::By(2.0),
        };
        let moved = knob(ui, ring(area, 150.0), say!("mix-width"), &parameter);
        change(seen, stem, moved, |strip, value| strip.width = value / 100.0);
        return;
    }
    label(ui, pos2(area.left() + 16.0, area.top() + 146.0), say!("mix-law"));
    let list = Rect::from_min_max(
        pos2(area.left() + 62.0, area.top() + 131.0),
        pos2(area.right() - 16.0, area.top() + 161.0),
    );
    let name = |law: PanLaw| texts::word("pan-law", law.name());
    let names = PanLaw::ALL.map(|law| name(law).to_string());
    let current = name(song.session.pan_law);
    if let Some(law) =
        choice(ui, list, say!("mix-pan-law"), current, &names).and_then(|n| PanLaw::ALL.get(n))
    {
        seen.edit(Edit::PanLaw(*law));
    }
}

fn output(seen: &Seen<'_>, ui: &mut Ui, area: Rect, stem: &Stem) {
    let strip = stem.strip;
    card(ui, area, say!("mix-output"), !strip.mute);
    let names = [
        (say!("mix-mute"), say!("mix-mute-of", stem = &stem.name)),
        (say!("mix-solo-listening"), say!("mix-solo-listening-of", stem = &stem.name)),
        (say!("mix-solo-safe"), say!("mix-solo-safe-of", stem = &stem.name)),
    ];
    let rows: [(bool, fn(&mut StripSettings)); 3] = [
        (strip.mute, |strip| strip.mute = !strip.mute),
        (strip.solo, |strip| strip.solo = !strip.solo),
        (strip.solo_safe, |strip| strip.solo_safe = !strip.solo_safe),
    ];
    for (n, ((text, name), (on, toggle))) in names.into_iter().zip(rows).enumerate() {
        let tick = Rect::from_min_size(
            pos2(area.left() + 16.0, area.top() + 50.0 + n as f32 * 32.0),
            vec2(18.0, 18.0),
        );
        if checkbox(ui, tick, &name, on).clicked() {
            let mut settings = strip;
            toggle(&mut settings);
            seen.edit(Edit::Strip { stem: stem.id, settings });
        }
        label(ui, pos2(tick.right() + 10.0, tick.center().y), text);
    }
}

fn regions(ui: &Ui, area: Rect, stem: &Stem) {
    card(ui, area, say!("mix-clean-regions"), !stem.clean.is_empty());
    let painter = ui.painter().with_clip_rect(area);
    let at = |y: f32| pos2(area.left() + 16.0, area.top() + y);
    if stem.clean.is_empty() {
        write(
            &painter,
            at(52.0),
            Align2::LEFT_CENTER,
            say!("mix-clean-none"),
            (12.0, Weight::Regular),
            theme::dim(),
        );
        return;
    }
    for (n, region) in stem.clean.iter().take(7).enumerate() {
        let y = 52.0 + n as f32 * 25.0;
        let (from, to) = (format!("{:.3}", region.start), format!("{:.3}", region.end));
        let text = say!("mix-clean-span", from = from, to = to);
        write(&painter, at(y), Align2::LEFT_CENTER, text, (12.5, Weight::Regular), theme::text());
        let end = pos2(area.right() - 16.0, area.top() + y);
        write(
            &painter,
            end,
            Align2::RIGHT_CENTER,
            texts::word("treatment", region.treatment.name()),
            (12.5, Weight::Regular),
            theme::dim(),
        );
        painter.hline(
            area.left() + 16.0..=area.right() - 16.0,
            area.top() + y + 12.0,
            Stroke::new(1.0, theme::raised()),
        );
    }
}
