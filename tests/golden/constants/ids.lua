-- Made by `prometeu-packer constants --lang lua`. Do not edit it: change the assets, and make it again.
local constants = {
    -- asset 2: icons
    ASSET_ICONS = 2,
    SLOT_ICONS = 0,
    TILE_ICONS_ARROW_HEART_0_0 = 0,
    TILE_ICONS_ARROW_HEART_1_0 = 1,
    TILE_ICONS_STAR = 2,

    -- asset 7: beeps
    ASSET_BEEPS = 7,
    SLOT_BEEPS = 5,
    SAMPLE_BEEPS_BLIP = 0,
    SAMPLE_BEEPS_HUM = 1,
}

return constants
