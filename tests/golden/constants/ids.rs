// Made by `prometeu-packer constants --lang rust`. Do not edit it: change the assets, and make it again.

// asset 2: icons
pub const ASSET_ICONS: u32 = 2;
pub const SLOT_ICONS: u32 = 0;
pub const TILE_ICONS_ARROW_HEART_0_0: u32 = 0;
pub const TILE_ICONS_ARROW_HEART_1_0: u32 = 1;
pub const TILE_ICONS_STAR: u32 = 2;

// asset 7: beeps
pub const ASSET_BEEPS: u32 = 7;
pub const SLOT_BEEPS: u32 = 5;
pub const SAMPLE_BEEPS_BLIP: u32 = 0;
pub const SAMPLE_BEEPS_HUM: u32 = 1;
