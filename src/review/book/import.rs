//! Merges imported comments into the book: adds new ones, updates changed ones, and skips those
//! that are there already.

use super::draft::{Draft, Known, clean};
use super::{Book, MOST_COMMENTS};
use crate::review::ReviewError;
use crate::review::comments::{Comment, EarlierText, Reply, Review, Status};
use crate::review::numbers::{Number, meant};
use serde::Serialize;

/// Numbers of imported comments, by what happened to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Merged {
    pub added: usize,
    /// Changed or withdrawn by their authors.
    pub changed: usize,
    pub replies: usize,
    /// Unchanged, because they are in the book already.
    pub known: usize,
    /// Without text, or beyond [`MOST_COMMENTS`].
    pub refused: usize,
}

impl Book {
    /// Imports comments. A draft with an id updates the comment with that id or is new. A draft
    /// without an id is matched by text, time, author, revision and subject. A changed comment
    /// keeps its earlier texts.
    ///
    /// # Errors
    /// If the book cannot be written.
    pub fn merge(&mut self, drafts: Vec<Draft>) -> Result<Merged, ReviewError> {
        let mut merged = Merged::default();
        let mut known = Known::default();
        self.review.comments.iter().for_each(|comment| known.add(comment));
        for draft in drafts {
            if draft.text.trim().is_empty() || self.review.comments.len() >= MOST_COMMENTS {
                merged.refused += 1;
                continue;
            }
            let has_id = !draft.id.is_empty();
            let mut draft = clean(draft);
            if let Some(answered) = draft.answers.take() {
                let Review { comments, documents, .. } = &self.review;
                let found = meant(comments, documents, answered.number, &answered.document);
                if let [one] = found.as_slice() {
                    let id = one.id.clone();
                    let Draft { id: reply, author, made, text, .. } = draft;
                    let reply = Reply { id: reply, author, made, text };
                    merged.replies += self.put_replies(&id, &[reply]);
                    continue;
                }
                // The answered comment is unknown or ambiguous: keep the text as a comment.
                draft.text = format!("Answer to #{}: {}", answered.number, draft.text);
            }
            let replies = std::mem::take(&mut draft.replies);
            let found = if has_id { known.of_id(&draft.id) } else { known.alike(&draft) };
            let id = match found {
                Some(id) => {
                    match has_id && self.update(&id, &draft) {
                        true => merged.changed += 1,
                        false => merged.known += 1,
                    }
                    id
                }
                None => {
                    merged.added += 1;
                    let id = self.put_comment(draft);
                    self.review.comments.last().into_iter().for_each(|one| known.add(one));
                    id
                }
            };
            merged.replies += self.put_replies(&id, &replies);
        }
        self.commit("import")?;
        Ok(merged)
    }

    /// Applies somebody's change of a known comment; returns whether anything changed.
    fn update(&mut self, id: &str, draft: &Draft) -> bool {
        let Some(known) = self.review.comment(id).cloned() else { return false };
        let (theirs, ours) = (draft.said(), known.said());
        let before = known.was.iter().chain(&draft.was).any(|was| was.text == draft.text);
        let mut changed = false;
        if draft.text != known.text && (theirs > ours || theirs == ours && !before) {
            self.say_anew(id, &draft.text, theirs);
            changed = true;
        } else if draft.text != known.text && !before {
            // Older than the present text, but new to this book: keep it as an earlier text.
            self.keep_words(id, &EarlierText { said: theirs.into(), text: draft.text.clone() });
            changed = true;
        }
        if theirs > ours {
            let on = draft.on.clone().unwrap_or_else(|| known.on.clone());
            if (draft.start, draft.end, &on) != (known.start, known.end, &known.on) {
                self.set(id, "start", draft.start);
                self.set(id, "end", draft.end);
                self.set(id, "on", &on);
                self.set(id, "changed", theirs);
                changed = true;
            }
            // Only the author may withdraw a comment.
            if draft.deleted && !known.deleted && draft.author == known.author {
                self.set(id, "deleted", true);
                changed = true;
            }
        }
        // A changed text reopens a settled comment.
        if changed && theirs > ours && known.status.is_settled() && draft.text != known.text {
            self.set(id, "status", Status::Open);
        }
        let heard = |one: &&EarlierText| one.text != known.text && !known.was.contains(one);
        let new: Vec<&EarlierText> = draft.was.iter().filter(heard).collect();
        new.into_iter().for_each(|was| self.keep_words(id, was));
        changed
    }

    pub(super) fn put_comment(&mut self, draft: Draft) -> String {
        let draft = clean(draft);
        let id = draft.id.clone();
        if self.review.comment(&id).is_some() {
            return id;
        }
        let last = self.review.comments.iter().map(|comment| comment.number.at).max();
        let number = Number::from(last.unwrap_or(0).saturating_add(1));
        let (round, on) = (self.review.current_round(), draft.on.clone().unwrap_or_default());
        self.set(&id, "number", number);
        self.set(&id, "author", &draft.author);
        self.set(&id, "made", &draft.made);
        self.set(&id, "start", draft.start);
        self.set(&id, "end", draft.end);
        self.set(&id, "on", &on);
        self.set(&id, "revision", &draft.revision);
        self.set(&id, "status", draft.status);
        self.set(&id, "text", &draft.text);
        self.set(&id, "round", round);
        if !draft.changed.is_empty() {
            self.set(&id, "changed", &draft.changed);
        }
        if draft.deleted {
            self.set(&id, "deleted", true);
        }
        draft.was.iter().for_each(|was| self.keep_words(&id, was));
        self.review.comments.push(Comment {
            id: id.clone(),
            number,
            author: draft.author,
            start: draft.start,
            on,
            revision: draft.revision,
            text: draft.text,
            ..Comment::default()
        });
        self.put_replies(&id, &draft.replies);
        id
    }
}
