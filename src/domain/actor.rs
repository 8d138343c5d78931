//! Who makes an entry.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A person or a program that makes entries: `human:name` or `agent:name`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Actor(String);

/// The text is not an actor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an actor: expected `human:NAME` or `agent:NAME`")]
pub struct NotAnActor(pub String);

impl FromStr for Actor {
    type Err = NotAnActor;
    fn from_str(text: &str) -> Result<Actor, NotAnActor> {
        let name = text.strip_prefix("human:").or_else(|| text.strip_prefix("agent:")).unwrap_or("");
        let printable = |c: char| !c.is_control() && !c.is_whitespace();
        if name.is_empty() || name.len() > 100 || !name.chars().all(printable) {
            return Err(NotAnActor(text.chars().take(60).collect()));
        }
        Ok(Actor(text.to_string()))
    }
}

impl Actor {
    /// True for a person, false for an agent.
    pub fn is_human(&self) -> bool {
        self.0.starts_with("human:")
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Actor, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_is_a_kind_and_a_name() {
        assert_eq!("human:jane".parse::<Actor>().unwrap().to_string(), "human:jane");
        for text in ["jane", "human:", "robot:x", "human:a b", "human:\u{1b}[31m", ""] {
            assert!(text.parse::<Actor>().is_err(), "{text}");
        }
    }
}
