//! `stemwright beats`: finds tempo, beats, bars and key, and with `--save` writes them into the
//! session.

use super::Outcome;
use super::song::Opened;
use crate::arrange::key;
use std::path::PathBuf;

/// Finds tempo, beats, bars and key.
#[derive(clap::Args)]
pub struct BeatsOf {
    /// The session, or a folder that holds one
    session: PathBuf,
    /// Keep them in the session
    #[arg(long)]
    save: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl BeatsOf {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let mut opened = Opened::open(&self.session)?;
        let features = opened.listen()?;
        let Some(beats) = opened.beats(&features, true)? else { return Ok(Outcome::Problem) };
        let key = key::find(&features);
        if self.save {
            opened.save()?;
        }
        if self.json {
            let found = serde_json::json!({
                "tempo_bpm": beats.tempo,
                "beats_in_bar": beats.beats_in_bar,
                "downbeat_seconds": beats.downbeat,
                "bars_seconds": beats.bars,
                "certainty": beats.certainty,
                "key": key.as_ref().map(|key| &key.name),
                "key_likeness": key.as_ref().map(|key| key.likeness),
                "key_lead": key.as_ref().map(|key| key.lead),
            });
            println!("{}", serde_json::to_string_pretty(&found)?);
            return Ok(Outcome::Fine);
        }
        let steady = if beats.bars.is_empty() { "steady" } else { "it moves" };
        println!("{:.2} beats a minute, {steady}", beats.tempo);
        println!("{} beats in a bar, the first at {:.3}", beats.beats_in_bar, beats.downbeat);
        println!("{:.0} % of the clear onsets are on the beat", beats.certainty * 100.0);
        if let Some(key) = key {
            println!("{}", key.name);
        }
        Ok(Outcome::Fine)
    }
}
