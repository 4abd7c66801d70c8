//! Two branches change a project, and git merges them. Whatever a person does with a conflict, no asset is lost: all
//! end up in the pack, or an error names what is missing, and its help leads out.

use std::process::Command;

use serde_json::Value;
use support::{GREEN, RED, TestProject, images};

use crate::tools::{self, Tool};
use crate::{cli, fixtures};

/// What a person does with a conflict in the registry.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Choice {
    Ours,
    Theirs,
    /// Git's own union of both sides.
    Union,
    /// Only the lines with the markers are deleted.
    MarkersOnly,
}

const CHOICES: [Choice; 4] = [Choice::Ours, Choice::Theirs, Choice::Union, Choice::MarkersOnly];

fn git(project: &TestProject, arguments: &[&str]) -> support::binary::CommandOutput {
    let mut command = Command::new("git");
    command.current_dir(project.root()).args(["-c", "user.name=Test", "-c", "user.email=test@example.org"]);
    command.args(["-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false"]).args(arguments);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    tools::run_to_end(&mut command)
}

fn git_ok(project: &TestProject, line: &str) {
    let output = git(project, &line.split(' ').collect::<Vec<_>>());
    assert_eq!(output.code, 0, "git {line}\n{}{}", output.stdout, output.stderr);
}

fn commit(project: &TestProject) {
    git_ok(project, "add --all");
    git_ok(project, "commit --quiet --message=change");
}

/// A repository with one asset, `ui/base`, that is packed and committed on the branch `main`.
fn repository() -> TestProject {
    let project = TestProject::new();
    git_ok(&project, "init --quiet");
    project.write(".gitignore", "build/\nart/\n");
    cli::run_ok(project.root(), "init @");
    create(&project, "ui/base", "--preload");
    commit(&project);
    project
}

fn create(project: &TestProject, root: &str, options: &str) {
    project.write("art/tile.png", images::checker(8, 8, RED, GREEN));
    cli::run_ok(project.root(), &format!("create @ {root} --type glyph_bank {options} @/art/tile.png"));
}

/// Commits what `change` does on a new branch that starts at `main`.
fn on_branch(project: &TestProject, branch: &str, change: impl FnOnce(&TestProject)) {
    git_ok(project, &format!("checkout --quiet -b {branch} main"));
    change(project);
    commit(project);
}

/// Merges `theirs` into `ours`, which conflicts in these files alone.
fn merge(project: &TestProject, ours: &str, theirs: &str, conflicts: &[&str]) {
    git_ok(project, &format!("checkout --quiet {ours}"));
    let merged = git(project, &["merge", "--quiet", theirs]);
    let unmerged = git(project, &["diff", "--name-only", "--diff-filter=U"]).stdout;
    assert_eq!(unmerged.lines().collect::<Vec<_>>(), conflicts, "{}{}", merged.stdout, merged.stderr);
    assert_eq!(merged.code, i32::from(!conflicts.is_empty()));
}

/// Resolves the conflict in the registry.
fn resolve(project: &TestProject, choice: Choice) {
    match choice {
        Choice::Ours => git_ok(project, &format!("checkout --ours {}", fixtures::REGISTRY)),
        Choice::Theirs => git_ok(project, &format!("checkout --theirs {}", fixtures::REGISTRY)),
        Choice::Union => {
            for (stage, name) in [(":1", "base"), (":2", "ours"), (":3", "theirs")] {
                let text = git(project, &["show", &format!("{stage}:{}", fixtures::REGISTRY)]).stdout;
                project.write(&format!("art/{name}"), text);
            }
            let merged = git(project, &["merge-file", "-p", "--union", "art/ours", "art/base", "art/theirs"]).stdout;
            project.write(fixtures::REGISTRY, merged);
        }
        Choice::MarkersOnly => {
            let text = project.read_text(fixtures::REGISTRY);
            let is_marker = |line: &&str| ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|m| line.starts_with(m));
            let kept: Vec<&str> = text.lines().filter(|line| !is_marker(line)).collect();
            project.write(fixtures::REGISTRY, kept.join("\n") + "\n");
        }
    }
    commit(project);
}

/// The findings of `doctor`.
fn findings(project: &TestProject) -> Vec<Value> {
    let answer = cli::run_json(project.root(), "doctor @").json();
    answer["findings"].as_array().cloned().unwrap_or_default()
}

