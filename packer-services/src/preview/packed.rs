//! Previews of the banks in a pack.

use super::{BankPreview, Preview, preview_of_payload};
use crate::banks::Stop;
use crate::context::Context;
use crate::files::DiskError;
use crate::formats::EntryMetadata;
use crate::pack::built::KeptRoom;
use crate::pack::container::{Container, Entry};
use crate::pack::file::PackFile;

impl Preview {
    /// The bank of an entry, as the console stores it.
    ///
    /// # Errors
    /// If the pack could not be read, or the operation was canceled.
    pub(crate) fn of_packed<E: From<DiskError> + From<Stop>>(
        context: &Context,
        pack: &mut PackFile,
        container: &Container,
        entry: &Entry,
    ) -> Result<Self, E> {
        let bank = match &entry.metadata {
            EntryMetadata::Scene(metadata) => {
                BankPreview::Scene { metadata: metadata.clone(), size_bytes: entry.size_bytes }
            }
            metadata => {
                let payload = read_payload::<E>(context, pack, container, entry)?;
                preview_of_payload(metadata, None, Some(payload), None)
            }
        };
        let (asset_id, name) = (entry.asset_id, entry.asset_name.clone());
        Ok(Self { asset_id, name, is_whole: true, raw_payload: None, bank })
    }
}

/// Reads the payload; for a sound bank, as many complete samples as a preview may keep.
fn read_payload<E: From<DiskError> + From<Stop>>(
    context: &Context,
    pack: &mut PackFile,
    container: &Container,
    entry: &Entry,
) -> Result<Vec<u8>, E> {
    let kept_bytes = match &entry.metadata {
        EntryMetadata::Sound(sound) => {
            let mut room = KeptRoom::default();
            let sizes = sound.samples.iter().map(|sample| sample.frames.saturating_mul(2));
            sizes.take_while(|size_bytes| room.reserve(*size_bytes)).sum()
        }
        _ => entry.size_bytes,
    };
    pack.seek_to(container.payload_offset + entry.offset_bytes)?;
    let mut bytes = Vec::new();
    pack.read_blocks::<E>(context, kept_bytes, |block| {
        bytes.extend(block);
        Ok(())
    })?;
    Ok(bytes)
}
