use super::Outcome;
use super::song::Opened;
use std::path::PathBuf;

/// Finds tempo, beats and bars.
#[derive(clap::Args)]
pub struct BeatsOf {
    /// The session
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
            });
            println!("{}", serde_json::to_string_pretty(&found)?);
            return Ok(Outcome::Fine);
        }
        let steady = if beats.bars.is_empty() { "steady" } else { "it moves" };
        println!("{:.2} beats a minute, {steady}", beats.tempo);
        println!("{} beats in a bar, the first at {:.3}", beats.beats_in_bar, beats.downbeat);
        println!("{:.0} % of the clear onsets are on the beat", beats.certainty * 100.0);
        Ok(Outcome::Fine)
    }
}
