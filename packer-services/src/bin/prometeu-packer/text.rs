//! Reports as readable text. Findings are printed separately, in the layout of the library.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::ops::RangeInclusive;

use packer_services::RelPath;
use packer_services::declaration::{Region, SpritePart};
use packer_services::diagnostics::{Finding, Severity, escaped, has_errors, join_some, plural};
use packer_services::formats::SampleLoop;
use packer_services::ops::{
    AssetState, BankAnimation, BankBudget, Budgets, CacheReport, CacheState, ChangeState, ChangeSummary, ChangedFiles,
    ChangedLoop, CreateAssetReport, CreatedLoop, DoctorReport, EditAssetReport, ExportPaletteReport,
    ExportPreviewReport, ExportedSample, ExtractPackReport, FindPalettesReport, FixProjectReport, InitWorkspaceReport,
    InspectPackReport, ListAssetsReport, ListChangesReport, ListedFix, MakeConstantsReport, MovedIdentity, MovedSlot,
    PackReport, PackSummary, Published, PurgeAssetReport, RecoloredPixels, RegisterAssetReport, RepaintedTile, Report,
    RestoreAssetReport, SampleDetails, ShowAssetReport, SincePack, StepHistoryReport, TileDetails, VerifyPackReport,
};
use packer_services::preview::{Flip, TileRepeat};
use serde_json::Value;

pub fn init(report: &Report<InitWorkspaceReport>) -> String {
    let made = report.made.join(", ");
    match (report.existed, report.made.is_empty()) {
        (true, true) => "this is already a project; nothing was changed".into(),
        (true, false) => format!("this is already a project; created missing files: {made}"),
        (false, _) => format!("created a project: {made}"),
    }
}

pub fn create(report: &Report<CreateAssetReport>) -> String {
    let Some(asset_id) = report.asset_id else { return "nothing was created".into() };
    let name = report.name.as_deref().unwrap_or_default();
    if let Some(planned) = report.change.as_ref().filter(|change| is_planned(Some(change))) {
        return change("", Some(planned), report.findings(), &[]);
    }
    let mut text = format!("created asset {asset_id}, `{name}`, in assets/{}: ", report.root);
    if report.palettes > 0 {
        let _ =
            write!(text, "{} and {}", plural(report.items.into(), "tile"), plural(report.palettes as u64, "palette"));
    } else {
        text.push_str(&plural(report.items.into(), "sound"));
    }
    if let Some(slot) = report.slot {
        let _ = write!(text, ", preloaded in slot {slot}");
    }
    if !report.packs {
        text.push_str(
            "; it does not pack yet, so it is excluded from the build: fix the errors above, then run `prometeu-packer \
             include`",
        );
    } else if !report.included {
        text.push_str("; excluded from the build");
    }
    text.push('\n');
    for CreatedLoop { file, loop_start, loop_end, .. } in report.loops.iter().take(LOOPS_SHOWN) {
        let looping = SampleLoop { start: *loop_start, end: *loop_end };
        let _ = writeln!(text, "{} loops {looping}", escaped(file.as_str()));
    }
    if let Some(left) = report.loops.len().checked_sub(LOOPS_SHOWN).filter(|left| *left > 0) {
        let _ = writeln!(text, "and {} more", plural(left as u64, "loop"));
    }
    text.push_str(match report.in_place {
        true => "the files are used where they are",
        false => "the files were copied there: from now on, edit the copies",
    });
    if !report.reordered.is_empty() {
        let names = report.reordered.iter().map(|name| escaped(name));
        let _ =
            write!(text, "\nnumbered files are in the order of their numbers: {}", join_some(names, ", ", FILES_SHOWN));
    }
    if !report.composed.is_empty() {
        let names = report.composed.iter().map(|name| escaped(name));
        let _ = write!(
            text,
            "\naccents in the names of copies are composed (NFC): {}",
            join_some(names, ", ", FILES_SHOWN)
        );
    }
    text
}

/// How many files `create` lists: enough to see the order of the numbers around 10.
const FILES_SHOWN: usize = 12;

/// How many loops of a new bank are listed: few enough that the first line stays on the screen.
const LOOPS_SHOWN: usize = 16;

pub fn register(report: &Report<RegisterAssetReport>) -> String {
    let Some(asset_id) = report.asset_id else {
        return if has_errors(report.findings()) { "nothing was registered".into() } else { String::new() };
    };
    if let Some(planned) = report.change.as_ref().filter(|change| is_planned(Some(change))) {
        return change("", Some(planned), report.findings(), &[]);
    }
    let mut text = match &report.moved_from {
        Some(from) => format!("asset {asset_id} keeps its id: moved from assets/{from} to assets/{}", report.root),
        None => format!("registered assets/{} as asset {asset_id}", report.root),
    };
    if !report.included {
        text.push_str("; excluded from the build");
    }
    if let (Some(slot), Some(declared)) = (report.slot, report.declared_slot) {
        let _ =
            write!(text, "\nits slot is {slot} now: another asset has slot {declared}, which its asset.json declared");
    }
    text
}

