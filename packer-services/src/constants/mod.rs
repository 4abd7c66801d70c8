//! The ids of a pack as constants of a programming language: their names, and the check that no two names are equal
//! (spec: packer charter, "`constants`"). `language` writes them.

mod animations;
mod language;

use std::collections::HashMap;

use serde::Serialize;

pub use animations::AnimationPart;
pub use language::Language;

use crate::banks::glyph::animations::{BankAnimation, resolve_animations};
use crate::banks::{ArtifactUse, Identity};
use crate::declaration::{ANCHOR, Content, Region, SpritePart};
use crate::diagnostics::{AssetRef, Code, Finding, character_name, escaped};
use crate::pack::built::BuiltAsset;
use crate::pack::container::Header;
use crate::pack::examine::Examination;
use crate::paths::RelPath;

/// One constant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Constant {
    /// Its name; in JSON, the JSON pointer (RFC 6901) to its value.
    pub name: String,
    /// The id, slot or palette; of an animation also lists.
    pub value: ConstantValue,
    /// What it identifies.
    pub kind: ConstantKind,
    /// The asset.
    pub asset_id: u32,
    /// The asset's name.
    pub asset_name: String,
    /// The file of a tile or a sample, relative to the asset's root.
    pub file: Option<RelPath>,
    /// The region of a tile's artifact, if it has one.
    pub region: Option<Region>,
    /// The part of a sprite that a tile's artifact uses, if it is not all of it.
    pub sprite: Option<SpritePart>,
    /// For a tile, the cell's column in the artifact's grid.
    pub column: Option<u32>,
    /// For a tile, the cell's row in the artifact's grid.
    pub row: Option<u32>,
    /// The name of the animation.
    pub animation: Option<String>,
    /// What it says about the animation.
    pub part: Option<AnimationPart>,
}

/// The value of a constant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ConstantValue {
    /// A number.
    One(u32),
    /// Numbers, at least one.
    List(Vec<u32>),
}

impl ConstantValue {
    /// Its numbers.
    pub fn numbers(&self) -> &[u32] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::List(values) => values,
        }
    }
}

/// What a constant identifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ConstantKind {
    /// An asset of the table.
    Asset,
    /// The slot that preload puts an asset into.
    Slot,
    /// A tile of a glyph bank.
    Tile,
    /// A sample of a sound bank.
    Sample,
    /// The palette that draws a tile.
    Palette,
    /// A part of an animation of a glyph bank.
    Animation,
}

impl ConstantKind {
    /// The prefix of the constants of this kind, and the word for one.
    fn prefix_and_word(self) -> (&'static str, &'static str) {
        match self {
            Self::Asset => ("ASSET", "asset"),
            Self::Slot => ("SLOT", "slot"),
            Self::Tile => ("TILE", "tile"),
            Self::Sample => ("SAMPLE", "sample"),
            Self::Palette => ("PALETTE", "palette"),
            Self::Animation => ("ANIMATION", "animation"),
        }
    }
}

