//! A file that a declaration names, and that is missing or of the wrong kind.

use super::{Mistake, SHADE, frame, mistake};
use crate::declarations::path;
use crate::lamps;
use packer_services::diagnostics::Code;

pub const MISTAKES: &[Mistake] = &[
    mistake(Code::FileMissing, "`asset.json` was committed, and the image was not", |draft| {
        draft.lamps_bank("moth.png", &lamps::moth(), SHADE).without_file("moth.png")
    }),
    mistake(Code::FileTwin, "The file is named `Moth.PNG`, and Windows ignores the case", |draft| {
        let mut draft = draft.lamps_bank("moth.png", &frame(&lamps::moth(), 0), SHADE);
        draft.files[0].0 = "Moth.PNG".into();
        draft
    }),
    mistake(Code::FileNotRegular, "An export of single frames created a folder named `moth.png`", |draft| {
        // Git does not store empty folders.
        draft
            .lamps_bank("moth.png", &lamps::moth(), SHADE)
            .without_file("moth.png")
            .with_file("moth.png/.gitkeep", Vec::new())
    }),
    mistake(Code::InputPaletteMissing, "The palette file is still on another computer", |draft| {
        let moth = draft.lamps_bank("moth.png", &frame(&lamps::moth(), 1), SHADE);
        moth.change_declaration(|declaration| declaration.input_palettes = vec![path("palettes/shade.gpl")])
    }),
];
