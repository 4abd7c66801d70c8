//! The reader of `asset.json`: everything that can be checked from its text alone.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::read_animation::read_animations;
use super::{
    Animation, ColorKey, Content, Convert, Cut, Declaration, Family, GlyphArtifact, GlyphContent, LoopChoice,
    PART_NAME_CHARS, Palette, PaletteSource, Preload, RawMetadata, Region, SoundArtifact, SoundContent, SpritePart,
    is_palette_name, is_part_name,
};
use crate::asset_name::asset_name_problem;
use crate::asset_uuid::AssetUuid;
use crate::diagnostics::{Code, Finding, escaped, has_errors};
use crate::formats::{MAX_PALETTES, PALETTE_COLORS, Rgb, SampleLoop, TileSize};
use crate::json::{self, Node, Object};
use crate::limits::{IMAGE_SIDE, MAX_RATE_HZ, SLOTS};
use crate::paths::{RelPath, find_collisions};

/// Whether an index fits the bank is checked later. This limit only keeps sums of indices within `u32`.
const MAX_INDEX: u32 = i32::MAX as u32;
/// What was read from an `asset.json`.
#[derive(Debug)]
pub struct DeclarationReading {
    /// The declaration, if there are no errors.
    pub declaration: Option<Declaration>,
    /// The uuid, if it is valid.
    pub asset_uuid: Option<AssetUuid>,
    /// The name, if it is valid.
    pub name: Option<String>,
    /// The type, if it is valid.
    pub family: Option<Family>,
    /// All findings, relative to the asset's root.
    pub findings: Vec<Finding>,
}

/// Whether a glyph bank must declare palettes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PaletteRule {
    Required,
    Optional,
}

impl Declaration {
    /// Reads the bytes of an `asset.json`. Findings name the file so.
    pub fn read(bytes: &[u8]) -> DeclarationReading {
        Self::read_with_rule(bytes, PaletteRule::Required)
    }

    /// Like [`Declaration::read`], for an operation that is about to find palettes: a glyph bank may declare none.
    pub fn read_before_palettes(bytes: &[u8]) -> DeclarationReading {
        Self::read_with_rule(bytes, PaletteRule::Optional)
    }

    fn read_with_rule(bytes: &[u8], rule: PaletteRule) -> DeclarationReading {
        let mut head = (None, None, None);
        let read = |root: &Node<'_>| read_declaration(root, rule, &mut head);
        let (declaration, mut findings) = json::read_document(super::ANCHOR, bytes, read);
        super::conflict::explain_merges(&mut findings, bytes);
        let declaration = declaration.filter(|_| !has_errors(&findings));
        if declaration.is_none() && !has_errors(&findings) {
            // Without a finding, the asset would be missing from the pack without a reason.
            let message = "the packer could not read this declaration for an unknown reason";
            findings.push(
                Finding::new(Code::InternalError, message, "Report this bug to the packer's authors, with the file.")
                    .file(super::ANCHOR),
            );
        }
        let (asset_uuid, name, family) = head;
        DeclarationReading { declaration, asset_uuid, name, family, findings }
    }
}

type Head = (Option<AssetUuid>, Option<String>, Option<Family>);

fn read_declaration(root: &Node<'_>, rule: PaletteRule, head: &mut Head) -> Option<Declaration> {
    root.check_schema_version()?;
    let object = root.read_object(&[
        "schema_version",
        "asset_uuid",
        "name",
        "type",
        "inputs",
        "artifacts",
        "output",
        "preload",
        "build",
    ])?;
    object.required_member("schema_version")?;
    let asset_uuid = object.required_member("asset_uuid").and_then(|node| node.read_uuid());
    head.0 = asset_uuid;
    let name = object.required_member("name").and_then(|node| read_name(&node));
    head.1.clone_from(&name);
    let family = object.required_member("type").and_then(|node| node.read_one_of("an asset type", Family::ALL));
    head.2 = family;
    if let Some(build) = object.optional_member("build") {
        build.read_object(&[]);
    }
    let inputs_node = object.required_member("inputs");
    let inputs = inputs_node.as_ref().and_then(read_inputs);
    let preload = object.required_member("preload").and_then(|node| read_preload(&node));
    let output = object.required_member("output")?;
    let payload = inputs.as_ref().and_then(|inputs| inputs.payload.clone());
    let content = read_content(&object, &output, family, payload, rule);
    let declaration = Declaration {
        asset_uuid: asset_uuid?,
        name: name?,
        input_palettes: inputs?.palettes,
        content: content?,
        preload: preload?,
    };
    let artifacts = object.optional_member("artifacts").and_then(|node| node.read_array()).unwrap_or_default();
    report_collisions(root, &declaration, &artifacts, &inputs_node?);
    Some(declaration)
}

