//! A session reads the declaration of a root that is not registered once, and again only after a change.

use std::collections::BTreeSet;
use std::fs;

use packer_services::Context;
use packer_services::formats::TileSize;
use packer_services::ops::AssetState;
use packer_services::session::{Change, Session};
use support::{TestProject, artifact, glyph, red_green};

const COUNT: u32 = 2000;

fn root(n: u32) -> String {
    format!("drafts/draft_{n:04}")
}

/// The names of the roots that are not registered.
fn names(session: &mut Session) -> BTreeSet<(String, Option<String>)> {
    let report = session.report();
    let unregistered = report.assets.iter().filter(|asset| asset.state == AssetState::Unregistered);
    unregistered.map(|asset| (asset.root.clone(), asset.name.clone())).collect()
}

#[test]
fn unregistered_roots_are_read_once() {
    let (project, context) = (TestProject::new(), Context::new());
    for n in 0..COUNT {
        let name = format!("draft_{n:04}");
        let declaration = glyph(n + 1, &name, TileSize::Eight, vec![red_green()], vec![artifact("a.png", 0)]);
        project.write(&format!("assets/{}/asset.json", root(n)), declaration.to_bytes());
    }
    let mut session = Session::new(project.root());
    session.refresh(&context).unwrap();
    let first = names(&mut session);
    assert_eq!(first.len(), COUNT as usize);
    assert!(first.contains(&(root(7), Some("draft_0007".to_owned()))));
    // Nobody reports this to the session: if it opened a root, it would notice.
    fs::rename(project.at("assets/drafts"), project.at("elsewhere")).unwrap();
    let notes = session.report().findings().len();
    assert_eq!(names(&mut session), first);
    session.note(&Change::Paths(["other.png".to_owned()].into()));
    session.refresh(&context).unwrap();
    assert_eq!((names(&mut session), session.report().findings().len()), (first.clone(), notes));
    // What is reported is read again, and nothing else.
    fs::create_dir_all(project.at(&format!("assets/{}", root(7)))).unwrap();
    let text = project.read_text("elsewhere/draft_0007/asset.json");
    project.write(&format!("assets/{}/asset.json", root(7)), text.replace("draft_0007", "renamed"));
    session.note(&Change::Paths([format!("{}/asset.json", root(7))].into()));
    let delta = session.refresh(&context).unwrap();
    assert_eq!(delta.changed, [root(7)].into());
    let mut expected = first;
    expected.remove(&(root(7), Some("draft_0007".to_owned())));
    expected.insert((root(7), Some("renamed".to_owned())));
    assert_eq!(names(&mut session), expected);
    // If anything may have changed, everything is compared.
    session.note(&Change::Everything);
    session.refresh(&context).unwrap();
    assert_eq!(names(&mut session), [(root(7), Some("renamed".to_owned()))].into());
}
