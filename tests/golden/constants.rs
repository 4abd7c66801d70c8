//! The constants of the example project in each language, byte for byte.

use packer_services::Context;
use packer_services::constants::Language;
use packer_services::ops::{MakeConstants, Operation};
use support::{TestProject, repository};

use crate::findings::{bless, is_blessing};

#[test]
#[expect(clippy::disallowed_methods, reason = "goldens are not project files")]
fn example_constants_match_goldens() {
    let languages =
        [(Language::Rust, "ids.rs"), (Language::C, "ids.h"), (Language::Lua, "ids.lua"), (Language::Json, "ids.json")];
    for (language, name) in languages {
        let project = TestProject::example();
        let report = MakeConstants::new(project.root(), language).run(&Context::new());
        let text = report.ok().and_then(|report| report.into_data().text).unwrap_or_default();
        let golden = repository().join("tests/golden/constants").join(name);
        if is_blessing() {
            bless(&golden, &text);
        }
        assert_eq!(text, std::fs::read_to_string(golden).unwrap_or_default(), "{name}");
    }
}
