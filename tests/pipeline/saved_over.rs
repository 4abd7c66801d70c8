//! Images that another program saved over: what it does to their palettes changes nothing, or is reported.

use packer_services::declaration::ColorKey;
use packer_services::formats::{Rgb, TileSize};
use support::images::Png;
use support::{KEY, TestProject, artifact, codes, glyph, keyed_artifact, palette};

use crate::verbs::extract::{OpenedImage, open};
use crate::{cli, console};

const BLACK: Rgb = Rgb([0, 0, 0]);
const SEA: Rgb = Rgb([0x20, 0x60, 0xA0]);
const FOAM: Rgb = Rgb([0xC0, 0xE0, 0xF8]);
const RED: Rgb = Rgb([0xE0, 0x20, 0x20]);

/// What a program does to an image that it saves over.
#[derive(Clone, Copy, Debug)]
enum Program {
    /// It puts a new transparent color before all others, as GIMP does with each export.
    AddsTransparentColor,
    /// It drops unused colors, merges equal ones, and sorts by use, as optimizers do.
    SortsColors,
    /// It has no palettes.
    WritesTrueColor,
}

const PROGRAMS: [Program; 3] = [Program::AddsTransparentColor, Program::SortsColors, Program::WritesTrueColor];

impl Program {
    fn save(self, image: &OpenedImage) -> Vec<u8> {
        let width = u32::try_from(image.width).unwrap();
        let height = u32::try_from(image.rgba.len() / image.width).unwrap();
        let at = |x: u32, y: u32| y as usize * image.width + x as usize;
        let is_clear = |at: usize| image.rgba[at][3] == 0;
        let rgb = |at: usize| Rgb([image.rgba[at][0], image.rgba[at][1], image.rgba[at][2]]);
        match self {
            Self::WritesTrueColor => Png::rgba(width, height, |x, y| image.rgba[at(x, y)]).bytes(),
            Self::AddsTransparentColor => {
                let own: Vec<Rgb> =
                    std::iter::once(Rgb([1, 2, 3])).chain(image.colors.iter().map(|color| Rgb(*color))).collect();
                let indices = image.indices.as_ref().unwrap();
                let index = |x, y| if is_clear(at(x, y)) { 0 } else { indices[at(x, y)] + 1 };
                Png::indexed(width, height, &own, index).with_trns(&[0]).bytes()
            }
            Self::SortsColors => {
                let mut own: Vec<Rgb> = (0..image.rgba.len()).filter(|at| !is_clear(*at)).map(rgb).collect();
                own.sort_unstable();
                own.dedup();
                let has_clear = (0..image.rgba.len()).any(is_clear);
                let clear = u8::try_from(own.len()).unwrap();
                let index = |x, y| match is_clear(at(x, y)) {
                    true => clear,
                    false => u8::try_from(own.binary_search(&rgb(at(x, y))).unwrap()).unwrap(),
                };
                let with_clear = if has_clear { [own.clone(), vec![BLACK]].concat() } else { own.clone() };
                let png = Png::indexed(width, height, &with_clear, index);
                let trns: Vec<u8> = own.iter().map(|_| 255).chain([0]).collect();
                if has_clear { png.with_trns(&trns).bytes() } else { png.bytes() }
            }
        }
    }

    fn save_over(self, project: &TestProject, path: &str) {
        project.write(path, self.save(&open(&project.at(path))));
    }
}

#[test]
fn extracted_sheets_survive_other_programs() {
    let demo = TestProject::demo();
    demo.pack();
    let folder = TestProject::new();
    for program in PROGRAMS {
        let target = folder.at(&format!("{program:?}"));
        let line = format!("extract {} {} --as-project", demo.at("build/assets.pa").display(), target.display());
        cli::run_ok(folder.root(), &line);
        let again = TestProject::copy_of(&target);
        for bank in ["terrain", "hero", "lamps", "font"] {
            program.save_over(&again, &format!("assets/{bank}/sheet.png"));
        }
        let report = again.pack();
        assert_eq!(codes(report.findings()), Vec::<&str>::new(), "{program:?}");
        assert!(again.pack_bytes() == demo.pack_bytes(), "{program:?}");
    }
}

/// A bank of one tile of 8 × 8 with these palettes.
fn bank(colors: &[Rgb], key: Option<ColorKey>, image: Vec<u8>) -> TestProject {
    let mut project = TestProject::new();
    project.write("assets/bank/a.png", image);
    let artifact = key.map_or_else(|| artifact("a.png", 0), |key| keyed_artifact("a.png", 0, key));
    project.add_asset("bank", true, &glyph(1, "bank", TileSize::Eight, vec![palette(colors)], vec![artifact]));
    project
}

/// The indices 0 to `last` again and again, in these colors; index 0 is transparent if `is_clear`.
fn cycle(colors: &[Rgb], is_clear: bool) -> Vec<u8> {
    let png = Png::indexed(8, 8, colors, |x, y| u8::try_from((x + y) as usize % colors.len()).unwrap());
    if is_clear { png.with_trns(&[0]).bytes() } else { png.bytes() }
}

