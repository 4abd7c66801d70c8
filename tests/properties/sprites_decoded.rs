//! Sprites of Aseprite decode to the pixels that Aseprite draws: the files of `aseprite/`, and one rule after the
//! other.

use packer_services::declaration::{AnimationDirection, SpritePart};
use packer_services::diagnostics::{Code, Finding, Place};
use packer_services::internals::banks::glyph::image::{self, Image, ImageError, ImagePixel, PixelKind};
use packer_services::internals::banks::glyph::read_sprite_timeline;
use packer_services::internals::files::Folder;
use packer_services::internals::limits::{SPRITE_CHUNKS, SPRITE_DRAWN_PIXELS, SPRITE_GROUPS};
use serde_json::Value;
use support::any_bytes::AllPixels;
use support::sprites::{
    Sprite, cel, cel_with, external_tileset, layer, linked_cel, old_palette, palette, raw_cel, slice, tags, tile_cel,
    tileset,
};
use support::{rel_path, repository};

const A: [u8; 4] = [200, 0, 0, 255];
const B: [u8; 4] = [0, 100, 0, 255];
const CLEAR: [u8; 4] = [0; 4];
const COLORS: [[u8; 3]; 4] = [[255, 0, 255], [10, 10, 10], [20, 20, 20], [30, 30, 30]];

/// A decoded sprite.
struct Decoded {
    image: Image,
    pixels: Vec<ImagePixel>,
}

impl Decoded {
    fn indices(&self) -> Vec<u8> {
        self.pixels.iter().map(|pixel| pixel.index).collect()
    }

    fn rgba(&self) -> Vec<[u8; 4]> {
        self.pixels.iter().map(rgba).collect()
    }

    fn numbers(&self) -> Vec<u32> {
        self.image.frames.iter().map(|frame| frame.number).collect()
    }
}

/// The pixel as Aseprite draws it, where a clear one has no color.
fn rgba(pixel: &ImagePixel) -> [u8; 4] {
    let [r, g, b] = pixel.rgb.0;
    match pixel.kind {
        PixelKind::Clear => CLEAR,
        PixelKind::Partial(alpha) => [r, g, b, alpha],
        _ => [r, g, b, 255],
    }
}

fn try_decode(mut bytes: &[u8], part: &SpritePart) -> Result<Decoded, Finding> {
    let mut all = AllPixels::of_at_most(u64::MAX);
    match image::decode_image(&mut bytes, part, &mut all) {
        Ok(image) => Ok(Decoded { image: image.unwrap(), pixels: all.pixels }),
        Err(ImageError::Finding(finding)) => Err(*finding),
        Err(ImageError::Io(error)) => panic!("a slice cannot fail: {error}"),
    }
}

fn decode_part(sprite: &Sprite, part: &SpritePart) -> Decoded {
    try_decode(&sprite.bytes(), part).unwrap_or_else(|finding| panic!("{finding}"))
}

fn decode(sprite: &Sprite) -> Decoded {
    decode_part(sprite, &SpritePart::default())
}

fn refusal(sprite: &Sprite) -> Finding {
    part_refusal(sprite, &SpritePart::default())
}

fn part_refusal(sprite: &Sprite, part: &SpritePart) -> Finding {
    try_decode(&sprite.bytes(), part).err().expect("the sprite must be refused")
}

fn tag(name: &str) -> SpritePart {
    SpritePart { tag: Some(name.to_owned()), ..SpritePart::default() }
}

fn layer_part(name: &str) -> SpritePart {
    SpritePart { layer: Some(name.to_owned()), ..SpritePart::default() }
}

fn slice_part(name: &str) -> SpritePart {
    SpritePart { slice: Some(name.to_owned()), ..SpritePart::default() }
}

/// A sprite of one pixel with these layers, of which each but groups has one cel.
fn one_pixel(depth: u16, layers: &[(support::sprites::Layer, Option<&[u8]>)]) -> Sprite {
    let mut sprite = Sprite::new([1, 1], depth);
    for (layer, _) in layers {
        sprite = sprite.with(0, layer.chunk());
    }
    for (n, (_, pixel)) in (0u16..).zip(layers) {
        if let Some(pixel) = pixel {
            sprite = sprite.with(0, cel(n, [0, 0], [1, 1], pixel));
        }
    }
    sprite
}

