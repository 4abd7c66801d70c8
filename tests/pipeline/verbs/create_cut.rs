//! Sheets with a region, a margin, lines between the tiles, and blank cells.
//!
//! Each sheet has a twin: a project with the same tiles as separate images. Both must pack to the same bytes.

use packer_services::declaration::{ColorKey, Cut, GlyphArtifact, Region};
use packer_services::formats::{Rgb, TileSize};
use serde_json::{Value, json};
use support::images::{self, Png};
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, red_green};

use crate::{cli, console, tree};

const ANCHOR: &str = "assets/bank/asset.json";
/// The color between and around the tiles, which no palette has.
const LINE: [u8; 4] = [0x12, 0x34, 0x56, 0xFF];
const CLEAR: [u8; 4] = [1, 2, 3, 0];

/// A sheet of 8 × 8 tiles with lines, and the rest of its image.
#[derive(Clone, Copy)]
struct Sheet {
    columns: u32,
    rows: u32,
    margin: u32,
    spacing: u32,
    /// Pixels around the region: left, above, right, below.
    beside: [u32; 4],
    /// The numbers of blank cells.
    blank: &'static [u32],
}

const PLAIN: Sheet = Sheet { columns: 4, rows: 3, margin: 0, spacing: 0, beside: [0; 4], blank: &[] };

/// A pixel of tile `n`; all tiles differ.
fn drawn(n: u32, x: u32, y: u32) -> [u8; 4] {
    let Rgb([r, g, b]) = if (x + 8 * y + 3 * n).is_multiple_of(n + 2) { RED } else { GREEN };
    [r, g, b, 0xFF]
}

impl Sheet {
    fn length(self, count: u32) -> u32 {
        2 * self.margin + count * 8 + (count - 1) * self.spacing
    }

    fn pixel(self, x: u32, y: u32) -> [u8; 4] {
        let [left, top, ..] = self.beside;
        // The cell and the position in it; `None` between cells.
        let along = |at: u32, before: u32, count: u32| {
            let inside = at.checked_sub(before + self.margin)?;
            let (cell, within) = (inside / (8 + self.spacing), inside % (8 + self.spacing));
            (cell < count && within < 8).then_some((cell, within))
        };
        match (along(x, left, self.columns), along(y, top, self.rows)) {
            (Some((column, x)), Some((row, y))) => match row * self.columns + column {
                n if self.blank.contains(&n) => CLEAR,
                n => drawn(n, x, y),
            },
            _ => LINE,
        }
    }

    fn size(self) -> (u32, u32) {
        let [left, top, right, bottom] = self.beside;
        (left + self.length(self.columns) + right, top + self.length(self.rows) + bottom)
    }

    fn image(self) -> Vec<u8> {
        let (width, height) = self.size();
        Png::rgba(width, height, |x, y| self.pixel(x, y)).bytes()
    }

    fn region(self) -> Option<Region> {
        let [x, y, ..] = self.beside;
        let (w, h) = (self.length(self.columns), self.length(self.rows));
        (self.beside != [0; 4]).then_some(Region { x, y, w, h })
    }

    fn cut(self) -> Cut {
        let (margin, spacing) = (self.margin, self.spacing);
        Cut { region: self.region(), margin, spacing, skip_blank: !self.blank.is_empty() }
    }

    /// The same cut as options of `create`.
    fn options(self) -> String {
        let mut options = String::new();
        if let Some(region) = self.region() {
            options.push_str(&format!(" --region {region}"));
        }
        for (pixels, option) in [(self.margin, "--margin"), (self.spacing, "--spacing")] {
            if pixels > 0 {
                options.push_str(&format!(" {option} {pixels}"));
            }
        }
        if !self.blank.is_empty() {
            options.push_str(" --skip-blank");
        }
        options
    }

    /// The tiles as separate images.
    fn tiles(self) -> Vec<Vec<u8>> {
        let cells = (0..self.columns * self.rows).filter(|n| !self.blank.contains(n));
        cells.map(|n| Png::rgba(8, 8, |x, y| drawn(n, x, y)).bytes()).collect()
    }
}

