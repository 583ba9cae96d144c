//! Radio edits: tempo and bars of songs with known tempo, detected repeats, inaudible joins.

mod common;

use common::band::{Band, Part};
use std::sync::atomic::AtomicBool;
use stemwright::arrange::bars::Bars;
use stemwright::arrange::beats::find;
use stemwright::arrange::features::listen;
use stemwright::arrange::propose::{Proposals, Wish, propose};
use stemwright::session::grid::Grid;
use stemwright::session::version::{Crossfade, Version};
use stemwright::units::Seconds;

/// Analyses a band's song and proposes edits, as the window does.
fn asked(band: &mut Band, wish: &Wish) -> (Bars, Proposals) {
    let features =
        listen(&band.session, &band.sources(), &|_| {}, &AtomicBool::new(false)).unwrap();
    let beats = find(&features, None).unwrap();
    band.session.song = beats.into_song(&band.session.song);
    let grid = Grid::of(&band.session).unwrap();
    let bars = Bars::new(&features, &grid, None);
    let found = propose(&band.session, &band.sources(), &bars, wish).unwrap();
    (bars, found)
}

#[test]
fn tempo_and_first_bar_from_60_to_200() {
    let mut worst = (0.0f64, 0.0f64);
    for (n, tempo) in
        [60.0, 72.5, 84.0, 97.3, 111.7, 120.0, 128.0, 140.2, 155.5, 174.0, 188.0, 200.0]
            .into_iter()
            .enumerate()
    {
        let late = 0.05 + 0.137 * n as f64;
        let song = Band::new(tempo, late, &[Part::A, Part::B, Part::A, Part::C]);
        let features =
            listen(&song.session, &song.sources(), &|_| {}, &AtomicBool::new(false)).unwrap();
        let beats = find(&features, None).unwrap();
        let off = (beats.downbeat.0 - late).abs();
        assert!((beats.tempo - tempo).abs() < 0.1, "{tempo}: {}", beats.tempo);
        assert!(off < 0.010, "{tempo}: first bar at {} and not {late}", beats.downbeat.0);
        assert_eq!((beats.beats_in_bar, beats.bars.len()), (4, 0), "{tempo}");
        worst = (worst.0.max((beats.tempo - tempo).abs()), worst.1.max(off));
    }
    println!("worst: {:.4} BPM, {:.2} ms", worst.0, worst.1 * 1000.0);
}

#[test]
fn a_tempo_that_moves_has_its_bars_where_they_are_played() {
    // From 116 to 128 BPM and back, like a band without a click.
    let seconds =
        |n: usize| 240.0 / (122.0 - 6.0 * (n as f64 / 32.0 * std::f64::consts::TAU).cos());
    let parts = [Part::A, Part::B, Part::A, Part::C];
    let song = Band::with_bars(0.3, &parts, &seconds);
    let features =
        listen(&song.session, &song.sources(), &|_| {}, &AtomicBool::new(false)).unwrap();
    let beats = find(&features, None).unwrap();
    assert!(beats.bars.len() >= 30, "{beats:?}");
    assert!((beats.tempo - 121.9).abs() < 1.5, "{}", beats.tempo);
    let mut start = 0.3;
    for bar in 0..32 {
        let off = beats.bars.iter().map(|found| (found.0 - start).abs()).fold(f64::MAX, f64::min);
        assert!(off < 0.010, "bar {bar} at {start}: {off} s away");
        start += seconds(bar);
    }
}

#[test]
fn a_planted_repeat_is_found_and_the_edit_is_the_song_that_was_never_longer() {
    use Part::{A, B, C};
    for (long, short, extra) in [
        (vec![A, A, B, A], vec![A, B, A], 8),
        (vec![A, B, A, B, C, B], vec![A, B, C, B], 16),
        (vec![C, A, B, B, A, C], vec![C, A, B, A, C], 8),
    ] {
        let mut song = Band::new(118.0, 0.21, &long);
        let never = Band::new(118.0, 0.21, &short);
        let length = song.session.length().seconds(song.session.sample_rate);
        let bar = 240.0 / 118.0;
        let (_, found) = asked(&mut song, &Wish::of(Seconds(length.0 - f64::from(extra) * bar)));
        let best = &found.list[0];
        assert_eq!(best.verdict(), "seamless", "{long:?} {best:?}");
        let version = song.session.versions.iter_mut().find(|v| v.id == "radio").unwrap();
        version.cuts.clone_from(&best.cuts);
        let edit = song.rendered("radio");
        let plain = never.rendered("full");
        assert_eq!(edit[0].len(), plain[0].len(), "{long:?}");
        let (mut left_over, mut power) = (0.0, 0.0);
        for (a, b) in edit.iter().flatten().zip(plain.iter().flatten()) {
            left_over += f64::from(a - b).powi(2);
            power += f64::from(*b).powi(2);
        }
        let null = 10.0 * (left_over / power).log10();
        println!("{long:?}: {null:.1} dB, cut {:?}", best.cuts[0].start);
        assert!(null < -100.0, "{long:?}: {null} dB");
    }
}

