//! Decodes the images of artifacts and cuts them: each image once, for all artifacts that are cut from it.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use super::extrusion::{BorderCut, BorderScan};
use super::fit::AlphaScan;
use super::grid::{CutError, Grid};
use super::image::{self, Image, ImageError, ImageHeader, ImagePixel, PixelRow, RowSink, ShownImage, ShownRows};
use super::sheet::{SheetProblem, check_last_id};
use super::tiles::{CutTiles, Keying, TileCutter};
use crate::banks::Outcome;
use crate::byte_budget::ReservedBytes;
use crate::context::{Context, FaultPoint};
use crate::declaration::{Cut, GlyphArtifact, Region, SpritePart};
use crate::diagnostics::{AsFinding, Finding, Pixel};
use crate::files::{DiskError, Folder};
use crate::formats::{SHEET_PIXELS, TileSize};
use crate::paths::RelPath;

/// How many pixels of tiles may wait for their artifact's turn: those of four full banks. A bank has more only if its
/// artifacts overlap, which is an error; then an image may be decoded again. Without a limit, such a bank could use any
/// amount of memory.
const WAITING_PIXELS: u64 = 4 * (SHEET_PIXELS * SHEET_PIXELS) as u64;

/// The cuts of a bank's artifacts, decoded as they are needed.
pub struct ArtifactCuts<'a> {
    context: &'a Context,
    root: &'a Folder,
    size: TileSize,
    artifacts: &'a [&'a GlyphArtifact],
    /// The positions of the artifacts of each file, or of each part of a sprite.
    of_file: HashMap<(&'a RelPath, &'a SpritePart), Vec<usize>>,
    /// What waits for the turn of each artifact.
    ready: Vec<Option<ReadyCut>>,
    waiting_pixels: u64,
    shown: ShownFile<'a>,
    is_new_bank: bool,
}

/// The image of an artifact, cut.
#[derive(Debug)]
pub struct ArtifactCut {
    /// Its form and palette.
    pub image: Arc<Image>,
    /// Where its cells lie.
    pub grid: Grid,
    /// Those that take an id.
    pub tiles: CutTiles,
    /// How to cut out borders that the tiles repeat, and that the cut does not leave out.
    pub repeated_borders: Option<BorderCut>,
}

/// Why an artifact could not be cut; the findings are in the outcome.
#[derive(Clone, Copy, Debug, Default)]
pub struct NotCut {
    /// How many tiles it would have had, if that is known.
    pub tiles: Option<u32>,
}

/// A file whose image is wanted as it is shown.
#[derive(Default)]
struct ShownFile<'a> {
    path: Option<&'a RelPath>,
    image: Option<ShownImage>,
}

/// What came of an artifact, with its findings.
struct ReadyCut {
    findings: Vec<Finding>,
    cut: Result<ArtifactCut, NotCut>,
}

impl ReadyCut {
    fn failed(finding: Finding, not_cut: NotCut) -> Self {
        Self { findings: vec![finding], cut: Err(not_cut) }
    }

    fn pixels(&self) -> u64 {
        self.cut.as_ref().map_or(0, |cut| cut.tiles.taken_pixels())
    }
}

