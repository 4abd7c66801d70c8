//! The reader of canonical JSON.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use serde_json::{Map, Value};

use super::{MAX_INTEGER, compare_keys, write_string};
use crate::limits::{JSON_DEPTH, JSON_VALUES};

/// JSON as one list of values that borrows from its text, so that it takes little time and memory to read.
#[derive(Debug, Default)]
pub struct Tree<'a> {
    /// The values of each array and object follow each other, those of an object by key.
    members: Vec<Member<'a>>,
    root: Node<'a>,
    containers: u64,
}

/// A value of an array or an object.
#[derive(Debug)]
struct Member<'a> {
    /// Empty in an array.
    key: Cow<'a, str>,
    node: Node<'a>,
}

#[derive(Debug, Default)]
enum Node<'a> {
    #[default]
    Null,
    Bool(bool),
    /// 0…2^53 − 1.
    Integer(u64),
    /// A number without a canonical form.
    OtherNumber,
    Text(Cow<'a, str>),
    /// Places in the list of values.
    Array(Range<usize>),
    /// Places in the list of values.
    Object(Range<usize>),
}

/// A value of a tree.
#[derive(Clone, Copy, Debug)]
pub struct Item<'t> {
    tree: &'t Tree<'t>,
    node: &'t Node<'t>,
}

/// An object of a tree.
#[derive(Clone, Copy, Debug)]
pub struct Object<'t> {
    tree: &'t Tree<'t>,
    members: &'t [Member<'t>],
}

impl<'a> Tree<'a> {
    /// Reads a text that [`to_vec`](super::to_vec) can write. Returns `None` for any other, and for one that is nested
    /// deeper than [`JSON_DEPTH`] or has more than [`JSON_VALUES`] values.
    pub fn read(text: &'a str) -> Option<Self> {
        let mut reader = Reader { text, at: 0, depth: 0, values: 0, open: Vec::new(), tree: Self::default() };
        reader.tree.root = reader.read_value()?;
        (reader.at == text.len()).then_some(reader.tree)
    }

    /// The same as a value that was read elsewhere.
    pub fn of(value: &'a Value) -> Self {
        let mut tree = Self::default();
        tree.root = tree.add(value);
        tree
    }

    fn add(&mut self, value: &'a Value) -> Node<'a> {
        match value {
            Value::Null => Node::Null,
            Value::Bool(bool) => Node::Bool(*bool),
            Value::Number(number) => {
                number.as_u64().filter(|integer| *integer <= MAX_INTEGER).map_or(Node::OtherNumber, Node::Integer)
            }
            Value::String(text) => Node::Text(text.into()),
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| Member { key: "".into(), node: self.add(item) }).collect();
                Node::Array(self.close(items))
            }
            Value::Object(members) => {
                let members = members.iter().map(|(key, value)| Member { key: key.into(), node: self.add(value) });
                let mut members: Vec<_> = members.collect();
                members.sort_by(|a, b| compare_keys(&a.key, &b.key));
                Node::Object(self.close(members))
            }
        }
    }

    /// Adds the values of an array or object, and returns their places.
    fn close(&mut self, members: impl IntoIterator<Item = Member<'a>>) -> Range<usize> {
        let start = self.members.len();
        self.members.extend(members);
        self.containers += 1;
        start..self.members.len()
    }

    /// The whole JSON.
    pub fn root(&self) -> Item<'_> {
        Item { tree: self, node: &self.root }
    }

    /// How many arrays and objects it has.
    pub fn containers(&self) -> u64 {
        self.containers
    }

    fn members(&self, places: &Range<usize>) -> &[Member<'a>] {
        self.members.get(places.clone()).unwrap_or_default()
    }
}

impl<'t> Item<'t> {
    /// The integer, if it is one from 0 to 2^53 − 1.
    pub fn as_u64(self) -> Option<u64> {
        match self.node {
            Node::Integer(integer) => Some(*integer),
            _ => None,
        }
    }

    /// The string, if it is one.
    pub fn as_str(self) -> Option<&'t str> {
        match self.node {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items, if it is an array.
    pub fn as_array(self) -> Option<impl ExactSizeIterator<Item = Item<'t>>> {
        let Self { tree, node: Node::Array(places) } = self else { return None };
        Some(tree.members(places).iter().map(move |member| Item { tree, node: &member.node }))
    }