/// What a change does to which files, each on a line of its own.
fn changed_files(files: &ChangedFiles) -> String {
    let mut text = String::new();
    for (what, paths) in [("created", &files.created), ("changed", &files.changed), ("removed", &files.removed)] {
        for path in paths {
            let _ = write!(text, "\n  {what}  {}", escaped(path));
        }
    }
    for moved in &files.moved {
        let _ = write!(text, "\n  moved    {} -> {}", escaped(&moved.from), escaped(&moved.to));
    }
    text
}

/// So many notes with one code are printed; of more, only the first ones. Fewer than a screen of them can be read.
const NOTES: usize = 10;
/// How many of more notes with one code are printed.
const FIRST_NOTES: usize = 3;
/// The most files that the line about the others lists.
const LISTED_NOTES: usize = 4;

/// The findings, each with a line feed. Of many notes with one code, such as those about hundreds of files that are
/// imported, the others are one more, with their number and the first files.
pub fn findings<'f>(findings: impl Iterator<Item = &'f Finding>) -> String {
    let findings: Vec<&Finding> = findings.collect();
    let mut notes: HashMap<&str, Vec<&Finding>> = HashMap::new();
    for note in findings.iter().filter(|finding| finding.severity == Severity::Note) {
        notes.entry(note.code.as_str()).or_default().push(note);
    }
    let (mut printed, mut text): (HashMap<&str, usize>, String) = (HashMap::new(), String::new());
    for finding in findings {
        let code = finding.code.as_str();
        let alike = notes.get(code).filter(|alike| finding.severity == Severity::Note && alike.len() > NOTES);
        let Some(alike) = alike else {
            let _ = writeln!(text, "{finding}");
            continue;
        };
        let before = printed.entry(code).or_default();
        if *before < FIRST_NOTES {
            let _ = writeln!(text, "{finding}");
        } else if *before == FIRST_NOTES {
            let others = &alike[FIRST_NOTES..];
            let listed = join_some(others.iter().map(|note| note.subject()), ", ", LISTED_NOTES);
            let _ = writeln!(text, "note[{code}] {} more of these: {listed}", others.len());
            let _ = writeln!(text, "  help: Pass `--format json` to see all of them.");
        }
        *before += 1;
    }
    text
}

/// A change, whether it was made, and what it does. `verb` is what was done to the change itself, such as `undo `.
fn change(verb: &str, change: Option<&ChangeSummary>, findings: &[Finding], slots: &[MovedSlot]) -> String {
    let Some(change) = change else {
        return if has_errors(findings) { "nothing was changed".into() } else { "there is nothing to change".into() };
    };
    let made = if change.number.is_some() { "done" } else { "nothing was changed; without --dry-run, this would be" };
    let mut text = format!("{verb}{} {}: {made}", change.edit, escaped(&change.subject));
    text.push_str(&changed_files(&change.files));
    for MovedSlot { asset_id, from, to, .. } in slots {
        let slot = |slot: &Option<u32>| slot.map_or_else(|| "none".into(), |slot| slot.to_string());
        let _ = write!(text, "\n  slot     of asset {asset_id}: {} -> {}", slot(from), slot(to));
    }
    text
}

/// Whether a change was only planned.
fn is_planned(change: Option<&ChangeSummary>) -> bool {
    change.is_some_and(|change| change.number.is_none())
}

pub fn edit(report: &Report<EditAssetReport>) -> String {
    let mut text = change("", report.change.as_ref(), report.findings(), &report.slots);
    if let (Some(old), Some(new)) = (report.asset_id, report.new_id) {
        let is = if is_planned(report.change.as_ref()) { "would be" } else { "is now" };
        let _ = write!(text, "\nits id {is} {new}, and not {old}: change it in the programs that use it");
    }
    let moved = moved_lines(&report.ids, is_planned(report.change.as_ref())) + &repainted_lines(&report.repainted);
    let moved = moved + &recolored_lines(&report.recolored);
    if moved.is_empty() { text } else { format!("{text}\n{moved}") }
}

pub fn fix(report: &Report<FixProjectReport>) -> String {
    let mut text = match &report.change {
        None if report.fixes.is_empty() && !has_errors(report.findings()) => return "there is nothing to fix".into(),
        None => "nothing was changed".to_owned(),
        made => change("", made.as_ref(), report.findings(), &report.slots),
    };
    text.push('\n');
    let groups = [
        ((true, false), "fixes:"),
        ((false, true), "refused, as the problems above say:"),
        ((false, false), "not made; to choose one, pass its `--code`:"),
    ];
    for (group, heading) in groups {
        let fixes: Vec<_> =
            report.fixes.iter().filter(|listed| (listed.is_applied, listed.is_refused) == group).collect();
        if !fixes.is_empty() {
            let _ = writeln!(text, "{heading}");
        }
        for ListedFix { fix, .. } in fixes {
            let root = fix.asset.as_ref().map_or_else(String::new, |asset| format!("{}: ", escaped(&asset.root)));
            let choice = if fix.choice > 1 { format!(" --choice {}", fix.choice) } else { String::new() };
            let _ = writeln!(text, "  {}{choice}  {root}{}", fix.code, fix.title);
        }
    }
    text += &moved_lines(&report.ids, is_planned(report.change.as_ref()));
    text + &repainted_lines(&report.repainted) + &recolored_lines(&report.recolored)
}

