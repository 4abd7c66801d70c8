//! Colors, sizes and fonts. All of them are chosen here.
//!
//! Only the art is saturated. The rest is neutral: surfaces in two levels, one accent for selection and the primary
//! action, and severity colors only on findings, always with a shape and a word.

use egui::{Color32, CornerRadius, FontFamily, FontId, Stroke, TextStyle, Theme, Visuals};
use packer_services::diagnostics::Severity;

/// The unit of all distances, in points.
pub const STEP: f32 = 4.0;
/// The height of a row in a list.
pub const ROW: f32 = 24.0;

/// The colors of a theme.
#[derive(Clone, Copy, Debug)]
pub struct Tokens {
    /// Panels.
    pub surface: Color32,
    /// Below panels: the view, text fields.
    pub sunken: Color32,
    /// Above panels: cards, buttons.
    pub raised: Color32,
    /// Lines between panels.
    pub line: Color32,
    /// Text.
    pub text: Color32,
    /// Less important text.
    pub weak: Color32,
    /// Selection and the primary action.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// A selected row.
    pub selected: Color32,
    /// Errors.
    pub error: Color32,
    /// Warnings.
    pub warning: Color32,
    /// Lines between tiles, over any art.
    pub grid: Color32,
    /// Waveforms.
    pub wave: Color32,
}

/// The two shades behind transparent pixels. They do not belong to a theme: art must look the same in both, and white
/// as well as black art can be seen on a gray between them.
pub const BACKDROP: [Color32; 2] = [Color32::from_rgb(0x6B, 0x6C, 0x70), Color32::from_rgb(0x78, 0x79, 0x7D)];

/// The size of small text, in points.
pub const SMALL: f32 = 11.5;

const DARK: Tokens = Tokens {
    surface: Color32::from_rgb(0x1F, 0x20, 0x23),
    sunken: Color32::from_rgb(0x17, 0x18, 0x1A),
    raised: Color32::from_rgb(0x2A, 0x2B, 0x2F),
    line: Color32::from_rgb(0x36, 0x38, 0x3D),
    text: Color32::from_rgb(0xE6, 0xE6, 0xE8),
    weak: Color32::from_rgb(0xA2, 0xA5, 0xAC),
    accent: Color32::from_rgb(0x5B, 0x9D, 0xF5),
    on_accent: Color32::from_rgb(0x0B, 0x14, 0x22),
    selected: Color32::from_rgb(0x2B, 0x3A, 0x55),
    error: Color32::from_rgb(0xFF, 0x7B, 0x72),
    warning: Color32::from_rgb(0xF2, 0xB3, 0x3D),
    grid: Color32::from_rgba_premultiplied(0x40, 0x40, 0x44, 0x60),
    wave: Color32::from_rgb(0x9A, 0x9E, 0xA8),
};

const LIGHT: Tokens = Tokens {
    surface: Color32::from_rgb(0xF6, 0xF6, 0xF7),
    sunken: Color32::from_rgb(0xE9, 0xEA, 0xEC),
    raised: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    line: Color32::from_rgb(0xD2, 0xD4, 0xD8),
    text: Color32::from_rgb(0x1E, 0x1F, 0x22),
    weak: Color32::from_rgb(0x5A, 0x5E, 0x66),
    accent: Color32::from_rgb(0x1F, 0x5F, 0xC4),
    on_accent: Color32::WHITE,
    selected: Color32::from_rgb(0xD3, 0xE1, 0xF8),
    error: Color32::from_rgb(0xB4, 0x23, 0x18),
    warning: Color32::from_rgb(0x8A, 0x57, 0x00),
    grid: Color32::from_rgba_premultiplied(0x30, 0x30, 0x34, 0x60),
    wave: Color32::from_rgb(0x6A, 0x6E, 0x78),
};

impl Tokens {
    /// The colors of the theme of `ui`.
    pub fn of(ui: &egui::Ui) -> Self {
        if ui.visuals().dark_mode { DARK } else { LIGHT }
    }

    /// The color of a severity.
    pub fn severity(&self, severity: Severity) -> Color32 {
        match severity {
            Severity::Error => self.error,
            Severity::Warning => self.warning,
            Severity::Note => self.weak,
        }
    }
}

/// Frames the entry of a menu or of a list of choices that has the keyboard: checked entries are filled, too.
pub fn frame_focused_entries(ui: &mut egui::Ui) {
    let accent = Tokens::of(ui).accent;
    ui.visuals_mut().widgets.active.bg_stroke = Stroke::new(1.0, accent);
}