fn codes(findings: &[Value]) -> Vec<&str> {
    findings.iter().filter_map(|finding| finding["code"].as_str()).collect()
}

/// The number after a phrase of a help.
fn number_after(help: &str, phrase: &str) -> String {
    let (_, rest) = help.split_once(phrase).unwrap_or_else(|| panic!("{phrase}: {help}"));
    rest.chars().take_while(char::is_ascii_digit).collect()
}

/// The `register` commands that a help contains.
fn register_commands(help: &str) -> Vec<String> {
    let quoted = help.split('`').skip(1).step_by(2);
    quoted.filter(|text| text.starts_with("prometeu-packer register PROJECT ")).map(str::to_owned).collect()
}

fn run_command(project: &TestProject, command: &str) {
    let line = command.strip_prefix("prometeu-packer ").unwrap().replace("PROJECT", "@");
    cli::run_ok(project.root(), &line);
}

/// Follows the help of each finding, and does nothing else, until `doctor` finds nothing.
fn follow_help(project: &TestProject) {
    for _ in 0..10 {
        let found = findings(project);
        let Some(finding) = found.first() else { return };
        let help = finding["help"].as_str().unwrap();
        let place = &finding["places"][0];
        match finding["code"].as_str().unwrap() {
            // "Usually a `,` is missing before this place".
            "json-syntax" => {
                let line = usize::try_from(place["line"].as_u64().unwrap()).unwrap();
                let text = project.read_text(fixtures::REGISTRY);
                let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
                lines[line - 2].push(',');
                project.write(fixtures::REGISTRY, lines.join("\n") + "\n");
            }
            "id-twice" => {
                let (id, next) =
                    (number_after(help, "the other asset the id "), number_after(help, "`next_asset_id` to "));
                let text = project.read_text(fixtures::REGISTRY);
                let last = text.rfind("\"asset_id\": ").unwrap();
                let old: String = text[last + 12..].chars().take_while(char::is_ascii_digit).collect();
                let text = format!("{}{id}{}", &text[..last + 12], &text[last + 12 + old.len()..]);
                let before = number_after(&text, "\"next_asset_id\": ");
                project.write(
                    fixtures::REGISTRY,
                    text.replacen(&format!("\"next_asset_id\": {before}"), &format!("\"next_asset_id\": {next}"), 1),
                );
            }
            // "… or remove it to use the lowest free slot."
            "slot-taken" => {
                let file = finding["file"].as_str().unwrap();
                let mut declaration: Value = serde_json::from_str(&project.read_text(file)).unwrap();
                declaration["preload"].as_object_mut().unwrap().remove("slot");
                project.write(file, declaration.to_string());
            }
            "unregistered-root" | "registration-lost" | "root-moved" => {
                run_command(project, &register_commands(help)[0]);
            }
            code => panic!("{code}: {finding}"),
        }
    }
    panic!("the help leads in circles: {:?}", findings(project));
}

fn assert_packed(project: &TestProject, names: &[&str]) {
    let answer = cli::run_ok(project.root(), "pack @");
    let mut packed: Vec<&str> =
        answer["assets"].as_array().unwrap().iter().map(|a| a["name"].as_str().unwrap()).collect();
    packed.sort_unstable();
    assert_eq!(packed, names);
}

fn has_root(project: &TestProject, root: &str) -> bool {
    project.read_text(fixtures::REGISTRY).contains(&format!("\"{root}\""))
}

/// Two branches each create an asset; `ours` was checked out and packed last.
fn two_new_assets(ours: &str, theirs: &str, options: &str) -> TestProject {
    let project = repository();
    on_branch(&project, "left", |project| create(project, "ui/left", options));
    on_branch(&project, "right", |project| create(project, "ui/right", options));
    git_ok(&project, &format!("checkout --quiet {ours}"));
    cli::run_ok(project.root(), "pack @");
    merge(&project, ours, theirs, &[fixtures::REGISTRY]);
    project
}

fn each_merge(mut check: impl FnMut(TestProject, &str, &str)) {
    for (ours, theirs) in [("left", "right"), ("right", "left")] {
        for options in ["", "--preload"] {
            check(two_new_assets(ours, theirs, options), ours, theirs);
        }
    }
}