/// The constants of an examined pack, by asset and then by index, and the findings about their names. `palettes` adds
/// the palette of each tile.
pub(crate) fn of(
    examination: &Examination,
    header: &Header,
    language: Language,
    palettes: bool,
) -> (Vec<Constant>, Vec<Finding>) {
    let mut constants = Vec::new();
    let mut findings = Vec::new();
    for asset in &examination.built {
        let slot = header.preload.iter().find(|preload| preload.asset_id == asset.asset_id());
        let of_asset = |kind, value| new_constant(asset, kind, value, None, false, language);
        constants.push(of_asset(ConstantKind::Asset, asset.asset_id()));
        constants.extend(slot.map(|preload| of_asset(ConstantKind::Slot, preload.slot)));
        for artifact in &asset.uses {
            if language != Language::Json {
                findings.extend(letter_finding(asset, artifact));
            }
            let kind = if matches!(asset.declaration.content, Content::Sound(_)) {
                ConstantKind::Sample
            } else {
                ConstantKind::Tile
            };
            let constant = |identity: Identity<'_>| {
                new_constant(asset, kind, identity.id, Some(identity), is_sheet(artifact), language)
            };
            constants.extend(artifact.identities().map(constant));
        }
        for artifact in asset.uses.iter().filter(|_| palettes) {
            let constant = |identity: Identity<'_>| {
                let palette = asset.tile_palettes.palette_of(identity.id)?;
                let kind = ConstantKind::Palette;
                Some(new_constant(asset, kind, palette, Some(identity), is_sheet(artifact), language))
            };
            constants.extend(artifact.identities().filter_map(constant));
        }
        if let Content::Glyph(glyph) = &asset.declaration.content {
            // One with an error is a finding already.
            for animation in resolve_animations(glyph, &asset.uses).filter_map(Result::ok) {
                if language != Language::Json {
                    findings.extend(animation_letter_finding(asset, &animation));
                }
                constants.extend(animation_constants(asset, &animation, language));
            }
        }
    }
    findings.extend(duplicate_name_findings(examination, &constants));
    (constants, findings)
}

/// Whether the artifact has more than one cell.
fn is_sheet(artifact: &ArtifactUse) -> bool {
    artifact.count as usize + artifact.skipped.len() > 1
}

fn new_constant(
    asset: &BuiltAsset,
    kind: ConstantKind,
    value: u32,
    identity: Option<Identity<'_>>,
    is_sheet: bool,
    language: Language,
) -> Constant {
    let cell = identity.filter(|_| matches!(kind, ConstantKind::Tile | ConstantKind::Palette));
    let asset_name = &asset.declaration.name;
    let name = match language {
        Language::Json => json_pointer(asset_name, kind, identity),
        _ => constant_name(asset_name, kind, identity, is_sheet),
    };
    Constant {
        name,
        value: ConstantValue::One(value),
        kind,
        asset_id: asset.asset_id(),
        asset_name: asset_name.clone(),
        file: identity.map(|identity| identity.file.clone()),
        region: cell.and_then(|identity| identity.region),
        sprite: cell.and_then(|identity| identity.part.cloned()),
        column: cell.map(|identity| identity.column),
        row: cell.map(|identity| identity.row),
        animation: None,
        part: None,
    }
}

/// `ANIMATION_HERO_WALK_TILES`: the asset's name, the animation's and the part.
fn animation_constants(
    asset: &BuiltAsset,
    animation: &BankAnimation,
    language: Language,
) -> impl Iterator<Item = Constant> {
    let asset_name = &asset.declaration.name;
    animations::animation_values(animation).into_iter().map(move |(part, value)| Constant {
        name: match language {
            Language::Json => {
                let (asset_name, animation) = (escaped_pointer(asset_name), escaped_pointer(&animation.name));
                format!("/{asset_name}/animations/{animation}/{}", part.as_str())
            }
            _ => {
                let prefix = ConstantKind::Animation.prefix_and_word().0;
                let names = [asset_name, &animation.name, part.as_str()].map(to_upper_snake);
                format!("{prefix}_{}", names.join("_"))
            }
        },
        value,
        kind: ConstantKind::Animation,
        asset_id: asset.asset_id(),
        asset_name: asset_name.clone(),
        file: None,
        region: None,
        sprite: None,
        column: None,
        row: None,
        animation: Some(animation.name.clone()),
        part: Some(part),
    })
}

/// `TILE_HERO_WALK_2_0`: the kind, the asset's name, the file's path without its extension and, for a sheet, the cell.
/// The names of a sprite's part follow the file, and a region is named by its corner: `TILE_HERO_WALK_AT_64_0_2_0`.
fn constant_name(asset_name: &str, kind: ConstantKind, identity: Option<Identity<'_>>, is_sheet: bool) -> String {
    let mut name = format!("{}_{}", kind.prefix_and_word().0, to_upper_snake(asset_name));
    if let Some(Identity { file, region, part, column, row, .. }) = identity {
        name.push('_');
        name.push_str(&to_upper_snake(without_extension(file)));
        for part in part.into_iter().flat_map(SpritePart::names) {
            name.push_str(&format!("_{}", to_upper_snake(part)));
        }
        if let Some(Region { x, y, .. }) = region {
            name.push_str(&format!("_AT_{x}_{y}"));
        }
        if is_sheet {
            name.push_str(&format!("_{column}_{row}"));
        }
    }
    name
}