/// Which colors of a file become which, in the order of their numbers of pixels.
fn recolored_lines(recolored: &[RecoloredPixels]) -> String {
    let mut text = String::new();
    for of_file in recolored.chunk_by(|a, b| (a.asset_id, &a.file) == (b.asset_id, &b.file)) {
        let pixels: u64 = of_file.iter().map(|one| one.pixels).sum();
        let (asset_id, file) = (of_file[0].asset_id, &of_file[0].file);
        let mut colors: Vec<&RecoloredPixels> = of_file.iter().collect();
        colors.sort_by_key(|one| Reverse(one.pixels));
        let count = plural(pixels, "pixel");
        let listed = colors.iter().map(|one| format!("{} -> {} ({})", one.from, one.to, one.pixels));
        let listed = join_some(listed, ", ", COLORS_SHOWN);
        let _ = writeln!(text, "asset {asset_id}: {count} of {file} with other colors: {listed}");
    }
    text
}

/// Which tiles get another palette, a line for each pair of palettes.
fn repainted_lines(tiles: &[RepaintedTile]) -> String {
    let mut of_pair: BTreeMap<(u32, u32, u32), Vec<u32>> = BTreeMap::new();
    for RepaintedTile { asset_id, tile, from, to, .. } in tiles {
        of_pair.entry((*asset_id, *from, *to)).or_default().push(*tile);
    }
    let mut text = String::new();
    for ((asset_id, from, to), tiles) in of_pair {
        let count = plural(tiles.len() as u64, "tile");
        let tiles = join_some(tiles.iter(), ", ", MOVED_IDS_SHOWN);
        let _ = writeln!(text, "asset {asset_id}: {count} with palette {to} instead of {from}: {tiles}");
    }
    text
}

pub fn undo(report: &Report<StepHistoryReport>) -> String {
    change("undo ", report.change.as_ref(), report.findings(), &[])
}

pub fn redo(report: &Report<StepHistoryReport>) -> String {
    change("redo ", report.change.as_ref(), report.findings(), &[])
}

pub fn restore(report: &Report<RestoreAssetReport>) -> String {
    let mut text = change("", report.change.as_ref(), report.findings(), &report.slots);
    match report.asset_id {
        Some(id) if id != report.former_id => {
            let is = if is_planned(report.change.as_ref()) { "would be" } else { "is now" };
            let _ = write!(text, "\nits id {is} {id}: {} may have been assigned to another asset", report.former_id);
        }
        _ => {}
    }
    text
}

pub fn purge(report: &Report<PurgeAssetReport>) -> String {
    let (asset_id, name, folder) = (report.asset_id, escaped(&report.name), &report.folder);
    match report.purged {
        true => format!("deleted {folder}: asset {asset_id}, `{name}`"),
        false => {
            format!("nothing was changed; without --dry-run, {folder} would be deleted: asset {asset_id}, `{name}`")
        }
    }
}

pub fn history(report: &Report<ListChangesReport>) -> String {
    if report.changes.is_empty() {
        return "no changes are known".into();
    }
    let rows = report.changes.iter().map(|change| {
        let state = match change.state {
            ChangeState::Undone => "undone",
            ChangeState::Kept => "cannot be undone",
            ChangeState::Applying | ChangeState::Undoing => "interrupted",
            _ => "done",
        };
        let next = match Some(change.number) {
            number if number == report.undo => "next undo",
            number if number == report.redo => "next redo",
            _ => "",
        };
        let name = format!("{} {}", change.edit, escaped(&change.subject));
        vec![change.number.to_string(), name, state.to_owned(), next.to_owned()]
    });
    let mut text = table(&["change", "what", "state", ""], rows.collect());
    if !report.removed.is_empty() {
        let rows = report.removed.iter().map(|asset| {
            let (number, id) = (asset.number.to_string(), asset.asset_id.to_string());
            vec![number, id, escaped(&asset.name), format!("assets/{}", escaped(&asset.root))]
        });
        text.push_str("\nremoved, and can be restored:\n");
        text.push_str(&table(&["change", "id", "name", "root"], rows.collect()));
    }
    text
}

