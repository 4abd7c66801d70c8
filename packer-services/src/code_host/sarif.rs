//! SARIF 2.1.0, in the form that GitHub's code scanning accepts, which demands more than the schema.

use std::path::{Component, Path, Prefix};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use serde::Serialize;

use super::locations::{Location, Locations};
use super::{HostedFindings, message_of};
use crate::diagnostics::{Blame, Code, Explanation, Finding, Severity, plural};
use crate::files::display_path;

/// The most results that code scanning accepts in a run: a file with more is refused as a whole.
const RESULTS: usize = 25_000;

/// What is encoded in a segment of a URI: everything but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    automation_details: AutomationDetails,
    invocations: [Invocation; 1],
    /// The columns of places are characters, not UTF-16 units.
    column_kind: &'static str,
    results: Vec<SarifResult>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor>,
    notifications: Vec<Descriptor>,
}

/// A code: a rule of the project, or a reason why the packer could not run.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    short_description: Text,
    full_description: Text,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct AutomationDetails {
    id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    #[serde(skip_serializing_if = "Option::is_none")]
    descriptor: Option<Reference>,
    level: &'static str,
    message: Text,
    locations: Vec<SarifLocation>,
}

#[derive(Serialize)]
struct Reference {
    id: &'static str,
    index: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: Vec<SarifLocation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<SarifLocation>,
    partial_fingerprints: Fingerprints,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fingerprints {
    /// The only one that code scanning reads. Without it, its uploader takes the hash of the line, and then two
    /// findings of one rule about the same declared file would be one alert.
    primary_location_line_hash: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifLocation {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
}

impl HostedFindings<'_> {
    /// The findings as one SARIF log, as indented JSON.
    ///
    /// Findings of the project are results, errors first, at most 25,000. Findings that are not about the project, such
    /// as a full disk, are notifications of the run, and so is the number of results that were left out.
    pub fn to_sarif(&self) -> Vec<u8> {
        let locations = Locations::of(self);
        let is_of_project = |finding: &&Finding| finding.code.blame() != Blame::System;
        let (mut found, system): (Vec<&Finding>, Vec<&Finding>) = self.findings.iter().partition(is_of_project);
        // The sort is stable: within a severity, the order of the answer is kept.
        found.sort_by_key(|finding| finding.severity);
        let left_out = found.split_off(found.len().min(RESULTS));
        let (rules, notices) = (Descriptors::of(&found), Descriptors::of(&system));
        let results = found.iter().map(|finding| result(finding, &rules, locations.locate(finding))).collect();
        let mut notifications: Vec<Notification> =
            system.iter().map(|finding| notification(finding, &notices, locations.locate(finding))).collect();
        if !left_out.is_empty() {
            let count = plural(left_out.len() as u64, "finding");
            notifications.push(Notification {
                descriptor: None,
                level: Severity::Warning.as_str(),
                message: Text { text: format!("{count} left out: a SARIF log has at most {RESULTS} results") },
                locations: Vec::new(),
            });
        }
        let about =
            self.project.or(self.named_file).map_or_else(String::new, |path| format!("{}/", display_path(path)));
        crate::json::to_pretty_bytes(&Log {
            schema: "https://json.schemastore.org/sarif-2.1.0.json",
            version: "2.1.0",
            runs: [Run {
                tool: Tool {
                    driver: Driver {
                        name: "prometeu-packer",
                        semantic_version: env!("CARGO_PKG_VERSION"),
                        rules: rules.described(),
                        notifications: notices.described(),
                    },
                },
                automation_details: AutomationDetails { id: format!("prometeu-packer/{}/{about}", self.verb) },
                invocations: [Invocation {
                    execution_successful: !system.iter().any(|finding| finding.is_error()),
                    tool_execution_notifications: notifications,
                }],
                column_kind: "unicodeCodePoints",
                results,
            }],
        })
    }
}

/// The codes that occur, in the order of the list of codes.
struct Descriptors(Vec<Code>);

impl Descriptors {
    fn of(findings: &[&Finding]) -> Self {
        let mut codes: Vec<Code> = findings.iter().map(|finding| finding.code).collect();
        codes.sort();
        codes.dedup();
        Self(codes)
    }

