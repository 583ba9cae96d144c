//! Running lanes: [`LanePlayer`] reads a stem and processes it through trim, chain and strip for
//! rendering and analysis. Playback uses [`through_chain`] and [`blend`] from here.

use crate::dsp::chain::{Chain, SideChain, SideChainId};
use crate::dsp::strip::{Strip, StripMoves};
use crate::dsp::trim::Trim;
use crate::dsp::{Stereo, silence};
use crate::engine::bus::Lane;
use crate::engine::cuts::{Blend, CutMap};
use crate::engine::path::SignalPath;
use crate::engine::source::{Scratch, StemSource};
use crate::media::MediaError;
use crate::session::Session;
use crate::units::SongFrame;
use std::sync::Arc;

/// A stem that a processor of the lane uses as its side chain.
struct SideChainSource<'a> {
    id: SideChainId,
    source: &'a StemSource,
    blend: Blend,
    block: Stereo,
}

/// One stem of a version, processed from its beginning without latency.
pub struct LanePlayer<'a> {
    pub lane: Lane,
    source: &'a StemSource,
    cuts: Option<&'a CutMap>,
    blend: Blend,
    mono: bool,
    trim: Trim,
    chain: Chain,
    strip: Strip,
    moves: Option<Arc<StripMoves>>,
    ears: Vec<SideChainSource<'a>>,
    /// The block that [`Self::play`] filled last.
    pub block: Stereo,
    scratch: Scratch,
    spare: Stereo,
    /// Next frame to read; ahead of the output by the chain's latency.
    next: u64,
}

/// Processes a block through a chain in place. A mono stem passes on both channels, so that a
/// processor works as on sound in the middle of a stereo mix; then only the left channel is kept.
/// `frame` is the song frame of the block's first frame.
pub fn through_chain(
    chain: &mut Chain,
    mono: bool,
    left: &mut [f32],
    right: &mut [f32],
    side_chains: &[SideChain<'_>],
    watched: bool,
    frame: SongFrame,
) {
    if chain.is_empty() {
        return;
    }
    if mono {
        right.copy_from_slice(left);
    }
    chain.process(left, right, side_chains, watched, frame);
    if mono {
        right.fill(0.0);
    }
}

/// Indices of the stems that the chain of `stem` uses as side chains.
pub fn heard_by(session: &Session, stem: usize) -> impl Iterator<Item = usize> + '_ {
    let chain = session.stems.get(stem).map_or(&[][..], |stem| &stem.chain);
    chain.iter().filter_map(|slot| {
        let side_chain = slot.side_chain?;
        session.stems.iter().position(|known| known.id.0 == side_chain.0)
    })
}

impl<'a> LanePlayer<'a> {
    /// `source_of` returns the opened stem at an index. Returns `None` if the lane's own stem is
    /// missing. With `cuts` the stem is read through the time edits. Blocks have `size` frames at
    /// most.
    pub fn new(
        session: &Session,
        lane: Lane,
        source_of: impl Fn(usize) -> Option<&'a StemSource>,
        cuts: Option<&'a CutMap>,
        size: usize,
    ) -> Option<Self> {
        let (source, stem) = (source_of(lane.stem)?, session.stems.get(lane.stem)?);
        let (mono, rate) = (source.is_mono(), session.sample_rate);
        let mut ears: Vec<SideChainSource<'a>> = Vec::new();
        for heard in heard_by(session, lane.stem) {
            if let (Some(source), Some(stem)) = (source_of(heard), session.stems.get(heard)) {
                let id = SideChainId(stem.id.0);
                if ears.iter().all(|ear| ear.id != id) {
                    let blend = blend(cuts, source, lane.clean);
                    ears.push(SideChainSource { id, source, blend, block: silence(size) });
                }
            }
        }
        let path = SignalPath::of(session, stem, lane.gain);
        Some(Self {
            lane,
            source,
            cuts,
            blend: blend(cuts, source, lane.clean),
            mono,
            trim: Trim::new(path.trim, rate),
            chain: Chain::new(&path.chain, rate),
            strip: Strip::new(&path.settings, mono, session.pan_law, rate),
            moves: path.moves,
            ears,
            block: silence(size),
            scratch: Scratch::new(),
            spare: silence(0),
            next: 0,
        })
    }

