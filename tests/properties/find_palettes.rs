//! `palettes` for any bank whose tiles have at most 15 colors each: the found palettes cover all tiles, declared ones
//! are kept, and the same bank always gets the same palettes.

use packer_services::Context;
use packer_services::declaration::{Content, Declaration, GlyphArtifact, Palette};
use packer_services::diagnostics::Finding;
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::{FindPalettes, FindPalettesReport, Operation, Published, Report};
use proptest::prelude::*;
use support::oracle::reader::{Glyph, Pack};
use support::{TestProject, artifact, glyph, palette};

use crate::glyph_banks::{GlyphBank, PaintedImage, random_palettes};
use crate::random::{Rng, any_rng, cases};

const ANCHOR: &str = "assets/bank/asset.json";

/// A bank to which images are added.
struct GrowingBank {
    project: TestProject,
    size: TileSize,
    images: Vec<PaintedImage>,
}

impl GrowingBank {
    /// A bank of random images. It declares some of the palettes that they are drawn with, most often none.
    fn random(rng: &mut Rng) -> Self {
        let colors = random_palettes(rng);
        let declared = if rng.one_in(3) { rng.below(colors.len() + 1) } else { 0 };
        Self::with_palettes(rng, &colors, declared)
    }

    /// A bank of random images that are drawn with these palettes. It declares the first of them.
    fn with_palettes(rng: &mut Rng, colors: &[Vec<Rgb>], declared: usize) -> Self {
        let size = *rng.choose(&TileSize::ALL);
        let images = (0..1 + rng.below(5)).map(|_| PaintedImage::random_cut(rng, size, colors)).collect();
        let declared: Vec<Palette> = colors[..declared].iter().map(|colors| palette(colors)).collect();
        let mut bank = Self { project: TestProject::new(), size, images };
        let artifacts = bank.artifacts();
        bank.project.add_asset("bank", true, &glyph(1, "bank", size, declared, artifacts));
        bank.write_images();
        bank
    }

    /// A bank with several declared palettes with few colors: the one that gets a new color affects other tiles.
    fn with_small_palettes(rng: &mut Rng) -> Self {
        let mut color = |_| Rgb([rng.next_byte(), rng.next_byte(), rng.next_byte()]);
        let colors: Vec<Vec<Rgb>> = (0..4).map(|n| (0..2 + n % 3).map(&mut color).collect()).collect();
        Self::with_palettes(rng, &colors, colors.len())
    }

    fn write_images(&self) {
        for (at, image) in self.images.iter().enumerate() {
            self.project.write(&format!("assets/bank/{}", GlyphBank::file_name(at)), &image.file);
        }
    }

    fn artifacts(&self) -> Vec<GlyphArtifact> {
        let mut next = 0;
        let one = |(at, image): (usize, &PaintedImage)| {
            let index = u32::try_from(next).unwrap();
            next += image.tile_count();
            let file = GlyphBank::file_name(at);
            GlyphArtifact { color_key: image.color_key, cut: image.cut(self.size), ..artifact(&file, index) }
        };
        self.images.iter().enumerate().map(one).collect()
    }

    /// Writes the images, and a declaration with these palettes and artifacts.
    fn declare(&self, palettes: Vec<Palette>, artifacts: Vec<GlyphArtifact>) {
        self.write_images();
        self.project.write(ANCHOR, glyph(1, "bank", self.size, palettes, artifacts).to_bytes());
    }

    fn palettes(&self) -> Vec<Palette> {
        let Some(declaration) = Declaration::read_before_palettes(&self.project.read(ANCHOR)).declaration else {
            panic!("{}", self.project.read_text(ANCHOR))
        };
        let Content::Glyph(content) = declaration.content else { panic!("a glyph bank was declared") };
        content.palettes
    }

    fn find(&self, apply: bool) -> Report<FindPalettesReport> {
        let request = FindPalettes::new(self.project.root(), "bank").apply(apply);
        request.run(&Context::new()).unwrap()
    }

    /// Applies the found palettes, packs, and compares the tiles on the console with the images.
    fn apply_and_check(&self) -> Glyph {
        let before = self.palettes();
        let report = self.find(true);
        assert_eq!(errors(report.findings()), "");
        assert_eq!(report.applied, self.palettes() != before);
        let packed = self.project.pack();
        assert_eq!((packed.published, errors(packed.findings())), (Published::Published, String::new()));
        let pack = Pack::open(self.project.at("build/assets.pa")).unwrap();
        let glyph = Glyph::decode(&pack.entries()[0], &pack.slice(&pack.entries()[0]).unwrap()).unwrap();
        let declared: Vec<Vec<[u8; 3]>> =
            self.palettes().iter().map(|palette| palette.colors.iter().map(|color| color.0).collect()).collect();
        assert!(
            declared.iter().all(|colors| (1..=16).contains(&colors.len())),
            "a palette has 15 colors and the color key"
        );
        let mut first = 0;
        for image in &self.images {
            image.assert_drawn(&glyph, first, &declared, None);
            first += image.tile_count();
        }
        glyph
    }

