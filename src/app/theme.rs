//! Colours, fonts and sizes of the window. Functions such as [`accent`] return colours of the
//! palette that the current thread draws with.

use crate::session::stem::{Colour, Role, Stem};
use egui::style::NumberFormatter;
use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Color32, FontData, FontDefinitions, FontFamily, FontId, Painter, Pos2, Rect};
use std::cell::Cell;
use std::sync::Arc;

/// The colours of a theme. Names say what a colour is for; both themes have all of them.
pub struct Palette {
    background: Color32,
    panel: Color32,
    selected: Color32,
    raised: Color32,
    line: Color32,
    text: Color32,
    dim: Color32,
    accent: Color32,
    good: Color32,
    caution: Color32,
    over: Color32,
    on_accent: Color32,
    /// Greatest contrast to the background, for parts under the pointer.
    strong: Color32,
    /// Drums, bass, guitars, keys, lead and backing vocals, strings, brass, effects, other.
    roles: [Color32; 10],
}

const fn rgb(code: u32) -> Color32 {
    Color32::from_rgb((code >> 16) as u8, (code >> 8) as u8, code as u8)
}

pub static DARK: Palette = Palette {
    background: rgb(0x11_13_18),
    panel: rgb(0x18_1B_21),
    selected: rgb(0x1D_20_27),
    raised: rgb(0x21_25_2D),
    line: rgb(0x2D_33_3D),
    text: rgb(0xE8_EA_EE),
    dim: rgb(0x8D_95_A3),
    accent: rgb(0x6F_D3_B5),
    good: rgb(0x62_C3_8B),
    caution: rgb(0xD9_A4_41),
    over: rgb(0xE2_72_5B),
    on_accent: rgb(0x0E_1A_17),
    strong: rgb(0xFF_FF_FF),
    roles: [
        rgb(0xE2_72_5B),
        rgb(0xD9_A4_41),
        rgb(0x62_C3_8B),
        rgb(0x4F_C1_C9),
        rgb(0x5F_A8_E8),
        rgb(0x8C_8C_F0),
        rgb(0xE5_9A_C0),
        rgb(0xD8_C3_6A),
        rgb(0xB0_7C_D8),
        rgb(0x9A_A4_B2),
    ],
};

pub static LIGHT: Palette = Palette {
    background: rgb(0xF3_F4_F6),
    panel: rgb(0xFC_FC_FD),
    selected: rgb(0xEE_F1_F4),
    raised: rgb(0xE7_EA_EE),
    line: rgb(0xCC_D2_DA),
    text: rgb(0x17_1A_20),
    dim: rgb(0x55_5D_6A),
    accent: rgb(0x0B_69_52),
    good: rgb(0x17_6B_3D),
    caution: rgb(0x86_56_00),
    over: rgb(0xB0_36_1D),
    on_accent: rgb(0xFF_FF_FF),
    strong: rgb(0x00_00_00),
    roles: [
        rgb(0xC7_55_3D),
        rgb(0xB0_7A_12),
        rgb(0x36_95_60),
        rgb(0x25_92_9A),
        rgb(0x35_7D_BE),
        rgb(0x62_62_CC),
        rgb(0xC0_62_95),
        rgb(0x9A_85_26),
        rgb(0x8A_54_B6),
        rgb(0x6B_76_86),
    ],
};

thread_local! {
    /// The palette that this thread draws with.
    static PALETTE: Cell<&'static Palette> = const { Cell::new(&DARK) };
}

/// Sets the palette that this thread draws with.
pub fn use_palette(palette: &'static Palette) {
    PALETTE.set(palette);
}

