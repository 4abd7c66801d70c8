//! `verify` reads a pack strictly, and compares all four files if the companions are beside it.

use packer_services::ops::OUTPUTS;
use serde_json::json;

use crate::{cli, fixtures, tree};

#[test]
fn pack_with_companions_is_fully_checked() {
    let (project, _) = fixtures::packed_project();
    let before = tree::read_stamps(project.root());
    let answer = cli::run_ok(project.root(), "verify @/build/assets.pa");
    assert_eq!((&answer["payload_checked"], &answer["findings"]), (&json!(true), &json!([])));
    assert_eq!(answer["sha256"], packer_services::Sha::of(&project.pack_bytes()).to_string());
    tree::assert_same(&before, &tree::read_stamps(project.root()), "verify");
}

#[test]
fn pack_without_companions_has_unchecked_payload() {
    let (project, _) = fixtures::packed_project();
    project.write("cartridge/assets.pa", project.pack_bytes());
    let output = cli::run(project.root(), "verify @/cartridge/assets.pa");
    assert_eq!(output.code, 0);
    assert!(output.stdout.contains("payload bytes not checked"), "{}", output.stdout);
    let answer = cli::run_ok(project.root(), "verify @/cartridge/assets.pa");
    assert_eq!(answer["payload_checked"], false);
    assert_eq!(answer["findings"][0]["code"], "payload-unchecked");
}

#[test]
fn renamed_copy_is_not_compared() {
    let (project, _) = fixtures::packed_project();
    project.write("build/old.pa", project.pack_bytes()).write("build/preload.json", "[7]");
    assert_eq!(cli::run_ok(project.root(), "verify @/build/old.pa")["payload_checked"], false);
}

#[test]
fn missing_or_changed_companion_is_an_error() {
    for name in &OUTPUTS[..3] {
        let file = format!("build/{name}");
        let (project, _) = fixtures::packed_project();
        let mut changed = project.read(&file);
        changed.push(b'\n');
        for change in [None, Some(changed), Some(b"{}".to_vec()), Some(Vec::new())] {
            match &change {
                None => std::fs::remove_file(project.at(&file)).unwrap(),
                Some(bytes) => drop::<&_>(project.write(&file, bytes)),
            }
            let output = cli::run_refused(project.root(), "verify @/build/assets.pa", &["companion-differs"]);
            let finding = &output.json()["findings"][0];
            assert_eq!(finding["file"], project.at(&file).to_string_lossy().as_ref());
            assert!(finding["message"].as_str().unwrap().contains("the files were not written together"), "{finding}");
        }
    }
}

#[test]
fn changed_payload_needs_companions_to_show() {
    let (project, _) = fixtures::packed_project();
    let mut bytes = project.pack_bytes();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    project.write("build/assets.pa", &bytes).write("elsewhere/assets.pa", &bytes);
    cli::run_refused(project.root(), "verify @/build/assets.pa", &["companion-differs"]);
    cli::run_ok(project.root(), "verify @/elsewhere/assets.pa");
}

#[test]
fn files_of_two_packs_differ() {
    let (project, outputs) = fixtures::packed_project();
    project.edit(fixtures::ICONS, "ui_icons", "ui_glyphs");
    project.pack();
    for (name, old) in std::iter::zip(OUTPUTS, outputs) {
        let new = project.read(&format!("build/{name}"));
        if old.as_ref() == Some(&new) {
            continue;
        }
        project.write(&format!("build/{name}"), old.unwrap());
        let output = cli::run_json(project.root(), "verify @/build/assets.pa");
        assert_eq!(output.code, 1, "an old {name}");
        assert!(output.codes().iter().all(|code| code == "companion-differs"), "{:?}", output.codes());
        project.write(&format!("build/{name}"), new);
    }
    cli::run_ok(project.root(), "verify @/build/assets.pa");
}
