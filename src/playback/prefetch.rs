//! Reads ahead for all stems on a thread of its own. Memory in use does not grow with the song.

use crate::dsp::{Stereo, silence};
use crate::engine::cuts::{Blend, CutMap};
use crate::engine::lane::blend;
use crate::engine::source::{Scratch, StemSource};
use crate::media::MediaError;
use crate::units::{SampleRate, Seconds};
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// Frames of a full block.
pub const BLOCK: usize = 1024;
/// How far is read ahead. With 64 stems and the reference that is 65 × 48,000 frames of 8 bytes,
/// 25 MB at 48 kHz and 100 MB at 192 kHz, however long the song is.
const AHEAD: Seconds = Seconds(1.0);
/// Loops shorter than this are not played as loops.
pub const LEAST_LOOP: u64 = 256;

/// How many blocks are under way.
fn blocks(rate: SampleRate) -> usize {
    AHEAD.frames(rate).0 as usize / BLOCK + 2
}

static NO_BLEND: Blend = Blend::none();

/// What is played: the stems, the reference, and the edits of a version.
pub struct Content {
    sources: Arc<Vec<StemSource>>,
    reference: Option<Arc<StemSource>>,
    cuts: CutMap,
    clean: bool,
    rate: SampleRate,
}

impl Content {
    pub fn new(
        sources: Arc<Vec<StemSource>>,
        reference: Option<Arc<StemSource>>,
        cuts: CutMap,
        clean: bool,
        rate: SampleRate,
    ) -> Self {
        Self { sources, reference, cuts, clean, rate }
    }

    pub fn stems(&self) -> usize {
        self.sources.len()
    }

    /// Whether each stem is mono.
    pub fn mono(&self) -> Vec<bool> {
        self.sources.iter().map(StemSource::is_mono).collect()
    }

    pub fn rate(&self) -> SampleRate {
        self.rate
    }

    /// How each lane, and the reference after them, goes over the joins.
    fn blends(&self) -> Vec<Blend> {
        let all = self.sources.iter().chain(self.reference.as_deref());
        all.map(|source| blend(Some(&self.cuts), source, self.clean)).collect()
    }

    /// Length of the song, before time edits, in frames.
    pub fn length(&self) -> u64 {
        self.cuts.song_frame(self.cuts.length())
    }
}

/// A stretch of every stem, and of the reference at the end of the list.
pub struct Block {
    pub epoch: u64,
    pub frames: usize,
    /// Where its parts are from: first frame in the block, and frame of the song.
    pub places: Vec<(usize, u64)>,
    /// The song ends with this block.
    pub last: bool,
    /// Where the song fades out, in its frames.
    pub fade: Option<(u64, u64)>,
    /// What was asked for when the epoch began, and how many frames before that its first
    /// block starts.
    pub target: u64,
    pub roll: usize,
    pub lanes: Vec<Stereo>,
}

/// A change of what is read.
pub enum Jump {
    /// Starts at `roll` frames before `frame` of the song, as far as there are so many.
    To {
        frame: u64,
        roll: usize,
        epoch: u64,
    },
    Loop(Option<(u64, u64)>),
    Content(Arc<Content>),
}

/// The thread; it ends when this is dropped.
pub struct Prefetch {
    jumps: Sender<Jump>,
    faults: Receiver<MediaError>,
}

impl Prefetch {
    /// Starts reading at the beginning; returns the queue of blocks and the one for the way back.
    pub fn start(
        content: Arc<Content>,
    ) -> std::io::Result<(Self, Consumer<Box<Block>>, Producer<Box<Block>>)> {
        let count = blocks(content.rate);
        let (mut full, filled) = RingBuffer::new(count);
        let (mut free, mut spent) = RingBuffer::new(count);
        for _ in 0..count {
            let lanes = (0..=content.stems()).map(|_| silence(BLOCK)).collect();
            let (epoch, frames, target, roll) = (0, 0, 0, 0);
            let (places, last, fade) = (Vec::new(), false, None);
            let block = Block { epoch, frames, places, last, fade, target, roll, lanes };
            // The queue holds exactly as many.
            let _ = free.push(Box::new(block));
        }
        let (jumps, orders) = channel();
        let (fault, faults) = channel();
        std::thread::Builder::new().name("prefetch".into()).spawn(move || {
            let mut reader = Reader::new(content, fault);
            loop {
                if !reader.follow(&orders, full.is_full() || spent.is_empty()) {
                    return;
                }
                if full.is_full() {
                    continue;
                }
                if let Ok(mut block) = spent.pop() {
                    reader.fill(&mut block);
                    let _ = full.push(block);
                }
            }
        })?;
        Ok((Self { jumps, faults }, filled, free))
    }

