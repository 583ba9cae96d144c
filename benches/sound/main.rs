//! Measures every processor against theory, and against other installed limiters.
//!
//! `cargo bench --bench sound` writes a page of figures and its plots to `target/sound`; `-- FILE…`
//! measures the limiters on finished mixes too.

mod aliases;
mod bands;
mod conversion;
mod curves;
mod dynamics;
mod limiters;
mod page;
mod speed;

use page::Page;
use std::path::PathBuf;

fn main() {
    let files: Vec<PathBuf> =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).map(PathBuf::from).collect();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../sound");
    let mut page = Page::new(&folder);
    curves::equaliser(&mut page);
    bands::held(&mut page);
    bands::de_esser(&mut page);
    dynamics::compressor(&mut page);
    dynamics::gate(&mut page);
    dynamics::transients(&mut page);
    curves::saturation(&mut page);
    aliases::aliases(&mut page);
    limiters::limiters(&mut page, &files);
    conversion::dither(&mut page);
    conversion::resampler(&mut page);
    speed::speed(&mut page);
    let path = page.finish();
    println!("\nWritten to {}", path.display());
}
