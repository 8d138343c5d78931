//! Origins: who a claim goes back to. Support is counted by origin, never by page.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::claim::EntityKey;
use super::id::SourceId;

/// Who a claim goes back to, as far as is known.
///
/// As text: `wall-street-journal`, `anonymous:wired`, `anonymous@` and the id of a source.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// Somebody with a name: a person or an organisation wherever quoted, or an outlet that says so itself.
    Named(EntityKey),
    /// People without a name who talked to this outlet; one origin, however it describes them.
    Anonymous(EntityKey),
    /// People without a name, on a page that names no outlet.
    Unnamed(SourceId),
}

/// The text is not an origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an origin")]
pub struct NotAnOrigin(pub String);

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Named(key) => f.write_str(&key.0),
            Origin::Anonymous(outlet) => write!(f, "anonymous:{}", outlet.0),
            Origin::Unnamed(source) => write!(f, "anonymous@{source}"),
        }
    }
}

impl FromStr for Origin {
    type Err = NotAnOrigin;
    fn from_str(text: &str) -> Result<Origin, NotAnOrigin> {
        if let Some(outlet) = text.strip_prefix("anonymous:") {
            return Ok(Origin::Anonymous(EntityKey(outlet.to_string())));
        }
        if let Some(source) = text.strip_prefix("anonymous@") {
            let source = source.parse().map_err(|_| NotAnOrigin(text.to_string()))?;
            return Ok(Origin::Unnamed(SourceId(source)));
        }
        Ok(Origin::Named(EntityKey(text.to_string())))
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Origin, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Digest;

    #[test]
    fn text_goes_both_ways() {
        let key = |key: &str| EntityKey(key.to_string());
        let source = SourceId(Digest::of(b"page"));
        for origin in [Origin::Named(key("wired")), Origin::Anonymous(key("wired")), Origin::Unnamed(source)] {
            assert_eq!(origin.to_string().parse::<Origin>().unwrap(), origin);
        }
        assert!("anonymous@x".parse::<Origin>().is_err());
    }
}
