use super::*;
use crate::review::numbers::{Number, meant};
use crate::session::stem::StemId;
use proptest::prelude::*;

fn said(text: &str) -> Draft {
    Draft { author: "Anna".into(), text: text.into(), ..Draft::default() }
}

fn session(folder: &Path) -> PathBuf {
    folder.join("Song.stemwright")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder.join("Song.review")).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// Acts like a sync tool: copies files that are missing.
fn sync(from: &Path, to: &Path) {
    std::fs::create_dir_all(to.join("Song.review")).unwrap();
    for path in files(from) {
        let there = to.join("Song.review").join(path.file_name().unwrap());
        if !there.exists() {
            std::fs::copy(&path, there).unwrap();
        }
    }
}

#[test]
fn what_was_said_is_there_the_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = session(folder.path());
    let mut book = Book::of(&path);
    let draft =
        Draft { start: Some(Seconds(47.25)), on: Some(Subject::Stem(StemId(3))), ..said("harsh") };
    let id = book.add(draft).unwrap();
    book.reply(&id, "Mix room", "De-esser lowered").unwrap();
    book.resolve(&id, "1.1").unwrap();
    book.set_agreed(3).unwrap();
    book.send_round().unwrap();
    assert_eq!(files(folder.path()).len(), 5);
    let again = Book::of(&path);
    assert_eq!(again.review(), book.review());
    let one = &again.review().comments[0];
    assert_eq!((one.number, one.round, one.status), (1.into(), 1, Status::Done));
    assert_eq!((one.fixed_in.as_str(), one.start), ("1.1", Some(Seconds(47.25))));
    assert_eq!(one.replies[0].text, "De-esser lowered");
    assert_eq!((again.review().agreed, again.review().current_round()), (3, 2));
}

#[test]
fn a_session_that_is_saved_later_takes_its_book_along() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = Book::unsaved();
    book.add(said("one")).unwrap();
    book.settle(&session(folder.path())).unwrap();
    book.add(said("two")).unwrap();
    assert_eq!(Book::of(&session(folder.path())).review().comments.len(), 2);
    let elsewhere = tempfile::tempdir().unwrap();
    book.settle(&session(elsewhere.path())).unwrap();
    book.add(said("three")).unwrap();
    assert_eq!(Book::of(&session(elsewhere.path())).review().comments.len(), 3);
    assert_eq!(Book::of(&session(folder.path())).review().comments.len(), 2);
}

#[test]
fn conflict_copies_count_once_and_spoilt_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = Book::of(&session(folder.path()));
    book.add(said("one")).unwrap();
    let own = files(folder.path()).remove(0);
    let review = folder.path().join("Song.review");
    std::fs::copy(&own, review.join("x (Anna's conflicted copy 2026-03-01).change")).unwrap();
    std::fs::copy(&own, review.join("x.sync-conflict-20260301-101010-ABCDEF.change")).unwrap();
    let half = std::fs::read(&own).unwrap();
    std::fs::write(review.join("half.change"), &half[..half.len() / 2]).unwrap();
    std::fs::write(review.join("notes.txt"), "mine").unwrap();
    let again = Book::of(&session(folder.path()));
    assert_eq!(again.review(), book.review());
    assert_eq!(again.spoilt().len(), 1);
}

#[test]
fn the_same_notes_imported_on_two_machines_are_there_once() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let note = Draft { id: "n1".into(), ..said("too loud") };
    let (mut one, mut two) = (Book::of(&session(a.path())), Book::of(&session(b.path())));
    one.merge(vec![note.clone()]).unwrap();
    two.merge(vec![note]).unwrap();
    one.reply("n1", "A", "yes").unwrap();
    two.reply("n1", "B", "no").unwrap();
    sync(a.path(), b.path());
    sync(b.path(), a.path());
    assert!(one.refresh() && two.refresh());
    assert_eq!(one.review(), two.review());
    assert_eq!(one.review().comments.len(), 1);
    assert_eq!(one.review().comments[0].replies.len(), 2);
}