const SHEETS: [(&str, Sheet); 9] = [
    ("lines between the tiles", Sheet { spacing: 1, ..PLAIN }),
    ("a margin", Sheet { margin: 3, ..PLAIN }),
    ("a margin wider than a tile", Sheet { margin: 21, spacing: 2, ..PLAIN }),
    ("lines on all sides", Sheet { margin: 1, spacing: 1, ..PLAIN }),
    ("a region", Sheet { beside: [5, 0, 3, 17], ..PLAIN }),
    ("a region at the image's end", Sheet { beside: [0, 9, 0, 0], ..PLAIN }),
    ("blank cells", Sheet { blank: &[0, 5, 6, 11], ..PLAIN }),
    ("all at once", Sheet { margin: 2, spacing: 3, beside: [1, 2, 3, 4], blank: &[1, 2, 3, 4, 8], ..PLAIN }),
    ("one cell", Sheet { columns: 1, rows: 1, margin: 40, spacing: 90, beside: [7, 0, 0, 0], ..PLAIN }),
];

/// A bank of these artifacts, asset 1.
fn bank(artifacts: Vec<GlyphArtifact>, files: &[(String, Vec<u8>)]) -> TestProject {
    let mut project = TestProject::new();
    for (name, bytes) in files {
        project.write(&format!("assets/bank/{name}"), bytes);
    }
    project.add_asset("bank", true, &glyph(1, "bank", TileSize::Eight, vec![red_green()], artifacts));
    project
}

/// The pack of the tiles as single images, from id 0 on.
fn twin(tiles: &[Vec<u8>]) -> Vec<u8> {
    let files: Vec<(String, Vec<u8>)> =
        (0..).zip(tiles).map(|(n, tile): (u32, _)| (format!("{n}.png"), tile.clone())).collect();
    let artifacts = (0..).zip(&files).map(|(n, (name, _))| artifact(name, n)).collect();
    pack_bytes(&bank(artifacts, &files))
}

fn pack_bytes(project: &TestProject) -> Vec<u8> {
    let output = cli::run_json(project.root(), "pack @");
    assert_eq!((output.code, output.codes()), (0, vec![]), "{}", output.stdout);
    project.pack_bytes()
}

/// A bank of one sheet.
fn bank_of_sheet(image: Vec<u8>, cut: Cut) -> TestProject {
    bank(vec![GlyphArtifact { cut, ..artifact("sheet.png", 0) }], &[("sheet.png".into(), image)])
}

#[test]
fn sheet_packs_like_its_tiles() {
    for (what, sheet) in SHEETS {
        let cut = pack_bytes(&bank_of_sheet(sheet.image(), sheet.cut()));
        assert!(cut == twin(&sheet.tiles()), "{what}");
    }
}

#[test]
fn create_declares_the_cut() {
    for (what, sheet) in SHEETS {
        let project = TestProject::new();
        project.write("art/sheet.png", sheet.image());
        let line = format!("create @ bank --type glyph_bank --tile-size 8{} @/art/sheet.png", sheet.options());
        let answer = cli::run_ok(project.root(), &line);
        assert_eq!(answer["items"], sheet.tiles().len(), "{what}");
        let singles = TestProject::new();
        let mut line = "create @ bank --type glyph_bank".to_owned();
        for (n, tile) in sheet.tiles().iter().enumerate() {
            singles.write(&format!("art/{n}.png"), tile);
            line.push_str(&format!(" @/art/{n}.png"));
        }
        cli::run_ok(singles.root(), &line);
        assert!(pack_bytes(&project) == pack_bytes(&singles), "{what}");

        let declaration: Value = serde_json::from_str(&project.read_text(ANCHOR)).unwrap();
        let mut expected = json!({"file": "sheet.png", "index": 0});
        if let Some(Region { x, y, w, h }) = sheet.region() {
            expected["region"] = json!({"x": x, "y": y, "w": w, "h": h});
        }
        for (key, pixels) in [("margin", sheet.margin), ("spacing", sheet.spacing)] {
            if pixels > 0 {
                expected[key] = pixels.into();
            }
        }
        if !sheet.blank.is_empty() {
            expected["skip_blank"] = true.into();
        }
        assert_eq!(declaration["artifacts"], json!([expected]), "{what}: defaults must not be written");
    }
}

