//! Every JSON answer satisfies `docs/schemas/answers.schema.json`. All tests that read an answer check that; here are
//! the verbs, and how strict the schema is.

use serde_json::{Value, json};
use support::TestProject;
use support::answer_schema::{self, SCHEMA};

use crate::cli;

/// A line of each verb that has a result, in an order in which they work.
const LINES: [&str; 41] = [
    "init @/new",
    "create @/new ui/letter --type glyph_bank --tile-size 16 @/assets/characters/lamps/lampkin.png",
    "register @ drafts/sketch --exclude",
    "include @ lamps",
    "exclude @ lamps",
    "rename @ hero champion",
    "move @ font interface/letters",
    "slot @ lamps none",
    "loop @ ambience night.wav none",
    "convert @ effects --none",
    "tile-size @ lamps 8",
    "key @ lamps none lampkin.png",
    "cut @ lamps lampkin.png --region 0,0,16,16",
    "compose @ lamps move wisp.png",
    "update @/new 1",
    "palette @ lamps move 0 1",
    "animation @ lamps flicker --file lampkin.png --frame-ms 80,80,80,200",
    "renumber @ lamps",
    "fix @ title --dry-run",
    "forget @ root:drafts/sketch",
    "remove @ lamps",
    "remove @ font",
    "restore @ lamps",
    "purge @ font",
    "undo @",
    "redo @",
    "history @",
    "list @",
    "show @ terrain",
    "show @ ambience",
    "preview @ title --out @/shown",
    "palettes @ lamps",
    "palettes @ lamps --export @/lamps.gpl --index 0",
    "palettes @ lamps --import @/lamps.gpl --as 0 --dry-run",
    "doctor @",
    "pack @",
    "pack @ --check",
    "constants @ --lang rust --palettes",
    "verify @/build/assets.pa --against @",
    "inspect @/build/assets.pa",
    "extract @/build/assets.pa @/art",
];

/// The demo, with an asset that is not registered.
fn demo() -> TestProject {
    let project = TestProject::demo();
    let anchor = project.read_text("assets/drafts/title/asset.json");
    project.write("assets/drafts/sketch/title.png", project.read("assets/drafts/title/title.png"));
    let uuid = support::uuid(1).to_string();
    let own = anchor.lines().map(|line| match line.contains("asset_uuid") {
        true => format!("  \"asset_uuid\": \"{uuid}\","),
        false => line.replace("\"title\"", "\"sketch\""),
    });
    project.write("assets/drafts/sketch/asset.json", own.collect::<Vec<_>>().join("\n"));
    project
}

fn answers() -> Vec<Value> {
    let project = demo();
    LINES.iter().map(|line| cli::run_ok(project.root(), line)).collect()
}

/// Calls `change` with each object in `value`, as a copy of `answer` that can be changed.
fn for_each_object(answer: &Value, pointer: &str, visit: &mut impl FnMut(&str)) {
    match answer.pointer(pointer) {
        Some(Value::Object(object)) => {
            visit(pointer);
            object.keys().for_each(|key| for_each_object(answer, &format!("{pointer}/{key}"), visit));
        }
        // All elements of a list have the same form.
        Some(Value::Array(elements)) if !elements.is_empty() => {
            for_each_object(answer, &format!("{pointer}/0"), visit);
        }
        _ => {}
    }
}

#[test]
fn every_verb_has_a_schema() {
    let mut verbs: Vec<String> = answers().iter().map(|answer| answer["verb"].as_str().unwrap().to_owned()).collect();
    verbs.dedup();
    let schemas = SCHEMA["oneOf"].as_array().unwrap().iter().filter_map(|schema| schema["$ref"].as_str());
    let described: Vec<&str> = schemas.filter_map(|name| name.strip_prefix("#/$defs/answer-")).collect();
    assert_eq!(verbs, described);
    let refusing = SCHEMA["$defs"]["refusal"]["properties"]["verb"]["enum"].as_array().unwrap();
    let refusing: Vec<&str> = refusing.iter().filter_map(Value::as_str).collect();
    let others = ["watch", "usage"];
    let of_verbs: Vec<&str> = refusing.iter().copied().filter(|verb| !others.contains(verb)).collect();
    assert_eq!((verbs.len() + others.len(), &of_verbs), (refusing.len(), &described));
    let help = cli::run(std::path::Path::new(""), "help").stdout;
    for verb in &verbs {
        assert!(help.contains(&format!("\n  {verb} ")), "{help}");
    }
    let listed = help.lines().skip_while(|line| *line != "Verbs:").skip(1).take_while(|line| !line.is_empty());
    let listed = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    // `watch` prints events: its tests check each of them.
    assert!(help.contains("\n  watch "), "{help}");
    assert_eq!(listed.count(), verbs.len() + 2, "each verb, `watch` and `help`:\n{help}");
}

#[test]
fn schema_refuses_unknown_and_missing_members() {
    let mut tried = 0;
    for answer in answers() {
        let mut pointers = Vec::new();
        for_each_object(&answer, "", &mut |pointer| pointers.push(pointer.to_owned()));
        for pointer in pointers {
            let mut more = answer.clone();
            more.pointer_mut(&pointer).unwrap()["unknown"] = json!(1);
            assert!(!answer_schema::is_valid(&more), "{}: {pointer}/unknown", answer["verb"]);
            let keys: Vec<String> = answer.pointer(&pointer).unwrap().as_object().unwrap().keys().cloned().collect();
            for key in keys {
                // The samples of a bank are numbered, and a loop has two ends or none.
                let is_optional = pointer.ends_with("/samples") || ["loop_start", "loop_end"].contains(&key.as_str());
                if is_optional && pointer.contains("/metadata") || ["region", "skipped"].contains(&key.as_str()) {
                    continue;
                }
                let mut less = answer.clone();
                less.pointer_mut(&pointer).unwrap().as_object_mut().unwrap().remove(&key);
                assert!(!answer_schema::is_valid(&less), "{}: without {pointer}/{key}", answer["verb"]);
                tried += 1;
            }
        }
    }
    assert!(tried > 200, "{tried}");
}