#[test]
fn sprites_look_as_in_aseprite() {
    let folder = repository().join("tests/properties/aseprite");
    let expected: Value = serde_json::from_slice(&std::fs::read(folder.join("expected.json")).unwrap()).unwrap();
    for (name, expected) in expected.as_object().unwrap() {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let decoded = try_decode(&bytes, &SpritePart::default()).unwrap_or_else(|finding| panic!("{name}: {finding}"));
        let (width, height) = expected["size"].as_str().unwrap().split_once('x').unwrap();
        let pixels_of_frame = width.parse::<usize>().unwrap() * height.parse::<usize>().unwrap();
        let frames = expected["frames"].as_object().unwrap();
        assert_eq!(decoded.pixels.len(), frames.len() * pixels_of_frame, "{name}");
        // Only its colors are compared: indices ignore an opacity.
        let is_by_index = name != "t10b_celopacity.aseprite";
        for (frame, drawn) in frames {
            let start = frame.parse::<usize>().unwrap() * pixels_of_frame;
            let pixels = &decoded.pixels[start..start + pixels_of_frame];
            let colors = pixels.iter().map(|pixel| rgba(pixel).iter().map(|c| format!("{c:02x}")).collect::<String>());
            for (found, expected) in colors.zip(drawn["rgba"].as_array().unwrap()).filter(|_| is_by_index) {
                let expected = expected.as_str().unwrap();
                let is_clear = expected.ends_with("00") && found.ends_with("00");
                assert!(is_clear || found == expected, "{name}: {found}, not {expected}");
            }
            for (pixel, index) in pixels.iter().zip(drawn["indices"].as_array().unwrap()) {
                assert_eq!(u64::from(pixel.index), index.as_u64().unwrap(), "{name}");
            }
        }
    }
    assert_eq!(expected.as_object().unwrap().len(), 17);
}

#[test]
fn palettes_hold_from_their_frame() {
    let sprite = Sprite::indexed([1, 1], &COLORS, &[&[1], &[1], &[2]])
        .with(1, palette(4, 1, &[[99, 99, 99, 255]]))
        .with(2, palette(4, 3, &[[77, 77, 77, 255]]));
    assert_eq!(decode(&sprite).rgba(), [[10, 10, 10, 255], [99, 99, 99, 255], [20, 20, 20, 255]]);
}

#[test]
fn palettes_are_black_at_first() {
    let mut sprite = Sprite::new([2, 1], 8).with(0, layer("a").chunk()).with(0, cel(0, [0, 0], [2, 1], &[1, 3]));
    sprite.colors = 2;
    assert_eq!(decode(&sprite).rgba(), [[0, 0, 0, 255], CLEAR]);
    sprite.colors = 0;
    assert_eq!(decode(&sprite).rgba(), [[0, 0, 0, 255], [0, 0, 0, 255]]);
}

#[test]
fn old_palettes_count_until_a_current_one() {
    let old = |value: u8| old_palette(4, &[(1, &[[value; 3]])]);
    let base = Sprite::indexed([1, 1], &[], &[&[1]]);
    let mut sprite = base.clone();
    sprite.colors = 4;
    sprite.frames[0].splice(0..1, [old(50), palette(4, 2, &[[9, 9, 9, 255]]), old(60)]);
    assert_eq!(decode(&sprite).rgba(), [[50, 50, 50, 255]]);
    sprite.frames[0].splice(0..3, [old_palette(0x000B, &[(1, &[[63, 32, 1]])])]);
    assert_eq!(decode(&sprite).rgba(), [[255, 130, 4, 255]]);
    // What the format's description calls 0x0011 is another chunk, which Aseprite does not read.
    sprite.frames[0][0].0 = 0x0011;
    assert_eq!(decode(&sprite).rgba(), [[0, 0, 0, 255]]);
}