impl<'a> ArtifactCuts<'a> {
    /// The cuts of these artifacts. Nothing is read yet.
    pub fn new(context: &'a Context, root: &'a Folder, artifacts: &'a [&'a GlyphArtifact], size: TileSize) -> Self {
        let mut of_file: HashMap<_, Vec<usize>> = HashMap::new();
        for (n, artifact) in artifacts.iter().enumerate() {
            of_file.entry((&artifact.file, &artifact.part)).or_default().push(n);
        }
        let (ready, shown) = (artifacts.iter().map(|_| None).collect(), ShownFile::default());
        Self { context, root, size, artifacts, of_file, ready, waiting_pixels: 0, shown, is_new_bank: false }
    }

    /// Also looks in images that can be cut for tiles of other sizes that repeat their borders, and in parts of them:
    /// how the images of a new bank are cut was not yet looked at by its author.
    #[must_use]
    pub fn of_new_bank(mut self) -> Self {
        self.is_new_bank = true;
        self
    }

    /// Also keeps the whole image of this file as it is shown.
    #[must_use]
    pub fn showing(mut self, file: Option<&'a RelPath>) -> Self {
        self.shown.path = file;
        self
    }

    /// Cuts the image of artifact `n`. Artifacts must be asked for in order, each once.
    ///
    /// # Errors
    /// If the image cannot be decoded or cut, which `outcome` then explains.
    pub fn take(&mut self, n: usize, outcome: &mut Outcome) -> Result<ArtifactCut, NotCut> {
        if self.ready[n].is_none() {
            self.decode_for(n, outcome);
        }
        let ready = self.ready[n].take().ok_or(NotCut::default())?;
        self.waiting_pixels -= ready.pixels();
        outcome.findings.extend(ready.findings);
        ready.cut
    }

    /// The image that [`ArtifactCuts::showing`] asked for, if it can be decoded.
    pub fn finish(mut self, outcome: &mut Outcome) -> Option<ShownImage> {
        if let (Some(path), None) = (self.shown.path, &self.shown.image) {
            self.show_whole_sprite(path, outcome);
        }
        self.shown.image
    }

    /// Decodes all of a sprite of which every artifact uses only a part.
    fn show_whole_sprite(&mut self, path: &RelPath, outcome: &mut Outcome) {
        let is_used = |artifact: &&GlyphArtifact| artifact.file == *path && !artifact.part.is_whole();
        if !self.artifacts.iter().any(is_used) {
            return;
        }
        let mut pass = CuttingPass::new(self.context, self.size, Vec::new(), 0);
        pass.shown = Some(ShownRows::default());
        // What is wrong with it was reported for the part.
        if decode(self.context, self.root, (path, &SpritePart::default()), &mut pass, outcome).is_ok() {
            self.shown.image = pass.shown.take().and_then(ShownRows::finish);
        }
    }

    /// Decodes the image of artifact `first`, and cuts it for all later artifacts of the same file that fit in memory.
    fn decode_for(&mut self, first: usize, outcome: &mut Outcome) {
        let GlyphArtifact { file: path, part, .. } = self.artifacts[first];
        let of_file = self.of_file.get(&(path, part)).map_or(&[][..], Vec::as_slice);
        let is_due = |n: &usize| *n >= first && self.ready[*n].is_none();
        let members: Vec<(usize, &GlyphArtifact)> =
            of_file.iter().copied().filter(is_due).map(|n| (n, self.artifacts[n])).collect();
        let is_shown = self.shown.path == Some(path) && self.shown.image.is_none() && part.is_whole();
        let room = WAITING_PIXELS.saturating_sub(self.waiting_pixels);
        let mut pass = CuttingPass::new(self.context, self.size, members, room);
        pass.shown = is_shown.then(ShownRows::default);
        pass.is_new_bank = self.is_new_bank;
        let decoded = decode(self.context, self.root, (path, part), &mut pass, outcome);
        if let (Ok(_), Some(shown)) = (&decoded, pass.shown.take()) {
            self.shown.image = shown.finish();
        }
        for (n, ready) in pass.finish(path, &decoded) {
            self.waiting_pixels += ready.pixels();
            self.ready[n] = Some(ready);
        }
    }
}

