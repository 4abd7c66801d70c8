//! Any edits of a project, followed by undoing all of them, restore every byte; a redo of all leads to the same end. A
//! session that reads again only what each of them changed reports the same as a new listing.

use std::collections::BTreeMap;

use packer_services::declaration::{ColorKey, Convert, Cut, LoopChoice, SpritePart};
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::{
    ArtifactSelector, AssetEdit, ChangeSummary, Composition, CreateAsset, EditAsset, FixProject, HistoryStep,
    ImageTiling, ImportOptions, ListAssets, NewBank, NewGlyph, Operation, PaletteEdit, RegisterAsset, RestoreAsset,
    SlotChoice, StepHistory, Tiling,
};
use packer_services::registry::Registry;
use packer_services::session::Session;
use packer_services::{AssetUuid, Context};
use proptest::prelude::*;
use support::TestProject;

use crate::random::{Rng, any_rng, cases};

/// A color that no palette has.
const BLUE: Rgb = Rgb([0, 0, 0xFF]);

/// Everything in `assets/` but the history and the lock, folders too.
fn workspace(project: &TestProject) -> Vec<(String, Option<Vec<u8>>)> {
    let mut found = Vec::new();
    let mut folders = vec![project.at("assets")];
    while let Some(folder) = folders.pop() {
        for path in support::paths_in(&folder) {
            let name = path.strip_prefix(project.root()).unwrap().to_string_lossy().into_owned();
            if name.ends_with(".prometeu/lock") || name.ends_with(".prometeu/history") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
                found.push((name, None));
            } else {
                found.push((name, Some(std::fs::read(path).unwrap())));
            }
        }
    }
    found.sort();
    found
}

/// A project after a merge of two branches, of which an id or a slot may be there twice, and an image may have a color
/// that no palette has.
fn merged_project(rng: &mut Rng) -> TestProject {
    let mut project = TestProject::new();
    project.add_glyph("a");
    project.add_sound("b/c");
    project.add_glyph("x");
    project.add_glyph("y");
    project.write("image.png", support::images::plain(8, 8, support::RED));
    if rng.one_in(2) {
        project.write("assets/y/tile.png", support::images::plain(8, 8, BLUE));
    }
    if rng.one_in(2) {
        for root in ["a", "x"] {
            let preload = "\"enabled\": true, \"slot\": 0";
            project.edit(&format!("assets/{root}/asset.json"), "\"enabled\": false", preload);
        }
    }
    if rng.one_in(4) {
        project.edit("assets/.prometeu/index.json", "\"asset_id\": 3", "\"asset_id\": 1");
    }
    project
}

