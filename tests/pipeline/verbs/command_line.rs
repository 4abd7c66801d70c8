//! Mistakes on the command line: the message must lead to the right command.

use packer_services::Context;
use packer_services::ops::{ExportPreview, ListAssets, Operation, PreviewBank, PreviewNewAsset};
use packer_services::session::Session;
use serde_json::{Value, json};
use support::binary::CommandOutput;

use crate::{cli, fixtures};

fn help_of(output: &CommandOutput) -> String {
    output.json()["findings"][0]["help"].as_str().unwrap().to_owned()
}

#[test]
fn quiet_prints_only_errors_and_warnings() {
    let (project, _) = fixtures::packed_project();
    fixtures::UNTIDY.apply_to(&project);
    // A note: the sound's rate is not the bank's.
    project.edit("assets/sfx/blip/asset.json", "\"sample_rate\": 22050", "\"sample_rate\": 11025");
    let loud = cli::run(project.root(), "pack @");
    assert!(loud.stderr.contains("note[rate-differs]") && loud.stderr.contains("warning[image-trailing]"));
    let quiet = cli::run(project.root(), "pack @ --quiet");
    assert_eq!((quiet.code, quiet.stdout.as_str()), (0, ""));
    assert!(!quiet.stderr.contains("note[") && quiet.stderr.contains("warning[image-trailing]"), "{}", quiet.stderr);
}

#[test]
fn slot_after_a_space_is_explained() {
    let project = fixtures::small_project();
    let line = |preload: &str| format!("create @ new --type glyph_bank --preload {preload} @/assets/ui/icons/tile.png");
    let output = cli::run_refused(project.root(), &line("1"), &["file-missing"]);
    assert_eq!(help_of(&output), "If it is the slot, write `--preload=1`, with `=` and without a space.");
    let output = cli::run_refused(project.root(), &line("16"), &["file-missing"]);
    assert!(!help_of(&output).contains("preload"), "16 is not a slot");
    let without = cli::run_refused(project.root(), "create @ new --type glyph_bank 1", &["file-missing"]);
    assert!(!help_of(&without).contains("preload"), "the command has no slot");
    cli::run_ok(project.root(), &line("").replace("--preload ", "--preload=1 "));
}

#[test]
fn unknown_short_option_suggests_long_one() {
    let project = fixtures::small_project();
    for (line, suggestion) in [
        ("constants @ --lang c -o ids.h", "did you mean `--output`?"),
        ("pack @ -j 2", "did you mean `--jobs`?"),
        ("pack @ -f json", "did you mean `--frozen` or `--format`?"),
        ("create @ a --type glyph_bank -t 8 a.png", "did you mean `--type` or `--tile-size` or `--tag`?"),
        ("create @ a --type glyph_bank -z.png", "pass it as `./-z`"),
        ("pack @ -z", "See `prometeu-packer help pack`."),
    ] {
        let output = cli::run_json(project.root(), line);
        assert_eq!((output.code, output.codes()), (2, vec!["usage".into()]), "{line}");
        let finding = &output.json()["findings"][0];
        assert!(help_of(&output).contains(suggestion), "{line}: {finding}");
        assert!(!finding.to_string().contains("as a value"), "{line}: {finding}");
    }
    let near = cli::run_json(project.root(), "constants @ --lang c --outptu ids.h").json();
    assert!(
        near["findings"][0]["message"].as_str().unwrap().contains("'--output'"),
        "a misspelled option must be suggested"
    );
}

#[test]
fn report_as_json_is_the_answer() {
    fn assert_same<O: Operation>(request: &O, verb: &str, mut answer: Value) {
        let mut report = serde_json::to_value(request.run(&Context::new()).unwrap()).unwrap();
        report["verb"] = json!(verb);
        report["status"] = json!("ok");
        // The two previews are in different folders.
        for json in [&mut report, &mut answer] {
            json.as_object_mut().unwrap().remove("folder");
        }
        assert_eq!(report, answer, "{verb}");
    }
    let project = fixtures::small_project();
    let root = project.root();
    assert_same(&ListAssets::new(root), "list", cli::run_ok(root, "list @"));
    let request = ExportPreview::new(root, "ui_icons", project.at("ours"));
    assert_same(&request, "preview", cli::run_ok(root, "preview @ ui_icons --out @/theirs"));
}

/// What `docs/embedding.md` promises: these values can be sent to another thread.
#[test]
fn requests_and_sessions_are_send() {
    fn assert_send<T: Send>() {}
    assert_send::<Session>();
    assert_send::<Context>();
    assert_send::<ExportPreview>();
    assert_send::<<PreviewBank as Operation>::Report>();
    assert_send::<<PreviewNewAsset as Operation>::Report>();
}

#[test]
fn numbers_that_fit_nothing_are_explained() {
    let project = fixtures::small_project();
    for (line, needed) in [
        ("pack @ --jobs 0", "a number of worker threads is required: 1 or more"),
        ("pack @ --jobs two", "a number of worker threads is required: 1 or more"),
        ("pack @ --max-bytes 4MB", "a plain number of bytes is required"),
    ] {
        let output = cli::run_json(project.root(), line);
        assert_eq!((output.code, output.codes()), (2, vec!["usage".into()]), "{line}");
        let message = output.json()["findings"][0]["message"].to_string();
        assert!(message.contains(needed), "{line}: {message}");
    }
}

#[test]
fn color_lost_to_a_comment_is_explained() {
    let project = fixtures::small_project();
    for line in ["create @ new --type glyph_bank a.png --color-key", "create @ new --type glyph_bank --color-key"] {
        let output = cli::run_json(project.root(), line);
        assert_eq!((output.code, output.codes()), (2, vec!["usage".into()]), "{line}");
        assert!(help_of(&output).starts_with("A shell takes an unquoted `#` as the start of a comment"), "{line}");
    }
    let wrong = cli::run_json(project.root(), "create @ new --type glyph_bank a.png --color-key purple");
    assert!(!help_of(&wrong).contains("shell"), "{}", help_of(&wrong));
    let other = cli::run_json(project.root(), "create @ new --type glyph_bank a.png --tile-size");
    assert!(!help_of(&other).contains("shell"), "{}", help_of(&other));
}

#[test]
fn wished_palette_options_lead_to_palette() {
    let project = fixtures::small_project();
    for option in ["--palettes=a.gpl", "--palette-file"] {
        let output = cli::run_json(project.root(), &format!("create @ new --type glyph_bank a.png {option}"));
        assert_eq!((output.code, output.codes()), (2, vec!["usage".into()]), "{option}");
        let message = output.json()["findings"][0]["message"].to_string();
        assert!(message.contains(option.split('=').next().unwrap()) && message.contains("'--palette'"), "{message}");
    }
}
