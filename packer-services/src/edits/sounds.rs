//! `loop` and `convert`: where sounds loop, and which losses are allowed.

use super::Draft;
use super::bank::sound_content;
use crate::artifact_selector::ArtifactSelector;
use crate::banks::sound::{self, Sound};
use crate::declaration::{Convert, LoopChoice, SoundArtifact, SoundContent};
use crate::diagnostics::Finding;
use crate::files::Folder;
use crate::paths::RelPath;
use crate::snapshot::RegisteredAsset;

/// Sets where a sound loops.
///
/// # Errors
/// If there is no such sound, or the declaration cannot be edited.
pub fn set_loop(
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    sound: &ArtifactSelector,
    looping: LoopChoice,
) -> Result<(), Vec<Finding>> {
    draft.edit_content(asset, |declaration, _| {
        let content = sound_content(declaration)?;
        let at = sound.select(&content.artifacts).map_err(|finding| vec![*finding])?;
        content.artifacts[at].looping = looping;
        Ok(())
    })
}

/// Allows these losses, or all that are allowed no more if there are none. If no sounds are named, a loss is allowed
/// to those of the bank that need it.
///
/// # Errors
/// If there is no such sound, or the declaration cannot be edited.
pub fn set_convert(
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    sounds: &[ArtifactSelector],
    allowed: Convert,
) -> Result<(), Vec<Finding>> {
    draft.edit_content(asset, |declaration, root| {
        let content = sound_content(declaration)?;
        for at in ArtifactSelector::select_all(sounds, &content.artifacts)? {
            let artifact = &mut content.artifacts[at];
            if allowed == Convert::default() {
                artifact.convert = allowed;
                continue;
            }
            let needed = if sounds.is_empty() { losses(root, artifact) } else { allowed };
            artifact.convert.downmix |= allowed.downmix && needed.downmix;
            artifact.convert.reduce_bit_depth |= allowed.reduce_bit_depth && needed.reduce_bit_depth;
        }
        Ok(())
    })
}

/// What a sound loses when it becomes a sample; nothing if it cannot be read, which is found when the asset is checked.
fn losses(root: &Folder, artifact: &SoundArtifact) -> Convert {
    read_sound(root, &artifact.file).map_or_else(Convert::default, |sound| Convert {
        downmix: sound.channels == 2,
        reduce_bit_depth: sound.depth_bits > 16,
    })
}

/// Whether all artifacts of a file declare where it loops, or that it does not.
pub(super) fn declares_loop(content: &SoundContent, file: &RelPath) -> bool {
    content.artifacts.iter().filter(|artifact| artifact.file == *file).all(|it| it.looping != LoopChoice::File)
}

/// The structure of a sound; `None` if it cannot be read, which is found when the asset is checked.
pub(super) fn read_sound(root: &Folder, file: &RelPath) -> Option<Sound> {
    sound::read_structure(&mut root.open(file).ok()?).ok()
}