fn read_name(node: &Node<'_>) -> Option<String> {
    let name = node.read_string()?;
    if let Some(problem) = asset_name_problem(name) {
        node.add_finding(
            Code::NameIllegal,
            problem,
            "Use 1 to 64 of the letters A-Z and a-z, digits, `_`, `.`, `/` and `-`.",
        );
        return None;
    }
    Some(name.to_owned())
}

struct Inputs {
    palettes: Vec<RelPath>,
    payload: Option<RelPath>,
}

fn read_inputs(node: &Node<'_>) -> Option<Inputs> {
    let object = node.read_object(&["palettes", "payload"])?;
    let paths = |key| -> Option<Option<Vec<RelPath>>> {
        let Some(node) = object.optional_member(key) else { return Some(None) };
        let paths: Vec<Option<RelPath>> = node.read_array()?.iter().map(Node::read_path).collect();
        Some(Some(paths.into_iter().collect::<Option<_>>()?))
    };
    let palettes = paths("palettes");
    let payload = paths("payload")?;
    if let Some(list) = &payload
        && list.len() != 1
    {
        if let Some(node) = object.optional_member("payload") {
            node.add_finding(
                Code::JsonWrongValue,
                format!("the list has {} paths; exactly one is required", list.len()),
                "Keep one path: a raw asset has one payload file.",
            );
        }
        return None;
    }
    Some(Inputs { palettes: palettes?.unwrap_or_default(), payload: payload.and_then(|list| list.into_iter().next()) })
}

fn read_preload(node: &Node<'_>) -> Option<Preload> {
    let object = node.read_object(&["enabled", "slot"])?;
    let slot = match object.optional_member("slot") {
        Some(node) => {
            let read = |slot| u32::try_from(slot).ok().filter(|slot| *slot < SLOTS);
            Some(node.read_integer_as(
                &"a slot from 0 to 15 is required",
                "Choose a slot from 0 to 15, or remove `slot` to get a free one.",
                read,
            )?)
        }
        None => None,
    };
    Some(Preload { enabled: object.required_member("enabled")?.read_boolean()?, slot })
}

fn read_content(
    root: &Object<'_, '_>,
    output: &Node<'_>,
    family: Option<Family>,
    payload: Option<RelPath>,
    rule: PaletteRule,
) -> Option<Content> {
    let object = output.read_object(&["format", "codec", "metadata", "codec_configuration", "pipeline"])?;
    let formats = [("GLYPH/indexed_v1", Family::GlyphBank), ("SOUNDS/pcm16le_v1", Family::SoundBank)];
    let format = object.required_member("format");
    let target = format.as_ref().and_then(|node| node.read_one_of("an output format", &formats));
    if let (Some(node), Some(family), Some(target)) = (&format, family, target)
        && family != target
    {
        node.add_finding(
            Code::FormatMismatch,
            format!("`{}` is not the format of a `{}`", target.format(), family.as_str()),
            format!("Write `{}`, or change the type to `{}`.", family.format(), target.as_str()),
        );
    }
    if let Some(node) = object.required_member("codec") {
        node.read_one_of("a codec", &[("NONE", ())]);
    }
    if let Some(node) = object.optional_member("codec_configuration") {
        node.read_object(&[]);
    }
    let pipeline = object.optional_member("pipeline");
    let artifacts = root.optional_member("artifacts");
    let metadata = object.required_member("metadata")?;
    let family = family.or(target)?;
    if let Some(payload) = payload {
        for (key, node) in [("artifacts", &artifacts), ("output.pipeline", &pipeline)] {
            if let Some(node) = node {
                node.add_finding(
                    Code::RawWithArtifacts,
                    format!("`inputs.payload` makes this a raw asset, which must not have `{key}`"),
                    format!("Remove `{key}`, or `inputs.payload`."),
                );
            }
        }
        return read_raw(&metadata, family, payload);
    }
    let artifacts = match artifacts {
        Some(node) => {
            let list = node.read_array()?;
            if list.is_empty() {
                node.add_finding(
                    Code::ArtifactsMissing,
                    "the list of artifacts is empty",
                    "Add an object with `file` and `index` for each of the asset's files.",
                );
                return None;
            }
            list
        }
        None => {
            output.push_finding(Finding::new(
                Code::ArtifactsMissing,
                "the asset has neither `artifacts` nor `inputs.payload`",
                "Add `artifacts`: a list of objects with `file` and `index`.",
            ));
            return None;
        }
    };
    match family {
        Family::GlyphBank => read_glyph(&metadata, pipeline.as_ref(), output, &artifacts, rule).map(Content::Glyph),
        Family::SoundBank => {
            if let Some(node) = &pipeline {
                node.read_object(&[]);
            }
            read_sound(&metadata, &artifacts).map(Content::Sound)
        }
    }
}

