//! FLAC files as they should not be: each is refused by name.
