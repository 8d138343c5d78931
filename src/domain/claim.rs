//! Claims, and what they are made of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::figure::{Doubt, Figure};
use super::id::{Digest, SourceId};
use super::quote::Quote;
use super::time_of_day::TimeOfDay;
use super::when::When;

/// The lasting key of an entity. Given once; names come and go as aliases.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntityKey(pub String);

/// A person, organisation, place or thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entity {
    /// Its lasting key.
    pub key: EntityKey,
    /// The name shown.
    pub name: String,
    /// Other names it goes by.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Who belongs to it, where it is a group ("OpenAI staff").
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<EntityKey>,
}

/// How a link of an attribution chain is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Known {
    /// The sentence says so.
    Stated,
    /// The page credits it elsewhere.
    Page,
    /// Whoever logged the claim concluded it.
    Inferred,
}

/// Who stands at a link of an attribution chain.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Speaker {
    /// Somebody with a name.
    Entity(EntityKey),
    /// Somebody without ("people familiar with the matter").
    Anonymous(String),
}

/// One link of an attribution chain.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribution {
    /// Who.
    pub who: Speaker,
    /// How that is known.
    pub known: Known,
}

/// Whether the claim affirms or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stance {
    /// It is so.
    #[default]
    Affirms,
    /// It is not so.
    Denies,
}

/// How firmly it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Modality {
    /// As a fact.
    #[default]
    Stated,
    /// As somebody's report ("reportedly").
    Reported,
    /// As unconfirmed; in French a conditional ("proposerait").
    Alleged,
    /// As something still to come.
    Predicted,
}

impl Modality {
    /// True for what its own publisher does not vouch for.
    pub fn is_unconfirmed(self) -> bool {
        matches!(self, Modality::Alleged | Modality::Predicted)
    }
}

/// What a claim says of its subject.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Value {
    /// A figure.
    Figure(Figure),
    /// That it holds.
    State,
    /// Words.
    Text(String),
    /// A date.
    Date(When),
    /// A time of day.
    Time(TimeOfDay),
}

impl Value {
    /// The figure, where it is one.
    pub fn figure(&self) -> Option<&Figure> {
        match self {
            Value::Figure(figure) => Some(figure),
            _ => None,
        }
    }

    /// The words, the date or the time, where it is one of those.
    pub fn words(&self) -> Option<String> {
        match self {
            Value::Text(words) => Some(words.clone()),
            Value::Date(date) => Some(date.to_string()),
            Value::Time(time) => Some(time.to_string()),
            Value::Figure(_) | Value::State => None,
        }
    }
}

/// Named parts of what is meant (`component`, `period`, `per`, `stage`, `scope`, `part-of`): key to value.
pub type Qualifiers = BTreeMap<String, String>;

/// The qualifier keys in use. A closed list: a misspelt key would quietly make two claims incomparable.
pub const QUALIFIER_KEYS: [&str; 6] = ["component", "part-of", "per", "period", "scope", "stage"];

/// A claim: who says what of whom, in which words of which snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The source it was read in.
    pub source: SourceId,
    /// SHA-256 of the snapshot that holds the quote.
    pub snapshot: Digest,
    /// SHA-256 of the text, read from that snapshot, in which the quote's place is counted.
    pub text: Digest,
    /// The words.
    pub quote: Quote,
    /// Of whom or what.
    pub subject: EntityKey,
    /// The predicate's name.
    pub predicate: String,
    /// Beside the subject, whom or what it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<EntityKey>,
    /// What is said.
    pub value: Value,
    /// The second reading of its figure, where the words allow two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<Figure>,
    /// What could not be known about its figure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
    /// Named parts of what is meant.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub qualifiers: Qualifiers,
    /// Who asserted it, via whom, published by whom; at least one link.
    pub by: Vec<Attribution>,
    /// Affirms or denies.
    pub stance: Stance,
    /// How firmly.
    pub modality: Modality,
    /// The time it is said to be true of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<When>,
    /// An outside reference, kept and shown.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What read the figure, such as `figure/1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parser: Option<String>,
}

/// Whether a claim still stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// On the record.
    Standing,
    /// Held until a person approves it; compared with nothing till then.
    Pending,
    /// Withdrawn as wrong; still printable, compared with nothing.
    Retracted,
}

impl Status {
    /// The name used in SQL and output.
    pub fn name(self) -> &'static str {
        match self {
            Status::Standing => "standing",
            Status::Pending => "pending",
            Status::Retracted => "retracted",
        }
    }

    /// The status of that name.
    pub fn from_name(name: &str) -> Option<Status> {
        [Status::Standing, Status::Pending, Status::Retracted].into_iter().find(|status| status.name() == name)
    }
}
