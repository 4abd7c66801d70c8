//! The animations of a new bank: those of the tags of its sprites, and each series of images whose names differ only in
//! the number at their end.

use std::sync::Arc;

use super::tags::{TaggedSprite, check_animation_count, follow_new_tags};
use crate::banks::glyph::palettes::CutImage;
use crate::declaration::{Animation, AnimationFrames, DeclaredFrames, is_animation_name};
use crate::diagnostics::{Code, Finding, escaped};
use crate::formats::TileSize;
use crate::paths::RelPath;

/// The animations of the tags of sprites, and of images that are each one frame, in the order of the bank.
///
/// # Errors
/// If there is no tag and no series of images, or one cannot be an animation.
pub(super) fn find_animations(images: &[CutImage<'_>], size: TileSize) -> Result<Vec<Animation>, Vec<Finding>> {
    let mut series: Vec<(&str, Vec<&CutImage<'_>>)> = Vec::new();
    let mut sprites: Vec<TaggedSprite<'_>> = Vec::new();
    for image in images {
        if let Some(timeline) = image.image.timeline.as_ref().filter(|timeline| !timeline.tags.is_empty()) {
            sprites.push(TaggedSprite { artifact: image.artifact, timeline: Arc::clone(timeline) });
            continue;
        }
        let Some(name) = series_name(&image.artifact.file) else { continue };
        match series.iter_mut().find(|(known, _)| *known == name) {
            Some((_, of_series)) => of_series.push(image),
            None => series.push((name, vec![image])),
        }
    }
    series.retain(|(_, of_series)| of_series.len() > 1);
    if series.is_empty() && sprites.is_empty() {
        return Err(vec![Finding::new(
            Code::AnimationNotFound,
            "no image is an Aseprite file with tags, and the names of no two images differ only in a number at their end",
            "Leave out `--animations`, or name the frames of an animation like `walk_1.png`, `walk_2.png`.",
        )]);
    }
    let mut findings = Vec::new();
    let mut animations = Vec::new();
    let own_names: Vec<&str> = series.iter().map(|(name, _)| animation_name(name)).collect();
    for (name, of_series) in &series {
        let own = animation_name(name);
        // Series of several folders of a root, which may have one name.
        let folder = name.rsplit('/').nth(1).filter(|_| own_names.iter().filter(|other| **other == own).count() > 1);
        let name = folder.map_or_else(|| own.to_owned(), |folder| format!("{folder}_{own}"));
        match animation(&name, of_series, size) {
            Ok(animation) => animations.push(animation),
            Err(finding) => findings.push(*finding),
        }
    }
    match follow_new_tags(&sprites, &animations) {
        Ok(tagged) => animations.extend(tagged),
        Err(of_tags) => findings.extend(of_tags),
    }
    if let Err(too_many) = check_animation_count(animations.len()) {
        findings.extend(too_many);
    }
    if findings.is_empty() { Ok(animations) } else { Err(findings) }
}

fn animation(name: &str, images: &[&CutImage<'_>], size: TileSize) -> Result<Animation, Box<Finding>> {
    if !is_animation_name(name) {
        return Err(Box::new(Finding::new(
            Code::NameIllegal,
            format!("`{}` is not the name of an animation", escaped(name)),
            "Rename the files, so that 1 to 32 printable characters are left without the number, or leave out \
             `--animations`.",
        )));
    }
    let pixels = |image: &CutImage<'_>| [image.grid.columns * size.pixels(), image.grid.rows * size.pixels()];
    let first = images[0];
    let frame_size = pixels(first);
    if let Some(other) = images.iter().find(|image| pixels(image) != frame_size) {
        let [[width, height], [other_width, other_height]] = [frame_size, pixels(other)];
        let message = format!(
            "the image has {other_width} × {other_height} pixels of tiles, and `{}` has {width} × {height}; all frames \
             of the animation `{}` need one size",
            first.artifact.file,
            escaped(name)
        );
        let help = "Make the images equally large, rename those of another animation, or leave out `--animations`.";
        return Err(Box::new(Finding::new(Code::AnimationFrames, message, help).file(other.artifact.file.as_str())));
    }
    let files = images.iter().map(|image| image.artifact.file.clone()).collect();
    let frame_size = Some(frame_size).filter(|frame| *frame != [size.pixels(); 2]);
    let frames = DeclaredFrames { frame_size, ..DeclaredFrames::of_files(files) };
    Ok(Animation::new(name, AnimationFrames::Declared(frames)))
}

/// What a series is called: its name without what separates the number from it. A file may also be called only `1.png`.
fn animation_name(series: &str) -> &str {
    match series.rsplit('/').next().unwrap_or(series).trim_end_matches(['_', '-', '.', ' ', '(', '#']) {
        "" => "frames",
        name => name,
    }
}

/// The path of a file without its extension and the number at its end; `None` if it has no number there.
pub(super) fn series_name(file: &RelPath) -> Option<&str> {
    let path = file.as_str();
    let name_at = path.len() - file.file_name().len();
    let stem = match path.rfind('.') {
        Some(dot) if dot > name_at => &path[..dot],
        _ => path,
    };
    // As systems number copies: `walk (1).png`.
    let stem = stem.strip_suffix(')').unwrap_or(stem);
    let name = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    (name.len() < stem.len()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_number_counts() {
        for (file, name) in [
            ("walk_1.png", Some("walk_")),
            ("walk (12).png", Some("walk (")),
            ("a/8bit-007", Some("a/8bit-")),
            ("1.png", Some("")),
            ("walk_1b.png", None),
            ("v1.2/walk.png", None),
        ] {
            let file = RelPath::parse(file).unwrap_or_else(|problem| panic!("{}", problem.message));
            assert_eq!(series_name(&file), name, "{file}");
        }
    }
}