#[test]
fn joins_are_on_downbeats_and_what_must_stay_stays() {
    use Part::{A, B, C};
    let mut song = Band::new(104.0, 0.4, &[A, B, A, B, C, B]);
    let length = song.session.length().seconds(song.session.sample_rate).0;
    let keep = (Seconds(30.0), Seconds(45.0));
    let wish = Wish { keep: vec![keep], ..Wish::of(Seconds(length * 0.75)) };
    let (bars, found) = asked(&mut song, &wish);
    let edits: Vec<_> = found.list.iter().filter(|one| !one.cuts.is_empty()).collect();
    assert!(edits.len() >= 2, "{found:?}");
    assert!(edits.windows(2).all(|pair| pair[0].cost <= pair[1].cost));
    let bar = 240.0 / 104.0;
    for one in &edits {
        assert!((one.length.0 - wish.length.0).abs() <= 1.0, "{}", one.length);
        for (cut, join) in one.cuts.iter().zip(&one.joins) {
            assert!(cut.end.0 <= keep.0.0 + 0.05 || cut.start.0 >= keep.1.0 - 0.05);
            assert!(join.spectrum <= bars.usual_jump().0 && join.level <= bars.usual_jump().1);
            for time in [cut.start.0, cut.end.0].into_iter().filter(|time| *time > 0.0) {
                let off = (time - 0.4 + bar / 2.0).rem_euclid(bar) - bar / 2.0;
                assert!(off.abs() < 0.005, "{time} is {off} off its downbeat");
            }
        }
    }
    // If everything must be kept, there is no proposal, but a note.
    let wish = Wish { keep: vec![(Seconds(0.0), Seconds(length))], ..wish };
    let (_, found) = asked(&mut song, &wish);
    assert!(found.list.is_empty() && !found.notes.is_empty(), "{found:?}");
    // A longer target than the song needs no edit.
    let (_, found) = asked(&mut song, &Wish::of(Seconds(length + 3.0)));
    assert!(found.list.is_empty() && found.notes[0].contains("nothing has to be cut"));
}

#[test]
fn no_join_is_in_a_sung_word() {
    use Part::{A, B, C};
    let mut song = Band::new(110.0, 0.0, &[A, A, B, A, B, C]);
    song.sing_over_every_other_bar_line();
    let length = song.session.length().seconds(song.session.sample_rate).0;
    let (bars, found) = asked(&mut song, &Wish::of(Seconds(length * 0.75)));
    let bar = 240.0 / 110.0;
    let mut joins = 0;
    for cut in found.list.iter().flat_map(|one| &one.cuts) {
        for time in [cut.start.0, cut.end.0] {
            let number = ((time + 0.003) / bar).round() as usize;
            assert!(number.is_multiple_of(2), "bar {number} begins in a word");
            joins += 1;
        }
    }
    assert!(joins >= 4 && bars.count() > 40, "{joins} joins");
}

#[test]
fn the_same_edit_is_the_same_in_every_version() {
    let mut song = Band::new(120.0, 0.0, &[Part::A, Part::B]);
    let cut = stemwright::session::version::Cut::new(Seconds(4.0), Seconds(9.3));
    let base = song.session.versions.clone();
    for (id, stems) in [("a", base[0].clone()), ("b", base[1].clone()), ("c", base[2].clone())] {
        let cuts = vec![stemwright::session::version::Cut {
            crossfade: Seconds(0.2),
            curve: Crossfade::Measured,
            ..cut.clone()
        }];
        song.session.versions.push(Version { id: id.into(), name: id.into(), cuts, ..stems });
    }
    let [full, instrumental, acappella] = ["a", "b", "c"].map(|id| song.rendered(id));
    let worst = (0..2)
        .flat_map(|side| (0..full[side].len()).map(move |n| (side, n)))
        .map(|(side, n)| (instrumental[side][n] + acappella[side][n] - full[side][n]).abs())
        .fold(0.0f32, f32::max);
    assert!(worst < 1e-6, "{worst}");
}