fn at_day(day: u32, text: &str) -> Draft {
    let made = format!("2026-03-{day:02} 10:00:00");
    Draft { id: "a-note-of-anna".into(), made, ..said(text) }
}

#[test]
fn a_note_that_is_changed_after_it_was_sent_is_changed_here() {
    let mut book = Book::unsaved();
    let id = "a-note-of-anna";
    let start = Some(Seconds(60.0));
    book.merge(vec![Draft { start, ..at_day(1, "vocal too loud") }]).unwrap();
    book.set_status(id, Status::Done).unwrap();
    let anew = Draft {
        start: Some(Seconds(62.0)),
        changed: "2026-03-02 09:00:00".into(),
        ..at_day(1, "vocal too quiet, sorry")
    };
    let merged = book.merge(vec![anew.clone()]).unwrap();
    assert_eq!((merged.added, merged.changed, merged.known), (0, 1, 0));
    let now = book.review().comments[0].clone();
    assert_eq!(now.text, "vocal too quiet, sorry");
    assert_eq!((now.start, now.status), (Some(Seconds(62.0)), Status::Open));
    let was = EarlierText { said: "2026-03-01 10:00:00".into(), text: "vocal too loud".into() };
    assert_eq!(now.was, [was]);
    // Importing both drafts again changes nothing.
    for old in [Draft { start, ..at_day(1, "vocal too loud") }, anew] {
        let merged = book.merge(vec![old]).unwrap();
        assert_eq!((merged.added, merged.changed, merged.known), (0, 0, 1));
    }
    assert_eq!(book.review().comments[0], now);
    // A text dated between the two is kept as an earlier one.
    let between = Draft { changed: "2026-03-01 12:00:00".into(), ..at_day(1, "vocal odd") };
    assert_eq!(book.merge(vec![between]).unwrap().changed, 1);
    let last = &book.review().comments[0];
    assert_eq!(last.text, now.text);
    assert_eq!(last.was.iter().map(|was| was.text.as_str()).collect::<Vec<_>>().len(), 2);
    // Older pages put the time of the change into `made`.
    assert_eq!(book.merge(vec![at_day(9, "fine now")]).unwrap().changed, 1);
    assert_eq!(book.review().comments[0].text, "fine now");
    assert_eq!(book.review().comments.len(), 1);
}

#[test]
fn whoever_wrote_a_note_can_take_it_back() {
    let mut book = Book::unsaved();
    book.merge(vec![at_day(1, "too loud")]).unwrap();
    let gone = |author: &str| Draft {
        deleted: true,
        author: author.into(),
        changed: "2026-03-02 10:00:00".into(),
        ..at_day(1, "too loud")
    };
    assert_eq!(book.merge(vec![gone("Mallory")]).unwrap().changed, 0);
    assert_eq!(book.review().present().count(), 1);
    assert_eq!(book.merge(vec![gone("Anna")]).unwrap().changed, 1);
    assert_eq!(book.review().present().count(), 0);
    assert_eq!(book.review().comments[0].text, "too loud");
}

#[test]
fn an_id_that_is_new_is_a_new_note_and_likeness_looks_at_what_it_is_about() {
    let stem = |n| Some(Subject::Stem(StemId(n)));
    let one = |id: &str, on, revision: &str| Draft {
        id: id.into(),
        on,
        revision: revision.into(),
        ..said("too loud")
    };
    let mut book = Book::unsaved();
    let all =
        vec![one("note-a", stem(1), "1"), one("note-b", stem(2), "1"), one("note-c", stem(1), "2")];
    assert_eq!(book.merge(all.clone()).unwrap().added, 3);
    assert_eq!(book.merge(all).unwrap().known, 3);
    // Without an id: matched by subject and revision, where the draft has them.
    let known = |book: &mut Book, on, revision: &str| {
        book.merge(vec![one("", on, revision)]).unwrap().known == 1
    };
    assert!(known(&mut book, stem(2), "1"));
    assert!(known(&mut book, None, ""));
    assert!(!known(&mut book, stem(3), "1"));
    assert!(!known(&mut book, stem(2), "2"));
    assert_eq!(book.review().comments.len(), 5);
}