#[test]
fn conflict_contains_only_whole_entries() {
    if !tools::are_available(&[Tool::Git]) {
        return;
    }
    each_merge(|project, ours, theirs| {
        let text = project.read_text(fixtures::REGISTRY);
        let (_, conflict) = text.split_once("<<<<<<<").unwrap();
        let (conflict, _) = conflict.split_once(">>>>>>>").unwrap();
        let lines: Vec<&str> = conflict.lines().skip(1).collect();
        assert_eq!(lines.len(), 3, "{text}");
        for (line, root) in [(lines[0], ours), (lines[2], theirs)] {
            let entry: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            assert_eq!(entry["root"], format!("ui/{root}"));
        }
    });
}

#[test]
fn conflict_help_keeps_both_assets() {
    if !tools::are_available(&[Tool::Git]) {
        return;
    }
    for choice in [Choice::Ours, Choice::Theirs] {
        each_merge(|project, _, _| {
            let found = findings(&project);
            assert_eq!(codes(&found), ["json-conflict"]);
            let commands = register_commands(found[0]["help"].as_str().unwrap());
            assert_eq!(commands.len(), 2, "{found:?}");
            resolve(&project, choice);
            // The first command is for the lines above, which are ours.
            run_command(&project, &commands[usize::from(choice == Choice::Theirs)]);
            assert_eq!(findings(&project), [] as [Value; 0]);
            assert_packed(&project, &["ui_base", "ui_left", "ui_right"]);
        });
    }
}

#[test]
fn every_choice_leads_to_both_assets() {
    if !tools::are_available(&[Tool::Git]) {
        return;
    }
    for choice in CHOICES {
        each_merge(|project, _, _| {
            resolve(&project, choice);
            assert!(!findings(&project).is_empty(), "{choice:?} must not be silent");
            follow_help(&project);
            assert_packed(&project, &["ui_base", "ui_left", "ui_right"]);
        });
    }
}

#[test]
fn lost_registration_blocks_the_pack() {
    if !tools::are_available(&[Tool::Git]) {
        return;
    }
    each_merge(|project, ours, _| {
        resolve(&project, Choice::Theirs);
        let outputs = project.outputs();
        for line in ["pack @", "pack @ --check", "doctor @", "constants @ --lang c"] {
            let output = cli::run_json(project.root(), line);
            assert_eq!((output.code, output.codes()), (1, vec!["registration-lost".to_owned()]), "{line}");
            assert_eq!(output.json()["findings"][0]["asset"]["root"], format!("ui/{ours}"), "{line}");
        }
        assert_eq!(project.outputs(), outputs);
    });
}

#[test]
fn unknown_asset_of_other_branch_is_noted() {
    if !tools::are_available(&[Tool::Git]) {
        return;
    }
    each_merge(|project, _, theirs| {
        resolve(&project, Choice::Ours);
        let found = findings(&project);
        assert_eq!(codes(&found), ["unregistered-root"]);
        assert_eq!(found[0]["asset"]["root"], format!("ui/{theirs}"));
    });
}

#[test]
fn fresh_pack_notes_lost_roots() {
    if !tools::are_available(&[Tool::Git]) {
        return;
    }
    let project = two_new_assets("left", "right", "");
    resolve(&project, Choice::Ours);
    let clone = TestProject::new();
    std::fs::remove_dir_all(clone.root()).unwrap();
    git_ok(&project, &format!("clone --quiet . {}", clone.root().display()));
    // A draft is not whole.
    clone.write("assets/draft/asset.json", "{}");
    let note = |line: &str| {
        let output = cli::run_json(clone.root(), line);
        let answer = output.json();
        assert_eq!((output.code, output.codes()), (0, vec!["unregistered-root".to_owned()]), "{line}");
        let finding = &answer["findings"][0];
        assert_eq!((&finding["severity"], &finding["file"]), (&"note".into(), &fixtures::REGISTRY.into()), "{line}");
        let message = finding["message"].as_str().unwrap();
        assert!(
            message.contains("1 asset root is not in the registry, so it is not in the pack: `ui/right`"),
            "{message}"
        );
        register_commands(finding["help"].as_str().unwrap()).remove(0)
    };
    note("pack @ --deny-warnings --frozen");
    let command = note("pack @");
    note("pack @ --check");
    note("pack @ --no-cache");
    // The registry is that of the last pack now: nothing is searched.
    assert_eq!(cli::run_json(clone.root(), "pack @").codes(), Vec::<String>::new());
    run_command(&clone, &command);
    assert_packed(&clone, &["ui_base", "ui_left", "ui_right"]);
    assert_eq!(cli::run_json(clone.root(), "pack @ --no-cache").codes(), Vec::<String>::new());
}

