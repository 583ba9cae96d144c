//! Whether every text of the window has room: in English and in the made-up language that is 40 %
//! longer, in windows of all sizes, with short names and long ones. Texts must not be cut, and
//! neither texts nor controls may lie over each other.

mod common;
#[path = "common/desk.rs"]
mod desk;

use desk::*;
use egui::accesskit::Role;
use egui::epaint::{ClippedShape, Shape, TextShape};
use egui::{Key, LayerId, Modifiers, Order, Rect, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{By, NodeT, Queryable};
use stemwright::app::{App, Look, View};
use stemwright::dsp::chain::{Kind, Slot};
use stemwright::session::edit::Edit;
use stemwright::texts::{Texts, choose_here};

/// A text as it is painted: what it says, its ink, and the part of the window that shows it.
struct Painted {
    text: String,
    ink: Rect,
    clip: Rect,
    elided: bool,
}

fn collect(shape: &Shape, clip: Rect, into: &mut Vec<Painted>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|one| collect(one, clip, into)),
        Shape::Text(TextShape { pos, galley, angle, .. }) if *angle == 0.0 => {
            let ink = galley.mesh_bounds.translate(pos.to_vec2());
            if ink.is_positive() && ink.intersect(clip).is_positive() {
                let text = galley.job.text.clone();
                into.push(Painted { text, ink, clip, elided: galley.elided });
            }
        }
        _ => {}
    }
}

/// The page or window that lies over the view, with its room: the largest of the areas.
fn page(harness: &Harness<'static, App>) -> Option<(LayerId, Rect)> {
    harness.ctx.memory(|memory| {
        let above = memory.areas().visible_layer_ids();
        let above = above.into_iter().filter(|layer| layer.order != Order::Background);
        let rooms = above.filter_map(|layer| Some((layer, memory.area_rect(layer.id)?)));
        rooms.max_by(|(_, a), (_, b)| a.area().total_cmp(&b.area()))
    })
}

/// The texts on top: those that are painted after the last shape that covers the page, or the whole
/// window where there is no page.
fn painted(harness: &Harness<'static, App>, page: Option<Rect>) -> Vec<Painted> {
    let shapes = &harness.output().shapes;
    let room = page.unwrap_or(harness.ctx.content_rect()).shrink(2.0);
    fn fills(shape: &Shape, clip: Rect, room: Rect) -> bool {
        match shape {
            Shape::Rect(shape) => shape.rect.intersect(clip).contains_rect(room),
            // A frame with its shadow.
            Shape::Vec(shapes) => shapes.iter().any(|one| fills(one, clip, room)),
            _ => false,
        }
    }
    let covers = |clipped: &ClippedShape| fills(&clipped.shape, clipped.clip_rect, room);
    let first = shapes.iter().rposition(covers).unwrap_or(0);
    let mut all = Vec::new();
    for ClippedShape { clip_rect, shape, .. } in &shapes[first..] {
        collect(shape, *clip_rect, &mut all);
    }
    assert!(all.len() > 1, "texts: {}", all.len());
    all
}

/// Parts of the window that scroll sideways, by their left edges: a text at their edge is seen
/// whole once it is scrolled to.
fn scrolls(view: View, clip: Rect) -> bool {
    match view {
        View::Mix | View::Master => (17.0..=18.0).contains(&clip.left()),
        View::Deliver | View::Versions => clip.left() == 24.0,
        View::Stems | View::Review => false,
    }
}

/// Texts that are cut at a side, and texts and controls that lie over another one. Names that a
/// person chose may end with an ellipsis, and a text scrolls within its field.
fn faults(harness: &Harness<'static, App>, view: View) -> Vec<String> {
    faults_of(harness, view, None)
}

/// The same of the page that lies over the view.
fn page_faults(harness: &Harness<'static, App>, view: View) -> Vec<String> {
    let page = page(harness);
    assert!(page.is_some(), "no page is open");
    faults_of(harness, view, page)
}

