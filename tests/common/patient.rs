//! Renders pictures of windows on busy machines: one picture at a time, and without giving up
//! after ten seconds. Tests that take no picture never create a graphics device.

use egui::{Context, FullOutput, TexturesDelta};
use egui_kittest::TestRenderer;
use egui_kittest::wgpu::WgpuTestRenderer;
use std::sync::{Mutex, PoisonError};

/// A picture is waited for ten seconds this many times.
const ATTEMPTS: usize = 12;

/// Held while a picture is drawn: the software renderer uses all cores for one.
static DRAWING: Mutex<()> = Mutex::new(());

/// Creates its renderer at the first picture.
#[derive(Default)]
pub struct PatientRenderer {
    renderer: Option<WgpuTestRenderer>,
    /// Textures for the renderer, until it is there.
    textures: TexturesDelta,
}

impl TestRenderer for PatientRenderer {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        match &mut self.renderer {
            Some(renderer) => renderer.handle_delta(delta),
            None => self.textures.append(std::mem::take(delta)),
        }
    }

    fn render(&mut self, ctx: &Context, output: &FullOutput) -> Result<image::RgbaImage, String> {
        let _one = DRAWING.lock().unwrap_or_else(PoisonError::into_inner);
        let renderer = self.renderer.get_or_insert_with(WgpuTestRenderer::new);
        if !self.textures.is_empty() {
            renderer.handle_delta(&mut self.textures);
        }
        let mut drawn = renderer.render(ctx, output);
        for _ in 1..ATTEMPTS {
            match &drawn {
                Err(error) if error.starts_with("PollError") => {
                    drawn = renderer.render(ctx, output);
                }
                _ => break,
            }
        }
        drawn
    }
}

impl Drop for PatientRenderer {
    fn drop(&mut self) {
        // Textures that no picture needed; egui complains about unused ones otherwise.
        self.textures.clear();
    }
}