#[test]
fn packets_count_only_skipped_colors() {
    let mut sprite = Sprite::new([3, 1], 8).with(0, layer("a").chunk()).with(0, cel(0, [0, 0], [3, 1], &[1, 2, 3]));
    let packets: [(u8, &[[u8; 3]]); 2] = [(1, &[[1; 3], [2; 3]]), (1, &[[9; 3]])];
    sprite = sprite.with(0, old_palette(4, &packets));
    assert_eq!(decode(&sprite).rgba(), [[1, 1, 1, 255], [9, 9, 9, 255], [0, 0, 0, 255]]);
}

#[test]
fn transparent_index_is_opaque_on_backgrounds() {
    let mut sprite = one_pixel(8, &[(layer("b").background(), Some(&[2])), (layer("a"), Some(&[2]))]);
    sprite = sprite.with_palette(&COLORS);
    sprite.transparent = 2;
    let decoded = decode(&sprite);
    assert_eq!((decoded.rgba(), decoded.image.has_trns), (vec![[20, 20, 20, 255]], false));
    // Without the background, the layer shows nothing of it.
    assert_eq!(decode_part(&sprite, &layer_part("a")).rgba(), [CLEAR]);
    assert!(decode_part(&sprite, &layer_part("a")).image.has_trns);
}

#[test]
fn indices_past_the_palette_are_transparent() {
    let mut sprite = one_pixel(8, &[(layer("a"), Some(&[1])), (layer("b"), Some(&[200]))]).with_palette(&COLORS);
    assert_eq!(decode(&sprite).indices(), [1]);
    sprite = one_pixel(8, &[(layer("b"), Some(&[200]))]).with_palette(&COLORS);
    assert_eq!(decode(&sprite).rgba(), [CLEAR]);
}

#[test]
fn clear_colors_hide_nothing_below() {
    let mut sprite = one_pixel(8, &[(layer("a"), Some(&[1])), (layer("b"), Some(&[2]))]);
    sprite = sprite.with(0, palette(4, 0, &[[0; 4], [7, 7, 7, 255], [9, 9, 9, 0], [8, 8, 8, 100]]));
    assert_eq!((decode(&sprite).rgba(), decode(&sprite).indices()), (vec![[7, 7, 7, 255]], vec![1]));
    let partial = one_pixel(8, &[(layer("b"), Some(&[1]))]).with(0, palette(2, 0, &[[0; 4], [8, 8, 8, 100]]));
    assert_eq!(decode(&partial).rgba(), [[8, 8, 8, 100]]);
}

#[test]
fn indices_ignore_opacity_and_modes() {
    let layers = [(layer("a"), Some(&[1][..])), (layer("b").blended(1, 40), Some(&[2]))];
    assert_eq!(decode(&one_pixel(8, &layers).with_palette(&COLORS)).indices(), [2]);
}

#[test]
fn opacities_of_layers_need_the_flag() {
    let mut sprite = one_pixel(32, &[(layer("a").blended(0, 128), Some(&A))]);
    assert_eq!(decode(&sprite).rgba(), [[200, 0, 0, 128]]);
    sprite.flags = 0;
    assert_eq!(decode(&sprite).rgba(), [A]);
}

#[test]
fn opacities_of_cels_and_layers_multiply() {
    let sprite = Sprite::new([1, 1], 32).with(0, layer("a").blended(0, 128).chunk());
    let sprite = sprite.with(0, cel_with(0, [0, 0], [1, 1], 128, 0, &A));
    // 128 × 128 ÷ 255 = 64.25
    assert_eq!(decode(&sprite).rgba(), [[200, 0, 0, 64]]);
}

#[test]
fn gray_pixels_are_colors() {
    let sprite = one_pixel(16, &[(layer("a"), Some(&[120, 255])), (layer("b").blended(16, 255), Some(&[10, 255]))]);
    let decoded = decode(&sprite);
    assert_eq!((decoded.rgba(), decoded.image.own_palette), (vec![[130, 130, 130, 255]], None));
}

