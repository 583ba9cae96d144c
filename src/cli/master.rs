//! `stemwright master`: masters finished stereo files, each as a session with one stem that is not
//! saved.

use super::progress::{Terminal, print};
use super::{Outcome, cancel_on_signal, exists};
use crate::intake::folder::{absolute_folder, single};
use crate::render::manifest::Report;
use crate::render::{Request, render};
use crate::session::ids::MasterId;
use crate::session::master::{Target, presets, usual};
use crate::units::{Db, Lufs};
use anyhow::Context;
use std::path::PathBuf;

/// Masters finished files.
#[derive(clap::Args)]
pub struct Master {
    /// Stereo files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Folder for the masters; made if it does not exist
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Masters by id, comma-separated: streaming, cd, vinyl, broadcast, or a preset: apple,
    /// youtube, amazon, deezer, tidal, aes, podcast, club, r128, a85, netflix
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    masters: Vec<MasterId>,
    /// A loudness of your own, in LUFS
    #[arg(long, requires = "ceiling", allow_negative_numbers = true, value_name = "N")]
    lufs: Option<f64>,
    /// The true peak that goes with it, in dBTP
    #[arg(long, requires = "lufs", allow_negative_numbers = true, value_name = "N")]
    ceiling: Option<f64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Master {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let cancel = cancel_on_signal();
        let terminal = Terminal::new();
        std::fs::create_dir_all(&self.output).with_context(|| {
            format!("{} cannot be made; choose another folder", self.output.display())
        })?;
        let mut all = Report::default();
        for file in &self.files {
            exists(file)?;
            let title = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let folder = absolute_folder(file)?;
            let mut session = single(file, &title, &folder)?;
            let mut masters = self.masters.clone();
            if let (Some(lufs), Some(ceiling)) = (self.lufs, self.ceiling) {
                let mut own = usual().into_iter().next().context("no master to start from")?;
                (own.id, own.name) = ("own".into(), format!("{lufs} LUFS"));
                own.target =
                    Some(Target { loudness: Lufs(lufs), ceiling: Db(ceiling), limit: true });
                session.masters = vec![own];
                masters.clear();
            } else if !masters.is_empty() {
                session.masters.extend(presets());
            }
            session.delivery.pattern = "{project}_{master}_v{rev}".into();
            let request = Request {
                folder: self.output.clone(),
                versions: vec!["full".into()],
                masters,
                ..Request::default()
            };
            let result = render(&session, &folder, &request, &terminal, &cancel);
            terminal.done();
            let report = result?;
            all.files.extend(report.files);
            all.seconds += report.seconds;
            all.peak_memory_bytes = report.peak_memory_bytes;
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&all)?);
        } else {
            print(&all);
        }
        let passed = all.files.iter().all(|file| file.passed);
        Ok(if passed { Outcome::Fine } else { Outcome::Problem })
    }
}
