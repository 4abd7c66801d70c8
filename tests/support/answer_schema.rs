//! `docs/schemas/answers.schema.json`: the schema that every JSON answer of the binary satisfies.

use std::sync::LazyLock;

use serde_json::{Value, json};

/// The schema.
pub static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let text = std::fs::read(super::repository().join("docs/schemas/answers.schema.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
});

static VALIDATOR: LazyLock<jsonschema::Validator> = LazyLock::new(|| jsonschema::validator_for(&SCHEMA).unwrap());

/// Whether an answer satisfies the schema.
pub fn is_valid(answer: &Value) -> bool {
    VALIDATOR.is_valid(answer)
}

/// Asserts that an answer satisfies the schema.
///
/// # Panics
/// If it does not.
pub fn check(answer: &Value) {
    if is_valid(answer) {
        return;
    }
    let members = answer.as_object().map_or(0, serde_json::Map::len);
    let name = match (answer["event"].as_str(), answer["verb"].as_str()) {
        (Some(event), _) => format!("event-{event}"),
        (None, Some(verb)) if members > 3 => format!("answer-{verb}"),
        _ => "refusal".to_owned(),
    };
    let of_verb = json!({ "$ref": format!("#/$defs/{name}"), "$defs": SCHEMA["$defs"] });
    let of_verb = jsonschema::validator_for(&of_verb).unwrap();
    let errors: Vec<String> =
        of_verb.iter_errors(answer).map(|error| format!("{}: {error}", error.instance_path())).collect();
    panic!("this is not a {name} of docs/schemas/answers.schema.json: {errors:#?}\n{answer:#}");
}