#[test]
fn links_have_their_own_place() {
    let sprite = Sprite::rgba([2, 1], &[&[A, CLEAR].concat()]);
    let sprite = sprite.with(1, linked_cel(0, [1, 0], 0)).with(2, linked_cel(0, [0, 0], 1));
    assert_eq!(decode(&sprite).rgba(), [A, CLEAR, CLEAR, A, A, CLEAR]);
    assert_eq!(refusal(&Sprite::rgba([1, 1], &[&A]).with(1, linked_cel(0, [0, 0], 1))).code, Code::ImageDamaged);
    assert_eq!(refusal(&Sprite::rgba([1, 1], &[&A]).with(1, linked_cel(0, [0, 0], 9))).code, Code::ImageDamaged);
}

#[test]
fn raw_cels_are_read() {
    let sprite = Sprite::new([2, 1], 32).with(0, layer("a").chunk());
    assert_eq!(decode(&sprite.clone().with(0, raw_cel(0, [1, 0], [1, 1], &A))).rgba(), [CLEAR, A]);
    assert_eq!(refusal(&sprite.with(0, raw_cel(0, [1, 0], [1, 1], &A[..3]))).code, Code::ImageDamaged);
}

#[test]
fn cels_are_clipped_to_the_sprite() {
    let pixels = [A, B, A, B, B, A, B, A, A].concat();
    let sprite = Sprite::new([2, 2], 32).with(0, layer("a").chunk());
    assert_eq!(decode(&sprite.clone().with(0, cel(0, [-1, -1], [3, 3], &pixels))).rgba(), [B, A, A, A]);
    assert_eq!(decode(&sprite.clone().with(0, cel(0, [1, 1], [3, 3], &pixels))).rgba(), [CLEAR, CLEAR, CLEAR, A]);
    assert_eq!(decode(&sprite.with(0, cel(0, [2, -9], [3, 3], &pixels))).rgba(), [CLEAR; 4]);
}

#[test]
fn z_indices_move_cels() {
    let draw = |z: [i16; 3]| {
        let mut sprite = Sprite::new([1, 1], 8).with_palette(&COLORS);
        for name in ["a", "b", "c"] {
            sprite = sprite.with(0, layer(name).chunk());
        }
        for (n, z_index) in (0u8..).zip(z) {
            sprite = sprite.with(0, cel_with(n.into(), [0, 0], [1, 1], 255, z_index, &[n + 1]));
        }
        decode(&sprite).indices()[0]
    };
    assert_eq!(draw([0, 0, 0]), 3);
    assert_eq!(draw([3, 0, 0]), 1);
    assert_eq!(draw([0, 0, -3]), 2);
    // Layer 1 moves to the place of layer 3, and the z-index decides.
    assert_eq!(draw([2, 0, 0]), 1);
    assert_eq!(draw([0, 2, 1]), 2);
}

#[test]
fn hidden_and_reference_layers_are_not_drawn() {
    let mut reference = layer("r");
    reference.flags |= 64;
    let layers = [
        (layer("a"), Some(&A[..])),
        (layer("g").group().hidden(), None),
        (layer("b").at_level(1), Some(&B)),
        (layer("h").hidden(), Some(&B)),
        (reference, Some(&B)),
    ];
    assert_eq!(decode(&one_pixel(32, &layers)).rgba(), [A]);
}

#[test]
fn groups_are_composed_if_flagged() {
    let layers =
        [(layer("a"), Some(&A[..])), (layer("g").group().blended(0, 0), None), (layer("b").at_level(1), Some(&B))];
    let mut sprite = one_pixel(32, &layers);
    // Without the flag a group has neither opacity nor blend mode.
    assert_eq!(decode(&sprite).rgba(), [B]);
    sprite.flags = 3;
    assert_eq!(decode(&sprite).rgba(), [A]);
    let layers =
        [(layer("a"), Some(&A[..])), (layer("g").group().blended(16, 255), None), (layer("b").at_level(1), Some(&B))];
    sprite = one_pixel(32, &layers);
    sprite.flags = 3;
    assert_eq!(decode(&sprite).rgba(), [[200, 100, 0, 255]]);
    let layers = layers.map(|(layer, pixel)| (layer, pixel.map(|_| &[1][..])));
    sprite = one_pixel(8, &layers).with_palette(&COLORS);
    sprite.flags = 3;
    assert_eq!(decode(&sprite).indices(), [1]);
}

