// Made by `prometeu-packer constants --lang c`. Do not edit it: change the assets, and make it again.
#pragma once

// asset 2: icons
#define ASSET_ICONS 2
#define SLOT_ICONS 0
#define TILE_ICONS_ARROW_HEART_0_0 0
#define TILE_ICONS_ARROW_HEART_1_0 1
#define TILE_ICONS_STAR 2

// asset 7: beeps
#define ASSET_BEEPS 7
#define SLOT_BEEPS 5
#define SAMPLE_BEEPS_BLIP 0
#define SAMPLE_BEEPS_HUM 1
