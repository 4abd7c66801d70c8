//! How a code host reads the packer's output: the rules of GitHub's code scanning for a SARIF log, which refuse more
//! than the schema does, and the lines of a log that a runner of GitHub Actions obeys.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

/// The schema of SARIF 2.1.0, from the sources of the crate `serde-sarif`, whose version is pinned.
static SARIF_SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["metadata", "--locked", "--all-features", "--format-version", "1"];
    let output = Command::new(cargo).args(arguments).current_dir(super::repository()).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").unwrap();
    let schema = Path::new(package["manifest_path"].as_str().unwrap()).with_file_name("src/schema.json");
    let mut schema: Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    // Its pattern ends in a bracket that was never opened, which a strict reader refuses.
    for part in ["run", "toolComponent"] {
        schema["definitions"][part]["properties"]["language"].as_object_mut().unwrap().remove("pattern").unwrap();
    }
    jsonschema::validator_for(&schema).unwrap()
});

/// Asserts that code scanning accepts a log and shows each of its results, whose places are files below `working` or
/// absolute. Returns the rule ids of the results.
///
/// # Panics
/// If it does not.
pub fn check_sarif(log: &Value, working: &Path) -> Vec<String> {
    let errors: Vec<String> =
        SARIF_SCHEMA.iter_errors(log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:?}\n{log:#}");
    assert!(log["$schema"].is_string(), "{log:#}");
    let runs = log["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1);
    let run = &runs[0];
    let driver = &run["tool"]["driver"];
    for rule in driver["rules"].as_array().unwrap().iter().chain(driver["notifications"].as_array().unwrap()) {
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(rule[text]["text"].as_str().is_some_and(|text| !text.is_empty()), "{rule:#}");
        }
    }
    let results = run["results"].as_array().unwrap();
    assert!(results.len() <= 25_000);
    let level =
        |result: &Value| ["error", "warning", "note"].iter().position(|level| result["level"] == *level).unwrap();
    assert!(results.is_sorted_by_key(level), "errors come first");
    let fingerprint =
        |result: &Value| result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap().to_owned();
    let mut fingerprints: Vec<String> = results.iter().map(fingerprint).collect();
    fingerprints.sort();
    assert!(fingerprints.windows(2).all(|pair| pair[0] != pair[1]), "two results are one alert");
    for result in results {
        let rule = &driver["rules"][usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"], "{result:#}");
        assert!(result["message"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{result:#}");
        let locations = result["locations"].as_array().unwrap();
        assert_eq!(locations.len(), 1, "{result:#}");
        let location = &locations[0]["physicalLocation"];
        let line = location["region"]["startLine"].as_u64().unwrap();
        let path = path_of(location["artifactLocation"]["uri"].as_str().unwrap(), working);
        // A file that has lines has this one.
        // A device has no end, and a pipe may never have one.
        if path.is_file()
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            assert!(usize::try_from(line).unwrap() <= text.lines().count().max(1), "{result:#}");
        }
        for related in result["relatedLocations"].as_array().into_iter().flatten() {
            path_of(related["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap(), working);
        }
    }
    results.iter().map(|result| result["ruleId"].as_str().unwrap().to_owned()).collect()
}

/// The path that a URI means.
///
/// # Panics
/// If it is not a URI as RFC 3986 defines it, or has a scheme other than `file`.
pub fn path_of(uri: &str, working: &Path) -> PathBuf {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let encoded = uri.strip_prefix("file://").unwrap_or(uri);
    let mut bytes = Vec::new();
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            assert!(is_unreserved(byte) || (cfg!(windows) && byte == b':'), "{uri}");
            bytes.push(byte);
        }
    }
    working.join(String::from_utf8(bytes).unwrap())
}

/// A command that a runner obeyed.
#[derive(Debug, PartialEq, Eq)]
pub struct Annotation {
    /// `error`, `warning` or `notice`.
    pub command: String,
    /// Its properties, decoded, in their order.
    pub properties: Vec<(String, String)>,
    /// Its message, decoded.
    pub message: String,
}

impl Annotation {
    /// A property.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What a runner does with a log: the annotations, and the lines that it only shows.
///
/// # Panics
/// If it obeys anything that is not an annotation, or does not show an annotation.
pub fn run_log(log: &str) -> (Vec<Annotation>, Vec<String>) {
    let (mut annotations, mut shown) = (Vec::new(), Vec::new());
    let mut stopped: Option<String> = None;
    for line in log.lines() {
        if let Some(token) = &stopped {
            // Both forms of the token end the stop.
            if line.trim_start() == format!("::{token}::") || line.contains(&format!("##[{token}]")) {
                assert_eq!(line, format!("::{token}::"));
                stopped = None;
            } else {
                shown.push(line.to_owned());
            }
        } else if let Some(command) = line.trim_start().strip_prefix("::") {
            let (head, data) = command.split_once("::").unwrap();
            let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
            if name == "stop-commands" {
                stopped = Some(data.to_owned());
                continue;
            }
            assert!(["error", "warning", "notice"].contains(&name), "{line}");
            let pairs = properties.split(',').map(|pair| pair.split_once('=').unwrap());
            let properties = pairs.map(|(key, value)| (key.to_owned(), decode(value))).collect();
            annotations.push(Annotation { command: name.to_owned(), properties, message: decode(data) });
        } else {
            assert!(!line.contains("##["), "{line}");
            shown.push(line.to_owned());
        }
    }
    assert_eq!(stopped, None, "commands are stopped for the rest of the job");
    for name in ["error", "warning", "notice"] {
        assert!(annotations.iter().filter(|annotation| annotation.command == name).count() <= 10, "{log}");
    }
    (annotations, shown)
}

/// Decodes the escapes of a command. `%25` is the last, as in the runner.
fn decode(text: &str) -> String {
    let text = text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",");
    text.replace("%25", "%")
}
