//! Encoder for Opus in Ogg (RFC 6716, RFC 7845): small files that every current browser plays. The
//! client page holds its sound in this form.

use crate::dsp::{Stereo, silence};
use crate::media::error::MediaError;
use crate::media::pcm::PcmFile;
use crate::media::resample::Resampler;
use crate::units::SampleRate;
use opus_pure::{
    Application, MAX_PACKET_BYTES, OggOpusWriter, OpusEncoder, OpusHead, OpusTags, RateControl,
};
use std::path::Path;

/// Sample rate of the encoded sound.
pub const RATE: SampleRate = SampleRate(48_000);
/// Frames per packet: 20 ms.
const FRAME: usize = 960;

/// Frames read from the file per block.
const BLOCK: usize = 1 << 14;

/// Encodes a WAV file as Ogg Opus in memory, at `kbps` kilobits per second, limited to 32 to 510.
/// The decoded sound is as long as the file, to the frame. `heard` receives the samples block by
/// block at 48 kHz, left and right; an error that it returns ends the work.
pub fn encode<E: From<MediaError>>(
    file: &PcmFile,
    kbps: u32,
    heard: &mut dyn FnMut(&[f32], &[f32]) -> Result<(), E>,
) -> Result<Vec<u8>, E> {
    let info = file.info();
    let mut encoder = Encoder::new(file.path(), kbps)?;
    let mut resampler = Resampler::new(info.sample_rate, RATE)?;
    let (mut block, mut bytes, mut out) = (silence(BLOCK), Vec::new(), Stereo::default());
    for from in (0..info.frames.0).step_by(BLOCK) {
        let count = (info.frames.0 - from).min(BLOCK as u64) as usize;
        let [left, right] = &mut block;
        let (left, right) = (&mut left[..count], &mut right[..count]);
        file.read(from as i64, left, right, &mut bytes)?;
        resampler.process(left, if info.channels == 1 { left } else { right }, &mut out)?;
        heard(&out[0], &out[1])?;
        encoder.take(&mut out)?;
    }
    resampler.finish(&mut out)?;
    heard(&out[0], &out[1])?;
    encoder.take(&mut out)?;
    Ok(encoder.finish()?)
}

struct Encoder<'a> {
    path: &'a Path,
    encoder: OpusEncoder,
    writer: OggOpusWriter<Vec<u8>>,
    /// Interleaved samples, fewer than a packet holds.
    waiting: Vec<f32>,
    /// Frames taken so far.
    frames: u64,
    /// Frames of encoder delay, which players skip.
    pre_skip: u64,
    packet: Vec<u8>,
}

impl<'a> Encoder<'a> {
    fn new(path: &'a Path, kbps: u32) -> Result<Self, MediaError> {
        let failed = |error: opus_pure::Error| Self::failed(path, &error);
        let mut encoder = OpusEncoder::new(48_000, 2, Application::Audio).map_err(failed)?;
        encoder.bitrate_bps = kbps.clamp(32, 510) as i32 * 1000;
        encoder.rate_control = RateControl::Vbr;
        let head = OpusHead::for_encoder(&encoder, RATE.0);
        let pre_skip = u64::from(head.pre_skip);
        // A fixed serial number: the same song gives the same bytes.
        let writer =
            OggOpusWriter::with_serial(Vec::new(), head, OpusTags::new(), 1).map_err(failed)?;
        let (waiting, packet) = (Vec::new(), vec![0; MAX_PACKET_BYTES]);
        Ok(Self { path, encoder, writer, waiting, frames: 0, pre_skip, packet })
    }

    fn failed(path: &Path, error: &dyn std::fmt::Display) -> MediaError {
        let detail = format!("it cannot be made Opus: {error}");
        MediaError::Damaged { path: path.to_owned(), detail }
    }

    /// Empties `samples`, encodes all whole packets and keeps the rest.
    fn take(&mut self, samples: &mut Stereo) -> Result<(), MediaError> {
        let [left, right] = samples;
        self.frames += left.len() as u64;
        self.waiting.extend(left.iter().zip(right.iter()).flat_map(|(l, r)| [*l, *r]));
        left.clear();
        right.clear();
        let whole = self.waiting.len() / (2 * FRAME) * (2 * FRAME);
        let rest = self.waiting.split_off(whole);
        let blocks = std::mem::replace(&mut self.waiting, rest);
        for block in blocks.chunks_exact(2 * FRAME) {
            self.packet(block, None)?;
        }
        Ok(())
    }

