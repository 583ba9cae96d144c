//! `stemwright merge`: merges copies of a session that a sync tool made, or keeps them apart.

use super::song::file_of;
use super::{Outcome, exists};
use crate::disk;
use crate::review::beside::come_home;
use crate::review::copies::{NeighbourCache, copies, keep_apart, merged, put_aside, together};
use crate::review::revisions::Revisions;
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
    /// They are no copies: each is a song of its own, and stays beside it
    #[arg(long, conflicts_with_all = ["ours", "theirs", "take"])]
    apart: bool,
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
        let all = match self.copies.is_empty() {
            true => copies(&path, &load(&path)?, &mut NeighbourCache::default()),
            false => self.copies,
        };
        if self.apart {
            for copy in all {
                keep_apart(&copy)?;
                println!("{} is a song of its own from now on", copy.display());
            }
            return Ok(Outcome::Fine);
        }
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
            let who =
                theirs.saved.as_ref().map_or_else(String::new, |saved| format!(", saved {saved}"));
            println!("{}{who}", copy.display());
            for line in both.news(&ours, Side::Ours)? {
                println!("   there: {line}");
            }
            for (n, conflict) in both.conflicts.iter().enumerate() {
                let words = both.words(n)?;
                let was =
                    words.was.map_or_else(String::new, |was| format!("; was: {}", was.join("; ")));
                println!(
                    "{}. {}: {} here, {} there{was}",
                    n + 1,
                    conflict.place.join(" "),
                    words.ours.join("; "),
                    words.theirs.join("; ")
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
            let mut session = together(&both, &sides, &ours, &theirs)?;
            let _ = Revisions::of(&path).remember(&mut session);
            session.sign(&disk::person());
            writing.save(&session, &path)?;
            println!("merged {}", put_aside(&path, &copy)?.display());
            // With the copy gone, comments and revisions beside it are recognised as the session's
            // own.
            come_home(&path, &session)?;
        }
        Ok(outcome)
    }
}
