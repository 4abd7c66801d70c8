//! Modules that are public only for this repository's own tests, with the feature `internals`. They are not part of the
//! API: they can change in any release.

pub mod banks {
    //! See the module of this name.

    pub use crate::banks::*;
}

pub mod canonical_json {
    //! See the module of this name.

    pub use crate::canonical_json::*;
}

pub mod files {
    //! See the module of this name.

    pub use crate::files::*;
}

pub mod import {
    //! See the module of this name.

    pub use crate::import::*;
}

pub mod json {
    //! See the module of this name.

    pub use crate::json::*;
}

pub mod limits {
    //! See the module of this name.

    pub use crate::limits::*;
}

pub mod pack {
    //! See the module of this name.

    pub use crate::pack::*;
}

pub mod palette_file {
    //! See the module of this name.

    pub use crate::palette_file::*;
}

pub mod paths {
    //! See the module of this name.

    pub use crate::paths::*;
}

pub mod project {
    //! See the module of this name.

    pub use crate::project::*;
}

pub mod snapshot {
    //! See the module of this name.

    pub use crate::snapshot::*;
}

pub mod walk {
    //! See the module of this name.

    pub use crate::walk::*;
}
