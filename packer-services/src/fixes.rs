//! Changes that resolve a finding, as values: a window shows a button for each, and the operation
//! [`FixProject`](crate::ops::FixProject) makes them.

use std::sync::Arc;

use serde::Serialize;

use crate::artifact_selector::ArtifactSelector;
use crate::asset_name::asset_name_problem;
use crate::banks::glyph::pixel_rule::PixelRule;
use crate::declaration::{ColorKey, Content, Convert, GlyphContent, LoopChoice, Palette};
use crate::diagnostics::{AssetRef, Code, Finding, Fix, plural};
use crate::edits::{AssetEdit, Composition, SlotChoice};
use crate::formats::{MAX_PALETTES, PALETTE_COLORS, Rgb};
use crate::import::ImportOptions;
use crate::paths::RelPath;
use crate::registration::fits_beside_roots;
use crate::snapshot::{RegisteredAsset, Snapshot};

/// A change that resolves a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OfferedFix {
    /// The code of the finding.
    pub code: Code,
    /// The asset of the finding, if it is about one.
    pub asset: Option<AssetRef>,
    /// What it does, in the imperative, such as "Use the lowest free slot".
    pub title: String,
    /// Its place among the answers to its finding, from 1. The first is the most likely.
    pub choice: usize,
    /// Whether it is the one right answer, and loses nothing. If not, somebody has to choose it.
    #[serde(rename = "safe")]
    pub is_safe: bool,
    /// The change.
    #[serde(skip)]
    pub edit: FixEdit,
}

/// What a fix changes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FixEdit {
    /// A registered asset, by id.
    Asset(u32, AssetEdit),
    /// Registers this root, relative to `assets/`, or follows the asset that was moved there.
    Register(String),
    /// Sorts the entries of the registry, and raises its `next_asset_id` above all ids.
    RepairRegistry,
}

/// The fixes of a finding about a project, of which this is the snapshot. The first is the most likely.
pub(crate) fn fixes_of(finding: &Finding, snapshot: &Snapshot) -> Vec<OfferedFix> {
    let (code, asset) = (finding.code, finding.asset.clone());
    let offer = |title: &str, is_safe, edit| OfferedFix {
        code,
        asset: asset.clone(),
        title: title.to_owned(),
        choice: 1,
        is_safe,
        edit,
    };
    if matches!(code, Code::EntryOrder | Code::NextIdTooLow) {
        let title = "Sort the entries by id, and set `next_asset_id` above the highest";
        return vec![offer(title, true, FixEdit::RepairRegistry)];
    }
    let Some(named) = &asset else { return Vec::new() };
    match code {
        Code::UnregisteredRoot | Code::RegistrationLost => {
            let root = RelPath::parse(&named.root).ok();
            let fits = |registry| root.is_some_and(|root| fits_beside_roots(registry, &root));
            if !snapshot.registry.as_deref().is_some_and(fits) {
                return Vec::new();
            }
            return vec![offer("Register this root", true, FixEdit::Register(named.root.clone()))];
        }
        Code::RootMoved => {
            let title = "Register the asset at its new place; it keeps its id";
            return vec![offer(title, true, FixEdit::Register(named.root.clone()))];
        }
        _ => {}
    }
    // The assets are sorted by id, and a list of problems asks for each of them.
    let at = named.asset_id.map(|id| snapshot.assets.partition_point(|asset| asset.entry.asset_id < id));
    let registered = at.and_then(|at| snapshot.assets.get(at));
    let registered = registered.filter(|asset| Some(asset.entry.asset_id) == named.asset_id);
    let Some(registered) = registered else { return Vec::new() };
    let edits = edits_of(finding, registered, snapshot);
    let offers = edits
        .into_iter()
        .map(|(title, is_safe, edit)| offer(&title, is_safe, FixEdit::Asset(registered.entry.asset_id, edit)));
    let mut fixes: Vec<OfferedFix> = Vec::new();
    for offer in offers {
        // Those with the same title are parts of one: what it does to each artifact of the file.
        let known = fixes.iter().find(|known| known.title == offer.title).map(|known| known.choice);
        let next = fixes.last().map_or(1, |last| last.choice + 1);
        fixes.push(OfferedFix { choice: known.unwrap_or(next), ..offer });
    }
    fixes
}

