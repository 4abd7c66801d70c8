//! GLYPH/indexed_v1: pictures and palettes to one sheet of indices (spec: banks, "GLYPH").
//!
//! [`picture`] decodes, [`tiles`] cuts, `fit` finds the palette of each tile and tells what is wrong with its colours;
//! this file puts tiles on the sheet. [`first_fit`] makes palettes for `create`; a pack never does. [`extract`] is the
//! way back, from a payload to files.

pub mod extract;
pub mod first_fit;
mod fit;
pub mod picture;
pub mod tiles;

use super::{ArtifactUse, Outcome, Stop, go_on};
use crate::context::Context;
use crate::declaration::{ANCHOR, GlyphArtifact, GlyphContent, Palette};
use crate::diagnostics::{AsFinding, Code, Finding, Pixel, Place, Places, plural};
use crate::files::{DiskError, Folder};
use crate::formats::{GLYPH_BYTES, GLYPH_INDEX_BYTES, GlyphMetadata, PALETTE_COLOURS, SHEET_PIXELS, TileSize};
use crate::paths::RelPath;
use picture::{Header, Picture, PictureError};

impl GlyphContent {
    /// The entry metadata, known before any picture is opened.
    pub fn entry_metadata(&self) -> GlyphMetadata {
        let palette_authored = u32::try_from(self.palettes.len()).unwrap_or(u32::MAX);
        GlyphMetadata { tile_size: self.tile_size, palette_authored }
    }
}

/// Makes the payload: [`GLYPH_BYTES`] bytes. It is to be used only if the outcome has no error.
///
/// # Errors
/// If the operation was cancelled.
pub fn make(context: &Context, root: &Folder, content: &GlyphContent) -> Result<(Vec<u8>, Outcome), Stop> {
    let mut outcome = Outcome::default();
    let mut sheet = Sheet::new(content.tile_size);
    let palettes = fit::Palettes::new(&content.palettes);
    report_merged_colours(&content.palettes, &mut outcome);
    let mut artifacts: Vec<&GlyphArtifact> = content.artifacts.iter().collect();
    artifacts.sort_by_key(|artifact| artifact.index);
    let mut all_decoded = true;
    for artifact in artifacts {
        go_on(context)?;
        match decode(context, root, artifact, content.tile_size, &mut outcome) {
            Some(picture) => place(&picture, artifact, &palettes, &mut sheet, &mut outcome),
            None => all_decoded = false,
        }
    }
    // What an undecoded picture would have filled is no gap of its own.
    if all_decoded {
        sheet.report_gaps(&mut outcome);
    }
    Ok((sheet.payload(&content.palettes), outcome))
}

/// Opens and decodes one picture; what is wrong with it goes to the outcome.
pub fn decode(
    context: &Context,
    root: &Folder,
    artifact: &GlyphArtifact,
    size: TileSize,
    outcome: &mut Outcome,
) -> Option<Picture> {
    let path = &artifact.file;
    let source = match root.open(path) {
        Ok(source) => source,
        Err(error) => {
            outcome.findings.push(error.finding(path));
            return None;
        }
    };
    if let Some(finding) = source.refuse_too_large() {
        outcome.findings.push(finding.file(path.as_str()));
        return None;
    }
    let whole = source.path().to_owned();
    let mut reading = source.reading();
    let decoded = picture::decode(&mut reading, |header| accept(header, artifact.index, size));
    outcome.settle(path, reading.finish_unless(&|| context.is_cancelled()));
    match decoded {
        Ok(picture) => {
            if picture.trailing_bytes > 0 {
                outcome.findings.push(
                    Finding::new(
                        Code::PictureTrailing,
                        format!("{} after the PNG's end", plural(picture.trailing_bytes, "byte")),
                        "They are ignored. Export the picture again to be rid of them.",
                    )
                    .file(path.as_str()),
                );
            }
            Some(picture)
        }
        Err(PictureError::Finding(finding)) => {
            outcome.findings.push(finding.file(path.as_str()));
            None
        }
        Err(PictureError::Io(error)) => {
            outcome.refused(path, &DiskError::reading(whole)(error));
            None
        }
    }
}

