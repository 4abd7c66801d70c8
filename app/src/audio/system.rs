//! The route on Windows and macOS: the system's default device, at its own rate.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig};

use super::resample::{NextValue, Resampler};
use super::{AHEAD_MS, Device, FRAME_BYTES, Route, Shared};

/// Opens the default device for frames of this rate.
pub fn open(rate_hz: u32, shared: &Arc<Shared>) -> Result<Box<dyn Device>, String> {
    let device = cpal::default_host().default_output_device().ok_or("there is no sound device")?;
    let name = device.description().ok().map(|description| description.name().to_owned());
    let (format, config) = match device.default_output_config() {
        Ok(config) => (config.sample_format(), config.config()),
        Err(error) => return Err(device_message(&error)),
    };
    if config.sample_rate == 0 || config.channels == 0 {
        return Err("the sound device has no rate or no channels".into());
    }
    let shared_queue = Arc::new(SharedQueue::default());
    let interrupt = shared_queue.clone();
    shared.on_stop(move || interrupt.update(|queue| queue.is_stopped = true));
    let target = (&device, config, rate_hz, &shared_queue, shared);
    let stream = match format {
        SampleFormat::F32 => build_stream::<f32>(target),
        SampleFormat::I16 => build_stream::<i16>(target),
        SampleFormat::I32 => build_stream::<i32>(target),
        _ => return Err(format!("the sound device requires an unsupported sample format ({format})")),
    };
    let stream = stream.map_err(|error| device_message(&error))?;
    stream.play().map_err(|error| device_message(&error))?;
    let queue_limit = usize::try_from(u64::from(rate_hz) * AHEAD_MS / 1000).unwrap_or(usize::MAX).max(2);
    Ok(Box::new(System { name, shared_queue, queue_limit, _stream: stream }))
}

/// The frames between the play's thread and the device's.
#[derive(Default)]
struct SharedQueue {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    frames: VecDeque<i16>,
    /// Whether no more frames are added.
    is_complete: bool,
    /// When the last frame will have been heard.
    ends_at: Option<Instant>,
    is_stopped: bool,
    error: Option<String>,
}

impl SharedQueue {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, update: impl FnOnce(&mut Queue)) {
        update(&mut self.queue());
        self.changed.notify_all();
    }

    /// Waits until `ready` returns a value.
    fn wait_until<T>(&self, ready: impl Fn(&Queue) -> Option<T>) -> Result<T, String> {
        let mut queue = self.queue();
        loop {
            if let Some(error) = &queue.error {
                return Err(error.clone());
            }
            if queue.is_stopped {
                return Err("it was stopped".into());
            }
            if let Some(value) = ready(&queue) {
                return Ok(value);
            }
            queue = match queue.ends_at {
                // The device does not report the end.
                Some(end) => {
                    let time = end.saturating_duration_since(Instant::now());
                    self.changed.wait_timeout(queue, time).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

/// A device, its configuration, the rate of the frames, and what the threads share.
type Target<'a> = (&'a cpal::Device, StreamConfig, u32, &'a Arc<SharedQueue>, &'a Arc<Shared>);

fn build_stream<T: SizedSample + FromSample<f32>>(target: Target<'_>) -> Result<cpal::Stream, cpal::Error> {
    let (device, config, rate_hz, shared_queue, shared) = target;
    let (source, shared) = (shared_queue.clone(), shared.clone());
    let channels = usize::from(config.channels);
    let mut resampler = Resampler::new(rate_hz, config.sample_rate);
    let fill = move |data: &mut [T], info: &cpal::OutputCallbackInfo| {
        let times = info.timestamp();
        let heard_at = Instant::now() + times.playback.duration_since(times.callback);
        shared.set_clock(resampler.taken_frames(), heard_at);
        source.update(|queue| {
            let mut has_ended = false;
            for frame in data.chunks_mut(channels) {
                let value = match resampler.next_value(&mut queue.frames, queue.is_complete) {
                    NextValue::Value(value) => value,
                    NextValue::Late => 0.0,
                    NextValue::End => {
                        has_ended = true;
                        0.0
                    }
                };
                frame.fill(T::from_sample(value));
            }
            if has_ended && queue.ends_at.is_none() {
                let frames = u32::try_from(data.len() / channels).unwrap_or(u32::MAX);
                queue.ends_at = Some(heard_at + Duration::from_secs(1) * frames / config.sample_rate);
            }
        });
    };
    let failed = shared_queue.clone();
    let fail = move |error: cpal::Error| match error.kind() {
        // The device continues to play.
        ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied | ErrorKind::Xrun => {}
        _ => failed.update(|queue| queue.error = Some(device_message(&error))),
    };
    device.build_output_stream(config, fill, fail, None)
}

/// A playing device.
struct System {
    name: Option<String>,
    shared_queue: Arc<SharedQueue>,
    /// The most frames in the queue.
    queue_limit: usize,
    _stream: cpal::Stream,
}

impl Device for System {
    fn route(&self) -> Route {
        Route::System { device: self.name.clone() }
    }

    fn wait_for_room(&mut self) -> Result<u64, String> {
        self.shared_queue.wait_until(|queue| {
            self.queue_limit.checked_sub(queue.frames.len()).filter(|room| *room > 0).map(|room| room as u64)
        })
    }

    fn write_frames(&mut self, bytes: &[u8]) -> Result<(), String> {
        let (frames, _) = bytes.as_chunks::<FRAME_BYTES>();
        self.shared_queue.update(|queue| queue.frames.extend(frames.iter().map(|frame| i16::from_le_bytes(*frame))));
        Ok(())
    }

    fn wait_for_end(&mut self) -> Result<(), String> {
        self.shared_queue.update(|queue| queue.is_complete = true);
        self.shared_queue.wait_until(|queue| queue.ends_at.filter(|end| *end <= Instant::now()).map(|_| ()))
    }
}

fn device_message(error: &cpal::Error) -> String {
    match error.kind() {
        ErrorKind::DeviceNotAvailable => "there is no sound device".into(),
        ErrorKind::DeviceBusy => "the sound device is in use by another program".into(),
        _ => format!("the sound device cannot be used ({error})"),
    }
}
