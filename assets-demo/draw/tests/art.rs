//! The quality of the art: every declared color is used, and no sound clicks.

use std::collections::BTreeSet;

use assets_demo_draw::palette::Palette;
use assets_demo_draw::{canvas::Canvas, drafts, font, hero, lamps, sound, terrain};

#[test]
fn every_declared_color_is_used() {
    for (name, palettes, images) in [
        ("terrain", terrain::palettes(), vec![terrain::sheet()]),
        ("hero", hero::palettes(), vec![hero::sheet()]),
        ("lamps", lamps::palettes(), vec![lamps::lampkin(), lamps::wisp(), lamps::moth(), lamps::snuffer()]),
        ("font", font::palettes(), vec![font::letters(), font::frames()]),
        ("title", vec![drafts::title_palette(true)], vec![drafts::title()]),
        ("sketch", vec![drafts::sketch_palette()], vec![drafts::owl()]),
    ] {
        let drawn: BTreeSet<u8> = images.iter().flat_map(Canvas::pixels).copied().filter(|&index| index > 0).collect();
        let most = palettes.iter().map(|palette| palette.colors().len()).max().unwrap();
        assert_eq!(drawn, (1..).take(most - 1).collect(), "{name}");
    }
}

#[test]
fn palette_colors_differ_on_the_console() {
    let all: Vec<Palette> =
        [terrain::palettes(), hero::palettes(), lamps::palettes(), font::palettes()].into_iter().flatten().collect();
    for palette in all {
        let distinct: BTreeSet<u16> = palette.colors().iter().map(|color| color.to_565().0).collect();
        assert_eq!(distinct.len(), palette.colors().len(), "{}", palette.name());
    }
}

#[test]
fn effects_start_silent_and_never_clip() {
    for sound in [sound::jump(), sound::pickup(), sound::hit(), sound::step(), sound::blip(), sound::ignite()] {
        assert_eq!((sound.first(), sound.last()), (Some(&0), Some(&0)));
        let peak = sound.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
        assert!((9_000..26_000).contains(&peak), "{peak}");
    }
}

#[test]
fn loop_point_of_night_is_smooth() {
    let (night, (start, end)) = sound::night();
    let (start, end) = (start as usize, end as usize);
    assert_eq!(end, night.len());
    assert!(night[end - 1] < 0 && night[start] >= 0, "not a zero crossing");
    assert!(night[end - 1].abs_diff(night[start]) < 100, "{} to {}", night[end - 1], night[start]);
}
