//! Turns denormal numbers off on the audio thread, where they count as zero: a processor may need a
//! hundred times as long for them.

#![allow(unsafe_code, reason = "two registers that nothing safe reaches")]

use std::cell::Cell;

thread_local! {
    static DONE: Cell<bool> = const { Cell::new(false) };
}

/// From now on this thread treats numbers below 1.2e-38 (`f32`) or 2.2e-308 (`f64`) as zero.
/// Threads that render files keep denormals, so that files do not change; playback differs from
/// them only below −750 dB.
pub fn flush() {
    if !DONE.replace(true) {
        set();
    }
}

#[cfg(target_arch = "x86_64")]
fn set() {
    /// Flush to zero, and denormals are zero: bits 15 and 6 of MXCSR.
    const FLUSH: u32 = 1 << 15 | 1 << 6;
    let mut state = 0u32;
    let place = &raw mut state;
    // SAFETY: both instructions touch only the four bytes at `place` and the register MXCSR; only
    // its treatment of denormals changes. The intrinsics for it are deprecated in favour of inline
    // assembly. The compiler assumes that the register does not change. That matters only for
    // constants that it computes in advance, and no result here depends on a denormal constant.
    unsafe {
        std::arch::asm!("stmxcsr [{}]", in(reg) place, options(nostack));
        *place |= FLUSH;
        std::arch::asm!("ldmxcsr [{}]", in(reg) place, options(nostack));
    }
}

#[cfg(target_arch = "aarch64")]
fn set() {
    /// Flush to zero: bit 24 of FPCR.
    const FLUSH: u64 = 1 << 24;
    let mut state: u64;
    // SAFETY: reads and writes the register FPCR of this thread and nothing else; only the
    // treatment of denormals changes, as above.
    unsafe {
        std::arch::asm!("mrs {}, fpcr", out(reg) state, options(nomem, nostack));
        std::arch::asm!("msr fpcr, {}", in(reg) state | FLUSH, options(nomem, nostack));
    }
}

/// On other processors denormals stay on, and cost time.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn set() {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    /// Whether a denormal that comes out of a product, or goes into one, is zero. `black_box` keeps
    /// the compiler from computing a product later, after the thread's mode has changed.
    fn products() -> [bool; 4] {
        let small = black_box(black_box(f32::MIN_POSITIVE) * black_box(0.5));
        let tiny = black_box(black_box(f64::MIN_POSITIVE) * black_box(0.5));
        let given = black_box(black_box(f32::from_bits(1)) * black_box(1e30));
        let narrow = black_box(black_box(1e-40f64) as f32);
        // Compared by their bits: a float comparison would treat a denormal as zero too.
        [small.to_bits() == 0, tiny.to_bits() == 0, given.to_bits() == 0, narrow.to_bits() == 0]
    }

    #[test]
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    fn the_thread_that_asks_for_it_has_no_denormals_and_no_other_thread_is_touched() {
        let flushed = std::thread::spawn(|| {
            let before = products();
            flush();
            flush();
            (before, products(), black_box(1e-30f32) * black_box(0.5) == 5e-31)
        });
        assert_eq!(flushed.join().unwrap(), ([false; 4], [true; 4], true));
        assert_eq!(products(), [false; 4]);
    }
}
