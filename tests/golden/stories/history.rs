//! Changes of the project that were interrupted, or cannot be undone.

use packer_services::Context;
use packer_services::diagnostics::{Code, Finding};
use packer_services::formats::Rgb;
use packer_services::ops::{
    AssetEdit, CreateAsset, EditAsset, HistoryStep, NewBank, NewGlyph, Operation, PaletteImport, PaletteRows,
    StepHistory, UpdateOptions,
};
use support::images::{Png, plain};
use support::sprites::Sprite;
use support::{GREEN, KEY, RED, TestProject};

use super::{HERO_ANCHOR, REGISTRY, Story, doctor, findings_of, hero, hero_and_terrain, rename};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::HistoryDamaged, the_disk_lost_a_part_of_a_record),
    (Code::HistoryEmpty, || undo(&hero())),
    (Code::HistoryConflict, || [an_editor_changed_the_file(), the_folder_was_moved_on()].concat()),
    (Code::ChangeUnfinished, || doctor(&interrupted())),
    (Code::ChangeReverted, git_changed_the_registry_in_the_meantime),
    (Code::ChangeCompleted, || pack(&interrupted())),
    (Code::OriginUnknown, || update(&hero())),
    (Code::OriginMissing, || {
        let project = created();
        std::fs::remove_file(project.at("art/hero.png")).unwrap();
        update(&project)
    }),
    (Code::OriginEdited, || {
        let project = created();
        project.write("art/hero.png", plain(8, 8, GREEN)).write(HERO_IMAGE, plain(8, 8, KEY));
        update(&project)
    }),
    (Code::FileKindChanged, || {
        let project = created();
        project.write("art/hero.png", Sprite::rgba([8, 8], &[&[0xFF, 0, 0, 0xFF].repeat(64)]).bytes());
        update(&project)
    }),
    (Code::PaletteChanged, || {
        let project = created();
        let image = |color| Png::indexed(8, 8, &[KEY, color], |_, _| 1).bytes();
        project.write("art/hero.png", image(RED));
        update(&project);
        project.write("art/ground.png", plain(8, 8, RED));
        create(&project, "world/terrain", "art/ground.png");
        let file = project.at(HERO_IMAGE);
        let import = PaletteImport { file, rows: PaletteRows::One, key: None, at: Some(0), link: true };
        EditAsset::new(project.root(), "id:2", AssetEdit::ImportPalettes(import)).run(&Context::new()).unwrap();
        project.write("art/hero.png", image(Rgb([0xF0, 0, 0])));
        let edit = AssetEdit::Update(UpdateOptions::default().palettes(true));
        findings_of(&project, &EditAsset::new(project.root(), "id:1", edit), &Context::new())
    }),
];

/// The record of the first change, as the power fails before it is made.
const PENDING: &str = "assets/.prometeu/history/000001.applying";

const HERO_IMAGE: &str = "assets/characters/hero/hero.png";

/// A project whose only bank has a copy of `art/hero.png`.
fn created() -> TestProject {
    let project = TestProject::new();
    project.write("art/hero.png", plain(8, 8, RED));
    create(&project, "characters/hero", "art/hero.png");
    project
}

fn create(project: &TestProject, root: &str, file: &str) {
    let bank = NewBank::Glyph(NewGlyph::default());
    CreateAsset::new(project.root(), root, bank, vec![project.at(file)]).run(&Context::new()).unwrap();
}

fn update(project: &TestProject) -> Vec<Finding> {
    let edit = AssetEdit::Update(UpdateOptions::default());
    findings_of(project, &EditAsset::new(project.root(), "id:1", edit), &Context::new())
}

fn edit(project: &TestProject, edit: AssetEdit) {
    EditAsset::new(project.root(), "id:1", edit).run(&Context::new()).unwrap();
}

fn undo(project: &TestProject) -> Vec<Finding> {
    findings_of(project, &StepHistory::new(project.root(), HistoryStep::Undo), &Context::new())
}

fn pack(project: &TestProject) -> Vec<Finding> {
    findings_of(project, &project.pack_request(), &Context::new())
}

fn the_disk_lost_a_part_of_a_record() -> Vec<Finding> {
    let project = hero();
    edit(&project, AssetEdit::Exclude);
    let record = project.read("assets/.prometeu/history/000001");
    project.write("assets/.prometeu/history/000001", &record[..record.len() / 2]);
    undo(&project)
}

fn an_editor_changed_the_file() -> Vec<Finding> {
    let project = hero();
    edit(&project, AssetEdit::Rename("knight".into()));
    project.edit(HERO_ANCHOR, "\"knight\"", "\"squire\"");
    undo(&project)
}

fn the_folder_was_moved_on() -> Vec<Finding> {
    let project = hero();
    edit(&project, AssetEdit::Move("characters/knight".into()));
    rename(&project, "assets/characters/knight", "assets/characters/squire");
    undo(&project)
}

/// A project whose packer lost power before it excluded `hero`.
fn interrupted() -> TestProject {
    let project = hero_and_terrain();
    let before = project.read(REGISTRY);
    edit(&project, AssetEdit::Exclude);
    rename(&project, "assets/.prometeu/history/000001", PENDING);
    project.write(REGISTRY, before);
    project
}

fn git_changed_the_registry_in_the_meantime() -> Vec<Finding> {
    let project = interrupted();
    project.edit(REGISTRY, "\"next_asset_id\": 3", "\"next_asset_id\": 9");
    pack(&project)
}