/// Sets both themes and the text styles.
pub fn apply_theme(context: &egui::Context) {
    for (theme, tokens) in [(Theme::Dark, DARK), (Theme::Light, LIGHT)] {
        context.set_visuals_of(theme, visuals(theme, &tokens));
        context.style_mut_of(theme, |style| {
            style.text_styles = [
                (TextStyle::Heading, FontId::new(18.0, FontFamily::Proportional)),
                (TextStyle::Body, FontId::new(13.5, FontFamily::Proportional)),
                (TextStyle::Button, FontId::new(13.5, FontFamily::Proportional)),
                (TextStyle::Small, FontId::new(SMALL, FontFamily::Proportional)),
                (TextStyle::Monospace, FontId::new(12.5, FontFamily::Monospace)),
            ]
            .into();
            style.spacing.item_spacing = egui::vec2(2.0 * STEP, STEP);
            style.spacing.button_padding = egui::vec2(2.5 * STEP, STEP);
            style.spacing.interact_size.y = ROW;
            style.interaction.selectable_labels = true;
        });
    }
}

fn visuals(theme: Theme, tokens: &Tokens) -> Visuals {
    let mut visuals = theme.default_visuals();
    visuals.panel_fill = tokens.surface;
    visuals.window_fill = tokens.raised;
    visuals.extreme_bg_color = tokens.sunken;
    visuals.faint_bg_color = tokens.raised;
    // The window is not redrawn while nothing happens, even if a field has the keyboard.
    visuals.text_cursor.blink = false;
    visuals.window_stroke = Stroke::new(1.0, tokens.line);
    visuals.weak_text_color = Some(tokens.weak);
    visuals.hyperlink_color = tokens.accent;
    visuals.error_fg_color = tokens.error;
    visuals.warn_fg_color = tokens.warning;
    visuals.selection.bg_fill = tokens.selected;
    visuals.selection.stroke = Stroke::new(1.0, tokens.text);
    let radius = CornerRadius::same(4);
    for widget in [
        &mut visuals.widgets.noninteractive,
        &mut visuals.widgets.inactive,
        &mut visuals.widgets.hovered,
        &mut visuals.widgets.active,
        &mut visuals.widgets.open,
    ] {
        widget.corner_radius = radius;
        widget.fg_stroke.color = tokens.text;
    }
    visuals.widgets.noninteractive.bg_stroke = Stroke::new(1.0, tokens.line);
    visuals.widgets.inactive.weak_bg_fill = tokens.raised;
    // The boxes of checkboxes, which are visible on sheets, too.
    visuals.widgets.inactive.bg_fill = tokens.sunken;
    visuals.widgets.inactive.bg_stroke = Stroke::new(1.0, tokens.line);
    visuals.widgets.hovered.bg_stroke = Stroke::new(1.0, tokens.weak);
    visuals.widgets.active.bg_stroke = Stroke::new(1.0, tokens.accent);
    // What has the keyboard is as visible as what is selected.
    visuals.widgets.active.weak_bg_fill = tokens.selected;
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast of two colors by WCAG 2, from 1 to 21.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let luminance = |color: Color32| {
            let [r, g, b] = [color.r(), color.g(), color.b()].map(|value| {
                let value = f32::from(value) / 255.0;
                if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            });
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let [a, b] = [a, b].map(|color| luminance(color) + 0.05);
        a.max(b) / a.min(b)
    }

    #[test]
    fn any_art_is_visible_on_the_backdrop() {
        let cream = Color32::from_rgb(0xFF, 0xF1, 0xD0);
        for shade in BACKDROP {
            for art in [Color32::WHITE, cream, Color32::BLACK, Color32::from_rgb(0x18, 0x10, 0x21)] {
                assert!(contrast(art, shade) >= 3.0, "{art:?} on {shade:?}: {}", contrast(art, shade));
            }
        }
        let [a, b] = BACKDROP;
        assert!(contrast(a, b) > 1.1, "the squares are visible");
    }

    #[test]
    fn checkboxes_are_visible_on_sheets() {
        for (theme, tokens) in [(Theme::Dark, DARK), (Theme::Light, LIGHT)] {
            let visuals = visuals(theme, &tokens);
            let found = contrast(visuals.widgets.inactive.bg_fill, visuals.window_fill);
            assert!(found > 1.15, "{theme:?}: {found}");
        }
    }
}
