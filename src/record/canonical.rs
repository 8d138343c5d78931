//! Canonical JSON (RFC 8785) for the values the record holds: amounts are strings, and JSON numbers are whole and
//! below 2^53, so no rule about printing floats is ever needed.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::fmt::Display;
use std::io;
use std::ops::Range;

use serde::Serialize;
use serde_json::ser::Formatter;

/// Why a value has no canonical form in a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// A JSON number that is not whole, or not below 2^53.
    #[error("the number {0} cannot stand in the record: only whole numbers below 2^53 can, amounts are strings")]
    Number(String),
    /// The value has no JSON form at all.
    #[error("no JSON form: {0}")]
    Json(String),
}

/// The canonical JSON of `value`.
pub fn to_canonical(value: &impl Serialize) -> Result<String, CanonicalError> {
    let written = Written::default();
    let sorting = Sorting { written: &written, open: Vec::new() };
    let outcome = value.serialize(&mut serde_json::Serializer::with_formatter(&written, sorting));
    if let Some(number) = written.refused.take() {
        return Err(CanonicalError::Number(number));
    }
    outcome.map_err(|error| CanonicalError::Json(error.to_string()))?;
    String::from_utf8(written.bytes.take()).map_err(|error| CanonicalError::Json(error.to_string()))
}

/// What was written so far, for the serializer to add to and for its formatter to put in order.
#[derive(Default)]
struct Written {
    bytes: RefCell<Vec<u8>>,
    /// A number that cannot stand in the record.
    refused: Cell<Option<String>>,
}

impl io::Write for &Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes JSON as `serde_json` does, and puts the fields of each object in order once it is closed.
struct Sorting<'w> {
    written: &'w Written,
    /// Of each object that is not closed yet, where it begins and its fields.
    open: Vec<(usize, Vec<Field>)>,
}

/// Where a field stands: its key, with quotes; and all of it.
struct Field {
    key: Range<usize>,
    end: usize,
}

impl Sorting<'_> {
    fn place(&self) -> usize {
        self.written.bytes.borrow().len()
    }

    fn field(&mut self) -> Option<&mut Field> {
        self.open.last_mut()?.1.last_mut()
    }

    fn number(&self, literal: impl Display) -> io::Result<()> {
        const LIMIT: i64 = 1 << 53;
        let literal = literal.to_string();
        match literal.parse::<i64>() {
            Ok(whole) if whole.abs() < LIMIT && whole.to_string() == literal => {
                self.written.bytes.borrow_mut().extend_from_slice(literal.as_bytes());
                Ok(())
            }
            _ => {
                self.written.refused.set(Some(literal));
                Err(io::ErrorKind::InvalidData.into())
            }
        }
    }
}

/// Numbers of every width are written, or refused, alike.
macro_rules! numbers {
    ($($method:ident: $kind:ty,)*) => {
        $(fn $method<W: io::Write + ?Sized>(&mut self, _: &mut W, number: $kind) -> io::Result<()> {
            self.number(number)
        })*
    };
}

impl Formatter for Sorting<'_> {
    numbers! {
        write_i8: i8, write_i16: i16, write_i32: i32, write_i64: i64, write_i128: i128,
        write_u8: u8, write_u16: u16, write_u32: u32, write_u64: u64, write_u128: u128,
        write_f32: f32, write_f64: f64, write_number_str: &str,
    }

    fn begin_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"{")?;
        self.open.push((self.place(), Vec::new()));
        Ok(())
    }

    fn begin_object_key<W: io::Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        let start = self.place();
        if let Some((_, fields)) = self.open.last_mut() {
            fields.push(Field { key: start..start, end: start });
        }
        Ok(())
    }

    fn end_object_key<W: io::Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        let end = self.place();
        if let Some(field) = self.field() {
            field.key.end = end;
        }
        Ok(())
    }

    fn end_object_value<W: io::Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        let end = self.place();
        if let Some(field) = self.field() {
            field.end = end;
        }
        Ok(())
    }

    fn end_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        if let Some((start, fields)) = self.open.pop() {
            let mut written = self.written.bytes.borrow_mut();
            sort(&mut written, start, fields);
        }
        writer.write_all(b"}")
    }
}

/// Puts the fields of an object that begins at `start` and is the last thing written in the order of their keys.
fn sort(written: &mut Vec<u8>, start: usize, mut fields: Vec<Field>) {
    let before = |a: &Field, b: &Field| compare(&written[a.key.clone()], &written[b.key.clone()]);
    if fields.is_sorted_by(|a, b| before(a, b).is_lt()) {
        return;
    }
    fields.sort_by(before);
    let unsorted = written.split_off(start);
    for (n, field) in fields.iter().enumerate() {
        if n > 0 {
            written.push(b',');
        }
        written.extend_from_slice(&unsorted[field.key.start - start..field.end - start]);
    }
}

/// By UTF-16 code units, as RFC 8785 asks; by bytes would differ outside the basic plane, and where keys are escaped.
fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let is_plain = |key: &[u8]| key.iter().all(|byte| byte.is_ascii() && *byte != b'\\');
    if is_plain(a) && is_plain(b) {
        // Without the closing quote, which is more than some characters.
        return a[..a.len() - 1].cmp(&b[..b.len() - 1]);
    }
    let units = |key: &[u8]| -> Vec<u16> {
        serde_json::from_slice::<String>(key).map(|key| key.encode_utf16().collect()).unwrap_or_default()
    };
    units(a).cmp(&units(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[test]
    fn keys_are_sorted_by_utf16_units() {
        let value = json!({"\u{fb01}": 1, "\u{1f600}": 2, "b": 3, "a": {"z": null, "y": [true, "\u{1}\n\""]}});
        let text = to_canonical(&value).unwrap();
        assert_eq!(text, "{\"a\":{\"y\":[true,\"\\u0001\\n\\\"\"],\"z\":null},\"b\":3,\"\u{1f600}\":2,\"\u{fb01}\":1}");
    }

    #[test]
    fn numbers_that_floats_would_change_are_refused() {
        for text in ["1.5", "9007199254740992", "1e3", "-0", "12345678901234567890123"] {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(to_canonical(&value), Err(CanonicalError::Number(value.to_string())), "{text}");
        }
        assert_eq!(to_canonical(&9007199254740991i64).unwrap(), "9007199254740991");
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-(1i64 << 53) + 1..1i64 << 53).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::hash_map(any::<String>(), inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// Compared with another implementation of the RFC.
        #[test]
        fn agrees_with_a_second_implementation(value in values()) {
            let theirs = serde_json_canonicalizer::to_string(&value).unwrap();
            prop_assert_eq!(to_canonical(&value).unwrap(), theirs);
        }
    }
}
