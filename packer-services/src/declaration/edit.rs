//! Edits an `asset.json` that was written by hand: values change, and members and elements come and go, in the layout
//! around them. Every other character is kept.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::ops::Range;

use super::write::{Ordered, Tree};
use super::{Content, Declaration};
use crate::json::{JsonKind, JsonProperty, JsonValue};

/// `text`, which declares `before`, with the changes that lead to `after`, and no other. `None` if the layout of the
/// text has no place for them.
pub fn with_declaration(text: &str, before: &Declaration, after: &Declaration) -> Option<String> {
    let root = JsonValue::read(text).ok()?;
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut editor = Editor { text, newline, unit: indent_unit(text, &root), edits: Vec::new() };
    editor.change(&root, &before.to_tree(), &after.to_tree(), None)?;
    // What is added in front of something that is removed comes first.
    editor.edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut edited = String::with_capacity(text.len());
    let mut end = 0;
    for TextEdit { range, new } in editor.edits {
        edited.push_str(text.get(end..range.start)?);
        edited.push_str(&new);
        end = range.end;
    }
    edited.push_str(text.get(end..)?);
    let read = Declaration::read_before_palettes(edited.as_bytes()).declaration?;
    (in_order_of_ids(read) == in_order_of_ids(after.clone())).then_some(edited)
}

/// The declaration with its artifacts by index, because their order in the file means nothing.
fn in_order_of_ids(mut declaration: Declaration) -> Tree {
    match &mut declaration.content {
        Content::Glyph(glyph) => glyph.artifacts.sort_by_key(|artifact| artifact.index),
        Content::Sound(sound) => sound.artifacts.sort_by_key(|artifact| artifact.index),
        Content::Raw { .. } => {}
    }
    declaration.to_tree()
}

/// The indentation of the outermost members, by which nested ones are indented further.
fn indent_unit<'t>(text: &'t str, root: &JsonValue<'t>) -> &'t str {
    let JsonKind::Object(members) = &root.kind else { return "  " };
    let before = members.first().and_then(|first| text[..first.start].rsplit_once('\n'));
    before.map(|(_, indent)| indent).filter(|indent| !indent.is_empty() && indent.trim().is_empty()).unwrap_or("  ")
}

/// A part of a text, in bytes, and what it becomes.
struct TextEdit {
    range: Range<usize>,
    new: String,
}

/// Collects the edits of a text.
struct Editor<'t> {
    text: &'t str,
    newline: &'t str,
    unit: &'t str,
    edits: Vec<TextEdit>,
}

/// What is written between the brackets of an object or a list, around its members.
struct Layout {
    open: String,
    between: String,
    close: String,
    colon: String,
}

impl Layout {
    /// That of a text without an example of it.
    fn usual(tree: &Tree, indent: Option<&str>, Editor { newline, unit, .. }: &Editor<'_>) -> Self {
        let (open, between, close) = match (indent.filter(|_| !tree.is_flat()), tree) {
            (Some(indent), _) => {
                (format!("{newline}{indent}{unit}"), format!(",{newline}{indent}{unit}"), format!("{newline}{indent}"))
            }
            (None, Tree::Object(_)) => (" ".into(), ", ".into(), " ".into()),
            (None, _) => (String::new(), ", ".into(), String::new()),
        };
        Self { open, between, close, colon: ": ".into() }
    }

    /// The indentation of the members, if each is on a line of its own.
    fn indent(&self) -> Option<&str> {
        let (_, indent) = self.between.rsplit_once('\n')?;
        Some(&indent[..indent.len() - indent.trim_start().len()])
    }
}

/// A member or element that is written: its key, its value and an example of how its value is written.
type NewMember<'m> = (Option<&'m str>, &'m Tree, Option<&'m JsonValue<'m>>);

/// The bytes of the members of an object, or of the elements of a list.
fn inner_ranges(value: &JsonValue<'_>) -> Vec<Range<usize>> {
    match &value.kind {
        JsonKind::Object(members) => members.iter().map(|member| member.start..member.value.range.end).collect(),
        JsonKind::Array(elements) => elements.iter().map(|element| element.range.clone()).collect(),
        _ => Vec::new(),
    }
}

