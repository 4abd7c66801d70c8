//! The frames of declared animations, as tiles of the bank. Nothing here changes a payload (spec: declarations,
//! "Animations").

use serde::Serialize;

use super::image::SpritePartProblem;
use crate::banks::{ArtifactUse, Outcome, SpriteUse};
use crate::declaration::{
    Animation, AnimationDirection, AnimationFrames, DeclaredFrames, FollowedTag, FrameTimes, GlyphContent, SpritePart,
};
use crate::diagnostics::{Code, Finding, escaped, plural};
use crate::formats::TileSize;
use crate::paths::RelPath;

/// An animation, with the tiles of its frames.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BankAnimation {
    /// Its name, unique in the bank.
    pub name: String,
    /// The images of its frames, relative to the root.
    pub files: Vec<RelPath>,
    /// The tag that it follows.
    pub tag: Option<String>,
    /// In which order the frames are shown.
    pub direction: AnimationDirection,
    /// How often it is played; `None` for without end. Of a ping-pong animation, each way counts.
    pub repeat: Option<u32>,
    /// The width of a frame, in tiles.
    pub columns: u32,
    /// The height of a frame, in tiles.
    pub rows: u32,
    /// At least one, in the order of their numbers.
    pub frames: Vec<AnimationFrame>,
}

/// A frame of an animation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AnimationFrame {
    /// How long it is shown, in milliseconds.
    pub ms: u32,
    /// The ids of its tiles, row by row.
    pub tiles: Vec<u32>,
}

/// The tiles of an artifact: what frames are cut from.
struct Cells<'u> {
    artifact: &'u ArtifactUse,
    /// The id of each cell of its grid, row by row; `None` if it takes none.
    ids: Vec<Option<u32>>,
    columns: u32,
    rows: u32,
}

impl<'u> Cells<'u> {
    fn new(artifact: &'u ArtifactUse) -> Self {
        let count = artifact.count as usize + artifact.skipped.len();
        let columns = artifact.columns.max(1);
        let mut ids = vec![None; count];
        for identity in artifact.identities() {
            if let Some(id) = ids.get_mut((identity.row * columns + identity.column) as usize) {
                *id = Some(identity.id);
            }
        }
        Self { artifact, rows: u32::try_from(count).unwrap_or(u32::MAX) / columns, columns, ids }
    }
}

/// The animations of a bank of which `uses` are the artifacts; each as a finding if it has frames that the bank does
/// not have. An animation of an image that cannot be cut is left out, because the image has a finding, and so is one
/// whose declaration has a finding.
pub fn resolve_animations(
    content: &GlyphContent,
    uses: &[ArtifactUse],
) -> impl Iterator<Item = Result<BankAnimation, Box<Finding>>> {
    content.animations.iter().filter_map(|animation| resolve_animation(content, animation, uses).transpose())
}

/// Adds the findings about animations to those of a bank.
pub(super) fn check_animations(content: &GlyphContent, outcome: &mut Outcome) {
    let problems = resolve_animations(content, &outcome.uses).filter_map(Result::err);
    let problems: Vec<Finding> = problems.map(|finding| *finding).collect();
    outcome.findings.extend(problems);
}

/// The tiles of an animation; `None` if an image of it cannot be cut, or its declaration has a finding.
///
/// # Errors
/// If it has frames that the bank does not have.
pub(crate) fn resolve_animation(
    content: &GlyphContent,
    animation: &Animation,
    uses: &[ArtifactUse],
) -> Result<Option<BankAnimation>, Box<Finding>> {
    // What is wrong with the declaration alone is a finding about that.
    if content.number_finding(animation).is_some() {
        return Ok(None);
    }
    let mut artifacts: Vec<&ArtifactUse> = Vec::new();
    for file in animation.files() {
        let before = artifacts.len();
        artifacts.extend(uses.iter().filter(|artifact| artifact.file == *file));
        let declared = content.artifacts.iter().filter(|artifact| artifact.file == *file).count();
        if declared == 0 || artifacts.len() - before != declared {
            return Ok(None);
        }
    }
    let played = match &animation.frames {
        AnimationFrames::Declared(frames) => declared_frames(animation, frames, &artifacts, content.tile_size)?,
        AnimationFrames::Tag(tag) => tagged_frames(animation, tag, &artifacts)?,
    };
    let PlayedFrames { direction, repeat, size: [columns, rows], frames } = played;
    let mut resolved = Vec::with_capacity(frames.len());
    for PlayedFrame { name, ms, ids } in frames {
        let missing = ids.iter().filter(|id| id.is_none()).count();
        let tiles: Vec<u32> = ids.into_iter().flatten().collect();
        if missing > 0 {
            return Err(frames_finding(
                animation,
                format!("has {name}, in which {} no tile", blank(missing, tiles.is_empty())),
                "Remove `skip_blank` from the artifact, so that blank cells are tiles too, or leave out the frame.",
            ));
        }
        resolved.push(AnimationFrame { ms, tiles });
    }
    Ok(Some(BankAnimation {
        name: animation.name.clone(),
        files: animation.files().to_vec(),
        tag: match &animation.frames {
            AnimationFrames::Tag(tag) => Some(tag.tag.clone()),
            AnimationFrames::Declared(_) => None,
        },
        direction,
        repeat,
        columns,
        rows,
        frames: resolved,
    }))
}

