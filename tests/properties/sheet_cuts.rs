//! Any cut of any image: either it packs like its tiles as separate images, or it is refused for a reason of the spec.
//! And every number is checked, however extreme it is.

use packer_services::Context;
use packer_services::declaration::{Cut, GlyphArtifact, Region};
use packer_services::formats::TileSize;
use packer_services::internals::banks::glyph::grid::Grid;
use packer_services::ops::{Doctor, FindPalettes, Operation, Published};
use proptest::prelude::*;
use support::images::Png;
use support::{GREEN, RED, TestProject, artifact, codes, glyph, red_green};

use crate::random::{Rng, any_rng, cases};

/// A small image in red, green and transparent pixels, with transparent areas.
struct RandomImage {
    width: u32,
    height: u32,
    pixels: Vec<[u8; 4]>,
}

impl RandomImage {
    fn random(rng: &mut Rng, width: u32, height: u32) -> Self {
        // Large transparent spots, so that whole cells are blank.
        let spots: Vec<bool> = (0..64).map(|_| rng.one_in(3)).collect();
        let [r, g, b] = RED.0;
        let [r2, g2, b2] = GREEN.0;
        let pixel = |at: u32| {
            let (x, y) = (at % width, at / width);
            let spot = spots[(x / 9 % 8 + y / 9 % 8 * 8) as usize];
            match rng.below(3) {
                _ if spot => [1, 2, 3, 0],
                0 => [r2, g2, b2, 255],
                _ => [r, g, b, 255],
            }
        };
        let pixels = (0..width * height).map(pixel).collect();
        Self { width, height, pixels }
    }

    fn part(&self, left: u32, top: u32, width: u32, height: u32) -> Png {
        Png::rgba(width, height, |x, y| self.pixels[((top + y) * self.width + left + x) as usize])
    }

    /// The tiles as images, or the code of the finding, by the rules of the spec: a margin on all sides of the region,
    /// spacing only between cells, no partial cells.
    fn tiles(&self, cut: Cut, side: u32) -> Result<Vec<Png>, &'static str> {
        let whole = Region { x: 0, y: 0, w: self.width, h: self.height };
        let region = cut.region.unwrap_or(whole);
        let [x, y, w, h, margin, spacing, side] =
            [region.x, region.y, region.w, region.h, cut.margin, cut.spacing, side].map(u64::from);
        if x + w > u64::from(self.width) || y + h > u64::from(self.height) {
            return Err("region-outside");
        }
        // The number of cells that fills the length, by trying all.
        let fills = |length: u64| (1..=length).find(|n| 2 * margin + n * side + (n - 1) * spacing == length);
        let (Some(columns), Some(rows)) = (fills(w), fills(h)) else { return Err("image-size") };
        let place = |start: u64, n: u64| u32::try_from(start + margin + n * (side + spacing)).unwrap();
        let pixels = u32::try_from(side).unwrap();
        let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
        let images = cells.map(|(column, row)| self.part(place(x, column), place(y, row), pixels, pixels));
        let is_tile = |image: &Png| !cut.skip_blank || image.data.chunks(4).any(|rgba| rgba[3] != 0);
        let tiles: Vec<Png> = images.filter(is_tile).collect();
        let most = (256 / usize::try_from(side).unwrap()).pow(2);
        match tiles.len() {
            0 => Err("image-blank"),
            count if count > most => Err("tile-overflow"),
            _ => Ok(tiles),
        }
    }
}

/// A random cut, and the size of an image that it fits in most cases.
fn random_cut(rng: &mut Rng, side: u32) -> (Cut, u32, u32) {
    let mut some = |most: usize| if rng.one_in(2) { 0 } else { u32::try_from(rng.below(most)).unwrap() };
    let (margin, spacing, x, y) = (some(40), some(6), some(20), some(20));
    let (columns, rows) = (1 + some(9), 1 + some(9));
    let (right, below, excess) = (some(9), some(9), some(3));
    let length = |count: u32| 2 * margin + count * side + (count - 1) * spacing;
    let (mut w, h) = (length(columns), length(rows));
    if rng.one_in(8) {
        w += excess;
    }
    let has_region = rng.one_in(2);
    let region = has_region.then_some(Region { x, y, w, h });
    let cut = Cut { region, margin, spacing, skip_blank: rng.one_in(2) };
    if has_region { (cut, (x + w + right).saturating_sub(excess), y + h + below) } else { (cut, w, h) }
}

/// A bank of these artifacts and images.
fn bank(size: TileSize, artifacts: Vec<GlyphArtifact>, files: &[(String, Png)]) -> TestProject {
    let mut project = TestProject::new();
    for (name, png) in files {
        project.write(&format!("assets/bank/{name}"), png.bytes());
    }
    project.add_asset("bank", true, &glyph(1, "bank", size, vec![red_green()], artifacts));
    project
}