pub fn list(report: &Report<ListAssetsReport>) -> String {
    if report.assets.is_empty() {
        return "no assets yet: create one with `prometeu-packer create PROJECT ROOT --type glyph_bank FILE...`".into();
    }
    let rows = report.assets.iter().map(|asset| {
        let text = |value: Option<String>| value.unwrap_or_else(|| "-".into());
        let since = match asset.since_pack {
            Some(SincePack::New) => ", new",
            Some(SincePack::Changed) => ", changed",
            Some(SincePack::Same) | None => "",
        };
        let state = match asset.state {
            AssetState::Ready if asset.warnings > 0 => {
                format!("ready{since}, {}", plural(asset.warnings as u64, "warning"))
            }
            AssetState::Ready => format!("ready{since}"),
            AssetState::Broken => format!("broken, {}", plural(asset.errors as u64, "error")),
            AssetState::Excluded => "excluded".into(),
            AssetState::Unregistered => "unregistered".into(),
        };
        vec![
            text(asset.asset_id.map(|id| id.to_string())),
            text(asset.name.clone()),
            text(asset.family.map(|family| family.as_str().to_owned())),
            state,
            text(asset.slot.map(|slot| slot.to_string())),
            text(asset.size_bytes.map(|bytes| bytes.to_string())),
            format!("assets/{}", escaped(&asset.root)),
        ]
    });
    let mut text = table(&["id", "name", "type", "state", "slot", "bytes", "root"], rows.collect());
    text.push_str(&budget_lines(report.budgets.as_ref()));
    text
}

pub fn show(report: &Report<ShowAssetReport>) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name:<12} {value}");
    };
    line("asset", report.asset_id.to_string());
    line("name", report.name.clone().unwrap_or_else(|| "unknown".into()));
    line("type", report.family.map_or("unknown", |family| family.as_str()).to_owned());
    line("root", format!("assets/{}", escaped(&report.root)));
    line("uuid", report.asset_uuid.to_string());
    line("build", if report.included { "included".into() } else { "excluded".into() });
    line("preload", report.slot.map_or_else(|| "no".into(), |slot| format!("slot {slot}")));
    match (report.size_bytes, report.payload_sha256) {
        (Some(bytes), Some(sha256)) => {
            line("payload", plural(bytes, "byte"));
            line("sha256", sha256.to_string());
        }
        _ => line("payload", "cannot be built; see the findings".into()),
    }
    if let Some(capacity) = report.capacity {
        line("tiles", format!("{} of {capacity}", report.used));
    }
    for (index, palette) in report.palettes.iter().enumerate() {
        let name = palette.name.as_deref().map(|name| format!("  (named {name})")).unwrap_or_default();
        line(&format!("palette {index}"), format!("{}{name}", palette.colors.join(" ")));
    }
    for artifact in &report.artifacts {
        let last = artifact.index + artifact.count.saturating_sub(1);
        let ids = if artifact.count == 1 { artifact.index.to_string() } else { format!("{}-{last}", artifact.index) };
        let sample = report.samples.get(artifact.index as usize).map(sample_summary).unwrap_or_default();
        let ids_of_it = artifact.index..=last;
        let tiles = report.tiles.iter().filter(|tile| ids_of_it.contains(&tile.tile));
        let palettes = tile_palettes(tiles);
        line(&ids, format!("{}{sample}{palettes}", file_and_part(&artifact.file, artifact.region, artifact.part())));
    }
    for animation in &report.animations {
        line("animation", animation_summary(animation));
    }
    if let Some(repeats) = &report.repeats {
        for (of, repeats) in repeats_by_tile(&repeats.repeats) {
            line("repeats", format!("{of}: {}", repeats.join(", ")));
        }
        if !repeats.blank.is_empty() {
            let runs: Vec<String> = id_runs(repeats.blank.iter().copied()).iter().map(id_run).collect();
            line("blank", runs.join(", "));
        }
        let spared = repeats.repeats.len() + repeats.blank.len();
        line("could save", format!("{} of {}", plural(spared as u64, "tile"), report.used));
    }
    text
}

/// For each tile that is repeated, its id and its repeats: `7`, `9 flip X`, `12 in another palette`.
fn repeats_by_tile(repeats: &[TileRepeat]) -> BTreeMap<u32, Vec<String>> {
    let mut by_tile: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for TileRepeat { tile, of, flip, same_palette } in repeats {
        let flip = match flip {
            Flip::None => "",
            Flip::X => " flip X",
            Flip::Y => " flip Y",
            Flip::Both => " flip X and Y",
        };
        let palette = if *same_palette == Some(false) { " in another palette" } else { "" };
        by_tile.entry(*of).or_default().push(format!("{tile}{flip}{palette}"));
    }
    by_tile
}

/// `walk: 4 frames of 2 × 2 tiles, 400 ms, pingpong, without end: 12-15`.
fn animation_summary(animation: &BankAnimation) -> String {
    let (frames, tiles) = (&animation.frames, animation.frames.iter().flat_map(|frame| &frame.tiles));
    let size = match (animation.columns, animation.rows) {
        (1, 1) => String::new(),
        (columns, rows) => format!(" of {columns} × {rows} tiles"),
    };
    let repeat = animation.repeat.map_or("without end".into(), |times| plural(times.into(), "time"));
    let ms: u64 = animation.shown_frames().map(|frame| u64::from(frame.ms)).sum();
    format!(
        "{}: {}{size}, {ms} ms, {}, {repeat}: {}",
        escaped(&animation.name),
        plural(frames.len() as u64, "frame"),
        animation.direction,
        join_some(id_runs(tiles.copied()).iter().map(id_run), ", ", 8),
    )
}