#[test]
fn what_two_said_at_the_same_time_is_shown() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut one = Book::of(&session(a.path()));
    let id = one.add(said("loud")).unwrap();
    sync(a.path(), b.path());
    let mut two = Book::of(&session(b.path()));
    one.set_text(&id, "very loud").unwrap();
    one.set_status(&id, Status::Done).unwrap();
    two.set_text(&id, "a bit loud").unwrap();
    two.set_status(&id, Status::Wont).unwrap();
    sync(a.path(), b.path());
    sync(b.path(), a.path());
    assert!(one.refresh() && two.refresh());
    assert_eq!(one.review(), two.review());
    let now = one.review().comments[0].clone();
    let mut texts = vec![now.text.clone(), now.also[0].clone()];
    texts.sort();
    assert_eq!(texts, ["a bit loud", "very loud"]);
    assert_eq!(now.was.len(), 1);
    assert!(
        ["done, also won\u{2019}t do", "won\u{2019}t do, also done"].contains(&&*now.standing())
    );
    // A later change by somebody who has seen both values decides.
    one.set_status(&id, Status::Done).unwrap();
    one.set_text(&id, "loud it is").unwrap();
    let now = &one.review().comments[0];
    assert!(now.also.is_empty() && now.also_status.is_empty());
    assert_eq!((now.status, now.text.as_str()), (Status::Done, "loud it is"));
}

/// Books of two machines.
struct Two {
    folders: [tempfile::TempDir; 2],
    books: [Book; 2],
}

impl Two {
    fn new() -> Self {
        let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let books = [0, 1].map(|n: usize| Book::of(&session(folders[n].path())));
        Self { folders, books }
    }

    fn sync(&mut self) {
        let [a, b] = &self.folders;
        sync(a.path(), b.path());
        sync(b.path(), a.path());
        for book in &mut self.books {
            book.refresh();
        }
        assert_eq!(self.books[0].review(), self.books[1].review());
    }

    fn numbers(&self, side: usize) -> BTreeMap<String, Number> {
        let all = self.books[side].review().comments.iter();
        all.map(|one| (one.text.clone(), one.number)).collect()
    }
}

#[test]
fn a_number_that_went_out_never_moves() {
    let mut two = Two::new();
    // The clock of the second machine is a day behind.
    let said_on =
        |day: u32, text: &str| Draft { made: format!("2026-03-{day:02} 10:00:00"), ..said(text) };
    let mut out: BTreeMap<String, Number> = BTreeMap::new();
    let mut documents = Vec::new();
    for day in 1..=10 {
        for (side, late) in [(0, 1), (1, 0)] {
            let book = &mut two.books[side];
            book.add(said_on(day + late, &format!("{day} a {side}"))).unwrap();
            book.add(said_on(day + late, &format!("{day} b {side}"))).unwrap();
        }
        if day % 3 == 0 {
            // One side sends before the sync, with numbers that the other side gave too.
            let side = (day % 2) as usize;
            documents.push((two.books[side].goes_out(|_| true).unwrap(), two.numbers(side)));
            out.extend(two.numbers(side));
        }
        two.sync();
        for (text, number) in &out {
            assert_eq!(two.numbers(0)[text], *number, "day {day}, {text}");
        }
    }
    assert_eq!(out.len(), 34);
    let all = two.numbers(0);
    assert_eq!(all.values().collect::<HashSet<_>>().len(), 40);
    // An answer finds the comment through its document.
    for (name, numbers) in documents {
        for (text, number) in numbers {
            let review = two.books[1].review();
            let found = meant(&review.comments, &review.documents, number, &name);
            assert_eq!(found.iter().map(|one| &one.text).collect::<Vec<_>>(), [&text]);
        }
    }
}

