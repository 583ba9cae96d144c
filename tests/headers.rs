//! Opening a PCM file must not reserve memory by numbers in its header: at most the file's size and
//! a little more.

#![allow(unsafe_code, reason = "an allocator that counts")]

use proptest::prelude::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use stemwright::media::{PcmFile, probe};

/// An allocator that counts the bytes a thread holds, and their maximum.
struct Counting;

thread_local! {
    static HELD: Cell<(isize, isize)> = const { Cell::new((0, 0)) };
}

fn count(by: isize) {
    // The counter is already gone while a thread ends.
    let _ = HELD.try_with(|held| {
        let (now, most) = held.get();
        held.set((now + by, most.max(now + by)));
    });
}

// SAFETY: the system's allocator does all the work; this type only adds up sizes.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller upholds the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller upholds the contract of `dealloc`.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Most bytes that `work` holds at once.
fn most(work: impl FnOnce()) -> isize {
    HELD.with(|held| held.set((0, 0)));
    work();
    HELD.with(|held| held.get().1)
}

/// A few hundred bytes of every PCM container.
fn heads() -> Vec<Vec<u8>> {
    let data = [7; 600];
    let wav = |head: &[u8], between: &[u8], bits: u8| {
        let fmt = [16, 0, 0, 0, 1, 0, 2, 0, 0x80, 0xBB, 0, 0, 0, 0, 0, 0, bits / 4, 0, bits, 0];
        let size = (data.len() as u32).to_le_bytes();
        [head, &[0xFF; 4], b"WAVE", between, b"fmt ", &fmt, b"data", &size, &data].concat()
    };
    let ds64 = [&b"ds64\x1C\0\0\0"[..], &[9; 28]].concat();
    let aiff = |kind: &[u8], tail: &[u8]| {
        let comm = [0, 2, 0, 0, 0, 100, 0, 24, 0x40, 0x0E, 0xBB, 0x80, 0, 0, 0, 0, 0, 0];
        let size = [0, 0, 0, (comm.len() + tail.len()) as u8];
        let size2 = [0, 0, 2, 0x60];
        let parts: [&[u8]; 9] =
            [b"FORM\0\0\x03\0", kind, b"COMM", &size, &comm, tail, b"SSND", &size2, &[0; 8]];
        [&parts.concat()[..], &data].concat()
    };
    let caf = |kind: &[u8]| {
        let desc = [0u32, 6, 1, 2, 24].map(u32::to_be_bytes).concat();
        let rate = 48_000f64.to_be_bytes();
        let parts: [&[u8]; 6] =
            [b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20", &rate, kind, &desc, b"data", &[0xFF; 8]];
        [&parts.concat()[..], &[0; 4], &data].concat()
    };
    vec![
        wav(b"RIFF", b"", 24),
        wav(b"RIFF", b"bext\0\0\0\0", 20),
        wav(b"RF64", &ds64, 16),
        aiff(b"AIFF", b""),
        aiff(b"AIFC", b"sowt\0\0"),
        caf(b"lpcm"),
        caf(b"alac"),
        [&b".snd\0\0\0\x18\xFF\xFF\xFF\xFF\0\0\0\x03\0\0\xBB\x80\0\0\0\x02"[..], &data].concat(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn opening_takes_no_more_memory_than_the_file_holds(
        which in 0usize..8,
        hits in prop::collection::vec((0usize..100, prop_oneof![Just(0xFFu8), any::<u8>()]), 0..10),
    ) {
        let mut content = heads()[which].clone();
        for (at, value) in hits {
            content[at] = value;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.wav");
        std::fs::write(&path, &content).unwrap();
        let taken = most(|| drop(PcmFile::open(&path)));
        prop_assert!(taken <= content.len() as isize + 8192, "{taken} bytes for {}", content.len());
    }
}

#[test]
fn a_file_that_asks_for_packets_without_end_gets_nothing() {
    // Linear PCM that states 2^32 − 1 frames per packet.
    let mut content = heads()[5].clone();
    content[40..44].fill(0xFF);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.caf");
    std::fs::write(&path, &content).unwrap();
    let taken = most(|| assert!(probe(&path).is_err()));
    assert!(taken < 16_384, "{taken}");
}