/// The runs of consecutive ids.
fn id_runs(ids: impl Iterator<Item = u32>) -> Vec<RangeInclusive<u32>> {
    let mut runs: Vec<RangeInclusive<u32>> = Vec::new();
    for id in ids {
        match runs.last_mut() {
            Some(run) if run.end() + 1 == id => *run = *run.start()..=id,
            _ => runs.push(id..=id),
        }
    }
    runs
}

/// `3`, or `3-7`.
fn id_run(run: &RangeInclusive<u32>) -> String {
    match (run.start(), run.end()) {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}-{last}"),
    }
}

/// `  palette 0`, or `  palette 0: 0-3; palette 1: 4-7` if not all tiles have the same.
fn tile_palettes<'t>(tiles: impl Iterator<Item = &'t TileDetails>) -> String {
    let mut ids_of: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (palette, id) in tiles.filter_map(|tile| Some((tile.palette?, tile.tile))) {
        ids_of.entry(palette).or_default().push(id);
    }
    let runs = |ids: &[u32]| join_some(id_runs(ids.iter().copied()).iter().map(id_run), ", ", 8);
    let texts: Vec<String> = match ids_of.len() {
        0 => return String::new(),
        1 => ids_of.keys().map(|palette| format!("palette {palette}")).collect(),
        _ => ids_of.iter().map(|(palette, of_it)| format!("palette {palette}: {}", runs(of_it))).collect(),
    };
    format!("  {}", texts.join("; "))
}

/// A file, and the part of it that an artifact uses: `world.png@64,0,64,32`, `hero.aseprite@tag=walk`.
fn file_and_part(file: &RelPath, region: Option<Region>, part: Option<&SpritePart>) -> String {
    let part = part.map(|part| format!("@{part}")).unwrap_or_default();
    let region = region.map(|region| format!("@{region}")).unwrap_or_default();
    format!("{}{part}{region}", escaped(file.as_str()))
}

fn sample_summary(sample: &SampleDetails) -> String {
    let looping = sample.loop_start.zip(sample.loop_end);
    format!("  {}", sound_summary(sample.frames, sample.sample_rate, looping))
}

fn sound_summary(frames: u64, rate_hz: u32, looping: Option<(u64, u64)>) -> String {
    let rate = u64::from(rate_hz.max(1));
    let hundredths = frames * 100 / rate;
    let mut text = format!("{}, {}.{:02} s at {rate} Hz", plural(frames, "frame"), hundredths / 100, hundredths % 100);
    if let Some((start, end)) = looping {
        let _ = write!(text, ", loops {}", SampleLoop { start, end });
    }
    text
}

pub fn preview(report: &Report<ExportPreviewReport>) -> String {
    let asset = format!("asset {}, `{}`,", report.asset_id, escaped(report.name.as_ref().unwrap_or(&report.root)));
    let mut text = String::new();
    if report.written {
        let _ = writeln!(text, "wrote the preview of {asset} to {}", report.folder);
    } else {
        let _ = writeln!(text, "no preview was written");
    }
    let sheets = report.sheets.iter().map(|sheet| {
        let name = sheet.name.as_deref().map(|name| format!(" {}", escaped(name))).unwrap_or_default();
        vec![sheet.file.to_string(), format!("palette {}{name}", sheet.palette)]
    });
    let content = |sample: &ExportedSample| {
        sound_summary(sample.frames, sample.sample_rate, sample.loop_start.zip(sample.loop_end))
    };
    let samples =
        report.samples.iter().filter_map(|sample| Some(vec![sample.file.as_ref()?.to_string(), content(sample)]));
    if report.written {
        text.push_str(&table(&["file", "content"], sheets.chain(samples).collect()));
    }
    for sample in report.samples.iter().filter(|sample| report.written && sample.file.is_none()) {
        let _ = writeln!(text, "not written, because the sounds exceed 512 MiB: sample {}", sample.index);
    }
    let kind = if report.tile_size.is_some() { "tile" } else { "sample" };
    for part in report.missing.iter().take(MISSING_SHOWN) {
        let ids = match part.count {
            1 => format!("{kind} {}", part.index),
            count => format!("{kind}s {}-{}", part.index, part.index + (count - 1)),
        };
        let source = part.source.as_ref().map(|file| format!(" of {}", escaped(file.as_str()))).unwrap_or_default();
        let code = part.finding.and_then(|at| report.findings().get(at)).map(|finding| format!(": {}", finding.code));
        let _ = writeln!(text, "missing: {ids}{source}{}", code.unwrap_or_default());
    }
    if let Some(left) = report.missing.len().checked_sub(MISSING_SHOWN).filter(|left| *left > 0) {
        let _ = writeln!(text, "missing: and in {}", plural(left as u64, "other place"));
    }
    text
}