/// A tilemap of one tile of 2 × 2 pixels, which are the indices 1 to 4.
fn one_tile(flips: [bool; 3]) -> Vec<u8> {
    let sprite = Sprite::new([2, 2], 8)
        .with(0, palette(5, 0, &[[0; 4], [1; 4], [2; 4], [3; 4], [4; 4]].map(|[r, g, b, _]| [r, g, b, 255])))
        .with(0, tileset(7, 4, [2, 2], 2, &[9, 9, 9, 9, 1, 2, 3, 4]))
        .with(0, layer("t").tilemap(7).chunk())
        .with(0, tile_cel(0, [0, 0], [1, 1], &[(1, flips)]));
    decode(&sprite).indices()
}

#[test]
fn tiles_are_mirrored_in_order() {
    assert_eq!(one_tile([false, false, false]), [1, 2, 3, 4]);
    assert_eq!(one_tile([true, false, false]), [2, 1, 4, 3]);
    assert_eq!(one_tile([false, true, false]), [3, 4, 1, 2]);
    assert_eq!(one_tile([true, true, false]), [4, 3, 2, 1]);
    assert_eq!(one_tile([false, false, true]), [1, 3, 2, 4]);
    assert_eq!(one_tile([true, false, true]), [3, 1, 4, 2]);
    assert_eq!(one_tile([false, true, true]), [2, 4, 1, 3]);
    assert_eq!(one_tile([true, true, true]), [4, 2, 3, 1]);
}

#[test]
fn empty_tiles_depend_on_the_flag() {
    let draw = |flags: u32, tile: u32| {
        let sprite = Sprite::new([1, 1], 8)
            .with_palette(&COLORS)
            .with(0, tileset(0, flags, [1, 1], 2, &[1, 2]))
            .with(0, layer("t").tilemap(0).chunk())
            .with(0, tile_cel(0, [0, 0], [1, 1], &[(tile, [tile == u32::MAX; 3])]));
        decode(&sprite).indices()[0]
    };
    assert_eq!([draw(4, 0), draw(4, 1), draw(4, 2)], [0, 2, 0]);
    assert_eq!([draw(0, 0), draw(0, 1), draw(0, u32::MAX)], [1, 2, 0]);
}

#[test]
fn tiles_in_other_files_are_refused() {
    let sprite = Sprite::new([2, 2], 8)
        .with_palette(&COLORS)
        .with(0, external_tileset(0, [2, 2]))
        .with(0, layer("t").tilemap(0).chunk())
        .with(0, tile_cel(0, [0, 0], [1, 1], &[(1, [false; 3])]));
    let finding = refusal(&sprite);
    assert_eq!(finding.code, Code::SpriteUnknown);
    assert!(finding.message.contains("`forest`"), "{}", finding.message);
    // It is not drawn, so it is not needed.
    assert_eq!(decode_part(&sprite.with(0, layer("a").chunk()), &layer_part("a")).indices(), [0; 4]);
}

#[test]
fn diagonal_tiles_must_be_square() {
    let sprite = Sprite::new([2, 2], 8)
        .with_palette(&COLORS)
        .with(0, tileset(0, 4, [2, 1], 2, &[0, 0, 1, 2]))
        .with(0, layer("t").tilemap(0).chunk());
    let draw = |flips| sprite.clone().with(0, tile_cel(0, [0, 1], [1, 1], &[(1, flips)]));
    assert_eq!(decode(&draw([true, true, false])).indices(), [0, 0, 2, 1]);
    assert_eq!(refusal(&draw([false, false, true])).code, Code::ImageDamaged);
}

#[test]
fn frames_without_cels_are_blank() {
    let mut sprite = Sprite::rgba([1, 1], &[&A]);
    sprite.frames.push(Vec::new());
    assert_eq!(decode(&sprite).rgba(), [A, CLEAR]);
}