    /// The time edits that the stem is read through.
    pub fn cuts(&self) -> Option<&'a CutMap> {
        self.cuts
    }

    /// Processes the next `count` frames into the beginning of [`Self::block`].
    pub fn play(&mut self, count: usize) -> Result<(), MediaError> {
        if self.next == 0 {
            // The first frames out of the chain are its latency: drop them.
            let mut late = self.chain.latency().0;
            while late > 0 {
                let part = late.min(self.block.first().map_or(1, Vec::len));
                self.advance(part)?;
                late -= part;
            }
        }
        self.advance(count)
    }

    fn advance(&mut self, count: usize) -> Result<(), MediaError> {
        let (from, clean, cuts) = (self.next, self.lane.clean, self.cuts);
        self.next += count as u64;
        let (scratch, spare) = (&mut self.scratch, &mut self.spare);
        let mut read =
            |source: &StemSource, blend: &Blend, left: &mut [f32], right: &mut [f32]| match cuts {
                None => source.read(from as i64, clean, left, right, scratch),
                Some(cuts) => cuts.read(blend, from, left, right, spare, &mut |at, l, r| {
                    source.read(at, clean, l, r, scratch)
                }),
            };
        for SideChainSource { source, blend, block: [left, right], .. } in &mut self.ears {
            read(source, blend, &mut left[..count], &mut right[..count])?;
        }
        let [left, right] = &mut self.block;
        let (left, right) = (&mut left[..count], &mut right[..count]);
        read(self.source, &self.blend, left, right)?;
        self.trim.process(left, right);
        let side_chains: Vec<SideChain<'_>> =
            self.ears.iter().map(|ear| ear.side_chain(count)).collect();
        let mut at = 0;
        for (frames, song) in runs(cuts, from as i64, count) {
            let to = at + frames;
            let side_chains: Vec<SideChain<'_>> =
                side_chains.iter().map(|side_chain| side_chain.part(at, to)).collect();
            let (left, right) = (&mut left[at..to], &mut right[at..to]);
            through_chain(&mut self.chain, self.mono, left, right, &side_chains, false, song);
            at = to;
        }
        let mut at = 0;
        for (frames, song) in runs(cuts, from as i64 - self.chain.latency().0 as i64, count) {
            let to = at + frames;
            self.strip.process(&mut left[at..to], &mut right[at..to], self.moves.as_deref(), song);
            at = to;
        }
        Ok(())
    }
}

/// Crossfade parameters of a stem at all joins. A read error is ignored here; playing the stem
/// reports it.
pub fn blend(cuts: Option<&CutMap>, source: &StemSource, clean: bool) -> Blend {
    let mut scratch = Scratch::new();
    let read = &mut |at: i64, left: &mut [f32], right: &mut [f32]| {
        source.read(at, clean, left, right, &mut scratch)
    };
    cuts.map_or_else(Blend::default, |cuts| cuts.blend(source.id(), read).unwrap_or_default())
}

/// Ranges that are contiguous in the song; without cuts a single one.
fn runs(
    cuts: Option<&CutMap>,
    from: i64,
    count: usize,
) -> impl Iterator<Item = (usize, SongFrame)> {
    let whole = cuts.is_none().then_some((count, SongFrame(from)));
    let parts = cuts.into_iter().flat_map(move |cuts| cuts.runs(from, count));
    whole.into_iter().chain(parts)
}

impl SideChainSource<'_> {
    fn side_chain(&self, count: usize) -> SideChain<'_> {
        let [left, right] = &self.block;
        SideChain { id: self.id, left: &left[..count], right: &right[..count] }
    }
}
