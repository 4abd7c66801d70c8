//! The text of `constants` in rustc, a C compiler, Lua and Python: a program in each language prints all constants, and
//! their values equal those of the report.
#![expect(clippy::disallowed_methods, reason = "it writes programs, not project files")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use packer_services::declaration::Declaration;
use packer_services::formats::TileSize;
use serde_json::Value;
use support::TestProject;

use crate::cli;
use crate::tools::{self, Tool};

/// The demo, the example whose ids have gaps, and a project whose names need to be converted.
fn projects() -> [TestProject; 3] {
    let demo = support::repository().join("assets-demo/lantern/assets");
    let project = TestProject::example();
    let lantern = TestProject::new();
    support::copy_folder(&demo, &lantern.at("assets"));
    let mut hostile = TestProject::new();
    let files = ["it's {0} `y`.png", "--[[ ]] %s.png", "a~b & ~1.png", "#define.png", "2d/end.png"];
    for file in files {
        hostile.write(&format!("assets/if/{file}"), support::images::plain(8, 8, support::RED));
    }
    let artifacts = (0..).zip(files).map(|(index, file)| support::artifact(file, index)).collect();
    let declaration = support::glyph(1, "", TileSize::Eight, vec![support::red_green()], artifacts);
    hostile.add_asset("if", true, &Declaration { name: "if/--end.2".into(), ..declaration });
    [project, lantern, hostile]
}

/// The constants that the report lists, as `NAME VALUE`.
fn listed(project: &TestProject, lang: &str) -> Vec<String> {
    let answer = cli::run_ok(project.root(), &format!("constants @ --lang {lang}"));
    let line = |constant: &Value| format!("{} {}", constant["name"].as_str().unwrap(), constant["value"]);
    answer["constants"].as_array().unwrap().iter().map(line).collect()
}

/// Writes the constants and a program that prints them; returns the folder.
fn with_program(
    project: &TestProject,
    lang: &str,
    file: &str,
    program: &str,
    text: impl Fn(&[&str]) -> String,
) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join(file);
    cli::run_ok(project.root(), &format!("constants @ --lang {lang} --output {}", output.display()));
    let listed = listed(project, lang);
    let names: Vec<&str> = listed.iter().map(|line| line.rsplit_once(' ').unwrap().0).collect();
    std::fs::write(folder.path().join(program), text(&names)).unwrap();
    folder
}

fn run_program(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = tools::run_to_end(Command::new(program).args(arguments).current_dir(folder));
    assert_eq!(output.code, 0, "{program}: {}{}", output.stdout, output.stderr);
    assert_eq!(output.stderr, "", "{program} must not warn");
    output.stdout
}

/// Asserts that `printed` contains every constant, in order.
fn assert_all_constants(project: &TestProject, lang: &str, printed: &str) {
    let listed = listed(project, lang);
    assert!(listed.len() > 5);
    assert_eq!(printed.lines().collect::<Vec<_>>(), listed, "{lang}");
}

#[test]
#[ignore = "needs compilers: run with --include-ignored"]
fn rustc_compiles_the_module() {
    if !tools::are_available(&[Tool::Rustc]) {
        return;
    }
    for project in projects() {
        let folder = with_program(&project, "rust", "ids.rs", "main.rs", |names| {
            let mut text = "mod ids;\n\nfn main() {\n".to_owned();
            for name in names {
                writeln!(text, "    println!(\"{name} {{}}\", ids::{name});").unwrap();
            }
            text + "}\n"
        });
        run_program(folder.path(), "rustc", &["--edition", "2024", "-D", "warnings", "main.rs"]);
        assert_all_constants(&project, "rust", &run_program(folder.path(), "./main", &[]));
    }
}

#[test]
#[ignore = "needs compilers: run with --include-ignored"]
fn c_compiler_accepts_the_header_twice() {
    if !tools::are_available(&[Tool::Cc]) {
        return;
    }
    for project in projects() {
        let folder = with_program(&project, "c", "ids.h", "main.c", |names| {
            let mut text =
                "#include <stdio.h>\n#include \"ids.h\"\n#include \"ids.h\"\n\nint main(void) {\n".to_owned();
            for name in names {
                writeln!(text, "    printf(\"{name} %d\\n\", {name});").unwrap();
            }
            text + "    return 0;\n}\n"
        });
        run_program(
            folder.path(),
            "cc",
            &["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-o", "main", "main.c"],
        );
        assert_all_constants(&project, "c", &run_program(folder.path(), "./main", &[]));
    }
}

#[test]
#[ignore = "needs compilers: run with --include-ignored"]
fn lua_loads_the_chunk() {
    if !tools::are_available(&[Tool::Lua]) {
        return;
    }
    for project in projects() {
        let folder = with_program(&project, "lua", "ids.lua", "main.lua", |names| {
            let mut text = "local ids = require(\"ids\")\nlocal count = 0\n".to_owned();
            for name in names {
                writeln!(text, "print(\"{name} \" .. ids.{name})").unwrap();
            }
            let all = names.len();
            text + &format!("for _ in pairs(ids) do count = count + 1 end\nassert(count == {all}, count)\n")
        });
        assert_all_constants(&project, "lua", &run_program(folder.path(), "lua5.4", &["main.lua"]));
    }
}

#[test]
#[ignore = "needs compilers: run with --include-ignored"]
fn python_finds_every_constant_at_its_pointer() {
    if !tools::are_available(&[Tool::Python]) {
        return;
    }
    for project in projects() {
        let folder = with_program(&project, "json", "ids.json", "main.py", |names| {
            let names = serde_json::to_string(&serde_json::to_string(names).unwrap()).unwrap();
            format!(
                "import json\n\
                 ids = json.load(open('ids.json', encoding='utf-8'))\n\
                 for name in json.loads({names}):\n\
                 \x20   value = ids\n\
                 \x20   for key in name.split('/')[1:]:\n\
                 \x20       key = key.replace('~1', '/').replace('~0', '~')\n\
                 \x20       value = value[int(key) if isinstance(value, list) else key]\n\
                 \x20   print(name, value)\n"
            )
        });
        assert_all_constants(&project, "json", &run_program(folder.path(), "python3", &["main.py"]));
    }
}