#[test]
fn tags_select_frames() {
    let sprite = Sprite::indexed([1, 1], &COLORS, &[&[1], &[2], &[3]])
        .with(0, tags(&[("walk", 1, 2, 2, 3), ("idle", 0, 0, 0, 0), ("twice", 0, 0, 0, 0), ("twice", 1, 1, 0, 0)]));
    let walk = decode_part(&sprite, &tag("walk"));
    assert_eq!((walk.indices(), walk.numbers()), (vec![2, 3], vec![1, 2]));
    let absent = part_refusal(&sprite, &tag("run"));
    assert_eq!(absent.code, Code::SpritePart);
    assert!(absent.message.contains("`walk`, `idle`, `twice`"), "{}", absent.message);
    assert!(part_refusal(&sprite, &tag("twice")).message.starts_with("several tags"));
    let outside = sprite.with(0, tags(&[("far", 2, 3, 0, 0)]));
    assert!(part_refusal(&outside, &tag("far")).message.contains("frames 3 to 4"));
}

#[test]
fn palettes_before_a_tag_count() {
    let sprite = Sprite::indexed([1, 1], &COLORS, &[&[1], &[1]])
        .with(0, palette(4, 1, &[[44, 44, 44, 255]]))
        .with(0, tags(&[("b", 1, 1, 0, 0)]));
    assert_eq!(decode_part(&sprite, &tag("b")).rgba(), [[44, 44, 44, 255]]);
}

#[test]
fn named_layers_are_drawn_even_hidden() {
    let layers = [
        (layer("a"), Some(&[1][..])),
        (layer("body").group().hidden(), None),
        (layer("arm").at_level(1), Some(&[2])),
        (layer("hat").at_level(1).hidden(), Some(&[3])),
        (layer("other").group(), None),
        (layer("arm").at_level(1), Some(&[1])),
    ];
    let sprite = one_pixel(8, &layers).with_palette(&COLORS);
    let index = |name: &str| decode_part(&sprite, &layer_part(name)).indices()[0];
    assert_eq!([index("body"), index("hat"), index("other"), index("body/arm")], [2, 3, 1, 2]);
    assert!(part_refusal(&sprite, &layer_part("arm")).message.starts_with("several layers"));
    for absent in ["body/", "/arm", "x/body/arm", "a/arm", ""] {
        assert!(part_refusal(&sprite, &layer_part(absent)).message.starts_with("no layer"), "{absent}");
    }
    let mut composed = sprite.clone();
    composed.flags = 3;
    assert_eq!(decode_part(&composed, &layer_part("body")).indices(), [2]);
}

#[test]
fn slices_select_a_rectangle_per_frame() {
    let pixels: Vec<u8> = (0..16).map(|n| n % 4).collect();
    let sprite = Sprite::indexed([4, 4], &COLORS, &[&pixels, &pixels, &pixels]);
    let keys = [(0, [1, 0], [2, 1]), (2, [2, 3], [2, 1])];
    let decoded = decode_part(&sprite.clone().with(0, slice("hat", 3, &keys)), &slice_part("hat"));
    assert_eq!(decoded.indices(), [1, 2, 1, 2, 2, 3]);
    let corners: Vec<(u32, u32)> = decoded.image.frames.iter().map(|frame| (frame.corner.x, frame.corner.y)).collect();
    assert_eq!(corners, [(1, 0), (1, 0), (2, 3)]);
    let refused = |keys: &[_]| part_refusal(&sprite.clone().with(0, slice("hat", 0, keys)), &slice_part("hat")).message;
    assert!(refused(&[(1, [0, 0], [1, 1])]).contains("no rectangle in frame 1"));
    assert!(refused(&[(0, [0, 0], [1, 1]), (2, [0, 0], [0, 1])]).contains("no rectangle in frame 3"));
    assert!(refused(&[(0, [3, 0], [2, 1])]).contains("must be inside the sprite of 4 × 4"));
    assert!(refused(&[(0, [-1, 0], [2, 1])]).contains("2 × 1 pixels at (-1, 0)"));
    assert!(
        refused(&[(0, [0, 0], [1, 1]), (1, [0, 0], [2, 1])]).contains("1 × 1 pixels in frame 1, but 2 × 1 in frame 2")
    );
}

