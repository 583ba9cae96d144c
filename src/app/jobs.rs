//! Background jobs ([`Jobs`]): each runs on a thread of its own, reports as [`News`], and wakes the
//! window, which takes the news at the next UI frame. Opening, measuring, masking and file dialogs
//! are here; other modules add their own jobs.

use crate::app::act::files::with_copies;
use crate::app::act::lyrics::Decision;
use crate::app::act::review::ReviewNews;
use crate::app::act::search::Found as FoundEdits;
use crate::app::board::{Board, Running};
use crate::app::delivering::NextExport;
use crate::app::dialog::PathQuestion;
use crate::app::document::Document;
use crate::app::examining::examined;
use crate::app::exports::Before;
use crate::app::heard::HeardFile;
use crate::app::keeper::KeeperEvent;
use crate::app::known_files::FileCheck;
use crate::app::measured::Figures;
use crate::app::measured::Processed;
use crate::app::opening::{Opened, open, opened};
use crate::app::panels::LeftOut;
use crate::app::save_job::SavedFile;
use crate::app::shelf::Shelf;
use crate::app::sounds::{measure_reference, waveforms};
use crate::arrange::words::Read;
use crate::dsp::strip::StripSettings;
use crate::engine::source::StemSource;
use crate::files::kept::Kept as Copies;
use crate::files::{FileOf, all, look, stamps};
use crate::intake::demo;
use crate::intake::examine::{Basis, Examination};
use crate::media::hashes::Hashes;
use crate::media::peaks::Peaks;
use crate::media::store::Store;
use crate::render::RenderError;
use crate::render::masking::{Masking, masking};
use crate::render::overview::overview;
use crate::review::exchange::Format;
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::ids::VersionId;
use crate::session::master::Alternates;
use crate::session::stem::{FileRef, StemId};
use crate::session::version::Version;
use crate::texts::say;
use crate::units::{Db, Lufs};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// Messages from jobs to the window. `document` is the number of the document that a job worked
/// for; news for a closed document is dropped.
pub enum News {
    /// A save has ended.
    Saved(Box<anyhow::Result<SavedFile>>),
    /// A session is ready to be shown.
    Opened(Box<Opened>),
    /// State of the session's files, and the references that changed.
    Looked {
        document: u64,
        looked: FileCheck,
        files: Vec<(FileOf, FileRef)>,
    },
    /// The stems and the rough mix are open for playback.
    Sources {
        document: u64,
        sources: Vec<StemSource>,
        reference: Option<StemSource>,
    },
    Peaks {
        document: u64,
        stem: StemId,
        peaks: Arc<Peaks>,
    },
    Figures {
        document: u64,
        state: u64,
        version: VersionId,
        figures: Box<Figures>,
    },
    /// Result of a masking search, for this state of the session.
    Masking {
        document: u64,
        state: u64,
        masking: Box<Masking>,
    },
    /// Loudness of both candidates of a blind test or of a comparison of revisions.
    Compared {
        document: u64,
        test: u64,
        loudness: [Lufs; 2],
    },
    /// Waveform of a stem after its chain.
    Processed {
        document: u64,
        stem: StemId,
        processed: Processed,
    },
    /// Tempo, bars, key and proposed edits.
    Edits {
        document: u64,
        found: Box<FoundEdits>,
    },
    /// A file of the session appeared, vanished or was written.
    Touched {
        document: u64,
    },
    /// The previous recording of a stem is open for playback.
    Before {
        document: u64,
        before: Before,
    },
    /// Result of a search for missing files.
    Located {
        document: u64,
        edits: Vec<Edit>,
        said: Vec<String>,
    },
    /// All waveforms are read and the stems are examined, as they are in `basis`; `None` if the
    /// examination failed.
    Prepared {
        document: u64,
        basis: Basis,
        examination: Option<Box<Examination>>,
    },
    /// Files that can become stems, and errors about the others.
    StemFiles {
        document: u64,
        files: Vec<FileRef>,
        refused: Vec<LeftOut>,
    },
    /// New files of mended stems.
    Mended {
        document: u64,
        files: Vec<(StemId, FileRef)>,
    },
    /// A file that was made is open for playback.
    File {
        document: u64,
        file: HeardFile,
    },
    /// The waveform of the reference.
    ReferencePeaks {
        document: u64,
        peaks: Arc<Peaks>,
    },
    /// The system has no file dialog: the window asks for a path.
    AskPath(PathQuestion),
    /// The chosen reference is open for playback.
    Reference {
        document: u64,
        reference: Option<StemSource>,
    },
    /// About the notes of a song; `notes` is the song's [`crate::app::notes::Notes::token`].
    Review {
        notes: Arc<()>,
        told: ReviewNews,
    },
    /// The keeper could not put unsaved work aside, or another window took the session over.
    Kept {
        document: u64,
        kept: KeeperEvent,
    },
    /// The other window gave up the session (`given`) or did not answer.
    TakeOver {
        path: PathBuf,
        given: bool,
    },
    /// Lyrics were read from the file `name`.
    Lyrics {
        document: u64,
        name: String,
        found: Read,
    },
    /// The edit of a decision about explicit words, for this state of the session.
    Decided {
        document: u64,
        state: u64,
        edit: Edit,
        decision: Decision,
    },
    /// The free name for the next package.
    NextExport {
        document: u64,
        next: Box<NextExport>,
    },
    /// Saved presets and templates for other songs.
    Shelf(Box<Shelf>),
    /// A message.
    Said(String),
    /// A message with a folder to open.
    Done(String, PathBuf),
    Picked(Picked),
    Failed(String),
}

