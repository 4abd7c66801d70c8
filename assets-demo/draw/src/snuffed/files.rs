//! A file that is named by a declaration, and is not there as it should be.

use super::{SHADE, Slip, frame, slip};
use crate::declarations::path;
use crate::lamps;
use packer_services::diagnostics::Code;

pub const SLIPS: &[Slip] = &[
    slip(Code::FileMissing, "`asset.json` was committed, and the image was not", |draft| {
        draft.lamps("moth.png", &lamps::moth(), SHADE).without("moth.png")
    }),
    slip(Code::FileTwin, "The file is called `Moth.PNG`, and Windows never minded", |draft| {
        let mut draft = draft.lamps("moth.png", &frame(&lamps::moth(), 0), SHADE);
        draft.files[0].0 = "Moth.PNG".into();
        draft
    }),
    slip(Code::FileNotRegular, "An export of single frames made a folder called `moth.png`", |draft| {
        // Git keeps no empty folder.
        draft.lamps("moth.png", &lamps::moth(), SHADE).without("moth.png").file("moth.png/.gitkeep", Vec::new())
    }),
    slip(Code::InputPaletteMissing, "The palette file was left on another computer", |draft| {
        let moth = draft.lamps("moth.png", &frame(&lamps::moth(), 1), SHADE);
        moth.declared(|declaration| declaration.input_palettes = vec![path("palettes/shade.gpl")])
    }),
];
