//! Changes of a session as values. [`Edit::apply`] makes the change and returns the inverse edit.
//! The window applies edits through [`History`](crate::session::history::History); commands of the
//! command line apply them directly.

use crate::dsp::chain::Slot;
use crate::dsp::pan::PanLaw;
use crate::dsp::strip::{FADER_TOP, StripAutomation, StripSettings};
use crate::session::brief::Brief;
use crate::session::lyrics::Lyrics;
use crate::session::master::Master;
use crate::session::reference::Reference;
use crate::session::snapshot::Snapshot;
use crate::session::stem::{CleanRegion, Colour, FileRef, Role, Stem, StemId};
use crate::session::version::Version;
use crate::session::{Delivery, Section, Session, Song, TrimPlace, entries};
use crate::units::{Db, EntryId, Frames};

/// One change of a session. Most variants carry the new value; `stem` names the stem to change.
/// Variants with a list replace the whole list.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    Strip {
        stem: StemId,
        settings: StripSettings,
    },
    /// Automation of a stem's strip.
    Automation {
        stem: StemId,
        automation: StripAutomation,
    },
    /// The chain of a stem; `None` means the mix chain of the session.
    Chain {
        stem: Option<StemId>,
        slots: Vec<Slot>,
    },
    Name {
        stem: StemId,
        name: String,
    },
    Role {
        stem: StemId,
        role: Role,
    },
    /// The colour of a stem; `None` for that of its role.
    Colour {
        stem: StemId,
        colour: Option<Colour>,
    },
    /// The note on a stem.
    Note {
        stem: StemId,
        note: String,
    },
    Clean {
        stem: StemId,
        regions: Vec<CleanRegion>,
    },
    /// Position of a stem in the song.
    Place {
        stem: StemId,
        start: Frames,
        skip: Frames,
    },
    /// The audio file of a stem.
    File {
        stem: StemId,
        file: Box<FileRef>,
    },
    /// Inserts a stem at index `at`, or at the end.
    AddStem {
        at: usize,
        stem: Box<Stem>,
    },
    RemoveStem {
        stem: StemId,
    },
    /// Moves a stem to index `to` of the list.
    MoveStem {
        stem: StemId,
        to: usize,
    },
    /// The fader of the mix, before the mix chain.
    MixFader(Db),
    PanLaw(PanLaw),
    Trim(TrimPlace),
    Reference(Box<Option<FileRef>>),
    References(Vec<Reference>),
    Sections(Vec<Section>),
    Versions(Vec<Version>),
    Masters(Vec<Master>),
    Delivery(Box<Delivery>),
    Song(Box<Song>),
    Snapshots(Vec<Snapshot>),
    Lyrics(Box<Option<Lyrics>>),
    Brief(Box<Brief>),
    /// Several edits as one undo step. If one fails, all are undone.
    Several(Vec<Edit>),
}

/// The edit names a stem that the session does not have.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("the session has no stem number {}", .0.0)]
pub struct NoSuchStem(pub StemId);

impl Edit {
    /// Makes the change and returns the inverse edit. New entries get unique ids.
    ///
    /// # Errors
    /// [`NoSuchStem`]; the session's content then stays unchanged.
    pub fn apply(self, session: &mut Session) -> Result<Edit, NoSuchStem> {
        let adds = self.may_add();
        if adds {
            // Entries that exist already get the same id on every machine, not a fresh one.
            entries::give_known(session);
        }
        let back = self.change(session)?;
        if adds {
            entries::give(session);
        }
        Ok(back)
    }

    /// Name of the stem that the edit adds.
    pub fn added_stem(&self) -> Option<&str> {
        match self {
            Edit::AddStem { stem, .. } => Some(&stem.name),
            _ => None,
        }
    }

    /// Whether the edit can add entries without an id.
    fn may_add(&self) -> bool {
        matches!(
            self,
            Edit::Chain { .. }
                | Edit::Clean { .. }
                | Edit::AddStem { .. }
                | Edit::References(_)
                | Edit::Sections(_)
                | Edit::Versions(_)
                | Edit::Masters(_)
                | Edit::Snapshots(_)
        )
    }

