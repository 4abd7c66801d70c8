//! What a read-only context permits: every request that only reads, and no other.

use packer_services::Context;
use packer_services::constants::Language;
use packer_services::diagnostics::Code;
use packer_services::ops::{
    AssetEdit, CreateAsset, Doctor, EditAsset, ExportPreview, ExtractPack, FindPalettes, FixProject, HistoryStep,
    InitWorkspace, InspectPack, ListAssets, ListChanges, MakeConstants, NewBank, NewGlyph, Operation, Pack,
    PreviewBank, PreviewEdit, PreviewNewAsset, PreviewPackedBank, PreviewSource, PreviewThumbnails, PurgeAsset,
    RegisterAsset, RestoreAsset, ShowAsset, StepHistory, ThumbnailBanks, VerifyPack,
};
use support::TestProject;

use crate::{fixtures, tree};

/// Runs a request with a read-only context. It must be refused if and only if it writes, and change no file and no time
/// stamp.
fn run_read_only<O: Operation>(project: &TestProject, writes: bool, request: &O) {
    let before = tree::read_stamps(project.root());
    let refused = request.run(&Context::new().read_only()).err().map(|error| request.refusal(&error));
    assert_eq!(refused.is_some(), writes, "{:?}: {refused:?}", request.class());
    assert_eq!(request.class().writes(), writes);
    if let Some(findings) = refused {
        assert_eq!(findings.len(), 1);
        assert!(findings[0].code == Code::Usage && findings[0].message.contains("read-only"), "{findings:?}");
    }
    assert_eq!(tree::read_stamps(project.root()), before, "{:?}", request.class());
}

#[test]
fn read_only_context_refuses_writes() {
    let (project, _) = fixtures::packed_project();
    let root = project.root();
    let (pack, elsewhere) = (project.at("build/assets.pa"), project.at("new"));
    let image = project.at("assets/ui/icons/tile.png");
    let late = support::glyph(9, "late", packer_services::formats::TileSize::Eight, vec![], vec![]);
    project.write("assets/late/asset.json", late.to_bytes());

    run_read_only(&project, true, &InitWorkspace::new(&elsewhere));
    let bank = NewBank::Glyph(NewGlyph::default());
    let create = CreateAsset::new(root, "ui/late", bank, vec![image]);
    run_read_only(&project, true, &create);
    run_read_only(&project, false, &PreviewNewAsset::new(create));
    run_read_only(&project, true, &RegisterAsset::new(root, "late"));
    let edit = EditAsset::new(root, "ui_icons", AssetEdit::Exclude);
    run_read_only(&project, true, &edit);
    run_read_only(&project, false, &PreviewEdit::new(edit));
    run_read_only(&project, true, &FixProject::new(root));
    run_read_only(&project, true, &StepHistory::new(root, HistoryStep::Undo));
    run_read_only(&project, true, &RestoreAsset::new(root, "ui_icons"));
    run_read_only(&project, true, &PurgeAsset::new(root, "ui_icons"));
    run_read_only(&project, true, &FindPalettes::new(root, "ui_icons").apply(true));
    run_read_only(&project, true, &Pack::new(root));
    let constants = MakeConstants::new(root, Language::Rust);
    run_read_only(&project, true, &constants.clone().output(Some(project.at("ids.rs"))));
    run_read_only(&project, true, &ExtractPack::new(&pack, &elsewhere));
    run_read_only(&project, true, &ExportPreview::new(root, "ui_icons", &elsewhere));

    run_read_only(&project, false, &ListAssets::new(root));
    run_read_only(&project, false, &ListChanges::new(root));
    run_read_only(&project, false, &EditAsset::new(root, "ui_icons", AssetEdit::Exclude).dry_run(true));
    run_read_only(&project, false, &RegisterAsset::new(root, "late").dry_run(true));
    run_read_only(&project, false, &FixProject::new(root).dry_run(true));
    run_read_only(&project, false, &StepHistory::new(root, HistoryStep::Undo).dry_run(true));
    run_read_only(&project, false, &ShowAsset::new(root, "ui_icons"));
    run_read_only(&project, false, &FindPalettes::new(root, "ui_icons"));
    run_read_only(&project, false, &Doctor::new(root).workspace(true));
    run_read_only(&project, false, &Pack::new(root).check(true));
    run_read_only(&project, false, &constants);
    run_read_only(&project, false, &VerifyPack::new(&pack));
    run_read_only(&project, false, &InspectPack::new(&pack));
    run_read_only(&project, false, &PreviewBank::new(root, "ui_icons"));
    run_read_only(&project, false, &PreviewPackedBank::new(&pack, 1));
    run_read_only(&project, false, &PreviewSource::new(root, "ui_icons", "tile.png"));
    let banks = ThumbnailBanks::OfPack { file: pack, asset_ids: vec![1, 2] };
    run_read_only(&project, false, &PreviewThumbnails::new(banks, 16));
}