/// The frames of an animation, before it is known whether each of their cells is a tile.
struct PlayedFrames {
    direction: AnimationDirection,
    repeat: Option<u32>,
    /// Of each frame, in tiles.
    size: [u32; 2],
    frames: Vec<PlayedFrame>,
}

struct PlayedFrame {
    /// What a finding calls it.
    name: String,
    ms: u32,
    ids: Vec<Option<u32>>,
}

fn frames_finding(animation: &Animation, message: String, help: impl Into<String>) -> Box<Finding> {
    Box::new(animation.finding(Code::AnimationFrames, message, help))
}

fn declared_frames(
    animation: &Animation,
    declared: &DeclaredFrames,
    artifacts: &[&ArtifactUse],
    tile_size: TileSize,
) -> Result<PlayedFrames, Box<Finding>> {
    let tile = tile_size.pixels();
    let [columns, rows] = declared.frame_size.map_or([1, 1], |[width, height]| [width / tile, height / tile]);
    let mut all: Vec<Vec<Option<u32>>> = Vec::new();
    for cells in artifacts.iter().copied().map(Cells::new) {
        if columns == 0 || rows == 0 || cells.columns % columns != 0 || cells.rows % rows != 0 {
            return Err(frames_finding(
                animation,
                format!(
                    "has frames of {columns} × {rows} tiles, which do not divide `{}`, of {} × {} tiles",
                    cells.artifact.file, cells.columns, cells.rows
                ),
                format!(
                    "Correct `frame_size`, the width and height of a frame in pixels: the image is {} × {} pixels.",
                    cells.columns * tile,
                    cells.rows * tile
                ),
            ));
        }
        all.extend(cut_frames(&cells, columns, rows));
    }
    let count = all.len();
    let (from, to) =
        (declared.from.unwrap_or(0) as usize, declared.to.map_or(count.saturating_sub(1), |to| to as usize));
    if from > to || to >= count {
        let has = match count {
            0 => "its files have none".to_owned(),
            1 => "its files have only frame 0".to_owned(),
            count => format!("its files have the frames 0 to {}", count - 1),
        };
        return Err(frames_finding(
            animation,
            format!("has the frames {from} to {to}; {has}"),
            "Correct `from` and `to`, or leave them out to play all frames.",
        ));
    }
    let times: Vec<u32> = match &declared.frame_ms {
        FrameTimes::All(time) => vec![*time; to - from + 1],
        FrameTimes::Each(times) => times.clone(),
    };
    if let Some(finding) = animation.times_finding(times.len(), to - from + 1) {
        return Err(Box::new(finding));
    }
    let frames = all.into_iter().enumerate().skip(from).zip(times);
    let frames = frames.map(|((number, ids), ms)| PlayedFrame { name: format!("frame {number}"), ms, ids }).collect();
    let DeclaredFrames { direction, repeat, .. } = *declared;
    Ok(PlayedFrames { direction, repeat, size: [columns, rows], frames })
}

/// The frames of a tag: of the artifact that has all of them, and each as large as a frame of it.
fn tagged_frames(
    animation: &Animation,
    followed: &FollowedTag,
    artifacts: &[&ArtifactUse],
) -> Result<PlayedFrames, Box<Finding>> {
    let FollowedTag { file, tag: name, .. } = followed;
    let timeline = artifacts.iter().find_map(|artifact| artifact.sprite.as_ref()?.timeline.as_deref());
    let Some(timeline) = timeline else {
        return Err(frames_finding(
            animation,
            format!("follows a tag of `{file}`, which is not an Aseprite file"),
            "Name an Aseprite file, or declare the frames with `files` and `frame_ms`.",
        ));
    };
    let tag = timeline.find_tag(name).map_err(|problem| {
        let is_gone = matches!(problem, SpritePartProblem::Name { is_repeated: false, .. });
        let Finding { message, help, .. } = problem.into();
        let gone_help =
            "Correct `tag`, or give the tag this name in Aseprite (Frame > Tags). If it is gone, remove the animation.";
        let help = if is_gone { gone_help.to_owned() } else { help };
        frames_finding(animation, format!("follows a tag of `{file}`, which cannot be used: {message}"), help)
    })?;
    let has_frames = |sprite: &&SpriteUse, artifact: &ArtifactUse| {
        let cells = artifact.count + u32::try_from(artifact.skipped.len()).unwrap_or(u32::MAX);
        let used = cells / (artifact.columns * sprite.rows).max(1);
        sprite.first_frame <= tag.from && tag.to < sprite.first_frame + used
    };
    let with_frames: Vec<(&ArtifactUse, &SpriteUse)> = artifacts
        .iter()
        .filter_map(|artifact| {
            Some((*artifact, artifact.sprite.as_deref().filter(|sprite| has_frames(sprite, artifact))?))
        })
        .collect();
    let (artifact, sprite) = select_artifact(followed, &with_frames).map_err(|problem| {
        frames_finding(
            animation,
            format!("follows the tag `{}` of `{file}`, {problem}", escaped(name)),
            match with_frames.len() {
                0 => "Let an artifact use all frames of the tag: remove its `tag`, or correct it.",
                _ => {
                    "Correct `layer` and `slice` of the animation: they must be those of one artifact with the frames."
                }
            },
        )
    })?;
    let cells = Cells::new(artifact);
    let size = [cells.columns, sprite.rows];
    let skipped = (tag.from - sprite.first_frame) as usize;
    let times = timeline.durations_ms.iter().skip(tag.from as usize).map(|ms| u32::from(*ms));
    let frames = cut_frames(&cells, size[0], size[1]).into_iter().skip(skipped);
    let frames = (tag.from..=tag.to).zip(frames).zip(times);
    // Aseprite counts frames from 1.
    let frame = |((number, ids), ms)| PlayedFrame { name: format!("frame {} of the sprite", number + 1), ms, ids };
    Ok(PlayedFrames {
        direction: tag.direction,
        repeat: Some(u32::from(tag.repeat)).filter(|times| *times > 0),
        size,
        frames: frames.map(frame).collect(),
    })
}

