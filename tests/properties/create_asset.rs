//! `create` with any images whose tiles have at most 15 colors each: the new asset can be packed, and the console shows
//! the images.

use packer_services::Context;
use packer_services::declaration::{ColorKey, Content, Cut, Declaration};
use packer_services::diagnostics::Finding;
use packer_services::formats::TileSize;
use packer_services::ops::{CreateAsset, NewBank, NewGlyph, NewPreload, Operation, Published};
use proptest::prelude::*;
use support::TestProject;
use support::oracle::reader::{Glyph, Pack};

use crate::glyph_banks::{PaintedImage, Spacing, random_palettes};
use crate::random::{any_rng, cases};

fn errors(findings: &[Finding]) -> String {
    findings.iter().filter(|finding| finding.is_error()).map(|finding| format!("{finding}\n")).collect()
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn created_asset_draws_its_images(mut rng in any_rng()) {
        let tile_size = *rng.choose(&TileSize::ALL);
        let palettes = random_palettes(&mut rng);
        let key = match rng.below(4) {
            0 => Some(ColorKey::Index0),
            1 => Some(ColorKey::Color(palettes[0][0])),
            _ => None,
        };
        let spacing = Spacing::random_without_region(&mut rng);
        let mut images: Vec<PaintedImage> =
            (0..1 + rng.below(6)).map(|_| PaintedImage::random(&mut rng, tile_size, &palettes, Some(key), spacing)).collect();
        // An image without tiles would be refused.
        let skip_blank = rng.one_in(2) && images.iter().all(|image| image.clone().skip_blank_cells(tile_size));
        if skip_blank {
            images.iter_mut().for_each(|image| assert!(image.skip_blank_cells(tile_size)));
        }
        let folder = tempfile::tempdir().unwrap();
        let files = images.iter().enumerate().map(|(n, image)| {
            let file = folder.path().join(format!("{n}.png"));
            std::fs::write(&file, &image.file).unwrap();
            file
        });
        let files = files.collect();
        let project = TestProject::new();
        let cut = images[0].cut(tile_size);
        let all_are_tiles = cut == Cut::default() && images.iter().all(|image| image.tile_count() == 1);
        let bank = NewBank::Glyph(NewGlyph { tile_size: (!all_are_tiles).then_some(tile_size), color_key: key, cut, ..NewGlyph::default() });
        let create = CreateAsset::new(project.root(), "ui/new", bank, files).preload(NewPreload::LowestFree);
        let report = create.run(&Context::new()).unwrap();
        prop_assert_eq!(report.asset_id, Some(1), "{}", errors(report.findings()));
        prop_assert_eq!(report.slot, Some(0));
        let packed = project.pack();
        prop_assert_eq!(packed.published, Published::Published, "{}", errors(packed.findings()));

        let declaration = Declaration::read(&project.read("assets/ui/new/asset.json")).declaration.unwrap();
        let Content::Glyph(content) = declaration.content else { panic!("a glyph bank was created") };
        let declared: Vec<Vec<[u8; 3]>> =
            content.palettes.iter().map(|palette| palette.colors.iter().map(|color| color.0).collect()).collect();
        let pack = Pack::open(project.at("build/assets.pa")).unwrap();
        let glyph = Glyph::decode(&pack.entries()[0], &pack.slice(&pack.entries()[0]).unwrap()).unwrap();
        let mut first = 0;
        for (image, artifact) in images.iter().zip(&content.artifacts) {
            prop_assert_eq!(artifact.index as usize, first);
            image.assert_drawn(&glyph, first, &declared, artifact.palette.map(|palette| palette as usize));
            first += image.tile_count();
        }
        prop_assert_eq!(report.items as usize, first);
    }
}
