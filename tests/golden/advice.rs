//! The commands that findings advise: the packer understands each of them.

use std::collections::BTreeSet;

use packer_services::diagnostics::Code;
use support::binary;

use crate::findings::golden;

/// What stands for the values in the help of a finding, and a value.
const PLACEHOLDERS: &[(&str, &str)] = &[
    ("ASSET", "id:1"),
    ("ROOT", "new"),
    ("NAME", "new"),
    ("SOUND", "0"),
    ("IMAGE", "0"),
    ("ARTIFACT", "0"),
    ("FILE", "file"),
    ("N", "0"),
    ("START..END", "0..1"),
    ("TAG", "tag"),
    ("TYPE", "glyph_bank"),
];

/// The commands in the helps of all goldens, without the name of the packer.
fn advised_commands() -> BTreeSet<String> {
    let texts = Code::ALL.iter().map(|code| golden(*code));
    let helps = texts.flat_map(|text| {
        let helps = text.lines().filter_map(|line| line.trim_start().strip_prefix("help: ")).map(str::to_owned);
        helps.collect::<Vec<_>>()
    });
    let commands = helps.flat_map(|help| {
        let quoted = help.split('`').skip(1).step_by(2).map(str::to_owned);
        quoted.collect::<Vec<_>>()
    });
    commands.filter_map(|quoted| Some(quoted.strip_prefix("prometeu-packer ")?.to_owned())).collect()
}

#[test]
fn advised_commands_are_understood() {
    let commands = advised_commands();
    assert!(commands.len() > 20, "{commands:?}");
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    for (n, command) in commands.iter().enumerate() {
        let words: Vec<&str> = command.split_whitespace().collect();
        // Each has a folder of its own, in which there is no project and no file.
        let project = folder.path().join(n.to_string()).display().to_string();
        let value = |word: &&str| match PLACEHOLDERS.iter().find(|(name, _)| name == word) {
            _ if *word == "PROJECT" => project.clone(),
            Some((_, value)) => (*value).to_owned(),
            None => word.trim_matches('\'').to_owned(),
        };
        let (output, is_understood) = match &words[..] {
            // The verb alone, as a name.
            [verb] => {
                let output = binary::run(["help", verb]);
                let is_known = output.code == 0;
                (output, is_known)
            }
            words => {
                let format = (!words.contains(&"--format")).then(|| "--format=json".to_owned());
                let output = binary::run(words.iter().map(value).chain(format));
                let is_parsed = !output.codes().contains(&"usage".to_owned());
                (output, is_parsed)
            }
        };
        assert!(is_understood, "`prometeu-packer {command}`:\n{}{}", output.stdout, output.stderr);
    }
}
