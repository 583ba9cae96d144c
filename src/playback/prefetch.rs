//! Reads ahead for all stems on a thread of its own. Memory in use does not grow with the song.

use crate::dsp::{Stereo, silence};
use crate::engine::cuts::CutMap;
use crate::engine::source::{Scratch, StemSource};
use crate::media::MediaError;
use crate::units::SampleRate;
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// Frames of a full block, and how many blocks are under way: about half a second.
pub const BLOCK: usize = 1024;
const BLOCKS: usize = 24;

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
}

/// A stretch of every stem, and of the reference at the end of the list.
pub struct Block {
    pub epoch: u64,
    /// Where in the song it starts.
    pub frame: u64,
    pub frames: usize,
    /// The song ends with this block.
    pub last: bool,
    pub lanes: Vec<Stereo>,
}

/// A change of what is read.
pub enum Jump {
    To { frame: u64, epoch: u64 },
    Loop(Option<(u64, u64)>),
    Content(Arc<Content>),
}

/// The thread; it ends when this is dropped.
pub struct Prefetch {
    jumps: Sender<Jump>,
}

impl Prefetch {
    /// Starts reading at the beginning; returns the queue of blocks and the one for the way back.
    pub fn start(
        content: Arc<Content>,
    ) -> std::io::Result<(Self, Consumer<Box<Block>>, Producer<Box<Block>>)> {
        let (mut full, blocks) = RingBuffer::new(BLOCKS);
        let (mut free, mut spent) = RingBuffer::new(BLOCKS);
        for _ in 0..BLOCKS {
            let lanes = (0..=content.stems()).map(|_| silence(BLOCK)).collect();
            let block = Block { epoch: 0, frame: 0, frames: 0, last: false, lanes };
            // The queue holds exactly as many.
            let _ = free.push(Box::new(block));
        }
        let (jumps, orders) = channel();
        std::thread::Builder::new().name("prefetch".into()).spawn(move || {
            let mut reader = Reader::new(content);
            loop {
                if !reader.follow(&orders, full.is_full() || spent.is_empty()) {
                    return;
                }
                if full.is_full() {
                    continue;
                }
                if let Ok(mut block) = spent.pop() {
                    // A stem that cannot be read any more is silent; `check` and the next
                    // render name it.
                    let _ = reader.fill(&mut block);
                    let _ = full.push(block);
                }
            }
        })?;
        Ok((Self { jumps }, blocks, free))
    }

    pub fn jump(&self, jump: Jump) {
        // Fails only when the thread has ended, and then nothing plays.
        let _ = self.jumps.send(jump);
    }
}

struct Reader {
    content: Arc<Content>,
    epoch: u64,
    /// In the edited song.
    next: u64,
    /// In the song.
    looping: Option<(u64, u64)>,
    scratch: Scratch,
    spare: Stereo,
}

impl Reader {
    fn new(content: Arc<Content>) -> Self {
        let (scratch, spare) = (Scratch::new(), silence(0));
        Self { content, epoch: 0, next: 0, looping: None, scratch, spare }
    }

    /// Takes all orders; waits a little for one when there is nothing else to do. False when
    /// no one can give orders any more.
    fn follow(&mut self, orders: &Receiver<Jump>, idle: bool) -> bool {
        let wait = if idle { Duration::from_millis(3) } else { Duration::ZERO };
        let mut first = orders.recv_timeout(wait);
        loop {
            match first {
                Ok(Jump::To { frame, epoch }) => {
                    self.next = self.content.cuts.edited_frame(frame);
                    self.epoch = epoch;
                }
                Ok(Jump::Loop(range)) => self.looping = range,
                Ok(Jump::Content(content)) => self.content = content,
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
            first = orders.recv_timeout(Duration::ZERO);
        }
    }

    fn fill(&mut self, block: &mut Block) -> Result<(), MediaError> {
        let content = Arc::clone(&self.content);
        let cuts = &content.cuts;
        let edited = |frame| cuts.edited_frame(frame);
        let turn = self.looping.map(|(from, to)| (edited(from), edited(to))).filter(|(a, b)| a < b);
        let end = match turn {
            Some((_, to)) if self.next < to => to,
            _ => cuts.length(),
        };
        let frames = end.saturating_sub(self.next).min(BLOCK as u64) as usize;
        block.epoch = self.epoch;
        block.frame = cuts.song_frame(self.next);
        block.frames = frames;
        let from = self.next;
        self.next += frames as u64;
        block.last = false;
        match turn {
            Some((start, to)) if self.next == to => self.next = start,
            _ => block.last = self.next >= cuts.length(),
        }
        let sources = content.sources.iter().map(Some);
        let all = sources.chain([content.reference.as_deref()]);
        let mut result = Ok(());
        for (n, (source, lane)) in all.zip(&mut block.lanes).enumerate() {
            let [left, right] = lane;
            let (left, right) = (&mut left[..frames], &mut right[..frames]);
            let Some(source) = source else {
                left.fill(0.0);
                right.fill(0.0);
                continue;
            };
            let scratch = &mut self.scratch;
            let read = cuts.read(from, left, right, &mut self.spare, &mut |at, l, r| {
                source.read(at, content.clean, l, r, scratch)
            });
            if read.is_err() {
                left.fill(0.0);
                right.fill(0.0);
                result = read;
            }
            // A mono reference is heard in the middle, as loud as it is.
            if n == content.sources.len() && source.is_mono() {
                right.copy_from_slice(left);
            }
        }
        result
    }
}
