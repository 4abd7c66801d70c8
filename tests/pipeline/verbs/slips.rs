//! Slips at the command line: what is told must lead to what was meant.

use support::binary::CommandOutput;

use crate::{cli, scenes};

fn help_of(ended: &CommandOutput) -> String {
    ended.json()["findings"][0]["help"].as_str().unwrap().to_owned()
}

#[test]
fn quiet_hides_notes_and_talk_but_no_warning() {
    let (project, _) = scenes::packed();
    scenes::UNTIDY.happen(&project);
    // A note: the sound's rate is not the bank's.
    project.edit("assets/sfx/blip/asset.json", "\"sample_rate\": 22050", "\"sample_rate\": 11025");
    let loud = cli::run(project.root(), "pack @");
    assert!(loud.stderr.contains("note[rate-differs]") && loud.stderr.contains("warning[image-trailing]"));
    let quiet = cli::run(project.root(), "pack @ --quiet");
    assert_eq!((quiet.code, quiet.stdout.as_str()), (0, ""));
    assert!(!quiet.stderr.contains("note[") && quiet.stderr.contains("warning[image-trailing]"), "{}", quiet.stderr);
}

#[test]
fn a_slot_behind_a_space_is_no_file() {
    let project = scenes::small();
    let line = |preload: &str| format!("create @ new --type glyph_bank --preload {preload} @/assets/ui/icons/tile.png");
    let ended = cli::refused(project.root(), &line("1"), &["file-missing"]);
    assert_eq!(help_of(&ended), "If it is the slot, write `--preload=1`, with `=` and no space.");
    let ended = cli::refused(project.root(), &line("16"), &["file-missing"]);
    assert!(!help_of(&ended).contains("preload"), "there is no such slot");
    let without = cli::refused(project.root(), "create @ new --type glyph_bank 1", &["file-missing"]);
    assert!(!help_of(&without).contains("preload"), "nobody spoke of a slot");
    cli::done(project.root(), &line("").replace("--preload ", "--preload=1 "));
}

#[test]
fn a_short_option_leads_to_the_long_one_and_to_no_value() {
    let project = scenes::small();
    for (line, meant) in [
        ("constants @ --lang c -o ids.h", "did you mean `--output`?"),
        ("pack @ -j 2", "did you mean `--jobs`?"),
        ("pack @ -f json", "did you mean `--format`?"),
        ("create @ a --type glyph_bank -t 8 a.png", "did you mean `--type` or `--tile-size`?"),
        ("create @ a --type glyph_bank -z.png", "is named as `./-z`"),
        ("pack @ -z", "See `prometeu-packer help pack`."),
    ] {
        let ended = cli::ask(project.root(), line);
        assert_eq!((ended.code, ended.codes()), (2, vec!["usage".into()]), "{line}");
        let finding = &ended.json()["findings"][0];
        assert!(help_of(&ended).contains(meant), "{line}: {finding}");
        assert!(!finding.to_string().contains("as a value"), "{line}: {finding}");
    }
    let near = cli::ask(project.root(), "constants @ --lang c --outptu ids.h").json();
    assert!(near["findings"][0]["message"].as_str().unwrap().contains("'--output'"), "a near miss keeps its tip");
}