impl Editor<'_> {
    fn replace(&mut self, range: Range<usize>, new: String) {
        self.edits.push(TextEdit { range, new });
    }

    /// Collects the edits of the text of `node` that turn the value `before` into `after`. `None` if the text does not
    /// declare `before`. `indent` is the indentation of the line of `node`, if its neighbors have lines of their own.
    fn change(&mut self, node: &JsonValue<'_>, before: &Tree, after: &Tree, indent: Option<&str>) -> Option<()> {
        match (&node.kind, before, after) {
            _ if before == after => {}
            (JsonKind::Object(members), Tree::Object(before), Tree::Object(after)) => {
                self.change_object(node, members, before, after, indent)?;
            }
            (JsonKind::Array(elements), Tree::List(before), Tree::List(after)) => {
                self.change_list(node, elements, before, after, indent)?;
            }
            _ => self.replace(node.range.clone(), self.render(after, Some(node), indent)),
        }
        Some(())
    }

    fn change_object(
        &mut self,
        node: &JsonValue<'_>,
        members: &[JsonProperty<'_>],
        before: &Ordered,
        after: &Ordered,
        indent: Option<&str>,
    ) -> Option<()> {
        let is_removed =
            |member: &JsonProperty<'_>| before.member(&member.key).is_some() && after.member(&member.key).is_none();
        let removed: Vec<bool> = members.iter().map(is_removed).collect();
        let is_new = |key: &str| !members.iter().any(|member| member.key == key);
        let added: Vec<_> = after.0.iter().filter(|(key, _)| is_new(key)).collect();
        let Some(layout) = self.layout_of(node).filter(|_| added.is_empty() || removed.contains(&false)) else {
            let all = Tree::Object(Ordered(after.0.clone()));
            self.replace(node.range.clone(), self.render(&all, Some(node), indent));
            return Some(());
        };
        for member in members {
            match (before.member(&member.key), after.member(&member.key)) {
                (Some(old), Some(new)) => self.change(&member.value, old, new, layout.indent())?,
                // It was written although it has its default.
                (None, Some(new)) => {
                    self.replace(member.value.range.clone(), self.render(new, Some(&member.value), layout.indent()));
                }
                (_, None) => {}
            }
        }
        self.remove(node, &removed);
        let end = members.last()?.value.range.end;
        for (key, new) in added {
            let value = self.render(new, None, layout.indent());
            self.replace(end..end, format!("{}\"{key}\"{}{value}", layout.between, layout.colon));
        }
        Some(())
    }

    fn change_list(
        &mut self,
        node: &JsonValue<'_>,
        elements: &[JsonValue<'_>],
        before: &[Tree],
        after: &[Tree],
        indent: Option<&str>,
    ) -> Option<()> {
        let before = in_order_of_text(elements, before)?;
        let pairs = pair_elements(&before, after);
        let removed: Vec<bool> = pairs.iter().map(Option::is_none).collect();
        let mut is_added = vec![true; after.len()];
        pairs.iter().flatten().for_each(|new| is_added[*new] = false);
        let added: Vec<usize> = (0..after.len()).filter(|new| is_added[*new]).collect();
        let Some(layout) = self.layout_of(node).filter(|_| added.is_empty() || removed.contains(&false)) else {
            let all = Tree::List(after.to_vec());
            self.replace(node.range.clone(), self.render(&all, Some(node), indent));
            return Some(());
        };
        for ((element, old), new) in elements.iter().zip(before).zip(&pairs) {
            if let Some(new) = new {
                self.change(element, old, &after[*new], layout.indent())?;
            }
        }
        self.remove(node, &removed);
        for new in added {
            let value = self.render(&after[new], elements.last(), layout.indent());
            // Elements without an index keep their order.
            let place = match after[new].index() {
                Some(_) => elements.len(),
                None => pairs.iter().position(|pair| pair.is_some_and(|pair| pair > new)).unwrap_or(elements.len()),
            };
            match place.checked_sub(1).and_then(|last| elements.get(last)) {
                Some(last) => self.replace(last.range.end..last.range.end, format!("{}{value}", layout.between)),
                None => {
                    let start = elements.first()?.range.start;
                    self.replace(start..start, format!("{value}{}", layout.between));
                }
            }
        }
        Some(())
    }

    /// Removes members or elements of `node`, each with the comma that belongs to it.
    fn remove(&mut self, node: &JsonValue<'_>, removed: &[bool]) {
        let inner = inner_ranges(node);
        let kept = removed.iter().position(|is_removed| !is_removed);
        let first_kept = match (kept, inner.first()) {
            (Some(0), _) | (_, None) => 0,
            (Some(kept), Some(first)) => {
                self.replace(first.start..inner[kept].start, String::new());
                kept
            }
            (None, Some(_)) => return self.replace(node.range.start + 1..node.range.end - 1, String::new()),
        };
        for at in (first_kept + 1..inner.len()).filter(|at| removed[*at]) {
            self.replace(inner[at - 1].end..inner[at].end, String::new());
        }
    }

    /// How the members of an object, or the elements of a list, are written; `None` if it has none.
    fn layout_of(&self, node: &JsonValue<'_>) -> Option<Layout> {
        let inner = inner_ranges(node);
        let (first, last) = (inner.first()?, inner.last()?);
        let open = self.text.get(node.range.start + 1..first.start)?;
        let between = match inner.len().checked_sub(2) {
            Some(before) => self.text.get(inner[before].end..last.start)?.to_owned(),
            None if open.contains('\n') || matches!(node.kind, JsonKind::Object(_)) => format!(",{open}"),
            None => ", ".to_owned(),
        };
        let colon = match &node.kind {
            JsonKind::Object(members) => {
                let member = members.last()?;
                let text = self.text.get(member.start..member.value.range.start)?;
                text.get(text.rfind('"')? + 1..)?
            }
            _ => "",
        };
        let close = self.text.get(last.end..node.range.end - 1)?;
        Some(Layout { open: open.to_owned(), between, close: close.to_owned(), colon: colon.to_owned() })
    }

    /// `tree` as text, in the layout of `like` where that has the same members. `indent` is the indentation of the line
    /// on which it starts, if its neighbors have lines of their own.
    fn render(&self, tree: &Tree, like: Option<&JsonValue<'_>>, indent: Option<&str>) -> String {
        let kind = like.map(|like| &like.kind);
        let (brackets, members): (_, Vec<NewMember<'_>>) = match tree {
            Tree::Leaf(value) => return value.to_string(),
            Tree::List(trees) => {
                let like = if let Some(JsonKind::Array(elements)) = kind { elements.last() } else { None };
                (["[", "]"], trees.iter().map(|tree| (None, tree, like)).collect())
            }
            Tree::Object(Ordered(members)) => {
                let known = if let Some(JsonKind::Object(known)) = kind { known.as_slice() } else { &[] };
                let place = |key: &str| known.iter().position(|member| member.key == key);
                let mut all: Vec<_> = members.iter().collect();
                all.sort_by_key(|(key, _)| place(key).unwrap_or(known.len()));
                let like = |key: &str| place(key).map(|at| &known[at].value);
                (["{", "}"], all.into_iter().map(|(key, tree)| (Some(*key), tree, like(key))).collect())
            }
        };
        if members.is_empty() {
            return brackets.concat();
        }
        let is_alike = matches!(
            (tree, kind),
            (Tree::List(_), Some(JsonKind::Array(_))) | (Tree::Object(_), Some(JsonKind::Object(_)))
        );
        let layout = like.filter(|_| is_alike).and_then(|like| self.layout_of(like));
        let layout = layout.unwrap_or_else(|| Layout::usual(tree, indent, self));
        let texts = members.into_iter().map(|(key, tree, like)| {
            let key = key.map(|key| format!("\"{key}\"{}", layout.colon)).unwrap_or_default();
            key + &self.render(tree, like, layout.indent())
        });
        let texts: Vec<String> = texts.collect();
        [brackets[0], &layout.open, &texts.join(&layout.between), &layout.close, brackets[1]].concat()
    }
}

/// The values of a list in the order in which its text has them: the text of elements with an `index` has any order.
/// `None` if the text has other elements.
fn in_order_of_text<'v>(elements: &[JsonValue<'_>], values: &'v [Tree]) -> Option<Vec<&'v Tree>> {
    let mut by_index = queues(values.iter().map(|value| (value.index(), value)));
    let ordered = elements.iter().map(|element| by_index.get_mut(&index_in(element))?.pop_front());
    ordered.collect::<Option<Vec<_>>>().filter(|ordered| ordered.len() == values.len())
}

