//! Packs, compared with their sources by `tests/support/verify_pack.py`, which shares no code with the packer.

use std::process::Command;

use packer_services::declaration::{ColorKey, Cut, GlyphArtifact, Region, SpritePart};
use packer_services::formats::{Rgb, TileSize};
use support::binary::CommandOutput;
use support::images::Png;
use support::sprites::{self, Sprite};
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, red_green};

use crate::tools::{self, Tool};
use crate::{cli, fixtures};

/// Lines between the tiles.
const LINE: Rgb = Rgb([0x12, 0x34, 0x56]);

/// 4 × 2 tiles of 8 × 8 with a margin of 2 and lines of 1, from (3, 5) on; the tiles 2 and 5 are blank.
fn sheet(blank: Rgb) -> Png {
    Png::rgb(3 + 39 + 4, 5 + 21 + 1, move |x, y| {
        let (Some(x), Some(y)) = (x.checked_sub(5), y.checked_sub(7)) else { return LINE };
        let (column, row) = (x / 9, y / 9);
        match (x % 9 < 8 && y % 9 < 8 && column < 4 && row < 2, row * 4 + column) {
            (false, _) => LINE,
            (_, 2 | 5) => blank,
            (_, n) => [RED, GREEN][((x + y * 3) % (n + 2) % 2) as usize],
        }
    })
}

/// Three artifacts of the sheet with different cuts, and one without a cut.
fn project() -> TestProject {
    let mut project = fixtures::small_project();
    project.write("assets/ui/cut/sheet.png", sheet(KEY).bytes());
    project.write("assets/ui/cut/plain.png", Png::rgb(16, 8, |x, _| if x < 8 { RED } else { KEY }).bytes());
    let of = |index, region, margin, skip_blank| GlyphArtifact {
        color_key: Some(ColorKey::Color(KEY)),
        cut: Cut { region: Some(region), margin, spacing: 1, skip_blank },
        ..artifact("sheet.png", index)
    };
    let (whole, inner) = (Region { x: 3, y: 5, w: 39, h: 21 }, Region { x: 5, y: 7, w: 35, h: 17 });
    let second_row = Region { x: 5, y: 16, w: 17, h: 8 };
    let artifacts = vec![
        of(0, whole, 2, true),
        of(6, inner, 0, false),
        of(14, second_row, 0, true),
        GlyphArtifact { color_key: Some(ColorKey::Color(KEY)), ..artifact("plain.png", 15) },
    ];
    let declaration = glyph(project.next_id(), "ui_cut", TileSize::Eight, vec![red_green()], artifacts);
    project.add_asset("ui/cut", true, &declaration);
    project
}

fn compare(project: &TestProject) -> CommandOutput {
    let script = support::repository().join("tests/support/verify_pack.py");
    tools::run_to_end(Command::new("python3").arg(script).arg(project.root()))
}

#[test]
#[ignore = "needs python3: run with --include-ignored"]
fn python_verifier_agrees_on_sprites() {
    if !tools::are_available(&[Tool::Python]) {
        return;
    }
    let frame = |n: u8| (0..=255u8).map(|at| if at % 16 < 8 { 1 } else { 1 + (at % 16 + n) % 2 }).collect();
    let frames: Vec<Vec<u8>> = (0..3).map(frame).collect();
    let frames: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
    let sprite = Sprite::indexed([16, 16], &[KEY.0, RED.0, GREEN.0], &frames)
        .with(0, sprites::tags(&[("walk", 1, 2, 0, 0)]))
        .with(0, sprites::slice("hat", 0, &[(0, [0, 0], [8, 8]), (2, [8, 8], [8, 8])]))
        .with(0, sprites::layer("hand").hidden().chunk())
        .with(0, sprites::cel(1, [4, 4], [8, 8], &[2; 64]))
        .with(1, sprites::linked_cel(1, [0, 4], 0));
    let part = |tag: Option<&str>, layer: Option<&str>, slice: Option<&str>| {
        let [tag, layer, slice] = [tag, layer, slice].map(|name| name.map(str::to_owned));
        SpritePart { tag, layer, slice }
    };
    let parts = [part(None, None, None), part(Some("walk"), None, None), part(None, Some("hand"), Some("hat"))];
    let parts = std::iter::zip([0, 12, 20], parts);
    let artifacts = parts.map(|(index, part)| GlyphArtifact { part, ..artifact("hero.aseprite", index) }).collect();
    let mut project = TestProject::new();
    let declaration = glyph(1, "hero", TileSize::Eight, vec![red_green()], artifacts);
    project.add_asset("hero", true, &declaration);
    project.write("assets/hero/hero.aseprite", sprite.bytes());
    cli::run_ok(project.root(), "pack @");
    let output = compare(&project);
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    assert!(output.stdout.contains("23 tiles"), "{}", output.stdout);
    // The comparison works: another part of the sprite differs from the pack.
    project.edit("assets/hero/asset.json", "\"tag\": \"walk\"", "\"layer\": \"hand\"");
    assert_eq!(compare(&project).code, 1);
}

#[test]
#[ignore = "needs python3: run with --include-ignored"]
fn python_verifier_agrees_on_cut_sheets() {
    if !tools::are_available(&[Tool::Python]) {
        return;
    }
    let project = project();
    cli::run_ok(project.root(), "pack @");
    let output = compare(&project);
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    assert!(output.stdout.contains("3 blank cells") && output.stdout.contains("17 tiles"), "{}", output.stdout);

    // The comparison works: another cut of the same image differs from the pack.
    let anchor = "assets/ui/cut/asset.json";
    let text = project.read_text(anchor);
    for (from, to) in [
        ("\"skip_blank\": true", "\"skip_blank\": false"),
        ("\"margin\": 2", "\"margin\": 1"),
        ("\"x\": 5", "\"x\": 4"),
        ("\"spacing\": 1", "\"spacing\": 2"),
    ] {
        project.edit(anchor, from, to);
        let output = compare(&project);
        assert_eq!(output.code, 1, "{from}: {}{}", output.stdout, output.stderr);
        assert!(!output.stderr.contains("Traceback"), "{}", output.stderr);
        project.write(anchor, &text);
    }
}