macro_rules! tokens {
    ($($(#[$about:meta])* $name:ident),+ $(,)?) => {
        $($(#[$about])* pub fn $name() -> Color32 { PALETTE.get().$name })+
    };
}

tokens! {
    background,
    panel,
    /// Header of the selected lane.
    selected,
    raised,
    line,
    text,
    dim,
    accent,
    good,
    caution,
    over,
    /// Text on an accent-coloured surface.
    on_accent,
    strong,
}

/// Share of the dim colour in the fill of a box that is not ticked.
const BOX: f32 = 0.45;

/// Corner radius of buttons and panels, in points.
pub const RADIUS: f32 = 8.0;

pub fn role_colour(role: Role) -> Color32 {
    PALETTE.get().role(role)
}

/// The colour that a person chose for a stem, else that of its role.
pub fn stem_colour(stem: &Stem) -> Color32 {
    stem.colour.map_or_else(|| role_colour(stem.role), chosen_colour)
}

pub fn chosen_colour(colour: Colour) -> Color32 {
    let place = Colour::ALL.iter().position(|known| *known == colour);
    place.and_then(|n| PALETTE.get().roles.get(n).copied()).unwrap_or(dim())
}

impl Palette {
    fn role(&self, role: Role) -> Color32 {
        let [drums, bass, guitars, keys, lead, backing, strings, brass, effects, other] =
            self.roles;
        match role {
            Role::Drums => drums,
            Role::Bass => bass,
            Role::Guitars => guitars,
            Role::Keys => keys,
            Role::LeadVocals => lead,
            Role::BackingVocals => backing,
            Role::Strings => strings,
            Role::Brass => brass,
            Role::Effects => effects,
            Role::Other => other,
        }
    }
}

/// Opaque mix of two colours: `share` of `colour`, the rest of `under`.
pub fn mixed(colour: Color32, share: f32, under: Color32) -> Color32 {
    let mix = |a: u8, b: u8| (f32::from(a) * share + f32::from(b) * (1.0 - share)).round() as u8;
    Color32::from_rgb(
        mix(colour.r(), under.r()),
        mix(colour.g(), under.g()),
        mix(colour.b(), under.b()),
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Regular,
    Medium,
    SemiBold,
}

pub fn font(size: f32, weight: Weight) -> FontId {
    let family = match weight {
        Weight::Regular => FontFamily::Proportional,
        Weight::Medium => FontFamily::Name("medium".into()),
        Weight::SemiBold => FontFamily::Name("semibold".into()),
    };
    FontId::new(size, family)
}

/// Draws one line of text from `at` (left, middle) that ends in an ellipsis where it is wider than
/// `width` points. Returns whether it was cut.
pub fn write_within(
    painter: &Painter,
    at: Pos2,
    width: f32,
    text: impl Into<String>,
    (size, weight): (f32, Weight),
    colour: Color32,
) -> bool {
    let mut job = LayoutJob::simple_singleline(text.into(), font(size, weight), colour);
    job.wrap = TextWrapping::truncate_at_width(width.max(1.0));
    let galley = painter.layout_job(job);
    let cut = galley.elided;
    painter.galley(at - egui::vec2(0.0, galley.size().y / 2.0), galley, colour);
    cut
}

/// Share of its size to which a text shrinks where it has too little room.
const SMALLEST: f32 = 5.0 / 6.0;

/// Draws a line of text as [`write_within`], up to a sixth smaller where it would be cut otherwise.
/// For words of the program, which may be longer in other languages.
pub fn write_fitted(
    painter: &Painter,
    at: Pos2,
    width: f32,
    text: impl Into<String>,
    (size, weight): (f32, Weight),
    colour: Color32,
) -> bool {
    let text = text.into();
    let wide = width_of(painter, &text, (size, weight));
    let size = (size * width / wide.max(1.0)).clamp(size * SMALLEST, size);
    write_within(painter, at, width, text, (size, weight), colour)
}

/// Draws a line of text as [`write_fitted`], or nothing if it would be cut even so. For what is said
/// whole or not at all.
pub fn write_whole(
    painter: &Painter,
    at: Pos2,
    width: f32,
    text: &str,
    font: (f32, Weight),
    colour: Color32,
) {
    if width_of(painter, text, font) * SMALLEST <= width {
        write_fitted(painter, at, width, text, font, colour);
    }
}

/// Draws a line of text around `at`, where it is too wide by as much smaller as it may be. For what
/// lies within a control.
pub fn write_around(
    painter: &Painter,
    at: Pos2,
    width: f32,
    text: &str,
    ([size, least], weight): ([f32; 2], Weight),
    colour: Color32,
) {
    let wide = width_of(painter, text, (size, weight));
    let size = (size * width / wide.max(1.0)).clamp(least, size);
    write(painter, at, Align2::CENTER_CENTER, text, (size, weight), colour);
}

/// Width of a line of text, in points.
pub fn width_of(painter: &Painter, text: &str, (size, weight): (f32, Weight)) -> f32 {
    painter.layout_no_wrap(text.into(), font(size, weight), Color32::PLACEHOLDER).size().x
}

/// Draws a line of text of `size` points; returns its rectangle.
pub fn write(
    painter: &Painter,
    at: Pos2,
    align: Align2,
    text: impl ToString,
    (size, weight): (f32, Weight),
    colour: Color32,
) -> Rect {
    painter.text(at, align, text, font(size, weight), colour)
}

/// Heading of a group of widgets.
pub fn caption(ui: &mut egui::Ui, text: &str) {
    ui.label(egui::RichText::new(text).font(font(13.5, Weight::SemiBold)));
}

/// Installs the fonts (Inter with tabular figures) and styles egui's own widgets.
pub fn apply(ctx: &egui::Context) {
    let mut fonts = FontDefinitions::empty();
    let files: [(&str, &[u8]); 3] = [
        ("regular", crate::fonts::REGULAR),
        ("medium", crate::fonts::MEDIUM),
        ("semibold", crate::fonts::SEMI_BOLD),
    ];
    for (name, bytes) in files {
        fonts.font_data.insert(name.into(), Arc::new(FontData::from_static(bytes)));
        fonts.families.insert(FontFamily::Name(name.into()), vec![name.into()]);
    }
    fonts.families.insert(FontFamily::Proportional, vec!["regular".into()]);
    fonts.families.insert(FontFamily::Monospace, vec!["regular".into()]);
    ctx.set_fonts(fonts);
    restyle(ctx, &DARK, false);
}

/// Address of the palette, and `calm`, that egui's own widgets were styled with last.
#[derive(Clone, Copy, PartialEq)]
struct Styled(usize, bool);

/// Sets the palette of this thread and of egui's own widgets; `calm` switches animations off.
pub fn paint_with(ctx: &egui::Context, palette: &'static Palette, calm: bool) {
    use_palette(palette);
    let wanted = Styled(std::ptr::from_ref(palette) as usize, calm);
    let id = egui::Id::unique("styled");
    if ctx.data(|data| data.get_temp::<Styled>(id)) != Some(wanted) {
        ctx.data_mut(|data| data.insert_temp(id, wanted));
        restyle(ctx, palette, calm);
    }
}

fn restyle(ctx: &egui::Context, palette: &'static Palette, calm: bool) {
    use_palette(palette);
    let dark = std::ptr::eq(palette, &DARK);
    ctx.set_theme(if dark { egui::Theme::Dark } else { egui::Theme::Light });
    ctx.all_styles_mut(|style| {
        for (kind, size) in [
            (egui::TextStyle::Body, 13.0),
            (egui::TextStyle::Button, 13.0),
            (egui::TextStyle::Small, 11.5),
            (egui::TextStyle::Heading, 17.0),
            (egui::TextStyle::Monospace, 13.0),
        ] {
            style.text_styles.insert(kind, FontId::new(size, FontFamily::Proportional));
        }
        let visuals = &mut style.visuals;
        visuals.panel_fill = background();
        visuals.window_fill = panel();
        visuals.extreme_bg_color = background();
        visuals.override_text_color = Some(text());
        visuals.window_stroke = egui::Stroke::new(1.0, line());
        visuals.selection.bg_fill = mixed(accent(), 0.35, panel());
        visuals.selection.stroke = egui::Stroke::new(1.0, accent());
        visuals.widgets.inactive.weak_bg_fill = raised();
        // Boxes that are not ticked, which lie on panels without an edge.
        visuals.widgets.inactive.bg_fill = mixed(dim(), BOX, panel());
        visuals.widgets.hovered.weak_bg_fill = line();
        visuals.widgets.hovered.bg_fill = mixed(dim(), 0.6, panel());
        visuals.widgets.active.weak_bg_fill = line();
        visuals.widgets.open.weak_bg_fill = line();
        visuals.widgets.noninteractive.bg_stroke = egui::Stroke::new(1.0, line());
        visuals.weak_text_color = Some(dim());
        // Shows which widget has keyboard focus.
        visuals.widgets.active.bg_stroke = egui::Stroke::new(1.0, accent());
        visuals.hyperlink_color = accent();
        // A minus is a minus in every field; typed hyphens are read as before.
        style.number_formatter = NumberFormatter::new(|value, decimals| {
            egui::emath::format_with_decimals_in_range(value, decimals).replace('-', "\u{2212}")
        });
        style.spacing.item_spacing = egui::vec2(8.0, 6.0);
        style.spacing.button_padding = egui::vec2(10.0, 5.0);
        style.interaction.tooltip_delay = 0.4;
        if calm {
            style.animation_time = 0.0;
            style.scroll_animation = egui::style::ScrollAnimation::none();
        } else {
            style.animation_time = egui::Style::default().animation_time;
            style.scroll_animation = egui::style::ScrollAnimation::default();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast of two colours as WCAG 2.2 defines it (w3.org/TR/WCAG22, contrast ratio).
    fn contrast(a: Color32, b: Color32) -> f64 {
        let linear = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        let light =
            |c: Color32| 0.2126 * linear(c.r()) + 0.7152 * linear(c.g()) + 0.0722 * linear(c.b());
        let (a, b) = (light(a) + 0.05, light(b) + 0.05);
        a.max(b) / a.min(b)
    }

    #[test]
    fn text_stands_out_by_four_and_a_half_to_one_at_least() {
        for p in [&DARK, &LIGHT] {
            let inks = [p.text, p.dim, p.accent, p.good, p.caution, p.over];
            for (n, ink) in inks.into_iter().enumerate() {
                for under in [p.background, p.panel, p.selected, p.raised] {
                    let found = contrast(ink, under);
                    assert!(found >= 4.5, "ink {n} on {under:?}: {found:.2}");
                }
            }
            for under in [p.accent, p.good] {
                assert!(contrast(p.on_accent, under) >= 4.5);
            }
            let unticked = contrast(mixed(p.dim, BOX, p.panel), p.panel);
            assert!(unticked >= 1.8, "a box that is not ticked: {unticked:.2}");
            assert!(contrast(p.background, p.caution) >= 4.5, "a lit mute");
            assert!(contrast(p.text, p.line) >= 4.5, "a button under the pointer");
            for role in p.roles {
                assert!(contrast(role, p.background) >= 3.0, "a waveform");
            }
        }
    }
}
