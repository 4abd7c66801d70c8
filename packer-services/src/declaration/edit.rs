//! Edits an `asset.json` that was written by hand: one value changes, every other character is kept.

use jsonc_parser::common::Ranged;
use jsonc_parser::cst::{CstArray, CstInputValue, CstObject, CstRootNode};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::Palette;

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

/// `text`, which declares a `preload.slot`, with this slot instead. `None` if the text declares none.
pub fn with_slot(text: &str, slot: u32) -> Option<String> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()).ok()?;
    let preload = parsed.value.as_ref()?.as_object()?.get_object("preload")?;
    let range = preload.get("slot")?.value.range();
    Some(format!("{}{slot}{}", text.get(..range.start)?, text.get(range.end..)?))
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

    #[test]
    fn only_the_slot_is_replaced() {
        let text = "{ \"slot\": 0,\r\n\t\"preload\" : {\"slot\" :0 , \"enabled\": true} }";
        let edited = "{ \"slot\": 0,\r\n\t\"preload\" : {\"slot\" :12 , \"enabled\": true} }";
        assert_eq!(with_slot(text, 12).as_deref(), Some(edited));
        assert_eq!(with_slot("{\"preload\": {}}", 1), None);
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
