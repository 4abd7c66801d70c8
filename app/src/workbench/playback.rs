//! Plays samples and animations.

use packer_services::preview::SourcePreview;

use super::Workbench;
use crate::audio::Play;
use crate::state::Playback;

/// How often the cursor on a waveform moves, in seconds: often enough to look smooth.
const CURSOR_SECONDS: f32 = 1.0 / 30.0;
/// How much is played before and after the loop point, in quarters of a second: long enough to hear a click, short
/// enough to repeat often.
const LOOP_POINT_QUARTERS: u64 = 3;

impl Workbench {
    /// Plays the selected sample, or the animation of tiles; stops it if it is playing.
    pub(super) fn toggle_playback(&mut self) {
        if self.state.sound_bank().is_none() {
            self.state.view.is_animated = !self.state.view.is_animated;
        } else if self.player.playing().is_some() {
            self.player.stop();
        } else {
            self.play_from(0);
        }
    }

    /// Plays the selected sample from a frame on. If it has a loop, the loop is repeated.
    pub(super) fn play_from(&mut self, frame: u64) {
        let Some((playable, _)) = self.state.playable_sample() else { return };
        let looping = playable.metadata.looping.as_ref().map(|looping| looping.start..looping.end);
        let key = self.state.selected_sample().to_string();
        let play = Play { looped: looping, ..Play::new(key, playable.pcm.clone(), playable.metadata.sample_rate_hz) };
        self.player.play(play.from_frame(frame));
    }

    /// Plays the shown source file, with its loop; stops it if it is playing.
    pub(super) fn toggle_source_playback(&mut self) {
        if self.player.playing().is_some_and(|playing| playing.key == Playback::SOURCE) {
            self.player.stop();
            return;
        }
        let Some(Ok(content)) = self.state.source.as_ref().and_then(|source| source.content.as_ref()) else { return };
        let SourcePreview::Sound { pcm: Some(pcm), rate_hz, looping, .. } = &**content else { return };
        let looped = looping.map(|looping| looping.start..looping.end);
        self.player.play(Play { looped, ..Play::new(Playback::SOURCE, pcm.clone(), *rate_hz) });
    }

    /// Plays the last frames of the loop, then its first.
    pub(super) fn play_loop_point(&mut self) {
        let Some((playable, _)) = self.state.playable_sample() else { return };
        let Some(looping) = &playable.metadata.looping else { return };
        let rate_hz = playable.metadata.sample_rate_hz;
        let length = u64::from(rate_hz) * LOOP_POINT_QUARTERS / 4;
        let before = looping.end.saturating_sub(length).max(looping.start)..looping.end;
        let after = looping.start..looping.end.min(looping.start.saturating_add(length));
        let frames: Vec<u8> =
            [before, after].into_iter().flat_map(|part| playable.pcm.values(part)).flat_map(i16::to_le_bytes).collect();
        self.player.play(Play::new(Playback::LOOP_POINT, frames, rate_hz));
    }

    /// Puts what is playing into the state, for the cursor on the waveform.
    pub(super) fn update_playback(&mut self, context: &egui::Context) {
        self.state.playing = self.player.playing().map(|playing| Playback {
            key: playing.key.to_owned(),
            frame: playing.frame,
            route: playing.route.map(|route| route.to_string()),
        });
        self.state.audio_error = self.player.error().map(str::to_owned);
        if self.state.playing.is_some() {
            context.request_repaint_after_secs(CURSOR_SECONDS);
        }
    }
}
