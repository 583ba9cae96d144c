//! Tests of the renderer with a late disk. The test stands in for the prefetch thread and fills the
//! blocks itself.

use super::messages::Ends;
use super::prefetch::{BLOCK, Block};
use super::*;
use crate::dsp::chain::{Hearing, Kind};
use crate::dsp::pan::PanLaw;
use crate::dsp::silence;
use crate::engine::cuts::CutMap;
use crate::units::Db;
use rtrb::{Consumer, Producer, RingBuffer};
use triple_buffer::triple_buffer;

const RATE: SampleRate = SampleRate(48_000);
const BLOCKS: usize = 12;

/// The song's sample at a frame: never silent, never steep.
fn sound(frame: u64) -> f32 {
    0.5 + 0.4 * (frame as f32 * 0.004).sin()
}

struct Disk {
    full: Producer<Box<Block>>,
    empty: Consumer<Box<Block>>,
    next: u64,
}

impl Disk {
    /// Fills up to `count` blocks. Returns false when no empty block was left.
    fn read(&mut self, count: usize) -> bool {
        for _ in 0..count {
            let Ok(mut block) = self.empty.pop() else { return false };
            block.frames = BLOCK;
            block.places = vec![(0, self.next)];
            for (n, x) in block.lanes[0][0].iter_mut().enumerate() {
                *x = sound(self.next + n as u64);
            }
            block.lanes[0][1] = block.lanes[0][0].clone();
            self.next += BLOCK as u64;
            self.full.push(block).map_err(|_| "full").unwrap();
        }
        true
    }
}

struct Rig {
    disk: Disk,
    orders: Producer<Command>,
    state: triple_buffer::Output<State>,
    renderer: Renderer,
    _ends: (Consumer<[f32; 2]>, Consumer<[f32; 2]>, Consumer<Old>, triple_buffer::Input<Settings>),
}

/// A song with only a reference, so that no stem files are needed.
fn rig() -> Rig {
    let cuts = CutMap::new(&[], RATE, 10_000_000);
    let content = Content::new(Arc::new(Vec::new()), None, cuts, false, RATE);
    let settings = Settings {
        strips: Vec::new(),
        fader: Db::UNITY,
        chain: Vec::new(),
        side_chains: Vec::new(),
        watched: None,
        comparing: None,
        law: PanLaw::default(),
        source: Source::Reference,
        master: None,
        finishing: Hearing::Output,
        matching: Db::UNITY,
    };
    let (full, blocks) = RingBuffer::new(BLOCKS);
    let (mut spent, empty) = RingBuffer::new(BLOCKS);
    for _ in 0..BLOCKS {
        let lanes = vec![silence(BLOCK)];
        let (places, last) = (Vec::new(), false);
        let block =
            Block { epoch: 0, frames: 0, places, last, fade: None, target: 0, roll: 0, lanes };
        spent.push(Box::new(block)).map_err(|_| "full").unwrap();
    }
    let (orders_in, orders) = RingBuffer::new(8);
    let (settings_in, settings_out) = triple_buffer(&settings);
    let (state, state_out) = triple_buffer(&State::new(0));
    let (tap, tapped) = RingBuffer::new(1 << 20);
    let (watch, watched) = RingBuffer::new(8);
    let (old, olds) = RingBuffer::new(8);
    let ends = Ends { orders, settings: settings_out, state, blocks, spent, tap, watch, old };
    let renderer = Renderer::new(&content, &settings, ends, RATE, &mut Vec::new()).unwrap();
    Rig {
        disk: Disk { full, empty, next: 0 },
        orders: orders_in,
        state: state_out,
        renderer,
        _ends: (tapped, watched, olds, settings_in),
    }
}

impl Rig {
    fn callback(&mut self, frames: usize) -> Vec<f32> {
        let mut out = vec![0.0; 2 * frames];
        self.renderer.process(&mut out, 2, Seconds(0.0));
        out.into_iter().step_by(2).collect()
    }
}

#[test]
fn where_the_disk_is_late_the_sound_fades_out_waits_and_fades_in_and_nothing_is_lost() {
    for block in [16, 100, 480, 2048] {
        let mut rig = rig();
        rig.orders.push(Command::Play).map_err(|_| "full").unwrap();
        rig.disk.read(BLOCKS);
        let mut heard = Vec::new();
        while heard.len() < 80_000 {
            // The disk delivers nothing in two long periods.
            let late =
                (10_000..30_000).contains(&heard.len()) || (50_000..65_000).contains(&heard.len());
            if !late {
                rig.disk.read(BLOCKS);
            }
            heard.extend(rig.callback(block));
        }
        let state = rig.state.read().clone();
        assert_eq!(state.gaps, 2, "block of {block}");
        assert!(state.gap > 50_000 - 40_000 && state.gap < 60_000, "{}", state.gap);
        // The song begins without a fade.
        let heard: Vec<f32> = heard.into_iter().skip_while(|x| *x == 0.0).collect();
        let steps = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        let steepest = steps.fold(0.0f32, f32::max);
        // The fade takes 10 ms from 0.9 to 0.
        assert!(steepest < 0.9 / 480.0 + 0.002, "block of {block}: {steepest}");
        // Every frame of the song is heard once, in order; outside the fades it is exact.
        let mut song = 0;
        let mut exact = 0;
        let mut silent = true;
        for x in heard {
            if x == 0.0 {
                // The last frame of a fade is silent too.
                song += u64::from(!silent);
                silent = true;
                continue;
            }
            silent = false;
            exact += usize::from(x == sound(song));
            assert!(x <= sound(song) + 1e-6, "block of {block}, frame {song}");
            song += 1;
        }
        assert!(exact as u64 > song - 4 * 485 && song > 40_000, "{exact} of {song}");
    }
}

#[test]
fn without_a_disk_there_is_silence_and_no_end() {
    let mut rig = rig();
    rig.orders.push(Command::Play).map_err(|_| "full").unwrap();
    for _ in 0..100 {
        assert!(rig.callback(512).iter().all(|x| *x == 0.0));
    }
    assert!(rig.state.read().playing);
    rig.disk.read(BLOCKS);
    assert!((0..20).any(|_| rig.callback(512).iter().any(|x| *x > 0.4)));
}

#[test]
fn a_processor_that_panics_is_silence_and_a_message_and_play_starts_it_again() {
    let mut rig = rig();
    let order = |rig: &mut Rig, command| rig.orders.push(command).map_err(|_| "full").unwrap();
    order(&mut rig, Command::Play);
    rig.disk.read(BLOCKS);
    assert!((0..20).any(|_| rig.callback(512).iter().any(|x| *x > 0.4)));
    let chain = |at_fault: bool| {
        let mut chain = Chain::new(&[Slot::new(Kind::Saturation)], RATE);
        if at_fault {
            chain.break_down();
        }
        Command::Chain(Place::Mix, Box::new(chain))
    };
    order(&mut rig, chain(true));
    for _ in 0..10 {
        rig.disk.read(BLOCKS);
        assert!(rig.callback(512).iter().all(|x| *x == 0.0));
    }
    let state = rig.state.read().clone();
    assert_eq!((state.failures, state.playing, state.ends), (1, false, 1));
    assert!(state.callbacks >= 10, "the callback goes on");
    // Replace the failing chain and press play.
    order(&mut rig, chain(false));
    order(&mut rig, Command::Play);
    rig.disk.read(BLOCKS);
    assert!((0..20).any(|_| rig.callback(512).iter().any(|x| *x > 0.4)));
    assert_eq!(rig.state.read().failures, 1);
}