/// The edits of an asset that resolve a finding about it: what each does, whether it is safe, and the edit.
fn edits_of(finding: &Finding, asset: &RegisteredAsset, snapshot: &Snapshot) -> Vec<(String, bool, AssetEdit)> {
    let prefix = format!("assets/{}/", asset.entry.root);
    let file = finding.file.as_deref().and_then(|file| file.strip_prefix(&prefix));
    // Only the pixels of a PNG can be changed.
    let image = file.filter(|file| !is_sprite(file)).and_then(|file| RelPath::parse(file).ok());
    let artifacts = || file.map(|file| artifacts_of(asset, file)).unwrap_or_default();
    let one = |title: &str, is_safe, edit| vec![(title.to_owned(), is_safe, edit)];
    match finding.code {
        Code::SlotTaken => one("Use the lowest free slot", true, AssetEdit::Slot(SlotChoice::LowestFree)),
        Code::SlotsFull => one("Do not load it at boot", false, AssetEdit::Slot(SlotChoice::None)),
        Code::PalettesMissing => {
            let mut edits = one("Declare the missing colors", true, AssetEdit::DeclareColors);
            edits.extend(one(MERGE, false, AssetEdit::MergeColors));
            edits
        }
        Code::ColorsUndeclared => {
            let mut edits = Vec::new();
            if file.is_some_and(|file| has_room(asset, file)) {
                edits.extend(one("Declare the missing colors", true, AssetEdit::DeclareColors));
                edits.extend(one(MERGE, false, AssetEdit::MergeColors));
            }
            edits.extend(image.map(nearest_colors));
            edits
        }
        Code::ColorNearMiss | Code::ColorStray | Code::ColorElsewhere | Code::ColorsAcross => {
            let declared = one("Declare the missing colors", false, AssetEdit::DeclareColors);
            let mut edits = naming(finding, file, artifacts());
            edits.extend(if file.is_some_and(|file| has_room(asset, file)) { declared } else { Vec::new() });
            match finding.code {
                Code::ColorNearMiss | Code::ColorStray => edits.extend(replacement(finding, image)),
                _ => edits.extend(image.map(nearest_colors)),
            }
            edits
        }
        Code::ImageSize => match (&finding.fix, image) {
            (Some(Fix::PadCanvas), Some(file)) => {
                one("Add transparent pixels up to whole tiles", false, AssetEdit::PadImage(file))
            }
            _ => Vec::new(),
        },
        Code::PartialAlpha | Code::ImageDepth => image.map_or_else(Vec::new, |file| settling(finding, &file)),
        Code::TileFragile => naming(finding, file, artifacts()),
        Code::NameTwice => {
            let name = free_name(asset, snapshot);
            name.map_or_else(Vec::new, |name| {
                one(&format!("Rename it to {name}"), false, AssetEdit::Rename(name.clone()))
            })
        }
        Code::ColorOnlyKey => match (key_color(asset), artifacts()) {
            (Some(key), images) if !images.is_empty() => {
                one(&format!("Show pixels of {key} as transparent"), false, AssetEdit::ColorKey(images, Some(key)))
            }
            _ => Vec::new(),
        },
        Code::ColorKeyIndex => match artifacts() {
            images if images.is_empty() => Vec::new(),
            images => one("Use no color key for this image", false, AssetEdit::ColorKey(images, None)),
        },
        Code::ConvertDownmix | Code::ConvertDepth => {
            let is_stereo = finding.code == Code::ConvertDownmix;
            let title = match is_stereo {
                true => "Allow stereo to be converted to mono",
                false => "Allow more than 16 bits to be reduced to 16",
            };
            let allowed = Convert { downmix: is_stereo, reduce_bit_depth: !is_stereo };
            match artifacts() {
                sounds if sounds.is_empty() => Vec::new(),
                sounds => one(title, false, AssetEdit::Convert(sounds, allowed)),
            }
        }
        Code::LoopRange | Code::LoopForm | Code::WavLoopDamaged => {
            let edits = artifacts()
                .into_iter()
                .map(|sound| ("Play it once".to_owned(), false, AssetEdit::Loop(sound, LoopChoice::Never)));
            edits.collect()
        }
        Code::TileGap | Code::TileOverlap | Code::SampleGap | Code::SampleOverlap => {
            let edit = compose(Composition::Number);
            one("Give all artifacts consecutive ids, in their present order", false, edit)
        }
        Code::FileTwin => {
            let Some(Fix::Rename { from, to }) = &finding.fix else { return Vec::new() };
            let in_assets = |path: &str| RelPath::parse(path.strip_prefix("assets/")?).ok();
            let Some((twin, declared)) = in_assets(from).zip(in_assets(to)) else { return Vec::new() };
            let title = format!("Use `{}`, as the file is named", from.strip_prefix(&prefix).unwrap_or(from));
            one(&title, true, AssetEdit::Respell { from: declared, to: twin })
        }
        _ => Vec::new(),
    }
}

/// Whether a palette that may draw an image can get another color, or the bank another palette. The colors of a palette
/// that is a file are not in the declaration.
fn has_room(asset: &RegisteredAsset, file: &str) -> bool {
    let Some(Content::Glyph(glyph)) = asset.declaration().map(|declaration| &declaration.content) else { return false };
    let is_open = |palette: &Palette| palette.file.is_none() && palette.colors.len() < PALETTE_COLORS;
    let mut artifacts = glyph.artifacts.iter().filter(|artifact| artifact.file.as_str() == file);
    artifacts.any(|artifact| match artifact.palette {
        Some(named) => glyph.palettes.get(named as usize).is_some_and(is_open),
        None => glyph.palettes.len() < MAX_PALETTES as usize || glyph.palettes.iter().any(is_open),
    })
}