fn faults_of(
    harness: &Harness<'static, App>,
    view: View,
    page: Option<(LayerId, Rect)>,
) -> Vec<String> {
    let session = harness.state().session().unwrap();
    let names: Vec<&str> = (session.stems.iter().map(|stem| stem.name.as_str()))
        .chain(session.sections.iter().map(|section| section.name.as_str()))
        .chain(session.versions.iter().map(|version| version.name.as_str()))
        .collect();
    // The processors of a chain in one line are as many as they are.
    let may_end = |text: &str| {
        names.iter().any(|name| text == *name || text.ends_with(&format!(" {name}")))
            || text.contains(" \u{2192} ")
    };
    let fields: Vec<Rect> =
        harness.query_all_by_role(Role::TextInput).map(|node| node.rect().expand(4.0)).collect();
    let all = painted(harness, page.map(|(_, room)| room));
    let mut found = Vec::new();
    for (n, one) in all.iter().enumerate() {
        let Painted { text, ink, clip, elided } = one;
        let is_cut = ink.left() < clip.left() - 1.0 || ink.right() > clip.right() + 1.0;
        let in_field = fields.iter().any(|field| field.contains_rect(*clip));
        if *elided && !may_end(text) {
            found.push(format!("elided: {text:?} at {ink}"));
        } else if is_cut && !in_field && !scrolls(view, *clip) {
            found.push(format!("cut: {text:?} at {ink} by {clip}"));
        }
        for other in &all[n + 1..] {
            let both = ink.intersect(*clip).intersect(other.ink.intersect(other.clip));
            if both.width() > 1.5 && both.height() > 1.5 && other.text != *text {
                found.push(format!(
                    "over each other: {text:?} {ink}, {:?} {}",
                    other.text, other.ink
                ));
            }
        }
    }
    found.extend(overlaps(harness, page.map(|(layer, _)| layer)));
    found
}

/// Pairs of controls that lie partly over each other, in words: what can be clicked of each. A
/// control may lie within another, such as a button in a row.
fn overlaps(harness: &Harness<'static, App>, page: Option<LayerId>) -> Vec<String> {
    let is_control = |role| {
        matches!(
            role,
            Role::Button
                | Role::CheckBox
                | Role::ComboBox
                | Role::Slider
                | Role::TextInput
                | Role::Tab
        )
    };
    // AccessKit knows the whole of a control, egui what is left of it in its scrolled area. What is
    // behind a page cannot be reached.
    let widgets = harness.ctx.viewport(|viewport| viewport.prev_pass.widgets.clone());
    let shown = |rect: Rect| {
        let same = |other: Rect| {
            (other.min - rect.min).length() < 0.6 && (other.max - rect.max).length() < 0.6
        };
        let on_top = widgets.layers().filter(|(layer, _)| page.is_none_or(|page| **layer == page));
        let mut known = on_top.flat_map(|(_, layer)| layer);
        match known.find(|widget| same(widget.rect)) {
            Some(widget) => widget.interact_rect,
            None if page.is_some() => Rect::NOTHING,
            None => rect,
        }
    };
    let all: Vec<(String, Rect)> = harness
        .query_all(By::new().predicate(move |node| is_control(node.role())))
        .map(|node| (node.accesskit_node().label().unwrap_or_default(), shown(node.rect())))
        .filter(|(_, rect)| rect.is_positive())
        .collect();
    assert!(all.len() > if page.is_some() { 0 } else { 5 }, "controls: {}", all.len());
    let mut found = Vec::new();
    for (n, (name, rect)) in all.iter().enumerate() {
        for (other_name, other) in &all[n + 1..] {
            let both = rect.intersect(*other);
            let within =
                rect.expand(1.0).contains_rect(*other) || other.expand(1.0).contains_rect(*rect);
            if both.width() > 2.0 && both.height() > 2.0 && !within {
                found.push(format!("controls: {name} {rect} and {other_name} {other}"));
            }
        }
    }
    found
}

/// Goes through all views and gives what is wrong in each.
fn all_views(harness: &mut Harness<'static, App>) -> Vec<String> {
    let mut found = Vec::new();
    for view in View::ALL {
        harness.state_mut().show_view(view);
        harness.run_steps(4);
        until(harness, App::is_settled);
        harness.run_steps(2);
        found.extend(faults(harness, view).into_iter().map(|one| format!("{view:?} {one}")));
    }
    found
}

/// Sizes of windows in points, with the pixels of a point.
const SIZES: [(f32, f32, f32); 5] = [
    (1024.0, 700.0, 1.0),
    (1280.0, 720.0, 1.0),
    (1600.0, 1000.0, 1.0),
    (1920.0, 1080.0, 2.0),
    (3840.0, 2160.0, 1.0),
];

