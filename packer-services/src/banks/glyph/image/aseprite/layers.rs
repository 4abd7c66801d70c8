//! Which layers of a sprite are drawn, and in which order.

use super::SpriteLimit;
use super::blend::BlendMode;
use super::bytes::SpriteError;
use super::file::{Cel, Layer, LayerKind, SpriteFile};
use super::part::{PartKind, SpritePartProblem};
use crate::limits::SPRITE_GROUPS;

/// The layers that are drawn.
pub struct ShownLayers {
    /// Whether each layer is drawn: neither it nor a group around it is hidden.
    is_shown: Vec<bool>,
    /// Whether one of them is the background.
    pub has_background: bool,
    /// The layers directly in each group; of the sprite itself the last.
    children: Vec<Vec<usize>>,
    /// How many groups are drawn by themselves inside of each other.
    composed_depth: u32,
}

/// A step of drawing a frame.
pub enum DrawStep<'s> {
    /// Draw a cel.
    Cel {
        /// The cel.
        cel: &'s Cel,
        /// How it is drawn over what is below it.
        blend_mode: BlendMode,
        /// 255 is opaque.
        opacity: u8,
    },
    /// Draw these by themselves first.
    Group {
        /// In this order.
        steps: Vec<DrawStep<'s>>,
        /// How the result is drawn over what is below it.
        blend_mode: BlendMode,
        /// 255 is opaque.
        opacity: u8,
    },
}

impl ShownLayers {
    /// The visible layers, or only the layer or group that is named, even if it is hidden.
    pub fn of(sprite: &SpriteFile<'_>, named: Option<&str>) -> Result<Self, SpriteError> {
        let count = sprite.layers.len();
        let named = named.map(|name| find_layer(sprite, name)).transpose()?;
        let mut is_shown = Vec::with_capacity(count);
        let mut depths: Vec<u32> = Vec::with_capacity(count);
        let mut children = vec![Vec::new(); count + 1];
        for (at, layer) in sprite.layers.iter().enumerate() {
            let is_parent_shown = layer.parent.map_or(named.is_none(), |parent| is_shown[parent]);
            is_shown.push(named == Some(at) || (is_parent_shown && layer.is_visible && !layer.is_reference));
            let depth = layer.parent.map_or(0, |parent| depths[parent]);
            depths.push(depth + u32::from(layer.kind == LayerKind::Group));
            match (named, layer.parent) {
                (None, None) => children[count].push(at),
                (Some(named), _) if named == at => children[count].push(at),
                (_, Some(parent)) => children[parent].push(at),
                (Some(_), None) => {}
            }
        }
        let shown = || sprite.layers.iter().zip(&is_shown).filter(|(_, is_shown)| **is_shown);
        let has_background = shown().any(|(layer, _)| layer.is_background);
        let composed_depth = match sprite.composes_groups {
            true => depths.into_iter().max().unwrap_or(0),
            false => 0,
        };
        if composed_depth > SPRITE_GROUPS {
            return Err(SpriteLimit::Groups { depth: composed_depth }.into());
        }
        Ok(Self { is_shown, has_background, children, composed_depth })
    }

    /// Whether this layer is drawn.
    pub fn is_shown(&self, layer: usize) -> bool {
        self.is_shown[layer]
    }

    /// How many groups are drawn by themselves inside of each other.
    pub fn composed_depth(&self) -> u32 {
        self.composed_depth
    }

    /// The steps that draw a frame, from below.
    pub fn steps<'s>(&self, sprite: &'s SpriteFile<'s>, frame: u32) -> Vec<DrawStep<'s>> {
        let cels = sprite.frames.get(frame as usize).map_or(0..0, |frame| frame.cels.clone());
        let cels = &sprite.cels[cels];
        if sprite.composes_groups {
            return self.steps_of_group(sprite, cels, sprite.layers.len());
        }
        let shown = cels.iter().filter(|cel| self.is_shown[usize::from(cel.layer)]);
        in_order(shown.map(|cel| (i32::from(cel.layer), Some(cel), cel_step(sprite, cel))).collect())
    }

