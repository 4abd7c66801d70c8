//! The part of a sprite that an artifact names: a tag, a layer, a slice.

use std::ops::Range;

use super::bytes::SpriteError;
use super::file::{Slice, SliceKey, SpriteFile, SpriteTag};
use crate::banks::glyph::image::SourceFrame;
use crate::diagnostics::Pixel;

/// How many names a finding lists. An artist looks for a typing error among them.
const LISTED_NAMES: usize = 12;

/// What a part of a sprite is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// A tag.
    Tag,
    /// A layer or group.
    Layer,
    /// A slice.
    Slice,
}

impl PartKind {
    /// Its key in an artifact.
    pub fn key(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Layer => "layer",
            Self::Slice => "slice",
        }
    }
}

/// Why the named part of a sprite cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpritePartProblem {
    /// The sprite has no part with this name, or several.
    Name {
        /// What was named.
        kind: PartKind,
        /// The name.
        name: String,
        /// Whether several have it.
        is_repeated: bool,
        /// The first names that it has.
        names: Vec<String>,
        /// How many names it has.
        count: usize,
    },
    /// The tag names frames that do not exist.
    TagOutside {
        /// The name of the tag.
        name: String,
        /// Its first and last frame, from 0.
        frames: [u32; 2],
        /// How many frames there are.
        count: u32,
    },
    /// The slice has no rectangle in this frame, from 0.
    SliceAbsent {
        /// The name of the slice.
        name: String,
        /// The frame.
        frame: u32,
    },
    /// The rectangle of the slice is not inside the sprite in this frame, from 0.
    SliceOutside {
        /// The name of the slice.
        name: String,
        /// The frame.
        frame: u32,
        /// Its top left pixel.
        corner: [i32; 2],
        /// Its size.
        size: [u32; 2],
        /// The size of the sprite.
        sprite_size: [u32; 2],
    },
    /// The rectangle of the slice has different sizes in these two frames, from 0.
    SliceSizes {
        /// The name of the slice.
        name: String,
        /// The frames.
        frames: [u32; 2],
        /// Their sizes.
        sizes: [[u32; 2]; 2],
    },
}

impl SpritePartProblem {
    /// No part, or several, have this name, of those with `names`.
    pub fn of_names<'n>(
        kind: PartKind,
        name: &str,
        is_repeated: bool,
        names: impl Iterator<Item = &'n str> + Clone,
    ) -> Self {
        let count = names.clone().count();
        let names = names.take(LISTED_NAMES).map(str::to_owned).collect();
        Self::Name { kind, name: name.to_owned(), is_repeated, names, count }
    }
}

/// The numbers of the frames of this tag, or of all frames.
pub fn frames_of(sprite: &SpriteFile<'_>, tag: Option<&str>) -> Result<Range<u32>, SpriteError> {
    // No more than the 65,535 of the file.
    let count = u32::try_from(sprite.frames.len()).unwrap_or(u32::MAX);
    let Some(name) = tag else { return Ok(0..count) };
    let tag = find_tag(&sprite.tags, count, name)?;
    Ok(tag.from..tag.to + 1)
}

/// The only tag with this name, if a sprite with so many frames has all of its frames.
pub fn find_tag<'t>(tags: &'t [SpriteTag], count: u32, name: &str) -> Result<&'t SpriteTag, SpritePartProblem> {
    let mut found = tags.iter().filter(|tag| tag.name == name);
    let tag = match (found.next(), found.next()) {
        (Some(tag), None) => tag,
        (first, _) => {
            let names = tags.iter().map(|tag| tag.name.as_str());
            return Err(SpritePartProblem::of_names(PartKind::Tag, name, first.is_some(), names));
        }
    };
    if tag.from > tag.to || tag.to >= count {
        return Err(SpritePartProblem::TagOutside { name: name.to_owned(), frames: [tag.from, tag.to], count });
    }
    Ok(tag)
}

/// These frames, each with the top left pixel of this slice, and the size of all of them.
pub fn frames_with_corners(
    sprite: &SpriteFile<'_>,
    numbers: Range<u32>,
    slice: Option<&str>,
) -> Result<(Vec<SourceFrame>, [u32; 2]), SpriteError> {
    let Some(name) = slice else {
        let whole = |number| SourceFrame { number, corner: Pixel { x: 0, y: 0 } };
        return Ok((numbers.map(whole).collect(), sprite.size));
    };
    let mut found = sprite.slices.iter().filter(|slice| slice.name == name);
    let slice = match (found.next(), found.next()) {
        (Some(slice), None) => slice,
        (first, _) => {
            let names = sprite.slices.iter().map(|slice| slice.name.as_str());
            return Err(SpritePartProblem::of_names(PartKind::Slice, name, first.is_some(), names).into());
        }
    };
    let mut frames = Vec::with_capacity(numbers.len());
    let mut first: Option<(u32, [u32; 2])> = None;
    let mut keys = KeysInOrder::of(slice);
    for number in numbers {
        let (corner, size) = rectangle(sprite, keys.at(number), name, number)?;
        let (first_frame, first_size) = *first.get_or_insert((number, size));
        if size != first_size {
            let (frames, sizes) = ([first_frame, number], [first_size, size]);
            return Err(SpritePartProblem::SliceSizes { name: name.to_owned(), frames, sizes }.into());
        }
        frames.push(SourceFrame { number, corner });
    }
    Ok((frames, first.map_or(sprite.size, |(_, size)| size)))
}

/// The rectangle of a slice in this frame.
fn rectangle(
    sprite: &SpriteFile<'_>,
    key: Option<SliceKey>,
    name: &str,
    frame: u32,
) -> Result<(Pixel, [u32; 2]), SpritePartProblem> {
    let name = || name.to_owned();
    let Some(SliceKey { corner, size, .. }) = key.filter(|key| !key.size.contains(&0)) else {
        return Err(SpritePartProblem::SliceAbsent { name: name(), frame });
    };
    let inside = |n: usize| {
        let start = u32::try_from(corner[n]).ok()?;
        start.checked_add(size[n]).filter(|end| *end <= sprite.size[n])?;
        Some(start)
    };
    match (inside(0), inside(1)) {
        (Some(x), Some(y)) => Ok((Pixel { x, y }, size)),
        _ => {
            let sprite_size = sprite.size;
            Err(SpritePartProblem::SliceOutside { name: name(), frame, corner, size, sprite_size })
        }
    }
}

/// The keys of a slice, for frames in order.
struct KeysInOrder {
    /// By frame, the last ones first. Of several for one frame, the last in the file counts.
    left: Vec<SliceKey>,
    current: Option<SliceKey>,
}

impl KeysInOrder {
    fn of(slice: &Slice) -> Self {
        let mut left = slice.keys.clone();
        left.sort_by_key(|key| key.frame);
        left.reverse();
        Self { left, current: None }
    }

    /// The key that holds in this frame, which must not be before the last one that was asked for.
    fn at(&mut self, frame: u32) -> Option<SliceKey> {
        while let Some(key) = self.left.pop_if(|key| key.frame <= frame) {
            self.current = Some(key);
        }
        self.current
    }
}
