//! Writes the page for the client: one HTML file with the encoded audio in it. It plays from disk
//! or from any web space, contacts no server, and saves the client's notes as a small file that
//! `exchange` reads back. Main types: [`Request`] in, [`PageReport`] out; called by the window, the
//! command line and the delivery.
//!
//! Security: text that people wrote is embedded as data, never as markup. The content security
//! policy allows only the page's own script and style, and loads nothing.

mod kept;
mod tracks;

use crate::dates::today;
use crate::disk;
use crate::media::MediaError;
use crate::media::tags::escaped;
use crate::render::RenderError;
use crate::render::plan::{chosen_masters, chosen_versions};
use crate::render::progress::{Observer, Piece};
use crate::render::scratch::{Scratch, place};
use crate::review::ReviewError;
use crate::review::comments::{Comment, Review};
use crate::review::numbers::Sent;
use crate::review::revisions::Revisions;
use crate::session::Session;
use crate::session::ids::{MasterId, VersionId};
use crate::session::naming::{compact, numbered};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;
use tracks::{Track, tracks as heard};

const STYLE: &str = include_str!("../../../assets/pages/review.css");
const SCRIPT: &str = include_str!("../../../assets/pages/review.js");
const BODY: &str = include_str!("../../../assets/pages/review.html");

/// Default bit rate in kbit/s: usual for music that is listened to closely.
pub const KBPS: u32 = 160;

#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error(transparent)]
    Review(#[from] ReviewError),
    #[error("{} cannot be written: {cause}; choose another folder or free some space", path.display())]
    Write { path: PathBuf, cause: std::io::Error },
    #[error("there is no revision \u{201c}{name}\u{201d}; choose from {known}")]
    NoRevision { name: String, known: String },
    #[error("the page was cancelled; nothing of it is left")]
    Cancelled,
}

/// Options of one page.
#[derive(Clone, Debug)]
pub struct Request {
    /// Ids of the versions on the page; empty for all versions of the session.
    pub versions: Vec<VersionId>,
    /// Id of the master through which the versions are rendered.
    pub master: MasterId,
    /// Earlier revisions to compare with, by name.
    pub revisions: Vec<String>,
    /// Opus bit rate in kbit/s.
    pub kbps: u32,
    /// Also write the tracks as WAV files beside the page, and link them.
    pub wav: bool,
    /// Show the comments made so far.
    pub comments: bool,
    /// Name of the current state on the page.
    pub revision: String,
    /// Path of the session file; its revisions lie beside it. `None` for a session without a file.
    pub session: Option<PathBuf>,
    /// Path of the HTML file to write.
    pub out: PathBuf,
    /// Render versions with missing stems without those stems. Otherwise the page uses a master
    /// kept with a revision.
    pub allow_missing: bool,
}

impl Request {
    /// All versions through the first master, at [`KBPS`].
    pub fn new(session: &Session, path: Option<&Path>, out: PathBuf) -> Self {
        Self {
            versions: Vec::new(),
            master: session.masters.first().map(|master| master.id.clone()).unwrap_or_default(),
            revisions: Vec::new(),
            kbps: KBPS,
            wav: false,
            comments: true,
            revision: path.map_or_else(
                || session.delivery.revision.clone(),
                |path| Revisions::of(path).name_of(session),
            ),
            session: path.map(Path::to_owned),
            out,
            allow_missing: false,
        }
    }
}

/// Result of [`make`].
#[derive(Clone, Debug, Serialize)]
pub struct PageReport {
    /// Path of the page.
    pub page: String,
    /// Size of the page.
    pub bytes: u64,
    /// Paths of the WAV files beside the page.
    pub files: Vec<String>,
    pub tracks: Vec<TrackReport>,
}

/// One track of the page.
#[derive(Clone, Debug, Serialize)]
pub struct TrackReport {
    pub version: VersionId,
    /// Name of the revision, or of the current state.
    pub revision: String,
    pub integrated_lufs: Option<f64>,
    /// Size of the encoded audio.
    pub bytes: usize,
    /// A remark for the listener, such as missing stems; empty if there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Whether the track has audio.
    pub sounds: bool,
}

#[derive(Serialize)]
struct Data<'a> {
    format: &'static str,
    /// Hash of the stems; tells songs of the same title apart.
    song: String,
    title: &'a str,
    artist: &'a str,
    seconds: f64,
    made: String,
    revision: &'a str,
    tracks: Vec<Track>,
    sections: Vec<(&'a str, f64)>,
    /// Subjects that a comment can name: id and display name.
    subjects: Vec<(String, String)>,
    comments: Vec<&'a Comment>,
    /// Name of the document that keeps these comment numbers.
    document: String,
}

/// File name of the page: `BlueSky_v1.1_Review.html`.
pub fn name(session: &Session, revision: &str) -> String {
    format!("{}_v{}_Review.html", compact(&session.song.title), compact(revision))
}

/// Path of the page in `folder`, with a number appended if the file exists.
pub fn free(session: &Session, revision: &str, folder: &Path) -> PathBuf {
    let plain = name(session, revision);
    let stem = plain.trim_end_matches(".html");
    let mut all = numbered(stem).map(|name| folder.join(format!("{name}.html")));
    all.find(|path| !path.exists()).unwrap_or_else(|| folder.join(&plain))
}

