//! Stories through the library and the binary, from files to a pack.