/// A choice in a file dialog.
pub enum Picked {
    Open(PathBuf),
    Stems(Vec<PathBuf>),
    StemsFolder(PathBuf),
    SaveAs(PathBuf),
    Export(PathBuf),
    /// Output paths for the page of findings, and for the set of mended stems.
    Page(PathBuf),
    Mended(PathBuf),
    Lyrics(PathBuf),
    LyricsTo(PathBuf),
    Comments(Vec<PathBuf>),
    CommentsTo(PathBuf, Format),
    /// Output folder for the document of a round, and the round.
    Round(PathBuf, u32),
    ReviewPage(PathBuf),
    References(Vec<PathBuf>),
    /// A file for this stem or reference, and a folder in which missing files are searched.
    Located(FileOf, PathBuf),
    LocatedIn(PathBuf),
    /// Folder that the song and all its files are copied into.
    Collect(PathBuf),
}

/// Starts jobs and receives their news.
pub struct Jobs {
    pub(super) ctx: egui::Context,
    sender: Sender<News>,
    receiver: Receiver<News>,
    /// Running jobs that the window lists.
    pub board: Board,
    prepare_cancel: Arc<AtomicBool>,
    pub(super) examine_cancel: Arc<AtomicBool>,
    figures_cancel: Arc<AtomicBool>,
    masking_cancel: Arc<AtomicBool>,
    pub(super) processed_cancel: Arc<AtomicBool>,
    /// Threads for measurements, one fewer than there are cores, so that playback is not disturbed.
    pub(super) pool: Option<Arc<rayon::ThreadPool>>,
}

/// A pool with one thread fewer than there are cores; `None` if it cannot be created, and then jobs
/// use the global pool.
fn quiet_pool() -> Option<Arc<rayon::ThreadPool>> {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    let threads = cores.saturating_sub(1).max(1);
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok().map(Arc::new)
}

impl Jobs {
    pub fn new(ctx: &egui::Context) -> Self {
        let (sender, receiver) = channel();
        Self {
            ctx: ctx.clone(),
            sender,
            receiver,
            board: Board::default(),
            prepare_cancel: Arc::default(),
            examine_cancel: Arc::default(),
            figures_cancel: Arc::default(),
            masking_cancel: Arc::default(),
            processed_cancel: Arc::default(),
            pool: quiet_pool(),
        }
    }