    pub fn jump(&self, jump: Jump) {
        // Fails only when the thread has ended, and then nothing plays.
        let _ = self.jumps.send(jump);
    }

    /// A stem that could not be read and is silent; each is told of once.
    pub fn fault(&self) -> Option<MediaError> {
        self.faults.try_recv().ok()
    }
}

struct Reader {
    content: Arc<Content>,
    epoch: u64,
    target: u64,
    roll: usize,
    /// In the edited song.
    next: u64,
    /// In the song.
    looping: Option<(u64, u64)>,
    scratch: Scratch,
    spare: Stereo,
    fault: Sender<MediaError>,
    /// Lanes that were told of.
    failed: Vec<bool>,
    /// How each lane goes over the joins.
    blends: Vec<Blend>,
}

impl Reader {
    fn new(content: Arc<Content>, fault: Sender<MediaError>) -> Self {
        let failed = vec![false; content.stems() + 1];
        Self {
            blends: content.blends(),
            content,
            epoch: 0,
            target: 0,
            roll: 0,
            next: 0,
            looping: None,
            scratch: Scratch::new(),
            spare: silence(0),
            fault,
            failed,
        }
    }

    /// Takes all orders; waits a little for one when there is nothing else to do. False when
    /// no one can give orders any more.
    fn follow(&mut self, orders: &Receiver<Jump>, idle: bool) -> bool {
        let wait = if idle { Duration::from_millis(3) } else { Duration::ZERO };
        let mut first = orders.recv_timeout(wait);
        loop {
            match first {
                Ok(Jump::To { frame, roll, epoch }) => {
                    let place = self.content.cuts.edited_frame(frame);
                    self.roll = roll.min(place as usize);
                    self.next = place - self.roll as u64;
                    self.target = frame;
                    self.epoch = epoch;
                }
                Ok(Jump::Loop(range)) => self.looping = range,
                Ok(Jump::Content(content)) => {
                    self.blends = content.blends();
                    self.content = content;
                    self.failed.fill(false);
                }
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
            first = orders.recv_timeout(Duration::ZERO);
        }
    }

    /// The loop in the edited song.
    fn turn(&self) -> Option<(u64, u64)> {
        let (from, to) = self.looping?;
        let edited = |frame| self.content.cuts.edited_frame(frame);
        let (from, to) = (edited(from), edited(to));
        (from + LEAST_LOOP <= to && self.next < to).then_some((from, to))
    }

    fn fill(&mut self, block: &mut Block) {
        let content = Arc::clone(&self.content);
        let length = content.cuts.length();
        (block.epoch, block.target, block.roll) = (self.epoch, self.target, self.roll);
        block.places.clear();
        block.last = false;
        block.fade = content.cuts.fade();
        let mut filled = 0;
        while filled < BLOCK && !block.last {
            let turn = self.turn();
            let end = turn.map_or(length, |(_, to)| to.min(length));
            let frames = end.saturating_sub(self.next).min((BLOCK - filled) as u64) as usize;
            let mut at = filled;
            for (count, song) in content.cuts.runs(self.next as i64, frames) {
                block.places.push((at, u64::try_from(song).unwrap_or(0)));
                at += count;
            }
            self.read(&content, &mut block.lanes, filled, frames);
            filled += frames;
            self.next += frames as u64;
            match turn {
                Some((start, to)) if self.next == to => self.next = start,
                _ => block.last = self.next >= length,
            }
        }
        block.frames = filled;
    }

    /// Reads `frames` frames of all lanes, from `at` in the block on.
    fn read(&mut self, content: &Content, lanes: &mut [Stereo], at: usize, frames: usize) {
        let sources = content.sources.iter().map(Some);
        let all = sources.chain([content.reference.as_deref()]);
        for (n, (source, lane)) in all.zip(lanes).enumerate() {
            let [left, right] = lane;
            let (left, right) = (&mut left[at..at + frames], &mut right[at..at + frames]);
            let Some(source) = source else {
                left.fill(0.0);
                right.fill(0.0);
                continue;
            };
            let (scratch, clean) = (&mut self.scratch, content.clean);
            let blend = self.blends.get(n).unwrap_or(&NO_BLEND);
            let (next, spare) = (self.next, &mut self.spare);
            let read = content.cuts.read(blend, next, left, right, spare, &mut |at, l, r| {
                source.read(at, clean, l, r, scratch)
            });
            if let Err(error) = read {
                left.fill(0.0);
                right.fill(0.0);
                if let Some(told) = self.failed.get_mut(n).filter(|told| !**told) {
                    *told = true;
                    // Nobody listens when the window is gone.
                    let _ = self.fault.send(error);
                }
            }
            // A mono reference is heard in the middle, as loud as it is.
            if n == content.sources.len() && source.is_mono() {
                right.copy_from_slice(left);
            }
        }
    }
}
