//! The thread that reads all stems and the reference ahead of playback. [`Prefetch`] starts it and
//! sends it [`Jump`]s; it fills [`Block`]s for the audio thread. Memory use does not grow with the
//! length of the song.

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
/// How far the thread reads ahead. With 64 stems and the reference that is 65 × 48,000 frames of 8
/// bytes: 25 MB at 48 kHz and 100 MB at 192 kHz, however long the song is.
const AHEAD: Seconds = Seconds(1.0);
/// A loop shorter than this, in frames, is ignored.
pub const LEAST_LOOP: u64 = 256;

/// Number of blocks in circulation.
fn blocks(rate: SampleRate) -> usize {
    AHEAD.frames(rate).0 as usize / BLOCK + 2
}

static NO_BLEND: Blend = Blend::none();

/// What the prefetch thread reads: the stems, the reference, and the time edits of a version.
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

    /// How each lane crosses the joins; the reference comes last.
    fn blends(&self) -> Vec<Blend> {
        let all = self.sources.iter().chain(self.reference.as_deref());
        all.map(|source| blend(Some(&self.cuts), source, self.clean)).collect()
    }

    /// Length of the song, before time edits, in frames.
    pub fn length(&self) -> u64 {
        self.cuts.song_frame(self.cuts.length())
    }
}

/// Consecutive frames of every stem; the reference is the last lane.
pub struct Block {
    pub epoch: u64,
    pub frames: usize,
    /// Contiguous parts of the song in this block: first frame in the block, and frame of the song.
    pub places: Vec<(usize, u64)>,
    /// The song ends with this block.
    pub last: bool,
    /// First and last frame of the fade-out, in frames of the song.
    pub fade: Option<(u64, u64)>,
    /// Song frame that the jump of this epoch asked for.
    pub target: u64,
    /// Pre-roll: frames before the target at which the first block of the epoch starts.
    pub roll: usize,
    /// Planar samples of each lane.
    pub lanes: Vec<Stereo>,
}

/// A change of the reading position or of the content.
pub enum Jump {
    /// Reads from `roll` frames before `frame` of the song, or from its beginning if that is
    /// nearer.
    To {
        frame: u64,
        roll: usize,
        epoch: u64,
    },
    /// Loop range in frames of the song, or no loop.
    Loop(Option<(u64, u64)>),
    Content(Arc<Content>),
}

/// Handle of the prefetch thread, which ends when this is dropped.
pub struct Prefetch {
    jumps: Sender<Jump>,
    faults: Receiver<MediaError>,
}

impl Prefetch {
    /// Starts the thread at the beginning of the song. Returns the queue of filled blocks and the
    /// queue that takes empty ones back.
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
            // The queue has room for exactly this many.
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

    /// An error of a stem that could not be read and is silent; each stem is reported once.
    pub fn fault(&self) -> Option<MediaError> {
        self.faults.try_recv().ok()
    }
}

struct Reader {
    content: Arc<Content>,
    epoch: u64,
    target: u64,
    roll: usize,
    /// Next frame to read, in the edited song.
    next: u64,
    /// Loop range, in frames of the song.
    looping: Option<(u64, u64)>,
    scratch: Scratch,
    spare: Stereo,
    fault: Sender<MediaError>,
    /// Lanes whose error has been reported.
    failed: Vec<bool>,
    /// How each lane crosses the joins.
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

    /// Takes all waiting orders; when `idle`, first waits up to 3 ms for one. Returns false when
    /// the sender is gone.
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

    /// The loop range in the edited song. None when it is shorter than [`LEAST_LOOP`], or when
    /// reading is past its end.
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
                block.places.push((at, u64::try_from(song.0).unwrap_or(0)));
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

    /// Reads `frames` frames of all lanes into the block, from `at` on. A lane that cannot be read
    /// is silent.
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
                    // The receiver is gone when the window is gone.
                    let _ = self.fault.send(error);
                }
            }
            // A mono reference plays at full level on both channels.
            if n == content.sources.len() && source.is_mono() {
                right.copy_from_slice(left);
            }
        }
    }
}
