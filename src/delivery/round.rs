//! Exports the comments of a round as one numbered document, as text, PDF, JSON and CSV.
//! [`document`] returns the bytes, [`send`] writes the files.

use crate::dates::today;
use crate::delivery::sheet::{Part, Row, Sheet};
use crate::delivery::{DeliveryError, pdf};
use crate::disk;
use crate::review::comments::{Comment, Review};
use crate::review::exchange::times::TimeNotation;
use crate::review::exchange::{Format, write};
use crate::review::numbers::Sent;
use crate::session::Session;
use crate::session::naming::{compact, numbered};
use std::path::{Path, PathBuf};

/// The comments of a round, in the order of the review.
pub fn notes(review: &Review, round: u32) -> Vec<&Comment> {
    review.present().filter(|comment| comment.round == round).collect()
}

/// The round against the agreed number: `round 1 of 2`, or how many rounds it is over.
pub fn agreement(review: &Review, round: u32) -> String {
    let agreed = review.agreed;
    match round > agreed {
        true => {
            format!("round {round}, {} more than the {agreed} that were agreed", round - agreed)
        }
        false => format!("round {round} of {agreed}"),
    }
}

fn sheet(session: &Session, title: String, all: &[&Comment], timecode: TimeNotation) -> Sheet {
    let parts = all.iter().map(|comment| {
        let time = |time| timecode.write(time, session);
        let when = match comment.span() {
            None => "the whole song".into(),
            Some((from, to)) if from == to => time(from),
            Some((from, to)) => format!("{} \u{2013} {}", time(from), time(to)),
        };
        let by = if comment.author.is_empty() { "Note" } else { &comment.author };
        let mut rows = vec![Row::Pair(by.into(), comment.text.clone())];
        let fixed = match comment.fixed_in.as_str() {
            "" => String::new(),
            fixed => format!(", in v{fixed}"),
        };
        rows.push(Row::Pair("Status".into(), format!("{}{fixed}", comment.standing())));
        rows.extend(comment.also.iter().map(|text| Row::Pair("Also".into(), text.clone())));
        rows.extend(comment.replies.iter().map(|reply| {
            let by = if reply.author.is_empty() { "Answer" } else { &reply.author };
            Row::Pair(by.into(), reply.text.clone())
        }));
        let heading = format!("{}.  {when}  \u{b7}  {}", comment.number, comment.on.name(session));
        Part { heading, rows }
    });
    Sheet { title, parts: parts.collect() }
}

/// Comments as a document in all formats, each with its file extension.
pub fn document(
    session: &Session,
    about: &str,
    all: &[&Comment],
    timecode: TimeNotation,
) -> Result<[(&'static str, Vec<u8>); 4], DeliveryError> {
    let sheet = sheet(session, format!("{}: notes, {about}", session.song.title), all, timecode);
    // The document's name is printed on it, so that an answer can say which document its numbers
    // refer to.
    let name = Sent::of(all, String::new()).name();
    let head = format!("{}\n{}, document {name}\n\n", sheet.title, today());
    let mut text = head.into_bytes();
    text.extend(write(Format::Text, session, all, timecode));
    Ok([
        ("txt", text),
        ("pdf", pdf::pages(&sheet)?),
        ("json", write(Format::Json, session, all, timecode)),
        ("csv", write(Format::Csv, session, all, timecode)),
    ])
}

/// Writes the document of a round into `folder` in all formats. Existing files are kept: the new
/// ones get a number in their names. Returns the paths.
pub fn send(
    session: &Session,
    review: &Review,
    round: u32,
    timecode: TimeNotation,
    folder: &Path,
) -> Result<Vec<PathBuf>, DeliveryError> {
    let all = notes(review, round);
    let files = document(session, &agreement(review, round), &all, timecode)?;
    let plain = format!("{}_Notes_Round{round}", compact(&session.song.title));
    let free = |name: &str| {
        files.iter().all(|(ending, _)| !folder.join(format!("{name}.{ending}")).exists())
    };
    let name = numbered(&plain).find(|name| free(name)).unwrap_or(plain);
    let mut written = Vec::new();
    for (ending, bytes) in &files {
        let path = folder.join(format!("{name}.{ending}"));
        let put = || {
            std::fs::create_dir_all(folder)?;
            disk::write(&path, bytes)
        };
        put().map_err(|cause| DeliveryError::Write { path: path.clone(), cause })?;
        written.push(path);
    }
    Ok(written)
}
