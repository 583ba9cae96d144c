//! A chain on a part of a mix whose dynamics follow the whole mix.

use super::unit::{Insert, STEERING, SideChain};
use super::{Chain, PART, Slot, bound};
use crate::units::{Latency, SampleRate, SongFrame};

/// Two chains in step: one on the whole mix, one on a part. In the part's chain, each processor
/// takes the whole mix at the same position as its side chain. The outputs of parts that add up to
/// the whole then add up to the output of the whole, as long as processors only filter and change
/// the gain. Saturation and clipping work on each part separately.
pub struct Linked {
    whole: Chain,
    part: Chain,
}

impl Linked {
    /// Both chains with the same settings, for files.
    pub fn new(slots: &[Slot], rate: SampleRate) -> Self {
        let (mut latency, mut units) = (Latency(0), Vec::new());
        for slot in slots.iter().take(super::MOST) {
            let unit = Insert::steered(slot, latency, rate);
            latency += unit.latency();
            units.push(unit);
        }
        Self { whole: Chain::new(slots, rate), part: Chain { units, latency } }
    }

    pub fn latency(&self) -> Latency {
        self.whole.latency()
    }

    /// Processes a block of the part and the same block of the whole in place. The block starts at
    /// `frame` of the song.
    pub fn process(
        &mut self,
        [left, right]: [&mut [f32]; 2],
        [whole_left, whole_right]: [&mut [f32]; 2],
        frame: SongFrame,
    ) {
        let parts = left.chunks_mut(PART).zip(right.chunks_mut(PART));
        let wholes = whole_left.chunks_mut(PART).zip(whole_right.chunks_mut(PART));
        for (n, ((l, r), (wl, wr))) in parts.zip(wholes).enumerate() {
            let at = frame.after(n * PART);
            for side in [&mut *l, &mut *r, &mut *wl, &mut *wr] {
                bound(side);
            }
            for (part, whole) in self.part.units.iter_mut().zip(&mut self.whole.units) {
                let side_chain = SideChain { id: STEERING, left: wl, right: wr };
                part.process(l, r, &[side_chain], false, at);
                whole.process(wl, wr, &[], false, at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::chain::Kind;
    use crate::dsp::chain::slot::ProcessorSettings;
    use crate::units::Db;

    fn noise(seed: u32, n: usize) -> f32 {
        let x = (n as u32 ^ seed.wrapping_mul(0x9E37_79B9)).wrapping_mul(0x85EB_CA6B);
        let burst = if (n / 4000).is_multiple_of(3) { 0.8 } else { 0.15 };
        ((x ^ (x >> 13)).wrapping_mul(0xC2B2_AE35) >> 8) as f32 / 8_388_608.0 * burst - burst
    }

    #[test]
    fn parts_add_up_to_the_whole_through_all_that_turns_up_and_down() {
        let kinds = [
            Kind::Eq,
            Kind::Compressor,
            Kind::DeEsser,
            Kind::DynamicEq,
            Kind::Multiband,
            Kind::Transient,
            Kind::Stereo,
        ];
        let mut slots: Vec<Slot> = kinds.into_iter().map(Slot::new).collect();
        for slot in &mut slots {
            slot.on = true;
            match &mut slot.processor {
                ProcessorSettings::Compressor(s) => s.threshold = Db(-30.0),
                ProcessorSettings::DeEsser(s) => s.threshold = Db(-20.0),
                ProcessorSettings::Transient(s) => s.attack = Db(6.0),
                ProcessorSettings::Multiband(s) => {
                    s.bands.iter_mut().for_each(|band| band.threshold = Db(-40.0));
                }
                _ => {}
            }
        }
        let rate = SampleRate(48_000);
        let one: Vec<f32> = (0..60_000).map(|n| noise(1, n) * 0.5).collect();
        let other: Vec<f32> = (0..60_000).map(|n| noise(2, n) * 0.4).collect();
        let whole: Vec<f32> = one.iter().zip(&other).map(|(a, b)| a + b).collect();
        let run = |part: &[f32], block: usize| {
            let mut linked = Linked::new(&slots, rate);
            let [mut l, mut r] = [part.to_vec(), part.to_vec()];
            let [mut wl, mut wr] = [whole.clone(), whole.clone()];
            let parts = l.chunks_mut(block).zip(r.chunks_mut(block));
            let wholes = wl.chunks_mut(block).zip(wr.chunks_mut(block));
            for (n, ((l, r), (wl, wr))) in parts.zip(wholes).enumerate() {
                linked.process([l, r], [wl, wr], SongFrame((n * block) as i64));
            }
            (l, wl)
        };
        let ((a, full), (b, _)) = (run(&one, 4096), run(&other, 4096));
        let power = |x: &mut dyn Iterator<Item = f32>| x.map(|x| f64::from(x * x)).sum::<f64>();
        let left_over = power(&mut a.iter().zip(&b).zip(&full).map(|((a, b), f)| a + b - f));
        let null = 10.0 * (left_over / power(&mut full.iter().copied())).log10();
        assert!(null < -110.0, "{null}");
        // Dynamics were at work, and the whole equals the output of a plain chain.
        assert!(power(&mut full.iter().copied()) < 0.9 * power(&mut whole.iter().copied()));
        let (mut l, mut r) = (whole.clone(), whole.clone());
        Chain::new(&slots, rate).process(&mut l, &mut r, &[], false, SongFrame(0));
        assert_eq!(l, full);
        assert_eq!(run(&one, 333).0, a);
    }
}