/// `/hero/tiles/walk.png/0/2`: the JSON pointer to its value.
fn json_pointer(asset_name: &str, kind: ConstantKind, identity: Option<Identity<'_>>) -> String {
    let file = identity
        .map(|identity| escaped_pointer(&file_key(identity.file, identity.region, identity.part)))
        .unwrap_or_default();
    let member = match (kind, identity) {
        (ConstantKind::Asset, _) => "asset_id".to_owned(),
        (ConstantKind::Slot, _) => "slot".to_owned(),
        (ConstantKind::Tile, Some(Identity { column, row, .. })) => format!("tiles/{file}/{row}/{column}"),
        (ConstantKind::Palette, Some(Identity { column, row, .. })) => format!("palettes/{file}/{row}/{column}"),
        (_, _) => format!("samples/{file}"),
    };
    format!("/{}/{member}", escaped_pointer(asset_name))
}

/// A name as a part of a JSON pointer.
fn escaped_pointer(text: &str) -> String {
    text.replace('~', "~0").replace('/', "~1")
}

/// A file's name in JSON; with a region, `world.png@64,0,64,32`; with a part of a sprite, `hero.aseprite@tag=walk`.
fn file_key(file: &RelPath, region: Option<Region>, part: Option<&SpritePart>) -> String {
    let part = part.map(|part| format!("@{part}")).unwrap_or_default();
    let region = region.map(|region| format!("@{region}")).unwrap_or_default();
    format!("{file}{part}{region}")
}

fn without_extension(file: &RelPath) -> &str {
    let path = file.as_str();
    let name_at = path.len() - file.file_name().len();
    match path.rfind('.') {
        Some(dot) if dot > name_at => &path[..dot],
        _ => path,
    }
}

/// In upper case, with each run of characters other than ASCII letters and digits as one `_`.
fn to_upper_snake(text: &str) -> String {
    let mut name = String::new();
    let mut in_run = false;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_uppercase());
        } else if !in_run {
            name.push('_');
        }
        in_run = !c.is_ascii_alphanumeric();
    }
    name
}

/// A letter of a file's name that its constant would lose, so that the constant's name could not be guessed.
pub(crate) fn lost_letter(file: &RelPath) -> Option<char> {
    without_extension(file).chars().find(|c| !c.is_ascii())
}

/// Refuses a file whose constant would lose letters.
fn letter_finding(asset: &BuiltAsset, artifact: &ArtifactUse) -> Option<Finding> {
    let in_part =
        || artifact.part().into_iter().flat_map(SpritePart::names).flat_map(str::chars).find(|c| !c.is_ascii());
    let lost = lost_letter(&artifact.file).or_else(in_part)?;
    let finding = lost_letter_finding(lost, "Rename the file, or the tag, layer or slice");
    Some(finding.file(artifact.file.as_str()).in_asset(&asset.asset_ref()))
}

/// Refuses an animation whose constants would lose letters.
fn animation_letter_finding(asset: &BuiltAsset, animation: &BankAnimation) -> Option<Finding> {
    let lost = animation.name.chars().find(|c| !c.is_ascii())?;
    let finding = lost_letter_finding(lost, &format!("Rename the animation `{}`", escaped(&animation.name)));
    Some(finding.file(ANCHOR).in_asset(&asset.asset_ref()))
}

fn lost_letter_finding(lost: char, help: &str) -> Finding {
    let lost = character_name(lost);
    Finding::new(
        Code::ConstantLetters,
        format!("a constant's name cannot contain {lost}: only A to Z, 0 to 9 and `_` are allowed"),
        format!("{help}, or pass `--lang json`, which keeps all names unchanged."),
    )
}