/// How many missing parts of a bank the text lists. A sheet that lost its colors would have hundreds.
const MISSING_SHOWN: usize = 16;

pub fn palettes(report: &Report<FindPalettesReport>) -> String {
    let file = format!("assets/{}/asset.json", escaped(&report.root));
    if has_errors(report.findings()) || report.palettes.is_empty() {
        return format!("{file} is unchanged");
    }
    let mut text = String::new();
    for palette in &report.palettes {
        let state = match palette.declared {
            0 => "new".to_owned(),
            declared if declared == palette.colors.len() => "kept".to_owned(),
            declared => format!("kept, {} added", plural((palette.colors.len() - declared) as u64, "color")),
        };
        let name = palette.name.as_deref().map(|name| format!("named {name}, ")).unwrap_or_default();
        let _ = writeln!(text, "palette {:<4} {}  ({name}{state})", palette.index, palette.colors.join(" "));
    }
    text.push_str(&match (report.new_palettes, report.new_colors, report.applied) {
        (0, 0, _) => "the declared palettes already cover all tiles".to_owned(),
        (_, _, true) => format!("written to {file}"),
        (_, _, false) => format!("nothing was changed; --apply without --dry-run writes this to {file}"),
    });
    text
}

pub fn export_palette(report: &Report<ExportPaletteReport>) -> String {
    let Some(palette) = report.palette else { return "nothing was written".into() };
    let written = if report.written { "written to" } else { "nothing was written; without --dry-run, this would be" };
    format!("palette {palette} {}\n{written} {}", report.colors.join(" "), escaped(&report.file))
}

pub fn doctor(report: &Report<DoctorReport>) -> String {
    let counted = format!("{}, {} in the build", plural(report.assets as u64, "registered asset"), report.included);
    if report.blocked {
        format!("a pack would be blocked ({counted})")
    } else if report.findings().is_empty() {
        format!("no problems found ({counted})")
    } else {
        format!("nothing blocks a pack ({counted})")
    }
}

/// What became of the outputs if there is no pack.
pub const NOT_PACKED: &str = "nothing was packed; the published files are unchanged";

pub fn pack(report: &Report<PackReport>) -> String {
    let Some(pack) = &report.pack else {
        return NOT_PACKED.into();
    };
    let count = report.assets.len();
    let assets = match (count, report.excluded) {
        (0, 0) => "0 assets: none is registered".to_owned(),
        (0, 1) => "0 assets: the only one is excluded from the build".to_owned(),
        (0, excluded) => format!("0 assets: all {excluded} are excluded from the build"),
        (count, _) => plural(count as u64, "asset"),
    };
    let mut text = match report.published {
        Published::Published => {
            let path = std::path::Path::new(&report.project).join(&pack.path);
            let size = plural(pack.size_bytes, "byte");
            let changes = changes_since_last(report, pack);
            format!("packed {assets}\n{}  {size}\nsha256  {}\n{changes}", path.display(), pack.sha256)
        }
        Published::UpToDate => format!("up to date: {assets}\nsha256  {}\n", pack.sha256),
        Published::Differs => {
            format!("out of date: build/ differs from what the assets pack to\n{}", changes_since_last(report, pack))
        }
        Published::Blocked => format!("{NOT_PACKED}\n"),
    };
    if report.reproduced == Some(true) {
        text.push_str("two copies of the project pack to the same bytes\n");
    }
    text
}

/// Like [`pack`], with which assets were built, and why.
pub fn explained_pack(report: &Report<PackReport>) -> String {
    let mut text = pack(report);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let CacheReport { state, reused, rebuilt } = &report.cache;
    let all = plural((reused + rebuilt.len()) as u64, "asset");
    let _ = match state {
        CacheState::Used => writeln!(text, "{reused} of {all} taken from the last pack"),
        _ => writeln!(text, "{state}"),
    };
    for asset in rebuilt {
        let _ = writeln!(text, "built asset {}: {asset}", asset.asset_id);
    }
    text
}

/// The known differences from the previous pack: how much larger it is, which assets and loops changed, and which ids
/// moved.
fn changes_since_last(report: &Report<PackReport>, pack: &PackSummary) -> String {
    let moved = moved_lines(report.moved.as_deref().unwrap_or_default(), false);
    let loops = loop_lines(report.loops.as_deref().unwrap_or_default());
    let Some(previous) = &report.previous else {
        return if moved.is_empty() { moved } else { format!("since the last pack:\n{moved}") };
    };
    if previous.sha256 == pack.sha256 {
        return "the same bytes as the last pack\n".into();
    }
    let mut parts = vec![match pack.size_bytes.checked_sub(previous.size_bytes) {
        Some(0) => "same size".to_owned(),
        Some(more) => format!("+{}", plural(more, "byte")),
        None => format!("-{}", plural(previous.size_bytes - pack.size_bytes, "byte")),
    }];
    if let Some(changes) = &report.changes {
        for (what, assets) in [("changed", &changes.changed), ("added", &changes.added), ("removed", &changes.removed)]
        {
            if !assets.is_empty() {
                let names = join_some(assets.iter().map(|asset| &asset.name), ", ", CHANGES_SHOWN);
                parts.push(format!("{} {what}: {names}", assets.len()));
            }
        }
    }
    format!("since the last pack: {}\n{moved}{loops}", parts.join("; "))
}

