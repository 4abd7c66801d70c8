//! `palettes` on any bank whose tiles have at most 15 colors each: what it finds covers them all, what was there stays,
//! and the same bank always gets the same palettes.

use packer_services::Context;
use packer_services::declaration::{Content, Declaration, GlyphArtifact, Palette};
use packer_services::diagnostics::Finding;
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::{FindPalettes, FindPalettesReport, Operation, Published, Report};
use proptest::prelude::*;
use support::oracle::reader::{Glyph, Pack};
use support::{TestProject, artifact, glyph, palette};

use crate::cases::{Dice, cases};
use crate::glyphs::{GlyphBank, Painted, random_palettes};

const ANCHOR: &str = "assets/bank/asset.json";

/// Images on their way into a bank.
struct Studio {
    project: TestProject,
    size: TileSize,
    images: Vec<Painted>,
}

impl Studio {
    /// A bank of some images. It declares some of the palettes that they are drawn with, most often none.
    fn random(dice: &mut Dice) -> Self {
        let colors = random_palettes(dice);
        let declared = if dice.once_in(3) { dice.below(colors.len() + 1) } else { 0 };
        Self::of(dice, &colors, declared)
    }

    /// A bank of some images that are drawn with these palettes. It declares the first of them.
    fn of(dice: &mut Dice, colors: &[Vec<Rgb>], declared: usize) -> Self {
        let size = *dice.pick(&TileSize::ALL);
        let images = (0..1 + dice.below(5)).map(|_| Painted::framed(dice, size, colors)).collect();
        let declared: Vec<Palette> = colors[..declared].iter().map(|colors| palette(colors)).collect();
        let mut studio = Self { project: TestProject::new(), size, images };
        let artifacts = studio.artifacts();
        studio.project.add_asset("bank", true, &glyph(1, "bank", size, declared, artifacts));
        studio.write_images();
        studio
    }

    /// Several palettes with much room, all declared: which of them grows decides what other tiles are drawn with.
    fn of_small_palettes(dice: &mut Dice) -> Self {
        let mut color = |_| Rgb([dice.byte(), dice.byte(), dice.byte()]);
        let colors: Vec<Vec<Rgb>> = (0..4).map(|n| (0..2 + n % 3).map(&mut color).collect()).collect();
        Self::of(dice, &colors, colors.len())
    }

    fn write_images(&self) {
        for (at, image) in self.images.iter().enumerate() {
            self.project.write(&format!("assets/bank/{}", GlyphBank::file_name(at)), &image.file);
        }
    }

    fn artifacts(&self) -> Vec<GlyphArtifact> {
        let mut next = 0;
        let one = |(at, image): (usize, &Painted)| {
            let index = u32::try_from(next).unwrap();
            next += image.count();
            let file = GlyphBank::file_name(at);
            GlyphArtifact { color_key: image.color_key, cut: image.cut(self.size), ..artifact(&file, index) }
        };
        self.images.iter().enumerate().map(one).collect()
    }

    /// Writes the images that are there now, in this order, beside the palettes that are declared.
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

    /// Applies what is found, packs, and compares what the console then shows with what was painted.
    fn applied(&self) -> Glyph {
        let report = self.find(true);
        assert_eq!(errors(report.findings()), "");
        assert!(report.applied);
        let packed = self.project.pack();
        assert_eq!((packed.published, errors(packed.findings())), (Published::Published, String::new()));
        let pack = Pack::open(self.project.at("build/assets.pa")).unwrap();
        let glyph = Glyph::decode(&pack.entries()[0], &pack.slice(&pack.entries()[0]).unwrap()).unwrap();
        let declared: Vec<Vec<[u8; 3]>> =
            self.palettes().iter().map(|palette| palette.colors.iter().map(|color| color.0).collect()).collect();
        assert!(declared.iter().all(|colors| (1..=16).contains(&colors.len())), "15 and the color key");
        let mut first = 0;
        for image in &self.images {
            image.assert_drawn(&glyph, first, &declared, None);
            first += image.count();
        }
        glyph
    }