/// Two paths of one declaration must not be the same file on any system.
fn report_collisions(root: &Node<'_>, declaration: &Declaration, artifacts: &[Node<'_>], inputs: &Node<'_>) {
    let mut paths: Vec<(&RelPath, &Node<'_>)> = match &declaration.content {
        Content::Glyph(glyph) => glyph.artifacts.iter().map(|artifact| &artifact.file).zip(artifacts).collect(),
        Content::Sound(sound) => sound.artifacts.iter().map(|artifact| &artifact.file).zip(artifacts).collect(),
        Content::Raw { payload, .. } => vec![(payload, inputs)],
    };
    if let Content::Glyph(glyph) = &declaration.content {
        let files = glyph.palettes.iter().filter_map(|palette| palette.file.as_ref());
        paths.extend(files.filter(|source| !source.is_shared).map(|source| (&source.path, inputs)));
    }
    paths.extend(declaration.input_palettes.iter().map(|path| (path, inputs)));
    let mut seen = HashSet::new();
    paths.retain(|(path, _)| seen.insert(*path));
    for collision in find_collisions(paths.iter().map(|(path, _)| *path)) {
        let (later, node) = paths[collision.later];
        let is_file = collision.later_part == later.as_str();
        let what = if is_file { "file" } else { "folder" };
        root.push_finding_at(
            Finding::new(
                Code::PathCollision,
                format!(
                    "`{}` and `{}` are the same {what} on a system that ignores case",
                    collision.first_part, collision.later_part
                ),
                format!("Rename one of the {what}s, and change its path here."),
            ),
            node.place(),
        );
    }
}

fn read_raw(metadata: &Node<'_>, family: Family, payload: RelPath) -> Option<Content> {
    let value: Result<Value, _> = serde_json::from_str(metadata.source_text());
    let value = value.map_err(|_| "a number is out of range".to_owned());
    match value.and_then(|value| RawMetadata::read(family, &value)) {
        Ok(read) => Some(Content::Raw { payload, metadata: read, place: metadata.place() }),
        Err(problem) => {
            metadata.add_finding(
                Code::RawMetadata,
                problem,
                match family {
                    Family::GlyphBank => {
                        "Declare exactly `height`, `palette_authored`, `palette_count`, `tile_size` and `width`; \
                         `prometeu-packer inspect FILE --format json` shows them for a packed bank."
                    }
                    Family::SoundBank => {
                        "Declare exactly `channels`, `sample_rate` and `samples`; \
                         `prometeu-packer inspect FILE --format json` shows them for a packed bank."
                    }
                },
            );
            None
        }
    }
}

