//! Findings, complete: where, what was found, and how to fix it.

use std::path::Path;

use egui::{Label, RichText, Ui};
use packer_services::diagnostics::{Finding, Place, join_some};

use super::{code_text, severity_icon};
use crate::external::fill_placeholders;
use crate::theme::{SMALL, Tokens};
use crate::window_words::{PART, in_window_words};

/// How many places of the same finding are listed.
const PLACES: usize = 8;

/// Shows each finding with its place and its help. Neighbors that differ only in their place are one. Commands name the
/// open `project`.
pub fn finding_list(ui: &mut Ui, findings: &[Finding], project: Option<&Path>) {
    let is_same = |a: &Finding, b: &Finding| {
        (a.code, a.severity, &a.message, &a.help) == (b.code, b.severity, &b.message, &b.help)
    };
    for same in findings.chunk_by(is_same) {
        let Some(finding) = same.first() else { continue };
        let tokens = Tokens::of(ui);
        ui.horizontal(|ui| {
            severity_icon(ui, finding.severity);
            let text = code_text(ui, &finding.message, tokens.text);
            ui.add(Label::new(text).wrap());
        });
        let is_named = |finding: &&Finding| {
            let file = finding.file.as_deref().and_then(|file| file.rsplit('/').next());
            !file.is_some_and(|file| finding.message.contains(file))
        };
        let places: Vec<String> = same.iter().filter(is_named).map(short_place).filter(|it| !it.is_empty()).collect();
        if !places.is_empty() {
            let text = join_some(places.iter(), ", ", PLACES);
            ui.add(Label::new(RichText::new(text).monospace().size(SMALL).color(tokens.weak)).wrap());
        }
        finding_help(ui, finding, project);
    }
}

/// Shows how to fix a finding.
pub fn finding_help(ui: &mut Ui, finding: &Finding, project: Option<&Path>) {
    let mut words = in_window_words(&finding.help);
    let is_in_project = finding.asset.as_ref().is_some_and(|asset| asset.asset_id.is_some());
    if is_in_project && words.contains("choose “") {
        words.push_str(" The field is in the view Cut.");
    } else if words.contains(PART) {
        words.push_str(" A part is chosen in the view Cut, once the asset is created.");
    }
    let help = fill_placeholders(&words, project, finding.asset.as_ref());
    let text = code_text(ui, &help, Tokens::of(ui).weak);
    ui.add(Label::new(text).wrap());
}

/// Where a finding is, in short: the file's name, and the first place in it.
pub fn short_place(finding: &Finding) -> String {
    let file = finding.file.as_deref().map(|file| file.rsplit('/').next().unwrap_or(file));
    let first = finding.places.first().map(|place| match place {
        Place::Json { line, column, .. } => format!("line {line}, column {column}"),
        Place::Tile { tile, pixel: Some(pixel), .. } => format!("tile {tile} ({}, {})", pixel.x, pixel.y),
        Place::Tile { tile, .. } => format!("tile {tile}"),
        Place::Color { palette, color } => format!("palette {palette} color {color}"),
        Place::Frame { frame } => format!("frame {frame}"),
        Place::Line { line } => format!("line {line}"),
        Place::Byte { offset } => format!("byte {offset}"),
    });
    let parts: Vec<&str> = [file, first.as_deref()].into_iter().flatten().collect();
    parts.join(" · ")
}
