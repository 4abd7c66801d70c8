//! A path in `asset.json` that does not mean the same file on every system.
//!
//! The files are not there: most of these names could not be checked out everywhere.

use super::{Draft, Slip, slip};
use packer_services::diagnostics::Code;

pub const SLIPS: &[Slip] = &[
    slip(Code::PathNotRelative, "The path was pasted from the file manager of one computer", |draft| {
        called(draft, 'a', "C:/Users/Ana/lantern/letter.png")
    }),
    slip(Code::PathHidden, "The path leads into a cache folder of the editor", |draft| {
        called(draft, 'h', ".thumbnails/letter.png")
    }),
    slip(Code::PathCharacter, "A colon in a file name: Windows cannot store it", |draft| {
        called(draft, ':', "letter: large.png")
    }),
    slip(
        Code::PathReserved,
        "A file for the auxiliary letters, called `aux.png`: Windows reserves that name",
        |draft| called(draft, 'x', "aux.png"),
    ),
    slip(Code::PathTrailing, "A folder's name ends in a dot", |draft| called(draft, 't', "letters./letter.png")),
    slip(Code::PathNotNfc, "The name was copied from a Mac, accent and letter apart", |draft| {
        called(draft, 'e', "le\u{301}ttre.png")
    }),
    slip(Code::PathTooLong, "The whole story of a file in its name", |draft| {
        called(draft, 'l', &format!("letter{}.png", "-final".repeat(50)))
    }),
    slip(Code::PathCollision, "Two images whose names differ only in a capital", |draft| {
        let second =
            "{\n      \"file\": \"Letter.png\",\n      \"index\": 1\n    },\n    {\n      \"file\": \"letter.png\"";
        draft.letter('c').edited("{\n      \"file\": \"letter.png\"", second)
    }),
];

fn called(draft: Draft, letter: char, name: &str) -> Draft {
    draft.letter(letter).edited("letter.png", name)
}