#[test]
fn removed_asset_does_not_block() {
    let project = fixtures::packed_project().0;
    let text = project.read_text(fixtures::REGISTRY);
    let kept: Vec<&str> = text.lines().filter(|line| !line.contains("sfx/blip")).collect();
    project.write(fixtures::REGISTRY, kept.join("\n").replace("},", "}"));
    cli::run_refused(project.root(), "pack @", &["registration-lost"]);
    // Each of the two ways in the help.
    cli::run_ok(project.root(), "register @ sfx/blip --exclude");
    let answer = cli::run_ok(project.root(), "pack @");
    assert_eq!(answer["changes"]["removed"][0]["name"], "sfx_blip");

    let project = fixtures::packed_project().0;
    project.write(fixtures::REGISTRY, kept.join("\n").replace("},", "}"));
    std::fs::remove_dir_all(project.at("assets/sfx/blip")).unwrap();
    assert_eq!(cli::run_ok(project.root(), "pack @")["changes"]["removed"][0]["name"], "sfx_blip");
}

#[test]
fn other_asset_in_folder_is_not_lost() {
    let (project, _) = fixtures::packed_project();
    let text = project.read_text(fixtures::REGISTRY);
    let kept: Vec<&str> = text.lines().filter(|line| !line.contains("sfx/blip")).collect();
    project.write(fixtures::REGISTRY, kept.join("\n").replace("},", "}"));
    project.edit("assets/sfx/blip/asset.json", &support::uuid(2).to_string(), &support::uuid(70).to_string());
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn more_assets_on_one_side_survive() {
    if !tools::are_available(&[Tool::Git]) {
        return;
    }
    for choice in [Choice::Ours, Choice::Theirs] {
        let project = repository();
        on_branch(&project, "left", |project| create(project, "ui/left", "--preload"));
        on_branch(&project, "right", |project| {
            create(project, "ui/right", "--preload");
            create(project, "ui/third", "--preload");
        });
        merge(&project, "left", "right", &[fixtures::REGISTRY]);
        resolve(&project, choice);
        follow_help(&project);
        assert_packed(&project, &["ui_base", "ui_left", "ui_right", "ui_third"]);
        assert!(has_root(&project, "ui/third"));
    }
}

#[test]
fn old_layout_conflict_names_both_ways() {
    if !tools::are_available(&[Tool::Git]) {
        return;
    }
    // An entry over several lines, as earlier versions wrote it: the conflict falls inside the entry.
    let rewrite = |project: &TestProject| {
        let registry: Value = serde_json::from_str(&project.read_text(fixtures::REGISTRY)).unwrap();
        let order = ["asset_id", "asset_uuid", "root", "included_in_build"];
        let entries: Vec<String> = registry["assets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| {
                let members: Vec<String> = order.iter().map(|key| format!("      \"{key}\": {}", entry[key])).collect();
                format!("    {{\n{}\n    }}", members.join(",\n"))
            })
            .collect();
        project.write(
            fixtures::REGISTRY,
            format!(
                "{{\n  \"schema_version\": 1,\n  \"next_asset_id\": {},\n  \"assets\": [\n{}\n  ]\n}}\n",
                registry["next_asset_id"],
                entries.join(",\n"),
            ),
        );
    };
    for choice in CHOICES {
        let project = repository();
        rewrite(&project);
        commit(&project);
        for branch in ["left", "right"] {
            on_branch(&project, branch, |project| {
                create(project, &format!("ui/{branch}"), "--preload");
                rewrite(project);
            });
        }
        merge(&project, "left", "right", &[fixtures::REGISTRY]);
        let help = findings(&project)[0]["help"].as_str().unwrap().to_owned();
        let commands = register_commands(&help);
        assert_eq!(commands, ["prometeu-packer register PROJECT ui/right", "prometeu-packer register PROJECT ui/left"]);
        resolve(&project, choice);
        if matches!(choice, Choice::Union | Choice::MarkersOnly) {
            // Two entries in one object: keep the lines of the first, and register the second.
            let found = findings(&project);
            assert_eq!(codes(&found), ["json-duplicate-key"; 2], "{found:?}");
            let lines: Vec<u64> = found.iter().map(|one| one["places"][0]["line"].as_u64().unwrap()).collect();
            let command = found.iter().flat_map(|one| register_commands(one["help"].as_str().unwrap())).next_back();
            let text = project.read_text(fixtures::REGISTRY);
            let kept = text.lines().zip(1..).filter(|(_, line)| !lines.contains(line)).map(|(text, _)| text);
            project.write(fixtures::REGISTRY, kept.collect::<Vec<_>>().join("\n"));
            run_command(&project, &command.unwrap());
        }
        follow_help(&project);
        assert_packed(&project, &["ui_base", "ui_left", "ui_right"]);
    }
}

