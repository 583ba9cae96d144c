//! Plays through a real device, and compares a recording of the device with the render.

use crate::song::{content, settings};
use std::path::Path;
use std::time::{Duration, Instant};
use stemwright::media::PcmFile;
use stemwright::playback::Player;
use stemwright::playback::device::DeviceSettings;

/// Plays a session in a loop through a sound system's default device and prints the device's
/// dropouts and load.
pub fn play(session: &Path, seconds: u64, system: Option<&str>) {
    let folder = session.parent().unwrap();
    let mut session = stemwright::session::file::load(session).unwrap();
    // The comparison is with the mix before any master.
    session.chain.clear();
    let length = session.length().0;
    let opened = content(&session, folder);
    let system = system.map(str::to_owned);
    let wish = DeviceSettings { buffer: 512, system, ..DeviceSettings::default() };
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

/// Compares a recording (32-bit float, stereo, interleaved) with the render, sample for sample.
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
    // After an underrun the device has lost its buffer and inserted silence; the song then
    // continues a little later.
    let (mut same, mut other, mut gaps) = (0usize, 0usize, Vec::new());
    let (mut at, mut frame, mut worst) = (0usize, start, 0.0f32);
    while frame < heard.len() {
        let wanted = clamp(song[at % frames]);
        if heard[frame] == wanted {
            same += 1;
        } else if heard[frame] == [0.0; 2] {
            let silent = heard[frame..].iter().take_while(|x| **x == [0.0; 2]).count();
            let Some(sample) = heard.get(frame + silent..frame + silent + 64) else { break };
            let later = (0..48_000usize).find(|lost| {
                let song = (0..64).map(|n| clamp(song[(at + lost + n) % frames]));
                song.zip(sample).all(|(a, b)| a == *b)
            });
            let Some(lost) = later else {
                other += 1;
                break;
            };
            gaps.push((at, silent, lost));
            frame += silent;
            at += lost;
            continue;
        } else {
            other += 1;
            worst = worst.max((heard[frame][0] - wanted[0]).abs());
        }
        at += 1;
        frame += 1;
    }
    println!(
        "{same} frames equal the render sample for sample, {other} do not (at most {worst}); \
         {} gaps; {:.1} s",
        gaps.len(),
        same as f64 / f64::from(file.info().sample_rate.0)
    );
    for (at, silent, lost) in gaps {
        println!("  at frame {at} of the song {silent} silent frames, {lost} of the song lost");
    }
    assert!(same > 0 && other == 0, "what was heard is not what was rendered");
}
