//! Carries out [`Versions`]: adds, copies and removes versions, and saves them as a template.

use super::{search, shelf};
use crate::app::deeds::Versions;
use crate::app::desk::Desk;
use crate::session::edit::Edit;
use crate::session::ids::VersionId;
use crate::session::ready::{ReadyMade, Template, named};
use crate::session::version::{Selection, Version};

pub fn act(desk: &mut Desk, deed: Versions) {
    let Some(document) = &mut desk.document else { return };
    let known = |n: usize| document.session.versions.get(n).cloned();
    match deed {
        Versions::Add(ready) => add(desk, ready),
        Versions::AddEmpty => append(desk, Version::new("", "New version", Selection::All)),
        Versions::AddTemplate(template) => {
            let edit = template.edit(&document.session);
            document.edit(edit);
        }
        Versions::KeepTemplate(name) => {
            let template = Template::of(&document.session, &name);
            shelf::keep_versions(desk, template);
        }
        Versions::Copy(n) => {
            if let Some(version) = known(n) {
                // An ISRC identifies one recording.
                let isrc = String::new();
                append(desk, Version { id: VersionId::default(), standard: None, isrc, ..version });
            }
        }
        Versions::BuildOn(n) => {
            if let Some(version) = known(n) {
                let title = format!("{} 2", version.name);
                let from = vec![version.id];
                append(desk, Version { from, ..Version::new("", &title, Selection::All) });
            }
        }
        Versions::Remove(n) => {
            let mut versions = document.session.versions.clone();
            // A song keeps at least one version.
            if n < versions.len() && versions.len() > 1 {
                versions.remove(n);
                document.open.version = document.version.min(versions.len() - 1);
                document.edit(Edit::Versions(versions));
            }
        }
    }
}

fn add(desk: &mut Desk, ready: ReadyMade) {
    let Some(document) = &mut desk.document else { return };
    let at = document.session.versions.len();
    let edit = ready.edit(&document.session);
    document.edit(edit);
    if ready != ReadyMade::Stems {
        document.open.version = at;
    }
    // A cut-down needs proposals before it differs from the full song.
    if let Some(goal) = document.session.versions.get(at).and_then(|version| version.goal) {
        search::search(desk, Some(goal));
    }
}

fn append(desk: &mut Desk, version: Version) {
    let Some(document) = &mut desk.document else { return };
    let mut versions = document.session.versions.clone();
    versions.push(version);
    named(&mut versions);
    document.open.version = versions.len() - 1;
    document.edit(Edit::Versions(versions));
}