#[test]
fn skipped_cells_are_not_counted() {
    let (_, sheet) = SHEETS[7];
    let project = bank_of_sheet(sheet.image(), sheet.cut());
    let shown = cli::run_ok(project.root(), "show @ bank");
    assert_eq!((&shown["used"], &shown["artifacts"][0]["count"]), (&json!(7), &json!(7)), "{shown}");
    cli::run_ok(project.root(), "palettes @ bank");
}

#[test]
fn show_distinguishes_regions() {
    let region = |x| Cut { region: Some(Region { x, y: 0, w: 8, h: 8 }), ..Cut::default() };
    let part = |x, index| GlyphArtifact { cut: region(x), ..artifact("sheet.png", index) };
    let project = bank(vec![part(8, 0), part(0, 1)], &[("sheet.png".into(), images::checker(16, 8, RED, GREEN))]);
    let shown = cli::run(project.root(), "show @ bank").stdout;
    for line in ["0            sheet.png@8,0,8,8  palette 0", "1            sheet.png@0,0,8,8  palette 0"] {
        assert!(shown.lines().any(|shown| shown == line), "{shown}");
    }
}

#[test]
fn ids_continue_after_skipped_cells() {
    let sheet = Sheet { blank: &[0, 1, 2, 11], ..PLAIN };
    let files = [("sheet.png".to_owned(), sheet.image()), ("last.png".to_owned(), images::plain(8, 8, RED))];
    let with_last_at = |index| {
        let first = GlyphArtifact { cut: sheet.cut(), ..artifact("sheet.png", 0) };
        bank(vec![artifact("last.png", index), first], &files)
    };
    let mut tiles = sheet.tiles();
    tiles.push(images::plain(8, 8, RED));
    assert!(pack_bytes(&with_last_at(8)) == twin(&tiles));
    cli::run_refused(with_last_at(12).root(), "pack @", &["tile-gap"]);
    cli::run_refused(with_last_at(7).root(), "pack @", &["tile-overlap"]);
}

#[test]
fn blank_cells_are_tiles_by_default() {
    let sheet = Sheet { blank: &[1], ..PLAIN };
    let project = bank_of_sheet(sheet.image(), Cut { skip_blank: false, ..sheet.cut() });
    pack_bytes(&project);
    let glyph = console::glyph(&project, 1);
    assert!(glyph.tile(1).unwrap().iter().all(|index| *index == 0));
    assert!(glyph.tile(11).unwrap().iter().any(|index| *index != 0), "the last cell keeps its id");
}

#[test]
fn keyed_cells_are_blank() {
    let two = |removed: Rgb| {
        Png::rgb(24, 8, move |x, y| if x / 8 == 1 { removed } else { [RED, GREEN][((x + y) % 2) as usize] })
    };
    let indexed =
        Png::indexed(
            24,
            8,
            &[RED, RED, GREEN],
            |x, y| if x / 8 == 1 { 0 } else { u8::try_from(1 + (x + y) % 2).unwrap() },
        );
    // One step in 8 bits from the key is the key on the console.
    for (image, key) in [
        (two(KEY), ColorKey::Color(KEY)),
        (two(Rgb([0xFF, 0x01, 0xFF])), ColorKey::Color(KEY)),
        (indexed, ColorKey::Index0),
    ] {
        let cut = Cut { skip_blank: true, ..Cut::default() };
        let keyed = GlyphArtifact { color_key: Some(key), cut, ..artifact("sheet.png", 0) };
        let project = bank(vec![keyed], &[("sheet.png".into(), image.bytes())]);
        let checker = images::checker(8, 8, RED, GREEN);
        assert!(pack_bytes(&project) == twin(&[checker.clone(), checker]), "{key:?}");
    }
}