/// The artifact that an animation follows, among those that have the frames of its tag.
///
/// # Errors
/// Why it is not exactly one, as the end of a sentence.
fn select_artifact<'u>(
    followed: &FollowedTag,
    with_frames: &[(&'u ArtifactUse, &'u SpriteUse)],
) -> Result<(&'u ArtifactUse, &'u SpriteUse), String> {
    let FollowedTag { layer, slice, .. } = followed;
    let is_named = |(_, sprite): &&(&ArtifactUse, &SpriteUse)| {
        let SpritePart { layer: used_layer, slice: used_slice, .. } = &sprite.part;
        (layer.is_none() || layer == used_layer) && (slice.is_none() || slice == used_slice)
    };
    let named: Vec<_> = with_frames.iter().filter(is_named).copied().collect();
    let is_exact =
        |(_, sprite): &&(&ArtifactUse, &SpriteUse)| (layer, slice) == (&sprite.part.layer, &sprite.part.slice);
    let mut exact = named.iter().filter(is_exact);
    match (&named[..], exact.next(), exact.next()) {
        ([one], ..) => Ok(*one),
        (_, Some(one), None) => Ok(*one),
        ([], ..) if with_frames.is_empty() => Err("and no artifact has all of its frames".to_owned()),
        ([], ..) => Err("and no artifact that has its frames has this `layer` and `slice`".to_owned()),
        _ => Err(format!("and {} have its frames", plural(named.len() as u64, "artifact"))),
    }
}

fn blank(cells: usize, is_all: bool) -> String {
    match (cells, is_all) {
        (1, true) => "the cell is blank and has".to_owned(),
        (1, false) => "a cell is blank and has".to_owned(),
        _ => format!("{} are blank and have", plural(cells as u64, "cell")),
    }
}

/// The ids of each block of `columns` × `rows` cells, block by block, row by row.
fn cut_frames(cells: &Cells<'_>, columns: u32, rows: u32) -> Vec<Vec<Option<u32>>> {
    let mut frames = Vec::new();
    for top in (0..cells.rows).step_by(rows as usize) {
        for left in (0..cells.columns).step_by(columns as usize) {
            let ids = (top..top + rows)
                .flat_map(|row| (left..left + columns).map(move |column| (row * cells.columns + column) as usize));
            frames.push(ids.map(|at| cells.ids.get(at).copied().flatten()).collect());
        }
    }
    frames
}

impl BankAnimation {
    /// The frames of one pass, in the order in which they are shown; a ping-pong animation goes there and back.
    pub fn shown_frames(&self) -> impl Iterator<Item = &AnimationFrame> {
        self.direction.frame_order(self.frames.len()).into_iter().filter_map(|at| self.frames.get(at))
    }

    /// When it ends: after how many milliseconds, and the last frame, as a position among those of
    /// [`shown_frames`](Self::shown_frames). `None` if it has no end.
    pub fn end(&self) -> Option<(u64, usize)> {
        let shown = self.direction.frames_until_end(self.frames.len(), self.repeat?);
        let pass: Vec<u64> = self.shown_frames().map(|frame| u64::from(frame.ms)).collect();
        let (passes, rest) = (shown.checked_div(pass.len() as u64)?, shown.checked_rem(pass.len() as u64)?);
        let rest = usize::try_from(rest).ok()?;
        let ms = passes * pass.iter().sum::<u64>() + pass.iter().take(rest).sum::<u64>();
        Some((ms, rest.checked_sub(1).unwrap_or(pass.len() - 1)))
    }

    /// The size of a frame in pixels, in a bank of this tile size.
    pub fn frame_pixels(&self, size: TileSize) -> [u32; 2] {
        [self.columns * size.pixels(), self.rows * size.pixels()]
    }
}