    /// The object, if it is one.
    pub fn as_object(self) -> Option<Object<'t>> {
        let Self { tree, node: Node::Object(places) } = self else { return None };
        Some(Object { tree, members: tree.members(places) })
    }

    /// The same as a value that can be kept. A number without a canonical form is null.
    pub fn to_value(self) -> Value {
        match self.node {
            Node::Null | Node::OtherNumber => Value::Null,
            Node::Bool(bool) => (*bool).into(),
            Node::Integer(integer) => (*integer).into(),
            Node::Text(text) => (**text).into(),
            Node::Array(_) => self.as_array().into_iter().flatten().map(Item::to_value).collect(),
            Node::Object(_) => {
                let members = self.as_object().into_iter().flat_map(Object::members);
                members.map(|(key, item)| (key.to_owned(), item.to_value())).collect::<Map<_, _>>().into()
            }
        }
    }
}

impl<'t> Object<'t> {
    /// The value with this key.
    pub fn get(self, key: &str) -> Option<Item<'t>> {
        let place = self.members.binary_search_by(|member| compare_keys(&member.key, key)).ok()?;
        self.members.get(place).map(|member| Item { tree: self.tree, node: &member.node })
    }

    /// The keys and values, by key.
    pub fn members(self) -> impl ExactSizeIterator<Item = (&'t str, Item<'t>)> {
        self.members.iter().map(move |member| (&*member.key, Item { tree: self.tree, node: &member.node }))
    }

    /// The values of exactly these keys, which are sorted; `None` if one is missing, or there are others.
    pub fn values<const N: usize>(self, keys: [&str; N]) -> Option<[Item<'t>; N]> {
        let members: &[Member<'_>; N] = self.members.try_into().ok()?;
        let is_same = std::iter::zip(members, keys).all(|(member, key)| member.key == key);
        is_same.then(|| members.each_ref().map(|member| Item { tree: self.tree, node: &member.node }))
    }

    /// How many members it has.
    pub fn member_count(self) -> usize {
        self.members.len()
    }
}

