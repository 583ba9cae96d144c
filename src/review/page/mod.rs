//! The page for the client: one HTML file with the sound in it, that plays from disk or from any
//! web space, asks nothing of any server, and takes notes that come back as a small file.
//!
//! Everything that people wrote is data in it, never markup; its policy lets nothing run but its
//! own script, and lets nothing be loaded from anywhere.

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

/// What is usual for music that is listened to closely.
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

/// What the page holds.
#[derive(Clone, Debug)]
pub struct Request {
    /// Ids of versions; empty for all of the session's.
    pub versions: Vec<String>,
    /// The master through which they are heard.
    pub master: String,
    /// Earlier revisions to compare with, by name.
    pub revisions: Vec<String>,
    pub kbps: u32,
    /// Also writes the files uncompressed beside the page, and links them.
    pub wav: bool,
    /// Shows what was said so far.
    pub comments: bool,
    /// What the state as it is now is called.
    pub revision: String,
    /// The file of the session, beside which its revisions lie.
    pub session: Option<PathBuf>,
    /// The file of the page.
    pub out: PathBuf,
    /// Where stems are missing their versions are made without them, instead of from masters that
    /// were kept.
    pub allow_missing: bool,
}

impl Request {
    /// All versions through the first master, at the usual rate.
    pub fn new(session: &Session, path: Option<&Path>, out: PathBuf) -> Self {
        Self {
            versions: Vec::new(),
            master: session.masters.first().map_or_else(String::new, |master| master.id.clone()),
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

/// What was made.
#[derive(Clone, Debug, Serialize)]
pub struct Made {
    pub page: String,
    pub bytes: u64,
    /// Uncompressed files beside it.
    pub files: Vec<String>,
    pub tracks: Vec<Heard>,
}

/// One sound of the page.
#[derive(Clone, Debug, Serialize)]
pub struct Heard {
    pub version: String,
    pub revision: String,
    pub integrated_lufs: Option<f64>,
    pub bytes: usize,
    /// What whoever hears it should know of the sound.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Whether there is any.
    pub sounds: bool,
}

#[derive(Serialize)]
struct Data<'a> {
    format: &'static str,
    /// Tells songs of one name apart.
    song: String,
    title: &'a str,
    artist: &'a str,
    seconds: f64,
    made: String,
    revision: &'a str,
    tracks: Vec<Track>,
    sections: Vec<(&'a str, f64)>,
    /// What can be spoken of: id and name.
    subjects: Vec<(String, String)>,
    comments: Vec<&'a Comment>,
    /// Name of what went out with these numbers.
    document: String,
}

/// The name of the page's file: `BlueSky_v1.1_Review.html`.
pub fn name(session: &Session, revision: &str) -> String {
    format!("{}_v{}_Review.html", compact(&session.song.title), compact(revision))
}

/// The same in a folder; with a number where there is such a page already.
pub fn free(session: &Session, revision: &str, folder: &Path) -> PathBuf {
    let plain = name(session, revision);
    let stem = plain.trim_end_matches(".html");
    let mut all = numbered(stem).map(|name| folder.join(format!("{name}.html")));
    all.find(|path| !path.exists()).unwrap_or_else(|| folder.join(&plain))
}

/// Makes the page. `folder` is where the session's relative paths start.
pub fn make(
    session: &Session,
    folder: &Path,
    review: &Review,
    request: &Request,
    observer: &dyn Observer,
    cancel: &AtomicBool,
) -> Result<Made, PageError> {
    let out = &request.out;
    let target = match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // What is not there is refused before the first file is read.
    chosen_versions(session, &request.versions)?;
    let named = Some(&request.master).filter(|master| !master.is_empty());
    chosen_masters(session, &named.into_iter().cloned().collect::<Vec<_>>())?;
    let states = states(session, request)?;
    let (share, started) = (1.0 / states.len().max(1) as f32, Instant::now());
    let mut tracks = Vec::new();
    // Beside the page, where its uncompressed files are moved from once all is made.
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
    let made = tracks.iter().map(|track| Heard {
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
        // Without the page nothing leads to them.
        files.iter().for_each(|file| drop(std::fs::remove_file(file)));
        return Err(PageError::Write { path: out.to_owned(), cause });
    }
    Ok(Made { page: out.display().to_string(), bytes: page.len() as u64, files, tracks: made })
}

/// The session as it is, and as it was in the revisions that were asked for.
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

/// A name of the song by its sound: whatever it is called, it is the same on every machine.
fn song(session: &Session) -> String {
    let mut hasher = blake3::Hasher::new();
    for stem in &session.stems {
        hasher.update(stem.file.content.hash.as_bytes());
    }
    hasher.finalize().to_hex().get(..16).unwrap_or_default().into()
}

/// The page, as text.
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
    // Inside a script element only a closing tag would be read as markup.
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
