use super::progress::Terminal;
use super::song::located;
use super::{Outcome, cancel_on_signal, figure};
use crate::delivery::package::Package;
use crate::delivery::sheet::{self, Contents, MasterLine};
use crate::delivery::{manifest, null};
use crate::intake::names::standard;
use crate::media::broadcast::date_and_time;
use crate::render::manifest::{FileReport, NAME as RENDERED, keep};
use crate::render::{Request, render};
use crate::session::Session;
use crate::session::naming::{compact, revisions};
use crate::session::version::{Selection, Version};
use crate::units::{Db, SampleRate, Seconds};
use anyhow::Context;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{SystemTime, UNIX_EPOCH};

/// A residual above this says that the exported stems are not the mix.
const PROVED: Db = Db(-90.0);

/// Makes a package of a revision.
#[derive(clap::Args)]
pub struct Deliver {
    /// The session
    session: PathBuf,
    /// Folder in which the package is made; the session's own by default
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Versions by id, comma-separated; all by default
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    versions: Vec<String>,
    /// Masters by id, comma-separated; all by default
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    masters: Vec<String>,
    /// Leave the stems out
    #[arg(long)]
    no_stems: bool,
    /// Leave the reference out
    #[arg(long)]
    no_reference: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Delivered {
    package: String,
    masters: Vec<FileReport>,
    stems: Vec<String>,
    /// What the exported stems leave of the full mix.
    stems_residual_db: Option<Db>,
    passed: bool,
}

/// The session's revision, or the next small one whose package is not there yet.
fn free_name(session: &mut Session, out: &Path) -> String {
    let title = compact(&session.song.title);
    for revision in revisions(&compact(&session.delivery.revision)) {
        let name = format!("{title}_v{revision}");
        if !out.join(&name).exists() {
            session.delivery.revision = revision;
            return name;
        }
    }
    title
}

impl Deliver {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let (mut session, folder) = located(&self.session)?;
        let out = self.output.clone().unwrap_or_else(|| folder.clone());
        let name = free_name(&mut session, &out);
        let package = Package::begin(&out, &name)?;
        let cancel = cancel_on_signal();
        let masters = self.masters(&session, &folder, &package, &cancel)?;
        let (stems, residual) = match self.no_stems {
            true => (Vec::new(), None),
            false => {
                let (stems, residual) = stems(&session, &folder, &package, &cancel)?;
                (stems, Some(residual))
            }
        };
        if let Some(reference) = session.reference.as_ref().filter(|_| !self.no_reference) {
            package.copy(&folder.join(&reference.path), "Reference")?;
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let (date, _) = date_and_time(now);
        let lines: Vec<MasterLine> = masters.iter().map(line_of).collect();
        let contents = Contents { masters: &lines, stems: &stems, residual, date: &date };
        package.put("Notes", "SessionSheet.txt", &sheet::text(&session, &contents))?;
        manifest::write(package.root())?;
        let place = package.finish()?;
        let proved = residual.is_none_or(|residual| residual < PROVED);
        let passed = proved && masters.iter().all(|file| file.passed);
        let package = place.display().to_string();
        let delivered = Delivered { package, masters, stems, stems_residual_db: residual, passed };
        if self.json {
            println!("{}", serde_json::to_string_pretty(&delivered)?);
        } else {
            print(&delivered);
        }
        Ok(if passed { Outcome::Fine } else { Outcome::Problem })
    }

    fn masters(
        &self,
        session: &Session,
        folder: &Path,
        package: &Package,
        cancel: &Arc<AtomicBool>,
    ) -> anyhow::Result<Vec<FileReport>> {
        let target = package.folder("Masters")?;
        let request = Request {
            folder: target.clone(),
            versions: self.versions.clone(),
            masters: self.masters.clone(),
            jobs: 0,
        };
        let terminal = Terminal::new();
        let result = render(session, folder, &request, &terminal, cancel);
        terminal.done();
        let mut report = result?;
        // The package moves: its list says where files lie in it.
        for file in &mut report.files {
            file.path = in_package(&file.path, package.root());
        }
        let list = target.join(RENDERED);
        std::fs::remove_file(&list)
            .with_context(|| format!("{} cannot be written", list.display()))?;
        keep(&report, &target)?;
        Ok(report.files)
    }
}

fn line_of(file: &FileReport) -> MasterLine {
    let length = Seconds(file.frames as f64 / f64::from(file.sample_rate.max(1)));
    let figures = format!(
        "{} LUFS, {} dBTP, LRA {} LU, {} bits, {}, {length:.3}",
        figure(file.integrated_lufs, 1),
        figure(file.true_peak_dbtp, 1),
        figure(file.loudness_range_lu, 1),
        file.bits,
        SampleRate(file.sample_rate),
    );
    let problems = file.problems.iter().map(|problem| format!("problem: {problem}"));
    let remarks = problems.chain(file.notes.iter().cloned()).collect();
    MasterLine { path: file.path.clone(), figures, remarks }
}

fn in_package(path: &str, root: &Path) -> String {
    let path = Path::new(path);
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// Writes every stem as it is in the mix, before the mix's own chain: at the session's rate, in
/// 32-bit float, which needs no dither; then reads them back against the mix.
fn stems(
    session: &Session,
    folder: &Path,
    package: &Package,
    cancel: &Arc<AtomicBool>,
) -> anyhow::Result<(Vec<String>, Db)> {
    let target = package.folder("Stems")?;
    let mut own = session.clone();
    own.chain.clear();
    own.delivery.pattern = "{version}".into();
    own.versions.clear();
    for (n, stem) in session.stems.iter().enumerate() {
        let selection = Selection::Stems { ids: vec![stem.id] };
        own.versions.push(Version::new(&format!("stem{n}"), &format!("Stem {n}"), selection));
    }
    own.versions.push(Version::new("sum", "Sum", Selection::All));
    let request = Request {
        folder: target.clone(),
        versions: Vec::new(),
        masters: vec!["mix".into()],
        jobs: 0,
    };
    let terminal = Terminal::new();
    let result = render(&own, folder, &request, &terminal, cancel);
    terminal.done();
    let report = result?;
    let place = |id: &str| {
        report.files.iter().find(|file| file.version == id).map(|f| PathBuf::from(&f.path))
    };
    let (mut names, mut paths) = (Vec::new(), Vec::new());
    for (n, stem) in session.stems.iter().enumerate() {
        let name = format!("{}.wav", standard(n + 1, &stem.name));
        let from = place(&format!("stem{n}")).context("a stem was not written")?;
        let to = target.join(&name);
        std::fs::rename(&from, &to)
            .with_context(|| format!("{} cannot be written", to.display()))?;
        names.push(name);
        paths.push(to);
    }
    let sum = place("sum").context("the mix was not written")?;
    let residual = null::residual(&paths, &sum)?;
    for path in [sum, target.join(RENDERED)] {
        std::fs::remove_file(&path)
            .with_context(|| format!("{} cannot be removed", path.display()))?;
    }
    Ok((names, residual))
}

fn print(delivered: &Delivered) {
    println!("{}", delivered.package);
    for file in &delivered.masters {
        let verdict = if file.passed { "verified" } else { "needs a look" };
        println!("  {}: {verdict}", file.path);
        for problem in &file.problems {
            println!("    problem: {problem}");
        }
    }
    if let Some(residual) = delivered.stems_residual_db {
        let count = delivered.stems.len();
        println!("  {count} stems; read back, they leave {residual:.1} dB of the full mix");
    }
}