/// Opens and decodes an image; `None` if no artifact can be cut from it. The error is relative to the root.
fn decode(
    context: &Context,
    root: &Folder,
    (path, part): (&RelPath, &SpritePart),
    pass: &mut CuttingPass<'_>,
    outcome: &mut Outcome,
) -> Result<Option<Arc<Image>>, Finding> {
    let source = root.open(path).map_err(|error| error.into_finding_about(path))?;
    if let Some(finding) = source.too_large_finding() {
        return Err(finding.file(path.as_str()));
    }
    let full_path = source.path().to_owned();
    let disk_error = |error| DiskError::reading(&full_path)(error).as_finding().file(path.as_str());
    context.inject_fault(FaultPoint::DecodeImage).map_err(disk_error)?;
    let mut reading = source.start_reading();
    let decoded = image::decode_image(&mut reading, part, pass);
    // Before anything waits for the disk again.
    pass.reserved = None;
    outcome.record_source(path, reading.finish_unless(&|| context.is_cancelled()));
    match decoded {
        Ok(image) => Ok(image.map(Arc::new)),
        Err(ImageError::Finding(finding)) => Err(finding.file(path.as_str())),
        Err(ImageError::Io(error)) => Err(disk_error(error)),
    }
}

/// Cuts one image for several artifacts while it is decoded.
struct CuttingPass<'a> {
    context: &'a Context,
    size: TileSize,
    members: Vec<Member<'a>>,
    /// The members by the row of pixels that completes their next row of cells.
    awaited: BTreeMap<u32, Vec<usize>>,
    /// The samples of the last rows, as many as a cell has; row `y` is at `y % length`. Only the awaited columns are
    /// right.
    last_rows: Vec<Vec<u8>>,
    /// How many pixels the tiles of all members but the first may have.
    room: u64,
    /// How many they have.
    taken_room: u64,
    /// For the members that cannot be cut, one for each keying.
    alpha_scans: Vec<AlphaScan>,
    /// For the members that are cut without lines, by region.
    border_scans: HashMap<Option<Region>, BorderScan>,
    is_new_bank: bool,
    /// The pixels of a row that is scanned.
    row: Vec<ImagePixel>,
    /// The height of a frame.
    frame_height: u32,
    shown: Option<ShownRows>,
    reserved: Option<ReservedBytes<'a>>,
}

/// An artifact of the image.
struct Member<'a> {
    n: usize,
    artifact: &'a GlyphArtifact,
    /// How many tiles it has, once that is known.
    tiles: Option<u32>,
    state: MemberState,
}

enum MemberState {
    /// The header was not read yet, or there was no room for its tiles: it needs a pass of its own.
    Postponed,
    /// It cannot be cut.
    Refused(Box<Refusal>, Keying),
    /// It is being cut.
    Cutting(TileCutter),
}

/// Why an image cannot be cut for an artifact.
enum Refusal {
    /// Its cells are not whole.
    Cut(CutError),
    /// It has more tiles than a bank.
    TooManyTiles(SheetProblem),
}

