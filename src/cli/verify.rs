//! `stemwright verify`: checks a package, as a folder or as archives, against its list of files.

use super::progress::Line;
use super::{Outcome, exists};
use crate::delivery::{archive, manifest};
use crate::units::counted;
use std::path::PathBuf;

/// Checks a package against its list.
#[derive(clap::Args)]
pub struct Verify {
    /// The folder of the package, or all its archives
    #[arg(required = true, value_name = "PACKAGE")]
    package: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub fn run(self) -> anyhow::Result<Outcome> {
        self.package.iter().try_for_each(|path| exists(path))?;
        let line = Line::new("verifying");
        let progress = |share| line.show(share);
        let result = match self.package.as_slice() {
            [folder] if folder.is_dir() => manifest::verify(folder, &progress),
            archives => archive::verify(archives, &progress),
        };
        line.clear();
        let verified = result?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&verified)?);
        } else {
            println!("{} as packed", counted(verified.good, "file"));
            let lists = [
                ("changed", &verified.changed),
                ("missing", &verified.missing),
                ("leads out of the package, not looked at", &verified.refused),
                ("not on the list", &verified.unlisted),
            ];
            for (what, names) in lists {
                names.iter().for_each(|name| println!("{name}: {what}"));
            }
            verified.odd.iter().for_each(|text| println!("{text}"));
        }
        Ok(if verified.passed() { Outcome::Fine } else { Outcome::Problem })
    }
}