/// The size of a picture, without its pixels.
///
/// # Errors
/// What is wrong with it, relative to the root.
pub fn header(root: &Folder, path: &RelPath) -> Result<Header, Box<Finding>> {
    let named = |finding: Finding| Box::new(finding.file(path.as_str()));
    let source = root.open(path).map_err(|error| Box::new(error.finding(path)))?;
    let whole = source.path().to_owned();
    let mut seen = None;
    let decoded = picture::decode(&mut source.reading(), |header| {
        seen = Some(header);
        Err(Finding::new(Code::PictureSize, "only the size is wanted", ""))
    });
    match (seen, decoded) {
        (Some(header), _) => Ok(header),
        (None, Err(PictureError::Finding(finding))) => Err(named(*finding)),
        (None, Err(PictureError::Io(error))) => Err(named(DiskError::reading(whole)(error).as_finding())),
        (None, Ok(_)) => Err(named(Finding::new(Code::PictureDamaged, "the PNG has no header", "Export it again."))),
    }
}

/// Judges a picture's size before its pixels are allocated.
fn accept(header: Header, index: u32, size: TileSize) -> Result<(), Finding> {
    tiles::judge_size(header.width, header.height, size)?;
    let count = tiles::count(header.width, header.height, size);
    let end = u64::from(index) + count;
    if end > u64::from(size.capacity()) {
        return Err(Finding::new(
            Code::TileOverflow,
            format!(
                "the picture's {} from id {index} on end at id {}; a bank of {2} × {2} tiles ends at id {3}",
                plural(count, "tile"),
                end - 1,
                size.pixels(),
                size.capacity() - 1
            ),
            if count > u64::from(size.capacity()) {
                "A bank's whole sheet has 256 × 256 pixels: cut the picture into several, and give each a bank of its own."
            } else {
                "Move pictures to another bank."
            },
        ));
    }
    Ok(())
}

/// Puts a picture's tiles on the sheet.
fn place(
    picture: &Picture,
    artifact: &GlyphArtifact,
    palettes: &fit::Palettes<'_>,
    sheet: &mut Sheet,
    outcome: &mut Outcome,
) {
    let size = sheet.size;
    let path = artifact.file.as_str();
    if artifact.color_key == Some(crate::declaration::ColorKey::Index0) && picture.own_palette.is_none() {
        outcome.findings.push(
            Finding::new(
                Code::ColorKeyIndex,
                "the artifact's `color_key` is `index0`, but this picture is not indexed",
                "Name the colour instead, as `\"color_key\": \"#rrggbb\"`, or export the picture as indexed.",
            )
            .file(path),
        );
        return;
    }
    let mut fitting = fit::Fitting::new(palettes, artifact, picture, size);
    let mut overlap = Places::default();
    let mut first_owner = None;
    let columns = picture.width / size.pixels();
    let count = u32::try_from(tiles::count(picture.width, picture.height, size)).unwrap_or(u32::MAX);
    for n in 0..count {
        let id = artifact.index + n;
        let (left, top) = (n % columns * size.pixels(), n / columns * size.pixels());
        let in_picture = |pixel: Pixel| Pixel { x: left + pixel.x, y: top + pixel.y };
        if let Some(owner) = sheet.claim(id, &artifact.file) {
            first_owner.get_or_insert(owner);
            overlap.add(sheet.place_of(id, Some(in_picture(Pixel { x: 0, y: 0 }))));
            continue;
        }
        if let Some(indices) = fitting.tile(n, |pixel| sheet.pixel_place(id, pixel, in_picture(pixel))) {
            sheet.draw(id, &indices);
        }
    }
    outcome.uses.push(ArtifactUse { file: artifact.file.clone(), index: artifact.index, count, columns });
    if let Some(owner) = first_owner {
        let ids = match count {
            1 => format!("the id {}", artifact.index),
            count => format!("the ids {} to {}", artifact.index, artifact.index + count - 1),
        };
        outcome.findings.push(
            Finding::new(
                Code::TileOverlap,
                format!("`{owner}` has this tile id already"),
                format!("This picture takes {ids}: change an `index` in `asset.json`."),
            )
            .file(path)
            .at_all(&overlap),
        );
    }
    outcome.findings.extend(fitting.findings().into_iter().map(|finding| finding.file(path)));
}