/// Renders, encodes and writes the page. `folder` is the base of the session's relative paths.
pub fn make(
    session: &Session,
    folder: &Path,
    review: &Review,
    request: &Request,
    observer: &dyn Observer,
    cancel: &AtomicBool,
) -> Result<PageReport, PageError> {
    let out = &request.out;
    let target = match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Refuse unknown versions and masters before reading any file.
    chosen_versions(session, &request.versions)?;
    let named = Some(&request.master).filter(|master| !master.is_empty());
    chosen_masters(session, &named.into_iter().cloned().collect::<Vec<_>>())?;
    let states = states(session, request)?;
    let (share, started) = (1.0 / states.len().max(1) as f32, Instant::now());
    let mut tracks = Vec::new();
    // In the page's folder, because the WAV files move from here to their place beside the page.
    let scratch = Scratch::new(target)?;
    for (n, (revision, state)) in states.iter().enumerate() {
        let from = n as f32 * share;
        let piece = Piece { observer, started, from, to: from + share, shown: false };
        observer.stage("rendering the versions of the page");
        let beside = scratch.path(&format!("state-{n}"));
        let heard = heard(state, folder, revision, request, &beside, &piece, cancel)?;
        let file = |track: &Track| beside.join(format!("{}.wav", track.version));
        tracks.extend(heard.into_iter().map(|track| (file(&track), track)));
    }
    let mut files = Vec::new();
    for (file, track) in tracks.iter_mut().filter(|(_, track)| request.wav && track.sounds) {
        let title = compact(&session.song.title);
        let name = format!("{title}_{}_v{}.wav", compact(&track.name), compact(&track.revision));
        let placed = place(file, &target.join(name))?;
        track.wav = placed.file_name().map(|name| name.to_string_lossy().into_owned());
        files.push(placed.display().to_string());
    }
    let tracks: Vec<Track> = tracks.into_iter().map(|(_, track)| track).collect();
    let made = tracks.iter().map(|track| TrackReport {
        version: track.version.clone(),
        revision: track.revision.clone(),
        integrated_lufs: track.lufs,
        bytes: track.audio.len(),
        note: track.note.clone(),
        sounds: track.sounds,
    });
    let made = made.collect();
    let page = written(session, review, request, tracks);
    if let Err(cause) = disk::write(out, page.as_bytes()) {
        // Nothing links to the WAV files without the page.
        files.iter().for_each(|file| drop(std::fs::remove_file(file)));
        return Err(PageError::Write { path: out.to_owned(), cause });
    }
    Ok(PageReport {
        page: out.display().to_string(),
        bytes: page.len() as u64,
        files,
        tracks: made,
    })
}

/// The current session, followed by the requested revisions, each with its name.
fn states(session: &Session, request: &Request) -> Result<Vec<(String, Session)>, PageError> {
    let mut states = vec![(request.revision.clone(), session.clone())];
    let revisions = request.session.as_deref().map(Revisions::of);
    let all = revisions.as_ref().map(Revisions::all).unwrap_or_default();
    for name in &request.revisions {
        let plain = name.strip_prefix('v').unwrap_or(name);
        let known = all.iter().rev().find(|revision| revision.name == plain);
        let (Some(revisions), Some(known)) = (&revisions, known) else {
            let known = all.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
            return Err(PageError::NoRevision { name: plain.into(), known });
        };
        states.push((plain.to_string(), revisions.session(known)?));
    }
    Ok(states)
}

/// Identifies the song by the content of its stems: the same on every machine, independent of the
/// title.
fn song(session: &Session) -> String {
    let mut hasher = blake3::Hasher::new();
    for stem in &session.stems {
        hasher.update(stem.file.content.hash.as_bytes());
    }
    hasher.finalize().to_hex().get(..16).unwrap_or_default().into()
}

/// The page as HTML.
fn written(session: &Session, review: &Review, request: &Request, tracks: Vec<Track>) -> String {
    let versions =
        session.versions.iter().map(|one| (format!("version:{}", one.id), one.name.clone()));
    let stems = session.stems.iter().map(|one| (format!("stem:{}", one.id.0), one.name.clone()));
    let mix = [("mix".to_string(), "The whole mix".to_string())];
    let comments: Vec<&Comment> = review.present().filter(|_| request.comments).collect();
    let audio: Vec<String> = tracks.iter().map(|track| STANDARD.encode(&track.audio)).collect();
    let data = Data {
        format: "stemwright-review",
        song: song(session),
        title: &session.song.title,
        artist: &session.song.artist,
        seconds: session.length().seconds(session.sample_rate).0,
        made: today(),
        revision: &request.revision,
        tracks,
        sections: session.sections.iter().map(|one| (one.name.as_str(), one.start.0)).collect(),
        subjects: mix.into_iter().chain(versions).chain(stems).collect(),
        document: Sent::of(&comments, String::new()).name(),
        comments,
    };
    // A `<` in the data could close the script element or open markup.
    let json = serde_json::to_string(&data).unwrap_or_default().replace('<', "\\u003c");
    let sounds = audio.iter().enumerate().map(|(n, audio)| {
        format!("<script type=\"text/plain\" id=\"audio-{n}\">{audio}</script>\n")
    });
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; \
         base-uri 'none'; form-action 'none'",
        hash(SCRIPT),
        hash(STYLE)
    );
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\"><link rel=\"icon\" href=\"data:,\">\n\
         <title>{title}: review</title><style>{STYLE}</style></head>\n<body>\n{BODY}\n\
         <script type=\"application/json\" id=\"data\">{json}</script>\n{sounds}\
         <script>{SCRIPT}</script>\n</body></html>\n",
        title = escaped(&session.song.title),
        sounds = sounds.collect::<String>(),
    )
}