    fn count(&self) -> usize {
        self.images.iter().map(PaintedImage::tile_count).sum()
    }
}

fn errors(findings: &[Finding]) -> String {
    findings.iter().filter(|finding| finding.is_error()).map(|finding| format!("{finding}\n")).collect()
}

/// Whether each palette keeps its index, its name and its colors, and only gets further colors at the end.
fn are_extended(before: &[Palette], after: &[Palette]) -> bool {
    let is_extended = |(old, new): (&Palette, &Palette)| old.name == new.name && new.colors.starts_with(&old.colors);
    before.len() <= after.len() && before.iter().zip(after).all(is_extended)
}

proptest! {
    #![proptest_config(cases(80))]

    #[test]
    fn found_palettes_cover_all_tiles(mut rng in any_rng()) {
        let bank = GrowingBank::random(&mut rng);
        let before = bank.palettes();
        bank.apply_and_check();
        let after = bank.palettes();
        prop_assert!(are_extended(&before, &after), "{:?} became {:?}", before, after);
        let written = bank.project.read(ANCHOR);
        let again = bank.find(true);
        prop_assert_eq!((again.new_palettes, again.new_colors), (0, 0), "a second run must find nothing new");
        prop_assert_eq!(bank.project.read(ANCHOR), written);
    }

    #[test]
    fn later_images_change_no_index(mut rng in any_rng()) {
        let mut bank = if rng.one_in(2) { GrowingBank::random(&mut rng) } else { GrowingBank::with_small_palettes(&mut rng) };
        let first = bank.apply_and_check();
        // Some of the later colors are known ones in new combinations.
        let known: Vec<Rgb> = bank.palettes().into_iter().flat_map(|palette| palette.colors).collect();
        let mut colors = if rng.one_in(2) { random_palettes(&mut rng) } else { Vec::new() };
        for _ in 0..3 {
            colors.push((0..2 + rng.below(5)).map(|_| *rng.choose(&known)).collect());
        }
        let (before, tiles) = (bank.palettes(), bank.count());
        for _ in 0..1 + rng.below(3) {
            let later = PaintedImage::random_cut(&mut rng, bank.size, &colors);
            bank.images.push(later);
            bank.declare(bank.palettes(), bank.artifacts());
            let glyph = bank.apply_and_check();
            prop_assert!(are_extended(&before, &bank.palettes()), "{:?} became {:?}", before, bank.palettes());
            for tile in 0..tiles {
                prop_assert_eq!(glyph.tile(tile), first.tile(tile), "tile {}", tile);
            }
        }
    }

    #[test]
    fn palettes_depend_only_on_files(mut rng in any_rng()) {
        let bank = GrowingBank::random(&mut rng);
        let found = |bank: &GrowingBank| serde_json::to_value(bank.find(false)).unwrap();
        let first = found(&bank);
        prop_assert_eq!(found(&bank), first.clone(), "a second time");
        let mut artifacts = bank.artifacts();
        rng.shuffle(&mut artifacts);
        bank.declare(bank.palettes(), artifacts);
        prop_assert_eq!(found(&bank), first, "the order of the list must have no effect");
    }

    #[test]
    fn declared_colors_are_reused(mut rng in any_rng()) {
        // All palettes that the images are drawn with are declared, so no new ones are needed.
        let size = *rng.choose(&TileSize::ALL);
        let colors: Vec<Vec<Rgb>> = random_palettes(&mut rng);
        let images = (0..1 + rng.below(4)).map(|_| PaintedImage::random_cut(&mut rng, size, &colors)).collect();
        let mut bank = GrowingBank { project: TestProject::new(), size, images };
        let declared = colors.iter().map(|colors| palette(colors)).collect();
        let artifacts = bank.artifacts();
        bank.project.add_asset("bank", true, &glyph(1, "bank", size, declared, artifacts));
        bank.write_images();
        let written = bank.project.read(ANCHOR);
        let found = bank.find(true);
        prop_assert_eq!((errors(found.findings()), found.new_palettes, found.new_colors), (String::new(), 0, 0));
        prop_assert_eq!(bank.project.read(ANCHOR), written);
    }
}