    /// The steps that draw a group, in which the order of its layers alone counts.
    fn steps_of_group<'s>(&self, sprite: &'s SpriteFile<'s>, cels: &'s [Cel], group: usize) -> Vec<DrawStep<'s>> {
        let mut steps = Vec::new();
        for (order, at) in (0i32..).zip(&self.children[group]) {
            let layer = &sprite.layers[*at];
            if !self.is_shown[*at] {
                continue;
            }
            if layer.kind == LayerKind::Group {
                let (blend_mode, opacity) = (layer.blend_mode, layer.opacity);
                let inside = self.steps_of_group(sprite, cels, *at);
                if !inside.is_empty() {
                    steps.push((order, None, DrawStep::Group { steps: inside, blend_mode, opacity }));
                }
            } else if let Ok(cel) = cels.binary_search_by(|cel| usize::from(cel.layer).cmp(at)) {
                steps.push((order, Some(&cels[cel]), cel_step(sprite, &cels[cel])));
            }
        }
        in_order(steps)
    }
}

fn cel_step<'s>(sprite: &SpriteFile<'_>, cel: &'s Cel) -> DrawStep<'s> {
    let layer = &sprite.layers[usize::from(cel.layer)];
    let opacity = super::blend::multiply_un8(i32::from(cel.opacity), i32::from(layer.opacity));
    // The product of two numbers up to 255, as a part of 255.
    DrawStep::Cel { cel, blend_mode: layer.blend_mode, opacity: u8::try_from(opacity).unwrap_or(u8::MAX) }
}

/// The steps by the order of their layers plus the z-index of their cels; of two in one place, by the z-index.
fn in_order<'s>(mut steps: Vec<(i32, Option<&Cel>, DrawStep<'s>)>) -> Vec<DrawStep<'s>> {
    steps.sort_by_key(|(order, cel, _)| {
        let z_index = cel.map_or(0, |cel| i32::from(cel.z_index));
        (order + z_index, z_index)
    });
    steps.into_iter().map(|(.., step)| step).collect()
}

/// How an artifact names each layer and group: by its name; if several have it, with those of the groups around it.
pub fn layer_names(sprite: &SpriteFile<'_>) -> Vec<String> {
    let candidates = || sprite.layers.iter().filter(|layer| !layer.is_reference);
    let name = |layer: &Layer| {
        if candidates().filter(|other| other.name == layer.name).count() == 1 {
            return layer.name.clone();
        }
        let parents = std::iter::successors(Some(layer), |layer| sprite.layers.get(layer.parent?));
        let mut path: Vec<&str> = parents.map(|layer| layer.name.as_str()).collect();
        path.reverse();
        path.join("/")
    };
    candidates().map(name).collect()
}

/// The layer with this name, or with this path of names.
fn find_layer(sprite: &SpriteFile<'_>, name: &str) -> Result<usize, SpriteError> {
    let candidates = || sprite.layers.iter().enumerate().filter(|(_, layer)| !layer.is_reference);
    let mut found = candidates().filter(|(at, layer)| layer.name == name || has_path(sprite, *at, name));
    match (found.next(), found.next()) {
        (Some((at, _)), None) => Ok(at),
        (first, _) => Err(SpritePartProblem::of_names(
            PartKind::Layer,
            name,
            first.is_some(),
            candidates().map(|(_, layer)| layer.name.as_str()),
        )
        .into()),
    }
}

/// Whether these are the names of the groups around a layer, and its own, with `/` between them.
fn has_path(sprite: &SpriteFile<'_>, layer: usize, path: &str) -> bool {
    let mut at = Some(layer);
    let mut left = Some(path);
    while let (Some(layer), Some(path)) = (at, left) {
        let layer = &sprite.layers[layer];
        let Some(before) = path.strip_suffix(layer.name.as_str()) else { return false };
        at = layer.parent;
        left = match (before.is_empty(), before.strip_suffix('/')) {
            (true, _) => None,
            (false, Some(before)) => Some(before),
            (false, None) => return false,
        };
    }
    at.is_none() && left.is_none()
}