/// The edit that names the palette that a finding proposes, and its title.
fn naming(finding: &Finding, file: Option<&str>, images: Vec<ArtifactSelector>) -> Vec<(String, bool, AssetEdit)> {
    match (&finding.fix, file) {
        (Some(Fix::NamePalette { palette }), Some(file)) if !images.is_empty() => {
            let title = format!("Draw {file} with palette {palette} only");
            vec![(title, false, AssetEdit::NamePalette(images, Some(*palette)))]
        }
        _ => Vec::new(),
    }
}

/// What merging colors does.
const MERGE: &str = "Merge similar colors where tiles have too many, and declare the missing ones";

/// The edit that gives the tiles of an image the nearest colors of a palette, and its title.
fn nearest_colors(file: RelPath) -> (String, bool, AssetEdit) {
    let title = format!("Give the wrong tiles of {file} the nearest colors of a declared palette");
    (title, false, AssetEdit::UseNearestColors(file))
}

/// Whether a file is named like one of Aseprite.
fn is_sprite(file: &str) -> bool {
    let name = file.to_ascii_lowercase();
    name.ends_with(".aseprite") || name.ends_with(".ase")
}

/// The edit that replaces the color of a finding with the nearest declared one, and its title.
fn replacement(finding: &Finding, file: Option<RelPath>) -> Option<(String, bool, AssetEdit)> {
    let Some(Fix::ReplaceColor { from, to }) = &finding.fix else { return None };
    let (file, from, to) = (file?, Rgb::parse(from)?, Rgb::parse(to)?);
    let title = format!("Replace {from} in {file} with {to}, the nearest declared color");
    Some((title, false, AssetEdit::ReplaceColor { file, from, to }))
}

/// The edits that give the pixels of an image a plain color, and their titles. Their order is always the same, so that
/// a choice means the same for every image.
fn settling(finding: &Finding, file: &RelPath) -> Vec<(String, bool, AssetEdit)> {
    let edit = |title: String, rule| (title, false, AssetEdit::SettlePixels { file: file.clone(), rule });
    let pixels = |count| plural(count, "pixel");
    match finding.fix {
        Some(Fix::SettleAlpha { high, low }) => {
            let all = plural(high + low, "partly transparent pixel");
            vec![
                edit(
                    format!("Make {} of {file} with alpha 128 or more opaque, and erase {low} with less", pixels(high)),
                    PixelRule::HalfAlpha,
                ),
                edit(format!("Make {all} of {file} opaque"), PixelRule::Opaque),
                edit(format!("Erase {all} of {file}"), PixelRule::Erased),
            ]
        }
        Some(Fix::RoundDepth { pixels: count }) => {
            vec![edit(format!("Round {} of {file} to 8 bits per channel", pixels(count)), PixelRule::EightBits)]
        }
        _ => Vec::new(),
    }
}

/// A name like that of the asset that no other asset has, such as `hero_2`, and that no other of its twins is offered.
fn free_name(asset: &RegisteredAsset, snapshot: &Snapshot) -> Option<String> {
    let name = asset.name()?;
    let is_free = |name: &String| snapshot.assets.iter().all(|other| other.name() != Some(name));
    let is_earlier = |other: &&Arc<RegisteredAsset>| other.entry.asset_id < asset.entry.asset_id;
    let earlier = snapshot.assets.iter().filter(is_earlier).filter(|other| other.name() == Some(name)).count();
    let names = (2..1000).map(|n| format!("{name}_{n}"));
    names.filter(|name| is_free(name) && asset_name_problem(name).is_none()).nth(earlier.saturating_sub(1))
}

/// The artifacts of a file, each by its index.
fn artifacts_of(asset: &RegisteredAsset, file: &str) -> Vec<ArtifactSelector> {
    let content = asset.declaration().map(|declaration| &declaration.content);
    let indices: Vec<u32> = match content {
        Some(Content::Glyph(glyph)) => {
            let of_file = glyph.artifacts.iter().filter(|artifact| artifact.file.as_str() == file);
            of_file.map(|artifact| artifact.index).collect()
        }
        Some(Content::Sound(sound)) => {
            let of_file = sound.artifacts.iter().filter(|artifact| artifact.file.as_str() == file);
            of_file.map(|artifact| artifact.index).collect()
        }
        _ => Vec::new(),
    };
    indices.into_iter().map(ArtifactSelector::Index).collect()
}

/// Color 0 of the palettes of a glyph bank, if it is the same in all.
fn key_color(asset: &RegisteredAsset) -> Option<ColorKey> {
    let Content::Glyph(GlyphContent { palettes, .. }) = &asset.declaration()?.content else { return None };
    let mut keys = palettes.iter().filter_map(|palette| palette.colors.first());
    let first = *keys.next()?;
    keys.all(|key| *key == first).then_some(ColorKey::Color(first))
}

/// An edit that adds no file.
fn compose(composition: Composition) -> AssetEdit {
    AssetEdit::Compose { composition, palettes: false, import: ImportOptions::default() }
}
