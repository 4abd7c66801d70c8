//! The only writer of `asset.json`: two-space indent, LF, a final newline, keys in the order of the spec.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    Animation, AnimationDirection, AnimationFrames, Content, Declaration, DeclaredFrames, FollowedTag, FrameTimes,
    LoopChoice, Region,
};
use crate::json;

/// An object that keeps the order of its keys, which `serde_json`'s map may not.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ordered(pub(super) Vec<(&'static str, Tree)>);

/// A value of the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    Object(Ordered),
    List(Vec<Tree>),
    Leaf(Value),
}

impl Ordered {
    /// The member with this key.
    pub(super) fn member(&self, key: &str) -> Option<&Tree> {
        self.0.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }
}

impl Tree {
    /// The `index` of an object that has one.
    pub(super) fn index(&self) -> Option<u64> {
        let Self::Object(object) = self else { return None };
        let Some(Self::Leaf(index)) = object.member("index") else { return None };
        index.as_u64()
    }

    /// The same text for the same values, and no others.
    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Like [`Tree::to_text`], but for the `index` of an object.
    pub(super) fn text_without_index(&self) -> String {
        let Self::Object(object) = self else { return String::new() };
        let others = object.0.iter().filter(|(key, _)| *key != "index").map(|(key, value)| (key, value));
        serde_json::to_string(&others.collect::<Vec<_>>()).unwrap_or_default()
    }

    /// Whether it contains no object and no list.
    pub(super) fn is_flat(&self) -> bool {
        let is_leaf = |tree: &Self| matches!(tree, Self::Leaf(_));
        match self {
            Self::Object(object) => object.0.iter().all(|(_, value)| is_leaf(value)),
            Self::List(list) => list.iter().all(is_leaf),
            Self::Leaf(_) => true,
        }
    }
}

impl Serialize for Ordered {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl Serialize for Tree {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Object(object) => object.serialize(serializer),
            Self::List(list) => serializer.collect_seq(list),
            Self::Leaf(value) => value.serialize(serializer),
        }
    }
}

fn leaf(value: impl Into<Value>) -> Tree {
    Tree::Leaf(value.into())
}