fn read_glyph(
    metadata: &Node<'_>,
    pipeline: Option<&Node<'_>>,
    output: &Node<'_>,
    artifacts: &[Node<'_>],
    rule: PaletteRule,
) -> Option<GlyphContent> {
    let tile_size =
        metadata.read_object(&["tile_size"]).and_then(|object| object.required_member("tile_size")).and_then(|node| {
            let read = |pixels| u32::try_from(pixels).ok().and_then(TileSize::from_pixels);
            node.read_integer_as(&"8, 16 or 32 is required", "Choose one of the three tile sizes.", read)
        });
    let (palettes, animations) = read_pipeline(pipeline, output, rule);
    let artifacts: Vec<Option<GlyphArtifact>> = artifacts
        .iter()
        .map(|node| {
            let object = node.read_object(&[
                "file",
                "index",
                "palette",
                "color_key",
                "tag",
                "layer",
                "slice",
                "region",
                "margin",
                "spacing",
                "skip_blank",
            ])?;
            let file = object.required_member("file").and_then(|node| node.read_path());
            let index = object.required_member("index").and_then(|node| node.read_u32(0..=MAX_INDEX));
            let palette = match object.optional_member("palette") {
                Some(node) => Some(read_palette_choice(&node, palettes.as_deref())?),
                None => None,
            };
            let color_key = match object.optional_member("color_key") {
                Some(node) => {
                    let text = node.read_string()?;
                    let key = ColorKey::parse(text);
                    if key.is_none() {
                        node.add_finding(
                            Code::JsonWrongValue,
                            format!("`{}` is not a color key", escaped(text)),
                            "Write `index0`, or a color as `#rrggbb`.",
                        );
                    }
                    Some(key?)
                }
                None => None,
            };
            let part = read_part(&object);
            let cut = read_cut(&object)?;
            Some(GlyphArtifact { file: file?, index: index?, palette, color_key, part: part?, cut })
        })
        .collect();
    let content = GlyphContent {
        tile_size: tile_size?,
        palettes: palettes?,
        artifacts: artifacts.into_iter().collect::<Option<_>>()?,
        animations: animations?,
    };
    content.animation_findings().into_iter().for_each(|finding| output.push_placed_finding(finding));
    Some(content)
}

/// The part of a sprite.
fn read_part(object: &Object<'_, '_>) -> Option<SpritePart> {
    let name = |key| match object.optional_member(key) {
        Some(node) => read_part_name(&node).map(Some),
        None => Some(None),
    };
    let (tag, layer, slice) = (name("tag"), name("layer"), name("slice"));
    if let (Some(Some(_)), Some(region)) = (&slice, object.optional_member("region")) {
        region.add_finding(
            Code::JsonWrongValue,
            "the artifact has both `slice` and `region`, which each say which part is cut",
            "Remove one of them.",
        );
        return None;
    }
    Some(SpritePart { tag: tag?, layer: layer?, slice: slice? })
}

/// The name of a tag, layer or slice.
pub(super) fn read_part_name(node: &Node<'_>) -> Option<String> {
    let name = node.read_string()?;
    if !is_part_name(name) {
        let help = "Write the name that Aseprite shows, or remove the key.";
        let message = format!("a name of 1 to {PART_NAME_CHARS} characters is required");
        node.add_finding(Code::JsonWrongValue, message, help);
        return None;
    }
    Some(name.to_owned())
}

fn read_cut(object: &Object<'_, '_>) -> Option<Cut> {
    let pixels = |node: Node<'_>| node.read_u32(0..=IMAGE_SIDE);
    let optional = |key| object.optional_member(key).map_or(Some(0), pixels);
    let region = match object.optional_member("region") {
        Some(node) => {
            let object = node.read_object(&["x", "y", "w", "h"])?;
            let side = |key| object.required_member(key).and_then(|node| node.read_u32(1..=IMAGE_SIDE));
            let (x, y) = (object.required_member("x").and_then(pixels), object.required_member("y").and_then(pixels));
            let (w, h) = (side("w"), side("h"));
            Some(Region { x: x?, y: y?, w: w?, h: h? })
        }
        None => None,
    };
    let (margin, spacing) = (optional("margin"), optional("spacing"));
    let skip_blank = object.optional_member("skip_blank").map_or(Some(false), |node| node.read_boolean());
    Some(Cut { region, margin: margin?, spacing: spacing?, skip_blank: skip_blank? })
}

fn read_palette_choice(node: &Node<'_>, palettes: Option<&[Palette]>) -> Option<u32> {
    let index = node.read_u32(0..=MAX_INDEX)?;
    if let Some(palettes) = palettes
        && index as usize >= palettes.len()
    {
        node.add_finding(
            Code::PaletteUndeclared,
            match palettes.len() {
                0 => format!("palette {index} is not declared; the bank declares none"),
                1 => format!("palette {index} is not declared; only palette 0 is"),
                count => format!("palette {index} is not declared; the palettes 0 to {} are", count - 1),
            },
            "Name a declared palette, declare this one, or remove `palette` to try all palettes.",
        );
        return None;
    }
    Some(index)
}

/// The palettes and the animations of a glyph bank.
fn read_pipeline(
    pipeline: Option<&Node<'_>>,
    output: &Node<'_>,
    rule: PaletteRule,
) -> (Option<Vec<Palette>>, Option<Vec<Animation>>) {
    let Some(pipeline) = pipeline else { return (read_palettes(None, output, rule), Some(Vec::new())) };
    let Some(object) = pipeline.read_object(&["palettes", "animations"]) else { return (None, None) };
    let animations = object.optional_member("animations");
    let animations = animations.map_or(Some(Vec::new()), |list| read_animations(&list));
    (read_palettes(object.optional_member("palettes"), pipeline, rule), animations)
}

/// The palettes in `list`, which a member of `owner` should be.
fn read_palettes(list: Option<Node<'_>>, owner: &Node<'_>, rule: PaletteRule) -> Option<Vec<Palette>> {
    let missing = |node: &Node<'_>| {
        if rule == PaletteRule::Optional {
            return Some(Vec::new());
        }
        node.add_finding(
            Code::PalettesMissing,
            "the glyph bank declares no palette",
            "Declare the palettes in `output.pipeline.palettes`, or run `prometeu-packer palettes PROJECT ASSET --apply` to find \
             them: `pack` never guesses palettes.",
        );
        None
    };
    let Some(list) = list else {
        return missing(owner);
    };
    let nodes = list.read_array()?;
    if nodes.is_empty() {
        return missing(&list);
    }
    let mut by_index: BTreeMap<u32, Palette> = BTreeMap::new();
    let mut all_valid = true;
    for node in &nodes {
        let Some((index, palette)) = read_palette(node) else {
            all_valid = false;
            continue;
        };
        if by_index.insert(index, palette).is_some() {
            node.add_finding(
                Code::PaletteIndices,
                format!("two palettes have the index {index}"),
                "Give each palette its own index.",
            );
            all_valid = false;
        }
    }
    if !all_valid {
        return None;
    }
    if nodes.len() > MAX_PALETTES as usize {
        list.add_finding(
            Code::TooManyPalettes,
            format!("{} palettes are declared; a bank can have {MAX_PALETTES}", nodes.len()),
            "Remove palettes, or split the bank.",
        );
        return None;
    }
    if let Some(gap) = (0u32..).zip(by_index.keys()).find_map(|(wanted, index)| (wanted != *index).then_some(wanted)) {
        list.add_finding(
            Code::PaletteIndices,
            format!(
                "{} palettes must have the indices 0 to {}, but none has the index {gap}",
                nodes.len(),
                nodes.len() - 1
            ),
            "Number the palettes from 0, without gaps.",
        );
        return None;
    }
    Some(by_index.into_values().collect())
}

