//! Paths that are invalid on some system, and names that are different on one system and equal on another: refused on
//! every system, before any file is opened.

use packer_services::declaration::Declaration;
use packer_services::internals::paths::{RelPath, fold_key};
use packer_services::registry::Registry;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use support::images::checker;
use support::{GREEN, RED, TestProject, codes, sample, sound, uuid};

use crate::random::cases;

/// Names of every kind; [`is_valid`] decides which are valid.
fn name() -> impl Strategy<Value = String> {
    let names = [
        "hero.png",
        "b-1_2",
        "-dash",
        " lead",
        "a b",
        "café",
        "漢字",
        "😀.png",
        "x.tar.gz",
        "com",
        "com10",
        "lpt0",
        "console",
        "nul_",
        "aux1.png",
        "conin",
        "a..b",
        "~",
        "$x",
        "%2e%2e",
        "a'b",
        "{}",
        "#1",
        "é",
        "..a",
        ".",
        "..",
        "...",
        "",
        ".git",
        ".prometeu",
        "CON",
        "con.png",
        "Nul.tar.gz",
        "aux",
        "PRN.",
        "COM1",
        "com9.wav",
        "LPT5",
        "com¹",
        "LPT².x",
        "com³",
        "CONIN$",
        "conout$.png",
        "a.",
        "a ",
        "a. .",
        "what?",
        "a*b",
        "<",
        ">",
        "a|b",
        "\"",
        "ab:c",
        "C:",
        "C:x",
        "a\\b",
        "\\",
        "\\\\srv",
        "tab\t",
        "nl\n",
        "nul\0",
        "\u{7f}",
        "\u{85}",
        "e\u{301}",
        "\u{212A}",
        "\u{1100}\u{1161}",
    ];
    prop_oneof![
        20 => select(names.to_vec()).prop_map(str::to_owned),
        1 => (250..260usize).prop_map(|length| "x".repeat(length)),
        1 => (80..90usize).prop_map(|length| "漢".repeat(length)),
    ]
}

/// The rules of the spec, implemented independently.
fn is_valid(path: &str) -> bool {
    const RESERVED: &str = "CON PRN AUX NUL COM1 COM2 COM3 COM4 COM5 COM6 COM7 COM8 COM9 LPT1 LPT2 LPT3 LPT4 LPT5 LPT6 LPT7 \
                            LPT8 LPT9 COM¹ COM² COM³ LPT¹ LPT² LPT³ CONIN$ CONOUT$";
    let composed = !["\u{301}", "\u{212A}", "\u{1161}"].iter().any(|part| path.contains(part));
    let segment = |segment: &str| {
        let stem = segment.split('.').next().unwrap().to_ascii_uppercase();
        !segment.is_empty()
            && segment.len() <= 255
            && !segment.starts_with('.')
            && !segment.ends_with(['.', ' '])
            && !segment.contains(|c: char| c.is_control() || "\\<>:\"|?*".contains(c))
            && !RESERVED.split_whitespace().any(|reserved| reserved == stem)
    };
    composed && path.len() <= 1024 && path.split('/').all(segment)
}

fn declaration_codes(path: &str) -> Vec<&'static str> {
    let mut declaration: serde_json::Value =
        serde_json::from_slice(&sound(1, "sfx", 8000, vec![sample("a.wav", 0)]).to_bytes()).unwrap();
    declaration["artifacts"][0]["file"] = path.into();
    codes(&Declaration::read(declaration.to_string().as_bytes()).findings)
}

fn registry_codes(path: &str) -> Vec<&'static str> {
    let entry =
        serde_json::json!({"asset_id": 1, "asset_uuid": uuid(1).to_string(), "root": path, "included_in_build": true});
    let registry = serde_json::json!({"schema_version": 1, "next_asset_id": 2, "assets": [entry]});
    codes(&Registry::read(registry.to_string().as_bytes()).1)
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn path_is_valid_everywhere_or_nowhere(
        start in select(vec!["", "", "", "", "/", "C:\\", "\\\\srv\\s\\", "C:"]), names in vec(name(), 1..5),
        separator in select(vec!["/", "/", "/", "/", "\\", "//"]),
    ) {
        let path = format!("{start}{}", names.join(separator));
        let parsed = RelPath::parse(&path);
        prop_assert_eq!(parsed.is_ok(), is_valid(&path), "{:?}: {:?}", path, parsed);
        if let Err(problem) = parsed {
            prop_assert!(problem.code.as_str().starts_with("path-"));
            prop_assert!(!problem.message.contains(|c: char| c.is_control()), "{:?} must be escaped", problem.message);
            prop_assert_eq!(declaration_codes(&path), [problem.code.as_str()]);
            prop_assert_eq!(registry_codes(&path), [problem.code.as_str()]);
        } else {
            prop_assert_eq!(declaration_codes(&path), [] as [&str; 0]);
            prop_assert_eq!(registry_codes(&path), [] as [&str; 0]);
        }
    }

    #[test]
    fn path_is_unchanged_and_stays_inside(path in "[a-zA-Z./\\\\: é~-]{0,24}") {
        if let Ok(parsed) = RelPath::parse(&path) {
            prop_assert_eq!(parsed.as_str(), &path);
            let as_path = std::path::Path::new(&path);
            prop_assert!(as_path.components().all(|part| matches!(part, std::path::Component::Normal(_))));
        } else {
            prop_assert!(!is_valid(&path));
        }
    }
}

