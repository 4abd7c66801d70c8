//! The formats of code hosts: no finding is lost, each has a file and a line that exist, and no name breaks the format.

use std::path::Path;

use packer_services::code_host::HostedFindings;
use packer_services::diagnostics::{AssetRef, Code, Finding, Severity};
use serde_json::Value;
use support::code_host::{check_sarif, path_of, run_log};
use support::{TestProject, images, repository};

use crate::{cli, fixtures};

/// The findings as both formats give them, checked, and the rule ids of the results.
fn hosted(project: &Path, findings: &[Finding]) -> (Value, String, Vec<String>) {
    let hosted = HostedFindings { verb: "doctor", project: Some(project), named_file: None, findings };
    let log: Value = serde_json::from_slice(&hosted.to_sarif()).unwrap();
    let rules = check_sarif(&log, Path::new(""));
    (log, hosted.to_annotations(""), rules)
}

fn severity_of(command: &str) -> &str {
    if command == "notice" { "note" } else { command }
}

#[test]
fn no_finding_is_lost() {
    let snuffed = repository().join("assets-demo/snuffed");
    for line in ["doctor @ --workspace", "pack @ --check"] {
        let answer = cli::run_json(&snuffed, line).json();
        let findings = answer["findings"].as_array().unwrap();
        assert!(findings.len() > 70, "{line}");
        let mut expected: Vec<&str> = findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect();
        expected.sort_unstable();

        let sarif = cli::run(&snuffed, &format!("{line} --format sarif"));
        let mut rules = check_sarif(&sarif.parsed(), Path::new(""));
        rules.sort_unstable();
        assert_eq!(rules, expected, "{line}");

        let log = cli::run(&snuffed, &format!("{line} --format github"));
        let (annotations, shown) = run_log(&log.stdout);
        for finding in findings {
            let (code, severity) = (finding["code"].as_str().unwrap(), finding["severity"].as_str().unwrap());
            let message = finding["message"].as_str().unwrap();
            let annotated = annotations.iter().filter(|annotation| {
                severity_of(&annotation.command) == severity
                    && annotation.property("title") == Some(code)
                    && annotation.message.contains(message)
            });
            let printed = shown.iter().filter(|line| line.ends_with(message));
            assert!(annotated.count() + printed.count() >= 1, "{finding}");
        }
        assert_eq!(annotations.iter().filter(|annotation| annotation.command == "error").count(), 10);
    }
}