/// How many changed, added or removed assets are listed by name: as many as fit on one line with ordinary names.
const CHANGES_SHOWN: usize = 4;

/// What has a different id than in the last pack: for each asset, a line with what moved and one with what is gone.
/// The ids that moved, or would if `is_planned`.
fn moved_lines(moved: &[MovedIdentity], is_planned: bool) -> String {
    let mut text = String::new();
    let assets: Vec<&[MovedIdentity]> = moved.chunk_by(|a, b| a.asset_id == b.asset_id).collect();
    for in_asset in assets.iter().take(MOVED_ASSETS_SHOWN) {
        let (gone, with_new_id): (Vec<&MovedIdentity>, Vec<&MovedIdentity>) =
            in_asset.iter().partition(|identity| identity.to.is_none());
        let words = if is_planned { ["would move", "would be gone"] } else { ["moved", "gone"] };
        for (what, identities) in std::iter::zip(words, [with_new_id, gone]) {
            let Some(first) = identities.first() else { continue };
            let noun = if first.column.is_some() { "tile" } else { "sample" };
            let count = plural(identities.len() as u64, noun);
            let listed = join_some(
                identities.iter().map(|identity| moved_identity(identity, is_planned)),
                ", ",
                MOVED_IDS_SHOWN,
            );
            let _ = writeln!(text, "asset {} ({}): {count} {what}: {listed}", first.asset_id, first.name);
        }
    }
    if let Some(left) = assets.len().checked_sub(MOVED_ASSETS_SHOWN).filter(|left| *left > 0) {
        let _ = writeln!(text, "and in {}", plural(left as u64, "other asset"));
    }
    text
}

/// For how many assets the moved ids are listed: few enough that the summary above stays on the screen.
const MOVED_ASSETS_SHOWN: usize = 8;
/// How many moved ids of an asset are listed: as many as fit on one line with ordinary file names.
const MOVED_IDS_SHOWN: usize = 3;
/// How many colors of a file that become others are listed: those on most pixels. Each has a swatch in the window.
const COLORS_SHOWN: usize = 8;

fn moved_identity(moved: &MovedIdentity, is_planned: bool) -> String {
    let cell = match (moved.column, moved.row) {
        (Some(column), Some(row)) => format!(" ({column}, {row})"),
        _ => String::new(),
    };
    let file = file_and_part(&moved.file, moved.region, moved.sprite.as_ref());
    match moved.to {
        Some(to) => format!("{file}{cell} {} → {to}", moved.from),
        None if is_planned => format!("{file}{cell} {}", moved.from),
        None => format!("{file}{cell}, formerly {}", moved.from),
    }
}

/// The sounds that loop differently than in the last pack: for each asset, a line with the loops that were lost, one
/// with those that were added, and one with those that have other frames.
fn loop_lines(changed: &[ChangedLoop]) -> String {
    let mut text = String::new();
    let assets: Vec<&[ChangedLoop]> = changed.chunk_by(|a, b| a.asset_id == b.asset_id).collect();
    for in_asset in assets.iter().take(MOVED_ASSETS_SHOWN) {
        for (what, has_before, has_now) in [("lost", true, false), ("added", false, true), ("moved", true, true)] {
            let loops: Vec<&ChangedLoop> =
                in_asset.iter().filter(|it| (it.from.is_some(), it.to.is_some()) == (has_before, has_now)).collect();
            let Some(first) = loops.first() else { continue };
            let count = plural(loops.len() as u64, "loop");
            let listed = join_some(loops.iter().map(|it| it.to_string()), ", ", MOVED_IDS_SHOWN);
            let _ = writeln!(text, "asset {} ({}): {count} {what}: {listed}", first.asset_id, first.name);
        }
    }
    if let Some(left) = assets.len().checked_sub(MOVED_ASSETS_SHOWN).filter(|left| *left > 0) {
        let _ = writeln!(text, "and loops in {}", plural(left as u64, "other asset"));
    }
    text
}

pub fn constants(report: &Report<MakeConstantsReport>) -> String {
    let count = plural(report.constants.len() as u64, "constant");
    match (&report.output, &report.text) {
        (Some(file), Some(_)) if report.written => format!("{file}: {count} written"),
        (Some(file), Some(_)) => format!("{file}: {count}, unchanged; not written"),
        (Some(file), None) => format!("no constants were written; {file} is unchanged"),
        // Standard output is redirected into a source file, which must not contain a message.
        (None, text) => text.clone().unwrap_or_default(),
    }
}