impl<'a> CuttingPass<'a> {
    fn new(context: &'a Context, size: TileSize, members: Vec<(usize, &'a GlyphArtifact)>, room: u64) -> Self {
        let member = |(n, artifact)| Member { n, artifact, tiles: None, state: MemberState::Postponed };
        Self {
            context,
            size,
            members: members.into_iter().map(member).collect(),
            awaited: BTreeMap::new(),
            last_rows: vec![Vec::new(); size.pixels() as usize],
            room,
            taken_room: 0,
            alpha_scans: Vec::new(),
            border_scans: HashMap::new(),
            is_new_bank: false,
            row: Vec::new(),
            frame_height: 1,
            shown: None,
            reserved: None,
        }
    }

    /// What came of each artifact; an artifact that found no room is left out.
    fn finish(
        self,
        path: &RelPath,
        decoded: &Result<Option<Arc<Image>>, Finding>,
    ) -> impl Iterator<Item = (usize, ReadyCut)> {
        let Self { members, alpha_scans, border_scans, frame_height, .. } = self;
        let ready = move |member: Member<'a>| {
            let not_cut = NotCut { tiles: member.tiles };
            let named = |finding: Finding| finding.file(path.as_str());
            let ready = match (decoded, member.state) {
                (Err(finding), _) => ReadyCut::failed(finding.clone(), not_cut),
                (Ok(image), MemberState::Refused(refusal, keying)) => {
                    let of_file = image.iter().flat_map(|image| image.findings());
                    let refusal = match (*refusal, repeated_borders(&border_scans, member.artifact)) {
                        (Refusal::Cut(error), Some(cut)) => error.with_repeated_borders(cut).into(),
                        (Refusal::Cut(error), None) => error.into(),
                        (Refusal::TooManyTiles(problem), _) => Finding::from(problem),
                    };
                    let scan = alpha_scans.iter().find(|scan| scan.keying == keying);
                    let alpha = scan.and_then(|scan| scan.found).map(|alpha| {
                        let Pixel { x, y } = alpha.first;
                        let (frame, first) = (y / frame_height, Pixel { x, y: y % frame_height });
                        Finding::from((alpha, image.as_ref().map(|image| image.place_in_frame(frame, first))))
                    });
                    let findings = of_file.chain([refusal]).chain(alpha).map(named).collect();
                    ReadyCut { findings, cut: Err(not_cut) }
                }
                (Ok(Some(image)), MemberState::Cutting(cutter)) => {
                    let (tiles, grid) = cutter.finish();
                    let findings = image.findings().map(named).collect();
                    let repeated_borders = repeated_borders(&border_scans, member.artifact);
                    let image = image.clone();
                    ReadyCut { findings, cut: Ok(ArtifactCut { image, grid, tiles, repeated_borders }) }
                }
                (Ok(_), MemberState::Postponed) | (Ok(None), MemberState::Cutting(_)) => return None,
            };
            Some((member.n, ready))
        };
        members.into_iter().filter_map(ready)
    }

    /// The columns of row `y` that the members need again, from the first to the last; `None` if row `y` lies between
    /// their cells.
    fn awaited_columns(&self, y: u32) -> Option<Range<usize>> {
        let awaiting = self.awaited.range(y..y.saturating_add(self.size.pixels()));
        let columns = awaiting.flat_map(|(_, members)| members).filter_map(|at| match &self.members[*at].state {
            MemberState::Cutting(cutter) => Some(cutter.pixel_columns()),
            _ => None,
        });
        columns.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end))
    }

    /// Cuts the rows of cells that row `y` of the image completes.
    fn cut_completed(&mut self, y: u32, row: PixelRow<'_>) {
        let Some(completed) = self.awaited.remove(&y) else { return };
        let last_rows = std::mem::take(&mut self.last_rows);
        let (before, after) = last_rows.split_at((y as usize + 1) % last_rows.len());
        let rows: Vec<PixelRow<'_>> = after.iter().chain(before).map(|samples| row.with_samples(samples)).collect();
        for at in completed {
            let MemberState::Cutting(cutter) = &mut self.members[at].state else { continue };
            let before = cutter.kept_pixels();
            cutter.cut_row(&rows);
            let added = cutter.kept_pixels() - before;
            if let Some(next) = cutter.awaited_row() {
                self.awaited.entry(next).or_default().push(at);
            }
            if at > 0 {
                self.taken_room += added;
                self.make_room();
            }
        }
        self.last_rows = last_rows;
    }

    /// Postpones members, the last first, until all others fit.
    fn make_room(&mut self) {
        for member in self.members.iter_mut().skip(1).rev() {
            if self.taken_room <= self.room {
                return;
            }
            if let MemberState::Cutting(cutter) = &member.state {
                self.taken_room -= cutter.kept_pixels();
                member.state = MemberState::Postponed;
            }
        }
    }
}