#[test]
fn one_pixel_is_not_blank() {
    for at in [(8, 0), (15, 7), (8, 7), (11, 3)] {
        let image = Png::rgba(16, 8, |x, y| if x < 8 || (x, y) == at { [0xFF, 0, 0, 0xFF] } else { CLEAR }).bytes();
        let project = bank_of_sheet(image, Cut { skip_blank: true, ..Cut::default() });
        pack_bytes(&project);
        let tile = console::glyph(&project, 1).tile(1).unwrap();
        assert_eq!(tile.iter().filter(|index| **index != 0).count(), 1, "{at:?}");
    }
}

#[test]
fn partial_cells_are_refused() {
    let whole = Sheet { margin: 1, spacing: 2, ..PLAIN };
    let (width, height) = whole.size();
    let refused = |width: u32, height: u32, cut: Cut, code: &str| {
        let image = Png::rgba(width, height, |x, y| whole.pixel(x, y)).bytes();
        let project = bank_of_sheet(image.clone(), cut);
        cli::run_refused(project.root(), "pack @", &[code]);
        let before = tree::read_tree(&project.at("assets/bank"));
        cli::run_refused(project.root(), "palettes @ bank --apply", &[code]);
        tree::assert_same(&before, &tree::read_tree(&project.at("assets/bank")), code);
        assert!(!project.exists("build"));
    };
    for (w, h) in [(width + 1, height), (width - 1, height), (width, height + 2), (width, height - 8)] {
        refused(w, h, whole.cut(), "image-size");
    }
    for cut in [
        Cut { margin: 0, ..whole.cut() },
        Cut { spacing: 1, ..whole.cut() },
        Cut { margin: 200, ..whole.cut() },
        Cut { margin: 16_384, spacing: 16_384, ..whole.cut() },
        Cut { region: Some(Region { x: 0, y: 0, w: width - 1, h: height }), ..whole.cut() },
        Cut { region: Some(Region { x: 0, y: 0, w: 1, h: 1 }), margin: 0, ..whole.cut() },
    ] {
        refused(width, height, cut, "image-size");
    }
    for (x, y, w, h) in [
        (1, 0, width, height),
        (0, 1, width, height),
        (0, 0, width + 10, height),
        (16_384, 16_384, 16_384, 16_384),
        (width, 0, 8, 8),
    ] {
        let region = Some(Region { x, y, w, h });
        refused(width, height, Cut { region, ..whole.cut() }, "region-outside");
    }
}

#[test]
fn blank_sheet_is_refused() {
    let blank = Png::rgba(16, 16, |_, _| CLEAR).bytes();
    let skip = Cut { skip_blank: true, ..Cut::default() };
    let project = bank_of_sheet(blank.clone(), skip);
    cli::run_refused(project.root(), "pack @", &["image-blank"]);
    cli::run_refused(project.root(), "palettes @ bank --apply", &["image-blank"]);
    pack_bytes(&bank_of_sheet(blank, Cut::default()));
    // A region without tiles, in an image that has some.
    let region = Some(Region { x: 8, y: 0, w: 8, h: 8 });
    let half = Png::rgba(16, 8, |x, y| if x < 8 { drawn(0, x, y) } else { CLEAR }).bytes();
    cli::run_refused(bank_of_sheet(half, Cut { region, ..skip }).root(), "pack @", &["image-blank"]);
}

#[test]
fn skipped_cells_take_no_room() {
    // 36 × 32 cells of 8 × 8, 128 more than the 1024 of a bank.
    let sheet = |drawn: u32| {
        let pixel = move |x: u32, y: u32| if x / 8 + y / 8 * 36 < drawn { [0xFF, 0, 0, 0xFF] } else { CLEAR };
        Png::rgba(288, 256, pixel).bytes()
    };
    let skip = Cut { skip_blank: true, ..Cut::default() };
    let project = bank_of_sheet(sheet(1024), skip);
    pack_bytes(&project);
    assert!(console::glyph(&project, 1).tile(1023).unwrap().iter().all(|index| *index == 1));
    for (drawn, cut) in [(1025, skip), (36 * 32, skip), (10, Cut::default())] {
        let project = bank_of_sheet(sheet(drawn), cut);
        cli::run_refused(project.root(), "pack @", &["tile-overflow"]);
        project.write("art/sheet.png", sheet(drawn));
        let skip = if cut.skip_blank { " --skip-blank" } else { "" };
        let line = format!("create @ new --type glyph_bank --tile-size 8{skip} @/art/sheet.png");
        cli::run_refused(project.root(), &line, &["tile-overflow"]);
        assert!(!project.exists("assets/new"));
    }
}

