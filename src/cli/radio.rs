//! `stemwright radio`: proposes radio edits of a wanted length, and with `--take` writes one into a
//! version of the session.

use super::Outcome;
use super::song::Opened;
use crate::arrange::bars::Bars;
use crate::arrange::propose::{Proposal, Proposals, Wish, propose};
use crate::session::grid::Grid;
use crate::session::ids::VersionId;
use crate::session::version::Standard;
use crate::units::Seconds;
use anyhow::Context;
use std::path::PathBuf;

/// Finds radio edits.
#[derive(clap::Args)]
pub struct Radio {
    /// The session, or a folder that holds one
    session: PathBuf,
    /// How long it shall be: 3:30, 2:45.5
    #[arg(long, value_name = "TIME")]
    length: Seconds,
    /// How far from it, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    within: f64,
    /// Parts that must stay whole: 0:30-0:45, comma-separated
    #[arg(long, value_delimiter = ',', value_name = "LIST", value_parser = span)]
    keep: Vec<(Seconds, Seconds)>,
    /// Takes the proposal of this number into the session
    #[arg(long, value_name = "N")]
    take: Option<usize>,
    /// The version that it is for; the radio edit
    #[arg(long, value_name = "ID")]
    version: Option<VersionId>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn span(text: &str) -> Result<(Seconds, Seconds), String> {
    let both = text.split_once('-').ok_or("write two times with a dash between them")?;
    let (from, to): (Seconds, Seconds) = (both.0.parse()?, both.1.parse()?);
    if from.0 < to.0 {
        Ok((from, to))
    } else {
        Err("the second time is not after the first".into())
    }
}

impl Radio {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let mut opened = Opened::open(&self.session)?;
        let id = match self.take.is_some() || self.version.is_some() {
            true => Some(opened.version_id(self.version.as_ref(), Standard::RadioEdit)?),
            false => None,
        };
        let features = opened.listen()?;
        opened.beats(&features, false)?;
        let session = &opened.session;
        let grid = Grid::of(session).context("the session has no tempo")?;
        let bars = Bars::new(&features, &grid, session.lyrics.as_ref());
        let wish = Wish {
            length: self.length,
            tolerance: Seconds(self.within.max(0.0)),
            keep: self.keep.clone(),
        };
        let found = propose(session, &opened.sources, &bars, &wish)?;
        if let Some(number) = self.take {
            let taken = number.checked_sub(1).and_then(|n| found.list.get(n));
            let taken = taken.with_context(|| format!("there is no proposal {number}"))?;
            let mut versions = opened.session.versions.iter_mut();
            let version = versions.find(|known| id.as_ref() == Some(&known.id));
            let version = version.context("the version is gone")?;
            version.cuts.clone_from(&taken.cuts);
            version.fade = taken.fade;
            version.goal = Some(self.length);
            opened.save()?;
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&as_json(&found, &bars))?);
        } else {
            print(&found);
        }
        Ok(if found.list.is_empty() { Outcome::Problem } else { Outcome::Fine })
    }
}

fn as_json(found: &Proposals, bars: &Bars) -> serde_json::Value {
    let one = |proposal: &Proposal| {
        let joins = proposal.cuts.iter().zip(&proposal.joins).map(|(cut, cost)| {
            serde_json::json!({
                "start": cut.start, "end": cut.end, "cost": cost.total, "unlike": cost.alike,
                "spectral_jump_db": cost.spectrum, "level_jump_db": cost.level,
            })
        });
        serde_json::json!({
            "seconds": proposal.length, "cost": proposal.cost, "verdict": proposal.verdict(),
            "cuts": joins.collect::<Vec<_>>(), "fade": proposal.fade,
        })
    };
    let (spectrum, level) = bars.usual_jump();
    serde_json::json!({
        "proposals": found.list.iter().map(one).collect::<Vec<_>>(),
        "notes": found.notes,
        "bars_seconds": bars.starts,
        "usual_jump": { "spectral_db": spectrum, "level_db": level },
    })
}

fn print(found: &Proposals) {
    for (n, proposal) in found.list.iter().enumerate() {
        println!(
            "{}  {:.1}  {}, cost {:.2}",
            n + 1,
            proposal.length,
            proposal.verdict(),
            proposal.cost
        );
        for (cut, cost) in proposal.cuts.iter().zip(&proposal.joins) {
            let (from, to) = (cut.start, cut.end);
            println!("     cut {from:.3} to {to:.3}, join {:.2}", cost.total);
        }
        if let Some(fade) = proposal.fade {
            println!("     fade {:.1} to {:.1}", fade.start, fade.end);
        }
    }
    for note in &found.notes {
        println!("{note}");
    }
}
