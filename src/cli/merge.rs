use super::song::file_of;
use super::{Outcome, exists};
use crate::review::copies::{copies, lineage, merged, put_aside};
use crate::review::revisions::Revisions;
use crate::session::Session;
use crate::session::file::{load, writing};
use crate::session::merge::Side;
use anyhow::Context;
use std::path::PathBuf;

/// Merges copies of a session that a sync tool made when two people saved at the same time.
#[derive(clap::Args)]
pub struct Merge {
    /// The session, or a folder that holds one
    session: PathBuf,
    /// Its copies; those that lie beside it by default
    copies: Vec<PathBuf>,
    /// Where both changed the same, take what the session says
    #[arg(long, conflicts_with = "theirs")]
    ours: bool,
    /// Where both changed the same, take what the copy says
    #[arg(long)]
    theirs: bool,
    /// Take one side of one difference, by the number at which it is listed: 2=theirs. The others
    /// are as --ours or --theirs says
    #[arg(long, value_name = "N=SIDE", num_args = 1.., value_parser = choice)]
    take: Vec<(usize, Side)>,
}

fn choice(text: &str) -> Result<(usize, Side), String> {
    let wrong = || format!("write 2=ours or 2=theirs, not {text}");
    let (number, side) = text.split_once('=').ok_or_else(wrong)?;
    let side = match side {
        "ours" => Side::Ours,
        "theirs" => Side::Theirs,
        _ => return Err(wrong()),
    };
    let number: usize = number.parse().map_err(|_| wrong())?;
    Ok((number.checked_sub(1).ok_or_else(wrong)?, side))
}

impl Merge {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let path = file_of(&self.session)?;
        let all = if self.copies.is_empty() { copies(&path) } else { self.copies };
        if all.is_empty() {
            println!("no copies beside it");
        }
        let side = match (self.ours, self.theirs) {
            (true, _) => Some(Side::Ours),
            (_, true) => Some(Side::Theirs),
            _ => None,
        };
        anyhow::ensure!(
            self.take.is_empty() || all.len() == 1,
            "--take speaks of the differences of one copy; name it, there are {}",
            all.len()
        );
        let mut outcome = Outcome::Fine;
        for copy in all {
            exists(&copy)?;
            let writing = writing(&path)?;
            let ours = load(&path)?;
            let (both, theirs) = merged(&path, &ours, &copy)?;
            let mut sides = vec![side; both.conflicts.len()];
            for (n, side) in &self.take {
                let known = both.conflicts.len();
                let place = sides.get_mut(*n).with_context(|| {
                    format!("there is no difference {}; {known} are to be decided", n + 1)
                })?;
                *place = Some(*side);
            }
            let open = sides.contains(&None);
            for (n, conflict) in both.conflicts.iter().enumerate() {
                let [mine, other] = both.words(n)?;
                println!(
                    "{}. {}: {} here, {} there",
                    n + 1,
                    conflict.place.join(" "),
                    mine.join("; "),
                    other.join("; ")
                );
            }
            if open {
                println!(
                    "{}: say --ours or --theirs, or decide each: --take 1=ours 2=theirs",
                    copy.display()
                );
                outcome = Outcome::Problem;
                continue;
            }
            let session = both.with(&sides)?;
            let mut session = Session { lineage: lineage(&ours, &theirs), ..session };
            let _ = Revisions::of(&path).remember(&mut session);
            writing.save(&session, &path)?;
            println!("merged {}", put_aside(&path, &copy)?.display());
        }
        Ok(outcome)
    }
}