/// The findings about equal names. Those of the same two files, or of the same two assets, are one finding.
fn duplicate_name_findings(examination: &Examination, constants: &[Constant]) -> Vec<Finding> {
    type Pair<'c> = (u32, u32, Option<(&'c str, &'c str)>);
    let mut first: HashMap<&str, &Constant> = HashMap::new();
    let mut of_pair: HashMap<Pair<'_>, usize> = HashMap::new();
    let mut findings: Vec<Finding> = Vec::new();
    // A palette is named like its tile: if two of them are equal, so are the tiles.
    for later in constants.iter().filter(|constant| constant.kind != ConstantKind::Palette) {
        let Some(earlier) = first.get(later.name.as_str()).copied() else {
            first.insert(&later.name, later);
            continue;
        };
        let files = owner(earlier).zip(owner(later)).filter(|_| earlier.asset_id == later.asset_id);
        let at = *of_pair.entry((earlier.asset_id, later.asset_id, files)).or_insert(findings.len());
        if let Some(known) = findings.get_mut(at) {
            known.count += 1;
            continue;
        }
        let help = match files {
            Some(_) if earlier.animation.is_some() && later.animation.is_some() => "Rename one of the two animations.",
            Some((a, b)) if a == b => {
                "Give one of the two artifacts a copy of the file with another name: constants are named after the file, and \
                 this one is used twice."
            }
            Some(_) => "Rename one of the two files.",
            None => "Rename one of the two assets (`name` in its `asset.json`), or the file.",
        };
        let message = format!("`{}` would be both {} and {}", later.name, description(earlier), description(later));
        let finding = Finding::new(Code::ConstantTwice, message, help);
        let asset = examination.built.iter().find(|asset| asset.asset_id() == later.asset_id);
        let asset: Option<AssetRef> = asset.map(BuiltAsset::asset_ref);
        let finding = finding.file(later.file.as_ref().map_or(ANCHOR, RelPath::as_str));
        findings.push(asset.map_or(finding.clone(), |asset| finding.in_asset(&asset)));
    }
    findings
}

/// The file or the animation that a constant is named after.
fn owner(constant: &Constant) -> Option<&str> {
    constant.file.as_ref().map(RelPath::as_str).or(constant.animation.as_deref())
}

/// "tile 4 of asset 3 (hero), walk.png (2, 0)".
fn description(constant: &Constant) -> String {
    let asset = format!("asset {} ({})", constant.asset_id, constant.asset_name);
    let what = match (constant.kind, &constant.value, &constant.animation) {
        (ConstantKind::Asset, ..) => return asset,
        (kind, _, Some(animation)) => format!("{} `{}` of {asset}", kind.prefix_and_word().1, escaped(animation)),
        (kind, ConstantValue::One(value), _) => format!("{} {value} of {asset}", kind.prefix_and_word().1),
        (kind, ..) => format!("{} of {asset}", kind.prefix_and_word().1),
    };
    match (&constant.file, constant.column, constant.row) {
        (Some(file), Some(column), Some(row)) => {
            format!("{what}, {} ({column}, {row})", escaped(&file_key(file, constant.region, constant.sprite.as_ref())))
        }
        (Some(file), ..) => format!("{what}, {}", escaped(file.as_str())),
        _ => what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_characters_become_one_underscore() {
        for (text, name) in
            [("hero", "HERO"), ("ui/atlas-2", "UI_ATLAS_2"), ("a.-_b", "A_B"), ("_x_", "_X_"), ("2d", "2D")]
        {
            assert_eq!(to_upper_snake(text), name);
        }
    }

    #[test]
    fn only_the_last_extension_is_removed() {
        for (file, without) in
            [("a.png", "a"), ("a.b.png", "a.b"), ("v1.2/walk", "v1.2/walk"), ("v1.2/a.png", "v1.2/a")]
        {
            let file = RelPath::parse(file).unwrap_or_else(|problem| panic!("{}", problem.message));
            assert_eq!(without_extension(&file), without);
        }
    }
}
