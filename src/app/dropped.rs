//! Dropped files: what each one is, and what it means to drop it in a view. [`Hover`] says so while
//! files are held over the window ([`super::hovering`] draws it); `crate::app::act::drops` carries it
//! out.

use super::view::View;
use crate::media::is_audio;
use crate::review::exchange::is_notes_file;
use crate::session::file::EXTENSION;
use crate::texts::say;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What a file is, by its extension; by its beginning where that decides nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Session,
    Folder,
    Audio,
    Lyrics,
    /// Comments in a format that holds nothing else.
    Comments,
    /// Words with times: lyrics or comments.
    Words,
    Preset,
    Other,
}

/// What is done with dropped files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Open,
    Stems,
    References,
    Lyrics,
    Comments,
    Preset,
    /// Lyrics or comments: the person is asked.
    Ask,
    /// Nothing: no such file has a place here.
    Nothing,
}

impl Kind {
    fn of(path: &Path) -> Self {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        match extension.as_str() {
            _ if path.is_dir() => Kind::Folder,
            EXTENSION => Kind::Session,
            _ if is_audio(path) => Kind::Audio,
            "lrc" => Kind::Lyrics,
            "srt" | "vtt" | "txt" => Kind::Words,
            "csv" | "tsv" | "eml" | "mid" | "midi" | "xml" | "edl" | "fcpxml" => Kind::Comments,
            "json" if is_notes_file(path) => Kind::Comments,
            "json" if is_preset(path) => Kind::Preset,
            "json" => Kind::Words,
            _ => Kind::Other,
        }
    }

    fn in_view(self, view: View, song: bool) -> Use {
        match (self, view) {
            (Kind::Session | Kind::Folder, _) => Use::Open,
            (Kind::Preset, _) => Use::Preset,
            (Kind::Audio, _) if !song => Use::Open,
            (Kind::Other, _) => Use::Nothing,
            _ if !song => Use::Nothing,
            (Kind::Audio, View::Review | View::Master) => Use::References,
            (Kind::Audio, _) => Use::Stems,
            (Kind::Lyrics, _) | (Kind::Words, View::Versions) => Use::Lyrics,
            (Kind::Comments, _) | (Kind::Words, View::Review) => Use::Comments,
            (Kind::Words, _) => Use::Ask,
        }
    }
}

/// Whether a JSON file begins as a saved preset does.
fn is_preset(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(512).read_to_end(&mut head));
    read.is_ok() && String::from_utf8_lossy(&head).contains("\"chain\"")
}

/// Groups dropped files by what is done with them, in the order of the files. Asks the disk.
pub fn uses(paths: Vec<PathBuf>, view: View, song: bool) -> Vec<(Use, Vec<PathBuf>)> {
    let mut groups: Vec<(Use, Vec<PathBuf>)> = Vec::new();
    for path in paths {
        let what = Kind::of(&path).in_view(view, song);
        match groups.iter_mut().find(|(known, _)| *known == what) {
            Some((_, files)) => files.push(path),
            None => groups.push((what, vec![path])),
        }
    }
    groups
}

/// What happens to the files that are held over the window.
#[derive(Default)]
pub struct Hover {
    of: (Vec<PathBuf>, Option<View>, bool),
    pub text: Option<String>,
}

impl Hover {
    /// Looks at the files again if they, or what lies below them, are others. `asked`: a page or a
    /// question is open, which takes no files.
    pub fn look(&mut self, paths: Vec<PathBuf>, view: View, song: bool, asked: bool) {
        if self.of == (paths.clone(), Some(view), asked) {
            return;
        }
        if asked {
            self.text = (!paths.is_empty()).then(|| say!("song-drop-asked").to_owned());
            self.of = (paths, Some(view), asked);
            return;
        }
        let groups = uses(paths.clone(), view, song);
        let texts: Vec<String> = groups.iter().map(|(what, files)| said(*what, files)).collect();
        self.text = (!texts.is_empty()).then(|| texts.join(" \u{b7} "));
        self.of = (paths, Some(view), asked);
    }
}

/// What dropping these files does, in words.
fn said(what: Use, files: &[PathBuf]) -> String {
    let first = files.first().and_then(|file| file.file_name()).unwrap_or_default();
    let (count, file) = (files.len().max(1), first.to_string_lossy());
    match what {
        Use::Open => say!("song-drop-open", count = count, file = file),
        Use::Stems => say!("song-drop-stems", count = count),
        Use::References => say!("song-drop-references", count = count),
        Use::Lyrics => say!("song-drop-lyrics", count = count, file = file),
        Use::Comments => say!("song-drop-comments", count = count, file = file),
        Use::Preset => say!("song-drop-presets", count = count),
        Use::Ask => say!("song-drop-ask", count = count, file = file),
        Use::Nothing => say!("song-drop-nothing", count = count, file = file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_judged_by_what_it_is_and_where_it_falls() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let preset = crate::session::preset::built_in().remove(0);
        let preset = serde_json::to_string(&preset).unwrap();
        let notes = "{\"format\": \"stemwright-comments\"}";
        let all = [
            file("Kick.wav", ""),
            file("words.srt", ""),
            file("words.lrc", ""),
            file("marks.csv", ""),
            file("page.json", notes),
            file("Warm.json", &preset),
            file("a.docx", ""),
            file("song.stemwright", ""),
            folder.path().to_owned(),
        ];
        let judged = |view, song| {
            all.each_ref().map(|path| match uses(vec![path.clone()], view, song).as_slice() {
                [(what, _)] => *what,
                other => panic!("{other:?}"),
            })
        };
        use Use::{Ask, Comments, Lyrics, Nothing, Open, Preset, References, Stems};
        let rest = [Comments, Comments, Preset, Nothing, Open, Open];
        let expected = |audio, words| {
            let mut all = vec![audio, words, Lyrics];
            all.extend(rest);
            all
        };
        for view in [View::Stems, View::Mix, View::Deliver] {
            assert_eq!(judged(view, true).to_vec(), expected(Stems, Ask), "{view:?}");
        }
        assert_eq!(judged(View::Versions, true).to_vec(), expected(Stems, Lyrics));
        assert_eq!(judged(View::Review, true).to_vec(), expected(References, Comments));
        assert_eq!(judged(View::Master, true).to_vec(), expected(References, Ask));
        let none = [Open, Nothing, Nothing, Nothing, Nothing, Preset, Nothing, Open, Open];
        assert_eq!(judged(View::Mix, false), none);
    }

    #[test]
    fn a_mixed_drop_is_told_of_by_kind() {
        let mut hover = Hover::default();
        let paths = ["a.wav", "b.wav", "x.lrc", "y.docx"].map(PathBuf::from).to_vec();
        hover.look(paths.clone(), View::Mix, true, false);
        let text = "Add 2 stems to the mix \u{b7} Import lyrics from x.lrc \u{b7} y.docx has no place here";
        assert_eq!(hover.text.as_deref(), Some(text));
        hover.look(paths.clone(), View::Review, true, false);
        assert!(hover.text.as_deref().unwrap().starts_with("Add 2 references"));
        hover.look(paths, View::Review, true, true);
        assert_eq!(hover.text.as_deref(), Some("Close what is open first, then drop the files"));
        hover.look(Vec::new(), View::Review, true, false);
        assert_eq!(hover.text, None);
    }
}
