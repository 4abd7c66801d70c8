//! The frames of declared animations, as tiles of the bank. Nothing here changes a payload (spec: declarations,
//! "Animations").

use serde::Serialize;

use crate::banks::{ArtifactUse, Outcome};
use crate::declaration::{Animation, AnimationDirection, FrameTimes, GlyphContent};
use crate::diagnostics::{Code, Finding, plural};
use crate::formats::TileSize;
use crate::paths::RelPath;

/// An animation, with the tiles of its frames.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BankAnimation {
    /// Its name, unique in the bank.
    pub name: String,
    /// The images of its frames, relative to the root.
    pub files: Vec<RelPath>,
    /// In which order the frames are shown.
    pub direction: AnimationDirection,
    /// How often it is played; `None` for without end.
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
/// not have. An animation of an image that cannot be cut is left out: the image has a finding.
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

/// The tiles of an animation; `None` if an image of it cannot be cut.
///
/// # Errors
/// If it has frames that the bank does not have.
pub(crate) fn resolve_animation(
    content: &GlyphContent,
    animation: &Animation,
    uses: &[ArtifactUse],
) -> Result<Option<BankAnimation>, Box<Finding>> {
    let frames_of = |message: String, help: &str| Box::new(animation.finding(Code::AnimationFrames, message, help));
    let tile = content.tile_size.pixels();
    let [columns, rows] = animation.frame_size.map_or([1, 1], |[width, height]| [width / tile, height / tile]);
    let mut frames: Vec<Vec<Option<u32>>> = Vec::new();
    for file in &animation.files {
        let of_file: Vec<&ArtifactUse> = uses.iter().filter(|artifact| artifact.file == *file).collect();
        if of_file.len() != content.artifacts.iter().filter(|artifact| artifact.file == *file).count() {
            return Ok(None);
        }
        for cells in of_file.into_iter().map(Cells::new) {
            if columns == 0 || rows == 0 || cells.columns % columns != 0 || cells.rows % rows != 0 {
                return Err(frames_of(
                    format!(
                        "has frames of {columns} × {rows} tiles, which do not divide `{}`, of {} × {} tiles",
                        cells.artifact.file, cells.columns, cells.rows
                    ),
                    &format!(
                        "Correct `frame_size`, the width and height of a frame in pixels: the image is {} × {} pixels.",
                        cells.columns * tile,
                        cells.rows * tile
                    ),
                ));
            }
            frames.extend(cut_frames(&cells, columns, rows));
        }
    }
    let count = frames.len();
    let (from, to) =
        (animation.from.unwrap_or(0) as usize, animation.to.map_or(count.saturating_sub(1), |to| to as usize));
    if from > to || to >= count {
        let has = match count {
            0 => "its files have none".to_owned(),
            1 => "its files have only frame 0".to_owned(),
            count => format!("its files have the frames 0 to {}", count - 1),
        };
        return Err(frames_of(
            format!("has the frames {from} to {to}; {has}"),
            "Correct `from` and `to`, or leave them out to play all frames.",
        ));
    }
    let times: Vec<u32> = match &animation.frame_ms {
        FrameTimes::All(time) => vec![*time; to - from + 1],
        FrameTimes::Each(times) => times.clone(),
    };
    if let Some(finding) = animation.times_finding(times.len(), to - from + 1) {
        return Err(Box::new(finding));
    }
    let mut resolved = Vec::with_capacity(times.len());
    for ((number, ids), ms) in frames.into_iter().enumerate().skip(from).zip(times) {
        let missing = ids.iter().filter(|id| id.is_none()).count();
        let tiles: Vec<u32> = ids.into_iter().flatten().collect();
        if missing > 0 {
            return Err(frames_of(
                format!("has frame {number}, in which {} no tile", blank(missing, tiles.is_empty())),
                "Remove `skip_blank` from the artifact, so that blank cells are tiles too, or leave out the frame.",
            ));
        }
        resolved.push(AnimationFrame { ms, tiles });
    }
    Ok(Some(BankAnimation {
        name: animation.name.clone(),
        files: animation.files.clone(),
        direction: animation.direction,
        repeat: animation.repeat,
        columns,
        rows,
        frames: resolved,
    }))
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
    /// The frames in the order in which one repetition shows them.
    pub fn shown_frames(&self) -> impl Iterator<Item = &AnimationFrame> {
        self.direction.frame_order(self.frames.len()).into_iter().filter_map(|at| self.frames.get(at))
    }

    /// The size of a frame in pixels, in a bank of this tile size.
    pub fn frame_pixels(&self, size: TileSize) -> [u32; 2] {
        [self.columns * size.pixels(), self.rows * size.pixels()]
    }
}
