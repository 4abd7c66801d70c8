//! A path in `asset.json` that does not name the same file on every system.
//!
//! The files do not exist: most of these names cannot be checked out on every system.

use super::{Draft, Mistake, mistake};
use packer_services::diagnostics::Code;

pub const MISTAKES: &[Mistake] = &[
    mistake(Code::PathNotRelative, "The path was pasted from the file manager of one computer", |draft| {
        letter_with_path(draft, 'a', "C:/Users/Ana/lantern/letter.png")
    }),
    mistake(Code::PathHidden, "The path leads into a cache folder of the editor", |draft| {
        letter_with_path(draft, 'h', ".thumbnails/letter.png")
    }),
    mistake(Code::PathCharacter, "A colon in a file name: Windows cannot store it", |draft| {
        letter_with_path(draft, ':', "letter: large.png")
    }),
    mistake(
        Code::PathReserved,
        "A file for the auxiliary letters, named `aux.png`: Windows reserves that name",
        |draft| letter_with_path(draft, 'x', "aux.png"),
    ),
    mistake(Code::PathTrailing, "A folder's name ends in a dot", |draft| {
        letter_with_path(draft, 't', "letters./letter.png")
    }),
    mistake(Code::PathNotNfc, "The name was copied from a Mac, which separates accent and letter", |draft| {
        letter_with_path(draft, 'e', "le\u{301}ttre.png")
    }),
    mistake(Code::PathTooLong, "A file name with the whole history of the file", |draft| {
        letter_with_path(draft, 'l', &format!("letter{}.png", "-final".repeat(50)))
    }),
    mistake(Code::PathCollision, "Two images whose names differ only in a capital", |draft| {
        let second =
            "{\n      \"file\": \"Letter.png\",\n      \"index\": 1\n    },\n    {\n      \"file\": \"letter.png\"";
        draft.letter_bank('c').replace_in_anchor("{\n      \"file\": \"letter.png\"", second)
    }),
];

fn letter_with_path(draft: Draft, letter: char, name: &str) -> Draft {
    draft.letter_bank(letter).replace_in_anchor("letter.png", name)
}