fn report_merged_colours(palettes: &[Palette], outcome: &mut Outcome) {
    for (index, palette) in (0u32..).zip(palettes) {
        // Colour 0 is never drawn, so it cannot be mistaken for another.
        let drawn = || (1u32..).zip(palette.colors.iter().skip(1));
        for (i, a) in drawn() {
            for (j, b) in drawn().skip(i as usize) {
                if a != b && a.to_565() == b.to_565() {
                    let finding = Finding::new(
                        Code::ColoursMerge,
                        format!(
                            "{b} and colour {i}, {a}, become one on the console: both are shown as {}",
                            a.to_565().to_rgb()
                        ),
                        "The console keeps 5 bits of red and blue and 6 of green: make the colours differ more, or remove one.",
                    );
                    outcome.findings.push(finding.file(ANCHOR).at(Place::Colour { palette: index, colour: j }));
                }
            }
        }
    }
}

/// The bank's sheet, as it fills.
struct Sheet {
    size: TileSize,
    indices: Vec<u8>,
    /// Whose tile it is, by id.
    owners: Vec<Option<RelPath>>,
}

impl Sheet {
    fn new(size: TileSize) -> Self {
        let pixels = (SHEET_PIXELS * SHEET_PIXELS) as usize;
        Self { size, indices: vec![0; pixels], owners: vec![None; size.capacity() as usize] }
    }

    /// Takes the id for `file`; gives whose it is if it was taken before.
    fn claim(&mut self, id: u32, file: &RelPath) -> Option<RelPath> {
        let owner = &mut self.owners[id as usize];
        if owner.is_none() {
            *owner = Some(file.clone());
            return None;
        }
        owner.clone()
    }

    fn cell(&self, id: u32) -> (u32, u32) {
        (id % self.size.columns(), id / self.size.columns())
    }

    fn place_of(&self, id: u32, in_picture: Option<Pixel>) -> Place {
        let (column, row) = self.cell(id);
        Place::Tile { tile: id, column, row, pixel: None, in_picture }
    }

    fn pixel_place(&self, id: u32, pixel: Pixel, in_picture: Pixel) -> Place {
        let (column, row) = self.cell(id);
        Place::Tile { tile: id, column, row, pixel: Some(pixel), in_picture: Some(in_picture) }
    }

    fn draw(&mut self, id: u32, tile: &[u8]) {
        let side = self.size.pixels() as usize;
        let (column, row) = self.cell(id);
        let corner = (row as usize * side) * SHEET_PIXELS as usize + column as usize * side;
        for (y, line) in tile.chunks_exact(side).enumerate() {
            let at = corner + y * SHEET_PIXELS as usize;
            self.indices[at..at + side].copy_from_slice(line);
        }
    }

    fn report_gaps(&self, outcome: &mut Outcome) {
        let Some(last) = self.owners.iter().rposition(Option::is_some) else { return };
        let mut gaps = Places::default();
        for (id, owner) in (0u32..).zip(&self.owners[..last]) {
            if owner.is_none() {
                gaps.add(self.place_of(id, None));
            }
        }
        if gaps.count() > 0 {
            outcome.findings.push(
                Finding::new(
                    Code::TileGap,
                    format!("no artifact has this tile id; the ids must be 0 to {last} without a gap"),
                    "Change an `index` in `asset.json`, or add the missing picture.",
                )
                .file(ANCHOR)
                .at_all(&gaps),
            );
        }
    }

    fn payload(&self, palettes: &[Palette]) -> Vec<u8> {
        let mut payload = Vec::with_capacity(GLYPH_BYTES);
        payload.extend(self.indices.chunks_exact(2).map(|pair| (pair[0] << 4) | pair[1]));
        debug_assert_eq!(payload.len(), GLYPH_INDEX_BYTES);
        for palette in palettes {
            let padding = std::iter::repeat_n(0, PALETTE_COLOURS - palette.colors.len());
            let colours = palette.colors.iter().map(|color| color.to_565().0).chain(padding);
            payload.extend(colours.flat_map(u16::to_le_bytes));
        }
        payload.resize(GLYPH_BYTES, 0);
        payload
    }
}
