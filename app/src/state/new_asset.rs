//! The sheet in which an asset is created from files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use packer_services::NewFiles;
use packer_services::declaration::{ColorKey, Convert, Cut, Family};
use packer_services::diagnostics::Finding;
use packer_services::formats::TileSize;
use packer_services::ops::{
    CreateAsset, CreateAssetReport, ImportOptions, NewBank, NewGlyph, NewPalettes, NewPreload, NewSound,
};
use packer_services::preview::Preview;

use super::{KeyForm, PaletteForm, RateForm};

/// Why it cannot be created yet.
const CHECKING: &str = "It is being checked.";

/// An asset that is about to be created.
#[derive(Debug)]
pub struct NewAsset {
    /// The files that were dropped or chosen.
    pub files: NewFiles,
    /// What the user entered.
    pub form: NewAssetForm,
    /// What the files suggested.
    pub suggested: NewAssetForm,
    /// What was previewed last, or is being previewed.
    pub requested: Option<NewAssetForm>,
    /// What would be created; `None` until that is known for the first time.
    pub preview: Option<NewAssetPreview>,
    /// Whether the asset is being created.
    pub is_creating: bool,
    /// Whether it is created once what is entered is checked, if it has no errors.
    pub is_awaited: bool,
}

/// What would be created.
#[derive(Debug)]
pub struct NewAssetPreview {
    /// The form that it was made for.
    pub form: NewAssetForm,
    /// Everything found; the errors are why nothing can be created.
    pub findings: Vec<Finding>,
    /// What `create` would report; `None` if it could not run.
    pub report: Option<CreateAssetReport>,
    /// The bank, as far as it can be built.
    pub bank: Option<Arc<Preview>>,
}

/// What the user enters about a new asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAssetForm {
    /// A tile bank or a sound bank.
    pub family: Family,
    /// Its folder in `assets/`.
    pub root: String,
    /// The size of its tiles.
    pub tile_size: TileSize,
    /// The transparent color of its images.
    pub key: KeyForm,
    /// How its images are cut.
    pub cut: Cut,
    /// Whether tags of sprites, and numbered images, become animations.
    pub animations: bool,
    /// The palette files that its palettes begin with.
    pub palettes: Vec<PathBuf>,
    /// What of them is used.
    pub palette_form: PaletteForm,
    /// The sample rate of its sounds.
    pub rate: RateForm,
    /// Whether stereo sounds may be mixed down.
    pub downmixes: bool,
    /// Whether more than 16 bits may be reduced.
    pub reduces_bit_depth: bool,
    /// Whether it is in a slot when the game starts.
    pub is_preloaded: bool,
    /// Whether it is in the build.
    pub is_included: bool,
    /// Whether it is created even if it has errors. It is left out of the build until they are fixed.
    pub accepts_errors: bool,
    /// The files that are not used.
    pub left_out: Vec<PathBuf>,
}

impl NewAsset {
    /// The sheet for these files, with what they suggest.
    pub fn new(files: NewFiles) -> Self {
        let family = if files.images.is_empty() { Family::SoundBank } else { Family::GlyphBank };
        let form = NewAssetForm {
            family,
            root: files.suggested_root.clone(),
            tile_size: files.suggested_tile_size.unwrap_or(TileSize::Eight),
            key: None.into(),
            cut: Cut::default(),
            animations: false,
            // Notes in a folder of art can be text, too.
            palettes: if files.folder.is_none() { files.palettes.clone() } else { Vec::new() },
            palette_form: PaletteForm::default(),
            rate: RateForm::default(),
            downmixes: false,
            reduces_bit_depth: false,
            is_preloaded: true,
            is_included: true,
            accepts_errors: false,
            left_out: Vec::new(),
        };
        Self {
            files,
            suggested: form.clone(),
            form,
            requested: None,
            preview: None,
            is_creating: false,
            is_awaited: false,
        }
    }

    /// Lets its palettes begin with those of more files.
    pub fn add_palettes(&mut self, files: Vec<PathBuf>) {
        let new = files.into_iter().filter(|file| !self.form.palettes.contains(file)).collect::<Vec<_>>();
        self.form.palettes.extend(new);
    }

    /// All files of the chosen family.
    pub fn files_of_family(&self) -> &[PathBuf] {
        match self.form.family {
            Family::SoundBank => &self.files.sounds,
            Family::GlyphBank => &self.files.images,
        }
    }

    /// Whether the user entered anything.
    pub fn is_edited(&self) -> bool {
        self.form != self.suggested
    }

    /// The files of the chosen family, without those that are left out.
    pub fn chosen_files(&self) -> Vec<PathBuf> {
        self.files_of_family().iter().filter(|file| !self.form.left_out.contains(file)).cloned().collect()
    }

    /// Whether what is entered is being checked.
    pub fn is_checking(&self) -> bool {
        !self.is_creating && self.current_preview().is_none() && self.can_create() == Err(CHECKING)
    }

    /// The preview, if it is that of what is entered.
    pub fn current_preview(&self) -> Option<&NewAssetPreview> {
        self.preview.as_ref().filter(|preview| preview.form == self.form)
    }

    /// Whether it can be created as it is entered.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn can_create(&self) -> Result<(), &'static str> {
        if self.is_creating {
            return Err("It is being created.");
        }
        if self.chosen_files().is_empty() {
            return Err("Choose at least one file.");
        }
        self.form.color_key()?;
        self.form.palette_form.key()?;
        let preview = self.current_preview().ok_or(CHECKING)?;
        match &preview.report {
            Some(report) if report.packs => Ok(()),
            Some(report) if report.asset_id.is_some() && self.form.accepts_errors => Ok(()),
            _ => Err("It has errors."),
        }
    }

    /// The request for what is entered, in this project.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the entered color.
    pub fn request(&self, project: &Path) -> Result<CreateAsset, &'static str> {
        let form = &self.form;
        let bank = match form.family {
            Family::SoundBank => NewBank::Sound(NewSound {
                convert: Convert { downmix: form.downmixes, reduce_bit_depth: form.reduces_bit_depth },
                sample_rate_hz: form.rate.nominal_hz(),
                ..NewSound::default()
            }),
            Family::GlyphBank => NewBank::Glyph(NewGlyph {
                tile_size: Some(form.tile_size),
                color_key: form.color_key()?,
                cut: form.cut,
                animations: form.animations,
                ..NewGlyph::default()
            }),
        };
        let preload = if form.is_preloaded { NewPreload::LowestFree } else { NewPreload::No };
        let create = CreateAsset::new(project, form.root.trim(), bank, self.chosen_files());
        let create = create.preload(preload).exclude(!form.is_included).force(form.accepts_errors);
        if form.family == Family::SoundBank {
            return Ok(create.import(ImportOptions::default().rate_hz(form.rate.resampled_hz())));
        }
        if form.palettes.is_empty() {
            return Ok(create);
        }
        let (files, rows, key) = (form.palettes.clone(), form.palette_form.rows(), form.palette_form.key()?);
        Ok(create.palettes(NewPalettes { files, rows, key }))
    }
}

impl NewAssetForm {
    /// The color key; `None` if there is none.
    ///
    /// # Errors
    /// A sentence that says how to write one.
    pub fn color_key(&self) -> Result<Option<ColorKey>, &'static str> {
        match self.family {
            Family::SoundBank => Ok(None),
            Family::GlyphBank => self.key.color_key(),
        }
    }
}