#[test]
fn merged_cycle_colors_are_reported() {
    let colors = [KEY, SEA, SEA, FOAM, SEA];
    let project = bank(&colors, None, cycle(&colors, true));
    assert_eq!(codes(project.pack().findings()), Vec::<&str>::new());
    assert_eq!(console::glyph(&project, 1).tile(0).unwrap()[..5], [0, 1, 2, 3, 4]);
    for program in PROGRAMS {
        let project = bank(&colors, None, cycle(&colors, true));
        program.save_over(&project, "assets/bank/a.png");
        let findings = project.findings();
        assert_eq!(codes(&findings), ["color-ambiguous"], "{program:?}");
        let message = &findings[0].message;
        assert!(message.starts_with("`#2060a0` is at the indices 1, 2 and 4 of palette 0"), "{message}");
        assert_eq!(cli::run_json(project.root(), "pack @ --deny-warnings").code, 1, "{program:?}");
    }
}

/// `colors`, filled with black up to 256 colors, as some programs write each palette.
fn filled(colors: &[Rgb]) -> Vec<Rgb> {
    colors.iter().copied().chain(std::iter::repeat(BLACK)).take(256).collect()
}

#[test]
fn merged_colors_at_their_indices_are_reported() {
    // Each palette, what an optimizer leaves of it, and the indices that it still draws: the indices that remain agree.
    let cases: [(&[Rgb], Vec<Rgb>); 6] = [
        (&[KEY, SEA, FOAM, SEA], vec![KEY, SEA, FOAM]),
        (&[KEY, SEA, FOAM, FOAM], filled(&[BLACK, SEA, FOAM])),
        (&[KEY, SEA, SEA, FOAM, SEA], vec![KEY, SEA, SEA, FOAM]),
        (&[KEY, SEA, FOAM, FOAM, RED], vec![KEY, SEA, FOAM]),
        (&[KEY, SEA, BLACK, BLACK], filled(&[KEY, SEA, BLACK])),
        (&[KEY, SEA, FOAM, RED, SEA], vec![KEY, SEA, FOAM, RED]),
    ];
    for (declared, own) in cases {
        let drawn = own.iter().rposition(|color| *color != BLACK).unwrap().max(2) + 1;
        let image = |own: &[Rgb]| {
            let png = Png::indexed(8, 8, own, |x, y| u8::try_from((x + y) as usize % drawn).unwrap());
            png.with_trns(&[0]).bytes()
        };
        let findings = bank(declared, None, image(&own)).findings();
        assert_eq!(codes(&findings), ["color-ambiguous"], "{declared:?}");
        let message = &findings[0].message;
        assert!(message.contains("but at only ") && message.contains("of the image's own palette"), "{message}");
        let kept = bank(declared, None, image(declared));
        assert_eq!(codes(kept.findings().as_slice()), Vec::<&str>::new(), "{declared:?}: its own palette has them");
    }
    // Rows of 16: the colors of other rows do not count.
    let row = |colors: &[Rgb]| colors.iter().copied().chain(std::iter::repeat(RED)).take(16).collect::<Vec<_>>();
    let own = [row(&[KEY, SEA, FOAM, RED]), row(&[KEY, SEA, RED, SEA])].concat();
    let rows = Png::indexed(8, 8, &own, |x, _| u8::try_from(x % 2).unwrap() + 1).bytes();
    assert_eq!(codes(&bank(&[KEY, SEA, FOAM, SEA], None, rows).findings()), ["color-ambiguous"]);
}

#[test]
fn unique_colors_are_not_ambiguous() {
    let nearly = Rgb([0x21, 0x61, 0xA1]);
    let colors = [KEY, SEA, FOAM, RED];
    for (colors, expected) in [(&colors[..], &[][..]), (&[KEY, SEA, FOAM, nearly], &["colors-merge"])] {
        let project = bank(colors, None, cycle(&colors[..3], true));
        Program::WritesTrueColor.save_over(&project, "assets/bank/a.png");
        assert_eq!(codes(&project.findings()), expected);
    }
}

#[test]
fn moved_key_index_is_reported() {
    let key = Some(ColorKey::Index0);
    let colors = [BLACK, RED, BLACK, FOAM];
    assert_eq!(codes(&bank(&colors, key, cycle(&colors, false)).findings()), Vec::<&str>::new());

    let reordered = [RED, BLACK, FOAM];
    let index = |x: u32, y: u32| [1, 0, 1, 2][(x + y) as usize % 4];
    let findings = bank(&colors, key, Png::indexed(8, 8, &reordered, index).bytes()).findings();
    assert!(codes(&findings).contains(&"color-key-differs"), "{findings:?}");
    assert!(
        findings.iter().any(|finding| finding.message.contains("is `#e02020`, but color 0 of palette 0 is `#000000`"))
    );

    let merged = [BLACK, RED, FOAM];
    let index = |x: u32, y: u32| [0, 1, 0, 2][(x + y) as usize % 4];
    let findings = bank(&colors, key, Png::indexed(8, 8, &merged, index).bytes()).findings();
    assert_eq!(codes(&findings), ["color-ambiguous"]);
    let message = &findings[0].message;
    assert!(message.starts_with("`#000000` is color 0, the key, and also color 2 of palette 0"), "{message}");
    let findings = bank(&colors, key, Png::indexed(8, 8, &filled(&merged), index).bytes()).findings();
    assert_eq!(codes(&findings), ["color-ambiguous"], "the black after the last color is filling");
}