fn object(members: Vec<(&'static str, Option<Tree>)>) -> Tree {
    Tree::Object(Ordered(members.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()))
}

fn empty_object() -> Tree {
    leaf(Value::Object(Map::new()))
}

fn region_object(region: Region) -> Tree {
    let sides = [("x", region.x), ("y", region.y), ("w", region.w), ("h", region.h)];
    object(sides.into_iter().map(|(key, pixels)| (key, Some(leaf(pixels)))).collect())
}

/// A number of pixels, unless it is the default, 0.
fn nonzero_pixels(pixels: u32) -> Option<Tree> {
    (pixels > 0).then(|| leaf(pixels))
}

fn animation_object(animation: &Animation) -> Tree {
    let mut members = vec![("name", Some(leaf(animation.name.as_str())))];
    match &animation.frames {
        AnimationFrames::Tag(FollowedTag { file, tag, layer, slice }) => members.extend([
            ("file", Some(leaf(file.as_str()))),
            ("tag", Some(leaf(tag.as_str()))),
            ("layer", layer.as_deref().map(leaf)),
            ("slice", slice.as_deref().map(leaf)),
        ]),
        AnimationFrames::Declared(frames) => members.extend(declared_members(frames)),
    }
    object(members)
}

fn declared_members(frames: &DeclaredFrames) -> [(&'static str, Option<Tree>); 7] {
    let numbers = |numbers: &[u32]| Tree::List(numbers.iter().map(|number| leaf(*number)).collect());
    let frame_ms = match &frames.frame_ms {
        FrameTimes::All(time) => leaf(*time),
        FrameTimes::Each(times) => numbers(times),
    };
    [
        ("files", Some(Tree::List(frames.files.iter().map(|file| leaf(file.as_str())).collect()))),
        ("frame_size", frames.frame_size.map(|size| numbers(&size))),
        ("from", frames.from.map(leaf)),
        ("to", frames.to.map(leaf)),
        ("frame_ms", Some(frame_ms)),
        ("direction", (frames.direction != AnimationDirection::Forward).then(|| leaf(frames.direction.as_str()))),
        ("repeat", frames.repeat.map(leaf)),
    ]
}

impl Declaration {
    /// The bytes of `asset.json`.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_pretty_bytes(&self.to_tree())
    }

    /// The value of `asset.json`.
    pub(super) fn to_tree(&self) -> Tree {
        let family = self.family();
        let palettes = (!self.input_palettes.is_empty())
            .then(|| Tree::List(self.input_palettes.iter().map(|path| leaf(path.as_str())).collect()));
        let payload = match &self.content {
            Content::Raw { payload, .. } => Some(Tree::List(vec![leaf(payload.as_str())])),
            _ => None,
        };
        let inputs = if palettes.is_none() && payload.is_none() {
            empty_object()
        } else {
            object(vec![("palettes", palettes), ("payload", payload)])
        };
        object(vec![
            ("schema_version", Some(leaf(1))),
            ("asset_uuid", Some(leaf(self.asset_uuid.to_string()))),
            ("name", Some(leaf(self.name.as_str()))),
            ("type", Some(leaf(family.as_str()))),
            ("inputs", Some(inputs)),
            ("artifacts", self.artifact_list()),
            (
                "output",
                Some(object(vec![
                    ("format", Some(leaf(family.format()))),
                    ("codec", Some(leaf("NONE"))),
                    ("metadata", Some(self.output_metadata())),
                    ("pipeline", self.palette_pipeline()),
                ])),
            ),
            (
                "preload",
                Some(object(vec![
                    ("enabled", Some(leaf(self.preload.enabled))),
                    ("slot", self.preload.slot.map(leaf)),
                ])),
            ),
        ])
    }

    fn artifact_list(&self) -> Option<Tree> {
        let list = match &self.content {
            Content::Raw { .. } => return None,
            Content::Glyph(glyph) => glyph
                .artifacts
                .iter()
                .map(|artifact| {
                    object(vec![
                        ("file", Some(leaf(artifact.file.as_str()))),
                        ("index", Some(leaf(artifact.index))),
                        ("palette", artifact.palette.map(leaf)),
                        ("color_key", artifact.color_key.map(|key| leaf(key.to_string()))),
                        ("tag", artifact.part.tag.as_deref().map(leaf)),
                        ("layer", artifact.part.layer.as_deref().map(leaf)),
                        ("slice", artifact.part.slice.as_deref().map(leaf)),
                        ("region", artifact.cut.region.map(region_object)),
                        ("margin", nonzero_pixels(artifact.cut.margin)),
                        ("spacing", nonzero_pixels(artifact.cut.spacing)),
                        ("skip_blank", artifact.cut.skip_blank.then(|| leaf(true))),
                    ])
                })
                .collect(),
            Content::Sound(sound) => sound
                .artifacts
                .iter()
                .map(|artifact| {
                    let looping = match artifact.looping {
                        LoopChoice::File => None,
                        LoopChoice::Never => Some(Tree::Leaf(Value::Null)),
                        LoopChoice::At(at) => {
                            Some(object(vec![("start", Some(leaf(at.start))), ("end", Some(leaf(at.end)))]))
                        }
                    };
                    let allowed = |yes: bool| yes.then(|| leaf(true));
                    let convert = (artifact.convert != super::Convert::default()).then(|| {
                        object(vec![
                            ("downmix", allowed(artifact.convert.downmix)),
                            ("reduce_bit_depth", allowed(artifact.convert.reduce_bit_depth)),
                        ])
                    });
                    object(vec![
                        ("file", Some(leaf(artifact.file.as_str()))),
                        ("index", Some(leaf(artifact.index))),
                        ("loop", looping),
                        ("convert", convert),
                    ])
                })
                .collect(),
        };
        Some(Tree::List(list))
    }

    fn output_metadata(&self) -> Tree {
        match &self.content {
            Content::Glyph(glyph) => object(vec![("tile_size", Some(leaf(glyph.tile_size.pixels())))]),
            Content::Sound(sound) => object(vec![("sample_rate", Some(leaf(sound.sample_rate_hz)))]),
            Content::Raw { metadata, .. } => leaf(metadata.entry_metadata().to_value()),
        }
    }

    fn palette_pipeline(&self) -> Option<Tree> {
        let Content::Glyph(glyph) = &self.content else { return None };
        let palettes = glyph.palettes.iter().enumerate().map(|(index, palette)| {
            let source = palette.file.as_ref();
            let colors = palette.colors.iter().map(|color| leaf(color.to_string())).collect();
            object(vec![
                ("index", Some(leaf(index as u64))),
                (
                    "palette",
                    Some(object(vec![
                        ("name", palette.name.as_deref().map(leaf)),
                        ("colors", source.is_none().then_some(Tree::List(colors))),
                        ("file", source.map(|source| leaf(source.declared_path()))),
                        ("row", source.and_then(|source| source.row).map(leaf)),
                        ("key", source.and_then(|source| source.key).map(|key| leaf(key.to_string()))),
                    ])),
                ),
            ])
        });
        let animations = glyph.animations.iter().map(animation_object).collect::<Vec<_>>();
        let animations = Some(animations).filter(|animations| !animations.is_empty());
        Some(object(vec![
            ("palettes", Some(Tree::List(palettes.collect()))),
            ("animations", animations.map(Tree::List)),
        ]))
    }
}