    fn packet(&mut self, block: &[f32], duration: Option<u32>) -> Result<(), MediaError> {
        let failed = |error: opus_pure::Error| Self::failed(self.path, &error);
        let long = self.encoder.encode(block, FRAME, &mut self.packet).map_err(failed)?;
        let packet = self.packet.get(..long).unwrap_or(&[]);
        match duration {
            Some(duration) => self.writer.write_packet_with_duration(packet, duration),
            None => self.writer.write_packet(packet),
        }
        .map_err(failed)
    }

    /// Encodes the rest and pads with silence until the encoder has given out all frames. The
    /// position of the last packet states where the song ends (RFC 7845, section 4.4).
    fn finish(mut self) -> Result<Vec<u8>, MediaError> {
        let end = self.pre_skip + self.frames;
        loop {
            let written = self.writer.granule().max(0) as u64;
            let mut block = std::mem::take(&mut self.waiting);
            block.resize(2 * FRAME, 0.0);
            let left = end.saturating_sub(written);
            if left <= FRAME as u64 {
                self.packet(&block, Some(left as u32))?;
                break;
            }
            self.packet(&block, None)?;
        }
        let path = self.path;
        self.writer.finish().map_err(|error| Self::failed(path, &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::writer::write_plain;
    use opus_pure::{MAX_PACKET_SAMPLES, OggOpusReader, Trim};

    fn decoded(bytes: &[u8]) -> Vec<f32> {
        let mut reader = OggOpusReader::new(bytes).unwrap();
        let mut decoder = reader.head().decoder(48_000).unwrap();
        let mut trim = Trim::new(reader.head(), 48_000, 2).unwrap();
        let mut block = vec![0.0; MAX_PACKET_SAMPLES * 2];
        let mut pcm = Vec::new();
        for packet in reader.packets() {
            let packet = packet.unwrap();
            let n = decoder.decode(&packet.data, MAX_PACKET_SAMPLES, &mut block).unwrap();
            pcm.extend_from_slice(trim.keep(&packet, &block[..n * 2]));
        }
        pcm
    }

    #[test]
    fn it_plays_as_long_as_the_file_and_in_line_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("song.wav");
        for (rate, frames) in [(48_000u32, 48_123usize), (44_100, 44_100), (48_000, 100)] {
            let tone =
                |n: usize| 0.25 * (n as f32 * 440.0 * std::f32::consts::TAU / rate as f32).sin();
            let left: Vec<f32> = (0..frames).map(tone).collect();
            let right: Vec<f32> = left.iter().map(|x| -x).collect();
            write_plain(&path, SampleRate(rate), &left, &right).unwrap();
            let mut seen = 0;
            let file = PcmFile::open(&path).unwrap().unwrap();
            let bytes = encode::<MediaError>(&file, 160, &mut |left, _| {
                seen += left.len();
                Ok(())
            })
            .unwrap();
            let pcm = decoded(&bytes);
            let long = frames * 48_000 / rate as usize;
            assert_eq!((pcm.len() / 2, seen), (long, long));
            if frames > 1000 {
                // The tone is not shifted: the difference is at least 30 dB below it.
                let (mut error, mut power) = (0.0, 0.0);
                for n in 4800..40_000 {
                    let want = 0.25 * (n as f32 * 440.0 * std::f32::consts::TAU / 48_000.0).sin();
                    error += (pcm[2 * n] - want).powi(2);
                    power += want * want;
                }
                assert!(error < power * 1e-3, "{error} of {power}");
            }
        }
    }

    #[test]
    fn work_can_be_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("song.wav");
        let silence = vec![0.0; 480_000];
        write_plain(&path, RATE, &silence, &silence).unwrap();
        let file = PcmFile::open(&path).unwrap().unwrap();
        let error = encode(&file, 96, &mut |_, _| Err(MediaError::Empty("stop".into())));
        assert!(matches!(error, Err(MediaError::Empty(_))));
    }
}
