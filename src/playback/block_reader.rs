//! The audio thread's end of reading ahead: blocks in, empty ones back.

use super::clock::Clock;
use super::prefetch::{BLOCK, Block};
use crate::dsp::Stereo;
use rtrb::{Consumer, Producer};

/// What was there to be read.
pub enum ReadOutcome {
    /// So many frames, all from one piece of the song.
    Frames(usize),
    /// Nothing, because the song is over.
    End,
    /// Nothing, because what comes next belongs to another place.
    Jump,
    /// Nothing yet.
    Late,
}

pub struct BlockReader {
    blocks: Consumer<Box<Block>>,
    spent: Producer<Box<Block>>,
    block: Option<Box<Block>>,
    at: usize,
    /// What is heard, and what is to be heard.
    epoch: u64,
    wanted: u64,
    ended: bool,
    /// Where what is heard fades out, in frames of the song.
    fade: Option<(u64, u64)>,
    /// Blocks that have to be there before it goes on after a gap.
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
            // Nothing is heard before the first arrival.
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

    pub fn want(&mut self, epoch: u64) {
        self.wanted = epoch;
    }

    pub fn is_jumping(&self) -> bool {
        self.epoch != self.wanted
    }

    /// Frames that are there, whole blocks counted.
    pub fn ready(&self) -> usize {
        let rest = self.block.as_ref().map_or(0, |block| block.frames - self.at);
        rest + self.blocks.slots() * BLOCK
    }

    /// Whether there is too little to play `frames` and to fade out after them. Once that is
    /// so, it stays so until much is there again. The second is true when it begins.
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
            // The queue has room for every block there is.
            let _ = self.spent.push(block);
        }
        self.at = 0;
    }

    /// Throws away what is of another epoch, until the wanted one is there; then gives the
    /// place in the song that was asked for, and how many frames before it reading began.
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

    /// Where in the song the next frame is from.
    pub fn place(&self) -> Option<i64> {
        let block = self.block.as_ref()?;
        let places = block.places.iter().rev();
        let (from, song) = places.into_iter().find(|(from, _)| *from <= self.at)?;
        Some((song + (self.at - from) as u64) as i64)
    }

    /// Reads up to `frames` frames of all lanes.
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