fn at_all_sizes(look: Look, prepare: impl Fn(&mut Harness<'static, App>)) {
    let mut found = Vec::new();
    for (width, height, pixels) in SIZES {
        let mut harness = window_on_demo_at(Vec2::new(width, height), pixels);
        harness.state_mut().preferences().look = look;
        prepare(&mut harness);
        harness.run_steps(3);
        let wrong = all_views(&mut harness);
        found.extend(wrong.into_iter().map(|one| format!("{width} x {height}: {one}")));
    }
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_text_has_room_in_english() {
    at_all_sizes(Look::Dark, |_| {});
}

#[test]
fn every_text_has_room_in_a_longer_language() {
    choose_here(Texts::longer());
    at_all_sizes(Look::Light, |_| {});
}

/// A name may be cut, with an ellipsis; what stands beside it may not, and nothing lies over it.
#[test]
fn long_names_push_nothing_away() {
    let mut found = Vec::new();
    for (width, height, pixels) in SIZES {
        let mut harness = window_on_demo_at(Vec2::new(width, height), pixels);
        let session = harness.state().session().unwrap();
        let stems: Vec<_> = session.stems.iter().map(|stem| stem.id).collect();
        for (n, stem) in stems.into_iter().enumerate() {
            let name = format!("{} a name that is longer than any column of it", n + 1);
            harness.state_mut().edit(Edit::Name { stem, name });
        }
        harness.run_steps(3);
        let wrong = all_views(&mut harness);
        found.extend(wrong.into_iter().map(|one| format!("{width} x {height}: {one}")));
    }
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), found.join("\n"));
}

/// What is opened over a view or beside it: pages, the mixer, the question before leaving.
fn pages(harness: &mut Harness<'static, App>) -> Vec<String> {
    use Modifiers as With;
    let mut found = Vec::new();
    let pages = [
        ("preferences", With::COMMAND, Key::Comma),
        ("keys", With::SHIFT, Key::Questionmark),
        ("manual", With::NONE, Key::F1),
        ("palette", With::COMMAND, Key::K),
        ("leaving", With::COMMAND, Key::Q),
        ("history", With::COMMAND, Key::H),
        ("mixer", With::NONE, Key::X),
    ];
    harness.state_mut().edit(Edit::MixFader(stemwright::units::Db(-1.0)));
    for (name, modifiers, key) in pages {
        harness.state_mut().show_view(View::Mix);
        harness.run_steps(2);
        press(harness, modifiers, key);
        harness.run_steps(10);
        let wrong = match name {
            "mixer" => faults(harness, View::Mix),
            _ => page_faults(harness, View::Mix),
        };
        found.extend(wrong.into_iter().map(|one| format!("{name} {one}")));
        match name {
            "history" | "mixer" => press(harness, modifiers, key),
            _ => press(harness, With::NONE, Key::Escape),
        }
        harness.run_steps(2);
    }
    harness.state_mut().show_view(View::Review);
    let sheets = [
        "review-page-rounds",
        "review-page-client",
        "review-page-files",
        "review-page-references",
        "review-page-brief",
    ];
    for page in sheets {
        harness.run_steps(2);
        harness.get_by_role_and_label(Role::Button, stemwright::texts::plain(page)).click();
        harness.run_steps(6);
        let wrong = page_faults(harness, View::Review);
        found.extend(wrong.into_iter().map(|one| format!("{page} {one}")));
        press(harness, With::NONE, Key::Escape);
    }
    found
}

/// Every processor, shown large in the Master view.
fn processors(harness: &mut Harness<'static, App>) -> Vec<String> {
    let mut found = Vec::new();
    harness.state_mut().show_view(View::Master);
    for kind in Kind::ALL {
        let slots = vec![Slot::new(kind)];
        harness.state_mut().edit(Edit::Chain { stem: None, slots });
        harness.run_steps(4);
        let wrong = faults(harness, View::Master);
        found.extend(wrong.into_iter().map(|one| format!("{} {one}", kind.name())));
    }
    found
}

fn pages_at_all_sizes() {
    let mut found = Vec::new();
    for (width, height, pixels) in SIZES {
        let mut harness = window_on_demo_at(Vec2::new(width, height), pixels);
        let wrong = pages(&mut harness).into_iter().chain(processors(&mut harness));
        found.extend(wrong.map(|one| format!("{width} x {height}: {one}")));
    }
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), found.join("\n"));
}

#[test]
fn pages_and_processors_have_room_in_english() {
    pages_at_all_sizes();
}

#[test]
fn pages_and_processors_have_room_in_a_longer_language() {
    choose_here(Texts::longer());
    pages_at_all_sizes();
}