#[test]
fn registry_read_from_any_layout() {
    let project = fixtures::small_project();
    let before = cli::run_ok(project.root(), "pack @")["pack"]["sha256"].clone();
    let registry: Value = serde_json::from_str(&project.read_text(fixtures::REGISTRY)).unwrap();
    let compact = registry.to_string();
    project.write(fixtures::REGISTRY, &compact);
    assert_eq!(cli::run_ok(project.root(), "pack @")["pack"]["sha256"], before);
    assert_eq!(project.read_text(fixtures::REGISTRY), compact, "a pack must not rewrite the registry");
}

/// Resolves all files of a merge to one side, as `git checkout --ours .` does.
fn keep_side(project: &TestProject, side: &str, files: &[&str]) {
    for file in files {
        git_ok(project, &format!("checkout --{side} {file}"));
    }
}

const BASE_ANCHOR: &str = "assets/ui/base/asset.json";

/// Adds an image to the bank `ui/base`, as the next tile.
fn add_image(project: &TestProject, name: &str) {
    project.write(&format!("assets/ui/base/{name}"), images::checker(8, 8, GREEN, RED));
    let mut declaration: Value = serde_json::from_str(&project.read_text(BASE_ANCHOR)).unwrap();
    let artifacts = declaration["artifacts"].as_array_mut().unwrap();
    artifacts.push(serde_json::json!({"file": name, "index": artifacts.len(), "palette": 0}));
    project.write(BASE_ANCHOR, serde_json::to_string_pretty(&declaration).unwrap() + "\n");
}

#[test]
fn both_branches_add_an_image() {
    if !tools::are_available(&[Tool::Git]) {
        return;
    }
    let project = repository();
    on_branch(&project, "left", |project| add_image(project, "left.png"));
    on_branch(&project, "right", |project| add_image(project, "right.png"));
    merge(&project, "left", "right", &[BASE_ANCHOR]);
    let found = findings(&project);
    assert_eq!(codes(&found), ["json-conflict"]);
    let help = found[0]["help"].as_str().unwrap();
    assert!(
        help.contains("above `=======` have `left.png`. Only the lines below `=======` have `right.png`."),
        "{help}"
    );
    // Both sides, as the help says; git put the markers inside one artifact.
    let ours = git(&project, &["show", &format!(":2:{BASE_ANCHOR}")]).stdout;
    let mut declaration: Value = serde_json::from_str(&ours).unwrap();
    let both = declaration["artifacts"].as_array_mut().unwrap();
    both.push(serde_json::json!({"file": "right.png", "index": 1, "palette": 0}));
    project.write(BASE_ANCHOR, declaration.to_string());
    // The index is still that of both: an error, which names the next free one.
    let found = findings(&project);
    assert_eq!(codes(&found), ["tile-overlap"]);
    project.edit(BASE_ANCHOR, "{\"file\":\"right.png\",\"index\":1", "{\"file\":\"right.png\",\"index\":2");
    assert_eq!(findings(&project), [] as [Value; 0]);
    assert_packed(&project, &["ui_base"]);
}