/// The values with each key, in their order.
fn queues<K: Hash + Eq, V>(values: impl Iterator<Item = (K, V)>) -> HashMap<K, VecDeque<V>> {
    let mut queues: HashMap<K, VecDeque<V>> = HashMap::new();
    for (key, value) in values {
        queues.entry(key).or_default().push_back(value);
    }
    queues
}

/// The `index` that an element of a list has.
fn index_in(element: &JsonValue<'_>) -> Option<u64> {
    let JsonKind::Object(members) = &element.kind else { return None };
    match members.iter().find(|member| member.key == "index")?.value.kind {
        JsonKind::Number(number) => serde_json::from_str(number).ok(),
        _ => None,
    }
}

/// What each element of a list becomes; `None` if it is removed. The others of `after` are added.
fn pair_elements(before: &[&Tree], after: &[Tree]) -> Vec<Option<usize>> {
    let mut pairs = vec![None; before.len()];
    if before.iter().all(|value| value.index().is_some()) && after.iter().all(|value| value.index().is_some()) {
        // The same element, the same but for its index, another content with the same index, any other.
        let rules: [fn(&Tree) -> String; 4] = [
            |value| value.to_text(),
            |value| value.text_without_index(),
            |value| value.index().unwrap_or_default().to_string(),
            |_| String::new(),
        ];
        let mut is_free = vec![true; after.len()];
        for key in rules {
            let mut free = queues((0..after.len()).filter(|new| is_free[*new]).map(|new| (key(&after[new]), new)));
            for (pair, old) in std::iter::zip(&mut pairs, before).filter(|(pair, _)| pair.is_none()) {
                *pair = free.get_mut(&key(old)).and_then(VecDeque::pop_front);
                pair.iter().for_each(|new| is_free[*new] = false);
            }
        }
        return pairs;
    }
    let same = |(old, new): &(&&Tree, &Tree)| **old == *new;
    let start = before.iter().zip(after).take_while(same).count();
    let shorter = before.len().min(after.len()) - start;
    let end = before.iter().rev().zip(after.iter().rev()).take_while(same).count().min(shorter);
    let changed = (before.len() - end).min(after.len() - end);
    for (at, pair) in pairs.iter_mut().enumerate() {
        *pair = match at {
            at if at < changed => Some(at),
            at if at >= before.len() - end => Some(at + after.len() - before.len()),
            _ => None,
        };
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::{
        Animation, AnimationFrames, Cut, DeclaredFrames, FrameTimes, GlyphArtifact, GlyphContent, Palette,
    };
    use crate::formats::Rgb;

    fn palette(colors: &[&str]) -> Palette {
        Palette::of_colors(None, colors.iter().filter_map(|color| Rgb::parse(color)).collect())
    }

    /// What `text` becomes if its declaration is changed.
    fn edited(text: &str, change: impl FnOnce(&mut GlyphContent)) -> Option<String> {
        let before = Declaration::read_before_palettes(text.as_bytes()).declaration.unwrap();
        let mut after = before.clone();
        let Content::Glyph(glyph) = &mut after.content else { panic!("a glyph bank") };
        change(glyph);
        with_declaration(text, &before, &after)
    }

    /// A declaration with these artifacts and this `output`, up to its format.
    fn with_parts(artifacts: &str, output: &str) -> String {
        format!(
            "{{\n  \"schema_version\": 1,\n  \"asset_uuid\": \"00000000-0000-4000-8000-000000000001\",\n  \"name\": \"x\",\n  \
             \"type\": \"glyph_bank\",\n  \"inputs\": {{}},\n  \"artifacts\": {artifacts},\n  \"output\": {output},\n  \
             \"preload\": {{\"enabled\": false}}\n}}\n"
        )
    }

    /// An `output` on one line, with these members of the pipeline.
    fn output(palettes: &str) -> String {
        format!(
            "{{\"format\": \"GLYPH/indexed_v1\", \"codec\": \"NONE\", \"metadata\": {{\"tile_size\": 8}}{palettes}}}"
        )
    }

    const ONE_PALETTE: &str =
        ", \"pipeline\": {\"palettes\": [{\"index\": 0, \"palette\": {\"colors\": [\"#ff00ff\"]}}]}";

    #[test]
    fn new_palettes_look_like_the_last() {
        let text = |palettes: &str| with_parts("[{ \"file\": \"a.png\", \"index\": 0 }]", &output(palettes));
        let before = text(
            ", \"pipeline\": { \"palettes\": [\n   { \"palette\": { \"colors\": [\"#FF00FF\",\"#010203\"] , \"name\": \"mine\" }, \
             \"index\": 0 } ] }",
        );
        let after = text(
            ", \"pipeline\": { \"palettes\": [\n   { \"palette\": { \"colors\": [\"#FF00FF\",\"#010203\",\"#aabbcc\"] , \
             \"name\": \"mine\" }, \"index\": 0 },\n   { \"palette\": { \"colors\": [\"#ff00ff\"] }, \"index\": 1 } ] }",
        );
        let grow = |glyph: &mut GlyphContent| {
            glyph.palettes[0].colors.extend(Rgb::parse("#aabbcc"));
            glyph.palettes.push(palette(&["#ff00ff"]));
        };
        assert_eq!(edited(&before, grow), Some(after));
    }

    #[test]
    fn missing_palettes_are_added() {
        let first = "[{ \"file\": \"a.png\", \"index\": 0 }]";
        let add = |glyph: &mut GlyphContent| glyph.palettes = vec![palette(&["#ff00ff"])];
        let added = "\"palettes\": [{ \"index\": 0, \"palette\": { \"colors\": [\"#ff00ff\"] } }]";
        for (from, to) in [("", ", \"pipeline\": { @ }"), (", \"pipeline\": {}", ", \"pipeline\": { @ }")] {
            let to = to.replace('@', added);
            assert_eq!(edited(&with_parts(first, &output(from)), add), Some(with_parts(first, &output(&to))));
        }
        let lines = "{\n    \"format\": \"GLYPH/indexed_v1\",\n    \"codec\": \"NONE\",\n    \"metadata\": {\"tile_size\": 8}@\n  }";
        let to = ",\n    \"pipeline\": {\n      \"palettes\": [\n        {\n          \"index\": 0,\n          \"palette\": {\n            \
                  \"colors\": [\"#ff00ff\"]\n          }\n        }\n      ]\n    }";
        let after = with_parts(first, &lines.replace('@', to));
        assert_eq!(edited(&with_parts(first, &lines.replace('@', "")), add), Some(after));
    }

    /// Were each compared with each other one, this would take minutes.
    #[test]
    fn large_banks_are_edited_quickly() {
        const COUNT: u32 = 10_000;
        let text = |order: &dyn Fn(u32) -> u32| {
            let artifact = |n| format!("{{\"file\": \"{n}.png\", \"index\": {}}}", order(n));
            let artifacts: Vec<String> = (0..COUNT).map(artifact).collect();
            with_parts(&format!("[\n{}\n]", artifacts.join(",\n")), &output(ONE_PALETTE))
        };
        let to_the_end = |n: u32| if n == 0 { COUNT - 1 } else { n - 1 };
        let change = |glyph: &mut GlyphContent| {
            glyph.artifacts.iter_mut().for_each(|artifact| artifact.index = to_the_end(artifact.index));
        };
        let edited = edited(&text(&|n| n), change);
        assert!(edited == Some(text(&to_the_end)));
    }

    #[test]
    fn artifacts_come_and_go() {
        let text = |artifacts: &str| with_parts(artifacts, &output(ONE_PALETTE));
        let three = text(
            "[\n\t{\"file\": \"a.png\",\"index\":1},\n\t{\"index\":0 ,\"file\":\"b.png\", \"margin\": 0 },\n\t{\"file\":\"c.png\", \
                          \"index\": 2}\n]",
        );
        let index = |glyph: &GlyphContent, file: &str| {
            glyph.artifacts.iter().position(|artifact| artifact.file.as_str() == file).unwrap()
        };
        let remove = |glyph: &mut GlyphContent| {
            glyph.artifacts.remove(index(glyph, "a.png"));
            glyph.artifacts[1].index = 1;
        };
        let two =
            text("[\n\t{\"index\":0 ,\"file\":\"b.png\", \"margin\": 0 },\n\t{\"file\":\"c.png\", \"index\": 1}\n]");
        assert_eq!(edited(&three, remove), Some(two.clone()));
        let add = |glyph: &mut GlyphContent| {
            let artifact =
                GlyphArtifact { index: 2, cut: Cut { spacing: 1, ..Cut::default() }, ..glyph.artifacts[1].clone() };
            glyph.artifacts.push(artifact);
            let key = glyph.artifacts[0].index;
            glyph.artifacts[0].cut.margin = 3 + key;
        };
        let grown = text(
            "[\n\t{\"index\":0 ,\"file\":\"b.png\", \"margin\": 3 },\n\t{\"file\":\"c.png\", \"index\": 1},\n\t{\"file\": \"c.png\", \
                          \"index\": 2, \"spacing\": 1}\n]",
        );
        assert_eq!(edited(&two, add), Some(grown));
        let reverse = |glyph: &mut GlyphContent| glyph.artifacts.iter_mut().for_each(|one| one.index = 2 - one.index);
        let swapped = three.replace("\"index\":0", "\"index\":9").replace("\"index\": 2", "\"index\": 0");
        assert_eq!(edited(&three, reverse), Some(swapped.replace("\"index\":9", "\"index\":2")));
        let one = |glyph: &mut GlyphContent| glyph.artifacts.retain(|artifact| artifact.index == 0);
        assert_eq!(edited(&three, one), Some(text("[\n\t{\"index\":0 ,\"file\":\"b.png\", \"margin\": 0 }\n]")));
    }

    #[test]
    fn palettes_are_found_by_index() {
        let text = |palettes: &str| {
            let pipeline = format!(", \"pipeline\": {{\"palettes\": [{palettes}]}}");
            with_parts("[{ \"file\": \"a.png\", \"index\": 0 }]", &output(&pipeline))
        };
        let one = |index: u32, colors: &str| format!("{{\"palette\": {{\"colors\": [{colors}]}}, \"index\": {index}}}");
        let before = text(&[one(1, "\"#0000FF\", \"#111111\""), one(0, "\"#FF0000\"")].join(" , "));
        let recolor = |glyph: &mut GlyphContent| glyph.palettes[1].colors[1] = Rgb::parse("#222222").unwrap();
        let after = text(&[one(1, "\"#0000FF\", \"#222222\""), one(0, "\"#FF0000\"")].join(" , "));
        assert_eq!(edited(&before, recolor), Some(after));
        let swap = |glyph: &mut GlyphContent| glyph.palettes.swap(0, 1);
        let after = text(&[one(0, "\"#0000FF\", \"#111111\""), one(1, "\"#FF0000\"")].join(" , "));
        assert_eq!(edited(&before, swap), Some(after));
        let remove = |glyph: &mut GlyphContent| drop(glyph.palettes.remove(0));
        assert_eq!(edited(&before, remove), Some(text(&one(0, "\"#0000FF\", \"#111111\""))));
        let shorten = |glyph: &mut GlyphContent| glyph.palettes[1].colors.truncate(1);
        let after = text(&[one(1, "\"#0000FF\""), one(0, "\"#FF0000\"")].join(" , "));
        assert_eq!(edited(&before, shorten), Some(after));
        let lengthen = |glyph: &mut GlyphContent| glyph.palettes[0].colors.insert(0, Rgb::parse("#333333").unwrap());
        let after = text(&[one(1, "\"#0000FF\", \"#111111\""), one(0, "\"#333333\", \"#FF0000\"")].join(" , "));
        assert_eq!(edited(&before, lengthen), Some(after));
    }

    #[test]
    fn animations_come_and_go() {
        let text = |animations: &str| {
            let palettes = "\"palettes\": [{\"index\": 0, \"palette\": {\"colors\": [\"#ff00ff\"]}}]";
            let pipeline = format!(", \"pipeline\": {{{palettes}{animations}}}");
            with_parts("[{ \"file\": \"a.png\", \"index\": 0 }]", &output(&pipeline))
        };
        let walk = "{ \"frame_ms\" : 80,\"name\":\"walk\", \"files\": [ \"a.png\" ] }";
        let one = text(&format!(", \"animations\": [\n  {walk}\n]"));
        let add = |glyph: &mut GlyphContent| {
            let frames = DeclaredFrames {
                frame_ms: FrameTimes::Each(vec![1, 2]),
                ..DeclaredFrames::of_files(vec![glyph.artifacts[0].file.clone()])
            };
            glyph.animations.push(Animation::new("run", AnimationFrames::Declared(frames)));
        };
        let run = "{ \"frame_ms\" : [1, 2],\"name\" : \"run\",\"files\" : [ \"a.png\" ] }";
        let two = text(&format!(", \"animations\": [\n  {walk},\n  {run}\n]"));
        assert_eq!(edited(&one, add).map(|text| text.replace(' ', "")), Some(two.replace(' ', "")));
        let slower = |glyph: &mut GlyphContent| {
            let AnimationFrames::Declared(frames) = &mut glyph.animations[0].frames else { panic!("declared frames") };
            frames.frame_ms = FrameTimes::All(90);
        };
        assert_eq!(edited(&two, slower), Some(two.replace(": 80", ": 90")));
        let first = |glyph: &mut GlyphContent| glyph.animations.truncate(1);
        assert_eq!(edited(&two, first), Some(one.clone()));
        assert_eq!(edited(&one, |glyph| glyph.animations.clear()), Some(text("")));
    }

    /// A declaration that a person wrote, with this `preload`.
    fn handwritten(preload: &str) -> String {
        format!(
            "{{ \"type\":\"glyph_bank\" , \"name\" : \"x\",\r\n\t\"asset_uuid\": \"00000000-0000-4000-8000-000000000001\",\
             \"schema_version\":1, \"inputs\":{{ }},\r\n\"preload\" :{preload}\r\n,\"artifacts\":[{{\"index\":0,\"file\":\"a.png\"}}],\
             \"output\":{{\"format\":\"GLYPH/indexed_v1\",\"codec\":\"NONE\",\"metadata\":{{\"tile_size\":8}},\"pipeline\":{{\"palettes\":\
             [{{\"palette\":{{\"colors\":[\"#FF00FF\"]}},\"index\":0}}]}}}}}}"
        )
    }

    #[test]
    fn only_changed_values_are_replaced() {
        for (from, slot, to) in [
            ("{\"slot\" :0 , \"enabled\": true}", Some(12), "{\"slot\" :12 , \"enabled\": true}"),
            ("{\"slot\" :0 , \"enabled\": true}", None, "{\"enabled\": false}"),
            ("{\"enabled\" : true , \"slot\": 3 }", None, "{\"enabled\" : false }"),
            ("{\"enabled\":false}", Some(5), "{\"enabled\":true,\"slot\":5}"),
            ("{\n  \"enabled\" : false\n}", Some(5), "{\n  \"enabled\" : true,\n  \"slot\" : 5\n}"),
        ] {
            let text = handwritten(from);
            let before = Declaration::read(text.as_bytes()).declaration.unwrap();
            let mut after = before.clone();
            after.preload = super::super::Preload { enabled: slot.is_some(), slot };
            assert_eq!(with_declaration(&text, &before, &after), Some(handwritten(to)));
            after.name = "y\"".into();
            assert_eq!(with_declaration(&text, &before, &after), None, "the name is not allowed");
            assert_eq!(with_declaration(&text, &before, &before), Some(text));
        }
    }
}
