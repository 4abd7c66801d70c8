//! The reader of `asset.json`: all that can be judged from the text alone.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    ColorKey, Content, Convert, Cut, Declaration, Family, GlyphArtifact, GlyphContent, LoopChoice, Palette, Preload,
    Region, SoundArtifact, SoundContent,
};
use crate::asset_uuid::AssetUuid;
use crate::diagnostics::{Code, Finding, Place, blocks, escaped};
use crate::formats::{EntryMetadata, MAX_PALETTES, PALETTE_COLORS, Rgb, SampleLoop, TileSize};
use crate::json::{self, Node, Object};
use crate::limits::{IMAGE_SIDE, MAX_RATE_HZ, SLOTS};
use crate::paths::{RelPath, collisions};

/// Artifact indices are judged against the bank later; this only keeps them small.
const MAX_INDEX: u32 = i32::MAX as u32;

/// What could be made of an `asset.json`.
#[derive(Debug)]
pub struct Reading {
    /// The declaration, if there is no error.
    pub declaration: Option<Declaration>,
    /// The uuid, if at least that could be read.
    pub asset_uuid: Option<AssetUuid>,
    /// The name, if at least that could be read.
    pub name: Option<String>,
    /// The type, if at least that could be read.
    pub family: Option<Family>,
    /// Everything found, relative to the asset's root.
    pub findings: Vec<Finding>,
}

/// Whether a glyph bank must declare palettes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PaletteRule {
    Required,
    Optional,
}

impl Declaration {
    /// Reads the bytes of an `asset.json`; findings name the file by that name.
    pub fn read(bytes: &[u8]) -> Reading {
        Self::read_by(bytes, PaletteRule::Required)
    }

    /// As [`Declaration::read`], for who is about to find palettes: a glyph bank may declare none.
    pub fn read_before_palettes(bytes: &[u8]) -> Reading {
        Self::read_by(bytes, PaletteRule::Optional)
    }

    fn read_by(bytes: &[u8], rule: PaletteRule) -> Reading {
        let mut head = (None, None, None);
        let read = |root: &Node<'_>| read_declaration(root, rule, &mut head);
        let (declaration, mut findings) = json::read(super::ANCHOR, bytes, read);
        let declaration = declaration.filter(|_| !blocks(&findings));
        if declaration.is_none() && !blocks(&findings) {
            // An asset must never vanish in silence.
            let message = "the packer could not read this declaration, and does not know why";
            findings.push(
                Finding::new(Code::InternalError, message, "Please report it, with the file.").file(super::ANCHOR),
            );
        }
        let (asset_uuid, name, family) = head;
        Reading { declaration, asset_uuid, name, family, findings }
    }
}

type Head = (Option<AssetUuid>, Option<String>, Option<Family>);

