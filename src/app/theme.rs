//! Colours, type and sizes of the window.

use crate::session::stem::Role;
use egui::{Align2, Color32, FontData, FontDefinitions, FontFamily, FontId, Painter, Pos2, Rect};
use std::sync::Arc;

pub const BACKGROUND: Color32 = Color32::from_rgb(0x11, 0x13, 0x18);
pub const PANEL: Color32 = Color32::from_rgb(0x18, 0x1B, 0x21);
/// The head of the lane that is selected.
pub const SELECTED: Color32 = Color32::from_rgb(0x1D, 0x20, 0x27);
pub const RAISED: Color32 = Color32::from_rgb(0x21, 0x25, 0x2D);
pub const LINE: Color32 = Color32::from_rgb(0x2D, 0x33, 0x3D);
pub const TEXT: Color32 = Color32::from_rgb(0xE8, 0xEA, 0xEE);
pub const DIM: Color32 = Color32::from_rgb(0x8D, 0x95, 0xA3);
pub const ACCENT: Color32 = Color32::from_rgb(0x6F, 0xD3, 0xB5);
pub const GOOD: Color32 = Color32::from_rgb(0x62, 0xC3, 0x8B);
pub const CAUTION: Color32 = Color32::from_rgb(0xD9, 0xA4, 0x41);
pub const OVER: Color32 = Color32::from_rgb(0xE2, 0x72, 0x5B);
/// Text on an accent-coloured surface.
pub const ON_ACCENT: Color32 = Color32::from_rgb(0x0E, 0x1A, 0x17);

pub const RADIUS: f32 = 8.0;

pub fn role_colour(role: Role) -> Color32 {
    let (r, g, b) = match role {
        Role::Drums => (0xE2, 0x72, 0x5B),
        Role::Bass => (0xD9, 0xA4, 0x41),
        Role::Guitars => (0x62, 0xC3, 0x8B),
        Role::Keys => (0x4F, 0xC1, 0xC9),
        Role::LeadVocals => (0x5F, 0xA8, 0xE8),
        Role::BackingVocals => (0x8C, 0x8C, 0xF0),
        Role::Strings => (0xE5, 0x9A, 0xC0),
        Role::Brass => (0xD8, 0xC3, 0x6A),
        Role::Effects => (0xB0, 0x7C, 0xD8),
        Role::Other => (0x9A, 0xA4, 0xB2),
    };
    Color32::from_rgb(r, g, b)
}

/// A colour over the background, without transparency.
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

/// Writes a line of text; returns where it stands.
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

/// Fonts (Inter with tabular figures) and the look of egui's own widgets.
pub fn apply(ctx: &egui::Context) {
    let mut fonts = FontDefinitions::empty();
    let files: [(&str, &[u8]); 3] = [
        ("regular", include_bytes!("../../assets/fonts/Inter-Regular.otf")),
        ("medium", include_bytes!("../../assets/fonts/Inter-Medium.otf")),
        ("semibold", include_bytes!("../../assets/fonts/Inter-SemiBold.otf")),
    ];
    for (name, bytes) in files {
        fonts.font_data.insert(name.into(), Arc::new(FontData::from_static(bytes)));
        fonts.families.insert(FontFamily::Name(name.into()), vec![name.into()]);
    }
    fonts.families.insert(FontFamily::Proportional, vec!["regular".into()]);
    fonts.families.insert(FontFamily::Monospace, vec!["regular".into()]);
    ctx.set_fonts(fonts);
    ctx.set_theme(egui::Theme::Dark);
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
        visuals.panel_fill = BACKGROUND;
        visuals.window_fill = RAISED;
        visuals.extreme_bg_color = BACKGROUND;
        visuals.override_text_color = Some(TEXT);
        visuals.window_stroke = egui::Stroke::new(1.0, LINE);
        visuals.selection.bg_fill = mixed(ACCENT, 0.35, PANEL);
        visuals.selection.stroke = egui::Stroke::new(1.0, ACCENT);
        visuals.widgets.inactive.weak_bg_fill = RAISED;
        visuals.widgets.inactive.bg_fill = RAISED;
        visuals.widgets.hovered.weak_bg_fill = LINE;
        visuals.widgets.hovered.bg_fill = LINE;
        visuals.widgets.active.weak_bg_fill = LINE;
        style.spacing.item_spacing = egui::vec2(8.0, 6.0);
        style.spacing.button_padding = egui::vec2(10.0, 5.0);
        style.interaction.tooltip_delay = 0.4;
    });
}
