//! A fuzzer of one reader, which `READER` names: `tests/fuzz/run`. It has a limit of memory.
#![no_main]
#![expect(clippy::print_stderr, reason = "a program that people start")]

use std::alloc::System;
use std::sync::OnceLock;

use cap::Cap;
use support::any_bytes::{READERS, Reader};

/// The memory that a reader may take for an input, in bytes. The inputs have at most a few KiB; what is allocated
/// before an input is refused must depend on its size, or be no more than what a bank takes.
const MEMORY_BYTES: usize = 32 << 20;

/// The same for images that are decoded when they are added: they are in memory as a whole, more than once, and a few
/// bytes can state the largest size.
const IMPORT_MEMORY_BYTES: usize = 512 << 20;

/// Beyond the limit, allocating fails and ends the program, which the fuzzer reports together with the input.
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

fn reader() -> &'static Reader {
    static READER: OnceLock<&Reader> = OnceLock::new();
    READER.get_or_init(|| {
        let name = std::env::var("READER").unwrap_or_default();
        READERS.iter().find(|reader| reader.name == name).unwrap_or_else(|| {
            let names: Vec<&str> = READERS.iter().map(|reader| reader.name).collect();
            eprintln!("set READER to one of: {}", names.join(" "));
            std::process::exit(2)
        })
    })
}

/// When a check fails, lifts the limit, so that the message can be printed. A decoder by other authors may fail: the
/// import reports that as a finding.
fn set_panic_hook() {
    let print_and_end = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // Paths of the workspace are relative.
        let is_of_others = panic.location().is_some_and(|location| location.file().starts_with('/'));
        if is_of_others && reader().name == "import" {
            return;
        }
        let _ = ALLOCATOR.set_limit(usize::MAX);
        print_and_end(panic);
    }));
}

libfuzzer_sys::fuzz_target!(init: set_panic_hook(), |bytes: &[u8]| {
    let reader = reader();
    // An error of `set_limit` means that more is allocated already, which cannot be.
    let most = if reader.name == "import" { IMPORT_MEMORY_BYTES } else { MEMORY_BYTES };
    let _ = ALLOCATOR.set_limit(ALLOCATOR.allocated() + most);
    (reader.check)(bytes);
    let _ = ALLOCATOR.set_limit(usize::MAX);
});