    /// A function that sends news from any thread.
    pub fn teller(&self) -> impl Fn(News) + Send + 'static + use<> {
        let (sender, ctx) = (self.sender.clone(), self.ctx.clone());
        move |news| {
            let _ = sender.send(news);
            ctx.request_repaint();
        }
    }

    /// News that arrived since the last call.
    pub fn news(&self) -> Vec<News> {
        self.receiver.try_iter().collect()
    }

    /// Starts a job on a thread with this name. `work` gets the function that sends news.
    pub(super) fn spawn(
        &self,
        name: &str,
        work: impl FnOnce(&(dyn Fn(News) + Sync)) + Send + 'static,
    ) {
        let (sender, ctx) = (self.sender.clone(), self.ctx.clone());
        let say = move |news: News| {
            let _ = sender.send(news);
            ctx.request_repaint();
        };
        let spawned = std::thread::Builder::new().name(name.into()).spawn(move || work(&say));
        if let Err(error) = spawned {
            let text = say!("act-no-thread", error = error.to_string());
            let _ = self.sender.send(News::Failed(text));
        }
    }

    /// Starts a job that is listed as `shown` until it ends. `work` must check its last argument,
    /// which is set when the job is cancelled.
    pub(super) fn spawn_shown(
        &self,
        name: &str,
        shown: &str,
        cancel: Arc<AtomicBool>,
        work: impl FnOnce(&(dyn Fn(News) + Sync), &Running, &AtomicBool) + Send + 'static,
    ) {
        let running = self.board.begin(shown, &cancel);
        self.spawn(name, move |say| work(say, &running, &cancel));
    }

    /// Opens a session, or creates one from a folder or files.
    /// `settings` knows where its song was left off.
    pub fn open(&self, paths: Vec<PathBuf>, settings: Option<PathBuf>) {
        self.spawn_shown("open", say!("act-opening"), Arc::default(), move |say, _, cancel| {
            say(opened(open(&paths), settings.as_deref(), cancel));
        });
    }

    /// Opens the demo song; writes it first if it does not exist.
    pub fn open_demo(&self, settings: Option<PathBuf>) {
        self.spawn_shown("demo", say!("act-making-demo"), Arc::default(), move |say, _, cancel| {
            let folder = directories::ProjectDirs::from("", "", "Stemwright")
                .map_or_else(std::env::temp_dir, |dirs| dirs.data_dir().to_owned())
                .join("Demo song");
            let session = folder.join("BlueSky.stemwright");
            let written = if session.exists() { Ok(session) } else { demo::write(&folder) };
            let found = written.map_err(Into::into).and_then(|path| open(&[path]));
            say(opened(found, settings.as_deref(), cancel));
        });
    }

    /// Opens the stems for playback, in parallel, then reads waveforms, examines the stems, and
    /// keeps copies if asked. Cancels the previous run. Unless `looked` is set, first checks the
    /// files on disk and updates their references.
    pub fn prepare(
        &mut self,
        document: u64,
        session: &Session,
        folder: &Path,
        Preparing { looked, keep }: Preparing,
    ) {
        let cancel = renew(&mut self.prepare_cancel);
        self.examine_cancel.store(true, Ordering::Relaxed);
        let pool = self.pool.clone();
        let (mut session, folder) = (session.clone(), folder.to_owned());
        let shown = say!("act-opening-stems");
        self.spawn_shown("waveforms", shown, cancel, move |say, running, cancel| {
            if !looked {
                say(looked_at(document, &mut session, &folder));
            }
            let store = Store::of_user();
            let rate = session.sample_rate;
            let (done, all) = (AtomicUsize::new(0), session.stems.len() as f32);
            // Opening converts files that are not WAV at the session's rate.
            let opened: Result<Vec<StemSource>, _> = session
                .stems
                .par_iter()
                .map(|stem| {
                    let source = StemSource::open_or_silent(stem, &folder, rate, &store);
                    running.share((done.fetch_add(1, Ordering::Relaxed) + 1) as f32 / all);
                    source
                })
                .collect();
            let sources = match opened {
                Ok(sources) => sources,
                Err(error) => return say(News::Failed(error.to_string())),
            };
            let reference = session.reference.as_ref();
            let reference =
                reference.and_then(|file| StemSource::open_file(file, &folder, rate, &store).ok());
            say(News::Sources { document, sources, reference });
            running.name(say!("act-reading-waveforms"));
            waveforms(document, &session, &folder, &store, running, cancel, say);
            if cancel.load(Ordering::Relaxed) {
                return;
            }
            let pool = pool.as_deref();
            let whole = examined(document, &session, &folder, pool, running, cancel, say);
            if keep && whole {
                running.name(say!("act-keeping-copies"));
                Copies::of_user().keep(&session, &folder, cancel);
            }
        });
    }

    /// Checks every [`WATCH`] whether a file of the session appeared, vanished or was written,
    /// until `alive` is dropped.
    pub fn watch(&self, document: u64, session: &Session, folder: &Path, alive: &Arc<()>) {
        let files: Vec<FileRef> = all(session).map(|(.., file)| file.clone()).collect();
        let (alive, folder) = (Arc::downgrade(alive), folder.to_owned());
        self.spawn("watch", move |say| {
            let look = || -> Vec<_> { files.iter().map(|file| stamps(file, &folder)).collect() };
            let (mut known, mut last) = (look(), look());
            while alive.strong_count() > 0 {
                std::thread::sleep(WATCH);
                let now = look();
                // A file that still changes is reported later.
                if now == last && now != known {
                    known.clone_from(&now);
                    say(News::Touched { document });
                }
                last = now;
            }
        });
    }

    /// Measures the current version, its bypass loudness and the reference; cancels the previous
    /// measurement. Values in `known` that still apply are reused.
    pub fn figures(
        &mut self,
        document: &Document,
        number: u64,
        sources: Arc<Vec<StemSource>>,
        known: Option<&Figures>,
    ) {
        let compared = document.compared_file().cloned();
        let of = compared.as_ref().map(|file| file.content.hash.clone());
        let reference = known.and_then(|figures| figures.reference.clone());
        let reference = reference.filter(|known| Some(&known.of) == of.as_ref());
        let cancel = renew(&mut self.figures_cancel);
        let Some(version) = document.current_version() else { return };
        let (session, state) = (document.session.clone(), document.state());
        let folder = document.folder();
        let muted = session.stems.iter().map(|stem| stem.strip.mute).collect();
        let bypass_of = (version.id.clone(), muted);
        let bypass =
            known.filter(|figures| figures.bypass_of == bypass_of).map(|figures| figures.bypass);
        let pool = self.pool.clone();
        self.spawn_shown("figures", say!("act-measuring"), cancel, move |say, running, cancel| {
            let measured = |session: &Session, version: &Version| {
                let shown = |share| running.share(share);
                let work = || overview(session, version, &sources, &shown, cancel);
                match &pool {
                    Some(pool) => pool.install(work),
                    None => work(),
                }
            };
            let Ok(mix) = measured(&session, &version) else { return };
            let lead = session.full_mix_and_parts();
            let is_part = lead.iter().skip(1).any(|part| part.id == version.id);
            let asked = session.masters.iter().any(|m| m.alternates != Alternates::Own);
            let full = match lead.first().filter(|_| is_part && asked) {
                Some(full) => match measured(&session, full) {
                    Ok(full) => Some(full),
                    Err(_) => return,
                },
                None => None,
            };
            let mut flat = Session::clone(&session);
            let flat_loudness = bypass.map(Ok).unwrap_or_else(|| {
                flat.fader = Db::UNITY;
                for stem in &mut flat.stems {
                    stem.strip =
                        StripSettings { mute: stem.strip.mute, ..StripSettings::default() };
                    stem.automation = Default::default();
                    stem.chain.clear();
                }
                flat.chain.clear();
                measured(&flat, &version).map(|flat| flat.loudness.integrated)
            });
            let Ok(bypass) = flat_loudness else { return };
            let reference = reference.or_else(|| {
                measure_reference(compared.as_ref()?, &folder, session.sample_rate, cancel)
            });
            if cancel.load(Ordering::Relaxed) {
                return;
            }
            let figures = Box::new(Figures { mix, full, bypass, bypass_of, reference });
            let version = version.id;
            say(News::Figures { document: number, state, version, figures });
        });
    }

    /// Searches for the stems that mask this one; cancels the previous search.
    pub fn masking(
        &mut self,
        document: &Document,
        number: u64,
        sources: Arc<Vec<StemSource>>,
        stem: StemId,
    ) {
        let cancel = renew(&mut self.masking_cancel);
        let (session, state) = (document.session.clone(), document.state());
        let shown = say!("act-listening-for-masking");
        self.spawn_shown("masking", shown, cancel, move |say, _, cancel| {
            match masking(&session, &sources, stem, cancel) {
                Ok(found) => {
                    say(News::Masking { document: number, state, masking: Box::new(found) });
                }
                Err(RenderError::Cancelled) => {}
                Err(error) => say(News::Failed(error.to_string())),
            }
        });
    }
}

/// Options of [`Jobs::prepare`].
#[derive(Clone, Copy)]
pub struct Preparing {
    /// The files were checked a moment ago.
    pub looked: bool,
    /// Keep copies of the stems, to compare with later exports.
    pub keep: bool,
}

/// Interval of [`Jobs::watch`].
const WATCH: Duration = Duration::from_millis(1500);

/// Checks the files of a session on disk and updates its references; returns the news about it.
fn looked_at(document: u64, session: &mut Session, folder: &Path) -> News {
    let before: Vec<FileRef> = all(session).map(|(.., file)| file.clone()).collect();
    let found = look(session, folder, &Hashes::of_user());
    let others = all(session).zip(&before).filter(|((.., now), before)| now != before);
    let files = others.map(|((of, _, now), _)| (of, now.clone())).collect();
    let looked = with_copies(session, found);
    News::Looked { document, looked, files }
}

/// Cancels the previous job of a kind, and returns the flag for the next one.
pub(super) fn renew(cancel: &mut Arc<AtomicBool>) -> Arc<AtomicBool> {
    cancel.store(true, Ordering::Relaxed);
    *cancel = Arc::default();
    Arc::clone(cancel)
}