#[test]
fn what_both_sent_under_one_number_is_answered_by_the_document() {
    let mut two = Two::new();
    let names = ["ours", "theirs"].map(|text| {
        let side = usize::from(text == "theirs");
        two.books[side].add(said(text)).unwrap();
        two.books[side].goes_out(|_| true).unwrap()
    });
    two.sync();
    let answer = |document: &str| Draft {
        answers: Some(Answered { number: 1.into(), document: document.into() }),
        ..said("yes")
    };
    let book = &mut two.books[0];
    assert_eq!(book.merge(vec![answer(&names[1][..4])]).unwrap().replies, 1);
    let answered = book.review().comments.iter().find(|one| one.text == "theirs").unwrap();
    assert_eq!(answered.replies.len(), 1);
    // Without a document the answer is ambiguous; it is kept as a comment.
    assert_eq!(book.merge(vec![answer("")]).unwrap().added, 1);
    assert_eq!(book.review().comments[2].text, "Answer to #1: yes");
    assert_eq!(book.merge(vec![answer("")]).unwrap().known, 1);
}

#[test]
fn what_somebody_wrote_past_the_program_stays_within_its_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = Book::of(&session(folder.path()));
    book.add(said("one")).unwrap();
    book.write("c/evil/text", "x".repeat(10 * LONGEST_TEXT));
    book.write("c/evil/start", -1e300);
    book.write("c/evil/end", 1e300);
    book.write("c/evil/replies/r/text", "r");
    book.write("c/none", 7);
    book.write("r/x/sent", "soon");
    book.write("agreed", "many");
    book.commit("by hand").unwrap();
    let again = Book::of(&session(folder.path()));
    assert_eq!(again.review(), book.review());
    assert_eq!((again.review().comments.len(), again.review().agreed), (2, AGREED));
    let evil = again.review().comment("evil").unwrap();
    assert_eq!((evil.start, evil.end, evil.text.len()), (None, None, LONGEST_TEXT));
}

#[test]
fn ten_thousand_comments_are_taken_in_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = Book::of(&session(folder.path()));
    let many = |n: usize| Draft { start: Some(Seconds(n as f64)), ..said(&format!("note {n}")) };
    let merged = book.merge((0..MOST_COMMENTS + 5).map(many).collect()).unwrap();
    assert_eq!((merged.added, merged.refused), (MOST_COMMENTS, 5));
    assert_eq!(files(folder.path()).len(), 1);
    assert_eq!(Book::of(&session(folder.path())).review().comments.len(), MOST_COMMENTS);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn spoilt_changes_are_never_a_crash(
        at in 0usize..400, value in any::<u8>(), cut in 0usize..400, junk in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut book = Book::of(&session(folder.path()));
        book.add(said("one")).unwrap();
        let own = files(folder.path()).remove(0);
        let mut bytes = std::fs::read(&own).unwrap();
        let long = bytes.len();
        bytes[at % long] = value;
        bytes.truncate(long - cut % long);
        let review = folder.path().join("Song.review");
        std::fs::write(review.join("a.change"), &bytes).unwrap();
        let head = [0x85, 0x6f, 0x4a, 0x83].into_iter().chain(junk.iter().copied());
        std::fs::write(review.join("b.change"), head.collect::<Vec<u8>>()).unwrap();
        std::fs::write(review.join("c.change"), &junk).unwrap();
        let again = Book::of(&session(folder.path()));
        prop_assert_eq!(again.review(), book.review());
    }
}

