//! `stemwright files`: lists the state of a song's files, takes new exports, finds missing files,
//! and collects the song into a new folder.

use super::Outcome;
use super::progress::Line;
use super::song::{Loaded, loaded, save};
use crate::files::collect::collect;
use crate::files::take::{Located, accept, leave_silent, locate};
use crate::files::{FileOf, Found, State, all, file, find_below, look};
use crate::media::hashes::Hashes;
use crate::review::beside::carry;
use crate::session::Session;
use crate::session::naming::plain;
use anyhow::Context;
use std::path::{Path, PathBuf};

/// Says what became of the files of a song, and decides what becomes of them.
#[derive(clap::Args)]
pub struct Files {
    /// The session, or a folder that holds one
    session: PathBuf,
    /// Take new exports: of these files or stems, by name
    #[arg(long, value_name = "NAME", num_args = 1..)]
    use_new: Vec<String>,
    /// Take all new exports
    #[arg(long, conflicts_with = "use_new")]
    use_all_new: bool,
    /// Use another file for a file or stem: its name, and the file
    #[arg(long, num_args = 2, value_names = ["NAME", "FILE"])]
    locate: Vec<String>,
    /// Look for everything that is missing below a folder, by content and then by name
    #[arg(long, value_name = "DIR")]
    find: Option<PathBuf>,
    /// Leave files or stems silent while they are missing, by name
    #[arg(long, value_name = "NAME", num_args = 1..)]
    leave_silent: Vec<String>,
    /// Copy the song with all its files into a new folder in this one
    #[arg(long, value_name = "DIR")]
    collect: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Files {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let Loaded { mut session, base, path, folder } = loaded(&self.session)?;
        let hashes = Hashes::of_user();
        let found = look(&mut session, &folder, &hashes);
        let decided = self.decide(&mut session, &found, &folder, &hashes)?;
        if decided && session != base {
            save(&path, &base, &base, &session)?;
        }
        // The changes may have changed the state of the files.
        let found = if decided { look(&mut session, &folder, &hashes) } else { found };
        if let Some(into) = &self.collect {
            let line = Line::new("collecting");
            let shown = |share| line.show(share);
            let cancel = super::cancel_on_signal();
            let collected = collect(&session, &path, into, &shown, &cancel);
            line.clear();
            let collected = collected?;
            carry(&path, &collected.session)?;
            for note in &collected.notes {
                eprintln!("stemwright: {note}");
            }
            println!("{}", collected.session.display());
            let whole = collected.notes.is_empty();
            return Ok(if whole { Outcome::Fine } else { Outcome::Problem });
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&found)?);
        } else {
            for one in &found {
                let text =
                    one.sentence().unwrap_or_else(|| format!("{}: {}", one.file, one.state.word()));
                println!("{text}");
            }
        }
        let settled = |found: &Found| match found.state {
            State::Same | State::Moved { .. } => true,
            State::Missing { silent, .. } => silent,
            _ => false,
        };
        Ok(if found.iter().all(settled) { Outcome::Fine } else { Outcome::Problem })
    }

    /// Makes the changes that the options ask for; returns whether they ask for any.
    fn decide(
        &self,
        session: &mut Session,
        found: &[Found],
        folder: &Path,
        hashes: &Hashes,
    ) -> anyhow::Result<bool> {
        let new = found.iter().map(|found| found.of);
        let new: Vec<FileOf> = match self.use_all_new {
            true => {
                new.filter(|of| file(session, *of).is_some_and(|f| f.before.is_some())).collect()
            }
            false => named(session, &self.use_new)?,
        };
        for of in new {
            let edit = accept(session, of, &|_, _| false)
                .with_context(|| format!("{} was not exported again", name_of(session, of)))?;
            edit.apply(session)?;
        }
        for [name, path] in self.locate.as_chunks().0 {
            for of in named(session, std::slice::from_ref(name))? {
                self.point(session, of, Path::new(path), None, folder)?;
            }
        }
        if let Some(below) = &self.find {
            super::exists(below)?;
            let below = below.canonicalize()?;
            let lost = found.iter().filter(|found| !found.state.sounds());
            let lost: Vec<FileOf> = lost.map(|found| found.of).collect();
            for (of, path, right) in find_below(session, &lost, &below, folder, hashes) {
                self.point(session, of, &path, right.as_deref(), folder)?;
            }
        }
        for of in named(session, &self.leave_silent)? {
            let there = found.iter().any(|found| found.of == of && found.state.sounds());
            anyhow::ensure!(
                !there,
                "{} is there; mute the stem to leave it out",
                name_of(session, of)
            );
            if let Some(edit) = leave_silent(session, of) {
                edit.apply(session)?;
            }
        }
        let asked = !self.use_new.is_empty()
            || self.use_all_new
            || !self.locate.is_empty()
            || self.find.is_some()
            || !self.leave_silent.is_empty();
        Ok(asked)
    }

    /// Uses the file at `path` for `of`, and says so if it holds another sound.
    fn point(
        &self,
        session: &mut Session,
        of: FileOf,
        path: &Path,
        right: Option<&Path>,
        folder: &Path,
    ) -> anyhow::Result<()> {
        super::exists(path)?;
        if let Some(Located { edit, other }) = locate(session, of, path, right, folder)? {
            if other {
                let path = path.display();
                eprintln!("stemwright: {path} is not the same audio as the file that was added");
            }
            edit.apply(session)?;
        }
        Ok(())
    }
}

fn name_of(session: &Session, of: FileOf) -> String {
    file(session, of).map_or(String::new(), |file| file.place.path.clone())
}

/// Files by the names of their stems, or by their own paths and names.
///
/// # Errors
/// If no file has one of the names.
fn named(session: &Session, names: &[String]) -> anyhow::Result<Vec<FileOf>> {
    let find = |wanted: &String| {
        let wanted = plain(wanted);
        let mut every = all(session);
        let found = every.find(|(_, name, file)| {
            let places = file.places().flat_map(|place| [place.path.as_str(), place.name()]);
            [*name].into_iter().chain(places).any(|own| plain(own) == wanted)
        });
        found.map(|(of, ..)| of).with_context(|| {
            let known = all(session).map(|(.., file)| file.place.path.clone());
            format!(
                "there is no file or stem \u{201c}{wanted}\u{201d}; choose from {}",
                known.collect::<Vec<_>>().join(", ")
            )
        })
    };
    names.iter().map(find).collect()
}