    fn change(self, session: &mut Session) -> Result<Edit, NoSuchStem> {
        use std::mem::replace;
        let place = |session: &Session, id: StemId| {
            session.stems.iter().position(|stem| stem.id == id).ok_or(NoSuchStem(id))
        };
        Ok(match self {
            Edit::Strip { stem, settings } => Edit::Strip {
                stem,
                settings: replace(&mut stem_mut(session, stem)?.strip, settings.clamped()),
            },
            Edit::Automation { stem, automation } => Edit::Automation {
                stem,
                automation: replace(&mut stem_mut(session, stem)?.automation, automation),
            },
            Edit::Chain { stem, slots } => {
                let chain = match stem {
                    Some(stem) => &mut stem_mut(session, stem)?.chain,
                    None => &mut session.chain,
                };
                Edit::Chain { stem, slots: replace(chain, slots) }
            }
            Edit::Name { stem, name } => {
                Edit::Name { stem, name: replace(&mut stem_mut(session, stem)?.name, name) }
            }
            Edit::Role { stem, role } => {
                Edit::Role { stem, role: replace(&mut stem_mut(session, stem)?.role, role) }
            }
            Edit::Colour { stem, colour } => {
                let colour = replace(&mut stem_mut(session, stem)?.colour, colour);
                Edit::Colour { stem, colour }
            }
            Edit::Note { stem, note } => {
                Edit::Note { stem, note: replace(&mut stem_mut(session, stem)?.note, note) }
            }
            Edit::Clean { stem, regions } => {
                Edit::Clean { stem, regions: replace(&mut stem_mut(session, stem)?.clean, regions) }
            }
            Edit::Place { stem, start, skip } => {
                let known = stem_mut(session, stem)?;
                let (start, skip) =
                    (replace(&mut known.start, start), replace(&mut known.skip, skip));
                Edit::Place { stem, start, skip }
            }
            Edit::File { stem, file } => {
                let file = replace(&mut stem_mut(session, stem)?.file, *file);
                Edit::File { stem, file: Box::new(file) }
            }
            Edit::AddStem { at, stem } => {
                let id = stem.id;
                session.stems.insert(at.min(session.stems.len()), *stem);
                Edit::RemoveStem { stem: id }
            }
            Edit::RemoveStem { stem } => {
                let at = place(session, stem)?;
                Edit::AddStem { at, stem: Box::new(session.stems.remove(at)) }
            }
            Edit::MoveStem { stem, to } => {
                let from = place(session, stem)?;
                let moved = session.stems.remove(from);
                session.stems.insert(to.min(session.stems.len()), moved);
                Edit::MoveStem { stem, to: from }
            }
            Edit::MixFader(level) => {
                Edit::MixFader(replace(&mut session.fader, Db(level.0.min(FADER_TOP.0))))
            }
            Edit::PanLaw(law) => Edit::PanLaw(replace(&mut session.pan_law, law)),
            Edit::Trim(place) => Edit::Trim(replace(&mut session.trim, place)),
            Edit::Reference(file) => {
                Edit::Reference(Box::new(replace(&mut session.reference, *file)))
            }
            Edit::References(all) => Edit::References(replace(&mut session.references, all)),
            Edit::Sections(sections) => Edit::Sections(replace(&mut session.sections, sections)),
            Edit::Versions(versions) => Edit::Versions(replace(&mut session.versions, versions)),
            Edit::Masters(masters) => Edit::Masters(replace(&mut session.masters, masters)),
            Edit::Delivery(delivery) => {
                Edit::Delivery(Box::new(replace(&mut session.delivery, *delivery)))
            }
            Edit::Snapshots(mut kept) => {
                // A balance that replaces another one in the same place keeps its id.
                for new in kept.iter_mut().filter(|new| new.uid.is_empty()) {
                    let before = session.snapshots.iter().find(|one| one.place == new.place);
                    new.uid = before.map_or_else(EntryId::default, |before| before.uid.clone());
                }
                Edit::Snapshots(replace(&mut session.snapshots, kept))
            }
            Edit::Lyrics(lyrics) => Edit::Lyrics(Box::new(replace(&mut session.lyrics, *lyrics))),
            Edit::Brief(brief) => Edit::Brief(Box::new(replace(&mut session.brief, *brief))),
            Edit::Song(song) => Edit::Song(Box::new(replace(&mut session.song, *song))),
            Edit::Several(edits) => {
                let mut back = Vec::new();
                for edit in edits {
                    match edit.apply(session) {
                        Ok(inverse) => back.insert(0, inverse),
                        Err(error) => {
                            for edit in back {
                                edit.apply(session)?;
                            }
                            return Err(error);
                        }
                    }
                }
                Edit::Several(back)
            }
        })
    }

    /// Whether both edits change the same thing: the undo of the earlier edit then covers both.
    pub(super) fn is_of_the_same(&self, other: &Edit) -> bool {
        match (self, other) {
            (Edit::Strip { stem: a, .. }, Edit::Strip { stem: b, .. })
            | (Edit::Automation { stem: a, .. }, Edit::Automation { stem: b, .. })
            | (Edit::Name { stem: a, .. }, Edit::Name { stem: b, .. })
            | (Edit::Role { stem: a, .. }, Edit::Role { stem: b, .. })
            | (Edit::Colour { stem: a, .. }, Edit::Colour { stem: b, .. })
            | (Edit::Note { stem: a, .. }, Edit::Note { stem: b, .. })
            | (Edit::Place { stem: a, .. }, Edit::Place { stem: b, .. })
            | (Edit::File { stem: a, .. }, Edit::File { stem: b, .. })
            | (Edit::Clean { stem: a, .. }, Edit::Clean { stem: b, .. }) => a == b,
            (Edit::Chain { stem: a, .. }, Edit::Chain { stem: b, .. }) => a == b,
            (Edit::MixFader(_), Edit::MixFader(_))
            | (Edit::PanLaw(_), Edit::PanLaw(_))
            | (Edit::Trim(_), Edit::Trim(_))
            | (Edit::Reference(_), Edit::Reference(_))
            | (Edit::Sections(_), Edit::Sections(_))
            | (Edit::Versions(_), Edit::Versions(_))
            | (Edit::Masters(_), Edit::Masters(_))
            | (Edit::Delivery(_), Edit::Delivery(_))
            | (Edit::Song(_), Edit::Song(_))
            | (Edit::Brief(_), Edit::Brief(_))
            | (Edit::Lyrics(_), Edit::Lyrics(_))
            | (Edit::Snapshots(_), Edit::Snapshots(_)) => true,
            // For example, a crossfade between balances edits several strips at once.
            (Edit::Several(a), Edit::Several(b)) => {
                let same = |(a, b): (&Edit, &Edit)| a.is_of_the_same(b);
                a.len() == b.len() && a.iter().zip(b).all(same)
            }
            _ => false,
        }
    }
}

fn stem_mut(session: &mut Session, id: StemId) -> Result<&mut Stem, NoSuchStem> {
    session.stems.iter_mut().find(|stem| stem.id == id).ok_or(NoSuchStem(id))
}
