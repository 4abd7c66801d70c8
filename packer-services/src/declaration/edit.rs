//! Edits an `asset.json` that was written by hand: one value changes, every other character is kept.

use std::ops::Range;

use jsonc_parser::ast::{Object, Value as Node};
use jsonc_parser::common::Ranged;
use jsonc_parser::cst::{CstArray, CstInputValue, CstObject, CstRootNode};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::Value;

use super::{Declaration, Palette};

/// `text`, which declares the first `declared` of `palettes` with some of their colors, completed: missing colors are
/// appended to their palettes, and missing palettes after the last. `None` if the text does not declare these palettes.
pub fn with_palettes(text: &str, declared: usize, palettes: &[Palette]) -> Option<String> {
    let text = with_pipeline(text)?;
    let root = CstRootNode::parse(&text, &ParseOptions::default()).ok()?;
    let output = root.object_value()?.object_value("output")?;
    let list = output.object_value_or_create("pipeline")?.array_value_or_create("palettes")?;
    for (at, palette) in palettes.iter().enumerate().take(declared) {
        let colors = colors_of(&list, at)?;
        for color in palette.colors.iter().skip(colors.elements().len()) {
            colors.append(color.to_string().into());
        }
    }
    for (at, palette) in palettes.iter().enumerate().skip(declared) {
        let colors = palette.colors.iter().map(|color| color.to_string().into()).collect();
        let members = vec![("colors".to_owned(), CstInputValue::Array(colors))];
        list.append(CstInputValue::Object(vec![
            ("index".to_owned(), at.into()),
            ("palette".to_owned(), CstInputValue::Object(members)),
        ]));
    }
    Some(root.to_string())
}

/// `text`, which declares `before`, with the changes that lead to `after`, and no other. `None` if the layout of the
/// text has no place for them.
pub fn with_declaration(text: &str, before: &Declaration, after: &Declaration) -> Option<String> {
    let value_of = |declaration: &Declaration| serde_json::from_slice::<Value>(&declaration.to_bytes()).ok();
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()).ok()?;
    let mut edits = Vec::new();
    find_edits(text, parsed.value.as_ref()?, &value_of(before)?, &value_of(after)?, &mut edits)?;
    // From the end, so that the positions before it stay valid.
    edits.sort_by_key(|edit| edit.range.start);
    let mut edited = text.to_owned();
    for TextEdit { range, new } in edits.into_iter().rev() {
        edited.replace_range(range, &new);
    }
    let read = Declaration::read(edited.as_bytes()).declaration?;
    (read.to_bytes() == after.to_bytes()).then_some(edited)
}

/// A part of a text, in bytes, and what it becomes.
struct TextEdit {
    range: Range<usize>,
    new: String,
}

/// Finds the edits of the text of `node` that turn the value `before` into `after`. `None` if the text has no place for
/// one.
fn find_edits(text: &str, node: &Node<'_>, before: &Value, after: &Value, edits: &mut Vec<TextEdit>) -> Option<()> {
    match (node, before, after) {
        _ if before == after => {}
        (Node::Object(node), Value::Object(before), Value::Object(after)) => {
            for (at, property) in node.properties.iter().enumerate() {
                let key = property.name.as_str();
                match (before.get(key), after.get(key)) {
                    (Some(old), Some(new)) => find_edits(text, &property.value, old, new, edits)?,
                    (Some(_), None) => edits.push(TextEdit { range: removed_range(node, at), new: String::new() }),
                    (None, _) => {}
                }
            }
            for (key, new) in after.iter().filter(|(key, _)| node.get(key).is_none()) {
                edits.push(added_property(text, node, key, new)?);
            }
        }
        (Node::Array(node), Value::Array(before), Value::Array(after))
            if before.len() == after.len() && before.len() == node.elements.len() =>
        {
            for (element, (old, new)) in std::iter::zip(&node.elements, std::iter::zip(before, after)) {
                find_edits(text, element, old, new, edits)?;
            }
        }
        _ => {
            let range = node.range();
            edits.push(TextEdit { range: range.start..range.end, new: after.to_string() });
        }
    }
    Some(())
}

/// The text of a property, with the comma that belongs to it.
fn removed_range(object: &Object<'_>, at: usize) -> Range<usize> {
    let properties = &object.properties;
    match (at.checked_sub(1), properties.get(at + 1)) {
        (Some(before), _) => properties[before].end()..properties[at].end(),
        (None, Some(next)) => properties[at].start()..next.start(),
        (None, None) => object.start() + 1..object.end() - 1,
    }
}