#[test]
fn image_is_shown_at_its_declaration() {
    let mut project = TestProject::new();
    project.add_glyph("ui/icons");
    project.write("assets/ui/icons/tile.png", images::checker(8, 8, support::RED, support::KEY));
    project.edit(fixtures::ICONS, "\"#00ff00\"", "\"#0000ff\"").write("assets/ui/icons/tile.png", "no image");
    let log = cli::run(project.root(), "doctor @ --format sarif").parsed();
    check_sarif(&log, Path::new(""));
    let result = &log["runs"][0]["results"][0];
    let place = |location: &Value| {
        let uri = location["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        path_of(uri, Path::new(""))
    };
    assert_eq!(place(&result["locations"][0]), project.at(fixtures::ICONS));
    assert_eq!(place(&result["relatedLocations"][0]), project.at("assets/ui/icons/tile.png"));
    let line = result["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64().unwrap();
    let text = project.read_text(fixtures::ICONS);
    let declared = text.lines().nth(usize::try_from(line).unwrap() - 1).unwrap();
    assert!(declared.contains("tile.png"), "{declared}");
}

#[test]
fn missing_root_is_shown_in_registry() {
    let project = fixtures::small_project();
    std::fs::remove_dir_all(project.at("assets/ui/icons")).unwrap();
    let log = cli::run(project.root(), "doctor @ --format github").stdout;
    let (annotations, _) = run_log(&log);
    let [annotation] = annotations.as_slice() else { panic!("{log}") };
    assert_eq!(annotation.property("file"), project.at(fixtures::REGISTRY).to_str());
    let line: usize = annotation.property("line").unwrap().parse().unwrap();
    assert!(project.read_text(fixtures::REGISTRY).lines().nth(line - 1).unwrap().contains("ui/icons"));
}

#[cfg(unix)]
#[test]
fn hostile_names_break_no_format() {
    let names = [
        "sp ace",
        "50%",
        "%0A%25",
        "a,b:c=d",
        "ünï☃",
        "#frag?q",
        "::error::x",
        "##[error]x",
        "new\nline",
        "back\\slash",
    ];
    let mut project = TestProject::new();
    project.add_glyph("ui/icons");
    for (n, file) in names.iter().enumerate() {
        project.write(&format!("assets/ui/icons/{n}{file}.txt"), "unused");
        project.write(&format!("assets/{n}{file}/asset.json"), "{");
    }
    for name in names {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join(name);
        support::copy_folder(project.root(), &folder);
        let run = |format: &str| {
            let arguments = ["doctor", name, "--workspace", "--format", format];
            support::binary::CommandOutput::from(
                support::binary::command(arguments).current_dir(parent.path()).output().unwrap(),
            )
        };
        let answer = run("json").json();
        let count = answer["findings"].as_array().unwrap().len();
        assert!(count >= names.len() + 2, "{answer}");
        let log = run("sarif").parsed();
        assert_eq!(check_sarif(&log, parent.path()).len(), count, "{name}");
        for result in log["runs"][0]["results"].as_array().unwrap() {
            let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
            let path = path_of(uri, parent.path());
            // A control character in a file's name is escaped in all output, so that file is not found.
            assert!(path.starts_with(&folder) && (path.exists() || uri.contains("%5Cu%7Ba%7D")), "{uri}");
        }
        let (annotations, shown) = run_log(&run("github").stdout);
        assert_eq!(annotations.len(), 10);
        assert_eq!(shown.iter().filter(|line| line.starts_with("note[")).count(), count - 10);
        for annotation in annotations {
            let file = parent.path().join(annotation.property("file").unwrap());
            assert!(file.exists() || file.to_string_lossy().contains("\\u{a}"), "{}", file.display());
        }
    }
}

#[test]
fn excess_results_are_counted_errors_first() {
    let project = fixtures::small_project();
    let finding = |n: u32| {
        let mut finding = Finding::new(Code::ColorStray, format!("number {n}"), "").file("assets/ui/icons/tile.png");
        finding.asset = Some(AssetRef { asset_id: Some(1), root: "ui/icons".into() });
        finding.severity = if n % 5000 == 4999 { Severity::Error } else { Severity::Note };
        finding
    };
    let findings: Vec<Finding> = (0..26_000).map(finding).collect();
    let (log, _, rules) = hosted(project.root(), &findings);
    assert_eq!(rules.len(), 25_000);
    let run = &log["runs"][0];
    let errors = run["results"].as_array().unwrap().iter().take_while(|result| result["level"] == "error");
    assert_eq!(errors.count(), 5);
    let notice = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert!(notice["message"]["text"].as_str().unwrap().starts_with("1000 findings left out"), "{notice}");
}

#[test]
fn text_of_a_command_is_not_obeyed() {
    let project = fixtures::small_project();
    let trap = "::add-mask::x\n::error::y\r##[set-env name=A]b %0A";
    let finding = |n: u32| Finding::new(Code::ColorStray, format!("{n} {trap}"), trap).file(trap);
    let findings: Vec<Finding> = (0..12).map(finding).collect();
    let (_, log, _) = hosted(project.root(), &findings);
    let (annotations, shown) = run_log(&log);
    assert_eq!(annotations.len(), 10);
    for (n, annotation) in annotations.iter().enumerate() {
        assert!(annotation.message.contains(&format!("{n} {trap}")), "{annotation:?}");
    }
    assert!(shown.iter().any(|line| line.contains("11 ::add-mask::x")), "{shown:?}");
}

#[test]
fn failure_to_run_is_a_notification() {
    let folder = tempfile::tempdir().unwrap();
    for (line, finding) in
        [("pack @/nowhere", "not-a-project"), ("doctor @ --loudly", "usage"), ("verify @/no.pa", "file-unreadable")]
    {
        let output = cli::run(folder.path(), &format!("{line} --format sarif"));
        assert_eq!((output.code, output.stderr.as_str()), (2, ""), "{line}");
        let log = output.parsed();
        assert_eq!(check_sarif(&log, Path::new("")), Vec::<String>::new());
        let invocation = &log["runs"][0]["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false, "{line}");
        assert_eq!(invocation["toolExecutionNotifications"][0]["descriptor"]["id"], finding, "{line}");
        let (annotations, _) = run_log(&cli::run(folder.path(), &format!("{line} --format github")).stdout);
        assert_eq!(annotations[0].property("title"), Some(finding), "{line}");
    }
}

#[test]
fn other_verbs_refuse_these_formats() {
    let (project, _) = fixtures::packed_project();
    let lines = [
        "init @/new",
        "create @ x --type glyph_bank y.png",
        "register @ x",
        "list @",
        "show @ ui_icons",
        "preview @ ui_icons --out @/shown",
        "palettes @ ui_icons",
        "constants @ --lang c",
        "inspect @/build/assets.pa",
        "extract @/build/assets.pa @/extracted",
    ];
    for (line, format) in lines.iter().flat_map(|line| [(line, "sarif"), (line, "github")]) {
        let output = cli::run(project.root(), &format!("{line} --format {format}"));
        assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{line}");
        assert!(output.stderr.contains("`doctor`, `pack`, `verify`"), "{}", output.stderr);
    }
    assert!(!project.exists("new") && !project.exists("shown") && !project.exists("extracted"));
}

#[test]
fn quiet_hides_only_notes_of_annotations() {
    let snuffed = repository().join("assets-demo/snuffed");
    let loud = cli::run(&snuffed, "doctor @ --format sarif").stdout;
    assert_eq!(loud, cli::run(&snuffed, "doctor @ --format sarif --quiet").stdout);
    let (annotations, shown) = run_log(&cli::run(&snuffed, "doctor @ --format github --quiet").stdout);
    assert_eq!(annotations.len(), 20);
    assert!(!shown.iter().any(|line| line.starts_with("note[")), "{shown:?}");
    assert!(shown.iter().any(|line| line.starts_with("error[")), "{shown:?}");
}