fn read_palette(node: &Node<'_>) -> Option<(u32, Palette)> {
    let object = node.read_object(&["index", "palette"])?;
    let index = object.required_member("index").and_then(|node| node.read_u32(0..=MAX_INDEX));
    let inner = object.required_member("palette")?;
    let palette = inner.read_object(&["colors", "name", "file", "row", "key"])?;
    let name = match palette.optional_member("name") {
        Some(node) => Some(read_palette_name(&node)?),
        None => None,
    };
    if let Some(file) = palette.optional_member("file") {
        let source = read_palette_source(&palette, &file)?;
        return Some((index?, Palette { name, colors: Vec::new(), file: Some(source) }));
    }
    for key in ["row", "key"] {
        if let Some(node) = palette.optional_member(key) {
            node.add_finding(
                Code::JsonUnknownKey,
                format!("`{key}` is about a palette file, and there is no `file`"),
                "Remove it, or name the file.",
            );
            return None;
        }
    }
    let colors = read_colors(&palette.required_member("colors")?)?;
    Some((index?, Palette::of_colors(name, colors)))
}

/// A file that is the palette.
fn read_palette_source(palette: &Object<'_, '_>, file: &Node<'_>) -> Option<PaletteSource> {
    if let Some(colors) = palette.optional_member("colors") {
        colors.add_finding(
            Code::JsonUnknownKey,
            "the palette has `colors`, and also a `file` that has them",
            "Remove one of the two.",
        );
        return None;
    }
    let text = file.read_string()?;
    let (is_shared, below) = text.strip_prefix('/').map_or((false, text), |below| (true, below));
    let path = RelPath::parse(below).map_err(|problem| file.add_finding(problem.code, problem.message, problem.help));
    let row = match palette.optional_member("row") {
        Some(node) => Some(node.read_u32(0..=MAX_PALETTES - 1)?),
        None => None,
    };
    let key = match palette.optional_member("key") {
        Some(node) => Some(read_color(&node)?),
        None => None,
    };
    Some(PaletteSource { path: path.ok()?, is_shared, row, key })
}