pub fn verify(report: &Report<VerifyPackReport>) -> String {
    let Some(sha256) = report.sha256 else { return format!("{} is not a valid pack", report.file) };
    if let Some(against) = report.against.as_ref().filter(|against| against.sha256 != sha256) {
        return format!("{} is not what {} packs to\nsha256  {sha256}", report.file, against.project);
    }
    if !report.valid {
        return format!("{} has errors\nsha256  {sha256}", report.file);
    }
    let is_not_compared = report.against.is_none() && has_errors(report.findings());
    let checked = if report.payload_checked { "payload bytes checked" } else { "payload bytes not checked" };
    let mut text = format!(
        "{} is a valid pack: {}, {}, {checked}\nsha256  {sha256}",
        report.file,
        plural(report.assets as u64, "asset"),
        plural(report.size_bytes, "byte")
    );
    if let Some(against) = &report.against {
        let _ = write!(text, "\nit is what {} packs to", against.project);
    }
    if is_not_compared {
        text.push_str("\nit was not compared with the project, which does not pack");
    }
    text
}

pub fn inspect(report: &Report<InspectPackReport>) -> String {
    let Some(header) = &report.header else { return format!("{} is not a valid pack", report.file) };
    let mut text = String::new();
    let _ = writeln!(text, "{}  {}", report.file, plural(report.size_bytes, "byte"));
    let _ = writeln!(
        text,
        "schema version {}, header {}, payload from byte {}",
        header.schema_version,
        plural(header.header_bytes, "byte"),
        header.payload_offset
    );
    let cell = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let preload: Vec<&Value> = header.preload.as_array().into_iter().flatten().collect();
    let rows = header.asset_table.as_array().into_iter().flatten().map(|entry| {
        let slot = preload.iter().find(|preload| preload["asset_id"] == entry["asset_id"]);
        let mut row: Vec<String> =
            ["asset_id", "asset_name", "bank_type", "offset", "size"].iter().map(|key| cell(&entry[*key])).collect();
        row.push(slot.map_or_else(|| "-".into(), |preload| cell(&preload["slot"])));
        row.push(bank_summary(entry["bank_type"].as_str().unwrap_or_default(), &entry["metadata"]));
        row
    });
    text.push_str(&table(&["id", "name", "bank", "offset", "size", "slot", "contents"], rows.collect()));
    text.push_str(&budget_lines(Some(&header.budgets)));
    text
}

pub fn extract(report: &Report<ExtractPackReport>) -> String {
    let Some(sha256) = report.sha256.filter(|_| report.extracted) else { return "nothing was extracted".into() };
    let count = plural(report.assets.len() as u64, "asset");
    let what = if report.as_project { " as a project" } else { "" };
    let mut text = format!("extracted {count} of {} into {}{what}\n", report.file, report.folder);
    if !report.assets.is_empty() {
        let rows = report.assets.iter().map(|asset| {
            vec![
                asset.asset_id.to_string(),
                asset.name.clone(),
                asset.bank_type.to_owned(),
                bank_summary(asset.bank_type, &asset.metadata),
                asset.folder.clone(),
                join_some(asset.files.iter(), ", ", 3),
            ]
        });
        text.push_str(&table(&["id", "name", "bank", "contents", "folder", "files"], rows.collect()));
    }
    let _ = writeln!(text, "sha256  {sha256}");
    if report.as_project {
        let _ = writeln!(text, "packs to the same bytes: `prometeu-packer pack {}`", report.folder);
    }
    text
}

/// What a bank contains, in a few words.
fn bank_summary(bank_type: &str, metadata: &Value) -> String {
    match bank_type {
        "GLYPH" => format!("{0} × {0} tiles, palettes: {1}", metadata["tile_size"], metadata["palette_authored"]),
        "SOUNDS" => format!(
            "samples: {}, {} Hz",
            metadata["samples"].as_object().map_or(0, serde_json::Map::len),
            metadata["sample_rate"]
        ),
        _ => "-".into(),
    }
}

fn budget_lines(budgets: Option<&Budgets>) -> String {
    let Some(budgets) = budgets else { return String::new() };
    let bank = |bank: &BankBudget| {
        format!(
            "{}: {}, {} of {} slots, {}",
            bank.bank_type,
            plural(bank.assets as u64, "asset"),
            bank.slots_used,
            bank.slots,
            plural(bank.bytes, "byte")
        )
    };
    let mut text = String::new();
    for line in budgets.banks.iter().map(bank) {
        let _ = writeln!(text, "{line}");
    }
    text
}

/// A table whose columns are as wide as their widest cell.
fn table(head: &[&str], rows: Vec<Vec<String>>) -> String {
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let all: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    let columns = all.first().map_or(0, Vec::len);
    let width = |column: usize| all.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in &all {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        let _ = writeln!(text, "{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    text
}
