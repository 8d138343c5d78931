//! Canonical JSON (RFC 8785) for the values the record holds: amounts are strings, and JSON numbers are whole and
//! below 2^53, so no rule about printing floats is ever needed.

use serde::Serialize;
use serde_json::Value;

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
    let value = serde_json::to_value(value).map_err(|error| CanonicalError::Json(error.to_string()))?;
    let mut out = String::new();
    write(&value, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut String) -> Result<(), CanonicalError> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => {
            let literal = number.to_string();
            const LIMIT: i64 = 1 << 53;
            match literal.parse::<i64>() {
                Ok(whole) if whole.abs() < LIMIT && whole.to_string() == literal => out.push_str(&literal),
                _ => return Err(CanonicalError::Number(literal)),
            }
        }
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(item, out)?;
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            // By UTF-16 code units, as RFC 8785 asks; by bytes would differ outside the basic plane.
            fields.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (i, (key, item)) in fields.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_string(key, out);
                out.push(':');
                write(item, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// serde_json escapes exactly as RFC 8785 §3.2.2.2 asks: the short forms, lower-case `\u00xx` for other controls.
fn write_string(text: &str, out: &mut String) {
    out.push_str(&Value::from(text).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

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