/// Makes one random change, if it is not refused.
fn edit(project: &TestProject, session: &mut Session, context: &Context, rng: &mut Rng) -> Option<ChangeSummary> {
    let root = project.root();
    let roots = ["a", "b/c", "b/d/e", "f/g"];
    let new_root = (*rng.choose(&roots)).to_owned();
    // Of two assets with one id, only the root says which one is meant.
    let asset = if rng.one_in(2) {
        format!("id:{}", 1 + rng.below(6))
    } else {
        format!("root:{}", rng.choose(&["a", "x", "y"]))
    };
    let edit = match rng.below(22) {
        0 => AssetEdit::Include,
        1 => AssetEdit::Exclude,
        2 => AssetEdit::Rename(format!("name{}", rng.below(3))),
        3 | 4 => AssetEdit::Move(new_root.clone()),
        5 => AssetEdit::Slot(SlotChoice::LowestFree),
        6 => AssetEdit::Slot(*rng.choose(&[SlotChoice::None, SlotChoice::Slot(0), SlotChoice::Slot(1)])),
        7 => AssetEdit::Remove,
        8 => AssetEdit::TileSize(*rng.choose(&[TileSize::Eight, TileSize::Sixteen])),
        9 => AssetEdit::ColorKey(Vec::new(), *rng.choose(&[None, Some(ColorKey::Color(support::GREEN))])),
        10 => AssetEdit::Cut(vec!["0".into()], Cut { skip_blank: rng.one_in(2), ..Cut::default() }.into()),
        11 => AssetEdit::Loop("0".into(), *rng.choose(&[LoopChoice::Never, LoopChoice::File])),
        12 => AssetEdit::Convert(Vec::new(), Convert { downmix: rng.one_in(2), ..Convert::default() }),
        13 => {
            let import = ImportOptions::default();
            AssetEdit::Compose { composition: composition(project, rng), palettes: rng.one_in(2), import }
        }
        14 => AssetEdit::Palette(palette_edit(rng)),
        15 => {
            let cut = Cut { skip_blank: rng.one_in(2), ..Cut::default() };
            let image = ImageTiling { image: "0".into(), color_key: None, part: SpritePart::default(), cut };
            let tile_size = *rng.choose(&[TileSize::Eight, TileSize::Sixteen]);
            AssetEdit::Tiling(Tiling { tile_size, images: vec![image] })
        }
        16 => {
            let restored = RestoreAsset::new(root, asset.as_str()).root(Some(new_root)).run(context);
            return restored.ok()?.into_data().change;
        }
        17 | 18 => AssetEdit::Renumber,
        19 => return FixProject::new(root).run(context).unwrap().into_data().change,
        20 => {
            let report = session.report();
            let offered: Vec<_> = report.findings().iter().flat_map(|finding| session.fixes_of(finding)).collect();
            let chosen = (!offered.is_empty()).then(|| rng.choose(&offered).clone())?;
            return FixProject::new(root).chosen(vec![chosen]).run(context).ok()?.into_data().change;
        }
        _ if rng.one_in(3) => {
            return RegisterAsset::new(root, new_root).run(context).unwrap().into_data().change;
        }
        _ if rng.one_in(2) => {
            let bank = NewBank::Glyph(NewGlyph::default());
            let created = CreateAsset::new(root, new_root, bank, vec![project.at("image.png")]).run(context);
            return created.unwrap().into_data().change;
        }
        _ => AssetEdit::Forget,
    };
    EditAsset::new(root, asset.as_str(), edit).run(context).ok()?.into_data().change
}

/// A random change of palettes.
fn palette_edit(rng: &mut Rng) -> PaletteEdit {
    let index = |rng: &mut Rng| u32::try_from(rng.below(3)).unwrap();
    let name = Some("swap".to_owned()).filter(|_| rng.one_in(2));
    let palette = index(rng);
    match rng.below(6) {
        0 => PaletteEdit::Add { colors: vec![support::KEY, support::RED], name },
        1 => PaletteEdit::Remove(palette),
        2 => PaletteEdit::Move { palette, to: index(rng) },
        3 => PaletteEdit::SetColor { palette, color: index(rng), rgb: support::GREEN },
        4 => PaletteEdit::Duplicate { palette, name },
        _ => PaletteEdit::Name { palette, name },
    }
}

/// A random change of artifacts.
fn composition(project: &TestProject, rng: &mut Rng) -> Composition {
    let file = project.at("image.png");
    let index = |rng: &mut Rng| ArtifactSelector::Index(u32::try_from(rng.below(3)).unwrap());
    match rng.below(4) {
        0 => Composition::Add(vec![file]),
        1 => Composition::Remove(vec![index(rng)]),
        2 => Composition::Replace(index(rng), file),
        _ => Composition::Move { artifact: index(rng), before: Some(index(rng)).filter(|_| rng.one_in(2)) },
    }
}

fn step(project: &TestProject, context: &Context, step: HistoryStep) -> ChangeSummary {
    let (findings, data) = StepHistory::new(project.root(), step).run(context).unwrap().into_parts();
    data.change.unwrap_or_else(|| panic!("{findings:?}"))
}

/// Lets a session read again what a change changed, and compares what it reports with a new listing.
fn compare_listings(session: &mut Session, context: &Context, change: &ChangeSummary) -> Result<(), TestCaseError> {
    session.note(&change.reported_change());
    session.refresh(context).unwrap();
    while session.pending() > 0 {
        session.build_next(context, None).unwrap();
    }
    let (listed, fresh) = (session.report(), ListAssets::new(session.project()).run(context).unwrap());
    prop_assert_eq!(listed.findings(), fresh.findings(), "after {:?}", change);
    let (listed, fresh) = (serde_json::to_value(&*listed).unwrap(), serde_json::to_value(&*fresh).unwrap());
    prop_assert_eq!(listed, fresh, "after {:?}", change);
    Ok(())
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn edits_undone_restore_all_bytes(mut rng in any_rng()) {
        let project = merged_project(&mut rng);
        let context = Context::new();
        let mut session = Session::new(project.root());
        session.refresh(&context).unwrap();
        let mut states = vec![workspace(&project)];
        for _ in 0..12 {
            if let Some(change) = edit(&project, &mut session, &context, &mut rng) {
                states.push(workspace(&project));
                compare_listings(&mut session, &context, &change)?;
            } else {
                prop_assert_eq!(&workspace(&project), states.last().unwrap(), "a refused edit changes nothing");
            }
        }
        for state in states.iter().rev().skip(1) {
            let change = step(&project, &context, HistoryStep::Undo);
            prop_assert_eq!(&workspace(&project), state);
            compare_listings(&mut session, &context, &change)?;
        }
        for state in states.iter().skip(1) {
            let change = step(&project, &context, HistoryStep::Redo);
            prop_assert_eq!(&workspace(&project), state);
            compare_listings(&mut session, &context, &change)?;
        }
    }
}