    fn index_of(&self, code: Code) -> usize {
        self.0.partition_point(|known| *known < code)
    }

    fn described(&self) -> Vec<Descriptor> {
        self.0.iter().map(|code| describe(*code)).collect()
    }
}

fn describe(code: Code) -> Descriptor {
    let Explanation { what, why, fix } = code.explanation();
    Descriptor {
        id: code.as_str(),
        short_description: Text { text: code.description().to_owned() },
        full_description: Text { text: what.clone() },
        help: Help { markdown: format!("**What.** {what}\n\n**Why.** {why}\n\n**Fix.** {fix}"), text: fix },
        default_configuration: Configuration { level: code.severity().as_str() },
    }
}

fn result(finding: &Finding, rules: &Descriptors, location: Option<Location>) -> SarifResult {
    let about = location.as_ref().and_then(|location| location.about.clone());
    SarifResult {
        rule_id: finding.code.as_str(),
        rule_index: rules.index_of(finding.code),
        level: finding.severity.as_str(),
        message: Text { text: message_of(finding) },
        locations: location.iter().map(sarif_location).collect(),
        related_locations: about.iter().map(|path| file_location(path)).collect(),
        partial_fingerprints: Fingerprints { primary_location_line_hash: finding.cause_id().to_string() },
    }
}

fn notification(finding: &Finding, notices: &Descriptors, location: Option<Location>) -> Notification {
    Notification {
        descriptor: Some(Reference { id: finding.code.as_str(), index: notices.index_of(finding.code) }),
        level: finding.severity.as_str(),
        message: Text { text: message_of(finding) },
        locations: location.iter().map(sarif_location).collect(),
    }
}

fn sarif_location(location: &Location) -> SarifLocation {
    let region = Region { start_line: location.line, start_column: location.column };
    SarifLocation {
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri_of(&location.path) },
            region: Some(region),
        },
        message: None,
    }
}

/// The file that a finding is about, if the finding is shown at the line that declares it.
fn file_location(path: &Path) -> SarifLocation {
    SarifLocation {
        physical_location: PhysicalLocation { artifact_location: ArtifactLocation { uri: uri_of(path) }, region: None },
        message: Some(Text { text: "the file that the finding is about".into() }),
    }
}

/// A path as a URI: relative, or with the scheme `file` if the path is absolute.
fn uri_of(path: &Path) -> String {
    let encode = |bytes: &[u8]| percent_encode(bytes, ENCODED).to_string();
    let mut start = String::new();
    let mut segments = Vec::new();
    for component in path.components() {
        match component {
            Component::Prefix(prefix) => match prefix.kind() {
                Prefix::Disk(letter) | Prefix::VerbatimDisk(letter) => {
                    segments.push(format!("{}:", char::from(letter)));
                }
                Prefix::UNC(server, share) | Prefix::VerbatimUNC(server, share) => {
                    start = format!("file://{}", encode(server.as_encoded_bytes()));
                    segments.push(encode(share.as_encoded_bytes()));
                }
                _ => segments.push(encode(prefix.as_os_str().as_encoded_bytes())),
            },
            Component::RootDir if start.is_empty() => start = "file://".into(),
            Component::RootDir | Component::CurDir => {}
            Component::ParentDir => segments.push("..".into()),
            Component::Normal(name) => segments.push(encode(name.as_encoded_bytes())),
        }
    }
    let separator = if start.is_empty() { "" } else { "/" };
    format!("{start}{separator}{}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_encoded_uris() {
        let uri = |path: &str| uri_of(Path::new(path));
        assert_eq!(uri("./a b/ü#%?.png"), "a%20b/%C3%BC%23%25%3F.png");
        assert_eq!(uri("a:b/c"), "a%3Ab/c");
        assert_eq!(uri("../game/x.png"), "../game/x.png");
        if cfg!(unix) {
            assert_eq!(uri("/r/a\\b"), "file:///r/a%5Cb");
        }
        if cfg!(windows) {
            assert_eq!(uri("C:\\r\\a b"), "file:///C:/r/a%20b");
        }
    }
}