fn read_declaration(root: &Node<'_>, rule: PaletteRule, head: &mut Head) -> Option<Declaration> {
    refuse_other_versions(root)?;
    let object = root.object(&[
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
    object.required("schema_version")?;
    let asset_uuid = object.required("asset_uuid").and_then(|node| read_uuid(&node));
    head.0 = asset_uuid;
    let name = object.required("name").and_then(|node| read_name(&node));
    head.1.clone_from(&name);
    let family = object.required("type").and_then(|node| node.one_of("an asset type", Family::ALL));
    head.2 = family;
    if let Some(build) = object.optional("build") {
        build.object(&[]);
    }
    let inputs_node = object.required("inputs");
    let inputs = inputs_node.as_ref().and_then(read_inputs);
    let preload = object.required("preload").and_then(|node| read_preload(&node));
    let output = object.required("output")?;
    let payload = inputs.as_ref().and_then(|inputs| inputs.payload.clone());
    let content = read_content(&object, &output, family, payload, rule);
    let declaration = Declaration {
        asset_uuid: asset_uuid?,
        name: name?,
        input_palettes: inputs?.palettes,
        content: content?,
        preload: preload?,
    };
    report_collisions(root, &declaration, &inputs_node?.place());
    Some(declaration)
}

/// Refuses a file whose `schema_version` is not 1 before anything else of it is judged: what looks wrong in a newer file
/// may be right there.
pub fn refuse_other_versions(root: &Node<'_>) -> Option<()> {
    let Some(node) = root.peek("schema_version") else { return Some(()) };
    let help = "A higher version comes from a newer packer: use that one.";
    let read = |version| (version == 1).then_some(());
    node.integer_as(Code::SchemaVersion, "this packer reads version 1", help, read)
}

/// Reads a uuid in its one written form.
pub fn read_uuid(node: &Node<'_>) -> Option<AssetUuid> {
    let text = node.string()?;
    let uuid = AssetUuid::parse(text);
    if uuid.is_none() {
        let message = format!(
            "`{}` is not a uuid in the form 8-4-4-4-12 of lower-case hex digits, or it is all zeros",
            escaped(text)
        );
        let help = match AssetUuid::parse(&text.to_lowercase()) {
            Some(lower) => format!("Write it in lower case: `{lower}`."),
            None => "Restore the uuid that the asset had; a new asset gets a new version 4 uuid.".into(),
        };
        node.report(Code::UuidMalformed, message, help);
    }
    uuid
}

/// Reads a legal relative path.
pub fn relative_path(node: &Node<'_>) -> Option<RelPath> {
    match RelPath::parse(node.string()?) {
        Ok(path) => Some(path),
        Err(problem) => {
            node.report(problem.code, problem.message, problem.help);
            None
        }
    }
}

/// Why `name` is no legal asset name, if it is none.
pub fn name_problem(name: &str) -> Option<String> {
    if name.is_empty() || name.chars().count() > 64 {
        return Some(format!("the name has {} characters; 1 to 64 are needed", name.chars().count()));
    }
    let bad = name.chars().find(|c| !(c.is_ascii_alphanumeric() || "_./-".contains(*c)))?;
    let bad = if bad == ' ' { "a space".to_owned() } else { format!("the character `{}`", escaped(&bad.to_string())) };
    Some(format!("the name `{}` has {bad}", escaped(name)))
}

fn read_name(node: &Node<'_>) -> Option<String> {
    let name = node.string()?;
    if let Some(problem) = name_problem(name) {
        node.report(
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
    let object = node.object(&["palettes", "payload"])?;
    let paths = |key| -> Option<Option<Vec<RelPath>>> {
        let Some(node) = object.optional(key) else { return Some(None) };
        let paths: Vec<Option<RelPath>> = node.array()?.iter().map(relative_path).collect();
        Some(Some(paths.into_iter().collect::<Option<_>>()?))
    };
    let palettes = paths("palettes");
    let payload = paths("payload")?;
    if let Some(list) = &payload
        && list.len() != 1
    {
        if let Some(node) = object.optional("payload") {
            node.report(
                Code::JsonWrongValue,
                format!("the list has {} paths; exactly one is needed", list.len()),
                "A raw asset has one payload file.",
            );
        }
        return None;
    }
    Some(Inputs { palettes: palettes?.unwrap_or_default(), payload: payload.and_then(|list| list.into_iter().next()) })
}

fn read_preload(node: &Node<'_>) -> Option<Preload> {
    let object = node.object(&["enabled", "slot"])?;
    let slot = match object.optional("slot") {
        Some(node) => {
            let read = |slot| u32::try_from(slot).ok().filter(|slot| *slot < SLOTS);
            Some(node.integer_as(
                Code::JsonOutOfRange,
                "a slot from 0 to 15 is needed",
                "Slots count from 0 to 15.",
                read,
            )?)
        }
        None => None,
    };
    Some(Preload { enabled: object.required("enabled")?.boolean()?, slot })
}

fn read_content(
    root: &Object<'_, '_>,
    output: &Node<'_>,
    family: Option<Family>,
    payload: Option<RelPath>,
    rule: PaletteRule,
) -> Option<Content> {
    let object = output.object(&["format", "codec", "metadata", "codec_configuration", "pipeline"])?;
    let formats = [("GLYPH/indexed_v1", Family::GlyphBank), ("SOUNDS/pcm16le_v1", Family::SoundBank)];
    let format = object.required("format");
    let target = format.as_ref().and_then(|node| node.one_of("an output format", &formats));
    if let (Some(node), Some(family), Some(target)) = (&format, family, target)
        && family != target
    {
        node.report(
            Code::FormatMismatch,
            format!("{} is not the format of a {}", target.format(), family.as_str()),
            format!("Write `{}`, or change the type to `{}`.", family.format(), target.as_str()),
        );
    }
    if let Some(node) = object.required("codec") {
        node.one_of("a codec", &[("NONE", ())]);
    }
    if let Some(node) = object.optional("codec_configuration") {
        node.object(&[]);
    }
    let pipeline = object.optional("pipeline");
    let artifacts = root.optional("artifacts");
    let metadata = object.required("metadata")?;
    let family = family.or(target)?;
    if let Some(payload) = payload {
        for (key, node) in [("artifacts", &artifacts), ("output.pipeline", &pipeline)] {
            if let Some(node) = node {
                node.report(
                    Code::RawWithArtifacts,
                    format!("`inputs.payload` makes this a raw asset, which has no `{key}`"),
                    format!("Remove `{key}`, or `inputs.payload`."),
                );
            }
        }
        return read_raw(&metadata, family, payload);
    }
    let artifacts = match artifacts {
        Some(node) => {
            let list = node.array()?;
            if list.is_empty() {
                node.report(
                    Code::ArtifactsMissing,
                    "the list of artifacts is empty",
                    "Add an object with `file` and `index` for each of the asset's files.",
                );
                return None;
            }
            list
        }
        None => {
            output.push(Finding::new(
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
                node.object(&[]);
            }
            read_sound(&metadata, &artifacts).map(Content::Sound)
        }
    }
}

/// Two paths of one declaration must not be one path on any system.
fn report_collisions(root: &Node<'_>, declaration: &Declaration, inputs: &Place) {
    let mut paths: Vec<(&RelPath, &Place)> = match &declaration.content {
        Content::Glyph(glyph) => glyph.artifacts.iter().map(|artifact| (&artifact.file, &artifact.place)).collect(),
        Content::Sound(sound) => sound.artifacts.iter().map(|artifact| (&artifact.file, &artifact.place)).collect(),
        Content::Raw { payload, .. } => vec![(payload, inputs)],
    };
    paths.extend(declaration.input_palettes.iter().map(|path| (path, inputs)));
    for (first, later) in collisions(paths.iter().map(|(path, _)| *path)) {
        let ((first, _), (later, place)) = (paths[first], paths[later]);
        root.push_at(
            Finding::new(
                Code::PathCollision,
                format!("`{first}` and `{later}` are one file on a system that ignores case"),
                "Rename one of the files, and change its path here.",
            ),
            place.clone(),
        );
    }
}

fn read_raw(metadata: &Node<'_>, family: Family, payload: RelPath) -> Option<Content> {
    let value: Result<Value, _> = serde_json::from_str(metadata.source());
    let read = value.map_err(|_| "a number is out of range".to_owned());
    match read.and_then(|value| EntryMetadata::read(family.bank_type(), &value)) {
        Ok(read) => Some(Content::Raw { payload, metadata: read, place: metadata.place() }),
        Err(problem) => {
            metadata.report(
                Code::RawMetadata,
                problem,
                match family {
                    Family::GlyphBank => {
                        "A raw glyph bank declares all of `height`, `palette_authored`, `palette_count`, `tile_size` and \
                         `width`; `prometeu-packer inspect --format json` shows them for a packed bank."
                    }
                    Family::SoundBank => {
                        "A raw sound bank declares all of `channels`, `sample_rate` and `samples`; \
                         `prometeu-packer inspect --format json` shows them for a packed bank."
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
    let tile_size = metadata.object(&["tile_size"]).and_then(|object| object.required("tile_size")).and_then(|node| {
        let read = |pixels| u32::try_from(pixels).ok().and_then(TileSize::from_pixels);
        node.integer_as(Code::JsonOutOfRange, "8, 16 or 32 is needed", "Choose one of the three tile sizes.", read)
    });
    let palettes = read_palettes(pipeline, output, rule);
    let artifacts: Vec<Option<GlyphArtifact>> = artifacts
        .iter()
        .map(|node| {
            let object =
                node.object(&["file", "index", "palette", "color_key", "region", "margin", "spacing", "skip_blank"])?;
            let file = object.required("file").and_then(|node| relative_path(&node));
            let index = object.required("index").and_then(|node| node.integer32(0..=MAX_INDEX));
            let palette = match object.optional("palette") {
                Some(node) => Some(read_palette_choice(&node, palettes.as_deref())?),
                None => None,
            };
            let color_key = match object.optional("color_key") {
                Some(node) => {
                    let text = node.string()?;
                    let key = ColorKey::parse(text);
                    if key.is_none() {
                        node.report(
                            Code::JsonWrongValue,
                            format!("`{}` is not a color key", escaped(text)),
                            "Write `index0`, or a color as `#rrggbb`.",
                        );
                    }
                    Some(key?)
                }
                None => None,
            };
            let cut = read_cut(&object)?;
            Some(GlyphArtifact { file: file?, index: index?, palette, color_key, cut, place: node.place() })
        })
        .collect();
    Some(GlyphContent {
        tile_size: tile_size?,
        palettes: palettes?,
        artifacts: artifacts.into_iter().collect::<Option<_>>()?,
    })
}

fn read_cut(object: &Object<'_, '_>) -> Option<Cut> {
    let pixels = |node: Node<'_>| node.integer32(0..=IMAGE_SIDE);
    let optional = |key| object.optional(key).map_or(Some(0), pixels);
    let region = match object.optional("region") {
        Some(node) => {
            let object = node.object(&["x", "y", "w", "h"])?;
            let side = |key| object.required(key).and_then(|node| node.integer32(1..=IMAGE_SIDE));
            let (x, y) = (object.required("x").and_then(pixels), object.required("y").and_then(pixels));
            let (w, h) = (side("w"), side("h"));
            Some(Region { x: x?, y: y?, w: w?, h: h? })
        }
        None => None,
    };
    let (margin, spacing) = (optional("margin"), optional("spacing"));
    let skip_blank = object.optional("skip_blank").map_or(Some(false), |node| node.boolean());
    Some(Cut { region, margin: margin?, spacing: spacing?, skip_blank: skip_blank? })
}

fn read_palette_choice(node: &Node<'_>, palettes: Option<&[Palette]>) -> Option<u32> {
    let index = node.integer32(0..=MAX_INDEX)?;
    if let Some(palettes) = palettes
        && index as usize >= palettes.len()
    {
        node.report(
            Code::PaletteUndeclared,
            match palettes.len() {
                0 => format!("palette {index} is not declared; none is yet"),
                1 => format!("palette {index} is not declared; only palette 0 is"),
                count => format!("palette {index} is not declared; the palettes 0 to {} are", count - 1),
            },
            "Name a declared palette, declare this one, or remove `palette` to have all tried.",
        );
        return None;
    }
    Some(index)
}

fn read_palettes(pipeline: Option<&Node<'_>>, output: &Node<'_>, rule: PaletteRule) -> Option<Vec<Palette>> {
    let missing = |node: &Node<'_>| {
        if rule == PaletteRule::Optional {
            return Some(Vec::new());
        }
        node.report(
            Code::PalettesMissing,
            "the glyph bank declares no palette",
            "Declare the palettes in `output.pipeline.palettes`, or let `prometeu-packer palettes PROJECT ASSET --apply` find them: \
             a pack never guesses them.",
        );
        None
    };
    let Some(pipeline) = pipeline else {
        return missing(output);
    };
    let object = pipeline.object(&["palettes"])?;
    let Some(list) = object.optional("palettes") else {
        return missing(pipeline);
    };
    let nodes = list.array()?;
    if nodes.is_empty() {
        return missing(&list);
    }
    let mut by_index: BTreeMap<u32, Palette> = BTreeMap::new();
    let mut whole = true;
    for node in &nodes {
        let Some((index, palette)) = read_palette(node) else {
            whole = false;
            continue;
        };
        if by_index.insert(index, palette).is_some() {
            node.report(
                Code::PaletteIndices,
                format!("the index {index} is given to two palettes"),
                "Give each palette its own index.",
            );
            whole = false;
        }
    }
    if !whole {
        return None;
    }
    if nodes.len() > MAX_PALETTES as usize {
        list.report(
            Code::TooManyPalettes,
            format!("{} palettes are declared; a bank holds {MAX_PALETTES}", nodes.len()),
            "Remove palettes, or split the bank.",
        );
        return None;
    }
    if let Some(gap) = (0u32..).zip(by_index.keys()).find_map(|(wanted, index)| (wanted != *index).then_some(wanted)) {
        list.report(
            Code::PaletteIndices,
            format!("{} palettes must have the indices 0 to {}, but none has {gap}", nodes.len(), nodes.len() - 1),
            "Number the palettes without a gap, from 0.",
        );
        return None;
    }
    Some(by_index.into_values().collect())
}

fn read_palette(node: &Node<'_>) -> Option<(u32, Palette)> {
    let object = node.object(&["index", "palette"])?;
    let index = object.required("index").and_then(|node| node.integer32(0..=MAX_INDEX));
    let inner = object.required("palette")?;
    let palette = inner.object(&["colors", "name"])?;
    let colors_node = palette.required("colors")?;
    let nodes = colors_node.array()?;
    if nodes.is_empty() || nodes.len() > PALETTE_COLORS {
        colors_node.report(
            Code::JsonWrongValue,
            format!("the palette has {} colors; 1 to {PALETTE_COLORS} are needed", nodes.len()),
            "Color 0 is the color key; 15 more can be drawn.",
        );
        return None;
    }
    let colors: Vec<Option<Rgb>> = nodes
        .iter()
        .map(|node| {
            let text = node.string()?;
            let color = Rgb::parse(text);
            if color.is_none() {
                node.report(
                    Code::JsonWrongValue,
                    format!("`{}` is not a color", escaped(text)),
                    "Write `#rrggbb`: six hex digits.",
                );
            }
            color
        })
        .collect();
    let name = match palette.optional("name") {
        Some(node) => {
            let text = node.string()?;
            let length = text.chars().count();
            if !(1..=32).contains(&length) || escaped(text) != text {
                node.report(
                    Code::JsonWrongValue,
                    format!("`{}` is not a palette name", escaped(text)),
                    "Use 1 to 32 printable characters.",
                );
                return None;
            }
            Some(text.to_owned())
        }
        None => None,
    };
    Some((index?, Palette { name, colors: colors.into_iter().collect::<Option<_>>()? }))
}

fn read_sound(metadata: &Node<'_>, artifacts: &[Node<'_>]) -> Option<SoundContent> {
    let rate = metadata
        .object(&["sample_rate"])
        .and_then(|object| object.required("sample_rate"))
        .and_then(|node| node.integer32(1..=MAX_RATE_HZ));
    let artifacts: Vec<Option<SoundArtifact>> = artifacts
        .iter()
        .map(|node| {
            let object = node.object(&["file", "index", "loop", "convert"])?;
            let file = object.required("file").and_then(|node| relative_path(&node));
            let index = object.required("index").and_then(|node| node.integer32(0..=MAX_INDEX));
            let looping = match object.optional("loop") {
                None => LoopChoice::File,
                Some(node) if node.is_null() => LoopChoice::Never,
                Some(node) => {
                    let object = node.object(&["start", "end"])?;
                    let frame = |key| object.required(key).and_then(|node| node.integer(0..=u64::from(u32::MAX)));
                    let (start, end) = (frame("start"), frame("end"));
                    LoopChoice::At(SampleLoop { start: start?, end: end? })
                }
            };
            let convert = match object.optional("convert") {
                None => Convert::default(),
                Some(node) => {
                    let object = node.object(&["downmix", "reduce_bit_depth"])?;
                    let agreed = |key| {
                        let Some(node) = object.optional(key) else { return Some(false) };
                        if !node.boolean()? {
                            node.report(
                                Code::JsonWrongValue,
                                format!("`{key}` can only be true"),
                                format!("Remove `{key}`: without it nothing is lost."),
                            );
                            return None;
                        }
                        Some(true)
                    };
                    let (downmix, reduce_bit_depth) = (agreed("downmix"), agreed("reduce_bit_depth"));
                    Convert { downmix: downmix?, reduce_bit_depth: reduce_bit_depth? }
                }
            };
            Some(SoundArtifact { file: file?, index: index?, looping, convert, place: node.place() })
        })
        .collect();
    Some(SoundContent { sample_rate_hz: rate?, artifacts: artifacts.into_iter().collect::<Option<_>>()? })
}
