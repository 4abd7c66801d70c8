//! The palette of a tile and the index of each pixel, by the examples of the spec.

use packer_services::declaration::{ColorKey, GlyphArtifact};
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::Published;
use support::images::Png;
use support::oracle::reader::{Glyph, Pack};
use support::{TestProject, artifact, codes, glyph, palette};

const KEY: Rgb = Rgb([0xFF, 0x00, 0xFF]);
const NIGHT: Rgb = Rgb([0x1A, 0x1C, 0x2C]);
const WHITE: Rgb = Rgb([0xF4, 0xF4, 0xF4]);
const RED: Rgb = Rgb([0xB1, 0x3E, 0x53]);
const PLUM: Rgb = Rgb([0x5D, 0x27, 0x5D]);
const PEACH: Rgb = Rgb([0xEF, 0x7D, 0x57]);

/// Packs one tile with these palettes: the codes of its findings, and the indices of its first four pixels.
fn pack_tile(palettes: &[&[Rgb]], image: Vec<u8>, artifact: GlyphArtifact) -> (Vec<&'static str>, Option<[u8; 4]>) {
    let mut project = TestProject::new();
    project.write("assets/ui/a.png", image);
    let palettes = palettes.iter().map(|colors| palette(colors)).collect();
    project.add_asset("ui", true, &glyph(1, "ui", TileSize::Eight, palettes, vec![artifact]));
    let report = project.pack();
    if report.published == Published::Blocked {
        return (codes(report.findings()), None);
    }
    let pack = Pack::open(project.at("build/assets.pa")).unwrap();
    let entry = &pack.entries()[0];
    let tile = Glyph::decode(entry, &pack.slice(entry).unwrap()).unwrap().tile(0).unwrap();
    (codes(report.findings()), Some(std::array::from_fn(|at| tile[at])))
}

/// The palettes of the spec's example.
const BOTH: [&[Rgb]; 2] = [&[KEY, NIGHT, WHITE, RED], &[KEY, WHITE, PLUM, PEACH]];

/// A true-color image that repeats these four colors.
fn true_color(colors: [Rgb; 4]) -> Vec<u8> {
    Png::rgb(8, 8, |x, _| colors[x as usize % 4]).bytes()
}

/// An indexed image that repeats these four indices.
fn indexed(own: &[Rgb], indices: [u8; 4]) -> Png {
    Png::indexed(8, 8, own, |x, _| indices[x as usize % 4])
}

fn keyed(key: ColorKey) -> GlyphArtifact {
    GlyphArtifact { color_key: Some(key), ..plain() }
}

fn plain() -> GlyphArtifact {
    artifact("a.png", 0)
}

#[test]
fn spec_table_of_tiles_holds() {
    let of = |colors: [Rgb; 4]| pack_tile(&BOTH, true_color(colors), plain());
    assert_eq!(of([NIGHT, WHITE, NIGHT, WHITE]), (vec![], Some([1, 2, 1, 2])));
    assert_eq!(of([WHITE; 4]), (vec!["tile-fragile"], Some([2; 4])));
    assert_eq!(of([PLUM, PEACH, PEACH, PLUM]), (vec![], Some([2, 3, 3, 2])));
    assert_eq!(of([NIGHT, PEACH, NIGHT, NIGHT]), (vec!["colors-across"], None));
    assert_eq!(of([KEY; 4]), (vec!["color-only-key"], None));
    let clear = Png::rgba(8, 8, |_, _| [1, 2, 3, 0]).bytes();
    assert_eq!(pack_tile(&BOTH, clear, plain()), (vec![], Some([0; 4])));
}

#[test]
fn named_palette_is_the_only_candidate() {
    let named = |palette: u32| GlyphArtifact { palette: Some(palette), ..plain() };
    assert_eq!(pack_tile(&BOTH, true_color([WHITE; 4]), named(1)), (vec![], Some([1; 4])));
    assert_eq!(pack_tile(&BOTH, true_color([WHITE; 4]), named(0)), (vec![], Some([2; 4])));
    let (found, tile) = pack_tile(&BOTH, true_color([PLUM; 4]), named(0));
    assert!(tile.is_none() && found.iter().all(|code| code.starts_with("color")), "{found:?}");
}

#[test]
fn repeated_color_takes_lowest_index() {
    let almost_white = Rgb([0xF5, 0xF5, 0xF5]);
    let palettes: [&[Rgb]; 1] = [&[WHITE, NIGHT, WHITE, RED, almost_white]];
    let tile = pack_tile(&palettes, true_color([almost_white, NIGHT, RED, WHITE]), plain());
    assert_eq!(tile, (vec!["image-colors-merge", "colors-merge"], Some([2, 1, 3, 2])));
    let twice: [&[Rgb]; 1] = [&[WHITE, NIGHT, WHITE, RED, WHITE]];
    let tile = pack_tile(&twice, true_color([WHITE, NIGHT, RED, WHITE]), plain());
    assert_eq!(tile, (vec!["color-ambiguous"], Some([2, 1, 3, 2])));
}

#[test]
fn incomplete_palette_is_skipped() {
    let shade = |n: usize| Rgb([u8::try_from(n * 16).unwrap(), 0, 128]);
    let complete: Vec<Rgb> = std::iter::once(KEY).chain((1..16).map(shade)).collect();
    let incomplete: Vec<Rgb> = complete[..15].to_vec();
    let image = Png::rgb(8, 8, |x, y| shade(1 + (x + 8 * y) as usize % 15)).bytes();
    assert_eq!(pack_tile(&[&incomplete, &complete], image.clone(), plain()), (vec![], Some([1, 2, 3, 4])));
    assert_eq!(pack_tile(&[&incomplete, &incomplete[..9]], image, plain()).1, None);
}