/// Which asset each id belongs to, as the registry says.
fn owners(project: &TestProject) -> BTreeMap<u32, AssetUuid> {
    let registry = Registry::read(&project.read("assets/.prometeu/index.json")).0.unwrap();
    registry.entries.iter().map(|entry| (entry.asset_id, entry.asset_uuid)).collect()
}

proptest! {
    #![proptest_config(cases(24))]

    /// An asset whose creation was undone has its id again after a restore, if no other asset has had that since; and
    /// no id that was assigned to another asset, unless that was undone.
    #[test]
    fn restored_assets_keep_free_ids(mut rng in any_rng()) {
        let project = TestProject::new();
        project.write("image.png", support::images::plain(8, 8, support::RED));
        let (root, context) = (project.root(), Context::new());
        let mut uuids: BTreeMap<String, AssetUuid> = BTreeMap::new();
        // The owners of ids after each change; and those of all ids, even if they left the registry without an undo.
        let mut states = vec![owners(&project)];
        let mut assigned: BTreeMap<u32, AssetUuid> = BTreeMap::new();
        for n in 0..30 {
            let roots: Vec<&String> = uuids.keys().collect();
            let asset = (!roots.is_empty()).then(|| (*rng.choose(&roots)).clone());
            let step = match (rng.below(8), asset) {
                (0..=2, _) | (_, None) => {
                    let (new, bank) = (format!("a{n}"), NewBank::Glyph(NewGlyph::default()));
                    let create = CreateAsset::new(root, &*new, bank, vec![project.at("image.png")]);
                    let id = create.run(&context).unwrap().asset_id.unwrap();
                    uuids.insert(new, owners(&project)[&id]);
                    "create"
                }
                (3 | 4, _) => match StepHistory::new(root, HistoryStep::Undo).run(&context) {
                    Ok(undone) if undone.change.is_some() => "undo",
                    _ => continue,
                },
                (5, _) => match StepHistory::new(root, HistoryStep::Redo).run(&context) {
                    Ok(redone) if redone.change.is_some() => "redo",
                    _ => continue,
                },
                (6, Some(asset)) => {
                    let edit = if rng.one_in(2) { AssetEdit::Remove } else { AssetEdit::Forget };
                    let edited = EditAsset::new(root, format!("root:{asset}"), edit).run(&context);
                    if edited.is_err() { continue }
                    "remove"
                }
                (_, Some(asset)) => {
                    let restored = RestoreAsset::new(root, format!("root:{asset}")).run(&context);
                    let Ok(Some((new_id, former_id))) = restored.map(|it| Some((it.asset_id?, it.former_id))) else {
                        continue;
                    };
                    let uuid = uuids[&asset];
                    let is_out = |state: &&BTreeMap<u32, AssetUuid>| state.values().all(|owner| *owner != uuid);
                    let mut since = states.iter().rev().take_while(is_out);
                    if since.all(|state| !state.contains_key(&former_id)) {
                        prop_assert_eq!(new_id, former_id, "{} after {:?}", asset, states);
                    }
                    let is_its_own = assigned.get(&new_id).is_none_or(|owner| *owner == uuid);
                    prop_assert!(is_its_own, "{} after {:?}", asset, states);
                    "restore"
                }
            };
            let (before, now) = (states.last().unwrap().clone(), owners(&project));
            if step == "undo" {
                assigned.retain(|id, owner| before.get(id) != Some(owner) || now.get(id) == Some(owner));
            }
            assigned.extend(&now);
            states.push(now);
        }
    }
}
