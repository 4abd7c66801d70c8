//! A JSON answer in the form of `docs/json.md`: each list is cut after its first element, small values are on one line.

use std::iter::Peekable;
use std::str::Lines;

/// In columns.
const WIDTH: usize = 120;

/// A value in the packer's JSON, where each scalar and each start and end of a list or an object has its own line.
enum Value<'a> {
    Scalar(&'a str),
    /// The first line without indentation, such as `"places": [`; the values in it; the last line.
    Group(&'a str, Vec<Value<'a>>, &'a str),
}

/// Shortens an answer.
pub fn cut(answer: String) -> String {
    let mut lines = answer.lines().peekable();
    let value = read(&mut lines);
    assert!(lines.next().is_none(), "this is not one JSON value:\n{answer}");
    let mut text = String::new();
    write(&value, 0, &mut text);
    text
}

fn read<'a>(lines: &mut Peekable<Lines<'a>>) -> Value<'a> {
    let Some(first) = lines.next() else { return Value::Scalar("") };
    let first = first.trim_start().trim_end_matches(',');
    if !first.ends_with(['[', '{']) {
        return Value::Scalar(first);
    }
    let mut values = Vec::new();
    loop {
        match lines.peek() {
            Some(line) if !line.trim_start().starts_with([']', '}']) => values.push(read(lines)),
            _ => break,
        }
    }
    let last = lines.next().unwrap_or_default().trim_start().trim_end_matches(',');
    if first.ends_with('[') {
        values.truncate(1);
    }
    Value::Group(first, values, last)
}

impl Value<'_> {
    /// The number of nested groups.
    fn depth(&self) -> usize {
        match self {
            Self::Scalar(_) => 0,
            Self::Group(_, values, _) => 1 + values.iter().map(Self::depth).max().unwrap_or(0),
        }
    }

    fn on_one_line(&self) -> String {
        match self {
            Self::Scalar(text) => (*text).to_owned(),
            Self::Group(first, values, last) => {
                let values: Vec<String> = values.iter().map(Self::on_one_line).collect();
                let space = if first.ends_with('{') { " " } else { "" };
                format!("{first}{space}{}{space}{last}", values.join(", "))
            }
        }
    }
}

/// Writes a value without a line end after it.
fn write(value: &Value, indent: usize, text: &mut String) {
    *text += &" ".repeat(indent);
    let line = value.on_one_line();
    match value {
        Value::Group(first, values, last) if indent == 0 || value.depth() > 2 || indent + line.len() > WIDTH => {
            *text += first;
            for (number, value) in values.iter().enumerate() {
                *text += if number == 0 { "\n" } else { ",\n" };
                write(value, indent + 2, text);
            }
            *text += &format!("\n{}{last}", " ".repeat(indent));
        }
        _ => *text += &line,
    }
}