#[test]
fn path_limit_is_1024_bytes() {
    let path = |length: usize| vec!["abcdefg"; 200].join("/")[..length].to_owned();
    assert!(RelPath::parse(&path(1023)).is_ok());
    assert!(RelPath::parse(&(path(1023) + "x")).is_ok());
    assert_eq!(RelPath::parse(&(path(1023) + "xy")).unwrap_err().code.as_str(), "path-too-long");
    assert_eq!(declaration_codes(&"abcdefg/".repeat(10_000)), ["path-too-long"]);
}

/// Pairs of names that are equal on some system.
const TWINS: [(&str, &str); 9] = [
    ("Hero.png", "hero.png"),
    ("HERO.PNG", "hErO.pNg"),
    ("É.png", "é.png"),
    ("straße.png", "STRASSE.png"),
    ("ſ.png", "S.png"),
    ("ﬁne.png", "FINE.png"),
    ("ΟΔΟΣ.png", "οδος.png"),
    ("İ.png", "i\u{307}.png"),
    ("ǅ.png", "ǆ.png"),
];

#[test]
fn case_twins_collide_in_every_list() {
    for (first, second) in TWINS {
        assert_eq!(fold_key(first), fold_key(second), "{first} {second}");
        let good = sound(1, "sfx", 8000, vec![sample("a.wav", 0), sample("b.wav", 1)]).to_bytes();
        let text = String::from_utf8(good).unwrap();
        let artifacts = text.replace("a.wav", &format!("x/{first}")).replace("b.wav", &format!("x/{second}"));
        let palettes =
            text.replace("\"inputs\": {}", &format!("\"inputs\": {{\"palettes\": [\"{first}\", \"{second}\"]}}"));
        let both = text
            .replace("a.wav", first)
            .replace("\"inputs\": {}", &format!("\"inputs\": {{\"palettes\": [\"{second}\"]}}"));
        for declaration in [artifacts, palettes, both] {
            let findings = Declaration::read(declaration.as_bytes()).findings;
            assert_eq!(codes(&findings), ["path-collision"], "{declaration}");
            assert!(
                findings[0].message.contains(first) && findings[0].message.contains(second),
                "{}",
                findings[0].message
            );
        }
        let mut registry = Registry::empty();
        registry.register(uuid(1), support::rel_path(first), false).unwrap();
        registry.register(uuid(2), support::rel_path(second), false).unwrap();
        assert_eq!(codes(&Registry::read(&registry.to_bytes()).1), ["path-collision"], "{first} {second}");
    }
}

#[test]
fn same_name_twice_is_allowed() {
    let declaration = sound(1, "sfx", 8000, vec![sample("a.wav", 0), sample("a.wav", 1), sample("b/a.wav", 2)]);
    assert_eq!(codes(&Declaration::read(&declaration.to_bytes()).findings), [] as [&str; 0]);
}

#[test]
#[cfg(target_os = "linux")]
fn file_twin_offers_a_rename() {
    use packer_services::diagnostics::Fix;
    for (declared, existing) in [("tile.png", "Tile.png"), ("café.png", "cafe\u{301}.png"), ("É.png", "e\u{301}.png")]
    {
        let mut project = TestProject::new();
        project.add_glyph("ui");
        project.edit("assets/ui/asset.json", "tile.png", declared);
        std::fs::remove_file(project.at("assets/ui/tile.png")).unwrap();
        project.write(&format!("assets/ui/{existing}"), checker(8, 8, RED, GREEN));
        let findings = project.findings();
        let twin = findings.iter().find(|finding| finding.code.as_str() == "file-twin").expect(declared);
        let (from, to) = (format!("assets/ui/{existing}"), format!("assets/ui/{declared}"));
        assert_eq!(twin.fix, Some(Fix::Rename { from: from.clone(), to: to.clone() }));
        std::fs::rename(project.at(&from), project.at(&to)).unwrap();
        assert_eq!(codes(&project.findings()), [] as [&str; 0], "the fix must remove the finding");
    }
}
