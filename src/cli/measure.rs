//! `stemwright measure`: measures loudness and peaks of audio files, in parallel.

use super::{Outcome, figure};
use crate::media::MediaError;
use crate::render::measure::{MeasuredFile, measure};
use crate::units::counted;
use rayon::prelude::*;
use std::path::PathBuf;

/// Measures files.
#[derive(clap::Args)]
pub struct Measure {
    /// Audio files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print JSON: an array with one object per file
    #[arg(long)]
    json: bool,
}

impl Measure {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let results: Vec<Result<MeasuredFile, MediaError>> = self
            .files
            .par_iter()
            .map(|path| {
                Ok(MeasuredFile::new(path, &measure(path, &mut |_| Ok::<(), MediaError>(()))?))
            })
            .collect();
        let (mut measured, mut failed) = (Vec::new(), false);
        for result in results {
            match result {
                Ok(file) => measured.push(file),
                Err(error) => {
                    eprintln!("stemwright: {error}");
                    failed = true;
                }
            }
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&measured)?);
        } else {
            for file in &measured {
                println!("{}", file.file);
                println!(
                    "    integrated {} LUFS, range {} LU, true peak {} dBTP, sample peak {} dBFS",
                    figure(file.integrated_lufs, 1),
                    figure(file.loudness_range_lu, 1),
                    figure(file.true_peak_dbtp, 1),
                    figure(file.sample_peak_dbfs, 1),
                );
                println!(
                    "    short-term at most {} LUFS, momentary at most {} LUFS",
                    figure(file.short_term_max_lufs, 1),
                    figure(file.momentary_max_lufs, 1),
                );
                if let Some(count) = file.invalid_samples {
                    let samples = counted(count as usize, "sample");
                    println!(
                        "    {samples} that are no numbers (NaN or infinite) are measured as \
                         silence; export the file again"
                    );
                }
            }
        }
        Ok(if failed { Outcome::Problem } else { Outcome::Fine })
    }
}