#[test]
fn parts_of_a_png_are_refused() {
    let png = support::images::Png::rgb(8, 8, |_, _| packer_services::formats::Rgb([1; 3])).bytes();
    assert_eq!(try_decode(&png, &tag("walk")).err().unwrap().code, Code::SpritePart);
}

#[test]
fn timelines_have_tags_and_durations() {
    let folder = tempfile::tempdir().unwrap();
    let sprite = Sprite::rgba([1, 1], &[&A, &A]).with(0, tags(&[("walk", 0, 1, 3, 2), ("odd", 0, 9, 77, 0)]));
    std::fs::write(folder.path().join("a.ase"), sprite.bytes()).unwrap();
    let timeline = read_sprite_timeline(&Folder::at(folder.path()), &rel_path("a.ase")).unwrap().unwrap();
    assert_eq!(timeline.durations_ms, [100, 101]);
    let tags: Vec<_> =
        timeline.tags.iter().map(|tag| (&*tag.name, tag.from, tag.to, tag.direction, tag.repeat)).collect();
    assert_eq!(
        tags,
        [("walk", 0, 1, AnimationDirection::PingPongReverse, 2), ("odd", 0, 9, AnimationDirection::Forward, 0)]
    );
}

#[test]
fn damage_names_its_place() {
    let sprite = Sprite::rgba([2, 2], &[&[A; 4].concat(), &[A; 4].concat()]);
    let bytes = sprite.bytes();
    let second = 128 + 16 + sprite.frames[0].iter().map(|(_, content)| 6 + content.len()).sum::<usize>();
    // The checksum of the last cel.
    let mut damaged = bytes.clone();
    *damaged.last_mut().unwrap() ^= 1;
    let finding = try_decode(&damaged, &SpritePart::default()).err().unwrap();
    assert!(finding.message.contains("chunk 0 of frame 2"), "{}", finding.message);
    assert_eq!(finding.places, [Place::Byte { offset: second as u64 + 16 }]);
    // The magic number of the second frame.
    let mut damaged = bytes.clone();
    damaged[second + 4] ^= 1;
    let finding = try_decode(&damaged, &SpritePart::default()).err().unwrap();
    assert!(finding.message.contains("the header of frame 2"), "{}", finding.message);
    assert_eq!(finding.places, [Place::Byte { offset: second as u64 }]);
}

#[test]
fn cut_sprites_are_refused_everywhere() {
    let bytes = Sprite::indexed([4, 4], &COLORS, &[&[1; 16], &[2; 16]]).bytes();
    for length in 6..bytes.len() {
        let finding = try_decode(&bytes[..length], &SpritePart::default()).err().expect("it is cut");
        assert_eq!(finding.code, Code::ImageCut, "{length}: {finding}");
        assert!(finding.message.contains(&format!("after {length} bytes")), "{finding}");
    }
}

#[test]
fn bytes_after_the_sprite_are_a_warning() {
    let mut bytes = Sprite::rgba([1, 1], &[&A]).bytes();
    bytes.extend([0; 3]);
    let decoded = try_decode(&bytes, &SpritePart::default()).unwrap_or_else(|finding| panic!("{finding}"));
    let codes: Vec<Code> = decoded.image.findings().map(|finding| finding.code).collect();
    assert_eq!((codes, decoded.image.trailing_bytes), (vec![Code::ImageTrailing], 3));
}

#[test]
fn wrong_numbers_of_pixels_are_damage() {
    let sprite =
        |pixels: &[u8]| Sprite::new([2, 1], 8).with(0, layer("a").chunk()).with(0, cel(0, [0, 0], [2, 1], pixels));
    assert!(refusal(&sprite(&[1])).message.contains("fewer pixels"));
    assert!(refusal(&sprite(&[1, 1, 1])).message.contains("more pixels"));
}