impl RowSink for CuttingPass<'_> {
    fn accept(&mut self, header: ImageHeader) -> bool {
        self.frame_height = header.height.max(1);
        // Only all of a sprite is wanted, to be shown.
        let mut is_cut = self.members.is_empty();
        for (at, member) in self.members.iter_mut().enumerate() {
            let artifact = member.artifact;
            let grid = Grid::of(header.width, header.height, &artifact.cut, self.size);
            let grid = grid.map(|grid| grid.in_frames(header.frames));
            member.tiles = grid.as_ref().ok().filter(|_| !artifact.cut.skip_blank).map(Grid::count);
            let accepted = grid
                .map_err(|error| Refusal::Cut(error.of_part(&artifact.part)))
                .and_then(|grid| accept_grid(grid, artifact, self.size));
            let (width, height, cut) = (header.width, header.height, &artifact.cut);
            let scan = match self.is_new_bank || accepted.is_err() {
                true => BorderScan::of_any_part(width, height, cut, Some(self.size)),
                false => BorderScan::of_whole_image(width, height, cut, self.size),
            };
            if let Some(scan) = scan {
                self.border_scans.entry(artifact.cut.region).or_insert(scan);
            }
            member.state = match accepted {
                Ok(grid) => {
                    let cutter = TileCutter::new(grid, artifact, self.size, header.indexed);
                    let awaited = cutter.awaited_row();
                    self.awaited.entry(awaited.unwrap_or(u32::MAX)).or_default().push(at);
                    is_cut = true;
                    MemberState::Cutting(cutter)
                }
                Err(refusal) => {
                    let keying = Keying::new(artifact.color_key, header.indexed);
                    if header.is_small() && self.alpha_scans.iter().all(|scan| scan.keying != keying) {
                        self.alpha_scans.push(AlphaScan::new(keying));
                    }
                    MemberState::Refused(Box::new(refusal), keying)
                }
            };
        }
        // A small image is decoded anyway, so that whatever else is wrong with it is reported in the same run.
        if !is_cut && !header.is_small() {
            self.shown = None;
            return false;
        }
        let last_rows = header.row_bytes * self.last_rows.len() as u64;
        let shown = self.shown.as_ref().map_or(0, |_| ShownRows::size_bytes(header));
        self.reserved = Some(self.context.reserve_decoding(header.decoding_bytes + last_rows + shown));
        self.shown.as_mut().is_none_or(|shown| shown.accept(header))
    }

    fn push_row(&mut self, y: u32, row: PixelRow<'_>) {
        if !self.alpha_scans.is_empty() || self.border_scans.values().any(BorderScan::is_open) {
            self.row.clear();
            row.append_pixels(0..row.width(), &mut self.row);
            self.alpha_scans.iter_mut().for_each(|scan| scan.push_row(y, &self.row));
            // Borders are repeated in every frame, or in none.
            if y < self.frame_height {
                self.border_scans.values_mut().for_each(|scan| scan.push_row(y, &self.row));
            }
        }
        if let Some(shown) = &mut self.shown {
            shown.push_row(y, row);
        }
        if let Some(columns) = self.awaited_columns(y) {
            let at = y as usize % self.last_rows.len();
            let (kept, bytes) = (&mut self.last_rows[at], row.bytes_of(columns));
            kept.resize(row.samples().len(), 0);
            kept[bytes.clone()].copy_from_slice(&row.samples()[bytes]);
            self.cut_completed(y, row);
        }
    }
}

/// How an artifact should be cut, because its tiles repeat their borders.
fn repeated_borders(scans: &HashMap<Option<Region>, BorderScan>, artifact: &GlyphArtifact) -> Option<BorderCut> {
    let Cut { region, margin, spacing, .. } = artifact.cut;
    let scan = scans.get(&region)?;
    scan.found().next().filter(|_| margin == 0 && spacing == 0)
}

/// Refuses an image with too many cells before its pixels are decoded.
fn accept_grid(grid: Grid, artifact: &GlyphArtifact, size: TileSize) -> Result<Grid, Refusal> {
    // How many cells are blank is known only once the pixels are.
    if !artifact.cut.skip_blank {
        check_last_id(artifact.index, grid.count(), size).map_err(Refusal::TooManyTiles)?;
    }
    Ok(grid)
}
