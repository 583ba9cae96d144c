//! Measurements of sound files for background jobs: loudness, figures of a reference, waveforms of
//! stems.

use super::board::Running;
use super::jobs::News;
use super::measured::Reference;
use crate::engine::source::{StemSource, opened};
use crate::media::peak_cache::PeakCache;
use crate::media::peaks::Peaks;
use crate::media::store::{Opened, Store};
use crate::render::RenderError;
use crate::render::measure::measure_pcm;
use crate::render::overview::mean_spectrum;
use crate::session::Session;
use crate::session::stem::FileRef;
use crate::units::{Lufs, SampleRate};
use rayon::prelude::*;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Integrated loudness of a sound; `None` if it cannot be read or the job is cancelled.
pub(super) fn loudness(sound: &Opened, cancel: &AtomicBool) -> Option<Lufs> {
    let measured = measure_pcm(&sound.file, sound.info.channels, &mut |_| match cancel
        .load(Ordering::Relaxed)
    {
        true => Err(RenderError::Cancelled),
        false => Ok(()),
    });
    Some(measured.ok()?.loudness.integrated)
}

/// Measures a reference; `None` if it cannot be read or the job is cancelled.
pub(super) fn measure_reference(
    file: &FileRef,
    folder: &Path,
    rate: SampleRate,
    cancel: &AtomicBool,
) -> Option<Arc<Reference>> {
    let go_on = || !cancel.load(Ordering::Relaxed);
    let sound = opened(file, folder, rate, &Store::of_user(), &go_on).ok()?;
    let loudness = loudness(&sound, cancel)?;
    let source = StemSource::of(sound, rate);
    let spectrum = mean_spectrum(&source, source.length().0, rate, cancel).ok()?;
    Some(Arc::new(Reference { of: file.content.hash.clone(), loudness, spectrum }))
}

/// Builds the waveforms of all stems and the reference, or takes them from the cache. Sends each as [`News::Peaks`],
/// also while it grows. Stems that cannot be read are skipped.
pub(super) fn waveforms(
    document: u64,
    session: &Session,
    folder: &Path,
    store: &Store,
    running: &Running,
    cancel: &AtomicBool,
    say: &(dyn Fn(News) + Sync),
) {
    let cache = PeakCache::of_user();
    let rate = session.sample_rate;
    let done = AtomicUsize::new(0);
    let build = |file: &FileRef, tell: &dyn Fn(Peaks)| {
        let go_on = || !cancel.load(Ordering::Relaxed);
        let Ok(Opened { file, .. }) = opened(file, folder, rate, store, &go_on) else { return };
        let grown = &mut |peaks: &Peaks, _| {
            tell(peaks.clone());
            go_on()
        };
        if let Some(known) = cache.load(file.path(), rate) {
            tell(known);
        } else if let Ok(peaks) = Peaks::build(&file, grown)
            && go_on()
        {
            cache.keep(file.path(), rate, &peaks);
            tell(peaks);
        }
    };
    session.stems.par_iter().for_each(|stem| {
        build(&stem.file, &|peaks| {
            say(News::Peaks { document, stem: stem.id, peaks: Arc::new(peaks) });
        });
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        running.share(done as f32 / session.stems.len() as f32);
    });
    if let Some(file) = &session.reference {
        build(file, &|peaks| say(News::ReferencePeaks { document, peaks: Arc::new(peaks) }));
    }
}