/// 1 to 16 colors.
fn read_colors(colors_node: &Node<'_>) -> Option<Vec<Rgb>> {
    let nodes = colors_node.read_array()?;
    if nodes.is_empty() || nodes.len() > PALETTE_COLORS {
        colors_node.add_finding(
            Code::JsonWrongValue,
            format!("the palette has {} colors; 1 to {PALETTE_COLORS} are required", nodes.len()),
            "Declare the color key as color 0, and up to 15 colors to draw with.",
        );
        return None;
    }
    let colors: Vec<Option<Rgb>> = nodes.iter().map(read_color).collect();
    colors.into_iter().collect()
}

fn read_color(node: &Node<'_>) -> Option<Rgb> {
    let text = node.read_string()?;
    let color = Rgb::parse(text);
    if color.is_none() {
        node.add_finding(
            Code::JsonWrongValue,
            format!("`{}` is not a color", escaped(text)),
            "Write `#rrggbb`: six hex digits.",
        );
    }
    color
}

fn read_palette_name(node: &Node<'_>) -> Option<String> {
    let text = node.read_string()?;
    if !is_palette_name(text) {
        node.add_finding(
            Code::JsonWrongValue,
            format!("`{}` is not a palette name", escaped(text)),
            "Use 1 to 32 printable characters.",
        );
        return None;
    }
    Some(text.to_owned())
}

fn read_sound(metadata: &Node<'_>, artifacts: &[Node<'_>]) -> Option<SoundContent> {
    let rate = metadata
        .read_object(&["sample_rate"])
        .and_then(|object| object.required_member("sample_rate"))
        .and_then(|node| node.read_u32(1..=MAX_RATE_HZ));
    let artifacts: Vec<Option<SoundArtifact>> = artifacts
        .iter()
        .map(|node| {
            let object = node.read_object(&["file", "index", "loop", "convert"])?;
            let file = object.required_member("file").and_then(|node| node.read_path());
            let index = object.required_member("index").and_then(|node| node.read_u32(0..=MAX_INDEX));
            let looping = match object.optional_member("loop") {
                None => LoopChoice::File,
                Some(node) if node.is_null() => LoopChoice::Never,
                Some(node) => {
                    let object = node.read_object(&["start", "end"])?;
                    let frame =
                        |key| object.required_member(key).and_then(|node| node.read_integer(0..=u64::from(u32::MAX)));
                    let (start, end) = (frame("start"), frame("end"));
                    LoopChoice::At(SampleLoop { start: start?, end: end? })
                }
            };
            let convert = match object.optional_member("convert") {
                None => Convert::default(),
                Some(node) => {
                    let object = node.read_object(&["downmix", "reduce_bit_depth"])?;
                    let allowed = |key| {
                        let Some(node) = object.optional_member(key) else { return Some(false) };
                        if !node.read_boolean()? {
                            node.add_finding(
                                Code::JsonWrongValue,
                                format!("`{key}` can only be true"),
                                format!("Remove `{key}`: without it, no lossy conversion is allowed."),
                            );
                            return None;
                        }
                        Some(true)
                    };
                    let (downmix, reduce_bit_depth) = (allowed("downmix"), allowed("reduce_bit_depth"));
                    Convert { downmix: downmix?, reduce_bit_depth: reduce_bit_depth? }
                }
            };
            Some(SoundArtifact { file: file?, index: index?, looping, convert, place: node.place() })
        })
        .collect();
    Some(SoundContent { sample_rate_hz: rate?, artifacts: artifacts.into_iter().collect::<Option<_>>()? })
}