/// The edit that adds a property after the last one, in the layout of that.
fn added_property(text: &str, object: &Object<'_>, key: &str, value: &Value) -> Option<TextEdit> {
    let key = Value::from(key);
    let Some(last) = object.properties.last() else {
        return Some(TextEdit { range: object.start() + 1..object.end() - 1, new: format!("{key}: {value}") });
    };
    let before = match object.properties.iter().rev().nth(1) {
        Some(before) => text.get(before.end()..last.start())?.to_owned(),
        None => format!(",{}", text.get(object.start() + 1..last.start())?),
    };
    let colon = text.get(last.name.end()..last.value.start())?;
    Some(TextEdit { range: last.end()..last.end(), new: format!("{before}{key}{colon}{value}") })
}

/// `text` with a `pipeline` if its `output` is on one line: the editor would reformat that whole line.
fn with_pipeline(text: &str) -> Option<String> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()).ok()?;
    let output = parsed.value.as_ref()?.as_object()?.get_object("output")?;
    let is_on_one_line = !output.text(text).contains('\n');
    match output.properties.last().filter(|_| is_on_one_line && output.get("pipeline").is_none()) {
        Some(last) => {
            let (before, after) = text.split_at_checked(last.end())?;
            Some(format!("{before}, \"pipeline\": {{}}{after}"))
        }
        None => Some(text.to_owned()),
    }
}

/// The colors of the palette with this index.
fn colors_of(list: &CstArray, index: usize) -> Option<CstArray> {
    let has_index = |object: &CstObject| {
        let number = object.get("index").and_then(|property| property.value()).and_then(|value| value.as_number_lit());
        number.is_some_and(|number| number.to_string() == index.to_string())
    };
    let object = list.elements().into_iter().filter_map(|node| node.as_object()).find(has_index)?;
    object.object_value("palette")?.array_value("colors")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Rgb;

    fn palette(colors: &[&str]) -> Palette {
        Palette { name: None, colors: colors.iter().filter_map(|color| Rgb::parse(color)).collect() }
    }

    #[test]
    fn handwritten_formatting_is_kept() {
        let text = "{ \"name\" : \"x\",\n\t\"output\": { \"pipeline\": { \"palettes\": [\n   { \"palette\": { \"colors\": [\"#FF00FF\", \
                    \"#010203\"] , \"name\": \"mine\" }, \"index\": 0 } ] } }\n}\r\n";
        let grown = [palette(&["#ff00ff", "#010203", "#aabbcc"]), palette(&["#ff00ff"])];
        let edited = with_palettes(text, 1, &grown).unwrap();
        assert!(edited.starts_with(
            "{ \"name\" : \"x\",\n\t\"output\": { \"pipeline\": { \"palettes\": [\n   { \"palette\": { \"colors\": [\"#FF00FF\", \
             \"#010203\", \"#aabbcc\"] , \"name\": \"mine\" }, \"index\": 0 }"
        ), "{edited}");
        assert!(edited.ends_with("}\n}\r\n"), "{edited}");
        assert_eq!(with_palettes(text, 1, &[palette(&["#ff00ff", "#010203"])]).as_deref(), Some(text));
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

    #[test]
    fn output_on_one_line_keeps_its_format() {
        let text = r#"{"name":"x","output":{"format":"f","codec":"NONE"},"preload":{}}"#;
        let edited = with_palettes(text, 0, &[palette(&["#ff00ff"])]).unwrap();
        assert!(edited.starts_with(r#"{"name":"x","output":{"format":"f","codec":"NONE","#), "{edited}");
        assert!(edited.ends_with(r#"}},"preload":{}}"#), "{edited}");
    }

    #[test]
    fn missing_pipeline_is_added() {
        let text = "{\n  \"output\": {\n    \"codec\": \"NONE\"\n  }\n}\n";
        let edited = with_palettes(text, 0, &[palette(&["#ff00ff", "#010203"])]).unwrap();
        let value: serde_json::Value = serde_json::from_str(&edited).unwrap();
        assert_eq!(value["output"]["pipeline"]["palettes"][0]["palette"]["colors"][1], "#010203");
    }
}
