//! The way on Windows and macOS: the system's default device, at the device's own rate.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig};

use super::resample::{Next, Resampler};
use super::{AHEAD_MS, Device, FRAME_BYTES, Route, Shared};

/// Opens the default device for frames of this rate.
pub fn open(rate_hz: u32, shared: &Arc<Shared>) -> Result<Box<dyn Device>, String> {
    let device = cpal::default_host().default_output_device().ok_or("there is no sound device")?;
    let name = device.description().ok().map(|words| words.name().to_owned());
    let (format, config) = match device.default_output_config() {
        Ok(config) => (config.sample_format(), config.config()),
        Err(error) => return Err(refused(&error)),
    };
    if config.sample_rate == 0 || config.channels == 0 {
        return Err("the sound device has no rate or no channels".into());
    }
    let pool = Arc::new(Pool::default());
    let interrupt = pool.clone();
    shared.on_stop(move || interrupt.change(|queue| queue.is_stopped = true));
    let to = (&device, config, rate_hz, &pool, shared);
    let stream = match format {
        SampleFormat::F32 => build::<f32>(to),
        SampleFormat::I16 => build::<i16>(to),
        SampleFormat::I32 => build::<i32>(to),
        _ => return Err(format!("the sound device wants values of a kind that is not known here ({format})")),
    };
    let stream = stream.map_err(|error| refused(&error))?;
    stream.play().map_err(|error| refused(&error))?;
    let most = usize::try_from(u64::from(rate_hz) * AHEAD_MS / 1000).unwrap_or(usize::MAX).max(2);
    Ok(Box::new(System { name, pool, most, _stream: stream }))
}

/// Between the play's thread and the device's.
#[derive(Default)]
struct Pool {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    frames: VecDeque<i16>,
    /// No more are added.
    is_whole: bool,
    /// When the last of it is heard.
    over_at: Option<Instant>,
    is_stopped: bool,
    lost: Option<String>,
}

impl Pool {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Queue)) {
        change(&mut self.queue());
        self.changed.notify_all();
    }

    /// Waits until `ready` has something to say.
    fn wait<T>(&self, ready: impl Fn(&Queue) -> Option<T>) -> Result<T, String> {
        let mut queue = self.queue();
        loop {
            if let Some(lost) = &queue.lost {
                return Err(lost.clone());
            }
            if queue.is_stopped {
                return Err("it was stopped".into());
            }
            if let Some(said) = ready(&queue) {
                return Ok(said);
            }
            queue = match queue.over_at {
                // The device says nothing more of it.
                Some(at) => {
                    let time = at.saturating_duration_since(Instant::now());
                    self.changed.wait_timeout(queue, time).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

type To<'a> = (&'a cpal::Device, StreamConfig, u32, &'a Arc<Pool>, &'a Arc<Shared>);

fn build<T: SizedSample + FromSample<f32>>(to: To<'_>) -> Result<cpal::Stream, cpal::Error> {
    let (device, config, rate_hz, pool, shared) = to;
    let (mine, shared) = (pool.clone(), shared.clone());
    let channels = usize::from(config.channels);
    let mut resampler = Resampler::new(rate_hz, config.sample_rate);
    let fill = move |data: &mut [T], about: &cpal::OutputCallbackInfo| {
        let times = about.timestamp();
        let heard_at = Instant::now() + times.playback.duration_since(times.callback);
        shared.hears(resampler.taken(), heard_at);
        mine.change(|queue| {
            let mut is_over = false;
            for frame in data.chunks_mut(channels) {
                let value = match resampler.next(&mut queue.frames, queue.is_whole) {
                    Next::Value(value) => value,
                    Next::Late => 0.0,
                    Next::Over => {
                        is_over = true;
                        0.0
                    }
                };
                frame.fill(T::from_sample(value));
            }
            if is_over && queue.over_at.is_none() {
                let frames = u32::try_from(data.len() / channels).unwrap_or(u32::MAX);
                queue.over_at = Some(heard_at + Duration::from_secs(1) * frames / config.sample_rate);
            }
        });
    };
    let told = pool.clone();
    let fail = move |error: cpal::Error| match error.kind() {
        // It plays on.
        ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied | ErrorKind::Xrun => {}
        _ => told.change(|queue| queue.lost = Some(refused(&error))),
    };
    device.build_output_stream(config, fill, fail, None)
}

/// A device that plays.
struct System {
    name: Option<String>,
    pool: Arc<Pool>,
    /// So many frames wait at most.
    most: usize,
    _stream: cpal::Stream,
}

impl Device for System {
    fn route(&self) -> Route {
        Route::System { device: self.name.clone() }
    }

    fn room(&mut self) -> Result<u64, String> {
        self.pool
            .wait(|queue| self.most.checked_sub(queue.frames.len()).filter(|room| *room > 0).map(|room| room as u64))
    }

    fn give(&mut self, bytes: &[u8]) -> Result<(), String> {
        let (frames, _) = bytes.as_chunks::<FRAME_BYTES>();
        self.pool.change(|queue| queue.frames.extend(frames.iter().map(|frame| i16::from_le_bytes(*frame))));
        Ok(())
    }

    fn finish(&mut self) -> Result<(), String> {
        self.pool.change(|queue| queue.is_whole = true);
        self.pool.wait(|queue| queue.over_at.filter(|at| *at <= Instant::now()).map(|_| ()))
    }
}

fn refused(error: &cpal::Error) -> String {
    match error.kind() {
        ErrorKind::DeviceNotAvailable => "there is no sound device".into(),
        ErrorKind::DeviceBusy => "the sound device is in use by another program".into(),
        _ => format!("the sound device cannot be used ({error})"),
    }
}
