//! Times twenty revisions of a session of eight stems: their size on disk, restoring one and
//! comparing two. `cargo bench --bench revisions`.

use std::path::Path;
use std::time::Instant;
use stemwright::dsp::chain::{Kind, Slot};
use stemwright::intake::demo;
use stemwright::review::revisions::{Revisions, changes};
use stemwright::session::difference::in_words;
use stemwright::session::file::{load, save};
use stemwright::session::stem::{Stem, StemId};
use stemwright::units::Db;

const COUNT: usize = 20;
const TRIALS: usize = 50;

fn bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.path() {
            path if path.is_dir() => bytes(&path),
            path => std::fs::metadata(path).map_or(0, |meta| meta.len()),
        })
        .sum()
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn timed(mut work: impl FnMut(usize)) -> f64 {
    let one = |n| {
        let begun = Instant::now();
        work(n);
        begun.elapsed().as_secs_f64() * 1000.0
    };
    median((0..TRIALS).map(one).collect())
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let path = demo::write(folder.path()).unwrap();
    let mut session = load(&path).unwrap();
    let eighth = Stem { id: StemId(8), name: "Strings".into(), ..session.stems[3].clone() };
    session.stems.push(eighth);
    for stem in &mut session.stems {
        stem.chain = Kind::ALL.iter().take(6).map(|kind| Slot::new(*kind)).collect();
    }
    save(&session, &path).unwrap();
    let single = std::fs::metadata(&path).unwrap().len();
    let revisions = Revisions::of(&path);
    let begun = Instant::now();
    for n in 0..COUNT {
        // A typical round of notes: a few faders, a processor, a cut.
        let count = session.stems.len();
        session.stems[n % count].strip.fader = Db(-0.5 * n as f64);
        session.stems[(n * 3 + 1) % count].chain[0].on = n % 2 == 0;
        session.song.artist = format!("Artist {n}");
        let next = revisions.next(&session, &format!("1.{n}"));
        revisions.keep(&session, next).unwrap();
    }
    let kept = begun.elapsed().as_secs_f64() * 1000.0 / COUNT as f64;
    let all = revisions.all();
    assert_eq!(all.len(), COUNT);
    let restore = timed(|n| drop(revisions.session(&all[n % COUNT]).unwrap()));
    let compare = timed(|n| {
        let (a, b) = (&all[n % COUNT], &all[(n * 7 + 3) % COUNT]);
        let (a, b) = (revisions.session(a).unwrap(), revisions.session(b).unwrap());
        assert!(in_words(&a, &changes(&a, &b)).len() < 64);
    });
    let list = timed(|_| assert_eq!(revisions.all().len(), COUNT));
    let size = bytes(&path.with_extension("revisions"));
    println!("session on disk           {single:>9} bytes");
    println!(
        "{COUNT} revisions on disk      {size:>9} bytes, {:.1} sessions",
        size as f64 / single as f64
    );
    println!("keep one                  {kept:>9.2} ms (with the disk)");
    println!("restore one, median       {restore:>9.2} ms");
    println!("compare two, median       {compare:>9.2} ms");
    println!("list all, median          {list:>9.2} ms");
}