#[test]
fn author_indices_are_kept_if_possible() {
    let palettes: [&[Rgb]; 3] = [&[KEY, WHITE, WHITE, NIGHT], &[KEY, NIGHT, WHITE, RED], &[KEY, RED, WHITE, NIGHT]];
    let own = [KEY, RED, WHITE, NIGHT];
    let of = |own: &[Rgb], indices| pack_tile(&palettes, indexed(own, indices).bytes(), plain()).1;
    assert_eq!(of(&own, [2, 2, 2, 2]), Some([2; 4]), "not the 1 that the color has in palette 0");
    assert_eq!(
        of(&own, [2, 3, 2, 3]),
        Some([2, 3, 2, 3]),
        "palette 0 has these colors at 2 and 3, although it has white at 1 too"
    );
    assert_eq!(of(&own, [1, 2, 3, 1]), Some([1, 2, 3, 1]), "palette 2 has these colors");
    assert_eq!(of(&[RED, WHITE, NIGHT, KEY], [1, 2, 1, 2]), Some([1, 3, 1, 3]), "by color, in palette 0");
    let many = [vec![KEY; 20], vec![RED, WHITE]].concat();
    assert_eq!(of(&many, [20, 21, 20, 21]), Some([3, 2, 3, 2]), "no palette has index 20");
}

#[test]
fn palette_rows_keep_their_columns() {
    // The second row has the colors of the first in another order, and one of them twice.
    let palettes: [&[Rgb]; 2] = [&[KEY, NIGHT, WHITE, RED], &[KEY, RED, WHITE, RED, NIGHT]];
    let own = [vec![KEY; 16], vec![PLUM, RED, WHITE, RED, NIGHT]].concat();
    let of = |indices| pack_tile(&palettes, indexed(&own, indices).bytes(), plain());
    assert_eq!(of([17, 18, 19, 20]), (vec![], Some([1, 2, 3, 4])), "palette 1, by column");
    assert_eq!(of([18, 18, 18, 18]), (vec![], Some([2; 4])), "palette 0 has white in this column too");
    // Index 0 is the key; it is of no row.
    let keyed = pack_tile(&palettes, indexed(&own, [0, 17, 19, 0]).bytes(), keyed(ColorKey::Index0));
    assert_eq!(keyed, (vec![], Some([0, 1, 3, 0])));
    assert_eq!(of([16, 17, 18, 19]).0, ["colors-undeclared"], "column 0 is a color like others, and no palette has it");
    let two_rows = [vec![KEY, NIGHT, WHITE], vec![KEY; 13], vec![KEY, RED, WHITE]].concat();
    let mixed = pack_tile(&palettes, indexed(&two_rows, [1, 2, 17, 18]).bytes(), plain());
    assert_eq!(mixed.1, Some([1, 2, 3, 2]), "a tile of two rows is drawn by color");
}

#[test]
fn opaque_index_0_stays_visible() {
    let own = [RED, NIGHT, WHITE];
    let palettes: [&[Rgb]; 1] = [&[RED, NIGHT, WHITE]];
    let of = |palettes: &[&[Rgb]], image: Vec<u8>, artifact| pack_tile(palettes, image, artifact);
    let image = || indexed(&own, [0, 1, 2, 1]);
    assert_eq!(of(&palettes, image().bytes(), plain()), (vec!["color-only-key"], None));
    let with_red: [&[Rgb]; 1] = [&[RED, NIGHT, WHITE, RED]];
    assert_eq!(of(&with_red, image().bytes(), plain()), (vec![], Some([3, 1, 2, 1])));
    for (what, image, key) in [
        ("index 0 is the key", image(), Some(ColorKey::Index0)),
        ("its color is the key", image(), Some(ColorKey::Color(RED))),
        ("it is transparent", image().with_trns(&[0]), None),
        (
            "it is transparent, and its own palette has another color there",
            indexed(&[PLUM, NIGHT, WHITE], [0, 1, 2, 1]).with_trns(&[0]),
            None,
        ),
    ] {
        let artifact = GlyphArtifact { color_key: key, ..plain() };
        assert_eq!(of(&palettes, image.bytes(), artifact), (vec![], Some([0, 1, 2, 1])), "{what}");
    }
}

#[test]
fn removed_pixels_are_not_checked() {
    // A half-transparent pixel in the key color; a transparent pixel in an undeclared color.
    let pixels = [[0xFF, 0x00, 0xFF, 128], [1, 2, 3, 0], [0xF8, 0x03, 0xFF, 255], [0xF4, 0xF4, 0xF4, 255]];
    let image = Png::rgba(8, 8, |x, _| pixels[x as usize % 4]).bytes();
    let keyed = GlyphArtifact { color_key: Some(ColorKey::Color(KEY)), palette: Some(0), ..plain() };
    assert_eq!(pack_tile(&BOTH, image.clone(), keyed), (vec![], Some([0, 0, 0, 2])));
    assert_eq!(pack_tile(&BOTH, image, GlyphArtifact { palette: Some(0), ..plain() }).1, None);
    let index0 = GlyphArtifact { color_key: Some(ColorKey::Index0), ..plain() };
    assert_eq!(pack_tile(&BOTH, true_color([NIGHT, WHITE, NIGHT, RED]), index0).0, ["color-key-index"]);
}