#[test]
fn unused_key_index_is_reported() {
    // GIMP 2.10 and upng-js 2.1 put a transparent color before all others: the background is then index 1.
    let key = Some(ColorKey::Index0);
    let colors = [BLACK, RED, BLACK, FOAM];
    let project = bank(&colors, key, cycle(&colors, false));
    Program::AddsTransparentColor.save_over(&project, "assets/bank/a.png");
    let findings = project.findings();
    assert_eq!(codes(&findings), ["color-ambiguous"]);
    let message = &findings[0].message;
    assert!(message.ends_with("draws nothing with its index 0, so all of its `#000000` became index 2"), "{message}");
    // With a transparent background, black is what is drawn.
    let project = bank(&colors, key, cycle(&colors, true));
    Program::SortsColors.save_over(&project, "assets/bank/a.png");
    assert_eq!(codes(&project.findings()), Vec::<&str>::new());
}

#[test]
fn clear_index_0_needs_no_key_color() {
    let colors = [RED, SEA, FOAM];
    let declared = [KEY, SEA, FOAM];
    let project = bank(&declared, Some(ColorKey::Index0), cycle(&colors, true));
    assert_eq!(codes(&project.findings()), Vec::<&str>::new(), "it is transparent whatever its color is");
}

/// What `create` reports for an image, and what `pack` reports then.
fn created_codes(image: Vec<u8>) -> (Vec<String>, Vec<String>) {
    let project = TestProject::new();
    project.write("art/a.png", image);
    let created = cli::run_json(project.root(), "create @ bank --type glyph_bank @/art/a.png");
    (created.codes(), cli::run_json(project.root(), "pack @").codes())
}

#[test]
fn mergeable_colors_are_noted_once() {
    let noted = (vec!["colors-repeated".to_owned()], vec![]);
    assert_eq!(created_codes(cycle(&[KEY, SEA, SEA, FOAM, SEA], true)), noted);
    let drawn_once = Png::indexed(8, 8, &[KEY, SEA, SEA, FOAM, SEA], |x, _| u8::from(x > 3) * 2 + 1);
    assert_eq!(created_codes(drawn_once.with_trns(&[0]).bytes()), (vec![], vec![]), "indices 1 and 3 differ");
    let project = bank(&[KEY, SEA, SEA, FOAM], None, cycle(&[KEY, SEA, SEA, FOAM], true));
    assert_eq!(cli::run_json(project.root(), "palettes @ bank").codes(), Vec::<String>::new(), "it is declared");
}

#[test]
fn images_of_one_color_are_reported() {
    // The palette that a script for Aseprite writes: it has no colors, only indices (export-aseprite-file#5).
    let black = cycle(&[BLACK; 256][..16], true);
    let flat = vec!["image-flat".to_owned()];
    assert_eq!(created_codes(black.clone()), (flat, vec![]), "its indices are kept");
    // An image whose palette was lost after its bank had been created.
    for (declared, expected) in [
        (&[KEY, BLACK, SEA, FOAM, RED][..], &["image-flat"][..]),
        (&[KEY, SEA, FOAM, RED], &["image-flat", "colors-undeclared"]),
        (&[KEY, SEA, BLACK, BLACK], &["color-ambiguous"]),
    ] {
        let mut found = codes(&bank(declared, None, black.clone()).findings());
        found.sort_by_key(|code| expected.iter().position(|other| other == code));
        assert_eq!(found, expected);
    }
    let one_index = Png::indexed(8, 8, &[KEY, BLACK], |x, _| u8::from(x > 3)).with_trns(&[0]);
    assert_eq!(codes(&bank(&[KEY, SEA, BLACK], None, one_index.bytes()).findings()), Vec::<&str>::new());
}

#[test]
fn lost_transparency_is_refused() {
    // pygame 2.6.1, and `ImageOps.expand` of Pillow 12.3.0, keep the palette and lose which index is transparent.
    let colors = [KEY, SEA, FOAM];
    let clear = bank(&colors, None, cycle(&colors, true));
    clear.pack();
    let findings = bank(&colors, None, cycle(&colors, false)).findings();
    assert_eq!(codes(&findings), ["color-only-key"]);
    assert!(
        findings[0].help.contains("set `\"color_key\": \"#ff00ff\"` or `\"color_key\": \"index0\"`"),
        "{}",
        findings[0]
    );
    for key in [ColorKey::Color(KEY), ColorKey::Index0] {
        let keyed = bank(&colors, Some(key), cycle(&colors, false));
        assert_eq!(codes(keyed.pack().findings()), Vec::<&str>::new(), "{key:?}");
        assert!(keyed.pack_bytes() == clear.pack_bytes(), "what the help says gives the same bytes");
    }
}
