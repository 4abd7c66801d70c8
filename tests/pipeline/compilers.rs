//! The text of `constants`, read by those that it is for: rustc, a C compiler, Lua and Python's JSON. Each prints every
//! constant with its value, as the report tells them.
#![expect(clippy::disallowed_methods, reason = "it writes programs, which are no files of a project")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::TestProject;

use crate::cli;
use crate::tools::{self, Tool};

/// The demo, and the example whose ids have gaps.
fn projects() -> [TestProject; 2] {
    let demo = support::repository().join("assets-demo/lantern/assets");
    let project = TestProject::example();
    let lantern = TestProject::new();
    support::copy_folder(&demo, &lantern.at("assets"));
    [project, lantern]
}

/// The constants that the report lists, as `NAME VALUE`.
fn listed(project: &TestProject, lang: &str) -> Vec<String> {
    let answer = cli::done(project.root(), &format!("constants @ --lang {lang}"));
    let told = |constant: &Value| format!("{} {}", constant["name"].as_str().unwrap(), constant["value"]);
    answer["constants"].as_array().unwrap().iter().map(told).collect()
}

/// Writes the constants, and a program that prints each; gives the folder.
fn with_program(
    project: &TestProject,
    lang: &str,
    file: &str,
    program: &str,
    text: impl Fn(&[&str]) -> String,
) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join(file);
    cli::done(project.root(), &format!("constants @ --lang {lang} --output {}", output.display()));
    let listed = listed(project, lang);
    let names: Vec<&str> = listed.iter().map(|line| line.split(' ').next().unwrap()).collect();
    std::fs::write(folder.path().join(program), text(&names)).unwrap();
    folder
}

fn runs(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let ended = tools::end(Command::new(program).args(arguments).current_dir(folder));
    assert_eq!(ended.code, 0, "{program}: {}{}", ended.stdout, ended.stderr);
    assert_eq!(ended.stderr, "", "{program} has nothing to warn of");
    ended.stdout
}

/// Demands that `printed` is every constant, in order.
fn assert_all(project: &TestProject, lang: &str, printed: &str) {
    let listed = listed(project, lang);
    assert!(listed.len() > 5);
    assert_eq!(printed.lines().collect::<Vec<_>>(), listed, "{lang}");
}

#[test]
#[ignore = "needs compilers: run with --include-ignored"]
fn rustc_takes_the_module() {
    if !tools::have(&[Tool::Rustc]) {
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
        runs(folder.path(), "rustc", &["--edition", "2024", "-D", "warnings", "main.rs"]);
        assert_all(&project, "rust", &runs(folder.path(), "./main", &[]));
    }
}

#[test]
#[ignore = "needs compilers: run with --include-ignored"]
fn a_c_compiler_takes_the_header_twice() {
    if !tools::have(&[Tool::Cc]) {
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
        runs(folder.path(), "cc", &["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-o", "main", "main.c"]);
        assert_all(&project, "c", &runs(folder.path(), "./main", &[]));
    }
}

#[test]
#[ignore = "needs compilers: run with --include-ignored"]
fn lua_takes_the_chunk() {
    if !tools::have(&[Tool::Lua]) {
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
        assert_all(&project, "lua", &runs(folder.path(), "lua5.4", &["main.lua"]));
    }
}

#[test]
#[ignore = "needs compilers: run with --include-ignored"]
fn python_finds_every_constant_at_its_pointer() {
    if !tools::have(&[Tool::Python]) {
        return;
    }
    for project in projects() {
        let folder = with_program(&project, "json", "ids.json", "main.py", |names| {
            let names = serde_json::to_string(names).unwrap();
            format!(
                "import json\n\
                 ids = json.load(open('ids.json', encoding='utf-8'))\n\
                 for name in json.loads(r'''{names}'''):\n\
                 \x20   value = ids\n\
                 \x20   for key in name.split('/')[1:]:\n\
                 \x20       key = key.replace('~1', '/').replace('~0', '~')\n\
                 \x20       value = value[int(key) if isinstance(value, list) else key]\n\
                 \x20   print(name, value)\n"
            )
        });
        assert_all(&project, "json", &runs(folder.path(), "python3", &["main.py"]));
    }
}
