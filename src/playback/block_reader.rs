//! The audio thread's end of reading ahead. [`BlockReader`] takes filled blocks from the prefetch
//! thread, copies their frames to the lanes, and returns the empty blocks.

use super::clock::Clock;
use super::prefetch::{BLOCK, Block};
use crate::dsp::Stereo;
use crate::units::SongFrame;
use rtrb::{Consumer, Producer};

/// Result of one read.
pub enum ReadOutcome {
    /// This many frames, contiguous in the song.
    Frames(usize),
    /// No frames: the song is over.
    End,
    /// No frames: the next block belongs to the position of a new jump.
    Jump,
    /// No frames yet: the disk is late.
    Late,
}

/// Reads blocks in order. A jump starts a new epoch: blocks of older epochs are discarded.
pub struct BlockReader {
    blocks: Consumer<Box<Block>>,
    spent: Producer<Box<Block>>,
    block: Option<Box<Block>>,
    /// Next frame to read in the current block.
    at: usize,
    /// Epoch of the blocks that are heard.
    epoch: u64,
    /// Epoch to be heard next.
    wanted: u64,
    ended: bool,
    /// First and last frame of the fade-out, in frames of the song.
    fade: Option<(u64, u64)>,
    /// Blocks that must be ready before playback resumes after a gap.
    enough: usize,
    starving: bool,
}

impl BlockReader {
    pub fn new(blocks: Consumer<Box<Block>>, spent: Producer<Box<Block>>) -> Self {
        let enough = blocks.buffer().capacity() / 3;
        Self {
            blocks,
            spent,
            block: None,
            at: 0,
            // No block carries this epoch, so nothing is heard before the first arrival.
            epoch: u64::MAX,
            wanted: 0,
            ended: false,
            fade: None,
            enough,
            starving: false,
        }
    }

    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    pub fn fade(&self) -> Option<(u64, u64)> {
        self.fade
    }

    /// Waits for blocks of this epoch. [`Self::arrive`] completes the jump.
    pub fn want(&mut self, epoch: u64) {
        self.wanted = epoch;
    }

    /// Whether the wanted epoch has not arrived yet.
    pub fn is_jumping(&self) -> bool {
        self.epoch != self.wanted
    }

    /// Frames ready to read; every queued block counts as full.
    pub fn ready(&self) -> usize {
        let rest = self.block.as_ref().map_or(0, |block| block.frames - self.at);
        rest + self.blocks.slots() * BLOCK
    }

    /// The first value is true when too few frames are ready to play `frames` frames. It then stays
    /// true until a third of the queue is filled again. The second value is true only when this
    /// begins.
    pub fn starves(&mut self, frames: usize) -> (bool, bool) {
        if self.ended || self.is_jumping() {
            self.starving = false;
            return (false, false);
        }
        let before = self.starving;
        self.starving =
            if before { self.blocks.slots() < self.enough } else { self.ready() < frames };
        (self.starving, self.starving && !before)
    }

    fn give_back(&mut self) {
        if let Some(block) = self.block.take() {
            // The queue has room for every block that exists.
            let _ = self.spent.push(block);
        }
        self.at = 0;
    }

    /// Discards blocks of other epochs until one of the wanted epoch arrives. Then returns the song
    /// frame that the jump asked for, and the number of pre-roll frames read before it.
    pub fn arrive(&mut self) -> Option<(u64, usize)> {
        loop {
            if self.block.as_ref().is_some_and(|block| block.epoch != self.wanted) {
                self.give_back();
            }
            if self.block.is_none() {
                self.block = Some(self.blocks.pop().ok()?);
                self.at = 0;
            }
            if let Some(block) = self.block.as_ref().filter(|block| block.epoch == self.wanted) {
                self.epoch = self.wanted;
                self.fade = block.fade;
                self.ended = false;
                self.starving = false;
                return Some((block.target, block.roll));
            }
        }
    }

    /// Song frame of the next frame to read.
    pub fn place(&self) -> Option<SongFrame> {
        let block = self.block.as_ref()?;
        let places = block.places.iter().rev();
        let (from, song) = places.into_iter().find(|(from, _)| *from <= self.at)?;
        Some(SongFrame((song + (self.at - from) as u64) as i64))
    }

    /// Reads up to `frames` frames of all lanes, and advances `clock` by them.
    pub fn read(&mut self, lanes: &mut [Stereo], frames: usize, clock: &mut Clock) -> ReadOutcome {
        loop {
            if self.ended {
                return ReadOutcome::End;
            }
            if self.block.is_none() {
                let Ok(block) = self.blocks.pop() else { return ReadOutcome::Late };
                self.block = Some(block);
                self.at = 0;
            }
            let Some(block) = &self.block else { return ReadOutcome::Late };
            if block.epoch != self.epoch {
                if block.epoch == self.wanted {
                    return ReadOutcome::Jump;
                }
                self.give_back();
                continue;
            }
            let song = self.place().unwrap_or_default();
            let Some(block) = &self.block else { return ReadOutcome::Late };
            let next = block.places.iter().map(|(from, _)| *from).find(|from| *from > self.at);
            let end = next.unwrap_or(block.frames).min(block.frames);
            let take = end.saturating_sub(self.at).min(frames);
            for (lane, source) in lanes.iter_mut().zip(&block.lanes) {
                for (to, from) in lane.iter_mut().zip(source) {
                    let from = from.get(self.at..self.at + take).unwrap_or(&[]);
                    if let Some(to) = to.get_mut(..take) {
                        to.copy_from_slice(from);
                    }
                }
            }
            self.at += take;
            let (over, last) = (self.at >= block.frames, block.last);
            if over {
                self.give_back();
                self.ended = last;
            }
            if take > 0 {
                clock.advance(song, take);
                return ReadOutcome::Frames(take);
            }
        }
    }
}
