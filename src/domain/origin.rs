//! Origins: who a claim goes back to. Support is counted by origin, never by page.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::claim::EntityKey;
use super::id::SourceId;

/// Who a claim goes back to, as far as is known.
///
/// As text: `wall-street-journal`, `anonymous:wired`, `anonymous@` and the id of a source, `either:afp+reuters`,
/// `circle:herald+star`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// Somebody with a name: a person or an organisation wherever quoted, or an outlet that says so itself.
    Named(EntityKey),
    /// People without a name who talked to this outlet; one origin, however it describes them.
    Anonymous(EntityKey),
    /// People without a name, on a page that names no outlet.
    Unnamed(SourceId),
    /// One of several, nobody can say which: a page that credits two agencies, or an outlet that gives two speakers.
    Either(Vec<Origin>),
    /// Outlets that cite each other in a circle, in the order of their keys; nobody in it is the origin.
    Circle(Vec<EntityKey>),
}

/// The origins among some that count apart: one of several counts only where none of those is there.
pub fn independent<O: Borrow<Origin>>(origins: Vec<O>) -> Vec<O> {
    let (certain, open): (Vec<O>, Vec<O>) =
        origins.into_iter().partition(|origin| !matches!(origin.borrow(), Origin::Either(_)));
    let mut seen = HashSet::new();
    let is_new: Vec<bool> = certain.iter().map(|origin| seen.insert(origin.borrow())).collect();
    let mut counted: Vec<O> =
        certain.into_iter().zip(is_new).filter_map(|(origin, new)| new.then_some(origin)).collect();
    for origin in open {
        let may_be = |member: &Origin| counted.iter().any(|known| known.borrow().involves(member));
        if !matches!(origin.borrow(), Origin::Either(members) if members.iter().any(may_be)) {
            counted.push(origin);
        }
    }
    counted
}

impl Origin {
    /// The entities in it.
    pub fn keys(&self) -> Box<dyn Iterator<Item = &EntityKey> + '_> {
        match self {
            Origin::Named(key) | Origin::Anonymous(key) => Box::new(std::iter::once(key)),
            Origin::Unnamed(_) => Box::new(std::iter::empty()),
            Origin::Either(members) => Box::new(members.iter().flat_map(Origin::keys)),
            Origin::Circle(keys) => Box::new(keys.iter()),
        }
    }

    /// The sources in it.
    pub fn sources(&self) -> Box<dyn Iterator<Item = &SourceId> + '_> {
        match self {
            Origin::Unnamed(source) => Box::new(std::iter::once(source)),
            Origin::Either(members) => Box::new(members.iter().flat_map(Origin::sources)),
            Origin::Named(_) | Origin::Anonymous(_) | Origin::Circle(_) => Box::new(std::iter::empty()),
        }
    }

    /// True for `other` itself, and where it may be this one.
    fn involves(&self, other: &Origin) -> bool {
        match self {
            Origin::Either(members) => members.contains(other),
            origin => origin == other,
        }
    }
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
            Origin::Either(members) => {
                let members: Vec<String> = members.iter().map(Origin::to_string).collect();
                write!(f, "either:{}", members.join("+"))
            }
            Origin::Circle(keys) => {
                let keys: Vec<&str> = keys.iter().map(|key| key.0.as_str()).collect();
                write!(f, "circle:{}", keys.join("+"))
            }
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
        if let Some(members) = text.strip_prefix("either:") {
            return Ok(Origin::Either(members.split('+').map(str::parse).collect::<Result<_, _>>()?));
        }
        if let Some(keys) = text.strip_prefix("circle:") {
            return Ok(Origin::Circle(keys.split('+').map(|key| EntityKey(key.to_string())).collect()));
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
        let plain = vec![Origin::Named(key("wired")), Origin::Anonymous(key("wired")), Origin::Unnamed(source)];
        let joined = [Origin::Either(plain.clone()), Origin::Circle(vec![key("a"), key("b")])];
        for origin in plain.into_iter().chain(joined) {
            assert_eq!(origin.to_string().parse::<Origin>().unwrap(), origin);
        }
        assert!("anonymous@x".parse::<Origin>().is_err());
    }

    #[test]
    fn one_of_several_never_adds_to_those() {
        let named = |name: &str| Origin::Named(EntityKey(name.to_string()));
        let either = Origin::Either(vec![named("afp"), named("reuters")]);
        let count = |origins: &[&Origin]| independent(origins.iter().map(|origin| (*origin).clone()).collect()).len();
        assert_eq!(count(&[&either]), 1);
        assert_eq!(count(&[&either, &either]), 1);
        assert_eq!(count(&[&either, &named("afp")]), 1);
        assert_eq!(count(&[&either, &named("afp"), &named("reuters")]), 2);
        assert_eq!(count(&[&either, &named("dpa")]), 2);
    }
}