#[derive(Clone, Debug)]
enum Deed {
    Add(String),
    Reply(usize, String),
    Status(usize, usize),
    Text(usize, String),
    Delete(usize, bool),
    Send,
    Agree(u32),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let text = || "[a-z]{1,8}";
    let one = prop_oneof![
        3 => text().prop_map(Deed::Add),
        2 => (0usize..6, text()).prop_map(|(n, text)| Deed::Reply(n, text)),
        2 => (0usize..6, 0usize..4).prop_map(|(n, s)| Deed::Status(n, s)),
        1 => (0usize..6, text()).prop_map(|(n, text)| Deed::Text(n, text)),
        1 => (0usize..6, any::<bool>()).prop_map(|(n, off)| Deed::Delete(n, off)),
        1 => Just(Deed::Send),
        1 => (1u32..5).prop_map(Deed::Agree),
    ];
    prop::collection::vec(one, 0..10)
}

fn act(book: &mut Book, deeds: &[Deed]) {
    for deed in deeds {
        let ids: Vec<String> =
            book.review().comments.iter().map(|comment| comment.id.clone()).collect();
        let all = ids.len();
        let id = |n: usize| ids[n % all].clone();
        match deed {
            Deed::Add(text) => drop(book.add(said(text)).unwrap()),
            Deed::Agree(rounds) => book.set_agreed(*rounds).unwrap(),
            Deed::Send => drop(book.send_round().unwrap()),
            _ if all == 0 => {}
            Deed::Reply(n, text) => book.reply(&id(*n), "X", text).unwrap(),
            Deed::Status(n, s) => book.set_status(&id(*n), Status::ALL[*s]).unwrap(),
            Deed::Text(n, text) => book.set_text(&id(*n), text).unwrap(),
            Deed::Delete(n, off) => book.set_deleted(&id(*n), *off).unwrap(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn two_who_write_at_the_same_time_lose_nothing(
        before in deeds(), ours in deeds(), theirs in deeds(),
    ) {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        act(&mut Book::of(&session(a.path())), &before);
        sync(a.path(), b.path());
        let (mut one, mut two) = (Book::of(&session(a.path())), Book::of(&session(b.path())));
        prop_assert_eq!(one.review(), two.review());
        act(&mut one, &ours);
        act(&mut two, &theirs);
        let ids = |book: &Book| -> HashSet<String> {
            book.review().comments.iter().map(|comment| comment.id.clone()).collect()
        };
        let said: HashSet<String> = ids(&one).union(&ids(&two)).cloned().collect();
        // Each side gets the files of the other, in another order; a third book reads them all at
        // once.
        sync(a.path(), b.path());
        sync(b.path(), a.path());
        one.refresh();
        two.refresh();
        prop_assert_eq!(one.review(), two.review());
        let anew = Book::of(&session(b.path()));
        prop_assert_eq!(anew.review(), one.review());
        prop_assert_eq!(ids(&one), said);
        let comments = &one.review().comments;
        let numbers: HashSet<Number> = comments.iter().map(|comment| comment.number).collect();
        prop_assert_eq!(numbers.len(), comments.len());
        prop_assert_eq!(one.waits(), 0);
    }
}

#[test]
fn what_another_thread_found_is_taken_beside_what_was_said_meanwhile() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut ours = Book::of(&session(here.path()));
    let mut theirs = Book::of(&session(there.path()));
    theirs.add(said("theirs")).unwrap();
    sync(there.path(), here.path());
    let search = ours.search().unwrap();
    ours.add(said("ours")).unwrap();
    let arrived = search.read();
    assert!(ours.take_arrived(arrived));
    assert_eq!(ours.review().present().count(), 2);
    // A search of the former folder brings nothing.
    let late = ours.search().unwrap();
    theirs.add(said("late")).unwrap();
    sync(there.path(), here.path());
    let elsewhere = tempfile::tempdir().unwrap();
    ours.settle(&session(elsewhere.path())).unwrap();
    assert!(!ours.take_arrived(late.read()));
    assert_eq!(Book::of(&session(elsewhere.path())).review().present().count(), 2);
}