/// Any number, most often one near a limit.
fn extreme_number(rng: &mut Rng) -> u64 {
    let near = *rng.choose(&[0u64, 8, 16, 24, 16_384, 1 << 31, 1 << 32, 1 << 53, 1 << 63]);
    match rng.below(4) {
        0 => rng.next_u64(),
        1 => u64::from(rng.next_byte()),
        _ => near.wrapping_add(rng.below(5) as u64).wrapping_sub(2),
    }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn cut_sheet_packs_like_separate_tiles(mut rng in any_rng()) {
        let size = *rng.choose(&[TileSize::Eight, TileSize::Eight, TileSize::Sixteen, TileSize::ThirtyTwo]);
        let (cut, width, height) = random_cut(&mut rng, size.pixels());
        let art = RandomImage::random(&mut rng, width, height);
        let sheet = GlyphArtifact { cut, ..artifact("sheet.png", 0) };
        let cut_project = bank(size, vec![sheet], &[("sheet.png".into(), art.part(0, 0, width, height))]);
        let report = cut_project.pack();
        match art.tiles(cut, size.pixels()) {
            Err(code) => {
                prop_assert_eq!(report.published, Published::Blocked, "{:?} of {} × {}", cut, width, height);
                prop_assert_eq!(codes(report.findings()), [code], "{:?} of {} × {}", cut, width, height);
            }
            Ok(tiles) => {
                prop_assert_eq!(codes(report.findings()), [] as [&str; 0], "{:?} of {} × {}", cut, width, height);
                let files: Vec<(String, Png)> =
                    tiles.into_iter().enumerate().map(|(n, tile)| (format!("{n}.png"), tile)).collect();
                let artifacts = (0..).zip(&files).map(|(n, (name, _))| artifact(name, n)).collect();
                let twin = bank(size, artifacts, &files);
                prop_assert_eq!(twin.pack().published, Published::Published);
                prop_assert!(cut_project.pack_bytes() == twin.pack_bytes(), "{:?} of {} × {}", cut, width, height);
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn any_cut_numbers_are_checked(mut rng in any_rng()) {
        let project = bank(
            TileSize::Eight,
            vec![artifact("sheet.png", 0)],
            &[("sheet.png".into(), Png::rgb(24, 16, |x, _| [RED, GREEN][(x % 2) as usize]))],
        );
        let mut members = String::new();
        for key in ["margin", "spacing"] {
            if rng.one_in(2) {
                members.push_str(&format!(", \"{key}\": {}", extreme_number(&mut rng)));
            }
        }
        if rng.one_in(2) {
            let [x, y, w, h] = std::array::from_fn(|_| extreme_number(&mut rng));
            members.push_str(&format!(", \"region\": {{\"x\": {x}, \"y\": {y}, \"w\": {w}, \"h\": {h}}}"));
        }
        members.push_str(&format!(", \"skip_blank\": {}", rng.one_in(2)));
        project.edit("assets/bank/asset.json", "\"index\": 0", &format!("\"index\": 0{members}"));
        let packed = project.pack();
        let is_refused = packed.findings().iter().any(|finding| finding.is_error());
        prop_assert_eq!(packed.published != Published::Blocked, !is_refused);
        prop_assert!(!codes(packed.findings()).contains(&"internal-error"), "{}", members);
        let doctor = Doctor::new(project.root());
        prop_assert_eq!(doctor.run(&Context::new()).unwrap().blocked, is_refused, "{}", members);
        let palettes = FindPalettes::new(project.root(), "bank").apply(true);
        let found = palettes.run(&Context::new()).unwrap();
        prop_assert_eq!(found.palettes.is_empty(), is_refused, "{}", members);
    }

    #[test]
    fn grid_stays_inside_the_image(mut rng in any_rng()) {
        // A caller of the library may use numbers that no declaration can contain.
        let mut any = || u32::try_from(extreme_number(&mut rng)).unwrap_or(u32::MAX);
        let region = Region { x: any(), y: any(), w: any(), h: any() };
        let [margin, spacing] = [any(), any()].map(|pixels| if rng.one_in(2) { pixels % 4 } else { pixels });
        // In most cases an image that such cells of 8 fill, if one exists.
        let [filled, other] = [(); 2].map(|()| {
            let cells = 1 + u64::from(rng.next_byte());
            let filled = 2 * u64::from(margin) + cells * 8 + (cells - 1) * u64::from(spacing);
            (u32::try_from(filled).ok().filter(|pixels| *pixels <= 16_384), 1 + u32::from(rng.next_byte()))
        });
        let (width, height) = (filled.0.unwrap_or(filled.1), other.0.unwrap_or(other.1));
        let is_filled = filled.0.is_some() && other.0.is_some();
        let cut = Cut { region: rng.one_in(2).then_some(region), margin, spacing, skip_blank: false };
        let size = *rng.choose(&TileSize::ALL);
        let grid = Grid::of(width, height, &cut, size);
        let must_fit = is_filled && cut.region.is_none() && size == TileSize::Eight;
        prop_assert!(grid.is_ok() || !must_fit, "{:?} of {} × {}", cut, width, height);
        if let Ok(grid) = grid {
            let last = grid.corner(grid.count() - 1);
            prop_assert!(last.x + size.pixels() <= width && last.y + size.pixels() <= height, "{:?}", cut);
        }
    }
}