#[test]
fn impossible_layers_and_cels_are_damage() {
    let base = Sprite::new([1, 1], 8).with(0, layer("g").group().chunk());
    let a = cel(0, [0, 0], [1, 1], &[1]);
    assert!(refusal(&base.clone().with(0, a.clone())).message.contains("does not have such cels"));
    assert!(refusal(&base.clone().with(0, cel(5, [0, 0], [1, 1], &[1]))).message.contains("layer 5"));
    assert!(refusal(&base.clone().with(0, layer("a").at_level(2).chunk())).message.contains("group that does not"));
    let twice = Sprite::new([1, 1], 8).with(0, layer("a").chunk()).with(0, a.clone()).with(0, a);
    assert!(refusal(&twice).message.contains("already has a cel"));
    let no_tileset =
        base.with(0, layer("t").tilemap(3).chunk()).with(0, tile_cel(1, [0, 0], [1, 1], &[(0, [false; 3])]));
    assert!(refusal(&no_tileset).message.contains("tileset 3"));
}

#[test]
fn unknown_kinds_are_named() {
    let mut odd = layer("a");
    odd.kind = 9;
    assert!(refusal(&Sprite::new([1, 1], 8).with(0, odd.chunk())).message.contains("a layer of type 9"));
    let mode = layer("a").blended(19, 255);
    assert!(refusal(&Sprite::new([1, 1], 8).with(0, mode.chunk())).message.contains("blend mode 19"));
    let mut unknown = cel(0, [0, 0], [1, 1], &[1]);
    unknown.1[7] = 8;
    let sprite = Sprite::new([1, 1], 8).with(0, layer("a").chunk()).with(0, unknown);
    assert!(refusal(&sprite).message.contains("a cel of type 8"), "{}", refusal(&sprite));
    assert!(refusal(&Sprite::new([1, 1], 24)).message.contains("a color depth of 24 bits"));
    assert!(refusal(&Sprite::new([0, 1], 8)).message.contains("no pixels"));
}

#[test]
fn unknown_chunks_are_skipped() {
    let sprite = Sprite::rgba([1, 1], &[&A]).with(0, (0x7777, vec![1, 2, 3])).with(0, (0x2020, vec![0; 4]));
    assert_eq!(decode(&sprite).rgba(), [A]);
}

#[test]
fn many_chunks_are_counted_in_full() {
    let mut sprite = Sprite::new([1, 1], 32).with(0, layer("a").chunk());
    sprite.frames[0].extend((0..70_000).map(|_| (0x7777, Vec::new())));
    sprite = sprite.with(0, cel(0, [0, 0], [1, 1], &A));
    assert_eq!(decode(&sprite).rgba(), [A]);
    sprite.frames[0].extend((0..SPRITE_CHUNKS).map(|_| (0x7777, Vec::new())));
    assert_eq!(refusal(&sprite).code, Code::ImageTooLarge);
}

#[test]
fn sprites_are_bounded() {
    let refused = |sprite: &Sprite, words: &str| {
        let finding = refusal(sprite);
        assert!(finding.code == Code::ImageTooLarge && finding.message.contains(words), "{finding}");
    };
    refused(&Sprite::new([16_385, 1], 8), "16385 × 1 pixels");
    let mut frames = Sprite::new([8192, 8192], 8);
    frames.frames.push(Vec::new());
    refused(&frames, "2 frames");
    let mut groups = Sprite::new([1, 1], 8);
    groups.flags = 3;
    for level in (0u16..).take(SPRITE_GROUPS as usize + 1) {
        groups = groups.with(0, layer("g").group().at_level(level).chunk());
    }
    refused(&groups, "groups of layers");
    let tiles = Sprite::new([1, 1], 8)
        .with(0, tileset(0, 4, [65_535, 65_535], u32::MAX, &[]))
        .with(0, layer("t").tilemap(0).chunk())
        .with(0, tile_cel(0, [0, 0], [1, 1], &[(1, [false; 3])]));
    refused(&tiles, "tilesets");
    let mut cels =
        Sprite::new([1, 1], 8).with(0, layer("a").chunk()).with(0, raw_cel(0, [0, 0], [65_535, 65_535], &[]));
    const { assert!(SPRITE_DRAWN_PIXELS < 65_535 * 65_535) };
    refused(&cels, "the cels to draw");
    // It is hidden, so it is not drawn.
    cels.frames[0][0] = layer("a").hidden().chunk();
    assert_eq!(decode(&cels).indices(), [0]);
}
