//! Through a real device: what was recorded from it beside the render.

use crate::song::{content, settings};
use std::path::Path;
use std::time::{Duration, Instant};
use stemwright::media::PcmFile;
use stemwright::playback::Player;
use stemwright::playback::device::Wish;

/// Plays a session through a sound system's default device from its first sample, looping at its end, and
/// says how the device did.
pub fn play(session: &Path, seconds: u64, system: Option<&str>) {
    let folder = session.parent().unwrap();
    let mut session = stemwright::session::file::load(session).unwrap();
    // What is compared is the mix before any master.
    session.chain.clear();
    let length = session.length().0;
    let opened = content(&session, folder);
    let system = system.map(str::to_owned);
    let wish = Wish { buffer: 512, system, ..Wish::default() };
    let mut player = Player::open(opened, settings(&session, false), &wish).unwrap();
    println!("{:?}", player.device());
    let begun = Instant::now();
    player.transport.set_loop(Some((0, length)));
    player.transport.seek(0);
    player.transport.play();
    while begun.elapsed() < Duration::from_secs(seconds) {
        std::thread::sleep(Duration::from_millis(50));
        if player.is_lost() {
            println!("after {:.1} s the device was gone", begun.elapsed().as_secs_f64());
            break;
        }
    }
    let state = player.transport.state().clone();
    println!(
        "{} s: dry {} times, disk late {} times, load {:.1} %, at worst {:.1} %, device {:.1} ms",
        begun.elapsed().as_secs(),
        player.device().xruns,
        state.gaps,
        state.load * 100.0,
        state.worst_load * 100.0,
        state.device.0 * 1000.0,
    );
}

/// Finds the render in a recording of 32-bit floats in stereo, sample for sample.
pub fn compare(heard: &Path, mix: &Path) {
    let bytes = std::fs::read(heard).unwrap();
    let floats: Vec<f32> =
        bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    let heard: Vec<[f32; 2]> = floats.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
    let file = PcmFile::open(mix).unwrap().unwrap();
    let frames = file.info().frames.0 as usize;
    let (mut left, mut right) = (vec![0.0; frames], vec![0.0; frames]);
    file.read(0, &mut left, &mut right, &mut Vec::new()).unwrap();
    let song: Vec<[f32; 2]> = left.into_iter().zip(right).map(|(l, r)| [l, r]).collect();
    let first = |frames: &[[f32; 2]]| frames.iter().position(|x| *x != [0.0; 2]).unwrap();
    let start = first(&heard).checked_sub(first(&song)).expect("recorded from before the start");
    let clamp = |x: [f32; 2]| x.map(|x| x.clamp(-1.0, 1.0));
    // Device and server may leave gaps; after one, the song goes on where it was.
    let (mut same, mut other, mut gaps, mut silent) = (0usize, 0usize, 0, 0usize);
    let (mut at, mut worst) = (0usize, 0.0f32);
    let mut frame = start;
    while frame < heard.len() {
        let wanted = clamp(song[at % frames]);
        if heard[frame] == wanted {
            same += 1;
        } else if heard[frame] == [0.0; 2] {
            // Silence where there should be sound: a gap, until the sound goes on.
            let more = heard[frame..].iter().position(|x| *x == wanted);
            // At the end it was stopped.
            let Some(more) = more else { break };
            gaps += 1;
            silent += more;
            frame += more;
            same += 1;
        } else {
            other += 1;
            worst = worst.max((heard[frame][0] - wanted[0]).abs());
        }
        at += 1;
        frame += 1;
    }
    println!(
        "{same} frames equal the render sample for sample, {other} do not (at most {worst}); \
         {gaps} gaps of {silent} frames; {:.1} s",
        same as f64 / f64::from(file.info().sample_rate.0)
    );
    assert!(same > 0 && other == 0, "what was heard is not what was rendered");
}