#[test]
fn extreme_cut_numbers_are_findings() {
    let project = bank_of_sheet(PLAIN.image(), Cut::default());
    let text = project.read_text(ANCHOR);
    let numbers = [
        "-1",
        "1.5",
        "16385",
        "2147483648",
        "4294967295",
        "4294967296",
        "18446744073709551615",
        "1e9",
        "\"8\"",
        "true",
        "null",
        "[]",
    ];
    let mut tried = 0;
    let mut check = |members: &str, finding: Option<&str>| {
        project.write(ANCHOR, text.replacen("\"index\": 0", &format!("\"index\": 0, {members}"), 1));
        for line in ["pack @", "doctor @", "palettes @ bank", "palettes @ bank --apply", "show @ bank", "list @"] {
            let output = cli::run_json(project.root(), line);
            assert!(!output.stderr.contains("panicked"), "{members}: {line}\n{}", output.stderr);
            let only_reads = line.starts_with("show") || line.starts_with("list");
            assert_eq!(output.code, i32::from(!only_reads), "{members}: {line}\n{}", output.stdout);
            let codes = output.codes();
            let is_right = |code: &String| finding.map_or(code.starts_with("json-"), |finding| code == finding);
            assert!(only_reads || codes.iter().all(is_right) && !codes.is_empty(), "{members}: {line}: {codes:?}");
        }
        tried += 1;
    };
    for number in numbers {
        check(&format!("\"margin\": {number}"), None);
        check(&format!("\"spacing\": {number}"), None);
        check(&format!("\"region\": {{\"x\": {number}, \"y\": 0, \"w\": 8, \"h\": 8}}"), None);
        check(&format!("\"region\": {{\"x\": 0, \"y\": 0, \"w\": 8, \"h\": {number}}}"), None);
        check(&format!("\"skip_blank\": {}", number.replace("true", "\"true\"")), None);
    }
    for members in [
        "\"region\": {\"x\": 0, \"y\": 0, \"w\": 0, \"h\": 8}",
        "\"region\": {\"x\": 0, \"y\": 0, \"w\": 8}",
        "\"region\": {\"x\": 0, \"y\": 0, \"w\": 8, \"h\": 8, \"d\": 8}",
        "\"region\": [0, 0, 8, 8]",
        "\"margin\": 0, \"margin\": 0",
    ] {
        check(members, None);
    }
    // The largest valid numbers of pixels.
    for members in
        ["\"margin\": 16384", "\"spacing\": 16384", "\"margin\": 16384, \"spacing\": 16384", "\"margin\": 17"]
    {
        check(members, Some("image-size"));
    }
    check("\"region\": {\"x\": 16384, \"y\": 16384, \"w\": 16384, \"h\": 16384}", Some("region-outside"));
    assert_eq!(tried, 5 * 12 + 5 + 4 + 1);
}

#[test]
fn tile_size_follows_from_the_cut() {
    let project = TestProject::new();
    project.write("art/framed.png", images::plain(12, 12, RED));
    let created = cli::run_ok(project.root(), "create @ bank --type glyph_bank --margin 2 @/art/framed.png");
    assert_eq!(created["items"], 1);
    let declared: Value = serde_json::from_slice(&project.read(ANCHOR)).unwrap();
    assert_eq!(declared["output"]["metadata"], json!({ "tile_size": 8 }));
    let several = "create @ other --type glyph_bank --region 0,0,8,8 --margin 4 @/art/framed.png";
    cli::run_refused(project.root(), several, &["tile-size-needed"]);
}