/// Reads a text from front to back, and stops where it is not canonical.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    values: u64,
    /// The values so far of all arrays and objects that are not closed yet.
    open: Vec<Member<'a>>,
    tree: Tree<'a>,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Whether this follows, which is then skipped.
    fn skip(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn read_value(&mut self) -> Option<Node<'a>> {
        Some(match self.peek()? {
            b'{' => Node::Object(self.read_members(b'}')?),
            b'[' => Node::Array(self.read_members(b']')?),
            b'"' => Node::Text(self.read_string()?),
            b'0'..=b'9' => Node::Integer(self.read_integer()?),
            _ => {
                let words = [("null", Node::Null), ("true", Node::Bool(true)), ("false", Node::Bool(false))];
                let rest = &self.text.as_bytes()[self.at..];
                let (word, node) = words.into_iter().find(|(word, _)| rest.starts_with(word.as_bytes()))?;
                self.at += word.len();
                node
            }
        })
    }

    /// Reads an array or an object, which ends with `end`, and returns the places of its values.
    fn read_members(&mut self, end: u8) -> Option<Range<usize>> {
        self.at += 1;
        self.depth += 1;
        if self.depth > JSON_DEPTH {
            return None;
        }
        self.count_value()?;
        let start = self.open.len();
        if !self.skip(end) {
            loop {
                let key = if end == b'}' { self.read_key(start)? } else { "".into() };
                let node = self.read_value()?;
                self.open.push(Member { key, node });
                if self.skip(end) {
                    break;
                }
                if !self.skip(b',') {
                    return None;
                }
                self.count_value()?;
            }
        }
        self.depth -= 1;
        Some(self.tree.close(self.open.drain(start..)))
    }

    /// Counts as [`JsonShape`](crate::json::JsonShape) does.
    fn count_value(&mut self) -> Option<()> {
        self.values += 1;
        (self.values <= JSON_VALUES).then_some(())
    }

    /// Reads a key, which comes after the last one of the object whose values begin at `start`.
    fn read_key(&mut self, start: usize) -> Option<Cow<'a, str>> {
        let key = self.read_string()?;
        let last = self.open.get(start..).and_then(<[_]>::last);
        let is_sorted = last.is_none_or(|last| compare_keys(&last.key, &key) == Ordering::Less);
        (is_sorted && self.skip(b':')).then_some(key)
    }

    fn read_string(&mut self) -> Option<Cow<'a, str>> {
        let start = self.at + 1;
        if !self.skip(b'"') {
            return None;
        }
        let is_plain = |byte: &u8| *byte != b'"' && *byte != b'\\' && *byte >= b' ';
        self.at += self.text.as_bytes()[start..].iter().take_while(|byte| is_plain(byte)).count();
        if self.skip(b'"') {
            return self.text.get(start..self.at - 1).map(Cow::Borrowed);
        }
        // Escapes are rare. What they stand for has one canonical form.
        while !self.skip(b'"') {
            self.at += if self.peek()? == b'\\' { 2 } else { 1 };
        }
        let quoted = self.text.get(start - 1..self.at)?;
        let text: String = serde_json::from_str(quoted).ok()?;
        let mut canonical = Vec::new();
        write_string(&text, &mut canonical);
        (canonical == quoted.as_bytes()).then_some(Cow::Owned(text))
    }

    fn read_integer(&mut self) -> Option<u64> {
        let start = self.at;
        let mut integer = 0u64;
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            integer = integer * 10 + u64::from(digit - b'0');
            self.at += 1;
            if integer > MAX_INTEGER {
                return None;
            }
        }
        let is_shortest = self.at == start + 1 || self.text.as_bytes()[start] != b'0';
        is_shortest.then_some(integer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::canonical_json::to_vec;

    /// Whether a text is what would be written for its value.
    fn is_written(text: &str) -> bool {
        let value = serde_json::from_str::<Value>(text).ok();
        value.is_some_and(|value| to_vec(&value).is_ok_and(|written| written == text.as_bytes()))
    }

    #[test]
    fn written_json_is_read() {
        let keys = json!({"": 0, "\n": 1, "a": 2, "é": 3, "\u{fb33}": 4, "😀": 5, "\"": 6, "aa": 7});
        for value in [json!([null, true, false, 0, MAX_INTEGER, "\u{1}\\/é", [], {}, [[1], {"a": []}]]), keys] {
            let bytes = to_vec(&value).unwrap();
            let tree = Tree::read(std::str::from_utf8(&bytes).unwrap()).unwrap();
            assert_eq!(tree.root().to_value(), value);
            assert_eq!(Tree::of(&value).root().to_value(), value);
        }
    }

    #[test]
    fn other_forms_are_refused() {
        let text = r#"{"a":[0,10,9007199254740991,"b\nc\u001f"],"b":{"x":null,"y":true},"c":"é"}"#;
        assert!(is_written(text) && Tree::read(text).is_some());
        for at in 0..text.len() {
            for byte in (0..0x80u8).filter(|_| text.is_char_boundary(at) && text.is_char_boundary(at + 1)) {
                for kept in [at, at + 1] {
                    let changed = format!("{}{}{}", &text[..at], char::from(byte), &text[kept..]);
                    assert_eq!(Tree::read(&changed).is_some(), is_written(&changed), "{changed}");
                }
            }
            if text.is_char_boundary(at) {
                assert!(Tree::read(&text[..at]).is_none());
            }
        }
        for text in ["", "01", "-1", "1.0", "1e3", "9007199254740992", "99999999999999999999999", r#""\u0041""#, "nul"]
        {
            assert!(Tree::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn members_are_found_by_key() {
        let value = json!({"a": 1, "b": [2], "é": 1.5});
        let tree = Tree::of(&value);
        let object = tree.root().as_object().unwrap();
        assert_eq!((object.member_count(), object.get("a").and_then(Item::as_u64)), (3, Some(1)));
        assert_eq!(object.get("é").unwrap().as_u64(), None);
        assert!(object.get("c").is_none() && object.values(["a", "b"]).is_none());
        let [_, list, _] = object.values(["a", "b", "é"]).unwrap();
        assert_eq!(list.as_array().unwrap().map(Item::as_u64).collect::<Vec<_>>(), [Some(2)]);
    }

    #[test]
    fn limits_are_those_of_every_json() {
        let nested = |depth: u32| "[".repeat(depth as usize) + &"]".repeat(depth as usize);
        assert!(Tree::read(&nested(JSON_DEPTH)).is_some() && Tree::read(&nested(JSON_DEPTH + 1)).is_none());
        let list = |values: u64| format!("[{}0]", "0,".repeat(usize::try_from(values).unwrap() - 1));
        assert!(Tree::read(&list(JSON_VALUES)).is_some() && Tree::read(&list(JSON_VALUES + 1)).is_none());
    }
}