    fn count(&self) -> usize {
        self.images.iter().map(Painted::count).sum()
    }
}

fn errors(findings: &[Finding]) -> String {
    findings.iter().filter(|finding| finding.is_error()).map(|finding| format!("{finding}\n")).collect()
}

/// Whether each palette goes on as it was: its name, and its colors in their order, from the same index on.
fn go_on(before: &[Palette], after: &[Palette]) -> bool {
    let goes_on = |(old, new): (&Palette, &Palette)| old.name == new.name && new.colors.starts_with(&old.colors);
    before.len() <= after.len() && before.iter().zip(after).all(goes_on)
}

proptest! {
    #![proptest_config(cases(80))]

    #[test]
    fn the_palettes_that_are_found_cover_all_tiles(mut dice in Dice::any()) {
        let studio = Studio::random(&mut dice);
        let before = studio.palettes();
        studio.applied();
        let after = studio.palettes();
        prop_assert!(go_on(&before, &after), "{:?} became {:?}", before, after);
        let written = studio.project.read(ANCHOR);
        let again = studio.find(true);
        prop_assert_eq!((again.new_palettes, again.new_colors), (0, 0), "nothing is left to be found");
        prop_assert_eq!(studio.project.read(ANCHOR), written);
    }

    #[test]
    fn images_that_come_later_move_nothing(mut dice in Dice::any()) {
        let mut studio = if dice.once_in(2) { Studio::random(&mut dice) } else { Studio::of_small_palettes(&mut dice) };
        let first = studio.applied();
        // Some of the later colors are old ones, beside others than before.
        let known: Vec<Rgb> = studio.palettes().into_iter().flat_map(|palette| palette.colors).collect();
        let mut colors = if dice.once_in(2) { random_palettes(&mut dice) } else { Vec::new() };
        for _ in 0..3 {
            colors.push((0..2 + dice.below(5)).map(|_| *dice.pick(&known)).collect());
        }
        let (before, tiles) = (studio.palettes(), studio.count());
        for _ in 0..1 + dice.below(3) {
            let later = Painted::framed(&mut dice, studio.size, &colors);
            studio.images.push(later);
            studio.declare(studio.palettes(), studio.artifacts());
            let glyph = studio.applied();
            prop_assert!(go_on(&before, &studio.palettes()), "{:?} became {:?}", before, studio.palettes());
            for tile in 0..tiles {
                prop_assert_eq!(glyph.tile(tile), first.tile(tile), "tile {}", tile);
            }
        }
    }

    #[test]
    fn what_is_found_depends_on_the_files_alone(mut dice in Dice::any()) {
        let studio = Studio::random(&mut dice);
        let found = |studio: &Studio| serde_json::to_value(studio.find(false)).unwrap();
        let first = found(&studio);
        prop_assert_eq!(found(&studio), first.clone(), "a second time");
        let mut artifacts = studio.artifacts();
        dice.shuffle(&mut artifacts);
        studio.declare(studio.palettes(), artifacts);
        prop_assert_eq!(found(&studio), first, "the order of the list means nothing");
    }

    #[test]
    fn a_declared_color_is_never_declared_anew_without_need(mut dice in Dice::any()) {
        // All palettes that the images are drawn with are declared: there is nothing to be found.
        let size = *dice.pick(&TileSize::ALL);
        let colors: Vec<Vec<Rgb>> = random_palettes(&mut dice);
        let images = (0..1 + dice.below(4)).map(|_| Painted::framed(&mut dice, size, &colors)).collect();
        let mut studio = Studio { project: TestProject::new(), size, images };
        let declared = colors.iter().map(|colors| palette(colors)).collect();
        let artifacts = studio.artifacts();
        studio.project.add_asset("bank", true, &glyph(1, "bank", size, declared, artifacts));
        studio.write_images();
        let written = studio.project.read(ANCHOR);
        let found = studio.find(true);
        prop_assert_eq!((errors(found.findings()), found.new_palettes, found.new_colors), (String::new(), 0, 0));
        prop_assert_eq!(studio.project.read(ANCHOR), written);
    }
}
