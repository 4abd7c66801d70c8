//! A valid pack, cut at every byte and with every byte of its header changed: `verify` refuses each. Payload bytes are
//! checked by the hashes beside the pack; elsewhere `verify` reports that it did not check them.

use std::fs::{File, OpenOptions};
use std::io::{Cursor, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use packer_services::Context;
use packer_services::diagnostics::{Code, Finding};
use packer_services::internals::pack::container;
use packer_services::ops::{Operation, VerifyPack};
use support::sounds::Wav;
use support::{TestProject, codes, sample, sound};

/// The possible codes of a pack whose header has a changed byte.
const HEADER: [&str; 16] = [
    "pack-header-json",
    "pack-header-form",
    "pack-header-shape",
    "pack-ids",
    "pack-name",
    "pack-bank-type",
    "pack-codec",
    "pack-sizes",
    "pack-metadata",
    "pack-gap",
    "pack-overlap",
    "pack-overflow",
    "pack-tail",
    "pack-preload",
    "pack-padding",
    "companion-differs",
];

fn verified(file: &Path) -> Vec<Finding> {
    VerifyPack::new(file).run(&Context::new()).unwrap().findings().to_vec()
}

fn is_refused(findings: &[Finding]) -> bool {
    findings.iter().any(Finding::is_error)
}

/// The packed example project, the path of its pack beside the companions, and the pack's bytes.
fn packed() -> (TestProject, PathBuf, Vec<u8>) {
    let project = TestProject::example();
    project.pack();
    let (file, bytes) = (project.at("build/assets.pa"), project.pack_bytes());
    assert_eq!(codes(&verified(&file)), [] as [&str; 0]);
    (project, file, bytes)
}

/// A pack of two short sounds, small enough to test every byte.
fn short_pack() -> (TestProject, PathBuf, Vec<u8>) {
    let mut project = TestProject::new();
    for (n, name) in [(1, "a"), (2, "b")] {
        project.write(&format!("assets/{name}/x.wav"), Wav::mono16(8000, &[1, -2, 3, 400]).bytes());
        project.add_asset(name, true, &sound(n, name, 8000, vec![sample("x.wav", 0)]));
    }
    project.pack();
    let (file, bytes) = (project.at("build/assets.pa"), project.pack_bytes());
    (project, file, bytes)
}

fn payload_offset(bytes: &[u8]) -> usize {
    usize::try_from(u64::from_le_bytes(bytes[12..20].try_into().unwrap())).unwrap()
}

/// A file in which single bytes are changed and restored.
struct Patched(File);

impl Patched {
    fn open(path: &Path) -> Self {
        Self(OpenOptions::new().write(true).open(path).unwrap())
    }

    fn set(&mut self, at: usize, byte: u8) {
        self.0.seek(SeekFrom::Start(at as u64)).unwrap();
        self.0.write_all(&[byte]).unwrap();
    }
}

#[test]
fn pack_cut_anywhere_is_refused() {
    let (_project, _, bytes) = packed();
    let payload = payload_offset(&bytes);
    for length in 0..bytes.len() {
        let read = container::read(&mut Cursor::new(&bytes[..length]), length as u64).unwrap();
        let code = read.expect_err("a cut pack").first().unwrap().code;
        let expected = match length {
            0 => Code::PackMagic,
            _ if length < payload => Code::PackCut,
            _ => Code::PackOverflow,
        };
        assert_eq!(code, expected, "{length} of {} bytes", bytes.len());
    }
}

#[test]
fn verify_refuses_any_cut() {
    let (_project, file, bytes) = short_pack();
    let handle = OpenOptions::new().write(true).open(&file).unwrap();
    for length in (0..bytes.len()).rev() {
        handle.set_len(length as u64).unwrap();
        assert!(is_refused(&verified(&file)), "{length} of {} bytes", bytes.len());
    }
}

#[test]
fn changed_prelude_byte_has_its_code() {
    let (_project, file, bytes) = packed();
    let mut patched = Patched::open(&file);
    for (at, old) in bytes[..32].iter().enumerate() {
        for value in (0..=255).filter(|value| value != old) {
            patched.set(at, value);
            let findings = verified(&file);
            let expected: &[&str] = match at {
                0..4 => &["pack-magic"],
                4..8 => &["pack-version"],
                8..12 => &["pack-header-length", "pack-payload-offset", "pack-cut"],
                12..20 => &["pack-payload-offset"],
                20..24 => &["pack-flags"],
                _ => &["pack-reserved"],
            };
            assert!(
                !findings.is_empty() && codes(&findings).iter().all(|code| expected.contains(code)),
                "{at} {value}"
            );
        }
        patched.set(at, *old);
    }
    assert_eq!(codes(&verified(&file)), [] as [&str; 0], "all bytes are restored");
}

#[test]
fn changed_header_byte_is_refused() {
    let (_project, file, bytes) = packed();
    let mut patched = Patched::open(&file);
    for (at, old) in bytes.iter().copied().enumerate().take(payload_offset(&bytes)).skip(32) {
        // Including bytes with which it is still JSON, and often the same kind of value.
        let others = [old ^ 1, old ^ 0x20, old ^ 0x80, 0, 0xFF, b' ', b'0', b'1', b'9', b'-', b'a', b'"', b'\\', b'}'];
        for value in others.into_iter().filter(|value| *value != old) {
            patched.set(at, value);
            let findings = verified(&file);
            assert!(is_refused(&findings), "byte {at}: {:?}", char::from(value));
            assert!(codes(&findings).iter().all(|code| HEADER.contains(code)), "byte {at}: {:?}", codes(&findings));
        }
        patched.set(at, old);
    }
}

#[test]
fn payload_is_checked_beside_companions() {
    let (project, file, bytes) = packed();
    let mut patched = Patched::open(&file);
    let payload = payload_offset(&bytes);
    let padding = payload + 32_768 + 2 * 32..payload + 34_816;
    for at in (payload..bytes.len()).step_by(61).chain([payload, padding.start - 1, padding.start, bytes.len() - 1]) {
        patched.set(at, bytes[at] ^ 0x10);
        let findings = verified(&file);
        assert!(codes(&findings).contains(&"companion-differs"), "byte {at}: {:?}", codes(&findings));
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        project.write("elsewhere/assets.pa", &damaged).write("build/other.pa", &damaged);
        for alone in ["elsewhere/assets.pa", "build/other.pa"] {
            let expected: &[&str] =
                if padding.contains(&at) { &["pack-padding", "payload-unchecked"] } else { &["payload-unchecked"] };
            let mut found = codes(&verified(&project.at(alone)));
            found.sort_unstable();
            assert_eq!(found, expected, "byte {at} of {alone}");
        }
        patched.set(at, bytes[at]);
    }
    assert_eq!(codes(&verified(&file)), [] as [&str; 0], "all bytes are restored");
}

#[test]
fn broken_companion_differs_from_pack() {
    let (project, file, _) = packed();
    for name in ["build/asset_table.json", "build/preload.json"] {
        let good = project.read(name);
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            project.write(name, &bad);
            assert_eq!(codes(&verified(&file)), ["companion-differs"], "{name}, byte {at}");
            project.write(name, &good[..at]);
            assert_eq!(codes(&verified(&file)), ["companion-differs"], "{name}, cut at {at}");
        }
        project.write(name, [good.clone(), b"\n".to_vec()].concat());
        assert_eq!(codes(&verified(&file)), ["companion-differs"], "{name} with a newline");
        std::fs::remove_file(project.at(name)).unwrap();
        assert_eq!(codes(&verified(&file)), ["companion-differs"], "{name} is missing");
        project.write(name, good);
    }
}

#[test]
fn metadata_companion_must_match_pack() {
    let (project, file, _) = packed();
    let name = "build/asset_table_metadata.json";
    let good = project.read_text(name);
    let content = |text: &str| {
        let value: serde_json::Value = serde_json::from_str(text).ok()?;
        let assets = value["assets"].as_array()?.iter();
        let of_asset = |asset: &serde_json::Value| format!("{} {}", asset["asset_id"], asset["payload_sha256"]);
        Some((value["schema_version"].clone(), value["pack"].clone(), assets.map(of_asset).collect::<Vec<_>>()))
    };
    let expected = content(&good);
    for at in 0..good.len() {
        let mut bad = good.clone().into_bytes();
        bad[at] ^= 1;
        project.write(name, &bad);
        let differs = content(&String::from_utf8_lossy(&bad)) != expected;
        let found = codes(&verified(&file));
        assert!(!differs || found == ["companion-differs"], "byte {at}: {found:?}");
    }
    for at in 0..good.len() {
        project.write(name, &good[..at]);
        assert_eq!(codes(&verified(&file)), ["companion-differs"], "cut at {at}");
    }
}
