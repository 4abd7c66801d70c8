//! `verify` reads a pack strictly, and beside its companions compares all four files.

use packer_services::project::OUTPUTS;
use serde_json::json;

use crate::{cli, scenes, tree};

#[test]
fn beside_its_companions_every_byte_is_checked() {
    let (project, _) = scenes::packed();
    let before = tree::stamps(project.root());
    let answer = cli::done(project.root(), "verify @/build/assets.pa");
    assert_eq!((&answer["payload_checked"], &answer["findings"]), (&json!(true), &json!([])));
    assert_eq!(answer["sha256"], packer_services::files::Sha::of(&project.pack_bytes()).to_string());
    tree::assert_same(&before, &tree::stamps(project.root()), "verify");
}

#[test]
fn alone_a_pack_is_right_but_its_payload_bytes_are_unchecked() {
    let (project, _) = scenes::packed();
    project.write("cartridge/assets.pa", project.pack_bytes());
    let ended = cli::run(project.root(), "verify @/cartridge/assets.pa");
    assert_eq!(ended.code, 0);
    assert!(ended.stdout.contains("payload bytes unchecked"), "{}", ended.stdout);
    let answer = cli::done(project.root(), "verify @/cartridge/assets.pa");
    assert_eq!(answer["payload_checked"], false);
    assert_eq!(answer["findings"][0]["code"], "payload-unchecked");
}

#[test]
fn a_copy_under_another_name_is_not_compared() {
    let (project, _) = scenes::packed();
    project.write("build/old.pa", project.pack_bytes()).write("build/preload.json", "[7]");
    assert_eq!(cli::done(project.root(), "verify @/build/old.pa")["payload_checked"], false);
}

#[test]
fn each_companion_that_is_missing_or_altered_is_an_error() {
    for name in &OUTPUTS[..3] {
        let file = format!("build/{name}");
        let (project, _) = scenes::packed();
        let mut altered = project.read(&file);
        altered.push(b'\n');
        for change in [None, Some(altered), Some(b"{}".to_vec()), Some(Vec::new())] {
            match &change {
                None => std::fs::remove_file(project.at(&file)).unwrap(),
                Some(bytes) => drop::<&_>(project.write(&file, bytes)),
            }
            let ended = cli::refused(project.root(), "verify @/build/assets.pa", &["companion-differs"]);
            let finding = &ended.json()["findings"][0];
            assert_eq!(finding["file"], project.at(&file).to_string_lossy().as_ref());
            assert!(finding["message"].as_str().unwrap().contains("not files of one pack"), "{finding}");
        }
    }
}

#[test]
fn an_altered_payload_byte_is_found_beside_the_companions_only() {
    let (project, _) = scenes::packed();
    let mut bytes = project.pack_bytes();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    project.write("build/assets.pa", &bytes).write("elsewhere/assets.pa", &bytes);
    cli::refused(project.root(), "verify @/build/assets.pa", &["companion-differs"]);
    cli::done(project.root(), "verify @/elsewhere/assets.pa");
}

#[test]
fn files_of_two_packs_are_not_one() {
    let (project, outputs) = scenes::packed();
    project.edit(scenes::ICONS, "ui_icons", "ui_glyphs");
    project.pack();
    for (name, old) in std::iter::zip(OUTPUTS, outputs) {
        let new = project.read(&format!("build/{name}"));
        if old.as_ref() == Some(&new) {
            continue;
        }
        project.write(&format!("build/{name}"), old.unwrap());
        let ended = cli::ask(project.root(), "verify @/build/assets.pa");
        assert_eq!(ended.code, 1, "an old {name}");
        assert!(ended.codes().iter().all(|code| code == "companion-differs"), "{:?}", ended.codes());
        project.write(&format!("build/{name}"), new);
    }
    cli::done(project.root(), "verify @/build/assets.pa");
}