#[test]
fn both_branches_move_one_root() {
    if !tools::are_available(&[Tool::Git]) {
        return;
    }
    for side in ["ours", "theirs"] {
        let project = repository();
        for (branch, to) in [("left", "hud"), ("right", "menu")] {
            on_branch(&project, branch, |project| {
                std::fs::rename(project.at("assets/ui"), project.at(&format!("assets/{to}"))).unwrap();
                let answer = cli::run_ok(project.root(), &format!("register @ {to}/base"));
                assert_eq!(answer["asset_id"], 1);
            });
        }
        git_ok(&project, "checkout --quiet left");
        git(&project, &["merge", "--quiet", "right"]);
        keep_side(&project, side, &[fixtures::REGISTRY]);
        commit(&project);
        let found = findings(&project);
        let (kept, other) = if side == "ours" { ("hud", "menu") } else { ("menu", "hud") };
        // Git kept both folders.
        assert_eq!(codes(&found), ["copied-anchor"], "{found:?}");
        assert_eq!(found[0]["asset"]["root"], format!("{other}/base"));
        let refused = cli::run_refused(project.root(), &format!("register @ {other}/base"), &["uuid-twice"]);
        let help = refused.json()["findings"][0]["help"].as_str().unwrap().to_owned();
        assert!(help.contains(&format!("delete `assets/{kept}/base` first")), "{help}");
        std::fs::remove_dir_all(project.at(&format!("assets/{kept}"))).unwrap();
        assert_eq!(cli::run_ok(project.root(), &format!("register @ {other}/base"))["asset_id"], 1);
        assert_packed(&project, &["ui_base"]);
    }
}

#[test]
fn both_branches_create_the_same_root() {
    if !tools::are_available(&[Tool::Git]) {
        return;
    }
    let project = repository();
    for branch in ["left", "right"] {
        on_branch(&project, branch, |project| create(project, "ui/hud", &format!("--name {branch}")));
    }
    let anchor = "assets/ui/hud/asset.json";
    merge(&project, "left", "right", &[fixtures::REGISTRY, anchor]);
    let help = findings(&project)[0]["help"].as_str().unwrap().to_owned();
    assert!(register_commands(&help).is_empty() && help.contains("keep the same side too"), "{help}");
    // The registry of one side and the folder of the other: an error, which names both ways out.
    keep_side(&project, "ours", &[fixtures::REGISTRY]);
    keep_side(&project, "theirs", &[anchor]);
    let found = findings(&project);
    assert_eq!(codes(&found), ["uuid-differs"]);
    keep_side(&project, "ours", &[anchor]);
    assert_packed(&project, &["left", "ui_base"]);
}

#[test]
fn asset_picked_into_both_branches_is_kept() {
    if !tools::are_available(&[Tool::Git]) {
        return;
    }
    for choice in CHOICES {
        let project = repository();
        on_branch(&project, "left", |project| create(project, "ui/left", ""));
        on_branch(&project, "right", |project| create(project, "ui/right", ""));
        // `right` also picks the commit of `left`, where its asset gets another id.
        let picked = git(&project, &["cherry-pick", "left"]);
        assert_eq!(picked.code, 1, "{}", picked.stdout);
        let commands = register_commands(findings(&project)[0]["help"].as_str().unwrap());
        keep_side(&project, "ours", &[fixtures::REGISTRY]);
        run_command(&project, &commands[0]);
        commit(&project);
        merge(&project, "left", "right", &[fixtures::REGISTRY]);
        resolve(&project, choice);
        let found = findings(&project);
        if matches!(choice, Choice::Union | Choice::MarkersOnly) {
            assert_eq!(codes(&found)[..1], ["json-syntax"], "{found:?}");
            continue;
        }
        follow_help(&project);
        assert_packed(&project, &["ui_base", "ui_left", "ui_right"]);
    }
}

#[test]
fn entry_merged_twice_is_reported_once() {
    let project = fixtures::small_project();
    let text = project.read_text(fixtures::REGISTRY);
    let line = text.lines().find(|line| line.contains("sfx/blip")).unwrap();
    let again = line.replace("\"asset_id\": 2", "\"asset_id\": 3");
    project.edit(fixtures::REGISTRY, line, &format!("{line},\n{again}"));
    project.edit(fixtures::REGISTRY, "\"next_asset_id\": 3", "\"next_asset_id\": 4");
    cli::run_refused(project.root(), "pack @", &["root-twice"]);
}
